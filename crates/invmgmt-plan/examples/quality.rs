//! How good plans are on assortments of known truth, per target, seed and what becomes of unmet demand:
//! `cargo run --release --example quality -- 500 0.97,0.99 1,2`. The items, the targets, the seeds.

#[path = "../tests/truth/mod.rs"]
mod truth;

use std::collections::BTreeMap;

use invmgmt_plan::{Chain, Unmet, plan};
use truth::{EFFORT, assortment, cheapest, future, play};

/// Paths of new demand on which plans are judged.
const PATHS: usize = 48;
const WARM: usize = 60;

/// What one item came to.
#[derive(Clone, Copy)]
struct Row {
    fill: f64,
    stock: f64,
    least: f64,
    least_fill: f64,
    covered: bool,
}

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let word = |place: usize, default: &'static str| words.get(place).map_or(default, String::as_str);
    let count: usize = word(0, "300").parse().expect("a number of items");
    let numbers = |text: &str| -> Vec<f64> {
        text.split(',').map(|number| number.parse().expect("numbers, parted by commas")).collect()
    };
    println!(
        "{:<5} {:>6} {:>6}  {:<18} {:>6} {:>8} {:>9} {:>10} {:>7} {:>8}",
        "unmet", "target", "seed", "kind", "items", "reached", "mean fill", "its least", "stock", "covered"
    );
    for seed in numbers(word(2, "1")) {
        for target in numbers(word(1, "0.97")) {
            for unmet in [Unmet::Lost, Unmet::Wait] {
                let kinds = measured(count, target, unmet, seed as u64);
                for (kind, rows) in &kinds {
                    print(&format!("{unmet:?} {target:>7} {seed:>6}  {kind:<18}"), rows, target);
                }
            }
        }
    }
}

fn measured(count: usize, target: f64, unmet: Unmet, seed: u64) -> BTreeMap<&'static str, Vec<Row>> {
    let (truths, items): (Vec<_>, Vec<_>) = assortment(count, target, unmet, seed).into_iter().unzip();
    let planned = plan(&items, &Chain::single(items.len()), &EFFORT, || {}).expect("a plan");
    let mut kinds: BTreeMap<&str, Vec<Row>> = BTreeMap::new();
    for ((truth, item), planned) in truths.iter().zip(&items).zip(&planned) {
        let paths = future(truth, item, PATHS, WARM, 77 + seed);
        let found = play(item, &planned.recommendation.levels, &paths, WARM);
        let (_, best) = cheapest(item, &paths, WARM);
        let fill = found.immediate_fill_rate();
        let (low, high) = planned.recommendation.fill_rate_interval;
        let row = Row {
            fill,
            stock: found.mean_stock(),
            least: best.mean_stock(),
            least_fill: best.immediate_fill_rate(),
            covered: low <= fill && fill <= high,
        };
        kinds.entry(truth.name()).or_default().push(row);
        kinds.entry("all").or_default().push(row);
    }
    kinds
}

fn print(what: &str, rows: &[Row], target: f64) {
    let items = rows.len() as f64;
    let sum = |of: &dyn Fn(&Row) -> f64| rows.iter().map(of).sum::<f64>();
    let reached = sum(&|row| f64::from(u8::from(row.fill >= target - 0.01))) / items;
    let over = 100.0 * (sum(&|row| row.fill) / items - target);
    let stock = sum(&|row| row.stock) / sum(&|row| row.least);
    let covered = sum(&|row| f64::from(u8::from(row.covered))) / items;
    let least = 100.0 * (sum(&|row| row.least_fill) / items - target);
    println!("{what} {items:>6} {reached:>8.3} {over:>+9.2} {least:>+10.2} {stock:>7.3} {covered:>8.3}");
}
