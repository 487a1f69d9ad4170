//! Files that are read, and for each file that is refused what its message says.

use std::path::PathBuf;

use invmgmt::network::{NodeId, Place, preset};
use invmgmt_data::{Value, load_network, network_from_value, network_from_yaml, read_network, to_yaml};
use tempfile::TempDir;

const GOOD: &str = "\
name: corner shop
meta_author: somebody
metadata: {anything: [1, 2]}
nodes:
  - {id: 0}
  - {id: 1, I0: 100, h: 0.03}
  - {id: 2, I0: 50, h: 1e-2, C: 10, o: 0.1, v: 0.9, meta_city: Graz}
  - {id: 3}
edges:
  - {from: 1, to: 0, p: 2.0, b: 0.1, demand_dist: poisson, dist_param: {mu: 20}}
  - {from: 2, to: 1, L: 3, p: 1, g: 0}
  - {from: 3, to: 2, L: 0, p: 0.5, g: 0, K: 4}
";

/// The mistakes of the good file with one passage replaced.
fn refused(passage: &str, replacement: &str) -> String {
    assert!(GOOD.contains(passage), "{passage}");
    mistakes_of(&GOOD.replacen(passage, replacement, 1))
}

fn mistakes_of(text: &str) -> String {
    network_from_yaml(text).expect_err("refused").to_string()
}

fn file(name: &str, content: &[u8]) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join(name);
    std::fs::write(&path, content).expect("a file");
    (folder, path)
}

#[test]
fn a_good_file_is_read_as_written() {
    let (_folder, path) = file("shop.yml", GOOD.as_bytes());
    let declared = load_network(&path).expect("a good file").declared;
    assert_eq!(declared.name.as_deref(), Some("corner shop"));
    assert_eq!(declared.nodes[2].holding_cost, Some(0.01));
    assert_eq!(declared.nodes[2].production_yield, Some(0.9));
    assert_eq!(declared.links[2].fixed_order_cost, Some(4.0));
    assert_eq!(declared.links[1].lead_time, Some(3));
}

#[test]
fn a_read_network_knows_the_lines_of_its_places() {
    let (_folder, path) = file("shop.yaml", GOOD.as_bytes());
    let read = read_network(&path).expect("a good file");
    assert_eq!(read.position(&Place::Link(1, Some("L"))), Some((11, 22)));
    assert_eq!(read.position(&Place::Node(1, None)), Some((6, 5)));
    assert_eq!(read.position(&Place::Network), Some((9, 1)));
}

#[test]
fn a_mistake_shows_file_line_place_and_what_is_allowed() {
    let (_folder, path) = file("shop.yaml", GOOD.replace("L: 3", "L: -1").as_bytes());
    let message = load_network(&path).expect_err("refused").to_string();
    let expected = "edges[1] (2 -> 1): L: found -1; expected a non-negative integer (whole periods)";
    assert_eq!(message, format!("{}:11: {expected}", path.display()));
}

#[test]
fn a_lead_time_is_a_whole_number_of_periods() {
    for found in ["-1", "2.0", "true", "two", "1e1", "[3]", "", "99999999999"] {
        let message = refused("L: 3", &format!("L: {found}"));
        assert!(message.starts_with("line 11: edges[1] (2 -> 1): L: found"), "{message}");
        assert!(message.contains("non-negative integer"), "{message}");
    }
    assert!(refused("L: 3", "L: 2.0").contains("found 2.0;"));
    assert!(
        refused("L: 3, ", "").contains("L: missing; a supply link must have 'L', a non-negative integer")
    );
}

#[test]
fn a_market_link_has_no_lead_time() {
    let message = refused("p: 2.0", "p: 2.0, L: 1");
    assert!(message.starts_with("line 10: edges[0] (1 -> 0): L: "), "{message}");
    assert!(message.contains("must not define lead time"), "{message}");
}

