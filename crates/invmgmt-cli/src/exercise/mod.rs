//! The command `exercise`: small problems with known answers, asked and checked.

mod answers;

use std::io::Write;

use clap::Args;
use invmgmt_data::{Scenario, find_scenario};

use crate::failure::Failure;
use crate::scenarios;
use invmgmt_data::did_you_mean;

pub(crate) const EXAMPLES: &str = "\
Examples:
  gym-invmgmt exercise newsvendor
  gym-invmgmt exercise newsvendor --answer 58

Exit codes: 0 the question was asked or the answer is right, 1 it is not, or an input was refused, 2 wrong usage.";

/// The suite that holds the scenarios.
const SUITE: &str = "exercises";

#[derive(Args, Debug)]
pub(crate) struct ExerciseArgs {
    /// Name of the exercise [default: list them]
    #[arg(value_name = "NAME")]
    pub name: Option<String>,
    /// Your answer: a number, or several separated by commas in the order asked for
    #[arg(
        long,
        value_name = "A1,A2,...",
        value_delimiter = ',',
        allow_negative_numbers = true,
        requires = "name"
    )]
    pub answer: Vec<f64>,
    /// Say the known answer
    #[arg(long, requires = "name")]
    pub solution: bool,
}

/// A question about a scenario that comes along.
pub(crate) struct Exercise {
    /// Its name, which is also that of its scenario in the suite.
    name: &'static str,
    title: &'static str,
    question: &'static str,
    /// What is asked for, in order, and how far an answer may be off.
    asked: &'static [(&'static str, f64)],
    /// Commands that help.
    hint: &'static str,
    source: &'static str,
    /// The answer, worked out from the scenario.
    solve: fn(&Scenario) -> Result<Vec<f64>, String>,
}

