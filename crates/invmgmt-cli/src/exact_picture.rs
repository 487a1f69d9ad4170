//! The picture of a policy whose states have one number or two: what is requested in each.

use std::fmt::Write;

use invmgmt_policy::PolicyTable;
use invmgmt_report::escape;

/// Width and height of the plane of a panel, and its margins [px].
const PLANE: (f64, f64) = (520.0, 360.0);
const LEFT: f64 = 64.0;
const TOP: f64 = 44.0;
const BELOW: f64 = 56.0;
const BESIDE: f64 = 24.0;
/// Marks along an axis, about so many.
const MARKS: f64 = 8.0;
/// The smallest cell that a number fits into [px].
const LEGIBLE: f64 = 15.0;

/// One SVG document with a panel per supply link.
///
/// # Errors
/// What the picture cannot show.
pub(crate) fn svg(policy: &PolicyTable) -> Result<String, String> {
    let labels = policy.labels();
    let states = policy.states();
    let column = |at: usize| (0..states.len() as u32).map(move |state| states.get(state)[at]);
    let varying: Vec<usize> =
        (0..states.width()).filter(|&at| column(at).any(|value| value != states.get(0)[at])).collect();
    let &[first, ref others @ ..] = varying.as_slice() else {
        return Err("the policy has one state only; there is nothing to draw".to_owned());
    };
    let second = match others {
        [] => None,
        &[second] => Some(second),
        _ => {
            return Err(format!(
                "a picture shows policies whose states have one number or two; this one's have {}: {}",
                varying.len(),
                varying.iter().map(|&at| labels[at].as_str()).collect::<Vec<_>>().join(", ")
            ));
        }
    };
    let links = policy.order_labels();
    let (width, height) = (LEFT + PLANE.0 + BESIDE, TOP + PLANE.1 + BELOW);
    let mut out = String::new();
    let all = height * links.len() as f64;
    let _ = write!(
        out,
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {width} {all}' width='{width}' height='{all}' role='img' \
         font-family='system-ui, sans-serif' font-size='12'><title>The optimal policy</title>\
         <rect width='100%' height='100%' fill='#fff'/>"
    );
    for (link, title) in links.iter().enumerate() {
        let points: Vec<Point> = (0..states.len() as u32)
            .map(|state| Point {
                x: states.get(state)[first],
                y: second.map_or(0.0, |second| states.get(state)[second]),
                order: policy.orders(state)[link],
            })
            .collect();
        let _ = write!(out, "<g transform='translate(0 {})'>", height * link as f64);
        match second {
            None => steps(&mut out, points, &labels[first], title),
            Some(second) => cells(&mut out, &points, &labels[first], &labels[second], title),
        }
        out.push_str("</g>");
    }
    out.push_str("</svg>\n");
    Ok(out)
}

/// A state and what is requested in it.
#[derive(Clone, Copy)]
struct Point {
    x: f64,
    y: f64,
    order: f64,
}

/// An axis from a least to a greatest number.
#[derive(Clone, Copy)]
struct Axis {
    least: f64,
    most: f64,
    length: f64,
}

impl Axis {
    /// Around these numbers, each in the middle of a unit.
    fn around(values: impl Iterator<Item = f64> + Clone, length: f64) -> Self {
        let least = values.clone().fold(f64::INFINITY, f64::min) - 0.5;
        let most = values.fold(f64::NEG_INFINITY, f64::max) + 0.5;
        Self { least, most, length }
    }

    fn place(self, value: f64) -> f64 {
        (value - self.least) / (self.most - self.least) * self.length
    }

    fn unit(self) -> f64 {
        self.length / (self.most - self.least)
    }

    /// Whole numbers to mark: every 1, 2, 5, 10, ...
    fn marks(self) -> Vec<f64> {
        let rough = ((self.most - self.least) / MARKS).max(1.0);
        let power = 10.0_f64.powf(rough.log10().floor());
        let step = [1.0, 2.0, 5.0, 10.0].into_iter().map(|of| of * power).find(|&step| step >= rough);
        let step = step.unwrap_or(10.0 * power).max(1.0);
        let first = (self.least / step).ceil() as i64;
        let last = (self.most / step).floor() as i64;
        (first..=last).map(|at| at as f64 * step).collect()
    }
}

