//! Charts over time, as SVG whose colours the page decides.
//!
//! Drawn by hand rather than through a plotting library: lines here take their colours from the page's style, which
//! follows the reader's light or dark setting, and a library's fixed colours cannot.

use std::fmt::Write;

use crate::text::{escape, number};

/// Most points of a line; longer runs are thinned.
pub const MAX_POINTS: usize = 500;
/// Colours and dashes told apart; further lines begin again.
pub const DISTINCT_LINES: usize = 6;
/// About this many steps are marked on an axis.
const TICKS: f64 = 5.0;

/// How a series is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// Grey columns down to zero, behind all lines.
    Columns,
    /// A line in the colour and dash of this number, modulo [`DISTINCT_LINES`].
    Line(usize),
    /// A thin grey line, one of many that are alike.
    Faint,
    /// A line with its area filled, in the colour of warnings.
    Warning,
}

/// Values over time.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// How they are drawn.
    pub mark: Mark,
    /// One value per point, the first for the end of period `periods_per_point`.
    pub values: Vec<f64>,
}

/// One chart.
#[derive(Clone, Debug, PartialEq)]
pub struct Chart<'a> {
    /// What it shows, for readers who cannot see it.
    pub label: &'a str,
    /// Width and height in pixels.
    pub size: (f64, f64),
    /// Periods from one point to the next.
    pub periods_per_point: usize,
    /// The axis reaches at least up to here: charts side by side share it.
    pub reach: f64,
    /// What is drawn, from back to front.
    pub series: Vec<Series>,
}

/// The style of a line: a colour and a dash, and from the seventh line on the same again, broad and pale.
pub(crate) fn line_class(which: usize) -> String {
    let again = if which < DISTINCT_LINES { "" } else { " again" };
    format!("line s{}{again}", which % DISTINCT_LINES)
}

/// Periods per point so that a run of this length has at most [`MAX_POINTS`].
pub fn periods_per_point(periods: usize) -> usize {
    periods.div_ceil(MAX_POINTS).max(1)
}

/// One value per `periods_per_point` periods: their mean.
pub fn thin_by_mean(values: &[f64], periods_per_point: usize) -> Vec<f64> {
    values.chunks(periods_per_point).map(|chunk| chunk.iter().sum::<f64>() / chunk.len() as f64).collect()
}

/// One value per `periods_per_point` periods: the last of them.
pub fn thin_by_last(values: &[f64], periods_per_point: usize) -> Vec<f64> {
    values.chunks(periods_per_point).filter_map(<[f64]>::last).copied().collect()
}

/// The part of an axis that is shown and the step between its marks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Scale {
    /// Its lower end.
    pub low: f64,
    /// Its upper end.
    pub high: f64,
    /// From mark to mark.
    step: f64,
}

impl Scale {
    /// A scale that holds zero and all finite values, and ends on marks.
    pub fn over(values: impl Iterator<Item = f64>) -> Self {
        Self::around(values.chain([0.0]))
    }

    /// A scale that holds all finite values and ends on marks; zero is on it where one of them is zero.
    pub fn around(values: impl Iterator<Item = f64>) -> Self {
        let (low, high) = values
            .filter(|value| value.is_finite())
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
        if low > high {
            return Self { low: 0.0, high: 1.0, step: 1.0 };
        }
        if low == high {
            // A lone value stands at the lower end of a scale of its own size.
            let step = round_step(low.abs().max(1.0) / TICKS);
            let low = (low / step).floor() * step;
            return Self { low, high: low + TICKS * step, step };
        }
        let step = round_step((high - low) / TICKS);
        Self { low: (low / step).floor() * step, high: (high / step).ceil() * step, step }
    }

    /// The marks.
    pub fn marks(self) -> impl Iterator<Item = f64> {
        let count = ((self.high - self.low) / self.step).round() as usize;
        (0..=count).map(move |mark| self.low + mark as f64 * self.step)
    }

