//! Draws, probabilities and expectations of the laws, against numpy and scipy.

use std::sync::Arc;

use super::{DeclaredDemand, Law, LawValue};
use crate::random::{Pcg64, PoissonLaw, Stream};

fn law(distribution: &str, parameters: &[(&str, LawValue)]) -> (Law, Option<f64>) {
    let parameters = parameters.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect();
    let declared = DeclaredDemand { distribution: distribution.to_owned(), parameters };
    Law::from_declared(&declared).expect("a sound law")
}

fn of_cv(distribution: &str, variation: f64) -> Law {
    law(distribution, &[("cv", variation.into())]).0
}

/// numpy 2.4.6, `default_rng(17)`: the first four of 2000 draws, their sum, and `random()` after them.
#[test]
fn draws_are_numpys() {
    let choice = law(
        "discrete",
        &[
            ("values", LawValue::List(vec![0.0, 2.0, 3.0, 7.0])),
            ("weights", LawValue::List(vec![4.0, 3.0, 2.0, 1.0])),
        ],
    );
    let rounded = law("gamma", &[("cv", 0.5.into()), ("rounded", LawValue::Flag(true))]).0;
    let binomial = |n: f64| law("binomial", &[("n", n.into())]).0;
    let cases: [(Law, f64, [f64; 4], f64, f64); 10] = [
        (Law::Geometric, 5.0, [8.0, 0.0, 2.0, 2.0], 9550.0, 0.743_772_916_390_516_6),
        (Law::Geometric, 0.5, [1.0, 0.0, 0.0, 0.0], 995.0, 0.606_252_752_911_767_8),
        (binomial(10.0), 3.0, [4.0, 2.0, 3.0, 2.0], 5980.0, 0.606_252_752_911_767_8),
        (binomial(100.0), 60.0, [73.0, 62.0, 59.0, 56.0], 120_060.0, 0.641_256_927_296_412_7),
        (
            of_cv("gamma", 0.5),
            4.0,
            [6.205_516_273_398_42, 2.726_844_499_466_253_5, 1.103_730_058_785_551, 2.987_229_366_316_52],
            8_078.663_308_463_004,
            0.562_287_230_988_011_5,
        ),
        (
            of_cv("gamma", 2.0),
            4.0,
            [
                1.548_322_109_921_772,
                0.034_151_110_519_403_845,
                0.537_727_941_310_149,
                0.066_639_947_708_772_88,
            ],
            7_779.317_712_103_477,
            0.149_540_034_750_300_2,
        ),
        (
            law("exponential", &[]).0,
            4.0,
            [
                6.261_779_478_522_098,
                0.175_469_159_403_235_13,
                1.560_262_441_869_879_6,
                2.106_806_095_159_291_7,
            ],
            7_660.011_469_663_16,
            0.743_772_916_390_516_6,
        ),
        (
            of_cv("lognormal", 0.5),
            4.0,
            [6.019_099_984_770_769, 4.197_927_696_756_761, 2.772_225_558_939_984, 1.972_710_767_147_750_6],
            8_038.298_328_505_431,
            0.113_513_890_365_501_3,
        ),
        (rounded, 4.0, [6.0, 3.0, 1.0, 3.0], 8070.0, 0.562_287_230_988_011_5),
        (choice.0, choice.1.expect("a mean"), [3.0, 0.0, 2.0, 0.0], 3710.0, 0.606_252_752_911_767_8),
    ];
    for (law, mean, first, sum, next) in cases {
        let mut stream = Pcg64::seeded(17);
        let drawn: Vec<f64> =
            (0..2000).map(|_| law.sample(mean, &mut PoissonLaw::new(0.0), &mut stream)).collect();
        assert_eq!(drawn[..4], first, "{law:?}");
        // Beyond whole numbers numpy adds up in another order.
        assert!((drawn.iter().sum::<f64>() - sum).abs() < 1e-9 * sum, "{law:?}");
        assert_eq!(stream.next_f64(), next, "{law:?}");
    }
}

/// A value and its probability.
type Weighted = (f64, f64);

