//! The derivative of what episodes earn in the levels they are played by, and a climb along it.

use invmgmt::Problem;
use invmgmt::action::{LEAST_REQUEST, supplier_shares};
use invmgmt::adjoint::{Block, Recording, RecordingError, SIDE_BY_SIDE, Surrogates};
use invmgmt::network::{ManagedIx, SupplyLinkIx, Table, TableIndex};
use invmgmt::period::{position_terms, unread_terms};

use super::{Family, OptimizeError};
use crate::base_stock::echelons;

/// Steps of a climb.
const STEPS: usize = 150;
/// Share of a node's step that its level moves by in the first steps of a climb; it falls to a tenth of it [1].
const REACH: f64 = 0.5;
/// Share of the mean gradient, and of its square, that is kept per step [1].
const MOMENTS: (f64, f64) = (0.8, 0.95);

/// Episodes played by levels, and backwards.
#[derive(Debug)]
pub struct Slopes {
    recording: Recording,
    seeds: Vec<u64>,
    rule: Rule,
    /// What each node's position is the sum of: where it stands in the state row, and a factor.
    positions: Table<ManagedIx, Vec<(usize, f64)>>,
    shares: Table<SupplyLinkIx, f64>,
}

/// What episodes earned, and how it answers the levels.
#[derive(Clone, Debug, PartialEq)]
pub struct Slope {
    /// Discounted profit of each seed [money].
    pub profits: Vec<f64>,
    /// Per seed, as many numbers per managed node as the family has: the derivative of its profit in each
    /// [money / unit].
    pub gradients: Vec<Vec<f64>>,
}

/// How a node's numbers become its order.
#[derive(Clone, Copy, Debug)]
enum Rule {
    /// What its position lacks to S.
    UpTo,
    /// The same, at most c.
    Capped,
    /// What its position lacks to S, if it is at most s. It is played as it is; its derivative is taken for that of
    /// the lacking times `1 / (1 + exp((x - s) / w))`, x the position: w [units].
    Reorder(f64),
}

/// An order, and its derivatives in the node's numbers and in its position.
struct Ordered {
    quantity: f64,
    in_numbers: [f64; 2],
    in_position: f64,
}

impl Rule {
    /// Numbers of a node.
    fn numbers(self) -> usize {
        if matches!(self, Self::UpTo) { 1 } else { 2 }
    }

    fn order(self, numbers: &[f64], position: f64) -> Ordered {
        let up_to = if let Self::Reorder(_) = self { numbers[1] } else { numbers[0] };
        let lacking = (up_to - position).max(0.0);
        let lacks = f64::from(u8::from(up_to > position));
        match self {
            Self::UpTo => Ordered { quantity: lacking, in_numbers: [lacks, 0.0], in_position: -lacks },
            Self::Capped => {
                let cap = numbers[1].max(0.0);
                let is_cut = f64::from(u8::from(lacking > cap));
                let (free, cut) = (lacks * (1.0 - is_cut), if numbers[1] > 0.0 { is_cut } else { 0.0 });
                Ordered { quantity: lacking.min(cap), in_numbers: [free, cut], in_position: -free }
            }
            Self::Reorder(width) => {
                let orders = position <= numbers[0];
                let switched = 1.0 / (1.0 + ((position - numbers[0]) / width).exp());
                let in_level = lacking * switched * (1.0 - switched) / width;
                Ordered {
                    quantity: if orders { up_to - position } else { 0.0 },
                    in_numbers: [in_level, lacks * switched],
                    in_position: -in_level - lacks * switched,
                }
            }
        }
    }
}

impl Slopes {
    /// Episodes of these seeds; `reorder` says over how many units the order of (s, S) is taken to set in.
    ///
    /// # Errors
    /// [`OptimizeError`] for a family whose orders jump, a problem without a derivative, or echelons that are too
    /// large.
    pub fn new(
        problem: &Problem,
        family: Family,
        seeds: &[u64],
        surrogates: Surrogates,
        reorder: Option<f64>,
    ) -> Result<Self, OptimizeError> {
        let network = &*problem.network;
        let rule = match (family, reorder) {
            (Family::BaseStock | Family::Echelon, _) => Rule::UpTo,
            (Family::Capped, _) => Rule::Capped,
            (Family::ReorderLevels, Some(width)) => Rule::Reorder(width),
            // Orders that jump, or look at more than positions.
            _ => return Err(OptimizeError::Jumps),
        };
        let own = |node| position_terms(network, problem.rules, node);
        let positions: Vec<Vec<(usize, f64)>> = if family == Family::Echelon {
            let of_member = |(member, content): (ManagedIx, f64)| {
                let unread = unread_terms(network, member).into_iter().map(|(at, factor)| (at, -factor));
                let terms: Vec<_> = own(member).into_iter().chain(unread).collect();
                terms.into_iter().map(move |(at, factor)| (at, content * factor))
            };
            echelons(network)?
                .rows()
                .iter()
                .map(|echelon| echelon.members().flat_map(of_member).collect())
                .collect()
        } else {
            network.managed.indices().map(own).collect()
        };
        let refused = |error: RecordingError| OptimizeError::Gradient(error.to_string());
        Ok(Self {
            recording: Recording::new(problem, seeds.len(), surrogates).map_err(refused)?,
            seeds: seeds.to_vec(),
            rule,
            positions: positions.into(),
            shares: supplier_shares(network),
        })
    }

