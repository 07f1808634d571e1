//! What the database says of itself.

use store::{Clock, DatabaseUrl, Examined, SystemClock, examine as look_at};
use time::Duration;

use super::super::Failure;
use super::Finding;

/// Clocks that are further apart make tokens and sessions end at surprising times.
const CLOCKS_APART: Duration = Duration::seconds(10);

/// `here` is the host that passkeys work at now.
pub(super) async fn examine(url: &DatabaseUrl, here: Option<&str>) -> Vec<Finding> {
    match look_at(url).await {
        Ok(examined) => vec![
            Finding::fine("database", format!("{url}, {}", examined.engine)),
            migrations(&examined),
            integrity(&examined),
            references(&examined),
            connections(&examined),
            clock(&examined),
            record(&examined),
            passkeys(&examined, here),
        ],
        Err(error) => {
            let advice = match url.file() {
                Some(path) if !path.exists() => "spaceiq serve makes it; or name the one you mean with --database-url",
                Some(_) => "look at who owns the file, and whether it is a database of this program; a backup helps",
                None => "look whether PostgreSQL runs, and at address, user and password",
            };
            let Failure(error) = error.into();
            vec![Finding::wrong("database", error, advice)]
        }
    }
}

fn migrations(examined: &Examined) -> Finding {
    const WHAT: &str = "migrations";
    let latest = examined.latest_migration;
    if let Some(number) = examined.contracted {
        let found = format!("a newer program took away what this one needs (migration {number})");
        return Finding::wrong(WHAT, found, "start the newer program");
    }
    match examined.migration {
        Some(found) if found == latest => Finding::fine(WHAT, format!("up to date ({found})")),
        Some(found) if found > latest => Finding::note(
            WHAT,
            format!("a newer program has added to the database ({found}; this one knows {latest})"),
            "that is right while servers are replaced one after the other; end with all of them new",
        ),
        Some(found) => Finding::wrong(WHAT, format!("at {found} of {latest}"), "spaceiq migrate"),
        None => Finding::wrong(WHAT, "there are no tables", "spaceiq migrate"),
    }
}

fn integrity(examined: &Examined) -> Finding {
    if examined.damage.is_empty() {
        return Finding::fine("integrity", "nothing is damaged");
    }
    Finding::wrong(
        "integrity",
        examined.damage.join("; "),
        "stop the server, keep a copy of the database, and restore the last backup",
    )
}

fn references(examined: &Examined) -> Finding {
    match (&examined.unfinished_copy, examined.strays) {
        (Some(source), _) => Finding::wrong(
            "references",
            format!("a copy of {source} into this database did not end"),
            "start the same spaceiq copy again",
        ),
        (None, 0) => Finding::fine("references", "no row refers to what is not there"),
        (None, strays) => Finding::wrong(
            "references",
            format!("{strays} rows refer to what is not there"),
            "somebody changed the database by hand: restore the last backup",
        ),
    }
}

fn connections(examined: &Examined) -> Finding {
    const WHAT: &str = "connections";
    match examined.connections {
        None => Finding::fine(WHAT, "the file has no limit"),
        Some((used, most)) if used * 10 > most * 9 => Finding::wrong(
            WHAT,
            format!("{used} of {most} are in use"),
            "raise PostgreSQL's max_connections or put PgBouncer in front; a server takes up to 16",
        ),
        Some((used, most)) => Finding::fine(WHAT, format!("{used} of {most} are in use")),
    }
}

fn clock(examined: &Examined) -> Finding {
    const WHAT: &str = "clock";
    let now = SystemClock.now();
    let advice = "set this machine's clock (timedatectl set-ntp true)";
    if let Some(apart) = examined.clock.map(|clock| (clock - now).abs()).filter(|apart| *apart > CLOCKS_APART) {
        let seconds = apart.whole_seconds();
        return Finding::wrong(WHAT, format!("{seconds} seconds apart from the database's"), advice);
    }
    match examined.newest.filter(|newest| *newest - now > CLOCKS_APART) {
        Some(newest) => Finding::wrong(WHAT, format!("behind the newest record, of {newest}"), advice),
        None => Finding::fine(WHAT, "agrees with the database"),
    }
}

/// Browsers offer a passkey at the host that it was made for, and nowhere else.
fn passkeys(examined: &Examined, here: Option<&str>) -> Finding {
    const WHAT: &str = "passkeys";
    let elsewhere = examined.passkey_hosts.iter().filter(|(host, _)| Some(host.as_str()) != here);
    let elsewhere: Vec<_> = elsewhere.map(|(host, count)| format!("{count} made for {host}")).collect();
    if elsewhere.is_empty() {
        return Finding::fine(WHAT, "all were made for the public URL");
    }
    let advice = "they do not work at the public URL of now: go back to the earlier one, or have their owners sign in with recovery codes and add new ones";
    Finding::note(WHAT, elsewhere.join(", "), advice)
}

fn record(examined: &Examined) -> Finding {
    const WHAT: &str = "audit log";
    match examined.broken_records.first() {
        None => Finding::fine(WHAT, "whole (spaceiq audit verify looks at the provisioning log too)"),
        Some((tenant, number)) => Finding::wrong(
            WHAT,
            format!("the record of {tenant} is broken at number {number}"),
            "somebody changed the database by hand: compare with a backup",
        ),
    }
}
