//! The keys of nodes and links, one row each: reader, writer, validation, schemas, binding and pictures go by them.

use std::fmt;

use super::{
    DeclaredDemand, DeclaredLink, DeclaredNetwork, DeclaredNode, MAX_LEAD_TIME, Roles, Setting, Settings,
    terms,
};
use crate::demand::DISTRIBUTIONS;
use crate::law::LawValue;
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
    /// What must have it.
    pub required: Option<KeyOwner>,
    /// The key without which it may not stand.
    pub needs: Option<&'static str>,
    /// What a value other than the neutral one switches on.
    pub mechanism: Option<Mechanism>,
    /// The value that is as good as none.
    pub neutral: Option<Neutral>,
    /// Whether the rules of a scenario may give every node another value.
    pub in_rules: bool,
    /// Whether it limits what flows: left without effect, it would let goods appear.
    pub limits: bool,
    field: Field<T>,
}

/// What keeps keys that few have beside those with a field.
pub trait HasSettings {
    /// The keys that few have.
    fn settings(&self) -> &Settings;
    /// The same, to change them.
    fn settings_mut(&mut self) -> &mut Settings;
}

macro_rules! has_settings {
    ($($of:ty),*) => {
        $(impl HasSettings for $of {
            fn settings(&self) -> &Settings {
                &self.settings
            }

            fn settings_mut(&mut self) -> &mut Settings {
                &mut self.settings
            }
        })*
    };
}

has_settings!(DeclaredNetwork, DeclaredNode, DeclaredLink);

/// Where a declaration keeps the value of a key.
#[derive(Clone, Copy, Debug)]
enum Field<T: 'static> {
    /// In a field of its own; what is more than one number stands among the keys that few networks have.
    Own { get: fn(&T) -> KeyValue, put: fn(&mut T, KeyValue) },
    /// Among the keys that few networks have.
    Setting,
}

/// A value that is as good as none.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Neutral {
    /// A number.
    Number(f64),
    /// A word.
    Word(&'static str),
}

impl Neutral {
    /// The number, if it is one.
    pub fn number(self) -> Option<f64> {
        if let Self::Number(number) = self { Some(number) } else { None }
    }
}

/// What has a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyOwner {
    /// The network as a whole.
    Network,
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
    /// `true` or `false`.
    Flag,
    /// Something else; this is its JSON Schema.
    Structure(&'static str),
    /// A whole number from 0 to this, or something else, of which this is the JSON Schema.
    WholeOr(u32, &'static str),
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
    Numbers(Vec<(String, LawValue)>),
    /// `true` or `false`.
    Flag(bool),
    /// Something else.
    Structure(Setting),
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

impl fmt::Display for KeyValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absent => write!(f, "nothing"),
            Self::Number(number) => write!(f, "{number}"),
            Self::Whole(number) => write!(f, "{number}"),
            Self::Word(word) => write!(f, "text '{}'", word.escape_debug()),
            Self::Numbers(_) => write!(f, "a mapping"),
            Self::Flag(flag) => write!(f, "{flag}"),
            Self::Structure(setting) => write!(f, "{setting}"),
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
            Field::Own {
                get: |declared: &$of| declared.$field.value(),
                put: |declared: &mut $of, value| {
                    if let Some(value) = Held::of(value) {
                        declared.$field = value;
                    }
                },
            },
        )
    };
}

/// A row of a key that few networks have.
macro_rules! setting {
    ($of:ty: $key:literal, $name:literal, $unit:literal, $owner:ident, $form:expr) => {
        NetworkKey::plain(($key, $name, $unit), KeyOwner::$owner, $form, Field::<$of>::Setting)
    };
}

