//! Dots along one axis, row by row: gaps per problem, profits per policy.

use std::fmt::Write;

use crate::chart::{DISTINCT_LINES, Scale};
use crate::text::{cut, escape, number};

/// More values than this in a row are drawn as their quartiles and the range of the middle nine tenths.
const MAX_DOTS: usize = 60;
/// Height of a row [pixels].
const ROW: f64 = 22.0;
/// Width of one character of a row's name [pixels].
const CHARACTER: f64 = 6.6;

/// Values of one series in a row.
#[derive(Clone, Debug, PartialEq)]
pub struct Dots {
    /// Which series, which decides colour and shape.
    pub series: usize,
    /// The values.
    pub values: Vec<f64>,
    /// Their mean, and the ends of its interval, if it is to be marked.
    pub mean: Option<(f64, Option<(f64, f64)>)>,
    /// What a reader who points at them is told.
    pub hint: String,
}

/// A row with a name.
#[derive(Clone, Debug, PartialEq)]
pub struct DotRow {
    /// Its name.
    pub name: String,
    /// What stands in it.
    pub dots: Vec<Dots>,
}

/// Rows of dots over one axis.
#[derive(Clone, Debug, PartialEq)]
pub struct DotPlot {
    /// What it shows, for readers who cannot see it.
    pub label: String,
    /// What the axis measures.
    pub axis: String,
    /// Width [pixels].
    pub width: f64,
    /// Whether the axis holds zero, as where values are differences.
    pub holds_zero: bool,
    /// The rows, from top to bottom.
    pub rows: Vec<DotRow>,
}

/// A mark of a series: one of six colours and four shapes, so that 24 are told apart.
pub(crate) fn mark(svg: &mut String, series: usize, x: f64, y: f64, r: f64) {
    let class = series % DISTINCT_LINES;
    let _ = match series / DISTINCT_LINES % 4 {
        0 => write!(svg, "<circle class=\"dot f{class}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{r:.1}\"/>"),
        1 => write!(
            svg,
            "<path class=\"dot f{class}\" d=\"M{:.1} {:.1}h{w:.1}v{w:.1}h-{w:.1}z\"/>",
            x - r,
            y - r,
            w = 2.0 * r
        ),
        2 => write!(
            svg,
            "<path class=\"dot f{class}\" d=\"M{x:.1} {:.1}L{:.1} {y:.1}L{x:.1} {:.1}L{:.1} {y:.1}z\"/>",
            y - 1.3 * r,
            x + 1.3 * r,
            y + 1.3 * r,
            x - 1.3 * r
        ),
        _ => write!(
            svg,
            "<path class=\"dot f{class}\" d=\"M{x:.1} {:.1}L{:.1} {b:.1}H{:.1}z\"/>",
            y - 1.2 * r,
            x + 1.2 * r,
            x - 1.2 * r,
            b = y + r
        ),
    };
}

/// Draws the plot.
pub fn dots_svg(plot: &DotPlot) -> String {
    let values = plot.rows.iter().flat_map(|row| &row.dots).flat_map(|dots| {
        let ends = dots.mean.into_iter().flat_map(|(mean, interval)| {
            let (low, high) = interval.unwrap_or((mean, mean));
            [mean, low, high]
        });
        dots.values.iter().copied().chain(ends)
    });
    let scale = if plot.holds_zero { Scale::over(values) } else { Scale::around(values) };
    let longest = plot.rows.iter().map(|row| cut(&row.name, 34).chars().count()).max().unwrap_or(0);
    let (left, right) = (16.0 + CHARACTER * longest as f64, plot.width - 22.0);
    let bottom = 6.0 + ROW * plot.rows.len() as f64;
    let x = |value: f64| left + (right - left) * (value - scale.low) / (scale.high - scale.low);
    let mut svg = format!(
        "<svg class=\"chart dots\" viewBox=\"0 0 {:.0} {:.0}\" role=\"img\" aria-label=\"{}\">",
        plot.width,
        bottom + 38.0,
        escape(&plot.label)
    );
    for at in scale.marks() {
        let class = if at == 0.0 { "zero" } else { "grid" };
        let _ = write!(
            svg,
            "<path class=\"{class}\" d=\"M{x:.1} 4V{bottom:.1}\"/><text x=\"{x:.1}\" y=\"{:.1}\" \
             text-anchor=\"middle\">{}</text>",
            bottom + 15.0,
            number(at, scale.decimals()),
            x = x(at),
        );
    }
    let _ = write!(
        svg,
        "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\" class=\"muted\">{}</text>",
        f64::midpoint(left, right),
        bottom + 31.0,
        escape(&plot.axis)
    );
    for (position, row) in plot.rows.iter().enumerate() {
        let y = 6.0 + ROW * (position as f64 + 0.5);
        let _ = write!(
            svg,
            "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
            left - 9.0,
            y + 4.0,
            escape(&cut(&row.name, 34))
        );
        for dots in &row.dots {
            draw(&mut svg, dots, y, &x);
        }
    }
    svg.push_str("</svg>");
    svg
}

fn draw(svg: &mut String, dots: &Dots, y: f64, x: &impl Fn(f64) -> f64) {
    let class = dots.series % DISTINCT_LINES;
    let _ = write!(svg, "<g><title>{}</title>", escape(&dots.hint));
    let finite: Vec<f64> = dots.values.iter().copied().filter(|value| value.is_finite()).collect();
    if finite.len() > MAX_DOTS {
        draw_box(svg, &finite, y, class, x);
    } else {
        for &value in &finite {
            mark(svg, dots.series, x(value), y, 3.6);
        }
    }
    if let Some((mean, interval)) = dots.mean {
        if let Some((low, high)) = interval {
            let _ = write!(svg, "<path class=\"range\" d=\"M{:.1} {y:.1}H{:.1}\"/>", x(low), x(high));
        }
        let _ = write!(svg, "<path class=\"mean\" d=\"M{:.1} {:.1}v13\"/>", x(mean), y - 6.5);
    }
    svg.push_str("</g>");
}

/// The middle half as a box, the middle nine tenths as a line.
fn draw_box(svg: &mut String, values: &[f64], y: f64, class: usize, x: &impl Fn(f64) -> f64) {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let at = |share: f64| x(sorted[((sorted.len() - 1) as f64 * share).round() as usize]);
    let _ = write!(
        svg,
        "<path class=\"line s{class}\" d=\"M{:.1} {y:.1}H{:.1}\"/><path class=\"dot f{class}\" d=\"M{:.1} {:.1}H{:.1}v9H{:.1}z\"/>",
        at(0.05),
        at(0.95),
        at(0.25),
        y - 4.5,
        at(0.75),
        at(0.25)
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_has_its_dot_and_many_become_a_box() {
        let row = |values: Vec<f64>| DotRow {
            name: "<a>".into(),
            dots: vec![Dots { series: 7, values, mean: Some((2.0, Some((1.5, 2.5)))), hint: "x < y".into() }],
        };
        let plot = |values| DotPlot {
            label: "gap".into(),
            axis: "percent".into(),
            width: 600.0,
            holds_zero: true,
            rows: vec![row(values)],
        };
        let svg = dots_svg(&plot(vec![1.0, 2.0, 3.0]));
        assert_eq!(svg.matches("class=\"dot f1\"").count(), 3);
        assert!(svg.contains("&lt;a&gt;") && svg.contains("x &lt; y") && !svg.contains("<a>"));
        let many = dots_svg(&plot((0..200).map(f64::from).collect()));
        assert_eq!(many.matches("class=\"dot f1\"").count(), 1, "one box");
    }
}
