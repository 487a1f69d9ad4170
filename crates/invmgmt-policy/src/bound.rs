//! How much any policy could earn.

use invmgmt::mechanism::Scope;

use crate::planning::{self, KnownEpisode};
use crate::{Knowledge, PolicyError, scopes};

/// What the bound models, and what it leaves out and so lies higher.
pub const BOUND_SCOPE: Scope = scopes::BOUND;

/// The most any policy can earn in the episode of a seed, proven by a linear programme that knows every draw: an
/// upper bound, whatever the policy knows [money]. None under goodwill, where demand depends on what is played and
/// nothing is proven.
///
/// # Errors
/// [`PolicyError::Refuses`] for mechanisms it does not model, [`PolicyError::NoDemand`] without the parameters of
/// demand, [`PolicyError::Plan`] if the programme was not solved.
pub fn profit_bound(known: &Knowledge<'_>, seed: u64) -> Result<Option<f64>, PolicyError> {
    let used = known.mechanisms();
    scopes::admit(scopes::BOUND, &used, known.network()).map_err(|refusal| PolicyError::Refuses {
        form: "the bound",
        refusal,
        players: Vec::new(),
    })?;
    let demand = known.demand().ok_or(PolicyError::NoDemand { form: "the bound", level: "" })?;
    let (network, rules, num_periods) = (known.network(), known.rules(), known.num_periods());
    let episode = KnownEpisode { network, demand, rules, num_periods, seed };
    Ok(planning::profit_bound(&episode)?)
}

#[cfg(test)]
mod tests {
    use invmgmt::Problem;
    use invmgmt::demand::{DemandConfig, DemandModel};
    use invmgmt::period::Rules;

    use super::*;

    #[test]
    fn a_bound_that_would_overlook_a_mechanism_is_refused_by_name() {
        let text = "units: whole\nnodes: [{id: farm}, {id: shop, I0: 9, h: 1}, {id: town}]\nedges:\n  \
                    - {from: farm, to: shop, L: 1, p: 1, g: 0, yield: {binomial: 0.8}}\n  \
                    - {from: shop, to: town, p: 5, b: 4, demand_dist: poisson, dist_param: {mu: 5}}";
        let network = invmgmt_data::network_from_yaml(text).expect("valid");
        let demand = DemandModel::new(DemandConfig::default()).expect("usable");
        let problem = Problem::new(network, demand, Rules::default(), 8);
        let refused = profit_bound(&Knowledge::of(&problem), 1).expect_err("refused").to_string();
        assert_eq!(refused, "the bound does not model random yields (binomial on link farm -> shop)");
    }
}
