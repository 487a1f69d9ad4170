//! What can go wrong while an episode is set up or played.

use crate::network::{Network, SupplyLinkIx, TableIndex};

/// An action that cannot be played. The episode is unchanged.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ActionError {
    /// Not one quantity per supply link.
    #[error("action has {found} entries; expected {expected}, one per supply link")]
    Length {
        /// Entries given.
        found: usize,
        /// Supply links of the network.
        expected: usize,
    },
    /// A quantity that is NaN or infinite.
    #[error("action[{entry}] ({link}) is {found}; expected a finite order quantity")]
    NotFinite {
        /// Which entry.
        entry: usize,
        /// The supply link it orders on.
        link: String,
        /// The quantity.
        found: f64,
    },
    /// A number of a scaled action that is NaN or infinite.
    #[error("action[{entry}] ({label}) is {found}; expected a number from -1 to 1")]
    NotANumber {
        /// Which entry.
        entry: usize,
        /// What it stands for.
        label: String,
        /// The number.
        found: f64,
    },
    /// A quantity that is not one of the whole numbers an action may hold.
    #[error("action[{entry}] ({link}) is {found}; expected a whole number from 0 to {most}")]
    NotWhole {
        /// Which entry.
        entry: usize,
        /// The supply link it orders on.
        link: String,
        /// The quantity.
        found: f64,
        /// Largest quantity.
        most: f64,
    },
    /// The last period has been played.
    #[error("the episode ended after period {num_periods}; begin a new one")]
    Over {
        /// Length of the episode.
        num_periods: usize,
    },
}

/// Checks that requests can be played: one finite quantity per supply link.
///
/// # Errors
/// [`ActionError::Length`] or [`ActionError::NotFinite`].
#[inline]
pub fn check_requests(network: &Network, requests: &[f64]) -> Result<(), ActionError> {
    if requests.len() != network.supply.len() {
        return Err(ActionError::Length { found: requests.len(), expected: network.supply.len() });
    }
    // Without an early exit the quantities are looked at in vector registers; the culprit is sought after.
    if requests.iter().fold(true, |finite, request| finite & request.is_finite()) {
        return Ok(());
    }
    let entry = requests.iter().position(|request| !request.is_finite()).unwrap_or(0);
    Err(ActionError::NotFinite {
        entry,
        link: network.link_name(network.supply[SupplyLinkIx::from_position(entry)].link),
        found: requests[entry],
    })
}

/// An episode that cannot be set up. Nothing was made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EpisodeError {
    /// A horizon out of range.
    #[error("num_periods is {found}; expected a whole number from 1 to {max}")]
    Horizon {
        /// Periods asked for.
        found: usize,
        /// Most periods allowed.
        max: usize,
    },
    /// A record too large to keep.
    #[error(
        "{num_periods} periods of this network make a record of more than {max} numbers; \
         shorten num_periods or the network"
    )]
    TooLarge {
        /// Periods asked for.
        num_periods: usize,
        /// Most numbers allowed.
        max: usize,
    },
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::preset;

    #[test]
    fn requests_that_cannot_be_played_are_named() {
        let network = preset("serial").expect("a preset").compile().expect("valid");
        let words = |requests: &[f64]| check_requests(&network, requests).map_err(|error| error.to_string());
        assert_eq!(words(&[1.0, -2.0, 0.5]), Ok(()), "the period cuts negative requests, the log keeps them");
        assert_eq!(words(&[1.0]), Err("action has 1 entries; expected 3, one per supply link".to_owned()));
        assert_eq!(
            words(&[1.0, f64::NAN, f64::INFINITY]),
            Err("action[1] (3 -> 2) is NaN; expected a finite order quantity".to_owned())
        );
        assert_eq!(
            words(&[1.0, 2.0, f64::NEG_INFINITY]),
            Err("action[2] (4 -> 3) is -inf; expected a finite order quantity".to_owned())
        );
    }
}
