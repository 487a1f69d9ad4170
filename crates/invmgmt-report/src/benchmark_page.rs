//! The report of a benchmark: one HTML file that needs nothing else.

use std::fmt::Write;

use invmgmt::network::Network;

use crate::chart::{Chart, chart_svg};
use crate::dots::{DotPlot, dots_svg, mark};
use crate::page::{options_apart, swatch, write_head};
use crate::sortable::{self, SortableTable};
use crate::text::escape;
use crate::{Layout, network_svg};

const STYLE: &str = include_str!("benchmark_page.css");
const SCRIPT: &str = include_str!("benchmark_page.js");

/// Everything the report of a benchmark shows. Texts are plain; the page escapes them.
#[derive(Clone, Debug)]
pub struct BenchmarkPage<'a> {
    /// What the report is about.
    pub title: String,
    /// The command that makes this page.
    pub command: &'a str,
    /// What was played, as pairs of a word and its value.
    pub facts: Vec<(&'a str, String)>,
    /// What has to be known before a number is trusted.
    pub warnings: Vec<String>,
    /// Policies in the order of their colours.
    pub policies: Vec<String>,
    /// Tables, the ranking first.
    pub tables: Vec<SortableTable>,
    /// One plot of gaps per problem.
    pub gaps: Titled<DotPlot>,
    /// Profits, one plot per problem.
    pub distributions: Vec<Titled<DotPlot>>,
    /// Episodes to choose from.
    pub episodes: Vec<EpisodePanel>,
    /// The networks, each with the problems it belongs to.
    pub networks: Vec<Titled<&'a Network>>,
    /// What made the page, with its version.
    pub generator: String,
}

/// Something to draw, with a title and a note on how to read it.
#[derive(Clone, Debug)]
pub struct Titled<T> {
    /// Its title.
    pub title: String,
    /// How to read it.
    pub note: String,
    /// What is drawn.
    pub content: T,
}

/// One episode under every policy.
#[derive(Clone, Debug)]
pub struct EpisodePanel {
    /// Which, in words.
    pub name: String,
    /// Its charts: the title, and the series over time.
    pub charts: Vec<(String, Chart<'static>)>,
}

impl BenchmarkPage<'_> {
    /// The page as HTML.
    pub fn to_html(&self) -> String {
        let mut html = String::with_capacity(256 * 1024);
        write_head(&mut html, &self.title, &[sortable::STYLE, STYLE].concat());
        html.push_str("<dl>");
        for (word, value) in &self.facts {
            let _ = write!(html, "<div><dt>{}</dt><dd>{}</dd></div>", escape(word), escape(value));
        }
        let _ = writeln!(html, "</dl>\n<pre><code>{}</code></pre>", options_apart(self.command));
        if !self.warnings.is_empty() {
            html.push_str("<ul class=\"warnings\">");
            for warning in &self.warnings {
                let _ = write!(html, "<li>{}</li>", escape(warning));
            }
            html.push_str("</ul>\n");
        }
        html.push_str("</header>\n");
        self.tables.iter().for_each(|table| table.write(&mut html));
        let _ = write!(
            html,
            "<section id=\"gaps\"><h2>{}</h2>\n<p class=\"note\">{}</p>\n{}{}</section>\n",
            escape(&self.gaps.title),
            escape(&self.gaps.note),
            self.legend(),
            dots_svg(&self.gaps.content)
        );
        self.write_distributions(&mut html);
        self.write_episodes(&mut html);
        self.write_networks(&mut html);
        let _ = write!(
            html,
            "<footer>Made by {}.</footer>\n</main>\n<script>\n{}{SCRIPT}</script>\n</body>\n</html>\n",
            escape(&self.generator),
            sortable::SCRIPT
        );
        html
    }

