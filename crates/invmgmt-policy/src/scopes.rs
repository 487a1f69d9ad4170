//! What each policy reckons with: the one place that says it.

use invmgmt::mechanism::Mechanism::{
    Capacity, FixedOrderCosts, Goodwill, LostSales, Products, RandomLeadTimes, Salvage, Yield,
};
use invmgmt::mechanism::{Mechanism, Mechanisms, Scope};

/// Levels and constants look at the state and order; whatever else happens, they play on as they are meant to.
pub(crate) const LEVELS: Scope = Scope::EVERYTHING;

/// A rule that ranks goods by the time they take needs to know it.
pub(crate) const BALANCED: Scope =
    Scope { models: Mechanisms::ALL.without(Mechanisms::of(&[RandomLeadTimes])), ..LEVELS };

const NO_FIXED_COSTS: (Mechanism, &str) = (FixedOrderCosts, "orders as if fixed order costs were nothing");
const NO_YIELD: (Mechanism, &str) = (Yield, "orders as if factories made a unit of every unit");
const NO_CAPACITY: (Mechanism, &str) = (Capacity, "orders as if capacities had no limit");
const NO_SALVAGE: (Mechanism, &str) = (Salvage, "gives no worth to stock left at the end");

/// The published rules of thumb: a mean, a deviation, a critical ratio, for every stock point.
pub(crate) const RULES: Scope = Scope::of(&[LostSales, Goodwill, Products]).simplifying(&[
    NO_FIXED_COSTS,
    NO_YIELD,
    NO_CAPACITY,
    NO_SALVAGE,
]);

/// The published (s,S) rule sizes its orders by the fixed cost.
pub(crate) const RULE_OF_ORDER_SIZES: Scope = Scope::of(&[FixedOrderCosts, LostSales, Goodwill, Products])
    .simplifying(&[NO_YIELD, NO_CAPACITY, NO_SALVAGE]);

const LEAVES_OUT: (Mechanism, &str) = (FixedOrderCosts, "leaves fixed order costs out of its plan");

/// The bound: what it leaves out only costs money, so that it stays above what can be earned. Under goodwill there is
/// none.
pub(crate) const BOUND: Scope = Scope::of(&[Yield, Capacity, Salvage, LostSales, Goodwill])
    .simplifying(&[(FixedOrderCosts, "leaves fixed order costs out, and so lies higher")]);

/// Published programmes over a window of periods.
pub(crate) const WINDOW: Scope = Scope::of(&[Yield, Capacity, Salvage, LostSales])
    .simplifying(&[LEAVES_OUT, (Goodwill, "plans as if sentiment stayed what it is")]);

/// Programmes that reckon with the shortages their own plan leaves.
pub(crate) const AHEAD: Scope =
    Scope::of(&[Yield, Capacity, Salvage, LostSales, Goodwill]).simplifying(&[LEAVES_OUT]);
