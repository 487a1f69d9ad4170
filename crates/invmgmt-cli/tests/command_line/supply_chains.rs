//! Supply chains from files: imported, checked, and safety stock placed in them.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use rust_xlsxwriter::Workbook;
use serde_json::Value;

use crate::common::{fail, succeed};

fn name(path: &Path) -> &str {
    path.to_str().expect("UTF-8")
}

/// The bulldozer of S. C. Graves and S. P. Willems (2003): stage, time, added cost, what goes into it.
const BULLDOZER: [(&str, u32, u32, &[&str]); 22] = [
    ("Final_Assembly", 4, 8000, &["Main_Assembly", "Track_Roller_Frame", "Suspension_Group"]),
    ("Main_Assembly", 8, 12000, &["Chassis&Platform", "Common_Subassembly", "Dressed_Out_Engine"]),
    ("Suspension_Group", 7, 3600, &["Boggie_Assembly", "Pin_Assembly"]),
    ("Track_Roller_Frame", 10, 3000, &[]),
    ("Chassis&Platform", 7, 4320, &["Platform_Group", "Fender_Group", "Roll_Over_Group"]),
    ("Common_Subassembly", 5, 8000, &["Case&Frame", "Transmission", "Final_Drive&Brake"]),
    ("Dressed_Out_Engine", 10, 4100, &["Engine", "Fans"]),
    ("Case&Frame", 16, 1500, &["Case", "Frame_Assembly"]),
    ("Final_Drive&Brake", 6, 3680, &["Brake_Group", "Drive_Group", "Plant_Carrier"]),
    ("Boggie_Assembly", 11, 575, &[]),
    ("Brake_Group", 8, 3850, &[]),
    ("Case", 15, 2200, &[]),
    ("Drive_Group", 9, 1550, &[]),
    ("Engine", 7, 4500, &[]),
    ("Fans", 12, 650, &[]),
    ("Fender_Group", 9, 900, &[]),
    ("Frame_Assembly", 19, 605, &[]),
    ("Pin_Assembly", 35, 90, &[]),
    ("Plant_Carrier", 9, 155, &[]),
    ("Platform_Group", 6, 725, &[]),
    ("Roll_Over_Group", 8, 1150, &[]),
    ("Transmission", 15, 7450, &[]),
];

fn bulldozer(folder: &Path) -> PathBuf {
    let mut text =
        "stage_id,lead_time,max_s_time,cost_rate,risk_pool,ext_demand_mean,ext_demand_std,ext_demand_thres,\
                    up_stages\n"
            .to_owned();
    for (stage, time, cost, parts) in BULLDOZER {
        let demand = if stage == "Final_Assembly" { ",0," } else { ",," };
        let law = if stage == "Final_Assembly" { "5,3,1.645" } else { ",," };
        let _ = write!(text, "{stage},{time}{demand}{cost}.0,2,{law}");
        for part in parts {
            let _ = write!(text, ",{part},1");
        }
        text.push('\n');
    }
    let path = folder.join("bulldozer.txt");
    std::fs::write(&path, text).expect("written");
    path
}

/// Known answer: 632,720 in all at 30 percent and the z of 95 percent, of which final assembly 607,969; both are sums
/// of rounded costs.
#[test]
fn safety_stock_of_the_bulldozer_costs_what_is_published() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = bulldozer(folder.path());
    let json = succeed(&[
        "safety-stock",
        name(&file),
        "--rate",
        "0.3",
        "--safety-factor",
        "1.6448536269514722",
        "--json",
    ]);
    let found: Value = serde_json::from_str(&json).expect("JSON");
    assert!((found["cost"].as_f64().expect("a number") - 632_720.0).abs() < 2.0, "{}", found["cost"]);
    let stages = found["stages"].as_array().expect("stages");
    let last = stages.iter().find(|stage| stage["stage"] == "Final_Assembly").expect("a stage");
    assert!((last["cost"].as_f64().expect("a number") - 607_969.0).abs() < 0.5, "{last}");
    assert_eq!((&found["proved"], &found["trees"]), (&true.into(), &1.into()));
    let sheet = folder.path().join("placement.csv");
    let table = succeed(&["safety-stock", name(&file), "--safety-factor", "1.645", "--out", name(&sheet)]);
    assert!(table.contains("no placement costs less (1 spanning tree solved)"), "{table}");
    assert!(table.contains("safety stock costs 0.3 of what its units cost, a year"));
    assert_eq!(std::fs::read_to_string(sheet).expect("written").lines().count(), 23);
}

