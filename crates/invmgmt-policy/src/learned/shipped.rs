//! Trained policies that come along.

use invmgmt::Problem;

use super::{Knows, LearnedError, Trained};

/// The files, as `make learned` wrote them.
const FILES: [&[u8]; 12] = [
    include_bytes!("../../learned/S01+S05+S17-blind.safetensors"),
    include_bytes!("../../learned/S01+S05+S17-family.safetensors"),
    include_bytes!("../../learned/S01+S05+S17-informed.safetensors"),
    include_bytes!("../../learned/S02+S06+S18-blind.safetensors"),
    include_bytes!("../../learned/S02+S06+S18-family.safetensors"),
    include_bytes!("../../learned/S02+S06+S18-informed.safetensors"),
    include_bytes!("../../learned/S09+S13+S19-blind.safetensors"),
    include_bytes!("../../learned/S09+S13+S19-family.safetensors"),
    include_bytes!("../../learned/S09+S13+S19-informed.safetensors"),
    include_bytes!("../../learned/S10+S14+S20-blind.safetensors"),
    include_bytes!("../../learned/S10+S14+S20-family.safetensors"),
    include_bytes!("../../learned/S10+S14+S20-informed.safetensors"),
];

/// The policy of this knowledge that comes along for a problem.
///
/// # Errors
/// [`LearnedError::None`] where there is none.
pub(crate) fn shipped(problem: &Problem, knows: Knows) -> Result<Trained, LearnedError> {
    let trained =
        FILES.iter().map(|bytes| Trained::from_bytes(bytes).expect("files that come along are sound"));
    let mut known = trained.filter(|trained| trained.about.knows == knows.name());
    known.find(|trained| trained.about.fits(problem)).ok_or_else(|| LearnedError::None(knows.name()))
}

#[cfg(test)]
mod tests {
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
        assert!(FILES.iter().map(|bytes| bytes.len()).sum::<usize>() < 1_000_000);
        for bytes in FILES {
            let trained = Trained::from_bytes(bytes).expect("sound");
            assert!(Knows::named(&trained.about.knows).is_some());
        }
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
            assert_eq!(information, [Information::Informed, Information::Family, Information::Blind]);
        }
    }

    #[test]
    fn where_none_comes_along_that_is_said() {
        let problem = problem("serial", Effects::default(), true, 20);
        let refused = parse("learned:family", &Knowledge::of(&problem)).expect_err("refused").to_string();
        assert!(
            refused.starts_with("learned:family comes along for the networks 'network' and 'serial'"),
            "{refused}"
        );
        assert!(refused.contains("gym-invmgmt train --knows family --out"), "{refused}");
    }
}
