//! The `spaceiq` program.

use std::process::ExitCode;

/// A fifth of a creation's processor time went into glibc's allocator. SQLite takes its memory here, too.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    server::cli::run()
}
