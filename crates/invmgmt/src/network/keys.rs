//! The keys of nodes and links, one row each: reader, writer, validation, schemas, binding and pictures go by them.

use super::{DeclaredDemand, DeclaredLink, DeclaredNode, MAX_LEAD_TIME, Roles};
use crate::demand::DISTRIBUTIONS;
use crate::mechanism::Mechanism;
use crate::range::Range;

/// A key of a node or of a link, as a network file has it.
///
/// ```
/// use invmgmt::network::{DeclaredNode, KeyValue, node_key};
///
/// let mut node = DeclaredNode::stocking("shop", 100.0, 0.1);
/// let row = node_key("I0").expect("a key");
/// assert_eq!((row.name, row.unit), ("initial inventory", "units"));
/// row.put(&mut node, KeyValue::Number(80.0));
/// assert_eq!(node.initial_inventory, Some(80.0));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct NetworkKey<T: 'static> {
    /// Its name in files.
    pub key: &'static str,
    /// The same in words.
    pub name: &'static str,
    /// Its unit; 1 for what has none.
    pub unit: &'static str,
    /// What has it.
    pub owner: KeyOwner,
    /// What its value is.
    pub form: KeyForm,
    /// Whether every owner must have it.
    pub required: bool,
    /// The key without which it may not stand.
    pub needs: Option<&'static str>,
    /// What a value other than the neutral one switches on.
    pub mechanism: Option<Mechanism>,
    /// The value that is as good as none.
    pub neutral: Option<f64>,
    /// Whether the rules of a scenario may give every node another value.
    pub in_rules: bool,
    /// Whether it limits what flows: left without effect, it would let goods appear.
    pub limits: bool,
    get: fn(&T) -> KeyValue,
    put: fn(&mut T, KeyValue),
}

/// What has a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyOwner {
    /// A node that holds stock.
    Stock,
    /// A node that makes units out of stock.
    Factory,
    /// Any link.
    Link,
    /// A link on which a node buys.
    SupplyLink,
    /// A link on which customers buy.
    MarketLink,
}

/// What the value of a key is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum KeyForm {
    /// A number.
    Number(Range),
    /// A whole number from 0 to this.
    Whole(u32),
    /// One of these words.
    Word(&'static [&'static str]),
    /// Names with a number each.
    Numbers,
}

/// The value of a key.
#[derive(Clone, Debug, PartialEq)]
pub enum KeyValue {
    /// None was given.
    Absent,
    /// A number.
    Number(f64),
    /// A whole number.
    Whole(u32),
    /// A word.
    Word(String),
    /// Names with a number each, in order of declaration.
    Numbers(Vec<(String, f64)>),
}

impl KeyValue {
    /// The value as a number, if it is one.
    pub fn number(&self) -> Option<f64> {
        match *self {
            Self::Number(number) => Some(number),
            Self::Whole(number) => Some(f64::from(number)),
            _ => None,
        }
    }
}

/// A kind of field that values are kept in.
trait Held: Sized {
    fn value(&self) -> KeyValue;
    /// The field's content, if the value is of its kind.
    fn of(value: KeyValue) -> Option<Self>;
}

impl Held for Option<f64> {
    fn value(&self) -> KeyValue {
        self.map_or(KeyValue::Absent, KeyValue::Number)
    }

    fn of(value: KeyValue) -> Option<Self> {
        match value {
            KeyValue::Absent => Some(None),
            KeyValue::Number(number) => Some(Some(number)),
            _ => None,
        }
    }
}

impl Held for Option<u32> {
    fn value(&self) -> KeyValue {
        self.map_or(KeyValue::Absent, KeyValue::Whole)
    }

    fn of(value: KeyValue) -> Option<Self> {
        match value {
            KeyValue::Absent => Some(None),
            KeyValue::Whole(number) => Some(Some(number)),
            _ => None,
        }
    }
}

/// A row with the field it stands for.
macro_rules! row {
    ($of:ty: $key:literal, $name:literal, $unit:literal, $owner:ident, $form:expr, $field:ident) => {
        NetworkKey::plain(
            ($key, $name, $unit),
            KeyOwner::$owner,
            $form,
            |declared: &$of| declared.$field.value(),
            |declared: &mut $of, value| {
                if let Some(value) = Held::of(value) {
                    declared.$field = value;
                }
            },
        )
    };
}

