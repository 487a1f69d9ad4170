//! `import`: small data sets in the form of the published ones, and the command it prints, run.

use std::path::Path;

use crate::common::{fail, succeed};
use serde_json::Value;

fn write(folder: &Path, name: &str, text: &str) {
    std::fs::write(folder.join(name), text).expect("a file");
}

/// Imports into `scenario` of the folder; returns what was printed and the metadata, after playing the command.
fn import(folder: &Path, args: &[&str]) -> (String, Value) {
    let output = folder.join("scenario");
    let output = output.to_str().expect("a plain path");
    let printed = succeed(&[&["import"], args, &["--output", output]].concat());
    let metadata = std::fs::read_to_string(format!("{output}/metadata.json")).expect("metadata");
    let metadata: Value = serde_json::from_str(&metadata).expect("JSON");
    let words = metadata["simulate"].as_array().expect("words").iter();
    let words: Vec<&str> = words.map(|word| word.as_str().expect("a text")).collect();
    assert!(succeed(&words).contains("profit"));
    succeed(&["check", &format!("{output}/network.yaml")]);
    (printed, metadata)
}

fn demand(folder: &Path) -> String {
    std::fs::read_to_string(folder.join("scenario/demand.csv")).expect("demand")
}

fn path(folder: &Path) -> &str {
    folder.to_str().expect("a plain path")
}

fn m5(folder: &Path) {
    write(
        folder,
        "sales_train_evaluation.csv",
        "id,item_id,dept_id,cat_id,store_id,state_id,d_1,d_2,d_3,d_4\n\
         a_CA_1,a,FOODS_1,FOODS,CA_1,CA,1,2,3,4\n\
         b_CA_1,b,FOODS_2,FOODS,CA_1,CA,10,0,0,30\n\
         a_TX_1,a,FOODS_1,FOODS,TX_1,TX,5,5,5,5\n",
    );
    write(
        folder,
        "calendar.csv",
        "date,wm_yr_wk,weekday,d\n2011-01-29,1,Sat,d_1\n2011-01-30,1,Sun,d_2\n2011-01-31,2,Mon,d_3\n2011-02-01,2,Tue,d_4\n",
    );
    write(
        folder,
        "sell_prices.csv",
        "store_id,item_id,wm_yr_wk,sell_price\nCA_1,a,1,100\nCA_1,a,2,2.0\nCA_1,b,2,4.0\nTX_1,a,2,6.0\n",
    );
}

#[test]
fn m5_becomes_stores_below_their_states() {
    let folder = tempfile::tempdir().expect("a folder");
    m5(folder.path());
    let (printed, metadata) = import(folder.path(), &["m5", path(folder.path()), "--last", "2"]);
    assert_eq!(demand(folder.path()), "period,CA_1,TX_1\n2011-01-31,3,5\n2011-02-01,34,5\n");
    assert!(printed.contains("demand   2 stores, 2 periods, 2011-01-31 to 2011-02-01"), "{printed}");
    assert!(printed.contains("inferred, not in the data:\n"), "{printed}");
    let network = std::fs::read_to_string(folder.path().join("scenario/network.yaml")).expect("a network");
    // Item a sold 7 at 2.0, item b 30 at 4.0: (14 + 120) / 37.
    assert!(network.contains("from: store_CA_1, to: market_CA_1, p: 3.622"), "{network}");
    assert!(network.contains("from: warehouse_TX, to: store_TX_1, L: 1, p: 2.0"), "{network}");
    assert_eq!(metadata["dataset"], "m5");

    let (_, metadata) = import(folder.path(), &["m5", path(folder.path()), "--item", "FOODS_2"]);
    assert_eq!(
        demand(folder.path()),
        "period,CA_1\n2011-01-29,10\n2011-01-30,0\n2011-01-31,0\n2011-02-01,30\n"
    );
    assert!(metadata["observed"][0].as_str().expect("a text").contains("sales of FOODS_2"));
}

/// Some editions of the calendar leave out what the days are called: rows are days, in order.
#[test]
fn an_m5_calendar_without_the_names_of_its_days_dates_them_all_the_same() {
    let folder = tempfile::tempdir().expect("a folder");
    m5(folder.path());
    write(
        folder.path(),
        "calendar.csv",
        "date,wm_yr_wk,weekday\n2011-01-29,1,Sat\n2011-01-30,1,Sun\n2011-01-31,2,Mon\n2011-02-01,2,Tue\n",
    );
    import(folder.path(), &["m5", path(folder.path()), "--last", "2"]);
    assert_eq!(demand(folder.path()), "period,CA_1,TX_1\n2011-01-31,3,5\n2011-02-01,34,5\n");
    let network = std::fs::read_to_string(folder.path().join("scenario/network.yaml")).expect("a network");
    assert!(
        network.contains("from: store_CA_1, to: market_CA_1, p: 3.622"),
        "prices of those weeks: {network}"
    );
}

