//! The command `plan`: two tables in, a plan out.

use crate::common::{fail, succeed};

const SALES: &str = "date;item;place;units\n";

fn folder() -> (tempfile::TempDir, impl Fn(&str) -> String) {
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path().to_owned();
    (folder, move |name: &str| root.join(name).to_string_lossy().into_owned())
}

/// Ninety days of two items: one sells 3 to 5 a day, the other 6 every third day.
fn sales() -> String {
    let day = |t: usize| format!("{:02}.{:02}.2026", t % 30 + 1, t / 30 + 4);
    let rows = (0..90).flat_map(|t| {
        let tea = format!("{};tea;north;{}\n", day(t), 3 + t % 3);
        let jam = if t % 3 == 0 { format!("{};jam;north;6\n", day(t)) } else { String::new() };
        [tea, jam]
    });
    SALES.to_owned() + &rows.collect::<String>()
}

const ITEMS: &str = "item;place;lead_time;multiple;stock;cost;supplier\n\
                     tea;north;2;6;4;2,50;Lot & Co\njam;north;{values: [2, 3]};;40;1;=1+1\n";

#[test]
fn two_tables_as_spreadsheets_write_them_become_a_plan_and_an_order_list() {
    let (_folder, path) = folder();
    std::fs::write(path("sales.csv"), sales()).unwrap();
    std::fs::write(path("items.csv"), ITEMS).unwrap();
    let args = [
        "plan",
        &path("sales.csv"),
        "--items",
        &path("items.csv"),
        "--target",
        "fill-rate=0.97",
        "--out",
        &path("out"),
    ];
    let shown = succeed(&args);
    assert!(shown.contains("planned   2 rows from 91 days of sales"), "{shown}");
    assert!(shown.contains("the last 22 days, not seen before:"), "{shown}");
    let plan = std::fs::read_to_string(path("out/plan.csv")).unwrap();
    let rows: Vec<Vec<String>> = csv_rows(&plan);
    assert_eq!(
        rows[0][..16],
        [
            "item",
            "place",
            "reorder_point",
            "order_up_to",
            "order_now",
            "safety_stock",
            "immediate_fill_rate",
            "immediate_fill_rate_low",
            "immediate_fill_rate_high",
            "cycle_service",
            "avg_stock",
            "turns",
            "cost_per_year",
            "class_abc",
            "class_xyz",
            "warnings"
        ]
    );
    let number = |row: usize, column: usize| rows[row][column].parse::<f64>().expect("a number");
    // Three days of demand are 12 on average and at most 15; orders are packs of six.
    assert!((9.0..=15.0).contains(&number(1, 2)) && number(1, 3) == number(1, 2) + 1.0);
    assert!(number(1, 4) % 6.0 == 0.0 && number(1, 4) >= number(1, 3) - 4.0);
    assert_eq!((rows[2][4].as_str(), rows[2][15].as_str()), ("0", "intermittent;seasonal"));
    assert!((1..=2).all(|row| number(row, 6) >= 0.97 && number(row, 7) <= number(row, 6)));
    let orders = std::fs::read_to_string(path("out/orders.csv")).unwrap();
    let orders = csv_rows(&orders);
    assert_eq!(orders.len(), 2);
    assert_eq!(orders[1][..3], ["Lot & Co", "tea", "north"]);
    assert_eq!(orders[1][6..9], ["2026-07-01", "2026-07-03", "2026-07-03"]);
    let report = std::fs::read_to_string(path("out/report.html")).unwrap();
    for words in ["What a target takes", "Backtest", "rule of thumb", "Taken for granted", "tea at north"] {
        assert!(report.contains(words), "{words}");
    }
    // Headings that can be clicked sort, and a class without rows keeps nothing, not minus nothing.
    assert!(report.contains("aria-sort") && report.contains(".sortable thead") && !report.contains(">-0<"));
    let json = std::fs::read_to_string(path("out/plan.json")).unwrap();
    assert!(json.contains("\"horizon\": 365"));
    // What was written is read again, and a formula has become a text.
    let looked = succeed(&["look", &path("out/plan.xlsx"), "--sheet", "Plan"]);
    assert!(looked.starts_with("2 rows, sheet 'Plan'"), "{looked}");
    assert!(plan.contains("'=1+1"));
    assert!(succeed(&["look", &path("out/orders.xlsx")]).contains("order_date"));
    // The same again, on one thread.
    let mut again = args.to_vec();
    again.extend(["--threads", "1"]);
    succeed(&again);
    assert_eq!(std::fs::read_to_string(path("out/plan.csv")).unwrap(), plan);
}

fn csv_rows(text: &str) -> Vec<Vec<String>> {
    let split = |line: &str| {
        let (mut cells, mut quoted) = (vec![String::new()], false);
        for sign in line.chars() {
            match sign {
                '"' => quoted = !quoted,
                ',' if !quoted => cells.push(String::new()),
                _ => cells.last_mut().expect("a cell").push(sign),
            }
        }
        cells
    };
    text.lines().map(split).collect()
}

#[test]
fn what_cannot_be_planned_is_refused_and_nothing_is_written() {
    let (_folder, path) = folder();
    std::fs::write(path("sales.csv"), "date,item,units\n2026-01-01,a,1\n2026-01-02,b,x\n").unwrap();
    let message = fail(1, &["plan", &path("sales.csv"), "--out", &path("out")]);
    assert!(message.contains("sales.csv:3: units: found 'x'; expected a finite number"), "{message}");
    assert!(!std::path::Path::new(&path("out")).exists());
    for (target, words) in [
        ("fill-rate=1", "expected a share above 0 and below 1"),
        ("0.97", "expected fill-rate=SHARE or cycle-service=SHARE"),
        ("fill=0.9", "expected fill-rate=SHARE or cycle-service=SHARE"),
    ] {
        let message = fail(2, &["plan", &path("sales.csv"), "--target", target, "--out", &path("out")]);
        assert!(message.contains(words), "{message}");
    }
    std::fs::write(path("sales.csv"), "date,item,units\n2026-01-01,a,1\n2026-01-02,b,2\n").unwrap();
    let message = fail(1, &["plan", &path("sales.csv"), "--hold-back", "9", "--out", &path("out")]);
    assert!(message.contains("9 periods are to be held back; the history has 2"), "{message}");
    let message = fail(1, &["plan", &path("sales.csv"), "--paths", "1", "--out", &path("out")]);
    assert!(message.contains("paths is 1; expected 8 to 10000"), "{message}");
}
