//! A backup: what the database holds at one moment, while others write.

use std::io::Write;

use super::catalogue;
use super::file::{Header, Writer};
use super::link::{self, Link};
use crate::{DatabaseUrl, StoreError, milliseconds};

/// What is worth nothing later, or must not work again: whoever was signed in signs in anew, whatever works once is made
/// anew.
pub(super) const LEFT_OUT: [&str; 7] = [
    "employee_sessions",
    "invitations",
    "passkey_ceremonies",
    "password_attempts",
    "sessions",
    "setup_codes",
    "sso_requests",
];

/// Writes a backup. The number of rows in it.
pub async fn backup<W: Write>(url: &DatabaseUrl, now: time::OffsetDateTime, out: W) -> Result<(u64, W), StoreError> {
    let mut source = Link::snapshot(url).await?;
    let mut conn = source.conn();
    let header = Header {
        made_at: milliseconds(now),
        migration: link::migration(&mut conn).await?,
        program: env!("CARGO_PKG_VERSION").to_owned(),
    };
    let mut writer = Writer::new(out, &header)?;
    let mut total = 0;
    for table in catalogue::tables(&mut conn).await? {
        if LEFT_OUT.contains(&table.name.as_str()) {
            continue;
        }
        writer.table(&table)?;
        let (mut rows, mut after) = (0, None);
        loop {
            let page = table.page(&mut conn, after.as_deref()).await?;
            let Some(last) = page.last() else { break };
            after = Some(table.key_of(last));
            rows += page.len() as u64;
            for row in &page {
                writer.row(row)?;
            }
        }
        writer.end_of_table(rows)?;
        total += rows;
    }
    let out = writer.finish()?;
    source.close().await?;
    Ok((total, out))
}
