//! What a run that was stopped goes on from.
//!
//! A file keeps the bounds of the round, the values of the round before, and those of this one as far as they have
//! come. States are found anew, which gives them the same numbers; so a run that goes on finds the same to the last
//! bit.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use invmgmt::Problem;
use invmgmt_data::{Array, read_arrays, write_arrays};
use invmgmt_policy::table::States;

use crate::bounds::Bounds;
use crate::{ExactError, Settings};

/// How long after one writing the next comes.
const PAUSE: Duration = Duration::from_secs(10);

/// The file of a run, if it keeps one.
#[derive(Clone, Debug)]
pub(crate) struct Checkpoint {
    path: Option<PathBuf>,
    /// What tells the problem and its settings from others.
    problem: String,
    written: Instant,
    /// What stays the same during a round.
    round: Vec<(&'static str, Array)>,
}

/// How far a run had come.
#[derive(Clone, Debug)]
pub(crate) struct Reached {
    pub bounds: Bounds,
    /// States and values of the round before.
    pub known: Option<(States, Vec<f64>)>,
    /// Values of this round, sweeps made, and whether the rough value was found.
    pub run: Option<(Vec<f64>, usize, usize)>,
}

impl Checkpoint {
    /// That of a run, as its settings have it.
    pub fn of(problem: &Problem, settings: &Settings) -> Self {
        let Settings { criterion, actions, tail, tolerance, .. } = settings;
        let mut hasher = DefaultHasher::new();
        let Problem { network, demand, rules, num_periods } = problem;
        format!("{:?} {demand:?} {rules:?} {num_periods}", network.declared).hash(&mut hasher);
        format!("{criterion:?} {actions:?} {tail} {tolerance}").hash(&mut hasher);
        Self {
            path: settings.checkpoint.clone(),
            problem: format!("{:016x}", hasher.finish()),
            written: Instant::now(),
            round: Vec::new(),
        }
    }

    /// How far the run had come that wrote the file, if there is one; bounds are read around those given.
    pub fn read(&self, bounds: &Bounds, width: usize) -> Result<Option<Reached>, ExactError> {
        let Some(path) = self.path.as_ref().filter(|path| path.exists()) else { return Ok(None) };
        let refuse = |why: String| ExactError::Checkpoint { path: shown(path), why };
        let arrays = read_arrays(path).map_err(|error| refuse(error.to_string()))?;
        let find = |name: &str| arrays.iter().find(|(known, _)| known == name).map(|(_, array)| array);
        match find("problem") {
            Some(Array::Texts(texts)) if texts.as_slice() == [self.problem.clone()] => {}
            Some(_) => {
                return Err(refuse(
                    "is of another problem, or of other settings; delete it to begin anew".to_owned(),
                ));
            }
            None => return Err(refuse("is no checkpoint of exact".to_owned())),
        }
        let numbers = |name: &str| match find(name) {
            Some(Array::Numbers { values, .. }) => Ok(values.clone()),
            _ => Err(refuse(format!("has no numbers '{name}'"))),
        };
        let requests = numbers("requests")?;
        let reached = Bounds {
            requests: requests.chunks_exact(2).map(|pair| (pair[0] as u32, pair[1] as u32)).collect(),
            is_given: bounds.is_given,
            ceilings: numbers("ceilings")?,
            floors: numbers("floors")?,
            waiting: numbers("waiting")?,
        };
        if !reached.is_like(bounds) {
            return Err(refuse("has bounds of another shape; delete it to begin anew".to_owned()));
        }
        let (rows, known) = (numbers("known_states")?, numbers("known_values")?);
        let mut states = States::new(width);
        rows.chunks_exact(width.max(1)).for_each(|row| {
            states.intern(row);
        });
        let known = (states.len() == known.len() && !known.is_empty()).then_some((states, known));
        let (values, progress) = (numbers("values")?, numbers("progress")?);
        let run = match progress.as_slice() {
            &[sweeps, stage] if !values.is_empty() => Some((values, sweeps as usize, stage as usize)),
            _ => None,
        };
        Ok(Some(Reached { bounds: reached, known, run }))
    }

    /// A round begins.
    pub fn begin(&mut self, bounds: &Bounds, known: Option<&(States, Vec<f64>)>) -> Result<(), ExactError> {
        self.go_on(bounds, known);
        self.write(&[], 0, 0)
    }

    /// A round goes on that the file tells of.
    pub fn go_on(&mut self, bounds: &Bounds, known: Option<&(States, Vec<f64>)>) {
        if self.path.is_none() {
            return;
        }
        let list = |values: &[f64]| Array::Numbers { shape: vec![values.len()], values: values.to_vec() };
        let requests: Vec<f64> =
            bounds.requests.iter().flat_map(|&(least, most)| [f64::from(least), f64::from(most)]).collect();
        let (states, values) =
            known.map_or((&[][..], &[][..]), |(states, values)| (states.numbers(), values));
        self.round = vec![
            ("problem", Array::Texts(vec![self.problem.clone()])),
            ("requests", list(&requests)),
            ("ceilings", list(&bounds.ceilings)),
            ("floors", list(&bounds.floors)),
            ("waiting", list(&bounds.waiting)),
            ("known_states", list(states)),
            ("known_values", list(values)),
        ];
    }

    /// Values have come so far; written now and then, and at once if it ends here.
    pub fn keep(
        &mut self,
        values: &[f64],
        sweeps: usize,
        stage: usize,
        ends: bool,
    ) -> Result<(), ExactError> {
        if self.path.is_none() || !(ends || self.written.elapsed() >= PAUSE) {
            return Ok(());
        }
        self.write(values, sweeps, stage)
    }

    fn write(&mut self, values: &[f64], sweeps: usize, stage: usize) -> Result<(), ExactError> {
        let Some(path) = &self.path else { return Ok(()) };
        let list = |values: &[f64]| Array::Numbers { shape: vec![values.len()], values: values.to_vec() };
        let mut arrays = self.round.clone();
        arrays.push(("values", list(values)));
        arrays.push(("progress", list(&[sweeps as f64, stage as f64])));
        write_arrays(path, &arrays)
            .map_err(|error| ExactError::Checkpoint { path: shown(path), why: error.to_string() })?;
        self.written = Instant::now();
        Ok(())
    }

    /// It is done: the file has no more use.
    pub fn end(&self) {
        if let Some(path) = &self.path {
            // One that stays behind makes the next run of this problem quick, and no other.
            let _ = std::fs::remove_file(path);
        }
    }
}

fn shown(path: &Path) -> String {
    path.to_string_lossy().escape_debug().to_string()
}
