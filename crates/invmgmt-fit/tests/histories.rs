//! Odd histories: short, noise-free, sparse, refused; and what a fit is good for afterwards.

use invmgmt::Problem;
use invmgmt::demand::{DemandConfig, Effects};
use invmgmt_fit::Outcome::{NoneFound, NotSought};
use invmgmt_fit::{Settings, fit, from_period, simulate};

fn of(history: &[f64]) -> invmgmt_fit::Fit {
    fit(history, Settings::default()).expect("a history")
}

fn refused(history: &[f64]) -> String {
    fit(history, Settings::default()).expect_err("refused").to_string()
}

#[test]
fn a_history_that_cannot_be_fitted_is_refused_with_what_is_wrong() {
    assert_eq!(
        refused(&[1.0, 2.0, 3.0]),
        "the history has 3 periods; expected at least 4: fewer give neither a level nor its scatter"
    );
    assert!(refused(&[]).starts_with("the history has 0 periods;"));
    assert_eq!(
        refused(&[1.0, 2.0, -3.0, 4.0]),
        "the history has -3 in period 2; expected a finite number >= 0"
    );
    assert_eq!(
        refused(&[f64::NAN, 2.0, 3.0, 4.0]),
        "the history has NaN in period 0; expected a finite number >= 0"
    );
    assert_eq!(refused(&[0.0; 9]), "all 9 values of the history are 0: there is no demand to fit");
    assert_eq!(
        refused(&vec![1.0; 10_001]),
        "the history has 10001 periods; expected at most 10000: give the latest ones"
    );
    let error = fit(&[1.0; 9], Settings { false_alarm: 0.0 }).expect_err("refused");
    assert_eq!(error.to_string(), "false_alarm is 0; expected a probability from 0.000001 to 0.5");
}

#[test]
fn a_short_history_says_what_is_not_looked_for() {
    let outcomes = |periods: usize| {
        let history: Vec<f64> = [3.0, 5.0, 4.0, 4.0].iter().copied().cycle().take(periods).collect();
        of(&history).effects.map(|evidence| evidence.outcome)
    };
    assert_eq!(outcomes(4), [NotSought; 3]);
    assert_eq!(outcomes(8), [NoneFound, NotSought, NotSought]);
    assert!(!outcomes(12).contains(&NotSought));
    let summary = of(&[3.0, 5.0, 4.0, 4.0]).summary();
    assert!(summary.contains("not looked for: needs 8 periods"), "{summary}");
    assert!(summary.starts_with("level          4 units per period\n"), "{summary}");
}

/// Means of the engine itself, without scatter: every parameter comes back.
#[test]
fn a_history_without_noise_gives_back_its_parameters() {
    let truth = DemandConfig {
        base_mu: Some(50.0),
        effects: Effects { trend: true, seasonal: true, shock: true },
        trend_slope: -0.004,
        seasonal_amp: 0.4,
        seasonal_freq: 2.0 * std::f64::consts::PI / 7.0,
        seasonal_phase: 2.0,
        shock_time: 61.0,
        shock_mag: 0.6,
        noise_scale: 0.0,
        ..DemandConfig::default()
    };
    let fit = of(&simulate(&truth, 120, 1));
    let found = &fit.config;
    for (found, put_in) in [
        (found.base_mu.expect("a level"), 50.0),
        (found.trend_slope, -0.004),
        (found.seasonal_amp, 0.4),
        (found.seasonal_freq, truth.seasonal_freq),
        (found.seasonal_phase, 2.0),
        (found.shock_time, 61.0),
        (found.shock_mag, 0.6),
    ] {
        assert!((found / put_in - 1.0).abs() < 1e-3, "{found} for {put_in}");
    }
    assert_eq!(found.noise_scale, 0.0);
    let level = of(&[7.0; 40]);
    assert_eq!((level.config.effects, level.config.noise_scale), (Effects::default(), 0.0));
    assert!((level.config.base_mu.expect("a level") - 7.0).abs() < 1e-9);
}

