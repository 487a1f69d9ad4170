//! The command `play`: one person runs a stage, or all of them, period by period in a terminal.

use std::collections::HashSet;
use std::io::{BufRead, Write};
use std::path::PathBuf;

use clap::Args;
use invmgmt::Problem;
use invmgmt::network::{ManagedIx, Network, TableIndex};
use invmgmt_data::{find_scenario, names_scenario, replace_file};
use invmgmt_game::{Accounts, Game, Player, Rival, TUNED, results_csv, rivals, stages, tuned};

use crate::args::problem::DemandArgs;
use crate::endings::check_ending;
use crate::failure::{Failure, warn_all};
use crate::wording::counted;
use crate::{networks, scenarios};
use invmgmt_data::did_you_mean;

pub(crate) const EXAMPLES: &str = "\
Examples:
  The beer game on its board, all four stages; then the retailer alone, the others by base stock:
    gym-invmgmt play
    gym-invmgmt play --stage retailer --others basestock:32,24,32,32
  A network of your own, its orders and costs to a file:
    gym-invmgmt play bakery.yaml --periods 20 --stage depot --out game.csv

What is typed: a number per supplier of the stage, or 'help', 'back' (order anew for the stages of this period) or 'quit'.

Exit codes: 0 played, to the end or to where the input ended, 1 an input was refused, 2 wrong usage.";

#[derive(Args, Debug)]
pub(crate) struct PlayArgs {
    /// A network or scenario file, a network by name, or a problem of a suite that comes along
    #[arg(value_name = "FILE|NAME|SUITE/ID", default_value = "exercises/beer-game")]
    pub what: String,
    /// A stage you run; may be repeated [default: all]
    #[arg(long = "stage", short = 's', value_name = "NODE")]
    pub stages: Vec<String>,
    /// Who runs the stages that nobody else does: a policy by name, or 'tuned' for base stock with levels found by
    /// simulation [default: tuned]
    #[arg(long, value_name = "SPEC")]
    pub others: Option<String>,
    /// Who runs one stage, as in 'depot=ss:informed'; may be repeated
    #[arg(long = "player", value_name = "NODE=SPEC")]
    pub players: Vec<String>,
    /// Seed of the customers
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
    /// Length of the game where a network is played [default: 30]
    #[arg(long, value_name = "N")]
    pub periods: Option<usize>,
    /// Also say what this policy would have paid; may be repeated
    #[arg(long = "compare", value_name = "SPEC")]
    pub compare: Vec<String>,
    /// Write what happened, a row per period and stage, as a CSV file
    #[arg(long, short, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// Plays a game with the person at the terminal.
pub(crate) fn run(given: &PlayArgs, input: &mut dyn BufRead, out: &mut dyn Write) -> Result<(), Failure> {
    if let Some(path) = &given.out {
        check_ending("--out", path, &["csv"])?;
    }
    let problem = problem(given)?;
    let players = players(given, &problem)?;
    let mut game = Game::begin(&problem, given.seed, players).map_err(Failure::refused)?;
    introduce(&game, out)?;
    let ended = play(&mut game, input, out)?;
    if let Some(path) = &given.out {
        let sheet = results_csv(&game);
        replace_file(path, |file| file.write_all(sheet.as_bytes())).map_err(Failure::refused)?;
    }
    conclude(&game, ended, &given.compare, out)?;
    if let Some(path) = &given.out {
        writeln!(out, "\nwrote {}", path.to_string_lossy().escape_debug())?;
    }
    Ok(())
}

/// What is played.
fn problem(given: &PlayArgs) -> Result<Problem, Failure> {
    if names_scenario(&given.what) {
        if given.periods.is_some() {
            return Err(Failure::Usage("--periods: a scenario has a length of its own".to_owned()));
        }
        let scenario = find_scenario(&given.what).map_err(|error| scenarios::refused("FILE", error))?;
        warn_all(scenario.notes.iter().map(invmgmt_data::Diagnostic::with_line));
        return Ok(scenario.problem);
    }
    let network = networks::load(&given.what)?;
    let demand = crate::problem::demand::build(&DemandArgs::default(), &network, given.periods)?;
    let rules = invmgmt::period::Rules::default();
    Ok(Problem::new(network, demand.model, rules, demand.num_periods))
}

/// Who sits where: persons at the stages asked for, policies at the others.
fn players(given: &PlayArgs, problem: &Problem) -> Result<Vec<Player>, Failure> {
    let network = &*problem.network;
    let mut players = vec![None; network.managed.len()];
    let mut seat = |option: &str, name: &str, player: Player| {
        let node = node(network, option, name)?;
        if players[node.position()].replace(player).is_some() {
            let message = format!("{option} {}: somebody sits there already", name.escape_debug());
            return Err(Failure::Refused(message));
        }
        Ok(())
    };
    for name in &given.stages {
        seat("--stage", name, Player::Person)?;
    }
    for text in &given.players {
        let Some((name, spec)) = text.split_once('=') else {
            let found = text.escape_debug();
            return Err(Failure::Usage(format!("--player {found}: expected NODE=SPEC")));
        };
        seat("--player", name, Player::Policy(spec.trim().to_owned()))?;
    }
    let rest = match &given.others {
        Some(_) if given.stages.is_empty() => {
            let message = "--others: without --stage you run every stage, and there are no others";
            return Err(Failure::Usage(message.to_owned()));
        }
        _ if given.stages.is_empty() => Player::Person,
        others => Player::Policy(others.as_deref().unwrap_or(TUNED).trim().to_owned()),
    };
    let players: Vec<Player> = players.into_iter().map(|player| player.unwrap_or(rest.clone())).collect();
    if !players.contains(&Player::Person) {
        return Err(Failure::Refused("every stage has a policy; nothing is left for you to play".to_owned()));
    }
    if !players.contains(&Player::Policy(TUNED.to_owned())) {
        return Ok(players);
    }
    let spec = tuned(problem).map_err(|error| Failure::Refused(format!("--others tuned: {error}")))?;
    let named = |player| match player {
        Player::Policy(word) if word == TUNED => Player::Policy(spec.clone()),
        other => other,
    };
    Ok(players.into_iter().map(named).collect())
}

fn node(network: &Network, option: &str, name: &str) -> Result<ManagedIx, Failure> {
    let named = |node: &ManagedIx| network.managed_id(*node).to_string() == name;
    let names = || stages(network).into_iter().map(|node| network.managed_id(node).to_string());
    network.managed.indices().find(named).ok_or_else(|| {
        let known: Vec<String> = names().collect();
        let hint = did_you_mean(name, known.iter().map(String::as_str));
        Failure::Refused(format!(
            "{option} {}: no such stage{hint}; stages that hold stock: {}",
            name.escape_debug(),
            known.join(", ")
        ))
    })
}

fn introduce(game: &Game, out: &mut dyn Write) -> std::io::Result<()> {
    let network = game.network();
    let Problem { num_periods, .. } = game.problem();
    let title = networks::title(network).escape_debug();
    writeln!(out, "{title}: {}, {}", networks::summary(network), counted(*num_periods, "period"))?;
    let order = stages(network);
    let names = |wanted: &dyn Fn(&Player) -> bool| -> Vec<String> {
        let nodes = order.iter().filter(|node| wanted(game.player(**node)));
        nodes.map(|node| network.managed_id(*node).to_string()).collect()
    };
    writeln!(out, "you run: {}", names(&|player| *player == Player::Person).join(", "))?;
    let mut said = HashSet::new();
    for node in &order {
        if let Player::Policy(spec) = game.player(*node)
            && said.insert(spec)
        {
            let played = names(&|player| player == game.player(*node)).join(", ");
            writeln!(out, "{} runs: {played}", spec.escape_debug())?;
        }
    }
    writeln!(out, "Type what to order, 'help' or 'quit'.")
}

/// How a game ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ended {
    /// The last period has been played.
    Played,
    /// The person left.
    Left,
    /// There was nothing more to read.
    NoInput,
}

