//! Imitation as a start: what a teacher decides is recorded, and the net comes near to it before its first step.

use std::fmt;
use std::sync::Arc;

use invmgmt::Problem;
use invmgmt::episode::{Episode, Policy};
use invmgmt::interruption;
use invmgmt::random::{Pcg64, Stream};
use invmgmt_policy::learned::{Memory, Said};
use invmgmt_policy::{Knowledge, NamedPolicy, parse};

use crate::adam::Adam;
use crate::course::Course;
use crate::error::TrainError;
use crate::trainer::Trainer;

/// Steps of an imitation.
const STEPS: usize = 600;
/// States of a step.
const STATES: usize = 256;
/// Rate of the first steps, and after how many it has fallen to 1/sqrt(2).
const RATE: (f32, f32) = (3e-3, 100.0);
/// The step under whose number the episodes of the teacher are drawn.
const LESSONS: u64 = u64::MAX - 1;

/// Whom a net imitates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Teacher {
    /// The policy, as [`parse`] reads it.
    pub spec: String,
    /// Episodes whose decisions are recorded.
    pub episodes: usize,
}

impl fmt::Display for Teacher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} in {} episodes", self.spec.escape_debug(), self.episodes)
    }
}

impl Teacher {
    /// The policy that teaches a problem.
    fn policy(&self, problem: &Problem) -> Result<NamedPolicy, TrainError> {
        parse(&self.spec, &Knowledge::of(problem)).map_err(TrainError::Teacher)
    }

    /// Refuses a teacher that does not model a problem of the course, or knows more than the student.
    pub(crate) fn check(&self, course: &Course) -> Result<(), TrainError> {
        for problem in &course.problems {
            let teacher_knows = self.policy(problem)?.information();
            let student = course.knows.information(&problem.network, &problem.demand);
            if !teacher_knows.is_within(student) {
                let teacher = self.spec.escape_debug().to_string();
                return Err(TrainError::TeacherKnowsMore { teacher, teacher_knows, student });
            }
        }
        Ok(())
    }

    /// What the teacher leaves out of account of the problems of a course, in words.
    ///
    /// # Errors
    /// [`TrainError::Teacher`] for one that cannot be made.
    pub fn simplifies(&self, course: &Course) -> Result<Vec<&'static str>, TrainError> {
        let mut simplifies = Vec::new();
        for problem in &course.problems {
            simplifies.extend_from_slice(self.policy(problem)?.simplifies());
        }
        simplifies.sort_unstable();
        simplifies.dedup();
        Ok(simplifies)
    }
}

/// What a teacher decided: states, and the orders in each.
#[derive(Debug, Default)]
struct Lessons {
    states: usize,
    /// What the net reads, per state.
    inputs: Vec<f32>,
    /// The state rows.
    rows: Vec<f64>,
    /// The demand expected over each node's cover, per state [units].
    covers: Vec<f64>,
    /// What the teacher ordered, per state one number per supply link [units].
    orders: Vec<f64>,
}

impl Trainer {
    /// Plays the teacher's episodes and moves the net towards what it decided; nothing where there is no teacher, or it
    /// was imitated already.
    ///
    /// # Errors
    /// [`TrainError::Lesson`] for an episode that the teacher cannot play to its end, [`TrainError::Interrupted`]; the
    /// net is unchanged then.
    pub fn imitate(&mut self) -> Result<(), TrainError> {
        if self.is_taught {
            return Ok(());
        }
        if let Some(teacher) = self.settings.teacher.clone() {
            let lessons = self.record(&teacher)?;
            self.learn(&lessons);
        }
        self.is_taught = true;
        Ok(())
    }

