//! The adjoint of what several products share: recipes, resources, trucks and rooms, against central differences.

#[path = "../../invmgmt/tests/adjoint/given.rs"]
mod given;

use given::{Compared, PERIODS, compare};
use invmgmt::Problem;
use invmgmt::adjoint::{Surrogates, admit};
use invmgmt::demand::{DemandConfig, DemandModel};
use invmgmt::period::Rules;
use invmgmt_data::network_from_yaml;

fn bakery(top: &str, recipe: &str, more: &str) -> Problem {
    let text = format!(
        "
{top}
products: [flour, sugar, {{id: bread, volume: 0.5}}, {{id: cake, volume: 2}}]
nodes:
  - {{id: mill}}
  - {{id: bakery, I0: {{flour: 60, sugar: 20, bread: 20, cake: 5}}, h: {{flour: 0.01, sugar: 0.02, bread: 0.05, cake: 0.1}},
      recipes: [{{make: bread, from: {{flour: 0.6}}, L: 1, o: 0.1{recipe}}}, {{make: cake, from: {{flour: 0.4, sugar: 1.5}}, o: 0.3}}]}}
  - {{id: shop, I0: {{bread: 30, cake: 4}}, h: 0.08}}
  - {{id: town}}
edges:
  - {{from: mill, to: bakery, product: flour, L: 2, p: 0.4, g: 0.01}}
  - {{from: mill, to: bakery, product: sugar, L: 1, p: 0.7, g: 0.01}}
  - {{from: bakery, to: shop, product: bread, L: 1, p: 1.2, g: 0.02, b: 0.1, unmet: wait}}
  - {{from: bakery, to: shop, product: cake, L: 1, p: 3, g: 0.02}}
  - {{from: shop, to: town, product: bread, p: 3.0, b: 0.4, demand_dist: poisson, dist_param: {{mu: 18}}}}
  - {{from: shop, to: town, product: cake, p: 9.0, b: 0.9, demand_dist: poisson, dist_param: {{mu: 6}}}}
{more}
"
    );
    let network = network_from_yaml(&text).unwrap_or_else(|error| panic!("{error}"));
    let demand = DemandModel::new(DemandConfig::default()).expect("usable");
    Problem::new(network, demand, Rules { backlog: true, discount: 0.98 }, PERIODS)
}

const OVEN: &str = "resources: [{name: oven, per_period: 25, \
                    use: {'bakery: bread': 1, 'bakery: cake': 2}, setup: {'bakery: cake': 3}, share: SHARE}]";
const VAN: &str =
    "joint: [{links: [[bakery, shop, bread], [bakery, shop, cake]], K: 7, truck: 6, whole_trucks: true}]";

#[test]
fn what_products_share_has_the_derivative_of_what_is_played() {
    let oven = |share: &str| OVEN.replace("SHARE", share);
    let cases = [
        (String::new(), "", String::new()),
        (String::new(), ", cap: 9", String::new()),
        (String::new(), "", oven("in-order")),
        (String::new(), "", oven("proportional")),
        (String::new(), "", oven("fcfs")),
        ("timeline: order-first".to_owned(), ", unmet: wait", oven("fcfs")),
        (String::new(), "", VAN.to_owned()),
        ("timeline: beer".to_owned(), "", format!("{}\n{VAN}", oven("in-order"))),
        ("life: 3".to_owned(), "", oven("proportional")),
        ("units: whole".to_owned(), ", unmet: wait", format!("{}\n{VAN}", oven("fcfs"))),
    ];
    for (which, (top, recipe, more)) in cases.iter().enumerate() {
        let problem = bakery(top, recipe, more);
        let mut all = Compared::default();
        for seed in 0..8 {
            all.add(compare(&problem, 100 * which as u64 + seed, 1e-3));
        }
        assert!(all.compared > 500 && all.at_kinks < all.compared / 4, "case {which}: {all:?}");
    }
}

#[test]
fn what_is_fixed_or_rounded_is_said_and_a_stand_in_takes_its_place() {
    let problem = bakery("units: whole", "", VAN);
    let said = admit(&problem, &Surrogates::default()).expect("admitted");
    assert_eq!(said, ["takes joint costs for constant", "takes what is rounded to whole units for constant"]);
    let smooth = Surrogates { fixed_costs: Some(2.0), rounding: true, ..Surrogates::default() };
    assert_eq!(admit(&problem, &smooth), Ok(vec![]));
}
