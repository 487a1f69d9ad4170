//! The keys of a scenario file.

use invmgmt::demand::{DISTRIBUTIONS, EFFECTS, PARAMETERS, Parameter, ParameterForm, TYPES};
use invmgmt::network::NODE_KEYS;

use super::facts::{CRITERIA, OBJECTIVES, PROOFS, names};
use crate::keys::{FILE as NETWORK_FILE, FINITE, Form, Key, NON_NEGATIVE, SHARE, key};

const TYPE_NAMES: [&str; TYPES.len()] = names(&TYPES);

/// Keys of the file.
pub(crate) const FILE: &[Key] = &[
    key("name", "title", Form::Title),
    key("description", "description", Form::Title),
    key("metadata", "meta data", Form::Free),
    key("source", "where the problem stands in the literature", Form::Title),
    key("convention", "order of events, and what is charged when", Form::Title),
    key("optimum", "value of an optimal policy, or bounds of it", Form::Map(OPTIMUM)),
    key("known", "policies whose value is known", Form::List(1, &Form::Map(KNOWN))),
    key("classic", "a known problem with parameters", Form::AnyOf(&[Form::Text, Form::Schema(CLASSIC)])),
    key("network", "network", Form::AnyOf(&[Form::Text, Form::Map(NETWORK_FILE)])).required_unless("classic"),
    key("demand", "demand", Form::Map(DEMAND)),
    key("rules", "rules of play", Form::Map(RULES)),
    key("num_periods", "length of an episode", Form::Whole(1)).required_unless("classic"),
];

/// A classic with its parameters.
const CLASSIC: &str =
    r#"{"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}}"#;

/// Keys of an optimum.
pub(crate) const OPTIMUM: &[Key] = &[
    key("value", "value of an optimal policy", FINITE),
    key("low", "least it can be", FINITE),
    key("high", "most it can be", FINITE),
    key("objective", "whether it is a cost or a profit", Form::OneOf(&names(&OBJECTIVES))),
    key("criterion", "what it is a sum of", Form::OneOf(&names(&CRITERIA))).required(),
    key("kind", "how it is known", Form::OneOf(&names(&PROOFS))).required(),
    key("by", "who computed it", Form::Text).required(),
    key("published", "figure of others beside one that is proven", FINITE),
];

/// Keys of a policy with a known value.
pub(crate) const KNOWN: &[Key] = &[
    key("policy", "policy by name", Form::Text).required(),
    key("value", "its value", FINITE).required(),
    key("by", "who computed it", Form::Text).required(),
];

/// How many keys of nodes the rules may give.
const NODE_RULES: usize = {
    let (mut count, mut position) = (0, 0);
    while position < NODE_KEYS.len() {
        count += NODE_KEYS[position].in_rules as usize;
        position += 1;
    }
    count
};

/// Keys of the rules of play: two of their own, and those of nodes that they may give.
pub(crate) const RULES: &[Key] = &{
    let mut keys = [key("backlog", "unmet demand waits", Form::Flag); NODE_RULES + 2];
    keys[1] = key("discount", "discount factor", SHARE);
    let (mut at, mut position) = (2, 0);
    while position < NODE_KEYS.len() {
        let row = &NODE_KEYS[position];
        if row.in_rules {
            keys[at] = key(row.key, row.name, Form::AnyOf(&[NON_NEGATIVE, Form::PerNode]));
            at += 1;
        }
        position += 1;
    }
    keys
};

const SERIES_OF_ANY_KIND: Form = Form::AnyOf(&[Form::List(1, &FINITE), Form::FileColumn, Form::Map(SERIES)]);

/// Keys of a series.
pub(crate) const SERIES: &[Key] = &[
    key("file", "CSV file", Form::Text),
    key("column", "column of the file", Form::Text),
    key("values", "numbers", Form::List(1, &FINITE)),
    key("scale_to_mean", "mean to scale to", NON_NEGATIVE),
    key("cycle", "begin again at the end", Form::Flag),
];

const TYPE: Key = key("type", "short name of effects", Form::OneOf(&TYPE_NAMES));

/// The key of a parameter, as `demand_config` has it too.
const fn parameter_key(row: &Parameter) -> Key {
    let form = match row.form {
        ParameterForm::Number(range) => Form::Number(range),
        ParameterForm::Flag => Form::Flag,
        ParameterForm::Effects => Form::List(0, &Form::OneOf(&EFFECTS)),
        ParameterForm::Series => SERIES_OF_ANY_KIND,
    };
    key(row.key, row.meaning, form)
}

/// How many parameters a single market link may have of its own.
const OWN: usize = {
    let (mut count, mut position) = (0, 0);
    while position < PARAMETERS.len() {
        count += PARAMETERS[position].is_of_links() as usize;
        position += 1;
    }
    count
};

/// These keys, and from position `first` on those of the parameters, of all or of those a link may have.
const fn with_parameters<const N: usize>(mut keys: [Key; N], first: usize, all: bool) -> [Key; N] {
    let (mut at, mut position) = (first, 0);
    while position < PARAMETERS.len() {
        if all || PARAMETERS[position].is_of_links() {
            keys[at] = parameter_key(&PARAMETERS[position]);
            at += 1;
        }
        position += 1;
    }
    keys
}

/// Keys of the demand of all market links.
pub(crate) const DEMAND: &[Key] = &{
    const LINKS: Key = key("links", "demand of single market links", Form::List(1, &Form::Map(LINK)));
    let mut keys = with_parameters([TYPE; PARAMETERS.len() + 2], 1, true);
    keys[PARAMETERS.len() + 1] = LINKS;
    keys
};

/// Keys of the demand of one market link.
pub(crate) const LINK: &[Key] = &{
    let mut keys = with_parameters([TYPE; OWN + 7], 7, false);
    keys[0] = key("from", "retailer", Form::Id).required();
    keys[1] = key("to", "market", Form::Id).required();
    keys[2] = key("demand_dist", "demand distribution", Form::OneOf(&DISTRIBUTIONS));
    keys[3] = key("dist_param", "distribution parameters", Form::Parameters);
    keys[4] = key("series", "demand per period", SERIES_OF_ANY_KIND);
    keys[6] = key("product", "product", Form::Id);
    keys
};
