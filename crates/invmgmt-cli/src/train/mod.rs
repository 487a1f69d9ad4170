//! The command `train`.

mod measure;
mod page;

use std::io::Write;
use std::path::{Path, PathBuf};

use invmgmt::Problem;
use invmgmt::adjoint::Surrogates;
use invmgmt::batch::rollout;
use invmgmt::random::Pcg64;
use invmgmt_benchmark::statistics::Distance;
use invmgmt_data::{Case, find_suite, replace_file};
use invmgmt_policy::estimate::Estimate;
use invmgmt_policy::learned::Knows;
use invmgmt_train::{Course, End, Layout, Limits, Look, Settings, Teacher, Trainer, alike, train};
use serde_json::{Value, json};

use self::measure::{bounds, distances, far, gap};
use crate::args::seeds::Seeds;
use crate::args::train::TrainArgs;
use crate::endings::check_report;
use crate::failure::Failure;
use crate::problem;
use crate::scenarios::refused as refused_choice;
use crate::wording::estimated;

/// Time of a training where neither steps nor seconds are given [seconds].
const SECONDS: f64 = 60.0;

/// What one policy is trained on.
struct Lesson {
    problems: Vec<Problem>,
    /// What is known of each, where it is one of a suite.
    cases: Vec<Option<Case>>,
    names: Vec<String>,
    file: PathBuf,
}

/// A policy and how it came about.
struct Outcome {
    seed: u64,
    end: End,
    look: Look,
    went_back: bool,
    trainer: Trainer,
}

/// What came of a training, per problem.
struct Measured {
    /// Mean profit on the seeds held out.
    estimates: Vec<Estimate>,
    bounds: Vec<Option<f64>>,
    distances: Vec<Option<Distance>>,
}

/// The looks at a training with a seed, the first first.
struct Looks {
    seed: u64,
    looks: Vec<Look>,
}

/// Trains and says what came of it.
pub(crate) fn run(given: &TrainArgs, command: &str, out: &mut dyn Write) -> Result<(), Failure> {
    if let Some(path) = &given.report {
        check_report(path)?;
    }
    let lessons = lessons(given)?;
    if given.resume && given.seeds.0.len() > 1 {
        return Err(Failure::Usage(
            "--resume goes on from one training; say --seeds with a single seed".to_owned(),
        ));
    }
    // Everything that can be refused is, before the first step.
    for lesson in &lessons {
        let trainer = trainer(given, lesson, given.seeds.0[0])?;
        say_what_the_teacher_leaves_out(given, &trainer)?;
    }
    let (mut documents, mut sections) = (Vec::new(), Vec::new());
    for lesson in &lessons {
        let bounds = bounds(lesson, &given.held_out);
        let (best, looks) = best(given, lesson, &bounds)?;
        let trained = best.trainer.trained(lesson.names.clone());
        replace_file(&lesson.file, |file| file.write_all(&trained.to_bytes())).map_err(Failure::refused)?;
        let measured = Measured {
            estimates: earned(lesson, &best, &given.held_out)?,
            distances: distances(lesson, &given.held_out)?,
            bounds,
        };
        sections.push(page::section(lesson, &best, &looks, &measured));
        if given.json {
            documents.push(document(lesson, &best, &measured));
        } else {
            table(lesson, &best, &measured, given, out)?;
        }
    }
    if let Some(path) = &given.report {
        page::write(path, given, command, sections)?;
    }
    if given.json {
        let document = json!({
            "version": env!("CARGO_PKG_VERSION"),
            "command": command,
            "knows": given.knows,
            "held_out_seeds": given.held_out.0,
            "policies": documents,
        });
        serde_json::to_writer_pretty(&mut *out, &document)?;
        writeln!(out)?;
    }
    Ok(())
}

