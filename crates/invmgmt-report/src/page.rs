//! The report: one HTML file that needs nothing else.

use std::fmt::Write;

use invmgmt::episode::Trajectory;
use invmgmt::network::{ManagedIx, Network};

use crate::chart::{line_class, periods_per_point};
use crate::runs::{self, Figure};
use crate::text::escape;
use crate::{Layout, network_svg};

pub(crate) const STYLE: &str = include_str!("page.css");

/// Everything a report shows. Texts are plain; the page escapes them.
#[derive(Clone, Debug)]
pub struct Page<'a> {
    /// What the report is about.
    pub title: &'a str,
    /// The command that makes this page.
    pub command: &'a str,
    /// What was simulated, as pairs of a word and its value.
    pub facts: Vec<(&'a str, String)>,
    /// Key figures.
    pub table: KpiTable,
    /// The network.
    pub network: &'a Network,
    /// Which run the charts show, in words: `seed 42`.
    pub shown: String,
    /// One recorded run per policy, in the order of the table's columns.
    pub runs: Vec<Run<'a>>,
    /// What made the page, with its version.
    pub generator: &'a str,
}

/// One recorded run.
#[derive(Clone, Copy, Debug)]
pub struct Run<'a> {
    /// The policy that decided.
    pub policy: &'a str,
    /// Its record.
    pub trajectory: &'a Trajectory,
}

/// Key figures, one column per policy.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KpiTable {
    /// Policies.
    pub columns: Vec<String>,
    /// Key figures, one per row.
    pub rows: Vec<KpiRow>,
    /// How to read the numbers.
    pub note: String,
}

/// One key figure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KpiRow {
    /// Its name.
    pub name: String,
    /// What it means, in a few words.
    pub meaning: String,
    /// Its value per policy.
    pub cells: Vec<String>,
}

