//! What several products share, as a file says it: products, recipes, resources, joint costs.

use super::terms::{Fields, node_name};
use super::{DeclaredLink, KeyForm, KeyValue, LINK_KEYS, NodeId, Setting};

/// Most products of a network.
const MOST_PRODUCTS: usize = 100_000;

/// A product of a network.
#[derive(Clone, Debug, PartialEq)]
pub struct Product {
    /// Its name.
    pub name: String,
    /// Phases of selling in which a unit can be sold, from its arrival on; none where it does not spoil [periods].
    pub life: Option<usize>,
    /// Room that a unit takes [volume / unit].
    pub volume: f64,
}

impl Product {
    /// The products of a list of names and of mappings with an `id`.
    pub(super) fn read_all(setting: &Setting) -> Result<Vec<Self>, String> {
        let expected = "a list of products, for example [milk, {id: cheese, life: 5, volume: 0.5}]";
        let list = setting.list().filter(|list| !list.is_empty());
        let list = list.ok_or_else(|| format!("found {setting}; expected {expected}"))?;
        if list.len() > MOST_PRODUCTS {
            return Err(format!("found {} products; at most {MOST_PRODUCTS} are allowed", list.len()));
        }
        let mut names = std::collections::HashSet::new();
        let read = |(position, entry): (usize, &Setting)| {
            let product = Self::read(entry).map_err(|fault| format!("[{position}]: {fault}"))?;
            if names.insert(product.name.clone()) {
                Ok(product)
            } else {
                Err(format!("[{position}]: {} stands twice; every product may stand once", product.name))
            }
        };
        list.iter().enumerate().map(read).collect()
    }

    fn read(entry: &Setting) -> Result<Self, String> {
        if entry.map().is_none() {
            return Ok(Self { name: product_name(entry)?, life: None, volume: 1.0 });
        }
        let fields =
            Fields::of(entry, "the name of a product, or {id: name, ...}", &["id", "life", "volume"])?;
        let id = fields.get("id").ok_or("id is missing; a product has a name")?;
        let life = fields.whole("life")?;
        if life == Some(0) {
            return Err("life: found 0; goods can be sold in at least one period".to_owned());
        }
        let volume = fields.number("volume", 0.0, f64::INFINITY)?.unwrap_or(1.0);
        Ok(Self { name: product_name(id)?, life, volume })
    }
}

/// The name of a product: a text or a whole number, without the marks that part names in texts.
fn product_name(setting: &Setting) -> Result<String, String> {
    let name = node_name(setting).map_err(|_| format!("found {setting}; expected the name of a product"))?;
    let name = match name {
        NodeId::Number(number) => number.to_string(),
        NodeId::Text(text) => text,
    };
    if name.trim().is_empty() || name != name.trim() || name.contains([',', ':', '[', ']', '{', '}']) {
        return Err(format!(
            "found '{}'; a product's name is not empty and holds none of , : [ ] {{ }}",
            name.escape_debug()
        ));
    }
    Ok(name)
}

/// The products that a link names.
pub(super) fn carried(setting: &Setting) -> Result<Vec<String>, String> {
    match setting.list() {
        Some([]) => Err("found an empty list; a link carries at least one product".to_owned()),
        Some(list) => list.iter().map(product_name).collect(),
        None => Ok(vec![product_name(setting)?]),
    }
}

/// Something made of other things at a node, as declared.
#[derive(Clone, Debug)]
pub(super) struct DeclaredRecipe {
    /// What is made.
    pub make: String,
    /// What a unit of it takes, product by product [units / unit].
    pub from: Vec<(String, f64)>,
    /// Cost of a unit made [money / unit].
    pub operating_cost: f64,
    /// The keys of links that hold for it.
    pub terms: DeclaredLink,
}

