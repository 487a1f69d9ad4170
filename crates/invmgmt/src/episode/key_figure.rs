//! The key figures of an episode: name, unit, direction, meaning and formula of each, for whoever shows any.

use super::{History, Kpis, Symbol};
use crate::Problem;
use crate::network::TableIndex;
use crate::period::CostParts;

/// Unmet units up to this are rounding, not a shortage [units].
pub const SHORTAGE_TOLERANCE: f64 = 1e-6;
/// A variance of demand below this is none [units^2].
const NEGLIGIBLE: f64 = 1e-8;

/// A key figure of an episode: a row of [`KEY_FIGURES`].
///
/// ```
/// use invmgmt::episode::{Better, key_figure};
///
/// let figure = key_figure("immediate_fill_rate").expect("a key figure");
/// assert_eq!((figure.better, figure.unit.words()), (Better::Higher, "share"));
/// assert_eq!(key_figure("unmet_sum").expect("a key figure").names.benchmark, Some("unfulfilled"));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct KeyFigure {
    /// Its one name, by which Python knows it.
    pub key: &'static str,
    /// Its name in tables for people.
    pub title: &'static str,
    /// The unit of its values.
    pub unit: FigureUnit,
    /// Which values are the better ones, all else being equal.
    pub better: Better,
    /// What it is.
    pub meaning: &'static str,
    /// Where it is shown, and what it was called there before all had one name.
    pub names: FaceNames,
    source: Source,
}

/// The name of a key figure on each face that shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FaceNames {
    /// In `compute_kpis` and `rollout`, where it is the figure's key.
    pub python: bool,
    /// In the table of `simulate`, its report and its JSON.
    pub command_line: Option<&'static str>,
    /// In the files and the report of `benchmark`.
    pub benchmark: Option<&'static str>,
}

/// The unit of a key figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FigureUnit {
    /// Money.
    Money,
    /// Money per period.
    MoneyPerPeriod,
    /// Units of goods.
    Units,
    /// Units times the periods they wait.
    UnitPeriods,
    /// A share of a whole, 0 to 1, shown in percent.
    Share,
    /// A ratio that is no share.
    Ratio,
}

/// Which values of a key figure are the better ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Better {
    /// Higher ones.
    Higher,
    /// Lower ones.
    Lower,
    /// None: it describes.
    Neither,
}

/// What a key figure is worked out from.
#[derive(Clone, Copy, Debug)]
enum Source {
    /// Sums that every episode has.
    Sums(fn(&Kpis) -> f64),
    /// Money by part.
    Money(fn(&CostParts) -> f64),
    /// A full record.
    Record(fn(&Recorded<'_>) -> f64),
}

/// A record to be measured: some of its periods, played by a problem's rules.
#[derive(Clone, Copy, Debug)]
pub struct Recorded<'a> {
    /// What was played.
    pub problem: &'a Problem,
    /// The periods measured.
    pub history: History<'a>,
    /// The first of them, for the weight of its money.
    pub first: usize,
}

impl FigureUnit {
    /// The unit in a word or two.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Money => "money",
            Self::MoneyPerPeriod => "money / period",
            Self::Units => "units",
            Self::UnitPeriods => "unit periods",
            Self::Share => "share",
            Self::Ratio => "1",
        }
    }
}

impl Better {
    /// The direction in a word; nothing for none.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Higher => "higher",
            Self::Lower => "lower",
            Self::Neither => "",
        }
    }
}

impl KeyFigure {
    /// Its value in an episode of which the sums are known; none if it takes a record.
    pub fn value(&self, kpis: &Kpis, parts: &CostParts) -> Option<f64> {
        match self.source {
            Source::Sums(of) => Some(of(kpis)),
            Source::Money(of) => Some(of(parts)),
            Source::Record(_) => None,
        }
    }

    /// Its value in an episode with a record.
    pub fn of_record(&self, kpis: &Kpis, parts: &CostParts, record: &Recorded<'_>) -> f64 {
        match self.source {
            Source::Record(of) => of(record),
            Source::Sums(of) => of(kpis),
            Source::Money(of) => of(parts),
        }
    }

    /// Its value by the sums alone, where these are what it takes: neither money by part nor a record.
    pub fn of_sums(&self, kpis: &Kpis) -> Option<f64> {
        if let Source::Sums(of) = self.source { Some(of(kpis)) } else { None }
    }
}

/// The key figure of this name.
pub fn key_figure(key: &str) -> Option<&'static KeyFigure> {
    KEY_FIGURES.iter().find(|figure| figure.key == key)
}

/// In Python; where it is given, on the command line and in the benchmark under these names.
const fn names(command_line: Option<&'static str>, benchmark: Option<&'static str>) -> FaceNames {
    FaceNames { python: true, command_line, benchmark }
}

