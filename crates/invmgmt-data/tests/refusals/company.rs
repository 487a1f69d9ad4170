//! Values that are wrong alone, and values that are right alone and wrong beside each other.

use super::{Refusal, check, refusal};

const LAW: &str = "{uniform: [1, 3]}";
const NEVER: &str = "{uniform: [1, 3], never: 0.1}";

/// Keys of the network.
const OF_THE_NETWORK: &[Refusal] = &[
    refusal(
        &[("file", "life", "0")],
        "line 12: life: found 0; goods must live for at least 1 period of selling",
    ),
    refusal(
        &[("file", "timeline", "weekly")],
        "line 12: timeline: found text 'weekly'; expected release, order-first, beer",
    ),
    refusal(&[("file", "units", "halves")], "line 12: units: found text 'halves'; expected real, whole"),
    refusal(
        &[("file", "disruptions", "{where: mill, what: ship, up_down: [0.1, 0.3]}")],
        "line 12: disruptions: found {where: mill, what: ship, up_down: [0.1, 0.3]}; expected a list of disruptions",
    ),
    refusal(
        &[("file", "disruptions", "[mill]")],
        "line 12: disruptions: [0]: found mill; expected a mapping such as {where: mill, what: ship, up_down: [0.02, 0.3]}",
    ),
    refusal(
        &[("file", "disruptions", "[{where: mill, up_down: [0.1, 0.3]}]")],
        "line 12: disruptions: [0]: what is missing; expected ship or order",
    ),
    refusal(
        &[("file", "disruptions", "[{where: mill, what: stop, up_down: [0.1, 0.3]}]")],
        "line 12: disruptions: [0]: what: found stop; expected ship or order",
    ),
    refusal(
        &[("file", "disruptions", "[{what: ship, up_down: [0.1, 0.3]}]")],
        "line 12: disruptions: [0]: where is missing; expected a node, [from, to] or a list",
    ),
    refusal(
        &[("file", "disruptions", "[{where: [], what: ship, up_down: [0.1, 0.3]}]")],
        "line 12: disruptions: [0]: where: found an empty list; expected a node, [from, to] or a list of them",
    ),
    refusal(
        &[("file", "disruptions", "[{where: 1.5, what: ship, up_down: [0.1, 0.3]}]")],
        "line 12: disruptions: [0]: found 1.5; expected the name of a node",
    ),
    refusal(
        &[(
            "file",
            "disruptions",
            "[{where: [[mill, depot, shop, town], [depot]], what: ship, up_down: [0.1, 0.3]}]",
        )],
        "line 12: disruptions: [0]: found [mill, depot, shop, town]; expected a link as [from, to]",
    ),
    refusal(
        &[("file", "disruptions", "[{where: mill, what: ship, up_down: [0.1, 1.3]}]")],
        "line 12: disruptions: [0]: up_down: found [0.1, 1.3]; expected two chances from 0 to 1",
    ),
    refusal(
        &[("file", "disruptions", "[{where: mill, what: ship, up_down: [0.1]}]")],
        "line 12: disruptions: [0]: up_down: found [0.1]; expected two chances, of going down and of coming up",
    ),
    refusal(
        &[("file", "disruptions", "[{where: mill, what: ship}]")],
        "line 12: disruptions: [0]: found {where: mill, what: ship}; expected either up_down: [down, up] or periods: [[first, last], ...]",
    ),
    refusal(
        &[("file", "disruptions", "[{where: mill, what: ship, up_down: [0.1, 0.3], periods: [[1, 2]]}]")],
        "line 12: disruptions: [0]: found {where: mill, what: ship, up_down: [0.1, 0.3], periods: [[1, 2]]}; expected either up_down: [down, up] or periods: [[first, last], ...]",
    ),
    refusal(
        &[("file", "disruptions", "[{where: mill, what: ship, periods: [[2, 1]]}]")],
        "line 12: disruptions: [0]: periods: found [[2, 1]]; expected [[first, last], ...], whole numbers in order",
    ),
    refusal(
        &[("file", "disruptions", "[{where: mill, what: ship, periods: [[1, 2]], start: down}]")],
        "line 12: disruptions: [0]: start belongs to up_down; leave it out beside periods",
    ),
    refusal(
        &[("file", "disruptions", "[{where: mill, what: ship, up_down: [0.1, 0.3], start: ill}]")],
        "line 12: disruptions: [0]: start: found ill; expected up or down or stationary",
    ),
    refusal(
        &[("file", "disruptions", "[{where: mill, what: ship, up_down: [0, 0], start: stationary}]")],
        "line 12: disruptions: [0]: start: stationary needs a chance of going down or of coming up",
    ),
    refusal(
        &[("file", "disruptions", "[{where: mill, what: ship, up_down: [0.1, 0.3], factor: 2}]")],
        "line 12: disruptions: [0]: factor: found 2; expected a number from 0 to 1",
    ),
    refusal(
        &[("file", "disruptions", "[{where: mill, what: ship, up_down: [0.1, 0.3], destroy: -1}]")],
        "line 12: disruptions: [0]: destroy: found -1; expected a number from 0 to 1",
    ),
    refusal(
        &[("file", "disruptions", "[{where: mill, what: order, up_down: [0.1, 0.3], factor: 0.5}]")],
        "line 12: disruptions: [0]: factor limits what is shipped; a node that is down orders nothing: leave it out",
    ),
    refusal(
        &[("file", "disruptions", "[{where: mill, what: ship, up_down: [0.1, 0.3], until: 3}]")],
        "line 12: disruptions: [0]: unknown key 'until'; known keys: where, what, up_down, periods, factor, start, destroy",
    ),
    refusal(
        &[("file", "disruptions", "[{where: mill, where: depot, what: ship, up_down: [0.1, 0.3]}]")],
        "line 12: disruptions: [0]: repeated key 'where'; every key may stand once",
    ),
    refusal(
        &[("file", "disruptions", "[{where: tower, what: ship, up_down: [0.1, 0.3]}]")],
        "line 12: disruptions: [0]: where: found tower; expected a node declared under 'nodes'",
    ),
    refusal(
        &[("file", "disruptions", "[{where: town, what: ship, up_down: [0.1, 0.3]}]")],
        "line 12: disruptions: [0]: where: found town; a market ships nothing: expected a node that does",
    ),
    refusal(
        &[("file", "disruptions", "[{where: farm, what: order, up_down: [0.1, 0.3]}]")],
        "line 12: disruptions: [0]: where: found farm; a raw material orders nothing: expected a node that does",
    ),
    refusal(
        &[("file", "disruptions", "[{where: shop, what: ship, up_down: [0.1, 0.3]}]")],
        "line 12: disruptions: [0]: where: found shop; it ships to no other node: expected one that does",
    ),
    refusal(
        &[("file", "disruptions", "[{where: farm, what: ship, up_down: [0.1, 0.3], destroy: 0.5}]")],
        "line 12: disruptions: [0]: where: found farm with destroy; a raw material holds no stock: leave destroy out",
    ),
    refusal(
        &[("file", "disruptions", "[{where: [mill, depot], what: ship, up_down: [0.1, 0.3], destroy: 0.5}]")],
        "line 12: disruptions: [0]: where: found [mill, depot] with destroy; only a node has stock to lose: leave destroy out",
    ),
    refusal(
        &[("file", "disruptions", "[{where: [shop, town], what: ship, up_down: [0.1, 0.3]}]")],
        "line 12: disruptions: [0]: where: found [shop, town]; customers' links do not fail: expected a link between nodes",
    ),
    refusal(
        &[("file", "disruptions", "[{where: [mill, shop], what: ship, up_down: [0.1, 0.3]}]")],
        "line 12: disruptions: [0]: where: found [mill, shop]; expected a link declared under 'edges'",
    ),
];