impl DeclaredRecipe {
    pub(super) fn read(setting: &Setting) -> Result<Self, String> {
        let expected = "a recipe, for example {make: cheese, from: {milk: 10}, L: 1, cap: 30, o: 0.1}";
        let entries = setting.map().ok_or_else(|| format!("found {setting}; expected {expected}"))?;
        let allowed = |row: &&super::NetworkKey<DeclaredLink>| row.owner.is_link(false) && row.key != "p";
        let known: Vec<&str> = ["make", "from", "o"]
            .into_iter()
            .chain(LINK_KEYS.iter().filter(allowed).map(|row| row.key))
            .collect();
        let fields = Fields::of(setting, expected, &known)?;
        let make = product_name(fields.get("make").ok_or("make is missing; a recipe makes a product")?)?;
        let from = amounts(&fields, "from", "units of each product that a unit takes")?;
        let from = from.filter(|from| !from.is_empty()).ok_or("from is missing; a recipe takes something")?;
        if let Some((name, ratio)) = from.iter().find(|(_, ratio)| *ratio <= 0.0) {
            return Err(format!("from: {name}: found {ratio}; expected a finite number > 0"));
        }
        if from.iter().any(|(name, _)| *name == make) {
            return Err(format!("from: {make} is what is made; it cannot be made of itself"));
        }
        let mut terms = DeclaredLink::bare("", "", Some(0.0));
        for (key, value) in entries {
            if let Some(row) = LINK_KEYS.iter().filter(allowed).find(|row| row.key == key) {
                row.put(&mut terms, value_of(row.form, value).map_err(|fault| format!("{key}: {fault}"))?);
            }
        }
        if terms.lead_time.is_none() && terms.settings.structure("L").is_none() {
            terms.lead_time = Some(0);
        }
        terms.pipeline_holding_cost.get_or_insert(0.0);
        let operating_cost = fields.number("o", 0.0, f64::INFINITY)?.unwrap_or(0.0);
        Ok(Self { make, from, operating_cost, terms })
    }
}

/// The value of a key of this form that stands inside a structure.
fn value_of(form: KeyForm, setting: &Setting) -> Result<KeyValue, String> {
    let whole = |number: f64, most: u32| {
        (number.fract() == 0.0 && (0.0..=f64::from(most)).contains(&number)).then_some(number as u32)
    };
    let found = match (form, setting) {
        (KeyForm::Number(range), &Setting::Number(number)) if range.holds(number) => KeyValue::Number(number),
        (KeyForm::Number(range), _) => return Err(format!("found {setting}; expected {}", range.words())),
        (KeyForm::Whole(most) | KeyForm::WholeOr(most, _), &Setting::Number(number)) => {
            let whole = whole(number, most);
            KeyValue::Whole(
                whole.ok_or_else(|| format!("found {setting}; expected a whole number of periods"))?,
            )
        }
        (KeyForm::Word(words), Setting::Text(word)) if words.contains(&word.as_str()) => {
            KeyValue::Word(word.clone())
        }
        (KeyForm::Word(words), _) => return Err(format!("found {setting}; expected {}", words.join(", "))),
        (KeyForm::Flag, &Setting::Flag(flag)) => KeyValue::Flag(flag),
        (KeyForm::Structure(_) | KeyForm::WholeOr(..), _) => KeyValue::Structure(setting.clone()),
        _ => return Err(format!("found {setting}; it cannot stand here")),
    };
    Ok(found)
}

/// Names with a number >= 0 each, if the key is there.
fn amounts(fields: &Fields<'_>, key: &str, what: &str) -> Result<Option<Vec<(String, f64)>>, String> {
    let Some(found) = fields.get(key) else { return Ok(None) };
    let refusal = || format!("{key}: found {found}; expected a mapping with {what}");
    let amount = |(name, value): &(String, Setting)| {
        let number = value.number().filter(|number| number.is_finite() && *number >= 0.0);
        number.map(|number| (name.clone(), number))
    };
    let entries = found.map().ok_or_else(refusal)?;
    for (position, (name, _)) in entries.iter().enumerate() {
        if entries[..position].iter().any(|(seen, _)| seen == name) {
            return Err(format!("{key}: '{name}' stands twice; every name may stand once"));
        }
    }
    entries.iter().map(amount).collect::<Option<Vec<_>>>().map(Some).ok_or_else(refusal)
}

/// How a resource is shared where it is short.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Share {
    /// In order of links.
    #[default]
    InOrder,
    /// To each the same share of what it wants.
    Proportional,
    /// What waits from earlier periods first, the rest of a period in random order.
    FirstCome,
}

impl Share {
    const NAMES: [(&str, Self); 3] =
        [("in-order", Self::InOrder), ("proportional", Self::Proportional), ("fcfs", Self::FirstCome)];
}

/// A resource that several links or recipes use, as declared.
#[derive(Clone, Debug)]
pub(super) struct DeclaredResource {
    pub name: String,
    /// What there is of it in a period.
    pub per_period: f64,
    /// What a unit takes, by the name of its link or recipe.
    pub uses: Vec<(String, f64)>,
    /// What any amount takes, likewise.
    pub setups: Vec<(String, f64)>,
    pub share: Share,
}

