//! A placement played in the engine: the service that customers get, beside what was promised.

use std::collections::HashMap;

use invmgmt::Problem;
use invmgmt::demand::DemandModel;
use invmgmt::episode::{Episode, Policy, Symbol};
use invmgmt::network::{ManagedIx, Network, TableIndex};
use invmgmt::period::Rules;
use invmgmt_data::chain::{Chain, ChainRules, share_of};
use invmgmt_data::network_from_value;
use invmgmt_policy::OrderUpTo;
use invmgmt_textbook::guaranteed_service::{Placement, StagePlacement};

use super::Instance;

/// Stage-periods that are played where nobody says how many periods, and the fewest and the most periods then.
const WORK: usize = 1_000_000;
const FEWEST: usize = 365;
const MOST: usize = 20_000;
/// Slack of sums of demand [units].
const NEGLIGIBLE: f64 = 1e-6;

/// A placement that was played.
pub(crate) struct Played {
    /// Periods that count, and those before them in which the pipelines filled.
    pub periods: usize,
    pub warm_up: usize,
    pub seed: u64,
    /// Customers, in the order of their stages.
    pub customers: Vec<Service>,
    /// Stages whose times were drawn.
    pub drawn: usize,
}

/// What the customers of a stage were promised and got.
pub(crate) struct Service {
    pub stage: usize,
    /// Service time [periods].
    pub within: usize,
    /// Share of periods in which safety stock covers demand, as promised [1].
    pub promised: f64,
    /// Share of periods at whose end nobody had waited longer than was promised [1].
    pub achieved: f64,
    /// Share of units that came within the time promised [1].
    pub units: f64,
}

/// Plays local base stock at the levels of a placement, in the network that the chain is imported as. Every stage
/// counts what its buyers order in the same period, as guaranteed service has it, and passes on what it has without
/// waiting for the end of its service time.
///
/// # Errors
/// Why a chain cannot be played.
pub(crate) fn play(
    chain: &Chain,
    instance: &Instance,
    placement: &Placement,
    rules: &ChainRules,
    length: (Option<usize>, u64),
) -> Result<Played, String> {
    let levels = levels(chain, placement, rules.period)?;
    let mut stocked = chain.clone();
    for (stage, level) in stocked.stages.iter_mut().zip(&levels) {
        stage.initial_stock = Some(*level);
    }
    let made = stocked.network(rules).map_err(in_words)?;
    let network = network_from_value(&made.document).map_err(in_words)?;
    let stage_of: HashMap<&str, usize> =
        made.points.iter().enumerate().map(|(stage, point)| (point.as_str(), stage)).collect();
    let stage = |node: ManagedIx| stage_of[network.managed_id(node).to_string().as_str()];
    let in_order: Vec<f64> = network.managed.indices().map(|node| levels[stage(node)]).collect();
    let sellers: Vec<usize> = network.market.rows().iter().map(|link| stage(link.retailer)).collect();
    let mut policy = OrderUpTo::cascade(&network, &in_order).map_err(in_words)?;
    let (periods, seed) = length;
    let periods = periods.unwrap_or((WORK / chain.stages.len().max(1)).clamp(FEWEST, MOST));
    // Once for the stock at the start to be sold, once for what was ordered then to arrive.
    let warm_up = 2 * longest_way(&network);
    let drawn = chain.stages.iter().filter(|stage| stage.time.is_random()).count();
    let (demand, waiting) = record(network, &mut policy, warm_up + periods, seed)?;
    let mut customers: Vec<Service> = sellers
        .into_iter()
        .enumerate()
        .map(|(link, stage)| {
            let within = placement.stages[stage].service_time;
            let promised = share_of(instance.factors[stage]);
            let (achieved, units) = service(&demand[link], &waiting[link], warm_up, within);
            Service { stage, within, promised, achieved, units }
        })
        .collect();
    customers.sort_by_key(|service| service.stage);
    Ok(Played { periods, warm_up, seed, customers, drawn })
}

fn in_words(error: impl std::fmt::Display) -> String {
    error.to_string()
}

