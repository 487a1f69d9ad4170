//! Tables of sales, items and receipts, and for each that is refused what its message says.

use std::path::{Path, PathBuf};

use invmgmt_data::Source;
use invmgmt_plan::tables::{Loaded, Period, SalesColumns, TableError, Tables, load};
use invmgmt_plan::{LeadTime, Target, Unmet};
use tempfile::TempDir;

struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, text).expect("a file");
        path
    }

    fn load(&self, sales: &str, items: Option<&str>, period: Period) -> Result<Loaded, String> {
        self.load_with(sales, items, None, period, SalesColumns::default())
    }

    fn load_with(
        &self,
        sales: &str,
        items: Option<&str>,
        receipts: Option<&str>,
        period: Period,
        columns: SalesColumns,
    ) -> Result<Loaded, String> {
        let source = |name: &str, text: &str| Source::from(self.file(name, text));
        let tables = Tables {
            sales: Some(source("sales.csv", sales)),
            columns,
            items: items.map(|text| source("items.csv", text)),
            receipts: receipts.map(|text| source("receipts.csv", text)),
            period,
            target: Target::FillRate(0.97),
            unmet: Unmet::Lost,
        };
        load(&tables).map_err(|error: TableError| error.to_string().replace(&prefix(self.0.path()), ""))
    }
}

fn prefix(folder: &Path) -> String {
    format!("{}/", folder.display())
}

const LONG: &str = "\
date,item,place,units
2026-01-01,tea,north,2
2026-01-03,tea,north,1
2026-01-03,tea,north,3
2026-01-02,tea,south,5
2026-01-04,jam,north,-1
";

#[test]
fn rows_are_added_up_per_item_place_and_period_and_gaps_are_no_sales() {
    let loaded = Folder::new().load(LONG, None, Period::Day).expect("sales");
    let histories: Vec<_> = loaded
        .items
        .iter()
        .map(|item| (item.item.as_str(), item.place.as_str(), item.history.as_slice()))
        .collect();
    assert_eq!(
        histories,
        [
            ("tea", "north", &[2.0, 0.0, 4.0, 0.0][..]),
            ("tea", "south", &[0.0, 5.0, 0.0, 0.0]),
            ("jam", "north", &[0.0; 4]),
        ]
    );
    assert_eq!(Period::Day.first_day(loaded.next).expect("a day").to_string(), "2026-01-05");
    assert!(loaded.notes[0].contains("1 periods with sales below zero"), "{:?}", loaded.notes);
    let weeks = Folder::new().load(LONG, None, Period::Week).expect("sales");
    assert_eq!(weeks.items[0].history, [6.0]);
}

#[test]
fn a_column_per_date_or_per_numbered_period_is_read_too() {
    let folder = Folder::new();
    let dated = "item,place,dept,2026-01-01,2026-01-02,2026-01-03\ntea,north,x,2,,4\n";
    let loaded = folder.load(dated, None, Period::Day).expect("sales");
    assert_eq!((loaded.items[0].history.as_slice(), loaded.dated), (&[2.0, 0.0, 4.0][..], true));
    assert!(loaded.notes.iter().any(|note| note.contains("not used: dept")), "{:?}", loaded.notes);
    let numbered = "item,d_1,d_2,d_3\ntea,2,0,4\n";
    let loaded = folder.load(numbered, None, Period::Day).expect("sales");
    assert_eq!((loaded.items[0].history.as_slice(), loaded.dated), (&[2.0, 0.0, 4.0][..], false));
    let message = folder.load(numbered, None, Period::Week).unwrap_err();
    let one = folder.load("date,units\nd_7,2\nd_9,4\n", None, Period::Day).expect("sales");
    assert_eq!(
        (one.items[0].item.as_str(), one.items[0].history.as_slice()),
        ("sales", &[2.0, 0.0, 4.0][..])
    );
    assert!(message.contains("its columns are numbered, not dated; --period week needs dates"), "{message}");
}

