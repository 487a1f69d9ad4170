//! A programme as a free-format MPS file, which every solver reads.

use std::fmt::Write;

use super::{Programme, RowKind};

/// What is whole about a column: it costs something to use it at all, or its values are whole multiples.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Whole {
    /// The column's position.
    pub column: usize,
    /// Cost of a value above 0 [money].
    pub cost: f64,
    /// What its values are multiples of; 0 for any values.
    pub multiple: f64,
    /// No value is larger.
    pub most: f64,
}

/// The programme with these right-hand sides; rows are `r0`, `r1`, ..., columns `x0`, `x1`, ... .
pub(crate) fn to_mps(programme: &Programme, right: &[f64]) -> String {
    to_mixed_mps(programme, right, &[])
}

/// Likewise with what is whole: `w0`, `w1`, ... are integers, and rows `c0`, `c1`, ... tie columns to them.
pub(crate) fn to_mixed_mps(programme: &Programme, right: &[f64], wholes: &[Whole]) -> String {
    let mut text = String::from("NAME plan\nROWS\n N cost\n");
    let mut line = |words: std::fmt::Arguments<'_>| {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{words}");
    };
    for (row, kind) in programme.kinds().iter().enumerate() {
        line(format_args!(" {} r{row}", if *kind == RowKind::Equal { 'E' } else { 'L' }));
    }
    for (at, whole) in wholes.iter().enumerate() {
        line(format_args!(" {} c{at}", if whole.multiple > 0.0 { 'E' } else { 'L' }));
    }
    line(format_args!("COLUMNS"));
    for (column, cost) in programme.costs().iter().enumerate() {
        line(format_args!(" x{column} cost {cost:e}"));
        programme.column(column).for_each(|(row, value)| line(format_args!(" x{column} r{row} {value:e}")));
        for (at, _) in wholes.iter().enumerate().filter(|(_, whole)| whole.column == column) {
            line(format_args!(" x{column} c{at} 1e0"));
        }
    }
    if !wholes.is_empty() {
        line(format_args!(" M1 'MARKER' 'INTORG'"));
    }
    for (at, whole) in wholes.iter().enumerate() {
        let unit = if whole.multiple > 0.0 { whole.multiple } else { whole.most };
        line(format_args!(" w{at} cost {:e}", whole.cost));
        line(format_args!(" w{at} c{at} {:e}", -unit));
    }
    if !wholes.is_empty() {
        line(format_args!(" M2 'MARKER' 'INTEND'"));
    }
    line(format_args!("RHS"));
    for (row, value) in right.iter().enumerate().filter(|(_, value)| **value != 0.0) {
        line(format_args!(" right r{row} {value:e}"));
    }
    let mut bounded = programme.uppers().iter().enumerate().filter(|(_, upper)| upper.is_finite()).peekable();
    if bounded.peek().is_some() || !wholes.is_empty() {
        line(format_args!("BOUNDS"));
    }
    for (column, upper) in bounded {
        line(format_args!(" UP bound x{column} {upper:e}"));
    }
    for (at, whole) in wholes.iter().enumerate() {
        let most = if whole.multiple > 0.0 { (whole.most / whole.multiple).ceil() } else { 1.0 };
        line(format_args!(" UP bound w{at} {most:e}"));
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

    #[test]
    fn what_is_whole_is_tied_to_its_column_by_a_row_of_its_own() {
        let mut programme = Programme::default();
        let stock = programme.add_row(RowKind::AtMost);
        programme.add_column(-3.0, &[(stock, 1.0)]);
        let dear = Whole { column: 0, cost: 5.0, multiple: 0.0, most: 9.0 };
        let lots = Whole { column: 0, cost: 0.0, multiple: 4.0, most: 9.0 };
        assert_eq!(
            to_mixed_mps(&programme, &[8.0], &[dear, lots]),
            "NAME plan\nROWS\n N cost\n L r0\n L c0\n E c1\nCOLUMNS\n x0 cost -3e0\n x0 r0 1e0\n x0 c0 1e0\n x0 c1 1e0\n \
             M1 'MARKER' 'INTORG'\n w0 cost 5e0\n w0 c0 -9e0\n w1 cost 0e0\n w1 c1 -4e0\n M2 'MARKER' 'INTEND'\nRHS\n \
             right r0 8e0\nBOUNDS\n UP bound w0 1e0\n UP bound w1 3e0\nENDATA\n"
        );
    }
}