/// The same name everywhere.
const fn everywhere(name: &'static str) -> FaceNames {
    names(Some(name), Some(name))
}

/// In the benchmark alone.
const fn of_benchmark(name: &'static str) -> FaceNames {
    FaceNames { python: false, command_line: None, benchmark: Some(name) }
}

macro_rules! figure {
    ($key:literal, $title:literal, $unit:ident, $better:ident, $names:expr, $source:expr, $meaning:literal) => {
        KeyFigure {
            key: $key,
            title: $title,
            unit: FigureUnit::$unit,
            better: Better::$better,
            meaning: $meaning,
            names: $names,
            source: $source,
        }
    };
}

use Source::{Money, Record, Sums};

/// Every key figure, in the order in which tables show them.
#[rustfmt::skip]
pub const KEY_FIGURES: &[KeyFigure] = &[
    figure!("total_profit", "profit", Money, Higher, names(Some("profit"), Some("profit")),
            Sums(|kpis| kpis.total_profit),
            "discounted profit of all nodes together"),
    figure!("avg_step_profit", "profit per period", MoneyPerPeriod, Higher, names(None, None),
            Sums(|kpis| kpis.avg_step_profit),
            "profit over the periods played"),
    figure!("fill_rate", "fill rate", Share, Higher, everywhere("fill_rate"),
            Sums(|kpis| kpis.fill_rate),
            "units sold over units wanted, late deliveries included: 1 does not mean on time; 1 without demand"),
    figure!("immediate_fill_rate", "immediate fill rate", Share, Higher, everywhere("immediate_fill_rate"),
            Sums(|kpis| kpis.immediate_fill_rate),
            "units met in the period they were wanted in over units wanted, older debts being served first: the \
             textbook's fill rate; 1 without demand"),
    figure!("service_level", "service level", Share, Higher, everywhere("service_level"),
            Sums(|kpis| kpis.service_level),
            "share of periods with exactly nothing unmet on every market link"),
    figure!("service_level_tolerant", "service level, tolerant", Share, Higher, of_benchmark("service_level_tolerant"),
            Record(served_but_for_rounding),
            "as the service level, but up to 0.000001 units unmet are rounding and no shortage"),
    figure!("avg_inventory", "average inventory", Units, Lower, everywhere("avg_inventory"),
            Sums(|kpis| kpis.avg_inventory),
            "stock per managed node at the end of a period, on average"),
    figure!("final_inventory", "stock at the end", Units, Lower, of_benchmark("final_inventory"),
            Record(stock_at_the_end),
            "stock of all nodes after the last period measured"),
    figure!("inventory_turns", "inventory turns", Ratio, Higher, names(Some("inventory_turns"), None),
            Sums(|kpis| kpis.inventory_turns),
            "units sold over average inventory; infinite where there was none"),
    figure!("total_demand", "demand", Units, Neither, names(Some("demand"), Some("demand")),
            Sums(|kpis| kpis.total_demand),
            "units customers wanted"),
    figure!("total_sold", "sold", Units, Higher, names(Some("sold"), Some("sold")),
            Sums(|kpis| kpis.total_sold),
            "units sold to customers"),
    figure!("unmet_sum", "unmet demand", UnitPeriods, Lower, names(Some("unmet"), Some("unfulfilled")),
            Sums(|kpis| kpis.unmet_sum),
            "units unmet, added up over periods: a unit that waits three periods counts three times"),
    figure!("total_backlog", "unmet at the end", Units, Lower, names(None, None),
            Sums(|kpis| kpis.total_backlog),
            "units unmet in the last period"),
    figure!("order_variance_ratio", "bullwhip", Ratio, Lower, of_benchmark("bullwhip_ratio"),
            Record(variance_of_requests_over_that_of_demand),
            "population variance of all requests per period over that of demand: what was asked for, not what moved; 1 \
             where demand does not vary"),
    figure!("final_sentiment", "sentiment at the end", Ratio, Higher, names(None, None),
            Sums(|kpis| kpis.final_sentiment),
            "customers' sentiment in force in the last period"),
    figure!("revenue", "revenue", Money, Higher, everywhere("revenue"),
            Money(|parts| parts.revenue),
            "discounted sales, those between nodes included"),
    figure!("company_revenue", "revenue of the company", Money, Higher, of_benchmark("company_revenue"),
            Record(sold_to_customers),
            "discounted sales to customers only"),
    figure!("procurement_cost", "procurement cost", Money, Lower, everywhere("procurement_cost"),
            Money(|parts| parts.procurement),
            "discounted purchases, those between nodes included"),
    figure!("company_procurement_cost", "procurement cost of the company", Money, Lower,
            of_benchmark("company_procurement_cost"),
            Record(bought_from_sources),
            "discounted purchases of raw material only"),
    figure!("holding_cost", "holding cost", Money, Lower, everywhere("holding_cost"),
            Money(|parts| parts.holding),
            "discounted cost of stock on hand and on its way"),
    figure!("operating_cost", "operating cost", Money, Lower, everywhere("operating_cost"),
            Money(|parts| parts.operating),
            "discounted cost of production"),
    figure!("unmet_penalty", "penalty for unmet demand", Money, Lower, names(Some("unmet_penalty"), Some("backlog_penalty")),
            Money(|parts| parts.unmet_penalty),
            "discounted penalty, per unit unmet and period"),
    figure!("fixed_order_cost", "fixed cost of orders", Money, Lower, everywhere("fixed_order_cost"),
            Money(|parts| parts.fixed_order),
            "discounted cost of placing orders"),
    figure!("salvage", "salvage", Money, Higher, everywhere("salvage"),
            Money(|parts| parts.salvage),
            "discounted worth of the stock left at the end, where the problem says so"),
];

