//! A chain of the size of the largest of Willems' 38: read, checked, its safety stock placed, played and drawn.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rust_xlsxwriter::Workbook;
use serde_json::Value;

use crate::common::succeed;

/// Stages by echelon, those that buy outside first and those that sell to customers last; their links; how many stages
/// have times of several values.
struct Size {
    echelons: [usize; 5],
    links: usize,
    drawn: usize,
}

/// Chain 38: 2,025 stages, 16,225 links, 559 with customers, 1,379 with random times.
const CHAIN_38: Size = Size { echelons: [520, 410, 266, 270, 559], links: 16_225, drawn: 1_379 };
const SMALL: Size = Size { echelons: [16, 12, 8, 9, 15], links: 160, drawn: 30 };

/// Numbers that look random and are the same every time (Knuth's MMIX).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, count: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % count
    }
}

/// Links from each echelon to later ones: every stage has a customer and, but for the first, a supplier.
fn links(size: &Size, numbers: &mut Numbers) -> Vec<(usize, usize)> {
    let starts: Vec<usize> = size
        .echelons
        .iter()
        .scan(0, |start, count| {
            *start += count;
            Some(*start - count)
        })
        .collect();
    let stages: usize = size.echelons.iter().sum();
    let mut found = std::collections::BTreeSet::new();
    for (echelon, &count) in size.echelons.iter().enumerate() {
        for stage in starts[echelon]..starts[echelon] + count {
            if echelon > 0 {
                found.insert((starts[echelon - 1] + numbers.below(size.echelons[echelon - 1]), stage));
            }
            if echelon + 1 < size.echelons.len() {
                found.insert((stage, starts[echelon + 1] + numbers.below(size.echelons[echelon + 1])));
            }
        }
    }
    while found.len() < size.links {
        let echelon = numbers.below(size.echelons.len() - 1);
        let from = starts[echelon] + numbers.below(size.echelons[echelon]);
        let after = starts[echelon + 1];
        found.insert((from, after + numbers.below(stages - after)));
    }
    found.into_iter().collect()
}

fn workbook(folder: &Path, size: &Size) -> PathBuf {
    let mut numbers = Numbers(38);
    let links = links(size, &mut numbers);
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.set_name("38_SD").expect("a name");
    let columns = [
        "Stage Name",
        "stageCost",
        "relDepth",
        "stageClassification",
        "avgDemand",
        "stdDevDemand",
        "maxServiceTime",
        "serviceLevel",
        "stageTime",
        "stdDev stageTime",
        "stageTime_1",
        "stageTime_2",
        "stageTime_%_1",
        "stageTime_%_2",
        "xPosition",
        "yPosition",
    ];
    for (column, name) in columns.iter().enumerate() {
        sheet.write_string(0, column as u16, *name).expect("written");
    }
    let kinds = ["Part", "Manuf", "Trans", "Dist", "Retail"];
    let echelons = kinds.iter().zip(size.echelons).flat_map(|(kind, count)| vec![*kind; count]);
    for (at, kind) in echelons.enumerate() {
        let row = at as u32 + 1;
        sheet.write_string(row, 0, format!("{kind}_{at:04}")).expect("written");
        sheet.write_string(row, 3, kind).expect("written");
        let mut number = |column: u16, number: f64| {
            sheet.write_number(row, column, number).expect("written");
        };
        number(1, 1.0 + numbers.below(50) as f64);
        let time = (1 + numbers.below(12)) as f64;
        number(8, time);
        if at < size.drawn {
            number(10, time);
            number(11, time + 2.0);
            number(12, 80.0);
            number(13, 20.0);
        }
        if kind == "Retail" {
            number(4, 20.0 + numbers.below(80) as f64);
            number(5, 5.0);
            number(6, 0.0);
            number(7, 0.95);
        }
    }
    let sheet = book.add_worksheet();
    sheet.set_name("38_LL").expect("a name");
    sheet.write_string(0, 0, "sourceStage").expect("written");
    sheet.write_string(0, 1, "destinationStage").expect("written");
    let name = |at: usize| {
        let mut before = 0;
        let kind = size
            .echelons
            .iter()
            .position(|count| {
                before += count;
                at < before
            })
            .expect("a stage");
        format!("{}_{at:04}", kinds[kind])
    };
    for (row, (from, to)) in links.into_iter().enumerate() {
        sheet.write_string(row as u32 + 1, 0, name(from)).expect("written");
        sheet.write_string(row as u32 + 1, 1, name(to)).expect("written");
    }
    let path = folder.join("chain38.xlsx");
    book.save(&path).expect("written");
    path
}

/// Everything that is promised of a chain, with the time each takes.
fn followed(size: &Size) -> Vec<(&'static str, Duration)> {
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name).to_str().expect("UTF-8").to_owned();
    let book = workbook(folder.path(), size).to_str().expect("UTF-8").to_owned();
    let stages: usize = size.echelons.iter().sum();
    let mut times = Vec::new();
    let mut timed = |what: &'static str, args: &[&str]| {
        let began = Instant::now();
        let said = succeed(args);
        times.push((what, began.elapsed()));
        said
    };
    let said = timed("imported", &["import", "willems", &book, "--output", &at("chain.yaml")]);
    assert!(said.contains(&format!("chain 38: {stages} stages, {} links", size.links)), "{said}");
    assert!(!said.contains("->"), "no link is left out: {said}");
    assert!(timed("checked", &["check", &at("chain.yaml")]).contains("ok: chain 38"));
    let placed = timed("placed and played", &["safety-stock", &book, "--periods", "365", "--json"]);
    let placed: Value = serde_json::from_str(&placed).expect("JSON");
    let customers = placed["service"]["customers"].as_array().expect("customers");
    assert_eq!(customers.len(), size.echelons[4]);
    let cost = placed["cost"].as_f64().expect("a cost");
    assert!(cost > 0.0 && placed["at_least"].as_f64().expect("a bound") <= cost);
    let simulated = [
        "simulate",
        "--network",
        &at("chain.yaml"),
        "--periods",
        "365",
        "--policy",
        "constant:100",
        "--seeds",
        "1",
        "--report",
        &at("report.html"),
    ];
    timed("365 periods played and drawn", &simulated);
    let report = std::fs::read_to_string(at("report.html")).expect("written");
    assert_eq!(report.contains("class=\"network folded\""), stages > 400);
    times
}

#[test]
fn a_chain_with_assembly_and_drawn_times_is_read_placed_played_and_drawn() {
    followed(&SMALL);
}

/// The promise: imported in 10 seconds, safety stock in under a minute, 365 periods in under 10 seconds on one core.
#[test]
#[ignore = "measures an optimised build; `make large-chain`"]
fn a_chain_of_2025_stages_and_16225_links_is_imported_placed_and_played_in_time() {
    let limits = [10, 10, 60, 10];
    for ((what, time), limit) in followed(&CHAIN_38).into_iter().zip(limits) {
        println!("{what}: {:.2} s", time.as_secs_f64());
        assert!(time < Duration::from_secs(limit), "{what}: {time:?}, promised {limit} s");
    }
}
