//! The report of a plan.

use invmgmt_report::{Column, Entry, PlanExample, PlanPage, SortableTable, TradeOff};

use super::Plan;
use crate::assortment::Planned;
use crate::item::Item;
use crate::play::Figures;
use crate::warning::Warning;

/// Rows to look at that the page lists.
const LISTED: usize = 50;

type Pair<'a> = (&'a Item, &'a Planned);

pub(super) fn html(plan: &Plan) -> String {
    let pairs: Vec<Pair<'_>> = plan.loaded.items.iter().zip(&plan.planned).collect();
    let (trade_offs, reckoned) = &plan.trade_offs;
    let horizon = plan.effort.horizon;
    let period = plan.period.name();
    let page = PlanPage {
        title: "Plan of an assortment",
        command: &plan.command,
        facts: facts(plan, &pairs),
        trade_offs: trade_offs
            .iter()
            .map(|taken| TradeOff { target: taken.target, stock: taken.stock, cost: taken.cost })
            .collect(),
        trade_off_note: format!(
            "Mean stock of all items in units for targets from low to high, reckoned from {reckoned} of {} items; the \
             target of this plan is the large dot. Levels hold for the next {horizon} {period}s.",
            pairs.len()
        ),
        target: plan.target.share(),
        tables: [backtest(plan), Some(classes(&pairs)), Some(warned(&pairs)), Some(worst(&pairs))]
            .into_iter()
            .flatten()
            .collect(),
        examples: examples(&pairs),
        assumptions: &plan.loaded.assumptions,
        notes: &plan.loaded.notes,
        generator: &plan.generator,
    };
    page.to_html()
}

fn facts<'a>(plan: &Plan, pairs: &[Pair<'_>]) -> Vec<(&'a str, String)> {
    let sum = |of: fn(&Planned) -> f64| pairs.iter().map(|(_, planned)| of(planned)).sum::<f64>();
    let demand = sum(|planned| planned.recommendation.mean_demand);
    let met = sum(|planned| planned.recommendation.mean_demand * planned.recommendation.immediate_fill_rate);
    let warned = pairs.iter().filter(|(_, planned)| !planned.recommendation.warnings.is_empty()).count();
    vec![
        ("items and places", pairs.len().to_string()),
        ("history", format!("{} {}s", plan.loaded.periods, plan.period.name())),
        ("target", format!("{}", plan.target.share())),
        ("immediate fill rate expected", format!("{:.4}", if demand > 0.0 { met / demand } else { 1.0 })),
        ("mean stock", format!("{:.0} units", sum(|planned| planned.recommendation.mean_stock))),
        ("cost per year", format!("{:.0}", sum(|planned| planned.recommendation.cost_per_year))),
        ("rows with warnings", warned.to_string()),
    ]
}

fn columns(names: &[(&str, &str)]) -> Vec<Column> {
    names
        .iter()
        .map(|(name, meaning)| Column { name: (*name).to_owned(), meaning: (*meaning).to_owned() })
        .collect()
}

fn number(value: f64, decimals: usize) -> Entry {
    // A sum of nothing is -0.
    let value = value + 0.0;
    Entry::Number(Some(value), format!("{value:.decimals$}"))
}

fn backtest(plan: &Plan) -> Option<SortableTable> {
    let test = plan.backtest.as_ref()?;
    let row = |name: &str, figures: &Figures, cost: f64, reached: f64| {
        vec![
            Entry::Text(name.to_owned()),
            number(figures.immediate_fill_rate(), 4),
            number(reached, 3),
            number(figures.mean_stock() * test.items as f64, 0),
            number(cost, 0),
        ]
    };
    Some(SortableTable {
        title: "Backtest".to_owned(),
        note: format!(
            "Planned from all but the last {} {}s, which were then played as they were, for {} items; nothing of them was \
             seen before. The rule of thumb is the mean over lead time and review period and z standard deviations.",
            test.periods,
            plan.period.name(),
            test.items
        ),
        columns: columns(&[
            ("", "whose levels"),
            ("fill rate", "immediate fill rate of all demand"),
            ("items at target", "share of items that reach their target less one point"),
            ("stock", "mean stock of all items [units]"),
            ("cost per year", "holding and ordering"),
        ]),
        rows: vec![
            row("this plan", &test.plan, test.cost.0, test.reached.0),
            row("rule of thumb", &test.rule_of_thumb, test.cost.1, test.reached.1),
        ],
    })
}