/// Keys of nodes.
const OF_NODES: &[Refusal] = &[
    refusal(
        &[("depot", "allocation", "in-turn")],
        "line 4: nodes[2] (depot): allocation: found in-turn; expected in-order, proportional, fair-share, random or {priority: [buyer, ...]}",
    ),
    refusal(
        &[("depot", "allocation", "3")],
        "line 4: nodes[2] (depot): allocation: found 3; expected in-order, proportional, fair-share, random or {priority: [buyer, ...]}",
    ),
    refusal(
        &[("depot", "allocation", "{priority: shop}")],
        "line 4: nodes[2] (depot): allocation: found {priority: shop}; expected {priority: [buyer, ...]}",
    ),
    refusal(
        &[("depot", "allocation", "{priority: [[shop]]}")],
        "line 4: nodes[2] (depot): allocation: found [shop]; expected the name of a node",
    ),
    refusal(
        &[("depot", "allocation", "{first: [shop]}")],
        "line 4: nodes[2] (depot): allocation: unknown key 'first'; known keys: priority",
    ),
    refusal(
        &[("depot", "allocation", "{priority: [mill]}")],
        "line 4: nodes[2] (depot): allocation: priority: found mill; its buyers are shop",
    ),
    refusal(
        &[("depot", "allocation", "{priority: [shop, shop]}")],
        "line 4: nodes[2] (depot): allocation: priority: found shop twice; every buyer may stand once",
    ),
    refusal(
        &[("depot", "allocation", "fair-share")],
        "line 9: edges[1] (depot -> shop): target: missing; depot shares fairly, and needs a target on every link to a buyer",
    ),
    refusal(
        &[("shop", "allocation", "proportional")],
        "line 3: nodes[1] (shop): allocation: it ships to no other node, so nothing is shared; leave it out",
    ),
    refusal(
        &[("depot", "remainder", "largest"), ("file", "units", "whole")],
        "line 4: nodes[2] (depot): remainder: only shares in proportion leave a remainder; add allocation: proportional, or leave it out",
    ),
    refusal(
        &[("depot", "allocation", "proportional"), ("depot", "remainder", "largest")],
        "line 4: nodes[2] (depot): remainder: only whole units leave a remainder; set units: whole, or leave it out",
    ),
    refusal(
        &[
            ("depot", "allocation", "proportional"),
            ("depot", "remainder", "share"),
            ("file", "units", "whole"),
        ],
        "line 4: nodes[2] (depot): remainder: found text 'share'; expected stay, largest",
    ),
    // What does nothing and does no harm is said beside a mistake.
    refusal(
        &[
            ("depot", "allocation", "{priority: [mill]}"),
            ("depot", "remainder", "largest"),
            ("file", "units", "whole"),
        ],
        "2 mistakes in the network:\nline 4: nodes[2] (depot): allocation: priority: found mill; its buyers are shop\nline 4: nodes[2] (depot): remainder: largest has no effect, because only shares in proportion leave a remainder",
    ),
    refusal(
        &[("depot", "customers", "maybe")],
        "line 4: nodes[2] (depot): customers: found text 'maybe'; expected last, first",
    ),
    refusal(
        &[("mill", "v", "0.9"), ("file", "units", "whole")],
        "line 5: nodes[3] (mill): v: found a yield below 1 beside units: whole; it would make fractions of units",
    ),
    refusal(
        &[("shop", "I0", "10.5"), ("file", "units", "whole")],
        "line 3: nodes[1] (shop): I0: found 10.5; expected a whole number, as units are whole",
    ),
    refusal(
        &[("mill", "C", "50.5"), ("file", "units", "whole")],
        "line 5: nodes[3] (mill): C: found 50.5; expected a whole number, as units are whole",
    ),
    refusal(
        &[("shop", "storage", "400")],
        "line 3: nodes[1] (shop): storage: found 400; expected a mapping such as {space: 400, overflow: discard, cost: 0.1}",
    ),
    refusal(
        &[("shop", "storage", "{overflow: discard}")],
        "line 3: nodes[1] (shop): storage: space is missing; expected a mapping such as {space: 400, overflow: discard, cost: 0.1}",
    ),
    refusal(
        &[("shop", "storage", "{space: 400}")],
        "line 3: nodes[1] (shop): storage: overflow is missing; expected discard or cost",
    ),
    refusal(
        &[("shop", "storage", "{space: 400, overflow: burn}")],
        "line 3: nodes[1] (shop): storage: overflow: found burn; expected discard or cost",
    ),
    refusal(
        &[("shop", "storage", "{space: -1, overflow: discard}")],
        "line 3: nodes[1] (shop): storage: space: found -1; expected a finite number >= 0",
    ),
    refusal(
        &[("shop", "storage", "{space: 400, overflow: discard, cost: .inf}")],
        "line 3: nodes[1] (shop): storage: cost: found inf; expected a finite number >= 0",
    ),
    refusal(
        &[("shop", "storage", "{space: 400, overflow: discard, volume: 2}")],
        "line 3: nodes[1] (shop): storage: unknown key 'volume'; known keys: space, overflow, cost",
    ),
    refusal(
        &[("shop", "storage", "{space: 400.5, overflow: discard}"), ("file", "units", "whole")],
        "line 3: nodes[1] (shop): storage: space: found 400.5; expected a whole number, as units are whole",
    ),
    refusal(
        &[("shop", "waste", "1")],
        "line 3: nodes[1] (shop): waste: goods do not spoil here; it needs 'life' of the network",
    ),
    refusal(
        &[("shop", "waste", "-1"), ("file", "life", "3")],
        "line 3: nodes[1] (shop): waste: found -1; expected a finite number >= 0",
    ),
    refusal(
        &[("shop", "ages", "[5, 5]")],
        "line 3: nodes[1] (shop): ages: goods do not spoil here; it needs 'life' of the network",
    ),
    refusal(
        &[("shop", "ages", "5"), ("file", "life", "3")],
        "line 3: nodes[1] (shop): ages: found 5; expected a list of finite numbers >= 0",
    ),
    refusal(
        &[("shop", "ages", "[5, -5, 10]"), ("file", "life", "3")],
        "line 3: nodes[1] (shop): ages: found [5, -5, 10]; expected a list of finite numbers >= 0",
    ),
    refusal(
        &[("shop", "ages", "[4, 3, 2, 1]"), ("file", "life", "3")],
        "line 3: nodes[1] (shop): ages: found 4 ages; goods live for 3 periods: expected at most 3",
    ),
    refusal(
        &[("shop", "ages", "[4, 3, 2]"), ("file", "life", "3")],
        "line 3: nodes[1] (shop): ages: found 9 units, but I0 is 10; expected the same",
    ),
    refusal(
        &[("shop", "ages", "[5.5, 4.5]"), ("file", "life", "3"), ("file", "units", "whole")],
        "line 3: nodes[1] (shop): ages: found 5.5; expected a whole number, as units are whole",
    ),
];

