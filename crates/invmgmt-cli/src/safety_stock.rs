//! The command `safety-stock`: where to keep it in a supply chain, by guaranteed service, and what service that gives
//! where it is played.

mod played;

use std::fmt::Write as _;
use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use invmgmt_data::chain::{Chain, ChainRules, CostKind, read_snc, read_stockpyl, stockpyl_networks};
use invmgmt_data::replace_file;
use invmgmt_textbook::guaranteed_service::{GuaranteedService, Placement, TreeStage};
use serde_json::json;

use crate::endings::check_ending;
use crate::failure::Failure;
use crate::import::section;
use crate::import_network::one_of_workbook;
use crate::wording::counted;

use played::{Played, Service};

pub(crate) const EXAMPLES: &str = "\
Examples:
  gym-invmgmt safety-stock bulldozer.txt --rate 0.3 --safety-factor 1.645
  gym-invmgmt safety-stock MSOM-06-038-R2.xlsx --chain 06 --out placement.csv
  gym-invmgmt safety-stock stockpyl_instances.json --instance example_6_5 --json

Exit codes: 0 done, 1 an input was refused, 2 wrong usage.";

/// Stages listed; with more of them, those whose safety stock costs most.
const MOST_LISTED: usize = 40;
/// Slack when fractions of a period are rounded.
const NEGLIGIBLE: f64 = 1e-9;

#[derive(Args, Debug)]
pub(crate) struct SafetyStockArgs {
    /// A supply chain: Willems' workbook (.xlsx), lines of stages (.txt, .csv), or stockpyl's instances (.json)
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// The chain of the workbook, as in '06'
    #[arg(long, value_name = "NN", conflicts_with = "instance")]
    pub chain: Option<String>,
    /// The instance of stockpyl's file
    #[arg(long, value_name = "NAME")]
    pub instance: Option<String>,
    /// Length of a period in the file's unit of time; fractions of a period are rounded up
    #[arg(long, value_name = "TIME", default_value_t = 1.0)]
    pub period: f64,
    /// Cost of holding a unit for a year, as a share of what it cost
    #[arg(long, value_name = "SHARE", default_value_t = 0.3)]
    pub rate: f64,
    /// Deviations of demand that are covered, at every stage [default: what the file says of its customers, or 95
    /// percent]
    #[arg(long, value_name = "Z")]
    pub safety_factor: Option<f64>,
    /// Periods that the answer is played for [default: a million over the number of stages, from 365 to 20000]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=10_000_000))]
    pub periods: Option<u32>,
    /// Seed of the customers it is played with
    #[arg(long, value_name = "SEED", default_value_t = 1)]
    pub seed: u64,
    /// Write every stage's service time and stock as a CSV file
    #[arg(long, short, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Print one JSON document
    #[arg(long)]
    pub json: bool,
}

/// A chain as an instance of guaranteed service, with what that takes for granted.
pub(crate) struct Instance {
    pub problem: GuaranteedService,
    /// Deviations of demand covered, stage by stage [1].
    pub factors: Vec<f64>,
    pub assumptions: Vec<String>,
}

/// Places safety stock and says where.
pub(crate) fn run(given: &SafetyStockArgs, out: &mut dyn Write) -> Result<(), Failure> {
    if let Some(path) = &given.out {
        check_ending("--out", path, &["csv"])?;
    }
    let chain = read(given)?;
    let instance = instance(&chain, given)?;
    let placement = instance.problem.solve().map_err(Failure::refused)?;
    let rules = ChainRules { period: given.period, rate: given.rate };
    let length = (given.periods.map(|periods| periods as usize), given.seed);
    // A placement stands whether or not it can be played.
    let played = played::play(&chain, &instance, &placement, &rules, length);
    if let Some(path) = &given.out {
        let sheet = sheet(&chain, &instance.problem, &placement, played.as_ref().ok());
        replace_file(path, |file| file.write_all(sheet.as_bytes())).map_err(Failure::refused)?;
    }
    if given.json {
        serde_json::to_writer_pretty(&mut *out, &document(&chain, &instance, &placement, &played))?;
        return Ok(writeln!(out)?);
    }
    table(&chain, &instance, &placement, out)?;
    service(&chain, &played, out)?;
    section("assumed, not in the file", &instance.assumptions, out)?;
    section("not carried over", &chain.left_out, out)?;
    if let Some(path) = &given.out {
        writeln!(out, "\nwrote {}", path.to_string_lossy().escape_debug())?;
    }
    Ok(())
}

