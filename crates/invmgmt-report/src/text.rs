//! Text in HTML and SVG.

/// A foreign text as HTML and SVG may show it: markup characters as entities, control characters but line breaks
/// escaped.
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            control if control.is_control() && control != '\n' => escaped.extend(control.escape_default()),
            plain => escaped.push(plain),
        }
    }
    escaped
}

/// A text cut to so many characters, the last being an ellipsis where something was cut.
pub(crate) fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(most.saturating_sub(1)).collect();
    short.push('\u{2026}');
    short
}

/// A number for people: no more decimals than it has, at most `decimals`, thousands set apart.
pub(crate) fn number(value: f64, decimals: usize) -> String {
    if !value.is_finite() {
        return value.to_string();
    }
    let fixed = format!("{:.decimals$}", value.abs());
    let (whole, fraction) = fixed.split_once('.').unwrap_or((&fixed, ""));
    let fraction = fraction.trim_end_matches('0');
    let mut grouped = String::new();
    for (position, digit) in whole.chars().enumerate() {
        if position > 0 && (whole.len() - position).is_multiple_of(3) {
            grouped.push('\u{202f}');
        }
        grouped.push(digit);
    }
    let zero = fraction.is_empty() && whole.chars().all(|digit| digit == '0');
    let sign = if value < 0.0 && !zero { "\u{2212}" } else { "" };
    if fraction.is_empty() { format!("{sign}{grouped}") } else { format!("{sign}{grouped}.{fraction}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_and_control_characters_become_text() {
        assert_eq!(escape("<b a='1'>&\"\u{1b}"), "&lt;b a=&#39;1&#39;&gt;&amp;&quot;\\u{1b}");
    }

    #[test]
    fn numbers_are_short_and_grouped() {
        assert_eq!(number(1_234_567.0, 0), "1\u{202f}234\u{202f}567");
        assert_eq!(number(-0.25, 2), "\u{2212}0.25");
        assert_eq!(number(0.030, 3), "0.03");
        assert_eq!(number(-0.0004, 2), "0");
        assert_eq!(number(150.0, 3), "150");
    }

    #[test]
    fn a_long_text_is_cut_by_characters() {
        assert_eq!(cut("Z\u{fc}rich", 4), "Z\u{fc}r\u{2026}");
        assert_eq!(cut("Bern", 4), "Bern");
    }
}