/// A name that the release reads as a number would be another node; in quotes it is a text in both.
#[test]
fn a_plain_name_that_yaml_1_1_reads_as_a_number_is_refused_until_it_is_quoted() {
    for (name, number) in [("1_000", "1000"), ("062", "50"), ("12:30", "750"), ("0b11", "3")] {
        let text = format!(
            "nodes:\n  - {{id: m}}\n  - {{id: {name}, I0: 1, h: 1}}\n  - {{id: s}}\nedges:\n  - {{from: {name}, to: m, \
             p: 1, b: 1, demand_dist: poisson, dist_param: {{mu: 2}}}}\n  - {{from: s, to: {name}, L: 1, p: 1, g: 0}}\n"
        );
        let message = network_from_yaml(&text).expect_err("refused").to_string();
        let said = format!(
            "nodes[1] ({name}): id: found text '{name}' (YAML 1.1, and with it gym-invmgmt 0.2.1, reads {number} here, YAML 1.2 a \
             text: write the number plainly), and in quotes if it is a name"
        );
        assert!(message.contains(&said), "{message}");
        for quote in ['\'', '"'] {
            let quoted = text.replace(&format!(": {name}"), &format!(": {quote}{name}{quote}"));
            network_from_yaml(&quoted).expect("a text in both");
        }
    }
    // What no version of YAML reads as a number needs no quotes.
    let text = "nodes:\n  - {id: m}\n  - {id: 089, I0: 1, h: 1}\n  - {id: s}\nedges:\n  - {from: 089, to: m, p: 1, b: 1, \
                demand_dist: poisson, dist_param: {mu: 2}}\n  - {from: s, to: 089, L: 1, p: 1, g: 0}\n";
    network_from_yaml(text).expect("a name");
}

#[test]
fn costs_are_finite_numbers_not_below_zero() {
    for (found, shown) in [
        ("-2", "-2"),
        ("'3'", "text '3'"),
        (
            "1_000",
            "text '1_000' (YAML 1.1, and with it gym-invmgmt 0.2.1, reads 1000 here, YAML 1.2 a text: write the \
             number plainly)",
        ),
        ("yes", "text 'yes'"),
        ("true", "true"),
        (".nan", "NaN"),
        (".inf", "inf"),
        ("", "nothing"),
    ] {
        let message = refused("h: 0.03", &format!("h: {found}"));
        assert_eq!(message, format!("line 6: nodes[1] (1): h: found {shown}; expected a finite number >= 0"));
    }
}

#[test]
fn a_yield_lies_above_zero_and_at_most_at_one() {
    for found in ["0", "1.5", ".nan", "all"] {
        let message = refused("v: 0.9", &format!("v: {found}"));
        assert!(message.starts_with("line 7: nodes[2] (2): v: found"), "{message}");
        assert!(message.ends_with("expected a number above 0 and at most 1"), "{message}");
    }
}

#[test]
fn a_key_that_nothing_is_near_is_told_that_the_model_has_no_such_thing() {
    for found in ["x", "shelf_life", "minimum_order_quantity"] {
        let message = refused("I0: 50", &format!("I0: 50, {found}: 1"));
        let expected = format!(
            "line 7: nodes[2] (2): unknown key '{found}'; not in this model: see docs/decision_process.md for what is; \
             known keys: id, I0"
        );
        assert!(message.starts_with(&expected), "{message}");
    }
}

#[test]
fn an_unknown_key_is_told_the_nearest_known_one() {
    for (found, near) in [("i0", "'I0' (initial inventory)"), ("holding_cost", "'h' (holding cost)")] {
        let message = refused("I0: 50", &format!("I0: 50, {found}: 1"));
        assert!(
            message.starts_with(&format!(
                "line 7: nodes[2] (2): unknown key '{found}'; nearest known key: {near}"
            ))
        );
        assert!(
            message.contains("known keys: id, I0, h, C, o, v, salvage_value,")
                && message.ends_with(", and any that begins with meta_"),
            "{message}"
        );
    }
    assert!(
        refused("g: 0", "pipeline_holding_cost: 0")
            .contains("nearest known key: 'g' (pipeline holding cost)")
    );
    assert!(
        refused("name: corner shop", "nam: x")
            .contains("line 1: unknown key 'nam'; nearest known key: 'name'")
    );
    assert!(refused("name: corner shop", "7: x").contains("line 1: unknown key '7'"));
}

