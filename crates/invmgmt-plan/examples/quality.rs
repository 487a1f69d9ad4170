//! How good plans are on assortments of known truth: `cargo run --release --example quality -- 500 0.97`.

#[path = "../tests/truth/mod.rs"]
mod truth;

use std::collections::BTreeMap;
use std::time::Instant;

use invmgmt_plan::{Unmet, plan};
use truth::{EFFORT, assortment, cheapest, future, play};

fn main() {
    let mut words = std::env::args().skip(1);
    let mut number = |default: f64| words.next().and_then(|word| word.parse().ok()).unwrap_or(default);
    let (count, target) = (number(300.0) as usize, number(0.97));
    for unmet in [Unmet::Lost, Unmet::Wait] {
        let (truths, items): (Vec<_>, Vec<_>) = assortment(count, target, unmet).into_iter().unzip();
        let begun = Instant::now();
        let planned = plan(&items, &EFFORT, || {}).expect("a plan");
        println!("{unmet:?}: {count} items planned in {:.1} s", begun.elapsed().as_secs_f64());
        let mut kinds: BTreeMap<&str, Vec<(f64, f64, f64, bool)>> = BTreeMap::new();
        for ((truth, item), planned) in truths.iter().zip(&items).zip(&planned) {
            let warm = 60;
            let paths = future(truth, item, 48, warm, 77);
            let levels = planned.recommendation.levels;
            let found = play(item, &levels, &paths, warm);
            let (_, best) = cheapest(item, &paths, warm);
            let fill = found.immediate_fill_rate();
            let (low, high) = planned.recommendation.fill_rate_interval;
            kinds.entry(truth.name()).or_default().push((
                fill,
                found.mean_stock(),
                best.mean_stock(),
                low <= fill && fill <= high,
            ));
        }
        let all: Vec<_> = kinds.values().flatten().copied().collect();
        kinds.insert("all", all);
        println!(
            "{:<18} {:>6} {:>8} {:>9} {:>7} {:>8}",
            "kind", "items", "reached", "mean fill", "stock", "covered"
        );
        for (kind, rows) in &kinds {
            let items = rows.len() as f64;
            let reached = rows.iter().filter(|row| row.0 >= target - 0.01).count() as f64 / items;
            let fill = rows.iter().map(|row| row.0).sum::<f64>() / items;
            let stock = rows.iter().map(|row| row.1).sum::<f64>() / rows.iter().map(|row| row.2).sum::<f64>();
            let covered = rows.iter().filter(|row| row.3).count() as f64 / items;
            println!(
                "{kind:<18} {items:>6} {reached:>8.3} {:>+9.2} {stock:>7.3} {covered:>8.3}",
                100.0 * (fill - target)
            );
        }
    }
}
