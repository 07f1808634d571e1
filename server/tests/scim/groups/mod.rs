//! `/Groups` and `/Groups/{id}`.

mod at_size;
mod life_cycle;
mod members;
