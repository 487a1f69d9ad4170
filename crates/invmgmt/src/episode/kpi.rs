//! Key figures of an episode, gathered period by period: the same sums for a record and for a rollout without one.

use std::ops::{AddAssign, Range};

use super::{History, Symbol};
use crate::network::{Layout, Network, Part, TableIndex};
use crate::period::{Flows, Lanes};

/// Below this a mean or a variability counts as nothing to divide by.
const NEGLIGIBLE: f64 = 1e-8;

/// Key figures of an episode.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Kpis {
    /// Periods played.
    pub periods: usize,
    /// Discounted profit of all nodes [money].
    pub total_profit: f64,
    /// Profit per period played [money / period].
    pub avg_step_profit: f64,
    /// Units customers wanted [units].
    pub total_demand: f64,
    /// Units sold to customers [units].
    pub total_sold: f64,
    /// Sold over wanted, late deliveries included; 1 without demand [1].
    pub fill_rate: f64,
    /// Demand met in its own period over demand, older debts being served first; 1 without demand [1].
    pub immediate_fill_rate: f64,
    /// Share of periods in which nothing was left unmet [1].
    pub service_level: f64,
    /// Units unmet at the end [units].
    pub total_backlog: f64,
    /// Sum of unmet units over all periods [unit periods; units where unmet demand is lost].
    pub unmet_sum: f64,
    /// Stock per managed node at the end of a period, on average [units].
    pub avg_inventory: f64,
    /// Units sold over average inventory; infinite if there was none [1].
    pub inventory_turns: f64,
    /// Sentiment in force in the last period [1].
    pub final_sentiment: f64,
}

/// Variability of orders against variability of demand.
#[derive(Clone, Debug, PartialEq)]
pub struct Bullwhip {
    /// Coefficient of variation of requests, per supply link [1].
    pub per_link_cv: Vec<f64>,
    /// Coefficient of variation of demand summed over markets [1].
    pub demand_cv: f64,
    /// The largest of `per_link_cv` [1].
    pub max_cv: f64,
    /// `max_cv / demand_cv`; 0 if demand does not vary [1].
    pub bullwhip_ratio: f64,
}

/// What one period contributes, its profit aside; with [`Lanes`], in each of several episodes.
#[derive(Clone, Copy, Debug)]
pub struct PeriodSample<T = f64> {
    /// Stock of all managed nodes at the end [units].
    pub stock: T,
    /// Demand on all market links [units].
    pub demand: T,
    /// Units sold on all market links [units].
    pub sold: T,
    /// Demand of the period met in it on all market links, older debts being served first: what is unmet at the end
    /// is this period's demand before any other [units].
    pub met_at_once: T,
    /// Demand left unmet on all market links [units].
    pub unmet: T,
    /// 1 where nothing was left unmet, else 0 [periods].
    pub served: T,
    /// Sentiment in force [1].
    pub sentiment: T,
}

impl<const W: usize> PeriodSample<Lanes<W>> {
    /// What the period just played contributes, `rows` being the states after it, each number once per episode.
    #[inline(always)]
    pub fn of(layout: &Layout, rows: &[[f64; W]], flows: &Flows<W>) -> Self {
        let total =
            |part: Range<usize>| rows[part].iter().fold(Lanes::ZERO, |sum, &value| sum + value.into());
        let unmet = total(layout.range(Part::Unmet));
        let links = rows[layout.range(Part::Demand)].iter().zip(&rows[layout.range(Part::Unmet)]);
        let met_at_once = links.fold(Lanes::ZERO, |sum, (&demand, &unmet)| {
            sum + (Lanes::from(demand) - Lanes::from(unmet)).positive()
        });
        Self {
            stock: total(layout.range(Part::OnHand)),
            demand: total(layout.range(Part::Demand)),
            sold: flows.total_sold(),
            met_at_once,
            unmet,
            served: Lanes::splat(1.0) - unmet.if_positive(1.0),
            sentiment: rows[layout.start(Part::Sentiment)].into(),
        }
    }

    /// What it contributes in one episode.
    #[inline(always)]
    pub fn lane(&self, lane: usize) -> PeriodSample {
        PeriodSample {
            stock: self.stock[lane],
            demand: self.demand[lane],
            sold: self.sold[lane],
            met_at_once: self.met_at_once[lane],
            unmet: self.unmet[lane],
            served: self.served[lane],
            sentiment: self.sentiment[lane],
        }
    }
}

/// Running mean and scatter (Welford), population form.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Spread {
    count: f64,
    mean: f64,
    squares: f64,
}

impl Spread {
    fn add(&mut self, value: f64) {
        self.count += 1.0;
        let delta = value - self.mean;
        self.mean += delta / self.count;
        self.squares += delta * (value - self.mean);
    }

    fn coefficient_of_variation(&self) -> f64 {
        if self.mean <= NEGLIGIBLE { 0.0 } else { (self.squares / self.count).sqrt() / self.mean }
    }
}

