//! Laws of one episode, recomputed from its record.

use invmgmt::Problem;
use invmgmt::episode::{Episode, Symbol, Trajectory};
use invmgmt::period::CostParts;
use proptest::prelude::*;

use super::cases::{Case, cases};
use super::graph::{Graph, lead_time};

/// Allowed rounding, relative to the quantities an episode handles.
const TOLERANCE: f64 = 1e-9;

/// An episode played to its end.
struct Played {
    record: Trajectory,
    /// One more than periods.
    observations: Vec<Vec<f64>>,
    rewards: Vec<f64>,
    parts: CostParts,
    /// The largest quantity handled: what rounding is relative to.
    scale: f64,
}

fn play(case: &Case) -> Played {
    let (network, demand) = (case.network(), case.demand());
    let mut episode = Episode::begin(
        &Problem::new(network.clone(), demand.clone(), case.rules, case.num_periods),
        case.seed,
    )
    .expect("an episode");
    let mut observations = vec![episode.observation().to_vec()];
    let mut rewards = Vec::new();
    for orders in &case.orders {
        rewards.push(episode.step(orders).expect("a playable action"));
        observations.push(episode.observation().to_vec());
    }
    assert!(episode.is_over());
    let record = episode.trajectory().clone();
    let quantities = [
        &record[Symbol::OnHand],
        &record[Symbol::OnOrder],
        &record[Symbol::Moved],
        &record[Symbol::Demand],
        &record[Symbol::Unmet],
    ];
    let scale = quantities.iter().flat_map(|matrix| &matrix.values).fold(1.0, |a: f64, b| a.max(b.abs()));
    Played { observations, rewards, parts: episode.cost_parts(), scale, record }
}

fn close(found: f64, expected: f64, scale: f64, what: &str) -> Result<(), TestCaseError> {
    prop_assert!(
        (found - expected).abs() <= TOLERANCE * scale.max(1.0),
        "{what}: found {found}, expected {expected}"
    );
    Ok(())
}

