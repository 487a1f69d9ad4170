//! The report of a run, out of its rows and what they say.

use invmgmt::network::Network;
use invmgmt_data::Case;
use invmgmt_policy::estimate::Estimate;
use invmgmt_report::chart::{Chart, Mark, Series, periods_per_point, thin_by_mean};
use invmgmt_report::{
    BenchmarkPage, Column, DotPlot, DotRow, Dots, Entry, EpisodePanel, Layout, SortableTable, Titled,
    network_svg,
};

use crate::figures::{Course, FIGURES, echelon_names};
use crate::plan::Plan;
use crate::run::Row;
use crate::statistics::{Analysis, Cell, no_gap};

/// Most problems whose episode is drawn.
const MAX_EPISODES: usize = 40;

/// The report as HTML.
pub(crate) fn html(plan: &Plan<'_>, rows: &[Row], analysis: &Analysis, command: &str) -> String {
    let suite = plan.suite;
    let repeats = suite.problems().iter().filter(|problem| problem.same_as.is_some()).count();
    let problems = match repeats {
        0 => suite.problems().len().to_string(),
        some => format!("{} ({some} of them repeats)", suite.problems().len()),
    };
    let asked = plan.contestants.len() * suite.problems().len() * plan.seeds.len();
    let page = BenchmarkPage {
        title: format!("Benchmark {}, version {}", suite.name, suite.version),
        command,
        facts: vec![
            ("Problems", problems),
            ("Policies", plan.contestants.len().to_string()),
            ("Seeds", format!("{} ({})", plan.seeds.len(), some_seeds(&plan.seeds))),
            ("Episodes", asked.to_string()),
            ("Failed", analysis.overall.iter().map(|cell| cell.failed).sum::<usize>().to_string()),
        ],
        warnings: analysis.warnings.clone(),
        policies: plan.contestants.iter().map(|contestant| contestant.name().to_owned()).collect(),
        tables: vec![
            ranking(plan, analysis),
            by_problem(plan, analysis),
            summary(plan, analysis),
            pairs(plan, analysis),
        ],
        gaps: gaps(plan, analysis),
        distributions: distributions(plan, analysis),
        episodes: episodes(plan, rows),
        networks: networks(plan),
        generator: format!("gym-invmgmt {} (commit {})", env!("CARGO_PKG_VERSION"), crate::files::COMMIT),
    };
    page.to_html()
}

fn some_seeds(seeds: &[u64]) -> String {
    match seeds {
        [first, .., last] if seeds.len() > 4 => format!("{first} to {last}"),
        few => few.iter().map(u64::to_string).collect::<Vec<_>>().join(", "),
    }
}

/// A problem for people: its id, and its name or published key where it has one.
fn title(problem: &Case) -> String {
    match &problem.name {
        Some(name) => format!("{}: {name}", problem.id),
        None if problem.key == problem.id => problem.id.clone(),
        None => format!("{}: {}", problem.id, problem.key),
    }
}

fn column(name: &str, meaning: &str) -> Column {
    Column { name: name.to_owned(), meaning: meaning.to_owned() }
}

/// A number for people, with this many decimals.
fn figure(value: Option<f64>, decimals: usize) -> Entry {
    let value = value.filter(|value| value.is_finite());
    Entry::Number(value, value.map_or(String::new(), |value| plain(value, decimals)))
}

fn plain(value: f64, decimals: usize) -> String {
    let shown = format!("{value:.decimals$}");
    // Nothing is shown as "-0.0".
    if shown.trim_start_matches(['-', '0', '.']).is_empty() {
        shown.trim_start_matches('-').to_owned()
    } else {
        shown.replace('-', "\u{2212}")
    }
}

fn interval(interval: Option<(f64, f64)>) -> Entry {
    let shown =
        interval.map_or(String::new(), |(low, high)| format!("{} to {}", plain(low, 1), plain(high, 1)));
    Entry::Number(interval.map(|(low, _)| low), shown)
}

/// A gap in percent, or why there is none.
fn gap(plan: &Plan<'_>, cell: &Cell) -> Entry {
    match cell.gap {
        Some(gap) => figure(gap.percent, 1),
        None => Entry::Number(None, no_gap(plan).to_owned()),
    }
}

fn mean(cell: &Cell, name: &str) -> Option<f64> {
    FIGURES.iter().position(|figure| *figure == name).map(|position| cell.means[position])
}

