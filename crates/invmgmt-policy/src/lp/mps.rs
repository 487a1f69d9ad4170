//! A programme as a free-format MPS file, which every solver reads.

use std::fmt::Write;

use super::{Programme, RowKind};

/// The programme with these right-hand sides; rows are `r0`, `r1`, ..., columns `x0`, `x1`, ... .
pub(crate) fn to_mps(programme: &Programme, right: &[f64]) -> String {
    let mut text = String::from("NAME plan\nROWS\n N cost\n");
    let mut line = |words: std::fmt::Arguments<'_>| {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{words}");
    };
    for (row, kind) in programme.kinds().iter().enumerate() {
        line(format_args!(" {} r{row}", if *kind == RowKind::Equal { 'E' } else { 'L' }));
    }
    line(format_args!("COLUMNS"));
    for (column, cost) in programme.costs().iter().enumerate() {
        line(format_args!(" x{column} cost {cost:e}"));
        programme.column(column).for_each(|(row, value)| line(format_args!(" x{column} r{row} {value:e}")));
    }
    line(format_args!("RHS"));
    for (row, value) in right.iter().enumerate().filter(|(_, value)| **value != 0.0) {
        line(format_args!(" right r{row} {value:e}"));
    }
    let mut bounded = programme.uppers().iter().enumerate().filter(|(_, upper)| upper.is_finite()).peekable();
    if bounded.peek().is_some() {
        line(format_args!("BOUNDS"));
    }
    for (column, upper) in bounded {
        line(format_args!(" UP bound x{column} {upper:e}"));
    }
    line(format_args!("ENDATA"));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_programme_is_written_row_by_row_and_column_by_column() {
        let mut programme = Programme::default();
        let (stock, demand) = (programme.add_row(RowKind::Equal), programme.add_row(RowKind::AtMost));
        let sales = programme.add_column(-3.0, &[(stock, 1.0), (demand, 0.5)]);
        programme.set_upper(sales, 7.0);
        assert_eq!(
            to_mps(&programme, &[4.0, 0.0]),
            "NAME plan\nROWS\n N cost\n E r0\n L r1\nCOLUMNS\n x0 cost -3e0\n x0 r0 1e0\n x0 r1 5e-1\nRHS\n right r0 4e0\nBOUNDS\n UP bound x0 7e0\nENDATA\n"
        );
    }
}
