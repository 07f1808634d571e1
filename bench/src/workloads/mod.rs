//! What identity providers and people do all day, one file a workload.

mod console;
mod disable;
mod fairness;
mod initial_sync;
mod listing;
mod logging;
mod matching;
mod members;
mod servers;
mod soak;
mod start;
mod tokens;

use anyhow::Result;

use crate::database::Engine;
use crate::race::Race;

/// A workload that can be named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Workload {
    /// From the program's start until it listens
    Start,
    /// A match query and a creation for each person, and what the machine could do
    InitialSync,
    /// Match queries, with few and with very many people
    Matching,
    /// Disabling people
    Disable,
    /// Adding one member at a time to small and large groups
    Members,
    /// Pages by index and a walk along a cursor
    Listing,
    /// Pages of the console
    Console,
    /// Tokens that are live, and tokens that are not
    Tokens,
    /// Match queries to one server and to two
    Servers,
    /// A mixture
    Soak,
    /// One company beside another's flood
    Fairness,
    /// Creations with and without their provisioning events
    Logging,
}

impl Workload {
    /// All of them.
    pub(crate) const ALL: [Self; 12] = [
        Self::Start,
        Self::InitialSync,
        Self::Matching,
        Self::Disable,
        Self::Members,
        Self::Listing,
        Self::Console,
        Self::Tokens,
        Self::Servers,
        Self::Soak,
        Self::Fairness,
        Self::Logging,
    ];

    pub(crate) async fn run(self, race: &Race, engine: Engine) -> Result<()> {
        match self {
            Self::Start => start::run(race, engine).await,
            Self::InitialSync => initial_sync::run(race, engine).await,
            Self::Matching => matching::run(race, engine).await,
            Self::Disable => disable::run(race, engine).await,
            Self::Members => members::run(race, engine).await,
            Self::Listing => listing::run(race, engine).await,
            Self::Console => console::run(race, engine).await,
            Self::Tokens => tokens::run(race, engine).await,
            Self::Servers => servers::run(race, engine).await,
            Self::Soak => soak::run(race, engine).await,
            Self::Fairness => fairness::run(race, engine).await,
            Self::Logging => logging::run(race, engine).await,
        }
    }
}
