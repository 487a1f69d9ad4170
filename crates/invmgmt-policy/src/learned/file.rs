//! Trained policies as files in the safetensors format: numbers and a few words, nothing that executes.

use std::collections::HashMap;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use invmgmt::Problem;
use invmgmt::adjoint;
use invmgmt::mechanism::{Mechanism, Mechanisms, Scope};
use safetensors::tensor::{Dtype, SafeTensors, TensorView};
use serde::{Deserialize, Serialize};

use super::{Graph, Inputs, Knows, Layer, Learned, Net, Outputs, Scaling, World};
use crate::Information;

/// Version of the format.
const FORMAT: u32 = 1;
/// Largest file read [bytes].
const MOST_BYTES: u64 = 64 << 20;
/// The name under which the words stand in the file.
const WORDS: &str = "policy";
/// Said where the numbers of a network are not those trained on.
const OTHER_NUMBERS: &str =
    "plays as on the network it was trained on, whose prices, costs, stocks or capacities are others";

/// Said where the network is not the one trained on.
const OTHER_NETWORK: &str = "plays by a net that every node shares, trained on another network";

/// What a trained policy was trained on, in words.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct About {
    /// Version of the format.
    pub format: u32,
    /// What it knows: `informed`, `family` or `blind`.
    pub knows: String,
    /// Whether all nodes share one net, which then plays other networks, too.
    #[serde(default)]
    pub shared: bool,
    /// Nodes that hold stock and links, with lead times, of the network.
    pub shape: Vec<String>,
    /// A digest of the network's prices, costs, stocks and capacities.
    pub digest: String,
    /// Whether unmet demand waited.
    pub backlog: bool,
    /// Weight of a period's money against the period before [1].
    pub discount: f64,
    /// Length of an episode [periods].
    pub num_periods: usize,
    /// Names of the mechanisms met in training.
    pub mechanisms: Vec<String>,
    /// Names of the problems trained on.
    pub problems: Vec<String>,
    /// Digests of the problems' demands; older files have none.
    #[serde(default)]
    pub demands: Vec<String>,
    /// Whether it orders whole units where customers want whole units; older files do not.
    #[serde(default)]
    pub whole_units: bool,
    /// Seed of the training.
    pub seed: u64,
    /// Steps of the training.
    pub steps: u64,
}

/// A trained policy.
#[derive(Clone, Debug, PartialEq)]
pub struct Trained {
    /// What it was trained on.
    pub about: About,
    /// How its numbers are scaled.
    pub scaling: Scaling,
    /// What decides.
    pub net: Net,
}

/// A trained policy that cannot be read, or cannot play a problem. Nothing was made.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum LearnedError {
    /// The file cannot be opened or read.
    #[error("cannot be read: {0}")]
    Unreadable(String),
    /// The file is none of the format: cut off, or something else.
    #[error("is no trained policy, or is cut off: {0}")]
    Damaged(String),
    /// A file of another version.
    #[error("is of format {found}; this version reads format {FORMAT}")]
    Format {
        /// The format found.
        found: u32,
    },
    /// Another network.
    #[error("was trained on another network: {0}")]
    Network(String),
    /// Other rules.
    #[error("was trained {trained}; here {here}")]
    Rules {
        /// The rule in training.
        trained: String,
        /// The rule of the problem.
        here: String,
    },
    /// Mechanisms it has never met.
    #[error("has never met {0} in training")]
    Mechanisms(String),
    /// None comes along for the problem.
    #[error(
        "comes along for the networks 'network' and 'serial' over 30 periods{}; none fits this problem. Train one: \
         gym-invmgmt train --knows {knows} --out my.safetensors, and play learned:my.safetensors",
        and_for(problems)
    )]
    None {
        /// The knowledge asked for.
        knows: &'static str,
        /// The single problems for which one comes along.
        problems: Vec<String>,
    },
    /// It needs the parameters of demand, which are not given.
    #[error("knows the parameters of demand ({0}); there are none here")]
    NoDemand(String),
}

