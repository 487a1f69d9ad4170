//! Numbers as people write them: thousands, decimal commas, currencies, percent.

use crate::cell;

/// The sign before the fraction of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecimalSign {
    /// `1,234.5`
    Point,
    /// `1.234,5`
    Comma,
}

impl DecimalSign {
    const fn sign(self) -> char {
        match self {
            Self::Point => '.',
            Self::Comma => ',',
        }
    }

    const fn other(self) -> Self {
        match self {
            Self::Point => Self::Comma,
            Self::Comma => Self::Point,
        }
    }
}

/// What a text spells.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Spelled {
    /// A number, and the decimal sign it shows its file to have, if it shows one.
    Number(f64, Option<DecimalSign>),
    /// `1,234` or `1.234`: the sign in it is the decimal sign or parts thousands.
    Either {
        /// The sign in it.
        sign: DecimalSign,
        /// The number if the sign parts thousands.
        thousands: f64,
        /// The number if the sign is the decimal sign.
        fraction: f64,
    },
    /// No number.
    Nothing,
}

/// Signs of currencies, and codes and words that stand for them.
const CURRENCIES: [&str; 40] = [
    "€", "$", "£", "¥", "₹", "₽", "₩", "₺", "₫", "₴", "₦", "₱", "฿", "EUR", "USD", "GBP", "CHF", "JPY",
    "CNY", "INR", "SEK", "NOK", "DKK", "PLN", "CZK", "HUF", "RON", "TRY", "BRL", "MXN", "CAD", "AUD", "NZD",
    "ZAR", "US$", "R$", "zł", "kr", "Kč", "Fr.",
];

/// What a text spells if the decimal sign is this one, or unknown.
pub(super) fn spelled(text: &str, decimal: Option<DecimalSign>) -> Spelled {
    let text = text.trim();
    // Most cells are counts.
    if text.len() <= 15 && !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return cell::number(text).map_or(Spelled::Nothing, |number| Spelled::Number(number, None));
    }
    let Some((body, factor)) = peeled(text) else { return Spelled::Nothing };
    let scaled = |spelled| match spelled {
        Spelled::Number(number, shows) => Spelled::Number(scale(number, factor), shows),
        Spelled::Either { sign, thousands, fraction } => {
            Spelled::Either { sign, thousands: scale(thousands, factor), fraction: scale(fraction, factor) }
        }
        Spelled::Nothing => Spelled::Nothing,
    };
    if body.starts_with(|sign: char| sign.is_ascii_digit() || sign == '.' || sign == ',')
        && body.chars().all(|sign| sign.is_ascii_digit() || sign == '.' || sign == ',' || is_gap(sign))
    {
        return scaled(digits(body, decimal));
    }
    // Exponents, underscores, `nan`.
    if decimal == Some(DecimalSign::Comma) && body.contains('.') {
        return Spelled::Nothing;
    }
    cell::number(body).map_or(Spelled::Nothing, |number| scaled(Spelled::Number(number, None)))
}

/// A sign that parts thousands in some countries and never begins a fraction.
fn is_gap(sign: char) -> bool {
    matches!(sign, ' ' | '\u{a0}' | '\u{202f}' | '\u{2009}' | '\'' | '\u{2019}')
}

/// What a number is multiplied by, and divided by: division keeps `97 %` the double nearest to 0.97.
type Factor = (f64, f64);

fn scale(number: f64, (factor, divisor): Factor) -> f64 {
    number * factor / divisor
}

/// A text without signs around its digits, and what they make of them: minus, accountants' brackets, currency, percent.
fn peeled(text: &str) -> Option<(&str, Factor)> {
    let (mut text, mut negative, mut divisor) = (text, false, 1.0);
    if let Some(inner) = text.strip_prefix('(').and_then(|text| text.strip_suffix(')')) {
        (text, negative) = (inner.trim(), true);
    }
    let mut signs = 0;
    loop {
        let before = text;
        for minus in ['-', '\u{2212}'] {
            let stripped = text.strip_prefix(minus).or_else(|| {
                // `12-`, as some systems write debits; not `12--` and not `1e-`.
                text.strip_suffix(minus).filter(|rest| rest.ends_with(|sign: char| sign.is_ascii_digit()))
            });
            if let Some(rest) = stripped {
                (text, negative, signs) = (rest.trim(), !negative, signs + 1);
            }
        }
        if let Some(rest) = text.strip_prefix('+') {
            (text, signs) = (rest.trim(), signs + 1);
        }
        if let Some(rest) = text.strip_suffix('%')
            && divisor == 1.0
        {
            (text, divisor) = (rest.trim(), 100.0);
        }
        for currency in CURRENCIES {
            if let Some(rest) = text.strip_prefix(currency).or_else(|| text.strip_suffix(currency)) {
                text = rest.trim();
            }
        }
        if text == before {
            break;
        }
    }
    (signs <= 1 && !text.is_empty()).then_some((text, (if negative { -1.0 } else { 1.0 }, divisor)))
}

