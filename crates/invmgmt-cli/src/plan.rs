//! The command `plan`: an assortment, a service target, the files people have.

use std::io::Write;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::OnceLock;

use clap::{Args, ValueEnum};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use invmgmt_plan::output::Plan;
use invmgmt_plan::tables::{Period, SalesColumns, Tables};
use invmgmt_plan::{DEFAULT_PATHS, Figures, Request, Target, Unmet};

use crate::failure::Failure;
use crate::table_args::TableArgs;
use crate::wording::counted;

pub(crate) const EXAMPLES: &str = "\
Examples:
  gym-invmgmt plan sales.csv --items items.csv --target fill-rate=0.97 --out plan
  gym-invmgmt plan till.xlsx --sheet Sales --units sold --place shop --unmet wait --period week --out plan
  gym-invmgmt plan sales.csv.gz --items items.csv --receipts received.csv --target cycle-service=0.95 --out plan

Exit codes: 0 done, 1 a table was refused, 2 wrong usage, 130 stopped by Ctrl-C.";

const ITEMS: &str = "Items: item, place and any of lead_time, cost, price, holding_rate (per year), order_cost, min, \
                     multiple, review, life, stock, on_order, target, supplier";

#[derive(Args, Debug)]
pub(crate) struct PlanArgs {
    /// Sales: a row per item, place and date, or a row per item and place with a column per date
    #[arg(value_name = "SALES")]
    pub sales: PathBuf,
    /// Items, with item, place and what is known of them
    #[arg(long, value_name = "FILE", help = ITEMS)]
    pub items: Option<PathBuf>,
    /// Lead times by data: item, place, ordered, received
    #[arg(long, value_name = "FILE")]
    pub receipts: Option<PathBuf>,
    /// What is to be reached: fill-rate=SHARE (of demand met at once) or cycle-service=SHARE
    #[arg(long, value_name = "KIND=SHARE", default_value = "fill-rate=0.95")]
    pub target: GivenTarget,
    /// What becomes of demand that is not met at once
    #[arg(long, value_enum, value_name = "WORD", default_value_t = GivenUnmet::Lost)]
    pub unmet: GivenUnmet,
    /// Length of a period
    #[arg(long, value_enum, value_name = "WORD", default_value_t = GivenPeriod::Day)]
    pub period: GivenPeriod,
    /// Periods for which the levels are to hold [default: a year]
    #[arg(long, value_name = "N")]
    pub horizon: Option<usize>,
    /// Last periods held back for a backtest; 0: none [default: a quarter of the history, at most a quarter of a year]
    #[arg(long, value_name = "N")]
    pub hold_back: Option<usize>,
    /// Futures simulated per item
    #[arg(long, value_name = "N", default_value_t = DEFAULT_PATHS)]
    pub paths: usize,
    /// Folder for plan.csv, plan.xlsx, plan.json, report.html, orders.csv, orders.xlsx; made if it is missing
    #[arg(long, short, value_name = "DIR")]
    pub out: PathBuf,
    /// Most threads to use; the plan does not depend on it [default: one per core]
    #[arg(long, value_name = "N")]
    pub threads: Option<std::num::NonZeroUsize>,
    #[command(flatten)]
    pub columns: ColumnArgs,
    #[command(flatten)]
    pub form: TableArgs,
}

/// Names of the columns of the table of sales.
#[derive(Args, Debug)]
#[command(next_help_heading = "Columns of the sales")]
pub(crate) struct ColumnArgs {
    /// The date, or the number of a period
    #[arg(long, value_name = "COLUMN", default_value = "date")]
    pub date: String,
    /// The item
    #[arg(long, value_name = "COLUMN", default_value = "item")]
    pub item: String,
    /// The place
    #[arg(long, value_name = "COLUMN", default_value = "place")]
    pub place: String,
    /// Units sold
    #[arg(long, value_name = "COLUMN", default_value = "units")]
    pub units: String,
    /// Units on hand at the end of a period; where it is 0, sales are the least that was wanted
    #[arg(long, value_name = "COLUMN")]
    pub stock: Option<String>,
}

/// A target as it is written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct GivenTarget(Target);