fn play(game: &mut Game, input: &mut dyn BufRead, out: &mut dyn Write) -> Result<Ended, Failure> {
    while !game.is_over() {
        writeln!(out, "\nperiod {} of {}", game.period() + 1, game.problem().num_periods)?;
        let mut waiting = game.waiting_for();
        while let Some(&node) = waiting.first() {
            for line in game.desk(node).lines() {
                writeln!(out, "{line}")?;
            }
            match ask(game, node, input, out)? {
                Answer::Ordered => {
                    waiting.remove(0);
                }
                Answer::Back => waiting = person_stages(game),
                Answer::Left => return Ok(Ended::Left),
                Answer::NoInput => return Ok(Ended::NoInput),
            }
        }
        game.play().map_err(|error| Failure::Refused(format!("period {}: {error}", game.period() + 1)))?;
    }
    Ok(Ended::Played)
}

fn person_stages(game: &Game) -> Vec<ManagedIx> {
    let persons = |node: &ManagedIx| *game.player(*node) == Player::Person;
    stages(game.network()).into_iter().filter(persons).collect()
}

/// What a person answered.
enum Answer {
    /// An order that was taken.
    Ordered,
    /// To begin the period anew.
    Back,
    /// To leave.
    Left,
    /// Nothing: there is no more input.
    NoInput,
}

const HELP: &str = "  a number per supplier, separated by spaces: what to order of each\n  \
                    back: order anew for the stages of this period\n  \
                    quit: end here and see what it came to";

