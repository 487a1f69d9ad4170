//! The key figures of an episode: name, unit, direction, meaning and formula of each, for whoever shows any.

use super::places::share;
use super::{History, Kpis, NodeSums, PlaceSums, Symbol};
use crate::Problem;
use crate::network::{Network, Physics, TableIndex};
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
    /// On which networks tables for people show it.
    pub shown: Shown,
    source: Source,
}

/// On which networks tables for people show a figure. Programs are always given all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// On all.
    Always,
    /// Where stock is worth something at the end.
    Salvage,
    /// Where there are mechanisms of any kind.
    Mechanisms,
    /// Where suppliers who do not fill requests pay for it.
    Penalties,
    /// Where goods spoil.
    ShelfLife,
    /// Where rooms are limited.
    Rooms,
    /// Where failures destroy stock.
    Destruction,
    /// Where goods are lost on their way.
    Losses,
    /// Where orders share costs.
    Joint,
    /// Where links have caps.
    Caps,
    /// Where factories have a limit, on a network with mechanisms.
    Limits,
}

impl Shown {
    /// Whether tables of this network show it.
    pub fn on(self, network: &Network) -> bool {
        let physics = |has: fn(&Physics) -> bool| network.physics.as_deref().is_some_and(has);
        match self {
            Self::Always => true,
            Self::Salvage => network.has_salvage,
            Self::Mechanisms => physics(|_| true),
            Self::Penalties => Symbol::LatePenalty.is_recorded(network),
            Self::ShelfLife => Symbol::Wasted.is_recorded(network),
            Self::Rooms => Symbol::OverflowCost.is_recorded(network),
            Self::Destruction => Symbol::Destroyed.is_recorded(network),
            Self::Losses => Symbol::LostOnTheWay.is_recorded(network),
            Self::Joint => Symbol::JointCost.is_recorded(network),
            Self::Caps => physics(|physics| !physics.caps.is_empty()),
            Self::Limits => {
                let limited = |row: &crate::network::ManagedNode| {
                    row.factory.as_ref().is_some_and(|factory| factory.capacity.is_finite())
                };
                physics(|_| true) && network.managed.rows().iter().any(limited)
            }
        }
    }

    /// In words, behind "shown".
    pub const fn words(self) -> &'static str {
        match self {
            Self::Always => "always",
            Self::Salvage => "with salvage",
            Self::Mechanisms => "with mechanisms",
            Self::Penalties => "with `b` on supply links",
            Self::ShelfLife => "with `life`",
            Self::Rooms => "with `storage`",
            Self::Destruction => "with `destroy`",
            Self::Losses => "with `yield` or `never`",
            Self::Joint => "with `joint`",
            Self::Caps => "with `cap`",
            Self::Limits => "with mechanisms and `C`",
        }
    }
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
    /// Periods.
    Periods,
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
    /// Sums of all places together.
    Together(fn(&NodeSums) -> f64),
    /// Sums of single places.
    Places(fn(&Network, &PlaceSums) -> f64),
}

/// What is known of an episode, as far as it was asked for.
#[derive(Clone, Copy, Debug)]
pub struct Measured<'a> {
    /// What was played on.
    pub network: &'a Network,
    /// Sums that every episode has.
    pub kpis: &'a Kpis,
    /// Sums of single places.
    pub places: Option<&'a PlaceSums>,
    /// Money by part.
    pub parts: Option<&'a CostParts>,
    /// A full record.
    pub record: Option<&'a Recorded<'a>>,
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
            Self::Periods => "periods",
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
    /// Its value in an episode; none if that takes what is not known of it.
    pub fn value(&self, measured: &Measured<'_>) -> Option<f64> {
        match self.source {
            Source::Sums(of) => Some(of(measured.kpis)),
            Source::Money(of) => measured.parts.map(of),
            Source::Record(of) => measured.record.map(of),
            Source::Together(of) => measured.places.map(|places| of(&places.together(measured.network))),
            Source::Places(of) => measured.places.map(|places| of(measured.network, places)),
        }
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
        figure!($key, $title, $unit, $better, $names, Always, $source, $meaning)
    };
    ($key:literal, $title:literal, $unit:ident, $better:ident, $names:expr, $shown:ident, $source:expr,
     $meaning:literal) => {
        KeyFigure {
            key: $key,
            title: $title,
            unit: FigureUnit::$unit,
            better: Better::$better,
            meaning: $meaning,
            names: $names,
            shown: Shown::$shown,
            source: $source,
        }
    };
}

