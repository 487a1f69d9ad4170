//! The command `textbook`.

use std::fmt::Display;
use std::io::Write;

use invmgmt::network::{Network, TableIndex};
use invmgmt_data::Scenario;
use invmgmt_policy::optimize::Family;
use invmgmt_textbook::clark_scarf::{SerialStage, SerialSystem, serial_order};
use invmgmt_textbook::eoq::{OrderQuantity, SupplyFailures};
use invmgmt_textbook::guaranteed_service::GuaranteedService;
use invmgmt_textbook::newsvendor::{Newsvendor, NewsvendorForm};
use invmgmt_textbook::reorder_level::ReorderLevel;
use invmgmt_textbook::reorder_quantity::ReorderQuantity;
use invmgmt_textbook::wagner_whitin::LotSizing;
use invmgmt_textbook::{Demand, InputError, ProblemView};
use serde_json::{Map, Value, json};

use crate::args::textbook::{
    ClarkScarfArgs, EoqArgs, GuaranteedServiceArgs, Law, NewsvendorArgs, PlayedArgs, ProblemKind,
    ReorderLevelArgs, ReorderQuantityArgs, TextbookArgs, WagnerWhitinArgs,
};
use crate::failure::Failure;
use crate::{networks, scenarios};

/// An answer: names with their values, in order.
type Answer = Vec<(&'static str, Value)>;

/// Solves the problem asked for.
pub(crate) fn run(given: &TextbookArgs, out: &mut dyn Write) -> Result<(), Failure> {
    let (answer, output) = match &given.problem {
        ProblemKind::Eoq(given) => (eoq(given)?, &given.output),
        ProblemKind::Newsvendor(given) => (newsvendor(given)?, &given.output),
        ProblemKind::ReorderQuantity(given) => (reorder_quantity(given)?, &given.output),
        ProblemKind::ReorderLevel(given) => (reorder_level(given)?, &given.output),
        ProblemKind::ClarkScarf(given) => (clark_scarf(given)?, &given.output),
        ProblemKind::GuaranteedService(given) => (guaranteed_service(given)?, &given.output),
        ProblemKind::WagnerWhitin(given) => (wagner_whitin(given)?, &given.output),
    };
    if output.json {
        let document: Map<String, Value> =
            answer.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        serde_json::to_writer_pretty(&mut *out, &document)?;
        return Ok(writeln!(out)?);
    }
    let width = answer.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    for (name, value) in &answer {
        writeln!(out, "{:<width$}   {}", name.replace('_', " "), shown(value))?;
    }
    Ok(())
}

/// A value for people: six decimals at most, lists in one line.
fn shown(value: &Value) -> String {
    match value {
        Value::Array(items) => items.iter().map(shown).collect::<Vec<_>>().join(", "),
        Value::String(text) => text.escape_debug().to_string(),
        Value::Number(number) => number.as_f64().map_or_else(
            || number.to_string(),
            |number| {
                let digits = format!("{number:.6}");
                digits.trim_end_matches('0').trim_end_matches('.').to_owned()
            },
        ),
        other => other.to_string(),
    }
}

fn refused(error: impl Display) -> Failure {
    Failure::Refused(error.to_string())
}

/// The law given; the options are required where no network is.
fn law(given: Option<&Law>) -> Demand {
    given.expect("clap requires the demand").0.clone()
}

fn eoq(given: &EoqArgs) -> Result<Answer, Failure> {
    let EoqArgs { fixed_cost, holding_cost, demand_rate, backorder_cost, .. } = *given;
    let numbers = given.failure_rate.zip(given.recovery_rate).zip(given.stockout_cost);
    let failures = numbers.map(|((failure_rate, recovery_rate), stockout_cost)| SupplyFailures {
        failure_rate,
        recovery_rate,
        stockout_cost,
    });
    let problem = OrderQuantity { fixed_cost, holding_cost, backorder_cost, demand_rate, failures };
    let solved = problem.solve().map_err(refused)?;
    Ok(vec![
        ("quantity", json!(solved.quantity)),
        ("backordered_share", json!(solved.backordered_share)),
        ("cost", json!(solved.cost)),
    ])
}

/// Network, demand, rules and horizon to solve for.
enum Played {
    Network(Box<Network>),
    Scenario(Box<Scenario>),
}

impl PlayedArgs {
    /// Reads what is named, if anything is.
    fn load(&self) -> Result<Option<Played>, Failure> {
        Ok(match (&self.network, &self.scenario) {
            (Some(network), _) => Some(Played::Network(Box::new(networks::load(network)?))),
            (_, Some(scenario)) => Some(Played::Scenario(Box::new(scenarios::load(scenario)?))),
            (None, None) => None,
        })
    }
}

impl Played {
    fn problem(&self) -> ProblemView<'_> {
        match self {
            Self::Network(network) => network.as_ref().into(),
            Self::Scenario(scenario) => {
                let invmgmt::Problem { network, demand, rules, num_periods } = &scenario.problem;
                ProblemView { network, demand, rules: *rules, num_periods: *num_periods }
            }
        }
    }
}

