//! The network as a drawing.

use std::fmt::Write;

use invmgmt::network::{Link, LinkIx, Network, Node};

use crate::folded::folded;
use crate::shapes::{LOOKS, Look};
use crate::text::{cut, escape, number};
use crate::{Layout, Point};

/// Most nodes of a network that is drawn node by node; a larger one would be a blot and is folded by echelon.
pub const MAX_DRAWN_NODES: usize = 400;
/// Up to this many links carry their parameters in the picture; all carry them as tooltips.
const MAX_LABELLED_LINKS: usize = 24;
/// Up to this many nodes have their parameters below their names.
const MAX_DETAILED_NODES: usize = 16;
/// More links than this are drawn faintly.
const MANY_LINKS: usize = 60;
/// Where rows are closer than this, names stand beside their nodes instead of below [pixels].
const BESIDE: f64 = 34.0;
/// Room on either side of the outermost columns, for their nodes and names [pixels].
const MARGIN: f64 = 70.0;
/// Room at the top for the legend [pixels].
const HEAD: f64 = 44.0;

/// Sizes of one drawing [pixels].
struct Sheet {
    width: f64,
    height: f64,
    column_gap: f64,
    row_gap: f64,
    radius: f64,
}

impl Sheet {
    fn of(layout: &Layout) -> Self {
        let rows = layout.rows as f64;
        let row_gap: f64 = match layout.rows {
            1 => 150.0,
            2..=4 => 112.0,
            5..=8 => 84.0,
            9..=16 => 56.0,
            17..=40 => 20.0,
            _ => 15.0,
        };
        let gaps = (layout.columns.max(2) - 1) as f64;
        let width = 960.0_f64.max(2.0 * MARGIN + 120.0 * gaps);
        Self {
            width,
            height: HEAD + row_gap * rows,
            column_gap: (width - 2.0 * MARGIN) / gaps,
            row_gap,
            radius: if row_gap < BESIDE { 0.34 * row_gap } else { 0.25 * row_gap }.min(22.0),
        }
    }

    fn place(&self, point: Point) -> (f64, f64) {
        (MARGIN + point.x * (self.width - 2.0 * MARGIN), HEAD + point.y * (self.height - HEAD))
    }
}

/// Draws a network; one with more than [`MAX_DRAWN_NODES`] nodes is folded by echelon and role, with a list of each
/// fold to be opened below the drawing.
///
/// Roles are told by shape and by colour. Lines run from supplier to buyer; `L` is a lead time in periods, `p` a
/// price. Pointing at a node or a link shows all of its parameters.
pub fn network_svg(network: &Network, layout: &Layout) -> String {
    if network.nodes.len() > MAX_DRAWN_NODES {
        return folded(network, layout);
    }
    let sheet = Sheet::of(layout);
    let mut svg = format!(
        "<svg class=\"network{}\" viewBox=\"0 0 {:.0} {:.0}\" role=\"img\" aria-label=\"The supply network\">\
         <defs><marker id=\"arrow\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"7\" markerHeight=\"7\" \
         orient=\"auto\"><path d=\"M0 0.6 8 4 0 7.4z\" fill=\"var(--link)\"/></marker></defs>",
        if network.links.len() > MANY_LINKS { " dense" } else { "" },
        sheet.width,
        sheet.height,
    );
    draw_legend(&mut svg, network);
    for link in network.links.indices() {
        draw_way(&mut svg, &curve(&layout.routes[link], &sheet), &describe_link(network, link));
    }
    for (link, input, way) in &layout.inputs {
        let row = &network.supply[*link];
        let (name, takes) = (network.link_name(row.link), network.taken(*link, *input));
        let text = format!("{name}\ntakes {} of {} a unit", number(takes, 4), network.managed_id(*input));
        draw_way(&mut svg, &curve(way, &sheet), &text);
    }
    if network.links.len() <= MAX_LABELLED_LINKS {
        draw_link_labels(&mut svg, network, layout, &sheet);
    }
    for (position, node) in network.nodes.iter() {
        draw_node(&mut svg, network, &sheet, node, layout.nodes[position]);
    }
    svg.push_str("</svg>");
    svg
}

