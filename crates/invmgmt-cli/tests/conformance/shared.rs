//! Several products that share a room, a line or a part.

use super::instances::Instance;

/// All of them.
pub fn instances() -> Vec<Instance> {
    [rooms(), lines(), assemblies()].into_iter().flatten().collect()
}

/// Two products in one room, ordered up to a level each: what is discarded is lost to the orders, not to customers.
fn rooms() -> Vec<Instance> {
    let row = |space: u32, levels: [u32; 2], theirs| {
        let [milk, cheese] = levels;
        let text = format!(
            "units: whole\nproducts: [milk, cheese]\nnodes:\n  - {{id: town}}\n  \
             - {{id: shop, I0: {{milk: {milk}, cheese: {cheese}}}, h: 1, storage: {{space: {space}, overflow: discard, \
             cost: 0}}}}\n  - {{id: farm}}\nedges:\n  \
             - {{from: shop, to: town, product: milk, p: 0, b: 9, demand_dist: poisson, dist_param: {{mu: 5}}}}\n  \
             - {{from: shop, to: town, product: cheese, p: 0, b: 4, demand_dist: poisson, dist_param: {{mu: 10}}}}\n  \
             - {{from: farm, to: shop, product: milk, L: 0, p: 0, g: 0}}\n  \
             - {{from: farm, to: shop, product: cheese, L: 0, p: 0, g: 0}}\n"
        );
        let policy = format!("basestock:{{shop, milk}}={milk},{{shop, cheese}}={cheese}");
        Instance::new("Room: two products", format!("space {space}, lost sales"), text, policy, theirs)
            .from("newsvendors that share a room, by sums over both laws", "formula", 5e-6)
            .lost_sales()
    };
    vec![row(10, [5, 5], 28.98788), row(18, [7, 11], 9.72551)]
}

/// Two products on one line, first come, first served: the shortfall of both is one queue, of which each unit is of the
/// first product with chance 3/5. The network, and the best levels.
pub fn line_of_two() -> (String, &'static str) {
    let text = "units: whole\ntimeline: order-first\nproducts: [red, blue]\nnodes:\n  - {id: works}\n  \
                - {id: shop, I0: {red: 7, blue: 5}, h: 1}\n  - {id: town}\nedges:\n  \
                - {from: works, to: shop, products: [red, blue], L: 0, p: 0, g: 0, unmet: wait}\n  \
                - {from: shop, to: town, product: red, p: 0, b: 9, demand_dist: poisson, dist_param: {mu: 3}}\n  \
                - {from: shop, to: town, product: blue, p: 0, b: 9, demand_dist: poisson, dist_param: {mu: 2}}\n\
                resources: [{name: line, per_period: 6, share: fcfs, use: {'works -> shop, red': 1, 'works -> shop, blue': 1}}]\n";
    (text.to_owned(), "basestock:{shop, red}=7,{shop, blue}=5")
}

fn lines() -> Vec<Instance> {
    let (text, policy) = line_of_two();
    let row = Instance::new(
        "Caps: two products on a line",
        "two products on a line of 6, first come, first served",
        text,
        policy,
        8.73977,
    );
    vec![row.from("one queue, units of either product at random: 4.94967 and 3.79010", "formula", 1e-5)]
}

/// Rosling's twin of example 6.1, and two products that share a part.
fn assemblies() -> Vec<Instance> {
    let twin = "products: [product, soon, late]\nnodes:\n  - {id: mill}\n  - id: works\n    \
                I0: {product: 9, soon: 6, late: 10}\n    h: {product: 7, soon: 2, late: 2}\n    \
                recipes: [{make: product, from: {soon: 1, late: 1}, L: 0}]\n  - {id: town}\nedges:\n  \
                - {from: mill, to: works, product: soon, L: 0, p: 0, g: 0}\n  \
                - {from: mill, to: works, product: late, L: 2, p: 0, g: 0}\n  \
                - {from: works, to: town, product: product, p: 0, b: 37.12, demand_dist: poisson, dist_param: {mu: 5}}\n";
    let to_order = "timeline: order-first\nunits: whole\nproducts: [one, two, left, right, common]\nnodes:\n  - {id: mill}\n  \
                    - id: works\n    I0: {one: 0, two: 0, left: 8, right: 6, common: 13}\n    \
                    h: {one: 0, two: 0, left: 1, right: 1, common: 0.5}\n    recipes:\n      \
                    - {make: one, from: {left: 1, common: 1}, L: 0}\n      - {make: two, from: {right: 1, common: 1}, L: 0}\n  \
                    - {id: town}\nedges:\n  - {from: mill, to: works, products: [left, right, common], L: 1, p: 0, g: 0}\n  \
                    - {from: works, to: town, product: one, p: 0, b: 9, demand_dist: poisson, dist_param: {mu: 5}}\n  \
                    - {from: works, to: town, product: two, p: 0, b: 4, demand_dist: poisson, dist_param: {mu: 5}}\n";
    let levels = "echelon:{works, one}=0,{works, two}=0,{works, left}=8,{works, right}=6,{works, common}=13";
    let row = |name: &str, text: &str, policy: &str, theirs, source| {
        Instance::new("Assembly", name, text.to_owned(), policy, theirs).from(source, "formula", 5e-5)
    };
    vec![
        row(
            "a product of two parts",
            twin,
            "balanced:{works, product}=9,{works, soon}=15,{works, late}=26",
            62.0467,
            "Rosling 1989: the chain of Snyder and Shen, example 6.1",
        ),
        row(
            "two products to order, a common part",
            to_order,
            levels,
            74.77699,
            "sum over both laws, 9.77699, and everybody's wait for a period, 65",
        ),
    ]
}
