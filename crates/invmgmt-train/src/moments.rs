//! Mean and deviation of numbers that come one by one.

/// Sums over numbers, each less the first of them, so that numbers that are all alike have no deviation at all.
#[derive(Clone, Copy, Debug, Default)]
pub struct Moments {
    count: f64,
    first: f64,
    sum: f64,
    squares: f64,
}

impl Moments {
    /// Takes one more into account.
    pub fn add(&mut self, number: f64) {
        if self.count == 0.0 {
            self.first = number;
        }
        let number = number - self.first;
        (self.count, self.sum, self.squares) =
            (self.count + 1.0, self.sum + number, self.squares + number * number);
    }

    /// Their mean, and what a distance from it is multiplied by to be one in deviations: 0 where they are all alike.
    pub fn scaling(&self) -> (f32, f32) {
        let count = self.count.max(1.0);
        let mean = self.sum / count;
        let variance = self.squares / count - mean * mean;
        let factor = if variance > 1e-12 { variance.sqrt().recip() } else { 0.0 };
        ((self.first + mean) as f32, factor as f32)
    }
}