/// Random lead times.
const OF_LEAD_TIMES: &[Refusal] = &[
    refusal(
        &[("lane", "L", "{}"), ("lane", "draw", "order")],
        "line 9: edges[1] (depot -> shop): L: found {}; expected one of values, uniform, geometric, poisson",
    ),
    refusal(
        &[("lane", "L", "{normal: [1, 2]}")],
        "line 9: edges[1] (depot -> shop): L: unknown key 'normal'; known keys: values, weights, uniform, geometric, poisson, least, most, never",
    ),
    refusal(
        &[("lane", "L", "[1, 3]")],
        "line 9: edges[1] (depot -> shop): L: found a list; expected a non-negative integer (whole periods), or a law: {uniform: [1, 3]}",
    ),
    refusal(
        &[("lane", "L", "{uniform: [1, 3], values: [1]}")],
        "line 9: edges[1] (depot -> shop): L: found values and uniform; a law is one of them",
    ),
    refusal(
        &[("lane", "L", "{uniform: [3, 1]}")],
        "line 9: edges[1] (depot -> shop): L: uniform: found [3, 1]; expected [shortest, longest], whole numbers of periods from 0 to 10000",
    ),
    refusal(
        &[("lane", "L", "{uniform: [1, 2, 3]}")],
        "line 9: edges[1] (depot -> shop): L: uniform: found [1, 2, 3]; expected [shortest, longest], whole numbers of periods from 0 to 10000",
    ),
    refusal(
        &[("lane", "L", "{uniform: [0, 100000000]}")],
        "line 9: edges[1] (depot -> shop): L: uniform: found [0, 100000000]; expected [shortest, longest], whole numbers of periods from 0 to 10000",
    ),
    refusal(
        &[("lane", "L", "{uniform: [1.5, 3]}")],
        "line 9: edges[1] (depot -> shop): L: uniform: found [1.5, 3]; expected [shortest, longest], whole numbers of periods from 0 to 10000",
    ),
    refusal(
        &[("lane", "L", "{uniform: 3}")],
        "line 9: edges[1] (depot -> shop): L: uniform: found 3; expected [shortest, longest], whole numbers of periods from 0 to 10000",
    ),
    refusal(
        &[("lane", "L", "{values: []}")],
        "line 9: edges[1] (depot -> shop): L: values: found an empty list; expected at least one lead time",
    ),
    refusal(
        &[("lane", "L", "{values: [1, -2]}")],
        "line 9: edges[1] (depot -> shop): L: values: found [1, -2]; expected whole numbers of periods from 0 to 10000",
    ),
    refusal(
        &[("lane", "L", "{values: [1, 100000]}")],
        "line 9: edges[1] (depot -> shop): L: values: found [1, 100000]; expected whole numbers of periods from 0 to 10000",
    ),
    refusal(
        &[("lane", "L", "{values: [1, 2], weights: [1]}")],
        "line 9: edges[1] (depot -> shop): L: 1 weights for 2 values; expected one each",
    ),
    refusal(
        &[("lane", "L", "{values: [1, 2], weights: [0, 0]}")],
        "line 9: edges[1] (depot -> shop): L: weights: found nothing but zeros; expected at least one above 0",
    ),
    refusal(
        &[("lane", "L", "{values: [1, 2], weights: [1, -1]}")],
        "line 9: edges[1] (depot -> shop): L: weights: found [1, -1]; expected finite numbers >= 0",
    ),
    refusal(
        &[("lane", "L", "{uniform: [1, 2], weights: [1, 1]}")],
        "line 9: edges[1] (depot -> shop): L: weights belong to values; leave them out",
    ),
    refusal(
        &[("lane", "L", "{uniform: [1, 2], most: 3}")],
        "line 9: edges[1] (depot -> shop): L: most has no effect on a law by uniform; leave it out",
    ),
    refusal(
        &[("lane", "L", "{geometric: 0.4}")],
        "line 9: edges[1] (depot -> shop): L: most is missing; expected the longest lead time of a geometric law",
    ),
    refusal(
        &[("lane", "L", "{geometric: 0, most: 3}")],
        "line 9: edges[1] (depot -> shop): L: geometric: found 0; expected a number above 0 and at most 1",
    ),
    refusal(
        &[("lane", "L", "{geometric: 0.4, least: 4, most: 3}")],
        "line 9: edges[1] (depot -> shop): L: most: found 3; expected at least what least is, 4",
    ),
    refusal(
        &[("lane", "L", "{geometric: 0.4, least: 0.5, most: 3}")],
        "line 9: edges[1] (depot -> shop): L: least: found 0.5; expected a whole number of periods",
    ),
    refusal(
        &[("lane", "L", "{poisson: -1, most: 3}")],
        "line 9: edges[1] (depot -> shop): L: poisson: found -1; expected a number from 0 to 10000",
    ),
    refusal(
        &[("lane", "L", "{uniform: [1, 3], never: 1}")],
        "line 9: edges[1] (depot -> shop): L: never: found 1; expected a number from 0 to below 1",
    ),
    refusal(
        &[("lane", "L", "{uniform: [1, 3], never: often}")],
        "line 9: edges[1] (depot -> shop): L: never: found often; expected a number from 0 to below 1",
    ),
    refusal(
        &[("lane", "L", LAW)],
        "line 9: edges[1] (depot -> shop): draw: missing; a random lead time is drawn by order or by unit, which are different models: add draw: order with crossing: free, fifo or sweep, or draw: unit",
    ),
    refusal(
        &[("lane", "L", LAW), ("lane", "draw", "order")],
        "line 9: edges[1] (depot -> shop): crossing: missing; expected free (orders may overtake), fifo (none does) or sweep (one draw a period brings all that is old enough)",
    ),
    refusal(
        &[("lane", "L", LAW), ("lane", "draw", "week"), ("lane", "crossing", "free")],
        "line 9: edges[1] (depot -> shop): draw: found text 'week'; expected order, unit",
    ),
    refusal(
        &[("lane", "L", LAW), ("lane", "draw", "order"), ("lane", "crossing", "no")],
        "line 9: edges[1] (depot -> shop): crossing: found text 'no'; expected free, fifo, sweep",
    ),
    refusal(
        &[("lane", "L", LAW), ("lane", "crossing", "free")],
        "line 9: edges[1] (depot -> shop): draw: missing; a random lead time is drawn by order or by unit, which are different models: add draw: order with crossing: free, fifo or sweep, or draw: unit",
    ),
    refusal(
        &[("lane", "L", LAW), ("lane", "draw", "unit")],
        "line 9: edges[1] (depot -> shop): draw: found unit, but units are real; add units: whole",
    ),
    refusal(
        &[
            ("lane", "L", LAW),
            ("lane", "draw", "unit"),
            ("lane", "crossing", "free"),
            ("file", "units", "whole"),
        ],
        "line 9: edges[1] (depot -> shop): crossing: units that draw each for themselves always cross; leave it out",
    ),
    refusal(
        &[("lane", "L", LAW), ("lane", "draw", "unit"), ("file", "units", "whole"), ("file", "life", "4")],
        "line 9: edges[1] (depot -> shop): draw: found unit beside a shelf life; goods with ages draw by order",
    ),
    refusal(
        &[("lane", "draw", "order")],
        "line 9: edges[1] (depot -> shop): draw: has no effect on a fixed lead time; leave it out",
    ),
    refusal(
        &[("lane", "write_off_after", "9")],
        "line 9: edges[1] (depot -> shop): write_off_after: has no effect on a fixed lead time; leave it out",
    ),
    refusal(
        &[
            ("lane", "L", LAW),
            ("lane", "draw", "unit"),
            ("lane", "announced", "true"),
            ("file", "units", "whole"),
        ],
        "line 9: edges[1] (depot -> shop): announced: only orders that draw once have a due date: crossing free or fifo",
    ),
    refusal(
        &[
            ("lane", "L", LAW),
            ("lane", "draw", "order"),
            ("lane", "crossing", "sweep"),
            ("lane", "announced", "true"),
        ],
        "line 9: edges[1] (depot -> shop): announced: only orders that draw once have a due date: crossing free or fifo",
    ),
    refusal(
        &[
            ("lane", "L", LAW),
            ("lane", "draw", "order"),
            ("lane", "crossing", "free"),
            ("lane", "announced", "1"),
        ],
        "line 9: edges[1] (depot -> shop): announced: found 1; expected true or false",
    ),
    refusal(
        &[
            ("lane", "L", NEVER),
            ("lane", "draw", "order"),
            ("lane", "crossing", "free"),
            ("lane", "write_off_after", "9"),
            ("lane", "announced", "true"),
        ],
        "line 9: edges[1] (depot -> shop): announced: an order that never arrives has no due date; leave announced or never out",
    ),
    refusal(
        &[("lane", "L", NEVER), ("lane", "draw", "order"), ("lane", "crossing", "free")],
        "line 9: edges[1] (depot -> shop): write_off_after: missing; with never in L it says when an order that does not arrive is given up",
    ),
    refusal(
        &[
            ("lane", "L", LAW),
            ("lane", "draw", "order"),
            ("lane", "crossing", "free"),
            ("lane", "write_off_after", "9"),
        ],
        "line 9: edges[1] (depot -> shop): write_off_after: every order arrives; it needs never in L",
    ),
    refusal(
        &[
            ("lane", "L", NEVER),
            ("lane", "draw", "order"),
            ("lane", "crossing", "free"),
            ("lane", "write_off_after", "3"),
        ],
        "line 9: edges[1] (depot -> shop): write_off_after: found 3; an order may still arrive after 3 periods: expected more",
    ),
    refusal(
        &[
            ("lane", "L", NEVER),
            ("lane", "draw", "order"),
            ("lane", "crossing", "fifo"),
            ("lane", "write_off_after", "9"),
        ],
        "line 9: edges[1] (depot -> shop): L: never beside crossing sweep or fifo would hold up all that follows; use free",
    ),
];