#[test]
fn favorita_returns_are_said_and_days_without_rows_are_no_periods() {
    let folder = tempfile::tempdir().expect("a folder");
    write(
        folder.path(),
        "train.csv",
        "id,date,store_nbr,item_nbr,unit_sales,onpromotion\n\
         1,2013-12-24,1,103,7.5,False\n2,2013-12-26,1,103,-2,\n3,2013-12-24,25,105,3,\n4,2013-12-24,25,103,1,\n5,2013-12-27,25,103,2,\n",
    );
    write(
        folder.path(),
        "stores.csv",
        "store_nbr,city,state,type,cluster\n1,Quito,Pichincha,D,13\n25,Salinas,Santa Elena,D,1\n",
    );
    let (printed, metadata) = import(folder.path(), &["favorita", path(folder.path())]);
    assert_eq!(demand(folder.path()), "period,1,25\n2013-12-24,7.5,4\n2013-12-26,0,0\n2013-12-27,0,2\n");
    assert!(
        printed.contains("1 sum(s) of a store and period were negative (returns) and became 0"),
        "{printed}"
    );
    assert!(printed.contains("2 of 6 sums of a store and period have no row"), "{printed}");
    assert!(
        printed.contains("1 day(s) between the first and the last have no row of any store"),
        "{printed}"
    );
    assert_eq!(metadata["notes"].as_array().map(Vec::len), Some(3));
    let network = std::fs::read_to_string(folder.path().join("scenario/network.yaml")).expect("a network");
    assert!(network.contains("warehouse_Santa_Elena"), "{network}");
    let message = fail(1, &["import", "favorita", path(folder.path()), "--item", "999"]);
    assert!(message.contains("train.csv: no rows of item '999'"), "{message}");
}

#[test]
fn rossmann_keeps_the_stores_that_sell_most_and_says_that_units_are_euros() {
    let folder = tempfile::tempdir().expect("a folder");
    let days = (1..=9).rev().flat_map(|day| (1..=12).map(move |store| (day, store)));
    let rows = days.map(|(day, store)| format!("{store},1,2015-07-0{day},{},5,1\n", store * 10 + day));
    let train: String =
        std::iter::once("Store,DayOfWeek,Date,Sales,Customers,Open\n".to_owned()).chain(rows).collect();
    write(folder.path(), "train.csv", &train);
    let (printed, metadata) = import(folder.path(), &["rossmann", path(folder.path()), "--max-stores", "3"]);
    assert!(
        demand(folder.path())
            .starts_with("period,10,11,12\n2015-07-01,101,111,121\n2015-07-02,102,112,122\n")
    );
    assert!(printed.contains("kept the 3 stores of 12 that sell most"), "{printed}");
    assert!(metadata["inferred"].to_string().contains("one euro of turnover"));
    let (_, metadata) =
        import(folder.path(), &["rossmann", path(folder.path()), "--stores", "2,7", "--last", "4"]);
    assert_eq!(metadata["stores"], serde_json::json!(["2", "7"]));
    assert_eq!(metadata["num_periods"], 4);
    let message = fail(1, &["import", "rossmann", path(folder.path()), "--stores", "13"]);
    assert!(message.contains("no store '13'; nearest: '1'"), "{message}");
}

#[test]
fn tables_of_ones_own_are_imported_by_the_names_of_their_columns() {
    let folder = tempfile::tempdir().expect("a folder");
    write(
        folder.path(),
        "till.csv",
        "\u{feff}date,\"shop, name\",region,sold,price\r\n2024-01-02,\"High St, 5\",north,4,2.5\r\n\
         2024-01-01,\"High St, 5\",north,2,4\r\n2024-01-01,a:b,south,6,1\r\n2024-01-01,a:b,south,1,1\r\n",
    );
    let file = folder.path().join("till.csv");
    let columns = [
        "--units",
        "sold",
        "--time",
        "date",
        "--store",
        "shop, name",
        "--group",
        "region",
        "--price",
        "price",
    ];
    import(folder.path(), &[&["csv", path(&file)], columns.as_slice()].concat());
    assert_eq!(demand(folder.path()), "period,High_St__5,a_b\n2024-01-01,2,7\n2024-01-02,4,0\n");
    let network = std::fs::read_to_string(folder.path().join("scenario/network.yaml")).expect("a network");
    // 4 at 2.5 and 2 at 4.
    assert!(network.contains("from: store_High_St__5, to: market_High_St__5, p: 3.0"), "{network}");

    write(folder.path(), "east.csv", "sold\n1\n2\n");
    write(folder.path(), "west.csv", "sold\n3\n4\n");
    let files = ["east.csv", "west.csv"].map(|name| folder.path().join(name));
    import(folder.path(), &["csv", path(&files[0]), path(&files[1]), "--units", "sold"]);
    assert_eq!(demand(folder.path()), "period,east,west\n1,1,3\n2,2,4\n");
}

