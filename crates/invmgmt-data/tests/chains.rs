//! Supply chains in the layouts that people have, as networks; and networks as tables and as JSON.

use std::path::{Path, PathBuf};

use invmgmt::episode::Episode;
use invmgmt::network::{Network, preset};
use invmgmt_data::chain::{
    Chain, ChainRules, StageTime, read_snc, read_stockpyl, read_willems, stockpyl_networks, willems_chains,
};
use invmgmt_data::{
    document_to_json, document_to_yaml, load_network, network_from_value, network_from_yaml, network_to_json,
    read_tables, to_yaml, write_tables,
};
use rust_xlsxwriter::Workbook;

const RULES: ChainRules = ChainRules { period: 1.0, rate: 0.365 };

/// A workbook in the layout of Willems (2008): one chain of three stages, with a fixed, a normal and a drawn time.
fn workbook(
    folder: &Path,
    change: impl Fn(&mut Vec<Vec<&'static str>>, &mut Vec<Vec<&'static str>>),
) -> PathBuf {
    let mut stages = vec![
        vec![
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
        ],
        vec!["Part_1", "10", "2", "Part_1", "", "", "", "", "4.2", "", "", "", "", "", "10", "20"],
        vec!["Manuf_1", "5", "1", "Manuf_1", "", "", "", "", "3", "0.5", "", "", "", "", "20", "20"],
        vec![
            "Retail_1", "1", "0", "Retail_1", "40", "15", "0", "0.95", "2", "", "1", "4", "75", "25", "30",
            "20",
        ],
    ];
    let mut links =
        vec![vec!["sourceStage", "destinationStage"], vec!["Part_1", "Manuf_1"], vec!["Manuf_1", "Retail_1"]];
    change(&mut stages, &mut links);
    let mut book = Workbook::new();
    for (name, rows) in [("06_SD", stages), ("06_LL", links)] {
        let sheet = book.add_worksheet();
        sheet.set_name(name).expect("a name");
        for (at, row) in rows.iter().enumerate() {
            for (column, cell) in row.iter().enumerate() {
                let (at, column) = (at as u32, column as u16);
                match cell.parse::<f64>() {
                    Ok(number) => {
                        sheet.write_number(at, column, number).expect("written");
                    }
                    Err(_) if cell.is_empty() => {}
                    Err(_) => {
                        sheet.write_string(at, column, *cell).expect("written");
                    }
                }
            }
        }
    }
    let path = folder.join("chains.xlsx");
    book.save(&path).expect("written");
    path
}

fn network_of(chain: &Chain, rules: &ChainRules) -> (Network, Vec<String>, Vec<String>) {
    let made = chain.network(rules).expect("a network");
    let network = network_from_value(&made.document).unwrap_or_else(|error| panic!("{error}"));
    (network, made.assumptions, made.left_out)
}

