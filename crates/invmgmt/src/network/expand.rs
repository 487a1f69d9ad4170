//! A network of several products as one of stock points: a node and a product each, joined by links of one product.

use std::collections::HashMap;

use super::products::{DeclaredRecipe, Product, carried};
use super::{
    DeclaredLink, DeclaredNetwork, DeclaredNode, KeyForm, KeyValue, LINK_KEYS, NODE_KEYS, NetworkKey, NodeId,
    Place, Setting,
};

/// A network of several products, point by point.
pub(super) struct Expansion {
    /// Stock points and links of one product each, as if they had been declared one by one.
    pub points: DeclaredNetwork,
    /// The products, in order of declaration.
    pub products: Vec<Product>,
    /// What each point was made of.
    pub nodes: Vec<Point>,
    /// What each link was made of.
    pub links: Vec<Carried>,
    /// The links that stand for recipes, in order.
    pub recipes: Vec<Recipe>,
    /// What is wrong with it, by place in the declaration.
    pub mistakes: Vec<(Place, String)>,
}

/// What a node of the expanded network was made of.
#[derive(Clone, Debug)]
pub(super) struct Point {
    /// Position of its node in the declaration.
    pub node: usize,
    /// The name of its node.
    pub place: NodeId,
    /// Its product; none at markets and sources of raw material, where nothing is held.
    pub product: Option<usize>,
}

/// What a link of the expanded network was made of.
#[derive(Clone, Debug)]
pub(super) struct Carried {
    /// Where it was declared: a link, or the recipes of a node.
    pub place: Place,
    /// Its product.
    pub product: usize,
    /// Its name in texts.
    pub name: String,
    /// The same without the product, where several links share it.
    pub short_name: Option<String>,
}

/// A link that makes goods of others at one node.
#[derive(Clone, Debug)]
pub(super) struct Recipe {
    /// Position among the expanded links.
    pub link: usize,
    /// What it takes: points by position, and units per unit made.
    pub inputs: Vec<(usize, f64)>,
    /// Cost of a unit made [money / unit].
    pub operating_cost: f64,
}

impl Expansion {
    /// The expansion of a network that has products; none of one that has not, or whose products cannot be read.
    pub fn of(declared: &DeclaredNetwork) -> Option<Self> {
        let products = Product::read_all(declared.settings.structure("products")?).ok()?;
        let mut expansion = Self {
            points: DeclaredNetwork {
                name: declared.name.clone(),
                description: declared.description.clone(),
                settings: declared.settings.clone(),
                ..DeclaredNetwork::default()
            },
            products,
            nodes: Vec::new(),
            links: Vec::new(),
            recipes: Vec::new(),
            mistakes: Vec::new(),
        };
        expansion.points.settings.put("products", KeyValue::Absent);
        for (position, node) in declared.nodes.iter().enumerate() {
            let fault = node
                .settings
                .structure("recipes")
                .and_then(|recipes| super::terms::fault("recipes", recipes));
            let place = Place::Node(position, Some("recipes"));
            expansion.mistakes.extend(fault.map(|fault| (place, fault)));
        }
        let recipes: Vec<Vec<DeclaredRecipe>> = declared.nodes.iter().map(recipes_of).collect();
        let held = expansion.held(declared, &recipes);
        expansion.add_nodes(declared, &held);
        expansion.add_links(declared, &held);
        expansion.add_recipes(declared, &recipes);
        Some(expansion)
    }

    /// Per node the products it holds, in order of declaration; none where nothing is held.
    fn held(
        &mut self,
        declared: &DeclaredNetwork,
        recipes: &[Vec<DeclaredRecipe>],
    ) -> HashMap<NodeId, Option<Vec<usize>>> {
        let mut ends: HashMap<&NodeId, (bool, bool)> = HashMap::new();
        for link in &declared.links {
            ends.entry(&link.from).or_default().0 = true;
            ends.entry(&link.to).or_default().1 = true;
        }
        let mut held = HashMap::new();
        for (position, (node, recipes)) in declared.nodes.iter().zip(recipes).enumerate() {
            let makes = !recipes.is_empty();
            let (sends, receives) = ends.get(&node.id).copied().unwrap_or_default();
            let holds = makes || sends && receives;
            let named = self.named(position, node, recipes);
            let all = || (0..self.products.len()).collect();
            let products = holds.then(|| if named.is_empty() { all() } else { named });
            held.insert(node.id.clone(), products);
        }
        held
    }