/// Key figures in the making; with [`Lanes`], of several episodes that play the same periods.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct KpiAccumulator<T = f64> {
    periods: usize,
    profit: T,
    demand: T,
    sold: T,
    met_at_once: T,
    /// Of the last period.
    unmet: T,
    unmet_sum: T,
    stock: T,
    served: T,
    sentiment: T,
}

impl<T: Copy + AddAssign> KpiAccumulator<T> {
    /// Adds a period, with the discounted profit of all nodes in it [money].
    #[inline(always)]
    pub fn add(&mut self, period: &PeriodSample<T>, profit: T) {
        self.periods += 1;
        self.profit += profit;
        self.demand += period.demand;
        self.sold += period.sold;
        self.met_at_once += period.met_at_once;
        self.unmet = period.unmet;
        self.unmet_sum += period.unmet;
        self.stock += period.stock;
        self.served += period.served;
        self.sentiment = period.sentiment;
    }
}

impl KpiAccumulator {
    /// Numbers of [`KpiAccumulator::to_numbers`].
    pub const NUMBERS: usize = 10;

    /// All that was added so far, to be kept elsewhere.
    pub fn to_numbers(&self) -> [f64; Self::NUMBERS] {
        let Self { periods, profit, demand, sold, met_at_once, unmet, unmet_sum, stock, served, sentiment } =
            *self;
        [periods as f64, profit, demand, sold, met_at_once, unmet, unmet_sum, stock, served, sentiment]
    }

    /// The way back from [`KpiAccumulator::to_numbers`].
    pub fn of_numbers(numbers: &[f64; Self::NUMBERS]) -> Self {
        let [periods, profit, demand, sold, met_at_once, unmet, unmet_sum, stock, served, sentiment] =
            *numbers;
        let periods = periods as usize;
        Self { periods, profit, demand, sold, met_at_once, unmet, unmet_sum, stock, served, sentiment }
    }
}

impl<const W: usize> KpiAccumulator<Lanes<W>> {
    /// Those of one episode.
    pub fn lane(&self, lane: usize) -> KpiAccumulator {
        KpiAccumulator {
            periods: self.periods,
            profit: self.profit[lane],
            demand: self.demand[lane],
            sold: self.sold[lane],
            met_at_once: self.met_at_once[lane],
            unmet: self.unmet[lane],
            unmet_sum: self.unmet_sum[lane],
            stock: self.stock[lane],
            served: self.served[lane],
            sentiment: self.sentiment[lane],
        }
    }
}

impl KpiAccumulator {
    /// The key figures of the periods added; all zero before the first.
    pub fn finish(&self, network: &Network) -> Kpis {
        if self.periods == 0 {
            return Kpis::default();
        }
        let periods = self.periods as f64;
        let avg_inventory = self.stock / (periods * network.managed.len() as f64);
        Kpis {
            periods: self.periods,
            total_profit: self.profit,
            avg_step_profit: self.profit / periods,
            total_demand: self.demand,
            total_sold: self.sold,
            fill_rate: if self.demand > 0.0 { self.sold / self.demand } else { 1.0 },
            immediate_fill_rate: if self.demand > 0.0 { self.met_at_once / self.demand } else { 1.0 },
            service_level: self.served / periods,
            total_backlog: self.unmet,
            unmet_sum: self.unmet_sum,
            avg_inventory,
            inventory_turns: if avg_inventory > 0.0 { self.sold / avg_inventory } else { f64::INFINITY },
            final_sentiment: self.sentiment,
        }
    }
}

/// Key figures of a record.
pub fn kpis<'a>(network: &Network, history: impl Into<History<'a>>) -> Kpis {
    let history = history.into();
    let (nodes, links, markets) = (network.nodes.len(), network.links.len(), network.market.len());
    let mut accumulator = KpiAccumulator::<f64>::default();
    for t in 0..history.periods_played {
        let stocks = &history[Symbol::OnHand][(t + 1) * nodes..(t + 2) * nodes];
        let moved = &history[Symbol::Moved][t * links..(t + 1) * links];
        let demand = &history[Symbol::Demand][t * markets..(t + 1) * markets];
        let left = &history[Symbol::Unmet][t * markets..(t + 1) * markets];
        let unmet: f64 = left.iter().sum();
        let period = PeriodSample {
            stock: network.managed.rows().iter().map(|node| stocks[node.node.position()]).sum(),
            demand: demand.iter().sum(),
            sold: network.market.rows().iter().map(|link| moved[link.link.position()]).sum(),
            met_at_once: demand.iter().zip(left).map(|(demand, unmet)| (demand - unmet).max(0.0)).sum(),
            unmet,
            served: if unmet > 0.0 { 0.0 } else { 1.0 },
            sentiment: history[Symbol::Sentiment][t],
        };
        accumulator.add(&period, history[Symbol::Profit][t * nodes..(t + 1) * nodes].iter().sum());
    }
    accumulator.finish(network)
}