#[test]
fn a_chain_of_the_workbook_becomes_a_network_that_plays() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = workbook(folder.path(), |_, _| {});
    assert_eq!(willems_chains(&path).expect("readable"), ["06"]);
    let chain = read_willems(&path, "6").expect("a chain");
    assert_eq!(chain, read_willems(&path, "06").expect("a chain"));
    // Added costs add up: 10, 10 + 5, 10 + 5 + 1.
    assert_eq!(chain.unit_costs().expect("no circle"), Some(vec![10.0, 15.0, 16.0]));
    assert_eq!(chain.stages[1].time, StageTime::Normal { mean: 3.0, deviation: 0.5 });
    assert_eq!(chain.stages[2].time, StageTime::Values(vec![(1.0, 75.0), (4.0, 25.0)]));
    // z of 95 percent.
    assert!((chain.stages[2].safety_factor.expect("given") - 1.644_853_626_95).abs() < 1e-9);
    let (network, assumptions, left_out) = network_of(&chain, &RULES);
    // A year's 36.5 percent is a thousandth a day.
    let holding: Vec<f64> = network.managed.rows().iter().map(|row| row.holding_cost).collect();
    assert!(holding.iter().zip([0.015, 0.01, 0.016]).all(|(found, right)| (found - right).abs() < 1e-12));
    // h a / (1 - a) = 0.016 x 19.
    assert!((network.market.rows()[0].unmet_penalty - 0.304).abs() < 1e-9);
    let longest: Vec<usize> = network.supply.rows().iter().map(|link| link.lead_time).collect();
    assert_eq!(longest.iter().max(), Some(&5), "4.2 days are 5 whole periods, 3 +- .5 at most 5");
    let said = assumptions.join("\n");
    for words in
        ["stageCost is what a stage adds", "rounded up to whole periods", "draw: order, crossing: fifo"]
    {
        assert!(said.contains(words), "{words}: {said}");
    }
    assert!(left_out.join("\n").contains("where a picture has 3 stages"), "{left_out:?}");
    let problem = invmgmt::Problem::new(
        network,
        invmgmt::demand::DemandModel::default(),
        invmgmt::period::Rules::default(),
        50,
    );
    let mut episode = Episode::begin(&problem, 1).expect("an episode");
    while !episode.is_over() {
        episode.step(&[40.0; 3]).expect("a step");
    }
}

#[test]
fn a_coarser_period_rounds_up_and_scales_demand() {
    let folder = tempfile::tempdir().expect("a folder");
    let chain = read_willems(&workbook(folder.path(), |_, _| {}), "06").expect("a chain");
    let (network, ..) = network_of(&chain, &ChainRules { period: 4.0, ..RULES });
    // Of the part 4.2 days are two periods of 4; 40 a day are 160 a period, the deviation grows with the root.
    let part = network.supply.rows().iter().find(|link| link.supplier.is_none()).expect("from outside");
    assert_eq!(part.lead_time, 2);
    assert_eq!(network.market.rows()[0].own_mean, Some(160.0));
    let text = to_yaml(&network.declared);
    assert!(text.contains("scale: 30"), "15 x sqrt 4: {text}");
}

/// Two parts meet: the stage is a recipe, its time stands on it, and nothing of it is left out.
#[test]
fn an_assembly_is_recipes_with_the_times_of_their_stages() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = workbook(folder.path(), |stages, links| {
        let mut part = stages[1].clone();
        (part[0], part[8]) = ("Part: 2", "1");
        stages.push(part);
        links.push(vec!["Part: 2", "Manuf_1"]);
    });
    let chain = read_willems(&path, "06").expect("a chain");
    let (network, assumptions, left_out) = network_of(&chain, &RULES);
    let names: Vec<String> =
        network.managed.indices().map(|node| network.managed_id(node).to_string()).collect();
    assert_eq!(
        chain.network(&RULES).expect("a network").points,
        ["chain 06, Part_1", "chain 06, Manuf_1", "chain 06, Retail_1", "chain 06, Part_ 2"]
    );
    assert_eq!((names.len(), network.recipes.len(), network.market.len()), (4, 2, 1));
    let takes: Vec<usize> = network.recipes.iter().map(|recipe| recipe.inputs.len()).collect();
    assert_eq!(
        takes,
        [2, 1],
        "what is manufactured takes both parts, what is sold takes what is manufactured"
    );
    // 3 +- .5 days are drawn, at most 5; the parts take 4.2 and 1, which are 5 and 1.
    let mut longest: Vec<(String, usize)> =
        network.supply.rows().iter().map(|link| (network.link_name(link.link), link.lead_time)).collect();
    longest.sort();
    let expected = [
        ("chain 06: Manuf_1", 5),
        ("chain 06: Retail_1", 4),
        ("outside supplier -> chain 06, Part_ 2", 1),
        ("outside supplier -> chain 06, Part_1", 5),
    ];
    assert_eq!(longest, expected.map(|(name, periods)| (name.to_owned(), periods)));
    let said = assumptions.join("\n");
    assert!(said.contains("a stage is the recipe that makes it"), "{said}");
    assert!(said.contains("1 stage renamed: the signs , : [ ] { } in a name become _"), "{said}");
    assert!(!left_out.join("\n").contains("Part"), "{left_out:?}");
}