    /// Decimals that tell neighbouring marks apart.
    pub fn decimals(self) -> usize {
        (-self.step.log10()).ceil().clamp(0.0, 8.0) as usize + usize::from(self.step.log10().fract() != 0.0)
    }
}

/// The next of 1, 2, 2.5, 5 times a power of ten that is not below `rough`.
fn round_step(rough: f64) -> f64 {
    let power = 10.0_f64.powf(rough.log10().floor());
    [1.0, 2.0, 2.5, 5.0]
        .iter()
        .map(|head| head * power)
        .find(|&step| step >= rough * 0.999)
        .unwrap_or(10.0 * power)
}

/// The next of 1, 2, 5 times a power of ten that is not below `rough`.
fn whole_step(rough: usize) -> usize {
    let mut power = 1;
    loop {
        if let Some(step) = [1, 2, 5].iter().map(|head| head * power).find(|&step| step >= rough) {
            return step;
        }
        power *= 10;
    }
}

/// Where values stand in a chart [pixels].
struct Frame {
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
    scale: Scale,
    points: usize,
}

impl Frame {
    fn x(&self, point: usize) -> f64 {
        self.left + (self.right - self.left) * (point as f64 + 0.5) / self.points as f64
    }

    fn y(&self, value: f64) -> f64 {
        let share = (value - self.scale.low) / (self.scale.high - self.scale.low);
        self.bottom - (self.bottom - self.top) * share
    }
}

/// Draws a chart.
pub fn chart_svg(chart: &Chart<'_>) -> String {
    let (width, height) = chart.size;
    let scale = Scale::over(
        chart.series.iter().flat_map(|series| series.values.iter().copied()).chain([chart.reach]),
    );
    let labels: Vec<(f64, String)> =
        scale.marks().map(|mark| (mark, number(mark, scale.decimals()))).collect();
    let widest = labels.iter().map(|(_, label)| label.chars().count()).max().unwrap_or(1);
    let frame = Frame {
        left: 12.0 + 6.4 * widest as f64,
        right: width - 8.0,
        top: 8.0,
        bottom: height - 34.0,
        scale,
        points: chart.series.iter().map(|series| series.values.len()).max().unwrap_or(1).max(1),
    };
    let mut svg = format!(
        "<svg class=\"chart\" viewBox=\"0 0 {width:.0} {height:.0}\" role=\"img\" aria-label=\"{}\">",
        escape(chart.label)
    );
    for (mark, label) in &labels {
        let y = frame.y(*mark);
        let class = if *mark == 0.0 { "zero" } else { "grid" };
        let _ = write!(
            svg,
            "<path class=\"{class}\" d=\"M{:.1} {y:.1}H{:.1}\"/>\
             <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{label}</text>",
            frame.left,
            frame.right,
            frame.left - 5.0,
            y + 4.0,
        );
    }
    draw_periods(&mut svg, &frame, chart.periods_per_point);
    for series in &chart.series {
        draw_series(&mut svg, &frame, series);
    }
    svg.push_str("</svg>");
    svg
}

fn draw_periods(svg: &mut String, frame: &Frame, periods_per_point: usize) {
    let periods = frame.points * periods_per_point;
    let room = ((frame.right - frame.left) / 55.0).clamp(1.0, 12.0);
    let step = whole_step((periods as f64 / room).ceil() as usize);
    let mut marks: Vec<usize> = (step..=periods).step_by(step).collect();
    if step > 1 {
        marks.insert(0, 1);
    }
    for period in marks {
        let x = frame.x(period.div_ceil(periods_per_point).saturating_sub(1));
        let _ = write!(
            svg,
            "<text x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>",
            frame.bottom + 15.0,
            number(period as f64, 0)
        );
    }
    let _ = write!(
        svg,
        "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\" class=\"muted\">period</text>",
        f64::midpoint(frame.left, frame.right),
        frame.bottom + 30.0
    );
}

