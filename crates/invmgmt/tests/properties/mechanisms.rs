//! Laws of networks with mechanisms: declared but neutral they are plain networks; goods are conserved; rows are single
//! environments; what is saved goes on as it would have.

use invmgmt::Problem;
use invmgmt::batch::{Autoreset, Batch, Outcome, rollout_by_place};
use invmgmt::demand::{NativeDemand, Sampler};
use invmgmt::episode::{DecisionError, Episode, PlaceSums, Policy, Symbol, kpis, places};
use invmgmt::network::{DeclaredLink, DeclaredNetwork, DeclaredNode, KeyValue, Network, Setting, TableIndex};
use invmgmt::period::{Flows, StateView, SupplyStreams, opening_row, play_alone};
use invmgmt::random::Pcg64;
use proptest::prelude::*;

use super::cases::{Case, Choices, choices, draw_case};
use super::settings::{
    bits, is_market, is_stocking, list, map, number, played, structure, text, whole, word,
};

/// Everything made whole, so that whole units may be played.
fn make_whole(network: &mut DeclaredNetwork) {
    for node in &mut network.nodes {
        node.initial_inventory = node.initial_inventory.map(f64::round);
        node.capacity = node.capacity.map(f64::round);
        node.production_yield = node.production_yield.map(|_| 1.0);
    }
    network.settings.put("units", word("whole"));
}

/// A network with mechanisms of many kinds, each perhaps.
pub fn draw_mechanisms(choices: &mut Choices, network: &mut DeclaredNetwork) {
    let is_whole = choices.once_in(2);
    if is_whole {
        make_whole(network);
    }
    let life = choices.once_in(3).then(|| 1 + choices.below(5));
    if let Some(life) = life {
        network.settings.put("life", whole(life));
    }
    let timeline = ["release", "order-first", "beer"][choices.below(3)];
    network.settings.put("timeline", word(timeline));
    let plain = network.clone();
    for node in network.nodes.iter_mut().filter(|node| is_stocking(&plain, node)) {
        draw_node(choices, &plain, node, is_whole, life);
    }
    let fair: Vec<_> = network
        .nodes
        .iter()
        .filter(|node| *node.settings.get("allocation") == KeyValue::Structure(text("fair-share")))
        .map(|node| node.id.clone())
        .collect();
    for link in &mut network.links {
        if is_market(&plain, link) {
            draw_market_terms(choices, link, life);
        } else {
            if fair.contains(&link.from) {
                link.settings.put("target", number(choices.below(30) as f64));
            }
            draw_supply_terms(choices, link, is_whole, life);
        }
    }
    draw_disruptions(choices, network);
}

fn draw_node(
    choices: &mut Choices,
    plain: &DeclaredNetwork,
    node: &mut DeclaredNode,
    is_whole: bool,
    life: Option<usize>,
) {
    let ships = plain.links.iter().any(|link| link.from == node.id && !is_market(plain, link));
    if ships && choices.once_in(2) {
        let rule = ["proportional", "fair-share", "random", "in-order"][choices.below(4)];
        node.settings.put("allocation", KeyValue::Structure(text(rule)));
        if is_whole && choices.once_in(2) {
            node.settings.put("remainder", word(["stay", "largest"][choices.below(2)]));
        }
    }
    if choices.once_in(3) {
        node.settings.put("customers", word("first"));
    }
    if choices.once_in(3) {
        let overflow = ["discard", "cost"][choices.below(2)];
        let (space, cost) = (choices.below(150) as f64, choices.number(2));
        let room = [
            ("space", Setting::Number(space)),
            ("overflow", text(overflow)),
            ("cost", Setting::Number(cost)),
        ];
        node.settings.put("storage", structure(&room));
    }
    if life.is_some() && choices.once_in(2) {
        node.settings.put("waste", number(choices.number(2)));
    }
}

