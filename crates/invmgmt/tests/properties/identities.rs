//! One system declared in two ways, or played by two rules that must agree: what holds of the pair, whatever the
//! numbers.

use invmgmt::Problem;
use invmgmt::demand::DemandConfig;
use invmgmt::episode::{Episode, Symbol, Trajectory};
use invmgmt::network::{
    DeclaredDemand, DeclaredLink, DeclaredNetwork, DeclaredNode, NodeId, Part, TableIndex,
};
use invmgmt::period::Rules;
use proptest::prelude::*;

use super::cases::{Case, Choices, choices, draw_case};
use super::mechanisms::with_lead_times;
use super::settings::{
    bits, is_market, is_stocking, list, map, number, played, structure, text, whole, word,
};

/// Any rule of allocation.
const ALLOCATIONS: [&str; 4] = ["in-order", "proportional", "fair-share", "random"];

/// A tree from one source down to nodes that each sell to customers of their own: who ships on sells to nobody.
fn draw_tree(choices: &mut Choices) -> Case {
    let stocking = 2 + choices.below(5);
    let parents: Vec<usize> = (1..stocking).map(|node| choices.below(node)).collect();
    let market = |node: usize| NodeId::from(100 + node as i64);
    let (mut nodes, mut links) = (vec![DeclaredNode::new("source")], Vec::new());
    let holding = |node: usize| 0.25 * (1 + node) as f64;
    for node in 0..stocking {
        nodes.push(DeclaredNode::stocking(node as i64, choices.number(60), holding(node)));
        let lead_time = 1 + choices.below(4) as u32;
        links.push(match node.checked_sub(1) {
            None => DeclaredLink::supply("source", 0, lead_time, 1.0, 0.0),
            // Goods on their way cost what they cost at the supplier.
            Some(before) => {
                let supplier = parents[before];
                DeclaredLink::supply(supplier as i64, node as i64, lead_time, 1.5, holding(supplier))
            }
        });
        if !parents.contains(&node) {
            nodes.push(DeclaredNode::new(market(node)));
            let demand = DeclaredDemand::new("uniform", vec![("loc", 0.0), ("scale", choices.number(20))]);
            links.push(DeclaredLink::market(node as i64, market(node), 9.0, 1.0, demand));
        }
    }
    let num_periods = 2 + choices.below(14);
    let orders = (0..num_periods).map(|_| (0..stocking).map(|_| choices.number(40)).collect()).collect();
    Case {
        declared: DeclaredNetwork { nodes, links, ..DeclaredNetwork::default() },
        rules: Rules { backlog: choices.once_in(2), discount: 1.0 },
        demand: DemandConfig { noise_scale: 1.0, ..DemandConfig::default() },
        num_periods,
        seed: choices.below(1_000_000) as u64,
        orders,
    }
}

fn trees() -> impl Strategy<Value = Case> {
    choices().prop_map(|mut choices| draw_tree(&mut choices))
}

fn record(case: &Case) -> Trajectory {
    let problem = Problem::new(case.network(), case.demand(), case.rules, case.num_periods);
    let mut episode = Episode::begin(&problem, case.seed).expect("an episode");
    for orders in &case.orders {
        episode.step(orders).expect("a playable action");
    }
    episode.trajectory().clone()
}

fn near(one: f64, other: f64, scale: f64) -> bool {
    (one - other).abs() <= 1e-9 * (1.0 + scale.abs())
}

/// Every link between nodes changed.
fn with_links(case: &Case, mut change: impl FnMut(&mut DeclaredLink)) -> Case {
    let mut case = case.clone();
    let plain = case.declared.clone();
    case.declared.links.iter_mut().filter(|link| !is_market(&plain, link)).for_each(&mut change);
    case
}

/// Every node that ships to others divides its stock by a rule.
fn with_allocation(case: &Case, rule: &str, targets: &[usize]) -> Case {
    let mut targets = targets.iter().cycle();
    let shares = rule == "fair-share";
    let mut case = with_links(case, |link| {
        if shares && link.from != NodeId::from("source") {
            link.settings.put("target", number(targets.next().map_or(0.0, |target| *target as f64)));
        }
    });
    let plain = case.declared.clone();
    let ships = |node: &DeclaredNode| {
        is_stocking(&plain, node)
            && plain.links.iter().any(|link| link.from == node.id && !is_market(&plain, link))
    };
    for node in case.declared.nodes.iter_mut().filter(|node| ships(node)) {
        node.settings.put("allocation", invmgmt::network::KeyValue::Structure(text(rule)));
    }
    case
}

