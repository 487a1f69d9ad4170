//! A chunk shared out among threads, piece by piece.

use std::sync::{Mutex, PoisonError};

use super::SIDE_BY_SIDE;
use super::chunk::{Chunk, Shared, Worker};
use super::pool::Pool;
use crate::number::Number;

/// Pieces that a step is cut into for each worker, so that none waits long for another.
const PIECES_PER_WORKER: usize = 8;

/// Plays a chunk with these workers: the first on the caller's thread, the others on the pool's.
///
/// Whoever is free takes the next piece: the caller from the front, so that it can begin before the others are awake,
/// they from the back, so that from step to step most rows stay with one thread.
pub(super) fn play<A: Number, F: Number>(
    chunk: Chunk<'_, A, F>,
    shared: &Shared<'_>,
    workers: &mut [Worker],
    pool: &mut Pool,
) {
    match workers {
        [] => {}
        [worker] => chunk.play(shared, worker),
        [own, others @ ..] => {
            let blocks = chunk.len().div_ceil(SIDE_BY_SIDE);
            let piece = blocks.div_ceil(PIECES_PER_WORKER * (1 + others.len()));
            let pieces = Pieces { left: Mutex::new(Some(chunk)), piece };
            let play = |worker: &mut Worker, end: End| {
                while let Some(piece) = pieces.take(shared, end) {
                    piece.play(shared, worker);
                }
            };
            let others = others.iter_mut().map(|worker| || play(worker, End::Back));
            pool.run_beside(|| play(own, End::Front), others);
        }
    }
}

/// Where a piece is taken.
#[derive(Clone, Copy)]
enum End {
    Front,
    Back,
}

/// What is left of a chunk.
struct Pieces<'a, A, F> {
    left: Mutex<Option<Chunk<'a, A, F>>>,
    /// Blocks of a piece.
    piece: usize,
}

impl<'a, A: Number, F: Number> Pieces<'a, A, F> {
    /// The next piece at one end.
    fn take(&self, shared: &Shared<'_>, end: End) -> Option<Chunk<'a, A, F>> {
        // A worker that panicked holds no piece back: what it was at is its own.
        let mut left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        let chunk = left.take()?;
        let blocks = chunk.len().div_ceil(SIDE_BY_SIDE);
        if blocks <= self.piece {
            return Some(chunk);
        }
        let (piece, rest) = match end {
            End::Front => chunk.split(shared, self.piece),
            End::Back => {
                let (rest, piece) = chunk.split(shared, blocks - self.piece);
                (piece, rest)
            }
        };
        *left = Some(rest);
        Some(piece)
    }
}
