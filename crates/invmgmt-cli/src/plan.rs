//! The command `plan`: an assortment, a service target, the files people have.

use std::io::Write;
use std::path::PathBuf;
use std::sync::OnceLock;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use invmgmt_plan::output::Plan;
use invmgmt_plan::tables::{Period, SalesColumns, Tables};
use invmgmt_plan::{Estimate, Figures, Request, Unmet};

use crate::args::plan::{ColumnArgs, GivenPeriod, GivenUnmet, PlanArgs};
use crate::args::tables::TableArgs;
use crate::failure::Failure;
use crate::wording::counted;

/// Plans, writes the files and says what came out.
pub(crate) fn run(given: &PlanArgs, command: &str, out: &mut dyn Write) -> Result<(), Failure> {
    let request = request(given, command);
    let bar: OnceLock<ProgressBar> = OnceLock::new();
    let work = || {
        request.run(
            |items, estimate| {
                if let Some(estimate) = estimate {
                    eprintln!("{}", takes(&estimate));
                }
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
    let mut plan = plan.map_err(Failure::refused)?;
    let written = plan.write(&given.out).map_err(Failure::refused)?;
    print(&plan, &written, out)
}

/// What a long run takes, in words.
fn takes(estimate: &Estimate) -> String {
    let Estimate { items, seconds, bytes } = estimate;
    format!(
        "{items} items and places: about {} and {:.1} GB; stopped or killed, the same command goes on from there",
        if *seconds < 90.0 { format!("{seconds:.0} s") } else { format!("{:.0} min", seconds / 60.0) },
        bytes / 1e9
    )
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
        sales: given.sales.as_deref().map(|path| given.form.source(path)),
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
        folder: Some(given.out.clone()),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_run_says_before_what_it_takes() {
        let said = |seconds| takes(&Estimate { items: 30_490, seconds, bytes: 0.84e9 });
        assert_eq!(
            said(840.0),
            "30490 items and places: about 14 min and 0.8 GB; stopped or killed, the same command goes on from there"
        );
        assert!(said(42.4).contains("about 42 s and"));
    }
}