/// Weight of a period's money, and its place in the record.
fn periods<'a>(record: &'a Recorded<'_>) -> impl Iterator<Item = (f64, usize)> + 'a {
    (0..record.history.periods_played).map(|t| (record.problem.rules.weight(record.first + t), t))
}

/// A row of a matrix.
fn row<'a>(record: &'a Recorded<'_>, symbol: Symbol, period: usize) -> &'a [f64] {
    let width = symbol.width(&record.problem.network);
    &record.history[symbol][period * width..(period + 1) * width]
}

fn served_but_for_rounding(record: &Recorded<'_>) -> f64 {
    let served =
        |t: &(f64, usize)| row(record, Symbol::Unmet, t.1).iter().all(|&units| units <= SHORTAGE_TOLERANCE);
    periods(record).filter(served).count() as f64 / record.history.periods_played as f64
}

fn stock_at_the_end(record: &Recorded<'_>) -> f64 {
    row(record, Symbol::OnHand, record.history.periods_played).iter().sum()
}

fn sold_to_customers(record: &Recorded<'_>) -> f64 {
    let mut revenue = 0.0;
    for (weight, t) in periods(record) {
        let moved = row(record, Symbol::Moved, t);
        for link in record.problem.network.market.rows() {
            revenue += weight * link.price * moved[link.link.position()];
        }
    }
    revenue
}

fn bought_from_sources(record: &Recorded<'_>) -> f64 {
    let mut procurement = 0.0;
    for (weight, t) in periods(record) {
        for (filled, link) in row(record, Symbol::Filled, t).iter().zip(record.problem.network.supply.rows())
        {
            if link.supplier.is_none() {
                procurement += weight * link.price * filled;
            }
        }
    }
    procurement
}

fn variance_of_requests_over_that_of_demand(record: &Recorded<'_>) -> f64 {
    let totals =
        |symbol| -> Vec<f64> { periods(record).map(|(_, t)| row(record, symbol, t).iter().sum()).collect() };
    let of_demand = variance(&totals(Symbol::Demand));
    if of_demand < NEGLIGIBLE { 1.0 } else { variance(&totals(Symbol::Requested)) / of_demand }
}

/// Population variance.
pub fn variance(values: &[f64]) -> f64 {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / count
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::period::COST_PARTS;

    #[test]
    fn every_figure_has_a_name_of_its_own_on_every_face() {
        type Face = fn(&KeyFigure) -> Option<&'static str>;
        let faces: [Face; 3] =
            [|figure| Some(figure.key), |figure| figure.names.command_line, |figure| figure.names.benchmark];
        for face in faces {
            let mut names: Vec<&str> = KEY_FIGURES.iter().filter_map(face).collect();
            let count = names.len();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), count);
        }
        assert!(KEY_FIGURES.iter().all(|figure| !figure.title.is_empty() && !figure.meaning.is_empty()));
    }

    #[test]
    fn every_part_of_money_is_a_figure_on_all_faces_and_worth_its_field() {
        let mut parts =
            CostParts { revenue: 1.0, procurement: 2.0, holding: 3.0, operating: 4.0, ..Default::default() };
        (parts.unmet_penalty, parts.fixed_order, parts.salvage) = (5.0, 6.0, 7.0);
        for (name, value) in COST_PARTS.into_iter().zip(parts.values()) {
            let figure = key_figure(name).expect("a figure");
            assert_eq!(figure.value(&Kpis::default(), &parts), Some(value), "{name}");
            assert_eq!(figure.of_sums(&Kpis::default()), None);
            assert!(
                figure.names.command_line.is_some()
                    && figure.names.benchmark.is_some()
                    && figure.names.python
            );
        }
    }
}