    /// Which mark is which policy.
    fn legend(&self) -> String {
        let mut legend = String::from("<p class=\"legend\">");
        for (which, policy) in self.policies.iter().enumerate() {
            legend.push_str("<span><svg class=\"swatch\" viewBox=\"0 0 28 10\" aria-hidden=\"true\">");
            mark(&mut legend, which, 20.0, 5.0, 4.0);
            let _ = write!(legend, "</svg>{}</span>", escape(policy));
        }
        legend.push_str("</p>\n");
        legend
    }

    fn write_distributions(&self, html: &mut String) {
        html.push_str(
            "<section id=\"distributions\"><h2>Profit per seed</h2>\n<p class=\"note\">A dot per episode [money]; \
             upright strokes are means, lines through them their 95% intervals. More than 60 episodes are drawn as \
             the middle half and the middle nine tenths.</p>\n",
        );
        write_choice(html, "distribution-panels", self.distributions.iter().map(|plot| plot.title.as_str()));
        html.push_str("<div id=\"distribution-panels\">");
        for plot in &self.distributions {
            let _ = writeln!(
                html,
                "<figure><figcaption>{}</figcaption>{}</figure>",
                escape(&plot.title),
                dots_svg(&plot.content)
            );
        }
        html.push_str("</div></section>\n");
    }

    fn write_episodes(&self, html: &mut String) {
        if self.episodes.is_empty() {
            return;
        }
        html.push_str(
            "<section id=\"episodes\"><h2>Stock and pipeline in one episode</h2>\n<p class=\"note\">Units at the end \
             of each period, per echelon; the pipeline is what its nodes have on order. Grey columns are demand, \
             where it is the same for all; with one policy, red is demand unmet.</p>\n<p class=\"legend\">",
        );
        for (which, policy) in self.policies.iter().enumerate() {
            let _ = write!(html, "<span>{}{}</span>", swatch(which), escape(policy));
        }
        html.push_str("</p>\n");
        write_choice(html, "episode-panels", self.episodes.iter().map(|panel| panel.name.as_str()));
        if self.policies.len() > 1 {
            self.write_highlight(html);
        }
        html.push_str("<div id=\"episode-panels\">");
        for panel in &self.episodes {
            let _ = write!(html, "<div><h3>{}</h3><div class=\"pairs\">", escape(&panel.name));
            for (title, chart) in &panel.charts {
                let _ = writeln!(
                    html,
                    "<figure><figcaption>{}</figcaption>{}</figure>",
                    escape(title),
                    chart_svg(chart)
                );
            }
            html.push_str("</div></div>\n");
        }
        html.push_str("</div></section>\n");
    }

    /// A list to choose the policy whose lines stand out; hidden where no script runs.
    fn write_highlight(&self, html: &mut String) {
        html.push_str(
            "<p class=\"choice\" hidden><select data-highlight=\"episode-panels\" aria-label=\"Policy that stands \
             out\"><option value=\"\">All policies alike</option>",
        );
        for (which, policy) in self.policies.iter().enumerate() {
            let _ = write!(html, "<option value=\"{which}\">{} stands out</option>", escape(policy));
        }
        html.push_str("</select></p>\n");
    }

    fn write_networks(&self, html: &mut String) {
        html.push_str("<section id=\"networks\"><h2>Networks</h2>\n");
        for Titled { title, note, content } in &self.networks {
            let _ = writeln!(
                html,
                "<figure><figcaption>{}</figcaption><p class=\"note\">{}</p><div class=\"wide\">{}</div></figure>",
                escape(title),
                escape(note),
                network_svg(content, &Layout::of(content))
            );
        }
        html.push_str("</section>\n");
    }
}

/// A list to choose a panel from; hidden where no script runs and all panels show.
fn write_choice<'a>(html: &mut String, panels: &str, names: impl Iterator<Item = &'a str>) {
    let _ =
        write!(html, "<p class=\"choice\" hidden><select data-panels=\"{panels}\" aria-label=\"Problem\">");
    for name in names {
        let _ = write!(html, "<option>{}</option>", escape(name));
    }
    html.push_str("</select></p>\n");
}
