//! Whatever is declared, compiling it yields a network that can be played, or says what is wrong.

use invmgmt::Problem;
use invmgmt::demand::{DemandConfig, DemandModel};
use invmgmt::episode::Episode;
use invmgmt::network::{DeclaredLink, DeclaredNetwork, DeclaredNode, Network, NodeId, TableIndex};
use invmgmt::period::Rules;
use proptest::prelude::*;

use super::cases::{Choices, choices, draw_network};

/// Numbers that are, and are not, allowed somewhere.
const NUMBERS: [f64; 9] = [0.0, 1.0, 0.5, 40.0, -1.0, f64::NAN, f64::INFINITY, 1e300, -0.0];

fn number(choices: &mut Choices) -> Option<f64> {
    (!choices.once_in(3)).then(|| NUMBERS[choices.below(NUMBERS.len())])
}

fn id(choices: &mut Choices) -> NodeId {
    match choices.below(20) {
        18 => "node 3".into(),
        19 => "\u{1b}[31m".into(),
        number => (number as i64 % 6).into(),
    }
}

/// Nodes and links without any plan.
fn anything(choices: &mut Choices) -> DeclaredNetwork {
    let nodes = (0..choices.below(7)).map(|_| any_node(choices)).collect();
    let links = (0..choices.below(10)).map(|_| any_link(choices)).collect();
    DeclaredNetwork { nodes, links, ..DeclaredNetwork::default() }
}

fn any_node(choices: &mut Choices) -> DeclaredNode {
    DeclaredNode {
        initial_inventory: number(choices),
        holding_cost: number(choices),
        capacity: number(choices),
        operating_cost: number(choices),
        production_yield: number(choices),
        salvage_value: number(choices),
        ..DeclaredNode::new(id(choices))
    }
}

fn any_link(choices: &mut Choices) -> DeclaredLink {
    DeclaredLink {
        lead_time: [None, Some(0), Some(3), Some(99_999), Some(u32::MAX)][choices.below(5)],
        price: number(choices),
        pipeline_holding_cost: number(choices),
        fixed_order_cost: number(choices),
        unmet_penalty: number(choices),
        demand: None,
        ..DeclaredLink::bare(id(choices), id(choices), None)
    }
}

/// One thing about a network made different.
fn change(network: &mut DeclaredNetwork, choices: &mut Choices) {
    let (node, link) = (choices.below(network.nodes.len().max(1)), choices.below(network.links.len().max(1)));
    match choices.below(10) {
        0 => network.nodes.push(any_node(choices)),
        1 => network.links.push(any_link(choices)),
        2 if !network.nodes.is_empty() => drop(network.nodes.remove(node)),
        3 if !network.links.is_empty() => drop(network.links.remove(link)),
        4 => network.links.extend(network.links.get(link).cloned()),
        5 => {
            if let Some(link) = network.links.get_mut(link) {
                std::mem::swap(&mut link.from, &mut link.to);
            }
        }
        6 => {
            if let Some(link) = network.links.get_mut(link) {
                link.to = id(choices);
            }
        }
        7 => {
            if let Some(node) = network.nodes.get_mut(node) {
                node.id = id(choices);
            }
        }
        8 => {
            if let Some(node) = network.nodes.get_mut(node) {
                *node = DeclaredNode { id: node.id.clone(), ..any_node(choices) };
            }
        }
        _ => {
            if let Some(link) = network.links.get_mut(link) {
                *link = DeclaredLink { from: link.from.clone(), to: link.to.clone(), ..any_link(choices) };
            }
        }
    }
}

/// Whether some longest path reaches every node: with a cycle there is none.
fn goods_flow_one_way(network: &Network) -> bool {
    let mut depth = vec![0; network.nodes.len()];
    let links = || network.links.indices().map(|link| network.ends(link));
    for _ in 0..depth.len() {
        for (from, to) in links() {
            depth[to.position()] = depth[to.position()].max(depth[from.position()] + 1);
        }
    }
    links().all(|(from, to)| depth[from.position()] < depth[to.position()])
}

fn compiles_and_plays_or_is_explained(declared: DeclaredNetwork) -> Result<(), TestCaseError> {
    let network = match declared.compile() {
        Ok(network) => network,
        Err(error) => {
            prop_assert!(!error.0.is_empty());
            prop_assert!(error.0.iter().all(|mistake| !mistake.message.is_empty()));
            prop_assert!(!error.to_string().contains('\u{1b}'), "control characters are shown escaped");
            return Ok(());
        }
    };
    prop_assert!(goods_flow_one_way(&network));
    let demand = DemandModel::new(DemandConfig::default()).expect("usable demand");
    let mut episode = Episode::begin(&Problem::new(network.clone(), demand.clone(), Rules::default(), 3), 1)
        .expect("an episode");
    while !episode.is_over() {
        episode.step(&vec![10.0; network.supply.len()]).expect("a playable action");
    }
    prop_assert_eq!(network.observation_labels().len(), episode.observation().len());
    prop_assert_eq!(network.links.len(), network.supply.len() + network.market.len());
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    #[test]
    fn arbitrary_nodes_and_links_compile_or_are_explained(mut choices in choices()) {
        compiles_and_plays_or_is_explained(anything(&mut choices))?;
    }

    #[test]
    fn a_valid_network_with_a_few_changes_compiles_or_is_explained(mut choices in choices()) {
        let mut declared = draw_network(&mut choices);
        for _ in 0..choices.below(4) {
            change(&mut declared, &mut choices);
        }
        compiles_and_plays_or_is_explained(declared)?;
    }
}