/// The exercises in order of the page on teaching.
pub(crate) const EXERCISES: [Exercise; 12] = [
    Exercise {
        name: "newsvendor",
        title: "The newsvendor",
        question: "A kiosk orders papers every morning. A paper left over costs .18, one that is missing .70; what is \
                   left is sold the next day, who is not served waits. Demand of a day is normal with mean 50 and \
                   deviation 8. Up to which level should it order?",
        asked: &[("order-up-to level", 0.05)],
        hint: "gym-invmgmt textbook newsvendor --holding-cost 0.18 --penalty 0.7 --demand normal:50,8",
        source: "Snyder & Shen (2019), example 4.3; Arrow, Harris & Marschak (1951)",
        solve: answers::newsvendor,
    },
    Exercise {
        name: "lot-sizing",
        title: "EOQ and lot sizing",
        question: "The next four periods need 90, 120, 80 and 70 units. An order costs 500 however large it is, a unit \
                   kept for a period 2. What should be ordered in each period?",
        asked: &[
            ("order of period 1", 0.5),
            ("of period 2", 0.5),
            ("of period 3", 0.5),
            ("of period 4", 0.5),
        ],
        hint: "gym-invmgmt textbook wagner-whitin --demand 90,120,80,70 --fixed-cost 500 --holding-cost 2",
        source: "Snyder & Shen (2019), example 3.9; Wagner & Whitin (1958)",
        solve: answers::lot_sizing,
    },
    Exercise {
        name: "reorder-levels",
        title: "(s, S)",
        question: "Every order costs 64, a unit kept for a period 1, a unit owed 9; demand is Poisson with mean 22, and \
                   what is ordered arrives at once. At which position s should the shop order, and up to which S?",
        asked: &[("s: order at this position or below", 0.0), ("S: order up to this", 0.0)],
        hint: "gym-invmgmt textbook reorder-level --fixed-cost 64 --holding-cost 1 --penalty 9 --demand poisson:22",
        source: "Zheng & Federgruen (1991), table 1",
        solve: answers::reorder_levels,
    },
    Exercise {
        name: "safety-stock",
        title: "Safety stock against service",
        question: "Demand is Poisson with mean 5 a period, and what is ordered arrives two periods later. What is the \
                   lowest base-stock level with which in 95 of 100 periods nobody is left waiting?",
        asked: &[("base-stock level", 0.0)],
        hint: "gym-invmgmt textbook newsvendor --service-level 0.95 --lead-time 2 --demand poisson:5",
        source: "the Poisson law of three periods' demand: an order must cover its own period too",
        solve: answers::service,
    },
    Exercise {
        name: "lost-sales",
        title: "Lost sales",
        question: "Customers who are not served at once go away, at 4 each; a unit kept for a period costs 1, demand is \
                   Poisson with mean 5, goods take a period. What does the best policy of all cost per period?",
        asked: &[("cost per period", 0.005)],
        hint: "gym-invmgmt exact exercises/lost-sales",
        source: "Zipkin (2008), Operations Research 56(5), table 1",
        solve: answers::optimum,
    },
    Exercise {
        name: "clark-scarf",
        title: "Clark and Scarf",
        question: "Three stages in a row, whose orders wait where they cannot be filled. What are the best echelon \
                   base-stock levels of stages 1, 2 and 3?",
        asked: &[("level of stage 1", 0.0), ("of stage 2", 0.0), ("of stage 3", 0.0)],
        hint: "gym-invmgmt textbook clark-scarf --scenario exercises/clark-scarf",
        source: "Snyder & Shen (2019), example 6.1, a period more of exposure at each stage; Clark & Scarf (1960)",
        solve: answers::clark_scarf,
    },
    Exercise {
        name: "risk-pooling",
        title: "Risk pooling",
        question: "Two towns want 100 units a day each, with a deviation of 20, apart from each other. A unit left costs \
                   1 a day, a unit missing 9. One warehouse serves both: up to which level should it order? (Two \
                   warehouses would need 125.63 each.)",
        asked: &[("order-up-to level", 0.1)],
        hint: "gym-invmgmt textbook newsvendor --holding-cost 1 --penalty 9 --demand normal:200,28.2843",
        source: "Eppen (1979), Management Science 25(5): safety stock grows with the root of the number of towns",
        solve: answers::risk_pooling,
    },
    Exercise {
        name: "bullwhip",
        title: "The bullwhip",
        question: "A shop forecasts demand by the mean of the last five periods and orders up to what the forecast says \
                   of the four periods that an order must cover. How many times the variance of demand is that of its \
                   orders?",
        asked: &[("variance of orders over variance of demand", 0.1)],
        hint: "1 + 2 L / p + 2 L^2 / p^2 for a lead time L and a mean of p periods",
        source: "Chen, Drezner, Ryan & Simchi-Levi (2000), Management Science 46(3)",
        solve: answers::bullwhip,
    },
    Exercise {
        name: "beer-game",
        title: "The beer game",
        question: "On the board everybody orders 4 in period 0 and 8, what is asked for, in every period after it. What \
                   does that cost in 36 weeks, all four stages together?",
        asked: &[("cost of all stages", 0.5)],
        hint: "gym-invmgmt play",
        source: "Sterman (1989), Management Science 35(3): the board, its costs and its customers",
        solve: answers::beer_game,
    },
    Exercise {
        name: "dual-sourcing",
        title: "Dual sourcing",
        question: "A far supplier takes two periods; a near one delivers at once and asks 20 more for a unit. A unit kept \
                   costs 5, a unit owed 495, demand is 0, 1, 2, 3 or 4, equally likely. What does the best policy cost \
                   per period?",
        asked: &[("cost per period", 0.05)],
        hint: "gym-invmgmt exact exercises/dual-sourcing",
        source: "323/14; Böttcher, Asikis & Fragkos (2023), table 1",
        solve: answers::optimum,
    },
    Exercise {
        name: "perishables",
        title: "Perishables",
        question: "Blood lives three days; a unit that spoils costs 100, a unit that is missing 100, keeping it nothing. \
                   Demand is Poisson with mean 4, the oldest is used first, what is ordered arrives at once. Which \
                   base-stock level is best?",
        asked: &[("base-stock level", 0.0)],
        hint: "gym-invmgmt simulate --scenario exercises/perishables --seeds 0..20 --policy basestock:6 --policy basestock:7",
        source: "Haijema & Minner (2016), International Journal of Production Economics 181: level 7, 13.79 a day",
        solve: answers::perishables,
    },
    Exercise {
        name: "joint-replenishment",
        title: "Joint replenishment",
        question: "A lorry costs 60, however much it carries, and 20 for each shop it stops at. The shops sell 10 and 6 a \
                   period, and a unit kept for a period costs .5. Every how many periods should the lorry come to both?",
        asked: &[("periods between two lorries", 0.0)],
        hint: "gym-invmgmt simulate --scenario exercises/joint-replenishment --policy 'basestock:0,50,30@5'",
        source: "the common cycle sqrt(2 (K + k1 + k2) / (h d)) = 5; Silver, Pyke & Thomas (2017), chapter 10",
        solve: answers::joint_replenishment,
    },
];