    /// The products that a node names.
    fn named(&mut self, position: usize, node: &DeclaredNode, recipes: &[DeclaredRecipe]) -> Vec<usize> {
        let mut named = vec![false; self.products.len()];
        for row in NODE_KEYS.iter().filter(|row| is_by_product(row)) {
            if let KeyValue::Structure(Setting::Map(entries)) = row.get(node) {
                for (name, _) in &entries {
                    let place = Place::Node(position, Some(row.key));
                    self.find(name, place).into_iter().for_each(|product| named[product] = true);
                }
            }
        }
        for recipe in recipes {
            for name in recipe.from.iter().map(|(name, _)| name).chain([&recipe.make]) {
                let place = Place::Node(position, Some("recipes"));
                self.find(name, place).into_iter().for_each(|product| named[product] = true);
            }
        }
        (0..named.len()).filter(|&product| named[product]).collect()
    }

    /// A product by its name; one that is not there is a mistake.
    fn find(&mut self, name: &str, place: Place) -> Option<usize> {
        let found = self.products.iter().position(|product| product.name == name);
        if found.is_none() {
            let known: Vec<&str> = self.products.iter().map(|product| product.name.as_str()).collect();
            let shown = if known.len() > 20 { "those under 'products'".to_owned() } else { known.join(", ") };
            self.mistakes
                .push((place, format!("{} is no product; products are {shown}", name.escape_debug())));
        }
        found
    }

    fn point_id(&self, id: &NodeId, product: usize) -> NodeId {
        if self.products.len() == 1 {
            id.clone()
        } else {
            NodeId::Text(format!("{id}, {}", self.products[product].name))
        }
    }

    fn add_nodes(&mut self, declared: &DeclaredNetwork, held: &HashMap<NodeId, Option<Vec<usize>>>) {
        for (position, node) in declared.nodes.iter().enumerate() {
            // Recipes may be long, and no point has them.
            let mut bare = node.clone();
            bare.settings.put("recipes", KeyValue::Absent);
            let Some(products) = held.get(&node.id).and_then(Option::as_ref) else {
                self.nodes.push(Point { node: position, place: node.id.clone(), product: None });
                self.points.nodes.push(bare);
                continue;
            };
            for &product in products {
                let mut point = bare.clone();
                point.id = self.point_id(&node.id, product);
                let name = &self.products[product].name;
                NODE_KEYS
                    .iter()
                    .filter(|row| is_by_product(row))
                    .for_each(|row| of_product(row, &mut point, name));
                self.nodes.push(Point { node: position, place: node.id.clone(), product: Some(product) });
                self.points.nodes.push(point);
            }
        }
    }

    fn add_links(&mut self, declared: &DeclaredNetwork, held: &HashMap<NodeId, Option<Vec<usize>>>) {
        for (position, link) in declared.links.iter().enumerate() {
            let holds = |id: &NodeId| held.get(id).and_then(Option::as_ref);
            let ends = [holds(&link.from), holds(&link.to)];
            let products = self.carried_by(position, link, ends);
            let short_name = (self.products.len() > 1).then(|| format!("{} -> {}", link.from, link.to));
            for &product in &products {
                let mut of_one = link.clone();
                let end =
                    |id: &NodeId, holds: bool| if holds { self.point_id(id, product) } else { id.clone() };
                of_one.from = end(&link.from, ends[0].is_some());
                of_one.to = end(&link.to, ends[1].is_some());
                of_one.settings.put("product", KeyValue::Absent);
                of_one.settings.put("products", KeyValue::Absent);
                let name = &self.products[product].name;
                LINK_KEYS
                    .iter()
                    .filter(|row| is_by_product(row))
                    .for_each(|row| of_product(row, &mut of_one, name));
                let mut text = format!("{} -> {}", link.from, link.to);
                if self.products.len() > 1 {
                    text = format!("{text}, {name}");
                }
                let (place, short_name) = (Place::Link(position, None), short_name.clone());
                self.links.push(Carried { place, product, name: text, short_name });
                self.points.links.push(of_one);
            }
        }
    }

