//! Clark-Scarf and guaranteed service against published instances; section numbers are those of the project's
//! collection of known answers, S&S is Snyder & Shen, "Fundamentals of Supply Chain Theory" (2019).

use invmgmt_textbook::Demand;
use invmgmt_textbook::clark_scarf::{SerialPolicy, SerialStage, SerialSystem};
use invmgmt_textbook::guaranteed_service::{Effort, GuaranteedService, Placement, TreeStage};

/// Whether a number, rounded to as many decimals as the published one has, is the published one.
#[track_caller]
fn assert_published(ours: f64, published: &str) {
    let decimals = published.split_once('.').map_or(0, |(_, decimals)| decimals.len());
    println!("{published} {ours:.9}");
    assert_eq!(format!("{ours:.decimals$}"), published, "unrounded {ours}");
}

fn system(echelon_costs: &[f64], lead_times: &[f64], penalty: f64, demand: Demand) -> SerialSystem {
    let stages = echelon_costs.iter().zip(lead_times);
    let stages =
        stages.map(|(&echelon_holding_cost, &lead_time)| SerialStage { echelon_holding_cost, lead_time });
    SerialSystem { stages: stages.collect(), penalty, demand, constant_cost: 0.0 }
}

fn serial(echelon_costs: &[f64], lead_times: &[f64], penalty: f64, demand: Demand) -> SerialPolicy {
    system(echelon_costs, lead_times, penalty, demand).solve().expect("a sound instance")
}

/// The collection's continuous levels were found on a grid; ours may lie as far off as half its step.
#[track_caller]
fn assert_levels(ours: &[f64], published: &[f64], half_step: f64) {
    assert_eq!(ours.len(), published.len());
    for (ours, published) in ours.iter().zip(published) {
        println!("{published} {ours:.4}");
        assert!((ours - published).abs() <= half_step, "{ours} against {published}");
    }
}

/// The first stage's level has a closed form: demand over the lead time exceeds it with probability `h_1 / (p + h)`,
/// h the local rate. Values by Python's `statistics.NormalDist().inv_cdf`.
#[track_caller]
fn assert_closed_form(policy: &SerialPolicy, level: f64) {
    assert!((policy.echelon_levels[0] - level).abs() < 1e-9, "{} against {level}", policy.echelon_levels[0]);
}

const EXAMPLE_COSTS: [f64; 3] = [3.0, 2.0, 2.0];
const EXAMPLE_PENALTY: f64 = 37.12;

/// S&S, example 6.1 with normal demand (section 4.3).
#[test]
fn clark_scarf_of_example_6_1() {
    let demand = Demand::Normal { mean: 5.0, deviation: 1.0 };
    let policy = serial(&EXAMPLE_COSTS, &[1.0, 1.0, 2.0], EXAMPLE_PENALTY, demand);
    assert_levels(&policy.echelon_levels, &[6.49, 12.02, 22.71], 0.005);
    assert_closed_form(&policy, 6.490_880_975_286_938);
    assert_levels(&policy.local_levels, &[6.49, 5.53, 10.69], 0.005);
    assert_published(policy.cost, "47.660");
}

/// S&S, example 6.1 with Poisson demand (section 4.3).
#[test]
fn clark_scarf_of_example_6_1_with_poisson_demand() {
    let policy = serial(&EXAMPLE_COSTS, &[1.0, 1.0, 2.0], EXAMPLE_PENALTY, Demand::Poisson { mean: 5.0 });
    assert_eq!(policy.echelon_levels, [9.0, 15.0, 26.0]);
    assert_published(policy.cost, "72.0467");
}

/// S&S, example 6.1 with one more period at the first stage, both laws (section 4.3).
#[test]
fn clark_scarf_of_example_6_1_ordering_first() {
    let lead_times = [2.0, 1.0, 2.0];
    let normal = Demand::Normal { mean: 5.0, deviation: 1.0 };
    let policy = serial(&EXAMPLE_COSTS, &lead_times, EXAMPLE_PENALTY, normal);
    assert_levels(&policy.echelon_levels, &[12.10, 17.35, 27.85], 0.025);
    assert_closed_form(&policy, 12.108_424_095_134_815);
    assert_published(policy.cost, "71.186");
    let poisson = system(&EXAMPLE_COSTS, &lead_times, EXAMPLE_PENALTY, Demand::Poisson { mean: 5.0 });
    let policy = poisson.solve().expect("a sound instance");
    assert_eq!(policy.echelon_levels, [15.0, 20.0, 31.0]);
    assert_published(policy.cost, "99.740");
    assert_eq!(poisson.cost_of(&policy.echelon_levels), Ok(policy.cost));
    for other in [[14.0, 20.0, 31.0], [15.0, 22.0, 31.0], [15.0, 20.0, 30.0], [16.0, 21.0, 33.0]] {
        assert!(poisson.cost_of(&other).expect("sound levels") >= policy.cost, "{other:?}");
    }
}

