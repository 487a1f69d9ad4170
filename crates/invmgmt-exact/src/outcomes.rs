//! What customers may want in a period, with probabilities.

use invmgmt::Problem;
use invmgmt::demand::DemandProcess;
use invmgmt::law::Probabilities;
use invmgmt::network::{MarketLinkIx, TableIndex};

use crate::ExactError;

/// Sentiment where it never moves [1].
const SENTIMENT: f64 = 1.0;
/// Most joint outcomes of all market links in a period.
const MOST_OUTCOMES: usize = 1_000_000;

/// Every joint outcome of a period's demand, with its probability.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Outcomes {
    /// Per outcome what is wanted on each market link [units].
    demands: Vec<f64>,
    links: usize,
    /// Per outcome [1].
    pub probabilities: Vec<f64>,
    /// The law of every market link's demand.
    pub laws: Vec<Probabilities>,
}

impl Outcomes {
    /// The outcomes of a period, likely down to this tail per market link.
    pub fn of(problem: &Problem, period: usize, tail: f64) -> Result<Self, ExactError> {
        let laws = problem
            .network
            .market
            .indices()
            .map(|link| law(problem, period, link, tail))
            .collect::<Result<Vec<_>, _>>()?;
        let count = laws.iter().try_fold(1_usize, |count, law| count.checked_mul(law.values.len()));
        if count.is_none_or(|count| count > MOST_OUTCOMES) {
            return Err(ExactError::TooManyOutcomes {
                of: "demand on the market links",
                most: MOST_OUTCOMES,
            });
        }
        let mut all = Self { demands: Vec::new(), links: laws.len(), probabilities: Vec::new(), laws };
        let mut chosen = vec![0; all.links];
        loop {
            let pairs = chosen.iter().zip(&all.laws).map(|(&at, law)| law.values[at]);
            all.probabilities.push(pairs.clone().map(|(_, weight)| weight).product());
            all.demands.extend(pairs.map(|(value, _)| value));
            // The next combination, the last link's demand moving fastest.
            let Some(place) = (0..all.links).rev().find(|&at| chosen[at] + 1 < all.laws[at].values.len())
            else {
                return Ok(all);
            };
            chosen[place] += 1;
            chosen[place + 1..].fill(0);
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.probabilities.len()
    }

    /// What is wanted on each market link in one of them [units].
    pub fn demands(&self, outcome: usize) -> &[f64] {
        &self.demands[outcome * self.links..][..self.links]
    }

    /// Probability that any link's demand lies above what is reckoned with, and by how many units on average.
    pub fn cut(&self) -> (f64, f64) {
        self.laws.iter().fold((0.0, 0.0), |(cut, excess), law| (cut + law.cut, excess + law.excess))
    }
}

/// The law of a market link's demand in a period, its deviations scaled and cut at zero.
fn law(problem: &Problem, period: usize, link: MarketLinkIx, tail: f64) -> Result<Probabilities, ExactError> {
    let (network, demand) = (&problem.network, &problem.demand);
    if let Some(replayed) = demand.replayed(period, link, SENTIMENT) {
        return Ok(Probabilities::certain(replayed));
    }
    let (row, config) = (&network.market[link], demand.config_of(link));
    let mean = config.mean(period, row.own_mean, SENTIMENT);
    if config.noise_scale == 0.0 {
        return Ok(Probabilities::certain(config.scatter(mean, mean)));
    }
    let raw = row
        .law
        .probabilities(mean, tail)
        .ok_or_else(|| ExactError::Continuous { link: network.link_name(row.link) })?;
    let law = raw.map(|value| config.scatter(mean, value));
    Ok(Probabilities { excess: config.noise_scale * law.excess, ..law })
}

/// Demand that somebody else decided, per market link and episode side by side.
#[derive(Debug)]
pub(crate) struct Given<'a, const W: usize>(pub &'a [[f64; W]]);

impl<const W: usize> DemandProcess<W> for Given<'_, W> {
    #[inline(always)]
    fn sentiment_after(&mut self, _lane: usize, _unmet: f64, sentiment: f64) -> f64 {
        sentiment
    }

    #[inline(always)]
    fn draw(&mut self, _periods: &[usize; W], link: MarketLinkIx, _sentiments: &[f64; W]) -> [f64; W] {
        self.0[link.position()]
    }
}
