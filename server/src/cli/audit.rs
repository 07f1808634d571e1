//! `spaceiq audit`.

use app::components::{moment, plain};
use clap::Subcommand;
use store::events::{self, Broken};
use store::{audit, tenants};

use super::{Failure, Session};

#[derive(Subcommand)]
pub(super) enum AuditCommand {
    /// Check that nothing in the record and the provisioning log was changed or removed
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
        if let Some(broken) = events::first_broken(&mut conn, &tenant.id).await? {
            return Err(Failure(format!("the provisioning log of {} is broken: {}", tenant.name, words(&broken))));
        }
    }
    println!("The record and the provisioning log of {} companies are whole.", all.len());
    Ok(())
}

fn words(broken: &Broken) -> String {
    match broken {
        // What stands in the row may have been put there to deceive: it is shown without what cannot be seen.
        Broken::Changed { id, at, subject } => format!(
            "event {id} ({}, {}) was changed, or the one before it in its chain was replaced",
            moment(*at),
            plain(subject)
        ),
        Broken::Missing { count, after: Some(after) } => format!("{count} missing after event {after}"),
        Broken::Missing { count, after: None } => format!("{count} missing at its beginning"),
        Broken::Beginning => "its oldest events are missing, and not because their time was over".to_owned(),
    }
}