/// S&S, problem 6.1 (section 4.3).
#[test]
fn clark_scarf_of_problem_6_1() {
    let demand = Demand::Normal { mean: 100.0, deviation: 15.0 };
    let policy = serial(&[1.0, 1.0], &[1.0, 1.0], 15.0, demand);
    assert_levels(&policy.echelon_levels, &[123.4, 228.4], 0.075);
    assert_closed_form(&policy, 123.470_897_070_426_99);
    assert_published(policy.cost, "166.25");
}

/// S&S, problem 6.2a (section 4.3).
#[test]
fn clark_scarf_of_problem_6_2a() {
    let demand = Demand::Normal { mean: 64.0, deviation: 8.0 };
    let policy = serial(&[2.0, 2.0, 1.0, 1.0, 1.0], &[0.5; 5], 24.0, demand);
    assert_levels(&policy.echelon_levels, &[40.6, 74.3, 109.1, 142.1, 174.5], 0.05);
    assert_closed_form(&policy, 40.586_704_016_879_295);
    assert_published(policy.cost, "451.61");
}

/// The instance of stockpyl's README (section 4.3).
#[test]
fn clark_scarf_of_stockpyls_readme() {
    let demand = Demand::Normal { mean: 10.0, deviation: 2.0 };
    let policy = serial(&[4.0, 3.0, 1.0], &[1.0, 1.0, 2.0], 40.0, demand);
    assert_levels(&policy.echelon_levels, &[12.75, 23.55, 46.30], 0.025);
    assert_closed_form(&policy, 12.765_988_254_201_275);
    assert_published(policy.cost, "86.016");
}

/// Shang & Song (2003), cases 1 and 17 (section 4.3).
#[test]
fn clark_scarf_of_shang_and_song() {
    let cases = [(9.0, [8.0, 13.0, 18.0, 22.0], "12.6879"), (99.0, [11.0, 17.0, 22.0, 27.0], "16.2055")];
    for (penalty, levels, cost) in cases {
        let policy = serial(&[0.25; 4], &[0.25; 4], penalty, Demand::Poisson { mean: 16.0 });
        assert_eq!(policy.echelon_levels, levels);
        assert_published(policy.cost, cost);
    }
}

/// The normal instance of the beer game, local holding 1, .75, .5, .25, exposures 4, 4, 4, 3 (section 4.14).
#[test]
fn clark_scarf_of_the_beer_game_with_normal_demand() {
    let demand = Demand::Normal { mean: 10.0, deviation: 2.0 };
    let policy = serial(&[0.25; 4], &[4.0, 4.0, 4.0, 3.0], 10.0, demand);
    assert_levels(&policy.local_levels, &[48.0, 42.5, 41.45, 30.3], 0.025);
    assert_published(policy.cost, "72.50");
}

/// One stage exposed to L + 1 demands (section 4.15).
#[test]
fn a_single_stage_is_the_newsvendor_of_section_4_15() {
    let normal = Demand::Normal { mean: 5.0, deviation: 1.6 };
    let policy = serial(&[1.0], &[5.0], 9.0, normal);
    assert_published(policy.echelon_levels[0], "29.585");
    assert_published(policy.cost, "6.2788");
    let policy = serial(&[1.0], &[3.0], 9.0, Demand::Poisson { mean: 5.0 });
    assert_eq!(policy.echelon_levels, [20.0]);
    assert_published(policy.cost, "7.12300");
}