/// The instances of guaranteed service that are known by closed forms or to their digits, in stockpyl's layout.
#[test]
fn safety_stock_of_the_textbook_trees_costs_what_is_known() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("instances.json");
    let node = |index: usize, before: &[usize], time: u32, holding: f64, more: &str| {
        format!(
            r#"{{"_index": {index}, "_predecessor_indices": {before:?}, "local_holding_cost": {holding}, "processing_time": {time}{more}}}"#
        )
    };
    let normal = |deviation: f64, accepted: u32| {
        format!(
            r#", "external_outbound_cst": {accepted}, "demand_source": {{"type": "N", "mean": 0, "standard_deviation": {deviation}}}"#
        )
    };
    let inbound = r#", "external_inbound_cst": "#;
    let costs = [0.87, 0.98, 1.10, 1.15, 2.37, 2.47, 2.93, 3.04, 4.56, 5.73];
    let times = [5, 1, 5, 9, 5, 8, 15, 2, 10, 5];
    let long: Vec<String> = (0..10)
        .map(|at| {
            let before: Vec<usize> = if at == 0 { vec![] } else { vec![11 - at] };
            let more = match at {
                0 => format!("{inbound}7"),
                9 => normal(15.8, 3),
                _ => String::new(),
            };
            node(10 - at, &before, times[at], costs[at], &more)
        })
        .collect();
    let instances = [
        (
            "example_6_3",
            "1",
            8.0_f64.sqrt(),
            vec![
                node(3, &[], 1, 2.0, &format!("{inbound}1")),
                node(2, &[3], 0, 4.0, ""),
                node(1, &[2], 1, 7.0, &normal(1.0, 1)),
            ],
        ),
        (
            "example_6_5",
            "1",
            8.0_f64.sqrt() + 6.0_f64.sqrt() + 3.0,
            vec![
                node(1, &[], 2, 1.0, &format!("{inbound}1")),
                node(3, &[1], 1, 2.0, ""),
                node(2, &[3], 1, 3.0, &normal(1.0, 0)),
                node(4, &[3], 1, 3.0, &normal(1.0, 1)),
            ],
        ),
        (
            "problem_6_7",
            "4",
            160.0 * 5.0_f64.sqrt(),
            vec![
                node(3, &[], 1, 2.0, &format!("{inbound}1")),
                node(2, &[3], 1, 3.0, ""),
                node(1, &[2], 2, 4.0, &normal(10.0, 0)),
            ],
        ),
        ("problem_6_8", "2.0537489106318225", 1378.302, long),
    ];
    let listed = instances.iter().map(|(name, _, _, nodes)| {
        format!(r#"{{"name": "{name}", "type": "network", "data": {{"_nodes": [{}]}}}}"#, nodes.join(", "))
    });
    let text = format!(r#"{{"instances": [{}]}}"#, listed.collect::<Vec<_>>().join(", "));
    std::fs::write(&file, text).expect("written");
    for (instance, factor, cost, _) in &instances {
        let args = ["safety-stock", name(&file), "--instance", instance, "--safety-factor", factor, "--json"];
        let found: Value = serde_json::from_str(&succeed(&args)).expect("JSON");
        let off = (found["cost"].as_f64().expect("a number") - cost).abs();
        assert!(off < 5e-4, "{instance}: {} {cost}", found["cost"]);
    }
    assert!(
        fail(1, &["safety-stock", name(&file)])
            .contains("which instance? say --instance; networks in it: example_6_3")
    );
    assert!(
        fail(2, &["safety-stock", name(&file), "--chain", "06"])
            .contains("only a workbook has several chains")
    );
    assert!(fail(1, &["safety-stock", "nowhere.txt"]).contains("not found: nowhere.txt"));
    assert!(
        fail(1, &["safety-stock", name(&file), "--instance", "example_6_3", "--period", "0"])
            .contains("--period is 0; expected a number above 0")
    );
}

#[test]
fn an_imported_chain_is_checked_played_and_taken_to_tables_and_json_and_back() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = bulldozer(folder.path());
    let at = |name: &str| folder.path().join(name);
    let said = succeed(&["import", "snc", name(&file), "--output", name(&at("bulldozer.yaml"))]);
    for words in [
        "read     bulldozer: 22 stages, 21 links",
        "assumed, not in the file:",
        "cost_rate is what a stage adds to the cost of a unit",
        "holding a unit for a year costs 0.3 of its cost",
        "play it:",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
    assert!(succeed(&["check", name(&at("bulldozer.yaml"))]).contains("ok: bulldozer"));
    for (from, to) in
        [("bulldozer.yaml", "bulldozer.json"), ("bulldozer.json", "tables"), ("tables", "again.yaml")]
    {
        succeed(&["import", "network", name(&at(from)), "--output", name(&at(to))]);
    }
    let yaml = |name: &str| std::fs::read_to_string(at(name)).expect("written");
    succeed(&["import", "network", name(&at("bulldozer.yaml")), "--output", name(&at("once.yaml"))]);
    assert_eq!(yaml("once.yaml"), yaml("again.yaml"));
    succeed(&["simulate", "--network", name(&at("tables")), "--policy", "constant:5", "--periods", "20"]);
    let refused = fail(2, &["import", "snc", name(&file), "--output", name(&at("network.xml"))]);
    assert!(
        refused.contains("the name must end in .yaml or .json, or be that of a folder for tables"),
        "{refused}"
    );
    assert!(fail(1, &["import", "stockpyl", name(&file), "x"]).contains("is not JSON"));
}

/// A workbook of the size of the largest of the 38 chains: 2,025 stages, 16,225 links, 559 stages with customers, most
/// times drawn.
fn large(folder: &Path) -> PathBuf {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.set_name("38_SD").expect("a name");
    let header = [
        "Stage Name",
        "stageCost",
        "avgDemand",
        "stdDevDemand",
        "maxServiceTime",
        "serviceLevel",
        "stageTime",
        "stdDev stageTime",
    ];
    for (column, text) in header.iter().enumerate() {
        sheet.write_string(0, column as u16, *text).expect("written");
    }
    let (stages, ends) = (2_025_u32, 559_u32);
    for at in 0..stages {
        let is_end = at >= stages - ends;
        sheet.write_string(at + 1, 0, format!("Stage_{at:04}")).expect("written");
        sheet.write_number(at + 1, 1, f64::from(1 + at * 37 % 90)).expect("written");
        sheet.write_number(at + 1, 6, f64::from(1 + at * 13 % 17)).expect("written");
        if at < 1_379 {
            sheet.write_number(at + 1, 7, 0.5).expect("written");
        }
        if is_end {
            for (column, number) in [(2, 5 + at % 40), (3, 2 + at % 11), (4, 0)] {
                sheet.write_number(at + 1, column, f64::from(number)).expect("written");
            }
            sheet.write_number(at + 1, 5, 0.95).expect("written");
        }
    }
    let links = book.add_worksheet();
    links.set_name("38_LL").expect("a name");
    links.write_string(0, 0, "sourceStage").expect("written");
    links.write_string(0, 1, "destinationStage").expect("written");
    // Six echelons of some 244 stages and one of the ends; every stage feeds some of the next echelon.
    let echelon = |level: u32| match level {
        0 => (0, 246),
        1..=5 => (2 + level * 244, 244),
        _ => (1_466, 559),
    };
    let mut row = 1;
    let mut left = 16_225;
    for level in 0..6_u32 {
        let ((first, count), (next, wide)) = (echelon(level), echelon(level + 1));
        // First everybody downstream has a supplier and everybody upstream a customer, then as many more as are left.
        let mut pairs: Vec<(u32, u32)> =
            (0..wide.max(count)).map(|at| (first + at % count, next + at % wide)).collect();
        let share = if level == 5 { left - pairs.len() as u32 } else { 2_600 - pairs.len() as u32 };
        let mut seen: std::collections::HashSet<(u32, u32)> = pairs.iter().copied().collect();
        let mut step = 1;
        while (pairs.len() as u32) < share + wide.max(count) {
            let pair = (first + step * 7 % count, next + (step * 7 / count + step * 11) % wide);
            if seen.insert(pair) {
                pairs.push(pair);
            }
            step += 1;
        }
        left -= pairs.len() as u32;
        for (from, to) in pairs {
            links.write_string(row, 0, format!("Stage_{from:04}")).expect("written");
            links.write_string(row, 1, format!("Stage_{to:04}")).expect("written");
            row += 1;
        }
    }
    assert_eq!(row, 16_226);
    let path = folder.join("large.xlsx");
    book.save(&path).expect("written");
    path
}

#[test]
fn a_chain_of_the_size_of_the_largest_is_imported_placed_and_played() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = large(folder.path());
    let network = folder.path().join("large.yaml");
    let said = succeed(&["import", "willems", name(&file), "--chain", "38", "--output", name(&network)]);
    assert!(said.contains("read     chain 38: 2025 stages, 16225 links"), "{said}");
    assert!(said.contains("are drawn for every order"), "{said}");
    assert!(succeed(&["check", name(&network)]).contains("ok: chain 38"));
    let json = succeed(&["safety-stock", name(&file), "--json"]);
    let found: Value = serde_json::from_str(&json).expect("JSON");
    let (cost, least) =
        (found["cost"].as_f64().expect("a number"), found["at_least"].as_f64().expect("a number"));
    assert!(least > 0.0 && least <= cost, "{least} {cost}");
    println!("cost {cost:.0}, at least {least:.0}, {} trees", found["trees"]);
    let run = succeed(&[
        "simulate",
        "--network",
        name(&network),
        "--policy",
        "constant:5",
        "--periods",
        "365",
        "--seeds",
        "1",
    ]);
    assert!(run.contains("365 periods"), "{run}");
}