impl<T> NetworkKey<T> {
    /// A key that may be left out, needs no other and switches nothing on.
    const fn plain(
        (key, name, unit): (&'static str, &'static str, &'static str),
        owner: KeyOwner,
        form: KeyForm,
        field: Field<T>,
    ) -> Self {
        let (in_rules, limits) = (false, false);
        let (required, needs, mechanism, neutral) = (None, None, None, None);
        Self { key, name, unit, owner, form, required, needs, mechanism, neutral, in_rules, limits, field }
    }

    const fn required(self) -> Self {
        Self { required: Some(self.owner), ..self }
    }

    const fn required_of(self, owner: KeyOwner) -> Self {
        Self { required: Some(owner), ..self }
    }

    const fn needing(self, key: &'static str) -> Self {
        Self { needs: Some(key), ..self }
    }

    /// A key that switches a mechanism on, with any value or with any but the neutral one.
    const fn switching(self, mechanism: Mechanism, neutral: Option<f64>) -> Self {
        let neutral = if let Some(number) = neutral { Some(Neutral::Number(number)) } else { None };
        Self { mechanism: Some(mechanism), neutral, ..self }
    }

    /// A key that switches a mechanism on with any word but this.
    const fn switching_but(self, mechanism: Mechanism, neutral: &'static str) -> Self {
        Self { mechanism: Some(mechanism), neutral: Some(Neutral::Word(neutral)), ..self }
    }

    const fn limiting(self) -> Self {
        Self { limits: true, ..self }
    }

    const fn in_rules(self) -> Self {
        Self { in_rules: true, ..self }
    }

    /// Its value.
    pub fn get(&self, declared: &T) -> KeyValue
    where
        T: HasSettings,
    {
        let own = match self.field {
            Field::Own { get, .. } => get(declared),
            Field::Setting => KeyValue::Absent,
        };
        if own == KeyValue::Absent { declared.settings().get(self.key).clone() } else { own }
    }

    /// Sets its value; one of another kind is left out. Its range is checked when the network is compiled.
    pub fn put(&self, declared: &mut T, value: KeyValue)
    where
        T: HasSettings,
    {
        match self.field {
            Field::Own { put, .. } => {
                let (own, more) = if matches!(value, KeyValue::Structure(_)) {
                    (KeyValue::Absent, value)
                } else {
                    (value, KeyValue::Absent)
                };
                put(declared, own);
                declared.settings_mut().put(self.key, more);
            }
            Field::Setting => declared.settings_mut().put(self.key, value),
        }
    }

    /// Whether few networks have it: a key of a mechanism.
    pub(super) const fn is_setting(&self) -> bool {
        matches!(self.field, Field::Setting)
    }

    /// The mechanism that the key switches on here.
    pub fn switched_on(&self, declared: &T) -> Option<Mechanism>
    where
        T: HasSettings,
    {
        let value = self.get(declared);
        let is_neutral = match (&value, self.neutral) {
            (KeyValue::Absent, _) => true,
            // The plain number among more than numbers.
            (KeyValue::Whole(_), _) if matches!(self.form, KeyForm::WholeOr(..)) => true,
            (KeyValue::Structure(setting), _) => terms::is_neutral(self.key, setting),
            (KeyValue::Word(word), Some(Neutral::Word(neutral))) => word == neutral,
            (value, Some(Neutral::Number(neutral))) => value.number() == Some(neutral),
            _ => false,
        };
        self.mechanism.filter(|_| !is_neutral)
    }
}

const NON_NEGATIVE: KeyForm = KeyForm::Number(Range::NonNegative);
const SHARE: KeyForm = KeyForm::Number(Range::Share);

/// Most periods of a delay, a life or a wait.
const MOST_PERIODS: KeyForm = KeyForm::Whole(MAX_LEAD_TIME);
/// A list of quantities.
const QUANTITIES: KeyForm =
    KeyForm::Structure(r#"{"type": "array", "items": {"type": "number", "minimum": 0}}"#);

/// The keys of a network as a whole, its title, nodes and links left out.
#[rustfmt::skip]
pub const NETWORK_KEYS: &[NetworkKey<DeclaredNetwork>] = &[
    setting!(DeclaredNetwork: "timeline", "order of the events of a period", "1", Network, KeyForm::Word(&["release", "order-first", "beer"]))
        .switching_but(Mechanism::Timeline, "release"),
    setting!(DeclaredNetwork: "units", "whole or real units", "1", Network, KeyForm::Word(&["real", "whole"]))
        .switching_but(Mechanism::WholeUnits, "real"),
    setting!(DeclaredNetwork: "life", "shelf life", "periods", Network, MOST_PERIODS).switching(Mechanism::ShelfLife, None),
    setting!(DeclaredNetwork: "disruptions", "disruptions", "1", Network, KeyForm::Structure(DISRUPTIONS_SCHEMA))
        .switching(Mechanism::Disruptions, None),
    setting!(DeclaredNetwork: "products", "products", "1", Network, KeyForm::Structure(PRODUCTS_SCHEMA))
        .switching(Mechanism::Products, None),
    setting!(DeclaredNetwork: "resources", "shared resources", "1", Network, KeyForm::Structure(RESOURCES_SCHEMA))
        .switching(Mechanism::Resources, None),
    setting!(DeclaredNetwork: "joint", "shared costs of orders", "1", Network, KeyForm::Structure(JOINT_SCHEMA))
        .switching(Mechanism::JointCosts, None),
];

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
    setting!(DeclaredNode: "allocation", "how short stock is shared", "1", Stock, KeyForm::Structure(ALLOCATION_SCHEMA))
        .switching(Mechanism::Allocation, None),
    setting!(DeclaredNode: "remainder", "what becomes of fractions of units", "1", Stock, KeyForm::Word(&["stay", "largest"]))
        .needing("allocation"),
    setting!(DeclaredNode: "customers", "whether customers who wait come first", "1", Stock, KeyForm::Word(&["last", "first"]))
        .switching_but(Mechanism::Allocation, "last"),
    setting!(DeclaredNode: "storage", "room", "1", Stock, KeyForm::Structure(STORAGE_SCHEMA)).switching(Mechanism::Space, None),
    setting!(DeclaredNode: "waste", "cost of a unit that spoils", "money / unit", Stock, NON_NEGATIVE).needing("life"),
    setting!(DeclaredNode: "recipes", "what it makes of what", "1", Stock, KeyForm::Structure(RECIPES_SCHEMA))
        .needing("products").switching(Mechanism::Recipes, None),
    setting!(DeclaredNode: "ages", "initial inventory by age, the freshest first", "units", Stock, QUANTITIES).needing("life"),
];

/// The keys of a link, its ends left out.
#[rustfmt::skip]
pub const LINK_KEYS: &[NetworkKey<DeclaredLink>] = &[
    NetworkKey::plain(
        ("L", "lead time", "periods"),
        KeyOwner::SupplyLink,
        KeyForm::WholeOr(MAX_LEAD_TIME, LEAD_TIME_SCHEMA),
        Field::Own {
            get: |link: &DeclaredLink| link.lead_time.value(),
            put: |link: &mut DeclaredLink, value| {
                link.lead_time = if let KeyValue::Whole(periods) = value { Some(periods) } else { None };
            },
        },
    ).required().switching(Mechanism::RandomLeadTimes, None),
    row!(DeclaredLink: "p", "price", "money / unit", Link, NON_NEGATIVE, price).required(),
    row!(DeclaredLink: "g", "pipeline holding cost", "money / unit / period", SupplyLink, NON_NEGATIVE, pipeline_holding_cost)
        .required(),
    row!(DeclaredLink: "K", "fixed order cost", "money / order", SupplyLink, NON_NEGATIVE, fixed_order_cost)
        .switching(Mechanism::FixedOrderCosts, Some(0.0)),
    row!(DeclaredLink: "b", "backlog penalty", "money / unit / period", Link, NON_NEGATIVE, unmet_penalty)
        .required_of(KeyOwner::MarketLink),
    // The law of demand stands under two keys.
    NetworkKey::plain(
        ("demand_dist", "demand distribution", "1"),
        KeyOwner::MarketLink,
        KeyForm::Word(&DISTRIBUTIONS),
        Field::Own {
            get: |link| law(link).map_or(KeyValue::Absent, |law| KeyValue::Word(law.distribution.clone())),
            put: |link, value| if let KeyValue::Word(name) = value { law_of(link).distribution = name },
        },
    ).needing("dist_param"),
    NetworkKey::plain(
        ("dist_param", "distribution parameters", "units"),
        KeyOwner::MarketLink,
        KeyForm::Numbers,
        Field::Own {
            get: |link| law(link).map_or(KeyValue::Absent, |law| KeyValue::Numbers(law.parameters.clone())),
            put: |link, value| if let KeyValue::Numbers(numbers) = value { law_of(link).parameters = numbers },
        },
    ).needing("demand_dist"),
    setting!(DeclaredLink: "product", "product it carries", "1", Link, KeyForm::Structure(PRODUCT_SCHEMA)).needing("products"),
    setting!(DeclaredLink: "products", "products it carries, a link each", "1", Link, KeyForm::Structure(CARRIED_SCHEMA)).needing("products"),
    setting!(DeclaredLink: "draw", "what draws its own lead time", "1", SupplyLink, KeyForm::Word(&["order", "unit"])),
    setting!(DeclaredLink: "crossing", "whether orders may overtake", "1", SupplyLink, KeyForm::Word(&["free", "fifo", "sweep"]))
        .needing("draw"),
    setting!(DeclaredLink: "announced", "whether due dates are known", "1", SupplyLink, KeyForm::Flag).needing("draw"),
    setting!(DeclaredLink: "write_off_after", "periods after which what never arrives is written off", "periods", SupplyLink, MOST_PERIODS),
    setting!(DeclaredLink: "order_delay", "periods from request to supplier", "periods", SupplyLink, MOST_PERIODS)
        .switching(Mechanism::OrderDelays, Some(0.0)),
    setting!(DeclaredLink: "unmet", "what becomes of what is not filled", "1", Link, KeyForm::Word(&["forget", "lost", "wait"]))
        .switching_but(Mechanism::Waiting, "forget"),
    setting!(DeclaredLink: "wait_at_most", "longest wait", "periods", Link, MOST_PERIODS).switching(Mechanism::Waiting, None),
    setting!(DeclaredLink: "wait_share", "share of the unmet that waits", "1", MarketLink, KeyForm::Number(Range::Unit))
        .switching(Mechanism::Waiting, None),
    setting!(DeclaredLink: "min", "smallest order", "units", SupplyLink, NON_NEGATIVE).switching(Mechanism::OrderSizes, Some(0.0)),
    setting!(DeclaredLink: "multiple", "lot", "units", SupplyLink, NON_NEGATIVE).switching(Mechanism::OrderSizes, Some(0.0)),
    setting!(DeclaredLink: "max", "largest order", "units", SupplyLink, NON_NEGATIVE).switching(Mechanism::OrderSizes, None),
    setting!(DeclaredLink: "fill", "what may be filled in part", "1", SupplyLink, KeyForm::Word(&["any", "lots", "whole"]))
        .switching_but(Mechanism::OrderSizes, "any"),
    setting!(DeclaredLink: "cap", "capacity of the link", "units / period", SupplyLink, NON_NEGATIVE).switching(Mechanism::LinkCaps, None),
    setting!(DeclaredLink: "target", "target of a fair share", "units", SupplyLink, KeyForm::Number(Range::Finite)),
    setting!(DeclaredLink: "yield", "share that arrives", "1", SupplyLink, KeyForm::Structure(YIELD_SCHEMA))
        .switching(Mechanism::RandomYield, None),
    setting!(DeclaredLink: "at", "where the yield is realised", "1", SupplyLink, KeyForm::Word(&["ship", "receive"])).needing("yield"),
    setting!(DeclaredLink: "pay", "what is paid for", "1", SupplyLink, KeyForm::Word(&["filled", "received"])).needing("yield"),
    setting!(DeclaredLink: "issue", "which units are sold first", "1", MarketLink, KeyForm::Structure(ISSUE_SCHEMA)).needing("life"),
    setting!(DeclaredLink: "fresh", "least life left of units shipped", "periods", Link, MOST_PERIODS).needing("life"),
    setting!(DeclaredLink: "in_transit", "units on their way at the start, the first to arrive first", "units", SupplyLink, QUANTITIES),
    setting!(DeclaredLink: "requested", "requests on their way at the start, the first to be read first", "units", SupplyLink, QUANTITIES)
        .needing("order_delay"),
    setting!(DeclaredLink: "owed", "units owed at the start", "units", SupplyLink, NON_NEGATIVE),
    setting!(DeclaredLink: "waiting", "units customers wait for at the start", "units", MarketLink, NON_NEGATIVE),
];

const LEAD_TIME_SCHEMA: &str = r#"{"type": "object", "additionalProperties": false, "properties": {
    "values": {"type": "array", "items": {"type": "integer", "minimum": 0}, "minItems": 1},
    "weights": {"type": "array", "items": {"type": "number", "minimum": 0}, "minItems": 1},
    "uniform": {"type": "array", "items": {"type": "integer", "minimum": 0}, "minItems": 2, "maxItems": 2},
    "geometric": {"type": "number", "exclusiveMinimum": 0, "maximum": 1},
    "poisson": {"type": "number", "minimum": 0},
    "least": {"type": "integer", "minimum": 0}, "most": {"type": "integer", "minimum": 0},
    "never": {"type": "number", "minimum": 0, "exclusiveMaximum": 1}}}"#;