/// The order as a function of the only number that varies.
fn steps(out: &mut String, mut points: Vec<Point>, label: &str, title: &str) {
    points.sort_by(|a, b| a.x.total_cmp(&b.x));
    let across = Axis::around(points.iter().map(|point| point.x), PLANE.0);
    let most = points.iter().map(|point| point.order).fold(1.0, f64::max);
    let up = Axis { least: 0.0, most: most + 1.0, length: PLANE.1 };
    frame(out, across, up, label, "units requested", title);
    let mut path = String::new();
    for (at, point) in points.iter().enumerate() {
        let (x, y) = (LEFT + across.place(point.x - 0.5), TOP + PLANE.1 - up.place(point.order));
        let _ = write!(path, "{}{x:.2} {y:.2} h{:.2}", if at == 0 { "M" } else { " L" }, across.unit());
    }
    let _ = write!(out, "<path d='{path}' fill='none' stroke='#1f5fa8' stroke-width='2'/>");
}

/// The order as the colour of a cell, with its number where there is room.
fn cells(out: &mut String, points: &[Point], label: &str, other: &str, title: &str) {
    let across = Axis::around(points.iter().map(|point| point.x), PLANE.0);
    let up = Axis::around(points.iter().map(|point| point.y), PLANE.1);
    frame(out, across, up, label, other, title);
    let most = points.iter().map(|point| point.order).fold(1.0, f64::max);
    let is_legible = across.unit() >= LEGIBLE && up.unit() >= LEGIBLE;
    for point in points {
        let (x, y) = (LEFT + across.place(point.x - 0.5), TOP + PLANE.1 - up.place(point.y + 0.5));
        let share = point.order / most;
        // From white to a dark blue.
        let mix = |from: f64, to: f64| (from + (to - from) * share).round();
        let _ = write!(
            out,
            "<rect x='{x:.2}' y='{y:.2}' width='{:.2}' height='{:.2}' fill='rgb({},{},{})'><title>{}: {}, {}: {}: {}</title></rect>",
            across.unit() + 0.3,
            up.unit() + 0.3,
            mix(236.0, 16.0),
            mix(241.0, 62.0),
            mix(247.0, 120.0),
            escape(label),
            point.x,
            escape(other),
            point.y,
            point.order
        );
        if is_legible {
            let ink = if share > 0.5 { "#fff" } else { "#222" };
            let _ = write!(
                out,
                "<text x='{:.2}' y='{:.2}' text-anchor='middle' font-size='10' fill='{ink}' pointer-events='none'>{}</text>",
                x + 0.5 * across.unit(),
                y + 0.5 * up.unit() + 3.5,
                point.order
            );
        }
    }
}

/// Axes, marks and words.
fn frame(out: &mut String, across: Axis, up: Axis, label: &str, other: &str, title: &str) {
    let (left, bottom) = (LEFT, TOP + PLANE.1);
    let _ = write!(out, "<text x='{left}' y='24' font-size='14' font-weight='600'>{}</text>", escape(title));
    for mark in across.marks() {
        let x = left + across.place(mark);
        let _ = write!(
            out,
            "<path d='M{x:.2} {bottom} v5' stroke='#666'/><text x='{x:.2}' y='{}' text-anchor='middle'>{mark}</text>",
            bottom + 19.0
        );
    }
    for mark in up.marks() {
        let y = bottom - up.place(mark);
        let _ = write!(
            out,
            "<path d='M{left} {y:.2} h-5' stroke='#666'/><text x='{}' y='{:.2}' text-anchor='end'>{mark}</text>",
            left - 9.0,
            y + 4.0
        );
    }
    let (middle, height) = (left + 0.5 * PLANE.0, TOP + 0.5 * PLANE.1);
    let _ = write!(
        out,
        "<path d='M{left} {TOP} V{bottom} H{}' fill='none' stroke='#666'/>\
         <text x='{middle}' y='{}' text-anchor='middle'>{}</text>\
         <text transform='translate(16 {height}) rotate(-90)' text-anchor='middle'>{}</text>",
        left + PLANE.0,
        bottom + 42.0,
        escape(label),
        escape(other)
    );
}
