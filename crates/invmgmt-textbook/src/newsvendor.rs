//! One stage, one decision: the newsvendor, and the base-stock level of a stage with a lead time.
//!
//! K. J. Arrow, T. Harris and J. Marschak, "Optimal inventory policy", Econometrica 19 (1951); Snyder & Shen (2019),
//! chapter 4. Order first (convention A of `docs/textbook.md`): an order placed in period t arrives in t + L, before
//! demand, so a level is exposed to L + 1 demands; cost is charged on the state at the end of a period and unmet
//! demand waits. With L = 0 it is the newsvendor's single period.

use invmgmt::mechanism::Mechanism::{LostSales, Salvage};
use invmgmt::mechanism::{Mechanisms, Scope};

use super::Demand;
use super::chain::{self, ChainStage};
use super::demand::Total;
use super::error::{InputError, ShapeError, finite, non_negative, positive};
use super::normal;
use super::problem::{PLAIN, ProblemView, Reads};

/// What errors call this solver.
const NAME: &str = "the newsvendor";

/// An instance.
#[derive(Clone, Debug, PartialEq)]
pub struct Newsvendor {
    /// Cost of a unit left over at the end of a period, h [money / unit / period], > 0.
    pub holding_cost: f64,
    /// Cost of a unit short at the end of a period, p [money / unit / period], > 0.
    pub penalty: f64,
    /// Periods from order to receipt, L [periods], >= 0; whole for discrete demand.
    pub lead_time: f64,
    /// Demand of one period.
    pub demand: Demand,
    /// Cost that no decision moves, added to the answer's [money / period]; 0 for the plain problem.
    pub constant_cost: f64,
}

/// The optimum of a [`Newsvendor`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NewsvendorSolution {
    /// Stock, on hand and on order, to order up to, S [units]; with whole units the smallest of the best.
    pub level: f64,
    /// Expected cost [money / period].
    pub cost: f64,
    /// Probability that nothing is short at the end of a period [1].
    pub ready_rate: f64,
}

/// Prices from which the costs of a single period follow (Snyder & Shen, example 4.2).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Prices {
    /// What a customer pays [money / unit].
    pub selling: f64,
    /// What a unit costs [money / unit].
    pub buying: f64,
    /// What a unit left over brings [money / unit].
    pub salvage: f64,
}

impl Prices {
    /// The single-period problem: a unit left over costs `buying - salvage`, a unit short `selling - buying`.
    /// Expected profit is `(selling - buying)` times expected demand, less the solution's cost.
    pub fn newsvendor(&self, demand: Demand) -> Newsvendor {
        Newsvendor {
            holding_cost: self.buying - self.salvage,
            penalty: self.selling - self.buying,
            lead_time: 0.0,
            demand,
            constant_cost: 0.0,
        }
    }
}

