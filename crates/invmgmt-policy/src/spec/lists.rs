//! Several specs in one text.

/// The specs of a list: a comma parts two of them where a policy's name follows. One inside braces belongs to a name of
/// a node, and behind any other the same policy goes on, with a number, `{name}=level` or `name=level`.
///
/// ```
/// let list = "basestock:{shop, milk}=7,{shop, cheese}=11,constant:5";
/// assert_eq!(invmgmt_policy::specs(list), ["basestock:{shop, milk}=7,{shop, cheese}=11", "constant:5"]);
/// ```
#[must_use]
pub fn specs(list: &str) -> Vec<String> {
    let mut specs: Vec<String> = Vec::new();
    for part in outside_braces(list) {
        match specs.last_mut() {
            Some(last) if !begins_a_policy(part) => {
                last.push(',');
                last.push_str(part);
            }
            None => specs.push(part.to_owned()),
            Some(_) => specs.push(part.trim().to_owned()),
        }
    }
    specs
}

/// The text between commas that stand outside of braces.
fn outside_braces(list: &str) -> Vec<&str> {
    let mut is_inside = false;
    let is_comma = |sign: char| {
        is_inside = sign == '{' || is_inside && sign != '}';
        sign == ',' && !is_inside
    };
    list.split(is_comma).collect()
}

/// Whether a text begins with the name of a policy: letters that no equals sign follows before a colon does.
fn begins_a_policy(text: &str) -> bool {
    let name = text.split(':').next().unwrap_or_default().trim_start();
    name.starts_with(char::is_alphabetic) && !name.contains('=')
}

#[cfg(test)]
mod tests {
    use super::specs;

    #[test]
    fn a_comma_parts_policies_only_before_a_name_of_a_policy() {
        for (list, expected) in [
            ("newsvendor:blind,ss:informed", vec!["newsvendor:blind", "ss:informed"]),
            ("basestock:1,2,3,constant:5", vec!["basestock:1,2,3", "constant:5"]),
            ("constant:6, 7", vec!["constant:6, 7"]),
            ("ss:-1/4,5/9, learned:a=b.safetensors", vec!["ss:-1/4,5/9", "learned:a=b.safetensors"]),
            ("table:runs/one.npz,mpc:informed", vec!["table:runs/one.npz", "mpc:informed"]),
        ] {
            assert_eq!(specs(list), expected, "{list}");
        }
    }

    #[test]
    fn levels_by_name_belong_to_their_policy_whatever_commas_the_names_hold() {
        for (list, expected) in [
            (
                "basestock:{shop, milk}=7,{shop, cheese}=11,constant:5",
                vec!["basestock:{shop, milk}=7,{shop, cheese}=11", "constant:5"],
            ),
            (
                "ss:{a, constant:5}=1/2,{b}=3/4, rq:{b}=1/2",
                vec!["ss:{a, constant:5}=1/2,{b}=3/4", "rq:{b}=1/2"],
            ),
            ("basestock:shop=7, depot=9,constant:5", vec!["basestock:shop=7, depot=9", "constant:5"]),
            // What is not closed is told as one policy's mistake.
            ("basestock:{shop=7,constant:5", vec!["basestock:{shop=7,constant:5"]),
        ] {
            assert_eq!(specs(list), expected, "{list}");
        }
    }
}
