//! What is wrong with networks of several products: each with its line, what was found, what is allowed.

use invmgmt_data::network_from_yaml;

const FILE: &str = "\
products: [milk, {id: cheese, life: 5, volume: 0.5}]
nodes:
  - {id: farm}
  - {id: dairy, I0: {milk: 40, cheese: 20}, h: {milk: 0.1, cheese: 0.2}, recipes: [{make: cheese, from: {milk: 10}, L: 1}]}
  - {id: town}
edges:
  - {from: farm, to: dairy, product: milk, L: 2, p: 0.5, g: 0.01}
  - {from: dairy, to: town, products: [milk, cheese], p: {milk: 2, cheese: 9}, b: 1, demand_dist: poisson, dist_param: {mu: 12}}
resources: [{name: vat, per_period: 100, use: {'dairy: cheese': 1}, setup: {'dairy: cheese': 5}}]
joint: [{links: [[farm, dairy, milk]], K: 5}]
";

fn refusal(from: &str, to: &str) -> String {
    assert!(FILE.contains(from), "{from}");
    network_from_yaml(&FILE.replacen(from, to, 1)).expect_err("refused").to_string()
}

#[test]
fn what_is_wrong_with_products_is_said_with_its_line_and_what_is_allowed() {
    network_from_yaml(FILE).unwrap_or_else(|error| panic!("{error}"));
    let cases = [
        ("[milk, {id: cheese", "[milk, milk, {id: cheese", "line 1: products: [1]: milk stands twice"),
        ("life: 5", "life: 0", "life: found 0; goods can be sold in at least one period"),
        ("volume: 0.5", "volume: -1", "volume: found -1; expected a finite number >= 0"),
        ("[milk, {id: cheese", "['a, b', {id: cheese", "a product's name is not empty and holds none of"),
        (
            "{milk: 40, cheese",
            "{mlk: 40, cheese",
            "line 4: nodes[1] (dairy, milk): I0: mlk is no product; products are milk, cheese",
        ),
        ("h: {milk: 0.1, cheese: 0.2}", "h: {milk: 0.1}", "nodes[1] (dairy, cheese): h: missing"),
        (
            "h: {milk: 0.1, cheese: 0.2}",
            "h: {milk: 0.1, cheese: -2}",
            "nodes[1] (dairy, cheese): h: found -2",
        ),
        ("from: {milk: 10}", "from: {}", "from is missing; a recipe takes something"),
        ("from: {milk: 10}", "from: {milk: 0}", "from: milk: found 0; expected a finite number > 0"),
        ("from: {milk: 10}", "from: {cheese: 10}", "cheese is what is made; it cannot be made of itself"),
        ("make: cheese", "make: butter", "butter is no product"),
        ("L: 1}]", "L: 1, p: 3}]", "unknown key 'p'; known keys: make, from, o, L"),
        ("L: 1}]", "L: 1.5}]", "L: found 1.5; expected a whole number of periods"),
        ("product: milk", "product: butter", "line 7: edges[0]: product: butter is no product"),
        (
            "product: milk",
            "product: milk, products: [milk]",
            "found beside product; a link has one of the two",
        ),
        ("products: [milk, cheese], p", "products: [milk, milk], p", "milk stands twice"),
        (
            "'dairy: cheese': 1}",
            "'dairy: butter': 1}",
            "line 9: resources: [0]: use: found dairy: butter; no link or recipe has this name: ",
        ),
        ("'dairy: cheese': 1}", "'dairy -> town, milk': 1}", "; customers' links are not ordered on"),
        (
            "setup: {'dairy: cheese'",
            "setup: {'farm -> dairy, milk'",
            "farm -> dairy, milk does not use it; add it to use, with 0 if need be",
        ),
        ("per_period: 100", "per_period: -1", "per_period: found -1; expected a finite number >= 0"),
        (
            "name: vat",
            "name: vat, share: random",
            "share: found random; expected in-order or proportional or fcfs",
        ),
        (
            "[farm, dairy, milk]",
            "[farm, dairy, cheese]",
            "line 10: joint: [0]: links: found farm -> dairy, cheese; no link",
        ),
        ("K: 5}]", "K: 0}]", "joint: [0]: it costs nothing and cuts nothing; give K, or whole_trucks: true"),
        ("K: 5}]", "K: 5, whole_trucks: true}]", "no truck says how much one holds; add truck"),
        (
            "K: 5}]",
            "K: 5}, {links: ['farm -> dairy, milk'], K: 1}]",
            "stands in a group already; it may stand in one",
        ),
        (
            "products: [milk, {id: cheese, life: 5, volume: 0.5}]\n",
            "",
            "; only a network with 'products' has a number per product",
        ),
        (
            "setup: {'dairy: cheese': 5}}]",
            "setup: {'dairy: cheese': 5}}, {name: vat, per_period: 1, use: {'dairy: cheese': 1}}]",
            "[1]: name: vat stands twice; every resource may stand once",
        ),
        (
            "h: {milk: 0.1, cheese: 0.2}",
            "C: 50, o: 0, v: 0.9, h: {milk: 0.1, cheese: 0.2}",
            "found a yield below 1 beside recipes, which say what they take; leave it out, or raise what they take",
        ),
        (
            "joint: [{links: [[farm, dairy, milk]], K: 5}]",
            "joint: 3",
            "found 3; expected a list of groups of links",
        ),
    ];
    let wrong = |&(from, to, words): &(&str, &str, &str)| {
        let message = refusal(from, to);
        (!message.contains(words)).then(|| format!("{from} -> {to}: {message}\nexpected: {words}\n"))
    };
    let wrong: Vec<String> = cases.iter().filter_map(wrong).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn an_expanded_network_is_written_as_it_was_declared() {
    let network = network_from_yaml(FILE).expect("valid");
    let text = invmgmt_data::to_yaml(&network.declared);
    let again = network_from_yaml(&text).unwrap_or_else(|error| panic!("{text}\n{error}"));
    assert_eq!(again.observation_labels(), network.observation_labels());
    assert_eq!(again.declared, network.declared);
}

#[test]
fn keys_of_products_are_refused_where_there_are_none() {
    let plain = "nodes: [{id: farm}, {id: shop, I0: 4, h: 1}, {id: town}]\nedges:\n  \
                 - {from: farm, to: shop, L: 2, p: 1, g: 0}\n  \
                 - {from: shop, to: town, p: 5, b: 1, demand_dist: poisson, dist_param: {mu: 2}}\n";
    network_from_yaml(plain).unwrap_or_else(|error| panic!("{error}"));
    for (from, to, line) in [
        ("h: 1}", "h: 1, recipes: [{make: cheese, from: {milk: 2}}]}", "line 1: nodes[1] (shop): recipes: "),
        ("g: 0}", "g: 0, product: milk}", "line 3: edges[0] (farm -> shop): product: "),
        ("g: 0}", "g: 0, products: [milk]}", "line 3: edges[0] (farm -> shop): products: "),
    ] {
        let message = network_from_yaml(&plain.replacen(from, to, 1)).expect_err("refused").to_string();
        let expected = format!("{line}there are no products here; it needs 'products' of the network");
        assert!(message.contains(&expected), "{message}\nexpected: {expected}");
    }
}

/// What a node shares stands for all of its products: it is refused only where none of them goes anywhere.
#[test]
fn an_allocation_is_accepted_where_any_product_of_the_node_is_shared() {
    let shared = FILE.replace("I0: {milk", "allocation: proportional, I0: {milk");
    network_from_yaml(&shared).unwrap_or_else(|error| panic!("{error}"));
    let sold = shared.replace(", recipes: [{make: cheese, from: {milk: 10}, L: 1}]", "");
    let sold = sold.split("resources:").next().expect("the network").to_owned()
        + "  - {from: farm, to: dairy, product: cheese, L: 1, p: 1, g: 0}\n";
    let refused = network_from_yaml(&sold).expect_err("refused").to_string();
    assert!(refused.contains("nodes[1] (dairy, milk): allocation: it ships to no other node"), "{refused}");
}