#[test]
fn a_misspelt_key_is_not_called_missing_as_well() {
    for (passage, replacement) in [
        ("L: 3", "lead_time: 3"),
        ("id: 1", "Id: 1"),
        ("C: 10", "capacity: 10"),
        ("nodes:", "node:"),
        ("edges:", "edge:"),
        ("from: 2", "form: 2"),
        ("dist_param", "dist_params"),
    ] {
        let message = refused(passage, replacement);
        assert!(message.contains("unknown key"), "{message}");
        assert_eq!(message.lines().count(), 1, "{message}");
    }
}

#[test]
fn a_repeated_key_is_refused_with_both_lines() {
    let text = GOOD
        .replace("{id: 1, I0: 100, h: 0.03}", "\n      id: 1\n      I0: 100\n      h: 0.03\n      I0: 10");
    assert_eq!(
        mistakes_of(&text),
        "line 10: nodes[1] (1): repeated key 'I0'; it already stands on line 8, and every key may stand once"
    );
    assert!(refused("{mu: 20}", "{mu: 20, mu: 21}").contains("dist_param: repeated key 'mu'"));
    assert!(refused("name: corner shop", "name: a\nname: b").contains("line 2: repeated key 'name'"));
}

#[test]
fn names_are_whole_numbers_or_texts() {
    for found in ["1.0", "true", "", "[1]"] {
        let message = refused("id: 1", &format!("id: {found}"));
        assert!(message.starts_with("line 6: nodes[1]: id: found "), "{message}");
        assert!(message.ends_with("a node's name is a whole number or a text"), "{message}");
        let message = refused("from: 2", &format!("from: {found}"));
        assert!(message.starts_with("line 11: edges[1] (? -> 1): from: found "), "{message}");
    }
    assert_eq!(refused("id: 1, ", ""), "line 6: nodes[1]: id: missing; expected a whole number or a text");
    assert_eq!(
        refused("to: 1, ", ""),
        "line 11: edges[1] (2 -> ?): to: missing; expected a whole number or a text"
    );
}

#[test]
fn truth_words_are_names() {
    let text =
        GOOD.replace("id: 1,", "id: no,").replace("from: 1,", "from: no,").replace("to: 1,", "to: no,");
    let declared = network_from_yaml(&text).expect("a good file").declared;
    assert_eq!(declared.nodes[1].id, NodeId::Text("no".into()));
}

#[test]
fn a_network_without_edges_or_nodes_is_refused() {
    for edges in ["", "edges:", "edges: []"] {
        let message = mistakes_of(&format!("nodes: [{{id: 1}}]\n{edges}"));
        assert!(message.contains("no edges given; a network needs a non-empty 'edges' list"), "{message}");
    }
    assert!(mistakes_of("edges: [{from: 1, to: 2}]").contains("no nodes given"));
    assert!(mistakes_of("nodes: 7\nedges: {}").contains("nodes: found 7; expected a non-empty list"));
}

#[test]
fn a_document_is_a_mapping_of_mappings() {
    assert_eq!(mistakes_of(""), "the file is empty; expected a mapping with 'nodes' and 'edges'");
    assert_eq!(mistakes_of("# nothing"), "the file is empty; expected a mapping with 'nodes' and 'edges'");
    assert_eq!(mistakes_of("- 1"), "line 1: found a list; expected a mapping with 'nodes' and 'edges'");
    assert!(
        refused("{id: 3}", "3").starts_with("line 8: nodes[3]: found 3; expected a mapping with an 'id'")
    );
    assert!(
        refused("{from: 3, to: 2, L: 0, p: 0.5, g: 0, K: 4}", "3 to 2")
            .starts_with("line 12: edges[2]: found text '3 to 2'; expected a mapping with 'from' and 'to'")
    );
}

