//! Policies by name: from a short text to a policy for a network.

mod lists;
mod words;

use std::fmt;
use std::path::Path;

use invmgmt::demand::DemandModel;
use invmgmt::episode::{DecisionError, Policy};
use invmgmt::mechanism::{Refusal, Scope, Used};
use invmgmt::network::Network;
use invmgmt::period::StateView;

use crate::learned::{self, Knows, Trained};
use crate::level_lists;
use crate::lp::Method;
use crate::planning::{
    CertaintyEquivalent, Clairvoyant, Family, Forecaster, LocalTrend, PlanAhead, PlansOrLevels,
    PublishedMean, RollingPlan, Sampled,
};
use crate::scopes;
use crate::{
    Balanced, BaseStock, CanOrder, Constant, DualIndex, EchelonBaseStock, EchelonHeuristic, ExpSmoothing,
    Information, Knowledge, Newsvendor, OrderUpTo, PolicyError, PolicyTable, Published, ReorderLevels,
    ReorderPoint, Reviewed, Rule,
};

pub use lists::specs;
use words::{hint, parse_numbers, parse_pairs, parse_triples};
pub(crate) use words::{link_names, node_names};

type PolicyResult = Result<Box<dyn Policy + Send>, PolicyError>;

/// A form a spec may take.
#[derive(Clone, Copy, Debug)]
pub struct PolicyForm {
    /// The word before the colon.
    pub name: &'static str,
    /// The whole form, with placeholders for numbers.
    pub usage: &'static str,
    /// What the policy does, in one line.
    pub description: &'static str,
    /// What it models, simplifies and, by not naming it, refuses.
    pub scope: Scope,
    /// What stands behind the colon and what is made of it.
    rest: Rest,
}

