//! What a run promises: published numbers, the same results however it is carried out, failures as rows.

mod common;

use common::{Own, named, play, published};
use invmgmt_benchmark::statistics::Cell;
use invmgmt_benchmark::{
    Contestant, Entrant, Execution, Figures, HASHED, Keep, NoEntry, Plan, Row, RunError, Session,
    UnitExecutor, benchmark, play_unit,
};
use invmgmt_data::Case;
use serde_json::Value;

const HEURISTICS: [&str; 8] = [
    "newsvendor:blind",
    "newsvendor:informed",
    "ss:blind",
    "ss:informed",
    "exp-smoothing:blind",
    "exp-smoothing:informed",
    "echelon-basestock:blind",
    "echelon-basestock:informed",
];

/// Every profit on file of every heuristic: 8 policies, 26 rows (four of them repeats), 5 seeds.
#[test]
fn the_runner_earns_the_published_profits() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/golden/published_profits.json");
    let golden: Value =
        serde_json::from_str(&std::fs::read_to_string(path).expect("readable")).expect("JSON");
    let suite = published();
    let policies = HEURISTICS.map(named);
    let contestants: Vec<&dyn Contestant> = policies.iter().map(|policy| policy as &dyn Contestant).collect();
    let outcome = play(&suite, &contestants, &[42, 456, 1011, 3033, 5055], 2, None, false).expect("played");
    let mut compared = 0;
    for row in outcome.rows.iter().filter(|row| row.contestant < contestants.len()) {
        let problem = &suite.problems()[row.problem];
        let key = match &problem.same_as {
            Some(id) => &suite.problem(id).expect("the one it repeats").key,
            None => &problem.key,
        };
        let published = &golden["profits"][HEURISTICS[row.contestant]][key][row.played.seed.to_string()];
        let published = published.as_f64().expect("on file");
        let profit = row.played.outcome.as_ref().expect("played").profit();
        assert!(
            (profit - published).abs() <= 1e-6,
            "{} {key} {}: {profit}",
            HEURISTICS[row.contestant],
            published
        );
        compared += 1;
    }
    assert_eq!(compared, 8 * 26 * 5);
}

/// Benchmark, section 1.8: 20 units on every link on S01 with seed 42.
#[test]
fn key_figures_of_a_published_episode_are_the_published_ones() {
    let suite = published();
    let constant = named("constant:20");
    let outcome = play(&suite, &[&constant], &[42], 1, None, false).expect("played");
    let of = |problem: &str| -> &Figures {
        let wanted = |row: &&Row| row.contestant == 0 && suite.problems()[row.problem].id == problem;
        outcome.rows.iter().find(wanted).expect("a row").played.outcome.as_ref().expect("played")
    };
    let value = |figures: &Figures, name: &str| {
        figures.values
            [invmgmt_benchmark::FIGURES.iter().position(|figure| *figure == name).expect("a figure")]
    };
    for (problem, profit, demand, unmet) in [
        ("S01", 541.0, 958.0, 2516.0),
        ("S02", 341.0, 958.0, 217.0),
        ("S03", -1.62, 617.0, 1144.0),
        ("S05", 212.5, 1385.0, 5801.0),
        ("S09", 277.5, 958.0, 5434.0),
        ("S15", 567.67, 532.0, 610.0),
        ("S26", 593.698_129, 600.0, 0.0),
    ] {
        let figures = of(problem);
        assert!((figures.profit() - profit).abs() < 1e-6, "{problem}: {}", figures.profit());
        assert!((value(figures, "demand") - demand).abs() < 1e-6, "{problem}");
        assert!((value(figures, "unfulfilled") - unmet).abs() < 1e-6, "{problem}");
    }
    let figures = of("S01");
    // By hand: a constant request never varies, and 24 units of the 958 cannot all be served at once.
    assert_eq!(value(figures, "bullwhip_ratio"), 0.0);
    assert!(value(figures, "immediate_fill_rate") < value(figures, "fill_rate"));
    // All customers pay 2; what the shop pays its suppliers stays within the company.
    assert!((value(figures, "company_revenue") - 2.0 * value(figures, "sold")).abs() < 1e-9);
    assert_eq!(figures.bullwhip_by_echelon.len(), 3, "retailer, distributors, factories");
}

