//! Mistakes between the keys of mechanisms: values that are right alone and wrong beside each other.

use std::collections::HashMap;

use super::expand::link_names;
use super::products::{DeclaredJoint, DeclaredResource};
use super::terms::{
    AllocationRule, DeclaredDisruption, FailingPlace, LeadTimeLaw, Room, YieldLaw, quantities,
};
use super::validate::Checker;
use super::{
    DeclaredLink, DeclaredNode, KeyForm, KeyValue, MAX_TRANSIT_SLOTS, NodeId, Place, Setting, Timeline,
};

/// What a value may miss being whole or equal by, for rounding [1].
const ROUNDING: f64 = 1e-9;

/// What a number is told that is none of whole units.
fn fraction(number: f64) -> String {
    format!("found {number}; expected a whole number, as units are whole")
}

impl Checker<'_> {
    /// Whether the file deals in whole units.
    fn has_whole_units(&self) -> bool {
        self.declared.settings.word("units") == Some("whole")
    }

    /// Checks the keys of the network as a whole against its nodes and links.
    pub(super) fn check_network_company(&mut self) {
        let settings = &self.declared.settings;
        if settings.whole("life") == Some(0) {
            self.report(Place::Key("life"), "found 0; goods must live for at least 1 period of selling");
        }
        self.check_shared();
        let settings = &self.declared.settings;
        let list = settings.structure("disruptions").and_then(Setting::list).unwrap_or_default();
        for (position, entry) in list.iter().enumerate() {
            let Ok(disruption) = DeclaredDisruption::read(entry) else { continue };
            let products = self.expansion.map_or(&[][..], |expansion| &expansion.products);
            let disruption = disruption.of_products(products);
            for place in &disruption.places {
                if let Some(fault) = self.failing_place_fault(&disruption, place) {
                    self.report(Place::Key("disruptions"), format!("[{position}]: where: {fault}"));
                }
            }
        }
    }

    fn failing_place_fault(&self, disruption: &DeclaredDisruption, place: &FailingPlace) -> Option<String> {
        match place {
            FailingPlace::Node(id) => {
                let position = (0..self.declared.nodes.len()).find(|&position| self.is_at(position, id));
                let Some(position) = position else {
                    return Some(format!("found {id}; expected a node declared under 'nodes'"));
                };
                let roles = self.roles[position];
                if roles.market || !disruption.ships && roles.raw_material {
                    let verb = if disruption.ships { "ships" } else { "orders" };
                    return Some(format!("found {id}; a {roles} {verb} nothing: expected a node that does"));
                }
                if disruption.destroy > 0.0 && !roles.managed() {
                    return Some(format!(
                        "found {id} with destroy; a {roles} holds no stock: leave destroy out"
                    ));
                }
                let ships = self.supply_ends().any(|(from, _)| self.is_at(from, id));
                (disruption.ships && !ships)
                    .then(|| format!("found {id}; it ships to no other node: expected one that does"))
            }
            FailingPlace::Link(from, to, product) => {
                if disruption.destroy > 0.0 {
                    return Some(format!(
                        "found [{from}, {to}] with destroy; only a node has stock to lose: leave destroy out"
                    ));
                }
                let carries = |position: usize| match (self.expansion, product) {
                    (Some(expansion), Some(product)) => {
                        expansion.products[expansion.links[position].product].name == product.to_string()
                    }
                    (None, Some(_)) => false,
                    (_, None) => true,
                };
                let joins = |&position: &usize| {
                    let ends = self.ends[position];
                    ends.is_some_and(|ends| self.is_at(ends.0, from) && self.is_at(ends.1, to))
                        && carries(position)
                };
                let known = (0..self.declared.links.len()).find(joins);
                match known.and_then(|position| self.ends[position]) {
                    Some((_, to)) if !self.roles[to].market => None,
                    Some(_) => Some(format!(
                        "found [{from}, {to}]; customers' links do not fail: expected a link between nodes"
                    )),
                    None => Some(format!("found [{from}, {to}]; expected a link declared under 'edges'")),
                }
            }
        }
    }

    /// The shelf life of a product.
    fn life_of(&self, product: usize) -> Option<usize> {
        let own = self.expansion.and_then(|expansion| expansion.products[product].life);
        own.or(self.declared.settings.whole("life"))
    }

    /// The shelf life of what a node holds.
    fn life_at(&self, position: usize) -> Option<usize> {
        let product = self.expansion.and_then(|expansion| expansion.nodes[position].product);
        self.life_of(product.unwrap_or(0))
    }

    /// Checks what links share: that their names are there, and that nothing is said twice or for nothing.
    fn check_shared(&mut self) {
        let declared = self.declared;
        let list = |key: &str| declared.settings.structure(key).and_then(Setting::list).unwrap_or_default();
        let (resources, joints) = (list("resources"), list("joint"));
        // Names of what could not be read would be called unknown.
        let is_unclear = self.expansion.is_some_and(|expansion| !expansion.mistakes.is_empty());
        if resources.is_empty() && joints.is_empty() || is_unclear {
            return;
        }
        let names = link_names(self.declared, self.expansion);
        let mut seen = Vec::new();
        for (position, entry) in resources.iter().enumerate() {
            let Ok(resource) = DeclaredResource::read(entry) else { continue };
            if seen.contains(&resource.name) {
                let message = format!(
                    "[{position}]: name: {} stands twice; every resource may stand once",
                    resource.name
                );
                self.report(Place::Key("resources"), message);
            }
            for (key, uses) in [("use", &resource.uses), ("setup", &resource.setups)] {
                for (name, _) in uses {
                    if let Some(fault) = self.link_fault(&names, name) {
                        self.report(Place::Key("resources"), format!("[{position}]: {key}: {fault}"));
                    } else if key == "setup" && !resource.uses.iter().any(|(used, _)| used == name) {
                        let message = format!(
                            "[{position}]: setup: {name} does not use it; add it to use, with 0 if need be"
                        );
                        self.report(Place::Key("resources"), message);
                    }
                }
            }
            seen.push(resource.name);
        }
        let mut grouped: Vec<usize> = Vec::new();
        for (position, entry) in joints.iter().enumerate() {
            let Ok(joint) = DeclaredJoint::read(entry) else { continue };
            for link in &joint.links {
                let name = link.text();
                if let Some(fault) = self.link_fault(&names, &name) {
                    self.report(Place::Key("joint"), format!("[{position}]: links: {fault}"));
                    continue;
                }
                for &found in &names[&name] {
                    if grouped.contains(&found) {
                        let message = format!(
                            "[{position}]: links: {name} stands in a group already; it may stand in one"
                        );
                        self.report(Place::Key("joint"), message);
                    }
                    grouped.push(found);
                }
            }
            if joint.fixed_cost == 0.0 && !joint.whole_trucks {
                let message =
                    format!("[{position}]: it costs nothing and cuts nothing; give K, or whole_trucks: true");
                self.report(Place::Key("joint"), message);
            }
        }
    }

    /// What is wrong with the name of a link that goods are ordered on.
    fn link_fault(&self, names: &HashMap<String, Vec<usize>>, name: &str) -> Option<String> {
        let Some(found) = names.get(name) else {
            let mut known: Vec<&String> = names.keys().collect();
            known.sort();
            let shown: Vec<&str> = known.iter().take(8).map(|name| name.as_str()).collect();
            let more = if known.len() > shown.len() { ", ..." } else { "" };
            let name = name.escape_debug();
            return Some(format!(
                "found {name}; no link or recipe has this name: {}{more}",
                shown.join(", ")
            ));
        };
        let into_market =
            |&position: &usize| self.ends[position].is_some_and(|(_, to)| self.roles[to].market);
        found.iter().any(into_market).then(|| format!("found {name}; customers' links are not ordered on"))
    }

    /// Whether a node, or the node of a stock point, has this name.
    pub(super) fn is_at(&self, position: usize, id: &NodeId) -> bool {
        let place = self.expansion.map(|expansion| &expansion.nodes[position].place);
        self.declared.nodes[position].id == *id || place == Some(id)
    }

    /// Ends of the supply links.
    fn supply_ends(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        self.ends.iter().flatten().copied().filter(|&(_, to)| !self.roles[to].market)
    }

    /// Whether anything is shipped from a node, or made of what it holds: of a stock point, whether of any product
    /// there, as a key without a product stands for all of them.
    fn ships(&self, position: usize) -> bool {
        let node = |at: usize| self.expansion.map_or(at, |expansion| expansion.nodes[at].node);
        self.supply_ends().any(|(from, _)| node(from) == node(position))
    }

    /// Checks the keys of a node that holds stock against each other.
    pub(super) fn check_node_company(&mut self, position: usize, node: &DeclaredNode) {
        let place = |key: &'static str| Place::Node(position, Some(key));
        let settings = &node.settings;
        let buyers: Vec<NodeId> = self
            .supply_ends()
            .filter(|&(from, _)| from == position)
            .map(|(_, to)| {
                let place = self.expansion.map(|expansion| &expansion.nodes[to].place);
                place.unwrap_or(&self.declared.nodes[to].id).clone()
            })
            .collect();
        let rule = settings.structure("allocation").and_then(|rule| AllocationRule::read(rule).ok());
        if rule.is_some() && !self.ships(position) {
            self.report(place("allocation"), "it ships to no other node, so nothing is shared; leave it out");
        }
        if let Some(AllocationRule::Priority(named)) = &rule {
            for (at, id) in named.iter().enumerate() {
                if !buyers.contains(id) {
                    let known: Vec<String> = buyers.iter().map(ToString::to_string).collect();
                    let message = format!("priority: found {id}; its buyers are {}", known.join(", "));
                    self.report(place("allocation"), message);
                } else if named[..at].contains(id) {
                    self.report(
                        place("allocation"),
                        format!("priority: found {id} twice; every buyer may stand once"),
                    );
                }
            }
        }
        if rule == Some(AllocationRule::FairShare) {
            self.check_targets(position);
        }
        if let Some(word) = settings.word("remainder") {
            if !self.has_whole_units() {
                let message = "only whole units leave a remainder; set units: whole, or leave it out";
                self.report(place("remainder"), message);
            }
            match rule {
                None => self.report(
                    place("remainder"),
                    "only shares in proportion leave a remainder; add allocation: proportional, or leave it out",
                ),
                Some(AllocationRule::Proportional) => {}
                Some(_) => {
                    let note = format!("{word} has no effect, because only shares in proportion leave a remainder");
                    self.note(place("remainder"), note);
                }
            }
        }
        let makes = self.expansion.is_some_and(|expansion| {
            expansion.recipes.iter().any(|recipe| recipe.inputs.iter().any(|&(input, _)| input == position))
        });
        if makes && node.production_yield.is_some_and(|share| share != 1.0) {
            self.report(
                place("v"),
                "found a yield below 1 beside recipes, which say what they take; leave it out, or raise what they take",
            );
        }
        if node.production_yield.is_some_and(|share| share != 1.0) && self.has_whole_units() {
            self.report(
                place("v"),
                "found a yield below 1 beside units: whole; it would make fractions of units",
            );
        }
        let whole = |number: Option<f64>| number.is_none_or(|number| number.fract() == 0.0);
        if self.has_whole_units() {
            for (key, number) in [("I0", node.initial_inventory), ("C", node.capacity)] {
                if !whole(number) {
                    self.report(place(key), fraction(number.unwrap_or_default()));
                }
            }
        }
        let room = settings.structure("storage").and_then(|room| Room::read(room).ok());
        if let Some(room) = room.filter(|room| self.has_whole_units() && room.space.fract() != 0.0) {
            self.report(place("storage"), format!("space: {}", fraction(room.space)));
        }
        self.check_ages(position, node);
    }

    fn check_ages(&mut self, position: usize, node: &DeclaredNode) {
        let Some(ages) = node.settings.structure("ages").and_then(|ages| quantities(ages).ok()) else {
            return;
        };
        let place = Place::Node(position, Some("ages"));
        let life = self.life_at(position);
        if life.is_none() && self.expansion.is_none() {
            return;
        }
        let life = life.unwrap_or(0);
        let (total, stock) = (ages.iter().sum::<f64>(), node.initial_inventory.unwrap_or(0.0));
        if ages.len() > life {
            self.report(
                place,
                format!("found {} ages; goods live for {life} periods: expected at most {life}", ages.len()),
            );
        } else if (total - stock).abs() > ROUNDING * stock.max(1.0) {
            self.report(place, format!("found {total} units, but I0 is {stock}; expected the same"));
        } else if let Some(&number) =
            ages.iter().find(|number| self.has_whole_units() && number.fract() != 0.0)
        {
            self.report(place, fraction(number));
        }
    }

    fn check_targets(&mut self, supplier: usize) {
        for position in 0..self.ends.len() {
            let is_supply =
                self.ends[position].is_some_and(|(from, to)| from == supplier && !self.roles[to].market);
            if is_supply && self.declared.links[position].settings.number("target").is_none() {
                let message = format!(
                    "missing; {} shares fairly, and needs a target on every link to a buyer",
                    self.declared.nodes[supplier].id
                );
                self.report(Place::Link(position, Some("target")), message);
            }
        }
    }

    /// Checks the keys of a link against each other.
    pub(super) fn check_link_company(&mut self, position: usize, link: &DeclaredLink, into_market: bool) {
        let place = |key: &'static str| Place::Link(position, Some(key));
        let settings = &link.settings;
        if into_market {
            if settings.word("unmet") == Some("forget") {
                self.report(
                    place("unmet"),
                    "found forget; customers wait or are lost: expected wait or lost",
                );
            }
            if settings.word("unmet") == Some("lost") {
                for key in ["wait_share", "wait_at_most", "waiting"]
                    .into_iter()
                    .filter(|key| settings.number(key).is_some())
                {
                    self.report(place(key), "nobody waits where unmet is lost; leave it out");
                }
            }
        } else {
            self.check_lead_time(position, link);
            self.check_debt(position, link);
            self.check_sizes_of(position, link);
            self.check_yield(position, link);
            self.check_opening(position, link);
        }
        let product = self.expansion.map_or(0, |expansion| expansion.links[position].product);
        let life = self.life_of(product).unwrap_or(usize::MAX);
        if settings.whole("fresh").is_some_and(|fresh| fresh > life) {
            let message = format!(
                "goods live for {life} periods, so nothing would ever be shipped: expected at most {life}"
            );
            self.report(place("fresh"), message);
        }
        if self.has_whole_units() {
            for key in ["min", "multiple", "max", "cap", "owed", "waiting"] {
                if let Some(number) = settings.number(key).filter(|number| number.fract() != 0.0) {
                    self.report(place(key), fraction(number));
                }
            }
        }
    }

    fn check_lead_time(&mut self, position: usize, link: &DeclaredLink) {
        let place = |key: &'static str| Place::Link(position, Some(key));
        let settings = &link.settings;
        let law = settings.structure("L").and_then(|law| LeadTimeLaw::read(law).ok());
        let (draw, crossing) = (settings.word("draw"), settings.word("crossing"));
        let Some(law) = law else {
            for key in ["draw", "crossing", "announced", "write_off_after"] {
                if *settings.get(key) != KeyValue::Absent && settings.structure("L").is_none() {
                    self.report(place(key), "has no effect on a fixed lead time; leave it out");
                }
            }
            return;
        };
        let is_random = law.fixed().is_none();
        match (draw, crossing) {
            (None, _) if is_random => self.report(
                place("draw"),
                "missing; a random lead time is drawn by order or by unit, which are different models: \
                 add draw: order with crossing: free, fifo or sweep, or draw: unit",
            ),
            (Some("order"), None) if is_random => self.report(
                place("crossing"),
                "missing; expected free (orders may overtake), fifo (none does) or sweep (one draw a period brings \
                 all that is old enough)",
            ),
            (Some("unit"), Some(_)) => {
                self.report(place("crossing"), "units that draw each for themselves always cross; leave it out");
            }
            _ => {}
        }
        if draw == Some("unit") && !self.has_whole_units() {
            self.report(place("draw"), "found unit, but units are real; add units: whole");
        }
        let product = self.expansion.map_or(0, |expansion| expansion.links[position].product);
        if draw == Some("unit") && self.life_of(product).is_some() {
            self.report(place("draw"), "found unit beside a shelf life; goods with ages draw by order");
        }
        if settings.flag("announced") && (draw == Some("unit") || crossing == Some("sweep")) {
            self.report(
                place("announced"),
                "only orders that draw once have a due date: crossing free or fifo",
            );
        }
        if settings.flag("announced") && law.never > 0.0 {
            self.report(
                place("announced"),
                "an order that never arrives has no due date; leave announced or never out",
            );
        }
        let written_off = settings.whole("write_off_after");
        if law.never > 0.0 && written_off.is_none() {
            let message = "missing; with never in L it says when an order that does not arrive is given up";
            self.report(place("write_off_after"), message);
        }
        match written_off {
            Some(_) if law.never == 0.0 => {
                self.report(place("write_off_after"), "every order arrives; it needs never in L");
            }
            Some(periods) if periods <= law.longest() => self.report(
                place("write_off_after"),
                format!(
                    "found {periods}; an order may still arrive after {} periods: expected more",
                    law.longest()
                ),
            ),
            _ => {}
        }
        if law.never > 0.0 && matches!(crossing, Some("sweep" | "fifo")) {
            self.report(
                place("L"),
                "never beside crossing sweep or fifo would hold up all that follows; use free",
            );
        }
    }

    fn check_debt(&mut self, position: usize, link: &DeclaredLink) {
        let place = |key: &'static str| Place::Link(position, Some(key));
        let settings = &link.settings;
        let unmet = settings.word("unmet").unwrap_or("forget");
        if link.unmet_penalty.is_some_and(|penalty| penalty > 0.0) && unmet == "forget" {
            let message = "what is not filled is forgotten here, and nobody pays for it; add unmet: wait or lost, or leave 'b' out";
            self.report(place("b"), message);
        }
        for key in ["wait_at_most", "owed"] {
            if settings.number(key).is_some() && unmet != "wait" {
                self.report(place(key), format!("no request waits where unmet is {unmet}; add unmet: wait"));
            }
        }
    }

    fn check_sizes_of(&mut self, position: usize, link: &DeclaredLink) {
        let place = |key: &'static str| Place::Link(position, Some(key));
        let settings = &link.settings;
        let number = |key: &str| settings.number(key);
        let (least, multiple) = (number("min").unwrap_or(0.0), number("multiple").unwrap_or(0.0));
        if let Some(most) = number("max") {
            let largest = if multiple > 0.0 { (most / multiple + ROUNDING).floor() * multiple } else { most };
            if largest < least || multiple > 0.0 && largest == 0.0 {
                let smallest =
                    if multiple > 0.0 { (least / multiple).ceil().max(1.0) * multiple } else { least };
                let message =
                    format!("found {most}; no order could ever be placed: expected at least {smallest}");
                self.report(place("max"), message);
            }
        }
        if settings.word("fill") == Some("lots") && multiple == 0.0 {
            self.report(place("fill"), "found lots, but no multiple says how large a lot is; add multiple");
        }
        let shares_fairly = self.ends[position].is_some_and(|(from, _)| {
            let rule = self.declared.nodes[from].settings.structure("allocation");
            rule.is_some_and(|rule| AllocationRule::read(rule) == Ok(AllocationRule::FairShare))
        });
        if number("target").is_some() && !shares_fairly {
            let message = format!(
                "{} does not share fairly; add allocation: fair-share there, or leave it out",
                link.from
            );
            self.report(place("target"), message);
        }
        let written = |key| matches!(settings.get(key), KeyValue::Structure(_));
        if written("requested") && settings.whole("order_delay").unwrap_or(0) == 0 {
            self.report(place("requested"), "requests are read at once; add order_delay");
        }
    }

    fn check_yield(&mut self, position: usize, link: &DeclaredLink) {
        let place = |key: &'static str| Place::Link(position, Some(key));
        let settings = &link.settings;
        let law = settings.structure("yield").and_then(|law| YieldLaw::read(law).ok());
        match law {
            Some(YieldLaw::Binomial(_)) if !self.has_whole_units() => {
                self.report(place("yield"), "found binomial, but units are real; add units: whole");
            }
            Some(YieldLaw::Uniform(low, high)) if self.has_whole_units() && low < high => {
                self.report(
                    place("yield"),
                    "found a share of what is shipped beside units: whole; use binomial",
                );
            }
            _ => {}
        }
        if law.is_none() && settings.structure("yield").is_none() {
            for key in ["at", "pay"].into_iter().filter(|key| settings.word(key).is_some()) {
                self.report(place(key), "everything arrives; it needs 'yield'");
            }
        }
    }

    fn check_opening(&mut self, position: usize, link: &DeclaredLink) {
        let place = |key: &'static str| Place::Link(position, Some(key));
        let settings = &link.settings;
        let law = settings.structure("L").and_then(|law| LeadTimeLaw::read(law).ok());
        let longest = law.map_or(link.lead_time.unwrap_or(0) as usize, |law| law.longest());
        let timeline = self.declared.timeline();
        let allowed = |key: &str| match key {
            "in_transit" => timeline.slots(longest),
            _ => settings.whole("order_delay").unwrap_or(0),
        };
        for key in ["in_transit", "requested"] {
            let Some(list) = settings.structure(key).and_then(|list| quantities(list).ok()) else { continue };
            if list.len() > allowed(key) && (key == "in_transit" || allowed(key) > 0) {
                let first = if timeline == Timeline::OrderFirst && key == "in_transit" {
                    ", and what arrives at the end of a period is gone from it"
                } else {
                    ""
                };
                let message =
                    format!("found {} entries; at most {} are on their way{first}", list.len(), allowed(key));
                self.report(place(key), message);
            }
            if let Some(&number) = list.iter().find(|number| self.has_whole_units() && number.fract() != 0.0)
            {
                self.report(place(key), fraction(number));
            }
        }
    }

    /// What a key that another one must accompany is told where that is missing.
    pub(super) fn check_needed(&mut self, place: Place, needs: Option<&'static str>) {
        let lives = self.declared.settings.whole("life").is_some()
            || self
                .expansion
                .is_some_and(|expansion| expansion.products.iter().any(|product| product.life.is_some()));
        let has_products = self.expansion.is_some() || self.declared.settings.structure("products").is_some();
        if needs == Some("products") && !has_products {
            self.report(place, "there are no products here; it needs 'products' of the network");
            return;
        }
        if needs == Some("life") && !lives {
            self.report(place, "goods do not spoil here; it needs 'life' of the network");
        }
    }

    /// Checks a value that is no number against its form.
    pub(super) fn check_form(&mut self, place: Place, key: &'static str, form: KeyForm, value: &KeyValue) {
        let message = match (form, value) {
            (KeyForm::Word(words), KeyValue::Word(word))
                if key != "demand_dist" && !words.contains(&word.as_str()) =>
            {
                Some(format!("found text '{}'; expected {}", word.escape_debug(), words.join(", ")))
            }
            (KeyForm::Structure(_) | KeyForm::WholeOr(..), KeyValue::Structure(setting)) => {
                // The products of a link are names only.
                let key = if matches!(place, Place::Link(..)) && key == "products" { "carried" } else { key };
                super::terms::fault(key, setting)
            }
            (KeyForm::Number(range), KeyValue::Structure(_)) => Some(format!(
                "found a mapping; expected {}; only a network with 'products' has a number per product",
                range.words()
            )),
            _ => None,
        };
        if let Some(message) = message {
            self.report(place, message);
        }
    }

    /// The numbers that mechanisms add to a state row must stay within what one may hold: requests on their way, what
    /// waits, and stock and goods in transit by age; `slots` are the periods of lead time of all links.
    pub(super) fn check_state_size(&mut self, slots: u64) {
        let most = MAX_TRANSIT_SLOTS as u64;
        let periods = |key: &str| -> u64 {
            let of_links = self.declared.links.iter().filter_map(|link| link.settings.whole(key));
            of_links.map(|periods| periods as u64).sum()
        };
        let (delays, waits) = (periods("order_delay"), periods("wait_at_most"));
        if delays + waits > most {
            let message = format!(
                "order_delay adds up to {delays} periods and wait_at_most to {waits}; at most {most} numbers fit a state"
            );
            return self.report(Place::Network, message);
        }
        let stocks = self.roles.iter().filter(|roles| roles.managed()).count() as u64;
        let life = self.declared.settings.whole("life").unwrap_or(0) as u64;
        if (slots + stocks).saturating_mul(life) > most {
            let message = format!(
                "found {life} ages, for {slots} periods of lead time and {stocks} stocks; at most {most} numbers fit a state"
            );
            self.report(Place::Key("life"), message);
        }
    }
}