fn and_for(problems: &[String]) -> String {
    if problems.is_empty() {
        return String::new();
    }
    format!(", and for {} with the demand they state", problems.join(", "))
}

impl About {
    /// What a policy of this knowledge, trained on these problems, is about; they share network, rules and horizon.
    pub fn new(problems: &[Problem], names: Vec<String>, knows: Knows, seed: u64, steps: u64) -> Self {
        let problem = &problems[0];
        let met = problems.iter().map(|problem| problem.mechanisms().set());
        let met = met.fold(Mechanisms::NONE, Mechanisms::with);
        Self {
            format: FORMAT,
            knows: knows.name().to_owned(),
            shared: false,
            shape: shape(problem),
            digest: digest(problem),
            backlog: problem.rules.backlog,
            discount: problem.rules.discount,
            num_periods: problem.num_periods,
            mechanisms: met.iter().map(|mechanism| mechanism.name().to_owned()).collect(),
            problems: names,
            demands: problems.iter().map(demand_digest).collect(),
            whole_units: true,
            seed,
            steps,
        }
    }

    /// Whether it is meant for a problem: for any demand of its network if it was trained on several, else for that
    /// demand alone.
    pub(crate) fn fits(&self, problem: &Problem) -> bool {
        let met = self.problems.len() > 1 || self.demands.contains(&demand_digest(problem));
        met && self.digest == digest(problem) && self.check(problem).is_ok()
    }

    fn check(&self, problem: &Problem) -> Result<(), LearnedError> {
        let here = shape(problem);
        if !self.shared && self.shape != here {
            return Err(LearnedError::Network(difference(&self.shape, &here)));
        }
        let waits = |backlog| if backlog { "with unmet demand waiting" } else { "with unmet demand lost" };
        let periods = |periods| format!("for {periods} periods");
        let weight = |discount| format!("with a discount of {discount}");
        let rules = &problem.rules;
        let differences = [
            (waits(self.backlog).to_owned(), waits(rules.backlog).to_owned()),
            (periods(self.num_periods), periods(problem.num_periods)),
            (weight(self.discount), weight(rules.discount)),
        ];
        if let Some((trained, here)) = differences.into_iter().find(|(trained, here)| trained != here) {
            return Err(LearnedError::Rules { trained, here });
        }
        let known = Mechanism::ALL.into_iter();
        let models: Mechanisms =
            known.filter(|mechanism| self.mechanisms.iter().any(|name| name == mechanism.name())).collect();
        let scope = Scope { models, simplifies: &[] };
        scope.admit(&problem.mechanisms()).map(drop).map_err(|refusal| {
            let named = refusal.refused.iter().map(|(mechanism, place)| format!("{mechanism} ({place})"));
            LearnedError::Mechanisms(named.collect::<Vec<_>>().join(", "))
        })
    }
}

/// Nodes that hold stock, and links with lead times, in words.
fn shape(problem: &Problem) -> Vec<String> {
    let network = &problem.network;
    let nodes = network.managed.indices().map(|node| format!("node {}", network.managed_id(node)));
    let supply = network.supply.rows().iter();
    let supply =
        supply.map(|link| format!("link {}, lead time {}", network.link_name(link.link), link.lead_time));
    let market =
        network.market.rows().iter().map(|link| format!("market link {}", network.link_name(link.link)));
    nodes.chain(supply).chain(market).collect()
}

/// The first difference between what was trained on and what is here.
fn difference(trained: &[String], here: &[String]) -> String {
    let first = trained.iter().zip(here).find(|(trained, here)| trained != here);
    match first {
        Some((trained, here)) => format!("it has {trained} where this one has {here}"),
        None => format!("it has {} nodes and links, this one {}", trained.len(), here.len()),
    }
}