fn draw_legend(svg: &mut String, network: &Network) {
    let mut x = 14.0;
    for look in LOOKS {
        if network.nodes.rows().iter().any(|node| Look::of(node.roles) == look) {
            look.draw(svg, x, 14.0, 7.0);
            let _ = write!(svg, "<text x=\"{:.0}\" y=\"18.5\">{}</text>", x + 14.0, look.name());
            x += 38.0 + 6.8 * look.name().len() as f64;
        }
    }
    if network.links.len() <= MAX_LABELLED_LINKS {
        let made = if network.recipes.is_empty() { "" } else { ", o cost per unit made" };
        let _ = write!(
            svg,
            "<text x=\"{x:.0}\" y=\"18.5\" class=\"muted\">L lead time in periods, p price per unit{made}</text>"
        );
    }
}

/// Control points of a way's curves in pixels: first the start, then three points per curve.
fn curve(way: &[Point], sheet: &Sheet) -> Vec<(f64, f64)> {
    let mut points: Vec<(f64, f64)> = way.iter().map(|&point| sheet.place(point)).collect();
    // The line begins and ends at the edge of its nodes.
    let last = points.len() - 1;
    points[0].0 += sheet.radius * 1.1;
    points[last].0 -= sheet.radius * 1.1 + 2.0;
    // Curves that leave and arrive level where a link bends; a straight line otherwise.
    let lift = if points.len() > 2 { 0.0 } else { 1.0 / 3.0 };
    let mut control = vec![points[0]];
    for step in points.windows(2) {
        let (dx, dy) = (step[1].0 - step[0].0, step[1].1 - step[0].1);
        control.extend([
            (step[0].0 + dx / 3.0, step[0].1 + lift * dy),
            (step[1].0 - dx / 3.0, step[1].1 - lift * dy),
            step[1],
        ]);
    }
    control
}

fn draw_way(svg: &mut String, control: &[(f64, f64)], text: &str) {
    let _ = write!(svg, "<path class=\"link\" d=\"M{:.1} {:.1}", control[0].0, control[0].1);
    for bezier in control[1..].chunks_exact(3) {
        svg.push_str(" C");
        for (x, y) in bezier {
            let _ = write!(svg, "{x:.1} {y:.1} ");
        }
    }
    let _ = write!(svg, "\" marker-end=\"url(#arrow)\"><title>{}</title></path>", escape(text));
}

/// A point on the middle curve of a link.
fn along(control: &[(f64, f64)], t: f64) -> (f64, f64) {
    let curves = (control.len() - 1) / 3;
    let start = 3 * (curves / 2);
    let [a, b, c, d] = [control[start], control[start + 1], control[start + 2], control[start + 3]];
    let s = 1.0 - t;
    let weights = [s * s * s, 3.0 * s * s * t, 3.0 * s * t * t, t * t * t];
    let mix = |values: [f64; 4]| -> f64 { weights.iter().zip(values).map(|(w, v)| w * v).sum() };
    (mix([a.0, b.0, c.0, d.0]), mix([a.1, b.1, c.1, d.1]))
}

/// Writes each link's parameters on its line, where no other label is in the way.
fn draw_link_labels(svg: &mut String, network: &Network, layout: &Layout, sheet: &Sheet) {
    let mut taken: Vec<(f64, f64, f64)> = Vec::new();
    for link in network.links.indices() {
        let control = curve(&layout.routes[link], sheet);
        let label = match network.links[link] {
            Link::Supply(supply) => {
                let row = &network.supply[supply];
                match row.recipe {
                    Some(recipe) => {
                        let cost = network.recipes[recipe].operating_cost;
                        format!("L {} \u{b7} o {}", row.lead_time, number(cost, 2))
                    }
                    None => format!("L {} \u{b7} p {}", row.lead_time, number(row.price, 2)),
                }
            }
            Link::Market(market) => format!("p {}", number(network.market[market].price, 2)),
        };
        let half = 3.1 * label.chars().count() as f64 + 3.0;
        let free = |&(x, y): &(f64, f64)| {
            taken.iter().all(|&(ox, oy, other)| (x - ox).abs() > half + other || (y - oy).abs() > 14.0)
        };
        let places = [0.36, 0.3, 0.42, 0.25, 0.5, 0.58, 0.66, 0.74];
        let Some((x, y)) = places.iter().map(|&t| along(&control, t)).find(free) else { continue };
        taken.push((x, y, half));
        let _ = write!(
            svg,
            "<rect class=\"plate\" x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"14\"/>\
             <text x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\" class=\"on-line\">{label}</text>",
            x - half,
            y - 7.0,
            2.0 * half,
            y + 3.7,
        );
    }
}

