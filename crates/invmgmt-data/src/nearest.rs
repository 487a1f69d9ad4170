//! The known name that an unknown one is nearest to: what somebody who mistyped is told.

/// Most characters of a name that are compared, and most names: the cost of a distance grows with the lengths.
const MOST_CHARACTERS: usize = 64;
const MOST_NAMES: usize = 1000;

/// The name most like `found`, if one is like it: if at most half of the longer one would have to be changed, or if
/// it goes on where `found` ends.
///
/// Capitals, `_`, `-` and spaces count for little: they decide between names that are as near.
pub fn nearest<'n>(found: &str, names: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    nearest_of(found, names.into_iter().map(|name| (name, name)))
}

/// ` (did you mean 'serial'?)` if one of the names is near, else nothing.
pub fn did_you_mean<'n>(found: &str, names: impl IntoIterator<Item = &'n str>) -> String {
    nearest(found, names)
        .map_or_else(String::new, |name| format!(" (did you mean '{}'?)", name.escape_debug()))
}

/// As [`nearest`], of things that go by these names; one of them may go by several.
pub(crate) fn nearest_of<'n, T>(found: &str, names: impl Iterator<Item = (&'n str, T)>) -> Option<T> {
    let exact: String = cut(found);
    let found = plain(&exact);
    let length = found.chars().count();
    let compared = names.take(MOST_NAMES).filter_map(|(name, thing)| {
        let spelt = cut(name);
        let name = plain(&spelt);
        let goes_on = length > 1 && name.starts_with(&found);
        let distance = strsim::osa_distance(&found, &name).min(if goes_on { 1 } else { usize::MAX });
        let is_near = goes_on || 2 * distance <= length.max(name.chars().count());
        is_near.then(|| ((distance, strsim::osa_distance(&exact, &spelt)), thing))
    });
    compared.min_by_key(|(distance, _)| *distance).map(|(_, thing)| thing)
}

fn cut(text: &str) -> String {
    text.chars().take(MOST_CHARACTERS).collect()
}

fn plain(text: &str) -> String {
    text.to_lowercase().replace(['_', '-'], " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_near_name_is_offered() {
        let names = ["network", "serial", "distribution_tree"];
        assert_eq!(did_you_mean("netwrk", names), " (did you mean 'network'?)");
        assert_eq!(did_you_mean("Serail", names), " (did you mean 'serial'?)");
        assert_eq!(did_you_mean("Distribution-Tree", names), " (did you mean 'distribution_tree'?)");
        assert_eq!(did_you_mean("dist", names), " (did you mean 'distribution_tree'?)");
        assert_eq!(["qq", "", "n", "assembly"].map(|found| nearest(found, names)), [None; 4]);
        assert_eq!(nearest("serial", []), None);
    }

    #[test]
    fn of_two_as_near_the_one_of_the_same_spelling_is_offered() {
        assert_eq!(nearest("IO", ["id", "I0"]), Some("I0"));
        assert_eq!(nearest("i0", ["id", "I0"]), Some("I0"));
        assert_eq!(nearest("unit", ["Unit", "units"]), Some("Unit"));
    }

    #[test]
    fn long_names_and_many_cost_little() {
        let long = "x".repeat(1_000_000);
        let names = vec![long.as_str(); 100_000];
        assert_eq!(nearest(&long, names.iter().copied()), Some(long.as_str()));
    }
}