    /// The products of a link: those it names, else all that both ends hold.
    fn carried_by(
        &mut self,
        position: usize,
        link: &DeclaredLink,
        ends: [Option<&Vec<usize>>; 2],
    ) -> Vec<usize> {
        let given: Vec<&'static str> = ["product", "products"]
            .into_iter()
            .filter(|key| link.settings.structure(key).is_some())
            .collect();
        let all_hold = |product: &usize| ends.iter().flatten().all(|held| held.contains(product));
        let [key] = given.as_slice() else {
            if given.len() == 2 {
                let place = Place::Link(position, Some("products"));
                self.mistakes.push((place, "found beside product; a link has one of the two".to_owned()));
            }
            let products: Vec<usize> = (0..self.products.len()).filter(all_hold).collect();
            if products.is_empty() {
                let message =
                    format!("{} and {} hold no product in common; name it with product", link.from, link.to);
                self.mistakes.push((Place::Link(position, None), message));
            }
            return products;
        };
        let place = Place::Link(position, Some(key));
        let names = link.settings.structure(key).and_then(|names| carried(names).ok()).unwrap_or_default();
        let mut products = Vec::new();
        for name in names {
            let Some(product) = self.find(&name, place) else { continue };
            if products.contains(&product) {
                self.mistakes.push((place, format!("{name} stands twice")));
            } else if all_hold(&product) {
                products.push(product);
            } else {
                let lacks = |held: Option<&Vec<usize>>| held.is_some_and(|held| !held.contains(&product));
                let id = if lacks(ends[0]) { &link.from } else { &link.to };
                let message =
                    format!("{id} does not hold {name}: it names other products; give it {name} too");
                self.mistakes.push((place, message));
            }
        }
        products
    }

    fn add_recipes(&mut self, declared: &DeclaredNetwork, recipes: &[Vec<DeclaredRecipe>]) {
        let points: HashMap<(usize, usize), usize> = self
            .nodes
            .iter()
            .enumerate()
            .filter_map(|(at, point)| Some(((point.node, point.product?), at)))
            .collect();
        for (position, (node, recipes)) in declared.nodes.iter().zip(recipes).enumerate() {
            for (at, recipe) in recipes.iter().enumerate() {
                let place = Place::Node(position, Some("recipes"));
                if recipes[..at].iter().any(|other| other.make == recipe.make) {
                    let message =
                        format!("[{at}]: {} is made twice; a node has one recipe for it", recipe.make);
                    self.mistakes.push((place, message));
                    continue;
                }
                let product = |name: &str| self.products.iter().position(|product| product.name == name);
                let point = |name: &str| points.get(&(position, product(name)?)).copied();
                let Some((made, product)) = point(&recipe.make).zip(product(&recipe.make)) else { continue };
                let inputs: Vec<(usize, f64)> =
                    recipe.from.iter().filter_map(|(name, ratio)| Some((point(name)?, *ratio))).collect();
                let Some(&(first, _)) = inputs.first() else { continue };
                let mut link = recipe.terms.clone();
                link.from = self.points.nodes[first].id.clone();
                link.to = self.points.nodes[made].id.clone();
                let operating_cost = recipe.operating_cost;
                self.recipes.push(Recipe { link: self.points.links.len(), inputs, operating_cost });
                let name = format!("{}: {}", node.id, recipe.make);
                self.links.push(Carried { place, product, name, short_name: None });
                self.points.links.push(link);
            }
        }
    }
}

/// The recipes of a node that can be read.
fn recipes_of(node: &DeclaredNode) -> Vec<DeclaredRecipe> {
    let entries = node.settings.structure("recipes").and_then(Setting::list).unwrap_or_default();
    entries.iter().filter_map(|entry| DeclaredRecipe::read(entry).ok()).collect()
}

/// Whether a key may have a value per product.
pub(super) fn is_by_product<T>(row: &NetworkKey<T>) -> bool {
    matches!(row.form, KeyForm::Number(_)) || row.key == "ages"
}

/// Leaves of a key that has a value per product that of one.
fn of_product<T: super::HasSettings>(row: &NetworkKey<T>, declared: &mut T, product: &str) {
    let KeyValue::Structure(setting @ Setting::Map(_)) = row.get(declared) else { return };
    let value = match setting.entry(product) {
        None => KeyValue::Absent,
        Some(&Setting::Number(number)) => KeyValue::Number(number),
        Some(other) => KeyValue::Structure(other.clone()),
    };
    row.put(declared, value);
}

/// Links by their names in texts, as positions among links of one product: with the product, and without it for all
/// links of several products between two nodes together.
pub(super) fn link_names(
    points: &DeclaredNetwork,
    expansion: Option<&Expansion>,
) -> HashMap<String, Vec<usize>> {
    let mut names: HashMap<String, Vec<usize>> = HashMap::new();
    match expansion {
        None => {
            for (position, link) in points.links.iter().enumerate() {
                names.entry(format!("{} -> {}", link.from, link.to)).or_default().push(position);
            }
        }
        Some(expansion) => {
            for (position, link) in expansion.links.iter().enumerate() {
                for name in [Some(&link.name), link.short_name.as_ref()].into_iter().flatten() {
                    names.entry(name.clone()).or_default().push(position);
                }
            }
        }
    }
    names
}
