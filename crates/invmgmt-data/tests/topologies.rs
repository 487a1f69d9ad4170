//! The networks that come as files, against the published numbers.

use invmgmt::network::{DeclaredLink, DeclaredNode, NodeId, preset};
use invmgmt_data::{TOPOLOGIES, topology};
use serde_json::Value;

fn published() -> Value {
    serde_json::from_str(include_str!("topologies.json")).expect("a JSON file")
}

fn number(entry: &Value, key: &str) -> Option<f64> {
    entry.get(key).map(|value| value.as_f64().expect("a number"))
}

fn id(entry: &Value, key: &str) -> NodeId {
    NodeId::Number(entry[key].as_i64().expect("a whole number"))
}

fn check_node(node: &DeclaredNode, entry: &Value) {
    assert_eq!(node.id, id(entry, "id"));
    assert_eq!(node.initial_inventory, number(entry, "I0"));
    assert_eq!(node.holding_cost, number(entry, "h"));
    assert_eq!(node.capacity, number(entry, "C"));
    assert_eq!(node.operating_cost, number(entry, "o"));
    assert_eq!(node.production_yield, number(entry, "v"));
}

fn check_link(link: &DeclaredLink, entry: &Value) {
    assert_eq!((&link.from, &link.to), (&id(entry, "from"), &id(entry, "to")));
    assert_eq!(link.lead_time.map(f64::from), number(entry, "L"));
    assert_eq!(link.price, number(entry, "p"));
    assert_eq!(link.pipeline_holding_cost, number(entry, "g"));
    assert_eq!(link.fixed_order_cost, number(entry, "K"));
    assert_eq!(link.unmet_penalty, number(entry, "b"));
    assert_eq!(
        link.demand.as_ref().map(|demand| demand.distribution.as_str()),
        entry["demand_dist"].as_str()
    );
    let mean = link.demand.as_ref().map(|demand| demand.parameters.as_slice());
    let published =
        entry.get("dist_param").map(|law| vec![("mu".to_owned(), number(law, "mu").expect("a mean").into())]);
    assert_eq!(mean, published.as_deref());
}

#[test]
fn every_topology_has_the_published_numbers_in_the_published_order() {
    let published = published();
    assert_eq!(published.as_object().map(serde_json::Map::len), Some(TOPOLOGIES.len()));
    for (name, _) in TOPOLOGIES {
        let declared = topology(name).expect("a topology").declared;
        let expected = &published[name];
        let (nodes, links) = (expected["nodes"].as_array().unwrap(), expected["edges"].as_array().unwrap());
        assert_eq!((declared.nodes.len(), declared.links.len()), (nodes.len(), links.len()), "{name}");
        declared.nodes.iter().zip(nodes).for_each(|(node, entry)| check_node(node, entry));
        declared.links.iter().zip(links).for_each(|(link, entry)| check_link(link, entry));
    }
}

#[test]
fn divergent_and_serial_are_the_presets() {
    for (file, name) in [("divergent", "network"), ("serial", "serial")] {
        let (file, preset) = (topology(file).expect("a topology").declared, preset(name).expect("a preset"));
        assert_eq!(file.nodes, preset.nodes, "{name}");
        assert_eq!(file.links, preset.links, "{name}");
    }
}

#[test]
fn every_topology_says_what_it_is() {
    for (name, _) in TOPOLOGIES {
        let declared = topology(name).expect("a topology").declared;
        assert!(declared.name.is_some() && declared.description.is_some(), "{name}");
    }
}

#[test]
fn an_unknown_topology_is_none() {
    assert!(topology("torus").is_none());
}
