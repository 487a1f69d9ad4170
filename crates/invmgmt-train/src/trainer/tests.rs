use super::*;
use invmgmt::batch::rollout;
use invmgmt::demand::{DemandConfig, DemandModel};
use invmgmt::episode::{DecisionError, Episode, Policy};
use invmgmt::network::{KeyValue, preset};
use invmgmt::period::{Rules, StateView};

/// How far the net's parameters are moved to measure a slope.
const REACH: f32 = 1e-4;

fn steps(trainer: &mut Trainer, steps: usize) {
    for _ in 0..steps {
        trainer.step();
    }
}

fn problem(network: &str) -> Problem {
    let network = preset(network).expect("a preset").compile().expect("valid");
    let demand = DemandModel::new(DemandConfig::default()).expect("usable");
    Problem::new(network, demand, Rules::default(), 12)
}

const LAYOUTS: [Layout; 2] = [Layout::Dense, Layout::Shared];

fn trainer(network: &str, knows: Knows) -> Trainer {
    laid_out(network, knows, Layout::Dense)
}

fn laid_out(network: &str, knows: Knows, layout: Layout) -> Trainer {
    let course = Course::new(vec![problem(network)], knows, &mut Pcg64::seeded(3));
    let settings = Settings { episodes: 16, layout, hidden: vec![8], seed: 3, ..Settings::default() };
    Trainer::new(course, settings).expect("has a derivative")
}

/// The mean profit, each kind of demand with its weight.
fn worth(trainer: &mut Trainer) -> f64 {
    trainer.play(7);
    let weights: Vec<f64> = trainer.kinds.iter().map(|&kind| trainer.course.kinds[kind].weight).collect();
    let profits = trainer.recording.profits();
    profits.zip(&weights).map(|(profit, weight)| profit * weight).sum::<f64>() / weights.len() as f64
}

/// Along the gradient itself, where whatever is wrong in a part of it is missing in the difference; single
/// precision and kinks blur what is compared.
#[test]
fn the_gradient_in_the_nets_parameters_is_the_difference_of_what_is_earned() {
    let cases = ["serial", "network"].into_iter().flat_map(|name| LAYOUTS.map(|layout| (name, layout)));
    for (network, layout) in cases {
        for knows in Knows::ALL {
            let mut trainer = laid_out(network, knows, layout);
            steps(&mut trainer, 3);
            worth(&mut trainer);
            trainer.reverse();
            let here = trainer.parameters.numbers.clone();
            let gradient = trainer.gradient.numbers.clone();
            let length = gradient.iter().map(|number| number * number).sum::<f32>().sqrt();
            let slope = f64::from(length * REACH);
            let mut at = |side: f32| {
                let moved =
                    here.iter().zip(&gradient).map(|(number, along)| number + side * REACH * along / length);
                trainer.parameters.numbers = moved.collect();
                worth(&mut trainer)
            };
            let difference = (at(1.0) - at(-1.0)) / 2.0;
            let error = (slope - difference).abs() / difference.abs();
            assert!(error < 0.02, "{network}, {layout:?}, {knows:?}: {slope} against {difference}");
        }
    }
}

#[test]
fn what_a_state_is_worth_is_shortened_as_a_whole_and_only_beyond_the_limit() {
    let mut worth = [[3.0, 1e30], [-4.0, -1e29]];
    assert_eq!(bound(&mut worth, 5.0), 5.0);
    assert_eq!([worth[0][0], worth[1][0]], [3.0, -4.0]);
    assert!((worth[0][1] - 5.0).abs() < 1e-12 && (worth[1][1] + 0.5).abs() < 1e-12, "{worth:?}");
    assert_eq!(bound(&mut worth, f64::INFINITY), 5.0);
}

/// Under a net that answers a hundred times too sharply, what a state is worth grows with every period.
#[test]
fn a_sharp_net_on_long_episodes_has_a_finite_gradient_and_is_trained_on() {
    let course = Course::new(
        vec![Problem { num_periods: 400, ..problem("serial") }],
        Knows::Informed,
        &mut Pcg64::seeded(3),
    );
    let settings = Settings { episodes: 8, hidden: vec![8], ..Settings::default() };
    let mut trainer = Trainer::new(course, settings).expect("has a derivative");
    trainer.parameters.numbers.iter_mut().for_each(|number| *number *= 100.0);
    let limit = trainer.limit;
    trainer.play(1);
    assert_eq!(trainer.reverse(), limit, "the limit is met, or this test tests nothing");
    steps(&mut trainer, 3);
    assert!(trainer.rows().iter().all(|(_, row)| row.iter().all(|number| number.is_finite())));
    assert!(Trained::from_bytes(&trainer.trained(Vec::new()).to_bytes()).is_ok());
}

