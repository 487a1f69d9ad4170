//! The report of a benchmark: names as text, nothing from elsewhere, every part that is promised.

use invmgmt::network::preset;
use invmgmt_report::chart::{Chart, Mark, Series};
use invmgmt_report::{
    BenchmarkPage, Column, DotPlot, DotRow, Dots, Entry, EpisodePanel, SortableTable, Titled,
};

const EVIL: &str = "</script><img src=x onerror=alert(1)>\"'&";

/// A page in which every text is `name`.
fn page(name: &str) -> String {
    let network = preset("serial").expect("a preset").compile().expect("sound");
    let text = || name.to_owned();
    let plot = || DotPlot {
        label: text(),
        axis: text(),
        width: 600.0,
        holds_zero: false,
        rows: vec![DotRow {
            name: text(),
            dots: vec![Dots { series: 0, values: vec![1.0, -2.0], mean: Some((0.5, None)), hint: text() }],
        }],
    };
    let series = vec![Series { mark: Mark::Line(0), values: vec![1.0, 2.0] }];
    let chart = Chart { label: "stock", size: (300.0, 200.0), periods_per_point: 1, reach: 0.0, series };
    let table = SortableTable {
        title: text(),
        note: text(),
        columns: vec![Column { name: text(), meaning: text() }, Column { name: text(), meaning: text() }],
        rows: vec![vec![Entry::Text(text()), Entry::Number(Some(-1.5), text())]],
    };
    BenchmarkPage {
        title: text(),
        command: name,
        facts: vec![("Seeds", text())],
        warnings: vec![text()],
        policies: vec![text()],
        tables: vec![table],
        gaps: Titled { title: text(), note: text(), content: plot() },
        distributions: vec![Titled { title: text(), note: text(), content: plot() }],
        episodes: vec![EpisodePanel { name: text(), charts: vec![(text(), chart)] }],
        networks: vec![Titled { title: text(), note: text(), content: &network }],
        generator: text(),
    }
    .to_html()
}

#[test]
fn markup_in_names_appears_as_text_everywhere() {
    let html = page(EVIL);
    assert!(!html.contains("<img"), "markup came through");
    // The page's own script and its end, and no other.
    assert_eq!((html.matches("<script").count(), html.matches("</script").count()), (1, 1));
    assert!(html.matches("&lt;img src=x onerror=alert(1)&gt;&quot;&#39;&amp;").count() >= 18);
}

#[test]
fn the_page_needs_nothing_from_elsewhere_and_holds_what_is_promised() {
    let html = page("fair");
    for reference in ["http://", "https://", "<link", "@import", "src=", "fetch("] {
        assert!(!html.contains(reference), "{reference}");
    }
    for part in
        ["id=\"gaps\"", "id=\"distributions\"", "id=\"episodes\"", "id=\"networks\"", "class=\"sortable\""]
    {
        assert_eq!(html.matches(part).count(), 1, "{part}");
    }
    assert_eq!(html.matches("class=\"node\"").count(), 5, "the network is drawn");
    assert!(html.contains("<td data-value=\"-1.5\">fair</td>"));
}