const ALLOCATION_SCHEMA: &str = r#"{"anyOf": [
    {"type": "string", "enum": ["in-order", "proportional", "fair-share", "random"]},
    {"type": "object", "additionalProperties": false, "required": ["priority"],
     "properties": {"priority": {"type": "array", "items": {"type": ["integer", "string"]}, "minItems": 1}}}]}"#;
const STORAGE_SCHEMA: &str = r#"{"type": "object", "additionalProperties": false, "required": ["space"], "properties": {
    "space": {"type": "number", "minimum": 0},
    "overflow": {"type": "string", "enum": ["discard", "cost"]},
    "cost": {"type": "number", "minimum": 0}}}"#;
const YIELD_SCHEMA: &str = r#"{"type": "object", "minProperties": 1, "maxProperties": 1, "additionalProperties": false, "properties": {
    "all_or_nothing": {"type": "number", "minimum": 0, "maximum": 1},
    "binomial": {"type": "number", "minimum": 0, "maximum": 1},
    "uniform": {"type": "array", "items": {"type": "number", "minimum": 0, "maximum": 1}, "minItems": 2, "maxItems": 2}}}"#;
const ISSUE_SCHEMA: &str = r#"{"anyOf": [{"type": "string", "enum": ["fifo", "lifo"]},
    {"type": "object", "additionalProperties": false, "required": ["fifo"],
     "properties": {"fifo": {"type": "number", "minimum": 0, "maximum": 1}}}]}"#;
