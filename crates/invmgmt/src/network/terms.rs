//! What the structured keys of a network say: laws of lead times, room, yields, shares, disruptions.

use super::{NodeId, Setting};

/// Chance below which the tail of a law of lead times may be put on its longest value without a word [1].
const NEGLIGIBLE: f64 = 1e-9;
/// Most values of a law of lead times.
const MOST_VALUES: usize = 10_000;

/// The law of a random lead time.
#[derive(Clone, Debug, PartialEq)]
pub struct LeadTimeLaw {
    /// Chance of each lead time, from 0 on; with `never` they add up to 1 [1].
    pub chances: Vec<f64>,
    /// Chance that an order never arrives [1].
    pub never: f64,
    /// Chance of the law beyond its longest value, which was put on that [1].
    pub cut: f64,
    /// The shortest lead time [periods].
    least: usize,
}

impl LeadTimeLaw {
    /// The longest lead time [periods].
    pub fn longest(&self) -> usize {
        self.chances.len() - 1
    }

    /// The shortest lead time [periods].
    pub fn shortest(&self) -> usize {
        self.least
    }

    /// The only lead time there is, if there is only one [periods].
    pub fn fixed(&self) -> Option<usize> {
        let certain = self.never == 0.0 && self.chances.iter().filter(|&&chance| chance > 0.0).count() == 1;
        certain.then(|| self.longest())
    }

    /// The mean of what arrives [periods].
    pub fn mean(&self) -> f64 {
        let total: f64 = self.chances.iter().sum();
        self.chances.iter().enumerate().map(|(k, chance)| k as f64 * chance).sum::<f64>() / total
    }

    /// Chance that a lead time is at least `k`, `never` included [1].
    pub fn at_least(&self, k: usize) -> f64 {
        self.chances.iter().skip(k).sum::<f64>() + self.never
    }

    /// The lead time of a uniform draw from [0, 1); none for an order that never arrives.
    #[inline]
    pub fn drawn(&self, uniform: f64) -> Option<usize> {
        let mut left = uniform;
        for (periods, &chance) in self.chances.iter().enumerate().skip(self.least) {
            left -= chance;
            if left < 0.0 {
                return Some(periods);
            }
        }
        // What rounding left over belongs to the last value, if nothing else can be meant.
        if self.never > 0.0 { None } else { Some(self.longest()) }
    }

    pub(super) fn read(setting: &Setting) -> Result<Self, String> {
        let law = Fields::of(
            setting,
            "a whole number of periods, or a law: {values: [1, 2, 6], weights: [7, 2, 1]}, {uniform: [1, 3]}, \
             {geometric: 0.4, most: 12} or {poisson: 2, most: 10}",
            &["values", "weights", "uniform", "geometric", "poisson", "least", "most", "never"],
        )?;
        let kinds = ["values", "uniform", "geometric", "poisson"];
        let given: Vec<&str> = kinds.into_iter().filter(|kind| law.get(kind).is_some()).collect();
        let [kind] = given.as_slice() else {
            return Err(match given.as_slice() {
                [] => format!("found {setting}; expected one of {}", kinds.join(", ")),
                given => format!("found {}; a law is one of them", given.join(" and ")),
            });
        };
        let never = law.number("never", 0.0, 1.0)?.unwrap_or(0.0);
        if never >= 1.0 {
            return Err("never: found 1; expected a number from 0 to below 1".to_owned());
        }
        let bounds = ["least", "most"].into_iter().find(|key| law.get(key).is_some());
        if let (Some(bound), "values" | "uniform") = (bounds, *kind) {
            return Err(format!("{bound} has no effect on a law by {kind}; leave it out"));
        }
        if law.get("weights").is_some() && *kind != "values" {
            return Err("weights belong to values; leave them out".to_owned());
        }
        let (chances, cut) = match *kind {
            "values" => (law.weighted()?, 0.0),
            "uniform" => (law.uniform()?, 0.0),
            kind => law.tailed(kind)?,
        };
        let chances: Vec<f64> = chances.into_iter().map(|chance| chance * (1.0 - never)).collect();
        let least = chances.iter().position(|&chance| chance > 0.0).unwrap_or(0);
        Ok(Self { chances, never, cut, least })
    }
}

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
    /// On a link.
    Link(NodeId, NodeId),
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
                return Err("up_down: expected two chances, of going down and of coming up".to_owned());
            }
            _ => {
                return Err("expected either up_down: [down, up] or periods: [[first, last], ...]".to_owned());
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
        "disruptions" => setting.list().is_some_and(<[Setting]>::is_empty),
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
        "disruptions" => match setting.list() {
            None => Some(format!("found {setting}; expected a list of disruptions")),
            Some(list) => {
                let faults = list.iter().enumerate().filter_map(|(position, entry)| {
                    DeclaredDisruption::read(entry).err().map(|fault| format!("[{position}]: {fault}"))
                });
                Some(faults.collect::<Vec<_>>().join("; ")).filter(|faults| !faults.is_empty())
            }
        },
        _ => quantities(setting).err(),
    }
}

