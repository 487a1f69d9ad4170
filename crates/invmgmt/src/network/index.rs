//! Index spaces as types: a link index used on a node table does not compile.

use std::marker::PhantomData;
use std::ops;

/// A position in one of the engine's tables.
pub trait TableIndex: Copy {
    /// The index of the `position`-th row (below the stated limits, so 32 bits suffice).
    fn from_position(position: usize) -> Self;
    /// The row.
    fn position(self) -> usize;
}

macro_rules! table_index {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(u32);

        impl TableIndex for $name {
            fn from_position(position: usize) -> Self {
                Self(position as u32)
            }
            #[inline]
            fn position(self) -> usize {
                self.0 as usize
            }
        }
    };
}

table_index!(
    /// A node, in order of declaration (columns of the matrices X and P).
    NodeIx
);
table_index!(
    /// A node that holds stock and buys, in order of id (the "main" nodes of the observation).
    ManagedIx
);
table_index!(
    /// A link whose target is not a market, in enumeration order (actions, columns of Y and R).
    SupplyLinkIx
);
table_index!(
    /// A link into a market, in enumeration order (columns of D and U).
    MarketLinkIx
);
table_index!(
    /// Any link, in enumeration order (columns of S).
    LinkIx
);

/// A column of values read by one kind of index only.
#[derive(Clone, Debug, PartialEq)]
pub struct Table<I, T> {
    rows: Vec<T>,
    index: PhantomData<I>,
}

impl<I: TableIndex, T> Table<I, T> {
    /// Rows with their indices, in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (I, &T)> + ExactSizeIterator {
        self.rows.iter().enumerate().map(|(position, row)| (I::from_position(position), row))
    }

    /// The indices, in order.
    pub fn indices(&self) -> impl DoubleEndedIterator<Item = I> + ExactSizeIterator + use<I, T> {
        (0..self.rows.len()).map(I::from_position)
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The rows without their indices.
    #[inline]
    pub fn rows(&self) -> &[T] {
        &self.rows
    }

    /// The rows without their indices, to write.
    #[inline]
    pub fn rows_mut(&mut self) -> &mut [T] {
        &mut self.rows
    }
}

impl<I, T> From<Vec<T>> for Table<I, T> {
    fn from(rows: Vec<T>) -> Self {
        Self { rows, index: PhantomData }
    }
}

impl<I: TableIndex, T> ops::Index<I> for Table<I, T> {
    type Output = T;
    #[inline]
    fn index(&self, index: I) -> &T {
        &self.rows[index.position()]
    }
}

impl<I: TableIndex, T> ops::IndexMut<I> for Table<I, T> {
    #[inline]
    fn index_mut(&mut self, index: I) -> &mut T {
        &mut self.rows[index.position()]
    }
}

/// A borrowed column of numbers, read and written by one kind of index only. `T` is a number, or one number for each
/// of several episodes side by side.
#[derive(Debug)]
pub struct Column<'a, I, T = f64> {
    /// The numbers themselves, where their order is all that matters.
    pub values: &'a mut [T],
    index: PhantomData<I>,
}

impl<'a, I, T> Column<'a, I, T> {
    /// A column over borrowed numbers.
    #[inline]
    pub fn new(values: &'a mut [T]) -> Self {
        Self { values, index: PhantomData }
    }
}

impl<I: TableIndex, T> ops::Index<I> for Column<'_, I, T> {
    type Output = T;
    #[inline]
    fn index(&self, index: I) -> &T {
        &self.values[index.position()]
    }
}

impl<I: TableIndex, T> ops::IndexMut<I> for Column<'_, I, T> {
    #[inline]
    fn index_mut(&mut self, index: I) -> &mut T {
        &mut self.values[index.position()]
    }
}
