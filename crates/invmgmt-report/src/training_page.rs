//! The page of a training: what was earned after so many steps, beside the most that can be earned.

use std::fmt::Write;

use crate::chart::{Scale, line_class};
use crate::page::{options_apart, swatch, write_head};
use crate::sortable::SortableTable;
use crate::text::{escape, number};

/// What was measured on the way.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    /// What it is, such as the seed of the training.
    pub name: String,
    /// Steps made, and what was earned then [money].
    pub points: Vec<(f64, f64)>,
}

/// Curves of the same thing.
#[derive(Clone, Debug, PartialEq)]
pub struct CurveFigure {
    /// What they show.
    pub title: String,
    /// The curves, in the order of the legend.
    pub curves: Vec<Curve>,
    /// The most that can be earned, where that is known [money].
    pub bound: Option<f64>,
}

/// One policy.
#[derive(Clone, Debug, PartialEq)]
pub struct TrainingSection {
    /// What it is for.
    pub title: String,
    /// How its training went, as pairs of a word and its value.
    pub facts: Vec<(&'static str, String)>,
    /// Its curves.
    pub figures: Vec<CurveFigure>,
    /// What it earns in the end.
    pub table: SortableTable,
}

/// Everything the page of a training shows. Texts are plain; the page escapes them.
#[derive(Clone, Debug)]
pub struct TrainingPage<'a> {
    /// What the page is about.
    pub title: &'a str,
    /// The command that makes it.
    pub command: &'a str,
    /// What holds for every policy, as pairs of a word and its value.
    pub facts: Vec<(&'a str, String)>,
    /// The policies.
    pub sections: Vec<TrainingSection>,
    /// What made the page, with its version.
    pub generator: &'a str,
}

/// Width and height of a figure, and the room for its axes and to its right [pixels].
const SIZE: (f64, f64) = (480.0, 260.0);
const ROOM: (f64, f64, f64) = (62.0, 40.0, 16.0);

impl TrainingPage<'_> {
    /// The page as HTML.
    pub fn to_html(&self) -> String {
        let mut html = String::with_capacity(64 * 1024);
        write_head(&mut html, self.title, ".bound{stroke:var(--ink);stroke-width:1.2;stroke-dasharray:1 3}");
        write_facts(&mut html, &self.facts);
        let _ = writeln!(html, "<pre><code>{}</code></pre></header>", options_apart(self.command));
        for section in &self.sections {
            let _ = writeln!(html, "<section><h2>{}</h2>", escape(&section.title));
            write_facts(&mut html, &section.facts);
            html.push_str("<p class=\"note\">Profit after so many steps; higher is better.</p>\n");
            write_legend(&mut html, &section.figures);
            html.push_str("<div class=\"pairs\">");
            for figure in &section.figures {
                let _ = writeln!(
                    html,
                    "<figure><figcaption>{}</figcaption>{}</figure>",
                    escape(&figure.title),
                    curves_svg(figure)
                );
            }
            html.push_str("</div></section>\n");
            section.table.write(&mut html);
        }
        let generator = escape(self.generator);
        let _ = write!(html, "<footer>Made by {generator}.</footer>\n</main>\n</body>\n</html>\n");
        html
    }
}

fn write_facts<Word: AsRef<str>>(html: &mut String, facts: &[(Word, String)]) {
    html.push_str("<dl>");
    for (word, value) in facts {
        let _ = write!(html, "<div><dt>{}</dt><dd>{}</dd></div>", escape(word.as_ref()), escape(value));
    }
    html.push_str("</dl>\n");
}

/// The curves of all figures are called alike.
fn write_legend(html: &mut String, figures: &[CurveFigure]) {
    let longest = figures.iter().max_by_key(|figure| figure.curves.len());
    html.push_str("<p class=\"legend\">");
    for (which, curve) in longest.into_iter().flat_map(|figure| &figure.curves).enumerate() {
        let _ = write!(html, "<span>{}{}</span>", swatch(which), escape(&curve.name));
    }
    if figures.iter().any(|figure| figure.bound.is_some()) {
        html.push_str(
            "<span><svg class=\"swatch\" viewBox=\"0 0 28 10\" aria-hidden=\"true\"><path class=\"bound\" d=\"M1 5H27\"/>\
             </svg>the most that can be earned</span>",
        );
    }
    html.push_str("</p>\n");
}

