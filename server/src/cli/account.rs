//! `spaceiq account`.

use std::io::Read;

use clap::Subcommand;
use scim::render::date_time;
use serde_json::json;
use store::accounts::{self, Account, Decision, NewAccount, Outcome, Role, Standing};
use store::audit::{self, Act};
use store::second_factor::Asked;
use store::{AccountId, Conn, StoreError, second_factor, sso};

use super::{Failure, Session, print_json, tenant_named};
use crate::password;

#[derive(Subcommand)]
pub(super) enum AccountCommand {
    /// Create an account; its password is read from standard input
    Create {
        /// The company's name
        #[arg(long)]
        tenant: String,
        /// The e-mail address to sign in with
        #[arg(long)]
        email: String,
        /// What it may do
        #[arg(long, value_parser = ["admin", "it", "power", "viewer"])]
        role: String,
        /// Read the password from standard input (passwords are never arguments)
        #[arg(long, required = true)]
        password_stdin: bool,
    },
    /// List a company's accounts
    List {
        /// The company's name
        #[arg(long)]
        tenant: String,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Forbid an account to sign in, and end its sessions
    Disable {
        /// The company's name
        #[arg(long)]
        tenant: String,
        /// Its e-mail address
        #[arg(long)]
        email: String,
    },
    /// Give an account a new password, read from standard input, take its second factor away, and let it sign in again
    Recover {
        /// The company's name
        #[arg(long)]
        tenant: String,
        /// Its e-mail address
        #[arg(long)]
        email: String,
        /// Read the password from standard input
        #[arg(long, required = true)]
        password_stdin: bool,
    },
}

pub(super) async fn run(session: Session, command: AccountCommand) -> Result<(), Failure> {
    match command {
        AccountCommand::Create { tenant, email, role, .. } => create(session, tenant, email, &role).await,
        AccountCommand::List { tenant, json } => list(session, &tenant, json).await,
        AccountCommand::Disable { tenant, email } => disable(session, tenant, email).await,
        AccountCommand::Recover { tenant, email, .. } => recover(session, tenant, email).await,
    }
}

/// The first line of standard input, checked and hashed.
fn read_password(session: &Session, names: &[&str]) -> Result<String, Failure> {
    let mut text = String::new();
    std::io::stdin()
        .take(4096)
        .read_to_string(&mut text)
        .map_err(|error| Failure(format!("cannot read the password from standard input: {error}")))?;
    let password = text.lines().next().unwrap_or_default();
    password::check(password, names).map_err(|why| Failure(format!("the password was not taken. {why}")))?;
    password::hash_now(password.as_bytes(), &*session.random)
        .ok_or_else(|| Failure::new("the password could not be hashed"))
}

async fn create(session: Session, tenant: String, email: String, role: &str) -> Result<(), Failure> {
    let role = Role::parse(role).ok_or_else(|| Failure(format!("there is no role {role}")))?;
    if !crate::email_address::is_plausible(&email) {
        return Err(Failure(format!("{email} is not an e-mail address")));
    }
    let password_hash = read_password(&session, &[&email, &tenant])?;
    let (id, now, shown) = (AccountId(session.store.new_id()), session.store.now(), email.clone());
    let created = session
        .store
        .write(move |conn| {
            Box::pin(async move {
                let tenant_id = tenant_named(conn, &tenant).await.map_err(Refused::Say)?.id;
                let new = NewAccount { tenant_id, id, email, role, password_hash };
                let account = accounts::create(conn, new, now).await?;
                record(conn, &account, "account.create", now).await?;
                Ok::<_, Refused>(())
            })
        })
        .await;
    match created {
        Ok(()) => {
            println!("Created account {shown} with the role {}.", role.name());
            Ok(())
        }
        Err(Refused::Store(StoreError::Conflict(_))) => Err(Failure(format!("there is an account {shown} already"))),
        Err(refused) => Err(refused.into()),
    }
}

async fn list(session: Session, tenant: &str, as_json: bool) -> Result<(), Failure> {
    let mut reader = session.store.read().await?;
    let mut conn = reader.conn();
    let tenant = tenant_named(&mut conn, tenant).await?;
    let mut all = Vec::new();
    for account in accounts::list(&mut conn, &tenant.id).await? {
        let asked = second_factor::asked(&mut conn, &tenant.id, &account.id).await?;
        all.push((account, factor_name(asked)));
    }
    if as_json {
        let rows = all.iter().map(|(account, factor)| {
            json!({
                "id": account.id.as_str(), "email": account.email, "role": account.role.name(),
                "created_at": date_time(account.created_at), "last_sign_in_at": account.last_sign_in_at.map(date_time),
                "disabled_at": account.disabled_at.map(date_time), "second_factor": factor,
            })
        });
        print_json(&rows.collect());
    } else {
        for (account, factor) in all {
            let state = if account.disabled_at.is_some() { "disabled" } else { "enabled" };
            println!("{}\t{}\t{state}\t{factor}", account.email, account.role.name());
        }
    }
    Ok(())
}

/// What an account presents beside its password.
fn factor_name(asked: Option<Asked>) -> &'static str {
    match asked {
        None => "none",
        Some(Asked { app: true, passkey: false }) => "app",
        Some(Asked { app: false, .. }) => "passkey",
        Some(Asked { app: true, passkey: true }) => "app and passkey",
    }
}

