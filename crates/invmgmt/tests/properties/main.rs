//! What holds for every network, every order and every seed.
//!
//! `cases` draws networks and play, `graph` enumerates a declared network independently of the compiled tables; the
//! laws themselves stand in `play` (one episode), `many` (batches, snapshots, rollouts), `mechanisms` (networks that
//! have any), `identities` (one system declared in two ways) and `declared` (compiling).

mod adjoint;
mod cases;
mod declared;
mod graph;
mod identities;
mod many;
mod mechanisms;
mod play;
mod settings;
