//! A warehouse and its stores: what is played, and that all stores reach their target with no more than it takes.

use invmgmt::random::{Pcg64, PoissonLaw};
use invmgmt_plan::{
    Chain, Effort, Figures, Item, LeadTime, Levels, Money, Path, Physics, Planned, Player, Target, Unmet,
    plan,
};

const EFFORT: Effort = Effort { horizon: 182, paths: 48, year: 365.0 };

fn physics(lead: u32, unmet: Unmet) -> Physics {
    Physics { lead_time: LeadTime::fixed(lead), multiple: 1.0, unmet, ..Physics::default() }
}

/// By hand: a store with the level 4 and lead time 1 sells 2 a period; its warehouse has the level 5 and lead time 2.
///
/// | period | warehouse: position, order, ships | store: starts with, receives, sells, keeps |
/// |---|---|---|
/// | 0 | 5, 0, 0 | 4, 0, 2, 2 |
/// | 1 | 5, 0, 2 | 2, 0, 2, 0 |
/// | 2 | 3, 2, 2 | 0, 2, 2, 0 |
/// | 3 | 3, 2, 1 of 2 | 0, 2, 2, 0 |
/// | 4 | 3 (0 + 4 - 1), 2, 1 + 1 | 0, 1, 1, 0 |
#[test]
fn a_chain_is_played_as_by_hand() {
    let (head, store) = (physics(2, Unmet::Lost), physics(1, Unmet::Lost));
    let mut player = Player::chain(&[&head, &store], &[false, true]);
    let levels =
        [Levels { reorder_point: 4.0, order_up_to: 5.0 }, Levels { reorder_point: 3.0, order_up_to: 4.0 }];
    let path = |demand: &[f64]| vec![Path { demand: demand.to_vec(), ..Path::default() }];
    let (nothing, customers) = (path(&[0.0; 5]), path(&[2.0; 5]));
    let figures = player.play_chain(&levels, &[&nothing, &customers], 0);
    let [head, store] = [figures[0][0], figures[1][0]];
    assert_eq!((store.demand, store.immediate), (10.0, 9.0));
    assert_eq!(store.stock, 2.0);
    // Of what the store asked for in periods 1 to 4, 2 a period and in the end 2, one was not there in period 3.
    assert!(head.demand >= 8.0 && head.immediate < head.demand, "{head:?}");
}

fn item(place: &str, physics: Physics, history: Vec<f64>, supplier: Option<&str>) -> Item {
    Item {
        item: "tea".to_owned(),
        place: place.to_owned(),
        law: None,
        history,
        sold_out: Vec::new(),
        physics,
        money: Money { cost: 1.0, price: None, holding_rate: 0.25, order_cost: 0.0 },
        target: Target::FillRate(0.95),
        stock: Some(10.0),
        on_order: 0.0,
        supplier: supplier.map(str::to_owned),
    }
}

const MEANS: [f64; 3] = [1.0, 3.0, 8.0];

fn drawn(mean: f64, periods: usize, seed: u64) -> Vec<f64> {
    let mut stream = Pcg64::seeded(seed);
    let law = PoissonLaw::new(mean);
    (0..periods).map(|_| law.sample(&mut stream)).collect()
}

fn assortment(unmet: Unmet) -> Vec<Item> {
    let mut items = vec![item("hub", physics(10, unmet), Vec::new(), Some("Leaf & Co"))];
    for (number, mean) in MEANS.into_iter().enumerate() {
        let history = drawn(mean, 500, number as u64);
        items.push(item(&format!("store {number}"), physics(2, unmet), history, Some("hub")));
    }
    items
}

/// Fill rates of the stores and the mean stock of all, on new demand.
fn judged(items: &[Item], levels: &[Levels]) -> (Vec<f64>, f64) {
    let physics: Vec<&Physics> = items.iter().map(|item| &item.physics).collect();
    let mut player = Player::chain(&physics, &[false, true, true, true]);
    let path = |demand: Vec<f64>| Path { demand, ..Path::default() };
    let paths: Vec<Vec<Path>> = (0..items.len())
        .map(|place| {
            let demand = |seed: u64| match place {
                0 => vec![0.0; 4000],
                _ => drawn(MEANS[place - 1], 4000, 900 + 10 * place as u64 + seed),
            };
            (0..8).map(|seed| path(demand(seed))).collect()
        })
        .collect();
    let paths: Vec<&[Path]> = paths.iter().map(Vec::as_slice).collect();
    let totals: Vec<Figures> = player.play_chain(levels, &paths, 50).iter().map(Figures::total).collect();
    let fills = totals[1..].iter().map(Figures::immediate_fill_rate).collect();
    (fills, totals.iter().map(Figures::mean_stock).sum())
}

#[test]
fn stores_reach_their_target_and_a_warehouse_that_keeps_more_or_less_costs_more() {
    for unmet in [Unmet::Lost, Unmet::Wait] {
        let items = assortment(unmet);
        let chains = [Chain { head: 0, stores: vec![1, 2, 3] }];
        let planned = plan(&items, &chains, &EFFORT, || {}).expect("a plan");
        let levels: Vec<Levels> = planned.iter().map(|row| row.recommendation.levels).collect();
        let (fills, stock) = judged(&items, &levels);
        // A unit more or less changes three points where one is sold a day.
        assert!(fills.iter().all(|fill| (0.94..0.99).contains(fill)), "{unmet:?} {fills:?}");
        // A warehouse that never runs out, with the levels stores need then: more stock for the same service.
        let alone: Vec<Levels> =
            items[1..].iter().map(|item| item.recommend(&EFFORT).unwrap().levels).collect();
        let plenty = Levels { reorder_point: 165.0, order_up_to: 166.0 };
        let (_, most) = judged(&items, &[vec![plenty], alone].concat());
        assert!(stock < most, "{unmet:?}: {stock} {most}");
        assert_eq!(planned.iter().map(|row| row.abc).collect::<String>().len(), 4);
        assert!(planned[0].recommendation.drivers.starts_with("supplies 3 places"));
    }
}

#[test]
fn a_chain_does_not_depend_on_threads_nor_on_what_else_is_planned() {
    let items = assortment(Unmet::Lost);
    let chains = [Chain { head: 0, stores: vec![1, 2, 3] }];
    let rows = |planned: Vec<Planned>| planned.into_iter().map(|row| row.recommendation).collect::<Vec<_>>();
    let alone = rows(plan(&items, &chains, &EFFORT, || {}).expect("a plan"));
    let mut more = vec![item("kiosk", physics(1, Unmet::Lost), drawn(2.0, 100, 5), None)];
    more.extend(items);
    let chains = [Chain { head: 1, stores: vec![2, 3, 4] }, Chain { head: 0, stores: Vec::new() }];
    let beside = invmgmt_plan::on_threads(2, || rows(plan(&more, &chains, &EFFORT, || {}).expect("a plan")));
    assert_eq!(alone, beside[1..]);
}