impl Newsvendor {
    /// The problem of one stocking node, as the simulator plays it.
    ///
    /// In the long run, with backlog and no discount, prices move no level; the cost is holding plus pipeline holding
    /// plus penalty. Where unmet demand is lost and nothing waits for delivery, a unit short costs the margin besides.
    /// In a horizon of one period a unit left over costs what it was bought for less its salvage value too; that
    /// problem begins without stock. Normal demand counts as not cut at zero.
    ///
    /// # Errors
    /// [`ShapeError`] if anything else is played.
    pub fn from_problem<'a>(problem: impl Into<ProblemView<'a>>) -> Result<Self, ShapeError> {
        let problem = problem.into();
        let at_once = |stages: &[ChainStage<'_>]| stages[0].supply.lead_time == 0;
        let single = |stages: &[ChainStage<'_>]| problem.num_periods == 1 && at_once(stages);
        let chain = chain::read_single(problem, NAME, |stages| {
            let also = |is_read: bool, mechanism| {
                if is_read { Mechanisms::of(&[mechanism]) } else { Mechanisms::NONE }
            };
            let models =
                PLAIN.models.with(also(at_once(stages), LostSales)).with(also(single(stages), Salvage));
            Reads { scope: Scope { models, ..PLAIN }, discount: single(stages) }
        })?;
        let stage = &chain.stages[0];
        let (cost, lead_time) = (stage.supply.price, stage.supply.lead_time as f64);
        let (mut holding_cost, mut penalty) = (stage.node.holding_cost, chain.penalty);
        if single(&chain.stages) {
            holding_cost += cost - stage.node.salvage_value;
        }
        if single(&chain.stages) || !problem.rules.backlog {
            penalty += chain.price - cost;
        }
        Ok(Self {
            holding_cost,
            penalty,
            lead_time,
            constant_cost: stage.supply.pipeline_holding_cost * lead_time * chain.demand.mean(),
            demand: chain.demand,
        })
    }

    /// The level of least expected cost.
    ///
    /// # Errors
    /// [`InputError`] for the first number out of range.
    pub fn solve(&self) -> Result<NewsvendorSolution, InputError> {
        let exposed = self.exposed()?;
        let (h, p) = (self.holding_cost, self.penalty);
        let level = match &exposed {
            Total::Normal { mean, deviation } => mean + deviation * normal::exceeded_with(h / (h + p)),
            Total::Whole(demand) => demand.quantile(p / (h + p)) as f64,
        };
        Ok(self.at(level, &exposed))
    }

    /// A level somebody else chose, with what it costs; it may lie between whole units.
    ///
    /// # Errors
    /// As [`Newsvendor::solve`].
    pub fn at_level(&self, level: f64) -> Result<NewsvendorSolution, InputError> {
        finite("level", level)?;
        Ok(self.at(level, &self.exposed()?))
    }

    /// Demand over the time a level is exposed to, all numbers checked.
    fn exposed(&self) -> Result<Total, InputError> {
        positive("holding_cost", self.holding_cost)?;
        positive("penalty", self.penalty)?;
        non_negative("lead_time", self.lead_time)?;
        finite("constant_cost", self.constant_cost)?;
        self.demand.check()?;
        self.demand.over(self.lead_time + 1.0)
    }

    fn at(&self, level: f64, exposed: &Total) -> NewsvendorSolution {
        let (h, p) = (self.holding_cost, self.penalty);
        let (cost, ready_rate) = match exposed {
            Total::Normal { mean, deviation } => {
                let z = (level - mean) / deviation;
                (deviation * (h * z + (h + p) * normal::loss(z)), normal::cumulative(z))
            }
            Total::Whole(demand) => {
                let (whole, part) = (level.floor() as i64, level - level.floor());
                let cost = demand.cost(whole, h, p);
                // Between whole units the cost is a straight line.
                let rise = if part > 0.0 { demand.cost(whole + 1, h, p) - cost } else { 0.0 };
                (cost + part * rise, demand.at_most(whole))
            }
        };
        NewsvendorSolution { level, cost: cost + self.constant_cost, ready_rate }
    }
}

/// The numbers of a newsvendor in one of the forms people have them in; see [`NewsvendorForm::solve`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NewsvendorForm {
    /// Of a unit left over [money / unit / period]; with prices what it costs beside them.
    pub holding_cost: Option<f64>,
    /// Of a unit short [money / unit / period]; with prices what it costs beside the margin.
    pub penalty: Option<f64>,
    /// Wanted probability that nothing is short at the end of a period, in (0, 1) [1].
    pub service_level: Option<f64>,
    /// What a customer pays [money / unit].
    pub price: Option<f64>,
    /// What a unit costs [money / unit].
    pub cost: Option<f64>,
    /// What a unit left over brings, 0 if not given [money / unit].
    pub salvage: Option<f64>,
    /// A level chosen already, whose cost is wanted [units].
    pub level: Option<f64>,
    /// Periods from order to receipt, 0 if not given [periods].
    pub lead_time: Option<f64>,
    /// Demand of one period.
    pub demand: Option<Demand>,
}