/// What stands behind the colon of a spec, and how a policy is made of it.
#[derive(Clone, Copy, Debug)]
enum Rest {
    /// Numbers.
    Numbers(fn(&Network, &[f64]) -> PolicyResult),
    /// Pairs of numbers, s/S each.
    Pairs(fn(&Network, &[(f64, f64)]) -> PolicyResult),
    /// Triples of numbers, s/c/S each.
    Triples(fn(&Network, &[[f64; 3]]) -> PolicyResult),
    /// An information level.
    Levels(&'static [Level]),
    /// Nothing.
    Nothing(Make),
    /// The path of a trained policy, or the information level of one that comes along.
    Trained,
    /// The path of a file.
    File(fn(&Network, &Path) -> PolicyResult),
}

/// An information level of a form.
#[derive(Clone, Copy, Debug)]
struct Level {
    name: &'static str,
    make: Make,
}

/// How a policy is made, and what it knows then.
#[derive(Clone, Copy, Debug)]
enum Make {
    /// Without the parameters of demand: it cannot read them.
    Blind(fn(&Network, usize) -> PolicyResult, Information),
    /// With the parameters of demand where there are any.
    Published(fn(&Knowledge<'_>) -> PolicyResult, Information),
    /// With the parameters of demand, which it needs.
    Knowing(fn(&Knowledge<'_>, &DemandModel) -> PolicyResult, fn(&Network, &DemandModel) -> Information),
}

/// Every form [`parse`] knows.
pub const POLICIES: [PolicyForm; 22] = [
    PolicyForm {
        name: "constant",
        usage: "constant:Q or constant:Q1,Q2,...",
        description: "order Q units every period: one Q for all supply links, or one per link",
        scope: scopes::LEVELS,
        rest: Rest::Numbers(|network, numbers| Ok(Box::new(Constant::new(network, numbers)?))),
    },
    PolicyForm {
        name: "basestock",
        usage: "basestock:S1,S2,...",
        description: "order up to a local level: one S per managed node, in order of id",
        scope: scopes::LEVELS,
        rest: Rest::Numbers(|network, numbers| Ok(Box::new(BaseStock::new(network, numbers)?))),
    },
    PolicyForm {
        name: "echelon",
        usage: "echelon:S1,S2,...",
        description: "order up to an echelon level (the node and all it supplies): one S per managed node",
        scope: scopes::LEVELS,
        rest: Rest::Numbers(|network, numbers| Ok(Box::new(EchelonBaseStock::new(network, numbers)?))),
    },
    PolicyForm {
        name: "ss",
        usage: "ss:s1/S1,s2/S2,...",
        description: "at or below the level s, order up to S: one pair s/S per managed node, in order of id",
        scope: scopes::LEVELS,
        rest: Rest::Pairs(|network, pairs| Ok(Box::new(ReorderLevels::new(network, pairs)?))),
    },
    PolicyForm {
        name: "rq",
        usage: "rq:r1/Q1,r2/Q2,...",
        description: "at or below the level r, order whole lots of Q until above it: one pair r/Q per managed node",
        scope: scopes::LEVELS,
        rest: Rest::Pairs(|network, pairs| Ok(Box::new(OrderUpTo::lots(network, pairs)?))),
    },
    PolicyForm {
        name: "capped",
        usage: "capped:S1/c1,S2/c2,...",
        description: "order up to a local level S, at most c units: one pair S/c per managed node",
        scope: scopes::LEVELS,
        rest: Rest::Pairs(|network, pairs| Ok(Box::new(OrderUpTo::capped(network, pairs)?))),
    },
    PolicyForm {
        name: "cascade",
        usage: "cascade:S1,S2,...",
        description: "order up to a local level, counting what a node's buyers order in the same period",
        scope: scopes::LEVELS,
        rest: Rest::Numbers(|network, numbers| Ok(Box::new(OrderUpTo::cascade(network, numbers)?))),
    },
    PolicyForm {
        name: "ages",
        usage: "ages:S1,S2,...",
        description: "order up to a local level of what will not spoil before it can be used",
        scope: scopes::LEVELS,
        rest: Rest::Numbers(|network, numbers| Ok(Box::new(OrderUpTo::ages(network, numbers)?))),
    },
    PolicyForm {
        name: "joint",
        usage: "joint:s1/c1/S1,s2/c2/S2,...",
        description: "can-order: at or below s up to S, and where orders share a cost, all at or below c with it",
        scope: scopes::LEVELS,
        rest: Rest::Triples(|network, triples| Ok(Box::new(CanOrder::new(network, triples)?))),
    },
    PolicyForm {
        name: "dual",
        usage: "dual:E1/S1/c1,E2/S2/c2,...",
        description: "two suppliers: from the faster up to E of what is here by then, from the slower up to S, at most c",
        scope: scopes::LEVELS,
        rest: Rest::Triples(|network, triples| Ok(Box::new(DualIndex::new(network, triples)?))),
    },
    PolicyForm {
        name: "balanced",
        usage: "balanced:S1,S2,...",
        description: "assembly: order up to an echelon level, but no component ahead of what takes longer",
        scope: scopes::BALANCED,
        rest: Rest::Numbers(|network, numbers| Ok(Box::new(Balanced::new(network, numbers)?))),
    },
    PolicyForm {
        name: "table",
        usage: "table:FILE.npz",
        description: "request what a table says for every state: the optimal policy that exact --out writes",
        scope: scopes::LEVELS,
        rest: Rest::File(|network, path| match PolicyTable::read(path, network) {
            Ok(table) => Ok(Box::new(table)),
            Err(error) => Err(PolicyError::Table(error.to_string())),
        }),
    },
    PolicyForm {
        name: "newsvendor",
        usage: "newsvendor:blind or :informed",
        description: "published: order up to forecast demand plus safety stock by the critical ratio",
        scope: scopes::RULES,
        rest: Rest::Levels(Newsvendor::LEVELS),
    },
    PolicyForm {
        name: "ss",
        usage: "ss:blind or :informed",
        description: "published (s,S): below a reorder point, order an economic quantity above it",
        scope: scopes::RULE_OF_ORDER_SIZES,
        rest: Rest::Levels(ReorderPoint::LEVELS),
    },
    PolicyForm {
        name: "exp-smoothing",
        usage: "exp-smoothing:blind or :informed",
        description: "published: order up to Holt's forecast plus safety stock by the critical ratio",
        scope: scopes::RULES,
        rest: Rest::Levels(ExpSmoothing::LEVELS),
    },
    PolicyForm {
        name: "echelon-basestock",
        usage: "echelon-basestock:blind or :informed",
        description: "published: order up to forecast demand until customers are reached, by echelon",
        scope: scopes::RULES,
        rest: Rest::Levels(EchelonHeuristic::LEVELS),
    },
    PolicyForm {
        name: "dlp",
        usage: "dlp:blind or :informed",
        description: "published: plan a short window by linear programme as if demand were its mean, every period",
        scope: scopes::WINDOW,
        rest: Rest::Levels(&[
            Level {
                name: "blind",
                make: Make::Published(
                    |known| {
                        let mean = PublishedMean::blind(known.network(), known.demand());
                        Ok(Box::new(RollingPlan::new(CertaintyEquivalent(mean), Method::Simplex)))
                    },
                    Information::PublishedBlind,
                ),
            },
            Level {
                name: "informed",
                make: Make::Knowing(
                    |_, demand| {
                        let mean = PublishedMean::Informed(demand.clone());
                        Ok(Box::new(RollingPlan::new(CertaintyEquivalent(mean), Method::Simplex)))
                    },
                    Information::published_informed,
                ),
            },
        ]),
    },
    PolicyForm {
        name: "mssp",
        usage: "mssp:blind or :informed",
        description: "published: plan a window by linear programme over ten sampled scenarios, every period",
        scope: scopes::WINDOW,
        rest: Rest::Levels(&[
            Level {
                name: "blind",
                make: Make::Published(
                    |known| {
                        let mean = PublishedMean::blind(known.network(), known.demand());
                        let belief = Sampled::new(known.network(), mean);
                        Ok(Box::new(RollingPlan::new(belief, Method::InteriorPoint)))
                    },
                    Information::PublishedBlind,
                ),
            },
            Level {
                name: "informed",
                make: Make::Knowing(
                    |known, demand| {
                        let belief = Sampled::new(known.network(), PublishedMean::Informed(demand.clone()));
                        Ok(Box::new(RollingPlan::new(belief, Method::InteriorPoint)))
                    },
                    Information::published_informed,
                ),
            },
        ]),
    },
    PolicyForm {
        name: "mpc",
        usage: "mpc:blind, :family or :informed",
        description: "plan as far as orders can matter by linear programme with safety stock, every period",
        scope: scopes::AHEAD,
        rest: Rest::Levels(&[
            Level {
                name: "blind",
                make: Make::Blind(|network, _| Ok(plan_ahead(LocalTrend::new(network))), Information::Blind),
            },
            Level {
                name: "family",
                make: Make::Knowing(
                    |known, demand| Ok(plan_ahead(Family::new(demand, known.num_periods()))),
                    |_, _| Information::Family,
                ),
            },
            Level {
                name: "informed",
                make: Make::Knowing(
                    |known, _| Ok(Box::new(PlansOrLevels::new(known.problem()))),
                    Information::informed,
                ),
            },
        ]),
    },
    PolicyForm {
        name: "learned",
        usage: "learned:FILE or :LEVEL",
        description: "a net trained by 'gym-invmgmt train': a file, or for :informed, :family, :blind what comes along",
        scope: learned::SCOPE,
        rest: Rest::Trained,
    },
    PolicyForm {
        name: "oracle",
        usage: "oracle",
        description: "published: the plan for the demand to come, by linear programme; the best there is without goodwill",
        scope: scopes::FORESEEING,
        rest: Rest::Nothing(Make::Knowing(
            |_, demand| Ok(Box::new(Clairvoyant::published(demand))),
            |_, _| Information::Clairvoyant,
        )),
    },
    PolicyForm {
        name: "best-known",
        usage: "best-known",
        description: "as oracle, and under goodwill a wider search for a better plan; the best known, not a bound",
        scope: scopes::FORESEEING,
        rest: Rest::Nothing(Make::Knowing(
            |_, demand| Ok(Box::new(Clairvoyant::best_known(demand))),
            |_, _| Information::Clairvoyant,
        )),
    },
];

impl<R: Rule> Published<R> {
    /// The information levels of a published heuristic.
    const LEVELS: &'static [Level] = &[
        Level {
            name: "blind",
            make: Make::Blind(
                |network, periods| Ok(Box::new(Self::blind(network, periods)?)),
                Information::PublishedBlind,
            ),
        },
        Level {
            name: "informed",
            make: Make::Knowing(
                |known, demand| Ok(Box::new(Self::informed(known.network(), known.num_periods(), demand)?)),
                Information::published_informed,
            ),
        },
    ];
}

fn plan_ahead(forecaster: impl Forecaster + 'static) -> Box<dyn Policy + Send> {
    Box::new(PlanAhead::new(forecaster))
}

/// A policy made from a spec, with what it knows.
pub struct NamedPolicy {
    policy: Box<dyn Policy + Send>,
    information: Information,
    simplifies: Vec<&'static str>,
}

impl NamedPolicy {
    /// What the policy knows of the problem it plays.
    pub fn information(&self) -> Information {
        self.information
    }

    /// What it leaves out of account of the problem it plays, in words; mostly nothing.
    pub fn simplifies(&self) -> &[&'static str] {
        &self.simplifies
    }
}

impl From<PolicyTable> for NamedPolicy {
    fn from(table: PolicyTable) -> Self {
        Self { policy: Box::new(table), information: Information::Blind, simplifies: Vec::new() }
    }
}

impl fmt::Debug for NamedPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NamedPolicy").field("information", &self.information).finish_non_exhaustive()
    }
}

impl Policy for NamedPolicy {
    fn reset(&mut self, seed: Option<u64>) {
        self.policy.reset(seed);
    }

