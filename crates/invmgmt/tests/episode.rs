//! What a decision may rest on, and how an episode refuses what it cannot play.

use invmgmt::Problem;
use invmgmt::demand::{DemandConfig, DemandModel};
use invmgmt::episode::{ActionError, DecisionError, Episode, Policy, Symbol, places};
use invmgmt::network::{
    DeclaredDemand, DeclaredLink, DeclaredNetwork, DeclaredNode, ManagedIx, MarketLinkIx, Network,
    SupplyLinkIx, TableIndex,
};
use invmgmt::period::{Rules, StateView};

/// Market 0; retailer 1 with 10 units; factory 2; raw material 3. The retailer's lead time is two periods.
fn network() -> Network {
    let declared = DeclaredNetwork {
        nodes: vec![
            DeclaredNode::new(0),
            DeclaredNode::stocking(1, 10.0, 0.0),
            DeclaredNode::stocking(2, 100.0, 0.0).factory(50.0, 0.0, 1.0),
            DeclaredNode::new(3),
        ],
        links: vec![
            DeclaredLink::market(1, 0, 2.0, 0.1, DeclaredDemand::poisson(20.0)),
            DeclaredLink::supply(2, 1, 2, 1.0, 0.0),
            DeclaredLink::supply(3, 2, 0, 1.0, 0.0),
        ],
        ..DeclaredNetwork::default()
    };
    declared.compile().expect("a valid network")
}

/// Demand of 15, 1 and 2 units.
fn demand() -> DemandModel {
    let mut demand = DemandModel::new(DemandConfig::default()).expect("usable demand");
    let series = vec![15.0, 1.0, 2.0];
    demand.replays.set("demand", MarketLinkIx::from_position(0), series.into(), 3).expect("a usable series");
    demand
}

#[test]
fn a_view_shows_stocks_orders_and_shortages_of_the_period_just_played() {
    let (network, demand) = (network(), demand());
    let mut episode = Episode::begin(&Problem::new(network.clone(), demand.clone(), Rules::default(), 3), 1)
        .expect("an episode");
    episode.step(&[7.0, 4.0]).expect("a playable action");
    let view = episode.view();
    let (retailer, factory) = (ManagedIx::from_position(0), ManagedIx::from_position(1));
    let (to_retailer, to_factory) = (SupplyLinkIx::from_position(0), SupplyLinkIx::from_position(1));
    let market = MarketLinkIx::from_position(0);
    assert_eq!((view.demand(market), view.unmet(market)), (15.0, 5.0));
    assert_eq!((view.on_hand(retailer), view.on_hand(factory)), (0.0, 100.0 - 7.0 + 4.0));
    assert_eq!((view.on_order(to_retailer), view.on_order(to_factory)), (7.0, 0.0));
    let on_their_way: Vec<f64> = view.in_transit(&network.supply[to_retailer]).collect();
    assert_eq!(on_their_way, [0.0, 7.0], "the next to arrive first");
    assert_eq!(view.in_transit(&network.supply[to_factory]).len(), 0);
    assert_eq!((view.period(), view.sentiment(), view.num_periods), (1, 1.0, 3));
    assert_eq!(view.observation().collect::<Vec<_>>(), episode.observation());
    assert_eq!(episode.observation(), [15.0, 5.0, 0.0, 97.0, 0.0, 7.0, 1.0, 1.0]);
}

#[test]
fn the_inventory_position_counts_shortages_only_where_they_wait() {
    let (network, demand) = (network(), demand());
    for (backlog, retailers) in [(true, 0.0 + 7.0 - 5.0), (false, 0.0 + 7.0)] {
        let rules = Rules { backlog, ..Rules::default() };
        let mut episode =
            Episode::begin(&Problem::new(network.clone(), demand.clone(), rules, 3), 1).expect("an episode");
        assert_eq!(episode.view().inventory_position(ManagedIx::from_position(0)), 10.0);
        episode.step(&[7.0, 4.0]).expect("a playable action");
        assert_eq!(episode.view().inventory_position(ManagedIx::from_position(0)), retailers);
        assert_eq!(episode.view().inventory_position(ManagedIx::from_position(1)), 97.0);
    }
}