/// Requests, sizes, yields and where an episode begins.
const OF_LINKS: &[Refusal] = &[
    refusal(
        &[("lane", "unmet", "later")],
        "line 9: edges[1] (depot -> shop): unmet: found text 'later'; expected forget, lost, wait",
    ),
    refusal(
        &[("sale", "unmet", "forget")],
        "line 8: edges[0] (shop -> town): unmet: found forget; customers wait or are lost: expected wait or lost",
    ),
    refusal(
        &[("sale", "unmet", "lost"), ("sale", "wait_share", "0.5")],
        "line 8: edges[0] (shop -> town): wait_share: nobody waits where unmet is lost; leave it out",
    ),
    refusal(
        &[("sale", "unmet", "lost"), ("sale", "wait_at_most", "3")],
        "line 8: edges[0] (shop -> town): wait_at_most: nobody waits where unmet is lost; leave it out",
    ),
    refusal(
        &[("sale", "unmet", "lost"), ("sale", "waiting", "3")],
        "line 8: edges[0] (shop -> town): waiting: nobody waits where unmet is lost; leave it out",
    ),
    refusal(
        &[("sale", "wait_share", "1.5")],
        "line 8: edges[0] (shop -> town): wait_share: found 1.5; expected a number from 0 to 1",
    ),
    refusal(
        &[("lane", "b", "2")],
        "line 9: edges[1] (depot -> shop): b: what is not filled is forgotten here, and nobody pays for it; add unmet: wait or lost, or leave 'b' out",
    ),
    refusal(
        &[("lane", "wait_at_most", "3")],
        "line 9: edges[1] (depot -> shop): wait_at_most: no request waits where unmet is forget; add unmet: wait",
    ),
    refusal(
        &[("lane", "owed", "3"), ("lane", "unmet", "lost")],
        "line 9: edges[1] (depot -> shop): owed: no request waits where unmet is lost; add unmet: wait",
    ),
    refusal(
        &[("lane", "wait_at_most", "200000"), ("lane", "unmet", "wait")],
        "line 9: edges[1] (depot -> shop): wait_at_most: found 200000; a longest wait is a non-negative integer of at most 100000 periods",
    ),
    refusal(
        &[("lane", "order_delay", "-1")],
        "line 9: edges[1] (depot -> shop): order_delay: found -1; expected a non-negative integer (whole periods)",
    ),
    refusal(
        &[("lane", "min", "10"), ("lane", "max", "5")],
        "line 9: edges[1] (depot -> shop): max: found 5; no order could ever be placed: expected at least 10",
    ),
    refusal(
        &[("lane", "multiple", "10"), ("lane", "max", "5")],
        "line 9: edges[1] (depot -> shop): max: found 5; no order could ever be placed: expected at least 10",
    ),
    refusal(
        &[("lane", "fill", "lots")],
        "line 9: edges[1] (depot -> shop): fill: found lots, but no multiple says how large a lot is; add multiple",
    ),
    refusal(
        &[("lane", "fill", "some")],
        "line 9: edges[1] (depot -> shop): fill: found text 'some'; expected any, lots, whole",
    ),
    refusal(
        &[("lane", "cap", ".nan")],
        "line 9: edges[1] (depot -> shop): cap: found NaN; expected a finite number >= 0",
    ),
    refusal(
        &[("lane", "target", "5")],
        "line 9: edges[1] (depot -> shop): target: depot does not share fairly; add allocation: fair-share there, or leave it out",
    ),
    refusal(
        &[("lane", "min", "2.5"), ("file", "units", "whole")],
        "line 9: edges[1] (depot -> shop): min: found 2.5; expected a whole number, as units are whole",
    ),
    refusal(
        &[("lane", "yield", "0.9")],
        "line 9: edges[1] (depot -> shop): yield: found 0.9; expected {all_or_nothing: 0.9}, {binomial: 0.9} or {uniform: [0.8, 1]}",
    ),
    refusal(
        &[("lane", "yield", "{binomial: 0.9, uniform: [0, 1]}")],
        "line 9: edges[1] (depot -> shop): yield: found {binomial: 0.9, uniform: [0, 1]}; expected one of {all_or_nothing: 0.9}, {binomial: 0.9} or {uniform: [0.8, 1]}",
    ),
    refusal(
        &[("lane", "yield", "{binomial: 1.9}")],
        "line 9: edges[1] (depot -> shop): yield: binomial: found 1.9; expected a number from 0 to 1",
    ),
    refusal(
        &[("lane", "yield", "{uniform: [1, 0]}")],
        "line 9: edges[1] (depot -> shop): yield: found {uniform: [1, 0]}; expected two shares from 0 to 1, the lower first",
    ),
    refusal(
        &[("lane", "yield", "{uniform: [0, 2]}")],
        "line 9: edges[1] (depot -> shop): yield: uniform: found [0, 2]; expected shares from 0 to 1",
    ),
    refusal(
        &[("lane", "yield", "{binomial: 0.9}")],
        "line 9: edges[1] (depot -> shop): yield: found binomial, but units are real; add units: whole",
    ),
    refusal(
        &[("lane", "yield", "{uniform: [0.5, 1]}"), ("file", "units", "whole")],
        "line 9: edges[1] (depot -> shop): yield: found a share of what is shipped beside units: whole; use binomial",
    ),
    refusal(
        &[("lane", "at", "ship")],
        "line 9: edges[1] (depot -> shop): at: everything arrives; it needs 'yield'",
    ),
    refusal(
        &[("lane", "pay", "received")],
        "line 9: edges[1] (depot -> shop): pay: everything arrives; it needs 'yield'",
    ),
    refusal(
        &[("lane", "yield", "{all_or_nothing: 0.9}"), ("lane", "at", "sea")],
        "line 9: edges[1] (depot -> shop): at: found text 'sea'; expected ship, receive",
    ),
    refusal(
        &[("sale", "issue", "oldest"), ("file", "life", "3")],
        "line 8: edges[0] (shop -> town): issue: found oldest; expected fifo, lifo or {fifo: share}, a share from 0 to 1",
    ),
    refusal(
        &[("sale", "issue", "0.5"), ("file", "life", "3")],
        "line 8: edges[0] (shop -> town): issue: found 0.5; expected fifo, lifo or {fifo: share}, a share from 0 to 1",
    ),
    refusal(
        &[("sale", "issue", "{lifo: 0.5}"), ("file", "life", "3")],
        "line 8: edges[0] (shop -> town): issue: unknown key 'lifo'; known keys: fifo",
    ),
    refusal(
        &[("sale", "issue", "{fifo: 1.5}"), ("file", "life", "3")],
        "line 8: edges[0] (shop -> town): issue: fifo: found 1.5; expected a number from 0 to 1",
    ),
    refusal(
        &[("sale", "issue", "{}"), ("file", "life", "3")],
        "line 8: edges[0] (shop -> town): issue: found {}; expected fifo, lifo or {fifo: share}, a share from 0 to 1",
    ),
    refusal(
        &[("sale", "issue", "fifo")],
        "line 8: edges[0] (shop -> town): issue: goods do not spoil here; it needs 'life' of the network",
    ),
    refusal(
        &[("lane", "fresh", "2")],
        "line 9: edges[1] (depot -> shop): fresh: goods do not spoil here; it needs 'life' of the network",
    ),
    refusal(
        &[("lane", "fresh", "4"), ("file", "life", "3")],
        "line 9: edges[1] (depot -> shop): fresh: goods live for 3 periods, so nothing would ever be shipped: expected at most 3",
    ),
    refusal(
        &[("lane", "requested", "[1]")],
        "line 9: edges[1] (depot -> shop): requested: requests are read at once; add order_delay",
    ),
    refusal(
        &[("lane", "requested", "[1, 2]"), ("lane", "order_delay", "1")],
        "line 9: edges[1] (depot -> shop): requested: found 2 entries; at most 1 are on their way",
    ),
    refusal(
        &[("lane", "in_transit", "[1, 2, 3]")],
        "line 9: edges[1] (depot -> shop): in_transit: found 3 entries; at most 2 are on their way",
    ),
    refusal(
        &[("lane", "in_transit", "[1, 2]"), ("file", "timeline", "order-first")],
        "line 9: edges[1] (depot -> shop): in_transit: found 2 entries; at most 1 are on their way, and what arrives at the end of a period is gone from it",
    ),
    refusal(
        &[("lane", "in_transit", "[1, x]")],
        "line 9: edges[1] (depot -> shop): in_transit: found [1, x]; expected a list of finite numbers >= 0",
    ),
    refusal(
        &[("lane", "in_transit", "[1, 1.5]"), ("file", "units", "whole")],
        "line 9: edges[1] (depot -> shop): in_transit: found 1.5; expected a whole number, as units are whole",
    ),
];

