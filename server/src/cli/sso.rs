//! `spaceiq sso`.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use scim::render::date_time;
use serde_json::json;
use store::audit::{self, Act};
use store::integrations::{self, Provider};
use store::sso::{self as stored, AccountLink, MatchBy};
use store::{IntegrationId, StoreError};
use time::OffsetDateTime;

use super::account::{Refused, find};
use super::{Failure, Session, print_json, tenant_named};
use crate::config::{Config, Flags};
use crate::sso::address::Addresses;
use crate::sso::certificate::Certificate;
use crate::sso::metadata;
use crate::sso::setup::{self, Draft, NO_WAY_IN, Saved, Saver};

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

#[derive(Args)]
pub(super) struct SetArgs {
    /// The company's name
    #[arg(long)]
    tenant: String,
    /// The identity provider
    #[arg(long, value_parser = PROVIDERS)]
    provider: String,
    /// File with the identity provider's metadata, from which issuer, certificates and redirect URL are taken
    #[arg(long, value_name = "FILE", conflicts_with_all = ["issuer", "certificate", "next_certificate"])]
    metadata: Option<PathBuf>,
    /// SAML Issuer URL: the identity provider's identifier
    #[arg(long, value_name = "URL", required_unless_present = "metadata")]
    issuer: Option<String>,
    /// File with the X.509 certificate, PEM
    #[arg(long, value_name = "FILE", required_unless_present = "metadata")]
    certificate: Option<PathBuf>,
    /// File with the certificate that comes next, PEM
    #[arg(long, value_name = "FILE")]
    next_certificate: Option<PathBuf>,
    /// SAML Redirect URL: the identity provider's login address
    #[arg(long, value_name = "URL")]
    redirect_url: Option<String>,
    /// Where people find the application at the identity provider
    #[arg(long, value_name = "URL")]
    portal_url: Option<String>,
    /// Where people go when they sign out
    #[arg(long, value_name = "URL")]
    logout_url: Option<String>,
    /// The attribute that names the employee, instead of the NameID
    #[arg(long, value_name = "NAME")]
    attribute: Option<String>,
    /// What of the employee it equals
    #[arg(long, default_value = "user_name", value_parser = ["user_name", "email", "external_id"])]
    match_by: String,
    /// Refuse sign-on that begins at the identity provider
    #[arg(long)]
    no_idp_initiated: bool,
}

#[derive(Args)]
pub(super) struct ShowArgs {
    /// The company's name
    #[arg(long)]
    tenant: String,
    /// The identity provider
    #[arg(long, value_parser = PROVIDERS)]
    provider: String,
    /// As JSON
    #[arg(long)]
    json: bool,
    /// The address that browsers and providers use, as for serve
    #[arg(long, env = "SPACEIQ_PUBLIC_URL", value_name = "URL")]
    public_url: Option<String>,
    /// The address that the server listens on, as for serve
    #[arg(long, env = "SPACEIQ_LISTEN", value_name = "ADDRESS")]
    listen: Option<String>,
}

pub(super) async fn run(session: Session, command: SsoCommand) -> Result<(), Failure> {
    match command {
        SsoCommand::Set(args) => set(session, args).await,
        SsoCommand::Show(args) => show(session, args).await,
        SsoCommand::Disable { tenant, provider } => disable(session, tenant, provider_named(&provider)?).await,
        SsoCommand::Link { tenant, email, employee } => link(session, tenant, email, employee).await,
        SsoCommand::Unlink { tenant, email } => unlink(session, tenant, email).await,
    }
}

fn provider_named(key: &str) -> Result<Provider, Failure> {
    Provider::parse(key).ok_or_else(|| Failure(format!("there is no provider {key}")))
}

fn read(file: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(file).map_err(|error| Failure(format!("cannot read {}: {error}", file.display())))
}

