//! A game as a table: a row per period and stage.

use invmgmt::episode::Symbol;
use invmgmt::network::TableIndex;
use invmgmt_data::spreadsheet_safe;

use crate::game::{Game, stages};

const COLUMNS: [&str; 9] =
    ["period", "node", "player", "asked", "ordered", "shipped", "on_hand", "waiting", "cost"];

/// The periods played, as CSV: per period and stage what was asked of it, what it ordered, shipped, had on hand at the
/// end, what its customers were left wanting [units] and what it cost [money].
pub fn results_csv(game: &Game) -> String {
    let mut sheet = csv::Writer::from_writer(Vec::new());
    let mut write = |row: &[String]| sheet.write_record(row).expect("memory takes every row");
    write(&COLUMNS.map(ToOwned::to_owned));
    let network = game.network();
    let record = game.episode().trajectory();
    for period in 0..game.period() {
        for node in stages(network) {
            let row = &network.managed[node];
            let supply = |symbol: Symbol, links: &[_]| -> f64 {
                let of = |link: &invmgmt::network::SupplyLinkIx| record[symbol].row(period)[link.position()];
                links.iter().map(of).sum()
            };
            let market = |symbol: Symbol| -> f64 {
                row.markets.iter().map(|link| record[symbol].row(period)[link.position()]).sum()
            };
            let sold: f64 = row
                .markets
                .iter()
                .map(|&link| record[Symbol::Moved].row(period)[network.market[link].link.position()])
                .sum();
            let read: f64 = row.outgoing.iter().map(|&link| game.read(link, period)).sum();
            let column = row.node.position();
            let numbers = [
                read + market(Symbol::Demand),
                supply(Symbol::Requested, &row.incoming),
                supply(Symbol::Filled, &row.outgoing) + sold,
                record[Symbol::OnHand].row(period + 1)[column],
                market(Symbol::Unmet),
                0.0 - record[Symbol::Profit].row(period)[column],
            ];
            let name = network.managed_id(node).to_string();
            let mut cells = vec![
                (period + 1).to_string(),
                spreadsheet_safe(&name).into_owned(),
                spreadsheet_safe(game.player(node).name()).into_owned(),
            ];
            cells.extend(numbers.map(|number| number.to_string()));
            write(&cells);
        }
    }
    let bytes = sheet.into_inner().expect("memory takes every row");
    String::from_utf8(bytes).expect("texts and numbers")
}
