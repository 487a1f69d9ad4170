//! No refusal without a row: the texts of the checks are looked up in what the tables say.

use super::{company, said};

/// The sources whose refusals are to stand in a table.
const SOURCES: [(&str, &str); 3] = [
    ("company.rs", include_str!("../../../invmgmt/src/network/company.rs")),
    ("terms.rs", include_str!("../../../invmgmt/src/network/terms.rs")),
    ("lead_time.rs", include_str!("../../../invmgmt/src/network/terms/lead_time.rs")),
];
/// Said only of networks that are declared in a programme: a file's reader says it in its own words before.
const ELSEWHERE: [&str; 1] = ["values: [1, 2, 6], weights: [7, 2, 1]"];
/// Shorter texts are keys, words and separators [characters].
const SHORTEST: usize = 12;

/// The texts in quotes of a source, its tests and comments left out, each without what is put in when it is said.
fn texts(source: &str) -> Vec<String> {
    let code = source.split("#[cfg(test)]").next().unwrap_or(source);
    let mut texts = Vec::new();
    for line in joined(code).lines().filter(|line| !line.trim_start().starts_with("//")) {
        texts.extend(line.split('"').skip(1).step_by(2).map(ToOwned::to_owned));
    }
    texts
}

/// The source with texts that go on in the next line in one.
fn joined(code: &str) -> String {
    let mut parts = code.split("\\\n");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + part.trim_start())
}

/// The longest piece of a text between what is put in.
fn longest_piece(text: &str) -> &str {
    text.split(['{', '}']).max_by_key(|piece| piece.len()).unwrap_or_default().trim()
}

#[test]
fn every_refusal_has_a_row() {
    let tables = company::TABLES.iter().flat_map(|table| table.iter());
    let of_products = include_str!("../products.rs");
    let all_that_is_said =
        tables.map(|row| row.says).chain([company::TOO_LONG, of_products]).collect::<Vec<_>>().join("\n");
    for (name, source) in SOURCES {
        let mut texts = texts(source);
        assert!(texts.len() > 30, "{name} is read");
        texts.retain(|text| !ELSEWHERE.contains(&longest_piece(text)));
        let unsaid: Vec<&str> = texts
            .iter()
            .map(|text| longest_piece(text))
            .filter(|piece| {
                piece.len() >= SHORTEST && piece.contains(' ') && !all_that_is_said.contains(piece)
            })
            .collect();
        assert!(unsaid.is_empty(), "{name}: no row of tests/refusals/company.rs says {unsaid:#?}");
    }
    assert_eq!(said::<&str>(&[]), None);
}

#[test]
fn a_text_is_found_whole_and_without_what_is_put_in() {
    let source = "let a = \"found {x}; \\\n   expected {} more of it\"; // \"no\"\n    // \"nor\" this\n";
    assert_eq!(texts(source)[0], "found {x}; expected {} more of it");
    assert_eq!(longest_piece(&texts(source)[0]), "more of it");
}