/// What is to be learnt, one policy each.
fn lessons(given: &TrainArgs) -> Result<Vec<Lesson>, Failure> {
    let Some(suite) = &given.suite else {
        let (problem, _) = problem::of(&given.problem, &given.demand)?;
        let name = given.problem.scenario.clone().unwrap_or_else(|| given.problem.network.clone());
        let suite = given.problem.scenario.as_deref().and_then(|id| find_suite(id).ok());
        let case = suite.and_then(|suite| suite.problems().first().cloned());
        return Ok(vec![Lesson {
            problems: vec![problem],
            cases: vec![case],
            names: vec![name],
            file: given.out.clone(),
        }]);
    };
    let suite = find_suite(suite).map_err(|error| refused_choice("--suite", error))?;
    let mut lessons: Vec<Lesson> = Vec::new();
    for row in suite.problems().iter().filter(|row| row.same_as.is_none()) {
        let problem = row.scenario.problem.clone();
        match lessons.iter_mut().find(|lesson| alike(&lesson.problems[0], &problem)) {
            Some(lesson) => {
                lesson.problems.push(problem);
                lesson.cases.push(Some(row.clone()));
                lesson.names.push(row.id.clone());
            }
            None => lessons.push(Lesson {
                problems: vec![problem],
                cases: vec![Some(row.clone())],
                names: vec![row.id.clone()],
                file: given.out.clone(),
            }),
        }
    }
    if lessons.len() > 1 || given.out.is_dir() {
        std::fs::create_dir_all(&given.out).map_err(|error| {
            let folder = given.out.to_string_lossy().escape_debug().to_string();
            Failure::Refused(format!(
                "--out {folder}: {} policies need a folder, which cannot be made: {error}",
                lessons.len()
            ))
        })?;
        for lesson in &mut lessons {
            let name: String = lesson
                .names
                .join("+")
                .chars()
                .map(|c| if c.is_alphanumeric() || c == '+' { c } else { '_' })
                .collect();
            lesson.file = given.out.join(format!("{name}-{}.safetensors", given.knows));
        }
    }
    Ok(lessons)
}

fn trainer(given: &TrainArgs, lesson: &Lesson, seed: u64) -> Result<Trainer, Failure> {
    let knows = Knows::named(&given.knows).expect("the command line accepts known levels only");
    let settings = Settings {
        seed,
        episodes: given.episodes as usize,
        layout: if given.net == "shared" { Layout::Shared } else { Layout::Dense },
        surrogates: Surrogates {
            fixed_costs: given.smooth_fixed_costs,
            goodwill: given.smooth_goodwill,
            // A derivative of 0 teaches nothing.
            rounding: true,
        },
        teacher: given
            .teacher
            .clone()
            .map(|spec| Teacher { spec, episodes: given.teacher_episodes as usize }),
        ..Settings::default()
    };
    let course = Course::new(lesson.problems.clone(), knows, &mut Pcg64::seeded(seed));
    let mut trainer = Trainer::new(course, settings).map_err(|error| {
        let hint = if error.is_goodwill() {
            "; --smooth-goodwill UNITS puts a smooth switch in its place"
        } else {
            ""
        };
        Failure::Refused(format!("{}: {error}{hint}", lesson.names.join(", ")))
    })?;
    if given.resume {
        let file = state_file(&lesson.file);
        let refused = |error: &dyn std::fmt::Display| {
            Failure::Refused(format!("--resume: {}: {error}", file.to_string_lossy().escape_debug()))
        };
        let state = std::fs::read(&file).map_err(|error| refused(&error))?;
        trainer.resume(&state).map_err(|error| refused(&error))?;
    }
    Ok(trainer)
}

/// Says on stderr what of the problems the teacher does not see.
fn say_what_the_teacher_leaves_out(given: &TrainArgs, trainer: &Trainer) -> Result<(), Failure> {
    let Some(teacher) = &trainer.settings().teacher else { return Ok(()) };
    let simplified = teacher.simplifies(trainer.course()).map_err(Failure::refused)?;
    if !given.resume && !simplified.is_empty() {
        let teacher = teacher.spec.escape_debug();
        let _ = writeln!(std::io::stderr(), "note: teacher {teacher} {}", simplified.join(", "));
    }
    Ok(())
}

/// Where a training's state stands.
fn state_file(out: &Path) -> PathBuf {
    out.with_extension("state.safetensors")
}