/// A policy of the test's own that plays all seeds together earns what the same policy earns by name, seed by seed.
#[test]
fn threads_and_company_change_no_number() {
    let suite = published();
    let constant = named("constant:20");
    let together = Own { name: "mine", together: true, order: |_| Ok(20.0) };
    let one = play(&suite, &[&constant, &together], &[42, 123, 456], 1, None, false).expect("played");
    let many = play(&suite, &[&constant, &together], &[42, 123, 456], 4, None, false).expect("played");
    let outcomes = |rows: &[Row]| -> Vec<_> {
        rows.iter()
            .map(|row| (row.problem, row.contestant, row.played.seed, row.played.outcome.clone()))
            .collect()
    };
    assert_eq!(outcomes(&one.rows), outcomes(&many.rows));
    let of = |contestant: usize| -> Vec<_> {
        let own = one.rows.iter().filter(|row| row.contestant == contestant);
        own.map(|row| row.played.outcome.clone().expect("played")).collect()
    };
    assert_eq!(of(0), of(1));
    assert_eq!(of(0).len(), 26 * 3);
}

#[test]
fn a_policy_that_fails_is_a_row_that_says_why_and_the_others_go_on() {
    let suite = published();
    let fails = |period: usize| if period < 3 { Ok(1.0) } else { Err("out of ideas".to_owned()) };
    let players: [Own; 3] = [
        Own { name: "gives-up", together: false, order: fails },
        Own { name: "breaks", together: false, order: |_| panic!("no such thing") },
        Own { name: "=nan", together: true, order: |_| Ok(f64::NAN) },
    ];
    // Levels for three nodes: on the larger network there are six.
    let (serial_only, good) = (named("basestock:107,118,29"), named("constant:20"));
    let contestants: [&dyn Contestant; 5] = [&players[0], &players[1], &players[2], &serial_only, &good];
    let folder = tempfile::tempdir().expect("a folder");
    let outcome = play(&suite, &contestants, &[42, 123], 2, Some(folder.path()), false).expect("played");
    let reason = |contestant: usize| {
        let row = outcome.rows.iter().find(|row| row.contestant == contestant).expect("a row");
        row.played.outcome.clone().expect_err("failed")
    };
    assert_eq!(reason(0), "period 3: out of ideas");
    assert_eq!(reason(1), "the policy broke down: no such thing");
    assert!(reason(2).starts_with("period 0: action[0] (2 -> 1) is NaN"), "{}", reason(2));
    assert!(reason(3).contains("expected 6 levels"), "{}", reason(3));
    assert_eq!(outcome.analysis.ranking.len(), 1, "only one policy played everything");
    assert_eq!(outcome.analysis.overall[4].failed, 0);
    let episodes = std::fs::read_to_string(folder.path().join("episodes.csv")).expect("written");
    assert!(episodes.contains(",failed,period 3: out of ideas"));
    assert!(
        episodes.contains(",'=nan,") && !episodes.contains(",=nan,"),
        "no spreadsheet takes it for a formula"
    );
}

/// Benchmark, section 1.8: 20 units on every link earn 541.0 on S01 with seed 42.
#[test]
fn the_report_has_a_row_per_problem_with_what_everybody_earned() {
    let suite = published();
    let (twenty, nothing) = (named("constant:20"), named("constant:0"));
    let folder = tempfile::tempdir().expect("a folder");
    play(&suite, &[&twenty, &nothing], &[42], 2, Some(folder.path()), false).expect("played");
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).expect("written");
    let constants = read("constants.csv");
    let profit = |line: &str| line.split(',').nth(5).expect("a profit").parse::<f64>().expect("a number");
    let rows = || constants.lines().filter(|line| line.starts_with("S01,"));
    let best = rows().map(profit).fold(f64::NEG_INFINITY, f64::max);
    let nothing = rows().find(|line| line.contains("constant-nothing")).map(profit).expect("played");
    let figure = |value: f64| format!("{value:.1}").replace('-', "\u{2212}");
    let report = read("report.html");
    let row =
        report.lines().find(|line| line.contains("<td class=\"text\">S01</td><td data")).expect("a row");
    let shown: Vec<&str> = row.split("</td>").filter_map(|cell| cell.rsplit('>').next()).collect();
    assert_eq!(shown[1..4], ["541.0".to_owned(), figure(nothing), figure(best)]);
    assert_eq!(report.matches("<svg class=\"network").count(), 2, "every network once");
}

