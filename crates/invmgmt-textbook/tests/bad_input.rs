//! What every solver refuses, read as its user would read it.

use invmgmt_textbook::Demand;
use invmgmt_textbook::clark_scarf::{SerialStage, SerialSystem};
use invmgmt_textbook::eoq::{OrderQuantity, SupplyFailures};
use invmgmt_textbook::guaranteed_service::{GuaranteedService, TreeStage};
use invmgmt_textbook::newsvendor::{Newsvendor, NewsvendorForm};
use invmgmt_textbook::reorder_level::ReorderLevel;
use invmgmt_textbook::reorder_quantity::ReorderQuantity;
use invmgmt_textbook::wagner_whitin::LotSizing;

fn message<T: std::fmt::Debug, E: std::fmt::Display>(result: Result<T, E>) -> String {
    result.expect_err("refused").to_string()
}

#[test]
fn eoq_refuses_costs_that_are_not_positive() {
    let sound = OrderQuantity {
        fixed_cost: 8.0,
        holding_cost: 1.0,
        backorder_cost: None,
        demand_rate: 10.0,
        failures: None,
    };
    let refused = |problem: OrderQuantity| message(problem.solve());
    assert_eq!(
        refused(OrderQuantity { holding_cost: 0.0, ..sound }),
        "holding_cost is 0; expected a finite number > 0"
    );
    assert_eq!(
        refused(OrderQuantity { backorder_cost: Some(-1.0), ..sound }),
        "backorder_cost is -1; expected a finite number > 0"
    );
    assert_eq!(
        refused(OrderQuantity { demand_rate: f64::NAN, ..sound }),
        "demand_rate is NaN; expected a finite number >= 0"
    );
    let failures = Some(SupplyFailures { failure_rate: 1.0, recovery_rate: 0.0, stockout_cost: 5.0 });
    assert_eq!(
        refused(OrderQuantity { failures, ..sound }),
        "recovery_rate is 0; expected a finite number > 0"
    );
    assert_eq!(
        refused(OrderQuantity { failures, backorder_cost: Some(1.0), ..sound }),
        "backorder_cost is given beside failure_rate: demand is lost while the supplier is down; expected one or the other"
    );
}

#[test]
fn newsvendor_refuses_prices_by_their_own_names() {
    let refused = |price, cost, salvage| {
        let demand = Some(Demand::Poisson { mean: 6.0 });
        let (price, cost) = (Some(price), Some(cost));
        message(NewsvendorForm { price, cost, salvage, demand, ..NewsvendorForm::default() }.solve())
    };
    let dear = "price is 5; expected more than the cost, or no unit is worth stocking";
    assert_eq!(refused(5.0, 6.0, None), dear);
    assert_eq!(refused(5.0, 5.0, Some(1.0)), dear);
    assert_eq!(
        refused(9.0, 6.0, Some(6.5)),
        "salvage is 6.5; expected less than the cost, or units left over cost nothing"
    );
}

#[test]
fn newsvendor_refuses_laws_that_are_none() {
    let refused = |demand, lead_time| {
        message(Newsvendor { holding_cost: 1.0, penalty: 9.0, lead_time, demand, constant_cost: 0.0 }.solve())
    };
    let discrete = |probabilities: &[f64]| Demand::Discrete { probabilities: probabilities.to_vec() };
    assert_eq!(refused(discrete(&[0.5, 0.4]), 0.0), "the probabilities add up to 0.9; expected 1");
    assert_eq!(refused(discrete(&[]), 0.0), "probabilities is empty; expected at least one entry");
    assert_eq!(
        refused(discrete(&[1.5, -0.5]), 0.0),
        "probabilities[1] is -0.5; expected a finite number >= 0"
    );
    assert_eq!(
        refused(discrete(&[0.5, 0.5]), 0.5),
        "the time over which discrete demand adds up is 1.5; expected a whole number of periods, 0 to 1000"
    );
    assert_eq!(
        refused(Demand::Normal { mean: 5.0, deviation: 0.0 }, 0.0),
        "deviation is 0; expected a finite number > 0"
    );
    assert_eq!(
        refused(Demand::Poisson { mean: 60_000.0 }, 1.0),
        "the Poisson mean over the lead time is 120000; expected 0 to 100000; measure demand in a larger unit"
    );
    assert_eq!(
        refused(Demand::Poisson { mean: 5.0 }, -1.0),
        "lead_time is -1; expected a finite number >= 0"
    );
}

