//! `/Users` and `/Users/{id}`.

mod create;
mod delete;
mod life_cycle;
mod patch;
mod put;
mod read;
