//! No input makes the reader panic, and what the writer writes reads back the same.

use invmgmt::network::{
    DeclaredDemand, DeclaredLink, DeclaredNetwork, DeclaredNode, LINK_KEYS, NETWORK_KEYS, NODE_KEYS, NodeId,
};
use invmgmt_data::{
    Content, TOPOLOGIES, Value, document_to_json, network_from_yaml, read_tables, to_yaml, write_tables,
};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

/// Names that some version of YAML, or a hasty writer, takes for something else.
const AWKWARD: [&str; 24] = [
    "",
    "no",
    "on",
    "y",
    "1",
    "-1",
    "1e3",
    "0x1F",
    ".5",
    "null",
    "~",
    "a: b",
    "a #b",
    "\"",
    "'",
    "\\",
    "line\nbreak",
    "\t",
    "{a}",
    "- x",
    "&a",
    "<<",
    "Graz \u{2764} \u{85}\u{2028}\u{feff}",
    "\u{0}\u{1b}[31m",
];

fn name() -> impl Strategy<Value = String> {
    prop_oneof![select(&AWKWARD[..]).prop_map(str::to_owned), any::<String>()]
}

fn node_id() -> impl Strategy<Value = NodeId> {
    prop_oneof![any::<i64>().prop_map(NodeId::Number), name().prop_map(NodeId::Text)]
}

/// Finite numbers >= 0 of every size.
fn cost() -> impl Strategy<Value = f64> {
    prop_oneof![0.0..100.0, Just(0.0), Just(1e-7), Just(1e22), Just(f64::MAX), Just(f64::MIN_POSITIVE / 3.0)]
}

fn demand() -> impl Strategy<Value = DeclaredDemand> {
    (select(&["poisson", "normal", "uniform"][..]), cost(), cost()).prop_map(|(distribution, mean, scale)| {
        let (mean_key, other_key) = if distribution == "poisson" { ("mu", "loc") } else { ("loc", "scale") };
        DeclaredDemand::new(distribution, [(other_key, scale), (mean_key, mean)])
    })
}

/// A chain raw material -> stock -> ... -> stock -> market; every second stock is a factory.
fn network() -> impl Strategy<Value = DeclaredNetwork> {
    let ids = proptest::collection::hash_set(node_id(), 3..8).prop_map(Vec::from_iter).prop_shuffle();
    let numbers = vec((cost(), cost(), cost(), 0.001..=1.0, 0_u32..50), 8);
    let titles = (proptest::option::of(name()), proptest::option::of(name()));
    (ids, numbers, demand(), titles, any::<bool>()).prop_map(
        |(ids, numbers, demand, (name, description), fixed)| {
            let last = ids.len() - 1;
            let nodes = ids.iter().zip(&numbers).enumerate().map(|(position, (id, &(a, b, c, share, _)))| {
                match position {
                    0 => bare(id),
                    _ if position == last => bare(id),
                    _ if position % 2 == 0 => DeclaredNode {
                        initial_inventory: Some(a),
                        holding_cost: Some(b),
                        ..bare(id).factory(c, a, share)
                    },
                    _ => DeclaredNode { initial_inventory: Some(a), holding_cost: Some(b), ..bare(id) },
                }
            });
            let links = ids.windows(2).zip(&numbers).enumerate().map(
                |(position, (ends, &(a, b, c, _, lead_time)))| {
                    let link = DeclaredLink {
                        from: ends[0].clone(),
                        to: ends[1].clone(),
                        ..DeclaredLink::bare(0, 0, Some(a))
                    };
                    if position + 1 == last {
                        DeclaredLink { unmet_penalty: Some(b), demand: Some(demand.clone()), ..link }
                    } else {
                        DeclaredLink {
                            lead_time: Some(lead_time),
                            pipeline_holding_cost: Some(b),
                            fixed_order_cost: fixed.then_some(c),
                            ..link
                        }
                    }
                },
            );
            DeclaredNetwork {
                name,
                description,
                nodes: nodes.collect(),
                links: links.collect(),
                ..DeclaredNetwork::default()
            }
        },
    )
}

fn bare(id: &NodeId) -> DeclaredNode {
    DeclaredNode { id: id.clone(), ..DeclaredNode::new(0) }
}

/// A shipped file with some passages cut out, doubled, or replaced.
fn mutated() -> impl Strategy<Value = String> {
    let passages = [
        "", ":", "-1", "2.0", "true", "~", "[", "{", "}", "\n", "  ", "- ", "&a ", "*a", "<<: ", "!!str ",
        "'", "\"", "id", "L: ", "I0: 1", "\u{0}", "\u{feff}", ".nan", "1e999", "---\n", "? ", "|", "%",
    ];
    let edits = vec((any::<prop::sample::Index>(), 0_usize..12, select(passages.to_vec())), 1..6);
    (select(TOPOLOGIES.to_vec()), edits).prop_map(|((_, text), edits)| {
        let mut characters: Vec<char> = text.chars().collect();
        for (at, length, passage) in edits {
            let start = at.index(characters.len() + 1);
            let end = (start + length).min(characters.len());
            characters.splice(start..end, passage.chars());
        }
        characters.into_iter().collect()
    })
}