fn draw_market_terms(choices: &mut Choices, link: &mut DeclaredLink, life: Option<usize>) {
    match choices.below(4) {
        0 => link.settings.put("unmet", word(["wait", "lost"][choices.below(2)])),
        1 => {
            link.settings.put("wait_share", number(choices.below(5) as f64 / 4.0));
            link.settings.put("wait_at_most", whole(1 + choices.below(3)));
        }
        2 => link.settings.put("waiting", number(choices.below(9) as f64)),
        _ => {}
    }
    if let Some(life) = life {
        let issue =
            [text("fifo"), text("lifo"), map(&[("fifo", Setting::Number(0.5))])][choices.below(3)].clone();
        link.settings.put("issue", KeyValue::Structure(issue));
        if choices.once_in(3) {
            link.settings.put("fresh", whole(1 + choices.below(life)));
        }
    }
}

fn draw_supply_terms(choices: &mut Choices, link: &mut DeclaredLink, is_whole: bool, life: Option<usize>) {
    if choices.once_in(2) {
        let most = choices.below(4);
        let laws = [
            map(&[("uniform", list(&[0.0, most as f64 + 1.0]))]),
            map(&[("values", list(&[1.0, 3.0])), ("weights", list(&[7.0, 3.0]))]),
            map(&[("geometric", Setting::Number(0.4)), ("most", Setting::Number(4.0))]),
            map(&[("values", list(&[0.0, 2.0])), ("never", Setting::Number(0.1))]),
        ];
        let which = choices.below(4);
        link.lead_time = None;
        link.settings.put("L", KeyValue::Structure(laws[which].clone()));
        let never = which == 3;
        if is_whole && life.is_none() && choices.once_in(3) {
            link.settings.put("draw", word("unit"));
        } else {
            let crossing = if never { "free" } else { ["free", "fifo", "sweep"][choices.below(3)] };
            link.settings.put("draw", word("order"));
            link.settings.put("crossing", word(crossing));
            if !never && crossing != "sweep" && choices.once_in(3) {
                link.settings.put("announced", KeyValue::Flag(true));
            }
        }
        if never {
            link.settings.put("write_off_after", whole(3 + choices.below(3)));
        }
    }
    if choices.once_in(3) {
        let delay = 1 + choices.below(3);
        link.settings.put("order_delay", whole(delay));
        link.settings.put("requested", KeyValue::Structure(list(&vec![2.0; delay])));
    }
    match choices.below(4) {
        0 => {}
        1 => {
            link.settings.put("unmet", word("lost"));
            link.unmet_penalty = Some(choices.number(2));
        }
        limited => {
            link.settings.put("unmet", word("wait"));
            link.unmet_penalty = Some(choices.number(2));
            link.settings.put("owed", number(choices.below(5) as f64));
            if limited == 3 {
                link.settings.put("wait_at_most", whole(choices.below(4)));
            }
        }
    }
    if choices.once_in(3) {
        link.settings.put("min", number(choices.below(9) as f64));
        link.settings.put("multiple", number([0.0, 3.0, 5.0][choices.below(3)]));
        link.settings.put("max", number(20.0 + choices.below(90) as f64));
    }
    if choices.once_in(4) {
        link.settings.put("cap", number(choices.below(40) as f64));
    }
    if choices.once_in(4) {
        link.settings.put("multiple", number(4.0));
        link.settings.put("fill", word(["lots", "whole"][choices.below(2)]));
    }
    if choices.once_in(3) {
        let share = Setting::Number(0.75);
        let law = match choices.below(2) {
            0 if is_whole => ("binomial", share),
            0 => ("uniform", list(&[0.5, 1.0])),
            _ => ("all_or_nothing", share),
        };
        link.settings.put("yield", structure(&[law]));
        link.settings.put("at", word(["ship", "receive"][choices.below(2)]));
        link.settings.put("pay", word(["filled", "received"][choices.below(2)]));
    }
    if life.is_some() && choices.once_in(4) {
        link.settings.put("fresh", whole(1));
    }
}

