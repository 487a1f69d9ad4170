//! What follows from the parameters of a classic and is no parameter itself: laws of demand, and networks whose number
//! of nodes is chosen.

use super::Given;
use crate::mapping::plain_number;
use crate::value::{Content, Value};

/// Further values for the scenario of a classic.
pub(super) fn derived(name: &str, filled: &Given) -> Given {
    let of = Parameters(filled);
    let mut values = match name {
        "SerialChain" => serial(&of),
        "BeerGame" => beer(&of),
        "OneWarehouse" => one_warehouse(&of),
        "Distribution" => distribution(&of),
        "RandomLeadTime" => {
            let model = of.text("model");
            let (draw, crossing) =
                if model == "unit" { ("unit", Value::null()) } else { ("order", model.into()) };
            vec![named("draw", draw), named("crossing", crossing)]
        }
        "ThreeStages" => {
            let waits = of.get("backlog").content == Content::Bool(true);
            vec![named("unmet", if waits { "wait" } else { "lost" })]
        }
        "UnreliableSupply" => {
            vec![named("chain", vec![of.get("fails").clone(), of.get("recovers").clone()])]
        }
        "NonStationary" => vec![named("periods", of.list("means").len() as i64)],
        "JointReplenishment" => vec![
            named("counts_one", counts(of.number("most_one"))),
            named("counts_two", counts(of.number("most_two"))),
        ],
        "DualSourcing" => vec![named("counts", counts(of.number("most")))],
        "AssembleToOrder" => to_order(&of),
        _ => Vec::new(),
    };
    if of.has("mean") && of.has("demand") && name != "BeerGame" {
        values.push(named("law", law(&of)));
    }
    values
}

/// Why parameters that are each sound do not fit together, in words.
pub(super) fn fault(name: &str, filled: &Given) -> Option<String> {
    let of = Parameters(filled);
    let (first, second) = match name {
        "SerialChain" => ("lead_times", "holding"),
        "OneWarehouse" | "RandomYield" => ("values", "weights"),
        _ => return None,
    };
    let counts = (of.list(first).len(), of.list(second).len());
    let found = format!("'{first}' has {} entries and '{second}' {}", counts.0, counts.1);
    (counts.0 != counts.1).then(|| format!("{found}; expected as many"))
}

/// Whether what follows of a classic's parameters reads this one.
#[cfg(test)]
pub(super) fn reads(name: &str, parameter: &str) -> bool {
    let own: &[&str] = match name {
        "SerialChain" => &["lead_times", "holding", "penalty"],
        "BeerGame" => &["holding", "penalties", "demand"],
        "OneWarehouse" => &[
            "retailers",
            "allocation",
            "remainder",
            "warehouse_lead_time",
            "lead_time",
            "warehouse_holding",
            "holding",
            "penalty",
            "values",
            "weights",
        ],
        "Distribution" => {
            &["retailers", "depot_lead_time", "lead_time", "holding", "penalty", "mean", "deviation"]
        }
        "RandomLeadTime" => &["model"],
        "UnreliableSupply" => &["fails", "recovers"],
        "DualSourcing" => &["most"],
        "AssembleToOrder" => &["mean_one", "mean_two", "most_one", "most_two"],
        _ => &[],
    };
    own.contains(&parameter) || ["demand", "mean", "deviation", "variation"].contains(&parameter)
}

struct Parameters<'a>(&'a Given);

impl Parameters<'_> {
    fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(known, _)| known == name)
    }

    fn get(&self, name: &str) -> &Value {
        &self.0.iter().find(|(known, _)| known == name).expect("a parameter of the classic").1
    }

    fn text(&self, name: &str) -> &str {
        self.get(name).text().unwrap_or_default()
    }

    fn number(&self, name: &str) -> f64 {
        plain_number(self.get(name)).unwrap_or(0.0)
    }

    fn list(&self, name: &str) -> Vec<f64> {
        match &self.get(name).content {
            Content::List(items) => items.iter().filter_map(plain_number).collect(),
            _ => Vec::new(),
        }
    }
}

fn named(name: &str, value: impl Into<Value>) -> (String, Value) {
    (name.to_owned(), value.into())
}

