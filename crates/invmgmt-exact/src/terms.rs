//! What customers and suppliers do who are not served, as far as bounds and states depend on it.

use invmgmt::Problem;
use invmgmt::network::{CustomerTerms, MarketLinkIx, SupplyLinkIx};

/// The terms of a market link's customers, where they have their own.
fn of(problem: &Problem, link: MarketLinkIx) -> Option<&CustomerTerms> {
    let physics = problem.network.physics.as_ref()?;
    physics.customers.iter().find(|terms| terms.link == link)
}

/// Whether any unmet demand of a market link waits.
pub(crate) fn waits(problem: &Problem, link: MarketLinkIx) -> bool {
    of(problem, link).map_or(problem.rules.backlog, |terms| terms.share > 0.0)
}

/// Whether all of it waits until it is served.
pub(crate) fn waits_without_end(problem: &Problem, link: MarketLinkIx) -> bool {
    of(problem, link).map_or(problem.rules.backlog, |terms| terms.share == 1.0 && terms.at_most.is_none())
}

/// Whether what a supplier cannot fill on a link is gone without a trace.
pub(crate) fn forgets(problem: &Problem, link: SupplyLinkIx) -> bool {
    let debts = problem.network.physics.iter().flat_map(|physics| &physics.debts);
    !debts.into_iter().any(|debt| debt.link == link)
}

/// Periods a request takes to its supplier.
pub(crate) fn order_delay(problem: &Problem, link: SupplyLinkIx) -> usize {
    let delays = problem.network.physics.iter().flat_map(|physics| &physics.delays);
    delays.into_iter().find(|delay| delay.link == link).map_or(0, |delay| delay.periods)
}
