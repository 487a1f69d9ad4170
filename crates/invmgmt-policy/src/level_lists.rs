//! The numbers of a spec, however they are given: in order, by name, or in a file.

use std::path::Path;

use invmgmt::network::Network;

use crate::PolicyError;

/// Largest file of levels read [bytes].
const LARGEST_FILE: u64 = 16 << 20;

/// A list of entries in order of the names: as it stands, or `{name}=entry,...`, or `@FILE.csv`, whose first column
/// holds the names and whose other columns hold the numbers of an entry.
///
/// # Errors
/// [`PolicyError::Levels`] saying what was found and what is allowed.
pub(crate) fn in_order(form: &'static str, names: &[String], text: &str) -> Result<Vec<String>, PolicyError> {
    let named = if let Some(path) = text.strip_prefix('@') {
        from_file(Path::new(path.trim())).map_err(|message| PolicyError::Levels { form, message })?
    } else if text.starts_with('{') {
        by_name(text).map_err(|message| PolicyError::Levels { form, message })?
    } else {
        return Ok(text.split(',').map(ToOwned::to_owned).collect());
    };
    sorted(names, &named).map_err(|message| PolicyError::Levels { form, message })
}

/// The names that levels go by: the managed nodes, or for quantities the supply links.
pub(crate) fn names(network: &Network, of_links: bool) -> Vec<String> {
    if of_links {
        network.supply.rows().iter().map(|link| network.link_name(link.link)).collect()
    } else {
        network.managed.indices().map(|node| network.managed_id(node).to_string()).collect()
    }
}

fn by_name(text: &str) -> Result<Vec<(String, String)>, String> {
    let mut entries = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let inside = rest
            .strip_prefix('{')
            .ok_or_else(|| format!("found '{}'; expected {{name}}=number", rest.escape_debug()))?;
        let (name, behind) = inside
            .split_once('}')
            .ok_or_else(|| format!("the brace before '{}' is not closed", inside.escape_debug()))?;
        let value = behind.trim_start().strip_prefix('=').ok_or_else(|| {
            format!(
                "found '{}' behind {{{}}}; expected = and a number",
                behind.escape_debug(),
                name.escape_debug()
            )
        })?;
        let (value, further) = value.split_once(',').unwrap_or((value, ""));
        entries.push((name.trim().to_owned(), value.trim().to_owned()));
        rest = further.trim_start();
    }
    Ok(entries)
}

fn from_file(path: &Path) -> Result<Vec<(String, String)>, String> {
    let refused = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    let found = std::fs::metadata(path).map_err(|error| refused(&error))?;
    if !found.is_file() || found.len() > LARGEST_FILE {
        return Err(refused(&format!("expected a plain file of at most {LARGEST_FILE} bytes")));
    }
    let mut reader =
        csv::ReaderBuilder::new().trim(csv::Trim::All).from_path(path).map_err(|error| refused(&error))?;
    let mut entries = Vec::new();
    for row in reader.records() {
        let row = row.map_err(|error| refused(&error))?;
        let numbers: Vec<&str> = row.iter().skip(1).collect();
        if numbers.is_empty() {
            return Err(refused(&"expected a column of names and one or two of numbers"));
        }
        entries.push((row[0].to_owned(), numbers.join("/")));
    }
    Ok(entries)
}

fn sorted(names: &[String], named: &[(String, String)]) -> Result<Vec<String>, String> {
    for (position, (name, _)) in named.iter().enumerate() {
        if !names.contains(name) {
            return Err(format!("found {{{}}}; expected each of {}", name.escape_debug(), names.join(", ")));
        }
        if named[..position].iter().any(|(seen, _)| seen == name) {
            return Err(format!("{{{name}}} stands twice"));
        }
    }
    let entry = |name: &String| {
        let found = named.iter().find(|(given, _)| given == name);
        found.map(|(_, value)| value.clone()).ok_or_else(|| format!("{{{name}}} is missing"))
    };
    names.iter().map(entry).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(text: &str) -> Result<Vec<String>, PolicyError> {
        in_order("basestock", &["1".into(), "shop".into()], text)
    }

    #[test]
    fn levels_by_name_stand_in_order_of_the_nodes() {
        assert_eq!(listed("{shop}=30, {1}=5").expect("levels"), ["5", "30"]);
        assert_eq!(listed("3,4").expect("levels"), ["3", "4"]);
        let file = tempfile::NamedTempFile::new().expect("a file");
        std::fs::write(file.path(), "node,s,S\nshop,4,9\n1,2,3\n").expect("written");
        assert_eq!(listed(&format!("@{}", file.path().display())).expect("levels"), ["2/3", "4/9"]);
    }

    #[test]
    fn names_that_are_missing_unknown_or_twice_are_told() {
        for (text, word) in [
            ("{shop}=30", "{1} is missing"),
            ("{shop}=3,{1}=2,{shop}=4", "stands twice"),
            ("{depot}=3", "expected each of 1, shop"),
            ("{shop=3", "not closed"),
            ("{shop}3", "expected ="),
            ("@nowhere.csv", "nowhere.csv"),
        ] {
            let message = listed(text).expect_err("refused").to_string();
            assert!(message.contains(word), "{message}");
        }
    }
}
