//! Policies trained by the gradient of what episodes earn.
#![forbid(unsafe_code)]

mod adam;
mod batch;
mod course;
mod error;
mod moments;
mod parameters;
mod scatter;
mod session;
mod shared;
mod state;
mod teacher;
mod trainer;
mod windows;

pub use course::{Course, Kind, alike};
pub use error::TrainError;
pub use parameters::Parameters;
pub use session::{End, LOOK_EVERY, Limits, Look, Outcome, train};
pub use teacher::Teacher;
pub use trainer::{Layout, Settings, Trainer};
