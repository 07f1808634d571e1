//! `spaceiq audit`.

use clap::Subcommand;
use store::{audit, tenants};

use super::{Failure, Session};

#[derive(Subcommand)]
pub(super) enum AuditCommand {
    /// Check that no row of the record was changed or removed
    Verify,
}

pub(super) async fn run(session: Session, command: AuditCommand) -> Result<(), Failure> {
    let AuditCommand::Verify = command;
    let mut reader = session.store.read().await?;
    let mut conn = reader.conn();
    let all = tenants::list(&mut conn).await?;
    for tenant in &all {
        if let Some(number) = audit::first_broken(&mut conn, &tenant.id).await? {
            return Err(Failure(format!(
                "the record of {} is broken at number {number}: that row was changed, or one before it is missing",
                tenant.name
            )));
        }
    }
    println!("The record of {} companies is whole.", all.len());
    Ok(())
}