#[test]
fn a_plan_that_makes_no_sense_is_refused_before_anything_is_played() {
    let suite = published();
    let refused = |specs: &[&str], seeds: &[u64]| {
        let policies: Vec<_> = specs.iter().map(|spec| named(spec)).collect();
        let contestants: Vec<&dyn Contestant> =
            policies.iter().map(|policy| policy as &dyn Contestant).collect();
        play(&suite, &contestants, seeds, 1, None, false).expect_err("refused").to_string()
    };
    assert_eq!(refused(&[], &[42]), "there are no policies to play; expected at least one");
    assert_eq!(refused(&["constant:1"], &[]), "there are no seeds to play; expected at least one");
    assert!(refused(&["constant:1", "constant:1"], &[42]).starts_with("policy 'constant:1' is given twice"));
    assert!(refused(&["constant:1"], &[42, 42]).starts_with("seed '42' is given twice"));
    let unknown = refused(&["newsvender:blind"], &[42]);
    assert!(
        unknown.contains("can play none of the problems") && unknown.contains("did you mean"),
        "{unknown}"
    );
}

/// A planner that does not reckon with goodwill, which S03, S04 and others have.
struct WithoutGoodwill;

impl Contestant for WithoutGoodwill {
    fn name(&self) -> &'static str {
        "without-goodwill"
    }

    fn definition(&self) -> String {
        "a test's own".to_owned()
    }

    fn enter(&self, problem: &Case) -> Result<Entrant<'_>, NoEntry> {
        if problem.demand.config.use_goodwill {
            Err(NoEntry::Refuses("does not model goodwill (demand)".to_owned()))
        } else {
            Err(NoEntry::Fails("levels for another network".to_owned()))
        }
    }
}

#[test]
fn every_pair_that_is_not_modelled_is_named_before_the_first_episode() {
    let (suite, good) = (published(), named("constant:20"));
    let contestants: [&dyn Contestant; 2] = [&good, &WithoutGoodwill];
    let refused = play(&suite, &contestants, &[42], 1, None, false).expect_err("refused");
    let RunError::Refused(pairs) = &refused else { panic!("{refused}") };
    let with_goodwill: Vec<&str> = suite
        .problems()
        .iter()
        .filter(|problem| problem.demand.config.use_goodwill)
        .map(|problem| problem.id.as_str())
        .collect();
    assert_eq!(pairs.len(), 1, "one reason: {refused}");
    assert_eq!(pairs[0].policy, "without-goodwill");
    assert_eq!(pairs[0].problems, with_goodwill);
    assert!(
        refused.to_string().starts_with("nothing was played, for policy 'without-goodwill' cannot play S")
    );
}

/// N04 is the problem of `standard-1` with fixed order costs.
#[test]
fn what_a_policy_leaves_out_of_account_is_said_where_its_results_are() {
    let suite = invmgmt_data::suite("standard-1").expect("shipped");
    let (rule, levels) = (named("newsvendor:informed"), named("constant:20"));
    let contestants: [&dyn Contestant; 2] = [&rule, &levels];
    let outcome = play(&suite, &contestants, &[42], 1, None, false).expect("played");
    let warnings = outcome.analysis.warnings;
    let fixed = |warning: &&String| warning.ends_with(": orders as if fixed order costs were nothing.");
    let said = warnings.iter().find(fixed).expect("said");
    assert!(said.starts_with("newsvendor:informed on ") && said.contains("N04"), "{said}");
    assert!(!said.contains("N01"), "{said}");
    assert!(!warnings.iter().any(|warning| warning.starts_with("constant:20:")), "{warnings:#?}");
}