/// The first case's numbers stand in the second's observation unmoved, and both earn the same, to the bit.
fn agree(one: &Case, other: &Case) -> Result<(), TestCaseError> {
    for ((reward, observation), (same, seen)) in played(one).into_iter().zip(played(other)) {
        prop_assert_eq!(reward.to_bits(), same.to_bits(), "{} {}", reward, same);
        prop_assert_eq!(bits(&observation), bits(&seen[..observation.len()]));
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn where_goods_suffice_nothing_waits_and_no_rule_of_allocation_matters(
        mut choices in choices(), rule in 0..ALLOCATIONS.len()
    ) {
        let mut ample = draw_case(&mut choices);
        let plain = ample.declared.clone();
        for node in ample.declared.nodes.iter_mut().filter(|node| is_stocking(&plain, node)) {
            node.initial_inventory = Some(2_f64.powi(40));
            node.capacity = node.capacity.map(|_| 2_f64.powi(40));
        }
        agree(&ample, &with_links(&ample, |link| link.settings.put("unmet", word("wait"))))?;
        let mut tree = draw_tree(&mut choices);
        for node in &mut tree.declared.nodes {
            node.initial_inventory = node.initial_inventory.map(|_| 2_f64.powi(40));
        }
        agree(&tree, &with_allocation(&tree, ALLOCATIONS[rule], &[choices.below(30)]))?;
    }

    #[test]
    fn a_warehouse_of_one_retailer_is_a_serial_system_under_every_rule_of_allocation(
        mut choices in choices(), rule in 0..ALLOCATIONS.len(), waits in any::<bool>()
    ) {
        let mut chain = draw_tree(&mut choices);
        // Each node ships to the next, the last one to customers.
        let stocking = chain.orders[0].len() as i64;
        chain.declared.links.retain(|link| link.from == NodeId::from("source"));
        chain.declared.nodes.retain(|node| (0..stocking).any(|id| node.id == NodeId::from(id)) || node.id == NodeId::from("source"));
        for node in 1..stocking {
            chain.declared.links.push(DeclaredLink::supply(node - 1, node, choices.below(3) as u32, 1.0, 0.0));
        }
        chain.declared.nodes.push(DeclaredNode::new(100));
        let demand = DeclaredDemand::poisson(choices.number(20));
        chain.declared.links.push(DeclaredLink::market(stocking - 1, 100, 9.0, 1.0, demand));
        let chain = with_links(&chain, |link| if waits { link.settings.put("unmet", word("wait")) });
        let ruled = with_allocation(&chain, ALLOCATIONS[rule], &[choices.below(30)]);
        for ((_, observation), (_, same)) in played(&chain).into_iter().zip(played(&ruled)) {
            for (number, same) in observation.iter().zip(&same) {
                prop_assert!(near(*number, *same, *number), "{number} against {same}");
            }
        }
    }

    #[test]
    fn what_is_owed_is_what_was_asked_for_and_not_filled(mut choices in choices(), delay in 0_usize..3) {
        let tree = draw_tree(&mut choices);
        let rule = ALLOCATIONS[choices.below(ALLOCATIONS.len())];
        let waiting = with_allocation(&tree, rule, &[choices.below(30)]);
        let waiting = with_links(&waiting, |link| {
            link.settings.put("unmet", word("wait"));
            link.settings.put("order_delay", whole(delay));
        });
        let (network, record) = (waiting.network(), record(&waiting));
        let mut owed = vec![0.0; network.supply.len()];
        for t in 0..waiting.num_periods {
            let filled = record[Symbol::Filled].row(t);
            for (link, owed) in owed.iter_mut().enumerate() {
                *owed += t.checked_sub(delay).map_or(0.0, |made| waiting.orders[made][link]) - filled[link];
                let said = record[Symbol::Owed].row(t + 1)[link];
                prop_assert!(near(said, *owed, *owed + 1e3), "{said} owed, {owed} asked for and not filled");
            }
        }
    }

    #[test]
    fn positions_add_up_to_what_there_is_and_what_sources_owe_less_what_customers_wait_for(
        mut choices in choices(), delay in 0_usize..3
    ) {
        let waiting = with_links(&draw_tree(&mut choices), |link| {
            link.settings.put("unmet", word("wait"));
            link.settings.put("order_delay", whole(delay));
            link.settings.put("cap", number(15.0));
        });
        let problem = Problem::new(waiting.network(), waiting.demand(), waiting.rules, waiting.num_periods);
        let network = &problem.network;
        let mut episode = Episode::begin(&problem, waiting.seed).expect("an episode");
        for orders in &waiting.orders {
            episode.step(orders).expect("a playable action");
            let (view, seen) = (episode.view(), episode.observation());
            let total = |part| seen[network.layout.range(part)].iter().sum::<f64>();
            let positions: f64 = network.managed.indices().map(|node| view.inventory_position(node)).sum();
            let source = network.supply.iter().filter(|(_, link)| link.supplier.is_none());
            let by_sources: f64 = source.map(|(link, _)| view.owed(link)).sum();
            let customers: f64 = network.market.indices().map(|link| view.waiting(link)).sum();
            // What a supplier owes its buyer is one's debt and the other's claim; a request on its way is nobody's
            // debt.
            let expected = total(Part::OnHand) + total(Part::InTransit) + total(Part::Requested) + by_sources - customers;
            prop_assert!(near(positions, expected, total(Part::OnHand) + 1e3), "{positions} against {expected}");
        }
    }

    #[test]
    fn goods_received_last_lie_where_goods_of_one_period_less_lie_and_cost_a_transit_more(tree in trees()) {
        let mut last = tree.clone();
        last.declared.settings.put("timeline", word("order-first"));
        let inner: Vec<NodeId> = tree.declared.links.iter().map(|link| link.from.clone()).collect();
        let plain = tree.declared.clone();
        let mut released = tree.clone();
        for link in released.declared.links.iter_mut().filter(|link| !is_market(&plain, link)) {
            // Only those who sell need goods before customers come.
            let ships_on = plain.links.iter().any(|next| next.from == link.to && !is_market(&plain, next));
            if ships_on {
                link.lead_time = link.lead_time.map(|periods| periods - 1);
            }
        }
        prop_assert!(inner.len() > 1);
        let (network, one, other) = (last.network(), record(&last), record(&released));
        let lead = |link: usize| network.supply.rows()[link].lead_time;
        for t in 0..tree.num_periods {
            for symbol in [Symbol::Filled, Symbol::Moved, Symbol::Unmet] {
                for (units, same) in one[symbol].row(t).iter().zip(other[symbol].row(t)) {
                    prop_assert!(near(*units, *same, 1e3), "{symbol:?}: {units} and {same} in period {t}");
                }
            }
            let mut more = 0.0;
            for (link, row) in network.supply.rows().iter().enumerate() {
                let buyer = &network.managed[row.buyer];
                if buyer.markets.is_empty() {
                    let node = buyer.node.position();
                    let [stock, same] = [&one, &other].map(|record| record[Symbol::OnHand].row(t + 1)[node]);
                    prop_assert!(near(stock, same, 1e3), "{stock} and {same} in node {node} after period {t}");
                    let arriving = (t + 1).checked_sub(lead(link)).map_or(0.0, |sent| one[Symbol::Filled].row(sent)[link]);
                    more += (buyer.holding_cost - row.pipeline_holding_cost) * arriving;
                }
            }
            let [cheap, dear] = [&one, &other].map(|record| record[Symbol::Profit].row(t).iter().sum::<f64>());
            prop_assert!(near(cheap - dear, more, cheap), "{cheap} and {dear} differ by {more}");
        }
    }

    #[test]
    fn a_law_of_one_lead_time_is_that_lead_time(case in choices().prop_map(|mut choices| draw_case(&mut choices))) {
        for crossing in ["free", "fifo", "sweep"] {
            agree(&case, &with_lead_times(&case, crossing, 0))?;
        }
    }

    #[test]
    fn the_oldest_first_wastes_least(mut choices in choices(), life in 1_usize..5) {
        let mut shop = draw_tree(&mut choices);
        shop.declared.nodes.truncate(1);
        shop.declared.nodes.push(DeclaredNode::stocking(0, choices.number(60), 1.0));
        shop.declared.nodes.push(DeclaredNode::new(100));
        let demand = DeclaredDemand::new("uniform", vec![("loc", 0.0), ("scale", choices.number(60))]);
        shop.declared.links = vec![
            DeclaredLink::supply("source", 0, choices.below(3) as u32, 1.0, 0.0),
            DeclaredLink::market(0, 100, 9.0, 1.0, demand),
        ];
        shop.orders.iter_mut().for_each(|orders| orders.truncate(1));
        shop.declared.settings.put("life", whole(life));
        let [oldest, freshest] = ["fifo", "lifo"].map(|issue| {
            let mut shop = shop.clone();
            shop.declared.links[1].settings.put("issue", invmgmt::network::KeyValue::Structure(text(issue)));
            record(&shop)
        });
        let mut wasted = [0.0; 2];
        for t in 0..shop.num_periods {
            for (sum, record) in wasted.iter_mut().zip([&oldest, &freshest]) {
                *sum += record[Symbol::Wasted].row(t).iter().sum::<f64>();
            }
            prop_assert!(wasted[0] <= wasted[1] + 1e-9 * (1.0 + wasted[1]), "{wasted:?} after period {t}");
        }
    }

    #[test]
    fn shares_do_not_depend_on_the_order_of_links(mut choices in choices(), rule in 1_usize..3, waits in any::<bool>()) {
        let tree = with_links(&draw_tree(&mut choices), |link| if waits { link.settings.put("unmet", word("wait")) });
        let targets: Vec<usize> = (0..6).map(|_| choices.below(30)).collect();
        let divided = with_allocation(&tree, ALLOCATIONS[rule], &targets);
        let mut turned = divided.clone();
        turned.declared.links.reverse();
        let labels = [&divided, &turned].map(|case| case.network().action_labels());
        let place = |label: &String| labels[0].iter().position(|other| other == label).expect("the same links");
        let places: Vec<usize> = labels[1].iter().map(place).collect();
        for orders in &mut turned.orders {
            *orders = places.iter().map(|&place| orders[place]).collect();
        }
        let (one, other) = (record(&divided), record(&turned));
        for t in 0..tree.num_periods {
            let filled = one[Symbol::Filled].row(t);
            for (same, &place) in other[Symbol::Filled].row(t).iter().zip(&places) {
                prop_assert!(near(filled[place], *same, 1e3), "{} against {same} in period {t}", filled[place]);
            }
        }
    }

    #[test]
    fn real_quantities_are_never_rounded(mut choices in choices(), rule in 0_usize..3) {
        let small = with_allocation(&draw_tree(&mut choices), ALLOCATIONS[rule], &[choices.below(30)]);
        let sizes = [choices.number(9), choices.number(30), 10.0 + choices.number(30), choices.number(80)];
        let mut pair = [1.0, 1000.0].map(|scale| {
            let mut case = with_links(&small, |link| {
                link.settings.put("min", number(scale * sizes[0]));
                link.settings.put("cap", number(scale * sizes[1]));
                link.settings.put("max", number(scale * sizes[2]));
                link.settings.put("unmet", word("wait"));
                link.settings.put("L", structure(&[("uniform", list(&[1.0, 3.0]))]));
                link.settings.put("draw", word("order"));
                link.settings.put("crossing", word("free"));
                link.settings.put("yield", structure(&[("uniform", list(&[0.5, 1.0]))]));
                if let invmgmt::network::KeyValue::Number(target) = *link.settings.get("target") {
                    link.settings.put("target", number(scale * target));
                }
                link.lead_time = None;
            });
            for node in case.declared.nodes.iter_mut().filter(|node| node.initial_inventory.is_some()) {
                node.initial_inventory = node.initial_inventory.map(|units| scale * units);
                let room = map(&[("space", number_of(scale * sizes[3])), ("overflow", text("discard"))]);
                node.settings.put("storage", invmgmt::network::KeyValue::Structure(room));
            }
            for link in case.declared.links.iter_mut().filter(|link| link.demand.is_some()) {
                link.demand = Some(DeclaredDemand::new("deterministic", vec![("mu", scale * 7.3)]));
            }
            case.orders.iter_mut().flatten().for_each(|units| *units *= scale);
            record(&case)
        }).into_iter();
        let (one, other) = (pair.next().expect("small"), pair.next().expect("large"));
        for symbol in [Symbol::OnHand, Symbol::Filled, Symbol::Moved, Symbol::Unmet, Symbol::Owed, Symbol::Overflowed] {
            for (units, thousand) in one[symbol].values.iter().zip(&other[symbol].values) {
                prop_assert!((1000.0 * units - thousand).abs() <= 1e-6, "{symbol:?}: {units} and {thousand}");
            }
        }
    }
}

fn number_of(value: f64) -> invmgmt::network::Setting {
    invmgmt::network::Setting::Number(value)
}

/// Two buyers of one supplier that is short: who is named first is served first.
#[test]
fn in_order_depends_on_the_order_of_links() {
    let filled = |first: i64, second: i64| {
        let market = |from: i64| {
            DeclaredLink::market(from, format!("1{from}").as_str(), 9.0, 1.0, DeclaredDemand::poisson(5.0))
        };
        let links = vec![
            DeclaredLink::supply("source", 0, 1, 1.0, 0.0),
            DeclaredLink::supply(0, first, 1, 1.0, 0.0),
            DeclaredLink::supply(0, second, 1, 1.0, 0.0),
            market(1),
            market(2),
        ];
        let stocking = (0..3).map(|id| DeclaredNode::stocking(id, 10.0, 1.0));
        let others = ["source", "11", "12"].map(DeclaredNode::new);
        let nodes = others.into_iter().chain(stocking).collect();
        let declared = DeclaredNetwork { nodes, links, ..DeclaredNetwork::default() };
        let case = Case {
            declared,
            rules: Rules { backlog: true, discount: 1.0 },
            demand: DemandConfig::default(),
            num_periods: 1,
            seed: 1,
            orders: vec![vec![0.0, 8.0, 8.0]],
        };
        record(&case)[Symbol::Filled].row(0).to_vec()
    };
    assert_eq!(filled(1, 2), [0.0, 8.0, 2.0]);
    assert_eq!(filled(2, 1), [0.0, 8.0, 2.0]);
}
