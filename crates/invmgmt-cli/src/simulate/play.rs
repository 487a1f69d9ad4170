//! Every policy plays every seed.

use invmgmt::episode::{ActionError, Episode, Measured, Policy, Trajectory, kpis, places};
use invmgmt_policy::estimate::Estimate;
use invmgmt_policy::{Knowledge, NamedPolicy, Throttle, parse, throttles};

use super::Setting;
use super::figures::{FIGURES, OfPlaces, Values, values};
use super::progress::Progress;
use crate::failure::{Failure, warn};

/// Periods between two looks at the clock.
const BREATH: usize = 4096;

/// What a policy earned.
pub(super) struct Outcome {
    /// The policy as given.
    pub spec: String,
    /// The name of what it knows of demand.
    pub information: &'static str,
    /// What it leaves out of account of what is played, in words.
    pub simplifies: Vec<&'static str>,
    /// Key figures per seed, in the order of the seeds.
    pub episodes: Vec<Values>,
    /// What places came to on average.
    pub places: OfPlaces,
    /// The record of the first seed's episode, kept if a file is to be written from it.
    pub first_record: Option<Trajectory>,
}

impl Outcome {
    /// What the policy leaves out of account, as a sentence, if it leaves out anything.
    pub fn simplified(&self) -> Option<String> {
        let spec = self.spec.escape_debug();
        (!self.simplifies.is_empty()).then(|| format!("{spec} {}", self.simplifies.join(", ")))
    }

    /// Each key figure over all seeds.
    pub fn estimates(&self) -> Vec<Estimate> {
        let estimate = |figure: usize| {
            let values: Vec<f64> = self.episodes.iter().map(|values| values[figure]).collect();
            Estimate::over(&values).expect("a run has at least one seed")
        };
        (0..FIGURES.len()).map(estimate).collect()
    }
}

/// Plays all policies on all seeds; the policies are read before the first is played.
pub(super) fn play_all(setting: &Setting<'_>) -> Result<Vec<Outcome>, Failure> {
    let given = setting.given;
    let known = Knowledge::of(&setting.problem);
    let mut policies = Vec::with_capacity(given.policies.len());
    for spec in &given.policies {
        let policy = parse(spec, &known).map_err(|error| Failure::Refused(format!("--policy: {error}")))?;
        policies.push((spec, policy));
    }
    for spec in &given.policies {
        warn_of_throttles(spec, &known);
    }
    let episodes = (policies.len() * given.seeds.0.len()) as u64;
    let mut progress = Progress::new(episodes.saturating_mul(setting.problem.num_periods as u64));
    policies
        .into_iter()
        .enumerate()
        .map(|(position, (spec, mut policy))| {
            let output = &given.output;
            let first_is_written = output.trajectory.is_some() || output.video.is_some();
            let keep = output.report.is_some() || (first_is_written && position == 0);
            play_seeds(setting, spec, &mut policy, keep, &mut progress)
        })
        .collect()
}

/// Says on stderr which levels of a policy cannot carry what is wanted of them.
fn warn_of_throttles(spec: &str, known: &Knowledge<'_>) {
    for throttle in throttles(spec, known) {
        let (who, advice) = in_words(&throttle, known);
        warn(&format!(
            "{}: {who} on average; requests between nodes that cannot be filled are forgotten, so what customers are \
             owed grows without end, or is lost. Give {advice}, or play echelon levels ('echelon:...')",
            spec.escape_debug()
        ));
    }
}

/// Who passes less than is wanted, and what to give.
fn in_words(throttle: &Throttle, known: &Knowledge<'_>) -> (String, String) {
    let Throttle { nodes, passes, wanted } = throttle;
    let id = |node| known.network().managed_id(node).to_string();
    if let [(node, level, cycle)] = nodes[..] {
        let least = (wanted * cycle - 1e-9).ceil();
        let who = format!(
            "node {} with level {level} passes at most {passes:.2} units a period (the level over its lead time plus \
             2), and {wanted:.2} are wanted of it",
            id(node)
        );
        return (who, format!("it at least {least:.0}"));
    }
    let ids: Vec<String> = nodes.iter().map(|&(node, ..)| id(node)).collect();
    let levels: Vec<String> = nodes.iter().map(|(_, level, _)| level.to_string()).collect();
    let who = format!(
        "nodes {} with levels {} together pass at most {passes:.2} units a period of what customers get (each its \
         level over its lead time plus 2), and {wanted:.2} are wanted of them",
        ids.join(", "),
        levels.join(", ")
    );
    (who, "one or all of them more".to_owned())
}

fn play_seeds(
    setting: &Setting<'_>,
    spec: &str,
    policy: &mut NamedPolicy,
    keep_first: bool,
    progress: &mut Progress,
) -> Result<Outcome, Failure> {
    let seeds = &setting.given.seeds.0;
    let mut outcome = Outcome {
        spec: spec.to_owned(),
        information: policy.information().name(),
        simplifies: policy.simplifies().to_vec(),
        episodes: Vec::with_capacity(seeds.len()),
        places: OfPlaces::default(),
        first_record: None,
    };
    let mut orders = vec![0.0; setting.problem.network.supply.len()];
    for (position, &seed) in seeds.iter().enumerate() {
        let mut episode = Episode::begin(&setting.problem, seed).map_err(Failure::refused)?;
        policy.reset(Some(seed));
        let mut played = 0;
        while !episode.is_over() {
            policy
                .decide(&episode.view(), &mut orders)
                .map_err(ActionError::from)
                .and_then(|()| episode.step(&orders))
                .map_err(|error| Failure::Refused(format!("{spec}, seed {seed}: {error}")))?;
            played += 1;
            if played == BREATH || episode.is_over() {
                progress.advance(played);
                played = 0;
            }
        }
        let (network, record) = (&*setting.problem.network, episode.trajectory());
        let (kpis, places) = (kpis(network, record), places(network, record));
        let parts = Some(&episode.cost_parts());
        let values = values(&Measured { network, kpis: &kpis, places: Some(&places), parts, record: None });
        check_finite(spec, seed, &values)?;
        outcome.episodes.push(values);
        outcome.places.add(network, &places);
        if position == 0 && keep_first {
            outcome.first_record = Some(episode.trajectory().clone());
        }
    }
    Ok(outcome)
}

/// Money and units beyond the range of numbers are no result. Turns alone may be infinite: nothing was ever in stock.
fn check_finite(spec: &str, seed: u64, values: &Values) -> Result<(), Failure> {
    match FIGURES
        .iter()
        .zip(values)
        .find(|(figure, value)| !value.is_finite() && figure.row.key != "inventory_turns")
    {
        None => Ok(()),
        Some((figure, value)) => Err(Failure::Refused(format!(
            "{spec}, seed {seed}: {} is {value}; the run left the range of numbers, look for extreme inputs",
            figure.row.title
        ))),
    }
}
