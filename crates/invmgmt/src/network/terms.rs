//! What the structured keys of a network say: laws of lead times, room, yields, shares, disruptions.

mod lead_time;

use super::products::{DeclaredJoint, DeclaredRecipe, DeclaredResource, Product, carried};
use super::{NodeId, Setting};
pub use lead_time::LeadTimeLaw;

/// Most values of a law of lead times.
const MOST_VALUES: usize = 10_000;

/// How short stock is shared.
#[derive(Clone, Debug, PartialEq)]
pub enum AllocationRule {
    /// First come, first served, in the order of links.
    InOrder,
    /// To each the same share of what he wants.
    Proportional,
    /// The lowest position is raised first.
    FairShare,
    /// These buyers first, in this order.
    Priority(Vec<NodeId>),
    /// In an order drawn anew every period.
    Random,
}

impl AllocationRule {
    pub(super) fn read(setting: &Setting) -> Result<Self, String> {
        let expected = "in-order, proportional, fair-share, random or {priority: [buyer, ...]}";
        match setting {
            Setting::Text(word) => match word.as_str() {
                "in-order" => Ok(Self::InOrder),
                "proportional" => Ok(Self::Proportional),
                "fair-share" => Ok(Self::FairShare),
                "random" => Ok(Self::Random),
                _ => Err(format!("found {setting}; expected {expected}")),
            },
            Setting::Map(_) => {
                let fields = Fields::of(setting, expected, &["priority"])?;
                let buyers =
                    fields.get("priority").and_then(Setting::list).filter(|buyers| !buyers.is_empty());
                let buyers =
                    buyers.ok_or_else(|| format!("found {setting}; expected {{priority: [buyer, ...]}}"))?;
                buyers.iter().map(node_name).collect::<Result<Vec<_>, _>>().map(Self::Priority)
            }
            _ => Err(format!("found {setting}; expected {expected}")),
        }
    }
}

/// A node's room.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Room {
    /// Units it holds [units].
    pub space: f64,
    /// Whether what does not fit is thrown away; else it is kept at a cost.
    pub discards: bool,
    /// Cost of a unit thrown away, or of one beyond the space per period [money / unit].
    pub cost: f64,
}

impl Room {
    pub(super) fn read(setting: &Setting) -> Result<Self, String> {
        let expected = "a mapping such as {space: 400, overflow: discard, cost: 0.1}";
        let fields = Fields::of(setting, expected, &["space", "overflow", "cost"])?;
        let space = fields.number("space", 0.0, f64::INFINITY)?;
        let space = space.ok_or_else(|| format!("space is missing; expected {expected}"))?;
        let discards = match fields.word("overflow", &["discard", "cost"])? {
            Some(word) => word == "discard",
            None => return Err("overflow is missing; expected discard or cost".to_owned()),
        };
        let cost = fields.number("cost", 0.0, f64::INFINITY)?.unwrap_or(0.0);
        Ok(Self { space, discards, cost })
    }
}

/// What share of a shipment arrives.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum YieldLaw {
    /// All of it with this chance, else nothing.
    AllOrNothing(f64),
    /// Each whole unit with this chance.
    Binomial(f64),
    /// A share between these, equally likely.
    Uniform(f64, f64),
}

impl YieldLaw {
    pub(super) fn read(setting: &Setting) -> Result<Self, String> {
        let expected = "{all_or_nothing: 0.9}, {binomial: 0.9} or {uniform: [0.8, 1]}";
        let fields = Fields::of(setting, expected, &["all_or_nothing", "binomial", "uniform"])?;
        match setting.map() {
            Some([_]) => {}
            _ => return Err(format!("found {setting}; expected one of {expected}")),
        }
        if let Some(share) = fields.number("all_or_nothing", 0.0, 1.0)? {
            return Ok(Self::AllOrNothing(share));
        }
        if let Some(share) = fields.number("binomial", 0.0, 1.0)? {
            return Ok(Self::Binomial(share));
        }
        let ends = fields.numbers("uniform", |share| (0.0..=1.0).contains(&share), "shares from 0 to 1")?;
        match ends.as_deref() {
            Some(&[low, high]) if low <= high => Ok(Self::Uniform(low, high)),
            _ => Err(format!("found {setting}; expected two shares from 0 to 1, the lower first")),
        }
    }

