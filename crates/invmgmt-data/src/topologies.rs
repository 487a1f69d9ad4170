//! The networks that come as files.

use invmgmt::network::Network;

use crate::network_file::network_from_yaml;

/// Names of the networks that come as files, each with the text of its file.
pub const TOPOLOGIES: [(&str, &str); 6] = [
    ("assembly", include_str!("../../../python/gym_invmgmt/topologies/assembly.yaml")),
    ("diamond", include_str!("../../../python/gym_invmgmt/topologies/diamond.yaml")),
    ("distribution_tree", include_str!("../../../python/gym_invmgmt/topologies/distribution_tree.yaml")),
    ("divergent", include_str!("../../../python/gym_invmgmt/topologies/divergent.yaml")),
    ("serial", include_str!("../../../python/gym_invmgmt/topologies/serial.yaml")),
    ("w_network", include_str!("../../../python/gym_invmgmt/topologies/w_network.yaml")),
];

/// The network of this name among [`TOPOLOGIES`], or none.
pub fn topology(name: &str) -> Option<Network> {
    let (_, text) = TOPOLOGIES.iter().find(|(known, _)| *known == name)?;
    Some(network_from_yaml(text).expect("a test reads every file that comes along"))
}
