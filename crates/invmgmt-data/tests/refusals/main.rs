//! Every refusal of the keys of mechanisms, as the author of a file reads it: the line, what was found, what is
//! allowed.

mod company;
mod hostile;
mod places;
mod source;

use std::fmt::Write as _;

use invmgmt_data::network_from_yaml;

/// A sound file; `town` buys from `shop`, which buys from `depot`, from `mill`, from `farm`.
const LINES: [(&str, &[(&str, &str)]); 9] = [
    ("town", &[("id", "town")]),
    ("shop", &[("id", "shop"), ("I0", "10"), ("h", "1")]),
    ("depot", &[("id", "depot"), ("I0", "20"), ("h", "1")]),
    ("mill", &[("id", "mill"), ("I0", "30"), ("h", "1"), ("C", "50"), ("o", "0"), ("v", "1")]),
    ("farm", &[("id", "farm")]),
    (
        "sale",
        &[
            ("from", "shop"),
            ("to", "town"),
            ("p", "5"),
            ("b", "1"),
            ("demand_dist", "poisson"),
            ("dist_param", "{mu: 5}"),
        ],
    ),
    ("lane", &[("from", "depot"), ("to", "shop"), ("L", "2"), ("p", "1"), ("g", "0")]),
    ("road", &[("from", "mill"), ("to", "depot"), ("L", "1"), ("p", "1"), ("g", "0")]),
    ("haul", &[("from", "farm"), ("to", "mill"), ("L", "3"), ("p", "1"), ("g", "0")]),
];

/// A key that is set, at the node or link of this name or, for `file`, of the network: place, key, value.
type Change = (&'static str, &'static str, &'static str);

/// Changes, and all that is said of the file they make.
struct Refusal {
    changes: &'static [Change],
    says: &'static str,
}

const fn refusal(changes: &'static [Change], says: &'static str) -> Refusal {
    Refusal { changes, says }
}

/// The sound file with these keys added, or set anew; the keys of the network stand at its end, from line 12 on.
fn file_with<S: AsRef<str>>(changes: &[(S, S, S)]) -> String {
    let mut text = String::new();
    for (position, (name, entries)) in LINES.iter().enumerate() {
        match position {
            0 => text.push_str("nodes:\n"),
            5 => text.push_str("edges:\n"),
            _ => {}
        }
        let mut entries: Vec<(&str, &str)> = entries.to_vec();
        for (_, key, value) in changes.iter().filter(|(place, ..)| place.as_ref() == *name) {
            match entries.iter_mut().find(|(known, _)| known == &key.as_ref()) {
                Some(entry) => entry.1 = value.as_ref(),
                None => entries.push((key.as_ref(), value.as_ref())),
            }
        }
        let entries: Vec<String> = entries.iter().map(|(key, value)| format!("{key}: {value}")).collect();
        let _ = writeln!(text, "  - {{{}}}", entries.join(", "));
    }
    for (_, key, value) in changes.iter().filter(|(place, ..)| place.as_ref() == "file") {
        let _ = writeln!(text, "{}: {}", key.as_ref(), value.as_ref());
    }
    text
}

/// What is said of the sound file with these changes; none if it is accepted.
fn said<S: AsRef<str>>(changes: &[(S, S, S)]) -> Option<String> {
    network_from_yaml(&file_with(changes)).err().map(|error| error.to_string())
}

/// All of a table that is not said as the table has it.
#[track_caller]
fn check(table: &[Refusal]) {
    let wrong: Vec<String> = table
        .iter()
        .filter_map(|row| {
            let found = said(row.changes).unwrap_or_else(|| "nothing: it is accepted".to_owned());
            (found != row.says)
                .then(|| format!("{:?}\n  says    {found}\n  expected {}", row.changes, row.says))
        })
        .collect();
    assert!(wrong.is_empty(), "{} of {} rows:\n{}", wrong.len(), table.len(), wrong.join("\n"));
}

#[test]
fn the_file_itself_is_sound() {
    assert_eq!(said::<&str>(&[]), None);
}

/// A hundred and one shops whose orders are each a thousand days late, and wait as long.
#[test]
fn delays_and_waits_beyond_what_a_state_holds_are_refused_with_their_sums() {
    let mut text = "nodes:\n  - {id: town}\n  - {id: farm}\n".to_owned();
    for shop in 0..101 {
        let _ = writeln!(text, "  - {{id: {shop}, I0: 0, h: 1}}");
    }
    text.push_str("edges:\n");
    for shop in 0..101 {
        let _ = write!(
            text,
            "  - {{from: farm, to: {shop}, L: 0, p: 1, g: 0, order_delay: 50000, unmet: wait, wait_at_most: 50000}}\n  \
             - {{from: {shop}, to: town, p: 1, b: 1, demand_dist: poisson, dist_param: {{mu: 5}}}}\n"
        );
    }
    let message = network_from_yaml(&text).expect_err("refused").to_string();
    assert_eq!(message, company::TOO_LONG);
}