/// A list of finite numbers >= 0.
pub(super) fn quantities(setting: &Setting) -> Result<Vec<f64>, String> {
    let expected = || format!("found {setting}; expected a list of finite numbers >= 0");
    let values = setting.list().ok_or_else(expected)?;
    let quantity = |value: &Setting| value.number().filter(|number| number.is_finite() && *number >= 0.0);
    values.iter().map(quantity).collect::<Option<Vec<_>>>().ok_or_else(expected)
}

fn node_name(setting: &Setting) -> Result<NodeId, String> {
    match setting {
        Setting::Number(number) if number.fract() == 0.0 => Ok(NodeId::Number(*number as i64)),
        Setting::Text(text) => Ok(NodeId::Text(text.clone())),
        _ => Err(format!("found {setting}; expected the name of a node")),
    }
}

fn places(setting: &Setting) -> Result<Vec<FailingPlace>, String> {
    let place = |setting: &Setting| match setting.list() {
        None => node_name(setting).map(FailingPlace::Node),
        Some([from, to]) => Ok(FailingPlace::Link(node_name(from)?, node_name(to)?)),
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
struct Fields<'a>(&'a Setting);

impl<'a> Fields<'a> {
    fn of(setting: &'a Setting, expected: &str, known: &[&str]) -> Result<Self, String> {
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

    fn get(&self, key: &str) -> Option<&'a Setting> {
        self.0.entry(key)
    }

    /// A number between two, if the key is there.
    fn number(&self, key: &str, least: f64, most: f64) -> Result<Option<f64>, String> {
        let Some(found) = self.get(key) else { return Ok(None) };
        match found.number() {
            Some(number) if number.is_finite() && number >= least && number <= most => Ok(Some(number)),
            _ if most.is_finite() => {
                Err(format!("{key}: found {found}; expected a number from {least} to {most}"))
            }
            _ => Err(format!("{key}: found {found}; expected a finite number >= {least}")),
        }
    }

    fn whole(&self, key: &str) -> Result<Option<usize>, String> {
        let number = self.number(key, 0.0, MOST_VALUES as f64)?;
        match number {
            Some(number) if number.fract() != 0.0 => {
                Err(format!("{key}: found {number}; expected a whole number of periods"))
            }
            number => Ok(number.map(|number| number as usize)),
        }
    }

    fn word(&self, key: &str, words: &[&'static str]) -> Result<Option<&'static str>, String> {
        let Some(found) = self.get(key) else { return Ok(None) };
        let known = words.iter().copied().find(|word| found.text() == Some(word));
        known.map(Some).ok_or_else(|| format!("{key}: found {found}; expected {}", words.join(" or ")))
    }

    fn numbers(&self, key: &str, allowed: fn(f64) -> bool, words: &str) -> Result<Option<Vec<f64>>, String> {
        let Some(found) = self.get(key) else { return Ok(None) };
        let refusal = || format!("{key}: found {found}; expected {words}");
        let list = found.list().ok_or_else(refusal)?;
        let usable = |value: &Setting| value.number().filter(|&number| number.is_finite() && allowed(number));
        list.iter().map(usable).collect::<Option<Vec<_>>>().map(Some).ok_or_else(refusal)
    }

    fn weighted(&self) -> Result<Vec<f64>, String> {
        let is_period = |number: f64| number >= 0.0 && number.fract() == 0.0 && number <= MOST_VALUES as f64;
        let values = self.numbers("values", is_period, "whole numbers of periods >= 0")?.unwrap_or_default();
        let weights = self.numbers("weights", |weight| weight >= 0.0, "finite numbers >= 0")?;
        let weights = weights.unwrap_or_else(|| vec![1.0; values.len()]);
        if values.is_empty() {
            return Err("values: found an empty list; expected at least one lead time".to_owned());
        }
        if weights.len() != values.len() {
            return Err(format!("{} weights for {} values; expected one each", weights.len(), values.len()));
        }
        let total: f64 = weights.iter().sum();
        if !(total > 0.0 && total.is_finite()) {
            return Err("weights: found nothing but zeros; expected at least one above 0".to_owned());
        }
        let possible = |(_, weight): &(&f64, &f64)| **weight > 0.0;
        let longest =
            values.iter().zip(&weights).filter(possible).map(|(value, _)| *value).fold(0.0, f64::max);
        let mut chances = vec![0.0; longest as usize + 1];
        for (value, weight) in values.iter().zip(&weights).filter(possible) {
            chances[*value as usize] += weight / total;
        }
        Ok(chances)
    }

    fn uniform(&self) -> Result<Vec<f64>, String> {
        let is_period = |number: f64| number >= 0.0 && number.fract() == 0.0 && number <= MOST_VALUES as f64;
        let ends = self.numbers("uniform", is_period, "two whole numbers of periods, [shortest, longest]")?;
        match ends.as_deref() {
            Some(&[shortest, longest]) if shortest <= longest => {
                let (shortest, longest) = (shortest as usize, longest as usize);
                let chance = 1.0 / (longest - shortest + 1) as f64;
                Ok((0..=longest).map(|k| if k < shortest { 0.0 } else { chance }).collect())
            }
            _ => Err("uniform: expected two whole numbers of periods, [shortest, longest]".to_owned()),
        }
    }

    /// A law without a longest value of its own, its tail put on `most`; and the chance of that tail.
    fn tailed(&self, kind: &str) -> Result<(Vec<f64>, f64), String> {
        let least = self.whole("least")?.unwrap_or(0);
        let most = self.whole("most")?;
        let most =
            most.ok_or_else(|| format!("most is missing; a {kind} law needs its longest lead time"))?;
        if most < least {
            return Err(format!("most: found {most}, which is below least, {least}"));
        }
        let mut chances = vec![0.0; most + 1];
        if kind == "geometric" {
            let stop = self.number("geometric", 0.0, 1.0)?.unwrap_or(1.0);
            if stop == 0.0 {
                return Err("geometric: found 0; expected a number above 0 and at most 1".to_owned());
            }
            let mut left = 1.0;
            for chance in &mut chances[least..] {
                *chance = left * stop;
                left -= *chance;
            }
        } else {
            let mean = self.number("poisson", 0.0, 1e4)?.unwrap_or(0.0);
            let mut chance = (-mean).exp();
            for (k, place) in (0..=most).enumerate() {
                // What lies below the least value is put on it.
                chances[place.max(least)] += chance;
                chance *= mean / (k + 1) as f64;
            }
        }
        let cut = (1.0 - chances.iter().sum::<f64>()).max(0.0);
        chances[most] += cut;
        while chances.len() > 1 && chances.last() == Some(&0.0) {
            chances.pop();
        }
        Ok((chances, if cut > NEGLIGIBLE { cut } else { 0.0 }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn law(text: &[(&str, Setting)]) -> Result<LeadTimeLaw, String> {
        let entries = text.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect();
        LeadTimeLaw::read(&Setting::Map(entries))
    }

    fn list(numbers: &[f64]) -> Setting {
        Setting::List(numbers.iter().copied().map(Setting::Number).collect())
    }

    #[test]
    fn a_law_of_values_has_the_chances_of_its_weights() {
        let law =
            law(&[("values", list(&[1.0, 2.0, 6.0])), ("weights", list(&[7.0, 2.0, 1.0]))]).expect("a law");
        for (k, expected) in [0.0, 0.7, 0.2, 0.0, 0.0, 0.0, 0.1].into_iter().enumerate() {
            assert!((law.chances[k] - expected).abs() < 1e-15);
        }
        assert_eq!((law.shortest(), law.longest(), law.fixed()), (1, 6, None));
        assert!((law.mean() - 1.7).abs() < 1e-12 && (law.at_least(2) - 0.3).abs() < 1e-12);
        assert_eq!([0.0, 0.699, 0.71, 0.95, 0.9999].map(|u| law.drawn(u)), [1, 1, 2, 6, 6].map(Some));
    }

    #[test]
    fn the_tail_of_a_law_is_put_on_its_longest_value_and_said() {
        let geometric = law(&[
            ("geometric", Setting::Number(0.5)),
            ("least", Setting::Number(1.0)),
            ("most", Setting::Number(3.0)),
        ]);
        let geometric = geometric.expect("a law");
        assert_eq!(geometric.chances, [0.0, 0.5, 0.25, 0.25]);
        assert_eq!(geometric.cut, 0.125);
        let poisson =
            law(&[("poisson", Setting::Number(2.0)), ("most", Setting::Number(2.0))]).expect("a law");
        assert!((poisson.chances[0] - (-2.0_f64).exp()).abs() < 1e-15);
        assert!((poisson.chances.iter().sum::<f64>() - 1.0).abs() < 1e-15);
        let never = law(&[("uniform", list(&[0.0, 1.0])), ("never", Setting::Number(0.5))]).expect("a law");
        assert_eq!(
            (never.chances.as_slice(), never.drawn(0.49), never.drawn(0.51)),
            ([0.25; 2].as_slice(), Some(1), None)
        );
    }

    #[test]
    fn what_is_no_law_is_told_what_is() {
        let refusals = [
            law(&[]),
            law(&[("values", list(&[1.5]))]),
            law(&[("values", list(&[1.0])), ("weights", list(&[1.0, 2.0]))]),
            law(&[("geometric", Setting::Number(0.4))]),
            law(&[("uniform", list(&[3.0, 1.0]))]),
            law(&[("uniform", list(&[1.0, 3.0])), ("most", Setting::Number(2.0))]),
            law(&[("uniform", list(&[1.0, 3.0])), ("never", Setting::Number(1.0))]),
            law(&[("normal", Setting::Number(2.0))]),
        ];
        let words = [
            "one of",
            "whole",
            "one each",
            "most is missing",
            "shortest",
            "no effect",
            "below 1",
            "known keys",
        ];
        for (refusal, word) in refusals.into_iter().zip(words) {
            let message = refusal.expect_err("refused");
            assert!(message.contains(word), "{message}");
        }
    }
}
