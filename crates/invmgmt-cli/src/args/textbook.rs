//! The options of `textbook`.

use std::str::FromStr;

use clap::{ArgGroup, Args, Subcommand};
use invmgmt_textbook::Demand;

pub(crate) const EXAMPLES: &str = "\
Examples:
  gym-invmgmt textbook eoq --fixed-cost 8 --holding-cost 0.225 --demand-rate 1300
  gym-invmgmt textbook newsvendor --holding-cost 1 --penalty 4 --demand poisson:6
  gym-invmgmt textbook clark-scarf --network my_chain.yaml --json

Exit codes: 0 done, 1 an input was refused, 2 wrong usage.";

#[derive(Args, Debug)]
pub(crate) struct TextbookArgs {
    #[command(subcommand)]
    pub problem: ProblemKind,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ProblemKind {
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
pub(crate) struct EoqArgs {
    /// Cost of an order
    #[arg(long, value_name = "K")]
    pub fixed_cost: f64,
    /// Cost of a unit in stock per unit of time
    #[arg(long, value_name = "H")]
    pub holding_cost: f64,
    /// Units per unit of time
    #[arg(long, value_name = "X")]
    pub demand_rate: f64,
    /// Cost of a unit owed per unit of time; without it nothing may be owed
    #[arg(long, value_name = "P")]
    pub backorder_cost: Option<f64>,
    /// Failures of the supplier per unit of time that it is up
    #[arg(long, value_name = "RATE", requires_all = ["recovery_rate", "stockout_cost"], conflicts_with = "backorder_cost")]
    pub failure_rate: Option<f64>,
    /// Recoveries of the supplier per unit of time that it is down
    #[arg(long, value_name = "RATE", requires = "failure_rate")]
    pub recovery_rate: Option<f64>,
    /// Cost of a unit of demand that is lost while the supplier is down and nothing is left
    #[arg(long, value_name = "P", requires = "failure_rate")]
    pub stockout_cost: Option<f64>,
    #[command(flatten)]
    pub output: Output,
}

/// What is played, in place of the numbers of a problem.
#[derive(Args, Debug)]
#[group(multiple = false)]
pub(crate) struct PlayedArgs {
    /// A network by name or file, with its own demand, in place of the numbers
    #[arg(long, short, value_name = "NAME|FILE")]
    pub network: Option<String>,
    /// A scenario file or SUITE/ID, with its demand and rules, in place of the numbers
    #[arg(long, short, value_name = "FILE|SUITE/ID")]
    pub scenario: Option<String>,
}

#[derive(Args, Debug)]
pub(crate) struct NewsvendorArgs {
    /// One node that holds stock, one supplier, one market
    #[command(flatten)]
    pub played: PlayedArgs,
    /// Cost of a unit left over at the end of a period; beside prices, what is added to them
    #[arg(long, value_name = "H", conflicts_with = "PlayedArgs", allow_negative_numbers = true)]
    pub holding_cost: Option<f64>,
    /// Cost of a unit short at the end of a period; beside prices, what is added to them
    #[arg(long, value_name = "P", conflicts_with = "PlayedArgs", allow_negative_numbers = true)]
    pub penalty: Option<f64>,
    /// In place of a penalty: wanted probability that nothing is short at the end of a period
    #[arg(long, value_name = "A", conflicts_with = "PlayedArgs", allow_negative_numbers = true)]
    pub service_level: Option<f64>,
    /// What a customer pays for a unit, for a single period
    #[arg(long, value_name = "X", conflicts_with = "PlayedArgs", allow_negative_numbers = true)]
    pub price: Option<f64>,
    /// What a unit costs, for a single period
    #[arg(long, value_name = "X", conflicts_with = "PlayedArgs", allow_negative_numbers = true)]
    pub cost: Option<f64>,
    /// What a unit left over brings, for a single period [default: 0]
    #[arg(long, value_name = "X", conflicts_with = "PlayedArgs", allow_negative_numbers = true)]
    pub salvage: Option<f64>,
    /// A level whose cost is wanted, in place of the best one
    #[arg(long, value_name = "S", allow_negative_numbers = true)]
    pub level: Option<f64>,
    /// Periods from order to receipt [default: 0]
    #[arg(long, value_name = "L", conflicts_with = "PlayedArgs", allow_negative_numbers = true)]
    pub lead_time: Option<f64>,
    /// Demand of a period: poisson:MEAN, normal:MEAN,DEVIATION or discrete:P0,P1,...
    #[arg(long, value_name = "LAW", conflicts_with = "PlayedArgs")]
    pub demand: Option<Law>,
    #[command(flatten)]
    pub output: Output,
}

#[derive(Args, Debug)]
pub(crate) struct ReorderQuantityArgs {
    /// Cost of an order
    #[arg(long, value_name = "K")]
    pub fixed_cost: f64,
    /// Cost of a unit in stock per unit of time
    #[arg(long, value_name = "H")]
    pub holding_cost: f64,
    /// Cost of a unit owed per unit of time
    #[arg(long, value_name = "P")]
    pub backorder_cost: f64,
    /// Units of Poisson demand per unit of time
    #[arg(long, value_name = "X", conflicts_with = "demand", required_unless_present = "demand")]
    pub demand_rate: Option<f64>,
    /// Demand of a unit of time: poisson:MEAN or normal:MEAN,DEVIATION
    #[arg(long, value_name = "LAW")]
    pub demand: Option<Law>,
    /// Time from order to receipt
    #[arg(long, value_name = "L")]
    pub lead_time: f64,
    #[command(flatten)]
    pub output: Output,
}

#[derive(Args, Debug)]
pub(crate) struct ReorderLevelArgs {
    /// One node that holds stock, one supplier, one market with Poisson demand
    #[command(flatten)]
    pub played: PlayedArgs,
    /// Cost of an order
    #[arg(long, value_name = "K", conflicts_with = "PlayedArgs", required_unless_present = "PlayedArgs")]
    pub fixed_cost: Option<f64>,
    /// Cost of a unit in stock at the end of a period
    #[arg(long, value_name = "H", conflicts_with = "PlayedArgs", required_unless_present = "PlayedArgs")]
    pub holding_cost: Option<f64>,
    /// Cost of a unit owed at the end of a period
    #[arg(long, value_name = "P", conflicts_with = "PlayedArgs", required_unless_present = "PlayedArgs")]
    pub penalty: Option<f64>,
    /// Periods from order to receipt [default: 0]
    #[arg(long, value_name = "L", conflicts_with = "PlayedArgs")]
    pub lead_time: Option<f64>,
    /// Demand of a period: poisson:MEAN or discrete:P0,P1,...
    #[arg(long, value_name = "LAW", conflicts_with = "PlayedArgs", required_unless_present = "PlayedArgs")]
    pub demand: Option<Law>,
    #[command(flatten)]
    pub output: Output,
}

#[derive(Args, Debug)]
pub(crate) struct ClarkScarfArgs {
    /// A chain without factories and fixed order costs
    #[command(flatten)]
    pub played: PlayedArgs,
    /// Echelon holding costs of the stages, from the customer upwards
    #[arg(
        long,
        value_name = "H1,H2,...",
        value_delimiter = ',',
        conflicts_with = "PlayedArgs",
        required_unless_present = "PlayedArgs"
    )]
    pub holding_costs: Vec<f64>,
    /// Lead times of the stages
    #[arg(
        long,
        value_name = "L1,L2,...",
        value_delimiter = ',',
        conflicts_with = "PlayedArgs",
        required_unless_present = "PlayedArgs"
    )]
    pub lead_times: Vec<f64>,
    /// Cost of a unit owed at the end of a period
    #[arg(long, value_name = "P", conflicts_with = "PlayedArgs", required_unless_present = "PlayedArgs")]
    pub penalty: Option<f64>,
    /// Demand of a period: poisson:MEAN, normal:MEAN,DEVIATION or discrete:P0,P1,...
    #[arg(long, value_name = "LAW", conflicts_with = "PlayedArgs", required_unless_present = "PlayedArgs")]
    pub demand: Option<Law>,
    /// Echelon levels whose cost is wanted, in place of the best ones
    #[arg(long, value_name = "S1,S2,...", value_delimiter = ',')]
    pub levels: Option<Vec<f64>>,
    #[command(flatten)]
    pub output: Output,
}

#[derive(Args, Debug)]
#[command(group = ArgGroup::new("tree").args(["network", "scenario"]).required(true))]
pub(crate) struct GuaranteedServiceArgs {
    /// Nodes that hold stock and form a tree, without factories
    #[command(flatten)]
    pub played: PlayedArgs,
    /// Standard deviations of demand a stage covers
    #[arg(long, value_name = "Z")]
    pub safety_factor: f64,
    #[command(flatten)]
    pub output: Output,
}

#[derive(Args, Debug)]
pub(crate) struct WagnerWhitinArgs {
    /// Demand of the periods
    #[arg(long, value_name = "D1,D2,...", value_delimiter = ',', required = true)]
    pub demand: Vec<f64>,
    /// Cost of an order
    #[arg(long, value_name = "K")]
    pub fixed_cost: f64,
    /// Cost of a unit in stock at the end of a period
    #[arg(long, value_name = "H")]
    pub holding_cost: f64,
    #[command(flatten)]
    pub output: Output,
}

#[derive(Args, Debug)]
pub(crate) struct Output {
    /// Print one JSON document
    #[arg(long)]
    pub json: bool,
}

/// A law of demand as an option gives it.
#[derive(Clone, Debug)]
pub(crate) struct Law(pub Demand);

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
