//! `spaceiq copy`: a live installation moved to another database.

use std::str::FromStr;

use clap::Args;
use store::transfer::{self, Progress};
use store::{Clock, DatabaseUrl, SystemClock};

use super::Failure;

#[derive(Args)]
pub(super) struct CopyArgs {
    /// The database to copy, which may be in use: sqlite:PATH or postgres://…
    #[arg(long, value_name = "URL")]
    from: String,
    /// An empty database, or the one into which an earlier copy did not end
    #[arg(long, value_name = "URL")]
    to: String,
}

pub(super) async fn run(args: CopyArgs) -> Result<(), Failure> {
    let (from, to) = (DatabaseUrl::from_str(&args.from)?, DatabaseUrl::from_str(&args.to)?);
    let copied = transfer::copy(&from, &to, SystemClock.now(), &mut tell).await?;
    if !copied.is_equal {
        return Err(Failure::new(
            "the source changes all the time. Stop the servers that use it, then start the same command again: it \
             compares and takes only what changed",
        ));
    }
    println!("Copied {} rows; each was read back and compared.", copied.rows);
    if copied.changed_meanwhile > 0 {
        println!(
            "The source changed meanwhile ({} rows, which were taken too). Whatever uses it still has to be stopped \
             before the copy goes into use.",
            copied.changed_meanwhile
        );
    }
    Ok(())
}

fn tell(progress: Progress<'_>) {
    let Progress { pass, table, rows, written, done } = progress;
    let what = if pass == 1 { "copying" } else { "comparing" };
    if written > 0 || !done || pass == 1 {
        eprintln!("{what} {table}: {rows} rows, {written} written{}", if done { "" } else { " so far" });
    }
}