fn read(given: &SafetyStockArgs) -> Result<Chain, Failure> {
    let ending = given.file.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    let is_workbook = matches!(ending.as_deref(), Some("xlsx" | "xls"));
    let is_instances = ending.as_deref() == Some("json");
    if given.chain.is_some() && !is_workbook {
        return Err(Failure::Usage("--chain: only a workbook has several chains".to_owned()));
    }
    if given.instance.is_some() && !is_instances {
        return Err(Failure::Usage("--instance: only a .json file of stockpyl has instances".to_owned()));
    }
    if is_workbook {
        return one_of_workbook(&given.file, given.chain.as_deref());
    }
    if !is_instances {
        return read_snc(&given.file).map_err(Failure::refused);
    }
    let Some(name) = &given.instance else {
        let known = stockpyl_networks(&given.file).map_err(Failure::refused)?;
        let file = given.file.to_string_lossy();
        let message = format!(
            "{}: which instance? say --instance; networks in it: {}",
            file.escape_debug(),
            known.join(", ")
        );
        return Err(Failure::Refused(message));
    };
    read_stockpyl(&given.file, name).map_err(Failure::refused)
}

/// The instance of a chain: whole periods, costs of a year or, where the file gives costs of holding, of a period.
fn instance(chain: &Chain, given: &SafetyStockArgs) -> Result<Instance, Failure> {
    let positive = |number: f64| number.is_finite() && number > 0.0;
    if !positive(given.period) {
        return Err(Failure::Refused(format!("--period is {}; expected a number above 0", given.period)));
    }
    if !(given.rate.is_finite() && given.rate >= 0.0) {
        return Err(Failure::Refused(format!("--rate is {}; expected a number >= 0", given.rate)));
    }
    if let Some(factor) = given.safety_factor.filter(|factor| !(factor.is_finite() && *factor >= 0.0)) {
        return Err(Failure::Refused(format!("--safety-factor is {factor}; expected a number >= 0")));
    }
    let mut assumptions = chain.assumptions.clone();
    let holding: Vec<f64> = match chain.unit_costs().map_err(Failure::refused)? {
        Some(costs) => {
            assumptions.push(format!("safety stock costs {} of what its units cost, a year", given.rate));
            costs.iter().map(|cost| cost * given.rate).collect()
        }
        None => chain.stages.iter().map(|stage| stage.cost).collect(),
    };
    let up = |time: f64| ((time / given.period) - NEGLIGIBLE).ceil().max(0.0);
    let down = |time: f64| ((time / given.period) + NEGLIGIBLE).floor().max(0.0);
    let sells: std::collections::HashSet<usize> = chain.links.iter().map(|link| link.from).collect();
    let (mut silent, mut random, mut rounded) = (0, 0, 0);
    let mut stages = Vec::with_capacity(chain.stages.len());
    let mut factors = Vec::with_capacity(chain.stages.len());
    for (at, stage) in chain.stages.iter().enumerate() {
        let mean = stage.time.mean();
        random += usize::from(stage.time.is_random());
        rounded += usize::from((up(mean) - mean / given.period).abs() > NEGLIGIBLE);
        let needs = stage.demand.is_some() || !sells.contains(&at);
        silent += usize::from(needs && stage.max_service_time.is_none());
        let promised = stage.max_service_time.map(|time| down(time) as u32).or(needs.then_some(0));
        let factor = given.safety_factor.unwrap_or_else(|| chain.safety_factor(at));
        factors.push(factor);
        let deviation = stage.demand.as_ref().map_or(0.0, |demand| demand.deviation);
        stages.push(TreeStage {
            processing_time: up(mean) as u32,
            holding_cost: holding[at],
            external_inbound_time: up(stage.external_inbound_time) as u32,
            promised_service_time: promised,
            demand_deviation: factor * deviation * given.period.sqrt(),
        });
    }
    let of = |count: usize| counted(count, "stage");
    if random > 0 {
        assumptions.push(format!("random times of {} stand for their means", of(random)));
    }
    if rounded > 0 {
        assumptions.push(format!("times of {} are rounded up to whole periods", of(rounded)));
    }
    if silent > 0 {
        assumptions
            .push(format!("customers of {} accept no service time, as the file says none", of(silent)));
    }
    let links = chain.links.iter().map(|link| (link.from, link.to)).collect();
    let quantities = chain.links.iter().map(|link| link.quantity).collect();
    // Each customer's demand is covered by a factor of its own, so that the whole needs none.
    let problem = GuaranteedService { stages, links, quantities, safety_factor: 1.0 };
    Ok(Instance { problem, factors, assumptions })
}