    /// Records what the teacher decides in episodes of the course.
    fn record(&self, teacher: &Teacher) -> Result<Lessons, TrainError> {
        let interruption = interruption::current();
        let mut lessons = Lessons::default();
        let seeds = self.settings.seeds(LESSONS, teacher.episodes);
        for (episode, &seed) in seeds.iter().enumerate() {
            if interruption.is_requested() {
                return Err(TrainError::Interrupted);
            }
            let kind = self.course.kind_of(episode, seed, teacher.episodes);
            let demand = Arc::clone(&self.course.kinds[kind].demand);
            let problem = Problem { demand, ..self.course.problem().clone() };
            self.record_episode(&problem, kind, &mut teacher.policy(&problem)?, seed, &mut lessons)?;
        }
        Ok(lessons)
    }

    fn record_episode(
        &self,
        problem: &Problem,
        kind: usize,
        teacher: &mut NamedPolicy,
        seed: u64,
        lessons: &mut Lessons,
    ) -> Result<(), TrainError> {
        let worlds = Self::worlds(&self.course, kind);
        let mut memory = Memory::default();
        self.inputs.begin(&mut memory, &self.scaling.demand);
        let mut orders = vec![0.0; problem.network.supply.len()];
        let mut inputs = vec![0.0; self.inputs.len()];
        let mut cover = vec![0.0; self.scaling.cover.len()];
        let mut episode = Episode::begin(problem, seed)?;
        teacher.reset(Some(seed));
        while !episode.is_over() {
            let state = episode.view();
            let row: Vec<f64> = state.observation().chain(state.told()).collect();
            let period = state.period();
            teacher.decide(&state, &mut orders)?;
            self.inputs.learn(&mut memory, worlds, |position| row[position]);
            self.inputs.write(&memory, worlds, |position| row[position], &mut inputs);
            self.scaling.apply(&mut inputs);
            let expected = |ahead, market| self.inputs.expected(&memory, worlds, period + ahead, market);
            self.outputs.cover(expected, &mut cover);
            lessons.states += 1;
            lessons.inputs.extend_from_slice(&inputs);
            lessons.rows.extend_from_slice(&row);
            lessons.covers.extend_from_slice(&cover);
            lessons.orders.extend_from_slice(&orders);
            episode.step(&orders)?;
        }
        Ok(())
    }

