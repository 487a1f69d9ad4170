//! The derivative of what episodes earn in the levels they are played by, and a climb along it.

use invmgmt::Problem;
use invmgmt::action::{LEAST_REQUEST, supplier_shares};
use invmgmt::adjoint::{Block, Recording, RecordingError, SIDE_BY_SIDE, Surrogates};
use invmgmt::network::{ManagedIx, Part, SupplyLinkIx, Table, TableIndex};

use super::{Family, OptimizeError};
use crate::base_stock::echelons;

/// Steps of a climb.
const STEPS: usize = 150;
/// Share of a node's step that its level moves by in the first steps of a climb; it falls to a tenth of it [1].
const REACH: f64 = 0.5;
/// Share of the mean gradient, and of its square, that is kept per step [1].
const MOMENTS: (f64, f64) = (0.8, 0.95);

/// Episodes played by levels, base stock or echelon, and backwards.
#[derive(Debug)]
pub struct Slopes {
    recording: Recording,
    seeds: Vec<u64>,
    /// What each node's position is the sum of: where it stands in the state row, and a factor.
    positions: Table<ManagedIx, Vec<(usize, f64)>>,
    shares: Table<SupplyLinkIx, f64>,
}

/// What episodes earned, and how it answers the levels.
#[derive(Clone, Debug, PartialEq)]
pub struct Slope {
    /// Discounted profit of each seed [money].
    pub profits: Vec<f64>,
    /// Per seed, one number per managed node: the derivative of its profit in the node's level [money / unit].
    pub gradients: Vec<Vec<f64>>,
}

impl Slopes {
    /// Episodes of these seeds.
    ///
    /// # Errors
    /// [`OptimizeError`] for a family whose orders jump, a problem without a derivative, or echelons that are too
    /// large.
    pub fn new(
        problem: &Problem,
        family: Family,
        seeds: &[u64],
        surrogates: Surrogates,
    ) -> Result<Self, OptimizeError> {
        let network = &*problem.network;
        let members = match family {
            Family::BaseStock => network.managed.indices().map(|node| vec![(node, 1.0)]).collect::<Vec<_>>(),
            Family::Echelon => {
                echelons(network)?.rows().iter().map(|echelon| echelon.members().collect()).collect()
            }
            // Orders that jump, or look at more than positions.
            _ => return Err(OptimizeError::Jumps),
        };
        let layout = &network.layout;
        let position = |members: &Vec<(ManagedIx, f64)>| {
            let mut terms = Vec::new();
            for &(member, content) in members {
                let row = &network.managed[member];
                terms.push((layout.start(Part::OnHand) + member.position(), content));
                let on_order = row.incoming.iter().map(|link| layout.start(Part::OnOrder) + link.position());
                terms.extend(on_order.map(|position| (position, content)));
                let owed = row.markets.iter().map(|link| layout.start(Part::Unmet) + link.position());
                terms.extend(owed.filter(|_| problem.rules.backlog).map(|position| (position, -content)));
            }
            terms
        };
        let refused = |error: RecordingError| OptimizeError::Gradient(error.to_string());
        Ok(Self {
            recording: Recording::new(problem, seeds.len(), surrogates).map_err(refused)?,
            seeds: seeds.to_vec(),
            positions: members.iter().map(position).collect::<Vec<_>>().into(),
            shares: supplier_shares(network),
        })
    }

    /// What the episodes earn under these levels, one per managed node, and how that answers them.
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
        for (node, terms) in self.positions.iter() {
            let position = sum(terms, rows);
            for &link in &network.managed[node].incoming {
                requests[link.position()] = std::array::from_fn(|lane| {
                    let quantity = self.shares[link] * (levels[node.position()] - position[lane]).max(0.0);
                    if quantity < LEAST_REQUEST { 0.0 } else { quantity }
                });
            }
        }
    }

    /// Takes what a block's orders are worth on to the levels and the state they were made from.
    fn answer(&mut self, levels: &[f64], block: usize, gradients: &mut [Vec<f64>]) {
        let network = std::sync::Arc::clone(&self.recording.problem().network);
        let (rows, requests, row_worth) = self.recording.to_decide_back(block);
        for (node, terms) in self.positions.iter() {
            let position = sum(terms, rows);
            let mut worth = [0.0; SIDE_BY_SIDE];
            for &link in &network.managed[node].incoming {
                for (lane, worth) in worth.iter_mut().enumerate() {
                    if levels[node.position()] > position[lane] {
                        *worth += self.shares[link] * requests[link.position()][lane];
                    }
                }
            }
            for (gradient, worth) in gradients.iter_mut().zip(worth) {
                gradient[node.position()] += worth;
            }
            for &(at, factor) in terms {
                row_worth[at].iter_mut().zip(worth).for_each(|(row, worth)| *row -= factor * worth);
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
    use invmgmt::network::{layered, preset};
    use invmgmt::period::Rules;

    fn problem(declared: invmgmt::network::DeclaredNetwork, backlog: bool) -> Problem {
        let demand = DemandModel::new(DemandConfig::default()).expect("usable");
        Problem::new(declared.compile().expect("valid"), demand, Rules { backlog, discount: 0.99 }, 20)
    }

    fn networks() -> Vec<Problem> {
        let presets = ["serial", "network"].map(|name| preset(name).expect("a preset"));
        let declared = presets.into_iter().chain((0..20).map(|seed| layered(12 + seed as usize, seed)));
        declared.enumerate().map(|(which, declared)| problem(declared, which % 2 == 0)).collect()
    }

    /// The profits are those of the policy itself, and the derivatives their central differences, where no limit is met
    /// in between.
    #[test]
    fn slopes_are_the_central_differences_of_what_the_policy_earns() {
        let seeds: Vec<u64> = (0..8).collect();
        let (mut compared, mut at_kinks) = (0, 0);
        for problem in networks() {
            for family in [Family::BaseStock, Family::Echelon] {
                let mut slopes =
                    Slopes::new(&problem, family, &seeds, Surrogates::default()).expect("slopes");
                let levels: Vec<f64> =
                    (0..problem.network.managed.len()).map(|node| 90.37 + 21.113 * node as f64).collect();
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
        let error =
            Slopes::new(&problem, Family::ReorderLevels, &[0], Surrogates::default()).expect_err("refused");
        assert!(error.to_string().contains("basestock and echelon"), "{error}");
    }
}