impl FromStr for GivenTarget {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let expected = "expected fill-rate=SHARE or cycle-service=SHARE, as in fill-rate=0.97";
        let (kind, share) = text.split_once('=').ok_or(expected)?;
        let share = share.parse::<f64>().ok().filter(|share| *share > 0.0 && *share < 1.0).ok_or(
            "expected a share above 0 and below 1, as in fill-rate=0.97: no stock is enough for all that may happen",
        )?;
        match kind {
            "fill-rate" | "immediate-fill-rate" => Ok(Self(Target::FillRate(share))),
            "cycle-service" => Ok(Self(Target::CycleService(share))),
            _ => Err(expected.to_owned()),
        }
    }
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum GivenUnmet {
    /// It is gone
    Lost,
    /// It waits until stock comes
    Wait,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum GivenPeriod {
    Day,
    /// From Monday
    Week,
    /// Of the calendar
    Month,
}

/// Plans, writes the files and says what came out.
pub(crate) fn run(given: &PlanArgs, command: &str, out: &mut dyn Write) -> Result<(), Failure> {
    let request = request(given, command);
    let bar: OnceLock<ProgressBar> = OnceLock::new();
    let work = || {
        request.run(
            |items| {
                let style =
                    ProgressStyle::with_template("{bar:40} {percent:>3} %  {human_pos} items, {eta} left")
                        .expect("a sound template");
                let shown = ProgressBar::with_draw_target(Some(items as u64), ProgressDrawTarget::stderr());
                let _ = bar.set(shown.with_style(style));
            },
            || {
                if let Some(bar) = bar.get() {
                    bar.inc(1);
                }
            },
        )
    };
    let plan = match given.threads {
        Some(threads) => invmgmt_plan::on_threads(threads.get(), work),
        None => work(),
    };
    if let Some(bar) = bar.get() {
        bar.finish_and_clear();
    }
    let plan = plan.map_err(Failure::refused)?;
    let written = plan.write(&given.out).map_err(Failure::refused)?;
    print(&plan, &written, out)
}

fn request(given: &PlanArgs, command: &str) -> Request {
    let ColumnArgs { date, item, place, units, stock } = &given.columns;
    let columns = SalesColumns {
        date: date.clone(),
        item: item.clone(),
        place: place.clone(),
        units: units.clone(),
        stock: stock.clone(),
    };
    // A sheet and its cells are those of the sales; the other tables are files of their own.
    let others = TableArgs { sheet: None, range: None, ..given.form.clone() };
    let tables = Tables {
        sales: given.form.source(&given.sales),
        columns,
        items: given.items.as_deref().map(|path| others.source(path)),
        receipts: given.receipts.as_deref().map(|path| others.source(path)),
        period: match given.period {
            GivenPeriod::Day => Period::Day,
            GivenPeriod::Week => Period::Week,
            GivenPeriod::Month => Period::Month,
        },
        target: given.target.0,
        unmet: match given.unmet {
            GivenUnmet::Lost => Unmet::Lost,
            GivenUnmet::Wait => Unmet::Wait,
        },
    };
    Request {
        tables,
        horizon: given.horizon,
        paths: given.paths,
        held_back: given.hold_back,
        command: command.to_owned(),
        generator: concat!("gym-invmgmt ", env!("CARGO_PKG_VERSION")).to_owned(),
    }
}

fn print(plan: &Plan, written: &[PathBuf], out: &mut dyn Write) -> Result<(), Failure> {
    let files: Vec<String> =
        written.iter().map(|file| file.to_string_lossy().escape_debug().to_string()).collect();
    let sum = |of: fn(&invmgmt_plan::Recommendation) -> f64| {
        plan.planned.iter().map(|planned| of(&planned.recommendation)).sum::<f64>()
    };
    let demand = sum(|found| found.mean_demand);
    let met = sum(|found| found.mean_demand * found.immediate_fill_rate);
    let orders = plan.planned.iter().filter(|planned| planned.recommendation.order_now > Some(0.0)).count();
    writeln!(out, "wrote     {}", files.join(", "))?;
    writeln!(
        out,
        "planned   {} from {} {}s of sales",
        counted(plan.planned.len(), "row"),
        plan.loaded.periods,
        plan.period.name()
    )?;
    writeln!(
        out,
        "expected  immediate fill rate {:.3}, mean stock {:.1}, cost per year {:.2}",
        if demand > 0.0 { met / demand } else { 1.0 },
        sum(|found| found.mean_stock),
        sum(|found| found.cost_per_year)
    )?;
    writeln!(out, "order now {}", counted(orders, "row"))?;
    if let Some(test) = &plan.backtest {
        writeln!(out, "\nthe last {} {}s, not seen before:", test.periods, plan.period.name())?;
        writeln!(
            out,
            "{:<14} {:>9} {:>15} {:>9} {:>13}",
            "", "fill rate", "items at target", "stock", "cost per year"
        )?;
        let mut row = |name: &str, figures: &Figures, reached: f64, cost: f64| {
            let stock = figures.mean_stock() * test.items as f64;
            writeln!(
                out,
                "{name:<14} {:>9.3} {reached:>15.3} {stock:>9.1} {cost:>13.2}",
                figures.immediate_fill_rate()
            )
        };
        row("this plan", &test.plan, test.reached.0, test.cost.0)?;
        row("rule of thumb", &test.rule_of_thumb, test.reached.1, test.cost.1)?;
    }
    for (title, sentences) in
        [("taken for granted", &plan.loaded.assumptions), ("left out or changed", &plan.loaded.notes)]
    {
        if !sentences.is_empty() {
            writeln!(out, "\n{title}:")?;
        }
        for sentence in sentences {
            writeln!(out, "  - {sentence}")?;
        }
    }
    Ok(())
}