/// A digest of the prices, costs, stocks, capacities and mechanisms of a network.
fn digest(problem: &Problem) -> String {
    let network = &problem.network;
    let nodes = network.managed.rows().iter().flat_map(|node| {
        let factory =
            node.factory.map(|factory| [factory.capacity, factory.operating_cost]).unwrap_or_default();
        [node.initial_inventory, node.holding_cost, node.salvage_value, node.stock_per_unit]
            .into_iter()
            .chain(factory)
    });
    let supply = network.supply.rows().iter();
    let supply = supply.flat_map(|link| [link.price, link.pipeline_holding_cost, link.fixed_order_cost]);
    let market = network.market.rows().iter().flat_map(|link| [link.price, link.unmet_penalty]);
    let mechanisms = network.physics.as_ref().map(|physics| format!("{physics:?}")).unwrap_or_default();
    hash(nodes.chain(supply).chain(market).flat_map(f64::to_le_bytes).chain(mechanisms.into_bytes()))
}

/// A digest of a problem's demand: its parameters, and the laws and means of the market links.
fn demand_digest(problem: &Problem) -> String {
    let laws = problem.network.market.rows().iter().map(|link| (&link.law, link.own_mean));
    hash(format!("{:?} {:?}", problem.demand, laws.collect::<Vec<_>>()).into_bytes().into_iter())
}

/// FNV-1a: told apart are problems people make, not those made to deceive.
fn hash(bytes: impl Iterator<Item = u8>) -> String {
    let mix = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    format!("{:016x}", bytes.fold(0xcbf2_9ce4_8422_2325, mix))
}

impl Trained {
    /// Reads a file.
    ///
    /// # Errors
    /// [`LearnedError`] saying what is wrong with it.
    pub fn load(path: &Path) -> Result<Self, LearnedError> {
        let unreadable = |error: std::io::Error| LearnedError::Unreadable(error.to_string());
        let file = File::open(path).map_err(unreadable)?;
        let mut bytes = Vec::new();
        file.take(MOST_BYTES + 1).read_to_end(&mut bytes).map_err(unreadable)?;
        if bytes.len() as u64 > MOST_BYTES {
            return Err(LearnedError::Unreadable(format!("it is larger than {} MB", MOST_BYTES >> 20)));
        }
        Self::from_bytes(&bytes)
    }

    /// Reads the content of a file.
    ///
    /// # Errors
    /// As [`load`](Self::load).
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, LearnedError> {
        let damaged = |reason: &dyn std::fmt::Display| LearnedError::Damaged(reason.to_string());
        let (_, header) = SafeTensors::read_metadata(bytes).map_err(|error| damaged(&error))?;
        let words = header.metadata().as_ref().and_then(|words| words.get(WORDS));
        let words = words.ok_or_else(|| damaged(&"it does not say what it was trained on"))?;
        let format = serde_json::from_str::<serde_json::Value>(words).map_err(|error| damaged(&error))?;
        let found = format.get("format").and_then(serde_json::Value::as_u64).unwrap_or(0) as u32;
        if found != FORMAT {
            return Err(LearnedError::Format { found });
        }
        let about: About = serde_json::from_str(words).map_err(|error| damaged(&error))?;
        let tensors = SafeTensors::deserialize(bytes).map_err(|error| damaged(&error))?;
        let single = |name: &str| floats(&tensors, name, Dtype::F32, |bytes| f32::from_le_bytes(*bytes));
        let double = |name: &str| floats(&tensors, name, Dtype::F64, |bytes| f64::from_le_bytes(*bytes));
        let mut net = Net::default();
        while tensors.names().iter().any(|name| **name == weights_name(net.layers.len())) {
            let layer = net.layers.len();
            net.layers
                .push(Layer { weights: single(&weights_name(layer))?, bias: single(&bias_name(layer))? });
        }
        let scaling = Scaling {
            demand: double("scaling.demand")?,
            cover: double("scaling.cover")?,
            mean: single("scaling.mean")?,
            factor: single("scaling.factor")?,
        };
        let trained = Self { about, scaling, net };
        trained.check_sizes()?;
        Ok(trained)
    }