/// A form of a problem refused as wrong usage, its numbers called as the options are.
fn wrong_form(error: InputError) -> Failure {
    let option = |name: &str| format!("--{}", name.replace('_', "-"));
    match error {
        InputError::Missing { names } => {
            let names: Vec<String> = names.split(", ").map(option).collect();
            Failure::Usage(format!(
                "{} not given; expected all numbers of the problem, or --network or --scenario",
                names.join(", ")
            ))
        }
        InputError::Together { name, others } => {
            Failure::Usage(format!("{} is given beside {others}; expected one or the other", option(name)))
        }
        other => refused(other),
    }
}

fn newsvendor(given: &NewsvendorArgs) -> Result<Answer, Failure> {
    let played = given.played.load()?;
    let mut profit = None;
    let solved = if let Some(played) = &played {
        let problem = Newsvendor::from_problem(played.problem()).map_err(refused)?;
        given.level.map_or_else(|| problem.solve(), |level| problem.at_level(level)).map_err(refused)?
    } else {
        let form = NewsvendorForm {
            holding_cost: given.holding_cost,
            penalty: given.penalty,
            service_level: given.service_level,
            price: given.price,
            cost: given.cost,
            salvage: given.salvage,
            level: given.level,
            lead_time: given.lead_time,
            demand: given.demand.as_ref().map(|law| law.0.clone()),
        };
        let solved = form.solve().map_err(wrong_form)?;
        let mean = form.demand.as_ref().map_or(0.0, Demand::mean);
        profit = form.price.zip(form.cost).map(|(price, cost)| (price - cost) * mean - solved.cost);
        solved
    };
    let mut answer = vec![("level", json!(solved.level))];
    // A service level without costs has none.
    if solved.cost.is_finite() {
        answer.push(("cost", json!(solved.cost)));
    }
    answer.extend(profit.map(|profit| ("expected_profit", json!(profit))));
    answer.push(("ready_rate", json!(solved.ready_rate)));
    Ok(answer)
}

fn reorder_quantity(given: &ReorderQuantityArgs) -> Result<Answer, Failure> {
    let ReorderQuantityArgs { fixed_cost, holding_cost, backorder_cost, lead_time, .. } = *given;
    let demand = match given.demand_rate {
        Some(mean) => Demand::Poisson { mean },
        None => law(given.demand.as_ref()),
    };
    let problem = ReorderQuantity { fixed_cost, holding_cost, backorder_cost, demand, lead_time };
    let solved = problem.solve().map_err(refused)?;
    Ok(vec![
        ("reorder_point", json!(solved.reorder_point)),
        ("quantity", json!(solved.quantity)),
        ("cost", json!(solved.cost)),
    ])
}

fn reorder_level(given: &ReorderLevelArgs) -> Result<Answer, Failure> {
    let problem = match given.played.load()? {
        Some(played) => ReorderLevel::from_problem(played.problem()).map_err(refused)?,
        None => ReorderLevel {
            fixed_cost: given.fixed_cost.unwrap_or(f64::NAN),
            holding_cost: given.holding_cost.unwrap_or(f64::NAN),
            penalty: given.penalty.unwrap_or(f64::NAN),
            lead_time: given.lead_time.unwrap_or(0.0),
            demand: law(given.demand.as_ref()),
            constant_cost: 0.0,
        },
    };
    let solved = problem.solve().map_err(refused)?;
    Ok(vec![
        ("reorder_level", json!(solved.reorder_level)),
        ("order_up_to", json!(solved.order_up_to)),
        ("cost", json!(solved.cost)),
    ])
}

