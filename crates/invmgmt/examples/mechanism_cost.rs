//! What each mechanism costs on the nine-node network: a Markdown table, one thread, 1,024 environments side by side.
//!
//! `make bench-mechanisms` (about ten seconds). Each row declares one mechanism wherever it can stand; the last
//! declares all of them. Every row is visited in each of several rounds and shows its best.

use std::error::Error;
use std::sync::Arc;
use std::time::Instant;

use invmgmt::Problem;
use invmgmt::batch::{Autoreset, Batch, Outcome};
use invmgmt::demand::{DemandConfig, DemandModel};
use invmgmt::network::{DeclaredNetwork, KeyValue, Setting, preset};
use invmgmt::period::Rules;
use invmgmt::random::{Pcg64, Stream};

const ROWS: usize = 1_024;
const NUM_PERIODS: usize = 30;
const ROUNDS: usize = 5;
const STEPS: usize = 62;

/// A mechanism's name, and how it is declared.
type Declare = (&'static str, fn(&mut DeclaredNetwork));

const MECHANISMS: [Declare; 8] = [
    ("requests that wait", |network| on_links(network, &[("unmet", word("wait"))])),
    ("allocation in proportion", |network| {
        for node in network.nodes.iter_mut().filter(|node| [4, 6].map(Into::into).contains(&node.id)) {
            node.settings.put("allocation", KeyValue::Structure(Setting::Text("proportional".into())));
        }
    }),
    ("random lead times", |network| {
        for link in network.links.iter_mut().filter(|link| link.demand.is_none()) {
            let longest = f64::from(link.lead_time.take().unwrap_or(0));
            link.settings.put("L", KeyValue::Structure(map("uniform", list(&[longest, longest + 2.0]))));
            link.settings.put("draw", word("order"));
            link.settings.put("crossing", word("free"));
        }
    }),
    ("order sizes", |network| on_links(network, &[("multiple", KeyValue::Number(5.0))])),
    ("room", |network| {
        let entries = [
            ("space".to_owned(), Setting::Number(500.0)),
            ("overflow".to_owned(), Setting::Text("discard".into())),
        ];
        for node in network.nodes.iter_mut().filter(|node| node.initial_inventory.is_some()) {
            node.settings.put("storage", KeyValue::Structure(Setting::Map(entries.to_vec())));
        }
    }),
    ("shelf life of 4", |network| network.settings.put("life", KeyValue::Whole(4))),
    ("one failure chain", |network| {
        let entries = vec![
            ("where".to_owned(), Setting::Number(8.0)),
            ("what".to_owned(), Setting::Text("ship".into())),
            ("up_down".to_owned(), list(&[0.05, 0.3])),
        ];
        let list = Setting::List(vec![Setting::Map(entries)]);
        network.settings.put("disruptions", KeyValue::Structure(list));
    }),
    ("goods received last", |network| network.settings.put("timeline", word("order-first"))),
];

fn word(word: &str) -> KeyValue {
    KeyValue::Word(word.to_owned())
}

fn list(numbers: &[f64]) -> Setting {
    Setting::List(numbers.iter().copied().map(Setting::Number).collect())
}

fn map(key: &str, value: Setting) -> Setting {
    Setting::Map(vec![(key.to_owned(), value)])
}

fn on_links(network: &mut DeclaredNetwork, keys: &[(&'static str, KeyValue)]) {
    for link in network.links.iter_mut().filter(|link| link.demand.is_none()) {
        for (key, value) in keys {
            link.settings.put(key, value.clone());
        }
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let nine = || preset("network").ok_or("no preset");
    let mut rows = vec![("none", nine()?)];
    let mut everything = nine()?;
    for (name, declare) in MECHANISMS {
        let mut network = nine()?;
        declare(&mut network);
        declare(&mut everything);
        rows.push((name, network));
    }
    everything.settings.put("timeline", KeyValue::Absent);
    rows.push(("all but the last", everything));
    let mut played: Vec<Play> =
        rows.iter().map(|(_, network)| Play::new(network)).collect::<Result<_, _>>()?;
    let mut best = vec![f64::INFINITY; played.len()];
    for _ in 0..ROUNDS {
        for (play, best) in played.iter_mut().zip(&mut best) {
            *best = best.min(play.seconds()?);
        }
    }
    println!("| mechanism | million steps per second | times the plain network's time |\n|---|---|---|");
    for ((name, _), seconds) in rows.iter().zip(&best) {
        let rate = (ROWS * STEPS) as f64 / seconds / 1e6;
        println!("| {name} | {rate:.2} | {:.2} |", seconds / best[0]);
    }
    Ok(())
}

/// A batch and what it is stepped with.
struct Play {
    batch: Batch,
    actions: Vec<f32>,
    outcome: Outcome<f32>,
}

impl Play {
    fn new(declared: &DeclaredNetwork) -> Result<Self, Box<dyn Error>> {
        let network = Arc::new(declared.clone().compile()?);
        let demand = DemandModel::new(DemandConfig::default())?;
        let problem = Problem::new(Arc::clone(&network), demand, Rules::default(), NUM_PERIODS);
        let batch = Batch::new(&problem, ROWS, 1, Autoreset::NextStep)?;
        let mut stream = Pcg64::seeded(1);
        let actions = (0..ROWS * network.supply.len()).map(|_| 40.0 * stream.next_f64() as f32).collect();
        Ok(Self { batch, actions, outcome: Outcome::new(&network, ROWS) })
    }

    fn seconds(&mut self) -> Result<f64, Box<dyn Error>> {
        let begun = Instant::now();
        for _ in 0..STEPS {
            self.batch.step(&self.actions, self.outcome.buffers())?;
        }
        Ok(begun.elapsed().as_secs_f64())
    }
}
