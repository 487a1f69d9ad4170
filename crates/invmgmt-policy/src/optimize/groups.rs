//! Nodes whose levels have to be sought together, and nodes that need not know of each other.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use invmgmt::Problem;
use invmgmt::network::{ManagedIx, SupplyLinkIx, Table, TableIndex};

use super::search::{Candidate, Desk, Found, Search};
use super::{Family, Improvement, OptimizeError, Played};

/// What ties nodes together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ties {
    /// Goods that go from one to the other, or into it.
    Goods,
    /// Also whatever they share: a room, a resource, the cost of an order, a truck, their customers' sentiment.
    All,
}

/// The nodes in groups: no tie joins one group with another, so that what one earns does not depend on the levels of
/// another, and every search sees what it would see alone.
pub(super) fn groups(problem: &Problem, ties: Ties) -> Vec<Vec<ManagedIx>> {
    let network = &*problem.network;
    let mut parents: Table<ManagedIx, ManagedIx> = network.managed.indices().collect::<Vec<_>>().into();
    let mut join = |nodes: &[ManagedIx]| {
        for pair in nodes.windows(2) {
            let (one, other) = (root(&mut parents, pair[0]), root(&mut parents, pair[1]));
            parents[one.max(other)] = one.min(other);
        }
    };
    let ends = |link: SupplyLinkIx| -> Vec<ManagedIx> {
        let buyer = network.supply[link].buyer;
        network.inputs(link).map(|(node, _)| node).chain([buyer]).collect()
    };
    network.supply.indices().for_each(|link| join(&ends(link)));
    if ties == Ties::All {
        if problem.demand.config.use_goodwill {
            join(&network.managed.indices().collect::<Vec<_>>());
        }
        if let Some(physics) = &network.physics {
            for room in &physics.rooms {
                join(&room.points.iter().map(|&(node, _)| node).collect::<Vec<_>>());
            }
            for resource in &physics.resources {
                join(&resource.uses.iter().flat_map(|row| ends(row.link)).collect::<Vec<_>>());
            }
            for joint in &physics.joints {
                join(&joint.links.iter().flat_map(|&(link, _)| ends(link)).collect::<Vec<_>>());
            }
        }
    }
    let mut members: Table<ManagedIx, Vec<ManagedIx>> = vec![Vec::new(); network.managed.len()].into();
    for node in network.managed.indices() {
        members[root(&mut parents, node)].push(node);
    }
    members.rows().iter().filter(|group| !group.is_empty()).cloned().collect()
}

/// The least node that a node is joined with.
fn root(parents: &mut Table<ManagedIx, ManagedIx>, node: ManagedIx) -> ManagedIx {
    let mut at = node;
    while parents[at] != at {
        parents[at] = parents[parents[at]];
        at = parents[at];
    }
    at
}

/// How searches go about.
pub(super) struct Walks<'a> {
    pub family: Family,
    /// Most sets of levels played.
    pub budget: usize,
    /// Seed of what the searches draw.
    pub seed: u64,
    /// The nodes each search is for.
    pub groups: &'a [Vec<ManagedIx>],
}

/// What the searches of all groups found.
pub(super) struct FoundTogether {
    pub levels: Vec<f64>,
    pub tried: usize,
    pub settled: bool,
    /// Every improvement, the start first.
    pub history: Vec<Improvement>,
}

impl Walks<'_> {
    /// The numbers of a group among those of all nodes, or those that belong to it.
    fn of_group<'n>(&self, group: &'n [ManagedIx], all: &'n [f64]) -> impl Iterator<Item = f64> + 'n {
        let count = self.family.numbers();
        group.iter().flat_map(move |node| all[count * node.position()..][..count].iter().copied())
    }

    fn put(&self, group: &[ManagedIx], numbers: &[f64], all: &mut [f64]) {
        let count = self.family.numbers();
        for (node, numbers) in group.iter().zip(numbers.chunks_exact(count)) {
            all[count * node.position()..][..count].copy_from_slice(numbers);
        }
    }

    /// Searches the levels of every group side by side. In every round each search that is not done asks for levels of
    /// its nodes; all that is asked for is played as one set, and each is told what its own nodes earned.
    pub fn run(
        &self,
        first: &[f64],
        steps: &[f64],
        mut play: impl FnMut(&[f64]) -> Result<Vec<Played>, OptimizeError>,
    ) -> Result<FoundTogether, OptimizeError> {
        let mut levels = first.to_vec();
        let desks: Vec<Desk> = self.groups.iter().map(|_| Desk::default()).collect();
        let begin = |(group, desk): (&Vec<ManagedIx>, &Desk)| -> Pin<Box<dyn Future<Output = Found>>> {
            let search = Search::new(self.family, self.budget, self.seed, desk.clone());
            let own: Vec<f64> = self.of_group(group, first).collect();
            let steps = self.of_group(group, steps).collect();
            Box::pin(search.run(Candidate::of(self.family, &own), steps))
        };
        let mut walks: Vec<Option<_>> = self.groups.iter().zip(&desks).map(begin).map(Some).collect();
        let mut found: Vec<Option<Found>> = self.groups.iter().map(|_| None).collect();
        loop {
            for (at, walk) in walks.iter_mut().enumerate() {
                let Some(going) = walk else { continue };
                if let Poll::Ready(done) = going.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
                    self.put(&self.groups[at], &done.levels, &mut levels);
                    (found[at], *walk) = (Some(done), None);
                } else if let Some(asked) = desks[at].asked() {
                    self.put(&self.groups[at], &asked, &mut levels);
                }
            }
            if walks.iter().all(Option::is_none) {
                break;
            }
            for ((desk, played), walk) in desks.iter().zip(play(&levels)?).zip(&walks) {
                if walk.is_some() {
                    desk.answer(played);
                }
            }
        }
        let found: Vec<Found> = found.into_iter().flatten().collect();
        Ok(FoundTogether {
            tried: found.iter().map(|found| found.tried).max().unwrap_or(0),
            settled: found.iter().all(|found| found.settled),
            history: self.history(&found, first),
            levels,
        })
    }

    /// The improvements of all groups as those of all their levels together.
    fn history(&self, found: &[Found], first: &[f64]) -> Vec<Improvement> {
        let mut steps: Vec<(usize, usize, &Improvement)> = Vec::new();
        for (group, found) in found.iter().enumerate() {
            steps.extend(found.history.iter().map(|step| (step.tried, group, step)));
        }
        steps.sort_by_key(|&(tried, group, _)| (tried, group));
        let mut levels = first.to_vec();
        let mut worth = vec![(0.0, 0.0); found.len()];
        let mut history: Vec<Improvement> = Vec::new();
        for round in steps.chunk_by(|one, other| one.0 == other.0) {
            for &(_, group, step) in round {
                self.put(&self.groups[group], &step.levels, &mut levels);
                worth[group] = (step.profit, step.lack);
            }
            history.push(Improvement {
                tried: round[0].0,
                levels: levels.clone(),
                profit: worth.iter().map(|(profit, _)| profit).sum(),
                lack: worth.iter().map(|(_, lack)| lack).sum(),
            });
        }
        history
    }
}