    /// Whether everything always arrives.
    pub fn is_neutral(self) -> bool {
        matches!(self, Self::AllOrNothing(share) | Self::Binomial(share) if share == 1.0)
            || self == Self::Uniform(1.0, 1.0)
    }
}

/// Share of a market's demand that takes the oldest units first; the rest takes the freshest [1].
pub(super) fn fifo_share(setting: &Setting) -> Result<f64, String> {
    let expected = "fifo, lifo or {fifo: share}, a share from 0 to 1";
    match setting {
        Setting::Text(word) if word == "fifo" => Ok(1.0),
        Setting::Text(word) if word == "lifo" => Ok(0.0),
        Setting::Map(_) => {
            let fields = Fields::of(setting, expected, &["fifo"])?;
            let share = fields.number("fifo", 0.0, 1.0)?;
            share.ok_or_else(|| format!("found {setting}; expected {expected}"))
        }
        _ => Err(format!("found {setting}; expected {expected}")),
    }
}

/// One entry of the list of disruptions.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct DeclaredDisruption {
    /// The nodes, or links by their ends, that fail together.
    pub places: Vec<FailingPlace>,
    /// Whether shipping fails; else ordering does.
    pub ships: bool,
    /// What makes it fail.
    pub cause: Cause,
    /// What is left of the flow while it is down [1].
    pub factor: f64,
    /// Share of the stock lost on going down [1].
    pub destroy: f64,
}

/// Where something fails.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum FailingPlace {
    /// At a node.
    Node(NodeId),
    /// On a link; of one product, if it is named.
    Link(NodeId, NodeId, Option<NodeId>),
}

/// What makes something fail.
#[derive(Clone, Debug, PartialEq)]
pub enum Cause {
    /// A chain: chance per period of going down, of coming up, and of being down before period 0 [1].
    Chain {
        /// Of going down.
        down: f64,
        /// Of coming up.
        up: f64,
        /// Of being down before period 0.
        starts_down: f64,
    },
    /// It is down in these periods, first and last included.
    Periods(Vec<(usize, usize)>),
}

impl DeclaredDisruption {
    /// Three names side by side are a link of a product where the last of them names one.
    pub fn of_products(mut self, products: &[Product]) -> Self {
        if let [FailingPlace::Node(from), FailingPlace::Node(to), FailingPlace::Node(last)] =
            self.places.as_slice()
            && products.iter().any(|product| product.name == last.to_string())
        {
            self.places = vec![FailingPlace::Link(from.clone(), to.clone(), Some(last.clone()))];
        }
        self
    }

    pub(super) fn read(setting: &Setting) -> Result<Self, String> {
        let fields = Fields::of(
            setting,
            "a mapping such as {where: mill, what: ship, up_down: [0.02, 0.3]}",
            &["where", "what", "up_down", "periods", "factor", "start", "destroy"],
        )?;
        let what = fields.word("what", &["ship", "order"])?;
        let what = what.ok_or("what is missing; expected ship or order")?;
        let places =
            places(fields.get("where").ok_or("where is missing; expected a node, [from, to] or a list")?)?;
        let factor = fields.number("factor", 0.0, 1.0)?.unwrap_or(0.0);
        let destroy = fields.number("destroy", 0.0, 1.0)?.unwrap_or(0.0);
        if what == "order" && fields.get("factor").is_some() {
            return Err(
                "factor limits what is shipped; a node that is down orders nothing: leave it out".to_owned()
            );
        }
        let chain =
            fields.numbers("up_down", |chance| (0.0..=1.0).contains(&chance), "two chances from 0 to 1")?;
        let cause = match (chain.as_deref(), fields.get("periods")) {
            (Some(&[down, up]), None) => {
                let starts_down = match fields.word("start", &["up", "down", "stationary"])?.unwrap_or("up") {
                    "up" => 0.0,
                    "down" => 1.0,
                    _ if down + up > 0.0 => down / (down + up),
                    _ => {
                        return Err(
                            "start: stationary needs a chance of going down or of coming up".to_owned()
                        );
                    }
                };
                Cause::Chain { down, up, starts_down }
            }
            (None, Some(periods)) => {
                if fields.get("start").is_some() {
                    return Err("start belongs to up_down; leave it out beside periods".to_owned());
                }
                Cause::Periods(spans(periods)?)
            }
            (Some(_), None) => {
                let found = fields.get("up_down").map(ToString::to_string).unwrap_or_default();
                return Err(format!(
                    "up_down: found {found}; expected two chances, of going down and of coming up"
                ));
            }
            _ => {
                return Err(format!(
                    "found {setting}; expected either up_down: [down, up] or periods: [[first, last], ...]"
                ));
            }
        };
        Ok(Self { places, ships: what == "ship", cause, factor, destroy })
    }
}