/// Asks a question, or checks an answer.
pub(crate) fn run(given: &ExerciseArgs, out: &mut dyn Write) -> Result<(), Failure> {
    let Some(name) = &given.name else {
        for Exercise { name, title, .. } in EXERCISES {
            writeln!(out, "{name:20} {title}")?;
        }
        return Ok(());
    };
    let bare = name.strip_prefix("exercises/").unwrap_or(name);
    let Some(exercise) = EXERCISES.iter().find(|exercise| exercise.name == bare) else {
        let hint = did_you_mean(bare, EXERCISES.iter().map(|exercise| exercise.name));
        let names: Vec<&str> = EXERCISES.iter().map(|exercise| exercise.name).collect();
        let found = name.escape_debug();
        return Err(Failure::Refused(format!(
            "unknown exercise '{found}'{hint}; there are: {}",
            names.join(", ")
        )));
    };
    if given.answer.is_empty() && !given.solution {
        return ask(exercise, out);
    }
    let known = exercise.known()?;
    let mut right = true;
    if !given.answer.is_empty() {
        right = check(exercise, &given.answer, &known, out)?;
    }
    if given.solution || right {
        for ((what, _), known) in exercise.asked.iter().zip(&known) {
            writeln!(out, "known: {what}: {}", shown(*known))?;
        }
        writeln!(out, "source: {}", exercise.source)?;
    }
    if right { Ok(()) } else { Err(Failure::Reported) }
}

impl Exercise {
    /// The answer, worked out from the scenario.
    fn known(&self) -> Result<Vec<f64>, Failure> {
        let scenario = find_scenario(&format!("{SUITE}/{}", self.name));
        let scenario = scenario.map_err(|error| scenarios::refused("exercise", error))?;
        (self.solve)(&scenario).map_err(Failure::Refused)
    }
}

fn ask(exercise: &Exercise, out: &mut dyn Write) -> Result<(), Failure> {
    let Exercise { name, title, question, asked, hint, .. } = exercise;
    let wanted: Vec<String> = asked.iter().map(|(what, _)| (*what).to_owned()).collect();
    let places: Vec<&str> = asked.iter().map(|_| "...").collect();
    writeln!(out, "{title}\n\n{question}\n\nasked for: {}", wanted.join(", "))?;
    writeln!(out, "scenario:  {SUITE}/{name}\nhelps:     {hint}")?;
    Ok(writeln!(out, "answer:    gym-invmgmt exercise {name} --answer {}", places.join(","))?)
}

/// Says of each number whether it is right; of one that is not, on which side it lies, and not where the answer is.
fn check(exercise: &Exercise, answer: &[f64], known: &[f64], out: &mut dyn Write) -> Result<bool, Failure> {
    if answer.len() != known.len() {
        let wanted: Vec<&str> = exercise.asked.iter().map(|(what, _)| *what).collect();
        return Err(Failure::Refused(format!(
            "--answer: found {} numbers; {} are asked for: {}",
            answer.len(),
            known.len(),
            wanted.join(", ")
        )));
    }
    let mut right = true;
    for (((what, tolerance), given), known) in exercise.asked.iter().zip(answer).zip(known) {
        let verdict = match given - known {
            off if off.abs() <= tolerance + 1e-9 => "right",
            off if off > 0.0 => "too high",
            off if off < 0.0 => "too low",
            _ => "not a number",
        };
        right &= verdict == "right";
        writeln!(out, "{what}: {}: {verdict}", shown(*given))?;
    }
    Ok(right)
}

/// A number with four decimals at most.
fn shown(number: f64) -> String {
    let text = format!("{number:.4}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
