//! Every key where it belongs, and at every place where it does not.

use invmgmt::network::{LINK_KEYS, NETWORK_KEYS, NODE_KEYS};

use super::{Change, LINES, file_with, said};

/// A key with a sound value: where it may stand, and what it needs beside it.
pub(super) struct Sound {
    pub key: &'static str,
    pub value: &'static str,
    pub places: &'static [&'static str],
    pub beside: &'static [Change],
}

const fn sound(
    key: &'static str,
    value: &'static str,
    places: &'static [&'static str],
    beside: &'static [Change],
) -> Sound {
    Sound { key, value, places, beside }
}

const STOCKS: &[&str] = &["shop", "depot", "mill"];
const SUPPLIERS: &[&str] = &["depot", "mill"];
const SUPPLY: &[&str] = &["lane", "road", "haul"];
const LINKS: &[&str] = &["lane", "road", "haul", "sale"];
const LIFE: &[Change] = &[("file", "life", "3")];
const DELAY: &[Change] =
    &[("lane", "order_delay", "2"), ("road", "order_delay", "2"), ("haul", "order_delay", "2")];
const WAIT: &[Change] = &[("lane", "unmet", "wait"), ("road", "unmet", "wait"), ("haul", "unmet", "wait")];
const YIELD: &[Change] = &[
    ("lane", "yield", "{all_or_nothing: 0.9}"),
    ("road", "yield", "{all_or_nothing: 0.9}"),
    ("haul", "yield", "{all_or_nothing: 0.9}"),
];
const RANDOM: &[Change] =
    &[("lane", "L", "{uniform: [1, 3]}"), ("lane", "draw", "order"), ("lane", "crossing", "free")];

/// The keys of mechanisms. A new key is missed here by name.
pub(super) const SOUND: &[Sound] = &[
    sound("timeline", "beer", &["file"], &[]),
    sound("units", "whole", &["file"], &[]),
    sound("life", "3", &["file"], &[]),
    sound("disruptions", "[{where: mill, what: ship, up_down: [0.1, 0.3]}]", &["file"], &[]),
    sound("allocation", "proportional", SUPPLIERS, &[]),
    sound(
        "remainder",
        "largest",
        &["depot"],
        &[("depot", "allocation", "proportional"), ("file", "units", "whole")],
    ),
    sound("customers", "first", STOCKS, &[]),
    sound("storage", "{space: 400, overflow: discard}", STOCKS, &[]),
    sound("waste", "1", STOCKS, LIFE),
    sound("ages", "[10]", &["shop"], LIFE),
    sound("draw", "order", &["lane"], RANDOM),
    sound("crossing", "fifo", &["lane"], RANDOM),
    sound("announced", "true", &["lane"], RANDOM),
    sound(
        "write_off_after",
        "9",
        &["lane"],
        &[
            ("lane", "L", "{uniform: [1, 3], never: 0.1}"),
            ("lane", "draw", "order"),
            ("lane", "crossing", "free"),
        ],
    ),
    sound("order_delay", "2", SUPPLY, &[]),
    sound("unmet", "wait", LINKS, &[]),
    sound("wait_at_most", "3", LINKS, WAIT),
    sound("wait_share", "0.5", &["sale"], &[]),
    sound("min", "5", SUPPLY, &[]),
    sound("multiple", "5", SUPPLY, &[]),
    sound("max", "50", SUPPLY, &[]),
    sound("fill", "whole", SUPPLY, &[]),
    sound("cap", "20", SUPPLY, &[]),
    sound("target", "5", &["lane"], &[("depot", "allocation", "fair-share"), ("lane", "target", "1")]),
    sound("yield", "{all_or_nothing: 0.9}", SUPPLY, &[]),
    sound("at", "receive", SUPPLY, YIELD),
    sound("pay", "received", SUPPLY, YIELD),
    sound("issue", "lifo", &["sale"], LIFE),
    sound("fresh", "2", LINKS, LIFE),
    sound("in_transit", "[1]", SUPPLY, &[]),
    sound("requested", "[1]", SUPPLY, DELAY),
    sound("owed", "1", SUPPLY, WAIT),
    sound("waiting", "1", &["sale"], &[]),
];

/// The line of a place in a file with these keys of the network.
pub(super) fn line_of(place: &str, key: &str, changes: &[Change]) -> usize {
    match LINES.iter().position(|(name, _)| *name == place) {
        Some(position) => position + 2 + usize::from(position >= 5),
        None => {
            12 + changes
                .iter()
                .filter(|(at, ..)| *at == "file")
                .position(|(_, of, _)| *of == key)
                .unwrap_or(0)
        }
    }
}

/// What a key needs, then the key itself.
pub(super) fn with(row: &Sound, place: &'static str, value: &'static str) -> Vec<Change> {
    let mut changes = row.beside.to_vec();
    changes.push((place, row.key, value));
    changes
}

#[test]
fn every_key_of_a_mechanism_is_sound_where_it_belongs() {
    let plain =
        ["I0", "h", "C", "o", "v", "salvage_value", "L", "p", "g", "K", "b", "demand_dist", "dist_param"];
    // Those of several products have tests of their own (`tests/products.rs`).
    let products = ["products", "resources", "joint", "recipes", "product"];
    let keys = NETWORK_KEYS.iter().map(|row| row.key);
    let keys = keys.chain(NODE_KEYS.iter().map(|row| row.key)).chain(LINK_KEYS.iter().map(|row| row.key));
    for key in keys.filter(|key| !plain.contains(key) && !products.contains(key)) {
        assert!(SOUND.iter().any(|row| row.key == key), "no row for '{key}'");
    }
    for row in SOUND {
        for place in row.places {
            let changes = with(row, place, row.value);
            assert_eq!(said(&changes), None, "{changes:?}");
        }
    }
}

#[test]
fn every_key_is_refused_where_it_does_not_belong() {
    for row in SOUND {
        for (place, _) in LINES.iter().chain(&[("file", &[][..])]) {
            // Where the place is right, another key of the file decides; the tables of refusals say how.
            let is_kind = |right: &&str| {
                *right == *place
                    || STOCKS.contains(right) && STOCKS.contains(place)
                    || SUPPLY.contains(right) && SUPPLY.contains(place)
            };
            if row.places.iter().any(is_kind) {
                continue;
            }
            let changes = with(row, place, row.value);
            let message = said(&changes).unwrap_or_else(|| panic!("accepted:\n{}", file_with(&changes)));
            let line = format!("line {}: ", line_of(place, row.key, &changes));
            assert!(message.contains(&line) && message.contains(row.key), "{line}: {message}");
        }
    }
}
