//! A lead time in a cell: a number of periods, or a law in the words of network files.

use invmgmt_data::{Content, Value};

use crate::physics::{LONGEST_LEAD_TIME, LeadTime};

const EXPECTED: &str = "a whole number of periods >= 0, or a law: {values: [2, 3], weights: [8, 2]}, {uniform: [1, 3]}, \
                        {geometric: 0.4, least: 1, most: 12} or {poisson: 2, most: 10}";

/// The lead time a cell says.
pub(super) fn read(text: &str) -> Result<LeadTime, String> {
    let refused = || format!("found '{}'; expected {EXPECTED}", invmgmt_data::shown(text));
    let value = Value::from_yaml(text).map_err(|_| refused())?;
    if let Some(periods) = whole(&value) {
        return if periods <= LONGEST_LEAD_TIME {
            Ok(LeadTime::fixed(periods))
        } else {
            Err(format!("found {periods}; expected at most {LONGEST_LEAD_TIME} periods"))
        };
    }
    let Content::Map(entries) = &value.content else { return Err(refused()) };
    let known = ["values", "weights", "uniform", "geometric", "poisson", "least", "most"];
    for (key, _) in entries {
        let name = key.text().unwrap_or_default();
        if name == "never" {
            return Err("never: a plan cannot rest on orders that never arrive; leave it out".to_owned());
        }
        if !known.contains(&name) {
            return Err(format!("unknown key '{}'; expected {EXPECTED}", invmgmt_data::shown(name)));
        }
    }
    law(&value).ok_or_else(refused)
}

fn law(value: &Value) -> Option<LeadTime> {
    let get = |key: &str| value.entry(key).map(|(_, value)| value);
    let bound = |key: &str| get(key).map(whole);
    let most = match bound("most") {
        Some(most) => most?.min(LONGEST_LEAD_TIME),
        None => LONGEST_LEAD_TIME,
    };
    let only = |keys: &[&str]| {
        let Content::Map(entries) = &value.content else { return false };
        entries.iter().all(|(key, _)| key.text().is_some_and(|name| keys.contains(&name)))
    };
    if let Some(values) = get("values").filter(|_| only(&["values", "weights", "most"])) {
        let values = list(values, whole)?;
        let weights = match get("weights") {
            Some(weights) => list(weights, number)?,
            None => vec![1.0; values.len()],
        };
        let fits = values.len() == weights.len();
        return fits
            .then(|| LeadTime::weighted(values.into_iter().map(|value| value.min(most)).zip(weights)))?;
    }
    if let Some(ends) = get("uniform").filter(|_| only(&["uniform"])) {
        let &[first, last] = list(ends, whole)?.as_slice() else { return None };
        return if first <= last {
            LeadTime::weighted((first..=last).map(|periods| (periods, 1.0)))
        } else {
            None
        };
    }
    if let Some(chance) = get("geometric").filter(|_| only(&["geometric", "least", "most"])) {
        let chance = number(chance).filter(|chance| *chance > 0.0 && *chance <= 1.0)?;
        let least = match bound("least") {
            Some(least) => least?,
            None => 0,
        };
        let tail = |periods: u32| (1.0 - chance).powi((periods - least) as i32);
        return cut(least, most, |periods| chance * tail(periods));
    }
    let mean = get("poisson").filter(|_| only(&["poisson", "most"])).and_then(number)?;
    let mut weight = (-mean).exp();
    let weights: Vec<f64> = (1..=most + 1)
        .map(|next| {
            let now = weight;
            weight *= mean / f64::from(next);
            now
        })
        .collect();
    if (0.0..=100.0).contains(&mean) { cut(0, most, |periods| weights[periods as usize]) } else { None }
}

/// A law with the mass above `most` put on `most`; lead times nobody will ever see are left out.
fn cut(least: u32, most: u32, chance: impl Fn(u32) -> f64) -> Option<LeadTime> {
    if least > most {
        return None;
    }
    let mut left = 1.0;
    let mut outcomes = Vec::new();
    for periods in least..=most {
        let chance = if periods == most { left } else { chance(periods).min(left) };
        left -= chance;
        outcomes.push((periods, chance));
        if left < 1e-9 {
            break;
        }
    }
    LeadTime::weighted(outcomes)
}

fn whole(value: &Value) -> Option<u32> {
    match value.content {
        Content::Integer(number) => u32::try_from(number).ok(),
        Content::Number(number) if number.fract() == 0.0 && (0.0..1e9).contains(&number) => {
            Some(number as u32)
        }
        _ => None,
    }
}

fn number(value: &Value) -> Option<f64> {
    match value.content {
        Content::Integer(number) => Some(number as f64),
        Content::Number(number) if number.is_finite() => Some(number),
        _ => None,
    }
}

fn list<T>(value: &Value, item: impl Fn(&Value) -> Option<T>) -> Option<Vec<T>> {
    let Content::List(items) = &value.content else { return None };
    items.iter().map(item).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_laws_are_read() {
        assert_eq!(read("3"), Ok(LeadTime::fixed(3)));
        assert_eq!(read(" 0.0 "), Ok(LeadTime::fixed(0)));
        let law = read("{values: [2, 3], weights: [8, 2]}").unwrap();
        assert_eq!((law.periods(), law.mean()), (&[2, 3][..], 2.2));
        assert_eq!(read("{uniform: [1, 3]}").unwrap().mean(), 2.0);
        // 1 with 0.5, 2 with 0.25, 3 with the rest.
        assert_eq!(read("{geometric: 0.5, least: 1, most: 3}").unwrap().mean(), 1.75);
        // Poisson(1) cut at 1: exp(-1) on 0.
        assert!((read("{poisson: 1, most: 1}").unwrap().mean() - (1.0 - (-1.0_f64).exp())).abs() < 1e-12);
    }

    #[test]
    fn other_texts_are_refused_with_what_is_allowed() {
        for text in [
            "",
            "-1",
            "1.5",
            "soon",
            "{values: [1], weights: [1, 2]}",
            "{uniform: [3, 1]}",
            "{geometric: 0}",
            "{values: [1], uniform: [1, 2]}",
            "[1, 2]",
            "{poisson: -1}",
            "{values: []}",
        ] {
            assert!(read(text).unwrap_err().contains("a whole number of periods >= 0, or a law"), "{text}");
        }
        assert!(read("{value: [1]}").unwrap_err().contains("unknown key 'value'"));
        assert!(read("{values: [1], never: 0.1}").unwrap_err().contains("never arrive"));
        assert_eq!(read("1000").unwrap_err(), "found 1000; expected at most 400 periods");
    }
}
