//! `spaceiq backup` and `spaceiq restore`.

use std::fs::{File, OpenOptions};
use std::io::{BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use app::components::moment;
use clap::Args;
use flate2::Compression;
use flate2::bufread::GzDecoder;
use flate2::write::GzEncoder;
use store::{Clock, SystemClock, transfer};
use time::OffsetDateTime;

use super::{Failure, Global};

#[derive(Args)]
pub(super) struct BackupArgs {
    /// The file to write; one that is there is replaced once the new one is whole
    file: PathBuf,
}

#[derive(Args)]
pub(super) struct RestoreArgs {
    /// The file that `spaceiq backup` wrote
    file: PathBuf,
    /// Lose what the database holds
    #[arg(long)]
    replace: bool,
}

pub(super) async fn backup(global: &Global, args: BackupArgs) -> Result<(), Failure> {
    let failed = |error: std::io::Error| Failure(format!("cannot write {}: {error}", args.file.display()));
    let part = args.file.with_added_extension("part");
    let file = private_file(&part).map_err(failed)?;
    let out = GzEncoder::new(BufWriter::new(file), Compression::fast());
    let made = transfer::backup(&global.database()?.1, SystemClock.now(), out).await;
    let (rows, out) = match made {
        Ok(made) => made,
        Err(error) => {
            let _ = std::fs::remove_file(&part);
            return Err(error.into());
        }
    };
    put_in_place(out, &part, &args.file).map_err(failed)?;
    println!("{} holds the database as it was when this began: {rows} rows.", args.file.display());
    println!("People who were signed in, invitations and other links that work once are not in it.");
    Ok(())
}

/// A backup holds personal data: nobody else may read it.
fn private_file(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Whoever finds the file under its name finds all of it, on the disk.
fn put_in_place(out: GzEncoder<BufWriter<File>>, part: &Path, path: &Path) -> std::io::Result<()> {
    let mut buffer = out.finish()?;
    buffer.flush()?;
    buffer.get_ref().sync_all()?;
    std::fs::rename(part, path)?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}

pub(super) async fn restore(global: &Global, args: RestoreArgs) -> Result<(), Failure> {
    let open = || -> Result<_, Failure> {
        let file =
            File::open(&args.file).map_err(|error| Failure(format!("cannot read {}: {error}", args.file.display())))?;
        Ok(BufReader::new(GzDecoder::new(BufReader::new(file))))
    };
    // Nothing is touched before the whole file was found to be right.
    transfer::check(open()?)?;
    let restored = transfer::restore(&global.database()?.1, open()?, args.replace, SystemClock.now()).await?;
    println!("Restored {} rows, as they were on {}.", restored.rows, made_at(restored.header.made_at));
    println!("Everybody signs in anew, and invitations have to be made anew.");
    if restored.live_tokens > 0 {
        println!(
            "{} SCIM tokens work now as they did then: revoke those that were revoked since (spaceiq token list).",
            restored.live_tokens
        );
    }
    Ok(())
}

fn made_at(milliseconds: i64) -> String {
    OffsetDateTime::from_unix_timestamp(milliseconds.div_euclid(1000)).map_or_else(|_| "?".to_owned(), moment)
}