/// What digits with points, commas and gaps spell.
fn digits(body: &str, decimal: Option<DecimalSign>) -> Spelled {
    let count = |sign: DecimalSign| body.matches(sign.sign()).count();
    match (count(DecimalSign::Point), count(DecimalSign::Comma)) {
        (0, 0) => read(body, None).map_or(Spelled::Nothing, |number| Spelled::Number(number, None)),
        (points, commas) if points > 0 && commas > 0 => {
            let sign =
                if body.rfind('.') > body.rfind(',') { DecimalSign::Point } else { DecimalSign::Comma };
            decided(body, sign, decimal)
        }
        (points, commas) => {
            let sign = if points > 0 { DecimalSign::Point } else { DecimalSign::Comma };
            if points + commas > 1 {
                return decided(body, sign.other(), decimal);
            }
            let (whole, fraction) = body.split_once(sign.sign()).unwrap_or((body, ""));
            let may_part = matches!(whole.len(), 1..=3)
                && !whole.starts_with('0')
                && fraction.len() == 3
                && body.bytes().all(|byte| byte.is_ascii_digit() || byte == sign.sign() as u8);
            match decimal {
                Some(known) if known == sign || may_part => decided(body, known, decimal),
                Some(_) => Spelled::Nothing,
                None if may_part => match (read(body, Some(sign.other())), read(body, Some(sign))) {
                    (Some(thousands), Some(fraction)) => Spelled::Either { sign, thousands, fraction },
                    _ => Spelled::Nothing,
                },
                None => decided(body, sign, None),
            }
        }
    }
}

/// The number where the text itself shows the decimal sign, unless another one is known to be it.
fn decided(body: &str, sign: DecimalSign, known: Option<DecimalSign>) -> Spelled {
    if known.is_some_and(|known| known != sign) {
        return Spelled::Nothing;
    }
    read(body, Some(sign)).map_or(Spelled::Nothing, |number| Spelled::Number(number, Some(sign)))
}

/// Whether digits are parted as they are somewhere: in threes, or, as in India, in twos before the last three.
fn is_parted(whole: &str, sign: char) -> bool {
    let groups: Vec<&str> = whole.split(sign).collect();
    let [leading, between @ .., last] = groups.as_slice() else { return false };
    let is_of =
        |group: &str, signs: usize| group.len() == signs && group.bytes().all(|byte| byte.is_ascii_digit());
    let are_of = |signs: usize| {
        (1..=signs).contains(&leading.len()) && between.iter().all(|group| is_of(group, signs))
    };
    is_of(last, 3) && (are_of(3) || are_of(2))
}

/// The number with this decimal sign; other signs part thousands, and are of one kind.
fn read(body: &str, sign: Option<DecimalSign>) -> Option<f64> {
    let (whole, fraction) = match sign.and_then(|sign| body.split_once(sign.sign())) {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (body, None),
    };
    if fraction.is_some_and(|fraction| !fraction.bytes().all(|byte| byte.is_ascii_digit())) {
        return None;
    }
    let mut plain = String::with_capacity(body.len());
    let mut parting = whole.chars().filter(|sign| !sign.is_ascii_digit());
    if let Some(first) = parting.next()
        && !(parting.all(|sign| sign == first) && is_parted(whole, first))
    {
        return None;
    }
    plain.extend(whole.chars().filter(char::is_ascii_digit));
    if let Some(fraction) = fraction {
        plain.push('.');
        plain.push_str(fraction);
    }
    plain.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str, decimal: Option<DecimalSign>) -> Option<f64> {
        match spelled(text, decimal) {
            Spelled::Number(number, _) => Some(number),
            _ => None,
        }
    }

    #[test]
    fn numbers_are_read_as_people_write_them() {
        for (text, expected) in [
            ("1234", 1234.0),
            ("1,234.50", 1234.5),
            ("1.234,50", 1234.5),
            ("1.234.567", 1_234_567.0),
            ("1,234,567", 1_234_567.0),
            ("0,5", 0.5),
            ("0.125", 0.125),
            ("12,50 €", 12.5),
            ("EUR 12,50", 12.5),
            ("$1,234.00", 1234.0),
            ("-$5.5", -5.5),
            ("$-5.5", -5.5),
            ("(12.50)", -12.5),
            ("12-", -12.0),
            ("\u{2212}3", -3.0),
            ("1 234", 1234.0),
            ("1\u{202f}234,5", 1234.5),
            ("1'234.50", 1234.5),
            ("97 %", 0.97),
            ("99.5%", 0.995),
            ("1_000", 1000.0),
            ("2.5e3", 2500.0),
            ("1e-3", 0.001),
            (".5", 0.5),
            ("1234,567", 1234.567),
            ("1,23,456.50", 123_456.5),
            ("12,34,567", 1_234_567.0),
            ("₹ 1,00,000", 100_000.0),
        ] {
            assert_eq!(number(text, None), Some(expected), "{text}");
        }
        for refused in [
            "",
            "-",
            "€",
            "1,23,4",
            "1..2",
            "1 23",
            "12--",
            "abc",
            "1.2.3",
            "1,234.567,8",
            "5 Stk",
            "--1",
            "123,45,678",
            "1,234,56,789",
        ] {
            assert_eq!(spelled(refused, None), Spelled::Nothing, "{refused}");
        }
    }

    #[test]
    fn one_sign_before_three_digits_has_two_readings_until_the_decimal_sign_is_known() {
        let either = Spelled::Either { sign: DecimalSign::Comma, thousands: 1234.0, fraction: 1.234 };
        assert_eq!(spelled("1,234", None), either);
        assert_eq!(number("1,234", Some(DecimalSign::Point)), Some(1234.0));
        assert_eq!(number("1,234", Some(DecimalSign::Comma)), Some(1.234));
        assert_eq!(number("1.234", Some(DecimalSign::Comma)), Some(1234.0));
        assert_eq!(number("1.5", Some(DecimalSign::Comma)), None);
        assert_eq!(number("1,5", Some(DecimalSign::Point)), None);
    }
}