impl NewsvendorForm {
    /// Solves what the numbers ask for:
    ///
    /// - `holding_cost` and `penalty`: the level of least cost;
    /// - `price` and `cost`, with or without `salvage`: the same for a single period (see [`Prices`]);
    /// - `service_level`: the level that is enough with this probability. Its cost is that of `holding_cost` and
    ///   `penalty`; with `holding_cost` alone the penalty is the one this service is best for,
    ///   `h a / (1 - a)`; without costs it is not a number;
    /// - `level` beside costs or prices: what that level costs.
    ///
    /// # Errors
    /// [`InputError`] for numbers that are missing, of two forms, or out of range.
    pub fn solve(&self) -> Result<NewsvendorSolution, InputError> {
        self.check_form()?;
        let Some(service) = self.service_level else {
            let problem = self.problem(self.penalty.unwrap_or(0.0));
            return match self.level {
                None => problem.solve(),
                Some(level) => problem.at_level(level),
            };
        };
        if !(service > 0.0 && service < 1.0) {
            return Err(InputError::OutOfRange {
                name: "service_level".into(),
                found: service,
                allowed: "a number above 0 and below 1",
            });
        }
        // Without costs any that make this service best lead to the level.
        let holding_cost = self.holding_cost.unwrap_or(1.0);
        let best_for = Self { holding_cost: Some(holding_cost), ..self.clone() };
        let mut solved = best_for.problem(holding_cost * service / (1.0 - service)).solve()?;
        if let Some(penalty) = self.penalty {
            solved = best_for.problem(penalty).at_level(solved.level)?;
        }
        if self.holding_cost.is_none() {
            solved.cost = f64::NAN;
        }
        Ok(solved)
    }

    /// Refuses numbers of two forms, and what is missing in one.
    fn check_form(&self) -> Result<(), InputError> {
        let priced = self.price.is_some() || self.cost.is_some() || self.salvage.is_some();
        let together = [
            ("service_level", "price, cost and salvage", self.service_level.is_some() && priced),
            ("level", "service_level", self.level.is_some() && self.service_level.is_some()),
            ("lead_time", "prices, which are for a single period", self.lead_time.is_some() && priced),
        ];
        if let Some(&(name, others, _)) = together.iter().find(|(_, _, given)| *given) {
            return Err(InputError::Together { name, others });
        }
        let costed = !priced && self.service_level.is_none();
        let penalty_alone = self.service_level.is_some() && self.penalty.is_some();
        let missing = [
            ("holding_cost", (costed || penalty_alone) && self.holding_cost.is_none()),
            ("penalty", costed && self.penalty.is_none()),
            ("price", priced && self.price.is_none()),
            ("cost", priced && self.cost.is_none()),
            ("demand", self.demand.is_none()),
        ];
        let names: Vec<&str> =
            missing.iter().filter(|(_, missing)| *missing).map(|(name, _)| *name).collect();
        if names.is_empty() {
            self.check_prices()
        } else {
            Err(InputError::Missing { names: names.join(", ") })
        }
    }

    /// Refuses prices under which nothing is worth stocking, or everything.
    fn check_prices(&self) -> Result<(), InputError> {
        let (Some(price), Some(cost)) = (self.price, self.cost) else { return Ok(()) };
        let refused = |name: &str, found, allowed| {
            Err(InputError::OutOfRange { name: name.to_owned(), found, allowed })
        };
        if price - cost + self.penalty.unwrap_or(0.0) <= 0.0 {
            return refused("price", price, "more than the cost, or no unit is worth stocking");
        }
        let salvage = self.salvage.unwrap_or(0.0);
        if cost - salvage + self.holding_cost.unwrap_or(0.0) <= 0.0 {
            return refused("salvage", salvage, "less than the cost, or units left over cost nothing");
        }
        Ok(())
    }

    /// The plain problem of a checked form, with this penalty beside prices.
    fn problem(&self, penalty: f64) -> Newsvendor {
        let demand = self.demand.clone().unwrap_or(Demand::Poisson { mean: f64::NAN });
        let mut problem = match (self.price, self.cost) {
            (Some(selling), Some(buying)) => {
                Prices { selling, buying, salvage: self.salvage.unwrap_or(0.0) }.newsvendor(demand)
            }
            _ => Newsvendor {
                holding_cost: 0.0,
                penalty: 0.0,
                lead_time: self.lead_time.unwrap_or(0.0),
                demand,
                constant_cost: 0.0,
            },
        };
        problem.holding_cost += self.holding_cost.unwrap_or(0.0);
        problem.penalty += penalty;
        problem
    }
}
