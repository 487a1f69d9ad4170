//! Safety stock placement under guaranteed service, on trees (serial systems and forests are trees).
//!
//! S. C. Graves and S. P. Willems, "Optimizing strategic safety stock placement in supply chains", Manufacturing &
//! Service Operations Management 2 (2000); for serial systems K. F. Simpson, "In-process inventories", Operations
//! Research 6 (1958); Snyder & Shen (2019), chapter 6.
//!
//! Each stage promises its customers a service time S and waits SI for its slowest supplier; with processing time T it
//! covers a net replenishment time of `SI + T - S` with safety stock `z sigma sqrt(SI + T - S)`. Demand beyond that
//! bound is met by other means. Times are whole periods and stage j's demand is the sum of independent demands below
//! it: deviations add up as squares.

mod network;
mod programme;

use super::error::{InputError, non_negative};

/// Longest replenishment time of a stage, everything above it included [periods].
pub const MAX_TIME: usize = 10_000;

/// A stage of a tree.
#[derive(Clone, Debug, PartialEq)]
pub struct TreeStage {
    /// Time to process once everything is there, T [periods].
    pub processing_time: u32,
    /// Cost of a unit of safety stock, h [money / unit / period], >= 0.
    pub holding_cost: f64,
    /// Service time of the stage's outside supplier, 0 where there is none [periods].
    pub external_inbound_time: u32,
    /// Longest service time its outside customers accept [periods]; needed where no other stage is a customer.
    pub promised_service_time: Option<u32>,
    /// Standard deviation of its outside customers' demand in a period, 0 where there are none [units].
    pub demand_deviation: f64,
}

/// An instance.
#[derive(Clone, Debug, PartialEq)]
pub struct GuaranteedService {
    /// The stages.
    pub stages: Vec<TreeStage>,
    /// Supplier and customer of each link, by position of the stage; without directions they form a tree or several.
    pub links: Vec<(usize, usize)>,
    /// Deviations of demand a stage covers, z [1], >= 0.
    pub safety_factor: f64,
}

/// What one stage does in the optimum.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StagePlacement {
    /// Service time it promises, S [periods].
    pub service_time: usize,
    /// Time it waits for supplies, SI [periods].
    pub inbound_service_time: usize,
    /// Time its stock covers, SI + T - S [periods].
    pub net_replenishment_time: usize,
    /// Its safety stock [units].
    pub safety_stock: f64,
}

/// The optimum of a [`GuaranteedService`].
#[derive(Clone, Debug, PartialEq)]
pub struct Placement {
    /// The stages, in the order given.
    pub stages: Vec<StagePlacement>,
    /// Holding cost of all safety stock [money / period].
    pub cost: f64,
}

impl GuaranteedService {
    /// The placement of least cost. With z = 0 every placement costs nothing and one of them is returned.
    ///
    /// # Errors
    /// [`InputError`] for the first number out of range, a loop, or an end without a promised service time.
    pub fn solve(&self) -> Result<Placement, InputError> {
        self.check()?;
        let tree = programme::Tree::of(self)?;
        let times = tree.solve();
        let mut cost = 0.0;
        let stages = times.into_iter().enumerate().map(|(position, (service_time, inbound_service_time))| {
            let stage = &self.stages[position];
            let net = inbound_service_time + stage.processing_time as usize - service_time;
            let safety_stock = self.safety_factor * tree.deviation(position) * (net as f64).sqrt();
            cost += stage.holding_cost * safety_stock;
            StagePlacement { service_time, inbound_service_time, net_replenishment_time: net, safety_stock }
        });
        let stages = stages.collect();
        Ok(Placement { stages, cost })
    }

    fn check(&self) -> Result<(), InputError> {
        if self.stages.is_empty() {
            return Err(InputError::Empty { name: "stages" });
        }
        non_negative("safety_factor", self.safety_factor)?;
        for (position, stage) in self.stages.iter().enumerate() {
            non_negative(format!("stages[{position}].holding_cost"), stage.holding_cost)?;
            non_negative(format!("stages[{position}].demand_deviation"), stage.demand_deviation)?;
        }
        let last = self.stages.len() - 1;
        for (link, &(from, to)) in self.links.iter().enumerate() {
            if let Some(found) = [from, to].into_iter().find(|&stage| stage > last) {
                return Err(InputError::NoSuchStage { link, found, last });
            }
        }
        if let Some(link) = closing_link(self.stages.len(), self.links.iter().copied()) {
            let (from, to) = self.links[link];
            return Err(InputError::Loop { link, from, to });
        }
        for (stage, settings) in self.stages.iter().enumerate() {
            let sells = self.links.iter().any(|&(from, _)| from == stage);
            if !sells && settings.promised_service_time.is_none() {
                return Err(InputError::NoPromise { stage });
            }
        }
        Ok(())
    }
}

/// The first link that joins what earlier links, directions aside, have joined already.
fn closing_link(stages: usize, links: impl Iterator<Item = (usize, usize)>) -> Option<usize> {
    let mut joined: Vec<usize> = (0..stages).collect();
    let find = |joined: &[usize], mut stage: usize| {
        while joined[stage] != stage {
            stage = joined[stage];
        }
        stage
    };
    links.enumerate().find_map(|(position, (from, to))| {
        let (a, b) = (find(&joined, from), find(&joined, to));
        joined[a] = b;
        (a == b).then_some(position)
    })
}
