//! Between the matrices and the state row: what a period starts from, and what it leaves.

use invmgmt::episode::Symbol;
use invmgmt::network::{Part, TableIndex};
use invmgmt::period::State;
use numpy::PyArrayMethods;
use pyo3::prelude::*;

use super::Episode;

impl Episode {
    /// Loads the state row from the matrices as they stand, a user's writes included.
    pub(super) fn load(&mut self, py: Python<'_>, sentiment: f64) -> PyResult<()> {
        let (t, network) = (self.period, &*self.network);
        // Every part by its name: one that is added cannot be forgotten here.
        let State {
            demand,
            unmet,
            mut on_hand,
            in_transit,
            period,
            sentiment: feeling,
            on_order,
            extra: _,
            hidden: _,
        } = State::open(&mut self.row, &network.layout);
        let stocks = self.matrices.row(py, Symbol::OnHand, t)?;
        for (node, managed) in network.managed.iter() {
            on_hand[node] = stocks[managed.node.position()];
        }
        on_order.values.copy_from_slice(self.matrices.row(py, Symbol::OnOrder, t)?);
        if t == 0 {
            demand.values.fill(0.0);
            unmet.values.fill(0.0);
        } else {
            demand.values.copy_from_slice(self.matrices.row(py, Symbol::Demand, t - 1)?);
            unmet.values.copy_from_slice(self.matrices.row(py, Symbol::Unmet, t - 1)?);
        }
        // With mechanisms what was filled does not say what is on its way: the row itself keeps that, and what few
        // networks have besides.
        let from_record = network.physics.is_none();
        let filled = self.matrices.values(py, Symbol::Filled)?;
        let links = network.supply.len();
        for (link, row) in network.supply.iter().filter(|_| from_record) {
            let slots = &mut in_transit[row.first_slot..row.first_slot + row.lead_time];
            for (age, slot) in (1..=row.lead_time).rev().zip(slots) {
                *slot = if t >= age { filled[(t - age) * links + link.position()] } else { 0.0 };
            }
        }
        *period = t as f64;
        *feeling = sentiment;
        Ok(())
    }

    /// The opposite of `load`: writes a state row into the matrices.
    pub(super) fn unload(&self, py: Python<'_>, values: &[f64]) -> PyResult<()> {
        let (t, network) = (self.period, &*self.network);
        let layout = &network.layout;
        let stocks = self.matrices.row(py, Symbol::OnHand, t)?;
        for (node, managed) in network.managed.iter() {
            stocks[managed.node.position()] = values[layout.start(Part::OnHand) + node.position()];
        }
        self.matrices.row(py, Symbol::OnOrder, t)?.copy_from_slice(&values[layout.range(Part::OnOrder)]);
        // What few networks have and how it stands.
        let standing = |symbol: &Symbol| symbol.is_of_mechanisms() && symbol.facts().stands;
        for symbol in Symbol::of(network).filter(standing) {
            let to = self.matrices.row(py, symbol, t)?;
            symbol.record(to, network, values, &[], &self.flows, 1.0);
        }
        if t == 0 {
            return Ok(());
        }
        self.matrices.row(py, Symbol::Demand, t - 1)?.copy_from_slice(&values[layout.range(Part::Demand)]);
        self.matrices.row(py, Symbol::Unmet, t - 1)?.copy_from_slice(&values[layout.range(Part::Unmet)]);
        self.matrices.row(py, Symbol::Sentiment, t - 1)?[0] = values[layout.start(Part::Sentiment)];
        let filled = self.matrices.values(py, Symbol::Filled)?;
        for (link, row) in network.supply.iter().filter(|_| network.physics.is_none()) {
            let start = layout.start(Part::InTransit) + row.first_slot;
            for (age, value) in (1..=row.lead_time).rev().zip(&values[start..start + row.lead_time]) {
                if t >= age {
                    filled[(t - age) * network.supply.len() + link.position()] = *value;
                }
            }
        }
        Ok(())
    }

    /// Stores the played period's rows.
    pub(super) fn store(&mut self, py: Python<'_>) -> PyResult<()> {
        let t = self.period;
        let (network, weight) = (&*self.network, self.rules.weight(t));
        for symbol in Symbol::of(network) {
            let to = self.matrices.row(py, symbol, t + usize::from(symbol.facts().stands))?;
            symbol.record(to, network, &self.row, &self.requests, &self.flows, weight);
        }
        self.store_ledger(py, t)
    }

    fn store_ledger(&self, py: Python<'_>, t: usize) -> PyResult<()> {
        let nodes = self.network.managed.len();
        let weight = self.rules.weight(t);
        // SAFETY: the array is float64 and contiguous (made here or checked when set), and the slice is dropped
        // before Python runs again.
        let ledger = unsafe { self.ledger.bind(py).as_slice_mut()? };
        let parts = super::parts_of(&self.network);
        let rows = &mut ledger[t * parts * nodes..(t + 1) * parts * nodes];
        for node in self.network.managed.indices() {
            let extra = self.flows.extra_costs(node, 0).values();
            let values = self.flows.parts(node, 0).values().into_iter().chain(extra);
            for (part, value) in values.take(parts).enumerate() {
                rows[part * nodes + node.position()] = weight * value;
            }
        }
        Ok(())
    }
}