    fn decide(&mut self, state: &StateView<'_>, orders: &mut [f64]) -> Result<(), DecisionError> {
        self.policy.decide(state, orders)
    }

    fn plan_gap(&mut self, state: &StateView<'_>) -> Option<f64> {
        self.policy.plan_gap(state)
    }
}

/// The policy a spec names, made with what is known.
///
/// # Errors
/// [`PolicyError`] saying what was found and what is allowed.
pub fn parse(spec: &str, known: &Knowledge<'_>) -> Result<NamedPolicy, PolicyError> {
    let (name, rest) = match spec.split_once(':') {
        Some((name, rest)) => (name.trim(), rest.trim()),
        None => (spec.trim(), ""),
    };
    let named = || POLICIES.iter().filter(|form| form.name == name);
    let (rest, every) = review_period(rest);
    let takes_pairs = rest.contains('/') || rest.starts_with(['@', '{']) || named().count() == 1;
    let pairs = named().find(|form| matches!(form.rest, Rest::Pairs(_)) && takes_pairs);
    let Some(form) = pairs.or_else(|| named().find(|form| !matches!(form.rest, Rest::Pairs(_)))) else {
        return Err(PolicyError::Unknown { found: spec.escape_debug().to_string(), hint: hint(name) });
    };
    let mut simplifies = form.admit(known)?;
    let (policy, information) = match form.rest {
        Rest::Numbers(make) => {
            let entries = entries(form, known.network(), rest)?;
            Ok((make(known.network(), &parse_numbers(form, &entries)?)?, Information::Blind))
        }
        Rest::Pairs(make) => {
            let entries = entries(form, known.network(), rest)?;
            Ok((make(known.network(), &parse_pairs(form, &entries)?)?, Information::Blind))
        }
        Rest::Triples(make) => {
            let entries = entries(form, known.network(), rest)?;
            Ok((make(known.network(), &parse_triples(form, &entries)?)?, Information::Blind))
        }
        Rest::Trained => {
            let trained = trained(form, rest, known)?;
            simplifies.extend(trained.simplifies);
            Ok((trained.policy, trained.information))
        }
        Rest::File(_) if rest.is_empty() => Err(PolicyError::NoFile { usage: form.usage }),
        Rest::File(make) => Ok((make(known.network(), Path::new(rest))?, Information::Blind)),
        Rest::Nothing(make) if rest.is_empty() => make.with(form, "", known),
        Rest::Nothing(_) => Err(PolicyError::Level {
            form: form.name,
            usage: form.usage,
            found: rest.escape_debug().to_string(),
        }),
        Rest::Levels(_) if rest.is_empty() => {
            Err(PolicyError::NoLevel { form: form.name, usage: form.usage })
        }
        Rest::Levels(levels) => match levels.iter().find(|level| level.name == rest) {
            Some(level) => level.make.with(form, level.name, known),
            None => match named().find(|form| matches!(form.rest, Rest::Pairs(_))) {
                // Numbers where a form of this name takes pairs of them.
                Some(form) if rest.starts_with(|first: char| first.is_ascii_digit()) => {
                    Err(parse_pairs(form, rest).expect_err("there is no slash in it"))
                }
                _ => Err(PolicyError::Level {
                    form: form.name,
                    usage: form.usage,
                    found: rest.escape_debug().to_string(),
                }),
            },
        },
    }?;
    let policy = match every {
        None => policy,
        Some(every) if matches!(form.rest, Rest::Numbers(_) | Rest::Pairs(_) | Rest::Triples(_)) => {
            Box::new(Reviewed::new(policy, every))
        }
        Some(every) => {
            let message = format!("found @{every}; only levels and quantities have a review period");
            return Err(PolicyError::Levels { form: form.name, message });
        }
    };
    Ok(NamedPolicy { policy, information, simplifies })
}

/// What stands before `@n` at the end of a spec, and the review period n.
fn review_period(rest: &str) -> (&str, Option<usize>) {
    let parted = rest.rsplit_once('@').and_then(|(before, every)| {
        let every = every.trim().parse::<usize>().ok().filter(|&every| every > 0)?;
        (!before.is_empty()).then_some((before.trim_end(), every))
    });
    parted.map_or((rest, None), |(before, every)| (before, Some(every)))
}

/// The entries of a spec in order of nodes, or of links for quantities, however they are given.
fn entries(form: &PolicyForm, network: &Network, rest: &str) -> Result<String, PolicyError> {
    let names = level_lists::names(network, form.name == "constant");
    Ok(level_lists::in_order(form.name, &names, rest)?.join(","))
}

impl PolicyForm {
    /// Whether policies of this form play on a network, goodwill and lost sales aside: what they leave out of account
    /// there, in words.
    ///
    /// # Errors
    /// [`Refusal`] with what they do not model, and where it is.
    pub fn plays(&self, network: &Network) -> Result<Vec<&'static str>, Refusal> {
        scopes::admit(self.scope, &network.mechanisms(), network)
    }

