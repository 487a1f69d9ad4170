//! The page of a fit: history, fitted mean and simulated demand.

use std::fmt::Write;

use crate::chart::{Chart, Mark, Series, chart_svg, periods_per_point, thin_by_mean};
use crate::page::{STYLE, options_apart, swatch};
use crate::text::escape;

/// What a fit says of one thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What was looked for.
    pub name: String,
    /// What was found, with its parameters, or that there is none.
    pub finding: String,
    /// The numbers behind it.
    pub evidence: String,
}

/// Everything the page of a fit shows. Texts are plain; the page escapes them.
#[derive(Clone, Debug)]
pub struct HistoryPage<'a> {
    /// What the page is about.
    pub title: &'a str,
    /// The command that makes it.
    pub command: &'a str,
    /// What was fitted, as pairs of a word and its value.
    pub facts: Vec<(&'a str, String)>,
    /// What was found.
    pub findings: Vec<Finding>,
    /// What the reader has to know besides, in sentences.
    pub notes: &'a [String],
    /// The demand found, as text.
    pub demand: &'a str,
    /// Units per period.
    pub history: &'a [f64],
    /// The fitted mean per period, as long as the history or longer [units / period].
    pub fitted: &'a [f64],
    /// Simulated demand, each as long as `fitted` [units].
    pub paths: &'a [Vec<f64>],
    /// What made the page, with its version.
    pub generator: &'a str,
}

impl HistoryPage<'_> {
    /// The page as HTML.
    pub fn to_html(&self) -> String {
        let mut html = String::with_capacity(64 * 1024);
        let title = escape(self.title);
        let _ = write!(
            html,
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"color-scheme\" content=\"light dark\">\n<title>{title}</title>\n<style>\n{STYLE}</style>\n\
             </head>\n<body>\n<main>\n<header><h1>{title}</h1>\n<dl>",
        );
        for (word, value) in &self.facts {
            let _ = write!(html, "<div><dt>{}</dt><dd>{}</dd></div>", escape(word), escape(value));
        }
        let _ = writeln!(html, "</dl>\n<pre><code>{}</code></pre></header>", options_apart(self.command));
        self.write_findings(&mut html);
        self.write_chart(&mut html);
        let _ = write!(
            html,
            "<section><h2>demand_config</h2>\n<pre><code>{}</code></pre></section>\n\
             <footer>Made by {}.</footer>\n</main>\n</body>\n</html>\n",
            escape(self.demand),
            escape(self.generator)
        );
        html
    }

    fn write_findings(&self, html: &mut String) {
        html.push_str("<section><h2>Findings</h2>\n<div class=\"wide\"><table class=\"findings\"><tbody>");
        for Finding { name, finding, evidence } in &self.findings {
            let _ = write!(
                html,
                "<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td></tr>",
                escape(name),
                escape(finding),
                escape(evidence)
            );
        }
        html.push_str("</tbody></table></div>");
        for note in self.notes {
            let _ = writeln!(html, "<p class=\"note\">{}</p>", escape(note));
        }
        html.push_str("</section>\n");
    }

    fn write_chart(&self, html: &mut String) {
        let points = periods_per_point(self.fitted.len());
        let thinned = |mark, values: &[f64]| Series { mark, values: thin_by_mean(values, points) };
        let mut series = vec![thinned(Mark::Columns, self.history)];
        series.extend(self.paths.iter().map(|path| thinned(Mark::Faint, path)));
        series.push(thinned(Mark::Line(0), self.fitted));
        let label = "History, fitted mean and simulated demand per period";
        let chart = Chart { label, size: (960.0, 340.0), periods_per_point: points, reach: 0.0, series };
        let thinning = match points {
            1 => String::new(),
            many => format!("; each point is the mean of {many} periods"),
        };
        let beyond = match self.fitted.len() - self.history.len() {
            0 => String::new(),
            more => format!("; the last {more} periods lie after the history"),
        };
        let _ = write!(
            html,
            "<section><h2>History and fit</h2>\n<p class=\"note\">Units per period{beyond}{thinning}.</p>\n\
             <p class=\"legend\"><span><i class=\"key columns-key\"></i>history</span><span>{}fitted mean</span>\
             <span><i class=\"key faint-key\"></i>simulated</span></p>\n{}</section>\n",
            swatch(0),
            chart_svg(&chart)
        );
    }
}