impl Page<'_> {
    /// The page as HTML.
    pub fn to_html(&self) -> String {
        let mut html = String::with_capacity(64 * 1024);
        write_head(&mut html, self.title, "");
        self.write_facts(&mut html);
        let _ = writeln!(html, "<pre><code>{}</code></pre></header>", options_apart(self.command));
        self.write_table(&mut html);
        let layout = Layout::of(self.network);
        let _ = write!(
            html,
            "<section><h2>Network</h2>\n<div class=\"wide\">{}</div></section>\n",
            network_svg(self.network, &layout)
        );
        self.write_profit(&mut html);
        self.write_service(&mut html);
        self.write_stocks(&mut html, &layout);
        self.write_mechanisms(&mut html);
        let _ =
            write!(html, "<footer>Made by {}.</footer>\n</main>\n</body>\n</html>\n", escape(self.generator));
        html
    }

    fn write_facts(&self, html: &mut String) {
        html.push_str("<dl>");
        for (word, value) in &self.facts {
            let _ = write!(html, "<div><dt>{}</dt><dd>{}</dd></div>", escape(word), escape(value));
        }
        html.push_str("</dl>\n");
    }

    fn write_table(&self, html: &mut String) {
        html.push_str("<section><h2>Key figures</h2>\n<div class=\"wide\"><table><thead><tr><th></th>");
        for (which, column) in self.table.columns.iter().enumerate() {
            let _ = write!(html, "<th scope=\"col\">{}{}</th>", swatch(which), breakable(column));
        }
        html.push_str("</tr></thead>\n<tbody>");
        for row in &self.table.rows {
            let _ = write!(
                html,
                "<tr><th scope=\"row\">{}<small>{}</small></th>",
                escape(&row.name),
                escape(&row.meaning)
            );
            for cell in &row.cells {
                let _ = write!(html, "<td>{}</td>", escape(cell));
            }
            html.push_str("</tr>\n");
        }
        let _ = writeln!(
            html,
            "</tbody></table></div><p class=\"note\">{}</p></section>",
            escape(&self.table.note)
        );
    }

    /// Which line is which policy.
    fn legend(&self) -> String {
        let mut legend = String::from("<p class=\"legend\">");
        for (which, run) in self.runs.iter().enumerate() {
            let _ = write!(legend, "<span>{}{}</span>", swatch(which), breakable(run.policy));
        }
        legend.push_str("</p>\n");
        legend
    }

    fn write_profit(&self, html: &mut String) {
        let _ = write!(
            html,
            "<section><h2>Cumulative profit</h2>\n<p class=\"note\">Money, all nodes together, {}{}</p>\n{}{}</section>\n",
            escape(&self.shown),
            self.thinning("the last of"),
            self.legend(),
            runs::cumulative_profit(&self.runs).svg
        );
    }

    fn write_service(&self, html: &mut String) {
        let _ = write!(
            html,
            "<section><h2>Demand and sales</h2>\n<p class=\"note\">Units per period, all markets together, {}{}</p>\n\
             <p class=\"legend\"><span><i class=\"key columns-key\"></i>demand</span>\
             <span><i class=\"key line-key\"></i>sold</span><span><i class=\"key warning-key\"></i>unmet</span></p>\n\
             <div class=\"pairs\">",
            escape(&self.shown),
            self.thinning("the mean of")
        );
        for (which, Figure { title, svg }) in runs::service(self.network, &self.runs).into_iter().enumerate()
        {
            let _ = writeln!(
                html,
                "<figure><figcaption>{}{}</figcaption>{svg}</figure>",
                swatch(which),
                breakable(&title)
            );
        }
        html.push_str("</div></section>\n");
    }

    fn write_stocks(&self, html: &mut String, layout: &Layout) {
        let mut order: Vec<ManagedIx> = self.network.managed.indices().collect();
        let place = |node: ManagedIx| layout.nodes[self.network.managed[node].node];
        order.sort_by(|&a, &b| {
            let (a, b) = (place(a), place(b));
            a.x.total_cmp(&b.x).then(a.y.total_cmp(&b.y))
        });
        let _ = write!(
            html,
            "<section><h2>Stock on hand</h2>\n<p class=\"note\">Units at the end of each period, {}{}</p>\n{}\
             <div class=\"small-multiples\">",
            escape(&self.shown),
            self.thinning("the mean of"),
            self.legend()
        );
        for Figure { title, svg } in runs::stocks(self.network, &order, &self.runs) {
            let _ = writeln!(html, "<figure><figcaption>{}</figcaption>{svg}</figure>", escape(&title));
        }
        html.push_str("</div></section>\n");
    }

    /// Nothing on a plain network.
    fn write_mechanisms(&self, html: &mut String) {
        let figures = runs::mechanisms(self.network, &self.runs);
        if figures.is_empty() {
            return;
        }
        let _ = write!(
            html,
            "<section><h2>What waits, spoils and fails</h2>\n<p class=\"note\">Per period, all places together, {}{}</p>\n{}\
             <div class=\"small-multiples\">",
            escape(&self.shown),
            self.thinning("the mean of"),
            self.legend()
        );
        for Figure { title, svg } in figures {
            let _ = writeln!(html, "<figure><figcaption>{}</figcaption>{svg}</figure>", escape(&title));
        }
        html.push_str("</div></section>\n");
    }

    /// Says so where a point stands for several periods.
    fn thinning(&self, how: &str) -> String {
        let periods = self.runs.iter().map(|run| run.trajectory.periods_played).max().unwrap_or(0);
        match periods_per_point(periods) {
            1 => ".".to_owned(),
            many => format!("; each point is {how} {many} periods."),
        }
    }
}

/// Everything up to the title on the page; what follows stands in its header.
pub(crate) fn write_head(html: &mut String, title: &str, more_style: &str) {
    let title = escape(title);
    let _ = write!(
        html,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>{title}</title>\n\
         <style>\n{STYLE}{more_style}</style>\n</head>\n<body>\n<main>\n<header><h1>{title}</h1>\n",
    );
}

/// A short piece of a run's line, as a key to its colour and dash.
pub(crate) fn swatch(which: usize) -> String {
    format!(
        "<svg class=\"swatch\" viewBox=\"0 0 28 10\" aria-hidden=\"true\"><path class=\"{}\" d=\"M1 5H27\"/></svg>",
        line_class(which)
    )
}

/// A command that breaks into lines before its options rather than within their names.
pub(crate) fn options_apart(command: &str) -> String {
    let spans = command.split(" --").enumerate().map(|(position, part)| {
        let dashes = if position > 0 { "--" } else { "" };
        format!("<span>{dashes}{}</span>", escape(part))
    });
    spans.collect::<Vec<_>>().join(" ")
}

/// A policy's name that may break after its commas.
fn breakable(name: &str) -> String {
    escape(name).replace(',', ",<wbr>").replacen(':', ":<wbr>", 1)
}
