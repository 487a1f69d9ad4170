//! Where each number of an episode's state stands in one row.

use std::ops::Range;

/// The state of an episode as one row of numbers. Its first part *is* the observation:
/// demand and unmet demand per market link, stock per managed node, orders in transit per supply link and
/// remaining periods, the period, the sentiment. Behind it stand the orders outstanding per supply link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    /// Number of market links.
    pub market_links: usize,
    /// Number of managed nodes.
    pub managed_nodes: usize,
    /// Sum of all lead times: one slot per supply link and period of its lead time.
    pub transit_slots: usize,
    /// Number of supply links.
    pub supply_links: usize,
}

impl Layout {
    /// Demand of the last period, per market link.
    pub fn demand(&self) -> Range<usize> {
        0..self.market_links
    }

    /// Unmet demand of the last period, per market link.
    pub fn unmet(&self) -> Range<usize> {
        self.market_links..2 * self.market_links
    }

    /// Stock on hand, per managed node.
    pub fn on_hand(&self) -> Range<usize> {
        let start = 2 * self.market_links;
        start..start + self.managed_nodes
    }

    /// Orders in transit.
    pub fn in_transit(&self) -> Range<usize> {
        let start = self.on_hand().end;
        start..start + self.transit_slots
    }

    /// Periods played.
    pub fn period(&self) -> usize {
        self.in_transit().end
    }

    /// Customers' sentiment.
    pub fn sentiment(&self) -> usize {
        self.period() + 1
    }

    /// Orders outstanding, per supply link.
    pub fn on_order(&self) -> Range<usize> {
        let start = self.observation();
        start..start + self.supply_links
    }

    /// Length of the observation: the part of the row before [`Layout::on_order`].
    pub fn observation(&self) -> usize {
        self.sentiment() + 1
    }

    /// Length of the row.
    pub fn row(&self) -> usize {
        self.observation() + self.supply_links
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_of_a_row_follow_each_other_without_gap_or_overlap() {
        let layout = Layout { market_links: 2, managed_nodes: 3, transit_slots: 5, supply_links: 4 };
        let parts = [
            layout.demand(),
            layout.unmet(),
            layout.on_hand(),
            layout.in_transit(),
            layout.period()..layout.period() + 1,
            layout.sentiment()..layout.sentiment() + 1,
            layout.on_order(),
        ];
        assert_eq!(parts.clone().map(|part| part.len()), [2, 2, 3, 5, 1, 1, 4]);
        assert_eq!(parts.into_iter().flatten().collect::<Vec<_>>(), (0..layout.row()).collect::<Vec<_>>());
        assert_eq!(layout.observation(), layout.on_order().start);
    }
}