/// Stock is never cheaper held below than above, but a stage that gets everything at once need hold none: the
/// system costs what one stage with both rates costs, and goods on their way to it at the upper rate, 2 x 2 x 5.
#[test]
fn a_stage_without_lead_time_holds_nothing() {
    for demand in [Demand::Normal { mean: 5.0, deviation: 1.0 }, Demand::Poisson { mean: 5.0 }] {
        let two = serial(&[3.0, 2.0], &[2.0, 0.0], 20.0, demand.clone());
        let one = serial(&[5.0], &[2.0], 20.0, demand);
        assert!((two.cost - one.cost - 20.0).abs() < 1e-5, "{} against {}", two.cost, one.cost);
        assert!((two.local_levels[0] - one.local_levels[0]).abs() < 1e-5);
        assert!(two.local_levels[1].abs() < 1e-5);
    }
}

/// A first stage that waits for nothing ships what it gets: the system is the one without it, one stage or two.
#[test]
fn a_first_stage_without_lead_time_is_as_if_it_were_not_there() {
    for demand in [Demand::Normal { mean: 5.0, deviation: 1.0 }, Demand::Poisson { mean: 5.0 }] {
        for idle in [&[0.0][..], &[0.0, 0.0]] {
            let (costs, times) =
                ([vec![3.0; idle.len()], vec![2.0, 2.0]].concat(), [idle, &[1.0, 2.0]].concat());
            let with = serial(&costs, &times, 37.12, demand.clone());
            let without = serial(&[2.0, 2.0], &[1.0, 2.0], 37.12, demand.clone());
            assert!((with.cost - without.cost).abs() < 1e-9, "{} against {}", with.cost, without.cost);
            assert!(with.echelon_levels[..idle.len()].iter().all(|&level| level == 0.0));
            assert_eq!(with.echelon_levels[idle.len()..], without.echelon_levels);
        }
    }
}

fn stage(processing_time: u32, holding_cost: f64, promised: Option<u32>, deviation: f64) -> TreeStage {
    TreeStage {
        processing_time,
        holding_cost,
        external_inbound_time: 0,
        promised_service_time: promised,
        demand_deviation: deviation,
    }
}

fn place(stages: Vec<TreeStage>, links: &[(usize, usize)], safety_factor: f64) -> Placement {
    GuaranteedService { stages, links: links.to_vec(), quantities: vec![], safety_factor }
        .solve()
        .expect("a sound instance")
}

fn service_times(placement: &Placement) -> Vec<usize> {
    placement.stages.iter().map(|stage| stage.service_time).collect()
}

/// S&S, example 6.3: serial 3 -> 2 -> 1; stages by their number less one (section 4.9).
#[test]
fn guaranteed_service_of_example_6_3() {
    let mut stages = vec![stage(1, 7.0, Some(1), 1.0), stage(0, 4.0, None, 0.0), stage(1, 2.0, None, 0.0)];
    stages[2].external_inbound_time = 1;
    let placement = place(stages, &[(2, 1), (1, 0)], 1.0);
    assert!((placement.cost - 8.0_f64.sqrt()).abs() < 1e-12);
    assert_eq!(service_times(&placement), [1, 0, 0]);
}

/// S&S, example 6.5: tree 1 -> 3, 3 -> 2, 3 -> 4; where the cost arises is known too (section 4.9).
#[test]
fn guaranteed_service_of_example_6_5() {
    let mut stages = vec![
        stage(2, 1.0, None, 0.0),
        stage(1, 3.0, Some(0), 1.0),
        stage(1, 2.0, None, 0.0),
        stage(1, 3.0, Some(1), 1.0),
    ];
    stages[0].external_inbound_time = 1;
    let placement = place(stages.clone(), &[(0, 2), (2, 1), (2, 3)], 1.0);
    assert!((placement.cost - (8.0_f64.sqrt() + 6.0_f64.sqrt() + 3.0)).abs() < 1e-12);
    assert_eq!(service_times(&placement), [0, 0, 0, 1]);
    let costs =
        placement.stages.iter().zip(&stages).map(|(placed, stage)| placed.safety_stock * stage.holding_cost);
    let expected = [6.0_f64.sqrt(), 3.0, 8.0_f64.sqrt(), 0.0];
    assert!(costs.zip(expected).all(|(cost, expected)| (cost - expected).abs() < 1e-12));
}