/// What may stand behind a key: anything.
fn anything() -> impl Strategy<Value = Value> {
    let text = prop_oneof![
        name(),
        select(&["=1+1", "'=1+1", "@a", "+4", " a ", "a,b;c", "\u{feff}x"][..]).prop_map(str::to_owned)
    ];
    let leaf = prop_oneof![
        text.prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        cost().prop_map(Value::from),
        any::<bool>().prop_map(Value::from),
        Just(Value::null()),
    ];
    leaf.prop_recursive(2, 8, 4, |inner| {
        let entries = proptest::collection::hash_map(name(), inner.clone(), 0..4);
        prop_oneof![
            vec(inner, 0..4).prop_map(Value::from),
            entries.prop_map(|entries| Value::map(entries.into_iter())),
        ]
    })
}

/// A row with its ends, and any of the keys.
fn row(ends: Vec<(&'static str, Value)>, keys: Vec<&'static str>) -> impl Strategy<Value = Value> {
    let keys: Vec<&'static str> =
        keys.into_iter().filter(|key| *key != "recipes" && ends.iter().all(|(end, _)| end != key)).collect();
    let most = keys.len().min(4);
    let some = proptest::sample::subsequence::<&'static str>(keys, 0..=most);
    some.prop_flat_map(|keys| {
        let count = keys.len();
        (Just(keys), vec(anything(), count))
    })
    .prop_map(move |(keys, values)| Value::map(ends.clone().into_iter().chain(keys.into_iter().zip(values))))
}

/// A document with every table there is, whatever its keys say.
fn document() -> impl Strategy<Value = Value> {
    let keys = |mut more: Vec<&'static str>, rows: Vec<&'static str>| {
        more.extend(rows);
        more
    };
    let node_keys = keys(vec!["meta_note"], NODE_KEYS.iter().map(|row| row.key).collect());
    let link_keys = keys(Vec::new(), LINK_KEYS.iter().map(|row| row.key).collect());
    let made = vec![("make", Value::from("bread")), ("from", Value::map([("flour", 0.5)]))];
    let recipe = row(made, link_keys.clone());
    let nodes = proptest::collection::hash_set(name(), 1..5).prop_flat_map(move |names| {
        names.into_iter().map(|name| row(vec![("id", name.into())], node_keys.clone())).collect::<Vec<_>>()
    });
    let links = vec(row(vec![("from", "a".into()), ("to", 7.into())], link_keys), 0..5);
    let of_network: Vec<&str> = NETWORK_KEYS
        .iter()
        .map(|row| row.key)
        .filter(|key| !["nodes", "edges", "products"].contains(key))
        .collect();
    let network = row(vec![("name", "of tables".into())], of_network);
    let product = prop_oneof![
        Just("flour".into()),
        anything().prop_map(|life| Value::map([("id", "flour".into()), ("life", life)])),
    ];
    let products = vec(product, 0..3);
    (network, nodes, links, products, vec(recipe, 0..3)).prop_map(
        |(network, mut nodes, links, products, recipes)| {
            let Content::Map(mut entries) = network.content else { unreachable!("a mapping") };
            if let (Some(Value { content: Content::Map(keys), .. }), false) =
                (nodes.first_mut(), recipes.is_empty())
            {
                keys.push(("recipes".into(), recipes.into()));
            }
            if !products.is_empty() {
                entries.push(("products".into(), products.into()));
            }
            entries.push(("nodes".into(), nodes.into()));
            entries.push(("edges".into(), links.into()));
            Value::new(Content::Map(entries))
        },
    )
}

/// The same with the entries of every mapping in the order of their names: columns have an order of their own.
fn sorted(value: &Value) -> String {
    fn sort(value: &Value) -> Value {
        match &value.content {
            Content::Map(entries) => {
                let mut entries: Vec<(Value, Value)> =
                    entries.iter().map(|(key, value)| (key.clone(), sort(value))).collect();
                entries.sort_by_key(|(key, _)| document_to_json(key));
                Value::map(entries)
            }
            Content::List(items) => items.iter().map(sort).collect::<Vec<_>>().into(),
            other => Value::new(other.clone()),
        }
    }
    document_to_json(&sort(value))
}

proptest! {
    // A folder of files each.
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_tables_hold_reads_back_the_same_whatever_the_keys_say(document in document()) {
        let folder = tempfile::tempdir().expect("a folder");
        let files = write_tables(&document, folder.path()).expect("written");
        let read = read_tables(folder.path()).map_err(|error| {
            let texts: Vec<String> = files.iter().filter_map(|file| std::fs::read_to_string(file).ok()).collect();
            TestCaseError::fail(format!("{error}\n{}", texts.join("\n")))
        })?;
        prop_assert_eq!(sorted(&read), sorted(&document));
    }
}

proptest! {
    #[test]
    fn a_written_network_reads_back_equal(network in network()) {
        let text = to_yaml(&network);
        let read = network_from_yaml(&text).map_err(|error| TestCaseError::fail(format!("{error}\n{text}")))?;
        prop_assert_eq!(read.declared, network, "{}", text);
    }

    #[test]
    fn a_mutated_file_never_panics(text in mutated()) {
        if let Err(error) = network_from_yaml(&text) {
            prop_assert!(!error.diagnostics().is_empty() && !error.to_string().is_empty());
        }
    }

    #[test]
    fn any_text_never_panics(text in any::<String>()) {
        prop_assert!(network_from_yaml(&text).is_err());
    }

    #[test]
    fn any_bytes_in_a_file_never_panic(bytes in vec(any::<u8>(), 0..200)) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("any.yaml");
        std::fs::write(&path, &bytes).expect("a file");
        prop_assert!(invmgmt_data::load_network(&path).is_err());
        prop_assert!(invmgmt_data::read_column(&path.clone().into(), "no such column").is_err());
    }
}