impl<T> NetworkKey<T> {
    /// A key that may be left out, needs no other and switches nothing on.
    const fn plain(
        (key, name, unit): (&'static str, &'static str, &'static str),
        owner: KeyOwner,
        form: KeyForm,
        get: fn(&T) -> KeyValue,
        put: fn(&mut T, KeyValue),
    ) -> Self {
        let (required, in_rules, limits) = (false, false, false);
        let (needs, mechanism, neutral) = (None, None, None);
        Self { key, name, unit, owner, form, required, needs, mechanism, neutral, in_rules, limits, get, put }
    }

    const fn required(self) -> Self {
        Self { required: true, ..self }
    }

    const fn needing(self, key: &'static str) -> Self {
        Self { needs: Some(key), ..self }
    }

    /// A key that switches a mechanism on, with any value or with any but the neutral one.
    const fn switching(self, mechanism: Mechanism, neutral: Option<f64>) -> Self {
        Self { mechanism: Some(mechanism), neutral, ..self }
    }

    const fn limiting(self) -> Self {
        Self { limits: true, ..self }
    }

    const fn in_rules(self) -> Self {
        Self { in_rules: true, ..self }
    }

    /// Its value.
    pub fn get(&self, declared: &T) -> KeyValue {
        (self.get)(declared)
    }

    /// Sets its value; one of another kind is left out. Its range is checked when the network is compiled.
    pub fn put(&self, declared: &mut T, value: KeyValue) {
        (self.put)(declared, value);
    }

    /// The mechanism that the key switches on here.
    pub fn switched_on(&self, declared: &T) -> Option<Mechanism> {
        let value = self.get(declared);
        let is_neutral =
            value == KeyValue::Absent || (self.neutral.is_some() && value.number() == self.neutral);
        self.mechanism.filter(|_| !is_neutral)
    }
}

const NON_NEGATIVE: KeyForm = KeyForm::Number(Range::NonNegative);
const SHARE: KeyForm = KeyForm::Number(Range::Share);

/// The keys of a node, its id left out.
#[rustfmt::skip]
pub const NODE_KEYS: &[NetworkKey<DeclaredNode>] = &[
    row!(DeclaredNode: "I0", "initial inventory", "units", Stock, NON_NEGATIVE, initial_inventory).required(),
    row!(DeclaredNode: "h", "holding cost", "money / unit / period", Stock, NON_NEGATIVE, holding_cost).required(),
    row!(DeclaredNode: "C", "capacity", "units / period", Stock, NON_NEGATIVE, capacity)
        .switching(Mechanism::Capacity, None).limiting(),
    row!(DeclaredNode: "o", "operating cost", "money / unit", Factory, NON_NEGATIVE, operating_cost)
        .required().needing("C"),
    row!(DeclaredNode: "v", "yield", "1", Factory, SHARE, production_yield)
        .required().needing("C").switching(Mechanism::Yield, Some(1.0)).limiting(),
    row!(DeclaredNode: "salvage_value", "worth of a unit left at the end", "money / unit", Stock, NON_NEGATIVE, salvage_value)
        .switching(Mechanism::Salvage, Some(0.0)).in_rules(),
];

/// The keys of a link, its ends left out.
#[rustfmt::skip]
pub const LINK_KEYS: &[NetworkKey<DeclaredLink>] = &[
    row!(DeclaredLink: "L", "lead time", "periods", SupplyLink, KeyForm::Whole(MAX_LEAD_TIME), lead_time).required(),
    row!(DeclaredLink: "p", "price", "money / unit", Link, NON_NEGATIVE, price).required(),
    row!(DeclaredLink: "g", "pipeline holding cost", "money / unit / period", SupplyLink, NON_NEGATIVE, pipeline_holding_cost)
        .required(),
    row!(DeclaredLink: "K", "fixed order cost", "money / order", SupplyLink, NON_NEGATIVE, fixed_order_cost)
        .switching(Mechanism::FixedOrderCosts, Some(0.0)),
    row!(DeclaredLink: "b", "backlog penalty", "money / unit / period", MarketLink, NON_NEGATIVE, unmet_penalty).required(),
    // The law of demand stands under two keys.
    NetworkKey::plain(
        ("demand_dist", "demand distribution", "1"),
        KeyOwner::MarketLink,
        KeyForm::Word(&DISTRIBUTIONS),
        |link| law(link).map_or(KeyValue::Absent, |law| KeyValue::Word(law.distribution.clone())),
        |link, value| if let KeyValue::Word(name) = value { law_of(link).distribution = name },
    ).needing("dist_param"),
    NetworkKey::plain(
        ("dist_param", "distribution parameters", "units"),
        KeyOwner::MarketLink,
        KeyForm::Numbers,
        |link| law(link).map_or(KeyValue::Absent, |law| KeyValue::Numbers(law.parameters.clone())),
        |link, value| if let KeyValue::Numbers(numbers) = value { law_of(link).parameters = numbers },
    ).needing("demand_dist"),
];

fn law(link: &DeclaredLink) -> Option<&DeclaredDemand> {
    link.demand.as_ref()
}

fn law_of(link: &mut DeclaredLink) -> &mut DeclaredDemand {
    link.demand.get_or_insert_with(|| DeclaredDemand { distribution: String::new(), parameters: Vec::new() })
}

/// The key of nodes of this name.
pub fn node_key(key: &str) -> Option<&'static NetworkKey<DeclaredNode>> {
    NODE_KEYS.iter().find(|row| row.key == key)
}