#[test]
fn quantities_per_unit_are_what_recipes_take() {
    let (network, assumptions, _) = network_of(&lines(LINES).expect("a chain"), &RULES);
    let [recipe] = &network.recipes[..] else { panic!("one recipe") };
    let takes: Vec<(String, f64)> =
        recipe.inputs.iter().map(|&(input, units)| (network.managed_id(input).to_string(), units)).collect();
    assert_eq!(takes, [("bikes, Wheel".to_owned(), 2.0), ("bikes, Frame".to_owned(), 1.0)]);
    assert!(assumptions.join("\n").contains("makes a unit once all its parts are there"));
    // A pair that stands twice is both of its quantities.
    let twice = lines(&LINES.replace("Wheel,2,Frame,1", "Wheel,1,Frame,1,Wheel,1")).expect("a chain");
    assert_eq!(twice.unit_costs().expect("no circle"), Some(vec![40.0, 100.0, 200.0]));
    let (network, assumptions, _) = network_of(&twice, &RULES);
    assert_eq!(network.recipes[0].inputs.len(), 2);
    assert!(assumptions.join("\n").contains("links that stand twice are added up (1 of them)"));
}

#[test]
fn what_stands_in_a_workbook_and_says_nothing_is_listed() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = workbook(folder.path(), |stages, _| {
        stages[1][5] = "3";
        (stages[2][10], stages[3][9]) = ("7", "0.5");
    });
    let left_out = read_willems(&path, "06").expect("a chain").left_out;
    assert_eq!(
        left_out,
        [
            "sheet 06_SD: column relDepth, which follows from the links",
            "stdDev stageTime beside values with percentages, which say more: Retail_1",
            "stdDevDemand without avgDemand: Part_1",
            "values of stageTime without a percentage: Manuf_1",
        ]
    );
}

#[test]
fn every_mistake_of_a_workbook_is_said_with_its_sheet_and_row() {
    let folder = tempfile::tempdir().expect("a folder");
    let refused = |change: fn(&mut Vec<Vec<&'static str>>, &mut Vec<Vec<&'static str>>)| {
        let path = workbook(folder.path(), change);
        read_willems(&path, "06").expect_err("refused").to_string()
    };
    let both = refused(|stages, links| {
        stages[1][1] = "ten";
        stages[3][7] = "120";
        links[1][0] = "Part_9";
    });
    for words in [
        "sheet 06_SD, row 2: stageCost: found 'ten'; expected a number >= 0",
        "sheet 06_SD, row 4: serviceLevel: found 1.2; expected a share below 1",
        "sheet 06_LL, row 2: sourceStage: there is no stage Part_9",
    ] {
        assert!(both.contains(words), "{words}: {both}");
    }
    assert!(
        refused(|stages, _| stages[0][1] = "price")
            .contains("sheet 06_SD: no column stageCost; the first row has")
    );
    assert!(refused(|_, links| links.push(vec!["Retail_1", "Part_1"])).contains("goes into itself"));
    assert!(refused(|stages, _| stages[3][4] = "").contains("no stage has demand"));
    assert!(refused(|stages, _| stages.push(stages[1].clone())).contains("stands twice"));
    let path = workbook(folder.path(), |_, _| {});
    let unknown = read_willems(&path, "38").expect_err("refused").to_string();
    assert!(unknown.contains("has no chain '38' (sheets NN_SD and NN_LL); it has: 06"), "{unknown}");
    let missing = read_willems(&folder.path().join("none.xlsx"), "06").expect_err("refused").to_string();
    assert!(missing.contains("Workbook not found"), "{missing}");
    std::fs::write(folder.path().join("sales.xlsx"), "a,b").expect("written");
    let other = read_willems(&folder.path().join("sales.xlsx"), "06").expect_err("refused").to_string();
    assert!(other.contains("cannot be read as a workbook"), "{other}");
}

