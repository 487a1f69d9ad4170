//! Histories that no Poisson law makes, with known truth: lumpy, intermittent, begun late, new.

use invmgmt::demand::{DemandConfig, Law};
use invmgmt_fit::{Fit, Outcome, Settings, fit, simulate, simulate_law};

fn of(history: &[f64]) -> Fit {
    fit(history, Settings::default()).expect("a history")
}

fn level(mean: f64) -> DemandConfig {
    DemandConfig { base_mu: Some(mean), ..DemandConfig::default() }
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// Mean demand of a fit as it is played.
fn played_mean(found: &Fit) -> f64 {
    let means = &found.fitted[found.begins..];
    means.iter().map(|&mean| found.law.expected(mean, found.config.noise_scale)).sum::<f64>()
        / means.len() as f64
}

/// Sixteen histories of 200 periods each. Truth is a law of the engine, so mean and variance are known.
#[test]
fn lumpy_demand_is_played_with_the_mean_and_scatter_it_had() {
    for (truth, base) in [
        (Law::NegativeBinomial { dispersion: 2.0 }, 3.0),
        (Law::NegativeBinomial { dispersion: 1.0 }, 12.0),
        (Law::NegativeBinomial { dispersion: 5.0 }, 0.8),
    ] {
        let (mut dispersions, mut found_as, mut effects) = (Vec::new(), 0, 0);
        for seed in 0..16 {
            let history = simulate_law(&level(base), &truth, 200, seed);
            let found = of(&history);
            effects += found.effects.iter().filter(|one| one.outcome == Outcome::Found).count();
            let off = played_mean(&found) / mean(&history[found.begins..]) - 1.0;
            assert!(
                off.abs() < 0.01,
                "{truth:?}, seed {seed}: the mean is off by {off}\n{}",
                found.summary()
            );
            if let Law::NegativeBinomial { dispersion } = found.law {
                found_as += 1;
                dispersions.push(dispersion);
            }
        }
        assert!(found_as >= 14, "{truth:?}: {found_as} of 16");
        let Law::NegativeBinomial { dispersion } = truth else { panic!("a negative binomial law") };
        assert!((mean(&dispersions) / dispersion - 1.0).abs() < 0.15, "{truth:?}: {}", mean(&dispersions));
        assert!(effects <= 3, "{truth:?}: {effects} effects that are not there in 48 looks");
    }
}

#[test]
fn demand_in_few_periods_gives_the_chance_of_one_and_its_size() {
    let truth = Law::Intermittent { probability: 0.25, dispersion: 0.1 };
    let mut named = 0;
    for seed in 0..20 {
        let history = simulate_law(&level(5.0), &truth, 300, seed);
        let found = of(&history);
        assert!(
            (played_mean(&found) / mean(&history) - 1.0).abs() < 0.01,
            "seed {seed}\n{}",
            found.summary()
        );
        if let Law::Intermittent { probability, dispersion } = found.law {
            named += 1;
            // Four standard errors: sqrt(0.25 * 0.75 / 300) = 0.025.
            assert!((probability - 0.25).abs() < 0.1, "seed {seed}: {probability}");
            assert!(dispersion < 0.4, "seed {seed}: {dispersion}");
        }
    }
    assert!(named >= 19, "{named} of 20");
}

#[test]
fn zeros_before_an_item_existed_are_left_out() {
    for begins in [30, 100, 300] {
        let sales = simulate(&level(5.0), 120, 7);
        let first = sales.iter().position(|units| *units > 0.0).expect("some");
        let history = [vec![0.0; begins], sales.clone()].concat();
        let found = of(&history);
        assert_eq!(found.begins, begins + first);
        assert!(
            found.effects.iter().all(|effect| effect.outcome == Outcome::NoneFound),
            "{}",
            found.summary()
        );
        assert!((found.config.base_mu.expect("a level") - mean(&sales[first..])).abs() < 1e-3);
        assert_eq!(found.fitted.len(), history.len());
        assert!(found.fitted[..found.begins].iter().all(|mean| *mean == 0.0));
        assert!(
            found.notes[0].contains(&format!("began to sell in period {}", found.begins)),
            "{:?}",
            found.notes
        );
    }
}

#[test]
fn a_new_item_has_the_level_of_the_days_it_was_there() {
    let history = [vec![0.0; 95], vec![6.0, 4.0, 5.0, 7.0, 3.0]].concat();
    let found = of(&history);
    assert_eq!((found.begins, found.config.base_mu), (95, Some(5.0)));
    let error = fit(&[vec![0.0; 98], vec![6.0, 4.0]].concat(), Settings::default()).expect_err("refused");
    assert_eq!(
        error.to_string(),
        "the history has 2 periods from its first demand on, in period 98, and nothing before; expected at least 4: \
         fewer give neither a level nor its scatter"
    );
}

/// Demand with probability 0.2: so many zeros at the start are nothing special.
#[test]
fn an_item_that_rarely_sells_did_exist_before_its_first_sale() {
    let truth = Law::Intermittent { probability: 0.2, dispersion: 0.0 };
    let cut_off =
        (0..100).filter(|&seed| of(&simulate_law(&level(1.0), &truth, 150, seed)).begins > 0).count();
    assert!(cut_off <= 4, "{cut_off} of 100, for a false alarm of one in a hundred");
}

#[test]
fn the_law_is_said_with_the_keys_of_a_link() {
    let found = of(&simulate_law(&level(3.0), &Law::NegativeBinomial { dispersion: 2.0 }, 400, 1));
    let summary = found.summary();
    assert!(summary.contains("negative binomial, dispersion "), "{summary}");
    assert!(summary.contains("demand_dist: negative_binomial, dist_param: {mu: "), "{summary}");
    assert_eq!(found.config.noise_scale, 1.0);
}