/// S&S, problem 6.7: serial 3 -> 2 -> 1 (section 4.9).
#[test]
fn guaranteed_service_of_problem_6_7() {
    let mut stages = vec![stage(2, 4.0, Some(0), 10.0), stage(1, 3.0, None, 0.0), stage(1, 2.0, None, 0.0)];
    stages[2].external_inbound_time = 1;
    let placement = place(stages, &[(2, 1), (1, 0)], 4.0);
    assert!((placement.cost - 160.0 * 5.0_f64.sqrt()).abs() < 1e-10);
    assert_eq!(service_times(&placement), [0, 3, 2]);
}

/// S&S, problem 6.8: serial 10 -> ... -> 1 (section 4.9). Its data are listed from stage 10 to stage 1.
#[test]
fn guaranteed_service_of_problem_6_8() {
    let costs = [0.87, 0.98, 1.10, 1.15, 2.37, 2.47, 2.93, 3.04, 4.56, 5.73];
    let times = [5, 1, 5, 9, 5, 8, 15, 2, 10, 5];
    let mut stages: Vec<TreeStage> =
        costs.iter().zip(times).map(|(&cost, time)| stage(time, cost, None, 0.0)).collect();
    stages[0].external_inbound_time = 7;
    stages[9].promised_service_time = Some(3);
    stages[9].demand_deviation = 15.8;
    let links: Vec<(usize, usize)> = (0..9).map(|supplier| (supplier, supplier + 1)).collect();
    let placement = place(stages, &links, 2.053_748_9);
    assert_published(placement.cost, "1378.302");
    assert_eq!(service_times(&placement), [12, 13, 18, 0, 5, 13, 28, 0, 10, 3]);
}

/// Every placement of a small assembly and distribution tree, tried one by one; any numbering finds the best.
#[test]
fn guaranteed_service_is_the_best_of_all_placements_under_any_numbering() {
    let stages = [
        stage(3, 1.0, None, 0.0),
        stage(2, 1.5, None, 0.0),
        stage(1, 3.2, Some(4), 0.7),
        stage(2, 4.5, Some(1), 1.0),
        stage(1, 4.0, Some(0), 2.0),
    ];
    let links = [(0, 2), (1, 2), (2, 3), (2, 4)];
    let deviations = [5.49_f64.sqrt(), 5.49_f64.sqrt(), 5.49_f64.sqrt(), 1.0, 2.0];
    let mut best = f64::INFINITY;
    let longest = [3, 2, 4, 1, 0];
    let choices: usize = longest.iter().map(|time| time + 1).product();
    for choice in 0..choices {
        let mut rest = choice;
        let service = longest.map(|time| {
            let digit = rest % (time + 1);
            rest /= time + 1;
            digit
        });
        let inbound = [0, 0, service[0].max(service[1]), service[2], service[2]];
        let nets =
            (0..5).map(|at| (inbound[at] + stages[at].processing_time as usize).checked_sub(service[at]));
        let cost: f64 = nets
            .enumerate()
            .map(|(at, net)| {
                net.map_or(f64::INFINITY, |net| {
                    stages[at].holding_cost * deviations[at] * (net as f64).sqrt()
                })
            })
            .sum();
        best = best.min(cost);
    }
    for numbering in [[0, 1, 2, 3, 4], [4, 2, 0, 1, 3], [2, 4, 3, 0, 1], [1, 3, 4, 2, 0]] {
        let mut shuffled = vec![stages[0].clone(); 5];
        stages.iter().zip(numbering).for_each(|(stage, at)| shuffled[at] = stage.clone());
        let links = links.map(|(from, to)| (numbering[from], numbering[to]));
        assert!((place(shuffled, &links, 1.0).cost - best).abs() < 1e-12, "{numbering:?}");
    }
}

/// The least cost of all placements of an instance, tried one by one.
fn least_of_all(instance: &GuaranteedService) -> f64 {
    let deviations = instance.deviations().expect("a sound instance");
    let mut best = f64::INFINITY;
    let mut service = vec![0_usize; instance.stages.len()];
    loop {
        let inbound = |stage: usize| {
            let suppliers = instance.links.iter().filter(|link| link.1 == stage);
            let own = instance.stages[stage].external_inbound_time as usize;
            suppliers.map(|link| service[link.0]).fold(own, usize::max)
        };
        let mut cost = 0.0;
        for (stage, settings) in instance.stages.iter().enumerate() {
            let time = inbound(stage) + settings.processing_time as usize;
            let accepted = settings.promised_service_time.is_none_or(|most| service[stage] <= most as usize);
            cost += match time.checked_sub(service[stage]) {
                Some(net) if accepted => {
                    settings.holding_cost * instance.safety_factor * deviations[stage] * (net as f64).sqrt()
                }
                _ => f64::INFINITY,
            };
        }
        best = best.min(cost);
        let Some(next) = service.iter().position(|&time| time < 7) else { return best };
        service[..next].fill(0);
        service[next] += 1;
    }
}