const LINES: &str = "\
stage_id,lead_time,max_s_time,cost,risk_pool,ext_demand_mean,ext_demand_std,ext_demand_thres,up_stages
Wheel,6,,40,2,,,,
Frame,9,,100,2,,,,
Bike,2,0,20,2,5,3,1.645,Wheel,2,Frame,1
";

fn lines(text: &str) -> Result<Chain, String> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("bikes.txt");
    std::fs::write(&path, text).expect("written");
    read_snc(&path).map_err(|error| error.to_string())
}

#[test]
fn lines_of_stages_are_read_with_quantities() {
    let chain = lines(LINES).expect("a chain");
    // Two wheels and a frame: 2 x 40 + 100 + 20.
    assert_eq!(chain.unit_costs().expect("no circle"), Some(vec![40.0, 100.0, 200.0]));
    assert_eq!(chain.demands().expect("no circle"), [(10.0, 6.0), (5.0, 3.0), (5.0, 3.0)]);
    assert_eq!(chain.stages[2].max_service_time, Some(0.0));
    let (_, assumptions, _) = network_of(&chain, &RULES);
    assert!(assumptions.join("\n").contains("cost_rate is what a stage adds"));
}

#[test]
fn mistakes_in_lines_of_stages_are_said_with_their_lines() {
    let refused = |from: &str, to: &str| lines(&LINES.replace(from, to)).expect_err("refused");
    let both = refused("Wheel,6,,40", "Wheel,six,,-4");
    assert!(both.contains("line 2: lead_time: found 'six'; expected a number >= 0"), "{both}");
    assert!(both.contains("line 2: cost_rate: found '-4'"), "{both}");
    assert!(
        refused("Wheel,2,Frame,1", "Wheel,2,Saddle,1")
            .contains("line 4: up_stages: there is no stage Saddle")
    );
    assert!(refused("Wheel,2,Frame,1", "Wheel,2,Frame").contains("line 4: up_stages: Frame has no quantity"));
    assert!(refused("Wheel,2,", "Wheel,0,").contains("found the quantity '0' of Wheel"));
    assert!(
        refused("Frame,9", "Wheel,1,,1,2,,,\nFrame,9").contains("stage Wheel stands twice, as stage 1 and 2")
    );
    assert!(lines("").expect_err("refused").contains("it has no stages"));
    let other = lines(&LINES.replace("Frame,9,,100,2", "Frame,9,,100,1")).expect("a chain");
    assert!(other.left_out.join("\n").contains("risk_pool of Frame"), "{:?}", other.left_out);
}

/// A file of instances in stockpyl's layout: a warehouse that feeds two shops, and a list of numbers.
const INSTANCES: &str = r#"{"_id": "x", "last_updated": "2024", "instances": [
  {"name": "numbers", "description": "", "type": "dict", "data": {"holding_cost": 0.18}},
  {"name": "shops", "description": "one warehouse, two shops", "type": "network", "data": {"_products": [], "_nodes": [
    {"_index": 1, "name": null, "_predecessor_indices": [], "_successor_indices": [2, 3], "local_holding_cost": 1,
     "shipment_lead_time": 2, "demand_source": {"type": null}, "_inventory_policy": {"type": null, "node": 1},
     "disruption_process": {"random_process_type": null, "disruption_type": "OP", "disrupted": false}},
    {"_index": 2, "name": "North", "_predecessor_indices": [1], "local_holding_cost": 3, "stockout_cost": 20,
     "shipment_lead_time": 1, "demand_source": {"type": "N", "mean": 8, "standard_deviation": 2},
     "_inventory_policy": {"type": "BS", "base_stock_level": 12}, "initial_inventory_level": 12},
    {"_index": 3, "name": "South", "_predecessor_indices": [1], "local_holding_cost": 3, "stockout_cost": 20,
     "shipment_lead_time": 1, "demand_source": {"type": "UD", "lo": 0, "hi": 10}, "order_capacity": 9}
  ]}}]}"#;

