//! Every mechanism alone and in pairs, on random networks.

use invmgmt::Problem;
use invmgmt::demand::{DemandConfig, DemandModel};
use invmgmt::mechanism::Mechanisms;
use invmgmt::network::{DeclaredLink, DeclaredNetwork, KeyValue, NodeId, Setting};
use invmgmt::period::Rules;
use invmgmt::random::{Pcg64, Stream};

use super::below;
use super::given::{Compared, PERIODS, compare};

/// Adds a mechanism to a network, somewhere in it.
type Add = fn(&mut DeclaredNetwork, &mut Pcg64);

const KINDS: [(&str, Add); 20] = [
    ("timeline order-first", |network, _| network.settings.put("timeline", word("order-first"))),
    ("timeline beer", |network, _| network.settings.put("timeline", word("beer"))),
    ("order delays", |network, stream| {
        supply(network, stream, |link, stream| {
            let delay = 1 + below(stream, 3);
            link.settings.put("order_delay", KeyValue::Whole(delay as u32));
            link.settings.put("requested", KeyValue::Structure(list(&vec![7.3; delay])));
        });
    }),
    ("waiting requests", |network, stream| {
        supply(network, stream, |link, stream| {
            link.settings.put("unmet", word(["wait", "wait", "lost"][below(stream, 3)]));
            link.unmet_penalty = Some(stream.next_f64());
            if *link.settings.get("unmet") == word("wait") && below(stream, 2) == 0 {
                link.settings.put("wait_at_most", KeyValue::Whole(1 + below(stream, 3) as u32));
            }
        });
    }),
    ("customers' terms", |network, stream| {
        market(network, stream, |link, stream| {
            link.settings.put("unmet", word("wait"));
            link.settings.put("wait_share", KeyValue::Number(0.3 + 0.6 * stream.next_f64()));
            if below(stream, 2) == 0 {
                link.settings.put("wait_at_most", KeyValue::Whole(1 + below(stream, 3) as u32));
            }
        });
    }),
    ("customers first", |network, stream| {
        stocking(network, stream, |_, _| Some(("customers", word("first"))));
    }),
    ("allocation proportional", |network, stream| allocate(network, stream, "proportional")),
    ("allocation fair-share", |network, stream| allocate(network, stream, "fair-share")),
    ("allocation random", |network, stream| allocate(network, stream, "random")),
    ("lead times free", |network, stream| lead_times(network, stream, "free", false)),
    ("lead times fifo", |network, stream| lead_times(network, stream, "fifo", false)),
    ("lead times sweep", |network, stream| lead_times(network, stream, "sweep", false)),
    ("lead times announced", |network, stream| lead_times(network, stream, "free", true)),
    ("order sizes", |network, stream| {
        supply(network, stream, |link, stream| {
            link.settings.put("min", KeyValue::Number(5.0 + 5.0 * stream.next_f64()));
            link.settings.put("max", KeyValue::Number(20.0 + 20.0 * stream.next_f64()));
            if below(stream, 3) == 0 {
                link.settings.put("multiple", KeyValue::Number(4.0));
            }
        });
    }),
    ("fill whole", |network, stream| {
        supply(network, stream, |link, _| link.settings.put("fill", word("whole")));
    }),
    ("caps of links", |network, stream| {
        supply(network, stream, |link, stream| {
            link.settings.put("cap", KeyValue::Number(10.0 + 20.0 * stream.next_f64()));
        });
    }),
    ("rooms", |network, stream| {
        stocking(network, stream, |_, stream| {
            let room = [
                ("space", Setting::Number(20.0 + 60.0 * stream.next_f64())),
                ("overflow", text(["discard", "cost"][below(stream, 2)])),
                ("cost", Setting::Number(stream.next_f64())),
            ];
            Some(("storage", KeyValue::Structure(map(&room))))
        });
    }),
    ("shelf life", |network, stream| {
        network.settings.put("life", KeyValue::Whole(2 + below(stream, 4) as u32));
        stocking(network, stream, |_, stream| Some(("waste", KeyValue::Number(stream.next_f64()))));
        market(network, stream, |link, stream| {
            let issue = [text("fifo"), text("lifo"), map(&[("fifo", Setting::Number(0.4))])];
            link.settings.put("issue", KeyValue::Structure(issue[below(stream, 3)].clone()));
            if below(stream, 3) == 0 {
                link.settings.put("fresh", KeyValue::Whole(2));
            }
        });
    }),
    ("disruptions", |network, stream| {
        let mut entries = Vec::new();
        supply(network, stream, |link, stream| {
            let link = Setting::List([&link.from, &link.to].map(name).to_vec());
            let mut entry = vec![("where", link), ("what", text("ship")), ("up_down", list(&[0.3, 0.5]))];
            if below(stream, 2) == 0 {
                entry.push(("factor", Setting::Number(0.4)));
            }
            entries.push(map(&entry));
        });
        stocking(network, stream, |id, stream| {
            let mut entry = vec![("where", name(id)), ("what", text("order"))];
            entry.push(("periods", Setting::List(vec![list(&[2.0, 3.0])])));
            if below(stream, 2) == 0 {
                entry.push(("destroy", Setting::Number(0.5)));
            }
            entries.push(map(&entry));
            None
        });
        network.settings.put("disruptions", KeyValue::Structure(Setting::List(entries)));
    }),
    ("random yields", |network, stream| {
        supply(network, stream, |link, stream| {
            let laws = [("uniform", list(&[0.5, 1.0])), ("all_or_nothing", Setting::Number(0.75))];
            link.settings.put("yield", KeyValue::Structure(map(&[laws[below(stream, 2)].clone()])));
            link.settings.put("at", word(["ship", "receive"][below(stream, 2)]));
            link.settings.put("pay", word(["filled", "received"][below(stream, 2)]));
        });
    }),
];

