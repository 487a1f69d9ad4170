//! How the roles of nodes look: a shape and a colour each, so that either alone tells them apart.

use std::fmt::Write;

use invmgmt::network::Roles;

/// How nodes of one role are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Look {
    RawMaterial,
    Factory,
    Distributor,
    Retailer,
    Market,
}

/// All looks in the order goods flow.
pub(crate) const LOOKS: [Look; 5] =
    [Look::RawMaterial, Look::Factory, Look::Distributor, Look::Retailer, Look::Market];

impl Look {
    /// The look of a node. A factory that sells to customers looks like a factory.
    pub fn of(roles: Roles) -> Self {
        if roles.market {
            Self::Market
        } else if roles.raw_material {
            Self::RawMaterial
        } else if roles.factory {
            Self::Factory
        } else if roles.retailer {
            Self::Retailer
        } else {
            Self::Distributor
        }
    }

    /// The role in words.
    pub fn name(self) -> &'static str {
        match self {
            Self::RawMaterial => "raw material",
            Self::Factory => "factory",
            Self::Distributor => "distributor",
            Self::Retailer => "retailer",
            Self::Market => "market",
        }
    }

    /// The role in words, for several nodes.
    pub fn plural(self) -> &'static str {
        match self {
            Self::RawMaterial => "raw materials",
            Self::Factory => "factories",
            Self::Distributor => "distributors",
            Self::Retailer => "retailers",
            Self::Market => "markets",
        }
    }

    /// The fill, from the palette of Okabe and Ito, and the ink that is legible on it.
    fn colours(self) -> (&'static str, &'static str) {
        match self {
            Self::RawMaterial => ("#8c8c8c", "#000000"),
            Self::Factory => ("#d55e00", "#000000"),
            Self::Distributor => ("#0072b2", "#ffffff"),
            Self::Retailer => ("#009e73", "#000000"),
            Self::Market => ("#f0e442", "#000000"),
        }
    }

    /// The ink that is legible on the shape.
    pub fn ink(self) -> &'static str {
        self.colours().1
    }

    /// The shape around a centre, within `radius` of it.
    pub fn draw(self, svg: &mut String, x: f64, y: f64, radius: f64) {
        let fill = self.colours().0;
        let style = format!("fill=\"{fill}\" stroke=\"var(--edge)\" stroke-width=\"1\"");
        let corners: &[(f64, f64)] = match self {
            Self::Distributor => {
                let _ = write!(svg, "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{radius:.1}\" {style}/>");
                return;
            }
            Self::RawMaterial => &[(0.0, -1.08), (1.08, 0.0), (0.0, 1.08), (-1.08, 0.0)],
            Self::Factory => &[(-0.88, -0.88), (0.88, -0.88), (0.88, 0.88), (-0.88, 0.88)],
            Self::Retailer => &[(-0.92, -0.3), (0.0, -1.12), (0.92, -0.3), (0.92, 0.9), (-0.92, 0.9)],
            Self::Market => {
                &[(-0.55, -0.92), (0.55, -0.92), (1.1, 0.0), (0.55, 0.92), (-0.55, 0.92), (-1.1, 0.0)]
            }
        };
        let _ = write!(svg, "<polygon points=\"");
        for (dx, dy) in corners {
            let _ = write!(svg, "{:.1},{:.1} ", x + dx * radius, y + dy * radius);
        }
        let _ = write!(svg, "\" stroke-linejoin=\"round\" {style}/>");
    }
}