    /// Numbers it is played by: as many per managed node as the family has.
    pub fn numbers(&self) -> usize {
        self.positions.len() * self.rule.numbers()
    }

    /// What the episodes earn under these levels, as many per managed node as the family has, and how that answers
    /// them.
    pub fn at(&mut self, levels: &[f64]) -> Slope {
        self.recording.begin(&self.seeds);
        for _ in 0..self.recording.problem().num_periods {
            for block in 0..self.recording.blocks() {
                self.order(levels, block);
            }
            self.recording.step();
        }
        let profits = self.recording.profits().take(self.seeds.len()).collect();
        let mut gradients = vec![vec![0.0; levels.len()]; self.recording.episodes()];
        self.recording.begin_back();
        while self.recording.period() > 0 {
            self.recording.step_back(|_| [1.0; SIDE_BY_SIDE]);
            for (block, gradients) in gradients.chunks_exact_mut(SIDE_BY_SIDE).enumerate() {
                self.answer(levels, block, gradients);
            }
        }
        gradients.truncate(self.seeds.len());
        Slope { profits, gradients }
    }

    /// Writes what a block orders.
    fn order(&mut self, levels: &[f64], block: usize) {
        let network = std::sync::Arc::clone(&self.recording.problem().network);
        let (rows, requests) = self.recording.to_decide(block);
        let numbers = levels.chunks_exact(self.rule.numbers());
        for ((node, terms), numbers) in self.positions.iter().zip(numbers) {
            let quantities = sum(terms, rows).map(|position| self.rule.order(numbers, position).quantity);
            for &link in &network.managed[node].incoming {
                requests[link.position()] = quantities.map(|quantity| {
                    let share = self.shares[link] * quantity;
                    if share < LEAST_REQUEST { 0.0 } else { share }
                });
            }
        }
    }

    /// Takes what a block's orders are worth on to the levels and the state they were made from.
    fn answer(&mut self, levels: &[f64], block: usize, gradients: &mut [Vec<f64>]) {
        let network = std::sync::Arc::clone(&self.recording.problem().network);
        let (rows, requests, row_worth) = self.recording.to_decide_back(block);
        let width = self.rule.numbers();
        for ((node, terms), numbers) in self.positions.iter().zip(levels.chunks_exact(width)) {
            let positions = sum(terms, rows);
            for (lane, gradient) in gradients.iter_mut().enumerate() {
                let incoming = network.managed[node].incoming.iter();
                let worth: f64 =
                    incoming.map(|&link| self.shares[link] * requests[link.position()][lane]).sum();
                let ordered = self.rule.order(numbers, positions[lane]);
                let own = &mut gradient[node.position() * width..][..width];
                own.iter_mut().zip(ordered.in_numbers).for_each(|(sum, slope)| *sum += slope * worth);
                for &(at, factor) in terms {
                    row_worth[at][lane] += factor * ordered.in_position * worth;
                }
            }
        }
    }
}

fn sum(terms: &[(usize, f64)], rows: &[Block]) -> Block {
    let mut sum = [0.0; SIDE_BY_SIDE];
    for &(at, factor) in terms {
        sum.iter_mut().zip(rows[at]).for_each(|(sum, number)| *sum += factor * number);
    }
    sum
}

