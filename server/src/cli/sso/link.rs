//! `spaceiq sso link` and `unlink`: which employee an account is.

use serde_json::json;
use store::StoreError;
use store::audit::{self, Act};
use store::sso::{self as stored, AccountLink, MatchBy};

use crate::cli::account::{Refused, find};
use crate::cli::{Failure, Session};

pub(super) async fn link(session: Session, tenant: String, email: String, employee: String) -> Result<(), Failure> {
    let now = session.store.now();
    session
        .store
        .write(move |conn| {
            Box::pin(async move {
                let account = find(conn, &tenant, &email).await?;
                let people = stored::find_people(conn, &account.tenant_id, MatchBy::UserName, &employee).await?;
                let Some((employee_id, _)) = people.into_iter().next() else {
                    return Err(Refused::Say(Failure(format!("there is no employee with the user name {employee}"))));
                };
                let link = AccountLink { account_id: account.id.clone(), employee_id, linked_by: "cli".to_owned() };
                stored::link(conn, &account.tenant_id, &link, now).await.map_err(|error| match error {
                    StoreError::Conflict(_) => Refused::Say(Failure::new(
                        "the account or the employee has a link already; spaceiq sso unlink ends an account's",
                    )),
                    error => Refused::Store(error),
                })?;
                let act =
                    Act { actor: "cli", action: "sso.link", subject: &email, detail: json!({ "employee": employee }) };
                audit::record(conn, &account.tenant_id, &act, now).await?;
                Ok::<_, Refused>(())
            })
        })
        .await?;
    println!("Linked.");
    Ok(())
}

pub(super) async fn unlink(session: Session, tenant: String, email: String) -> Result<(), Failure> {
    let now = session.store.now();
    let was_linked = session
        .store
        .write(move |conn| {
            Box::pin(async move {
                let account = find(conn, &tenant, &email).await?;
                let was_linked = stored::unlink(conn, &account.tenant_id, &account.id).await?;
                if was_linked {
                    let act = Act { actor: "cli", action: "sso.unlink", subject: &email, detail: json!({}) };
                    audit::record(conn, &account.tenant_id, &act, now).await?;
                }
                Ok::<_, Refused>(was_linked)
            })
        })
        .await?;
    println!("{}", if was_linked { "The link has ended." } else { "There was no link." });
    Ok(())
}
