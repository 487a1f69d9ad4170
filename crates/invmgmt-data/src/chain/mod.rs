//! Supply chains as people bring them: stages with a time and a cost each, and who feeds whom.
//!
//! Three layouts are read: the workbook of Willems (2008), lines of stages, and stockpyl's instances. What a file says
//! is kept as it says it, in its own unit of time; [`Chain::network`] makes a network of it and says every assumption
//! it makes and everything that it cannot carry over.

mod network;
mod snc;
mod stockpyl;
mod willems;

use std::collections::{HashMap, HashSet};

use statrs::distribution::{ContinuousCDF, Normal};

use crate::adapters::AdapterError;
use crate::text::shown;

pub use network::{ChainNetwork, ChainRules};
pub use snc::read_snc;
pub use stockpyl::{read_stockpyl, stockpyl_networks};
pub use willems::{read_willems, willems_chains};

/// A supply chain: stages, and links that lead from suppliers to customers.
#[derive(Clone, Debug, PartialEq)]
pub struct Chain {
    /// Its name.
    pub name: String,
    /// The stages.
    pub stages: Vec<ChainStage>,
    /// Who feeds whom.
    pub links: Vec<ChainLink>,
    /// What costs are: of a unit made here alone, of a unit with all that went into it, or of holding it.
    pub costs: CostKind,
    /// What was read in one of several ways, in sentences.
    pub assumptions: Vec<String>,
    /// What the file says and nothing here holds, in sentences.
    pub left_out: Vec<String>,
}

/// What a stage's cost is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CostKind {
    /// What is added to the cost of a unit here; the cost of a unit is that of all that goes into it, and this
    /// [money / unit].
    Added,
    /// What holding a unit costs [money / unit / unit of time].
    Holding,
}

/// A stage.
#[derive(Clone, Debug, PartialEq)]
pub struct ChainStage {
    /// Its name, once in the chain.
    pub name: String,
    /// Its cost, of the chain's kind.
    pub cost: f64,
    /// How long it takes once everything is there.
    pub time: StageTime,
    /// How long its outside supplier takes [units of time].
    pub external_inbound_time: f64,
    /// What outside customers want of it, if there are any.
    pub demand: Option<ChainDemand>,
    /// Longest service time its outside customers accept [units of time].
    pub max_service_time: Option<f64>,
    /// Deviations of demand that safety stock covers, where the file says it [1].
    pub safety_factor: Option<f64>,
    /// Penalty for a unit owed to customers, where the file says it [money / unit / unit of time].
    pub penalty: Option<f64>,
    /// Stock at the start, where the file says it [units].
    pub initial_stock: Option<f64>,
    /// Where a picture of the chain has it.
    pub place: Option<(f64, f64)>,
    /// What kind of stage it is, for people.
    pub kind: Option<String>,
}

impl ChainStage {
    /// A stage that does nothing, costs nothing and sells to nobody.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            cost: 0.0,
            time: StageTime::Fixed(0.0),
            external_inbound_time: 0.0,
            demand: None,
            max_service_time: None,
            safety_factor: None,
            penalty: None,
            initial_stock: None,
            place: None,
            kind: None,
        }
    }
}

/// A link from a supplier to a customer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ChainLink {
    /// Position of the supplier.
    pub from: usize,
    /// Position of the customer.
    pub to: usize,
    /// Units of the supplier that go into one of the customer [1].
    pub quantity: f64,
}

/// How long a stage takes [units of time].
#[derive(Clone, Debug, PartialEq)]
pub enum StageTime {
    /// Always as long.
    Fixed(f64),
    /// Normal.
    Normal {
        /// Mean.
        mean: f64,
        /// Standard deviation.
        deviation: f64,
    },
    /// One of several, each with its share.
    Values(Vec<(f64, f64)>),
}

impl StageTime {
    /// The mean [units of time].
    pub fn mean(&self) -> f64 {
        match self {
            Self::Fixed(time) => *time,
            Self::Normal { mean, .. } => *mean,
            Self::Values(values) => {
                let total: f64 = values.iter().map(|(_, share)| share).sum();
                values.iter().map(|(time, share)| time * share).sum::<f64>() / total
            }
        }
    }

    /// Whether it is drawn.
    pub fn is_random(&self) -> bool {
        match self {
            Self::Fixed(_) => false,
            Self::Normal { deviation, .. } => *deviation > 0.0,
            Self::Values(values) => values.len() > 1,
        }
    }
}

/// What outside customers want of a stage in a unit of time.
#[derive(Clone, Debug, PartialEq)]
pub struct ChainDemand {
    /// Mean [units].
    pub mean: f64,
    /// Standard deviation [units].
    pub deviation: f64,
    /// Its law where the file says one, as a network file has it; else it is normal.
    pub law: Option<invmgmt::network::DeclaredDemand>,
}

impl Chain {
    /// Cost of a unit at each stage, everything that went into it included [money / unit]; none where the file gives
    /// costs of holding.
    ///
    /// # Errors
    /// [`AdapterError`] naming a stage that comes back to itself.
    pub fn unit_costs(&self) -> Result<Option<Vec<f64>>, AdapterError> {
        if self.costs == CostKind::Holding {
            return Ok(None);
        }
        let mut costs: Vec<f64> = self.stages.iter().map(|stage| stage.cost).collect();
        let suppliers = self.suppliers();
        for stage in self.downstream()? {
            costs[stage] +=
                suppliers[stage].iter().map(|&(from, quantity)| quantity * costs[from]).sum::<f64>();
        }
        Ok(Some(costs))
    }