fn draw_series(svg: &mut String, frame: &Frame, series: &Series) {
    let zero = frame.y(0.0);
    if series.mark == Mark::Columns {
        let half = 0.4 * (frame.right - frame.left) / frame.points as f64;
        svg.push_str("<path class=\"columns\" d=\"");
        for (point, &value) in series.values.iter().enumerate().filter(|(_, value)| **value != 0.0) {
            let (x, y) = (frame.x(point), frame.y(value));
            let _ = write!(svg, "M{:.1} {zero:.1}V{y:.1}H{:.1}V{zero:.1}z", x - half, x + half);
        }
        svg.push_str("\"/>");
        return;
    }
    let mut line = String::new();
    for (point, &value) in series.values.iter().enumerate() {
        let head = if point == 0 { 'M' } else { 'L' };
        let _ = write!(line, "{head}{:.1} {:.1}", frame.x(point), frame.y(value));
    }
    if let Mark::Line(which) = series.mark {
        let _ = write!(svg, "<path class=\"{}\" data-line=\"{which}\" d=\"{line}\"/>", line_class(which));
    } else if series.mark == Mark::Faint {
        let _ = write!(svg, "<path class=\"line faint\" d=\"{line}\"/>");
    } else if !series.values.is_empty() {
        let (first, last) = (frame.x(0), frame.x(series.values.len() - 1));
        let _ = write!(
            svg,
            "<path class=\"warning-area\" d=\"{line}L{last:.1} {zero:.1}L{first:.1} {zero:.1}z\"/>\
             <path class=\"line warning\" d=\"{line}\"/>"
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_ends_on_round_marks_and_holds_zero() {
        let scale = Scale::over([3.0, 87.0].into_iter());
        assert_eq!(scale.marks().collect::<Vec<_>>(), [0.0, 20.0, 40.0, 60.0, 80.0, 100.0]);
        let scale = Scale::over([-958.0, 22.0].into_iter());
        assert_eq!((scale.low, scale.high, scale.step), (-1000.0, 200.0, 200.0));
        assert_eq!(Scale::over(std::iter::empty()).marks().count(), 6);
        assert_eq!(Scale::over([f64::INFINITY, 4.0].into_iter()).high, 4.0);
    }

    #[test]
    fn an_axis_without_zero_is_no_wider_than_its_values() {
        let scale = Scale::around([23_450.0, 28_700.0].into_iter());
        assert_eq!((scale.low, scale.high), (22_000.0, 30_000.0));
        // All alike, as where profit does not vary with the seed; and nothing at all.
        let scale = Scale::around([700.0, 700.0].into_iter());
        assert!(scale.low <= 700.0 && scale.high > 700.0);
        assert_eq!(Scale::around(std::iter::empty()), Scale { low: 0.0, high: 1.0, step: 1.0 });
    }

    #[test]
    fn periods_are_marked_in_round_steps() {
        assert_eq!([1, 2, 3, 6, 11, 60].map(whole_step), [1, 2, 5, 10, 20, 100]);
    }

    #[test]
    fn a_long_run_is_thinned() {
        assert_eq!(periods_per_point(30), 1);
        assert_eq!(periods_per_point(1_000_000), 2000);
        assert_eq!(thin_by_mean(&[1.0, 3.0, 5.0], 2), [2.0, 5.0]);
        assert_eq!(thin_by_last(&[1.0, 3.0, 5.0], 2), [3.0, 5.0]);
    }

    #[test]
    fn every_series_is_drawn_within_the_chart() {
        let svg = chart_svg(&Chart {
            label: "a < b",
            size: (400.0, 200.0),
            periods_per_point: 1,
            reach: 0.0,
            series: vec![
                Series { mark: Mark::Columns, values: vec![5.0, 0.0, 7.0] },
                Series { mark: Mark::Line(7), values: vec![1.0, 2.0, 3.0] },
                Series { mark: Mark::Warning, values: vec![0.0, 0.0, 4.0] },
            ],
        });
        assert!(svg.contains("aria-label=\"a &lt; b\""));
        assert!(svg.contains("class=\"line s1 again\""));
        assert_eq!(svg.matches("class=\"warning-area\"").count(), 1);
        assert!(!svg.contains("NaN") && !svg.contains("inf"));
    }
}