async fn disable(session: Session, tenant: String, email: String) -> Result<(), Failure> {
    let now = session.store.now();
    let outcome = session
        .store
        .write(move |conn| {
            Box::pin(async move {
                let account = find(conn, &tenant, &email).await?;
                let seen = account.standing();
                let decision = Decision { by: None, seen, wanted: Standing { enabled: false, ..seen } };
                let outcome = accounts::decide(conn, &account.tenant_id, &account.id, decision, now).await?;
                if let Some(Outcome::Done(account)) = &outcome {
                    record(conn, account, "account.disable", now).await?;
                }
                Ok::<_, Refused>(outcome)
            })
        })
        .await?;
    match outcome {
        Some(Outcome::Done(_)) => println!("Disabled; its sessions have ended."),
        Some(Outcome::Already(_)) => println!("It was disabled already."),
        Some(Outcome::LastAdmin(_)) => {
            let why = "this is the last admin who can sign in. Create another one first: spaceiq account create … --role admin";
            return Err(Failure::new(why));
        }
        Some(Outcome::BreakGlass(_)) => {
            let why = "single sign-on is required, and this admin's password is the way in without it. Choose another one first, in the console or with spaceiq account recover";
            return Err(Failure::new(why));
        }
        Some(Outcome::Changed(_) | Outcome::NotAllowed) | None => {
            return Err(Failure::new("the account was changed meanwhile; try again"));
        }
    }
    Ok(())
}

async fn recover(session: Session, tenant: String, email: String) -> Result<(), Failure> {
    let password_hash = read_password(&session, &[&email, &tenant])?;
    let now = session.store.now();
    let way_in = session
        .store
        .write(move |conn| {
            Box::pin(async move {
                let account = find(conn, &tenant, &email).await?;
                accounts::recover(conn, &account, &password_hash).await?;
                record(conn, &account, "account.recover", now).await?;
                if second_factor::remove(conn, &account.tenant_id, &account.id).await? {
                    record(conn, &account, "second_factor.take_away", now).await?;
                }
                if sso::requirement(conn, &account.tenant_id).await?.is_none() {
                    return Ok::<_, Refused>(WayIn::Password);
                }
                if !sso::give_break_glass(conn, &account.tenant_id, &account.id).await? {
                    return Ok(WayIn::SignOn);
                }
                record(conn, &account, "sso.break_glass", now).await?;
                Ok(WayIn::BreakGlass)
            })
        })
        .await?;
    println!("{}", way_in.words());
    Ok(())
}

/// How an account that was recovered gets in.
enum WayIn {
    /// As ever.
    Password,
    /// Its company requires single sign-on, and this admin's password works all the same.
    BreakGlass,
    /// Its company requires single sign-on, and it is no admin.
    SignOn,
}

impl WayIn {
    fn words(&self) -> &'static str {
        match self {
            Self::Password => "The account can sign in with its new password; its sessions have ended.",
            Self::BreakGlass => {
                "The account can sign in with its new password, although the company requires single sign-on: it is the break-glass account now. Its sessions have ended."
            }
            Self::SignOn => {
                "The account has its new password, but its company requires single sign-on. Recover an admin to get in by password. Its sessions have ended."
            }
        }
    }
}

pub(super) async fn find(conn: &mut Conn<'_>, tenant: &str, email: &str) -> Result<Account, Refused> {
    let tenant = tenant_named(conn, tenant).await.map_err(Refused::Say)?;
    let accounts = accounts::find_for_sign_in(conn, email).await?;
    accounts
        .into_iter()
        .find(|account| account.tenant_id == tenant.id)
        .ok_or_else(|| Refused::Say(Failure(format!("{} has no account {email}", tenant.name))))
}

async fn record(
    conn: &mut Conn<'_>,
    account: &Account,
    action: &str,
    now: time::OffsetDateTime,
) -> Result<(), StoreError> {
    let detail = json!({ "role": account.role.name() });
    let act = Act { actor: "cli", action, subject: &account.email, detail };
    audit::record(conn, &account.tenant_id, &act, now).await
}

/// Why a transaction of the command line ended without a change.
#[derive(Debug)]
pub(super) enum Refused {
    Store(StoreError),
    Say(Failure),
}

impl From<StoreError> for Refused {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<Refused> for Failure {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Store(error) => error.into(),
            Refused::Say(failure) => failure,
        }
    }
}