/// What a stage's safety stock costs.
fn costs(problem: &GuaranteedService, placement: &Placement) -> Vec<f64> {
    let stages = placement.stages.iter().zip(&problem.stages);
    stages.map(|(placed, stage)| placed.safety_stock * stage.holding_cost).collect()
}

const COLUMNS: [&str; 10] = [
    "stage",
    "service_time",
    "inbound_service_time",
    "processing_time",
    "net_replenishment_time",
    "safety_stock",
    "cost",
    "promised",
    "achieved",
    "units_in_time",
];

fn sheet(
    chain: &Chain,
    problem: &GuaranteedService,
    placement: &Placement,
    played: Option<&Played>,
) -> String {
    let customers = |at: usize| played?.customers.iter().find(|of| of.stage == at);
    let mut text = COLUMNS.join(",") + "\n";
    for (at, cost) in costs(problem, placement).into_iter().enumerate() {
        let placed = placement.stages[at];
        let name = invmgmt_data::spreadsheet_safe(&chain.stages[at].name).replace('"', "\"\"");
        let service = customers(at)
            .map_or_else(|| ",,".to_owned(), |of| format!("{},{},{}", of.promised, of.achieved, of.units));
        let _ = writeln!(
            text,
            "\"{name}\",{},{},{},{},{},{cost},{service}",
            placed.service_time,
            placed.inbound_service_time,
            problem.stages[at].processing_time,
            placed.net_replenishment_time,
            placed.safety_stock,
        );
    }
    text
}

fn document(
    chain: &Chain,
    instance: &Instance,
    placement: &Placement,
    played: &Result<Played, String>,
) -> serde_json::Value {
    let service = match played {
        Err(why) => json!({ "not_played": why }),
        Ok(played) => json!({
            "periods": played.periods,
            "warm_up": played.warm_up,
            "seed": played.seed,
            "customers": played.customers.iter().map(|of| json!({
                "stage": chain.stages[of.stage].name,
                "within": of.within,
                "promised": of.promised,
                "achieved": of.achieved,
                "units_in_time": of.units,
            })).collect::<Vec<_>>(),
        }),
    };
    let costs = costs(&instance.problem, placement);
    let stages = placement.stages.iter().enumerate().map(|(at, placed)| {
        json!({
            "stage": chain.stages[at].name,
            "service_time": placed.service_time,
            "inbound_service_time": placed.inbound_service_time,
            "processing_time": instance.problem.stages[at].processing_time,
            "net_replenishment_time": placed.net_replenishment_time,
            "safety_stock": placed.safety_stock,
            "cost": costs[at],
        })
    });
    json!({
        "chain": chain.name,
        "cost": placement.cost,
        "at_least": placement.at_least,
        "proved": placement.is_proved(),
        "trees": placement.trees,
        "stages": stages.collect::<Vec<_>>(),
        "service": service,
        "assumptions": instance.assumptions,
        "not_carried_over": chain.left_out,
    })
}