/// The key of links of this name.
pub fn link_key(key: &str) -> Option<&'static NetworkKey<DeclaredLink>> {
    LINK_KEYS.iter().find(|row| row.key == key)
}

impl KeyOwner {
    /// Whether a node of these roles has the key.
    pub fn is_node(self, roles: Roles) -> bool {
        match self {
            Self::Stock => roles.managed(),
            Self::Factory => roles.factory,
            Self::Link | Self::SupplyLink | Self::MarketLink => false,
        }
    }

    /// Whether a link, into a market or not, has the key.
    pub fn is_link(self, into_market: bool) -> bool {
        match self {
            Self::Link => true,
            Self::SupplyLink => !into_market,
            Self::MarketLink => into_market,
            Self::Stock | Self::Factory => false,
        }
    }

    /// In words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Stock => "node that holds stock",
            Self::Factory => "factory",
            Self::Link => "link",
            Self::SupplyLink => "supply link",
            Self::MarketLink => "market link",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::{DeclaredNetwork, preset};

    fn value(form: KeyForm) -> KeyValue {
        match form {
            KeyForm::Number(_) => KeyValue::Number(0.625),
            KeyForm::Whole(_) => KeyValue::Whole(7),
            KeyForm::Word(words) => KeyValue::Word(words[1].to_owned()),
            KeyForm::Numbers => KeyValue::Numbers(vec![("loc".to_owned(), 3.0)]),
        }
    }

    /// Sets every key of a table in turn and sees that no other one moves.
    fn each_alone<T: Clone>(keys: &'static [NetworkKey<T>], bare: &T) -> T {
        let mut all = bare.clone();
        for row in keys {
            let mut one = bare.clone();
            row.put(&mut one, value(row.form));
            row.put(&mut all, value(row.form));
            assert_eq!(row.get(&one), value(row.form), "{}", row.key);
            let law = |key: &str| ["demand_dist", "dist_param"].contains(&key);
            for other in keys.iter().filter(|other| other.key != row.key && !(law(row.key) && law(other.key)))
            {
                assert_eq!(other.get(&one), KeyValue::Absent, "{} after {}", other.key, row.key);
            }
        }
        all
    }

    #[test]
    fn every_key_has_a_field_of_its_own_and_every_field_a_key() {
        let node = each_alone(NODE_KEYS, &DeclaredNode::new(1));
        let link = each_alone(LINK_KEYS, &DeclaredLink::bare(1, 2, None));
        // What is shown of a declaration with every key set has no field left without one.
        for shown in [format!("{node:?}"), format!("{link:?}")] {
            assert!(!shown.contains("None"), "{shown}");
        }
    }

    #[test]
    fn a_key_switches_its_mechanism_on_where_it_is_not_neutral() {
        let yields = node_key("v").expect("a key");
        let factory = |share| DeclaredNode::stocking(1, 0.0, 0.0).factory(10.0, 0.0, share);
        assert_eq!(yields.switched_on(&factory(0.5)), Some(Mechanism::Yield));
        assert_eq!(yields.switched_on(&factory(1.0)), None);
        assert_eq!(yields.switched_on(&DeclaredNode::new(1)), None);
        let capacity = node_key("C").expect("a key");
        assert_eq!(capacity.switched_on(&factory(1.0)), Some(Mechanism::Capacity));
    }

    #[test]
    fn what_the_table_requires_is_missed_by_name() {
        let declared = preset("network").expect("a preset");
        let refusal = |declared: DeclaredNetwork, key: &str| {
            let error = declared.compile().expect_err("refused").to_string();
            assert!(error.contains(key) && error.contains("missing"), "{key}: {error}");
        };
        for row in NODE_KEYS.iter().filter(|row| row.required) {
            let mut without = declared.clone();
            let factory = without.nodes.iter_mut().find(|node| node.capacity.is_some()).expect("a factory");
            row.put(factory, KeyValue::Absent);
            refusal(without, row.key);
        }
        for row in LINK_KEYS
            .iter()
            .filter(|row| row.required && !matches!(row.form, KeyForm::Numbers | KeyForm::Word(_)))
        {
            let mut without = declared.clone();
            let link =
                without.links.iter_mut().find(|link| row.get(link) != KeyValue::Absent).expect("a link");
            row.put(link, KeyValue::Absent);
            refusal(without, row.key);
        }
    }
}
