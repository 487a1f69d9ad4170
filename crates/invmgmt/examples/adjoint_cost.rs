//! What a period costs forwards and backwards: `adjoint_cost` prints, per network, the least time of several runs for
//! a period of one episode, of 256 recorded side by side, and the ratio. Build it in release mode.

use std::error::Error;
use std::hint::black_box;
use std::time::{Duration, Instant};

use invmgmt::Problem;
use invmgmt::adjoint::{Recording, SIDE_BY_SIDE, Surrogates};
use invmgmt::demand::{DemandConfig, DemandModel};
use invmgmt::network::{DeclaredLink, DeclaredNetwork, KeyValue, NodeId, Setting, layered, preset};
use invmgmt::period::Rules;
use invmgmt::random::{Pcg64, Stream};

const EPISODES: usize = 256;
const PERIODS: usize = 30;
const RUNS: usize = 20;

/// A mechanism and how a network is given it.
type Kind = (&'static str, fn(&mut DeclaredNetwork));

/// Every mechanism in turn, everywhere on a network of 50 links.
const KINDS: [Kind; 14] = [
    ("timeline beer", |network| network.settings.put("timeline", word("beer"))),
    ("order delays", |network| supply(network, &[("order_delay", KeyValue::Whole(2))])),
    ("waiting requests", |network| supply(network, &[("unmet", word("wait"))])),
    ("customers' terms", |network| market(network, &[("wait_share", KeyValue::Number(0.5))])),
    ("proportional shares", |network| ships(network, "allocation", &structure(text("proportional")))),
    ("fair shares", |network| {
        ships(network, "allocation", &structure(text("fair-share")));
        let fair = structure(text("fair-share"));
        let nodes = network.nodes.iter().filter(|node| *node.settings.get("allocation") == fair);
        let sharers: Vec<_> = nodes.map(|node| node.id.clone()).collect();
        for link in network.links.iter_mut().filter(|link| link.demand.is_none()) {
            if sharers.contains(&link.from) {
                link.settings.put("target", KeyValue::Number(30.0));
            }
        }
    }),
    ("random lead times", |network| {
        network.links.iter_mut().filter(|link| link.demand.is_none()).for_each(|link| link.lead_time = None);
        let law = structure(map(&[("uniform", list(&[1.0, 6.0]))]));
        supply(network, &[("L", law), ("draw", word("order")), ("crossing", word("free"))]);
    }),
    ("order sizes", |network| supply(network, &[("min", KeyValue::Number(5.0))])),
    ("caps of links", |network| supply(network, &[("cap", KeyValue::Number(20.0))])),
    ("rooms", |network| {
        let room = [("space", Setting::Number(200.0)), ("overflow", text("discard"))];
        ships(network, "storage", &structure(map(&room)));
    }),
    ("shelf life 4", |network| network.settings.put("life", KeyValue::Whole(4))),
    ("random yields", |network| {
        supply(network, &[("yield", structure(map(&[("all_or_nothing", Setting::Number(0.9))])))]);
    }),
    ("whole units", |network| {
        // Whole units of stock do not make whole units of goods where a share of them is lost.
        let factories = network.nodes.iter_mut().filter(|node| node.production_yield.is_some());
        factories.for_each(|node| node.production_yield = Some(1.0));
        network.settings.put("units", word("whole"));
    }),
    ("disruptions", |network| {
        let links = network.links.iter().filter(|link| link.demand.is_none());
        let failing = |link: &DeclaredLink| {
            let ends = [&link.from, &link.to].map(|id| match id {
                NodeId::Number(number) => Setting::Number(*number as f64),
                NodeId::Text(name) => text(name),
            });
            map(&[
                ("where", Setting::List(ends.to_vec())),
                ("what", text("ship")),
                ("up_down", list(&[0.1, 0.5])),
            ])
        };
        let entries = links.map(failing).collect();
        network.settings.put("disruptions", structure(Setting::List(entries)));
    }),
];

fn word(word: &str) -> KeyValue {
    KeyValue::Word(word.to_owned())
}

fn structure(setting: Setting) -> KeyValue {
    KeyValue::Structure(setting)
}

fn text(word: &str) -> Setting {
    Setting::Text(word.to_owned())
}

fn list(numbers: &[f64]) -> Setting {
    Setting::List(numbers.iter().copied().map(Setting::Number).collect())
}

fn map(entries: &[(&str, Setting)]) -> Setting {
    Setting::Map(entries.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect())
}

fn supply(network: &mut DeclaredNetwork, keys: &[(&'static str, KeyValue)]) {
    for link in network.links.iter_mut().filter(|link| link.demand.is_none()) {
        for (key, value) in keys {
            link.settings.put(key, value.clone());
        }
    }
}

fn market(network: &mut DeclaredNetwork, keys: &[(&'static str, KeyValue)]) {
    for link in network.links.iter_mut().filter(|link| link.demand.is_some()) {
        for (key, value) in keys {
            link.settings.put(key, value.clone());
        }
    }
}

/// Puts a key on every node that ships to others.
fn ships(network: &mut DeclaredNetwork, key: &'static str, value: &KeyValue) {
    let plain = network.clone();
    let ships = |id: &NodeId| plain.links.iter().any(|link| link.from == *id && link.demand.is_none());
    for node in network.nodes.iter_mut().filter(|node| node.initial_inventory.is_some() && ships(&node.id)) {
        node.settings.put(key, value.clone());
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    for name in ["serial", "network", "layered-50", "layered-500"] {
        say(name, preset(name).unwrap_or_else(|| layered(name[8..].parse().unwrap_or(50), 1)))?;
    }
    for (name, add) in KINDS {
        let mut declared = layered(50, 1);
        add(&mut declared);
        say(name, declared)?;
    }
    Ok(())
}

fn say(name: &str, declared: DeclaredNetwork) -> Result<(), Box<dyn Error>> {
    let demand = DemandModel::new(DemandConfig::default())?;
    let problem = Problem::new(declared.compile()?, demand, Rules::default(), PERIODS);
    let (forwards, backwards) = measure(&problem)?;
    let ratio = backwards.as_secs_f64() / forwards.as_secs_f64();
    let each = |time: Duration| time.as_secs_f64() * 1e9 / (EPISODES * PERIODS) as f64;
    println!(
        "{name:20} {:8.1} ns forwards {:8.1} ns backwards, ratio {ratio:.2}",
        each(forwards),
        each(backwards)
    );
    Ok(())
}

/// The least time of a run forwards, and backwards.
fn measure(problem: &Problem) -> Result<(Duration, Duration), Box<dyn Error>> {
    let mut recording =
        Recording::new(problem, EPISODES, Surrogates { rounding: true, ..Surrogates::default() })?;
    let seeds: Vec<u64> = (0..EPISODES as u64).collect();
    let mut stream = Pcg64::seeded(1);
    let orders: Vec<f64> = problem.network.supply.rows().iter().map(|_| 40.0 * stream.next_f64()).collect();
    let mut least = (Duration::MAX, Duration::MAX);
    for _ in 0..RUNS {
        recording.begin(&seeds);
        for _ in 0..PERIODS {
            for block in 0..recording.blocks() {
                for (request, &order) in recording.requests_mut(block).iter_mut().zip(&orders) {
                    *request = [order; SIDE_BY_SIDE];
                }
            }
            recording.step();
        }
        let begun = Instant::now();
        recording.begin(&seeds);
        for _ in 0..PERIODS {
            recording.step();
        }
        least.0 = least.0.min(begun.elapsed());
        let begun = Instant::now();
        recording.begin_back();
        for _ in 0..PERIODS {
            recording.step_back(|_| [1.0; SIDE_BY_SIDE]);
        }
        black_box(recording.row_worth_mut(0));
        least.1 = least.1.min(begun.elapsed());
    }
    Ok(least)
}
