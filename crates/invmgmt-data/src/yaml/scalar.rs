//! What a plain word of YAML stands for.

use crate::value::Content;

/// The content of a plain scalar by the core schema of YAML 1.2, except that a whole number with leading zeros is a
/// text: YAML 1.1 reads `010` as eight and 1.2 as ten, and a product code `007` means neither.
pub(super) fn resolve(word: &str) -> Content {
    match word {
        "" | "~" | "null" | "Null" | "NULL" => Content::Null,
        "true" | "True" | "TRUE" => Content::Bool(true),
        "false" | "False" | "FALSE" => Content::Bool(false),
        ".nan" | ".NaN" | ".NAN" => Content::Number(f64::NAN),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => Content::Number(f64::INFINITY),
        "-.inf" | "-.Inf" | "-.INF" => Content::Number(f64::NEG_INFINITY),
        _ => number(word).unwrap_or_else(|| Content::Text(word.to_owned())),
    }
}

fn number(word: &str) -> Option<Content> {
    if let Some(digits) = word.strip_prefix("0x") {
        return based(digits, 16);
    }
    if let Some(digits) = word.strip_prefix("0o") {
        return based(digits, 8);
    }
    let digits = word.strip_prefix(['-', '+']).unwrap_or(word);
    if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        if digits.len() > 1 && digits.starts_with('0') {
            return None;
        }
        // Beyond 64 bits only the double is left: good enough for a cost, refused as an id.
        return word.parse().map(Content::Integer).or_else(|_| word.parse().map(Content::Number)).ok();
    }
    // Rust would also read the words inf, nan and infinity.
    if digits.bytes().all(|byte| byte.is_ascii_digit() || b".eE+-".contains(&byte)) {
        return word.parse().map(Content::Number).ok();
    }
    None
}

/// The number that YAML 1.1 reads in a plain word that is a text in YAML 1.2: digits parted by `_`, a leading zero for
/// octal, `0b`, and parts of sixty such as `12:30`.
pub(crate) fn number_of_yaml_1_1(word: &str) -> Option<f64> {
    if !matches!(resolve(word), Content::Text(_)) {
        // It was quoted, and is a text in both.
        return None;
    }
    let (sign, unsigned) = match word.strip_prefix('-') {
        Some(rest) => (-1.0, rest),
        None => (1.0, word.strip_prefix('+').unwrap_or(word)),
    };
    let digits = unsigned.replace('_', "");
    let whole = |digits: &str, base| {
        let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_alphanumeric());
        i64::from_str_radix(digits, base).ok().filter(|_| plain).map(|number| number as f64)
    };
    let number = if !unsigned.starts_with(|first: char| first.is_ascii_digit()) {
        None
    } else if let Some(binary) = digits.strip_prefix("0b") {
        whole(binary, 2)
    } else if let Some(hexadecimal) = digits.strip_prefix("0x") {
        whole(hexadecimal, 16)
    } else if digits.contains(':') {
        let parts: Option<Vec<f64>> = digits.split(':').map(|part| whole(part, 10)).collect();
        parts
            .filter(|parts| parts[1..].iter().all(|&part| part < 60.0))
            .map(|parts| parts.iter().fold(0.0, |sum, part| 60.0 * sum + part))
    } else if digits.len() > 1 && digits.bytes().all(|byte| byte.is_ascii_digit()) && digits.starts_with('0')
    {
        whole(&digits, 8)
    } else if digits.bytes().all(|byte| byte.is_ascii_digit() || b".eE+-".contains(&byte)) {
        digits.parse().ok()
    } else {
        None
    };
    number.map(|number| sign * number)
}

fn based(digits: &str, base: u32) -> Option<Content> {
    // The standard library would accept a sign behind the prefix.
    let plain = digits.bytes().all(|byte| byte.is_ascii_alphanumeric());
    i64::from_str_radix(digits, base).ok().filter(|_| plain).map(Content::Integer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_numbers_in_every_spelling() {
        for (word, value) in [("0", 0), ("12", 12), ("-3", -3), ("+4", 4), ("0x1F", 31), ("0o17", 15)] {
            assert_eq!(resolve(word), Content::Integer(value), "{word}");
        }
        for (word, value) in [
            ("1e-3", 0.001),
            ("1E5", 1e5),
            (".5", 0.5),
            ("5.", 5.0),
            ("-0.25", -0.25),
            ("1.5e+3", 1500.0),
            ("1e999", f64::INFINITY),
            ("-.inf", f64::NEG_INFINITY),
            ("9223372036854775808", 9_223_372_036_854_775_808.0),
        ] {
            assert_eq!(resolve(word), Content::Number(value), "{word}");
        }
        assert!(matches!(resolve(".nan"), Content::Number(value) if value.is_nan()));
    }

    #[test]
    fn words_on_which_yaml_versions_disagree_are_texts() {
        for word in ["on", "no", "yes", "off", "y", "n", "010", "007", "-01", "1_000", "12:30", "2024-01-01"]
        {
            assert_eq!(resolve(word), Content::Text(word.into()), "{word}");
        }
    }

    #[test]
    fn words_that_only_resemble_numbers_are_texts() {
        for word in
            ["inf", "nan", "NaN", "infinity", "e5", ".", "-", "+", "1-3", "1.2.3", "0x", "0x-1", "0o8"]
        {
            assert_eq!(resolve(word), Content::Text(word.into()), "{word}");
        }
    }

    #[test]
    fn truth_and_nothing_have_their_words() {
        assert_eq!(resolve("True"), Content::Bool(true));
        assert_eq!(resolve("false"), Content::Bool(false));
        for word in ["", "~", "null"] {
            assert_eq!(resolve(word), Content::Null);
        }
    }

    #[test]
    fn what_yaml_1_1_reads_in_a_text_is_known() {
        // As PyYAML's safe_load reads them.
        for (word, value) in [
            ("1_000", 1000.0),
            ("-1_000_000", -1e6),
            ("062", 50.0),
            ("-01", -1.0),
            ("0b101", 5.0),
            ("0x_1F", 31.0),
            ("12:30", 750.0),
            ("1:00:00", 3600.0),
            ("1_000.5", 1000.5),
        ] {
            assert_eq!(number_of_yaml_1_1(word), Some(value), "{word}");
        }
        for word in [
            "3",
            "0x1F",
            "1.5",
            "089",
            "yes",
            "2024-01-01",
            "_1",
            "1:75",
            "one",
            "",
            "0b2",
            "2 days",
            "1.2.3",
        ] {
            assert_eq!(number_of_yaml_1_1(word), None, "{word}");
        }
    }
}
