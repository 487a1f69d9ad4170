//! What the programme and the search need to know of an instance, worked out once.

use super::super::error::InputError;
use super::{GuaranteedService, MAX_TIME};

/// A checked instance with what follows from it.
pub(super) struct Frame<'a> {
    pub settings: &'a GuaranteedService,
    /// Standard deviation of what outside customers want of each stage [units].
    pub deviations: Vec<f64>,
    /// Cost of safety stock for a net replenishment time of one period, h z sigma [money / period].
    pub rates: Vec<f64>,
    /// Longest time each stage can wait for supplies [periods].
    pub longest_wait: Vec<usize>,
    /// Suppliers of each stage.
    pub suppliers: Vec<Vec<usize>>,
    /// Every supplier before its customers.
    pub downstream: Vec<usize>,
    /// Square roots of whole numbers, up to the longest replenishment time.
    pub roots: Vec<f64>,
}

impl<'a> Frame<'a> {
    /// The frame of settings whose numbers are checked.
    ///
    /// # Errors
    /// [`InputError`] for a circle, or a replenishment time that is too long.
    pub fn of(settings: &'a GuaranteedService) -> Result<Self, InputError> {
        let count = settings.stages.len();
        let (mut suppliers, mut customers) = (vec![Vec::new(); count], vec![Vec::new(); count]);
        for (link, &(from, to)) in settings.links.iter().enumerate() {
            suppliers[to].push(from);
            customers[from].push((to, settings.quantities.get(link).copied().unwrap_or(1.0)));
        }
        let downstream = downstream_order(&suppliers, &customers);
        if downstream.len() < count {
            return Err(circle(settings, &downstream));
        }
        let mut longest_wait = vec![0; count];
        for &stage in &downstream {
            let own = settings.stages[stage].external_inbound_time as usize;
            let time = |from: &usize| longest_wait[*from] + settings.stages[*from].processing_time as usize;
            longest_wait[stage] = suppliers[stage].iter().map(time).fold(own, usize::max);
            let total = longest_wait[stage] + settings.stages[stage].processing_time as usize;
            if total > MAX_TIME {
                return Err(InputError::OutOfRange {
                    name: format!("the longest replenishment time of stages[{stage}]"),
                    found: total as f64,
                    allowed: "at most 10000 periods",
                });
            }
        }
        let deviations = deviations(settings, &customers, &downstream);
        let rate = |(stage, deviation): (usize, &f64)| {
            settings.stages[stage].holding_cost * settings.safety_factor * deviation
        };
        let rates = deviations.iter().enumerate().map(rate).collect();
        let total = |stage: usize| longest_wait[stage] + settings.stages[stage].processing_time as usize;
        let longest = (0..count).map(total).max().unwrap_or(0);
        let roots = (0..=longest).map(|time| (time as f64).sqrt()).collect();
        Ok(Self { settings, deviations, rates, longest_wait, suppliers, downstream, roots })
    }

    /// Time to process at a stage [periods].
    pub fn processing(&self, stage: usize) -> usize {
        self.settings.stages[stage].processing_time as usize
    }

    /// Longest service time a stage's outside customers accept; endless where it has none [periods].
    pub fn promised(&self, stage: usize) -> usize {
        self.settings.stages[stage].promised_service_time.map_or(usize::MAX, |time| time as usize)
    }

    /// Service and inbound service times that keep as much of these service times as can be: a stage waits for its
    /// slowest supplier and no longer, and promises no less than nothing.
    pub fn repaired(&self, service: impl Fn(usize) -> usize) -> Vec<(usize, usize)> {
        let mut times = vec![(0, 0); self.longest_wait.len()];
        for &stage in &self.downstream {
            let own = self.settings.stages[stage].external_inbound_time as usize;
            let inbound = self.suppliers[stage].iter().map(|&from| times[from].0).fold(own, usize::max);
            let most = self.promised(stage).min(inbound + self.processing(stage));
            times[stage] = (service(stage).min(most), inbound);
        }
        times
    }

    /// What these times cost [money / period].
    pub fn cost(&self, times: &[(usize, usize)]) -> f64 {
        let of = |(stage, &(service, inbound)): (usize, &(usize, usize))| {
            self.rates[stage] * self.roots[inbound + self.processing(stage) - service]
        };
        times.iter().enumerate().map(of).sum()
    }
}

/// Deviations of what outside customers want of each stage: what a customer wants of it adds up over all paths, and
/// different customers are independent.
fn deviations(
    settings: &GuaranteedService,
    customers: &[Vec<(usize, f64)>],
    downstream: &[usize],
) -> Vec<f64> {
    // Per stage the ends it supplies, in order, with the deviation each of them makes here.
    let mut ends: Vec<Vec<(usize, f64)>> = vec![Vec::new(); customers.len()];
    let mut sums = vec![0.0; customers.len()];
    for &stage in downstream.iter().rev() {
        let own = settings.stages[stage].demand_deviation;
        let mut reached: Vec<usize> = Vec::new();
        let mut add = |end: usize, deviation: f64| {
            if sums[end] == 0.0 && deviation != 0.0 {
                reached.push(end);
            }
            sums[end] += deviation;
        };
        add(stage, own);
        for &(to, quantity) in &customers[stage] {
            for &(end, deviation) in &ends[to] {
                add(end, quantity * deviation);
            }
        }
        reached.sort_unstable();
        ends[stage] = reached.into_iter().map(|end| (end, std::mem::take(&mut sums[end]))).collect();
    }
    ends.iter()
        .map(|ends| ends.iter().map(|(_, deviation)| deviation * deviation).sum::<f64>().sqrt())
        .collect()
}

/// The stages, every supplier before its customers; those in or behind a circle are missing.
fn downstream_order(suppliers: &[Vec<usize>], customers: &[Vec<(usize, f64)>]) -> Vec<usize> {
    let mut open: Vec<usize> = suppliers.iter().map(Vec::len).collect();
    let mut order: Vec<usize> = (0..open.len()).filter(|&stage| open[stage] == 0).collect();
    let mut next = 0;
    while next < order.len() {
        for &(to, _) in &customers[order[next]] {
            open[to] -= 1;
            if open[to] == 0 {
                order.push(to);
            }
        }
        next += 1;
    }
    order
}

/// The error that names a link of a circle: going upstream from a stage behind one, through stages behind one, the
/// first that comes again is on it.
fn circle(settings: &GuaranteedService, reached: &[usize]) -> InputError {
    let mut free = vec![false; settings.stages.len()];
    for &stage in reached {
        free[stage] = true;
    }
    let into = |stage: usize| settings.links.iter().position(|&(from, to)| to == stage && !free[from]);
    let mut seen = vec![false; settings.stages.len()];
    let mut stage = free.iter().position(|free| !free).unwrap_or(0);
    loop {
        let link = into(stage).expect("a stage that is not free has a supplier that is not");
        let (from, to) = settings.links[link];
        if std::mem::replace(&mut seen[stage], true) {
            return InputError::Loop { link, from, to };
        }
        stage = from;
    }
}
