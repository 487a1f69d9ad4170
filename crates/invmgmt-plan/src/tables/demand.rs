//! A law of demand in a cell, in the words of network files.

use invmgmt::law::{DISTRIBUTIONS, DeclaredDemand, Law, LawValue};
use invmgmt_data::{Content, Value, shown};

/// A law and its mean per period [units].
pub(super) type Known = (Law, f64);

/// The law a cell says: `{poisson: {mu: 5}}`, or `{demand_dist: poisson, dist_param: {mu: 5}}`.
pub(super) fn read(text: &str) -> Result<Known, String> {
    let refused = || {
        format!(
            "found '{}'; expected a law with its parameters, as {{poisson: {{mu: 5}}}} or \
             {{demand_dist: poisson, dist_param: {{mu: 5}}}}; laws are {}",
            shown(text),
            DISTRIBUTIONS.join(", ")
        )
    };
    let value = Value::from_yaml(text).map_err(|_| refused())?;
    let Content::Map(entries) = &value.content else { return Err(refused()) };
    let (name, parameters) = match entries.as_slice() {
        [(name, parameters)] => (name.text(), parameters),
        [_, _] => {
            let entry = |key| value.entry(key).map(|(_, value)| value);
            match (entry("demand_dist"), entry("dist_param")) {
                (Some(name), Some(parameters)) => (name.text(), parameters),
                _ => return Err(refused()),
            }
        }
        _ => return Err(refused()),
    };
    let Content::Map(parameters) = &parameters.content else { return Err(refused()) };
    let parameter = |(key, value): &(Value, Value)| Some((key.text()?.to_owned(), law_value(value)?));
    let declared = DeclaredDemand {
        distribution: name.ok_or_else(refused)?.to_owned(),
        parameters: parameters.iter().map(parameter).collect::<Option<Vec<_>>>().ok_or_else(refused)?,
    };
    let (law, mean) = Law::from_declared(&declared).map_err(|error| error.message)?;
    let mean = mean.ok_or_else(|| format!("the mean of the {} law is missing", declared.distribution))?;
    Ok((law, mean))
}

fn law_value(value: &Value) -> Option<LawValue> {
    match &value.content {
        Content::Integer(number) => Some(LawValue::Number(*number as f64)),
        Content::Number(number) => Some(LawValue::Number(*number)),
        Content::Bool(flag) => Some(LawValue::Flag(*flag)),
        Content::List(values) => {
            let numbers = values.iter().map(|value| law_value(value)?.number());
            numbers.collect::<Option<Vec<f64>>>().map(LawValue::List)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn laws_are_read_in_both_spellings() {
        let poisson = Ok((Law::Poisson { shift: 0.0 }, 5.0));
        assert_eq!(read("{poisson: {mu: 5}}"), poisson);
        assert_eq!(read("{demand_dist: poisson, dist_param: {mu: 5}}"), poisson);
        assert_eq!(read("{normal: {loc: 20, scale: 4}}"), Ok((Law::Normal { scale: 4.0 }, 20.0)));
        // Values 0 and 4 with weights 3 and 1: the mean is 1.
        assert_eq!(read("{discrete: {values: [0, 4], weights: [3, 1]}}").unwrap().1, 1.0);
    }

    #[test]
    fn other_cells_are_refused_with_what_is_allowed() {
        for text in ["5", "poisson", "{poisson: 5}", "{poisson: {mu: x}}", "{a: {mu: 1}, b: 2}", "["] {
            assert!(read(text).unwrap_err().contains("as {poisson: {mu: 5}}"), "{text}");
        }
        assert!(read("{poison: {mu: 5}}").unwrap_err().contains("Unknown demand distribution 'poison'"));
        assert!(read("{poisson: {mu: -5}}").unwrap_err().contains("mu is -5; expected a number >= 0"));
        assert_eq!(read("{poisson: {loc: 1}}").unwrap_err(), "the mean of the poisson law is missing");
    }
}