/// Whether the value of a structured key is as good as none.
pub(super) fn is_neutral(key: &str, setting: &Setting) -> bool {
    match key {
        "L" => LeadTimeLaw::read(setting).is_ok_and(|law| law.fixed().is_some()),
        "yield" => YieldLaw::read(setting).is_ok_and(YieldLaw::is_neutral),
        "allocation" => AllocationRule::read(setting) == Ok(AllocationRule::InOrder),
        "disruptions" | "recipes" | "resources" | "joint" => {
            setting.list().is_some_and(<[Setting]>::is_empty)
        }
        "products" => setting.list().is_some_and(|products| products.len() < 2),
        _ => false,
    }
}

/// What is wrong with the value of a structured key, if anything is.
pub(super) fn fault(key: &str, setting: &Setting) -> Option<String> {
    match key {
        "L" => LeadTimeLaw::read(setting).err(),
        "yield" => YieldLaw::read(setting).err(),
        "allocation" => AllocationRule::read(setting).err(),
        "storage" => Room::read(setting).err(),
        "issue" => fifo_share(setting).err(),
        "products" => Product::read_all(setting).err(),
        "recipes" => each(setting, "recipes", |entry| DeclaredRecipe::read(entry).err()),
        "resources" => each(setting, "resources", |entry| DeclaredResource::read(entry).err()),
        "joint" => each(setting, "groups of links", |entry| DeclaredJoint::read(entry).err()),
        "product" | "carried" => carried(setting).err(),
        "disruptions" => each(setting, "disruptions", |entry| DeclaredDisruption::read(entry).err()),
        _ => quantities(setting).err(),
    }
}

/// What is wrong with the entries of a list of things, if anything is.
fn each(setting: &Setting, things: &str, fault: impl Fn(&Setting) -> Option<String>) -> Option<String> {
    let Some(list) = setting.list() else {
        return Some(format!("found {setting}; expected a list of {things}"));
    };
    let faults = list.iter().enumerate();
    let faults =
        faults.filter_map(|(position, entry)| fault(entry).map(|fault| format!("[{position}]: {fault}")));
    Some(faults.collect::<Vec<_>>().join("; ")).filter(|faults| !faults.is_empty())
}

/// A list of finite numbers >= 0.
pub(super) fn quantities(setting: &Setting) -> Result<Vec<f64>, String> {
    let expected = || format!("found {setting}; expected a list of finite numbers >= 0");
    let values = setting.list().ok_or_else(expected)?;
    let quantity = |value: &Setting| value.number().filter(|number| number.is_finite() && *number >= 0.0);
    values.iter().map(quantity).collect::<Option<Vec<_>>>().ok_or_else(expected)
}

pub(super) fn node_name(setting: &Setting) -> Result<NodeId, String> {
    match setting {
        Setting::Number(number) if number.fract() == 0.0 => Ok(NodeId::Number(*number as i64)),
        Setting::Text(text) => Ok(NodeId::Text(text.clone())),
        _ => Err(format!("found {setting}; expected the name of a node")),
    }
}