/// 0, 1, ..., the most.
fn counts(most: f64) -> Value {
    (0..=most as i64).map(Value::from).collect::<Vec<_>>().into()
}

/// A number as files write it: without a point if it is whole.
fn plain(number: f64) -> Value {
    if number.fract() == 0.0 { Value::from(number as i64) } else { Value::from(number) }
}

/// The parameters of a law of demand.
fn law(of: &Parameters<'_>) -> Value {
    let mean = of.get("mean").clone();
    match of.text("demand") {
        "normal" => Value::map([("loc", mean), ("scale", plain(of.number("deviation")))]),
        "gamma" => Value::map([("mu", mean), ("cv", of.get("variation").clone()), ("rounded", true.into())]),
        _ => Value::map([("mu", mean)]),
    }
}

fn node(id: &str, stock: f64, holding: f64) -> Value {
    Value::map([("id", Value::from(id)), ("I0", plain(stock)), ("h", plain(holding))])
}

fn market(id: &str) -> Value {
    Value::map([("id", id)])
}

/// A mapping with entries behind those it has.
fn with(base: Value, more: Vec<(&str, Value)>) -> Value {
    let Content::Map(mut entries) = base.content else { return base };
    entries.extend(more.into_iter().map(|(key, value)| (Value::from(key), value)));
    Value::new(Content::Map(entries))
}

/// A supply link without a price.
fn supply(from: &str, to: &str, lead_time: f64, transit: f64) -> Value {
    Value::map([
        ("from", Value::from(from)),
        ("to", to.into()),
        ("L", plain(lead_time)),
        ("p", 0.into()),
        ("g", plain(transit)),
    ])
}

/// A market link without a price.
fn customers(from: &str, to: &str, penalty: f64, law: &str, parameters: Value) -> Value {
    Value::map([
        ("from", Value::from(from)),
        ("to", to.into()),
        ("p", 0.into()),
        ("b", plain(penalty)),
        ("demand_dist", law.into()),
        ("dist_param", parameters),
    ])
}

fn shape(nodes: Vec<Value>, edges: Vec<Value>) -> Given {
    vec![named("nodes", nodes), named("edges", edges)]
}

/// Stage 1 sells; goods in transit are charged at their supplier's holding cost.
fn serial(of: &Parameters<'_>) -> Given {
    let (leads, holding) = (of.list("lead_times"), of.list("holding"));
    let stages = leads.len();
    let name =
        |stage: usize| if stage == stages { "supplier".to_owned() } else { format!("stage_{}", stage + 1) };
    let held = |stage: usize| holding.get(stage).copied().unwrap_or(0.0);
    let mut nodes: Vec<Value> =
        (0..holding.len()).map(|stage| node(&name(stage), of.number("mean"), held(stage))).collect();
    nodes.extend([market("customers"), market("supplier")]);
    let mut edges = vec![customers("stage_1", "customers", of.number("penalty"), of.text("demand"), law(of))];
    for (stage, &lead_time) in leads.iter().enumerate() {
        let link = supply(&name(stage + 1), &name(stage), lead_time, held(stage + 1));
        edges.push(with(link, vec![("unmet", "wait".into())]));
    }
    shape(nodes, edges)
}

/// The board: stock of 12, 4 in each place of transit and on each slip.
fn beer(of: &Parameters<'_>) -> Given {
    const NAMES: [&str; 5] = ["retailer", "wholesaler", "distributor", "factory", "brewery"];
    let (holding, penalties) = (of.list("holding"), of.list("penalties"));
    let start = if of.text("demand") == "step" { 4.0 } else { of.number("mean") };
    let mut nodes: Vec<Value> = NAMES.iter().zip(&holding).map(|(id, &h)| node(id, 3.0 * start, h)).collect();
    nodes.extend([market("drinkers"), market("brewery")]);
    let (law, parameters, demand) = match of.text("demand") {
        "normal" => (
            "normal",
            Value::map([("loc", plain(of.number("mean"))), ("scale", plain(of.number("deviation")))]),
            Value::null(),
        ),
        // Four weeks of 4, then 8: the mean moves, and nothing is drawn about it.
        _ => (
            "deterministic",
            Value::map([("mu", 4)]),
            Value::map([
                ("effects", Value::from(vec![Value::from("shock")])),
                ("shock_time", 4.into()),
                ("shock_mag", 2.into()),
            ]),
        ),
    };
    let mut edges = vec![customers("retailer", "drinkers", penalties[0], law, parameters)];
    for (stage, pair) in NAMES.windows(2).enumerate() {
        let on_the_way = Value::from(vec![plain(start); 2]);
        let mut more = vec![("unmet", "wait".into()), ("in_transit", on_the_way)];
        if stage < 3 {
            more.extend([
                ("b", plain(penalties[stage + 1])),
                ("order_delay", 1.into()),
                ("requested", vec![plain(start)].into()),
            ]);
        }
        edges.push(with(supply(pair[1], pair[0], 2.0, 0.0), more));
    }
    let mut values = shape(nodes, edges);
    values.push(named("customers", demand));
    values
}

