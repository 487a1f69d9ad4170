//! The standard normal law.

use std::f64::consts::{PI, SQRT_2};

/// Density at z [1].
pub(crate) fn density(z: f64) -> f64 {
    (-0.5 * z * z).exp() / (2.0 * PI).sqrt()
}

/// Probability of at most z [1].
pub(crate) fn cumulative(z: f64) -> f64 {
    0.5 * libm::erfc(-z / SQRT_2)
}

/// Expected excess over z, E max(0, Z - z) [1].
pub(crate) fn loss(z: f64) -> f64 {
    density(z) - z * cumulative(-z)
}

/// The loss added up from z upwards, E max(0, Z - z)^2 / 2 [1].
pub(crate) fn second_loss(z: f64) -> f64 {
    0.5 * ((z * z + 1.0) * cumulative(-z) - z * density(z))
}

/// The z that is exceeded with probability `tail`, in (0, 1), by bisection down to neighbouring doubles.
pub(crate) fn exceeded_with(tail: f64) -> f64 {
    if tail > 0.5 {
        return -exceeded_with(1.0 - tail);
    }
    let (mut low, mut high) = (0.0, 40.0);
    loop {
        let middle = 0.5 * (low + high);
        if middle <= low || middle >= high {
            return middle;
        }
        if cumulative(-middle) > tail { low = middle } else { high = middle }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Abramowitz & Stegun, table 26.5: the points exceeded with these probabilities.
    #[test]
    fn quantiles_are_those_of_the_tables() {
        for (tail, z) in [(0.025, 1.959_963_984_54), (0.25, 0.674_489_750_20), (0.9, -1.281_551_565_54)] {
            assert!((exceeded_with(tail) - z).abs() < 1e-10, "{tail}");
        }
        assert!(exceeded_with(0.5).abs() < 1e-12);
    }

    /// Its slope is the loss; at zero it is a quarter.
    #[test]
    fn the_second_loss_adds_up_the_loss() {
        assert!((second_loss(0.0) - 0.25).abs() < 1e-15);
        for z in [-2.0, 0.3, 1.7] {
            let slope = (second_loss(z + 1e-5) - second_loss(z - 1e-5)) / 2e-5;
            assert!((slope + loss(z)).abs() < 1e-9, "{z}");
        }
    }

    #[test]
    fn the_loss_at_zero_is_the_density_there() {
        assert_eq!(loss(0.0), density(0.0));
        assert!((loss(-3.0) - loss(3.0) - 3.0).abs() < 1e-14);
    }
}