/// Units filled on a supply link in a period, 0 before the first.
fn filled(record: &Trajectory, period: usize, ago: usize, link: usize) -> f64 {
    period.checked_sub(ago).map_or(0.0, |ordered| record[Symbol::Filled].row(ordered)[link])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn units_are_conserved_at_every_node(case in cases()) {
        let (graph, Played { record, scale, .. }) = (Graph::new(&case.declared), play(&case));
        for t in 0..case.num_periods {
            for node in graph.stocking() {
                let arrived: f64 =
                    graph.bought(node).map(|(link, edge)| filled(&record, t, lead_time(edge), link)).sum();
                let shipped: f64 = graph.shipped(node).map(|(link, _)| record[Symbol::Filled].row(t)[link]).sum();
                let sold: f64 = graph.sold(node).map(|(_, edge)| record[Symbol::Moved].row(t)[edge.column]).sum();
                let expected = record[Symbol::OnHand].row(t)[node] + arrived
                    - shipped / graph.production_yield(node)
                    - sold;
                let what = format!("stock of node {} after period {t}", graph.nodes[node].id);
                close(record[Symbol::OnHand].row(t + 1)[node], expected, scale, &what)?;
            }
        }
    }

    #[test]
    fn units_are_conserved_on_every_link_and_arrive_after_exactly_their_lead_time(case in cases()) {
        let (graph, Played { record, scale, observations, .. }) = (Graph::new(&case.declared), play(&case));
        let first_slot = 2 * graph.market.len() + graph.stocking().count();
        for t in 0..case.num_periods {
            let mut slots = observations[t + 1][first_slot..].iter();
            for (link, edge) in graph.supply.iter().enumerate() {
                let what = format!("on order on {:?} after period {t}", edge.declared);
                let wait = lead_time(edge);
                let in_transit: f64 = (0..wait).map(|ago| filled(&record, t, ago, link)).sum();
                let on_order = record[Symbol::OnOrder].row(t + 1)[link];
                close(on_order, in_transit, scale, &what)?;
                let balance = record[Symbol::OnOrder].row(t)[link] + filled(&record, t, 0, link)
                    - filled(&record, t, wait, link);
                close(on_order, balance, scale, &what)?;
                // The next to arrive first: the slot at the front was ordered longest ago.
                for ago in (0..wait).rev() {
                    prop_assert_eq!(slots.next().copied(), Some(filled(&record, t, ago, link)), "{}", &what);
                }
                prop_assert_eq!(record[Symbol::Moved].row(t)[edge.column], filled(&record, t, 0, link), "{}", &what);
            }
            prop_assert_eq!(slots.as_slice().len(), 2, "period and sentiment follow the last slot");
        }
    }

    #[test]
    fn nothing_is_negative(case in cases()) {
        let Played { record, scale, .. } = play(&case);
        let quantities = [
            ("stock", &record[Symbol::OnHand]),
            ("on order", &record[Symbol::OnOrder]),
            ("filled", &record[Symbol::Filled]),
            ("moved", &record[Symbol::Moved]),
            ("demand", &record[Symbol::Demand]),
            ("unmet", &record[Symbol::Unmet]),
            ("sentiment", &record[Symbol::Sentiment]),
        ];
        for (what, matrix) in quantities {
            for value in &matrix.values {
                prop_assert!(*value >= -TOLERANCE * scale, "{what} of {value}");
            }
        }
    }

    #[test]
    fn suppliers_ship_what_stock_and_capacity_allow_and_no_less(case in cases()) {
        let (graph, Played { record, scale, .. }) = (Graph::new(&case.declared), play(&case));
        for t in 0..case.num_periods {
            let wanted = |link: usize| case.orders[t][link].max(0.0);
            for supplier in 0..graph.nodes.len() {
                let declared = &graph.nodes[supplier];
                let limited = declared.initial_inventory.is_some();
                let mut stock = if limited { record[Symbol::OnHand].row(t)[supplier] } else { f64::INFINITY };
                let mut capacity = declared.capacity.unwrap_or(f64::INFINITY);
                for (link, edge) in graph.shipped(supplier) {
                    let possible = capacity.min(stock * graph.production_yield(supplier));
                    let found = record[Symbol::Filled].row(t)[link];
                    let what = format!("filled on {:?} in period {t}", edge.declared);
                    close(found, wanted(link).min(possible), scale, &what)?;
                    capacity -= found;
                    stock -= found / graph.production_yield(supplier);
                }
            }
            prop_assert_eq!(record[Symbol::Requested].row(t), &case.orders[t][..], "the log keeps what was asked");
        }
    }

    #[test]
    fn customers_are_served_as_far_as_stock_goes_and_wait_only_in_backlog_mode(case in cases()) {
        let (graph, Played { record, scale, .. }) = (Graph::new(&case.declared), play(&case));
        for t in 0..case.num_periods {
            for (market, edge) in graph.market.iter().enumerate() {
                let waiting =
                    if case.rules.backlog && t > 0 { record[Symbol::Unmet].row(t - 1)[market] } else { 0.0 };
                let (sold, unmet) = (record[Symbol::Moved].row(t)[edge.column], record[Symbol::Unmet].row(t)[market]);
                let what = format!("{:?} in period {t}", edge.declared);
                close(sold + unmet, record[Symbol::Demand].row(t)[market] + waiting, scale, &what)?;
                let left = record[Symbol::OnHand].row(t + 1)[edge.from];
                prop_assert!(
                    unmet <= TOLERANCE * scale || left <= TOLERANCE * scale,
                    "{what}: {unmet} units refused with {left} in stock"
                );
            }
        }
    }

    #[test]
    fn sentiment_answers_the_shortages_of_the_period_before(case in cases()) {
        let record = play(&case).record;
        let rule = case.demand.goodwill;
        let mut expected: f64 = 1.0;
        for t in 0..case.num_periods {
            if t > 0 && case.demand.use_goodwill {
                let short = record[Symbol::Unmet].row(t - 1).iter().sum::<f64>() > 0.0;
                expected = if short {
                    rule.floor.max(expected * rule.decay)
                } else {
                    rule.cap.min(expected * rule.growth)
                };
            }
            prop_assert_eq!(record[Symbol::Sentiment].row(t), &[expected][..], "in period {}", t);
        }
    }

    #[test]
    fn profit_is_the_sum_of_its_parts(case in cases()) {
        let (graph, played) = (Graph::new(&case.declared), play(&case));
        let record = &played.record;
        let mut totals = [0.0; 7];
        let mut turnover = 1.0;
        for t in 0..case.num_periods {
            let weight = case.rules.discount.powi(t as i32);
            let mut reward = 0.0;
            for (node, found) in record[Symbol::Profit].row(t).iter().enumerate() {
                let parts = money(&graph, record, t, node);
                let sum = parts[0] + parts[6] - parts[1..6].iter().sum::<f64>();
                let size: f64 = parts.iter().sum();
                close(*found, weight * sum, size, &format!("profit of node {node} in period {t}"))?;
                reward += weight * sum;
                turnover += size;
                totals.iter_mut().zip(parts).for_each(|(total, part)| *total += weight * part);
            }
            close(played.rewards[t], reward, turnover, "reward")?;
        }
        for (found, expected) in played.parts.values().into_iter().zip(totals) {
            close(found, expected, turnover, "money by part")?;
        }
    }

    #[test]
    fn the_same_seed_plays_the_same_run(case in cases()) {
        let (one, other) = (play(&case), play(&case));
        prop_assert_eq!(one.record, other.record);
        prop_assert_eq!(one.observations, other.observations);
        prop_assert_eq!(one.rewards, other.rewards);
    }
}

/// A node's money in a period, before discounting: revenue, purchases, holding, operating, penalty, fixed, salvage.
fn money(graph: &Graph<'_>, record: &Trajectory, t: usize, node: usize) -> [f64; 7] {
    let declared = &graph.nodes[node];
    let Some(stock_cost) = declared.holding_cost else { return [0.0; 7] };
    let mut parts = [0.0; 7];
    let mut made = 0.0;
    for (_, edge) in graph.shipped(node).chain(graph.sold(node)) {
        let units = record[Symbol::Moved].row(t)[edge.column];
        parts[0] += edge.declared.price.unwrap_or(0.0) * units;
        made += units;
    }
    parts[2] += stock_cost * record[Symbol::OnHand].row(t + 1)[node];
    for (link, edge) in graph.bought(node) {
        let ordered = record[Symbol::Filled].row(t)[link];
        parts[1] += edge.declared.price.unwrap_or(0.0) * ordered;
        parts[2] +=
            edge.declared.pipeline_holding_cost.unwrap_or(0.0) * record[Symbol::OnOrder].row(t + 1)[link];
        if ordered > 0.0 {
            parts[5] += edge.declared.fixed_order_cost.unwrap_or(0.0);
        }
    }
    parts[3] += declared.operating_cost.unwrap_or(0.0) / graph.production_yield(node) * made;
    for (market, edge) in graph.sold(node) {
        parts[4] += edge.declared.unmet_penalty.unwrap_or(0.0) * record[Symbol::Unmet].row(t)[market];
    }
    if t + 1 == record.num_periods {
        parts[6] += declared.salvage_value.unwrap_or(0.0) * record[Symbol::OnHand].row(t + 1)[node];
    }
    parts
}