#[test]
fn an_unknown_distribution_is_named() {
    assert!(refused("poisson", "cauchy").contains("demand_dist: Unknown demand distribution 'cauchy'"));
    assert!(refused("poisson", "cauchy").starts_with("line 10: edges[0] (1 -> 0)"));
    assert!(refused("poisson", "3").contains("demand_dist: found 3; expected the name of a law"));
    assert!(
        refused("demand_dist: poisson, ", "").contains("demand_dist: missing; expected the name of a law")
    );
}

#[test]
fn the_parameters_of_a_law_are_its_own_numbers() {
    for (found, words) in [
        (", dist_param: {mu: 20}", "dist_param: missing"),
        ("{mu: 20}", "dist_param: found nothing"),
        ("{mu: 20}", "dist_param: found 20"),
        ("{mu: 20}", "mu is text 'many'; expected a finite number"),
        ("{mu: 20}", "mu is true; expected a finite number"),
        ("{mu: 20}", "mu is -3; expected a number >= 0"),
        ("{mu: 20}", "mu is NaN; expected a finite number"),
        ("{mu: 20}", "a poisson law has no parameter 'scale'"),
    ]
    .into_iter()
    .zip(["", "", "20", "{mu: many}", "{mu: true}", "{mu: -3}", "{mu: .nan}", "{mu: 20, scale: 1}"])
    .map(|((passage, words), replacement)| (refused(passage, replacement), words))
    {
        assert!(found.starts_with("line 10: edges[0] (1 -> 0): ") && found.contains(words), "{found}");
        assert_eq!(found.lines().count(), 1, "{found}");
    }
}

#[test]
fn mistakes_between_fields_have_the_line_of_their_key() {
    assert!(
        refused("{id: 3}", "{id: 3, C: 5}")
            .starts_with("line 8: nodes[3] (3): C: found 5, but a raw material")
    );
    assert!(
        refused("to: 1", "to: 9").starts_with("line 11: edges[1] (2 -> 9): to: references unknown node 9")
    );
    assert!(
        refused("{id: 3}", "{id: 3}\n  - {id: 3}").starts_with("line 9: nodes[4] (3): id: repeats nodes[3]")
    );
    let cycle = refused("{from: 3, to: 2", "{from: 1, to: 2, L: 1, p: 1, g: 1}\n  - {from: 3, to: 2");
    assert!(cycle.starts_with("line 9: cycle"), "{cycle}");
}

#[test]
fn a_mistake_does_not_bring_others_that_only_follow_from_it() {
    for (passage, replacement) in [
        ("to: 1", "to: 9"),
        ("from: 3", "from: 9"),
        ("to: 0", "to: 9"),
        ("id: 0", "id: 0.5"),
        ("id: 3", "id: [3]"),
        ("C: 10", "C: ten"),
        ("{from: 2, to: 1, L: 3, p: 1, g: 0}", "from 2 to 1"),
        ("{id: 3}", "{id: 3}\n  - {id: 2, I0: 5, h: 1}"),
        ("{id: 3}", "{id: 3}\n  - {I0: 5, h: 1}"),
        ("dist_param: {mu: 20}", "dist_param: 20"),
    ] {
        let message = refused(passage, replacement);
        assert_eq!(message.lines().count(), 1, "{passage} as {replacement}: {message}");
    }
}

#[test]
fn all_mistakes_are_reported_at_once_in_order_of_line() {
    let text = GOOD
        .replace("I0: 100", "I0: many")
        .replace("v: 0.9, ", "")
        .replace("L: 3", "L: -1")
        .replace("p: 2.0", "p: 2.0, price: 3")
        .replace("{from: 3, to: 2, L: 0, p: 0.5, ", "{from: 3, to: 2, L: 0, b: 1, ");
    let error = network_from_yaml(&text).expect_err("refused");
    let lines: Vec<String> =
        error.diagnostics().iter().map(|mistake| format!("{}", mistake.line.unwrap())).collect();
    let message = error.to_string();
    assert_eq!(lines.join(" "), "6 7 10 11 12 12", "{message}");
    assert!(
        message.starts_with("6 mistakes in the network:\nline 6: nodes[1] (1): I0: found text 'many'"),
        "{message}"
    );
    assert!(message.contains("\nline 7: nodes[2] (2): v: missing; a factory must have it"), "{message}");
}