    /// Suppliers of each stage with the quantity of each.
    pub fn suppliers(&self) -> Vec<Vec<(usize, f64)>> {
        let mut suppliers = vec![Vec::new(); self.stages.len()];
        for link in &self.links {
            suppliers[link.to].push((link.from, link.quantity));
        }
        suppliers
    }

    /// The stages, every supplier before its customers.
    ///
    /// # Errors
    /// [`AdapterError`] naming a stage that comes back to itself.
    pub fn downstream(&self) -> Result<Vec<usize>, AdapterError> {
        let mut open = vec![0_usize; self.stages.len()];
        let mut customers = vec![Vec::new(); self.stages.len()];
        for link in &self.links {
            open[link.to] += 1;
            customers[link.from].push(link.to);
        }
        let mut order: Vec<usize> = (0..open.len()).filter(|&stage| open[stage] == 0).collect();
        let mut next = 0;
        while next < order.len() {
            for &to in &customers[order[next]] {
                open[to] -= 1;
                if open[to] == 0 {
                    order.push(to);
                }
            }
            next += 1;
        }
        match open.iter().position(|&open| open > 0) {
            None => Ok(order),
            Some(stage) => {
                let name = shown(&self.stages[stage].name);
                Err(AdapterError::data(
                    &self.name,
                    format!("stage {name} goes into itself, by way of others"),
                ))
            }
        }
    }

    /// What outside customers want of each stage in a unit of time: mean, and deviation, which adds up over all paths
    /// to one customer and as squares over different ones [units].
    ///
    /// # Errors
    /// [`AdapterError`] naming a stage that comes back to itself.
    pub fn demands(&self) -> Result<Vec<(f64, f64)>, AdapterError> {
        let mut customers = vec![Vec::new(); self.stages.len()];
        for link in &self.links {
            customers[link.from].push((link.to, link.quantity));
        }
        let mut units: Vec<HashMap<usize, f64>> = vec![HashMap::new(); self.stages.len()];
        let mut demands = vec![(0.0, 0.0); self.stages.len()];
        for stage in self.downstream()?.into_iter().rev() {
            let mut reached: HashMap<usize, f64> = HashMap::new();
            if self.stages[stage].demand.is_some() {
                reached.insert(stage, 1.0);
            }
            for &(to, quantity) in &customers[stage] {
                for (&end, &of) in &units[to] {
                    *reached.entry(end).or_default() += quantity * of;
                }
            }
            let mut ends: Vec<(usize, f64)> = reached.iter().map(|(&end, &of)| (end, of)).collect();
            ends.sort_by_key(|(end, _)| *end);
            let (mut mean, mut variance) = (0.0, 0.0);
            for (end, of) in ends {
                let demand = self.stages[end].demand.as_ref().expect("ends have demand");
                mean += of * demand.mean;
                variance += (of * demand.deviation).powi(2);
            }
            demands[stage] = (mean, variance.sqrt());
            units[stage] = reached;
        }
        Ok(demands)
    }

    /// Makes one link of several between the same stages.
    fn join_links(&mut self) {
        let mut places: HashMap<(usize, usize), usize> = HashMap::new();
        let mut links: Vec<ChainLink> = Vec::with_capacity(self.links.len());
        for link in &self.links {
            if let Some(&at) = places.get(&(link.from, link.to)) {
                links[at].quantity += link.quantity;
            } else {
                places.insert((link.from, link.to), links.len());
                links.push(*link);
            }
        }
        let twice = self.links.len() - links.len();
        if twice > 0 {
            self.assumptions
                .push(format!("quantities of links that stand twice are added up ({twice} of them)"));
        }
        self.links = links;
    }

    /// Checks what no reader checks by itself: names that stand once, links without circles, demand somewhere.
    fn checked(mut self, source: &str) -> Result<Self, AdapterError> {
        self.join_links();
        let mut mistakes = Vec::new();
        let mut seen = HashMap::new();
        for (position, stage) in self.stages.iter().enumerate() {
            if let Some(first) = seen.insert(stage.name.as_str(), position) {
                let name = shown(&stage.name);
                mistakes.push(format!(
                    "stage {name} stands twice, as stage {} and {}",
                    first + 1,
                    position + 1
                ));
            }
        }
        if self.stages.is_empty() {
            mistakes.push("it has no stages".to_owned());
        } else if self.stages.iter().all(|stage| stage.demand.is_none()) {
            mistakes.push("no stage has demand; nothing would ever be ordered".to_owned());
        }
        let sells: HashSet<usize> = self.links.iter().map(|link| link.from).collect();
        for (position, stage) in self.stages.iter().enumerate() {
            if !sells.contains(&position) && stage.demand.is_none() {
                let name = shown(&stage.name);
                mistakes.push(format!("stage {name} feeds no other stage and has no demand of its own"));
            }
        }
        if !mistakes.is_empty() {
            return Err(AdapterError::data(source, mistakes.join("\n")));
        }
        self.downstream()?;
        Ok(self)
    }
}

/// The standard normal quantile of a share: how many deviations of demand cover it [1].
pub(crate) fn factor_of(share: f64) -> f64 {
    Normal::standard().inverse_cdf(share.clamp(1e-12, 1.0 - 1e-12))
}

/// The share of demand that so many deviations cover [1].
pub fn share_of(factor: f64) -> f64 {
    Normal::standard().cdf(factor)
}
