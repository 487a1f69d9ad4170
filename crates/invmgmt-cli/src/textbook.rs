//! The command `textbook`.

use std::fmt::Display;
use std::io::Write;
use std::str::FromStr;

use clap::{ArgGroup, Args, Subcommand};
use invmgmt::network::{Network, TableIndex};
use invmgmt_data::Scenario;
use invmgmt_policy::optimize::Family;
use invmgmt_textbook::clark_scarf::{SerialStage, SerialSystem, serial_order};
use invmgmt_textbook::eoq::OrderQuantity;
use invmgmt_textbook::guaranteed_service::GuaranteedService;
use invmgmt_textbook::newsvendor::{Newsvendor, NewsvendorForm};
use invmgmt_textbook::reorder_level::ReorderLevel;
use invmgmt_textbook::reorder_quantity::ReorderQuantity;
use invmgmt_textbook::wagner_whitin::LotSizing;
use invmgmt_textbook::{Demand, InputError, Problem};
use serde_json::{Map, Value, json};

use crate::failure::Failure;
use crate::{networks, scenarios};

#[derive(Args, Debug)]
pub(crate) struct TextbookArgs {
    #[command(subcommand)]
    problem: ProblemKind,
}

#[derive(Debug, Subcommand)]
enum ProblemKind {
    /// Economic order quantity
    Eoq(EoqArgs),
    /// Newsvendor, by costs, prices or a service level; with a lead time, the base-stock level
    Newsvendor(NewsvendorArgs),
    /// (r, Q) under Poisson or normal demand and continuous review
    ReorderQuantity(ReorderQuantityArgs),
    /// (s, S) under whole-unit demand and periodic review
    ReorderLevel(ReorderLevelArgs),
    /// Echelon base-stock levels of a serial system
    ClarkScarf(ClarkScarfArgs),
    /// Safety stock placement under guaranteed service, on trees
    GuaranteedService(GuaranteedServiceArgs),
    /// Dynamic lot sizing
    WagnerWhitin(WagnerWhitinArgs),
}

#[derive(Args, Debug)]
struct EoqArgs {
    /// Cost of an order
    #[arg(long, value_name = "K")]
    fixed_cost: f64,
    /// Cost of a unit in stock per unit of time
    #[arg(long, value_name = "H")]
    holding_cost: f64,
    /// Units per unit of time
    #[arg(long, value_name = "X")]
    demand_rate: f64,
    /// Cost of a unit owed per unit of time; without it nothing may be owed
    #[arg(long, value_name = "P")]
    backorder_cost: Option<f64>,
    #[command(flatten)]
    output: Output,
}

/// What is played, in place of the numbers of a problem.
#[derive(Args, Debug)]
#[group(multiple = false)]
struct PlayedArgs {
    /// A network by name or file, with its own demand, in place of the numbers
    #[arg(long, short, value_name = "NAME|FILE")]
    network: Option<String>,
    /// A scenario file or SUITE/ID, with its demand and rules, in place of the numbers
    #[arg(long, short, value_name = "FILE|SUITE/ID")]
    scenario: Option<String>,
}