const PRODUCT_SCHEMA: &str = r#"{"type": ["integer", "string"]}"#;
const CARRIED_SCHEMA: &str = r#"{"type": "array", "items": {"type": ["integer", "string"]}, "minItems": 1}"#;
const PRODUCTS_SCHEMA: &str = r#"{"type": "array", "minItems": 1, "items": {"anyOf": [{"type": ["integer", "string"]},
    {"type": "object", "additionalProperties": false, "required": ["id"], "properties": {
    "id": {"type": ["integer", "string"]},
    "life": {"type": "integer", "minimum": 1},
    "volume": {"type": "number", "minimum": 0}}}]}}"#;
const RECIPES_SCHEMA: &str = r#"{"type": "array", "items": {"type": "object", "required": ["make", "from"], "properties": {
    "make": {"type": ["integer", "string"]},
    "from": {"type": "object", "minProperties": 1, "additionalProperties": {"type": "number", "exclusiveMinimum": 0}},
    "o": {"type": "number", "minimum": 0}}}}"#;
const RESOURCES_SCHEMA: &str = r#"{"type": "array", "items": {"type": "object", "additionalProperties": false,
    "required": ["name", "per_period", "use"], "properties": {
    "name": {"type": ["string", "number"]},
    "per_period": {"type": "number", "minimum": 0},
    "use": {"type": "object", "minProperties": 1, "additionalProperties": {"type": "number", "minimum": 0}},
    "setup": {"type": "object", "additionalProperties": {"type": "number", "minimum": 0}},
    "share": {"type": "string", "enum": ["in-order", "proportional", "fcfs"]}}}}"#;
