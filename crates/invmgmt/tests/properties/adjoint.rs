//! A period that is played backwards was retold first: whatever the network, what was retold is what was played.

use invmgmt::Problem;
use invmgmt::adjoint::{Recording, SIDE_BY_SIDE, Surrogates};
use invmgmt::network::Part;
use proptest::prelude::*;

use super::cases::{Case, choices, draw_case};
use super::mechanisms::draw_mechanisms;

/// Plays a case forwards and backwards; a debug build compares every number of every row on the way. Returns how the
/// profit answers the opening stocks.
fn there_and_back(case: &Case, surrogates: Surrogates) -> Vec<[f64; SIDE_BY_SIDE]> {
    let problem = Problem::new(case.network(), case.demand(), case.rules, case.num_periods);
    let mut recording = Recording::new(&problem, SIDE_BY_SIDE, surrogates).expect("has a derivative");
    recording.begin(&(case.seed..case.seed + SIDE_BY_SIDE as u64).collect::<Vec<_>>());
    for orders in &case.orders {
        for (request, &order) in recording.requests_mut(0).iter_mut().zip(orders) {
            *request = std::array::from_fn(|lane| order * (1.0 + 0.13 * lane as f64));
        }
        recording.step();
    }
    recording.begin_back();
    for _ in 0..case.num_periods {
        recording.step_back(|_| [1.0; SIDE_BY_SIDE]);
    }
    recording.row_worth_mut(0)[problem.network.layout.range(Part::OnHand)].to_vec()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn what_is_retold_to_be_played_backwards_is_what_was_played(mut choices in choices()) {
        let mut case = draw_case(&mut choices);
        draw_mechanisms(&mut choices, &mut case.declared);
        for rounding in [false, true] {
            let smooth = Surrogates { goodwill: Some(5.0), fixed_costs: Some(2.0), rounding };
            let worth = there_and_back(&case, smooth);
            prop_assert!(worth.as_flattened().iter().all(|worth| worth.is_finite()), "{:?}", worth);
        }
    }
}
