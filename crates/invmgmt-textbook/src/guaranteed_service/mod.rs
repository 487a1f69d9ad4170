//! Safety stock placement under guaranteed service, on any network without circles: exact on trees (serial systems and
//! forests are trees), by spanning trees and branch and bound on others.
//!
//! S. C. Graves and S. P. Willems, "Optimizing strategic safety stock placement in supply chains", Manufacturing &
//! Service Operations Management 2 (2000); for serial systems K. F. Simpson, "In-process inventories", Operations
//! Research 6 (1958); Snyder & Shen (2019), chapter 6; for general networks S. Humair and S. P. Willems, "Optimizing
//! strategic safety stock placement in general acyclic networks", Operations Research 59 (2011), whose relaxation to
//! spanning trees is the one used here.
//!
//! Each stage promises its customers a service time S and waits SI for its slowest supplier; with processing time T it
//! covers a net replenishment time of `SI + T - S` with safety stock `z sigma sqrt(SI + T - S)`. Demand beyond that
//! bound is met by other means. Times are whole periods. Outside customers' demands are independent, and what they want
//! of a stage adds up over all paths from it to them: the deviations of different customers add up as squares, those of
//! one customer's paths as they are.

mod frame;
mod network;
mod programme;
mod search;

use super::error::{InputError, non_negative};

pub use search::Effort;

/// Longest replenishment time of a stage, everything above it included [periods].
pub const MAX_TIME: usize = 10_000;

/// A stage.
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
    /// Supplier and customer of each link, by position of the stage; followed downstream they never come back.
    pub links: Vec<(usize, usize)>,
    /// Units of the supplier that go into one of the customer, per link [1]; empty where it is one everywhere.
    pub quantities: Vec<f64>,
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

/// What was found for a [`GuaranteedService`].
#[derive(Clone, Debug, PartialEq)]
pub struct Placement {
    /// The stages, in the order given.
    pub stages: Vec<StagePlacement>,
    /// Holding cost of all safety stock [money / period].
    pub cost: f64,
    /// What every placement costs at least [money / period]; the cost itself where that is proved to be the least, as
    /// it is on trees.
    pub at_least: f64,
    /// Spanning trees solved on the way; 1 on trees.
    pub trees: usize,
}

impl Placement {
    /// Whether no placement costs less.
    pub fn is_proved(&self) -> bool {
        self.at_least >= self.cost
    }
}

impl GuaranteedService {
    /// The placement of least cost. With z = 0 every placement costs nothing and one of them is returned.
    ///
    /// On a network that is no tree the search has a usual [`Effort`]: it may end before the least is proved.
    ///
    /// # Errors
    /// [`InputError`] for the first number out of range, a circle, or an end without a promised service time.
    pub fn solve(&self) -> Result<Placement, InputError> {
        self.solve_with(Effort::default())
    }

    /// As [`GuaranteedService::solve`], with as much effort.
    ///
    /// # Errors
    /// As there.
    pub fn solve_with(&self, effort: Effort) -> Result<Placement, InputError> {
        self.check()?;
        let frame = frame::Frame::of(self)?;
        let found = search::search(&frame, effort);
        let stages = found.times.iter().enumerate().map(|(position, &(service_time, inbound))| {
            let net = inbound + self.stages[position].processing_time as usize - service_time;
            let safety_stock = self.safety_factor * frame.deviations[position] * (net as f64).sqrt();
            StagePlacement {
                service_time,
                inbound_service_time: inbound,
                net_replenishment_time: net,
                safety_stock,
            }
        });
        let stages: Vec<StagePlacement> = stages.collect();
        let costs = stages.iter().zip(&self.stages);
        let cost = costs.map(|(placed, stage)| stage.holding_cost * placed.safety_stock).sum();
        let at_least = if found.is_proved { cost } else { found.at_least };
        Ok(Placement { stages, cost, at_least, trees: found.trees })
    }

    /// Standard deviation of what outside customers want of each stage in a period [units].
    ///
    /// # Errors
    /// As [`GuaranteedService::solve`].
    pub fn deviations(&self) -> Result<Vec<f64>, InputError> {
        self.check()?;
        Ok(frame::Frame::of(self)?.deviations)
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
        let mut sells = vec![false; self.stages.len()];
        for (link, &(from, to)) in self.links.iter().enumerate() {
            if let Some(found) = [from, to].into_iter().find(|&stage| stage > last) {
                return Err(InputError::NoSuchStage { link, found, last });
            }
            sells[from] = true;
        }
        if !(self.quantities.is_empty() || self.quantities.len() == self.links.len()) {
            return Err(InputError::OutOfRange {
                name: "the number of quantities".to_owned(),
                found: self.quantities.len() as f64,
                allowed: "one per link, or none",
            });
        }
        for (link, &quantity) in self.quantities.iter().enumerate() {
            non_negative(format!("quantities[{link}]"), quantity)?;
        }
        for (stage, settings) in self.stages.iter().enumerate() {
            if !sells[stage] && settings.promised_service_time.is_none() {
                return Err(InputError::NoPromise { stage });
            }
        }
        Ok(())
    }
}
