//! Charts of recorded runs.

use invmgmt::episode::{Symbol, Trajectory};
use invmgmt::network::{ManagedIx, Network, Part, TableIndex};

use crate::Run;
use crate::chart::{Chart, Mark, Series, chart_svg, periods_per_point, thin_by_last, thin_by_mean};
use crate::shapes::{LOOKS, Look};
use crate::text::cut;

/// Up to this many managed nodes have a chart of their own; more are added up by role.
const MAX_NODE_CHARTS: usize = 12;

/// A chart with its title.
pub(crate) struct Figure {
    /// What it shows; not yet escaped.
    pub title: String,
    /// The drawing.
    pub svg: String,
}

/// Profit added up from the first period on, one line per run.
pub(crate) fn cumulative_profit(runs: &[Run<'_>]) -> Figure {
    let points = longest(runs);
    let series = runs
        .iter()
        .enumerate()
        .map(|(which, run)| {
            let mut total = 0.0;
            let values: Vec<f64> = (0..run.trajectory.periods_played)
                .map(|t| {
                    total += run.trajectory[Symbol::Profit].row(t).iter().sum::<f64>();
                    total
                })
                .collect();
            Series { mark: Mark::Line(which), values: thin_by_last(&values, points) }
        })
        .collect();
    let label = "Cumulative profit per policy";
    let chart = Chart { label, size: (960.0, 300.0), periods_per_point: points, reach: 0.0, series };
    Figure { title: String::new(), svg: chart_svg(&chart) }
}

/// Demand, sales and unmet demand of each run, all markets together, on the same scale.
pub(crate) fn service(network: &Network, runs: &[Run<'_>]) -> Vec<Figure> {
    let size = if runs.len() == 1 { (960.0, 260.0) } else { (470.0, 240.0) };
    let points = longest(runs);
    let series: Vec<Vec<Series>> =
        runs.iter().enumerate().map(|(which, run)| flows(network, which, run, points)).collect();
    let reach = series.iter().flatten().flat_map(|series| &series.values).copied().fold(0.0, f64::max);
    let draw = |(run, series): (&Run<'_>, Vec<Series>)| {
        let label = format!("Demand, sales and unmet demand under {}", run.policy);
        let chart = Chart { label: &label, size, periods_per_point: points, reach, series };
        Figure { title: cut(run.policy, 64), svg: chart_svg(&chart) }
    };
    runs.iter().zip(series).map(draw).collect()
}

/// Demand, unmet demand and sales of a run per point.
fn flows(network: &Network, which: usize, run: &Run<'_>, points: usize) -> Vec<Series> {
    let record = run.trajectory;
    let total = |of_period: &dyn Fn(usize) -> f64| -> Vec<f64> {
        let values: Vec<f64> = (0..record.periods_played).map(of_period).collect();
        thin_by_mean(&values, points)
    };
    let sold = |t: usize| {
        network.market.rows().iter().map(|link| record[Symbol::Moved].row(t)[link.link.position()]).sum()
    };
    vec![
        Series { mark: Mark::Columns, values: total(&|t| record[Symbol::Demand].row(t).iter().sum()) },
        Series { mark: Mark::Warning, values: total(&|t| record[Symbol::Unmet].row(t).iter().sum()) },
        Series { mark: Mark::Line(which), values: total(&sold) },
    ]
}

/// Stock on hand, one chart per managed node (or per role in a large network), one line per run; nodes nearest to
/// the customers last, as goods flow.
pub(crate) fn stocks(network: &Network, order: &[ManagedIx], runs: &[Run<'_>]) -> Vec<Figure> {
    let groups: Vec<(String, Vec<ManagedIx>)> = if network.managed.len() <= MAX_NODE_CHARTS {
        order.iter().map(|&node| (node_title(network, node), vec![node])).collect()
    } else {
        by_role(network)
    };
    groups.into_iter().map(|(title, nodes)| stock_figure(network, title, &nodes, runs)).collect()
}

fn node_title(network: &Network, node: ManagedIx) -> String {
    let look = Look::of(network.nodes[network.managed[node].node].roles);
    format!("{}, {}", cut(&network.managed_id(node).to_string(), 40), look.name())
}

fn by_role(network: &Network) -> Vec<(String, Vec<ManagedIx>)> {
    let of_look = |look: Look| {
        let nodes: Vec<ManagedIx> = network
            .managed
            .iter()
            .filter(|(_, row)| Look::of(network.nodes[row.node].roles) == look)
            .map(|(node, _)| node)
            .collect();
        (format!("{} together ({})", look.plural(), nodes.len()), nodes)
    };
    LOOKS.into_iter().map(of_look).filter(|(_, nodes)| !nodes.is_empty()).collect()
}

fn stock_figure(network: &Network, title: String, nodes: &[ManagedIx], runs: &[Run<'_>]) -> Figure {
    let points = longest(runs);
    let stock = |record: &Trajectory| -> Vec<f64> {
        let at_end = |t: usize| {
            let row = record[Symbol::OnHand].row(t + 1);
            nodes.iter().map(|&node| row[network.managed[node].node.position()]).sum()
        };
        (0..record.periods_played).map(at_end).collect()
    };
    let series = runs
        .iter()
        .enumerate()
        .map(|(which, run)| Series {
            mark: Mark::Line(which),
            values: thin_by_mean(&stock(run.trajectory), points),
        })
        .collect();
    let label = format!("Stock on hand at {title}");
    let chart = Chart { label: &label, size: (310.0, 180.0), periods_per_point: points, reach: 0.0, series };
    Figure { title, svg: chart_svg(&chart) }
}

/// What waits, spoils, finds no room, fails and is lost: a chart for each matrix that only networks with mechanisms
/// have, all places together, one line per run; none on a plain network.
pub(crate) fn mechanisms(network: &Network, runs: &[Run<'_>]) -> Vec<Figure> {
    let points = longest(runs);
    let draw = |(symbol, title): (Symbol, &str)| {
        let of_run = |(which, run): (usize, &Run<'_>)| {
            let record = run.trajectory;
            let row = |t: usize| record[symbol].row(t + usize::from(symbol.facts().stands));
            let values: Vec<f64> =
                (0..record.periods_played).map(|t| in_one_number(symbol, network, row(t))).collect();
            Series { mark: Mark::Line(which), values: thin_by_mean(&values, points) }
        };
        let series = runs.iter().enumerate().map(of_run).collect();
        let chart =
            Chart { label: title, size: (310.0, 180.0), periods_per_point: points, reach: 0.0, series };
        Figure { title: title.to_owned(), svg: chart_svg(&chart) }
    };
    MECHANISMS.into_iter().filter(|(symbol, _)| symbol.is_recorded(network)).map(draw).collect()
}

/// The matrices of mechanisms that are drawn, with what a chart of each shows.
const MECHANISMS: [(Symbol, &str); 12] = [
    (Symbol::Unread, "requests on their way [units]"),
    (Symbol::Owed, "owed between nodes [units]"),
    (Symbol::Waiting, "customers wait for [units]"),
    (Symbol::LostRequests, "requests lost for good [units]"),
    (Symbol::Ages, "mean life left of stock [periods]"),
    (Symbol::Wasted, "spoiled [units]"),
    (Symbol::Overflowed, "thrown away for want of room [units]"),
    (Symbol::Crowded, "beyond the room [units]"),
    (Symbol::Up, "down, of what may fail"),
    (Symbol::Destroyed, "destroyed by failures [units]"),
    (Symbol::LostOnTheWay, "lost on the way [units]"),
    (Symbol::LatePenalty, "penalty for requests not filled [money]"),
];

/// A row of a matrix in one number: its sum; of ages the mean life left, of what may fail how much is down.
fn in_one_number(symbol: Symbol, network: &Network, row: &[f64]) -> f64 {
    let total: f64 = row.iter().sum();
    match symbol {
        Symbol::Up => row.len() as f64 - total,
        Symbol::Ages => {
            let lefts = Part::OnHandByLife.numbers(network).map(|number| number.slot.unwrap_or(0));
            let weighted: f64 = row.iter().zip(lefts).map(|(units, left)| units * left as f64).sum();
            if total > 0.0 { weighted / total } else { 0.0 }
        }
        _ => total,
    }
}

fn longest(runs: &[Run<'_>]) -> usize {
    periods_per_point(runs.iter().map(|run| run.trajectory.periods_played).max().unwrap_or(1))
}