#[test]
fn the_table_of_items_gives_what_it_has_and_defaults_are_said() {
    let items = "\
item,place,lead_time,multiple,target,stock,colour
tea,north,\"{values: [2, 3], weights: [8, 2]}\",6,0.99,-2,red
tea,,4,,,,
";
    let loaded = Folder::new().load(LONG, Some(items), Period::Day).expect("tables");
    let [north, south, jam] = loaded.items.as_slice() else { panic!("three rows") };
    assert_eq!(north.physics.lead_time, LeadTime::weighted([(2, 8.0), (3, 2.0)]).unwrap());
    assert_eq!(
        (north.physics.multiple, north.target, north.stock),
        (6.0, Target::FillRate(0.99), Some(-2.0))
    );
    // A row without a place is for all places.
    assert_eq!((&south.physics.lead_time, south.target), (&LeadTime::fixed(4), Target::FillRate(0.97)));
    assert_eq!((&jam.physics.lead_time, jam.physics.multiple), (&LeadTime::fixed(1), 1.0));
    assert!(loaded.notes.iter().any(|note| note.contains("not used: colour")), "{:?}", loaded.notes);
    assert!(loaded.notes.iter().any(|note| note.starts_with("1 of 3 rows of the plan stand in no row")));
    let misnamed = "item,place,Lead Time\ntea,north,4\n";
    let notes = Folder::new().load(LONG, Some(misnamed), Period::Day).expect("tables").notes.join("\n");
    assert!(notes.contains("not used: Lead Time (did you mean 'lead_time'?)"), "{notes}");
    assert!(loaded.assumptions.iter().any(|said| said == "cost of a unit: 1 (no column cost)"));
    assert!(!loaded.assumptions.iter().any(|said| said.starts_with("lead time")));
}

#[test]
fn tables_without_places_go_together() {
    let sales = "date,item,units\n1,tea,2\n2,jam,3\n";
    let loaded = Folder::new().load(sales, Some("item,lead_time\ntea,4\n"), Period::Day).expect("tables");
    let leads: Vec<f64> = loaded.items.iter().map(|item| item.physics.lead_time.mean()).collect();
    assert_eq!(leads, [4.0, 1.0]);
    let other = "item,place,lead_time\ntea,moon,4\n";
    let loaded = Folder::new().load(sales, Some(other), Period::Day).expect("tables");
    assert!(loaded.notes.iter().any(|note| {
        note.starts_with("1 rows of the table of items have no sales and no law of demand and are left out (as 'tea, moon')")
    }));
}

#[test]
fn receipts_give_lead_times_as_often_as_they_were_seen() {
    let receipts = "\
item,place,ordered,received
tea,north,2025-12-01,2025-12-03
tea,north,2025-12-05,2025-12-07
tea,north,2025-12-08,2025-12-13
";
    let folder = Folder::new();
    let loaded =
        folder.load_with(LONG, None, Some(receipts), Period::Day, SalesColumns::default()).expect("tables");
    assert_eq!(loaded.items[0].physics.lead_time, LeadTime::weighted([(2, 2.0), (5, 1.0)]).unwrap());
    assert!(loaded.notes.iter().any(|note| note.starts_with("2 rows of the plan were never received")));
    let open = format!("{receipts}tea,north,2025-12-20,\n");
    let loaded =
        folder.load_with(LONG, None, Some(&open), Period::Day, SalesColumns::default()).expect("tables");
    assert_eq!(loaded.items[0].physics.lead_time, LeadTime::weighted([(2, 2.0), (5, 1.0)]).unwrap());
    let said = "1 orders without a date of receipt are still on their way and say nothing yet";
    assert!(loaded.notes.iter().any(|note| note == said), "{:?}", loaded.notes);
    let wrong = "item,ordered,received\ntea,2025-12-03,2025-12-01\n";
    let message =
        folder.load_with(LONG, None, Some(wrong), Period::Day, SalesColumns::default()).unwrap_err();
    assert_eq!(message, "receipts.csv:2: received: -2 periods after it was ordered; expected 0 to 400");
}

#[test]
fn periods_without_stock_are_told_by_a_column() {
    let sales = "date,item,units,left\n1,tea,2,3\n2,tea,3,0\n3,tea,0,5\n";
    let columns = SalesColumns { stock: Some("left".into()), ..SalesColumns::default() };
    let loaded = Folder::new().load_with(sales, None, None, Period::Day, columns).expect("sales");
    assert_eq!(loaded.items[0].sold_out, [false, true, false]);
}

