//! The page of a plan: totals, what a target costs, a backtest, the rows to look at, examples.

use std::fmt::Write;

use crate::chart::{Chart, Mark, Series, chart_svg, periods_per_point, thin_by_mean};
use crate::page::{options_apart, swatch, write_head};
use crate::sortable::{self, SortableTable};
use crate::text::escape;

/// An item drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct PlanExample {
    /// The item and its place.
    pub name: String,
    /// What is recommended, in a sentence.
    pub says: String,
    /// Units per period.
    pub history: Vec<f64>,
    /// The mean found per period [units / period].
    pub fitted: Vec<f64>,
}

/// A target, and what it takes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TradeOff {
    /// The share asked for [1].
    pub target: f64,
    /// Mean stock it takes [units].
    pub stock: f64,
    /// Its cost [money / year].
    pub cost: f64,
}

/// Everything the page of a plan shows. Texts are plain; the page escapes them.
#[derive(Clone, Debug)]
pub struct PlanPage<'a> {
    /// What the page is about.
    pub title: &'a str,
    /// The command that makes it.
    pub command: &'a str,
    /// Totals, as pairs of a word and its value.
    pub facts: Vec<(&'a str, String)>,
    /// What targets take.
    pub trade_offs: Vec<TradeOff>,
    /// How to read them.
    pub trade_off_note: String,
    /// The target planned for [1].
    pub target: f64,
    /// Tables: backtest, classes, rows to look at.
    pub tables: Vec<SortableTable>,
    /// Items drawn.
    pub examples: Vec<PlanExample>,
    /// What was taken for granted, and what was left out or changed, in sentences.
    pub assumptions: &'a [String],
    /// What was left out or changed.
    pub notes: &'a [String],
    /// What made the page, with its version.
    pub generator: &'a str,
}

/// Width and height of the curve, and the room for its axes [pixels].
const SIZE: (f64, f64) = (720.0, 300.0);
const ROOM: (f64, f64) = (70.0, 36.0);

impl PlanPage<'_> {
    /// The page as HTML.
    pub fn to_html(&self) -> String {
        let mut html = String::with_capacity(64 * 1024);
        let style = [sortable::STYLE, ".curve text { font-size: 12px; fill: currentColor; }\n"].concat();
        write_head(&mut html, self.title, &style);
        html.push_str("<dl>");
        for (word, value) in &self.facts {
            let _ = write!(html, "<div><dt>{}</dt><dd>{}</dd></div>", escape(word), escape(value));
        }
        let _ = writeln!(html, "</dl>\n<pre><code>{}</code></pre></header>", options_apart(self.command));
        self.write_curve(&mut html);
        for table in &self.tables {
            table.write(&mut html);
        }
        self.write_examples(&mut html);
        for (title, sentences) in
            [("Taken for granted", self.assumptions), ("Left out or changed", self.notes)]
        {
            if sentences.is_empty() {
                continue;
            }
            let _ = write!(html, "<section><h2>{title}</h2>\n<ul>");
            for sentence in sentences {
                let _ = write!(html, "<li>{}</li>", escape(sentence));
            }
            html.push_str("</ul></section>\n");
        }
        let _ = write!(
            html,
            "<footer>Made by {}.</footer>\n</main>\n<script>\n{}</script>\n</body>\n</html>\n",
            escape(self.generator),
            sortable::SCRIPT
        );
        html
    }

    fn write_curve(&self, html: &mut String) {
        let Some(most) =
            self.trade_offs.iter().map(|point| point.stock).max_by(f64::total_cmp).filter(|most| *most > 0.0)
        else {
            return;
        };
        let (first, last) = (self.trade_offs[0].target, self.trade_offs[self.trade_offs.len() - 1].target);
        // Near 1 every step costs as much as the ten before it: the axis is that of what is missed.
        let missed = |target: f64| -(1.0 - target).ln();
        let x = |target: f64| {
            ROOM.0
                + (missed(target) - missed(first)) / (missed(last) - missed(first)) * (SIZE.0 - ROOM.0 - 34.0)
        };
        let y = |stock: f64| SIZE.1 - ROOM.1 - stock / most * (SIZE.1 - ROOM.1 - 20.0);
        let _ = write!(
            html,
            "<section><h2>What a target takes</h2>\n<p class=\"note\">{}</p>\n<svg class=\"curve\" viewBox=\"0 0 {} {}\" \
             role=\"img\" aria-label=\"Mean stock against the target\"><path class=\"{}\" d=\"",
            escape(&self.trade_off_note),
            SIZE.0,
            SIZE.1,
            crate::chart::line_class(0)
        );
        for (place, point) in self.trade_offs.iter().enumerate() {
            let _ = write!(
                html,
                "{}{:.1} {:.1}",
                if place == 0 { "M" } else { "L" },
                x(point.target),
                y(point.stock)
            );
        }
        html.push_str("\"/>");
        for point in &self.trade_offs {
            let (x, y) = (x(point.target), y(point.stock));
            let is_it = (point.target - self.target).abs() < 1e-9;
            let _ = write!(
                html,
                "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{}\" fill=\"currentColor\"/>\
                 <text x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{:.1} %</text>\
                 <text x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{:.0}</text>",
                if is_it { 6 } else { 3 },
                SIZE.1 - 12.0,
                100.0 * point.target,
                (y - 9.0).max(12.0),
                point.stock
            );
        }
        html.push_str("</svg></section>\n");
    }

    fn write_examples(&self, html: &mut String) {
        if self.examples.is_empty() {
            return;
        }
        let _ = write!(
            html,
            "<section><h2>Examples</h2>\n<p class=\"legend\"><span><i class=\"key columns-key\"></i>units per \
             period</span><span>{}mean found</span></p>\n",
            swatch(0)
        );
        for example in &self.examples {
            let points = periods_per_point(example.history.len());
            let thinned = |mark, values: &[f64]| Series { mark, values: thin_by_mean(values, points) };
            let series =
                vec![thinned(Mark::Columns, &example.history), thinned(Mark::Line(0), &example.fitted)];
            let chart = Chart {
                label: "Units per period and the mean found",
                size: (960.0, 200.0),
                periods_per_point: points,
                reach: 0.0,
                series,
            };
            let _ = write!(
                html,
                "<h3>{}</h3>\n<p class=\"note\">{}</p>\n{}\n",
                escape(&example.name),
                escape(&example.says),
                chart_svg(&chart)
            );
        }
        html.push_str("</section>\n");
    }
}
