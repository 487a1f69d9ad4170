//! The dynamic programme: stages are taken from the leaves of the tree to a root, each handing its neighbour towards
//! the root the least cost of its branch as a function of the one time they share.

use super::super::error::InputError;
use super::{GuaranteedService, MAX_TIME};

/// A tree, or several, prepared for the programme.
pub(super) struct Tree<'a> {
    settings: &'a GuaranteedService,
    /// Standard deviation of each stage's demand, its customers' included [units].
    deviations: Vec<f64>,
    /// Longest time each stage can wait for supplies [periods].
    longest_wait: Vec<usize>,
    /// Stages with each stage's neighbour towards its root; roots first, neighbours before their branches.
    order: Vec<(usize, Option<usize>)>,
    /// Suppliers of each stage.
    suppliers: Vec<Vec<usize>>,
    /// Customers of each stage.
    customers: Vec<Vec<usize>>,
}

/// A branch's least cost per value of the time it shares with the stage towards the root, and how it is reached.
struct Branch {
    /// Best cost, the constraint on the shared time included: at most (supplier) or at least (customer) this value.
    cost: Vec<f64>,
    /// Service and inbound service time of the branch's top stage that reach it [periods].
    times: Vec<(usize, usize)>,
}

impl<'a> Tree<'a> {
    /// The tree of checked settings.
    pub fn of(settings: &'a GuaranteedService) -> Result<Self, InputError> {
        let count = settings.stages.len();
        let (mut suppliers, mut customers) = (vec![Vec::new(); count], vec![Vec::new(); count]);
        for &(from, to) in &settings.links {
            suppliers[to].push(from);
            customers[from].push(to);
        }
        let downstream = downstream_order(&suppliers, &customers);
        let mut longest_wait = vec![0; count];
        for &stage in &downstream {
            let own = settings.stages[stage].external_inbound_time as usize;
            let above = suppliers[stage]
                .iter()
                .map(|&from| longest_wait[from] + settings.stages[from].processing_time as usize);
            longest_wait[stage] = above.fold(own, usize::max);
            let total = longest_wait[stage] + settings.stages[stage].processing_time as usize;
            if total > MAX_TIME {
                return Err(InputError::OutOfRange {
                    name: format!("the longest replenishment time of stages[{stage}]"),
                    found: total as f64,
                    allowed: "at most 10000 periods",
                });
            }
        }
        let mut variances: Vec<f64> =
            settings.stages.iter().map(|stage| stage.demand_deviation.powi(2)).collect();
        for &stage in downstream.iter().rev() {
            variances[stage] += customers[stage].iter().map(|&to| variances[to]).sum::<f64>();
        }
        let deviations = variances.into_iter().map(f64::sqrt).collect();
        let order = rooted_order(&suppliers, &customers);
        Ok(Self { settings, deviations, longest_wait, order, suppliers, customers })
    }

    /// Standard deviation of a stage's demand, its customers' included [units].
    pub fn deviation(&self, stage: usize) -> f64 {
        self.deviations[stage]
    }

    /// Service and inbound service time of every stage in the optimum [periods].
    pub fn solve(&self) -> Vec<(usize, usize)> {
        let mut branches: Vec<Option<Branch>> = self.order.iter().map(|_| None).collect();
        for &(stage, towards_root) in self.order.iter().rev() {
            branches[stage] = Some(self.branch(stage, towards_root, &branches));
        }
        let mut times = vec![(0, 0); self.order.len()];
        for &(stage, towards_root) in &self.order {
            let shared = match towards_root {
                None => 0,
                Some(root) if self.customers[stage].contains(&root) => times[root].1,
                Some(root) => times[root].0,
            };
            let branch = branches[stage].as_ref().expect("every stage has been a branch");
            times[stage] = branch.times[shared];
        }
        times
    }

    /// The best of a stage and everything behind it, seen from the root.
    fn branch(&self, stage: usize, towards_root: Option<usize>, branches: &[Option<Branch>]) -> Branch {
        let as_supplier = towards_root.is_some_and(|root| self.customers[stage].contains(&root));
        let length = match towards_root {
            None => 1,
            Some(root) if as_supplier => self.longest_wait[root] + 1,
            Some(_) => self.longest_wait[stage] + 1,
        };
        let mut branch = Branch { cost: vec![f64::INFINITY; length], times: vec![(0, 0); length] };
        self.for_each_choice(stage, towards_root, branches, |service, inbound, cost| {
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
        stage: usize,
        towards_root: Option<usize>,
        branches: &[Option<Branch>],
        mut visit: impl FnMut(usize, usize, f64),
    ) {
        let settings = &self.settings.stages[stage];
        let behind = |of: &[usize]| -> Vec<&Branch> {
            of.iter()
                .filter(|&&other| Some(other) != towards_root)
                .filter_map(|&other| branches[other].as_ref())
                .collect()
        };
        let (suppliers, customers) = (behind(&self.suppliers[stage]), behind(&self.customers[stage]));
        let rate = settings.holding_cost * self.settings.safety_factor * self.deviations[stage];
        let processing = settings.processing_time as usize;
        let promised = settings.promised_service_time.map_or(usize::MAX, |time| time as usize);
        for inbound in settings.external_inbound_time as usize..=self.longest_wait[stage] {
            let above: f64 = suppliers.iter().map(|branch| branch.cost[inbound]).sum();
            for service in 0..=promised.min(inbound + processing) {
                let below: f64 = customers.iter().map(|branch| branch.cost[service]).sum();
                let net = (inbound + processing - service) as f64;
                visit(service, inbound, rate * net.sqrt() + above + below);
            }
        }
    }
}

/// The stages, every supplier before its customers.
fn downstream_order(suppliers: &[Vec<usize>], customers: &[Vec<usize>]) -> Vec<usize> {
    let mut open: Vec<usize> = suppliers.iter().map(Vec::len).collect();
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
    order
}

/// The stages with their neighbour towards the root of their tree, roots first.
fn rooted_order(suppliers: &[Vec<usize>], customers: &[Vec<usize>]) -> Vec<(usize, Option<usize>)> {
    let mut reached = vec![false; suppliers.len()];
    let mut order: Vec<(usize, Option<usize>)> = Vec::with_capacity(suppliers.len());
    let mut next = 0;
    for root in 0..suppliers.len() {
        if !std::mem::replace(&mut reached[root], true) {
            order.push((root, None));
        }
        while next < order.len() {
            let stage = order[next].0;
            for &other in suppliers[stage].iter().chain(&customers[stage]) {
                if !std::mem::replace(&mut reached[other], true) {
                    order.push((other, Some(stage)));
                }
            }
            next += 1;
        }
    }
    order
}