fn draw_disruptions(choices: &mut Choices, network: &mut DeclaredNetwork) {
    let mut entries = Vec::new();
    let plain = network.clone();
    for link in plain.links.iter().filter(|link| !is_market(&plain, link)) {
        if choices.once_in(4) {
            let name = |id: &invmgmt::network::NodeId| match id {
                invmgmt::network::NodeId::Number(number) => Setting::Number(*number as f64),
                invmgmt::network::NodeId::Text(name) => text(name),
            };
            let (what, place) = match choices.below(3) {
                0 => ("ship", name(&link.from)),
                1 => ("order", name(&link.to)),
                _ => ("ship", Setting::List(vec![name(&link.from), name(&link.to)])),
            };
            let mut entry = vec![("where", place), ("what", text(what))];
            if choices.once_in(3) {
                entry.push(("periods", Setting::List(vec![list(&[1.0, 2.0]), list(&[5.0, 5.0])])));
            } else {
                entry.push(("up_down", list(&[0.3, 0.5])));
                entry.push(("start", text(["up", "down", "stationary"][choices.below(3)])));
            }
            if what == "ship" && choices.once_in(2) {
                entry.push(("factor", Setting::Number(0.5)));
            }
            let is_node = !matches!(entry[0].1, Setting::List(_));
            let holds_stock = plain.nodes.iter().any(|node| node.id == link.to && is_stocking(&plain, node));
            if what == "order" && is_node && holds_stock && choices.once_in(2) {
                entry.push(("destroy", Setting::Number(0.5)));
            }
            entries.push(map(&entry));
        }
    }
    if !entries.is_empty() {
        network.settings.put("disruptions", KeyValue::Structure(Setting::List(entries)));
    }
}

/// Cases with mechanisms.
fn cases() -> impl Strategy<Value = Case> {
    choices().prop_map(|mut choices| {
        let mut case = draw_case(&mut choices);
        draw_mechanisms(&mut choices, &mut case.declared);
        case
    })
}

/// Declares every mechanism so that it changes nothing.
fn declare_neutral(network: &mut DeclaredNetwork, num_periods: usize) {
    let plain = network.clone();
    network.settings.put("life", whole(num_periods + 12));
    network.settings.put("disruptions", KeyValue::Structure(Setting::List(vec![])));
    let mut chains = Vec::new();
    for node in network.nodes.iter_mut().filter(|node| is_stocking(&plain, node)) {
        let room = |overflow: &str| [("space", Setting::Number(1e300)), ("overflow", text(overflow))];
        node.settings
            .put("storage", structure(&room(if node.capacity.is_some() { "discard" } else { "cost" })));
        node.settings.put("customers", word("last"));
    }
    for link in &mut network.links {
        if is_market(&plain, link) {
            continue;
        }
        let fixed = link.lead_time.unwrap_or(0);
        link.lead_time = None;
        link.settings.put("L", structure(&[("values", list(&[f64::from(fixed)]))]));
        for key in ["min", "multiple"] {
            link.settings.put(key, number(0.0));
        }
        link.settings.put("max", number(1e300));
        link.settings.put("cap", number(1e300));
        link.settings.put("order_delay", whole(0));
        link.settings.put("fill", word("any"));
        link.settings.put("unmet", word("lost"));
        link.unmet_penalty = Some(0.0);
        link.settings.put("yield", structure(&[("all_or_nothing", Setting::Number(1.0))]));
        let name = |id: &invmgmt::network::NodeId| match id {
            invmgmt::network::NodeId::Number(number) => Setting::Number(*number as f64),
            invmgmt::network::NodeId::Text(name) => text(name),
        };
        let place = Setting::List(vec![name(&link.from), name(&link.to)]);
        chains.push(map(&[("where", place), ("what", text("ship")), ("up_down", list(&[0.0, 0.5]))]));
    }
    network.settings.put("disruptions", KeyValue::Structure(Setting::List(chains)));
}

/// A case whose every lead time is drawn, each at most so many periods longer than it was.
pub(super) fn with_lead_times(case: &Case, crossing: &str, more: u32) -> Case {
    let mut case = case.clone();
    let plain = case.declared.clone();
    for link in case.declared.links.iter_mut().filter(|link| !is_market(&plain, link)) {
        let least = f64::from(link.lead_time.take().unwrap_or(0));
        let ends = list(&[least, least + f64::from(more)]);
        link.settings.put("L", structure(&[("uniform", ends)]));
        link.settings.put("draw", word("order"));
        link.settings.put("crossing", word(crossing));
    }
    case
}