#[test]
fn wide_scatter_becomes_noise_scale_and_poisson_scatter_leaves_it_at_one() {
    let wide = DemandConfig { base_mu: Some(80.0), noise_scale: 2.0, ..DemandConfig::default() };
    let fit = of(&simulate(&wide, 400, 3));
    // The standard error of a ratio of 4 over 400 periods is 4 sqrt(2 / 400) = 0.28, of its root 0.07.
    assert!(fit.dispersion.found && (fit.config.noise_scale - 2.0).abs() < 0.21, "{}", fit.summary());
    let poisson = DemandConfig { base_mu: Some(80.0), ..DemandConfig::default() };
    let fit = of(&simulate(&poisson, 400, 3));
    assert!(!fit.dispersion.found && fit.config.noise_scale == 1.0, "{}", fit.summary());
}

/// Demand of 12 in every fourth period on average: intermittent, and said to be beyond the law.
#[test]
fn an_intermittent_history_is_named() {
    let coin = simulate(&DemandConfig { base_mu: Some(1.0), ..DemandConfig::default() }, 200, 9);
    let history: Vec<f64> = coin.iter().map(|&draw| if draw >= 2.0 { 12.0 } else { 0.0 }).collect();
    let fit = of(&history);
    assert!(fit.intermittency.found && fit.intermittency.pattern() == "intermittent", "{}", fit.summary());
    assert!(fit.notes.iter().any(|note| note.contains("without demand")), "{:?}", fit.notes);
    // A sparse Poisson history has many zeros, and none too many.
    let sparse = simulate(&DemandConfig { base_mu: Some(0.5), ..DemandConfig::default() }, 200, 3);
    let fit = of(&sparse);
    assert!(fit.intermittency.zeros > 100 && !fit.intermittency.found, "{}", fit.summary());
}

#[test]
fn one_spike_or_a_long_silence_does_not_break_the_fit() {
    let mut spike = vec![0.0; 60];
    spike[30] = 500.0;
    let mut silence = vec![20.0; 30];
    silence.extend([0.0; 30]);
    for history in [spike, silence, vec![1e-9; 40], vec![1e12; 40], (0..300).map(f64::from).collect()] {
        let fit = of(&history);
        fit.config.check().expect("usable");
        assert!(fit.fitted.iter().all(|mean| mean.is_finite() && *mean >= 0.0));
        assert!(!fit.summary().contains("NaN"), "{}", fit.summary());
    }
}

#[test]
fn the_future_of_a_fit_is_its_mean_from_there_on() {
    let config = DemandConfig {
        base_mu: Some(30.0),
        effects: Effects { trend: true, seasonal: true, shock: true },
        seasonal_phase: 1.0,
        ..DemandConfig::default()
    };
    let later = from_period(&config, 40);
    for t in 0..50 {
        let (moved, whole) = (later.mean(t, None, 1.0), config.mean(t + 40, None, 1.0));
        assert!((moved / whole - 1.0).abs() < 1e-9, "period {t}: {moved} {whole}");
    }
}

/// The serial preset has one market with a Poisson law: a simulated path is what an episode sells there.
#[test]
fn a_simulated_path_is_the_demand_of_an_episode_with_that_seed() {
    let network = invmgmt::network::preset("serial").expect("a preset").compile().expect("sound");
    let config = DemandConfig {
        base_mu: Some(12.0),
        effects: Effects { trend: true, ..Effects::default() },
        noise_scale: 1.5,
        ..DemandConfig::default()
    };
    let demand = invmgmt::demand::DemandModel::new(config.clone()).expect("usable");
    let rules = invmgmt::period::Rules::default();
    let mut episode =
        invmgmt::episode::Episode::begin(&Problem::new(network.clone(), demand.clone(), rules, 30), 11)
            .expect("an episode");
    while !episode.is_over() {
        episode.step(&[20.0; 3]).expect("usable orders");
    }
    let drawn: Vec<f64> =
        (0..30).map(|t| episode.trajectory()[invmgmt::episode::Symbol::Demand].row(t)[0]).collect();
    assert_eq!(simulate(&config, 30, 11), drawn);
}