#[derive(Args, Debug)]
struct NewsvendorArgs {
    /// One node that holds stock, one supplier, one market
    #[command(flatten)]
    played: PlayedArgs,
    /// Cost of a unit left over at the end of a period; beside prices, what is added to them
    #[arg(long, value_name = "H", conflicts_with = "PlayedArgs", allow_negative_numbers = true)]
    holding_cost: Option<f64>,
    /// Cost of a unit short at the end of a period; beside prices, what is added to them
    #[arg(long, value_name = "P", conflicts_with = "PlayedArgs", allow_negative_numbers = true)]
    penalty: Option<f64>,
    /// In place of a penalty: wanted probability that nothing is short at the end of a period
    #[arg(long, value_name = "A", conflicts_with = "PlayedArgs", allow_negative_numbers = true)]
    service_level: Option<f64>,
    /// What a customer pays for a unit, for a single period
    #[arg(long, value_name = "X", conflicts_with = "PlayedArgs", allow_negative_numbers = true)]
    price: Option<f64>,
    /// What a unit costs, for a single period
    #[arg(long, value_name = "X", conflicts_with = "PlayedArgs", allow_negative_numbers = true)]
    cost: Option<f64>,
    /// What a unit left over brings, for a single period [default: 0]
    #[arg(long, value_name = "X", conflicts_with = "PlayedArgs", allow_negative_numbers = true)]
    salvage: Option<f64>,
    /// A level whose cost is wanted, in place of the best one
    #[arg(long, value_name = "S", allow_negative_numbers = true)]
    level: Option<f64>,
    /// Periods from order to receipt [default: 0]
    #[arg(long, value_name = "L", conflicts_with = "PlayedArgs", allow_negative_numbers = true)]
    lead_time: Option<f64>,
    /// Demand of a period: poisson:MEAN, normal:MEAN,DEVIATION or discrete:P0,P1,...
    #[arg(long, value_name = "LAW", conflicts_with = "PlayedArgs")]
    demand: Option<Law>,
    #[command(flatten)]
    output: Output,
}

#[derive(Args, Debug)]
struct ReorderQuantityArgs {
    /// Cost of an order
    #[arg(long, value_name = "K")]
    fixed_cost: f64,
    /// Cost of a unit in stock per unit of time
    #[arg(long, value_name = "H")]
    holding_cost: f64,
    /// Cost of a unit owed per unit of time
    #[arg(long, value_name = "P")]
    backorder_cost: f64,
    /// Units of Poisson demand per unit of time
    #[arg(long, value_name = "X", conflicts_with = "demand", required_unless_present = "demand")]
    demand_rate: Option<f64>,
    /// Demand of a unit of time: poisson:MEAN or normal:MEAN,DEVIATION
    #[arg(long, value_name = "LAW")]
    demand: Option<Law>,
    /// Time from order to receipt
    #[arg(long, value_name = "L")]
    lead_time: f64,
    #[command(flatten)]
    output: Output,
}

#[derive(Args, Debug)]
struct ReorderLevelArgs {
    /// One node that holds stock, one supplier, one market with Poisson demand
    #[command(flatten)]
    played: PlayedArgs,
    /// Cost of an order
    #[arg(long, value_name = "K", conflicts_with = "PlayedArgs", required_unless_present = "PlayedArgs")]
    fixed_cost: Option<f64>,
    /// Cost of a unit in stock at the end of a period
    #[arg(long, value_name = "H", conflicts_with = "PlayedArgs", required_unless_present = "PlayedArgs")]
    holding_cost: Option<f64>,
    /// Cost of a unit owed at the end of a period
    #[arg(long, value_name = "P", conflicts_with = "PlayedArgs", required_unless_present = "PlayedArgs")]
    penalty: Option<f64>,
    /// Periods from order to receipt [default: 0]
    #[arg(long, value_name = "L", conflicts_with = "PlayedArgs")]
    lead_time: Option<f64>,
    /// Demand of a period: poisson:MEAN or discrete:P0,P1,...
    #[arg(long, value_name = "LAW", conflicts_with = "PlayedArgs", required_unless_present = "PlayedArgs")]
    demand: Option<Law>,
    #[command(flatten)]
    output: Output,
}

