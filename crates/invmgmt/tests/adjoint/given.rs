//! Episodes whose every number is given, their derivatives, and the differences they are compared with.

use invmgmt::Problem;
use invmgmt::adjoint::{Recording, SIDE_BY_SIDE, Surrogates};
use invmgmt::network::{Part, TableIndex};
use invmgmt::random::{Pcg64, Stream};

pub const PERIODS: usize = 7;
/// Parts of a state that money answers.
const PARTS: [Part; 9] = [
    Part::Unmet,
    Part::OnHand,
    Part::InTransit,
    Part::OnOrder,
    Part::Requested,
    Part::Owed,
    Part::Waiting,
    Part::OnHandByLife,
    Part::InTransitByLife,
];

fn below(stream: &mut Pcg64, bound: usize) -> usize {
    (stream.next_f64() * bound as f64) as usize
}

/// Episodes whose every request and every number of the opening row is given.
pub struct Given {
    recording: Recording,
    rows: Vec<[f64; SIDE_BY_SIDE]>,
    requests: Vec<Vec<[f64; SIDE_BY_SIDE]>>,
}

impl Given {
    fn random(problem: &Problem, surrogates: Surrogates, seed: u64) -> Self {
        let stream = &mut Pcg64::seeded(seed);
        let mut recording = Recording::new(problem, SIDE_BY_SIDE, surrogates).expect("has a derivative");
        recording.begin(&[seed]);
        let mut rows = recording.rows(0).to_vec();
        let layout = &problem.network.layout;
        for part in PARTS {
            for numbers in &mut rows[layout.range(part)] {
                *numbers = numbers.map(|number| number + 20.0 * stream.next_f64());
            }
        }
        if let Some(shelf) = problem.network.physics.as_ref().and_then(|physics| physics.shelf.as_ref()) {
            // Stock is what there is of every age.
            for node in problem.network.managed.indices() {
                let ages = layout.start(Part::OnHandByLife) + shelf.on_hand[node].first;
                let ages = rows[ages..ages + shelf.on_hand[node].life].to_vec();
                rows[layout.start(Part::OnHand) + node.position()] =
                    std::array::from_fn(|lane| ages.iter().map(|age| age[lane]).sum());
            }
        }
        let mut number = |_| 40.0 * stream.next_f64();
        let links = problem.network.supply.len();
        let requests =
            (0..PERIODS).map(|_| (0..links).map(|_| std::array::from_fn(&mut number)).collect()).collect();
        Self { recording, rows, requests }
    }

    fn play(&mut self) -> [f64; SIDE_BY_SIDE] {
        let seeds: Vec<u64> = (0..SIDE_BY_SIDE as u64).collect();
        self.recording.begin(&seeds);
        self.recording.opening_rows_mut(0).copy_from_slice(&self.rows);
        for requests in &self.requests {
            self.recording.requests_mut(0).copy_from_slice(requests);
            self.recording.step();
        }
        let profits: Vec<f64> = self.recording.profits().collect();
        profits.try_into().expect("one block")
    }

    /// The profits' derivatives in every request and in the opening row.
    fn derivatives(&mut self) -> (Vec<Vec<[f64; SIDE_BY_SIDE]>>, Vec<[f64; SIDE_BY_SIDE]>) {
        self.play();
        self.recording.begin_back();
        let mut requests = Vec::new();
        for _ in 0..PERIODS {
            self.recording.step_back(|_| [1.0; SIDE_BY_SIDE]);
            requests.push(self.recording.request_worth(0).to_vec());
        }
        requests.reverse();
        (requests, self.recording.row_worth_mut(0).to_vec())
    }

    /// Profits with a number of the input moved by so much in every episode.
    fn moved(
        &mut self,
        number: fn(&mut Self, (usize, usize)) -> &mut [f64; SIDE_BY_SIDE],
        at: (usize, usize),
        by: f64,
    ) -> [f64; SIDE_BY_SIDE] {
        let kept = *number(self, at);
        *number(self, at) = kept.map(|value| value + by);
        let profits = self.play();
        *number(self, at) = kept;
        profits
    }
}

/// How many derivatives were compared, and how many were not.
#[derive(Clone, Copy, Debug, Default)]
pub struct Compared {
    pub compared: usize,
    pub at_kinks: usize,
}

impl Compared {
    pub fn add(&mut self, other: Self) {
        self.compared += other.compared;
        self.at_kinks += other.at_kinks;
    }
}

/// Compares the derivatives with central differences over twice a step where none of the limits is met in between.
pub fn compare(problem: &Problem, seed: u64, step: f64) -> Compared {
    let mut given = Given::random(problem, Surrogates::default(), seed);
    let (requests, rows) = given.derivatives();
    let here = given.play();
    let stream = &mut Pcg64::seeded(seed + 1);
    let mut counted = Compared::default();
    let layout = &problem.network.layout;
    for turn in 0..30 {
        type Number = fn(&mut Given, (usize, usize)) -> &mut [f64; SIDE_BY_SIDE];
        let (number, at, found): (Number, _, _) = if turn % 2 == 0 {
            let at = (below(stream, PERIODS), below(stream, problem.network.supply.len()));
            (|given, (period, link)| &mut given.requests[period][link], at, requests[at.0][at.1])
        } else {
            let part = PARTS[turn / 2 % PARTS.len()];
            if layout.length(part) == 0 {
                continue;
            }
            let position = layout.start(part) + below(stream, layout.length(part));
            (|given, (_, position)| &mut given.rows[position], (0, position), rows[position])
        };
        if number(&mut given, at).iter().any(|&value| value < step) {
            continue; // Nothing can be less than none.
        }
        let (more, less) = (given.moved(number, at, step), given.moved(number, at, -step));
        for lane in 0..SIDE_BY_SIDE {
            let central = (more[lane] - less[lane]) / (2.0 * step);
            let sides = [(more[lane] - here[lane]) / step, (here[lane] - less[lane]) / step];
            let is = |difference: f64| (found[lane] - difference).abs() < 1e-6 * central.abs().max(1e-2);
            let bend = more[lane] + less[lane] - 2.0 * here[lane];
            if is(central) {
                counted.compared += 1;
            } else if bend.abs() > 1e-9 * here[lane].abs().max(1.0) || sides.into_iter().any(is) {
                counted.at_kinks += 1;
            } else {
                panic!("network {seed}, turn {turn}, {at:?}, lane {lane}: {} against {central}", found[lane]);
            }
        }
    }
    counted
}
