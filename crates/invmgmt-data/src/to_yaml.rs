//! Declared networks as YAML.

use std::fmt::Write as _;

use invmgmt::network::{DeclaredDemand, DeclaredLink, DeclaredNetwork, DeclaredNode, NodeId};

/// A network file of a declared network: reading it gives the same network back.
///
/// Names that any version of YAML could take for something else than a text are quoted, and numbers are spelled so
/// that every version reads them as numbers.
///
/// ```
/// let preset = invmgmt::network::preset("serial").expect("a preset");
/// let text = invmgmt_data::to_yaml(&preset);
/// assert_eq!(invmgmt_data::network_from_yaml(&text)?.declared, preset);
/// # Ok::<(), invmgmt_data::FileError>(())
/// ```
pub fn to_yaml(network: &DeclaredNetwork) -> String {
    let mut lines = Vec::new();
    for (key, text) in [("name", &network.name), ("description", &network.description)] {
        lines.extend(text.as_ref().map(|text| format!("{key}: {}", spelled_text(text))));
    }
    lines.push("nodes:".to_owned());
    lines.extend(network.nodes.iter().map(node));
    lines.push("edges:".to_owned());
    lines.extend(network.links.iter().map(link));
    lines.push(String::new());
    lines.join("\n")
}

fn node(node: &DeclaredNode) -> String {
    let fields = [
        Some(("id", spelled_id(&node.id))),
        numbered("I0", node.initial_inventory),
        numbered("C", node.capacity),
        numbered("o", node.operating_cost),
        numbered("v", node.production_yield),
        numbered("h", node.holding_cost),
    ];
    item(fields)
}

fn link(link: &DeclaredLink) -> String {
    let demand = link.demand.as_ref();
    let fields = [
        Some(("from", spelled_id(&link.from))),
        Some(("to", spelled_id(&link.to))),
        link.lead_time.map(|periods| ("L", periods.to_string())),
        numbered("p", link.price),
        numbered("g", link.pipeline_holding_cost),
        numbered("K", link.fixed_order_cost),
        numbered("b", link.unmet_penalty),
        demand.map(|demand| ("demand_dist", spelled_text(&demand.distribution))),
        demand.map(|demand| ("dist_param", parameters(demand))),
    ];
    item(fields)
}

fn parameters(demand: &DeclaredDemand) -> String {
    let spelled = demand.parameters.iter();
    let spelled = spelled.map(|(name, value)| format!("{}: {}", spelled_text(name), spelled_number(*value)));
    format!("{{{}}}", spelled.collect::<Vec<_>>().join(", "))
}

fn item<const N: usize>(fields: [Option<(&str, String)>; N]) -> String {
    let fields: Vec<String> =
        fields.into_iter().flatten().map(|(key, value)| format!("{key}: {value}")).collect();
    format!("  - {{{}}}", fields.join(", "))
}

fn numbered(key: &'static str, value: Option<f64>) -> Option<(&'static str, String)> {
    value.map(|value| (key, spelled_number(value)))
}

fn spelled_id(id: &NodeId) -> String {
    match id {
        NodeId::Number(number) => number.to_string(),
        NodeId::Text(text) => spelled_text(text),
    }
}

/// The shortest spelling that reads back as the same double. YAML 1.1 knows no exponent without a point and a sign.
pub(crate) fn spelled_number(value: f64) -> String {
    if value.is_nan() {
        return ".nan".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { ".inf" } else { "-.inf" }.to_owned();
    }
    let shortest = format!("{value:?}");
    let Some((digits, exponent)) = shortest.split_once('e') else {
        return shortest;
    };
    let digits = if digits.contains('.') { digits.to_owned() } else { format!("{digits}.0") };
    let sign = if exponent.starts_with('-') { "" } else { "+" };
    format!("{digits}e{sign}{exponent}")
}

/// A text, quoted unless it is one plain word that means nothing else.
pub(crate) fn spelled_text(text: &str) -> String {
    let begins_as_word = text.starts_with(|first: char| first.is_ascii_alphabetic());
    let is_word = text.chars().all(|character| character.is_ascii_alphanumeric() || "_-".contains(character));
    if begins_as_word && is_word && !means_something_else(text) {
        return text.to_owned();
    }
    let mut quoted = String::from('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            // Control characters, line separators and the byte order mark do not survive in a text as they are.
            character
                if character.is_control() || matches!(character, '\u{2028}' | '\u{2029}' | '\u{feff}') =>
            {
                write!(quoted, "\\u{:04X}", u32::from(character))
                    .expect("a string takes all that is written");
            }
            character => quoted.push(character),
        }
    }
    quoted.push('"');
    quoted
}

/// Whether some version of YAML reads this word as a truth value or as nothing.
fn means_something_else(word: &str) -> bool {
    const TAKEN: [&str; 9] = ["y", "n", "yes", "no", "on", "off", "true", "false", "null"];
    TAKEN.contains(&word.to_ascii_lowercase().as_str())
}