/// One after the other, the policies' orders of a case.
#[derive(Clone)]
struct Orders(Vec<Vec<f64>>);

impl Policy for Orders {
    fn decide(&mut self, state: &StateView<'_>, orders: &mut [f64]) -> Result<(), DecisionError> {
        orders.copy_from_slice(&self.0[state.period() % self.0.len()]);
        Ok(())
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn declared_but_neutral_equals_plain_to_the_bit(case in choices().prop_map(|mut choices| draw_case(&mut choices))) {
        let mut neutral = case.clone();
        declare_neutral(&mut neutral.declared, case.num_periods);
        prop_assert!(neutral.network().physics.is_some());
        for ((reward, observation), (same_reward, extended)) in played(&case).into_iter().zip(played(&neutral)) {
            prop_assert_eq!(reward.to_bits(), same_reward.to_bits(), "{} {}", reward, same_reward);
            prop_assert_eq!(bits(&observation), bits(&extended[..observation.len()]));
        }
    }

    #[test]
    fn lead_times_a_period_apart_cannot_cross(case in choices().prop_map(|mut choices| draw_case(&mut choices))) {
        let [free, fifo] = ["free", "fifo"].map(|crossing| with_lead_times(&case, crossing, 1));
        for ((reward, observation), (same, seen)) in played(&free).into_iter().zip(played(&fifo)) {
            prop_assert_eq!(reward.to_bits(), same.to_bits(), "{} {}", reward, same);
            prop_assert_eq!(bits(&observation), bits(&seen));
        }
    }

    #[test]
    fn on_the_same_draws_nothing_arrives_earlier_where_no_order_overtakes(
        case in choices().prop_map(|mut choices| draw_case(&mut choices))
    ) {
        let [free, fifo] = ["free", "fifo"].map(|crossing| with_lead_times(&case, crossing, 4));
        let network = free.network();
        for ((_, early), (_, late)) in played(&free).into_iter().zip(played(&fifo)) {
            // Sources fill everything, so that the same was sent under both.
            for (_, link) in network.supply.iter().filter(|(_, link)| link.supplier.is_none()) {
                let first = network.layout.start(invmgmt::network::Part::InTransit) + link.first_slot;
                let on_its_way = |seen: &[f64]| seen[first..first + link.slots].iter().sum::<f64>();
                prop_assert!(on_its_way(&late) >= on_its_way(&early) - 1e-9);
            }
        }
    }

    #[test]
    fn goods_are_conserved_whatever_happens_to_them(case in cases()) {
        let (network, demand) = (case.network(), case.demand());
        let mut row = opening_row(&network);
        let mut flows = Flows::new(&network);
        let (mut sampler, mut stream) = (Sampler::new(&network), Pcg64::seeded(case.seed));
        let mut supply = SupplyStreams::seeded(&network, case.seed);
        supply.open(&network, row.as_chunks_mut::<1>().0, 0);
        let total = |row: &[f64], part| row[network.layout.range(part)].iter().sum::<f64>();
        let goods = |row: &[f64]| total(row, invmgmt::network::Part::OnHand) + total(row, invmgmt::network::Part::OnOrder);
        for orders in &case.orders {
            let before = goods(&row);
            supply.draw(&network, &mut flows, 0);
            let mut process = NativeDemand::of_one(&network, &demand, &mut stream, &mut sampler);
            play_alone(&network, &case.rules, case.num_periods, &mut row, orders, &mut process, &mut flows);
            let filled: Vec<f64> = flows.filled(0).collect();
            let mut expected = before - flows.total_sold().values()[0];
            for ((_, link), filled) in network.supply.iter().zip(&filled) {
                expected += filled - link.supplier.map_or(0.0, |supplier| supplier.stock_per_unit * filled);
                prop_assert!(*filled >= -1e-9, "nothing flows back");
            }
            for node in network.managed.indices() {
                let losses = flows.losses(node, 0);
                expected -= losses.wasted + losses.overflowed + losses.destroyed + losses.lost_on_the_way;
            }
            let scale = before.abs() + filled.iter().sum::<f64>() + 1.0;
            prop_assert!((goods(&row) - expected).abs() <= 1e-9 * scale, "{} against {expected}", goods(&row));
            check_parts(&network, &row, scale)?;
        }
    }

    #[test]
    fn rows_of_a_batch_are_single_environments_and_what_is_saved_goes_on(case in cases()) {
        let problem = Problem::new(case.network(), case.demand(), case.rules, case.num_periods);
        let rows = 11;
        let mut batch = Batch::new(&problem, rows, 1, Autoreset::SameStep).expect("a batch");
        batch.gather_figures();
        (0..rows).for_each(|row| { batch.seed(row, case.seed + row as u64); batch.begin(row); });
        let mut episodes: Vec<Episode> = (0..rows as u64)
            .map(|row| Episode::begin(&problem, case.seed + row).expect("an episode"))
            .collect();
        let mut outcome = Outcome::<f64>::new(&problem.network, rows);
        let length = problem.network.layout.observation();
        let half = case.num_periods / 2;
        let mut saved = None;
        for (period, orders) in case.orders.iter().enumerate() {
            if period == half {
                saved = Some(batch.save(3));
            }
            batch.step(&orders.repeat(rows), outcome.buffers()).expect("a step");
            for (row, episode) in episodes.iter_mut().enumerate() {
                let reward = episode.step(orders).expect("a step");
                prop_assert_eq!(outcome.rewards[row].to_bits(), reward.to_bits());
                let seen = if period + 1 == case.num_periods { &outcome.final_observations } else { &outcome.observations };
                prop_assert_eq!(bits(&seen[row * length..(row + 1) * length]), bits(episode.observation()));
            }
        }
        for (found, episode) in batch.figures_so_far().iter().zip(&episodes) {
            let measured = places(&problem.network, episode.trajectory());
            check_places(found.places.as_ref().expect("gathered"), &measured)?;
        }
        // The state saved half way, put into another row, plays the same future.
        let saved = saved.expect("saved");
        prop_assert!(batch.restore(7, &saved));
        let mut again = Episode::begin(&problem, case.seed + 3).expect("an episode");
        let earlier: Vec<f64> = case.orders.iter().map(|orders| again.step(orders).expect("a step")).collect();
        for (orders, reward) in case.orders.iter().zip(&earlier).skip(half) {
            batch.step(&orders.repeat(rows), outcome.buffers()).expect("a step");
            prop_assert_eq!(outcome.rewards[7].to_bits(), reward.to_bits());
        }
    }

    #[test]
    fn a_rollout_earns_what_the_episode_earns_and_whole_units_stay_whole(case in cases()) {
        let problem = Problem::new(case.network(), case.demand(), case.rules, case.num_periods);
        let seeds: Vec<u64> = (0..9).map(|row| case.seed + row).collect();
        let orders = Orders(case.orders.clone());
        let figures = rollout_by_place(&problem, &seeds, 1, || orders.clone()).expect("played");
        for (&seed, figures) in seeds.iter().zip(&figures) {
            let mut episode = Episode::begin(&problem, seed).expect("an episode");
            episode.play(&mut orders.clone()).expect("played");
            let alone = kpis(&problem.network, episode.trajectory());
            check_places(figures.places.as_ref().expect("asked for"), &places(&problem.network, episode.trajectory()))?;
            check_ledger_of_goods(&problem.network, &episode)?;
            let scale = alone.total_profit.abs().max(1.0);
            prop_assert!((alone.total_profit - figures.kpis.total_profit).abs() <= 1e-9 * scale);
            let parts = [figures.parts.profit(), episode.cost_parts().profit()];
            prop_assert!(parts.iter().all(|sum| (sum - alone.total_profit).abs() <= 1e-6 * scale), "{parts:?}");
            let has_whole_demand = problem.network.market.rows().iter().all(|link| matches!(link.law, invmgmt::law::Law::Poisson { shift } if shift.fract() == 0.0));
            let is_even = !problem.demand.config.use_goodwill && problem.demand.config.noise_scale == 1.0;
            if problem.network.has_whole_units() && has_whole_demand && is_even {
                let layout = &problem.network.layout;
                for part in [invmgmt::network::Part::OnHand, invmgmt::network::Part::InTransit] {
                    for &units in &episode.observation()[layout.range(part)] {
                        prop_assert_eq!(units, units.round());
                    }
                }
            }
        }
    }
}

/// The sums of a place are the same whether they were gathered as the periods were played or read from the record.
pub(crate) fn check_places(gathered: &PlaceSums, measured: &PlaceSums) -> Result<(), TestCaseError> {
    prop_assert_eq!(gathered.periods, measured.periods);
    for (one, other) in gathered.nodes.rows().iter().zip(measured.nodes.rows()) {
        let numbers = |sums: &invmgmt::episode::NodeSums| {
            let (losses, costs) = (sums.losses, sums.costs.values());
            [
                sums.stock,
                sums.left,
                sums.shipped,
                sums.arrived,
                sums.crowded,
                sums.demand,
                sums.sold,
                sums.met_at_once,
                sums.waiting,
                sums.cycles,
                sums.served_cycles,
                losses.wasted,
                losses.overflowed,
                losses.destroyed,
                losses.lost_on_the_way,
                losses.lost_requests,
                costs[0],
                costs[1],
                costs[2],
            ]
        };
        let scale = numbers(other).iter().fold(1.0_f64, |scale, number| scale.max(number.abs()));
        for (one, other) in numbers(one).into_iter().zip(numbers(other)) {
            prop_assert!((one - other).abs() <= 1e-8 * scale, "{one} gathered, {other} measured");
        }
    }
    Ok(())
}

/// What a record says came in, went out and was lost explains what is on hand and on its way at its end.
fn check_ledger_of_goods(network: &Network, episode: &Episode) -> Result<(), TestCaseError> {
    let record = episode.trajectory();
    let periods = record.periods_played;
    let total = |symbol: Symbol| record[symbol].values.iter().sum::<f64>();
    let goods = |t: usize| {
        record[Symbol::OnHand].row(t).iter().sum::<f64>() + record[Symbol::OnOrder].row(t).iter().sum::<f64>()
    };
    let mut expected = goods(0);
    for t in 0..periods {
        for (filled, link) in record[Symbol::Filled].row(t).iter().zip(network.supply.rows()) {
            expected += filled - link.supplier.map_or(0.0, |supplier| supplier.stock_per_unit * filled);
        }
        let moved = record[Symbol::Moved].row(t);
        expected -= network.market.rows().iter().map(|link| moved[link.link.position()]).sum::<f64>();
    }
    for lost in [Symbol::Wasted, Symbol::Overflowed, Symbol::Destroyed, Symbol::LostOnTheWay, Symbol::Used] {
        expected -= total(lost);
    }
    let scale = goods(0) + total(Symbol::Filled) + 1.0;
    prop_assert!((goods(periods) - expected).abs() <= 1e-9 * scale, "{} against {expected}", goods(periods));
    Ok(())
}

/// Sums that parts of a state must agree in.
fn check_parts(network: &Network, row: &[f64], scale: f64) -> Result<(), TestCaseError> {
    use invmgmt::network::Part;
    let near = |a: f64, b: f64| (a - b).abs() <= 1e-9 * scale;
    for (ix, link) in network.supply.iter() {
        let first = network.layout.start(Part::InTransit) + link.first_slot;
        let slots: f64 = row[first..first + link.slots].iter().sum();
        let on_order = row[network.layout.start(Part::OnOrder) + ix.position()];
        prop_assert!(near(slots, on_order), "{slots} in slots, {on_order} on order");
    }
    if let Some(shelf) = network.physics.as_ref().and_then(|physics| physics.shelf.as_ref()) {
        for node in network.managed.indices() {
            let ages = &row[network.layout.start(Part::OnHandByLife)..][shelf.on_hand[node].range()];
            let ages: f64 = ages.iter().sum();
            let on_hand = row[network.layout.start(Part::OnHand) + node.position()];
            prop_assert!(near(ages, on_hand), "{ages} by age, {on_hand} on hand");
        }
    }
    for part in [Part::Requested, Part::Owed, Part::Waiting, Part::OnHandByLife, Part::InTransitByLife] {
        prop_assert!(row[network.layout.range(part)].iter().all(|&units| units >= -1e-9 * scale), "{part}");
    }
    Ok(())
}