#[test]
fn every_mistake_is_said_with_its_line() {
    let folder = Folder::new();
    let sales = "date,item,units\n2026-01-01,tea,two\nsoon,tea,1\n2026-01-02,,1\n";
    assert_eq!(
        folder.load(sales, None, Period::Day).unwrap_err(),
        "sales.csv:2: units: found 'two'; expected a finite number\n\
         sales.csv:3: date: found 'soon'; expected a date as 2026-01-31\n\
         sales.csv:4: item: found an empty cell; expected an item"
    );
    let items = "\
item,lead_time,cost,review,target,min
tea,soon,-1,0,1,x
tea,1,1,1,0.5,1
";
    let message = folder.load(LONG, Some(items), Period::Day).unwrap_err();
    let lines: Vec<&str> = message.lines().collect();
    assert_eq!(lines.len(), 6, "{message}");
    assert!(lines[0].starts_with(
        "items.csv:2: lead_time: found 'soon'; expected a whole number of periods >= 0, or a law"
    ));
    assert_eq!(lines[1], "items.csv:2: cost: found '-1'; expected a number >= 0");
    assert_eq!(lines[2], "items.csv:2: review: found '0'; expected a whole number of periods >= 1");
    assert_eq!(lines[3], "items.csv:2: target: found '1'; expected a share above 0 and below 1, as 0.97");
    assert_eq!(lines[4], "items.csv:2: min: found 'x'; expected a number >= 0");
    assert_eq!(lines[5], "items.csv:3: item 'tea', place '': stands on line 2 already");
    let message = folder.load("date,item,unit\n1,a,1\n", None, Period::Day).unwrap_err();
    assert_eq!(message, "sales.csv:1: no column 'units'; nearest: 'unit'; columns: date, item, unit");
    let message =
        folder.load("date,item,units\n2026-01-01,a,1\n9026-01-01,a,1\n", None, Period::Day).unwrap_err();
    assert!(message.contains("expected at most 10000: is a date mistyped?"), "{message}");
}

/// What is no table of sales as it stands, and what to do about it.
#[test]
fn awkward_sales_are_refused_with_what_to_do() {
    let folder = Folder::new();
    let day = Period::Day;
    for (sales, period, words) in [
        (
            "date,item,units\n2026-W01,a,1\n",
            day,
            "'2026-W01' is a week, and one period is a day; say --period week",
        ),
        (
            "date,item,units\n2026-01,a,1\n",
            day,
            "'2026-01' is a month, and one period is a day; say --period month",
        ),
        ("date,item,units\nJan 2026,a,1\n", Period::Week, "'Jan 2026' is a month, and one period is a week"),
        ("item,2026-01,2026-02\na,1,2\n", day, "sales.csv:1: '2026-01' is a month, and one period is a day"),
        ("date,item,units\n1,a,n/a\n", day, "found 'n/a'; expected a number: write 0 where nothing was sold"),
        (
            "date,item,units\n1,a,#N/A\n",
            day,
            "found '#N/A'; expected a number: write 0 where nothing was sold",
        ),
        ("item,d_1,d_2\na,1,-\n", day, "d_2: found '-'; expected a number: write 0"),
        (
            "date,item,units\n2026-01-01,a,1\nTotal,,1\n",
            day,
            "found 'Total'; expected a date as 2026-01-31; a row of totals? Take it out",
        ),
        ("date,item,units\n2026-01-01,a,1\n,Total:,1\n", day, "; a row of totals? Take it out"),
        (
            "Sales\nby Acme\n\ndate,item,units\n1,a,1\n",
            day,
            "columns: Sales; line 4 has it: take out what stands above the table",
        ),
    ] {
        let message = folder.load(sales, None, period).unwrap_err();
        assert!(message.contains(words), "{message}");
    }
}

#[test]
fn weeks_and_months_are_read_where_periods_are_as_long() {
    let folder = Folder::new();
    let sales = "date,item,units\n2026-W01,a,1\n2026-W03,a,4\n";
    assert_eq!(folder.load(sales, None, Period::Week).unwrap().items[0].history, [1.0, 0.0, 4.0]);
    let sales = "item,2026-01,2026-02\na,1,2\n";
    assert_eq!(folder.load(sales, None, Period::Month).unwrap().items[0].history, [1.0, 2.0]);
}

#[test]
fn a_law_takes_the_place_of_a_history_and_a_life_is_the_engines() {
    let folder = Folder::new();
    let items = "item,place,demand,life,crossing,lead_time\n\
                 tea,north,{poisson: {mu: 5}},3,fifo,\"{values: [1, 3], weights: [1, 1]}\"\n\
                 cake,north,\"{demand_dist: normal, dist_param: {loc: 20, scale: 4}}\",,,\n";
    let loaded = folder.load(LONG, Some(items), Period::Day).expect("tables");
    let tea = loaded.items.iter().find(|item| item.item == "tea" && item.place == "north").expect("tea");
    assert_eq!(tea.law, Some((invmgmt::law::Law::Poisson { shift: 0.0 }, 5.0)));
    assert_eq!((tea.physics.life, tea.physics.crossing), (Some(3), invmgmt_plan::Crossing::Fifo));
    let cake = loaded.items.iter().find(|item| item.item == "cake").expect("an item without sales");
    assert_eq!((cake.law.as_ref().map(|law| law.1), cake.history.len()), (Some(20.0), 0));
}