/// Two items, hours, and a store that one table calls 7 and the other 7.0.
#[test]
fn what_is_added_up_is_said_and_an_item_can_be_chosen() {
    let folder = tempfile::tempdir().expect("a folder");
    write(
        folder.path(),
        "a.csv",
        "when,shop,sku,sold\n2024-01-01 09:00:00,7,milk,1\n2024-01-01 17:30:00,7,bread,2\n\
         2024-01-02 09:00:00,7,milk,4\n",
    );
    write(
        folder.path(),
        "b.csv",
        "when,shop,sku,sold\n2024-01-03 00:00:00,7.0,milk,8\n2024-01-03 00:00:00,8.0,3.0,16\n",
    );
    let files = ["a.csv", "b.csv"].map(|name| folder.path().join(name));
    let columns = ["--units", "sold", "--time", "when", "--store", "shop"];
    let args = [&["csv", path(&files[0]), path(&files[1])], &columns[..]].concat();
    let (printed, metadata) = import(folder.path(), &args);
    assert_eq!(demand(folder.path()), "period,7,8\n2024-01-01,3,0\n2024-01-02,4,0\n2024-01-03,8,16\n");
    let days = "when has times of day; sales are added up per day: a period is a day, not an hour";
    assert!(printed.contains(days), "{printed}");
    let several = "1 of 4 sums of a store and period are of several rows, up to 2, added up; if they are items, choose \
                   one with --item-column sku --item NAME";
    assert!(printed.contains(several) && metadata["notes"].to_string().contains(several), "{printed}");

    let items = ["--item-column", "sku"];
    let (printed, _) = import(folder.path(), &[&args[..], &items].concat());
    assert!(
        printed.contains("3 items of column sku were added up per store; choose one with --item"),
        "{printed}"
    );
    let milk = [&args[..], &items, &["--item", "milk", "--stores", "7.0"]].concat();
    let (printed, _) = import(folder.path(), &milk);
    assert_eq!(demand(folder.path()), "period,7\n2024-01-01,1\n2024-01-02,4\n2024-01-03,8\n");
    assert!(!printed.contains("added up per store") && printed.contains("sold of item milk of"), "{printed}");
    let message = fail(1, &[&["import"], &args[..], &items, &["--item", "beer"]].concat());
    assert!(message.contains("a.csv: no rows of item 'beer'"), "{message}");
    let message = fail(2, &[&["import"], &args[..], &["--item", "milk"]].concat());
    assert!(message.contains("--item-column"), "{message}");
    // Midnight is no time of day, and one row per store and day adds nothing up.
    let alone = import(folder.path(), &[&["csv", path(&files[1])], &columns[..]].concat()).0;
    assert!(!alone.contains("times of day") && !alone.contains("several rows"), "{alone}");
}

/// The scenario file plays what the network and the series play, and checks.
/// Two shops and three items; one shop does not sell bread.
const TILL: &str = "day;shop;sku;sold;price\n1;north;milk;4;1\n1;north;bread;2;3\n1;south;milk;6;2\n1;south;salt;1;9\n\
                    2;north;milk;6;1\n2;north;bread;4;3\n2;south;milk;8;2\n2;north;milk;1;1\n";