fn ranking(plan: &Plan<'_>, analysis: &Analysis) -> SortableTable {
    let columns = vec![
        column("rank", "by mean profit over distinct problems"),
        column("could be", "ranks of the policies it is not told apart from"),
        column("policy", "as named on the command line"),
        column("information", "what it knows of demand; profits compare only within a level"),
        column("profit", "mean over distinct problems and seeds [money]"),
        column("95% interval", "of the mean over seeds"),
        column("gap %", "to the clairvoyant plan, in percent of its profit"),
        column(
            "over constants",
            "profit less that of the best constant of each problem, found in hindsight [money]",
        ),
        column("not told apart from", "Holm-adjusted paired t-tests at 5%"),
    ];
    let row = |ranked: &crate::statistics::Ranked| {
        let cell = &analysis.overall[ranked.contestant];
        let profit = cell.profit.as_ref();
        let like: Vec<&str> =
            ranked.like.iter().map(|&contestant| plan.contestant(contestant).name()).collect();
        let (best, worst) = ranked.between;
        vec![
            figure(Some(ranked.rank as f64), 0),
            Entry::Number(
                Some(best as f64),
                if best == worst { best.to_string() } else { format!("{best} to {worst}") },
            ),
            Entry::Text(plan.contestant(ranked.contestant).name().to_owned()),
            Entry::Text(cell.information.clone()),
            figure(profit.map(|profit| profit.mean), 1),
            interval(profit.and_then(Estimate::interval)),
            gap(plan, cell),
            figure(cell.over_constant.as_ref().map(|over| over.difference.mean), 1),
            Entry::Text(like.join(", ")),
        ]
    };
    SortableTable {
        title: "Ranking".to_owned(),
        note: "Every policy plays the same seeds, so policies are compared seed by seed: a difference is called real \
               if the paired t-test over seeds, adjusted for all pairs by Holm's method, is below 5%. Each distinct \
               problem counts once. Policies of different information levels do not compete. Click a heading to sort."
            .to_owned(),
        columns,
        rows: analysis.ranking.iter().map(row).collect(),
    }
}

/// Who earns how much where: a row per distinct problem, a column per policy.
fn by_problem(plan: &Plan<'_>, analysis: &Analysis) -> SortableTable {
    let policies =
        plan.contestants.iter().map(|contestant| column(contestant.name(), "mean profit over seeds [money]"));
    let constant =
        column("best constant", "highest mean profit of a constant order, found in hindsight [money]");
    let row = |position: usize| {
        let cells: Vec<&Cell> = analysis.cells.iter().filter(|cell| cell.problem == Some(position)).collect();
        let profit = |cell: &Cell| cell.profit.map(|profit| profit.mean);
        // Seen from a policy that failed nowhere: what it earned less what it earned more than the constant.
        let constant = cells
            .iter()
            .filter(|cell| cell.failed == 0)
            .find_map(|cell| Some(profit(cell)? - cell.over_constant.as_ref()?.difference.mean));
        let mut row = vec![Entry::Text(row_name(&plan.suite.problems()[position]))];
        row.extend(cells.iter().map(|cell| figure(profit(cell), 1)));
        row.push(figure(constant, 1));
        row
    };
    let problems = plan.suite.problems();
    SortableTable {
        title: "Profit by problem".to_owned(),
        note: "Mean profit over seeds [money].".to_owned(),
        columns: std::iter::once(column("problem", "")).chain(policies).chain([constant]).collect(),
        rows: (0..problems.len()).filter(|&position| problems[position].same_as.is_none()).map(row).collect(),
    }
}

fn summary(plan: &Plan<'_>, analysis: &Analysis) -> SortableTable {
    let columns = vec![
        column("problem", "ALL: mean over distinct problems"),
        column("policy", "as named on the command line"),
        column("profit", "mean over seeds [money]"),
        column("95% interval", "of the mean over seeds"),
        column("gap %", "to the clairvoyant plan, in percent of its profit"),
        column("to optimum %", "how much worse than the optimum the problem states, or the best known"),
        column("over constant", "profit less that of the best constant [money]"),
        column("fill rate", "sold over demand, late deliveries included"),
        column("at once", "immediate fill rate: demand served in its own period"),
        column("service", "share of periods with at most 0.000001 units unmet"),
        column("stock", "units per node at the end of a period"),
        column("unmet", "unit-periods where demand waits, units where it is lost"),
        column("bullwhip", "published: variance of requests over variance of demand"),
        column("failed", "episodes"),
    ];
    let row = |cell: &Cell| {
        let problem =
            cell.problem.map_or(crate::files::ALL, |problem| plan.suite.problems()[problem].id.as_str());
        vec![
            Entry::Text(problem.to_owned()),
            Entry::Text(plan.contestant(cell.contestant).name().to_owned()),
            figure(cell.profit.map(|profit| profit.mean), 1),
            interval(cell.profit.and_then(|profit| profit.interval())),
            gap(plan, cell),
            figure(cell.distance.and_then(|far| far.percent).map(|percent| percent.mean), 2),
            figure(cell.over_constant.as_ref().map(|over| over.difference.mean), 1),
            figure(mean(cell, "fill_rate"), 3),
            figure(mean(cell, "immediate_fill_rate"), 3),
            figure(mean(cell, "service_level_tolerant"), 3),
            figure(mean(cell, "avg_inventory"), 1),
            figure(mean(cell, "unfulfilled"), 1),
            figure(mean(cell, "bullwhip_ratio"), 2),
            figure(Some(cell.failed as f64), 0),
        ]
    };
    // By problem, so that policies which compete stand side by side.
    let mut cells: Vec<&Cell> = analysis.cells.iter().collect();
    cells.sort_by_key(|cell| cell.problem);
    SortableTable {
        title: "Summary".to_owned(),
        note: "Means over seeds. Where no interval stands, profit does not vary with the seeds played."
            .to_owned(),
        columns,
        rows: analysis.overall.iter().chain(cells).map(row).collect(),
    }
}

