//! The command `exact`.

use std::io::{IsTerminal, Write};
use std::num::NonZeroUsize;
use std::thread::available_parallelism;
use std::time::{Duration, Instant};

use indicatif::ProgressBar;
use invmgmt::Problem;
use invmgmt::demand::DemandModel;
use invmgmt::period::Rules;
use invmgmt_data::names_scenario;
use invmgmt_exact::{Criterion, ExactError, Progress, Settings, Simulated, Solution, Window, solve};
use serde_json::{Value, json};

use crate::args::exact::{Counted, ExactArgs, Objective};
use crate::endings::check_ending;
use crate::failure::{Failure, warn};
use crate::{exact_picture, networks, scenarios};

/// Weight of a period's money where none is given and money is discounted.
const USUAL_DISCOUNT: f64 = 0.99;

/// Solves a problem and says what the best policy earns.
pub(crate) fn run(given: &ExactArgs, out: &mut dyn Write) -> Result<(), Failure> {
    if let Some(path) = &given.out {
        check_ending("--out", path, &["npz"])?;
    }
    if let Some(path) = &given.picture {
        check_ending("--picture", path, &["svg"])?;
    }
    let problem = problem(given)?;
    let threads = given.threads.or_else(|| available_parallelism().ok()).map_or(1, NonZeroUsize::get);
    let settings = Settings {
        actions: given.actions.clone(),
        tail: given.tail,
        tolerance: given.tolerance,
        checkpoint: given.checkpoint.clone(),
        window: given.periods.map(|periods| Window {
            warm_up: given.warm_up.unwrap_or(0) as usize,
            periods: periods as usize,
        }),
        memory: (given.memory * 1e9) as usize,
        ..Settings::new(criterion(given, &problem)?, threads)
    };
    let mut gauge = Gauge::new();
    let found = solve(&problem, &settings, &mut |progress| gauge.show(progress)).map_err(refused)?;
    gauge.clear();
    let simulated = (given.simulate > 0)
        .then(|| found.simulate(&problem, given.simulate, threads))
        .transpose()
        .map_err(Failure::refused)?;
    if let Some(path) = &given.out {
        found.policy.write(path).map_err(Failure::refused)?;
    }
    if let Some(path) = &given.picture {
        let drawn = exact_picture::svg(&found.policy)
            .map_err(|why| Failure::Refused(format!("--picture: {why}; nothing was drawn")))?;
        invmgmt_data::replace_file(path, |file| file.write_all(drawn.as_bytes()))
            .map_err(Failure::refused)?;
    }
    let told = Told::of(given, &found, simulated);
    if given.json {
        serde_json::to_writer_pretty(&mut *out, &told.document())?;
        writeln!(out)?;
    } else {
        told.table(given, &problem, out)?;
    }
    if let Some(simulated) = simulated
        && !simulated.agrees()
    {
        warn(&format!(
            "played, the policy earned {:.6} \u{b1} {:.6} where {:.6} was promised; by chance that hardly happens",
            simulated.mean, simulated.standard_error, simulated.promised
        ));
    }
    Ok(())
}

/// What a file holds: a scenario, or a network with its own demand.
fn problem(given: &ExactArgs) -> Result<Problem, Failure> {
    if names_scenario(&given.file) {
        if given.lost_sales {
            return Err(Failure::Usage(
                "--lost-sales is for network files; a scenario says itself whether demand waits (rules: backlog)"
                    .to_owned(),
            ));
        }
        return Ok(scenarios::load(&given.file)?.problem);
    }
    if given.criterion == Counted::Finite {
        return Err(Failure::Usage(
            "--criterion finite needs a horizon, and a network has none; put it into a scenario file (num_periods)"
                .to_owned(),
        ));
    }
    let rules = Rules { backlog: !given.lost_sales, discount: 1.0 };
    Ok(Problem::new(networks::load(&given.file)?, DemandModel::default(), rules, 1))
}

fn criterion(given: &ExactArgs, problem: &Problem) -> Result<Criterion, Failure> {
    let own = problem.rules.discount;
    Ok(match given.criterion {
        Counted::Average if given.discount.is_some() => {
            return Err(Failure::Usage(
                "--discount does nothing where the average per period counts; say --criterion discounted or finite"
                    .to_owned(),
            ));
        }
        Counted::Average => Criterion::Average,
        Counted::Discounted => {
            Criterion::Discounted(given.discount.unwrap_or(if own < 1.0 { own } else { USUAL_DISCOUNT }))
        }
        Counted::Finite => Criterion::Finite(given.discount.unwrap_or(own)),
    })
}

/// A refusal, options called as they are.
fn refused(error: ExactError) -> Failure {
    match error {
        ExactError::OutOfRange { name, .. } => {
            Failure::Refused(error.to_string().replacen(name, &format!("--{name}"), 1))
        }
        ExactError::Moving { .. } => {
            Failure::Refused(error.to_string().replace("the criterion 'finite'", "--criterion finite"))
        }
        ExactError::NoWindow => Failure::Usage(
            "--periods is for --criterion average and discounted; a horizon has its end (num_periods)"
                .to_owned(),
        ),
        other => Failure::refused(other),
    }
}

/// What is told of a solution.
struct Told<'a> {
    objective: Objective,
    found: &'a Solution,
    simulated: Option<Simulated>,
}

