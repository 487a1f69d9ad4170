//! The whole page: everything on it, nothing from elsewhere, names as text.

use std::sync::Arc;

use invmgmt::Problem;
use invmgmt::demand::{DemandConfig, DemandModel};
use invmgmt::episode::{Episode, Trajectory};
use invmgmt::network::{DeclaredDemand, DeclaredLink, DeclaredNetwork, DeclaredNode, Network, preset};
use invmgmt::period::Rules;
use invmgmt_policy::{Knowledge, parse};
use invmgmt_report::{KpiRow, KpiTable, Page, Run};

const M5: [f64; 30] = [
    2., 3., 4., 0., 0., 1., 0., 2., 1., 1., 5., 3., 1., 0., 0., 2., 7., 2., 2., 13., 8., 11., 50., 60., 54.,
    51., 39., 50., 48., 61.,
];

fn play(network: &Network, policy: &str, periods: usize) -> Trajectory {
    let config =
        DemandConfig { external_series: Some(Arc::from(M5)), noise_scale: 0.0, ..DemandConfig::default() };
    let demand = DemandModel::new(config).expect("usable demand");
    let rules = Rules::default();
    let problem = Problem::new(network.clone(), demand.clone(), rules, periods);
    let known = Knowledge::of(&problem);
    let mut policy = parse(policy, &known).expect("a policy");
    let mut episode = Episode::begin(&problem, 42).expect("an episode");
    episode.play(&mut policy).expect("playable orders");
    episode.trajectory().clone()
}

fn page(network: &Network, policies: &[&str], periods: usize) -> String {
    let records: Vec<Trajectory> = policies.iter().map(|policy| play(network, policy, periods)).collect();
    let runs = policies.iter().zip(&records).map(|(policy, trajectory)| Run { policy, trajectory }).collect();
    let row = KpiRow {
        name: "profit".into(),
        meaning: "money".into(),
        cells: policies.iter().map(|_| "1.5 \u{b1} <2".into()).collect(),
    };
    let columns = policies.iter().map(|policy| (*policy).to_owned()).collect();
    Page {
        title: "A & B",
        command: "gym-invmgmt simulate --network '<x>'",
        facts: vec![("Periods", periods.to_string())],
        table: KpiTable { columns, rows: vec![row], note: "Mean \u{b1} standard error".into() },
        network,
        shown: "seed 42".into(),
        runs,
        generator: "invmgmt 1.0.0",
    }
    .to_html()
}

fn nine_nodes() -> Network {
    preset("network").expect("a preset").compile().expect("a sound network")
}

#[test]
fn the_page_shows_the_command_the_figures_the_network_and_every_run() {
    let html = page(&nine_nodes(), &["constant:20", "basestock:128,271,294,30,76,29"], 30);
    assert!(html.starts_with("<!doctype html>") && html.trim_end().ends_with("</html>"));
    assert!(html.contains("<title>A &amp; B</title>"));
    assert!(html.contains("<span>gym-invmgmt simulate</span> <span>--network &#39;&lt;x&gt;&#39;</span>"));
    assert!(html.contains("1.5 \u{b1} &lt;2"));
    assert_eq!(html.matches("class=\"node\"").count(), 9);
    // One chart of profit, one of service per policy, one of stock per managed node.
    assert_eq!(html.matches("class=\"chart\"").count(), 1 + 2 + 6);
}

#[test]
fn the_page_needs_nothing_from_elsewhere() {
    let html = page(&nine_nodes(), &["constant:20"], 30);
    for reference in ["http://", "https://", "<script", "<link", "@import", "url(", "src="] {
        let found = html.matches(reference).count();
        // The one kind of reference allowed points into the page itself: the arrow heads of links.
        let allowed = if reference == "url(" { html.matches("url(#arrow)").count() } else { 0 };
        assert_eq!(found, allowed, "{reference}");
    }
}

#[test]
fn markup_in_names_appears_as_text_everywhere() {
    let evil = "<img src=x onerror=alert(1)>";
    let network = DeclaredNetwork {
        nodes: vec![
            DeclaredNode::new("mill"),
            DeclaredNode::stocking(evil, 10.0, 0.1),
            DeclaredNode::new("</svg><script>"),
        ],
        links: vec![
            DeclaredLink::supply("mill", evil, 1, 1.0, 0.0),
            DeclaredLink::market(evil, "</svg><script>", 2.0, 0.1, DeclaredDemand::poisson(5.0)),
        ],
        ..DeclaredNetwork::default()
    };
    let html = page(&network.compile().expect("a sound network"), &["constant:20"], 30);
    assert!(!html.contains("<img") && !html.contains("<script"), "markup came through");
    assert!(html.contains("&lt;img src=x onerror=alert(1)&gt;"));
}

#[test]
fn a_long_run_makes_no_long_page() {
    let html = page(&nine_nodes(), &["constant:20"], 20_000);
    assert!(html.contains("each point is the mean of 40 periods"));
    assert!(html.len() < 400_000, "{} bytes", html.len());
}