/// More numbers than a state may hold: counted before anything is made of them.
const OF_SIZE: &[Refusal] = &[
    refusal(
        &[("file", "life", "1000"), ("lane", "L", "10000")],
        "line 12: life: found 1000 ages, for 10004 periods of lead time and 3 stocks; at most 10000000 numbers fit a state",
    ),
    refusal(
        &[("file", "life", "99999"), ("haul", "L", "99")],
        "line 12: life: found 99999 ages, for 102 periods of lead time and 3 stocks; at most 10000000 numbers fit a state",
    ),
    refusal(
        &[
            ("file", "life", "1000"),
            ("lane", "L", "{uniform: [0, 10000]}"),
            ("lane", "draw", "order"),
            ("lane", "crossing", "free"),
        ],
        "line 12: life: found 1000 ages, for 10004 periods of lead time and 3 stocks; at most 10000000 numbers fit a state",
    ),
];

/// What is said of more delays and waits than a state holds.
pub(super) const TOO_LONG: &str = "line 105: order_delay adds up to 5050000 periods and wait_at_most to 5050000; at most \
                                   10000000 numbers fit a state";

pub(super) const TABLES: [&[Refusal]; 5] = [OF_THE_NETWORK, OF_NODES, OF_LEAD_TIMES, OF_LINKS, OF_SIZE];

#[test]
fn a_state_beyond_the_limit_is_refused_with_its_size() {
    check(OF_SIZE);
}

#[test]
fn what_is_wrong_with_keys_of_the_network_is_said() {
    check(OF_THE_NETWORK);
}

#[test]
fn what_is_wrong_with_keys_of_nodes_is_said() {
    check(OF_NODES);
}

#[test]
fn what_is_wrong_with_random_lead_times_is_said() {
    check(OF_LEAD_TIMES);
}

#[test]
fn what_is_wrong_with_keys_of_links_is_said() {
    check(OF_LINKS);
}