const JOINT_SCHEMA: &str = r#"{"type": "array", "items": {"type": "object", "additionalProperties": false,
    "required": ["links"], "properties": {
    "links": {"type": "array", "minItems": 1, "items": {"anyOf": [{"type": "string"},
        {"type": "array", "items": {"type": ["integer", "string"]}, "minItems": 2, "maxItems": 3}]}},
    "K": {"type": "number", "minimum": 0},
    "truck": {"type": "number", "exclusiveMinimum": 0},
    "whole_trucks": {"type": "boolean"}}}}"#;
const DISRUPTIONS_SCHEMA: &str = r#"{"type": "array", "items": {"type": "object", "additionalProperties": false,
    "required": ["where", "what"], "properties": {
    "where": {"anyOf": [{"type": ["integer", "string"]}, {"type": "array", "minItems": 1}]},
    "what": {"type": "string", "enum": ["ship", "order"]},
    "up_down": {"type": "array", "items": {"type": "number", "minimum": 0, "maximum": 1}, "minItems": 2, "maxItems": 2},
    "periods": {"type": "array", "items": {"type": "array", "items": {"type": "integer", "minimum": 0}, "minItems": 2, "maxItems": 2}},
    "factor": {"type": "number", "minimum": 0, "maximum": 1},
    "start": {"type": "string", "enum": ["up", "down", "stationary"]},
    "destroy": {"type": "number", "minimum": 0, "maximum": 1}}}}"#;