#[test]
fn a_folder_is_not_overwritten_and_edited_files_are_named() {
    let suite = published();
    let (one, other) = (named("constant:20"), named("constant:10"));
    let folder = tempfile::tempdir().expect("a folder");
    let run = |policy: &dyn Contestant, seeds: &[u64], force| {
        play(&suite, &[policy], seeds, 2, Some(folder.path()), force)
    };
    assert!(!run(&one, &[42, 123], false).expect("played").was_complete);
    let before = files(folder.path());
    let again = run(&one, &[42, 123], false).expect("nothing to do");
    assert!(again.was_complete && files(folder.path()) == before);
    for refused in [run(&other, &[42, 123], false), run(&one, &[42], false)] {
        assert!(matches!(refused, Err(RunError::OtherRun { .. })), "{refused:?}");
    }
    let path = folder.path().join("episodes.csv");
    let whole = std::fs::read(&path).expect("written");
    std::fs::write(&path, &whole[..whole.len() / 2]).expect("written");
    let message = run(&one, &[42, 123], false).expect_err("truncated").to_string();
    assert!(message.contains("episodes.csv: does not match its hash in manifest.json"), "{message}");
    assert!(
        message.contains(&format!("{} bytes, {} were written", whole.len() / 2, whole.len())),
        "{message}"
    );
    std::fs::write(&path, &whole).expect("written");
    let manifest = folder.path().join("manifest.json");
    std::fs::write(&manifest, "{\"kind\": 5}").expect("written");
    let message = run(&one, &[42, 123], false).expect_err("no manifest").to_string();
    assert!(message.contains("manifest.json: is no manifest of a benchmark"), "{message}");
    std::fs::remove_file(&manifest).expect("removed");
    let message = run(&one, &[42, 123], false).expect_err("foreign files").to_string();
    assert!(message.contains("is there already, without a manifest"), "{message}");
    assert!(!run(&one, &[42, 123], true).expect("forced").was_complete);
    assert_eq!(files(folder.path()), before);
}

#[test]
fn results_of_another_version_of_the_suite_are_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let policy = named("constant:20");
    let mut suite = published();
    play(&suite, &[&policy], &[42], 2, Some(folder.path()), false).expect("played");
    suite.version += 1;
    let refused = play(&suite, &[&policy], &[42], 2, Some(folder.path()), false);
    assert!(matches!(refused, Err(RunError::OtherRun { .. })), "{refused:?}");
}

/// The bytes of every file that is the same in every run.
fn files(folder: &std::path::Path) -> Vec<Vec<u8>> {
    HASHED.iter().map(|name| std::fs::read(folder.join(name)).expect("written")).collect()
}

/// Section 1.8 again, as gap: on S09 the constant 20 earns 277.5, nothing at all less by hand.
#[test]
fn the_gap_is_what_the_plan_earns_more_and_says_whether_it_is_a_bound() {
    let suite = published();
    let plan = Own { name: "oracle", together: false, order: |_| Ok(20.0) };
    let nothing = named("constant:0");
    let outcome = play(&suite, &[&plan, &nothing], &[42], 1, None, false).expect("played");
    let cell = |id: &str| {
        let problem = suite.problems().iter().position(|problem| problem.id == id);
        let wanted = |cell: &&Cell| cell.contestant == 1 && cell.problem == problem;
        outcome.analysis.cells.iter().find(wanted).expect("a cell").clone()
    };
    let (serial, goodwill) = (cell("S09"), cell("S11"));
    let gap = serial.gap.expect("the plan was played");
    assert!((gap.reference - 277.5).abs() < 1e-9);
    assert!((gap.money - (277.5 - serial.profits[0])).abs() < 1e-9);
    assert!((gap.percent.expect("not zero") - 100.0 * gap.money / 277.5).abs() < 1e-9);
    assert!(
        gap.is_bound() && !goodwill.gap.expect("played").is_bound(),
        "no bound where demand answers the policy"
    );
    // Nothing is one of the constants: a policy that orders nothing is not better than the best of them.
    assert!(outcome.analysis.warnings.iter().any(|warning| warning.contains("constant:0 is no better")));
    assert!(
        outcome.analysis.warnings.iter().any(|warning| warning.contains("pairs there share only the seed"))
    );
}

