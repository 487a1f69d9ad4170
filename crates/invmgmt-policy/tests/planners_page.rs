//! The table of what planners model, simplify and refuse on the page about them follows from their scopes.

use invmgmt::mechanism::{Mechanism, Scope, Stance};
use invmgmt_policy::{BOUND_SCOPE, POLICIES};

/// The table as the page must have it.
fn table() -> String {
    let scope = |name: &str| POLICIES.iter().find(|form| form.name == name).expect("a form").scope;
    assert_eq!(scope("dlp"), scope("mssp"), "they share a column");
    assert_eq!(scope("oracle"), scope("best-known"), "they share a column");
    let columns = [scope("dlp"), scope("mpc"), scope("oracle"), BOUND_SCOPE];
    let head = "| | `dlp`, `mssp` | `mpc` | `oracle`, `best-known` | the bound |\n|---|---|---|---|---|\n";
    let cell = |mechanism: Mechanism| {
        move |scope: &Scope| match scope.stance(mechanism) {
            Stance::Models => "models".to_owned(),
            Stance::Simplifies(how) => how.to_owned(),
            Stance::Refuses => "refuses".to_owned(),
        }
    };
    let row = |mechanism: Mechanism| {
        let cells: Vec<String> = columns.iter().map(cell(mechanism)).collect();
        format!("| {mechanism} | {} |\n", cells.join(" | "))
    };
    head.to_owned() + &Mechanism::ALL.map(row).concat()
}

#[test]
fn the_page_says_of_every_planner_and_mechanism_what_the_scopes_say() {
    let page = include_str!("../../../docs/planners.md");
    let table = table();
    assert!(page.contains(&table), "docs/planners.md must have this table:\n\n{table}");
}