#[test]
fn items_of_a_table_become_products_of_the_network() {
    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path(), "till.csv", TILL);
    let file = folder.path().join("till.csv");
    let args = ["csv", file.to_str().expect("a path"), "--units", "sold", "--time", "day", "--store", "shop"];
    let args = [&args[..], &["--item-column", "sku", "--price", "price"]].concat();
    let (printed, metadata) = import(folder.path(), &[&args[..], &["--products", "milk,bread"]].concat());
    assert_eq!(demand(folder.path()), "period,north_bread,north_milk,south_milk\n1,2,4,6\n2,4,7,8\n");
    assert!(printed.contains("demand   2 stores, 2 products, 2 periods, 1 to 2"), "{printed}");
    assert_eq!(metadata["stores"], serde_json::json!(["north", "south"]));
    assert_eq!(metadata["products"], serde_json::json!(["bread", "milk"]));
    let network = std::fs::read_to_string(folder.path().join("scenario/network.yaml")).expect("a network");
    for line in [
        "products:\n  - bread\n  - milk\n",
        // Mean demand 3 and 5.5, four periods of it; 1/150 of prices 3 and 1.
        "{id: store_north, I0: {bread: 12.0, milk: 22.0}, h: {bread: 0.02, milk: 0.006667}}",
        "{id: store_south, I0: {milk: 28.0}, h: {milk: 0.01333}}",
        // A third of the prices.
        "{from: warehouse, to: store_north, L: 1, p: {bread: 1.0, milk: 0.3333}, g: 0.0}",
        "from: store_north, to: market_north, p: 3.0, b: 0.2, demand_dist: poisson, dist_param: {mu: 3.0}, product: bread",
    ] {
        assert!(network.contains(line), "{line}\n{network}");
    }
    let scenario = std::fs::read_to_string(folder.path().join("scenario/scenario.yaml")).expect("a scenario");
    let link = r#"{from: store_south, to: market_south, product: milk, series: {file: "demand.csv", column: south_milk}}"#;
    assert!(scenario.contains(link), "{scenario}");

    // So many, those that sell most in the stores chosen.
    let (printed, _) =
        import(folder.path(), &[&args[..], &["--products", "1", "--stores", "south"]].concat());
    assert_eq!(demand(folder.path()), "period,south_milk\n1,6\n2,8\n");
    assert!(
        printed.contains("kept the 1 items of 2 that sell most; choose others with --products"),
        "{printed}"
    );
    for (code, wrong, words) in [
        (1, &["--products", "mlk"][..], "no item 'mlk'; nearest: 'milk'"),
        (2, &["--products", "milk,milk"], "'milk' stands twice"),
        (2, &["--products", "0"], "found 0; expected a number of items from 1"),
        (2, &["--products", "2", "--item", "milk"], "cannot be used with"),
    ] {
        let output = folder.path().join("wrong");
        let output = output.to_str().expect("a path");
        let message = fail(code, &[&["import"], &args[..], wrong, &["--output", output]].concat());
        assert!(message.contains(words), "{message}");
    }
}

#[test]
fn m5_and_favorita_keep_items_of_a_store_apart() {
    let folder = tempfile::tempdir().expect("a folder");
    m5(folder.path());
    let (printed, _) = import(folder.path(), &["m5", path(folder.path()), "--last", "2", "--products", "5"]);
    assert_eq!(demand(folder.path()), "period,CA_1_a,CA_1_b,TX_1_a\n2011-01-31,3,0,5\n2011-02-01,4,30,5\n");
    assert!(printed.contains("sales summed per store, item and day"), "{printed}");
    let network = std::fs::read_to_string(folder.path().join("scenario/network.yaml")).expect("a network");
    // Each item at its own price: 2.0 and 4.0 in California, 6.0 in Texas.
    for line in [
        "from: store_CA_1, to: market_CA_1, p: 2.0,",
        "from: store_CA_1, to: market_CA_1, p: 4.0,",
        "from: store_TX_1, to: market_TX_1, p: 6.0,",
    ] {
        assert!(network.contains(line), "{line}\n{network}");
    }
    // What is above an item may be named, too: two of its levels at once.
    import(folder.path(), &["m5", path(folder.path()), "--products", "FOODS_1,b"]);
    assert!(
        demand(folder.path()).starts_with("period,CA_1_FOODS_1,CA_1_b,TX_1_FOODS_1\n2011-01-29,1,10,5\n")
    );
    let shop = tempfile::tempdir().expect("a folder");
    write(
        shop.path(),
        "train.csv",
        "id,date,store_nbr,item_nbr,unit_sales,onpromotion\n1,2013-12-24,1,103,7.5,False\n2,2013-12-24,1,105,3,\n",
    );
    import(shop.path(), &["favorita", path(shop.path()), "--products", "2"]);
    assert_eq!(demand(shop.path()), "period,1_103,1_105\n2013-12-24,7.5,3\n");
    write(shop.path(), "train.csv", "Store,DayOfWeek,Date,Sales,Customers,Open\n1,5,2015-07-31,52,5,1\n");
    let message = fail(1, &["import", "rossmann", path(shop.path()), "--products", "2"]);
    assert!(message.contains("Rossmann's sales are not told by item; leave the items out"), "{message}");
}

