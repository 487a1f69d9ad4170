//! The keys of a scenario file.

use invmgmt::demand::{DISTRIBUTIONS, EFFECTS, TYPES};

use crate::keys::{FILE as NETWORK_FILE, Form, Key, key};

const TYPE_NAMES: [&str; TYPES.len()] = {
    let mut names = [""; TYPES.len()];
    let mut position = 0;
    while position < names.len() {
        names[position] = TYPES[position].0;
        position += 1;
    }
    names
};

/// Keys of the file.
pub(crate) const FILE: &[Key] = &[
    key("name", "title", Form::Title),
    key("description", "description", Form::Title),
    key("metadata", "meta data", Form::Free),
    key("network", "network", Form::AnyOf(&[Form::Text, Form::Map(NETWORK_FILE)])).required(),
    key("demand", "demand", Form::Map(DEMAND)),
    key("rules", "rules of play", Form::Map(RULES)),
    key("num_periods", "length of an episode", Form::Whole(1)).required(),
];

/// Keys of the rules of play.
pub(crate) const RULES: &[Key] = &[
    key("backlog", "unmet demand waits", Form::Flag),
    key("discount", "discount factor", Form::Share),
    key("salvage_value", "worth of a unit left at the end", Form::AnyOf(&[Form::NonNegative, Form::PerNode])),
];

const SERIES_OF_ANY_KIND: Form =
    Form::AnyOf(&[Form::List(1, &Form::Finite), Form::FileColumn, Form::Map(SERIES)]);

/// Keys of a series.
pub(crate) const SERIES: &[Key] = &[
    key("file", "CSV file", Form::Text),
    key("column", "column of the file", Form::Text),
    key("values", "numbers", Form::List(1, &Form::Finite)),
    key("scale_to_mean", "mean to scale to", Form::NonNegative),
    key("cycle", "begin again at the end", Form::Flag),
];

// The keys common demand and a link's own demand share, as those of `demand_config`.
const TYPE: Key = key("type", "short name of effects", Form::OneOf(&TYPE_NAMES));
const EFFECT_LIST: Key = key("effects", "effects", Form::List(0, &Form::OneOf(&EFFECTS)));
const BASE_MU: Key = key("base_mu", "base mean", Form::NonNegative);
const EXTERNAL_SERIES: Key = key("external_series", "base mean per period", SERIES_OF_ANY_KIND);
const NOISE_SCALE: Key = key("noise_scale", "scale of noise", Form::NonNegative);
const TREND_SLOPE: Key = key("trend_slope", "slope of the trend", Form::Finite);
const SEASONAL_AMP: Key = key("seasonal_amp", "amplitude of the season", Form::Finite);
const SEASONAL_FREQ: Key = key("seasonal_freq", "frequency of the season", Form::Finite);
const SHOCK_TIME: Key = key("shock_time", "first period of the shock", Form::Finite);
const SHOCK_MAG: Key = key("shock_mag", "factor of the shock", Form::Finite);

/// Keys of the demand of all market links.
pub(crate) const DEMAND: &[Key] = &[
    TYPE,
    EFFECT_LIST,
    BASE_MU,
    EXTERNAL_SERIES,
    NOISE_SCALE,
    TREND_SLOPE,
    SEASONAL_AMP,
    SEASONAL_FREQ,
    SHOCK_TIME,
    SHOCK_MAG,
    key("use_goodwill", "goodwill", Form::Flag),
    key("gw_growth", "growth of goodwill", Form::Finite),
    key("gw_decay", "decay of goodwill", Form::Finite),
    key("gw_cap", "cap of goodwill", Form::Positive),
    key("gw_floor", "floor of goodwill", Form::Positive),
    key("links", "demand of single market links", Form::List(1, &Form::Map(LINK))),
];

/// Keys of the demand of one market link.
pub(crate) const LINK: &[Key] = &[
    key("from", "retailer", Form::Id).required(),
    key("to", "market", Form::Id).required(),
    key("demand_dist", "demand distribution", Form::OneOf(&DISTRIBUTIONS)),
    key("dist_param", "distribution parameters", Form::Parameters),
    key("series", "demand per period", SERIES_OF_ANY_KIND),
    TYPE,
    EFFECT_LIST,
    BASE_MU,
    EXTERNAL_SERIES,
    NOISE_SCALE,
    TREND_SLOPE,
    SEASONAL_AMP,
    SEASONAL_FREQ,
    SHOCK_TIME,
    SHOCK_MAG,
];