/// Asks until something can be done with the answer. What cannot be read is said, and asked again.
fn ask(
    game: &mut Game,
    node: ManagedIx,
    input: &mut dyn BufRead,
    out: &mut dyn Write,
) -> Result<Answer, Failure> {
    let suppliers: Vec<String> = game.desk(node).supplies.into_iter().map(|of| of.supplier).collect();
    loop {
        write!(out, "  order from {}: ", suppliers.join(", "))?;
        out.flush()?;
        let mut line = Vec::new();
        let read = input.read_until(b'\n', &mut line);
        let read = read.map_err(|error| Failure::Refused(format!("the input cannot be read: {error}")))?;
        if read == 0 {
            writeln!(out)?;
            return Ok(Answer::NoInput);
        }
        let text = String::from_utf8_lossy(&line);
        match text.trim().to_lowercase().as_str() {
            "quit" | "exit" | "q" => return Ok(Answer::Left),
            "back" => return Ok(Answer::Back),
            "help" | "?" => writeln!(out, "{HELP}")?,
            "" => writeln!(out, "  nothing was typed; 0 orders nothing, 'help' says what can be typed")?,
            typed => match quantities(typed)
                .and_then(|found| game.order(node, &found).map_err(|error| error.to_string()))
            {
                Ok(()) => return Ok(Answer::Ordered),
                Err(why) => writeln!(out, "  {why}; nothing was ordered, try again")?,
            },
        }
    }
}

/// The numbers of a line, separated by spaces, commas or semicolons.
fn quantities(typed: &str) -> Result<Vec<f64>, String> {
    let words = typed.split([' ', '\t', ',', ';']).filter(|word| !word.is_empty());
    words
        .map(|word| match word.parse::<f64>() {
            Ok(number) => Ok(number),
            Err(_) => Err(format!(
                "'{}' is not a number{}",
                word.escape_debug(),
                did_you_mean(word, ["quit", "help", "back"])
            )),
        })
        .collect()
}

/// Says what it came to, what others would have paid, and where the swings came from.
fn conclude(game: &Game, ended: Ended, further: &[String], out: &mut dyn Write) -> std::io::Result<()> {
    let accounts = Accounts::of(game);
    let (played, of) = (game.period(), game.problem().num_periods);
    writeln!(out)?;
    match ended {
        Ended::Played => writeln!(out, "the game is over after {}", counted(played, "period"))?,
        Ended::Left => writeln!(out, "you left after {played} of {}", counted(of, "period"))?,
        Ended::NoInput => {
            writeln!(out, "the input ended after {played} of {}; goodbye", counted(of, "period"))?;
        }
    }
    if played == 0 {
        return writeln!(out, "nothing was played");
    }
    stage_table(&accounts, out)?;
    if ended == Ended::Played {
        compare(&accounts, &rivals(game.problem(), game.seed(), further), out)?;
    } else {
        writeln!(out, "\nwhat others would have paid is said when all periods have been played")?;
    }
    Ok(())
}

fn stage_table(accounts: &Accounts, out: &mut dyn Write) -> std::io::Result<()> {
    let name = |name: &str| name.escape_debug().to_string();
    let width = accounts.stages.iter().map(|stage| name(&stage.node).len()).max().unwrap_or(0).max(8);
    writeln!(
        out,
        "\n{:width$}  {:>12}  {:>16}  {:>13}  played by",
        "", "cost", "order variance", "made of asked"
    )?;
    for stage in &accounts.stages {
        let ratio =
            |ratio: Option<f64>| ratio.map_or_else(|| "-".to_owned(), |ratio| format!("x {ratio:.2}"));
        let variance = match stage.bullwhip {
            Some(bullwhip) => format!("{:.2} (x {bullwhip:.2})", stage.ordered_variance),
            None => format!("{:.2}", stage.ordered_variance),
        };
        writeln!(
            out,
            "{:width$}  {:>12.2}  {variance:>16}  {:>13}  {}",
            name(&stage.node),
            stage.cost,
            ratio(stage.amplification),
            name(stage.player.name())
        )?;
    }
    writeln!(out, "{:width$}  {:>12.2}", "together", accounts.cost())?;
    writeln!(out, "\n{}", accounts.in_words().join("\n"))
}

fn compare(accounts: &Accounts, rivals: &[Rival], out: &mut dyn Write) -> std::io::Result<()> {
    writeln!(out, "\non the same customers, every stage in one hand:")?;
    let mut rows = vec![("this game".to_owned(), accounts.cost())];
    let mut silent = Vec::new();
    for rival in rivals {
        let note = if rival.clairvoyant { " (knows demand beforehand)" } else { "" };
        match &rival.cost {
            Ok(cost) => rows.push((format!("{}{note}", rival.name), *cost)),
            Err(why) => silent.push((&rival.name, why)),
        }
    }
    rows.sort_by(|a, b| a.1.total_cmp(&b.1));
    let width = rows.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
    for (name, cost) in rows {
        writeln!(out, "  {name:width$}  {cost:>12.2}")?;
    }
    if !silent.is_empty() {
        writeln!(out, "not known:")?;
    }
    for (name, why) in silent {
        writeln!(out, "  {name}: {}", why.escape_debug())?;
    }
    Ok(())
}
