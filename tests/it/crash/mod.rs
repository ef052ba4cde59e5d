//! The program dies at every moment it can die at, and the laws hold: nobody twice, nobody lost, every doubt named.
//!
//! Most of it is simulated: the real engine and the real ledger in this process, in paused time, against a world that
//! survives each death and keeps the book. What a death leaves on the disk is copied at that moment.

mod disk;
mod draw;
mod drive;
mod image;
mod kill9;
mod laws;
mod life;
mod outside;
mod people;
mod properties;
mod regressions;
mod restore;
mod saboteurs;
mod seeds;
mod simulation;
mod step;
mod stops;
mod wire;
