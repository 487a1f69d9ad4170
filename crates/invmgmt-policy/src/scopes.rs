//! What each policy reckons with: the one place that says it.

use invmgmt::mechanism::Mechanism::{
    Allocation, Capacity, Disruptions, FixedOrderCosts, Goodwill, JointCosts, LinkCaps, LostSales,
    OrderDelays, OrderSizes, Products, RandomLeadTimes, RandomYield, Recipes, Resources, Salvage, ShelfLife,
    Space, Timeline, Waiting, WholeUnits, Yield,
};
use invmgmt::mechanism::{Mechanism, Mechanisms, Refusal, Scope, Used};
use invmgmt::network::{LeadModel, Network, SupplyLinkIx, YieldLaw};

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

/// What the rows of a linear programme say as it is.
const LINEAR: Scope = Scope::of(&[
    Yield,
    Capacity,
    Salvage,
    LostSales,
    Timeline,
    OrderDelays,
    Waiting,
    Allocation,
    LinkCaps,
    Space,
    Products,
    Recipes,
    Resources,
]);

/// A scope that models these, too.
const fn also(scope: Scope, models: &[Mechanism]) -> Scope {
    Scope { models: scope.models.with(Mechanisms::of(models)), ..scope }
}

/// And what it says of an episode whose draws are known.
const DRAWN: &[Mechanism] = &[Goodwill, RandomLeadTimes, RandomYield, Disruptions];

/// The bound: what it leaves out only costs money, so that it stays above what can be earned. Under goodwill there is
/// none.
pub(crate) const BOUND: Scope = also(LINEAR, DRAWN).simplifying(&[
    (FixedOrderCosts, "leaves fixed order costs out, and so lies higher"),
    (JointCosts, "leaves joint costs and trucks out, and so lies higher"),
    (OrderSizes, "lets orders have any size up to the largest, and so lies higher"),
    (WholeUnits, "divides units, and so lies higher"),
    (ShelfLife, "lets the oldest goods go first, and what is shipped on be fresh, and so lies higher"),
]);

const LEAVES_OUT: (Mechanism, &str) = (FixedOrderCosts, "leaves fixed order costs out of its plan");
const DIVIDES: (Mechanism, &str) = (WholeUnits, "plans with parts of units");

const OLDEST_FIRST: (Mechanism, &str) =
    (ShelfLife, "plans as if the oldest goods went first, and what is shipped on were fresh");

/// Published programmes over a window of periods.
pub(crate) const WINDOW: Scope =
    LINEAR.simplifying(&[LEAVES_OUT, DIVIDES, (Goodwill, "plans as if sentiment stayed what it is")]);

/// Programmes that know every draw and reckon with the shortages their own plan leaves.
pub(crate) const FORESEEING: Scope = also(LINEAR, DRAWN).simplifying(&[
    LEAVES_OUT,
    DIVIDES,
    (OrderSizes, "plans as if orders could have any size up to the largest"),
    OLDEST_FIRST,
]);

/// Likewise, planned anew in every period by one who knows no draw, who orders in lots.
pub(crate) const AHEAD: Scope = also(LINEAR, &[Goodwill, FixedOrderCosts, OrderSizes, JointCosts])
    .simplifying(&[
        DIVIDES,
        OLDEST_FIRST,
        (RandomLeadTimes, "plans with what arrives on average, and safety stock for its variance"),
        (RandomYield, "plans with what arrives on average, and safety stock for its variance"),
        (Disruptions, "plans as if what is up stayed up, and what is down for as long as it does on average"),
    ]);

/// Lets a problem in that uses these mechanisms on this network, with what is simplified of it, in words.
///
/// # Errors
/// [`Refusal`] with everything that is neither modelled nor simplified, and where it is.
pub(crate) fn admit(scope: Scope, used: &Used, network: &Network) -> Result<Vec<&'static str>, Refusal> {
    let simplified = scope.admit(used)?;
    let foresees = [BOUND, FORESEEING].contains(&scope);
    let refused =
        if foresees || [WINDOW, AHEAD].contains(&scope) { nonlinear(network, foresees) } else { Vec::new() };
    if refused.is_empty() { Ok(simplified) } else { Err(Refusal { refused }) }
}

/// What of a mechanism is not linear, where most of it is: no programme has a row for it.
fn nonlinear(network: &Network, foresees: bool) -> Vec<(Mechanism, String)> {
    let mut found = Vec::new();
    let Some(physics) = network.physics.as_deref() else { return found };
    let link = |link: SupplyLinkIx| network.link_name(network.supply[link].link);
    for resource in &physics.resources {
        if resource.uses.iter().any(|row| row.setup > 0.0) {
            found.push((Resources, format!("the setups of {}", resource.name)));
        }
    }
    if physics.timeline.hands_over()
        && let Some(&node) = physics.customers_first.first()
    {
        let place = format!("customers: first under this timeline at node {}", network.managed_id(node));
        found.push((Allocation, place));
    }
    if !foresees {
        return found;
    }
    let by_unit = physics.leads.iter().find(|lead| lead.model == LeadModel::Unit);
    found.extend(by_unit.map(|lead| (RandomLeadTimes, format!("draw: unit on link {}", link(lead.link)))));
    let by_unit = physics.yields.iter().find(|row| matches!(row.law, YieldLaw::Binomial(_)));
    found.extend(by_unit.map(|row| (RandomYield, format!("binomial on link {}", link(row.link)))));
    let in_part = physics.chains.iter().filter(|chain| chain.factor > 0.0 && chain.factor < 1.0);
    let is_beyond = |link: SupplyLinkIx| {
        let debt = physics.debt_of[link].map(|debt| &physics.debts[debt]);
        network.supply[link].supplier.is_some() || debt.is_some_and(|debt| debt.first.is_some())
    };
    let of_stock = in_part.flat_map(|chain| &chain.ships).find(|&&link| is_beyond(link));
    found.extend(of_stock.map(|&at| (Disruptions, format!("a factor above 0 on link {}", link(at)))));
    found
}
