//! Every policy on every mechanism: it plays, or refuses by name with the policies that play; nothing else.

use invmgmt::Problem;
use invmgmt::adjoint;
use invmgmt::batch::rollout;
use invmgmt::demand::{DemandConfig, DemandModel};
use invmgmt::episode::Episode;
use invmgmt::features::{FeatureLayout, Features};
use invmgmt::mechanism::{Mechanism, Stance};
use invmgmt::period::Rules;
use invmgmt_data::network_from_yaml;
use invmgmt_policy::{Knowledge, POLICIES, parse};

const PERIODS: usize = 6;

/// A spec of every form, on two nodes and two supply links; files and trained policies are asked for their scope only.
const SPECS: [(&str, &[&str]); 21] = [
    ("constant", &["constant:5", "constant:5@2"]),
    ("basestock", &["basestock:20,40"]),
    ("echelon", &["echelon:20,60"]),
    ("ss", &["ss:10/20,20/40", "ss:blind", "ss:informed"]),
    ("rq", &["rq:10/5,20/10"]),
    ("capped", &["capped:20/5,40/10"]),
    ("cascade", &["cascade:20,40"]),
    ("ages", &["ages:20,40"]),
    ("joint", &["joint:10/15/20,20/30/40"]),
    ("dual", &["dual:15/20/5,30/40/9"]),
    ("balanced", &["balanced:20,60"]),
    ("newsvendor", &["newsvendor:blind", "newsvendor:informed"]),
    ("exp-smoothing", &["exp-smoothing:blind", "exp-smoothing:informed"]),
    ("echelon-basestock", &["echelon-basestock:blind", "echelon-basestock:informed"]),
    ("dlp", &["dlp:blind", "dlp:informed"]),
    ("mssp", &["mssp:blind", "mssp:informed"]),
    ("mpc", &["mpc:blind", "mpc:family", "mpc:informed"]),
    ("oracle", &["oracle"]),
    ("table", &[]),
    ("learned", &[]),
    ("best-known", &[]),
];

/// How each mechanism is declared: keys of the file, of the depot, of the lane to the shop.
fn declared(mechanism: Mechanism) -> Option<[&'static str; 3]> {
    Some(match mechanism {
        Mechanism::FixedOrderCosts => ["", "", "K: 5"],
        Mechanism::Yield => ["", "C: 50, o: 0, v: 0.9", ""],
        Mechanism::Capacity => ["", "C: 50, o: 0, v: 1", ""],
        Mechanism::Salvage => ["", "salvage_value: 1", ""],
        Mechanism::LostSales | Mechanism::Goodwill => ["", "", ""],
        Mechanism::Timeline => ["timeline: beer", "", ""],
        Mechanism::WholeUnits => ["units: whole", "", ""],
        Mechanism::OrderDelays => ["", "", "order_delay: 1"],
        Mechanism::Waiting => ["", "", "unmet: wait, b: 1"],
        Mechanism::Allocation => ["", "allocation: proportional", ""],
        Mechanism::RandomLeadTimes => ["", "", "L: {uniform: [1, 3]}, draw: order, crossing: free"],
        Mechanism::OrderSizes => ["", "", "multiple: 5"],
        Mechanism::LinkCaps => ["", "", "cap: 7"],
        Mechanism::Space => ["", "storage: {space: 60, overflow: discard}", ""],
        Mechanism::ShelfLife => ["life: 4", "", ""],
        Mechanism::Disruptions => ["disruptions: [{where: farm, what: ship, up_down: [0.2, 0.5]}]", "", ""],
        Mechanism::RandomYield => ["", "", "yield: {all_or_nothing: 0.8}"],
        // Several products, and what only they have, stand in a file of their own.
        Mechanism::Products | Mechanism::Recipes | Mechanism::Resources | Mechanism::JointCosts => {
            return None;
        }
    })
}

/// A problem that uses just this mechanism.
fn problem(mechanism: Mechanism) -> Problem {
    let Some([file, depot, lane]) = declared(mechanism) else { return dairy(mechanism) };
    let with = |keys: &str| if keys.is_empty() { String::new() } else { format!(", {keys}") };
    let lead_time = if lane.contains("L: ") { "" } else { ", L: 2" };
    let text = format!(
        "{file}\nnodes:\n  - {{id: town}}\n  - {{id: shop, I0: 20, h: 0.1}}\n  - {{id: depot, I0: 40, h: 0.05{}}}\n  \
         - {{id: farm}}\nedges:\n  \
         - {{from: shop, to: town, p: 5, b: 1, demand_dist: poisson, dist_param: {{mu: 6}}}}\n  \
         - {{from: depot, to: shop, p: 2, g: 0.01{lead_time}{}}}\n  \
         - {{from: farm, to: depot, p: 1, g: 0.01, L: 3}}\n",
        with(depot),
        with(lane),
    );
    let network = network_from_yaml(&text).unwrap_or_else(|error| panic!("{mechanism}: {error}"));
    let config = DemandConfig { use_goodwill: mechanism == Mechanism::Goodwill, ..DemandConfig::default() };
    let demand = DemandModel::new(config).expect("usable");
    let rules = Rules { backlog: mechanism != Mechanism::LostSales, discount: 1.0 };
    Problem::new(network, demand, rules, PERIODS)
}