/// Variability of the requests of a record against variability of its demand.
pub fn bullwhip<'a>(network: &Network, history: impl Into<History<'a>>) -> Bullwhip {
    let history = history.into();
    let (links, markets) = (network.supply.len(), network.market.len());
    let mut requests = vec![Spread::default(); links];
    let mut demand = Spread::default();
    for t in 0..history.periods_played {
        for (spread, &request) in requests.iter_mut().zip(&history[Symbol::Requested][t * links..]) {
            spread.add(request);
        }
        demand.add(history[Symbol::Demand][t * markets..(t + 1) * markets].iter().sum());
    }
    let per_link_cv: Vec<f64> = requests.iter().map(Spread::coefficient_of_variation).collect();
    let demand_cv = demand.coefficient_of_variation();
    let max_cv = per_link_cv.iter().copied().fold(0.0, f64::max);
    let bullwhip_ratio = if demand_cv > NEGLIGIBLE { max_cv / demand_cv } else { 0.0 };
    Bullwhip { per_link_cv, demand_cv, max_cv, bullwhip_ratio }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::preset;

    /// Three periods of the serial preset (five nodes, of which 1, 2, 3 hold stock; links 1 -> 0, 2 -> 1, 3 -> 2,
    /// 4 -> 3), of which two have been played.
    fn history() -> History<'static> {
        let mut matrices: [&[f64]; Symbol::COUNT] = [&[]; Symbol::COUNT];
        for (symbol, values) in [
            (
                Symbol::OnHand,
                &[
                    0.0, 9.0, 9.0, 9.0, 0.0, //
                    0.0, 1.0, 2.0, 3.0, 0.0, //
                    0.0, 4.0, 5.0, 9.0, 0.0, //
                    0.0, 0.0, 0.0, 0.0, 0.0,
                ][..],
            ),
            (Symbol::Requested, &[10.0, 5.0, 0.0, 30.0, 5.0, 0.0, 0.0, 0.0, 0.0]),
            (Symbol::Moved, &[6.0, 1.0, 1.0, 1.0, 12.0, 2.0, 2.0, 2.0, 0.0, 0.0, 0.0, 0.0]),
            (Symbol::Demand, &[8.0, 10.0, 0.0]),
            (Symbol::Unmet, &[2.0, 0.0, 0.0]),
            (Symbol::Profit, &[0.0, 1.0, 2.0, 3.0, 0.0, 0.0, 10.0, 0.0, -1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]),
            (Symbol::Sentiment, &[1.0, 0.9, 0.0]),
        ] {
            matrices[symbol as usize] = values;
        }
        History { periods_played: 2, backlog: true, matrices }
    }

    /// The same with another matrix in the place of one.
    fn with(history: &History<'static>, symbol: Symbol, values: &'static [f64]) -> History<'static> {
        let mut matrices = history.matrices;
        matrices[symbol as usize] = values;
        History { matrices, ..*history }
    }

    #[test]
    fn key_figures_are_those_worked_out_by_hand() {
        let network = preset("serial").expect("a preset").compile().expect("valid");
        assert_eq!(
            kpis(&network, history()),
            Kpis {
                periods: 2,
                total_profit: 15.0,
                avg_step_profit: 7.5,
                total_demand: 18.0,
                total_sold: 18.0,
                fill_rate: 1.0,
                // 6 of 8 at once, 2 of them a period late.
                immediate_fill_rate: 16.0 / 18.0,
                service_level: 0.5,
                total_backlog: 0.0,
                unmet_sum: 2.0,
                avg_inventory: 4.0,
                inventory_turns: 4.5,
                final_sentiment: 0.9,
            }
        );
    }

    #[test]
    fn nothing_played_means_nothing_measured_and_nothing_wanted_means_all_was_filled() {
        let network = preset("serial").expect("a preset").compile().expect("valid");
        let unplayed = History { periods_played: 0, ..history() };
        assert_eq!(kpis(&network, unplayed), Kpis::default());
        assert_eq!(bullwhip(&network, unplayed).bullwhip_ratio, 0.0);
        let empty = with(&history(), Symbol::OnHand, &[0.0; 10]);
        let unmoved = with(&empty, Symbol::Moved, &[0.0; 4]);
        let quiet = History { periods_played: 1, ..with(&unmoved, Symbol::Demand, &[0.0]) };
        let found = kpis(&network, quiet);
        assert_eq!((found.fill_rate, found.immediate_fill_rate), (1.0, 1.0));
        assert_eq!(found.inventory_turns, f64::INFINITY);
    }

    #[test]
    fn bullwhip_is_the_worst_variability_of_requests_over_that_of_demand() {
        let network = preset("serial").expect("a preset").compile().expect("valid");
        let found = bullwhip(&network, history());
        // Means 20, 5, 0 and 9; standard deviations 10, 0, 0 and 1 over the population.
        assert_eq!(found.per_link_cv, [0.5, 0.0, 0.0]);
        assert_eq!(found.max_cv, 0.5);
        assert!((found.demand_cv - 1.0 / 9.0).abs() < 1e-15);
        assert!((found.bullwhip_ratio - 4.5).abs() < 1e-12);
        let steady = with(&history(), Symbol::Demand, &[9.0, 9.0, 0.0]);
        assert_eq!(bullwhip(&network, steady).bullwhip_ratio, 0.0);
    }
}
