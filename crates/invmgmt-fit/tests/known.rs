//! Series everybody knows come out as everybody expects.

use invmgmt_fit::{Fit, Outcome, Settings, fit};

/// International airline passengers per month, January 1949 to December 1960, in thousands: G. E. P. Box and
/// G. M. Jenkins, "Time Series Analysis: Forecasting and Control" (1970), series G.
#[rustfmt::skip]
const AIRLINE: [f64; 144] = [
    112., 118., 132., 129., 121., 135., 148., 148., 136., 119., 104., 118.,
    115., 126., 141., 135., 125., 149., 170., 170., 158., 133., 114., 140.,
    145., 150., 178., 163., 172., 178., 199., 199., 184., 162., 146., 166.,
    171., 180., 193., 181., 183., 218., 230., 242., 209., 191., 172., 194.,
    196., 196., 236., 235., 229., 243., 264., 272., 237., 211., 180., 201.,
    204., 188., 235., 227., 234., 264., 302., 293., 259., 229., 203., 229.,
    242., 233., 267., 269., 270., 315., 364., 347., 312., 274., 237., 278.,
    284., 277., 317., 313., 318., 374., 413., 405., 355., 306., 271., 306.,
    315., 301., 356., 348., 355., 422., 465., 467., 404., 347., 305., 336.,
    340., 318., 362., 348., 363., 435., 491., 505., 404., 359., 310., 337.,
    360., 342., 406., 396., 420., 472., 548., 559., 463., 407., 362., 405.,
    417., 391., 419., 461., 472., 535., 622., 606., 508., 461., 390., 432.,
];

/// Thirty days of an article of M5: `data/m5_foods_3_382_ca_3.csv`.
const M5: [f64; 30] = [
    2., 3., 4., 0., 0., 1., 0., 2., 1., 1., 5., 3., 1., 0., 0., 2., 7., 2., 2., 13., 8., 11., 50., 60., 54.,
    51., 39., 50., 48., 61.,
];

fn fitted(history: &[f64]) -> Fit {
    fit(history, Settings::default()).expect("a history")
}

fn found(fit: &Fit) -> [bool; 3] {
    [0, 1, 2].map(|effect: usize| fit.effects[effect].outcome == Outcome::Found)
}

#[test]
fn airline_passengers_grow_and_peak_every_summer() {
    // The mean of the published series is 280.2986.
    assert!((AIRLINE.iter().sum::<f64>() / 144.0 - 280.2986).abs() < 1e-4);
    let fit = fitted(&AIRLINE);
    assert_eq!(found(&fit), [true, true, false], "{}", fit.summary());
    let period = 2.0 * std::f64::consts::PI / fit.config.seasonal_freq;
    assert!((period - 12.0).abs() < 0.15, "{period}");
    // July and August are the highest months of every year, so the crest lies in them: months 6 and 7.
    let crest = (std::f64::consts::FRAC_PI_2 - fit.config.seasonal_phase) / fit.config.seasonal_freq;
    assert!((5.0..8.0).contains(&crest.rem_euclid(period)), "{crest}");
    // From 112 to 432 in 143 months: about 2 % of the start a month.
    assert!((0.015..0.035).contains(&fit.config.trend_slope), "{}", fit.config.trend_slope);
}

#[test]
fn sales_of_the_m5_article_rise_for_good_on_day_23() {
    let fit = fitted(&M5);
    assert_eq!(found(&fit), [false, false, true], "{}", fit.summary());
    assert_eq!(fit.config.shock_time, 22.0);
    // By hand: 68 units in 22 days, 413 in 8.
    assert!((fit.config.base_mu.expect("a level") - 68.0 / 22.0).abs() < 1e-3);
    assert!((fit.config.shock_mag - (413.0 / 8.0) / (68.0 / 22.0)).abs() < 1e-2);
    assert!(fit.dispersion.found && fit.config.noise_scale > 1.2, "{}", fit.summary());
}