#[test]
fn a_flood_of_mistakes_is_listed_in_part_and_kept_whole() {
    let edges = "  - {from: a, to: b, x: 1}\n".repeat(400);
    let error = network_from_yaml(&format!("nodes: [{{id: 1}}]\nedges:\n{edges}")).expect_err("refused");
    assert!(error.diagnostics().len() >= 400);
    let message = error.to_string();
    assert_eq!(message.lines().count(), 102);
    assert!(message.contains("\n... and "), "{message}");
}

#[test]
fn beyond_a_thousand_mistakes_reading_them_has_no_use() {
    let keys = "x: 1, ".repeat(5000);
    let error =
        network_from_yaml(&GOOD.replace("{id: 3}", &format!("{{id: 3, {keys}}}"))).expect_err("refused");
    assert_eq!(error.diagnostics().len(), 1001);
    assert_eq!(error.diagnostics()[1000].to_string(), "more than 1000 mistakes; the others are left out");
}

#[test]
fn foreign_texts_cannot_disturb_a_terminal() {
    for (passage, replacement) in [
        ("id: 1,", r#"id: "a\e[31m\nb","#),
        ("h: 0.03", r#""h\e[31m\n": 1"#),
        ("h: 0.03", r#"h: "\e[31m\n""#),
        ("poisson", r#""\e[31m\n""#),
        ("to: 1", r#"to: "\e[31m\n""#),
        ("{mu: 20}", r#"{mu: 20, "\e[31m\n": 1}"#),
        ("{mu: 20}", r#"{"\e[31m\n": x}"#),
    ] {
        for line in refused(passage, replacement).lines() {
            assert!(
                !line.contains('\u{1b}') && line.contains("line ") || line.ends_with("in the network:"),
                "{line}"
            );
        }
    }
}

#[test]
fn broken_yaml_is_refused_with_its_line() {
    let message = refused("{id: 3}", "{id: 3");
    assert!(message.contains("not valid YAML"), "{message}");
    assert!(mistakes_of("a: 1\n---\nb: 2\n").contains("line 2: a second document begins"));
    assert!(mistakes_of("a: *missing").contains("line 1: not valid YAML"));
    assert!(mistakes_of("{\"nodes\": [1,}").contains("line 1: not valid JSON or YAML"));
    assert!(mistakes_of("a: &a [*a]").contains("an alias stands inside the value it names"));
    assert!(mistakes_of("a: !!python/object:os.system ls").contains("the tag"));
    assert!(mistakes_of("<<: 3").contains("the merge key << takes a mapping"));
}

#[test]
fn a_document_without_lines_names_places_only() {
    let document = Value::map([
        ("nodes", Value::from(vec![Value::map([("id", 1)])])),
        ("edges", Value::from(vec![Value::map([("from", Value::from(1)), ("L", Value::from(2.0))])])),
    ]);
    let message = network_from_value(&document).expect_err("refused").to_string();
    assert_eq!(
        message,
        "2 mistakes in the network:\n\
         edges[0] (1 -> ?): L: found 2.0; expected a non-negative integer (whole periods)\n\
         edges[0] (1 -> ?): to: missing; expected a whole number or a text"
    );
}

#[test]
fn a_preset_survives_the_way_to_a_file_and_back() {
    for name in ["network", "serial"] {
        let preset = preset(name).expect("a preset");
        assert_eq!(network_from_yaml(&to_yaml(&preset)).expect("a good file").declared, preset);
    }
}
