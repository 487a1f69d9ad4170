//! The game in a terminal, played through pipes.

use std::io::Write;
use std::process::Stdio;

use crate::common::{Run, command, fail};

/// Runs the command with this typed into it.
fn typed(args: &[&str], input: &str) -> Run {
    let mut child = command(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the command starts");
    let mut pipe = child.stdin.take().expect("a pipe");
    // A game that is refused reads nothing; its pipe is closed then.
    let _ = pipe.write_all(input.as_bytes());
    drop(pipe);
    let output = child.wait_with_output().expect("the command ends");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8 output");
    Run { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
}

/// The number behind a name in the table of stages or of others.
fn cost(stdout: &str, name: &str) -> f64 {
    let line = stdout.lines().rfind(|line| line.trim_start().starts_with(name));
    let line = line.unwrap_or_else(|| panic!("no {name} in {stdout}"));
    let behind = line.trim_start()[name.len()..].split_whitespace().next();
    behind.and_then(|word| word.parse().ok()).unwrap_or_else(|| panic!("{line}"))
}

const STAGES: [&str; 4] = ["retailer", "wholesaler", "distributor", "factory"];

/// What is ordered on the board.
#[derive(Debug, Default, Clone)]
struct Board {
    /// Orders of every period, stage by stage, from the retailer up.
    orders: Vec<[f64; 4]>,
}

/// The board reckoned by hand, apart from the engine: stocks, goods on the way, slips and backlogs of the four stages.
fn by_levels(levels: [f64; 4]) -> Board {
    let mut stock = [12.0_f64; 4];
    let mut way = [[4.0_f64; 2]; 4];
    let mut slips = [4.0_f64; 3];
    let mut owed = [0.0_f64; 4];
    let mut board = Board::default();
    for period in 0..36 {
        let wanted = if period < 4 { 4.0 } else { 8.0 };
        let mut orders = [4.0; 4];
        if period >= 5 {
            for stage in 0..4 {
                let paper = if stage < 3 { slips[stage] + owed[stage + 1] } else { 0.0 };
                let position = stock[stage] + way[stage][0] + way[stage][1] + paper - owed[stage];
                orders[stage] = (levels[stage] - position).max(0.0);
            }
        }
        board.orders.push(orders);
        for stage in 0..4 {
            stock[stage] += way[stage][0];
            way[stage] = [way[stage][1], 0.0];
        }
        let asked = [wanted, slips[0], slips[1], slips[2]];
        for stage in 0..4 {
            let due = owed[stage] + asked[stage];
            let shipped = due.min(stock[stage]);
            stock[stage] -= shipped;
            owed[stage] = due - shipped;
            if stage > 0 {
                way[stage - 1][1] = shipped;
            }
        }
        way[3][1] = orders[3];
        slips = [orders[0], orders[1], orders[2]];
    }
    board
}

fn lines(board: &Board) -> String {
    let orders: Vec<String> = board.orders.iter().flatten().map(ToString::to_string).collect();
    orders.join(
        "
",
    ) + "
"
}

/// Known answers of the board: 46, 50, 54, 54 under local base stock of 32, 32, 32, 24 from the fifth decision on.
#[test]
fn the_beer_game_in_the_terminal_costs_204_under_base_stock_from_week_five_on() {
    let run = typed(&["play"], &lines(&by_levels([32.0, 32.0, 32.0, 24.0])));
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
    assert_eq!(STAGES.map(|stage| cost(&run.stdout, stage)), [46.0, 50.0, 54.0, 54.0]);
    assert_eq!(cost(&run.stdout, "together"), 204.0);
    assert!(run.stdout.contains("the game is over after 36 periods"), "{}", run.stdout);
    assert!(run.stdout.contains("customers' demand had a variance of 1.58"), "8/9 x 1/9 x 16");
    let others = &run.stdout[run.stdout.find("on the same customers").expect("a comparison")..];
    assert!(others.contains("this game") && others.contains("base-stock, levels found by simulation"));
    // The least of a linear programme of the board with costs of stock and backlog alone, by another solver: 124.
    assert_eq!(cost(others, "the optimal policy, best on average"), 124.0);
    assert_eq!(cost(others, "oracle (knows demand beforehand)"), 124.0);
    let (_, silent) = others.split_once("not known:\n").expect("who cannot play");
    let reasons = [" does not model timelines (the network)", "none fits this problem"];
    let names_a_reason = |line: &str| reasons.iter().any(|reason| line.contains(reason));
    let mut lines = silent.lines().filter(|line| !line.trim().is_empty());
    assert!(lines.all(names_a_reason), "{silent}");
    assert!(!silent.contains("Policies that play"), "{silent}");
}

/// Known answers of the board: 216, 82, 82, 148 where eight are ordered always but first.
#[test]
fn the_beer_game_in_the_terminal_costs_528_if_what_is_asked_for_is_ordered() {
    let input = "4\n".repeat(4) + &"8\n".repeat(35 * 4);
    let run = typed(&["play", "exercises/beer-game"], &input);
    assert_eq!(STAGES.map(|stage| cost(&run.stdout, stage)), [216.0, 82.0, 82.0, 148.0]);
    assert_eq!(cost(&run.stdout, "together"), 528.0);
}

#[test]
fn one_stage_is_played_by_a_person_and_the_others_by_policies_by_name() {
    let args = [
        "play",
        "--stage",
        "retailer",
        "--others",
        "basestock:32,24,32,32",
        "--player",
        "factory=constant:8",
    ];
    let run = typed(&args, &"8\n".repeat(36));
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let head = run.stdout.lines().take(4).collect::<Vec<_>>().join("\n");
    assert!(head.contains("you run: retailer"), "{head}");
    assert!(head.contains("basestock:32,24,32,32 runs: wholesaler, distributor"), "{head}");
    assert!(head.contains("constant:8 runs: factory"), "{head}");
    // A manager sees the own stage only.
    assert!(!run.stdout.contains("wholesaler: 12 on hand"), "{}", run.stdout);
    assert!(run.stdout.contains("retailer: 12 on hand, position 24"), "{}", run.stdout);
    assert!(run.stdout.contains("from wholesaler: 4 due in 1, 4 due in 2, slip for 4 read in 1"));
}

#[test]
fn what_cannot_be_ordered_is_said_and_loses_nothing() {
    let sound = "4\n".repeat(4) + &"8\n".repeat(35 * 4);
    let nonsense = "eight\n-3\n4.5\n4 4\nnan\n1e300\n\nhelp\n\u{1b}[2J\n";
    let run = typed(&["play"], &(nonsense.to_owned() + &sound));
    for said in [
        "'eight' is not a number; nothing was ordered, try again",
        "the order from wholesaler is -3; expected a whole number from 0 to 1000000000",
        "the order from wholesaler is 4.5; expected a whole number",
        "found 2 quantities; retailer has 1 supplier: wholesaler",
        "the order from wholesaler is NaN; expected",
        "0 orders nothing, 'help' says what can be typed",
        "back: order anew for the stages of this period",
        "'\\u{1b}[2j' is not a number",
    ] {
        assert!(run.stdout.contains(said), "{said}\n{}", run.stdout);
    }
    assert_eq!(cost(&run.stdout, "together"), 528.0, "the game went on as if nothing had been typed");
    // Two orders taken back.
    let run = typed(&["play"], &("99\n99\nback\n".to_owned() + &sound));
    assert_eq!(cost(&run.stdout, "together"), 528.0);
}

#[test]
fn the_end_of_the_input_ends_the_game_politely_with_what_was_played() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("game.csv");
    let path = file.to_str().expect("UTF-8");
    let run = typed(&["play", "--out", path], &("4\n".repeat(4 * 2) + "4\n"));
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
    assert!(run.stdout.contains("the input ended after 2 of 36 periods; goodbye"), "{}", run.stdout);
    let sheet = std::fs::read_to_string(file).expect("written");
    let rows: Vec<&str> = sheet.lines().collect();
    assert_eq!(rows.len(), 1 + 2 * 4);
    assert_eq!(rows[0], "period,node,player,asked,ordered,shipped,on_hand,waiting,cost");
    // 12 + 4 - 4 on hand at .5 each.
    assert_eq!(rows[1], "1,retailer,person,4,4,4,12,0,6");
    let run = typed(&["play"], "quit\n");
    assert!(run.stdout.contains("you left after 0 of 36 periods\nnothing was played"), "{}", run.stdout);
}

#[test]
fn any_network_can_be_played_and_the_optimum_is_told_where_it_is_known() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("shop.yaml");
    let shop = "nodes: [{id: town}, {id: shop, I0: 3, h: 1}, {id: farm}]\nedges:\n  \
                - {from: shop, to: town, p: 0, b: 9, demand_dist: poisson, dist_param: {mu: 1}}\n  \
                - {from: farm, to: shop, L: 0, p: 0, g: 0}\n";
    std::fs::write(&file, shop).expect("written");
    let run = typed(&["play", file.to_str().expect("UTF-8"), "--periods", "4"], &"1\n".repeat(4));
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let others = &run.stdout[run.stdout.find("on the same customers").expect("a comparison")..];
    let known = &others[..others.find("not known:").unwrap_or(others.len())];
    assert!(known.contains("the optimal policy, best on average"), "{others}");
    assert!(known.contains("oracle (knows demand beforehand)"), "{others}");
}

#[test]
fn who_cannot_sit_where_is_said_before_anything_is_played() {
    let refused = |args: &[&str], said: &str| {
        let stderr = fail(1, args);
        assert!(stderr.contains(said), "{stderr}");
    };
    refused(
        &["play", "--stage", "retialer"],
        "--stage retialer: no such stage (did you mean 'retailer'?); stages that hold stock: retailer, wholesaler",
    );
    refused(&["play", "--stage", "factory", "--others", "oracel"], "did you mean 'oracle'?");
    refused(&["play", "--stage", "factory", "--player", "factory=constant:4"], "somebody sits there already");
    refused(&["play", "exercises/beer"], "suite exercises has no problem 'beer'");
    assert!(fail(2, &["play", "--others", "constant:4"]).contains("there are no others"));
    assert!(fail(2, &["play", "--out", "game.xls"]).contains("the name must end in .csv"));
    assert!(fail(2, &["play", "--periods", "4"]).contains("a scenario has a length of its own"));
}
