//! A network too large to be drawn node by node: folded by echelon and role, each fold to be opened below the drawing.

use std::collections::BTreeMap;
use std::fmt::Write;

use invmgmt::network::{Network, NodeIx, TableIndex};

use crate::Layout;
use crate::shapes::{LOOKS, Look};
use crate::text::{escape, number};

/// Distances between columns and rows, room around them, and the largest symbol [pixels].
const COLUMN: f64 = 150.0;
const ROW: f64 = 96.0;
const MARGIN: f64 = 80.0;
const LARGEST: f64 = 30.0;
/// Names that a tooltip lists before it says how many more there are.
const MOST_NAMES: usize = 20;

/// Nodes of one echelon that look alike.
struct Fold {
    look: Look,
    nodes: Vec<NodeIx>,
    place: (f64, f64),
}

/// The drawing, and below it one list per fold: name, stock at the start, holding cost, lead times of what it buys.
pub(crate) fn folded(network: &Network, layout: &Layout) -> String {
    let (folds, fold_of, size) = folds(network, layout);
    let mut html = format!(
        "<svg class=\"network folded\" viewBox=\"0 0 {:.0} {:.0}\" role=\"img\" aria-label=\"The supply network, folded \
         by echelon\">",
        size.0, size.1
    );
    let mut bundles: BTreeMap<(usize, usize), usize> = BTreeMap::new();
    let place = |node| network.managed[node].node;
    let inputs =
        layout.inputs.iter().map(|&(link, input, _)| (place(input), place(network.supply[link].buyer)));
    for (from, to) in network.links.indices().map(|link| network.ends(link)).chain(inputs) {
        *bundles.entry((fold_of[from.position()], fold_of[to.position()])).or_default() += 1;
    }
    for ((from, to), count) in bundles {
        let ((x0, y0), (x1, y1)) = (folds[from].place, folds[to].place);
        let middle = f64::midpoint(x0, x1);
        let _ = write!(
            html,
            "<path class=\"link\" stroke-width=\"{:.1}\" fill=\"none\" d=\"M{x0:.1} {y0:.1} C{middle:.1} {y0:.1} \
             {middle:.1} {y1:.1} {x1:.1} {y1:.1}\"><title>{count} links</title></path>",
            1.0 + 2.0 * (count as f64).log10()
        );
    }
    for fold in &folds {
        draw(&mut html, network, fold);
    }
    html.push_str("</svg>\n");
    for fold in &folds {
        list(&mut html, network, fold);
    }
    html
}

/// The folds from left to right, the fold of each node, and the size of the drawing.
fn folds(network: &Network, layout: &Layout) -> (Vec<Fold>, Vec<usize>, (f64, f64)) {
    let last = layout.columns.max(2) - 1;
    let mut groups: BTreeMap<(usize, usize), Vec<NodeIx>> = BTreeMap::new();
    for (node, row) in network.nodes.iter() {
        let column = (layout.nodes[node].x * last as f64).round() as usize;
        let look = Look::of(row.roles);
        let rank = LOOKS.iter().position(|known| *known == look).unwrap_or(0);
        groups.entry((column, rank)).or_default().push(node);
    }
    let mut counts = vec![0_usize; last + 1];
    for (column, _) in groups.keys() {
        counts[*column] += 1;
    }
    let rows = counts.iter().copied().max().unwrap_or(1);
    let height = 2.0 * MARGIN + ROW * (rows.max(1) - 1) as f64;
    let mut taken = vec![0_usize; last + 1];
    let mut fold_of = vec![0; network.nodes.len()];
    let mut folds = Vec::with_capacity(groups.len());
    for ((column, rank), nodes) in groups {
        let above = (rows - counts[column]) as f64 / 2.0;
        let place = (MARGIN + COLUMN * column as f64, MARGIN + ROW * (above + taken[column] as f64));
        taken[column] += 1;
        for node in &nodes {
            fold_of[node.position()] = folds.len();
        }
        folds.push(Fold { look: LOOKS[rank], nodes, place });
    }
    (folds, fold_of, (2.0 * MARGIN + COLUMN * last as f64, height))
}

/// `244 distributors`, or the name of the only one.
fn title(network: &Network, fold: &Fold) -> String {
    match fold.nodes[..] {
        [only] => network.nodes[only].id.to_string(),
        _ => format!("{} {}", fold.nodes.len(), fold.look.plural()),
    }
}

fn draw(html: &mut String, network: &Network, fold: &Fold) {
    let (x, y) = fold.place;
    let names: Vec<String> =
        fold.nodes.iter().take(MOST_NAMES).map(|node| network.nodes[*node].id.to_string()).collect();
    let more = fold.nodes.len() - names.len();
    let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
    let _ = write!(html, "<g class=\"node\"><title>{}{rest}</title>", escape(&names.join(", ")));
    let radius = (10.0 + 6.0 * (fold.nodes.len() as f64).log10()).min(LARGEST);
    fold.look.draw(html, x, y, radius);
    let _ = write!(
        html,
        "<text x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text></g>",
        y + radius + 16.0,
        escape(&title(network, fold))
    );
}

fn list(html: &mut String, network: &Network, fold: &Fold) {
    let _ = write!(
        html,
        "<details class=\"fold\"><summary>{}</summary><div class=\"wide tall\"><table><thead><tr><th \
         class=\"text\">node</th><th>stock at the start</th><th>holding cost</th><th>lead times</th></tr></thead><tbody>",
        escape(&title(network, fold))
    );
    for &node in &fold.nodes {
        let row = &network.nodes[node];
        let _ = write!(html, "<tr><td class=\"text\">{}</td>", escape(&row.id.to_string()));
        match row.managed.map(|managed| &network.managed[managed]) {
            None => html.push_str("<td></td><td></td><td></td>"),
            Some(managed) => {
                let mut times: Vec<usize> =
                    managed.incoming.iter().map(|link| network.supply[*link].lead_time).collect();
                times.sort_unstable();
                times.dedup();
                let times: Vec<String> = times.iter().map(ToString::to_string).collect();
                let _ = write!(
                    html,
                    "<td>{}</td><td>{}</td><td>{}</td>",
                    number(managed.initial_inventory, 2),
                    number(managed.holding_cost, 4),
                    times.join(", ")
                );
            }
        }
        html.push_str("</tr>");
    }
    html.push_str("</tbody></table></div></details>\n");
}
