//! Words: nearest names, quoted command lines, counted nouns.

use std::ffi::OsString;

/// Names this similar or more are offered as what may have been meant.
const SIMILAR: f64 = 0.72;

/// ` (did you mean 'serial'?)` if one of the names is near, else nothing.
pub(crate) fn did_you_mean<'a>(found: &str, names: impl IntoIterator<Item = &'a str>) -> String {
    let found = found.to_lowercase();
    names
        .into_iter()
        .map(|name| (strsim::jaro_winkler(&found, &name.to_lowercase()), name))
        .filter(|(similarity, _)| *similarity > SIMILAR)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map_or_else(String::new, |(_, name)| format!(" (did you mean '{}'?)", name.escape_debug()))
}

/// A command line as a shell would read it again, the program under its own name.
pub(crate) fn command_line(args: &[OsString]) -> String {
    let words = args.iter().skip(1).map(|arg| quoted(&arg.to_string_lossy()));
    std::iter::once("gym-invmgmt".to_owned()).chain(words).collect::<Vec<_>>().join(" ")
}

/// A word as a shell would read it again.
pub(crate) fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_=+./:,@%".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}

/// `1 node`, `3 nodes`.
pub(crate) fn counted(count: usize, noun: &str) -> String {
    let ending = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{ending}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_line_is_quoted_where_a_shell_needs_it() {
        let args = ["/usr/bin/x", "simulate", "--demand", "1->0=a b.csv:units", "it's"].map(OsString::from);
        assert_eq!(command_line(&args), r"gym-invmgmt simulate --demand '1->0=a b.csv:units' 'it'\''s'");
    }

    #[test]
    fn only_a_near_name_is_offered() {
        let names = ["network", "serial", "divergent"];
        assert_eq!(did_you_mean("netwrk", names), " (did you mean 'network'?)");
        assert_eq!(did_you_mean("Serail", names), " (did you mean 'serial'?)");
        assert_eq!(did_you_mean("qq", names), "");
    }
}
