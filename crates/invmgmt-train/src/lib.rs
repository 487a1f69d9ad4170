//! Policies trained by the gradient of what episodes earn.
#![forbid(unsafe_code)]

mod adam;
mod batch;
mod course;
mod error;
mod parameters;
mod session;
mod state;
mod trainer;

pub use course::{Course, Kind, alike};
pub use error::TrainError;
pub use parameters::Parameters;
pub use session::{End, LOOK_EVERY, Limits, Look, train};
pub use trainer::{Settings, Trainer};
