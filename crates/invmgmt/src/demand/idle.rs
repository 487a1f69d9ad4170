//! Parameters that are given and make no difference.

use super::{Acts, DemandConfig, DemandModel, Parameter};
use crate::network::{MarketLinkIx, Network};

impl DemandModel {
    /// Why a parameter given to all market links, or to one alone, makes no difference there; none if it does.
    pub fn why_idle(&self, network: &Network, row: &Parameter, of: Option<MarketLinkIx>) -> Option<String> {
        match (row.acts, of) {
            (Acts::Everywhere, _) => None,
            (Acts::WithGoodwill, _) => {
                (!self.config.use_goodwill).then(|| "without 'use_goodwill: true'".to_owned())
            }
            (_, Some(link)) => self.replays.series(link).map_or_else(
                || why_idle_in(row, self.config_of(link)),
                |_| Some("because a series is this link's demand".to_owned()),
            ),
            (_, None) => self.why_idle_on_all(network, row),
        }
    }

    fn why_idle_on_all(&self, network: &Network, row: &Parameter) -> Option<String> {
        let drawn: Vec<MarketLinkIx> =
            network.market.indices().filter(|&link| self.replays.series(link).is_none()).collect();
        if drawn.is_empty() {
            return Some("because series are the demand of all market links".to_owned());
        }
        let following: Vec<MarketLinkIx> = drawn.into_iter().filter(|&link| !self.owns(link, row)).collect();
        if following.is_empty() {
            return Some("because every market link has its own".to_owned());
        }
        let mut reasons = following.into_iter().map(|link| why_idle_in(row, self.config_of(link)));
        reasons.try_fold(String::new(), |_, reason| reason)
    }
}

/// Why a parameter makes no difference beside these.
fn why_idle_in(row: &Parameter, config: &DemandConfig) -> Option<String> {
    match row.acts {
        Acts::With(effect) if !row.acts_in(config) => Some(format!("without '{effect}' among the effects")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demand::{Effects, Own, PARAMETERS, parameter};
    use crate::network::layered;

    fn network() -> Network {
        layered(30, 2).compile().expect("valid")
    }

    fn why(model: &DemandModel, key: &str, of: Option<MarketLinkIx>) -> Option<String> {
        model.why_idle(&network(), parameter(key).expect("a parameter"), of)
    }

    #[test]
    fn every_parameter_of_an_effect_or_of_sentiment_is_idle_without_it_and_no_other_is() {
        let all = Effects { trend: true, seasonal: true, shock: true };
        let on = DemandModel::new(DemandConfig { effects: all, use_goodwill: true, ..Default::default() });
        let (off, on) = (DemandModel::default(), on.expect("usable"));
        for row in PARAMETERS {
            let needs = matches!(row.acts, Acts::With(_) | Acts::WithGoodwill);
            assert_eq!(off.why_idle(&network(), row, None).is_some(), needs, "{}", row.key);
            assert_eq!(on.why_idle(&network(), row, None), None, "{}", row.key);
        }
        assert_eq!(why(&off, "shock_mag", None).as_deref(), Some("without 'shock' among the effects"));
        assert_eq!(why(&off, "gw_cap", None).as_deref(), Some("without 'use_goodwill: true'"));
    }

    #[test]
    fn what_one_link_follows_makes_a_difference_and_what_none_follows_makes_none() {
        let network = network();
        let links: Vec<MarketLinkIx> = network.market.indices().collect();
        assert!(links.len() > 1);
        let shock = Effects { shock: true, ..Effects::default() };
        let mut model = DemandModel::default();
        let own = DemandConfig { effects: shock, ..DemandConfig::default() };
        model.set_own(links[0], &own, Own::of(["effects"])).expect("usable");
        assert_eq!(why(&model, "shock_mag", None), None, "the first link follows it");
        let own = DemandConfig { shock_mag: 3.0, ..own };
        model.set_own(links[0], &own, Own::of(["effects", "shock_mag"])).expect("usable");
        assert!(why(&model, "shock_mag", None).is_some(), "no link that has the effect follows it");
        assert_eq!(why(&model, "shock_mag", Some(links[0])), None);
        for &link in &links {
            let own = DemandConfig { noise_scale: 0.5, ..DemandConfig::default() };
            model.set_own(link, &own, Own::of(["noise_scale"])).expect("usable");
        }
        assert_eq!(
            why(&model, "noise_scale", None).as_deref(),
            Some("because every market link has its own")
        );
        assert_eq!(why(&model, "base_mu", None), None);
        for &link in &links {
            model.replays.set("series", link, vec![1.0].into(), 1).expect("usable");
        }
        let said = why(&model, "base_mu", None).expect("idle");
        assert_eq!(said, "because series are the demand of all market links");
        assert_eq!(why(&model, "use_goodwill", None), None, "sentiment scales series, too");
    }
}