fn draw_node(svg: &mut String, network: &Network, sheet: &Sheet, node: &Node, point: Point) {
    let (x, y) = sheet.place(point);
    let look = Look::of(node.roles);
    let name = node.id.to_string();
    svg.push_str("<g class=\"node\">");
    let _ = write!(svg, "<title>{}</title>", escape(&describe_node(network, node)));
    look.draw(svg, x, y, sheet.radius);
    let mut below = y + sheet.radius * 1.1 + 12.0;
    if name.chars().count() <= 3 && sheet.radius >= 12.0 {
        let _ = write!(
            svg,
            "<text x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\" class=\"name\" style=\"fill:{}\">{}</text>",
            y + 4.5,
            look.ink(),
            escape(&name)
        );
    } else if sheet.row_gap < BESIDE {
        // The outermost column has the margin for its names, the others the gap to the next column.
        let room =
            if point.x == 1.0 { MARGIN } else { sheet.column_gap - sheet.radius } - sheet.radius - 10.0;
        let _ = write!(
            svg,
            "<text x=\"{:.1}\" y=\"{:.1}\" class=\"on-line\">{}</text>",
            x + sheet.radius * 1.1 + 4.0,
            y + 3.7,
            escape(&cut(&name, (room / 6.2) as usize))
        );
    } else {
        let most = (sheet.column_gap.min(2.0 * MARGIN) / 6.6) as usize;
        let _ = write!(
            svg,
            "<text x=\"{x:.1}\" y=\"{below:.1}\" text-anchor=\"middle\" class=\"on-line strong\">{}</text>",
            escape(&cut(&name, most))
        );
        below += 13.0;
    }
    if network.nodes.len() <= MAX_DETAILED_NODES
        && let Some(detail) = node_detail(network, node)
    {
        let _ = write!(
            svg,
            "<text x=\"{x:.1}\" y=\"{below:.1}\" text-anchor=\"middle\" class=\"on-line\">{detail}</text>"
        );
    }
    svg.push_str("</g>");
}

fn node_detail(network: &Network, node: &Node) -> Option<String> {
    let row = &network.managed[node.managed?];
    let stock = number(row.initial_inventory, 1);
    Some(match row.factory {
        Some(factory) => format!("stock {stock}, max {}", number(factory.capacity, 1)),
        None => format!("stock {stock}"),
    })
}

fn describe_node(network: &Network, node: &Node) -> String {
    let mut text = format!("{} ({})", node.id, node.roles);
    if let Some(managed) = node.managed {
        let row = &network.managed[managed];
        let _ = write!(
            text,
            "\ninitial stock {}\nholding cost {}",
            number(row.initial_inventory, 3),
            number(row.holding_cost, 4)
        );
        if let Some(factory) = row.factory {
            let _ = write!(
                text,
                "\ncapacity {} per period\nyield {}\noperating cost {} per unit out",
                number(factory.capacity, 3),
                number(factory.production_yield, 4),
                number(factory.operating_cost, 4)
            );
        }
    }
    text
}

