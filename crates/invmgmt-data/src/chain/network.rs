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
/// Marks that part names in texts, which names of products do without.
const MARKS: [char; 6] = [',', ':', '[', ']', '{', '}'];
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
    /// What each stage's stock is called in it, as in texts.
    pub points: Vec<String>,
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

    /// Whether a stage puts several things, or several of one thing, into a unit.
    pub fn is_assembly(&self) -> bool {
        self.suppliers().iter().any(|parts| parts.len() > 1 || parts.iter().any(|part| part.1 != 1.0))
    }

    /// The network. Where every stage passes on what one supplier sends it, a stage is a node, and its time stands on
    /// what it buys. Where stages put things together, one node holds what each stage makes as a product, and a stage
    /// is the recipe that makes it. Customers of a stage are a market of their own.
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
        let entries = if maker.is_assembly { maker.assembly() } else { maker.nodes() };
        maker.say();
        let head = [("name", Value::from(self.name.as_str())), ("timeline", "beer".into())];
        let document = Value::map(head.into_iter().chain(entries));
        let Maker { assumptions, left_out, points, .. } = maker;
        Ok(ChainNetwork { document, points, assumptions, left_out, period: rules.period })
    }
}

/// A network in the making.
struct Maker<'a> {
    chain: &'a Chain,
    rules: &'a ChainRules,
    is_assembly: bool,
    /// The stages, suppliers first.
    order: Vec<usize>,
    suppliers: Vec<Vec<(usize, f64)>>,
    holding: Vec<f64>,
    demands: Vec<(f64, f64)>,
    /// What each stage's stock is called in the network.
    points: Vec<String>,
    assumptions: Vec<String>,
    left_out: Vec<String>,
    /// Stages by what is said of them.
    rounded: usize,
    random: usize,
    renamed: usize,
}

impl<'a> Maker<'a> {
    fn of(chain: &'a Chain, rules: &'a ChainRules) -> Result<Self, AdapterError> {
        Ok(Self {
            chain,
            rules,
            is_assembly: chain.is_assembly(),
            order: chain.downstream()?,
            suppliers: chain.suppliers(),
            holding: chain.holding_costs(rules)?,
            demands: chain.demands()?,
            points: chain.stages.iter().map(|stage| stage.name.clone()).collect(),
            assumptions: chain.assumptions.clone(),
            left_out: chain.left_out.clone(),
            rounded: 0,
            random: 0,
            renamed: 0,
        })
    }

    /// Each stage a node that holds stock.
    fn nodes(&mut self) -> Vec<(&'static str, Value)> {
        let (mut nodes, mut edges) = (Vec::new(), Vec::new());
        let mut feeds = vec![0_usize; self.chain.stages.len()];
        self.chain.links.iter().for_each(|link| feeds[link.from] += 1);
        for at in self.order.clone() {
            let name = Value::from(self.chain.stages[at].name.as_str());
            let shares = feeds[at] > 1;
            nodes.push(given([
                Some(("id", name.clone())),
                Some(("I0", self.stock(at).into())),
                Some(("h", rounded(self.holding[at]).into())),
                shares.then(|| ("allocation", "proportional".into())),
            ]));
            let supplier = self.suppliers[at].first().map(|(from, _)| *from);
            let from = supplier.map_or(OUTSIDE, |from| self.chain.stages[from].name.as_str());
            let ends = [("from", from.into()), ("to", name.clone())];
            edges.push(Value::map(ends.into_iter().chain(self.supply(at))));
            self.customers(at, &name, None, &mut nodes, &mut edges);
        }
        nodes.push(Value::map([("id", OUTSIDE)]));
        vec![("nodes", nodes.into()), ("edges", edges.into())]
    }

    /// One node that holds what each stage makes, and a recipe per stage.
    fn assembly(&mut self) -> Vec<(&'static str, Value)> {
        let products = self.products();
        let plant = Value::from(self.chain.name.as_str());
        self.points = products.iter().map(|product| format!("{}, {product}", self.chain.name)).collect();
        let product = |at: usize| Value::from(products[at].as_str());
        let (mut markets, mut edges, mut recipes) = (Vec::new(), Vec::new(), Vec::new());
        let mut stock: Vec<(Value, Value)> = Vec::new();
        let mut holding: Vec<(Value, Value)> = Vec::new();
        for at in self.order.clone() {
            stock.push((product(at), self.stock(at).into()));
            holding.push((product(at), rounded(self.holding[at]).into()));
            let supply = self.supply(at);
            if self.suppliers[at].is_empty() {
                let ends = [("from", OUTSIDE.into()), ("to", plant.clone()), ("product", product(at))];
                edges.push(Value::map(ends.into_iter().chain(supply)));
            } else {
                let parts =
                    self.suppliers[at].iter().map(|&(from, quantity)| (product(from), quantity.into()));
                let made = [("make", product(at)), ("from", Value::map::<Value, Value>(parts))];
                recipes.push(Value::map(made.into_iter().chain(supply)));
            }
            self.customers(at, &plant, Some(product(at)), &mut markets, &mut edges);
        }
        let mut nodes = vec![Value::map([
            ("id", plant),
            ("I0", Value::map(stock)),
            ("h", Value::map(holding)),
            ("allocation", "proportional".into()),
            ("recipes", recipes.into()),
        ])];
        nodes.extend(markets);
        nodes.push(Value::map([("id", OUTSIDE)]));
        let products: Vec<Value> = (0..products.len()).map(product).collect();
        vec![("products", products.into()), ("nodes", nodes.into()), ("edges", edges.into())]
    }