fn pairs(plan: &Plan<'_>, analysis: &Analysis) -> SortableTable {
    let over_all = analysis.comparisons.iter().filter(|pair| pair.problem.is_none());
    let row = |pair: &crate::statistics::Comparison| {
        vec![
            Entry::Text(plan.contestant(pair.a).name().to_owned()),
            Entry::Text(plan.contestant(pair.b).name().to_owned()),
            figure(Some(pair.difference.mean), 1),
            interval(pair.difference.interval()),
            Entry::Number(
                pair.p_adjusted,
                pair.p_adjusted.map_or(String::new(), |p| match p {
                    small if small < 0.0001 => "< 0.0001".to_owned(),
                    p => format!("{p:.4}"),
                }),
            ),
            Entry::Text(if pair.is_real() { "yes" } else { "no" }.to_owned()),
        ]
    };
    SortableTable {
        title: "Pairs of policies".to_owned(),
        note: "Differences of mean profit over distinct problems, seed by seed. comparisons.csv has them per problem."
            .to_owned(),
        columns: vec![
            column("policy", ""),
            column("less policy", ""),
            column("difference", "of mean profit [money]"),
            column("95% interval", "of the mean difference over seeds"),
            column("p, adjusted", "two-sided paired test, adjusted by Holm's method"),
            column("real", "at 5% for all pairs together"),
        ],
        rows: over_all.map(row).collect(),
    }
}

/// A problem beside a plot or in a table: its id, and its name if people gave it one; keys are too long.
fn row_name(problem: &Case) -> String {
    if problem.name.is_some() { title(problem) } else { problem.id.clone() }
}

/// Gaps per problem, or where no clairvoyant plan was played what a policy earns over the best constant.
fn gaps(plan: &Plan<'_>, analysis: &Analysis) -> Titled<DotPlot> {
    let known = analysis.cells.iter().any(|cell| cell.gap.is_some());
    let value = |cell: &Cell| {
        if known {
            cell.gap.and_then(|gap| gap.percent)
        } else {
            cell.over_constant.as_ref().map(|over| over.difference.mean)
        }
    };
    let rows = (0..plan.suite.problems().len())
        .filter(|&problem| plan.suite.problems()[problem].same_as.is_none())
        .map(|problem| DotRow {
            name: row_name(&plan.suite.problems()[problem]),
            dots: analysis
                .cells
                .iter()
                .filter(|cell| cell.problem == Some(problem))
                .filter_map(|cell| {
                    let value = value(cell)?;
                    let name = plan.contestant(cell.contestant).name();
                    let hint = format!("{name}: {value:.1}");
                    Some(Dots { series: cell.contestant, values: vec![value], mean: None, hint })
                })
                .collect(),
        })
        .collect();
    let (title, axis, note) = if known {
        (
            "Gap to the clairvoyant plan",
            "percent of the clairvoyant profit",
            "The plan knows the demand to come. Without goodwill it is the optimum of its linear programme, which \
             nobody can beat; under goodwill it is the best plan known.",
        )
    } else {
        (
            "Profit over the best constant",
            "money",
            "What a policy earns more than the best constant order of the problem, found in hindsight. With the policy \
             'oracle' among the players this shows gaps to the clairvoyant plan.",
        )
    };
    Titled {
        title: title.to_owned(),
        note: note.to_owned(),
        content: DotPlot {
            label: title.to_owned(),
            axis: axis.to_owned(),
            width: 960.0,
            holds_zero: true,
            rows,
        },
    }
}

