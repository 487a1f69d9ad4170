//! Assortments of known truth: histories drawn from a law, and the same law for what comes after.

use invmgmt::random::{Pcg64, PoissonLaw, Stream, negative_binomial};
use invmgmt_plan::{Effort, Figures, Item, LeadTime, Levels, Money, Path, Physics, Player, Target, Unmet};

/// Days of history.
pub const HISTORY: usize = 730;
/// Days the plan is to hold.
pub const HORIZON: usize = 365;

/// The law of an item's demand.
#[derive(Clone, Copy, Debug)]
pub enum Truth {
    Poisson(f64),
    NegativeBinomial { mean: f64, dispersion: f64 },
    Intermittent { chance: f64, size: f64 },
    Seasonal { mean: f64, amplitude: f64, period: f64 },
    Trend { mean: f64, growth: f64 },
}

impl Truth {
    pub fn draw(&self, period: usize, stream: &mut Pcg64) -> f64 {
        let t = period as f64;
        match *self {
            Self::Poisson(mean) => PoissonLaw::new(mean).sample(stream),
            Self::NegativeBinomial { mean, dispersion } => negative_binomial(mean, dispersion, stream),
            Self::Intermittent { chance, size } => {
                if stream.next_f64() < chance {
                    1.0 + PoissonLaw::new(size - 1.0).sample(stream)
                } else {
                    0.0
                }
            }
            Self::Seasonal { mean, amplitude, period } => {
                let turn = std::f64::consts::TAU / period * t;
                PoissonLaw::new(mean * (1.0 + amplitude * turn.sin())).sample(stream)
            }
            Self::Trend { mean, growth } => PoissonLaw::new(mean * (1.0 + growth * t)).sample(stream),
        }
    }

    pub const fn name(&self) -> &'static str {
        match self {
            Self::Poisson(_) => "poisson",
            Self::NegativeBinomial { .. } => "negative binomial",
            Self::Intermittent { .. } => "intermittent",
            Self::Seasonal { .. } => "seasonal",
            Self::Trend { .. } => "trend",
        }
    }
}

/// So many items of all kinds; another seed is another assortment.
pub fn assortment(count: usize, target: f64, unmet: Unmet, seed: u64) -> Vec<(Truth, Item)> {
    let mut stream = Pcg64::seeded(seed);
    (0..count)
        .map(|number| {
            let mut uniform = |low: f64, high: f64| low + (high - low) * stream.next_f64();
            let mean = uniform(-0.7, 3.4).exp();
            let truth = match number % 5 {
                0 => Truth::Poisson(mean),
                1 => Truth::NegativeBinomial { mean, dispersion: uniform(0.2, 1.5) },
                2 => Truth::Intermittent { chance: uniform(0.08, 0.4), size: uniform(1.0, 8.0) },
                3 => Truth::Seasonal {
                    mean,
                    amplitude: uniform(0.2, 0.6),
                    period: [7.0, 30.0, 91.0, 365.0][number / 5 % 4],
                },
                _ => Truth::Trend { mean, growth: uniform(0.0, 0.0015) },
            };
            let longest = 1 + (number as u32 * 7) % 12;
            let lead_time = if number % 3 == 0 {
                LeadTime::weighted([(longest, 8.0), (longest + 1, 1.0), (longest + 2, 1.0)]).unwrap()
            } else {
                LeadTime::fixed(longest)
            };
            let multiple = [0.0, 0.0, 6.0, 12.0][number % 4];
            let physics = Physics { lead_time, multiple, unmet, ..Physics::default() };
            let mut own = Pcg64::seeded(1000 + number as u64 + (seed << 20));
            let item = Item {
                item: format!("{} {number}", truth.name()),
                place: "shop".to_owned(),
                history: (0..HISTORY).map(|t| truth.draw(t, &mut own)).collect(),
                law: None,
                sold_out: Vec::new(),
                physics,
                money: Money { cost: 1.0, price: None, holding_rate: 0.25, order_cost: 0.0 },
                target: Target::FillRate(target),
                stock: None,
                on_order: 0.0,
                supplier: None,
            };
            (truth, item)
        })
        .collect()
}

pub const EFFORT: Effort = Effort { horizon: HORIZON, paths: invmgmt_plan::DEFAULT_PATHS, year: 365.0 };

/// New demand of the true law, after the history.
pub fn future(truth: &Truth, item: &Item, paths: usize, warm: usize, seed: u64) -> Vec<Path> {
    let mut stream = Pcg64::seeded(seed);
    (0..paths)
        .map(|number| {
            let demand: Vec<f64> =
                (HISTORY - warm..HISTORY + HORIZON).map(|t| truth.draw(t, &mut stream)).collect();
            let varies = item.physics.lead_time.is_random();
            let leads = if varies { demand.iter().map(|_| stream.next_f64()).collect() } else { Vec::new() };
            Path { demand, leads, start: number as f64 / paths as f64 }
        })
        .collect()
}

pub fn play(item: &Item, levels: &Levels, paths: &[Path], warm: usize) -> Figures {
    Figures::total(&Player::new(&item.physics).play(levels, paths, warm))
}

/// The cheapest level that reaches the target under the true law, by trying one after the other.
pub fn cheapest(item: &Item, paths: &[Path], warm: usize) -> (Levels, Figures) {
    let mut player = Player::new(&item.physics);
    let mut best = None;
    let mut at = |level: i64| {
        let levels = Levels { reorder_point: level as f64, order_up_to: (level + 1) as f64 };
        let figures = Figures::total(&player.play(&levels, paths, warm));
        (levels, figures)
    };
    let (mut low, mut high) = (-1, 1);
    while at(high).1.immediate_fill_rate() < item.target.share() {
        (low, high) = (high, 2 * high);
    }
    while high - low > 1 {
        let middle = i64::midpoint(low, high);
        let found = at(middle);
        if found.1.immediate_fill_rate() >= item.target.share() {
            high = middle;
            best = Some(found);
        } else {
            low = middle;
        }
    }
    best.unwrap_or_else(|| at(high))
}