/// As a cluster hands them over: as text, in an order of its own.
#[test]
fn units_played_elsewhere_are_the_rows_of_a_local_run_and_others_are_refused() {
    let suite = published();
    let (ss, constant) = (named("ss:blind"), named("constant:20"));
    let contestants: [&dyn Contestant; 2] = [&ss, &constant];
    let run = |executor: UnitExecutor<'_>| {
        let plan = Plan::new(&suite, contestants.to_vec(), vec![42, 123]).expect("a plan");
        let execution =
            Execution { threads: 1, progress: &|_, _| {}, interrupted: &|| false, executor: Some(executor) };
        benchmark(&plan, Session { folder: None, force: false, command: "", execution })
    };
    let rows = |rows: Vec<Row>| -> Vec<_> {
        let plain = |row: Row| (row.problem, row.contestant, row.played.seed, row.played.outcome);
        rows.into_iter().map(plain).collect()
    };
    let outcome = run(&|plan: &Plan<'_>, units: &[usize], keep: Keep<'_>| {
        units.iter().rev().try_for_each(|&unit| keep(&play_unit(plan, unit)?))
    });
    let local = play(&suite, &contestants, &[42, 123], 2, None, false).expect("played");
    assert_eq!(rows(outcome.expect("played").rows), rows(local.rows));
    let refused = |executor: UnitExecutor<'_>| run(executor).expect_err("refused").to_string();
    let twice = refused(&|plan, units, keep| {
        let text = play_unit(plan, units[0])?;
        keep(&text).and_then(|()| keep(&text))
    });
    assert!(twice.contains("nobody asked for"), "{twice}");
    let none = refused(&|_, _, _| Ok(()));
    assert!(none.contains("unplayed"), "{none}");
    let no_text = refused(&|_, _, keep| keep("{}"));
    assert!(no_text.contains("no episodes"), "{no_text}");
}

/// Plays one unit of a run into its journal, as a kill leaves it.
fn begun(plan: &Plan<'_>, folder: &std::path::Path) {
    let one: UnitExecutor<'_> = &|plan, units, keep| {
        keep(&play_unit(plan, units[0])?)?;
        Err(RunError::Interrupted)
    };
    let execution =
        Execution { threads: 1, progress: &|_, _| {}, interrupted: &|| false, executor: Some(one) };
    let session = Session { folder: Some(folder), force: false, command: "", execution };
    assert!(matches!(benchmark(plan, session), Err(RunError::Interrupted)));
}

/// The checksums are right, so that only the content tells.
#[test]
fn a_forged_journal_is_refused_by_line_and_breaks_nothing() {
    let suite = published();
    let constant = named("constant:20");
    let plan = Plan::new(&suite, vec![&constant], vec![42, 123]).expect("a plan");
    let forgeries: [(&str, Value); 9] = [
        ("/problem", 26.into()),
        ("/contestant", 9999.into()),
        ("/rows/0/seed", 7.into()),
        ("/rows/0/course/demand", Value::Array(Vec::new())),
        ("/rows/0/course/stock", Value::Array(Vec::new())),
        ("/rows/0/course/pipeline/0", Value::Array(vec![1.0.into(); 3])),
        ("/rows/0/course/unmet/0", "many".into()),
        ("/rows/0/outcome/Ok/bullwhip_by_echelon", Value::Array(vec![1.0.into(); 50])),
        ("/rows/0/outcome/Ok/values", Value::Array(vec![1.0.into(); 3])),
    ];
    for (place, forged) in forgeries {
        let folder = tempfile::tempdir().expect("a folder");
        begun(&plan, folder.path());
        let journal = folder.path().join("journal.log");
        let text = std::fs::read_to_string(&journal).expect("a journal");
        let (head, unit) = text.trim_end().split_once('\n').expect("two lines");
        let mut unit: Value =
            serde_json::from_str(unit.split_once(' ').expect("a checksum").1).expect("JSON");
        *unit.pointer_mut(place).expect(place) = forged;
        let json = unit.to_string();
        let forged = format!("{head}\n{:08x} {json}\n", crc32fast::hash(json.as_bytes()));
        std::fs::write(&journal, &forged).expect("written");
        let refused = play(&suite, &[&constant], &[42, 123], 1, Some(folder.path()), false).expect_err(place);
        assert!(refused.to_string().contains("journal.log: line 2 is not what this run wrote"), "{refused}");
        assert_eq!(std::fs::read_to_string(&journal).expect("still there"), forged);
    }
}
