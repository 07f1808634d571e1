//! `spaceiq sso`.

mod link;
mod set;
mod show;

use clap::Subcommand;
use store::integrations::Provider;

use super::account::Refused;
use super::{Failure, Session, tenant_named};
use crate::sso::setup;
use set::SetArgs;
use show::ShowArgs;

const PROVIDERS: [&str; 7] = ["azure", "okta", "onelogin", "google", "pingone", "adfs", "custom"];

#[derive(Subcommand)]
pub(super) enum SsoCommand {
    /// Set sign-on up, in the place of what was set before, and turn it on
    Set(SetArgs),
    /// Show what the identity provider needs, and what is set
    Show(ShowArgs),
    /// Turn sign-on off; whoever signed in through it is signed out
    Disable {
        /// The company's name
        #[arg(long)]
        tenant: String,
        /// The identity provider
        #[arg(long, value_parser = PROVIDERS)]
        provider: String,
    },
    /// Say which employee an account is: that employee's sign-on leads to the console
    Link {
        /// The company's name
        #[arg(long)]
        tenant: String,
        /// The account's e-mail address
        #[arg(long)]
        email: String,
        /// The employee's user name
        #[arg(long)]
        employee: String,
    },
    /// End an account's link to an employee
    Unlink {
        /// The company's name
        #[arg(long)]
        tenant: String,
        /// The account's e-mail address
        #[arg(long)]
        email: String,
    },
}

pub(super) async fn run(session: Session, command: SsoCommand) -> Result<(), Failure> {
    match command {
        SsoCommand::Set(args) => set::set(session, args).await,
        SsoCommand::Show(args) => show::show(session, args).await,
        SsoCommand::Disable { tenant, provider } => disable(session, tenant, provider_named(&provider)?).await,
        SsoCommand::Link { tenant, email, employee } => link::link(session, tenant, email, employee).await,
        SsoCommand::Unlink { tenant, email } => link::unlink(session, tenant, email).await,
    }
}

fn provider_named(key: &str) -> Result<Provider, Failure> {
    Provider::parse(key).ok_or_else(|| Failure(format!("there is no provider {key}")))
}

async fn disable(session: Session, tenant: String, provider: Provider) -> Result<(), Failure> {
    let now = session.store.now();
    let was_on = session
        .store
        .write(move |conn| {
            Box::pin(async move {
                let tenant = tenant_named(conn, &tenant).await.map_err(Refused::Say)?;
                Ok::<_, Refused>(setup::disable(conn, (&tenant.id, provider), ("cli", ""), now).await?)
            })
        })
        .await?;
    println!("{}", if was_on { "Sign-on is off." } else { "Sign-on was off already." });
    Ok(())
}