fn law(link: &DeclaredLink) -> Option<&DeclaredDemand> {
    link.demand.as_ref()
}

fn law_of(link: &mut DeclaredLink) -> &mut DeclaredDemand {
    link.demand.get_or_insert_with(|| DeclaredDemand { distribution: String::new(), parameters: Vec::new() })
}

/// The key of networks of this name.
pub fn network_key(key: &str) -> Option<&'static NetworkKey<DeclaredNetwork>> {
    NETWORK_KEYS.iter().find(|row| row.key == key)
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
            Self::Network | Self::Link | Self::SupplyLink | Self::MarketLink => false,
        }
    }

    /// Whether a link, into a market or not, has the key.
    pub fn is_link(self, into_market: bool) -> bool {
        match self {
            Self::Link => true,
            Self::SupplyLink => !into_market,
            Self::MarketLink => into_market,
            Self::Network | Self::Stock | Self::Factory => false,
        }
    }

    /// In words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Network => "network",
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
            KeyForm::Numbers => KeyValue::Numbers(vec![("loc".to_owned(), 3.0.into())]),
            KeyForm::Flag => KeyValue::Flag(true),
            KeyForm::Structure(_) | KeyForm::WholeOr(..) => {
                KeyValue::Structure(Setting::List(vec![Setting::Number(3.0)]))
            }
        }
    }

    /// Sets every key of a table in turn and sees that no other one moves.
    fn each_alone<T: Clone + HasSettings>(keys: &'static [NetworkKey<T>], bare: &T) -> T {
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
        each_alone(NETWORK_KEYS, &DeclaredNetwork::default());
        // What is shown of a declaration with every key set has no field left without one; a lead time is a number
        // or a law.
        let link = DeclaredLink { lead_time: Some(1), ..link };
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
        for row in NODE_KEYS.iter().filter(|row| row.required.is_some()) {
            let mut without = declared.clone();
            let factory = without.nodes.iter_mut().find(|node| node.capacity.is_some()).expect("a factory");
            row.put(factory, KeyValue::Absent);
            refusal(without, row.key);
        }
        for row in LINK_KEYS
            .iter()
            .filter(|row| row.required.is_some() && !matches!(row.form, KeyForm::Numbers | KeyForm::Word(_)))
        {
            let mut without = declared.clone();
            let link =
                without.links.iter_mut().find(|link| row.get(link) != KeyValue::Absent).expect("a link");
            row.put(link, KeyValue::Absent);
            refusal(without, row.key);
        }
    }
}
