//! `spaceiq tenant`.

use clap::Subcommand;
use serde_json::json;
use store::audit::{self, Act};
use store::{StoreError, TenantId, tenants};

use super::{Failure, Session, print_json};

#[derive(Subcommand)]
pub(super) enum TenantCommand {
    /// Create a company
    Create {
        /// Its name
        #[arg(long)]
        name: String,
    },
    /// List the companies
    List {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
}

pub(super) async fn run(session: Session, command: TenantCommand) -> Result<(), Failure> {
    match command {
        TenantCommand::Create { name } => create(session, name).await,
        TenantCommand::List { json } => list(session, json).await,
    }
}

async fn create(session: Session, name: String) -> Result<(), Failure> {
    if name.trim().is_empty() {
        return Err(Failure::new("the name is empty"));
    }
    let (id, now, wanted) = (TenantId(session.store.new_id()), session.store.now(), name.clone());
    let created = session
        .store
        .write(move |conn| {
            Box::pin(async move {
                let tenant = tenants::create(conn, id, &wanted, now).await?;
                let act = Act { actor: "cli", action: "tenant.create", subject: &tenant.name, detail: json!({}) };
                audit::record(conn, &tenant.id, &act, now).await?;
                Ok(tenant)
            })
        })
        .await;
    match created {
        Ok(tenant) => {
            println!("Created tenant {}.", tenant.name);
            Ok(())
        }
        Err(StoreError::Conflict(_)) => Err(Failure(format!("there is a tenant named {name} already"))),
        Err(error) => Err(error.into()),
    }
}

async fn list(session: Session, as_json: bool) -> Result<(), Failure> {
    let mut reader = session.store.read().await?;
    let all = tenants::list(&mut reader.conn()).await?;
    if as_json {
        let rows = all.iter().map(|tenant| {
            json!({ "id": tenant.id.as_str(), "name": tenant.name, "created_at": scim::render::date_time(tenant.created_at) })
        });
        print_json(&rows.collect());
    } else {
        for tenant in all {
            println!("{}", tenant.name);
        }
    }
    Ok(())
}