#[test]
fn an_instance_of_stockpyl_becomes_a_network_and_what_is_lost_is_listed() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("instances.json");
    std::fs::write(&path, INSTANCES).expect("written");
    assert_eq!(stockpyl_networks(&path).expect("readable"), ["shops"]);
    let chain = read_stockpyl(&path, "shops").expect("a chain");
    let names: Vec<&str> = chain.stages.iter().map(|stage| stage.name.as_str()).collect();
    assert_eq!(names, ["1", "North", "South"]);
    // Uniform on 0 to 10: mean 5, variance 10; a normal one beside it: 8 and 4.
    let (mean, deviation) = chain.demands().expect("no circle")[0];
    assert!((mean - 13.0).abs() < 1e-12 && (deviation - 14.0_f64.sqrt()).abs() < 1e-12);
    let (network, _, left_out) = network_of(&chain, &RULES);
    assert_eq!((network.managed.len(), network.market.len()), (3, 2));
    assert_eq!(network.managed.rows()[1].initial_inventory, 12.0);
    assert_eq!(network.market.rows()[0].unmet_penalty, 20.0);
    let said = left_out.join("\n");
    assert!(
        said.contains("inventory_policy of node North") && said.contains("order_capacity of node South"),
        "{said}"
    );
    let refused = |name: &str| read_stockpyl(&path, name).expect_err("refused").to_string();
    assert!(refused("shop").contains("has no instance 'shop'; networks in it: shops"));
    assert!(refused("numbers").contains("is no network but a list of numbers"));
    std::fs::write(&path, INSTANCES.replace("\"N\"", "\"X\"")).expect("written");
    assert!(refused("shops").contains("node North: demand of type X cannot be read; expected N, P, UD"));
}

/// A network as the package writes it: a mill whose bolts and planks a plant makes tables and shelves of, and a store
/// that sells both; a forge has bolts, too, and nobody wants the mill's sawdust.
const PRODUCTS: &str = r#"{"instances": [{"name": "furniture", "type": "SupplyChainNetwork", "data": {
  "_nodes": [
    {"_index": 1, "name": "store", "_product_indices": [20, 21], "_predecessor_indices": [2, null],
     "local_holding_cost": {"20": 5, "21": 3}, "stockout_cost": {"20": 40}, "shipment_lead_time": 1,
     "demand_source": {"20": {"type": "N", "mean": 10, "standard_deviation": 2, "round_to_int": true},
                       "21": {"type": "P", "mean": 4}, "dict_type": "product_keyed_attribute"},
     "_inventory_policy": {"20": {"type": "BS", "base_stock_level": 30}, "21": {"type": null}},
     "initial_inventory_level": {"20": 25, "21": 9}},
    {"_index": 2, "name": "plant", "_product_indices": [30, 31], "_predecessor_indices": [3, 4],
     "local_holding_cost": 4, "shipment_lead_time": 2, "demand_source": {"type": null}, "supply_type": null},
    {"_index": 3, "name": "mill", "_product_indices": [10, 11, 12], "local_holding_cost": {"10": 0.1, "11": 0.5},
     "shipment_lead_time": 3, "supply_type": "U"},
    {"_index": 4, "name": "forge", "_product_indices": [10], "shipment_lead_time": 5, "supply_type": "U"}
  ],
  "_products": [
    {"_index": -3, "is_dummy": true},
    {"_index": 20, "name": "table", "is_dummy": false, "_bill_of_materials": {"30": 1}},
    {"_index": 21, "name": "shelf", "is_dummy": false, "_bill_of_materials": {"31": 1}, "stockout_cost": 30},
    {"_index": 30, "name": "bare table", "_bill_of_materials": {"10": 8, "11": 4, "99": 1}},
    {"_index": 31, "name": "bare shelf", "_bill_of_materials": {"10": 2, "11": 1}, "order_capacity": 50},
    {"_index": 10, "name": "bolt"}, {"_index": 11, "name": "plank"}, {"_index": 12, "name": "sawdust"}
  ]}}]}"#;