async fn set(session: Session, args: SetArgs) -> Result<(), Failure> {
    let provider = provider_named(&args.provider)?;
    let now = session.store.now();
    let pem = |file: Option<&Path>| file.map(read).transpose().map(Option::unwrap_or_default);
    let mut draft = Draft {
        issuer: args.issuer.unwrap_or_default(),
        certificate: pem(args.certificate.as_deref())?,
        next_certificate: pem(args.next_certificate.as_deref())?,
        redirect_url: args.redirect_url.unwrap_or_default(),
        portal_url: args.portal_url.unwrap_or_default(),
        logout_url: args.logout_url.unwrap_or_default(),
        attribute: args.attribute.unwrap_or_default(),
        match_by: args.match_by,
        allow_unsolicited: !args.no_idp_initiated,
    };
    if let Some(file) = &args.metadata {
        fill_in(&mut draft, &read(file)?, now)?;
    }
    let checked = draft.checked(now).map_err(|problems| {
        let lines = problems.iter().map(|(field, text)| format!("--{}: {text}", field.replace('_', "-")));
        Failure(lines.collect::<Vec<_>>().join(" "))
    })?;
    let (tenant, new_id) = (args.tenant, IntegrationId(session.store.new_id()));
    session
        .store
        .write(move |conn| {
            Box::pin(async move {
                let tenant = tenant_named(conn, &tenant).await.map_err(Refused::Say)?;
                let saver = Saver { name: "cli", from: "", gives_accounts: true };
                match setup::save(conn, (&tenant.id, provider), new_id, checked, (saver, now)).await? {
                    Saved::NoWayIn => Err(Refused::Say(Failure::new(NO_WAY_IN.1))),
                    Saved::Done | Saved::Required => Ok(()),
                }
            })
        })
        .await?;
    println!("Sign-on with {} is on.", provider.name());
    Ok(())
}

/// What was said on the command line goes before what the metadata says.
fn fill_in(draft: &mut Draft, text: &str, now: OffsetDateTime) -> Result<(), Failure> {
    let metadata = metadata::read(text).map_err(|error| Failure::new(error.words()))?;
    let usable = metadata.usable(now);
    let [.., certificate] = &usable[..] else {
        return Err(Failure::new("every certificate in the metadata has expired"));
    };
    draft.issuer = metadata.issuer;
    draft.certificate = certificate.to_pem();
    draft.next_certificate = usable.iter().rev().nth(1).map(Certificate::to_pem).unwrap_or_default();
    if draft.redirect_url.is_empty() {
        draft.redirect_url = metadata.redirect_url.unwrap_or_default();
    }
    Ok(())
}

async fn show(session: Session, args: ShowArgs) -> Result<(), Failure> {
    let provider = provider_named(&args.provider)?;
    let flags = Flags { listen: args.listen, public_url: args.public_url, ..Flags::default() };
    let config = Config::new(flags, &session.file)?;
    let mut reader = session.store.read().await?;
    let mut conn = reader.conn();
    let tenant = tenant_named(&mut conn, &args.tenant).await?;
    let integration = integrations::find(&mut conn, &tenant.id, provider).await?;
    let settings = match integration {
        Some(integration) => stored::find(&mut conn, &tenant.id, &integration.id).await?,
        None => None,
    };
    drop(reader);
    let addresses = Addresses::new(&config, &stored::instance_id(&tenant.id, provider));
    let ders = settings.iter().flat_map(|known| [Some(&known.certificate), known.next_certificate.as_ref()]).flatten();
    let certificates: Vec<_> = ders
        .filter_map(|der| Certificate::from_der(der.clone()).ok())
        .map(|known| {
            json!({ "sha256": known.fingerprint(), "not_before": date_time(known.not_before), "not_after": date_time(known.not_after) })
        })
        .collect();
    let shown = json!({
        "callback_url": addresses.callback(),
        "audience": addresses.audience(),
        "metadata_url": addresses.metadata(),
        "login_url": addresses.login(),
        "enabled": settings.as_ref().is_some_and(|known| known.enabled),
        "issuer": settings.as_ref().map(|known| &known.issuer),
        "certificates": certificates,
        "redirect_url": settings.as_ref().and_then(|known| known.redirect_url.as_ref()),
        "portal_url": settings.as_ref().and_then(|known| known.portal_url.as_ref()),
        "logout_url": settings.as_ref().and_then(|known| known.logout_url.as_ref()),
        "attribute": settings.as_ref().and_then(|known| known.attribute.as_ref()),
        "match_by": settings.as_ref().map(|known| known.match_by.key()),
        "idp_initiated": settings.as_ref().map(|known| known.allow_unsolicited),
    });
    if args.json {
        print_json(&shown);
    } else {
        for (name, value) in shown.as_object().into_iter().flatten().filter(|(_, value)| !value.is_null()) {
            println!("{name}\t{}", value.as_str().map_or_else(|| value.to_string(), str::to_owned));
        }
    }
    Ok(())
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

async fn link(session: Session, tenant: String, email: String, employee: String) -> Result<(), Failure> {
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

async fn unlink(session: Session, tenant: String, email: String) -> Result<(), Failure> {
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
