//! What identity providers and people do all day, one file a workload.

mod initial_sync;

use anyhow::Result;

use crate::database::Engine;
use crate::race::Race;

/// A workload that can be named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Workload {
    /// A match query and a creation for each person, and what the machine could do
    InitialSync,
}

impl Workload {
    /// All of them.
    pub(crate) const ALL: [Self; 1] = [Self::InitialSync];

    pub(crate) async fn run(self, race: &Race, engine: Engine) -> Result<()> {
        match self {
            Self::InitialSync => initial_sync::run(race, engine).await,
        }
    }
}
