//! Trained policies that come along.

use invmgmt::Problem;

use super::{Knows, LearnedError, Trained};

/// Names of files and what is in them.
macro_rules! files {
    ($($name:literal,)*) => {
        [$(($name, include_bytes!(concat!("../../learned/", $name, ".safetensors")).as_slice())),*]
    };
}

/// The files, as `make learned` wrote them: what each is trained on, and what it knows.
const FILES: [(&str, &[u8]); 19] = files![
    "N01-informed",
    "N06-informed",
    "S01+S05+S17-blind",
    "S01+S05+S17-family",
    "S01+S05+S17-informed",
    "S02+S06+S18-blind",
    "S02+S06+S18-family",
    "S02+S06+S18-informed",
    "S09+S13+S19-blind",
    "S09+S13+S19-family",
    "S09+S13+S19-informed",
    "S10+S14+S20-blind",
    "S10+S14+S20-family",
    "S10+S14+S20-informed",
    "dual_sourcing_U4_L4_b495_c10-informed",
    "lost_sales_poisson_L4_p19-informed",
    "lost_sales_poisson_L4_p39-informed",
    "lost_sales_poisson_L4_p9-informed",
    "random_lead_time_lost_sales_unit-informed",
];

/// The policy of this knowledge that comes along for a problem.
///
/// # Errors
/// [`LearnedError::None`] where there is none.
pub(crate) fn shipped(problem: &Problem, knows: Knows) -> Result<Trained, LearnedError> {
    let trained = FILES.iter().filter(|(name, _)| name.ends_with(knows.name()));
    let trained =
        trained.map(|(_, bytes)| Trained::from_bytes(bytes).expect("files that come along are sound"));
    let known: Vec<Trained> = trained.collect();
    let single = known.iter().filter_map(|trained| match &trained.about.problems[..] {
        [problem] => Some(problem.clone()),
        _ => None,
    });
    let problems = single.collect();
    let found = known.into_iter().find(|trained| trained.about.fits(problem));
    found.ok_or(LearnedError::None { knows: knows.name(), problems })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{Information, Knowledge, parse};
    use invmgmt::batch::rollout;
    use invmgmt::demand::{DemandConfig, DemandModel, Effects};
    use invmgmt::network::preset;
    use invmgmt::period::Rules;

    fn problem(network: &str, effects: Effects, backlog: bool, num_periods: usize) -> Problem {
        let config = DemandConfig { base_mu: Some(20.0), effects, ..DemandConfig::default() };
        let network = preset(network).expect("a preset").compile().expect("valid");
        let demand = DemandModel::new(config).expect("usable");
        Problem::new(network, demand, Rules { backlog, discount: 1.0 }, num_periods)
    }

    #[test]
    fn the_files_are_sound_and_together_below_a_megabyte() {
        assert!(FILES.iter().map(|(_, bytes)| bytes.len()).sum::<usize>() < 1_000_000);
        for (name, bytes) in FILES {
            let trained = Trained::from_bytes(bytes).expect("sound");
            let (problems, knows) =
                name.rsplit_once('-').expect("what it knows behind what it is trained on");
            assert_eq!(trained.about.knows, knows);
            let trained_on = trained.about.problems.join("+");
            assert_eq!(problems, trained_on.replace(|c: char| !c.is_alphanumeric() && c != '+', "_"));
        }
    }

    #[test]
    fn every_file_of_the_folder_comes_along() {
        let folder = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/learned")).expect("a folder");
        let names = folder.map(|entry| entry.expect("readable").file_name().into_string().expect("a name"));
        let mut there: Vec<String> =
            names.filter_map(|name| name.strip_suffix(".safetensors").map(str::to_owned)).collect();
        there.sort();
        let mut here = FILES.map(|(name, _)| name);
        here.sort_unstable();
        assert_eq!(there, here);
    }

    /// At least 97.5, 92 and 85 percent of what one earns who knows all demand to come (`oracle`), and every level more
    /// than the one that knows less.
    #[test]
    fn each_level_comes_along_for_both_networks_and_rules_and_earns_its_share() {
        let seeds: Vec<u64> = (10_000..10_010).collect();
        let effects = Effects { trend: true, seasonal: true, shock: false };
        for (network, backlog) in [("network", true), ("network", false), ("serial", true), ("serial", false)]
        {
            let problem = problem(network, effects, backlog, 30);
            let known = Knowledge::of(&problem);
            let earned = |spec: &str| -> f64 {
                let policy = || parse(spec, &known).expect("a policy");
                let figures = rollout(&problem, &seeds, 1, policy).expect("plays");
                figures.iter().map(|figures| figures.kpis.total_profit).sum()
            };
            let most = earned("oracle");
            let specs = ["learned:informed", "learned:family", "learned:blind"];
            let shares = specs.map(|spec| earned(spec) / most);
            assert!(
                shares[0] > 0.975 && shares[1] > 0.92 && shares[2] > 0.85,
                "{network}, {backlog}: {shares:?}"
            );
            assert!(shares.is_sorted_by(|more, less| more > less), "{network}, {backlog}: {shares:?}");
            let information = specs.map(|spec| parse(spec, &known).expect("a policy").information());
            assert_eq!(
                information,
                [Information::Informed, Information::FamilyParameters, Information::Blind]
            );
        }
    }

    #[test]
    fn one_trained_on_a_single_problem_comes_along_for_that_problem_and_its_demand_alone() {
        let suite = invmgmt_data::suite("classics-1").expect("comes along");
        let case = |id: &str| {
            let case = suite.problems().iter().find(|case| case.id == id).expect("one of the suite");
            case.scenario.problem.clone()
        };
        let informed = |problem: &Problem| shipped(problem, Knows::Informed);
        for name in
            ["lost-sales-poisson-L4-p9", "lost-sales-poisson-L4-p39", "random-lead-time-lost-sales-unit"]
        {
            assert_eq!(informed(&case(name)).expect("comes along").about.problems, [name]);
        }
        // The same network and rules under other demand.
        let refused = informed(&case("lost-sales-geometric-L4-p9")).map(|trained| trained.about);
        let refused = refused.expect_err("of other demand");
        let refused = refused.to_string();
        assert!(
            refused.contains(", and for N01, N06, dual-sourcing-U4-L4-b495-c10, lost-sales-poisson"),
            "{refused}"
        );
        assert!(refused.contains("-unit with the demand they state; none fits"), "{refused}");
        let mut other = case("lost-sales-poisson-L4-p9");
        let config = DemandConfig { base_mu: Some(6.0), ..other.demand.config.clone() };
        other.demand = Arc::new(DemandModel::new(config).expect("usable"));
        assert!(informed(&other).is_err());
        assert!(shipped(&case("lost-sales-poisson-L4-p9"), Knows::Blind).is_err());
    }

    #[test]
    fn where_none_comes_along_that_is_said() {
        let problem = problem("serial", Effects::default(), true, 20);
        let refused = parse("learned:family", &Knowledge::of(&problem)).expect_err("refused").to_string();
        assert!(
            refused.starts_with(
                "learned:family comes along for the networks 'network' and 'serial' over 30 periods; none fits"
            ),
            "{refused}"
        );
        assert!(refused.contains("gym-invmgmt train --knows family --out"), "{refused}");
    }
}