/// The best levels met on a climb from these by the mean gradient over all seeds, each level at its own pace (Adam);
/// `paces` says how far a level may sensibly move at once [units].
pub(super) fn climb(slopes: &mut Slopes, levels: &[f64], paces: &[f64]) -> Vec<f64> {
    let mut here = levels.to_vec();
    let (mut best, mut most) = (here.clone(), f64::NEG_INFINITY);
    let (mut first, mut second) = (vec![0.0; here.len()], vec![0.0; here.len()]);
    for step in 0..STEPS {
        let slope = slopes.at(&here);
        let profit = slope.profits.iter().sum::<f64>();
        if profit > most {
            (most, best) = (profit, here.clone());
        }
        let done = step as i32 + 1;
        let reach = REACH * (1.0 - 0.9 * step as f64 / STEPS as f64);
        for (node, level) in here.iter_mut().enumerate() {
            let gradient = slope.gradients.iter().map(|gradient| gradient[node]).sum::<f64>();
            first[node] += (1.0 - MOMENTS.0) * (gradient - first[node]);
            second[node] += (1.0 - MOMENTS.1) * (gradient * gradient - second[node]);
            let mean = first[node] / (1.0 - MOMENTS.0.powi(done));
            let size = (second[node] / (1.0 - MOMENTS.1.powi(done))).sqrt();
            if size > 0.0 {
                *level = (*level + reach * paces[node] * mean / size).max(0.0);
            }
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;
    use invmgmt::batch::rollout;
    use invmgmt::demand::{DemandConfig, DemandModel};
    use invmgmt::network::{KeyValue, layered, preset};
    use invmgmt::period::Rules;

    fn problem(declared: invmgmt::network::DeclaredNetwork, backlog: bool) -> Problem {
        let demand = DemandModel::new(DemandConfig::default()).expect("usable");
        Problem::new(declared.compile().expect("valid"), demand, Rules { backlog, discount: 0.99 }, 20)
    }

    fn networks() -> Vec<Problem> {
        let presets = ["serial", "network"].map(|name| preset(name).expect("a preset"));
        let declared = presets.into_iter().chain((0..20).map(|seed| layered(12 + seed as usize, seed)));
        let with_mechanisms = (0..6).map(|seed| {
            let mut declared = layered(12 + seed as usize, seed);
            for link in declared.links.iter_mut().filter(|link| link.demand.is_none()) {
                link.settings.put("order_delay", KeyValue::Whole(seed as u32 % 3));
                link.settings.put("unmet", KeyValue::Word("wait".to_owned()));
            }
            declared
        });
        let declared = declared.chain(with_mechanisms);
        declared.enumerate().map(|(which, declared)| problem(declared, which % 2 == 0)).collect()
    }

    /// The profits are those of the policy itself, and the derivatives their central differences, where no limit is met
    /// in between.
    #[test]
    fn slopes_are_the_central_differences_of_what_the_policy_earns() {
        let seeds: Vec<u64> = (0..8).collect();
        let (mut compared, mut at_kinks) = (0, 0);
        for problem in networks() {
            for family in [Family::BaseStock, Family::Echelon, Family::Capped] {
                let mut slopes =
                    Slopes::new(&problem, family, &seeds, Surrogates::default(), None).expect("slopes");
                let numbers = (0..slopes.numbers()).map(|number| number as f64);
                let levels: Vec<f64> = numbers.map(|number| 40.37 + 21.113 * number).collect();
                let found = slopes.at(&levels);
                let network = &*problem.network;
                let played =
                    rollout(&problem, &seeds, 1, || family.policy(network, &levels).expect("levels"));
                for (profit, figures) in found.profits.iter().zip(played.expect("plays")) {
                    assert!((profit - figures.kpis.total_profit).abs() < 1e-9 * profit.abs().max(1.0));
                }
                for node in 0..levels.len().min(6) {
                    let mut at = |by: f64| {
                        let mut moved = levels.clone();
                        moved[node] += by;
                        slopes.at(&moved).profits
                    };
                    let (more, less) = (at(1e-3), at(-1e-3));
                    for seed in 0..seeds.len() {
                        let bend = more[seed] + less[seed] - 2.0 * found.profits[seed];
                        if bend.abs() > 1e-9 * found.profits[seed].abs().max(1.0) {
                            at_kinks += 1;
                            continue;
                        }
                        let difference = (more[seed] - less[seed]) / 2e-3;
                        let error = (found.gradients[seed][node] - difference).abs();
                        assert!(
                            error < 1e-6 * difference.abs().max(1.0),
                            "{family}, node {node}, seed {seed}"
                        );
                        compared += 1;
                    }
                }
            }
        }
        assert!(compared > 1_000 && at_kinks < compared / 10, "{compared} compared, {at_kinks} at kinks");
    }

    #[test]
    fn levels_that_make_orders_jump_have_no_slope() {
        let problem = problem(preset("serial").expect("a preset"), true);
        let error = Slopes::new(&problem, Family::ReorderLevels, &[0], Surrogates::default(), None)
            .expect_err("refused");
        assert!(error.to_string().contains("basestock, echelon and capped"), "{error}");
    }

    /// By hand: 3 lacking to S where the position is at s: half of it, and 3 / 4 of it per width of 2; far above s
    /// nothing, far below it all.
    #[test]
    fn the_stand_in_for_a_reorder_level_has_the_slope_of_its_formula() {
        let at = |position: f64| Rule::Reorder(2.0).order(&[7.0, 10.0], position);
        let here = at(7.0);
        assert_eq!((here.quantity, here.in_numbers, here.in_position), (3.0, [3.0 / 8.0, 0.5], -7.0 / 8.0));
        assert_eq!((at(7.1).quantity, at(900.0).in_position), (0.0, 0.0));
        let far = at(-900.0);
        assert!((far.quantity, far.in_numbers[1]) == (910.0, 1.0) && far.in_numbers[0] < 1e-12);
    }
}