#[test]
fn a_supplier_that_is_a_place_is_a_warehouse() {
    let folder = Folder::new();
    let items = "item,place,supplier,lead_time\ntea,,hub,1\ntea,hub,Leaf & Co,9\njam,,Berry,2\n";
    let loaded = folder.load(LONG, Some(items), Period::Day).expect("tables");
    let name = |at: usize| format!("{} {}", loaded.items[at].item, loaded.items[at].place);
    let mut chains: Vec<(String, Vec<String>)> = loaded
        .chains
        .iter()
        .map(|chain| (name(chain.head), chain.stores.iter().map(|&store| name(store)).collect()))
        .collect();
    chains.sort();
    let stores = vec!["tea north".to_owned(), "tea south".to_owned()];
    assert_eq!(chains, [("jam north".to_owned(), vec![]), ("tea hub".to_owned(), stores)]);
}

#[test]
fn more_than_two_echelons_and_lives_that_differ_are_refused() {
    let folder = Folder::new();
    let items = "item,place,supplier,life\ntea,north,hub,3\ntea,south,north,\ntea,hub,,\n";
    let message = folder.load(LONG, Some(items), Period::Day).unwrap_err();
    for words in [
        "item 'tea', place 'south': its supplier 'north' is itself supplied by 'hub'",
        "item 'tea', place 'north': its life differs from that at its supplier 'hub'",
    ] {
        assert!(message.contains(words), "{message}");
    }
    let items = "item,crossing,demand\ntea,over,{poison: {mu: 1}}\n";
    let message = folder.load(LONG, Some(items), Period::Day).unwrap_err();
    for words in ["crossing: found 'over'; expected free or fifo", "Unknown demand distribution 'poison'"] {
        assert!(message.contains(words), "{message}");
    }
}

/// 46,023 is 2026-01-01 where days are counted as spreadsheets do.
#[test]
fn days_as_spreadsheets_count_them_are_said_to_be_taken_for_numbers() {
    let said = |sales: &str| {
        let notes = Folder::new().load(sales, None, Period::Day).expect("tables").notes;
        notes.into_iter().find(|note| note.contains("as spreadsheets count"))
    };
    let serial = said("date,item,units\n46023,tea,2\n46025,tea,1\n");
    assert!(
        serial
            .is_some_and(|note| note.contains("46023 to 46025") && note.contains("2026-01-01 to 2026-01-03"))
    );
    assert_eq!(said("date,item,units\n1,tea,2\n3,tea,1\n"), None);
    assert_eq!(said("date,item,units\n2026-01-01,tea,2\n2026-01-03,tea,1\n"), None);
}

/// What a row may mean otherwise is said, with what to do about it.
#[test]
fn a_rhythm_of_weeks_or_months_and_rows_that_are_added_up_are_said() {
    let notes =
        |sales: &str, period| Folder::new().load(sales, None, period).expect("tables").notes.join("\n");
    let rows = |dates: &[&str]| {
        dates.iter().fold("date,item,units\n".to_owned(), |text, date| text + date + ",tea,20\n")
    };
    let weeks = rows(&[
        "2026-01-05",
        "2026-01-12",
        "2026-01-19",
        "2026-02-02",
        "2026-02-09",
        "2026-02-16",
        "2026-02-23",
        "2026-03-02",
    ]);
    assert!(notes(&weeks, Period::Day).contains("say --period week"));
    assert!(!notes(&weeks, Period::Week).contains("--period"));
    let day_more = format!("{weeks}2026-03-04,tea,1\n");
    assert!(!notes(&day_more, Period::Day).contains("--period"));
    let months: Vec<String> = (1..=9).map(|month| format!("2026-{month:02}-01")).collect();
    let months = rows(&months.iter().map(String::as_str).collect::<Vec<_>>());
    assert!(notes(&months, Period::Day).contains("say --period month"));
    assert!(!notes(&weeks, Period::Day).contains("added up"));
    let twice = format!("{weeks}2026-01-05,tea,3\n2026-01-06,tea,0\n");
    assert!(notes(&twice, Period::Day).contains("1 rows are of an item, place and day"));
    let items = "item,place\ntea,\nnew,north\n";
    let loaded = Folder::new().load(&weeks, Some(items), Period::Week).expect("tables");
    assert!(loaded.notes.iter().any(|note| note.contains("are left out (as 'new, north')")));
}