#[test]
fn a_policy_plays_as_it_was_trained() {
    let cases = Knows::ALL.into_iter().flat_map(|knows| LAYOUTS.map(|layout| (knows, layout)));
    for (knows, layout) in cases {
        let mut trainer = laid_out("network", knows, layout);
        steps(&mut trainer, 3);
        trainer.adam.average.clone_from(&trainer.parameters.numbers);
        let problem = trainer.course.problem().clone();
        if knows != Knows::Informed {
            // Of the kinds of demand met in training, the problem's own.
            let kind = Kind { demand: Arc::clone(&problem.demand), known: 0, weight: 1.0 };
            trainer.course.kinds = vec![kind];
        }
        trainer.play(5);
        let trained: f64 = trainer.recording.profits().sum();
        let seeds = trainer.seeds(5);
        // A gradient needs parts of units.
        let policy = || trainer.policy(&problem).in_whole_units(false);
        let figures = rollout(&problem, &seeds, 1, policy).expect("plays");
        let played: f64 = figures.iter().map(|figures| figures.kpis.total_profit).sum();
        assert!((trained - played).abs() < 1e-3 * trained.abs(), "{knows:?}: {trained} against {played}");
    }
}

#[test]
fn a_training_is_the_same_again_and_goes_on_where_it_was_left() {
    let mut straight = trainer("serial", Knows::Family);
    steps(&mut straight, 6);
    let mut first = trainer("serial", Knows::Family);
    steps(&mut first, 4);
    let mut second = trainer("serial", Knows::Family);
    second.resume(&first.state()).expect("the same course and settings");
    assert_eq!(second.steps(), 4);
    steps(&mut second, 2);
    assert_eq!(second.rows(), straight.rows());
    assert_eq!(second.trained(Vec::new()).to_bytes(), straight.trained(Vec::new()).to_bytes());
}

/// Trained on the chain of three; on the six nodes of the other network, which it never saw, it earns more than
/// before it was trained.
#[test]
fn a_net_that_nodes_share_plays_a_network_of_another_size() {
    for knows in Knows::ALL {
        let mut trainer = laid_out("serial", knows, Layout::Shared);
        let other = problem("network");
        let earned = |trainer: &Trainer| -> f64 {
            let bytes = trainer.trained(vec!["serial".to_owned()]).to_bytes();
            let trained = Trained::from_bytes(&bytes).expect("as it was written");
            let (policy, _, simplifies) = trained.policy(&other, true).expect("plays");
            assert_eq!(simplifies.len(), 1, "{simplifies:?}");
            let seeds: Vec<u64> = (0..16).collect();
            let figures = rollout(&other, &seeds, 1, || policy.clone()).expect("plays");
            figures.iter().map(|figures| figures.kpis.total_profit).sum()
        };
        let before = earned(&trainer);
        steps(&mut trainer, 160);
        let after = earned(&trainer);
        assert!(after > 1.01 * before && before > 0.0, "{knows:?}: {after} after {before}");
    }
}

#[test]
fn a_net_that_nodes_share_is_refused_where_it_cannot_play() {
    let trained = laid_out("serial", Knows::Informed, Layout::Shared).trained(Vec::new());
    let refused = |problem: &Problem| trained.policy(problem, true).expect_err("refused").to_string();
    let longer = Problem { num_periods: 20, ..problem("network") };
    assert_eq!(refused(&longer), "was trained for 12 periods; here for 20 periods");
    let lost = Problem { rules: Rules { backlog: false, discount: 1.0 }, ..problem("network") };
    assert_eq!(refused(&lost), "was trained with unmet demand waiting; here with unmet demand lost");
    let mut capped = preset("serial").expect("a preset");
    capped.links[1].settings.put("cap", KeyValue::Number(30.0));
    let demand = Arc::new(DemandModel::new(DemandConfig::default()).expect("usable"));
    let capped = Problem { network: capped.compile().expect("valid").into(), demand, ..problem("serial") };
    let course = Course::new(vec![capped], Knows::Informed, &mut Pcg64::seeded(1));
    let settings = Settings { layout: Layout::Shared, ..Settings::default() };
    let message = Trainer::new(course, settings).expect_err("refused").to_string();
    assert!(message.contains("train it on a plain network, or lay the net out densely"), "{message}");
    let mut declared = preset("network").expect("a preset");
    declared.links.iter_mut().for_each(|link| link.fixed_order_cost = link.lead_time.map(|_| 3.0));
    let demand = DemandModel::new(DemandConfig::default()).expect("usable");
    let dear = Problem::new(declared.compile().expect("valid"), demand, Rules::default(), 12);
    assert!(refused(&dear).starts_with("has never met fixed order costs (link "), "{}", refused(&dear));
    let mut short = trained.clone();
    short.net.layers.pop();
    let short = Trained::from_bytes(&short.to_bytes()).expect("readable");
    let message = short.policy(&problem("serial"), true).expect_err("refused").to_string();
    assert!(message.contains("its layers are not those of a net that nodes share"), "{message}");
    let bytes = trained.to_bytes();
    assert!(Trained::from_bytes(&bytes[..bytes.len() - 1]).is_err());
}

/// Episodes of three windows.
fn long() -> Problem {
    Problem { num_periods: 300, ..problem("serial") }
}

