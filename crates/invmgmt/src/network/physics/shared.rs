//! What links share: recipes, resources, joint costs and trucks.

use crate::network::expand::{Expansion, link_names};
use crate::network::products::{DeclaredJoint, DeclaredResource, Share};
use crate::network::{DeclaredNetwork, ManagedIx, Setting, SupplyLinkIx};

/// Goods made of others at one node.
#[derive(Clone, Debug, PartialEq)]
pub struct Recipe {
    /// The link on which they are made.
    pub link: SupplyLinkIx,
    /// What it takes, and units of it per unit made -- constant.
    pub inputs: Vec<(ManagedIx, f64)>,
    /// Cost of a unit made [money / unit] -- constant.
    pub operating_cost: f64,
}

/// Something that several links use, and of which there is only so much in a period.
#[derive(Clone, Debug, PartialEq)]
pub struct Resource {
    /// Its name.
    pub name: String,
    /// What there is of it in a period -- constant.
    pub per_period: f64,
    /// What links use of it, in order of links.
    pub uses: Vec<Use>,
    /// How it is shared where it is short.
    pub share: Share,
    /// Where its draws begin: two per use, if it is shared in a random order.
    pub draw: usize,
}

/// What a link uses of a resource.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Use {
    /// The link.
    pub link: SupplyLinkIx,
    /// For each unit [1 / unit] -- constant.
    pub per_unit: f64,
    /// For any amount at all -- constant.
    pub setup: f64,
}

/// Links whose orders share a fixed cost or trucks.
#[derive(Clone, Debug, PartialEq)]
pub struct Joint {
    /// The links in order of declaration, and the volume of a unit on each.
    pub links: Vec<(SupplyLinkIx, f64)>,
    /// Once a period in which any of them is filled, or once a truck begun [money] -- constant.
    pub fixed_cost: f64,
    /// What a truck holds [volume]; none if there are none.
    pub truck: Option<f64>,
    /// Whether orders are cut to full trucks.
    pub whole_trucks: bool,
}

/// What a link, by its position in the declaration, uses of a resource for a unit and for any amount.
pub(in crate::network) type DeclaredUse = (usize, f64, f64);

/// What links share, as declared, with links by their position in the declaration.
#[derive(Default)]
pub(in crate::network) struct Shared {
    /// Per resource what it is, and what each link uses for a unit and for any.
    pub resources: Vec<(DeclaredResource, Vec<DeclaredUse>)>,
    /// Per group what it is, and its links.
    pub joints: Vec<(DeclaredJoint, Vec<usize>)>,
    /// Factories that hold several products: what they make in a period, and on which links.
    pub factories: Vec<(String, f64, Vec<usize>)>,
    /// Volume of a unit of each product.
    pub volumes: Vec<f64>,
}

impl Shared {
    pub fn of(points: &DeclaredNetwork, expansion: Option<&Expansion>) -> Self {
        let list = |key: &str| points.settings.structure(key).and_then(Setting::list).unwrap_or_default();
        let mut shared = Self::default();
        if let Some(expansion) = expansion {
            shared.volumes = expansion.products.iter().map(|product| product.volume).collect();
            shared.factories = factories(points, expansion);
        }
        let (resources, joints) = (list("resources"), list("joint"));
        if resources.is_empty() && joints.is_empty() {
            return shared;
        }
        let names = link_names(points, expansion);
        let positions = |name: &str| names.get(name).cloned().unwrap_or_default();
        for resource in resources.iter().filter_map(|entry| DeclaredResource::read(entry).ok()) {
            let mut uses: Vec<DeclaredUse> = Vec::new();
            for (name, per_unit) in &resource.uses {
                uses.extend(positions(name).into_iter().map(|position| (position, *per_unit, 0.0)));
            }
            for (name, setup) in &resource.setups {
                let of_setup = positions(name);
                let named = uses.iter_mut().filter(|(position, ..)| of_setup.contains(position));
                named.for_each(|(_, _, amount)| *amount = *setup);
            }
            shared.resources.push((resource, uses));
        }
        for joint in joints.iter().filter_map(|entry| DeclaredJoint::read(entry).ok()) {
            let links = joint.links.iter().flat_map(|link| positions(&link.text())).collect();
            shared.joints.push((joint, links));
        }
        shared
    }
}

/// Nodes with a capacity that several products share.
fn factories(points: &DeclaredNetwork, expansion: &Expansion) -> Vec<(String, f64, Vec<usize>)> {
    let mut factories: Vec<(String, f64, Vec<usize>)> = Vec::new();
    let at: std::collections::HashMap<_, _> =
        points.nodes.iter().enumerate().map(|(position, node)| (&node.id, position)).collect();
    for (position, link) in points.links.iter().enumerate() {
        let is_recipe = expansion.recipes.iter().any(|recipe| recipe.link == position);
        let Some(&from) = at.get(&link.from).filter(|_| !is_recipe) else { continue };
        let Some(capacity) = points.nodes[from].capacity else { continue };
        let place = &expansion.nodes[from].place;
        let several = expansion.nodes.iter().filter(|point| point.place == *place).count() > 1;
        if !several || link.demand.is_some() {
            continue;
        }
        let name = format!("capacity of {place}");
        match factories.iter_mut().find(|(known, ..)| *known == name) {
            Some((_, _, links)) => links.push(position),
            None => factories.push((name, capacity, vec![position])),
        }
    }
    factories
}