fn clark_scarf(given: &ClarkScarfArgs) -> Result<Answer, Failure> {
    let played = given.played.load()?;
    let system = match &played {
        Some(played) => SerialSystem::from_problem(played.problem()).map_err(refused)?,
        None => serial_system(given)?,
    };
    let (levels, cost, local) = if let Some(levels) = &given.levels {
        (levels.clone(), system.cost_of(levels).map_err(refused)?, None)
    } else {
        let solved = system.solve().map_err(refused)?;
        (solved.echelon_levels, solved.cost, Some(solved.local_levels))
    };
    let mut answer = vec![("echelon_levels", json!(levels))];
    match &played {
        // Local levels play the same only where what a stage cannot fill is owed; the simulator forgets it, so they
        // would starve the chain. Echelon levels know what is owed.
        Some(played) => answer.push(("policy", json!(echelon_policy(&played.problem(), &levels)?))),
        None => answer.extend(local.map(|local| ("local_levels", json!(local)))),
    }
    answer.push(("cost", json!(cost)));
    Ok(answer)
}

/// The levels of a chain's stages as a policy that `simulate` plays: one per managed node, in order of id.
fn echelon_policy(problem: &ProblemView<'_>, levels: &[f64]) -> Result<String, Failure> {
    let order = serial_order(problem.network).map_err(refused)?;
    let mut by_node = vec![0.0; levels.len()];
    for (node, &level) in order.iter().zip(levels) {
        by_node[node.position()] = level;
    }
    Ok(Family::Echelon.spec(&by_node))
}

fn serial_system(given: &ClarkScarfArgs) -> Result<SerialSystem, Failure> {
    let (holding, times) = (&given.holding_costs, &given.lead_times);
    if holding.len() != times.len() {
        return Err(Failure::Usage(format!(
            "--holding-costs has {} entries, --lead-times {}; expected one per stage",
            holding.len(),
            times.len()
        )));
    }
    let stages = holding.iter().zip(times);
    let stages =
        stages.map(|(&echelon_holding_cost, &lead_time)| SerialStage { echelon_holding_cost, lead_time });
    Ok(SerialSystem {
        stages: stages.collect(),
        penalty: given.penalty.unwrap_or(f64::NAN),
        demand: law(given.demand.as_ref()),
        constant_cost: 0.0,
    })
}

fn guaranteed_service(given: &GuaranteedServiceArgs) -> Result<Answer, Failure> {
    let played = given.played.load()?.expect("clap requires a network or a scenario");
    let ProblemView { network, .. } = played.problem();
    let problem = GuaranteedService::from_problem(played.problem(), given.safety_factor).map_err(refused)?;
    let solved = problem.solve().map_err(refused)?;
    let nodes = network.managed.indices().map(|node| network.managed_id(node).to_string());
    let stages = &solved.stages;
    Ok(vec![
        ("nodes", json!(nodes.collect::<Vec<_>>())),
        ("service_times", json!(stages.iter().map(|stage| stage.service_time).collect::<Vec<_>>())),
        (
            "inbound_service_times",
            json!(stages.iter().map(|stage| stage.inbound_service_time).collect::<Vec<_>>()),
        ),
        (
            "net_replenishment_times",
            json!(stages.iter().map(|stage| stage.net_replenishment_time).collect::<Vec<_>>()),
        ),
        ("safety_stocks", json!(stages.iter().map(|stage| stage.safety_stock).collect::<Vec<_>>())),
        ("cost", json!(solved.cost)),
    ])
}

fn wagner_whitin(given: &WagnerWhitinArgs) -> Result<Answer, Failure> {
    let WagnerWhitinArgs { fixed_cost, holding_cost, .. } = *given;
    let problem = LotSizing { demand: given.demand.clone(), fixed_cost, holding_cost };
    let solved = problem.solve().map_err(refused)?;
    Ok(vec![("orders", json!(solved.orders)), ("cost", json!(solved.cost))])
}
