//! A network made of a chain, with every assumption said and everything listed that is not carried over.

use std::collections::HashSet;

use super::{Chain, CostKind, StageTime, factor_of, share_of};
use crate::adapters::AdapterError;
use crate::text::shown;
use crate::to_yaml::{given, parameters_value};
use crate::value::Value;

/// The node that supplies what comes from outside.
const OUTSIDE: &str = "outside supplier";
/// Service level of stages whose file says none.
const USUAL_SERVICE: f64 = 0.95;
/// Days in the year that a rate of holding cost is of.
const YEAR: f64 = 365.0;
/// Names listed in a sentence before it says how many more there are.
const MOST_NAMES: usize = 8;
/// Chance below which a law's end is cut, and slack when fractions of a period are rounded up.
const NEGLIGIBLE: f64 = 1e-9;
/// Deviations on each side of the mean that a normal time is drawn within.
const REACH: f64 = 3.0;

/// What a file does not say.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ChainRules {
    /// Length of a period [the file's units of time].
    pub period: f64,
    /// Cost of holding a unit for a year, as a share of its cost [1]; of no meaning where the file gives costs of
    /// holding.
    pub rate: f64,
}

/// A network made of a chain.
#[derive(Clone, Debug)]
pub struct ChainNetwork {
    /// Its document.
    pub document: Value,
    /// What was set by a rule, in sentences.
    pub assumptions: Vec<String>,
    /// What was not carried over, in sentences.
    pub left_out: Vec<String>,
    /// Length of a period [the file's units of time].
    pub period: f64,
}

impl Chain {
    /// Cost of holding a unit for a period at each stage [money / unit / period].
    ///
    /// # Errors
    /// [`AdapterError`] naming a stage that comes back to itself.
    pub fn holding_costs(&self, rules: &ChainRules) -> Result<Vec<f64>, AdapterError> {
        Ok(match self.unit_costs()? {
            Some(costs) => costs.iter().map(|cost| cost * rules.rate * rules.period / YEAR).collect(),
            None => self.stages.iter().map(|stage| stage.cost * rules.period).collect(),
        })
    }

    /// Deviations of demand that each stage's customers are to be covered for: what the file says, else those of 95
    /// percent [1].
    pub fn safety_factor(&self, stage: usize) -> f64 {
        self.stages[stage].safety_factor.unwrap_or_else(|| factor_of(USUAL_SERVICE))
    }

    /// The network: each stage a node that holds stock, its time on what it buys, its customers a market of their own.
    ///
    /// # Errors
    /// [`AdapterError`] for rules out of range, or a chain that goes in a circle.
    pub fn network(&self, rules: &ChainRules) -> Result<ChainNetwork, AdapterError> {
        if !(rules.period > 0.0 && rules.period.is_finite()) {
            return Err(AdapterError::Argument(format!(
                "the period is {}; expected a number above 0",
                rules.period
            )));
        }
        if !(rules.rate >= 0.0 && rules.rate.is_finite()) {
            return Err(AdapterError::Argument(format!(
                "the rate is {}; expected a number >= 0",
                rules.rate
            )));
        }
        let mut maker = Maker::of(self, rules)?;
        let (mut nodes, mut edges) = (Vec::new(), Vec::new());
        for stage in maker.order.clone() {
            maker.stage(stage, &mut nodes, &mut edges);
        }
        nodes.push(Value::map([("id", OUTSIDE)]));
        maker.say();
        let document = Value::map([
            ("name", Value::from(self.name.as_str())),
            ("timeline", "beer".into()),
            ("nodes", nodes.into()),
            ("edges", edges.into()),
        ]);
        let Maker { assumptions, left_out, .. } = maker;
        Ok(ChainNetwork { document, assumptions, left_out, period: rules.period })
    }
}

/// A network in the making.
struct Maker<'a> {
    chain: &'a Chain,
    rules: &'a ChainRules,
    /// The stages that are carried over, suppliers first.
    order: Vec<usize>,
    /// The supplier that is carried over, of stages that have any.
    supplier: Vec<Option<usize>>,
    holding: Vec<f64>,
    demands: Vec<(f64, f64)>,
    assumptions: Vec<String>,
    left_out: Vec<String>,
    /// Stages by what is said of them.
    rounded: usize,
    random: usize,
    accepting: Vec<String>,
}

