//! Words: quoted command lines, counted nouns, estimates.

use std::ffi::OsString;

use invmgmt_policy::estimate::{CONFIDENCE, Estimate};

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

/// Mean, standard error and interval; of one episode the profit alone.
pub(crate) fn estimated(estimate: &Estimate) -> String {
    let mean = estimate.mean;
    match estimate.interval() {
        Some((low, high)) => {
            let confidence = 100.0 * CONFIDENCE;
            let error = estimate.standard_error;
            format!("{mean:.2} \u{b1} {error:.2}, {confidence} % interval {low:.2} to {high:.2}")
        }
        None if estimate.count == 1 => format!("{mean:.2}"),
        None => format!("{mean:.2} with every seed"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_line_is_quoted_where_a_shell_needs_it() {
        let args = ["/usr/bin/x", "simulate", "--demand", "1->0=a b.csv:units", "it's"].map(OsString::from);
        assert_eq!(command_line(&args), r"gym-invmgmt simulate --demand '1->0=a b.csv:units' 'it'\''s'");
    }
}
