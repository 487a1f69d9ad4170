//! Networks by name or file.

use std::fmt::Write as _;
use std::path::Path;

use invmgmt::network::{Network, PRESETS, preset};
use invmgmt_data::{TOPOLOGIES, did_you_mean, load_network, topology};

use crate::failure::{Failure, warn_all};
use crate::mistakes;
use crate::wording::counted;

/// Names that need no file, presets first; a topology that a preset is named after stands once.
pub(crate) fn names() -> Vec<&'static str> {
    let topologies = TOPOLOGIES.iter().map(|(name, _)| *name).filter(|name| !PRESETS.contains(name));
    PRESETS.into_iter().chain(topologies).collect()
}

/// The network of one of [`names`] or of their alias `base`.
pub(crate) fn by_name(name: &str) -> Option<Network> {
    match preset(name) {
        Some(declared) => Some(declared.compile().expect("a preset is sound")),
        None => topology(name),
    }
}

/// The network a person asks for: a name, or the path of a file.
pub(crate) fn load(name_or_path: &str) -> Result<Network, Failure> {
    if let Some(network) = by_name(name_or_path) {
        return Ok(network);
    }
    let path = Path::new(name_or_path);
    let like_a_path = name_or_path.contains(['/', '\\']) || path.extension().is_some() || path.exists();
    if like_a_path {
        let network = load_network(path).map_err(|error| {
            mistakes::report(path, &error);
            Failure::Reported
        })?;
        warn_all(network.notes.iter().map(ToString::to_string));
        return Ok(network);
    }
    Err(Failure::Refused(format!(
        "unknown network '{}'{}; known: {} (or base), or the path of a .yaml file",
        name_or_path.escape_debug(),
        did_you_mean(name_or_path, names()),
        names().join(", "),
    )))
}

/// A network's title, or that it has none.
pub(crate) fn title(network: &Network) -> &str {
    network.declared.name.as_deref().unwrap_or("unnamed network")
}

/// `9 nodes (1 market, 2 raw materials, 3 factories, 2 distributors, 1 retailer), 12 links`.
pub(crate) fn summary(network: &Network) -> String {
    let count = |held: fn(&invmgmt::network::Roles) -> bool| {
        network.nodes.rows().iter().filter(|node| held(&node.roles)).count()
    };
    let factories = count(|roles| roles.factory);
    let roles = [
        counted(count(|roles| roles.raw_material), "raw material"),
        if factories == 1 { "1 factory".to_owned() } else { format!("{factories} factories") },
        counted(count(|roles| roles.distributor && !roles.retailer), "distributor"),
        counted(count(|roles| roles.retailer), "retailer"),
        counted(count(|roles| roles.market), "market"),
    ];
    let present: Vec<String> = roles.into_iter().filter(|role| !role.starts_with("0 ")).collect();
    format!(
        "{} ({}), {}",
        counted(network.nodes.len(), "node"),
        present.join(", "),
        counted(network.links.len(), "link")
    )
}

/// Most links whose cover is listed.
const MOST_LISTED: usize = 24;

/// What a network with mechanisms adds to its line: its timeline, how many periods of demand an order must cover per
/// link, what was cut off laws of lead times, and the mechanisms in use; nothing for a plain network.
pub(crate) fn mechanism_words(network: &Network) -> String {
    let Some(physics) = network.physics.as_deref() else { return String::new() };
    let mut text = format!(
        "\n  timeline    {}: {}\n  mechanisms  {}",
        physics.timeline.name(),
        physics.timeline.phases(),
        network.mechanisms().set()
    );
    let name = |link| network.link_name(network.supply[link].link);
    text.push_str("\n  an order must cover, at the longest lead time:");
    for link in network.supply.indices().take(MOST_LISTED) {
        let periods = counted(network.periods_covered(link), "period");
        let _ = write!(text, "\n    {}: {periods} of demand", name(link));
    }
    if network.supply.len() > MOST_LISTED {
        let _ = write!(text, "\n    ... and {} more links", network.supply.len() - MOST_LISTED);
    }
    for lead in physics.leads.iter().filter(|lead| lead.law.cut > 0.0) {
        let (longest, cut) = (lead.law.longest(), lead.law.cut);
        let _ = write!(
            text,
            "\n  L of {}: chance {cut:.3e} of longer lead times was put on {longest}",
            name(lead.link)
        );
    }
    text
}