#[derive(Args, Debug)]
struct ClarkScarfArgs {
    /// A chain without factories and fixed order costs
    #[command(flatten)]
    played: PlayedArgs,
    /// Echelon holding costs of the stages, from the customer upwards
    #[arg(
        long,
        value_name = "H1,H2,...",
        value_delimiter = ',',
        conflicts_with = "PlayedArgs",
        required_unless_present = "PlayedArgs"
    )]
    holding_costs: Vec<f64>,
    /// Lead times of the stages
    #[arg(
        long,
        value_name = "L1,L2,...",
        value_delimiter = ',',
        conflicts_with = "PlayedArgs",
        required_unless_present = "PlayedArgs"
    )]
    lead_times: Vec<f64>,
    /// Cost of a unit owed at the end of a period
    #[arg(long, value_name = "P", conflicts_with = "PlayedArgs", required_unless_present = "PlayedArgs")]
    penalty: Option<f64>,
    /// Demand of a period: poisson:MEAN, normal:MEAN,DEVIATION or discrete:P0,P1,...
    #[arg(long, value_name = "LAW", conflicts_with = "PlayedArgs", required_unless_present = "PlayedArgs")]
    demand: Option<Law>,
    /// Echelon levels whose cost is wanted, in place of the best ones
    #[arg(long, value_name = "S1,S2,...", value_delimiter = ',')]
    levels: Option<Vec<f64>>,
    #[command(flatten)]
    output: Output,
}

#[derive(Args, Debug)]
#[command(group = ArgGroup::new("tree").args(["network", "scenario"]).required(true))]
struct GuaranteedServiceArgs {
    /// Nodes that hold stock and form a tree, without factories
    #[command(flatten)]
    played: PlayedArgs,
    /// Standard deviations of demand a stage covers
    #[arg(long, value_name = "Z")]
    safety_factor: f64,
    #[command(flatten)]
    output: Output,
}

#[derive(Args, Debug)]
struct WagnerWhitinArgs {
    /// Demand of the periods
    #[arg(long, value_name = "D1,D2,...", value_delimiter = ',', required = true)]
    demand: Vec<f64>,
    /// Cost of an order
    #[arg(long, value_name = "K")]
    fixed_cost: f64,
    /// Cost of a unit in stock at the end of a period
    #[arg(long, value_name = "H")]
    holding_cost: f64,
    #[command(flatten)]
    output: Output,
}

#[derive(Args, Debug)]
struct Output {
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

/// A law of demand as an option gives it.
#[derive(Clone, Debug)]
struct Law(Demand);

impl FromStr for Law {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, numbers) = text.split_once(':').unwrap_or((text, ""));
        let numbers: Result<Vec<f64>, _> = numbers.split(',').map(|number| number.trim().parse()).collect();
        match (name, numbers.as_deref()) {
            ("poisson", Ok(&[mean])) => Ok(Self(Demand::Poisson { mean })),
            ("normal", Ok(&[mean, deviation])) => Ok(Self(Demand::Normal { mean, deviation })),
            ("discrete", Ok(numbers)) => Ok(Self(Demand::Discrete { probabilities: numbers.to_vec() })),
            _ => Err("expected poisson:MEAN, normal:MEAN,DEVIATION or discrete:P0,P1,...".to_owned()),
        }
    }
}

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
    let solved =
        OrderQuantity { fixed_cost, holding_cost, backorder_cost, demand_rate }.solve().map_err(refused)?;
    Ok(vec![
        ("quantity", json!(solved.quantity)),
        ("backordered_share", json!(solved.backordered_share)),
        ("cost", json!(solved.cost)),
    ])
}

/// Network, demand, rules and horizon to solve for.
enum Played {
    Network(Box<Network>),
    Scenario(Scenario),
}

impl PlayedArgs {
    /// Reads what is named, if anything is.
    fn load(&self) -> Result<Option<Played>, Failure> {
        Ok(match (&self.network, &self.scenario) {
            (Some(network), _) => Some(Played::Network(Box::new(networks::load(network)?))),
            (_, Some(scenario)) => Some(Played::Scenario(scenarios::load(scenario)?)),
            (None, None) => None,
        })
    }
}

impl Played {
    fn problem(&self) -> Problem<'_> {
        match self {
            Self::Network(network) => network.as_ref().into(),
            Self::Scenario(scenario) => {
                let invmgmt::Problem { network, demand, rules, num_periods } = &scenario.problem;
                Problem { network, demand, rules: *rules, num_periods: *num_periods }
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
fn echelon_policy(problem: &Problem<'_>, levels: &[f64]) -> Result<String, Failure> {
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
    let Problem { network, .. } = played.problem();
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