/// scipy 1.17: `gamma(4).cdf`, `norm(5, 2).cdf`, `lognorm(...)`, `binom(10, .3).pmf`, `geom(1 / 6).pmf(n + 1)`.
#[test]
fn probabilities_are_scipys() {
    let rounded = |law: Law| Law::Rounded(Arc::new(law));
    let cases: [(Law, f64, &[Weighted]); 5] = [
        (
            rounded(of_cv("gamma", 0.5)),
            4.0,
            &[
                (0.0, 0.001_751_622_556_290_824),
                (4.0, 0.194_336_712_066_193_96),
                (12.0, 0.001_809_688_449_817_548),
            ],
        ),
        (
            rounded(Law::Normal { scale: 2.0 }),
            5.0,
            &[
                (-1.0, 0.002_402_738_192_663_789),
                (5.0, 0.197_412_651_365_847_4),
                (12.0, 4.886_077_571_899_516e-4),
            ],
        ),
        (
            rounded(of_cv("lognormal", 0.5)),
            4.0,
            &[
                (1.0, 0.032_856_654_865_982_63),
                (4.0, 0.204_888_626_770_157_23),
                (12.0, 0.002_677_102_647_625_884),
            ],
        ),
        (
            law("binomial", &[("n", 10.0.into())]).0,
            3.0,
            &[(0.0, 0.028_247_524_9), (3.0, 0.266_827_932), (10.0, 5.9049e-6)],
        ),
        (
            Law::Geometric,
            5.0,
            &[(0.0, 1.0 / 6.0), (5.0, 0.066_979_595_336_076_84), (30.0, 7.021_200_388_479_051e-4)],
        ),
    ];
    for (law, mean, published) in cases {
        let found = law.probabilities(mean, 1e-13).expect("whole numbers");
        assert!((found.values.iter().map(|(_, weight)| weight).sum::<f64>() - 1.0).abs() < 1e-12, "{law:?}");
        assert!(found.cut <= 1e-13);
        for &(value, expected) in published {
            let (_, weight) = found.values.iter().find(|(known, _)| *known == value).expect("a value");
            assert!((weight / expected - 1.0).abs() < 1e-9, "{law:?} {value}: {weight}");
        }
    }
}

/// E max(0, mean + 2 (X - mean)) by scipy's `quad`: 4.150282019256122 and 4.082658364743836.
#[test]
fn expected_demand_counts_what_the_cut_adds() {
    for (distribution, expected) in [("gamma", 4.150_282_019_256_122), ("lognormal", 4.082_658_364_743_836)] {
        let found = of_cv(distribution, 0.5).expected(4.0, 2.0);
        assert!((found - expected).abs() < 1e-9, "{distribution}: {found}");
        assert_eq!(of_cv(distribution, 0.5).expected(4.0, 1.0), 4.0);
    }
}

#[test]
fn mean_and_variance_are_those_of_draws() {
    let laws = [
        Law::Geometric,
        of_cv("gamma", 0.7),
        of_cv("lognormal", 0.3),
        law("binomial", &[("n", 20.0.into())]).0,
        law("discrete", &[("values", LawValue::List(vec![0.0, 1.0, 5.0, 9.0]))]).0,
        law("lognormal", &[("cv", 0.4.into()), ("rounded", LawValue::Flag(true))]).0,
    ];
    for law in laws {
        let (mut stream, mean, count) = (Pcg64::seeded(3), 6.0, 200_000);
        let mut poisson = PoissonLaw::new(0.0);
        let drawn: Vec<f64> = (0..count).map(|_| law.sample(mean, &mut poisson, &mut stream)).collect();
        let average = drawn.iter().sum::<f64>() / f64::from(count);
        let spread = drawn.iter().map(|x| (x - average) * (x - average)).sum::<f64>() / f64::from(count);
        let variance = law.variance(mean);
        let error = (variance / f64::from(count)).sqrt();
        assert!((average - law.expected(mean, 1.0)).abs() < 4.5 * error, "{law:?}: {average}");
        assert!((spread / variance - 1.0).abs() < 0.05, "{law:?}: {spread} against {variance}");
    }
}