#[test]
fn reorder_quantity_refuses_numbers_out_of_range_and_endless_orders() {
    let sound = ReorderQuantity {
        fixed_cost: 4.0,
        holding_cost: 4.0,
        backorder_cost: 28.0,
        demand: Demand::Poisson { mean: 12.0 },
        lead_time: 0.5,
    };
    let refused = |problem: ReorderQuantity| message(problem.solve());
    assert_eq!(
        refused(ReorderQuantity { fixed_cost: -4.0, ..sound.clone() }),
        "fixed_cost is -4; expected a finite number >= 0"
    );
    assert_eq!(
        refused(ReorderQuantity { demand: Demand::Poisson { mean: 0.0 }, ..sound.clone() }),
        "demand_rate is 0; expected a finite number > 0"
    );
    assert_eq!(
        refused(ReorderQuantity {
            demand: Demand::Discrete { probabilities: vec![0.0, 1.0] },
            ..sound.clone()
        }),
        "demand is discrete; expected poisson or normal"
    );
    assert_eq!(
        refused(ReorderQuantity { fixed_cost: 1e15, ..sound }),
        "the answer spans more than 1000000 levels; measure demand in a larger unit"
    );
}

#[test]
fn reorder_level_refuses_demand_in_fractions_and_endless_orders() {
    let problem = |fixed_cost, demand| ReorderLevel {
        fixed_cost,
        holding_cost: 1.0,
        penalty: 9.0,
        lead_time: 0.0,
        demand,
        constant_cost: 0.0,
    };
    assert_eq!(
        message(problem(5.0, Demand::Normal { mean: 5.0, deviation: 1.0 }).solve()),
        "demand is normal; expected poisson or discrete"
    );
    assert_eq!(
        message(problem(1e12, Demand::Poisson { mean: 5.0 }).solve()),
        "the answer spans more than 20000 levels; measure demand in a larger unit"
    );
    assert_eq!(
        message(problem(5.0, Demand::Discrete { probabilities: vec![1.0] }).solve()),
        "the mean of the probabilities is 0; expected a finite number > 0"
    );
}

#[test]
fn clark_scarf_refuses_stages_that_add_no_cost_and_levels_that_do_not_fit() {
    let stage = |echelon_holding_cost, lead_time| SerialStage { echelon_holding_cost, lead_time };
    let system = |stages: &[SerialStage]| SerialSystem {
        stages: stages.to_vec(),
        penalty: 9.0,
        demand: Demand::Poisson { mean: 5.0 },
        constant_cost: 0.0,
    };
    assert_eq!(message(system(&[]).solve()), "stages is empty; expected at least one entry");
    assert_eq!(
        message(system(&[stage(1.0, 1.0), stage(0.0, 1.0)]).solve()),
        "stages[1].echelon_holding_cost is 0; expected a finite number > 0"
    );
    assert_eq!(
        message(system(&[stage(1.0, -1.0)]).solve()),
        "stages[0].lead_time is -1; expected a finite number >= 0"
    );
    let sound = system(&[stage(1.0, 1.0)]);
    assert_eq!(message(sound.cost_of(&[5.0, 6.0])), "the number of levels is 2; expected one per stage");
    assert_eq!(message(sound.cost_of(&[5.5])), "echelon_levels[0] is 5.5; expected a whole number");
    let normal = SerialSystem { demand: Demand::Normal { mean: 5.0, deviation: 1.0 }, ..sound };
    assert_eq!(message(normal.cost_of(&[5.0])), "demand is normal; expected poisson or discrete");
}

#[test]
fn guaranteed_service_refuses_circles_and_ends_without_a_promise() {
    let stage = TreeStage {
        processing_time: 1,
        holding_cost: 1.0,
        external_inbound_time: 0,
        promised_service_time: Some(0),
        demand_deviation: 1.0,
    };
    let refused = |stages: Vec<TreeStage>, links: &[(usize, usize)]| {
        message(
            GuaranteedService { stages, links: links.to_vec(), quantities: vec![], safety_factor: 1.0 }
                .solve(),
        )
    };
    let silent = TreeStage { promised_service_time: None, ..stage.clone() };
    assert_eq!(
        refused(vec![stage.clone(), silent], &[(0, 1)]),
        "stages[1] has no customer among the stages; expected a promised_service_time"
    );
    assert_eq!(
        refused(vec![stage.clone(); 4], &[(0, 1), (1, 2), (2, 1), (2, 3)]),
        "links[2] (2 -> 1) closes a circle; expected links that lead from suppliers to customers only"
    );
    assert!(refused(vec![stage.clone()], &[(0, 0)]).starts_with("links[0] (0 -> 0) closes a circle"));
    assert_eq!(refused(vec![stage.clone()], &[(0, 7)]), "links[0] names stage 7; expected 0 to 0");
    assert_eq!(refused(vec![], &[]), "stages is empty; expected at least one entry");
    let slow = TreeStage { processing_time: 20_000, ..stage };
    assert_eq!(
        refused(vec![slow], &[]),
        "the longest replenishment time of stages[0] is 20000; expected at most 10000 periods"
    );
}

#[test]
fn lot_sizing_refuses_negative_demand_and_no_periods() {
    let refused = |demand: &[f64]| {
        message(LotSizing { demand: demand.to_vec(), fixed_cost: 5.0, holding_cost: 1.0 }.solve())
    };
    assert_eq!(refused(&[3.0, -1.0]), "demand[1] is -1; expected a finite number >= 0");
    assert_eq!(refused(&[]), "demand is empty; expected at least one entry");
}