    /// Layers must fit each other.
    fn check_sizes(&self) -> Result<(), LearnedError> {
        if self.about.shared {
            // Whether they fit a network is told by it.
            let fits = |layer: &Layer| {
                !layer.bias.is_empty() && layer.weights.len().is_multiple_of(layer.bias.len())
            };
            let same = self.scaling.factor.len() == self.scaling.mean.len();
            let sound = same && !self.scaling.demand.is_empty() && self.net.layers.iter().all(fits);
            return if sound {
                Ok(())
            } else {
                Err(LearnedError::Damaged("its layers do not fit".to_owned()))
            };
        }
        let mut width = self.scaling.mean.len();
        let fits = self.scaling.factor.len() == width && !self.net.layers.is_empty();
        let layers = self.net.layers.iter().all(|layer| {
            let fits = !layer.bias.is_empty() && layer.weights.len() == width * layer.bias.len();
            width = layer.bias.len();
            fits
        });
        if fits && layers { Ok(()) } else { Err(LearnedError::Damaged("its layers do not fit".to_owned())) }
    }

    /// The content of a file.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut tensors: Vec<(String, Vec<usize>, Dtype, Vec<u8>)> = Vec::new();
        let single = |numbers: &[f32]| numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
        let double = |numbers: &[f64]| numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
        for (position, layer) in self.net.layers.iter().enumerate() {
            let shape = vec![layer.inputs(), layer.outputs()];
            tensors.push((weights_name(position), shape, Dtype::F32, single(&layer.weights)));
            tensors.push((bias_name(position), vec![layer.outputs()], Dtype::F32, single(&layer.bias)));
        }
        let Scaling { demand, cover, mean, factor } = &self.scaling;
        for (name, numbers) in [("scaling.mean", mean), ("scaling.factor", factor)] {
            tensors.push((name.to_owned(), vec![numbers.len()], Dtype::F32, single(numbers)));
        }
        for (name, numbers) in [("scaling.demand", demand), ("scaling.cover", cover)] {
            tensors.push((name.to_owned(), vec![numbers.len()], Dtype::F64, double(numbers)));
        }
        let views = tensors.iter().map(|(name, shape, dtype, bytes)| {
            (name, TensorView::new(*dtype, shape.clone(), bytes).expect("shape and bytes agree"))
        });
        let words = serde_json::to_string(&self.about).expect("words and numbers");
        safetensors::serialize(views, Some(HashMap::from([(WORDS.to_owned(), words)])))
            .expect("sound tensors")
    }

    /// What the policy knows.
    ///
    /// # Errors
    /// [`LearnedError::Damaged`] for a level there is not.
    pub fn knows(&self) -> Result<Knows, LearnedError> {
        Knows::named(&self.about.knows)
            .ok_or_else(|| LearnedError::Damaged(format!("it knows '{}'", self.about.knows.escape_debug())))
    }

    /// The policy for a problem, what it knows there, and what it leaves out of account; `knows_demand`: the parameters
    /// of demand are known.
    ///
    /// # Errors
    /// [`LearnedError`] for a problem it was not trained for.
    pub fn policy(
        &self,
        problem: &Problem,
        knows_demand: bool,
    ) -> Result<(Learned, Information, Vec<&'static str>), LearnedError> {
        let knows = self.knows()?;
        self.about.check(problem)?;
        let Problem { network, demand, num_periods, .. } = problem;
        if knows != Knows::Blind && !knows_demand {
            return Err(LearnedError::NoDemand(knows.name().to_owned()));
        }
        let worlds = match knows {
            Knows::Informed => vec![World::new(network, demand, *num_periods)],
            Knows::Family => World::family(network, demand, *num_periods),
            Knows::Blind => Vec::new(),
        };
        let (inputs, outputs) = (Inputs::new(problem, knows, worlds.len()), Outputs::new(problem));
        if self.about.shared {
            return self.shared_policy(problem, knows, worlds, &inputs, &outputs);
        }
        let found = self.net.layers.last().map_or(0, Layer::outputs);
        let sizes = (self.scaling.mean.len(), found, self.scaling.demand.len(), self.scaling.cover.len());
        if sizes != (inputs.len(), outputs.len(), network.market.len(), network.managed.len()) {
            return Err(LearnedError::Damaged("its layers are not made for this network".to_owned()));
        }
        let mut simplifies = Vec::new();
        if self.about.digest != digest(problem) {
            simplifies.push(OTHER_NUMBERS);
        }
        let learned = Learned::new(problem, knows, worlds, self.scaling.clone(), self.net.clone());
        let learned = learned.in_whole_units(self.about.whole_units);
        Ok((learned, knows.information(network, demand), simplifies))
    }
}

