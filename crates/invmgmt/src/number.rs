//! The kinds of number that come from callers and go to them.

/// A kind of number that actions come in and observations go out as.
pub trait Number: Copy + Send + Sync {
    /// As a double, exactly.
    fn widen(self) -> f64;
    /// A double, rounded once.
    fn narrow(value: f64) -> Self;
}

impl Number for f64 {
    #[inline(always)]
    fn widen(self) -> f64 {
        self
    }

    #[inline(always)]
    fn narrow(value: f64) -> Self {
        value
    }
}

impl Number for f32 {
    #[inline(always)]
    fn widen(self) -> f64 {
        f64::from(self)
    }

    #[inline(always)]
    fn narrow(value: f64) -> Self {
        value as f32
    }
}