impl DeclaredResource {
    pub(super) fn read(setting: &Setting) -> Result<Self, String> {
        let expected = "a resource, for example {name: oven, per_period: 100, use: {\"bakery: bread\": 1}}";
        let fields = Fields::of(setting, expected, &["name", "per_period", "use", "setup", "share"])?;
        let name = match fields.get("name") {
            Some(Setting::Text(name)) if !name.trim().is_empty() => name.clone(),
            Some(Setting::Number(number)) => number.to_string(),
            Some(found) => return Err(format!("name: found {found}; expected a text")),
            None => return Err("name is missing; a resource has a name".to_owned()),
        };
        let per_period = fields.number("per_period", 0.0, f64::INFINITY)?;
        let per_period = per_period.ok_or("per_period is missing; it says what there is in a period")?;
        let what = "what a unit takes, by the name of a link or a recipe";
        let uses = amounts(&fields, "use", what)?.filter(|uses| !uses.is_empty());
        let uses = uses.ok_or_else(|| format!("use is missing; expected a mapping with {what}"))?;
        let setups = amounts(&fields, "setup", "what any amount takes, by the name of a link or a recipe")?;
        let words = Share::NAMES.map(|(name, _)| name);
        let share = fields.word("share", &words)?.unwrap_or("in-order");
        let share =
            Share::NAMES.into_iter().find(|(name, _)| *name == share).map_or(Share::InOrder, |(_, s)| s);
        Ok(Self { name, per_period, uses, setups: setups.unwrap_or_default(), share })
    }
}

/// Links whose orders share a fixed cost or trucks, as declared.
#[derive(Clone, Debug)]
pub(super) struct DeclaredJoint {
    pub links: Vec<LinkName>,
    /// Once a period, or once a truck [money].
    pub fixed_cost: f64,
    /// What a truck holds [volume].
    pub truck: Option<f64>,
    /// Whether only full trucks are ordered.
    pub whole_trucks: bool,
}

/// A link by its name, or by the names of its ends and perhaps its product.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum LinkName {
    Text(String),
    Ends(NodeId, NodeId, Option<String>),
}

impl LinkName {
    pub(super) fn read(setting: &Setting) -> Result<Self, String> {
        let refusal =
            || format!("found {setting}; expected a link as \"farm -> shop\" or [farm, shop, milk]");
        match (setting, setting.list()) {
            (Setting::Text(text), _) => Ok(Self::Text(text.clone())),
            (_, Some([from, to])) => Ok(Self::Ends(node_name(from)?, node_name(to)?, None)),
            (_, Some([from, to, product])) => {
                Ok(Self::Ends(node_name(from)?, node_name(to)?, Some(product_name(product)?)))
            }
            _ => Err(refusal()),
        }
    }

    /// The name in texts.
    pub(super) fn text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Ends(from, to, None) => format!("{from} -> {to}"),
            Self::Ends(from, to, Some(product)) => format!("{from} -> {to}, {product}"),
        }
    }
}

impl DeclaredJoint {
    pub(super) fn read(setting: &Setting) -> Result<Self, String> {
        let expected = "a group, for example {links: [\"farm -> shop, milk\", [farm, shop, cheese]], K: 75}";
        let fields = Fields::of(setting, expected, &["links", "K", "truck", "whole_trucks"])?;
        let links = fields.get("links").and_then(Setting::list).filter(|links| !links.is_empty());
        let links = links.ok_or("links is missing; expected a list of links")?;
        let links = links.iter().map(LinkName::read).collect::<Result<Vec<_>, _>>()?;
        let fixed_cost = fields.number("K", 0.0, f64::INFINITY)?.unwrap_or(0.0);
        let truck = fields.number("truck", 0.0, f64::INFINITY)?;
        if truck == Some(0.0) {
            return Err("truck: found 0; expected a finite number > 0".to_owned());
        }
        let whole_trucks = match fields.get("whole_trucks") {
            None => false,
            Some(&Setting::Flag(flag)) => flag,
            Some(found) => return Err(format!("whole_trucks: found {found}; expected true or false")),
        };
        if whole_trucks && truck.is_none() {
            return Err("whole_trucks: no truck says how much one holds; add truck".to_owned());
        }
        Ok(Self { links, fixed_cost, truck, whole_trucks })
    }
}