#[test]
fn a_discrete_law_keeps_its_mean_and_is_scaled_to_another() {
    let (law, mean) = law("discrete", &[("values", LawValue::List(vec![0.0, 1.0, 2.0, 3.0, 4.0]))]);
    assert_eq!(mean, Some(2.0));
    let doubled = law.probabilities(4.0, 1e-9).expect("values");
    assert_eq!(doubled.values.iter().map(|&(value, _)| value).collect::<Vec<_>>(), [0.0, 2.0, 4.0, 6.0, 8.0]);
    assert!((law.variance(2.0) - 2.0).abs() < 1e-12 && (law.variance(4.0) - 8.0).abs() < 1e-12);
}

#[test]
fn a_parameter_that_cannot_be_used_is_refused_by_name() {
    let refused = |distribution: &str, parameters: &[(&str, LawValue)]| {
        let parameters = parameters.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect();
        let declared = DeclaredDemand { distribution: distribution.to_owned(), parameters };
        Law::from_declared(&declared).expect_err("refused").message
    };
    let list = |numbers: &[f64]| LawValue::List(numbers.to_vec());
    assert_eq!(refused("gamma", &[("mu", 4.0.into())]), "cv is missing; the gamma law has mu and cv");
    assert_eq!(refused("gamma", &[("cv", 0.0.into())]), "cv is 0; expected a number above 0");
    assert_eq!(
        refused("binomial", &[("mu", 4.0.into()), ("n", 2.5.into())]),
        "n is 2.5; expected a whole number from 1 to 1000000000"
    );
    assert_eq!(
        refused("binomial", &[("mu", 4.0.into()), ("n", 3.0.into())]),
        "mu is 4; expected at most n, which is 3"
    );
    assert_eq!(refused("geometric", &[("mu", list(&[1.0, 2.0]))]), "mu is [1, 2]; expected a finite number");
    assert_eq!(
        refused("poisson", &[("rounded", LawValue::Flag(true))]),
        "a poisson law has no parameter 'rounded'; it has mu and loc"
    );
    assert_eq!(refused("normal", &[("rounded", 1.0.into())]), "rounded is 1; expected true or false");
    assert_eq!(
        refused("discrete", &[]),
        "values is missing or empty; the discrete law has values and weights"
    );
    assert_eq!(
        refused("discrete", &[("values", list(&[1.0, -2.0]))]),
        "values is [1, -2]; expected a list of numbers >= 0"
    );
    assert_eq!(
        refused("discrete", &[("values", list(&[1.0, 2.0])), ("weights", list(&[1.0]))]),
        "weights has 1 numbers; expected 2, one for each of values"
    );
    assert_eq!(
        refused("discrete", &[("values", list(&[1.0, 2.0])), ("weights", list(&[0.0, 0.0]))]),
        "weights add up to 0; expected a number above 0"
    );
    assert_eq!(
        refused("discrete", &[("values", list(&[0.0]))]),
        "values have a mean of 0; expected some demand"
    );
}

#[test]
fn whole_is_a_law_all_of_whose_draws_are() {
    let values = |own: &[f64]| {
        let weights = LawValue::List(vec![1.0; own.len()]);
        law("discrete", &[("values", LawValue::List(own.to_vec())), ("weights", weights)])
    };
    let (dice, own_mean) = values(&[1.0, 2.0, 6.0]);
    let halves = values(&[0.5, 1.0]).0;
    let rounded = law("lognormal", &[("cv", 0.5.into()), ("rounded", LawValue::Flag(true))]).0;
    let laws = [
        Law::Poisson { shift: 0.0 },
        Law::Poisson { shift: 0.5 },
        Law::Normal { scale: 2.0 },
        Law::ProportionalNormal { variation: 0.3 },
        Law::Uniform { scale: 3.0 },
        Law::NegativeBinomial { dispersion: 0.5 },
        Law::Intermittent { probability: 0.4, dispersion: 0.2 },
        Law::Deterministic,
        Law::Geometric,
        of_cv("gamma", 0.5),
        of_cv("lognormal", 0.5),
        law("binomial", &[("n", 9.0.into())]).0,
        rounded,
        dice,
        halves,
    ];
    for law in laws {
        for mean in [own_mean.expect("a mean of its own"), 2.5] {
            let (mut stream, mut poisson) = (Pcg64::seeded(5), PoissonLaw::new(0.0));
            let all = (0..200).all(|_| law.sample(mean, &mut poisson, &mut stream).fract() == 0.0);
            assert_eq!(law.is_whole(mean), all, "{law:?} around {mean}");
        }
    }
}