#[test]
fn products_of_stockpyl_with_bills_of_material_become_recipes_and_the_rest_is_listed() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("instances.json");
    std::fs::write(&path, PRODUCTS).expect("written");
    let chain = read_stockpyl(&path, "furniture").expect("a chain");
    let names: Vec<&str> = chain.stages.iter().map(|stage| stage.name.as_str()).collect();
    let expected = [
        "table at store",
        "shelf at store",
        "bare table at plant",
        "bare shelf at plant",
        "bolt at mill",
        "plank at mill",
    ];
    assert_eq!(names, expected);
    // A table takes eight bolts, a shelf two: 10 x 8 + 4 x 2 a period; planks 10 x 4 + 4 x 1.
    let demands = chain.demands().expect("no circle");
    assert_eq!(
        demands.iter().map(|(mean, _)| mean.round()).collect::<Vec<_>>(),
        [10.0, 4.0, 10.0, 4.0, 88.0, 44.0]
    );
    assert_eq!(
        chain.stages.iter().map(|stage| stage.cost).collect::<Vec<_>>(),
        [5.0, 3.0, 4.0, 4.0, 0.1, 0.5]
    );
    assert_eq!(chain.stages[0].penalty.zip(chain.stages[1].penalty), Some((40.0, 30.0)));
    let (network, _, left_out) = network_of(&chain, &RULES);
    assert_eq!((network.products.len(), network.market.len()), (6, 2));
    // Recipes: both tables, both shelves; what the mill has comes from outside.
    assert_eq!(network.supply.len(), 6);
    let starts: Vec<f64> = network.managed.rows().iter().map(|node| node.initial_inventory).collect();
    assert!(starts.contains(&25.0) && starts.contains(&9.0), "{starts:?}");
    let said = left_out.join("\n");
    for part in [
        "99 of the bill of materials of bare table at plant: nobody who feeds it holds any",
        "forge as further sources of bare table at plant: stockpyl orders all of it from bolt at mill",
        "inventory_policy of node store",
        "order_capacity of product bare shelf",
        "sawdust at mill: nobody takes any of it",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    std::fs::write(&path, PRODUCTS.replace("[10, 11, 12]", "[10, 11, 77]").replace(": 8,", ": -8,"))
        .expect("written");
    let message = read_stockpyl(&path, "furniture").expect_err("refused").to_string();
    assert!(message.contains("node 3: there is no product 77 for it to hold"), "{message}");
    assert!(message.contains("product bare table: bill of materials: found 10: -8; expected"), "{message}");
}