/// Cycles by hand: periods 0 and 1, and one from each of the two deliveries. A unit is lost in the rounding of an order
/// book of 1e17 units, and is a delivery all the same.
#[test]
fn a_small_delivery_beside_a_large_order_begins_a_cycle_in_a_record_too() {
    let declared = DeclaredNetwork {
        nodes: vec![DeclaredNode::new(0), DeclaredNode::stocking(1, 100.0, 0.0), DeclaredNode::new(2)],
        links: vec![
            DeclaredLink::market(1, 0, 2.0, 0.1, DeclaredDemand::poisson(20.0)),
            DeclaredLink::supply(2, 1, 2, 1.0, 0.0),
        ],
        ..DeclaredNetwork::default()
    };
    let network = declared.compile().expect("a valid network");
    let mut episode =
        Episode::begin(&Problem::new(network.clone(), demand(), Rules::default(), 4), 1).expect("an episode");
    for order in [1.0, 1e17, 0.0, 0.0] {
        episode.step(&[order]).expect("a playable action");
    }
    let sums = places(&network, episode.trajectory());
    assert_eq!(sums.nodes[ManagedIx::from_position(0)].cycles, 3.0);
}

#[test]
fn a_refused_action_leaves_the_episode_as_it_was() {
    let (network, demand) = (network(), demand());
    let mut episode = Episode::begin(&Problem::new(network.clone(), demand.clone(), Rules::default(), 3), 1)
        .expect("an episode");
    episode.step(&[7.0, 4.0]).expect("a playable action");
    let (record, seen) = (episode.trajectory().clone(), episode.observation().to_vec());
    for bad in [&[1.0][..], &[1.0, f64::NAN], &[]] {
        episode.step(bad).expect_err("refused");
        assert_eq!((episode.trajectory(), episode.observation()), (&record, &seen[..]));
    }
}

#[test]
fn an_episode_ends_with_its_horizon_and_says_so() {
    let (network, demand) = (network(), demand());
    let mut episode = Episode::begin(&Problem::new(network.clone(), demand.clone(), Rules::default(), 1), 1)
        .expect("an episode");
    episode.step(&[7.0, 4.0]).expect("a playable action");
    assert!(episode.is_over());
    let error = episode.step(&[7.0, 4.0]).expect_err("over");
    assert_eq!(error, ActionError::Over { num_periods: 1 });
    assert_eq!(error.to_string(), "the episode ended after period 1; begin a new one");
}

#[test]
fn the_next_episode_begins_anew_and_its_stream_goes_on() {
    let network = network();
    let drawn = DemandModel::new(DemandConfig::default()).expect("usable demand");
    let play = |episode: &mut Episode| {
        let orders = [20.0, 20.0];
        while !episode.is_over() {
            episode.step(&orders).expect("a playable action");
        }
        episode.trajectory()[Symbol::Demand].values.clone()
    };
    let mut long = Episode::begin(&Problem::new(network.clone(), drawn.clone(), Rules::default(), 8), 3)
        .expect("an episode");
    let eight = play(&mut long);
    let mut short = Episode::begin(&Problem::new(network.clone(), drawn.clone(), Rules::default(), 4), 3)
        .expect("an episode");
    let start = short.trajectory().clone();
    assert_eq!(play(&mut short), eight[..4]);
    short.begin_next();
    assert_eq!(short.trajectory(), &start);
    assert_eq!(short.cost_parts().values(), [0.0; 7]);
    assert_eq!(play(&mut short), eight[4..]);
}

#[test]
fn a_policy_whose_orders_cannot_be_played_stops_the_episode_before_the_period_at_fault() {
    struct FailsInPeriod(usize);
    impl Policy for FailsInPeriod {
        fn decide(&mut self, state: &StateView<'_>, orders: &mut [f64]) -> Result<(), DecisionError> {
            orders.fill(if state.period() == self.0 { f64::NAN } else { 1.0 });
            Ok(())
        }
    }
    let (network, demand) = (network(), demand());
    let mut episode = Episode::begin(&Problem::new(network.clone(), demand.clone(), Rules::default(), 3), 1)
        .expect("an episode");
    let error = episode.play(&mut FailsInPeriod(2)).expect_err("refused");
    assert_eq!(error.to_string(), "action[0] (2 -> 1) is NaN; expected a finite order quantity");
    assert_eq!(episode.trajectory().periods_played, 2);
}