fn table(
    chain: &Chain,
    instance: &Instance,
    placement: &Placement,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let costs = costs(&instance.problem, placement);
    let (stages, links) = (counted(chain.stages.len(), "stage"), counted(chain.links.len(), "link"));
    writeln!(out, "{}: {stages}, {links}", chain.name.escape_debug())?;
    let mut order: Vec<usize> = (0..costs.len()).collect();
    if order.len() > MOST_LISTED {
        order.sort_by(|&a, &b| costs[b].total_cmp(&costs[a]));
        order.truncate(MOST_LISTED);
        writeln!(out, "the {MOST_LISTED} stages whose safety stock costs most; --out writes all of them")?;
    }
    let name = |at: usize| chain.stages[at].name.escape_debug().to_string();
    let width = order.iter().map(|&at| name(at).chars().count()).max().unwrap_or(0).max(5);
    writeln!(out, "\n{:width$}  promises  waits  covers  {:>14}  {:>16}", "stage", "safety stock", "cost")?;
    for at in order {
        let placed = placement.stages[at];
        writeln!(
            out,
            "{:width$}  {:>8}  {:>5}  {:>6}  {:>14.2}  {:>16.2}",
            name(at),
            placed.service_time,
            placed.inbound_service_time,
            placed.net_replenishment_time,
            placed.safety_stock,
            costs[at]
        )?;
    }
    let per = if chain.costs == CostKind::Added { "a year" } else { "a unit of the file's time" };
    writeln!(out, "\ncost of all safety stock  {:.6} {per}", placement.cost)?;
    let trees = counted(placement.trees, "spanning tree");
    if placement.is_proved() {
        writeln!(out, "no placement costs less ({trees} solved)")?;
    } else {
        let gap = 100.0 * (placement.cost - placement.at_least) / placement.cost;
        writeln!(
            out,
            "the best found; no placement costs less than {:.6}, {gap:.1} % below it ({trees} solved)",
            placement.at_least
        )?;
    }
    Ok(())
}

/// What the customers got, beside what they were promised.
fn service(chain: &Chain, played: &Result<Played, String>, out: &mut dyn Write) -> Result<(), Failure> {
    let played = match played {
        Ok(played) => played,
        Err(why) => return Ok(writeln!(out, "\nnot played: {why}")?),
    };
    let Played { periods, warm_up, seed, .. } = played;
    let (counted_periods, before) = (counted(*periods, "period"), counted(*warm_up, "period"));
    writeln!(out, "\nplayed for {counted_periods} after {before} of warming up, seed {seed}")?;
    if played.drawn > 0 {
        let stages = counted(played.drawn, "stage");
        writeln!(out, "times of {stages} were drawn, of which the placement knows the means only")?;
    }
    let mut worst: Vec<&Service> = played.customers.iter().collect();
    if worst.len() > MOST_LISTED {
        let short = |of: &Service| of.promised - of.achieved;
        worst.sort_by(|a, b| short(b).total_cmp(&short(a)));
        let all = worst.len();
        worst.truncate(MOST_LISTED);
        writeln!(out, "of {all} stages with customers the {MOST_LISTED} that fall shortest")?;
    }
    let name = |of: &Service| chain.stages[of.stage].name.escape_debug().to_string();
    let width = worst.iter().map(|of| name(of).chars().count()).max().unwrap_or(0).max(9);
    writeln!(out, "\n{:width$}  within  promised  achieved  units in time", "customers")?;
    for of in worst {
        writeln!(
            out,
            "{:width$}  {:>6}  {:>7.2}%  {:>7.2}%  {:>12.2}%",
            name(of),
            of.within,
            100.0 * of.promised,
            100.0 * of.achieved,
            100.0 * of.units
        )?;
    }
    Ok(())
}