/// Small networks that are no trees, of many shapes, against every placement there is.
#[test]
fn guaranteed_service_on_networks_that_are_no_trees_is_the_best_of_all_placements() {
    let mut word = 7_u64;
    let mut random = |below: u64| {
        word = word.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (word >> 33) % below
    };
    let mut loops = 0;
    for _ in 0..24 {
        let count = 5;
        let mut links = Vec::new();
        for to in 1..count {
            for from in 0..to {
                if random(10) < 6 {
                    links.push((from, to));
                }
            }
        }
        let stages: Vec<TreeStage> = (0..count)
            .map(|at| {
                let sells = links.iter().any(|&(from, _)| from == at);
                let promise = (!sells || random(4) == 0).then(|| random(2) as u32);
                let deviation = if promise.is_some() { 1.0 + random(5) as f64 } else { 0.0 };
                let mut stage = stage(random(3) as u32, 1.0 + random(9) as f64, promise, deviation);
                stage.external_inbound_time = u32::from(random(6) == 0);
                stage
            })
            .collect();
        let quantities = links.iter().map(|_| 1.0 + random(3) as f64).collect();
        let instance = GuaranteedService { stages, links, quantities, safety_factor: 1.5 };
        let placement = instance.solve().expect("a sound instance");
        loops += usize::from(placement.trees > 1);
        let least = least_of_all(&instance);
        assert!((placement.cost - least).abs() < 1e-9, "{} {least} {instance:?}", placement.cost);
        assert!(placement.is_proved());
        for &(from, to) in &instance.links {
            assert!(placement.stages[from].service_time <= placement.stages[to].inbound_service_time);
        }
    }
    assert!(loops > 5, "{loops} of 24 needed more than one tree");
}

/// A part that goes into a product on two ways, 2 x 3 on one and 5 on the other: 11 of it in each, whose deviations do
/// not cancel; of another product it takes 1, independent of the first.
#[test]
fn what_a_customer_wants_adds_up_over_all_paths() {
    let stages = vec![
        stage(1, 1.0, None, 0.0),
        stage(1, 1.0, None, 0.0),
        stage(1, 1.0, Some(0), 10.0),
        stage(1, 1.0, Some(0), 40.0),
    ];
    let links = vec![(0, 1), (1, 2), (0, 2), (0, 3)];
    let instance =
        GuaranteedService { stages, links, quantities: vec![2.0, 3.0, 5.0, 1.0], safety_factor: 1.0 };
    let deviations = instance.deviations().expect("a sound instance");
    assert_eq!(deviations[1..], [30.0, 10.0, 40.0]);
    assert!((deviations[0] - (110.0_f64.powi(2) + 40.0_f64.powi(2)).sqrt()).abs() < 1e-9);
}

/// Less effort than a proof takes gives a placement and a bound, and says that nothing was proved.
#[test]
fn a_search_that_is_cut_short_says_so() {
    let stages: Vec<TreeStage> = (0..24)
        .map(|at| {
            stage(
                1 + at % 5,
                1.0 + f64::from(at * 7 % 13),
                (at >= 18).then_some(0),
                if at >= 18 { 3.0 } else { 0.0 },
            )
        })
        .collect();
    let links: Vec<(usize, usize)> = (0..18_usize)
        .flat_map(|from| [1, 4, 6].map(|step| (from, from + step)))
        .filter(|&(_, to)| to < 24)
        .collect();
    let instance = GuaranteedService { stages, links, quantities: vec![], safety_factor: 2.0 };
    let short = instance.solve_with(Effort { trees: 2, pairs: usize::MAX }).expect("a sound instance");
    let long = instance.solve().expect("a sound instance");
    assert!(!short.is_proved() && short.at_least < short.cost, "{short:?}");
    assert!(long.cost <= short.cost && long.at_least >= short.at_least - 1e-9);
    assert!(short.at_least <= long.cost);
}