    /// Moves the net towards what was recorded.
    fn learn(&mut self, lessons: &Lessons) {
        let part = |of: usize| of / lessons.states.max(1);
        let [inputs, row, nodes, links] =
            [lessons.inputs.len(), lessons.rows.len(), lessons.covers.len(), lessons.orders.len()].map(part);
        let batch = STATES.min(lessons.states);
        let mut pass = self.pass_of(batch);
        let mut adam = Adam::new(&self.parameters.numbers);
        let mut stream = Pcg64::seeded(self.settings.seed ^ LESSONS);
        let mut drawn = vec![0; batch];
        for step in 0..STEPS {
            for (place, which) in drawn.iter_mut().enumerate() {
                *which = (stream.next_u64() % lessons.states as u64) as usize;
                pass.inputs_mut(place).copy_from_slice(&lessons.inputs[*which * inputs..][..inputs]);
            }
            pass.apply(&self.parameters, 0..batch);
            for (place, &which) in drawn.iter().enumerate() {
                let (outputs, nearer) = pass.outputs_and_worth(place);
                let cover = &lessons.covers[which * nodes..][..nodes];
                let said = Said { outputs, cover, scales: &self.scaling.cover };
                let rows = &lessons.rows[which * row..][..row];
                let orders = &lessons.orders[which * links..][..links];
                self.outputs.imitate(&said, |position| rows[position], orders, nearer);
            }
            pass.reverse(&self.parameters, 0..batch);
            pass.gradient(1.0 / batch as f32, &mut self.gradient);
            let rate = RATE.0 / (1.0 + step as f32 / RATE.1).sqrt();
            adam.step(rate, &self.gradient.numbers, &mut self.parameters.numbers);
        }
        self.parameters.numbers.clone_from(&adam.average);
        self.adam = Adam::new(&self.parameters.numbers);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trainer::Settings;
    use invmgmt::batch::rollout;
    use invmgmt::demand::{DemandConfig, DemandModel, Effects};
    use invmgmt::network::preset;
    use invmgmt::period::Rules;
    use invmgmt_policy::learned::Knows;

    const LEVELS: &str = "basestock:90,110,70";

    fn problem() -> Problem {
        let network = preset("serial").expect("a preset").compile().expect("valid");
        let effects = Effects { trend: true, ..Effects::default() };
        let demand = DemandModel::new(DemandConfig { effects, ..DemandConfig::default() }).expect("usable");
        Problem::new(network, demand, Rules::default(), 20)
    }

    fn trainer(knows: Knows, teacher: &str) -> Result<Trainer, TrainError> {
        let course = Course::new(vec![problem()], knows, &mut Pcg64::seeded(3));
        let teacher = (!teacher.is_empty()).then(|| Teacher { spec: teacher.to_owned(), episodes: 24 });
        Trainer::new(course, Settings { episodes: 16, hidden: vec![24], teacher, ..Settings::default() })
    }

    fn earned<P: Policy>(policy: impl Fn() -> P + Sync) -> f64 {
        let seeds: Vec<u64> = (500..532).collect();
        let figures = rollout(&problem(), &seeds, 1, policy).expect("plays");
        figures.iter().map(|figures| figures.kpis.total_profit).sum::<f64>() / seeds.len() as f64
    }

    #[test]
    fn a_net_earns_nearly_what_the_teacher_it_imitated_earns() {
        let problem = problem();
        let teacher = earned(|| parse(LEVELS, &Knowledge::of(&problem)).expect("a policy"));
        for knows in Knows::ALL {
            let mut trainer = trainer(knows, LEVELS).expect("taught");
            let before = earned(|| trainer.policy(&problem));
            trainer.imitate().expect("plays");
            let after = earned(|| trainer.policy(&problem));
            let (was, is) = ((before - teacher).abs(), (after - teacher).abs());
            assert!(is < 0.03 * teacher.abs() && is < 0.25 * was, "{knows:?}: {before}, {after}, {teacher}");
        }
    }

    #[test]
    fn a_taught_training_is_the_same_again_and_goes_on_where_it_was_left() {
        let run = |steps: u64, from: Option<&Trainer>| {
            let mut trainer = trainer(Knows::Family, "newsvendor:blind").expect("taught");
            if let Some(from) = from {
                trainer.resume(&from.state()).expect("the same course, settings and teacher");
            }
            trainer.imitate().expect("plays");
            while trainer.steps() < steps {
                trainer.step();
            }
            trainer
        };
        let (straight, again, half) = (run(4, None), run(4, None), run(2, None));
        assert_eq!(straight.rows(), again.rows());
        assert_eq!(straight.rows(), run(4, Some(&half)).rows());
        let mut untaught = trainer(Knows::Family, "").expect("a trainer");
        let message = untaught.resume(&half.state()).expect_err("refused").to_string();
        assert!(message.contains("taught by newsvendor:blind in 24 episodes"), "{message}");
    }

    #[test]
    fn a_teacher_that_knows_more_or_cannot_play_is_refused_by_name() {
        let refused = |knows, teacher| trainer(knows, teacher).expect_err("refused").to_string();
        for (knows, teacher, expected) in [
            (
                Knows::Blind,
                "mpc:informed",
                "teacher 'mpc:informed' is informed and the policy to be trained is blind",
            ),
            (Knows::Family, "mpc:informed", "is informed and the policy to be trained is family"),
            (Knows::Blind, "mpc:family", "is family and the policy to be trained is blind"),
            (Knows::Informed, "oracle", "is clairvoyant and the policy to be trained is informed"),
            (Knows::Informed, "nobody", "teacher: "),
            (Knows::Informed, "basestock:1,2", "teacher: "),
        ] {
            let message = refused(knows, teacher);
            assert!(message.contains(expected), "{message}");
        }
        for (knows, teacher) in [(Knows::Informed, "mpc:blind"), (Knows::Family, "mpc:family")] {
            trainer(knows, teacher).expect("may be learnt from");
        }
    }
}