fn word(word: &str) -> KeyValue {
    KeyValue::Word(word.to_owned())
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

fn name(id: &NodeId) -> Setting {
    match id {
        NodeId::Number(number) => Setting::Number(*number as f64),
        NodeId::Text(name) => text(name),
    }
}

/// Changes about two thirds of the supply links.
fn supply(
    network: &mut DeclaredNetwork,
    stream: &mut Pcg64,
    mut change: impl FnMut(&mut DeclaredLink, &mut Pcg64),
) {
    for link in network.links.iter_mut().filter(|link| link.demand.is_none()) {
        if below(stream, 3) > 0 {
            change(link, stream);
        }
    }
}

/// Changes about two thirds of the market links.
fn market(network: &mut DeclaredNetwork, stream: &mut Pcg64, change: impl Fn(&mut DeclaredLink, &mut Pcg64)) {
    for link in network.links.iter_mut().filter(|link| link.demand.is_some()) {
        if below(stream, 3) > 0 {
            change(link, stream);
        }
    }
}

/// Puts a key on about two thirds of the nodes that hold stock.
fn stocking(
    network: &mut DeclaredNetwork,
    stream: &mut Pcg64,
    mut put: impl FnMut(&NodeId, &mut Pcg64) -> Option<(&'static str, KeyValue)>,
) {
    for node in network.nodes.iter_mut().filter(|node| node.initial_inventory.is_some()) {
        if below(stream, 3) > 0
            && let Some((key, value)) = put(&node.id, stream)
        {
            node.settings.put(key, value);
        }
    }
}

fn allocate(network: &mut DeclaredNetwork, stream: &mut Pcg64, rule: &str) {
    let plain = network.clone();
    let ships = |id: &NodeId| plain.links.iter().any(|link| link.from == *id && link.demand.is_none());
    stocking(network, stream, |id, _| ships(id).then(|| ("allocation", KeyValue::Structure(text(rule)))));
    if rule == "fair-share" {
        let fair = |network: &DeclaredNetwork, id: &NodeId| {
            let node = network.nodes.iter().find(|node| node.id == *id);
            node.is_some_and(|node| *node.settings.get("allocation") == KeyValue::Structure(text(rule)))
        };
        let plain = network.clone();
        for link in network.links.iter_mut().filter(|link| link.demand.is_none()) {
            if fair(&plain, &link.from) {
                link.settings.put("target", KeyValue::Number(30.0 * stream.next_f64()));
            }
        }
    }
}

fn lead_times(network: &mut DeclaredNetwork, stream: &mut Pcg64, crossing: &str, announced: bool) {
    supply(network, stream, |link, stream| {
        let longest = 1.0 + below(stream, 4) as f64;
        link.lead_time = None;
        link.settings.put("L", KeyValue::Structure(map(&[("uniform", list(&[0.0, longest]))])));
        link.settings.put("draw", word("order"));
        link.settings.put("crossing", word(crossing));
        if announced {
            link.settings.put("announced", KeyValue::Flag(true));
        }
    });
}

fn problem(seed: u64, kinds: &[Add]) -> Option<Problem> {
    let plain = super::random_network(seed, Mechanisms::NONE);
    let (mut declared, stream) = (plain, &mut Pcg64::seeded(seed + 7));
    for add in kinds {
        add(&mut declared, stream);
    }
    let demand = DemandModel::new(DemandConfig::default()).expect("usable");
    let rules = Rules { backlog: below(stream, 2) == 0, discount: 0.97 };
    Some(Problem::new(declared.compile().ok()?, demand, rules, PERIODS))
}

/// Alone each on several networks, and every pair on some; a few pairs exclude each other.
#[test]
fn derivatives_are_the_central_differences_of_every_mechanism_alone_and_in_pairs() {
    let mut all = Compared::default();
    let mut excluded = Vec::new();
    let mut seed = 10_000;
    for (one, &(name, add)) in KINDS.iter().enumerate() {
        let mut alone = Compared::default();
        for _ in 0..16 {
            seed += 1;
            alone.add(compare(&problem(seed, &[add]).expect(name), seed, 1e-3));
        }
        assert!(alone.compared > 1_000 && alone.at_kinks < alone.compared / 5, "{name}: {alone:?}");
        all.add(alone);
        for &(other, and) in &KINDS[one + 1..] {
            seed += 1;
            match problem(seed, &[add, and]) {
                Some(problem) => all.add(compare(&problem, seed, 1e-3)),
                None => excluded.push((name, other)),
            }
        }
    }
    assert!(excluded.len() < 10, "{excluded:?}");
    assert!(all.compared > 50_000 && all.at_kinks < all.compared / 10, "{all:?}");
}
