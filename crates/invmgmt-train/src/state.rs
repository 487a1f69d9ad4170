//! A training under way as a file, to go on from.

use std::collections::HashMap;

use safetensors::tensor::{Dtype, SafeTensors, TensorView};

use crate::error::TrainError;
use crate::trainer::Trainer;

/// The name under which the words stand in the file.
const WORDS: &str = "training";
/// What stands between the steps and the period where the episodes stand, if not at their start.
pub(crate) const STANDS: &str = ", period ";
/// The name of the numbers of episodes that are not at their start.
const EPISODES: &str = "episodes";

impl Trainer {
    /// What has to be known to go on, in the safetensors format.
    pub fn state(&self) -> Vec<u8> {
        let rows = self.rows();
        let bytes: Vec<Vec<u8>> = rows
            .iter()
            .map(|(_, row)| row.iter().flat_map(|number| number.to_le_bytes()).collect())
            .collect();
        let view =
            |kind, len: usize, bytes| TensorView::new(kind, vec![len], bytes).expect("shape and bytes agree");
        let views =
            rows.iter().zip(&bytes).map(|((name, row), bytes)| (*name, view(Dtype::F32, row.len(), bytes)));
        let carried = self.carried();
        let carried_bytes: Vec<u8> = carried.iter().flat_map(|number| number.to_le_bytes()).collect();
        let first = self.windows.first();
        let views =
            views.chain((first > 0).then(|| (EPISODES, view(Dtype::F64, carried.len(), &carried_bytes))));
        let words = HashMap::from([(WORDS.to_owned(), self.words())]);
        safetensors::serialize(views, Some(words)).expect("sound tensors")
    }

    /// Puts the trainer where another of the same course and settings stood when it gave its state.
    ///
    /// # Errors
    /// [`TrainError::State`] for what is no such state; the trainer is unchanged then.
    pub fn resume(&mut self, state: &[u8]) -> Result<(), TrainError> {
        let unfit = |reason: &dyn std::fmt::Display| TrainError::State(reason.to_string());
        let (_, header) = SafeTensors::read_metadata(state).map_err(|error| unfit(&error))?;
        let words =
            header.metadata().as_ref().and_then(|words| words.get(WORDS)).cloned().unwrap_or_default();
        let (settings, steps) =
            words.rsplit_once("; steps ").ok_or_else(|| unfit(&"it is no state of a training"))?;
        let here = self.words();
        let here = here.rsplit_once("; steps ").map_or("", |(settings, _)| settings);
        if settings != here {
            return Err(unfit(&format!("it was trained with {settings}; here it is {here}")));
        }
        let (steps, first) = steps.split_once(STANDS).unwrap_or((steps, "0"));
        let steps: u64 = steps.parse().map_err(|_| unfit(&"it does not say its steps"))?;
        let first: usize = first.parse().map_err(|_| unfit(&"it does not say its period"))?;
        let tensors = SafeTensors::deserialize(state).map_err(|error| unfit(&error))?;
        let mut rows = Vec::new();
        for (name, row) in self.rows() {
            let tensor = tensors.tensor(name).map_err(|error| unfit(&error))?;
            let numbers: Vec<f32> =
                tensor.data().as_chunks().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect();
            if tensor.dtype() != Dtype::F32 || numbers.len() != row.len() {
                return Err(unfit(&format!(
                    "its {name} has {} numbers; expected {}",
                    numbers.len(),
                    row.len()
                )));
            }
            rows.push(numbers);
        }
        let carried: Vec<f64> = match tensors.tensor(EPISODES) {
            Ok(tensor) => {
                tensor.data().as_chunks().0.iter().map(|bytes| f64::from_le_bytes(*bytes)).collect()
            }
            Err(_) => Vec::new(),
        };
        if !self.put_carried(first, &carried) {
            return Err(unfit(&format!("it does not say where its episodes stood in period {first}")));
        }
        self.put(rows, steps);
        Ok(())
    }
}
