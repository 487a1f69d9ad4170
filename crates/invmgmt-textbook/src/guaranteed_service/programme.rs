//! The dynamic programme on a tree: stages are taken from the leaves to a root, each handing its neighbour towards the
//! root the least cost of its branch as a function of the one time they share.

use super::frame::Frame;

/// Times a stage may have, both ends included [periods].
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Limits {
    /// Service times.
    pub service: Vec<(usize, usize)>,
    /// Inbound service times.
    pub inbound: Vec<(usize, usize)>,
}

impl Limits {
    /// Whatever a stage may do by itself.
    pub fn of(frame: &Frame<'_>) -> Self {
        let stages = frame.settings.stages.iter().enumerate();
        let own = |stage: usize| frame.settings.stages[stage].external_inbound_time as usize;
        let inbound: Vec<(usize, usize)> =
            stages.map(|(stage, _)| (own(stage), frame.longest_wait[stage])).collect();
        let most =
            |stage: usize| (frame.longest_wait[stage] + frame.processing(stage)).min(frame.promised(stage));
        let service = (0..inbound.len()).map(|stage| (0, most(stage))).collect();
        Self { service, inbound }
    }
}

/// A tree, or several, made of some of an instance's links.
pub(super) struct Tree {
    /// Stages with each stage's neighbour towards its root; roots first, neighbours before their branches.
    order: Vec<(usize, Option<Neighbour>)>,
    /// Suppliers of each stage on the tree, less the one towards the root.
    suppliers: Vec<Vec<usize>>,
    /// Customers of each stage on the tree, less the one towards the root.
    customers: Vec<Vec<usize>>,
}

/// The neighbour of a stage towards the root.
#[derive(Clone, Copy)]
struct Neighbour {
    stage: usize,
    /// Whether it buys from the stage.
    buys: bool,
}

/// A branch's least cost per value of the time it shares with the stage towards the root, and how it is reached.
struct Branch {
    /// Best cost, the constraint on the shared time included: at most (supplier) or at least (customer) this value.
    cost: Vec<f64>,
    /// Service and inbound service time of the branch's top stage that reach it [periods].
    times: Vec<(usize, usize)>,
}

impl Tree {
    /// The tree of these links, which close no loop.
    pub fn of(stages: usize, links: impl Iterator<Item = (usize, usize)>) -> Self {
        let mut beside: Vec<Vec<Neighbour>> = vec![Vec::new(); stages];
        for (from, to) in links {
            beside[to].push(Neighbour { stage: from, buys: false });
            beside[from].push(Neighbour { stage: to, buys: true });
        }
        let (mut suppliers, mut customers) = (vec![Vec::new(); stages], vec![Vec::new(); stages]);
        let mut reached = vec![false; stages];
        let mut order: Vec<(usize, Option<Neighbour>)> = Vec::with_capacity(stages);
        let mut next = 0;
        for root in 0..stages {
            if !std::mem::replace(&mut reached[root], true) {
                order.push((root, None));
            }
            while next < order.len() {
                let stage = order[next].0;
                for other in &beside[stage] {
                    if std::mem::replace(&mut reached[other.stage], true) {
                        continue;
                    }
                    let side: &mut Vec<Vec<usize>> = if other.buys { &mut customers } else { &mut suppliers };
                    side[stage].push(other.stage);
                    order.push((other.stage, Some(Neighbour { stage, buys: !other.buys })));
                }
                next += 1;
            }
        }
        Self { order, suppliers, customers }
    }

    /// Service and inbound service time of every stage in the optimum on the tree within limits, and its cost; none if
    /// nothing is within them.
    pub fn solve(&self, frame: &Frame<'_>, limits: &Limits) -> Option<(Vec<(usize, usize)>, f64)> {
        let mut branches: Vec<Option<Branch>> = self.order.iter().map(|_| None).collect();
        let mut cost = 0.0;
        for &(stage, towards_root) in self.order.iter().rev() {
            let branch = self.branch(frame, limits, (stage, towards_root), &branches);
            if towards_root.is_none() {
                cost += branch.cost[0];
            }
            branches[stage] = Some(branch);
        }
        if cost == f64::INFINITY {
            return None;
        }
        let mut times = vec![(0, 0); self.order.len()];
        for &(stage, towards_root) in &self.order {
            let shared = match towards_root {
                None => 0,
                Some(root) if root.buys => times[root.stage].1,
                Some(root) => times[root.stage].0,
            };
            let branch = branches[stage].as_ref().expect("every stage has been a branch");
            times[stage] = branch.times[shared];
        }
        Some((times, cost))
    }

    /// The best of a stage and everything behind it, seen from the root.
    fn branch(
        &self,
        frame: &Frame<'_>,
        limits: &Limits,
        (stage, towards_root): (usize, Option<Neighbour>),
        branches: &[Option<Branch>],
    ) -> Branch {
        let as_supplier = towards_root.is_some_and(|root| root.buys);
        let length = match towards_root {
            None => 1,
            Some(root) if as_supplier => frame.longest_wait[root.stage] + 1,
            Some(_) => frame.longest_wait[stage] + 1,
        };
        let mut branch = Branch { cost: vec![f64::INFINITY; length], times: vec![(0, 0); length] };
        self.for_each_choice(frame, limits, stage, branches, |service, inbound, cost| {
            let shared = match towards_root {
                None => 0,
                Some(_) if as_supplier => service,
                Some(_) => inbound,
            };
            if cost < branch.cost[shared] {
                branch.cost[shared] = cost;
                branch.times[shared] = (service, inbound);
            }
        });
        // A customer may wait longer than its supplier promises, and for a slower one.
        let mut carry = |from: usize, to: usize| {
            if branch.cost[from] < branch.cost[to] {
                branch.cost[to] = branch.cost[from];
                branch.times[to] = branch.times[from];
            }
        };
        if as_supplier {
            (1..length).for_each(|time| carry(time - 1, time));
        } else {
            (1..length).rev().for_each(|time| carry(time, time - 1));
        }
        branch
    }

    /// Calls `visit` with service time, inbound service time and cost of everything a stage may do.
    fn for_each_choice(
        &self,
        frame: &Frame<'_>,
        limits: &Limits,
        stage: usize,
        branches: &[Option<Branch>],
        mut visit: impl FnMut(usize, usize, f64),
    ) {
        let behind = |of: &[usize]| -> Vec<&Branch> {
            of.iter().filter_map(|&other| branches[other].as_ref()).collect()
        };
        let (suppliers, customers) = (behind(&self.suppliers[stage]), behind(&self.customers[stage]));
        let (rate, processing) = (frame.rates[stage], frame.processing(stage));
        let (least, most) = limits.service[stage];
        let below: Vec<f64> =
            (0..=most).map(|service| customers.iter().map(|branch| branch.cost[service]).sum()).collect();
        let (first, last) = limits.inbound[stage];
        for inbound in first..=last {
            let above: f64 = suppliers.iter().map(|branch| branch.cost[inbound]).sum();
            if above == f64::INFINITY {
                continue;
            }
            let longest = most.min(inbound + processing);
            for (service, below) in below.iter().enumerate().take(longest + 1).skip(least) {
                let net = inbound + processing - service;
                visit(service, inbound, rate * frame.roots[net] + above + below);
            }
        }
    }
}