    /// What is left out of account where this policy plays.
    fn admit(&self, known: &Knowledge<'_>) -> Result<Vec<&'static str>, PolicyError> {
        let used = known.mechanisms();
        scopes::admit(self.scope, &used, known.network()).map_err(|refusal| PolicyError::Refuses {
            form: self.name,
            refusal,
            players: players(&used, known.network()),
        })
    }
}

/// A trained policy, what it knows, and what it leaves out of account.
fn trained(form: &PolicyForm, rest: &str, known: &Knowledge<'_>) -> Result<NamedPolicy, PolicyError> {
    if rest.is_empty() {
        return Err(PolicyError::NoLevel { form: form.name, usage: form.usage });
    }
    let problem = known.problem();
    let found = match Knows::named(rest) {
        Some(knows) => learned::shipped(problem, knows),
        None => Trained::load(Path::new(rest)),
    };
    let refused = |error| PolicyError::Learned { found: rest.escape_debug().to_string(), error };
    let trained = found.map_err(refused)?;
    let (policy, information, simplifies) =
        trained.policy(problem, known.demand().is_some()).map_err(refused)?;
    Ok(NamedPolicy { policy: Box::new(policy), information, simplifies })
}

/// The forms that play on a problem with these mechanisms.
fn players(used: &Used, network: &Network) -> Vec<&'static str> {
    let plays = |form: &&PolicyForm| scopes::admit(form.scope, used, network).is_ok();
    POLICIES.iter().filter(plays).map(|form| form.usage).collect()
}

impl Make {
    fn with(
        self,
        form: &PolicyForm,
        level: &'static str,
        known: &Knowledge<'_>,
    ) -> Result<(Box<dyn Policy + Send>, Information), PolicyError> {
        match (self, known.demand()) {
            (Self::Blind(make, information), _) => {
                Ok((make(known.network(), known.num_periods())?, information))
            }
            (Self::Published(make, information), _) => Ok((make(known)?, information)),
            (Self::Knowing(make, information), Some(demand)) => {
                Ok((make(known, demand)?, information(known.network(), demand)))
            }
            (Self::Knowing(..), None) => Err(PolicyError::NoDemand { form: form.name, level }),
        }
    }
}

/// The local levels above which a sound spec never lifts the inventory position, one per managed node; none where it
/// fixes none.
pub(crate) fn order_up_to_levels(spec: &str) -> Option<Vec<f64>> {
    let (name, rest) = spec.split_once(':')?;
    let (rest, every) = review_period(rest.trim());
    if every.is_some() {
        return None;
    }
    let form = POLICIES.iter().find(|form| form.name == name.trim())?;
    match form.name {
        "basestock" => parse_numbers(form, rest.trim()).ok(),
        "ss" | "rq" | "capped" => {
            let pairs = parse_pairs(form, rest.trim()).ok()?;
            let most = |(first, second): (f64, f64)| match form.name {
                "ss" => second,
                // A lot is ordered at r at the latest.
                "rq" => first + second,
                _ => first,
            };
            Some(pairs.into_iter().map(most).collect())
        }
        _ => None,
    }
}

pub(crate) fn known_forms() -> String {
    POLICIES.map(|form| form.usage).join("; ")
}