impl Trained {
    /// The policy of a net that all nodes share. On another network it reckons with the demand that is known there, or,
    /// if none is, with as much per market link as was usual in training.
    fn shared_policy(
        &self,
        problem: &Problem,
        knows: Knows,
        worlds: Vec<World>,
        inputs: &Inputs,
        outputs: &Outputs,
    ) -> Result<(Learned, Information, Vec<&'static str>), LearnedError> {
        let Problem { network, demand, num_periods, .. } = problem;
        let mut scaling = self.scaling.clone();
        let mut simplifies = Vec::new();
        if self.about.shape != shape(problem) {
            let usual = scaling.demand.iter().sum::<f64>() / scaling.demand.len() as f64;
            let of_market = |link| {
                let periods = 0..*num_periods;
                let known =
                    worlds.iter().map(|world| periods.clone().map(|at| world.mean(at, link)).sum::<f64>());
                let count = (worlds.len() * num_periods) as f64;
                if worlds.is_empty() { usual } else { known.sum::<f64>() / count }
            };
            scaling.demand = network.market.indices().map(of_market).collect();
            scaling.cover = outputs.scales(&scaling.demand);
            simplifies.push(OTHER_NETWORK);
        } else if self.about.digest != digest(problem) {
            simplifies.push(OTHER_NUMBERS);
        }
        let graph = Graph::new(problem, inputs, outputs, &scaling.demand);
        let (of_node, of_link) = graph.kinds();
        let hidden = self.net.layers.first().map_or(0, Layer::outputs);
        let found: Vec<(usize, usize)> =
            self.net.layers.iter().map(|layer| (layer.inputs(), layer.outputs())).collect();
        if found != graph.shapes(hidden) || scaling.mean.len() != of_node + of_link {
            return Err(LearnedError::Damaged(
                "its layers are not those of a net that nodes share".to_owned(),
            ));
        }
        let learned = Learned::shared(problem, knows, worlds, scaling, self.net.clone());
        let learned = learned.in_whole_units(self.about.whole_units);
        Ok((learned, knows.information(network, demand), simplifies))
    }
}

/// What can be learnt by gradient, with stand-ins; a file narrows it to what was met in training.
pub(crate) const SCOPE: Scope = adjoint::WITH_SURROGATES;

fn weights_name(layer: usize) -> String {
    format!("layer.{layer}.weights")
}

fn bias_name(layer: usize) -> String {
    format!("layer.{layer}.bias")
}

/// A tensor of finite numbers.
fn floats<T: Into<f64> + Copy, const BYTES: usize>(
    tensors: &SafeTensors<'_>,
    name: &str,
    dtype: Dtype,
    number: impl Fn(&[u8; BYTES]) -> T,
) -> Result<Vec<T>, LearnedError> {
    let tensor = tensors.tensor(name).map_err(|error| LearnedError::Damaged(error.to_string()))?;
    if tensor.dtype() != dtype {
        return Err(LearnedError::Damaged(format!("{name} is of type {:?}", tensor.dtype())));
    }
    let numbers: Vec<T> = tensor.data().as_chunks().0.iter().map(number).collect();
    if numbers.iter().any(|&number| !number.into().is_finite()) {
        return Err(LearnedError::Damaged(format!("{name} holds a number that is not finite")));
    }
    Ok(numbers)
}

#[cfg(test)]
mod tests {
    use super::*;
    use invmgmt::demand::{DemandConfig, DemandModel};
    use invmgmt::network::{DeclaredNetwork, preset};
    use invmgmt::period::Rules;

    fn problem(edit: impl FnOnce(&mut DeclaredNetwork)) -> Problem {
        let mut declared = preset("serial").expect("a preset");
        edit(&mut declared);
        let demand = DemandModel::new(DemandConfig::default()).expect("usable");
        Problem::new(declared.compile().expect("valid"), demand, Rules::default(), 30)
    }