    /// Names of products: those of the stages, without the marks that part names in texts.
    fn products(&mut self) -> Vec<String> {
        let mut names: HashSet<String> = HashSet::new();
        let mut products = Vec::with_capacity(self.chain.stages.len());
        for stage in &self.chain.stages {
            let plain: String = stage
                .name
                .trim()
                .chars()
                .map(|sign| if MARKS.contains(&sign) { '_' } else { sign })
                .collect();
            let mut name = plain.clone();
            let mut count = 2;
            while !names.insert(name.clone()) {
                name = format!("{plain}_{count}");
                count += 1;
            }
            self.renamed += usize::from(name != stage.name);
            products.push(name);
        }
        products
    }

    /// Stock of a stage at the start [units].
    fn stock(&self, at: usize) -> f64 {
        let (stage, period) = (&self.chain.stages[at], self.rules.period);
        stage.initial_stock.unwrap_or_else(|| {
            let (mean, deviation) = self.demands[at];
            let cover = (stage.time.mean() / period).ceil() + 1.0;
            let safety = self.chain.safety_factor(at) * deviation * (period * cover).sqrt();
            (mean * period * cover + safety).ceil()
        })
    }

    /// What is said of a stage's link or recipe besides its ends.
    fn supply(&mut self, at: usize) -> Vec<(&'static str, Value)> {
        let stage = &self.chain.stages[at];
        let is_first = self.suppliers[at].is_empty();
        let (law, is_random) = self.lead_time(&stage.time, stage.external_inbound_time, is_first);
        let is_recipe = self.is_assembly && !is_first;
        let fields = [
            Some(("L", law)),
            is_random.then(|| ("draw", "order".into())),
            is_random.then(|| ("crossing", "fifo".into())),
            (!is_recipe).then(|| ("p", 0.0.into())),
            Some(("g", 0.0.into())),
            (!is_first).then(|| ("unmet", "wait".into())),
        ];
        fields.into_iter().flatten().collect()
    }

    /// Puts down the market of a stage that sells to customers.
    fn customers(
        &self,
        at: usize,
        from: &Value,
        product: Option<Value>,
        nodes: &mut Vec<Value>,
        edges: &mut Vec<Value>,
    ) {
        let (stage, period) = (&self.chain.stages[at], self.rules.period);
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
        edges.push(given([
            Some(("from", from.clone())),
            Some(("to", market.as_str().into())),
            product.map(|product| ("product", product)),
            Some(("p", 0.0.into())),
            Some(("b", rounded(penalty).into())),
            Some(("demand_dist", law.as_str().into())),
            Some(("dist_param", parameters)),
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
        if self.is_assembly {
            said.push(format!(
                "what each stage makes is a product, kept at the node '{}'; a stage is the recipe that makes it, and \
                 makes a unit once all its parts are there",
                shown(&chain.name)
            ));
        }
        if self.renamed > 0 {
            said.push(format!(
                "{} renamed: the signs {} in a name become _",
                stages(self.renamed),
                MARKS.map(String::from).join(" ")
            ));
        }
        said.push(
            "what a stage cannot ship it owes (unmet: wait), to each in proportion to what waits for it (allocation: \
             proportional); customers wait too"
                .to_owned(),
        );
        said.push(format!("what comes from outside comes from one node, '{OUTSIDE}', without limit"));
        said.push("what is received in a period can be shipped on in it (timeline: beer)".to_owned());
        said.push(
            "stock at the start where the file says none: mean demand and safety stock over a stage's own time and a \
             period"
                .to_owned(),
        );
        self.assumptions.extend(said);
        let accepting: Vec<String> = chain
            .stages
            .iter()
            .filter_map(|stage| Some((stage, stage.max_service_time.filter(|time| *time > 0.0)?)))
            .map(|(stage, time)| format!("{} ({time})", shown(&stage.name)))
            .collect();
        if !accepting.is_empty() {
            self.left_out.push(format!(
                "service times that customers accept, which safety-stock reckons with: {}",
                listed(&accepting)
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
pub(super) fn listed(names: &[String]) -> String {
    let unique: HashSet<&String> = names.iter().collect();
    let more = unique.len().saturating_sub(MOST_NAMES);
    let mut seen = HashSet::new();
    let first: Vec<&str> =
        names.iter().filter(|name| seen.insert(*name)).take(MOST_NAMES).map(String::as_str).collect();
    if more > 0 { format!("{} and {more} more", first.join(", ")) } else { first.join(", ") }
}