impl<'a> Maker<'a> {
    fn of(chain: &'a Chain, rules: &'a ChainRules) -> Result<Self, AdapterError> {
        let suppliers = chain.suppliers();
        let order = chain.downstream()?;
        let mut longest = vec![0.0; chain.stages.len()];
        let mut supplier = vec![None; chain.stages.len()];
        let mut left_out = chain.left_out.clone();
        let mut parts = Vec::new();
        for &stage in &order {
            let slowest = suppliers[stage].iter().max_by(|a, b| f64::total_cmp(&longest[a.0], &longest[b.0]));
            supplier[stage] = slowest.map(|(from, _)| *from);
            let wait = slowest.map_or(0.0, |(from, _)| longest[*from]);
            longest[stage] = wait + chain.stages[stage].time.mean();
            let others = suppliers[stage].iter().filter(|(from, _)| Some(*from) != supplier[stage]);
            let of = shown(&chain.stages[stage].name);
            parts.extend(others.map(|(from, _)| format!("{} -> {of}", shown(&chain.stages[*from].name))));
            if slowest.is_some_and(|(_, quantity)| *quantity != 1.0) {
                left_out.push(format!("the quantity per unit of what {of} buys: one unit makes one"));
            }
        }
        if !parts.is_empty() {
            left_out.push(format!(
                "assembly: a stage with several suppliers keeps the one whose goods take longest; not carried over: {}",
                listed(&parts)
            ));
        }
        let kept = kept(chain, &order, &supplier);
        let dropped: Vec<String> = (0..kept.len())
            .filter(|stage| !kept[*stage])
            .map(|stage| shown(&chain.stages[stage].name))
            .collect();
        if !dropped.is_empty() {
            left_out.push(format!("stages that feed nothing but such parts: {}", listed(&dropped)));
        }
        let holding = chain.holding_costs(rules)?;
        let demands = chain.demands()?;
        let order = order.into_iter().filter(|stage| kept[*stage]).collect();
        let assumptions = chain.assumptions.clone();
        let (rounded, random, accepting) = (0, 0, Vec::new());
        Ok(Self {
            chain,
            rules,
            order,
            supplier,
            holding,
            demands,
            assumptions,
            left_out,
            rounded,
            random,
            accepting,
        })
    }

    /// Puts a stage's node, what it buys and its customers down.
    fn stage(&mut self, at: usize, nodes: &mut Vec<Value>, edges: &mut Vec<Value>) {
        let stage = &self.chain.stages[at];
        let name = Value::from(stage.name.as_str());
        let (mean, deviation) = self.demands[at];
        let period = self.rules.period;
        let cover = (stage.time.mean() / period).ceil() + 1.0;
        let stock = stage.initial_stock.unwrap_or_else(|| {
            let safety = self.chain.safety_factor(at) * deviation * (period * cover).sqrt();
            (mean * period * cover + safety).ceil()
        });
        let node = [("id", name.clone()), ("I0", stock.into()), ("h", rounded(self.holding[at]).into())];
        nodes.push(Value::map(node));
        let from = self.supplier[at].map_or(OUTSIDE, |supplier| self.chain.stages[supplier].name.as_str());
        let (law, is_random) =
            self.lead_time(&stage.time, stage.external_inbound_time, self.supplier[at].is_none());
        let waits = self.supplier[at].is_some();
        edges.push(given([
            Some(("from", from.into())),
            Some(("to", name.clone())),
            Some(("L", law)),
            is_random.then(|| ("draw", "order".into())),
            is_random.then(|| ("crossing", "fifo".into())),
            Some(("p", 0.0.into())),
            Some(("g", 0.0.into())),
            waits.then(|| ("unmet", "wait".into())),
        ]));
        let Some(demand) = &stage.demand else { return };
        let market = format!("customers of {}", stage.name);
        nodes.push(Value::map([("id", market.as_str())]));
        let penalty = stage.penalty.map_or_else(
            || {
                let share = share_of(self.chain.safety_factor(at));
                self.holding[at] * share / (1.0 - share)
            },
            |penalty| penalty * period,
        );
        if let Some(time) = stage.max_service_time.filter(|time| *time > 0.0) {
            self.accepting.push(format!("{} ({time})", shown(&stage.name)));
        }
        let (law, parameters) = match &demand.law {
            Some(law) if period == 1.0 => (law.distribution.clone(), parameters_value(law)),
            _ if demand.deviation == 0.0 => {
                ("deterministic".to_owned(), Value::map([("mu", demand.mean * period)]))
            }
            _ => {
                let scale = demand.deviation * period.sqrt();
                ("normal".to_owned(), Value::map([("loc", demand.mean * period), ("scale", scale)]))
            }
        };
        edges.push(Value::map([
            ("from", name),
            ("to", market.as_str().into()),
            ("p", 0.0.into()),
            ("b", rounded(penalty).into()),
            ("demand_dist", law.as_str().into()),
            ("dist_param", parameters),
        ]));
    }