fn one_warehouse(of: &Parameters<'_>) -> Given {
    let law = || Value::map([("values", of.get("values").clone()), ("weights", of.get("weights").clone())]);
    let (allocation, remainder) = (of.text("allocation"), of.text("remainder"));
    let mut rule = vec![("allocation", allocation.into())];
    // Whole rules leave no fractions.
    if allocation == "proportional" {
        rule.push(("remainder", remainder.into()));
    }
    let warehouse = with(node("warehouse", 6.0, of.number("warehouse_holding")), rule);
    let lead_times = (of.number("warehouse_lead_time"), of.number("lead_time"));
    spread(of, "warehouse", &warehouse, lead_times, 3.0, |shop, town| {
        customers(shop, town, of.number("penalty"), "discrete", law())
    })
}

fn distribution(of: &Parameters<'_>) -> Given {
    let law = || Value::map([("loc", of.get("mean").clone()), ("scale", of.get("deviation").clone())]);
    let depot = with(node("depot", 0.0, of.number("holding")), vec![("allocation", FAIR.into())]);
    let lead_times = (of.number("depot_lead_time"), of.number("lead_time"));
    spread(of, "depot", &depot, lead_times, 3.0 * of.number("mean"), |shop, town| {
        customers(shop, town, of.number("penalty"), "normal", law())
    })
}

/// The rule of allocation that aims at targets, which are the same for retailers that are alike.
const FAIR: &str = "fair-share";

/// Laws of both products, and as much stock of the parts as is asked for on average in a period.
fn to_order(of: &Parameters<'_>) -> Given {
    let is_uniform = of.text("demand") == "uniform";
    let of_product = |number: &str| {
        let (mean, most) = (format!("mean_{number}"), format!("most_{number}"));
        if is_uniform {
            (Value::map([("values", counts(of.number(&most)))]), (of.number(&most) / 2.0).ceil())
        } else {
            (Value::map([("mu", of.get(&mean).clone())]), of.number(&mean).ceil())
        }
    };
    let ((law_one, left), (law_two, right)) = (of_product("one"), of_product("two"));
    vec![
        named("kind", if is_uniform { "discrete" } else { "poisson" }),
        named("law_one", law_one),
        named("law_two", law_two),
        named("stock_left", plain(left)),
        named("stock_right", plain(right)),
        named("stock_common", plain(left + right)),
    ]
}

/// One node that supplies all retailers, each with a market of its own.
fn spread(
    of: &Parameters<'_>,
    hub: &str,
    node_of_hub: &Value,
    lead_times: (f64, f64),
    stock: f64,
    sells: impl Fn(&str, &str) -> Value,
) -> Given {
    let mut nodes = vec![node_of_hub.clone(), market("supplier")];
    let mut edges = vec![supply("supplier", hub, lead_times.0, 0.0)];
    for retailer in 1..=of.number("retailers") as usize {
        let (shop, town) = (format!("retailer_{retailer}"), format!("customers_{retailer}"));
        nodes.extend([node(&shop, stock, of.number("holding")), market(&town)]);
        let aim = if node_of_hub.entry("allocation").is_some_and(|(_, rule)| rule.text() == Some(FAIR)) {
            vec![("target", 0.into())]
        } else {
            Vec::new()
        };
        edges.push(with(supply(hub, &shop, lead_times.1, 0.0), aim));
        edges.push(sells(&shop, &town));
    }
    shape(nodes, edges)
}