    fn trained(problem: &Problem, knows: Knows) -> Trained {
        let worlds = if knows == Knows::Family { 8 } else { 1 };
        let (inputs, outputs) = (Inputs::new(problem, knows, worlds).len(), Outputs::new(problem).len());
        let layer = Layer { weights: vec![0.0; inputs * outputs], bias: vec![0.0; outputs] };
        Trained {
            about: About::new(std::slice::from_ref(problem), vec!["serial".to_owned()], knows, 5, 7),
            scaling: Scaling {
                demand: vec![20.0],
                cover: vec![120.0; 3],
                mean: vec![0.5; inputs],
                factor: vec![0.25; inputs],
            },
            net: Net { layers: vec![layer] },
        }
    }

    #[test]
    fn a_policy_is_read_as_it_was_written_and_written_alike_every_time() {
        let trained = trained(&problem(|_| ()), Knows::Family);
        let bytes = trained.to_bytes();
        assert_eq!(Trained::from_bytes(&bytes), Ok(trained.clone()));
        assert_eq!(bytes, trained.to_bytes());
    }

    #[test]
    fn a_file_cut_off_anywhere_or_changed_is_refused() {
        let trained = trained(&problem(|_| ()), Knows::Informed);
        let bytes = trained.to_bytes();
        for length in 0..bytes.len() {
            let error = Trained::from_bytes(&bytes[..length]).expect_err("cut off");
            assert!(matches!(error, LearnedError::Damaged(_)), "{length}: {error}");
        }
        let mut other = trained.clone();
        other.about.format = 9;
        assert_eq!(Trained::from_bytes(&other.to_bytes()), Err(LearnedError::Format { found: 9 }));
        let mut other = trained.clone();
        other.net.layers[0].bias[1] = f32::NAN;
        let message = Trained::from_bytes(&other.to_bytes()).expect_err("refused").to_string();
        assert!(message.contains("layer.0.bias holds a number that is not finite"), "{message}");
        let mut other = trained;
        other.scaling.factor.pop();
        let message = Trained::from_bytes(&other.to_bytes()).expect_err("refused").to_string();
        assert!(message.contains("its layers do not fit"), "{message}");
    }

    #[test]
    fn another_network_other_rules_and_mechanisms_never_met_are_refused_by_name() {
        let trained = trained(&problem(|_| ()), Knows::Informed);
        let refused = |problem: &Problem| trained.policy(problem, true).expect_err("refused").to_string();
        let other = problem(|declared| declared.links[1].lead_time = Some(9));
        let message = refused(&other);
        assert!(message.starts_with("was trained on another network: it has link "), "{message}");
        assert!(message.contains("lead time 9"), "{message}");
        let short = Problem { num_periods: 20, ..problem(|_| ()) };
        assert_eq!(refused(&short), "was trained for 30 periods; here for 20 periods");
        let lost = Problem { rules: Rules { backlog: false, discount: 1.0 }, ..problem(|_| ()) };
        assert_eq!(refused(&lost), "was trained with unmet demand waiting; here with unmet demand lost");
        let dear = problem(|declared| declared.links[1].fixed_order_cost = Some(3.0));
        let message = refused(&dear);
        assert!(message.starts_with("has never met fixed order costs (link "), "{message}");
        let unknown = trained.policy(&problem(|_| ()), false).expect_err("refused").to_string();
        assert_eq!(unknown, "knows the parameters of demand (informed); there are none here");
    }

    #[test]
    fn other_prices_are_played_and_said() {
        let trained = trained(&problem(|_| ()), Knows::Blind);
        let (_, information, simplifies) = trained.policy(&problem(|_| ()), false).expect("plays");
        assert_eq!((information, simplifies), (Information::Blind, vec![]));
        let cheaper = problem(|declared| declared.links[1].price = Some(0.1));
        let (.., simplifies) = trained.policy(&cheaper, false).expect("plays");
        assert_eq!(simplifies, [OTHER_NUMBERS]);
    }
}