/// Draws curves over steps.
fn curves_svg(figure: &CurveFigure) -> String {
    let points = || figure.curves.iter().flat_map(|curve| &curve.points).copied();
    let steps = Scale::over(points().map(|(steps, _)| steps));
    let money = Scale::around(points().map(|(_, profit)| profit).chain(figure.bound));
    let (left, right, bottom, top) = (ROOM.0, SIZE.0 - ROOM.2, SIZE.1 - ROOM.1, 10.0);
    let share = |value: f64, scale: Scale| (value - scale.low) / (scale.high - scale.low);
    let x = |value: f64| left + share(value, steps) * (right - left);
    let y = |value: f64| bottom - share(value, money) * (bottom - top);
    let mut svg = format!(
        "<svg class=\"chart\" viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{}\">",
        SIZE.0,
        SIZE.1,
        escape(&figure.title)
    );
    for mark in money.marks() {
        let _ = write!(
            svg,
            "<path class=\"grid\" d=\"M{left:.1} {y:.1}H{right:.1}\"/><text x=\"{:.1}\" y=\"{:.1}\" \
             text-anchor=\"end\">{}</text>",
            left - 6.0,
            y(mark) + 4.0,
            number(mark, money.decimals()),
            y = y(mark)
        );
    }
    for mark in steps.marks() {
        let _ = write!(
            svg,
            "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>",
            x(mark),
            bottom + 16.0,
            number(mark, steps.decimals())
        );
    }
    let _ = write!(
        svg,
        "<text class=\"muted\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">steps</text>",
        f64::midpoint(left, right),
        SIZE.1 - 6.0
    );
    if let Some(bound) = figure.bound {
        let _ = write!(svg, "<path class=\"bound\" d=\"M{left:.1} {:.1}H{right:.1}\"/>", y(bound));
    }
    for (which, curve) in figure.curves.iter().enumerate() {
        let _ = write!(svg, "<path class=\"{}\" d=\"", line_class(which));
        let known = curve.points.iter().filter(|(_, profit)| profit.is_finite());
        for (place, &(steps, profit)) in known.enumerate() {
            let _ = write!(svg, "{}{:.1} {:.1}", if place == 0 { 'M' } else { 'L' }, x(steps), y(profit));
        }
        svg.push_str("\"/>");
    }
    svg.push_str("</svg>");
    svg
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn curves_stand_where_their_axes_say_and_the_bound_above_them() {
        let curve =
            |name: &str, points: &[(f64, f64)]| Curve { name: name.to_owned(), points: points.to_vec() };
        let curves = vec![
            curve("seed <0>", &[(0.0, 900.0), (100.0, 1000.0)]),
            curve("seed 1", &[(0.0, f64::NAN), (100.0, 950.0)]),
        ];
        let figure = CurveFigure { title: "S19".to_owned(), curves, bound: Some(1000.0) };
        let svg = curves_svg(&figure);
        // The axes end at 0 and 100 steps, 900 and 1000 of money.
        let (left, right, bottom, top) = (62.0, 464.0, 220.0, 10.0);
        assert!(svg.contains(&format!("d=\"M{left:.1} {bottom:.1}L{right:.1} {top:.1}\"")), "{svg}");
        assert!(svg.contains(&format!("d=\"M{right:.1} 115.0\"")), "{svg}");
        assert!(svg.contains(&format!("class=\"bound\" d=\"M{left:.1} {top:.1}H{right:.1}\"")), "{svg}");
        assert!(!svg.contains("NaN"));
        let table = SortableTable {
            title: "T".to_owned(),
            note: String::new(),
            columns: Vec::new(),
            rows: Vec::new(),
        };
        let section =
            TrainingSection { title: "a & b".to_owned(), facts: Vec::new(), figures: vec![figure], table };
        let page = TrainingPage {
            title: "T",
            command: "gym-invmgmt train",
            facts: Vec::new(),
            sections: vec![section],
            generator: "g",
        };
        let html = page.to_html();
        assert!(html.contains("seed &lt;0&gt;") && html.contains("a &amp; b"), "{html}");
        assert!(html.contains("the most that can be earned"));
    }
}