/// Trains with every seed and keeps the best.
fn best(
    given: &TrainArgs,
    lesson: &Lesson,
    bounds: &[Option<f64>],
) -> Result<(Outcome, Vec<Looks>), Failure> {
    let seeds = &given.seeds.0;
    let seconds = given.seconds.or(if given.steps.is_none() { Some(SECONDS) } else { None });
    let limits = Limits {
        steps: given.steps,
        seconds: seconds.map(|seconds| seconds / seeds.len() as f64),
        ..Limits::default()
    };
    let (mut best, mut all) = (None::<Outcome>, Vec::new());
    for &seed in seeds {
        let mut trainer = trainer(given, lesson, seed)?;
        let (mut written, mut looks) = (Ok(()), Vec::new());
        let outcome = train(&mut trainer, &limits, &given.held_out.0, |trainer, look| {
            say(seed, look, bounds);
            looks.push(look.clone());
            if seeds.len() == 1 && written.is_ok() {
                let state = trainer.state();
                written = replace_file(&state_file(&lesson.file), |file| file.write_all(&state));
            }
        });
        written.map_err(Failure::refused)?;
        let invmgmt_train::Outcome { end, look, went_back } = outcome.map_err(Failure::refused)?;
        all.push(Looks { seed, looks });
        if best.as_ref().is_none_or(|best| look.mean() > best.look.mean()) {
            best = Some(Outcome { seed, end, look, went_back, trainer });
        }
    }
    Ok((best.expect("a list of seeds holds one"), all))
}

/// A line of progress on stderr.
fn say(seed: u64, look: &Look, bounds: &[Option<f64>]) {
    let gap = gap(&look.held_out, bounds).map(|gap| format!(", {:.2} % below the bound", 100.0 * gap));
    let _ = writeln!(
        std::io::stderr(),
        "seed {seed}  step {:6}  {:6.1} s  held out {:.1}{}",
        look.steps,
        look.seconds,
        look.mean(),
        gap.unwrap_or_default()
    );
}

/// What the policy earns on the seeds held out, per problem.
fn earned(lesson: &Lesson, best: &Outcome, seeds: &Seeds) -> Result<Vec<Estimate>, Failure> {
    let estimate = |problem: &Problem| {
        let figures =
            rollout(problem, &seeds.0, 1, || best.trainer.policy(problem)).map_err(Failure::refused)?;
        let profits: Vec<f64> = figures.iter().map(|figures| figures.kpis.total_profit).collect();
        Ok(Estimate::over(&profits).expect("a list of seeds holds one"))
    };
    lesson.problems.iter().map(estimate).collect()
}

fn end(end: End) -> &'static str {
    match end {
        End::Steps => "all steps were made",
        End::Seconds => "the time was up",
        End::Settled => "nothing got better any more",
    }
}

fn table(
    lesson: &Lesson,
    best: &Outcome,
    measured: &Measured,
    given: &TrainArgs,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let Look { steps, seconds, .. } = best.look;
    let Outcome { seed, .. } = best;
    writeln!(out, "training   {steps} steps in {seconds:.1} s, seed {seed}: {}", end(best.end))?;
    writeln!(out, "again      --steps {steps} --seeds {seed}")?;
    if best.went_back {
        writeln!(out, "kept       the policy of an earlier look; the last steps earned less")?;
    }
    writeln!(out, "held out   {}", given.held_out)?;
    for (which, name) in lesson.names.iter().enumerate() {
        let estimate = &measured.estimates[which];
        let below = gap(&[estimate.mean], &[measured.bounds[which]])
            .map(|gap| format!("; {:.2} % below the bound", 100.0 * gap));
        let far = measured.distances[which].as_ref().and_then(far).map(|far| format!("; {far}"));
        writeln!(
            out,
            "{:<10} {}{}{}",
            name.escape_debug().to_string(),
            estimated(estimate),
            below.unwrap_or_default(),
            far.unwrap_or_default()
        )?;
    }
    for file in [&lesson.file].into_iter().chain(&given.report) {
        writeln!(out, "wrote      {}", file.to_string_lossy().escape_debug())?;
    }
    Ok(())
}

fn document(lesson: &Lesson, best: &Outcome, measured: &Measured) -> Value {
    let problems = lesson.names.iter().enumerate().map(|(which, name)| {
        let (estimate, distance) = (&measured.estimates[which], measured.distances[which].as_ref());
        json!({
            "problem": name,
            "mean": estimate.mean,
            "standard_error": estimate.standard_error,
            "bound": measured.bounds[which],
            "value": distance.map(|distance| distance.value.mean),
            "optimum": distance.map(|distance| distance.optimum),
            "to_optimum_percent": distance.and_then(|distance| distance.percent).map(|percent| percent.mean),
        })
    });
    json!({
        "file": lesson.file.to_string_lossy(),
        "seed": best.seed,
        "teacher": best.trainer.settings().teacher.as_ref().map(|teacher| &teacher.spec),
        "steps": best.look.steps,
        "seconds": best.look.seconds,
        "settled": best.end == End::Settled,
        "went_back": best.went_back,
        "problems": problems.collect::<Vec<_>>(),
    })
}