#[test]
fn the_scenario_file_is_the_network_with_its_demand() {
    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path(), "till.csv", "sold\n3\n9\n6\n");
    let file = folder.path().join("till.csv");
    let (printed, metadata) = import(folder.path(), &["csv", path(&file), "--units", "sold"]);
    let written = folder.path().join("scenario/scenario.yaml");
    assert!(printed.contains(&format!("simulate \\\n      --scenario {}", path(&written))), "{printed}");
    assert_eq!(metadata["simulate"][1], "--scenario");
    assert!(succeed(&["check", path(&written)]).contains("3 periods of imported"));
    let (network, series) = ("scenario/network.yaml", "scenario/demand.csv:till");
    let of = |name: &str| path(&folder.path().join(name)).to_owned();
    let single = ["simulate", "--network", &of(network), "--demand", &of(series), "--json"];
    let profit = |printed: String| -> Value {
        let document: Value = serde_json::from_str(&printed).expect("JSON");
        document["policies"][0]["kpis"].clone()
    };
    let whole = ["simulate", "--scenario", path(&written), "--json"];
    assert_eq!(profit(succeed(&whole)), profit(succeed(&single)));
}

#[test]
fn an_empty_cell_in_a_table_of_one_column_is_refused_as_in_two_columns() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("till.csv");
    for (text, line) in
        [("sold\n1\n\n3\n", 3), ("sold\n1\n  \n3\n", 3), ("sold\r\n\r\n1\r\n", 2), ("sold\n1\n\"\"\n3\n", 3)]
    {
        std::fs::write(&file, text).expect("a file");
        let expected = format!("till.csv:{line}: sold: found an empty cell; expected");
        for args in [
            &["import", "csv", path(&file), "--units", "sold", "--output", path(&folder.path().join("out"))]
                [..],
            &["simulate", "--network", "serial", "--demand", &format!("{}:sold", path(&file))],
            &["fit", path(&file), "--column", "sold"],
        ] {
            let message = fail(1, args);
            assert!(message.contains(&expected), "{text:?}: {message}");
        }
    }
    // Lines at the end of a file are its end, and two columns may have blank lines between.
    for text in ["sold\n1\n3\n\n\n", "sold,shop\n1,a\n\n3,a\n"] {
        std::fs::write(&file, text).expect("a file");
        succeed(&["simulate", "--network", "serial", "--demand", &format!("{}:sold", path(&file))]);
    }
}

#[test]
fn what_cannot_be_imported_is_refused_by_file_and_line_and_nothing_is_written() {
    let folder = tempfile::tempdir().expect("a folder");
    let refused = |text: &[u8], expected: &str| {
        let file = folder.path().join("till.csv");
        std::fs::write(&file, text).expect("a file");
        let output = folder.path().join("out");
        let args =
            ["import", "csv", path(&file), "--units", "sold", "--time", "date", "--output", path(&output)];
        let message = fail(1, &args);
        assert!(message.contains(expected), "{expected}: {message}");
        assert!(!output.exists());
    };
    refused(b"date,sld\n2024-01-01,1\n", "till.csv:1: no column 'sold'; nearest: 'sld'");
    refused(
        b"date,sold\n2024-01-01,1\n2024-01-02,many\n",
        "till.csv:3: sold: found 'many'; expected a finite number",
    );
    refused(
        b"date,sold\nlast Monday,1\n",
        "till.csv:2: date: found 'last Monday'; expected a date as 2015-07-31 or a whole number",
    );
    refused(
        b"date,sold\n11/12/2024,1\n",
        "till.csv:2: date: '11/12/2024' is 11 December 2024 read day first and 12 November 2024 read month first, and no \
         row tells which; say --dates day-first or --dates month-first",
    );
    refused(
        b"date,sold\n2024-01-01,1\n2024-02-30,1\n",
        "till.csv:3: date: found '2024-02-30'; expected a date as",
    );
    refused(b"date,sold\n", "till.csv: no rows");
    refused(b"", "till.csv: the file is empty");
    refused(b"date,sold\n2024-01-01,1,\xff\n", "till.csv:2: column 3: not UTF-8 text (byte 0xFF)");
    let folder_itself = path(folder.path());
    let message = fail(1, &["import", "csv", folder_itself, "--units", "sold"]);
    assert!(message.contains("is a directory; expected a file"), "{message}");
    let message = fail(1, &["import", "m5", folder_itself]);
    assert!(message.contains("has no sales_train_evaluation.csv or sales_train_validation.csv"), "{message}");
    let message = fail(1, &["import", "rossmann", "nowhere"]);
    assert!(message.contains("nowhere: is no folder; expected one with train.csv"), "{message}");
}
