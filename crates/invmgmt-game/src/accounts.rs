//! What a game came to: costs, and where the swings of the orders came from.

use invmgmt::episode::{Symbol, variance};
use invmgmt::network::{ManagedIx, TableIndex};

use crate::game::{Game, Player, stages};

/// Below this a variance is that of numbers which do not vary [units²].
const STEADY: f64 = 1e-9;

/// What a game came to, or has come to so far.
#[derive(Clone, Debug, PartialEq)]
pub struct Accounts {
    /// Periods played.
    pub periods: usize,
    /// The stages, those nearest to customers first.
    pub stages: Vec<StageAccount>,
    /// Variance of what all customers wanted in a period [units²].
    pub demand_variance: f64,
}

/// What one stage came to.
#[derive(Clone, Debug, PartialEq)]
pub struct StageAccount {
    /// The node.
    pub node: String,
    /// Who played it.
    pub player: Player,
    /// What it cost; negative where it earned [money].
    pub cost: f64,
    /// Variance of what was asked of it in a period, by customers and buyers [units²].
    pub asked_variance: f64,
    /// Variance of what it ordered in a period, of all suppliers together [units²].
    pub ordered_variance: f64,
    /// `ordered_variance` over the variance of customers' demand: the bullwhip up to here; none where that does not
    /// vary
    /// [1].
    pub bullwhip: Option<f64>,
    /// `ordered_variance` over `asked_variance`: what the stage itself made of it; none where nothing varied that was
    /// asked [1].
    pub amplification: Option<f64>,
}

impl Accounts {
    /// What a game has come to.
    pub fn of(game: &Game) -> Self {
        let periods = game.period();
        let total = |symbol: Symbol| -> Vec<f64> {
            (0..periods).map(|period| game.episode().trajectory()[symbol].row(period).iter().sum()).collect()
        };
        let demand_variance = spread(&total(Symbol::Demand));
        let stages = stages(game.network()).into_iter().map(|node| stage(game, node, demand_variance));
        Self { periods, stages: stages.collect(), demand_variance }
    }

    /// What all stages together cost [money].
    pub fn cost(&self) -> f64 {
        self.stages.iter().map(|stage| stage.cost).sum()
    }

    /// The stage that made most of the swings it was asked for, if any made more of them.
    pub fn worst(&self) -> Option<&StageAccount> {
        let made = |stage: &&StageAccount| stage.amplification.is_some_and(|made| made > 1.0 + STEADY);
        let amplification = |stage: &StageAccount| stage.amplification.unwrap_or(0.0);
        let worse = |a: &&StageAccount, b: &&StageAccount| amplification(a).total_cmp(&amplification(b));
        self.stages.iter().filter(made).max_by(worse)
    }
}

impl Accounts {
    /// Where the bullwhip came from, in sentences; the same in every face.
    pub fn in_words(&self) -> [String; 2] {
        let demand = format!("customers' demand had a variance of {:.2}", self.demand_variance);
        let bullwhip = match self.worst() {
            Some(stage) => format!(
                "the bullwhip: {} made most of what it was asked for, {:.2} times the variance",
                stage.node.escape_debug(),
                stage.amplification.unwrap_or(0.0)
            ),
            None => "no bullwhip: no stage ordered in wider swings than it was asked for".to_owned(),
        };
        [demand, bullwhip]
    }
}

fn stage(game: &Game, node: ManagedIx, demand_variance: f64) -> StageAccount {
    let network = game.network();
    let row = &network.managed[node];
    let record = game.episode().trajectory();
    let ordered = |period: usize| -> f64 {
        row.incoming.iter().map(|link| record[Symbol::Requested].row(period)[link.position()]).sum()
    };
    let asked = |period: usize| -> f64 {
        let bought: f64 = row.outgoing.iter().map(|&link| game.read(link, period)).sum();
        let wanted: f64 =
            row.markets.iter().map(|link| record[Symbol::Demand].row(period)[link.position()]).sum();
        bought + wanted
    };
    let over_time = |of: &dyn Fn(usize) -> f64| spread(&(0..game.period()).map(of).collect::<Vec<f64>>());
    let (asked_variance, ordered_variance) = (over_time(&asked), over_time(&ordered));
    let over = |base: f64| (base > STEADY).then(|| ordered_variance / base);
    StageAccount {
        node: network.managed_id(node).to_string(),
        player: game.player(node).clone(),
        cost: game.cost(node),
        asked_variance,
        ordered_variance,
        bullwhip: over(demand_variance),
        amplification: over(asked_variance),
    }
}

/// The variance of numbers over time; of none, nothing.
fn spread(values: &[f64]) -> f64 {
    if values.is_empty() { 0.0 } else { variance(values) }
}
