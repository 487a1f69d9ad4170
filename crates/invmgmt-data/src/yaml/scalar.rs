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
}
