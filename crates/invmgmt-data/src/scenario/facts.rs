//! What is known of a problem beside what is played: where it comes from, what is optimal, what known policies cost.

use std::fmt;

use invmgmt::period::Rules;

use super::keys::{KNOWN, OPTIMUM};
use super::report::Report;
use crate::mapping::{Entries, title};
use crate::to_yaml::given;
use crate::value::Value;

/// What is known of a problem. Nothing of it is played.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Facts {
    /// Where the problem stands in the literature.
    pub source: Option<String>,
    /// In which order events fall, what is charged when, and over which periods results are measured.
    pub convention: Option<String>,
    /// The best there can be, or what it lies between.
    pub optimum: Option<Optimum>,
    /// Policies with a published value, the best of their kind.
    pub known: Vec<KnownPolicy>,
}

/// Whether a value is to be small or large.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Objective {
    /// A cost: the less the better.
    Cost,
    /// A profit: the more the better.
    Profit,
}

/// What a value is a sum of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Criterion {
    /// Money per period in the long run.
    Average,
    /// All money, a period's weighted by the discount factor against the period before.
    Discounted,
    /// All money up to the horizon.
    Finite,
}

/// How a value is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// Found here by dynamic programming on the engine's own period.
    Proven,
    /// A figure of the literature, or by its formula.
    Published,
    /// No optimum is known; it lies between bounds.
    Bound,
}

/// The best there can be.
#[derive(Clone, Debug, PartialEq)]
pub struct Optimum {
    /// The value of an optimal policy; none where only bounds are known [money].
    pub value: Option<f64>,
    /// It is at least this [money].
    pub low: Option<f64>,
    /// It is at most this [money].
    pub high: Option<f64>,
    /// Whether these are costs.
    pub objective: Objective,
    /// What they are sums of.
    pub criterion: Criterion,
    /// How they are known.
    pub kind: Proof,
    /// Who computed them.
    pub by: String,
    /// The figure of others beside one that was proven, to the digits printed [money].
    pub published: Option<f64>,
}

impl Optimum {
    /// What no policy can beat, if that is known: the value, or the bound on its better side [money].
    pub fn unbeatable(&self) -> Option<f64> {
        let bound = match self.objective {
            Objective::Cost => self.low,
            Objective::Profit => self.high,
        };
        self.value.or(bound)
    }

    /// The value, or the best that is known to be reached [money].
    pub fn reached(&self) -> Option<f64> {
        let bound = match self.objective {
            Objective::Cost => self.high,
            Objective::Profit => self.low,
        };
        self.value.or(bound)
    }
}

impl fmt::Display for Optimum {
    /// `cost per period 6.0936, proven (exact, 299 states)`; of bounds, `cost between 2 and 3, no optimum known (by)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let noun = self.objective.word();
        match self.criterion {
            Criterion::Average => write!(f, "{noun} per period ")?,
            Criterion::Discounted => write!(f, "discounted {noun} ")?,
            Criterion::Finite => write!(f, "{noun} ")?,
        }
        match (self.value, self.low, self.high) {
            (Some(value), ..) => write!(f, "{value}, {}", self.kind.word())?,
            (None, Some(low), Some(high)) => write!(f, "between {low} and {high}, no optimum known")?,
            (None, Some(low), None) => write!(f, "at least {low}, no optimum known")?,
            (None, None, high) => write!(f, "at most {}, no optimum known", high.unwrap_or(f64::INFINITY))?,
        }
        write!(f, " ({})", self.by)?;
        self.published.map_or(Ok(()), |published| write!(f, "; published {published}"))
    }
}

/// A policy with a published value.
#[derive(Clone, Debug, PartialEq)]
pub struct KnownPolicy {
    /// The policy as it is played here: `basestock:12`.
    pub policy: String,
    /// Its value, by the criterion of the problem's optimum [money].
    pub value: f64,
    /// Who computed it.
    pub by: String,
}

/// Words of a closed list with what they mean.
type Words<T, const N: usize> = [(&'static str, T); N];

pub(super) const OBJECTIVES: Words<Objective, 2> = [("cost", Objective::Cost), ("profit", Objective::Profit)];
pub(super) const CRITERIA: Words<Criterion, 3> =
    [("average", Criterion::Average), ("discounted", Criterion::Discounted), ("finite", Criterion::Finite)];
pub(super) const PROOFS: Words<Proof, 3> =
    [("proven", Proof::Proven), ("published", Proof::Published), ("bound", Proof::Bound)];

/// The words of such a list.
pub(super) const fn names<T, const N: usize>(words: &Words<T, N>) -> [&'static str; N] {
    let mut names = [""; N];
    let mut position = 0;
    while position < N {
        names[position] = words[position].0;
        position += 1;
    }
    names
}

fn word_of<T: PartialEq, const N: usize>(words: &Words<T, N>, meant: &T) -> &'static str {
    words.iter().find(|(_, known)| known == meant).map_or("", |(word, _)| word)
}

impl Objective {
    /// Its word in files.
    pub fn word(self) -> &'static str {
        word_of(&OBJECTIVES, &self)
    }
}

impl Criterion {
    /// Its word in files.
    pub fn word(self) -> &'static str {
        word_of(&CRITERIA, &self)
    }
}

impl Proof {
    /// Its word in files.
    pub fn word(self) -> &'static str {
        word_of(&PROOFS, &self)
    }
}

/// The facts a scenario file states.
pub(super) fn read(report: &mut Report, file: &Entries<'_>) -> Facts {
    Facts {
        source: file.get("source").and_then(title),
        convention: file.get("convention").and_then(title),
        optimum: optimum(report, file),
        known: known(report, file),
    }
}

