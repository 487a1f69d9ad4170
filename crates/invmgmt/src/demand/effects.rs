//! What may act on the mean: trend, seasonality, shock; and the short names for their combinations.

/// Names of the effects, in the order they act.
pub const EFFECTS: [&str; 3] = ["trend", "seasonal", "shock"];

/// Short names of combinations, each with its effects; `combined_chaos` is all of them.
pub const TYPES: [(&str, &[&str]); 17] = [
    ("stationary", &[]),
    ("trend", &["trend"]),
    ("seasonal", &["seasonal"]),
    ("shock", &["shock"]),
    ("trend+seasonal", &["trend", "seasonal"]),
    ("trend_seasonal", &["trend", "seasonal"]),
    ("trend-seasonal", &["trend", "seasonal"]),
    ("seasonal+shock", &["seasonal", "shock"]),
    ("seasonal_shock", &["seasonal", "shock"]),
    ("seasonal-shock", &["seasonal", "shock"]),
    ("trend+shock", &["trend", "shock"]),
    ("trend_shock", &["trend", "shock"]),
    ("trend-shock", &["trend", "shock"]),
    ("trend+seasonal+shock", &["trend", "seasonal", "shock"]),
    ("trend_seasonal_shock", &["trend", "seasonal", "shock"]),
    ("trend-seasonal-shock", &["trend", "seasonal", "shock"]),
    ("combined_chaos", &["trend", "seasonal", "shock"]),
];

/// The effects a short name stands for, or none if there is no such name.
pub fn effects_of_type(name: &str) -> Option<&'static [&'static str]> {
    TYPES.iter().find(|(known, _)| *known == name).map(|(_, effects)| *effects)
}

/// Which effects act on the mean.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Effects {
    /// Linear growth.
    pub trend: bool,
    /// A sine over the periods.
    pub seasonal: bool,
    /// A lasting level shift.
    pub shock: bool,
}

impl Effects {
    /// The set of these names, or the names that are no effect.
    ///
    /// # Errors
    /// Every unknown name, in order.
    pub fn from_names<'a>(names: impl IntoIterator<Item = &'a str>) -> Result<Self, Vec<&'a str>> {
        let mut effects = Self::default();
        let mut unknown = Vec::new();
        for name in names {
            match effects.switch(name) {
                Some(switch) => *switch = true,
                None => unknown.push(name),
            }
        }
        if unknown.is_empty() { Ok(effects) } else { Err(unknown) }
    }

    /// Names of the effects that act, in their order.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        EFFECTS.into_iter().filter(move |name| self.has(name))
    }

    /// Whether the effect of this name acts.
    pub fn has(mut self, name: &str) -> bool {
        self.switch(name).is_some_and(|switch| *switch)
    }

    fn switch(&mut self, name: &str) -> Option<&mut bool> {
        match name {
            "trend" => Some(&mut self.trend),
            "seasonal" => Some(&mut self.seasonal),
            "shock" => Some(&mut self.shock),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_short_name_spells_out_its_effects_in_their_order() {
        for (name, effects) in TYPES {
            let spelled: Vec<&str> = EFFECTS.into_iter().filter(|effect| name.contains(effect)).collect();
            let expected = if name == "combined_chaos" { EFFECTS.to_vec() } else { spelled };
            assert_eq!(effects, expected, "{name}");
            assert_eq!(effects_of_type(name), Some(effects));
        }
        assert_eq!(effects_of_type("trend+seasonal_shock"), None, "joints are not mixed");
    }

    #[test]
    fn unknown_effects_are_all_named_and_repeated_ones_drop_out() {
        assert_eq!(Effects::from_names(["trend", "tide", "shock", "fad"]), Err(vec!["tide", "fad"]));
        let twice = Effects { shock: true, ..Effects::default() };
        assert_eq!(Effects::from_names(["shock", "shock"]), Ok(twice));
        assert_eq!(twice.names().collect::<Vec<_>>(), ["shock"]);
        let all = Effects::from_names(EFFECTS).expect("known effects");
        assert_eq!(all.names().collect::<Vec<_>>(), EFFECTS);
        assert!(all.has("trend") && !all.has("tide") && !twice.has("trend"));
    }
}