fn distributions(plan: &Plan<'_>, analysis: &Analysis) -> Vec<Titled<DotPlot>> {
    let row = |cell: &Cell| {
        let name = plan.contestant(cell.contestant).name().to_owned();
        let mean = cell.profit.map(|profit| (profit.mean, profit.interval()));
        let hint = match mean {
            Some((mean, _)) => format!("{name}: mean {mean:.1} over {} seeds", cell.seeds),
            None => format!("{name}: no episode"),
        };
        let dots = Dots { series: cell.contestant, values: cell.profits.clone(), mean, hint };
        DotRow { name, dots: vec![dots] }
    };
    let plot = |title: String, cells: Vec<&Cell>| {
        let label = format!("Profit per seed, {title}");
        let rows = cells.into_iter().map(row).collect();
        let content =
            DotPlot { label, axis: "profit [money]".to_owned(), width: 960.0, holds_zero: false, rows };
        Titled { title, note: String::new(), content }
    };
    let all = plot("Mean over distinct problems".to_owned(), analysis.overall.iter().collect());
    let each = plan.suite.problems().iter().enumerate().map(|(position, problem)| {
        let cells = analysis.cells.iter().filter(|cell| cell.problem == Some(position)).collect();
        plot(title(problem), cells)
    });
    std::iter::once(all).chain(each).collect()
}

fn episodes(plan: &Plan<'_>, rows: &[Row]) -> Vec<EpisodePanel> {
    let problems = plan.suite.problems().iter().enumerate().filter(|(_, problem)| problem.same_as.is_none());
    let panel = |(position, problem): (usize, &Case)| {
        let courses: Vec<(usize, &Course)> = rows
            .iter()
            .filter(|row| row.problem == position && row.contestant < plan.contestants.len())
            .filter_map(|row| Some((row.contestant, row.played.course.as_ref()?)))
            .collect();
        if courses.is_empty() {
            return None;
        }
        let name = format!("{}; seed {}", title(problem), plan.seeds[0]);
        Some(EpisodePanel { name, charts: charts(&problem.network, &courses) })
    };
    problems.take(MAX_EPISODES).filter_map(panel).collect()
}

/// Stock and pipeline per echelon; demand and what is unmet stand behind the stock next to the customers.
fn charts(network: &Network, courses: &[(usize, &Course)]) -> Vec<(String, Chart<'static>)> {
    let periods = courses.iter().map(|(_, course)| course.demand.len()).max().unwrap_or(0);
    let step = periods_per_point(periods);
    let thin = |values: &[f64]| thin_by_mean(values, step);
    let chart =
        |label, series| Chart { label, size: (470.0, 210.0), periods_per_point: step, reach: 0.0, series };
    let lines = |of: &dyn Fn(&Course) -> Vec<f64>| -> Vec<Series> {
        courses
            .iter()
            .map(|(which, course)| Series { mark: Mark::Line(*which), values: thin(&of(course)) })
            .collect()
    };
    let mut charts = Vec::new();
    for (level, name) in echelon_names(network).into_iter().enumerate() {
        let mut stock = Vec::new();
        // Where demand depends on the policy each has its own; columns then would be one policy's.
        if let (0, [(_, first), rest @ ..]) = (level, courses)
            && rest.iter().all(|(_, course)| course.demand == first.demand)
        {
            stock.push(Series { mark: Mark::Columns, values: thin(&first.demand) });
        }
        if let (0, [(_, only)]) = (level, courses) {
            stock.push(Series { mark: Mark::Warning, values: thin(&only.unmet) });
        }
        stock.extend(lines(&|course| course.stock[level].clone()));
        charts.push((format!("{name}, stock"), chart("Stock per policy", stock)));
        charts.push((
            format!("{name}, pipeline"),
            chart("Pipeline per policy", lines(&|course| course.pipeline[level].clone())),
        ));
    }
    charts
}

/// Each network that looks different, once: laws of demand are no part of a picture.
fn networks<'a>(plan: &Plan<'a>) -> Vec<Titled<&'a Network>> {
    let mut drawn: Vec<(String, &Network, Vec<&str>)> = Vec::new();
    for problem in plan.suite.problems() {
        let picture = network_svg(&problem.network, &Layout::of(&problem.network));
        match drawn.iter_mut().find(|(known, ..)| *known == picture) {
            Some((.., ids)) => ids.push(&problem.id),
            None => drawn.push((picture, &problem.network, vec![&problem.id])),
        }
    }
    let titled = |(_, content, ids): (String, &'a Network, Vec<&str>)| {
        let size = format!("{} nodes, {} links", content.nodes.len(), content.links.len());
        let title = content.declared.name.as_ref().map_or(size.clone(), |name| format!("{name}: {size}"));
        Titled { title, note: format!("Problems {}", ids.join(", ")), content }
    };
    drawn.into_iter().map(titled).collect()
}