/// Where no bill of materials joins two nodes, stockpyl's rule holds: a unit takes one of everything.
#[test]
fn nodes_of_stockpyl_without_a_bill_of_materials_take_one_of_each_and_it_is_said() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("instances.json");
    let text = PRODUCTS.replace(r#""_bill_of_materials": {"30": 1}"#, r#""x": null"#);
    std::fs::write(&path, text.replace(r#""_bill_of_materials": {"31": 1}, "#, "")).expect("written");
    let chain = read_stockpyl(&path, "furniture").expect("a chain");
    let demands = chain.demands().expect("no circle");
    assert_eq!(demands[2..4].iter().map(|(mean, _)| *mean).collect::<Vec<_>>(), [14.0, 14.0]);
    let said = chain.assumptions.join("\n");
    assert!(
        said.contains("joins table at store, shelf at store to what feeds it: a unit of each takes one of each (bare table at plant, bare shelf at plant), which is stockpyl's rule"),
        "{said}"
    );
}

/// Shang and Song's chains, as the package has them: echelon costs of .25 are .25, .5, .75 and 1 where the goods are.
#[test]
fn echelon_holding_costs_of_stockpyl_become_costs_of_a_unit_where_it_is() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("instances.json");
    let node = |index: usize| {
        let before = if index < 4 { format!("[{}]", index + 1) } else { "[]".to_owned() };
        let demand = if index == 1 { r#"{"type": "P", "mean": 16}"# } else { "null" };
        format!(
            r#"{{"_index": {index}, "_predecessor_indices": {before}, "echelon_holding_cost": 0.25,
                 "shipment_lead_time": 0.25, "demand_source": {demand}}}"#
        )
    };
    let nodes: Vec<String> = (1..=4).map(node).collect();
    let text = format!(r#"{{"instances": [{{"name": "ss", "data": {{"_nodes": [{}]}}}}]}}"#, nodes.join(","));
    std::fs::write(&path, text).expect("written");
    let chain = read_stockpyl(&path, "ss").expect("a chain");
    assert_eq!(chain.stages.iter().map(|stage| stage.cost).collect::<Vec<_>>(), [1.0, 0.75, 0.5, 0.25]);
    assert!(chain.assumptions.join("\n").contains("echelon holding costs"), "{:?}", chain.assumptions);
}

/// A network with keys of every form, and names that tables are prone to spoil.
const NETWORK: &str = r#"
name: "keys, of every form"
timeline: order-first
units: whole
life: 5
disruptions: [{where: depot, what: ship, up_down: [0.1, 0.5]}]
nodes:
  - {id: "007"}
  - {id: "12", I0: 30, h: 0.5, allocation: {priority: [shop, "=1+1"]}, storage: {space: 90, overflow: discard, cost: 1}}
  - {id: shop, I0: 4, h: 1, waste: 2, ages: [3, 1]}
  - {id: "=1+1", I0: 4, h: 1}
  - {id: depot, I0: 12, h: 0.1}
  - {id: 9}
  - {id: "north, west"}
edges:
  - {from: shop, to: "007", p: 3, b: 1, demand_dist: discrete, dist_param: {values: [0, 2], weights: [1, 3]}, issue: {fifo: 0.5}}
  - {from: "=1+1", to: "north, west", p: 3, b: 1, demand_dist: negative_binomial, dist_param: {mu: 4, dispersion: 0.5}}
  - {from: "12", to: shop, L: {values: [1, 2]}, draw: order, crossing: fifo, p: 1, g: 0, unmet: wait, b: 0.5}
  - {from: "12", to: "=1+1", L: 2, p: 1, g: 0, in_transit: [2], min: 2, multiple: 2}
  - {from: depot, to: "12", L: 2, p: 1, g: 0, K: 5, yield: {binomial: 0.9}}
  - {from: 9, to: depot, L: 1, p: 1, g: 0}
"#;

#[test]
fn a_network_as_tables_or_as_json_is_the_same_network() {
    let folder = tempfile::tempdir().expect("a folder");
    let mixed = network_from_yaml(NETWORK).unwrap_or_else(|error| panic!("{error}")).declared;
    let presets = ["network", "serial"].map(|name| preset(name).expect("a preset"));
    for (at, declared) in presets.into_iter().chain([mixed]).enumerate() {
        let document = invmgmt_data::Value::from_yaml(&to_yaml(&declared)).expect("a document");
        let tables = folder.path().join(format!("tables {at}"));
        let files = write_tables(&document, &tables).expect("written");
        assert!(
            files.iter().any(|file| file.ends_with("nodes.csv"))
                && files.iter().any(|file| file.ends_with("links.csv"))
        );
        assert_eq!(load_network(&tables).unwrap_or_else(|error| panic!("{error}")).declared, declared);
        let json = folder.path().join("network.json");
        std::fs::write(&json, network_to_json(&declared)).expect("written");
        assert_eq!(load_network(&json).unwrap_or_else(|error| panic!("{error}")).declared, declared);
        // Other programs read it as JSON.
        let _: serde_json::Value = serde_json::from_str(&document_to_json(&document)).expect("JSON");
        // JSON as others write it, with tabs, is read too.
        let tabbed = network_to_json(&declared).replace("  ", "\t");
        std::fs::write(&json, tabbed).expect("written");
        assert_eq!(load_network(&json).unwrap_or_else(|error| panic!("{error}")).declared, declared);
    }
}

/// Products and recipes have tables of their own; what the tables say is what the file said.
#[test]
fn products_and_recipes_have_tables_of_their_own() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = "products: [flour, {id: bread, life: 4}]\nnodes:\n  - {id: bakery, I0: {flour: 60, bread: 20}, \
                recipes: [{make: bread, from: {flour: 0.6}, L: 1}, {make: cake, from: {flour: 1}, cap: 3}]}\n  \
                - {id: mill}\nedges:\n  - {from: mill, to: bakery, product: flour, L: 1}\n";
    let document = invmgmt_data::Value::from_yaml(text).expect("a document");
    let files = write_tables(&document, folder.path()).expect("written");
    let names: Vec<String> =
        files.iter().map(|file| file.file_name().expect("a name").to_string_lossy().into_owned()).collect();
    assert_eq!(names, ["nodes.csv", "links.csv", "products.csv", "recipes.csv"]);
    let recipes = std::fs::read_to_string(folder.path().join("recipes.csv")).expect("written");
    assert_eq!(recipes.lines().next(), Some("node,make,from,L,cap"), "{recipes}");
    let again = read_tables(folder.path()).expect("readable");
    assert_eq!(document_to_yaml(&again), document_to_yaml(&document));
}