/// Refuses a value per period where later periods count less.
pub(super) fn check(report: &mut Report, file: &Entries<'_>, facts: &Facts, rules: &Rules) {
    let is_average = facts.optimum.as_ref().is_some_and(|optimum| optimum.criterion == Criterion::Average);
    if is_average && rules.discount != 1.0 {
        let found = format!("criterion: found 'average' and a discount of {}", rules.discount);
        let message = format!("{found}; expected 'discounted' or 'finite', or no discount");
        report.at_key(file, "optimum", message);
    }
}

fn optimum(report: &mut Report, file: &Entries<'_>) -> Option<Optimum> {
    let value = file.get("optimum")?;
    let expected = "a mapping with 'value' or 'low' and 'high', 'criterion', 'kind' and 'by'";
    let entries = report.entries(value, OPTIMUM, "optimum".into(), expected)?;
    let before = report.count();
    let read = Optimum {
        value: report.finite(&entries, "value"),
        low: report.finite(&entries, "low"),
        high: report.finite(&entries, "high"),
        objective: word(report, &entries, "objective", &OBJECTIVES).unwrap_or(Objective::Cost),
        criterion: word(report, &entries, "criterion", &CRITERIA)?,
        kind: word(report, &entries, "kind", &PROOFS)?,
        by: report.text(&entries, "by")?.to_owned(),
        published: report.finite(&entries, "published"),
    };
    if report.count() > before {
        return None;
    }
    if let Some((key, fault)) = fault(&read) {
        report.at_key(&entries, key, fault);
    }
    Some(read)
}

/// What does not fit together in an optimum, and the key to say it of.
fn fault(read: &Optimum) -> Option<(&'static str, String)> {
    let bounds = (read.low, read.high);
    match (read.kind, read.value) {
        (Proof::Bound, Some(_)) => {
            return Some((
                "value",
                "of kind 'bound' no value is known: expected 'low' and 'high', or one of them".into(),
            ));
        }
        (Proof::Bound, None) if bounds == (None, None) => {
            return Some(("low", "missing; kind 'bound' has 'low', 'high' or both".into()));
        }
        (Proof::Proven | Proof::Published, None) => {
            return Some((
                "value",
                format!("missing; kind '{}' has a value (kind 'bound' has none)", read.kind.word()),
            ));
        }
        _ => {}
    }
    if read.published.is_some() && read.kind != Proof::Proven {
        let message =
            format!("stands beside a value that is proven; of kind '{}' it says nothing", read.kind.word());
        return Some(("published", message));
    }
    let (low, high) = (bounds.0.unwrap_or(f64::NEG_INFINITY), bounds.1.unwrap_or(f64::INFINITY));
    let value = read.value.unwrap_or(low);
    if low > high || value < low || value > high {
        let found = read.value.map_or_else(|| format!("high {high}"), |value| format!("value {value}"));
        let key = if read.value.is_some() { "value" } else { "high" };
        return Some((key, format!("found low {low}, {found}; expected low <= value <= high")));
    }
    None
}

fn known(report: &mut Report, file: &Entries<'_>) -> Vec<KnownPolicy> {
    let items = report.list(file, "known", "policies with their values").unwrap_or_default();
    let mut read = Vec::with_capacity(items.len());
    for (position, item) in items.iter().enumerate() {
        let path = format!("known[{position}]");
        let Some(entries) = report.entries(item, KNOWN, path, "a mapping with 'policy', 'value' and 'by'")
        else {
            continue;
        };
        let (policy, by) = (report.text(&entries, "policy"), report.text(&entries, "by"));
        if let (Some(policy), Some(value), Some(by)) = (policy, report.finite(&entries, "value"), by) {
            read.push(KnownPolicy { policy: policy.to_owned(), value, by: by.to_owned() });
        }
    }
    read
}

fn word<T: Copy, const N: usize>(
    report: &mut Report,
    entries: &Entries<'_>,
    key: &'static str,
    words: &Words<T, N>,
) -> Option<T> {
    let value = entries.get(key)?;
    let found = words.iter().find(|(word, _)| value.text() == Some(word)).map(|(_, meant)| *meant);
    if found.is_none() {
        report.at_key(entries, key, format!("found {value}; expected one of {}", names(words).join(", ")));
    }
    found
}

/// The entries of a scenario file that state these facts.
pub(super) fn entries(facts: &Facts) -> [Option<(&'static str, Value)>; 4] {
    let text = |text: &Option<String>| text.clone().map(Value::from);
    let known = || -> Value {
        let row = |known: &KnownPolicy| {
            Value::map([
                ("policy", Value::from(known.policy.as_str())),
                ("value", known.value.into()),
                ("by", known.by.as_str().into()),
            ])
        };
        facts.known.iter().map(row).collect::<Vec<_>>().into()
    };
    [
        text(&facts.source).map(|text| ("source", text)),
        text(&facts.convention).map(|text| ("convention", text)),
        facts.optimum.as_ref().map(|optimum| ("optimum", optimum_value(optimum))),
        (!facts.known.is_empty()).then(|| ("known", known())),
    ]
}

fn optimum_value(optimum: &Optimum) -> Value {
    let number = |key, number: Option<f64>| number.map(|number| (key, Value::from(number)));
    given([
        number("value", optimum.value),
        number("low", optimum.low),
        number("high", optimum.high),
        (optimum.objective == Objective::Profit).then(|| ("objective", "profit".into())),
        Some(("criterion", optimum.criterion.word().into())),
        Some(("kind", optimum.kind.word().into())),
        Some(("by", optimum.by.as_str().into())),
        number("published", optimum.published),
    ])
}
