//! Pictures of networks and runs, and reports that are one HTML file each.
//!
//! [`Layout`] places the nodes of a network, [`network_svg`] draws it, [`chart`] draws runs, [`Page`] puts all of
//! it with a table of key figures on one page; [`BenchmarkPage`] does so for many problems and policies. Nothing is
//! fetched from anywhere: styles and pictures are inline, colours follow the reader's light or dark setting, and every
//! name is escaped.
//!
//! ```
//! use invmgmt::network::preset;
//! use invmgmt_report::{Layout, network_svg};
//!
//! let network = preset("serial").expect("a preset").compile()?;
//! let svg = network_svg(&network, &Layout::of(&network));
//! assert!(svg.starts_with("<svg"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![forbid(unsafe_code)]

mod benchmark_page;
pub mod chart;
mod dots;
mod folded;
mod history;
mod layout;
mod network_svg;
mod ordering;
mod page;
mod plan_page;
mod runs;
mod shapes;
mod sortable;
mod text;
mod training_page;

pub use benchmark_page::{BenchmarkPage, EpisodePanel, Titled};
pub use dots::{DotPlot, DotRow, Dots, dots_svg};
pub use history::{Finding, HistoryPage};
pub use layout::{Layout, Point};
pub use network_svg::{MAX_DRAWN_NODES, network_svg};
pub use page::{KpiRow, KpiTable, Page, Run};
pub use plan_page::{PlanExample, PlanPage, TradeOff};
pub use sortable::{Column, Entry, SortableTable};
pub use text::escape;
pub use training_page::{Curve, CurveFigure, TrainingPage, TrainingSection};