/// Where nothing is drawn, the gradients of an episode's windows add up to that of the episode: beyond a window is
/// played as long as what is decided in it matters, but for what the net answers to it much later.
#[test]
fn windows_of_an_episode_add_up_to_its_gradient() {
    let config = DemandConfig { noise_scale: 0.0, ..DemandConfig::default() };
    let problem = Problem { demand: Arc::new(DemandModel::new(config).expect("usable")), ..long() };
    let found = |windows: Windows| {
        let course = Course::new(vec![problem.clone()], Knows::Informed, &mut Pcg64::seeded(3));
        let settings = Settings { episodes: 8, hidden: vec![8], ..Settings::default() };
        let mut trainer = Trainer::by_windows(course, settings, windows).expect("has a derivative");
        // Levels off the kink where demand leaves nothing on hand.
        trainer.parameters.layer_mut(1).1.fill(3.0);
        let mut sum = vec![0.0; trainer.gradient.numbers.len()];
        let mut windows = 0;
        loop {
            trainer.play(1);
            trainer.reverse();
            sum.iter_mut()
                .zip(&trainer.gradient.numbers)
                .for_each(|(sum, number)| *sum += f64::from(*number));
            trainer.carry();
            windows += 1;
            if trainer.windows.first() == 0 {
                return (windows, sum);
            }
        }
    };
    let ((one, whole), (three, parts)) = (found(Windows::whole(300)), found(Windows::new(300, 40)));
    assert_eq!((one, three), (1, 3));
    let length = |numbers: &[f64]| numbers.iter().map(|number| number * number).sum::<f64>().sqrt();
    let apart: Vec<f64> = whole.iter().zip(&parts).map(|(whole, part)| whole - part).collect();
    assert!(length(&apart) < 0.01 * length(&whole), "{} of {}", length(&apart), length(&whole));
}

#[test]
fn a_training_goes_on_in_the_middle_of_its_episodes() {
    for knows in Knows::ALL {
        let new = || {
            let course = Course::new(vec![long()], knows, &mut Pcg64::seeded(3));
            let settings = Settings { episodes: 8, hidden: vec![8], ..Settings::default() };
            Trainer::new(course, settings).expect("has a derivative")
        };
        let (mut straight, mut first, mut second) = (new(), new(), new());
        steps(&mut straight, 6);
        steps(&mut first, 4);
        let state = first.state();
        second.resume(&state).expect("the same course and settings");
        assert_eq!(second.windows.first(), 100);
        assert_eq!(second.state(), state);
        steps(&mut second, 2);
        assert_eq!(second.state(), straight.state());
        let mut other = new();
        let (from, to) = (*b", period 100", *b", period 150");
        let place = state.windows(from.len()).position(|bytes| bytes == from).expect("says its period");
        let mut moved = state;
        moved[place..place + to.len()].copy_from_slice(&to);
        let message = other.resume(&moved).expect_err("refused").to_string();
        assert!(message.contains("where its episodes stood in period 150"), "{message}");
        assert_eq!((other.steps(), other.windows.first()), (0, 0));
    }
}

#[test]
fn a_state_of_another_training_is_refused_and_changes_nothing() {
    let first = trainer("serial", Knows::Family);
    let mut other = trainer("serial", Knows::Blind);
    other.step();
    let before = other.rows().map(|(_, row)| row.to_vec());
    let message = other.resume(&first.state()).expect_err("refused").to_string();
    assert!(message.contains("it was trained with family"), "{message}");
    let message = other.resume(b"{}").expect_err("refused").to_string();
    assert!(message.starts_with("training cannot go on from it"), "{message}");
    assert_eq!(other.rows().map(|(_, row)| row.to_vec()), before);
    assert_eq!(other.steps(), 1);
}

/// A policy whose orders are noted [units].
struct Noted {
    policy: Learned,
    orders: Vec<f64>,
}

impl Policy for Noted {
    fn decide(&mut self, state: &StateView<'_>, orders: &mut [f64]) -> Result<(), DecisionError> {
        self.policy.decide(state, orders)?;
        self.orders.extend_from_slice(orders);
        Ok(())
    }
}

#[test]
fn who_sells_whole_units_orders_whole_units_and_older_files_do_as_before() {
    let whole = problem("serial");
    let scaled = DemandConfig { noise_scale: 1.5, ..DemandConfig::default() };
    let parts = Problem { demand: DemandModel::new(scaled).expect("usable").into(), ..whole.clone() };
    let trainer = trainer("serial", Knows::Informed);
    let are_whole = |problem: &Problem, wanted: bool| {
        let policy = trainer.policy(problem).in_whole_units(wanted);
        let mut noted = Noted { policy, orders: Vec::new() };
        Episode::begin(problem, 1).expect("short enough").play(&mut noted).expect("plays");
        assert!(noted.orders.iter().any(|order| *order > 0.0));
        noted.orders.iter().all(|order| order.fract() == 0.0)
    };
    assert!(are_whole(&whole, true));
    assert!(!are_whole(&whole, false));
    assert!(!are_whole(&parts, true));
}