fn describe_link(network: &Network, link: LinkIx) -> String {
    let name = network.link_name(link);
    match network.links[link] {
        Link::Supply(supply) => {
            let row = &network.supply[supply];
            if let Some(recipe) = row.recipe.map(|recipe| &network.recipes[recipe]) {
                let takes = recipe.inputs.iter().map(|&(input, units)| {
                    format!("\ntakes {} of {} a unit", number(units, 4), network.managed_id(input))
                });
                let takes = takes.collect::<Vec<String>>().concat();
                return format!(
                    "{name}{takes}\nlead time {}\ncost of a unit made {}\nfixed cost of an order {}",
                    row.lead_time,
                    number(recipe.operating_cost, 4),
                    number(row.fixed_order_cost, 4)
                );
            }
            format!(
                "{name}\nlead time {}\nprice {}\npipeline holding cost {}\nfixed cost of an order {}",
                row.lead_time,
                number(row.price, 4),
                number(row.pipeline_holding_cost, 4),
                number(row.fixed_order_cost, 4)
            )
        }
        Link::Market(market) => {
            let row = &network.market[market];
            format!(
                "{name}\nprice {}\npenalty {} per unit unmet and period",
                number(row.price, 4),
                number(row.unmet_penalty, 4)
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use invmgmt::network::{DeclaredDemand, DeclaredLink, DeclaredNetwork, DeclaredNode, preset};

    #[test]
    fn every_node_and_link_is_drawn() {
        let network = preset("network").expect("a preset").compile().expect("a sound network");
        let svg = network_svg(&network, &Layout::of(&network));
        assert_eq!(svg.matches("class=\"node\"").count(), 9);
        assert_eq!(svg.matches("class=\"link\"").count(), 12);
        assert!(svg.contains("2 -&gt; 1\nlead time 5\nprice 1.5"));
    }

    /// Cheese of milk and salt: two lines lead to it, though an order of it is one.
    #[test]
    fn everything_a_recipe_takes_is_drawn() {
        let text = "products: [milk, salt, cheese]\nnodes:\n  - {id: farm}\n  - {id: dairy, I0: 4, h: 1, \
                    recipes: [{make: cheese, from: {milk: 10, salt: 0.5}, L: 3, o: 0.25}]}\n  - {id: town}\nedges:\n  \
                    - {from: farm, to: dairy, products: [milk, salt], L: 1, p: 1, g: 0}\n  \
                    - {from: dairy, to: town, product: cheese, p: 9, b: 1, demand_dist: poisson, dist_param: {mu: 2}}\n";
        let network = invmgmt_data::network_from_yaml(text).expect("a sound network");
        let svg = network_svg(&network, &Layout::of(&network));
        assert_eq!(svg.matches("class=\"node\"").count(), 5, "farm, three stock points, town");
        assert_eq!(svg.matches("class=\"link\"").count(), 5, "two bought, one made of two, one sold");
        assert!(svg.contains(
            "dairy: cheese\ntakes 10 of dairy, milk a unit\ntakes 0.5 of dairy, salt a unit\nlead time 3"
        ));
        assert!(svg.contains(">L 3 \u{b7} o 0.25<") && svg.contains("o cost per unit made"), "{svg}");
    }

    #[test]
    fn markup_in_a_name_appears_as_text() {
        let network = DeclaredNetwork {
            nodes: vec![
                DeclaredNode::new("<script>alert(1)</script>"),
                DeclaredNode::stocking("a\"&b", 10.0, 0.1),
                DeclaredNode::new("m"),
            ],
            links: vec![
                DeclaredLink::supply("<script>alert(1)</script>", "a\"&b", 1, 1.0, 0.0),
                DeclaredLink::market("a\"&b", "m", 2.0, 0.1, DeclaredDemand::poisson(5.0)),
            ],
            ..DeclaredNetwork::default()
        };
        let network = network.compile().expect("a sound network");
        let svg = network_svg(&network, &Layout::of(&network));
        assert!(!svg.contains("<script"), "{svg}");
        assert!(svg.contains("&lt;script&gt;") && svg.contains("a&quot;&amp;b"));
    }

    #[test]
    fn a_network_beyond_the_limit_is_folded_by_echelon_and_every_node_is_listed() {
        let mut declared = preset("serial").expect("a preset");
        for extra in 0..400_i64 {
            declared.nodes.push(DeclaredNode::stocking(100 + extra, 1.0, 0.1));
            declared.links.push(DeclaredLink::supply(4, 100 + extra, 1, 1.0, 0.0));
            declared.links.push(DeclaredLink::supply(100 + extra, 1, 1, 1.0, 0.0));
        }
        let network = declared.compile().expect("a sound network");
        let svg = network_svg(&network, &Layout::of(&network));
        assert!(
            svg.contains(">401 distributors</text>") && svg.contains("<title>400 links</title>"),
            "{svg}"
        );
        assert!(svg.contains("<title>2, 100, 101") && svg.contains(" and 381 more</title>"));
        assert!((100..500).all(|node| svg.contains(&format!("<td class=\"text\">{node}</td>"))));
        // A picture of a few folds, whatever the network: shapes and bundles are few.
        assert!(svg.matches("class=\"link\"").count() < 10 && svg.matches("<g class=\"node\">").count() < 10);
    }
}
