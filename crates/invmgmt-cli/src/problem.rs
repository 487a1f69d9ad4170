//! What is played, from the options that say it: shared by the commands that play.

pub(crate) mod demand;

use invmgmt::Problem;
use invmgmt::period::Rules;

use crate::args::problem::{DemandArgs, ProblemArgs};
use crate::failure::Failure;
use crate::{networks, scenarios};

/// What is played, from a scenario or from single options; and its demand in words.
pub(crate) fn of(given: &ProblemArgs, drawn: &DemandArgs) -> Result<(Problem, String), Failure> {
    if let Some(scenario) = &given.scenario {
        let scenario = scenarios::load(scenario)?;
        let description = demand::of_scenario(&scenario).description;
        return Ok((scenario.problem, description));
    }
    let network = networks::load(&given.network)?;
    let demand = demand::build(drawn, &network, given.periods)?;
    let rules = Rules { backlog: !given.lost_sales, discount: given.discount };
    Ok((Problem::new(network, demand.model, rules, demand.num_periods), demand.description))
}