    /// A stage's time as a lead time in whole periods, and whether it is drawn.
    fn lead_time(&mut self, time: &StageTime, inbound: f64, is_first: bool) -> (Value, bool) {
        let before = if is_first { inbound } else { 0.0 };
        let periods = |time: f64| ((time + before) / self.rules.period - NEGLIGIBLE).ceil().max(0.0);
        let is_rounded = |time: f64| (periods(time) - (time + before) / self.rules.period).abs() > NEGLIGIBLE;
        let values: Vec<(f64, f64)> = match time {
            StageTime::Fixed(time) => {
                self.rounded += usize::from(is_rounded(*time));
                return ((periods(*time) as i64).into(), false);
            }
            StageTime::Normal { mean, deviation } => {
                normal_periods(*mean + before, *deviation, self.rules.period)
            }
            StageTime::Values(values) => {
                self.rounded += usize::from(values.iter().any(|(time, _)| is_rounded(*time)));
                values.iter().map(|(time, share)| (periods(*time), *share)).collect()
            }
        };
        let mut whole: Vec<(i64, f64)> = Vec::new();
        for (time, share) in values {
            match whole.iter_mut().find(|(known, _)| *known == time as i64) {
                Some((_, sum)) => *sum += share,
                None => whole.push((time as i64, share)),
            }
        }
        whole.sort_by_key(|(time, _)| *time);
        if let [(only, _)] = whole[..] {
            return (only.into(), false);
        }
        self.random += 1;
        let values: Vec<Value> = whole.iter().map(|(time, _)| (*time).into()).collect();
        let weights: Vec<Value> = whole.iter().map(|(_, share)| rounded(*share).into()).collect();
        (Value::map([("values", Value::from(values)), ("weights", weights.into())]), true)
    }

    /// The rules above in sentences.
    fn say(&mut self) {
        let Self { chain, rules, .. } = *self;
        let mut said = vec![format!("a period is {} of the file's units of time", rules.period)];
        if self.rounded > 0 {
            said.push(format!("times of {} are rounded up to whole periods", stages(self.rounded)));
        }
        if self.random > 0 {
            said.push(format!(
                "times of {} are drawn for every order, and no order overtakes another (draw: order, crossing: fifo)",
                stages(self.random)
            ));
        }
        said.push(match chain.costs {
            CostKind::Added => format!(
                "holding a unit for a year costs {} of its cost; a year has {YEAR} of the file's units of time",
                rules.rate
            ),
            CostKind::Holding => "costs of holding are those of the file".to_owned(),
        });
        said.push("goods on their way cost nothing to hold; nothing is bought or sold at a price".to_owned());
        said.push(format!(
            "penalty for a unit unmet: that for which the service level is worth its stock, h a / (1 - a), a being the \
             file's or {USUAL_SERVICE}; a penalty that the file gives is kept"
        ));
        said.push("what a stage cannot ship it owes (unmet: wait); customers wait too".to_owned());
        said.push(format!("what comes from outside comes from one node, '{OUTSIDE}', without limit"));
        said.push("what is received in a period can be shipped on in it (timeline: beer)".to_owned());
        said.push(
            "stock at the start where the file says none: mean demand and safety stock over a stage's own time and a \
             period"
                .to_owned(),
        );
        self.assumptions.extend(said);
        if !self.accepting.is_empty() {
            self.left_out.push(format!(
                "service times that customers accept, which safety-stock reckons with: {}",
                listed(&self.accepting)
            ));
        }
        let placed = chain.stages.iter().filter(|stage| stage.place.is_some()).count();
        if placed > 0 {
            self.left_out.push(format!("where a picture has {}", stages(placed)));
        }
        let kinds = chain.stages.iter().filter(|stage| stage.kind.is_some()).count();
        if kinds > 0 {
            self.left_out.push(format!("the kind (manufacture, transport, ...) of {}", stages(kinds)));
        }
    }
}

/// The stages from which customers are reached on the suppliers that are carried over.
fn kept(chain: &Chain, order: &[usize], supplier: &[Option<usize>]) -> Vec<bool> {
    let mut kept: Vec<bool> = chain.stages.iter().map(|stage| stage.demand.is_some()).collect();
    for &stage in order.iter().rev() {
        if let (true, Some(from)) = (kept[stage], supplier[stage]) {
            kept[from] = true;
        }
    }
    kept
}

/// A normal time on whole periods, each with its share: every period stands for the times that end in it.
fn normal_periods(mean: f64, deviation: f64, period: f64) -> Vec<(f64, f64)> {
    let last = ((mean + REACH * deviation) / period).ceil().max(0.0) as i64;
    let first = ((mean - REACH * deviation) / period).floor().max(0.0) as i64;
    let below = |periods: i64| share_of((periods as f64 * period - mean) / deviation);
    let share = |periods: i64| {
        let from = if periods == first { 0.0 } else { below(periods - 1) };
        let to = if periods == last { 1.0 } else { below(periods) };
        to - from
    };
    let values = (first..=last).map(|periods| (periods as f64, share(periods)));
    values.filter(|(_, share)| *share > NEGLIGIBLE).collect()
}

/// A number to nine significant digits: what was worked out is no exacter.
fn rounded(number: f64) -> f64 {
    format!("{number:.8e}").parse().unwrap_or(number)
}

fn stages(count: usize) -> String {
    if count == 1 { "1 stage".to_owned() } else { format!("{count} stages") }
}

/// Names, and how many more there are.
fn listed(names: &[String]) -> String {
    let unique: HashSet<&String> = names.iter().collect();
    let more = unique.len().saturating_sub(MOST_NAMES);
    let mut seen = HashSet::new();
    let first: Vec<&str> =
        names.iter().filter(|name| seen.insert(*name)).take(MOST_NAMES).map(String::as_str).collect();
    if more > 0 { format!("{} and {more} more", first.join(", ")) } else { first.join(", ") }
}