fn places(setting: &Setting) -> Result<Vec<FailingPlace>, String> {
    let place = |setting: &Setting| match setting.list() {
        None => node_name(setting).map(FailingPlace::Node),
        Some([from, to]) => Ok(FailingPlace::Link(node_name(from)?, node_name(to)?, None)),
        Some([from, to, product]) => {
            Ok(FailingPlace::Link(node_name(from)?, node_name(to)?, Some(node_name(product)?)))
        }
        Some(_) => Err(format!("found {setting}; expected a link as [from, to]")),
    };
    match setting.list() {
        // Two names side by side are a link; a list of nodes has them each in brackets, or more than two.
        Some([from, to]) if from.list().is_none() && to.list().is_none() => Ok(vec![place(setting)?]),
        Some([]) => {
            Err("where: found an empty list; expected a node, [from, to] or a list of them".to_owned())
        }
        Some(several) => several
            .iter()
            .map(|one| match one.list() {
                Some([node]) => node_name(node).map(FailingPlace::Node),
                _ => place(one),
            })
            .collect(),
        None => Ok(vec![place(setting)?]),
    }
}

fn spans(setting: &Setting) -> Result<Vec<(usize, usize)>, String> {
    let whole = |setting: &Setting| setting.number().filter(|n| *n >= 0.0 && n.fract() == 0.0 && *n <= 1e9);
    let span = |setting: &Setting| match setting.list() {
        Some([first, last]) => {
            let (first, last) = (whole(first)?, whole(last)?);
            (first <= last).then_some((first as usize, last as usize))
        }
        _ => None,
    };
    let spans = setting.list().and_then(|list| list.iter().map(span).collect::<Option<Vec<_>>>());
    spans.ok_or_else(|| {
        format!("periods: found {setting}; expected [[first, last], ...], whole numbers in order")
    })
}

/// The entries of a mapping with known keys.
pub(super) struct Fields<'a>(&'a Setting);

impl<'a> Fields<'a> {
    pub(super) fn of(setting: &'a Setting, expected: &str, known: &[&str]) -> Result<Self, String> {
        let entries = setting.map().ok_or_else(|| format!("found {setting}; expected {expected}"))?;
        for (position, (key, _)) in entries.iter().enumerate() {
            if !known.contains(&key.as_str()) {
                return Err(format!(
                    "unknown key '{}'; known keys: {}",
                    key.escape_debug(),
                    known.join(", ")
                ));
            }
            if entries[..position].iter().any(|(seen, _)| seen == key) {
                return Err(format!("repeated key '{key}'; every key may stand once"));
            }
        }
        Ok(Self(setting))
    }

    pub(super) fn get(&self, key: &str) -> Option<&'a Setting> {
        self.0.entry(key)
    }

    /// A number between two, if the key is there.
    pub(super) fn number(&self, key: &str, least: f64, most: f64) -> Result<Option<f64>, String> {
        let Some(found) = self.get(key) else { return Ok(None) };
        match found.number() {
            Some(number) if number.is_finite() && number >= least && number <= most => Ok(Some(number)),
            _ if most.is_finite() => {
                Err(format!("{key}: found {found}; expected a number from {least} to {most}"))
            }
            _ => Err(format!("{key}: found {found}; expected a finite number >= {least}")),
        }
    }

    pub(super) fn whole(&self, key: &str) -> Result<Option<usize>, String> {
        let number = self.number(key, 0.0, MOST_VALUES as f64)?;
        match number {
            Some(number) if number.fract() != 0.0 => {
                Err(format!("{key}: found {number}; expected a whole number of periods"))
            }
            number => Ok(number.map(|number| number as usize)),
        }
    }

    pub(super) fn word(&self, key: &str, words: &[&'static str]) -> Result<Option<&'static str>, String> {
        let Some(found) = self.get(key) else { return Ok(None) };
        let known = words.iter().copied().find(|word| found.text() == Some(word));
        known.map(Some).ok_or_else(|| format!("{key}: found {found}; expected {}", words.join(" or ")))
    }

    pub(super) fn numbers(
        &self,
        key: &str,
        allowed: fn(f64) -> bool,
        words: &str,
    ) -> Result<Option<Vec<f64>>, String> {
        let Some(found) = self.get(key) else { return Ok(None) };
        let refusal = || format!("{key}: found {found}; expected {words}");
        let list = found.list().ok_or_else(refusal)?;
        let usable = |value: &Setting| value.number().filter(|&number| number.is_finite() && allowed(number));
        list.iter().map(usable).collect::<Option<Vec<_>>>().map(Some).ok_or_else(refusal)
    }
}