#[test]
fn a_mistake_in_a_table_is_said_with_its_file_and_line() {
    let folder = tempfile::tempdir().expect("a folder");
    let serial =
        invmgmt_data::Value::from_yaml(&to_yaml(&preset("serial").expect("a preset"))).expect("a document");
    let refused = |file: &str, from: &str, to: &str| {
        write_tables(&serial, folder.path()).expect("written");
        let path = folder.path().join(file);
        let text = std::fs::read_to_string(&path).expect("written");
        assert!(text.contains(from), "{text}");
        std::fs::write(&path, text.replacen(from, to, 1)).expect("written");
        load_network(folder.path()).expect_err("refused").to_string()
    };
    let stock = refused("nodes.csv", "100", "-1");
    assert!(stock.contains(":3: nodes[1] (1): I0: found -1"), "{stock}");
    let unequal = refused("nodes.csv", "id,", "id,colour,");
    assert!(unequal.contains("nodes.csv:2: ") && unequal.contains("cells; the header has"), "{unequal}");
    assert!(refused("nodes.csv", "I0", "Stock").contains("Stock"), "an unknown column is a mistake");
    assert!(refused("links.csv", "from,to", "from,from").contains("column 'from' stands twice"));
    write_tables(&serial, folder.path()).expect("written");
    std::fs::write(folder.path().join("recipes.csv"), "node,make\nnowhere,x\n").expect("written");
    let recipe = load_network(folder.path()).expect_err("refused").to_string();
    assert!(recipe.contains("recipes.csv:2: node: text 'nowhere' is no node of nodes.csv"), "{recipe}");
    std::fs::remove_file(folder.path().join("links.csv")).expect("removed");
    std::fs::remove_file(folder.path().join("recipes.csv")).expect("removed");
    assert!(load_network(folder.path()).expect_err("refused").to_string().contains("not found"));
    write_tables(&serial, folder.path()).expect("written");
    std::fs::remove_file(folder.path().join("nodes.csv")).expect("removed");
    let missing = load_network(folder.path()).expect_err("refused").to_string();
    assert!(missing.contains("not found") && missing.ends_with("nodes.csv"), "{missing}");
}