/// A dairy that makes cheese of milk, or two products side by side.
fn dairy(mechanism: Mechanism) -> Problem {
    let recipe = "recipes: [{make: cheese, from: {milk: 2}, L: 1}]";
    let (recipe, shared) = match mechanism {
        Mechanism::Recipes => (recipe, ""),
        Mechanism::Resources => {
            (recipe, "resources: [{name: vat, per_period: 9, use: {'depot: cheese': 1}}]\n")
        }
        Mechanism::JointCosts => {
            ("", "joint: [{links: [[farm, depot, milk], [farm, depot, cheese]], K: 5}]\n")
        }
        _ => ("", ""),
    };
    let with = if recipe.is_empty() { String::new() } else { format!(", {recipe}") };
    let carried = if recipe.is_empty() { "products: [milk, cheese]" } else { "product: milk" };
    let text = format!(
        "products: [milk, cheese]\nnodes:\n  - {{id: town}}\n  - {{id: depot, I0: 40, h: 0.05{with}}}\n  - {{id: farm}}\n\
         edges:\n  - {{from: depot, to: town, p: 5, b: 1, demand_dist: poisson, dist_param: {{mu: 6}}}}\n  \
         - {{from: farm, to: depot, {carried}, p: 1, g: 0.01, L: 2}}\n{shared}"
    );
    let network = network_from_yaml(&text).unwrap_or_else(|error| panic!("{mechanism}: {error}"));
    let demand = DemandModel::new(DemandConfig::default()).expect("usable");
    Problem::new(network, demand, Rules::default(), PERIODS)
}

#[test]
fn a_problem_uses_the_mechanism_it_is_made_for() {
    for mechanism in Mechanism::ALL {
        let used = problem(mechanism).mechanisms();
        assert!(used.set().contains(mechanism), "{mechanism}: {}", used.set());
    }
}

#[test]
fn every_policy_plays_every_mechanism_or_refuses_it_by_name() {
    for form in POLICIES {
        assert!(SPECS.iter().any(|(name, _)| *name == form.name), "no spec of {}", form.name);
    }
    let (mut played, mut refused) = (0, 0);
    for mechanism in Mechanism::ALL {
        let problem = problem(mechanism);
        let used = problem.mechanisms();
        for (name, specs) in SPECS {
            for spec in specs {
                let forms = POLICIES.iter().filter(|form| form.name == name);
                let admits = forms.filter(|form| form.scope.admit(&used).is_ok()).count();
                match parse(spec, &Knowledge::of(&problem)) {
                    Ok(_) => {
                        assert!(admits > 0, "{spec} plays {mechanism}, which its scope refuses");
                        let make = || parse(spec, &Knowledge::of(&problem)).expect("as before");
                        let played_out = rollout(&problem, &[3, 4], 1, make);
                        assert!(played_out.is_ok(), "{spec}, {mechanism}: {:?}", played_out.err());
                        played += 1;
                    }
                    Err(error) => {
                        let message = error.to_string();
                        let of_shape = ["expected an assembly", "('joint')", "has two suppliers"];
                        if of_shape.iter().any(|words| message.contains(words)) {
                            // The shape of the network is the matter, not what it uses.
                            refused += 1;
                            continue;
                        }
                        let is_named =
                            [name, mechanism.name(), "constant"].iter().all(|word| message.contains(word));
                        assert!(
                            is_named && message.contains("does not model"),
                            "{spec}, {mechanism}: {message}"
                        );
                        refused += 1;
                    }
                }
            }
        }
    }
    assert!(played > 200 && refused > 50, "{played} played, {refused} refused");
}

/// What only a scope can be asked of, every mechanism has a stance; one that is refused is named with its place.
#[test]
fn forms_that_need_files_and_the_gradient_have_a_stance_on_every_mechanism() {
    for mechanism in Mechanism::ALL {
        let problem = problem(mechanism);
        let used = problem.mechanisms();
        for form in POLICIES.iter().filter(|form| ["table", "learned", "best-known"].contains(&form.name)) {
            if form.scope.stance(mechanism) == Stance::Refuses {
                let message = form.scope.admit(&used).expect_err("refused").to_string();
                assert!(message.contains(mechanism.name()), "{}: {message}", form.name);
            }
        }
        let admitted = adjoint::admit(&problem, &adjoint::Surrogates::default());
        assert_eq!(admitted.is_ok(), adjoint::SCOPE.admit(&used).is_ok(), "{mechanism}");
        if let Err(refusal) = admitted {
            assert!(refusal.to_string().contains(mechanism.name()), "{refusal}");
        }
    }
}

/// Observations made of features: every layout is written on every mechanism, and all its numbers are numbers.
#[test]
fn every_layout_of_features_is_written_on_every_mechanism() {
    for mechanism in Mechanism::ALL {
        let problem = problem(mechanism);
        for (name, layout) in FeatureLayout::NAMES {
            let features = Features::new(&problem.network, layout);
            let mut episode = Episode::begin(&problem, 3).expect("an episode");
            let requests = vec![9.0; problem.network.supply.len()];
            episode.step(&requests).expect("a step");
            let (view, mut out) = (episode.view(), vec![f64::NAN; features.len()]);
            let recent = vec![6.0; invmgmt::features::WINDOW * problem.network.market.len()];
            let known = features.known_mean(&problem.demand, &view);
            features.write(&view, &recent, known, &mut out);
            assert!(out.iter().all(|number| number.is_finite()), "{mechanism}, {name}: {out:?}");
        }
    }
}
