//! A network as a person declares it: names, optional fields, nothing checked yet.

use std::fmt;

use super::Settings;
use crate::law::DeclaredDemand;

/// The name of a node: a whole number or a text. Numbers sort before texts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(untagged)]
pub enum NodeId {
    /// A whole number.
    Number(i64),
    /// A text.
    Text(String),
}

impl fmt::Display for NodeId {
    /// Control characters are shown escaped, so that a name cannot disturb a terminal or a log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => write!(f, "{number}"),
            Self::Text(text) => {
                for character in text.chars() {
                    if character.is_control() {
                        write!(f, "{}", character.escape_default())?;
                    } else {
                        write!(f, "{character}")?;
                    }
                }
                Ok(())
            }
        }
    }
}

impl From<i64> for NodeId {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<&str> for NodeId {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

/// A whole network as declared. [`DeclaredNetwork::compile`] checks it and makes the [`Network`](super::Network).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DeclaredNetwork {
    /// A title for people.
    pub name: Option<String>,
    /// What the network stands for, for people.
    pub description: Option<String>,
    /// The nodes; their order fixes the columns of the node matrices.
    pub nodes: Vec<DeclaredNode>,
    /// The links; their order fixes in which order a node's incoming deliveries are added up.
    pub links: Vec<DeclaredLink>,
    /// Keys that few networks have: [`NETWORK_KEYS`](super::NETWORK_KEYS).
    pub settings: Settings,
}

/// A node as declared.
#[derive(Clone, Debug, PartialEq)]
pub struct DeclaredNode {
    /// The name other parts of the network use.
    pub id: NodeId,
    /// Stock at the start, key `I0` [units].
    pub initial_inventory: Option<f64>,
    /// Cost of a unit on hand at the end of a period, key `h` [money / unit / period].
    pub holding_cost: Option<f64>,
    /// Units a factory can make in a period, key `C` [units / period].
    pub capacity: Option<f64>,
    /// Cost of a unit of stock used in production, key `o` [money / unit].
    pub operating_cost: Option<f64>,
    /// Units out per unit of stock used, key `v`, in (0, 1].
    pub production_yield: Option<f64>,
    /// Worth of a unit on hand when the horizon ends, key `salvage_value` [money / unit].
    pub salvage_value: Option<f64>,
    /// Keys that few nodes have: those of [`NODE_KEYS`](super::NODE_KEYS) without a field here.
    pub settings: Settings,
}

impl DeclaredNode {
    /// A node with a name and nothing else: a market or a source of raw material.
    pub fn new(id: impl Into<NodeId>) -> Self {
        Self {
            id: id.into(),
            initial_inventory: None,
            holding_cost: None,
            capacity: None,
            operating_cost: None,
            production_yield: None,
            salvage_value: None,
            settings: Settings::default(),
        }
    }

    /// A node that holds stock.
    pub fn stocking(id: impl Into<NodeId>, initial_inventory: f64, holding_cost: f64) -> Self {
        Self { initial_inventory: Some(initial_inventory), holding_cost: Some(holding_cost), ..Self::new(id) }
    }

    /// This node as a factory.
    #[must_use]
    pub fn factory(self, capacity: f64, operating_cost: f64, production_yield: f64) -> Self {
        Self {
            capacity: Some(capacity),
            operating_cost: Some(operating_cost),
            production_yield: Some(production_yield),
            ..self
        }
    }
}

/// A link as declared: a supply link between nodes, or a market link where customers buy.
#[derive(Clone, Debug, PartialEq)]
pub struct DeclaredLink {
    /// The supplier.
    pub from: NodeId,
    /// The buyer.
    pub to: NodeId,
    /// Periods from order to receipt, key `L`, where they are fixed; supply links only.
    pub lead_time: Option<u32>,
    /// Price of a unit, key `p` [money / unit].
    pub price: Option<f64>,
    /// Cost of a unit on its way at the end of a period, key `g` [money / unit / period]; supply links only.
    pub pipeline_holding_cost: Option<f64>,
    /// Cost of placing an order that is filled at all, key `K` [money / order]; supply links only.
    pub fixed_order_cost: Option<f64>,
    /// Penalty for a unit left unmet in a period, key `b` [money / unit / period]; on a supply link for one that is
    /// owed or lost there.
    pub unmet_penalty: Option<f64>,
    /// How customers' demand varies, keys `demand_dist` and `dist_param`; market links only.
    pub demand: Option<DeclaredDemand>,
    /// Keys that few links have: those of [`LINK_KEYS`](super::LINK_KEYS) without a field here.
    pub settings: Settings,
}

impl DeclaredLink {
    /// A supply link.
    pub fn supply(
        from: impl Into<NodeId>,
        to: impl Into<NodeId>,
        lead_time: u32,
        price: f64,
        pipeline_holding_cost: f64,
    ) -> Self {
        Self {
            lead_time: Some(lead_time),
            pipeline_holding_cost: Some(pipeline_holding_cost),
            ..Self::bare(from, to, Some(price))
        }
    }

    /// A market link.
    pub fn market(
        from: impl Into<NodeId>,
        to: impl Into<NodeId>,
        price: f64,
        unmet_penalty: f64,
        demand: DeclaredDemand,
    ) -> Self {
        Self { unmet_penalty: Some(unmet_penalty), demand: Some(demand), ..Self::bare(from, to, Some(price)) }
    }

    /// A link with its ends and nothing else.
    pub fn bare(from: impl Into<NodeId>, to: impl Into<NodeId>, price: Option<f64>) -> Self {
        Self {
            from: from.into(),
            to: to.into(),
            lead_time: None,
            price,
            pipeline_holding_cost: None,
            fixed_order_cost: None,
            unmet_penalty: None,
            demand: None,
            settings: Settings::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_sort_as_numbers_and_before_texts() {
        let mut ids: Vec<NodeId> = vec!["10".into(), 10.into(), "a".into(), 9.into(), (-1).into()];
        ids.sort();
        assert_eq!(ids, [(-1).into(), 9.into(), 10.into(), NodeId::from("10"), "a".into()]);
    }

    #[test]
    fn a_name_cannot_disturb_a_terminal() {
        assert_eq!(NodeId::from("a\u{1b}[2J\r\nb").to_string(), "a\\u{1b}[2J\\r\\nb");
        assert_eq!(NodeId::from("München 倉庫").to_string(), "München 倉庫");
    }
}