use Source::{Money, Places, Record, Sums, Together};

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
    figure!("late_share", "late share", Share, Lower, everywhere("late_share"), Mechanisms,
            Together(NodeSums::late_share),
            "units sold after the period they were wanted in over units wanted: neither met at once nor lost, nor waiting \
             still"),
    figure!("mean_wait", "mean wait", Periods, Lower, everywhere("mean_wait"), Mechanisms,
            Together(NodeSums::mean_wait),
            "periods that a unit wanted waits on average, one met at once counting 0: units that wait at the ends of \
             periods over units wanted"),
    figure!("cycle_service", "cycle service", Share, Higher, everywhere("cycle_service"), Mechanisms,
            Together(NodeSums::cycle_service),
            "share of cycles in which nobody goes without, but for rounding; a cycle of a retailer lasts from one delivery \
             to the next"),
    figure!("avg_inventory", "average inventory", Units, Lower, everywhere("avg_inventory"),
            Sums(|kpis| kpis.avg_inventory),
            "stock per managed node at the end of a period, on average"),
    figure!("final_inventory", "stock at the end", Units, Lower, of_benchmark("final_inventory"),
            Record(stock_at_the_end),
            "stock of all nodes after the last period measured"),
    figure!("inventory_turns", "inventory turns", Ratio, Higher, names(Some("inventory_turns"), None),
            Sums(|kpis| kpis.inventory_turns),
            "units sold over average inventory; infinite where there was none"),
    figure!("days_of_supply", "days of supply", Periods, Neither, everywhere("days_of_supply"), Mechanisms,
            Together(|all| share(all.stock, all.demand, 0.0)),
            "periods that the stock of all managed nodes together lasts on average, at the demand there was; 0 without \
             demand"),
    figure!("waste_share", "waste share", Share, Lower, everywhere("waste_share"), ShelfLife,
            Together(|all| share(all.losses.wasted, all.sold + all.losses.wasted, 0.0)),
            "units spoiled over units sold or spoiled"),
    figure!("wasted", "spoiled", Units, Lower, names(Some("wasted"), None), ShelfLife,
            Together(|all| all.losses.wasted),
            "units that spoiled, on hand or on their way"),
    figure!("overflow", "overflow", Units, Lower, everywhere("overflow"), Rooms,
            Together(NodeSums::overflow),
            "units thrown away for want of room, and units beyond a room that keeps them, added up over periods"),
    figure!("destroyed", "destroyed", Units, Lower, names(Some("destroyed"), None), Destruction,
            Together(|all| all.losses.destroyed),
            "units of stock lost as something failed"),
    figure!("lost_on_the_way", "lost on the way", Units, Lower, names(Some("lost_on_the_way"), None), Losses,
            Together(|all| all.losses.lost_on_the_way),
            "units shipped that never arrive: what yields take, and orders that are given up"),
    figure!("cap_utilisation", "utilisation of caps", Share, Neither, everywhere("cap_utilisation"), Caps,
            Places(|network, places| places.cap_use(network).map_or(0.0, |(carried, could)| share(carried, could, 0.0))),
            "units filled on links with a cap over what they could carry; 0 without such links"),
    figure!("capacity_utilisation", "utilisation of factories", Share, Neither, everywhere("capacity_utilisation"),
            Limits, Places(utilisation_of_factories),
            "units that factories with a limit made for buyers over what they could make; 0 without such factories"),
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
    figure!("late_penalty", "penalty for requests not filled", Money, Lower, everywhere("late_penalty"), Penalties,
            Together(|all| all.costs.late),
            "discounted penalty between nodes, per unit requested and owed at the end of a period, or lost"),
    figure!("waste_cost", "cost of what spoiled", Money, Lower, everywhere("waste_cost"), ShelfLife,
            Together(|all| all.costs.waste),
            "discounted cost of units that spoiled"),
    figure!("overflow_cost", "cost of overflow", Money, Lower, everywhere("overflow_cost"), Rooms,
            Together(|all| all.costs.overflow),
            "discounted cost of units that found no room"),
    figure!("joint_cost", "cost of orders together", Money, Lower, everywhere("joint_cost"), Joint,
            Together(|all| all.costs.joint),
            "discounted cost that orders share: of any of them, or of trucks begun"),
    figure!("salvage", "salvage", Money, Higher, everywhere("salvage"), Salvage,
            Money(|parts| parts.salvage),
            "discounted worth of the stock left at the end, where the problem says so"),
];

fn utilisation_of_factories(network: &Network, places: &PlaceSums) -> f64 {
    let uses = network.managed.indices().filter_map(|node| places.capacity_use(network, node));
    let (made, could) = uses.fold((0.0, 0.0), |sum, of| (sum.0 + of.0, sum.1 + of.1));
    share(made, could, 0.0)
}

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
    use crate::period::{COST_PARTS, EXTRA_COSTS};

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
        let network = crate::network::preset("serial").expect("a preset").compile().expect("valid");
        let kpis = Kpis::default();
        let known = Measured { network: &network, kpis: &kpis, places: None, parts: None, record: None };
        for (name, value) in COST_PARTS.into_iter().zip(parts.values()) {
            let figure = key_figure(name).expect("a figure");
            assert_eq!(figure.value(&Measured { parts: Some(&parts), ..known }), Some(value), "{name}");
            assert_eq!(figure.value(&known), None);
            assert!(is_on_all_faces(figure));
        }
    }

    fn is_on_all_faces(figure: &KeyFigure) -> bool {
        let names = figure.names;
        names.command_line.is_some() && names.benchmark.is_some() && names.python
    }

    /// What mechanisms cost has a figure each, too, and a plain network's tables show none of them.
    #[test]
    fn every_cost_of_mechanisms_is_a_figure_that_plain_tables_leave_out() {
        let network = crate::network::preset("network").expect("a preset").compile().expect("valid");
        for name in EXTRA_COSTS {
            let figure = key_figure(name).expect("a figure");
            assert!(is_on_all_faces(figure) && !figure.shown.on(&network), "{name}");
        }
    }
}
