//! The keys of a suite file.

use crate::keys::{Form, Key, key};
use crate::scenario::keys::FILE as SCENARIO;

const SEEDS: Form = Form::List(1, &Form::AnyOf(&[Form::Whole(0), Form::SeedRange]));

/// Keys of the file.
pub(crate) const FILE: &[Key] = &[
    key("name", "name", Form::Text).required(),
    key("version", "version", Form::Whole(1)).required(),
    key("description", "description", Form::Title),
    key("metadata", "meta data", Form::Free),
    key("seeds", "seeds of the episodes that count", SEEDS).required(),
    key("train_seeds", "seeds to train on", SEEDS),
    key("warm_up", "periods before scoring", Form::Whole(0)),
    key("scored", "periods scored", Form::Whole(1)),
    key("scenarios", "problems", Form::List(1, &Form::Map(ENTRY))).required(),
];

/// Keys of a problem.
pub(crate) const ENTRY: &[Key] = &[
    key("id", "short name", Form::Text).required(),
    key("key", "published key", Form::Text),
    key("same_as", "id of the problem this one repeats", Form::Text),
    key("warm_up", "periods before scoring", Form::Whole(0)),
    key("scored", "periods scored", Form::Whole(1)),
    key("scenario", "scenario", Form::AnyOf(&[Form::Text, Form::Map(SCENARIO)])).required(),
];
