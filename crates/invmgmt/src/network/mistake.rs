//! What is wrong with a declared network, each thing with its place.

use std::fmt;

/// Where in a declared network a mistake sits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// The network as a whole.
    Network,
    /// A key of the network as a whole.
    Key(&'static str),
    /// A node, by position in the list of nodes; perhaps one of its keys.
    Node(usize, Option<&'static str>),
    /// A link, by position in the list of links; perhaps one of its keys.
    Link(usize, Option<&'static str>),
}

/// One mistake: where, what was found, what is allowed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// Where it is.
    pub place: Place,
    /// The place in words: `edges[3] (4 -> 2): L`.
    pub path: String,
    /// What was found and what is allowed.
    pub message: String,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_empty() {
            write!(f, "{}", self.message)
        } else {
            write!(f, "{}: {}", self.path, self.message)
        }
    }
}

/// All mistakes of a network; there is at least one. No network was made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct NetworkError(pub Vec<Mistake>);

impl fmt::Display for NetworkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.as_slice() {
            [only] => write!(f, "{only}"),
            all => {
                write!(f, "{} mistakes in the network:", all.len())?;
                all.iter().try_for_each(|mistake| write!(f, "\n  - {mistake}"))
            }
        }
    }
}