fn classes(pairs: &[Pair<'_>]) -> SortableTable {
    let mut rows = Vec::new();
    for abc in ['A', 'B', 'C'] {
        for xyz in ['X', 'Y', 'Z'] {
            let of: Vec<_> =
                pairs.iter().filter(|(_, planned)| planned.abc == abc && planned.xyz == xyz).collect();
            let sum = |part: fn(&Planned) -> f64| of.iter().map(|(_, planned)| part(planned)).sum::<f64>();
            rows.push(vec![
                Entry::Text(format!("{abc}{xyz}")),
                number(of.len() as f64, 0),
                number(sum(|planned| planned.recommendation.mean_stock), 0),
                number(sum(|planned| planned.recommendation.cost_per_year), 0),
            ]);
        }
    }
    SortableTable {
        title: "Classes".to_owned(),
        note: "A, B, C by turnover (80, 95, 100 %); X, Y, Z by the variation of demand from period to period (up to \
               0.5, up to 1, above)."
            .to_owned(),
        columns: columns(&[
            ("class", "turnover and variation"),
            ("items", "items and places"),
            ("stock", "mean stock [units]"),
            ("cost per year", "holding and ordering"),
        ]),
        rows,
    }
}

fn warned(pairs: &[Pair<'_>]) -> SortableTable {
    let row = |warning: &Warning| {
        let count =
            pairs.iter().filter(|(_, planned)| planned.recommendation.warnings.contains(warning)).count();
        (count > 0).then(|| {
            vec![
                Entry::Text(warning.name().to_owned()),
                number(count as f64, 0),
                Entry::Text(warning.meaning().to_owned()),
            ]
        })
    };
    SortableTable {
        title: "Warnings".to_owned(),
        note: "What to know before following a row.".to_owned(),
        columns: columns(&[
            ("warning", "its name in the plan"),
            ("rows", "how many"),
            ("meaning", "what it says"),
        ]),
        rows: Warning::ALL.iter().filter_map(row).collect(),
    }
}

fn worst(pairs: &[Pair<'_>]) -> SortableTable {
    let mut sorted: Vec<&Pair<'_>> = pairs.iter().collect();
    sorted.sort_by(|a, b| {
        let low = |pair: &Pair<'_>| pair.1.recommendation.fill_rate_interval.0 - pair.0.target.share();
        low(a).total_cmp(&low(b))
    });
    let rows = sorted.into_iter().take(LISTED).map(|(item, planned)| {
        let found = &planned.recommendation;
        vec![
            Entry::Text(item.item.clone()),
            Entry::Text(item.place.clone()),
            number(found.levels.reorder_point, 0),
            number(found.levels.order_up_to, 0),
            number(found.immediate_fill_rate, 4),
            number(found.fill_rate_interval.0, 4),
            number(found.mean_stock, 1),
            number(found.cost_per_year, 0),
            Entry::Text(found.drivers.clone()),
        ]
    });
    SortableTable {
        title: "Rows whose service is least sure".to_owned(),
        note: format!("The {LISTED} rows (or all) that may fall furthest below their target."),
        columns: columns(&[
            ("item", "the item"),
            ("place", "the place"),
            ("reorder point", "order at this position or below"),
            ("order up to", "and up to this"),
            ("fill rate", "expected"),
            ("low", "the 2.5th of a hundred futures"),
            ("stock", "mean stock [units]"),
            ("cost per year", "holding and ordering"),
            ("drivers", "what moves the levels"),
        ]),
        rows: rows.collect(),
    }
}

/// The item with most turnover, one with warnings, and the least sure one.
fn examples(pairs: &[Pair<'_>]) -> Vec<PlanExample> {
    let turnover = |(item, planned): &Pair<'_>| {
        planned.recommendation.mean_demand * item.money.price.unwrap_or(item.money.cost)
    };
    let first = pairs.iter().max_by(|a, b| turnover(a).total_cmp(&turnover(b)));
    let warned = pairs.iter().find(|(_, planned)| !planned.recommendation.warnings.is_empty());
    let intermittent =
        pairs.iter().find(|(_, planned)| planned.recommendation.warnings.contains(&Warning::Intermittent));
    let mut chosen: Vec<&Pair<'_>> = [first, warned, intermittent].into_iter().flatten().collect();
    chosen.retain(|(item, _)| !item.history.is_empty());
    chosen.dedup_by_key(|(item, _)| (&item.item, &item.place));
    let drawn = |(item, planned): &Pair<'_>| {
        let found = &planned.recommendation;
        let fitted =
            crate::Demand::of(&item.history).ok().and_then(|demand| demand.fit).map(|fit| fit.fitted);
        let mean = item.history.iter().sum::<f64>() / item.history.len().max(1) as f64;
        PlanExample {
            name: if item.place.is_empty() {
                item.item.clone()
            } else {
                format!("{} at {}", item.item, item.place)
            },
            says: format!(
                "Order at {} or below, up to {}: {:.1} % of demand met at once is expected ({:.1} to {:.1} % in 95 of 100 \
                 futures), with {:.1} units on hand. {}.",
                found.levels.reorder_point,
                found.levels.order_up_to,
                100.0 * found.immediate_fill_rate,
                100.0 * found.fill_rate_interval.0,
                100.0 * found.fill_rate_interval.1,
                found.mean_stock,
                found.drivers
            ),
            history: item.history.clone(),
            fitted: fitted.unwrap_or_else(|| vec![mean; item.history.len()]),
        }
    };
    chosen.into_iter().map(drawn).collect()
}