impl<'a> Told<'a> {
    fn of(given: &ExactArgs, found: &'a Solution, simulated: Option<Simulated>) -> Self {
        let usual = if found.earns { Objective::Profit } else { Objective::Cost };
        Self { objective: given.objective.unwrap_or(usual), found, simulated }
    }

    /// Value, lower and upper bound.
    fn value(&self) -> [f64; 3] {
        let profit = self.found.profit;
        match self.objective {
            Objective::Profit => [profit.middle(), profit.low, profit.high],
            Objective::Cost => [-profit.middle() + 0.0, -profit.high + 0.0, -profit.low + 0.0],
        }
    }

    fn noun(&self) -> &'static str {
        match self.objective {
            Objective::Profit => "profit",
            Objective::Cost => "cost",
        }
    }

    fn signed(&self, profit: f64) -> f64 {
        if self.objective == Objective::Profit { profit } else { -profit + 0.0 }
    }

    fn document(&self) -> Value {
        let (found, [value, low, high]) = (self.found, self.value());
        let discount = match found.criterion {
            Criterion::Average => None,
            Criterion::Discounted(weight) | Criterion::Finite(weight) => Some(weight),
        };
        let simulated = self.simulated.map(|simulated| {
            json!({
                "mean": self.signed(simulated.mean),
                "standard_error": simulated.standard_error,
                "promised": self.signed(simulated.promised),
                "periods": simulated.periods,
                "agrees": simulated.agrees(),
            })
        });
        json!({
            "version": env!("CARGO_PKG_VERSION"),
            "criterion": found.criterion.name(),
            "discount": discount,
            "window": found.window.map(|(window, _)| json!({"warm_up": window.warm_up, "periods": window.periods})),
            "objective": self.noun(),
            "value": value,
            "low": low,
            "high": high,
            "states": found.states,
            "choices": found.choices,
            "transitions": found.transitions,
            "sweeps": found.sweeps,
            "requests": found.requests,
            "cut": found.cut,
            "error": found.error,
            "simplifies": found.simplifies,
            "simulated": simulated,
        })
    }

    fn table(&self, given: &ExactArgs, problem: &Problem, out: &mut dyn Write) -> Result<(), Failure> {
        let (found, [value, low, high], noun) = (self.found, self.value(), self.noun());
        let what = match found.criterion {
            Criterion::Average => format!("{noun} per period"),
            Criterion::Discounted(weight) => format!("{noun} discounted by {weight}"),
            Criterion::Finite(1.0) => format!("{noun} in {} periods", problem.num_periods),
            Criterion::Finite(weight) => {
                format!("{noun} in {} periods, discounted by {weight}", problem.num_periods)
            }
        };
        let what = match found.window {
            None => what,
            Some((Window { warm_up: 0, periods }, _)) => format!("{what}, {periods} periods"),
            Some((Window { warm_up, periods }, _)) => format!("{what}, {periods} periods after {warm_up}"),
        };
        writeln!(out, "network    {}", networks::summary(&problem.network))?;
        let requests: Vec<String> =
            found.requests.iter().map(|(least, most)| format!("{least} to {most}")).collect();
        writeln!(out, "requests   {} units", requests.join("; "))?;
        writeln!(
            out,
            "tables     {} states, {} choices, {} transitions; {} sweeps",
            found.states, found.choices, found.transitions, found.sweeps
        )?;
        for words in &found.simplifies {
            writeln!(out, "note       {words}")?;
        }
        writeln!(out, "\n{what:<32} {value:.8}")?;
        writeln!(out, "{:<32} {low:.8} to {high:.8}", "it lies between")?;
        let cut = "demand cut off may change it by";
        writeln!(out, "{cut:<32} {:.1e} (probability {:.1e} a period)", found.error, found.cut)?;
        if let Some(simulated) = &self.simulated {
            let (mean, promised) = (self.signed(simulated.mean), self.signed(simulated.promised));
            let played = format!("played for {} periods", simulated.periods);
            writeln!(
                out,
                "{played:<32} {mean:.6} \u{b1} {:.6}, of {promised:.6} expected",
                simulated.standard_error
            )?;
        }
        if let Some(path) = &given.out {
            writeln!(out, "\npolicy  table:{}", path.to_string_lossy().escape_debug())?;
        }
        Ok(())
    }
}

/// A line on stderr that tells how far the work is, if that is a terminal and the work takes its time.
struct Gauge {
    begun: Instant,
    spinner: Option<ProgressBar>,
    is_terminal: bool,
}

impl Gauge {
    const PATIENCE: Duration = Duration::from_secs(1);

    fn new() -> Self {
        Self { begun: Instant::now(), spinner: None, is_terminal: std::io::stderr().is_terminal() }
    }

    fn show(&mut self, progress: Progress) {
        if !self.is_terminal || self.begun.elapsed() < Self::PATIENCE {
            return;
        }
        let words = match progress {
            Progress::Exploring { states, done } => format!("{states} states found, {done} done"),
            Progress::Improving { states, sweeps, bracket } => {
                format!("{states} states, sweep {sweeps}, gap {:.1e}", bracket.gap())
            }
        };
        let spinner = self.spinner.get_or_insert_with(ProgressBar::new_spinner);
        spinner.set_message(words);
        spinner.tick();
    }

    fn clear(&self) {
        if let Some(spinner) = &self.spinner {
            spinner.finish_and_clear();
        }
    }
}