/// Base-stock levels: mean demand of the net replenishment time, and safety stock [units].
fn levels(chain: &Chain, placement: &Placement, period: f64) -> Result<Vec<f64>, String> {
    let demands = chain.demands().map_err(in_words)?;
    let idle =
        chain.stages.iter().find(|stage| stage.demand.as_ref().is_some_and(|demand| demand.mean == 0.0));
    if let Some(stage) = idle {
        let name = stage.name.escape_debug();
        return Err(format!("customers of {name} want 0 on average; nothing is ordered"));
    }
    let level = |(placed, (mean, _)): (&StagePlacement, (f64, f64))| {
        mean * period * placed.net_replenishment_time as f64 + placed.safety_stock
    };
    Ok(placement.stages.iter().zip(demands).map(level).collect())
}

/// What customers wanted and what waited at the end of each period, market link by market link [units].
type Books = (Vec<Vec<f64>>, Vec<Vec<f64>>);

fn record(network: Network, policy: &mut OrderUpTo, periods: usize, seed: u64) -> Result<Books, String> {
    let markets = network.market.len();
    let problem = Problem::new(network, DemandModel::default(), Rules::default(), periods);
    let mut episode = Episode::begin(&problem, seed).map_err(in_words)?;
    policy.reset(Some(seed));
    episode.play(policy).map_err(in_words)?;
    let column = |symbol: Symbol, link: usize| {
        (0..periods).map(|period| episode.trajectory()[symbol].row(period)[link]).collect::<Vec<f64>>()
    };
    let columns = |symbol: Symbol| (0..markets).map(|link| column(symbol, link)).collect();
    Ok((columns(Symbol::Demand), columns(Symbol::Unmet)))
}

/// The longest way of goods to customers, and a period per link of it [periods].
fn longest_way(network: &Network) -> usize {
    let mut longest: Vec<usize> = vec![0; network.managed.len()];
    let mut suppliers_first = network.buyers_first();
    suppliers_first.reverse();
    for node in suppliers_first {
        for &link in &network.managed[node].incoming {
            let before = network.inputs(link).map(|(input, _)| longest[input.position()]).max().unwrap_or(0);
            let here = before + network.supply[link].lead_time + 1;
            longest[node.position()] = longest[node.position()].max(here);
        }
    }
    longest.into_iter().max().unwrap_or(0)
}

/// The share of periods in which nobody was late, and that of units that were not.
///
/// Customers order at the end of a period, so that nobody has waited who is served in the next one: of what waits at
/// the end of a period late is what was ordered before the last `within + 1` periods. The oldest is served first, so
/// what has just become late is at most what was ordered in the period before those.
fn service(demand: &[f64], waiting: &[f64], warm_up: usize, within: usize) -> (f64, f64) {
    let (mut kept, mut late_units, mut wanted) = (0_usize, 0.0, 0.0);
    let counted = warm_up.max(within + 1)..demand.len();
    for period in counted.clone() {
        let due = period - within - 1;
        let recent: f64 = demand[due + 1..=period].iter().sum();
        let late = waiting[period] - recent;
        let is_late = late > NEGLIGIBLE * (1.0 + recent);
        kept += usize::from(!is_late);
        late_units += if is_late { late.min(demand[due]) } else { 0.0 };
        wanted += demand[due];
    }
    let on_time = if wanted > 0.0 { 1.0 - late_units / wanted } else { 1.0 };
    (kept as f64 / counted.len().max(1) as f64, on_time)
}

#[cfg(test)]
mod tests {
    use super::service;

    /// By hand: 4 a period; at the ends of periods 2 and 3, 6 and 9 wait. Promised at once: 2 and 5 of them were
    /// ordered before the period that ends, so two of four periods break the promise; of the units ordered in periods 1
    /// and 2, min(2, 4) and min(5, 4) come late, 6 of 16.
    #[test]
    fn who_waits_longer_than_was_promised_is_late_once() {
        let (demand, waiting) = ([4.0; 5], [0.0, 4.0, 6.0, 9.0, 4.0]);
        assert_eq!(service(&demand, &waiting, 1, 0), (0.5, 1.0 - 6.0 / 16.0));
        // Within a period: one of the nine waits longer than that.
        assert_eq!(service(&demand, &waiting, 2, 1), (2.0 / 3.0, 1.0 - 1.0 / 12.0));
    }
}
