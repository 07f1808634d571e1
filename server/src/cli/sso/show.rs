//! `spaceiq sso show`: what the identity provider needs, and what is set.

use clap::Args;
use scim::render::date_time;
use serde_json::{Value, json};
use store::integrations;
use store::sso::{self as stored, Settings as Stored};

use super::{PROVIDERS, provider_named};
use crate::cli::{Failure, Session, print_json, tenant_named};
use crate::config::{Config, Settings};
use crate::sso::address::Addresses;
use crate::sso::certificate::Certificate;

#[derive(Args)]
pub(in crate::cli) struct ShowArgs {
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

pub(super) async fn show(session: Session, args: ShowArgs) -> Result<(), Failure> {
    let provider = provider_named(&args.provider)?;
    let flags = Settings { listen: args.listen, public_url: args.public_url, ..Settings::default() };
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
    let shown = described(&addresses, settings.as_ref());
    if args.json {
        print_json(&shown);
    } else {
        for (name, value) in shown.as_object().into_iter().flatten().filter(|(_, value)| !value.is_null()) {
            println!("{name}\t{}", value.as_str().map_or_else(|| value.to_string(), str::to_owned));
        }
    }
    Ok(())
}

fn described(addresses: &Addresses, settings: Option<&Stored>) -> Value {
    let ders = settings.iter().flat_map(|known| [Some(&known.certificate), known.next_certificate.as_ref()]).flatten();
    let certificates: Vec<_> = ders
        .filter_map(|der| Certificate::from_der(der.clone()).ok())
        .map(|known| {
            json!({ "sha256": known.fingerprint(), "not_before": date_time(known.not_before), "not_after": date_time(known.not_after) })
        })
        .collect();
    json!({
        "callback_url": addresses.callback(),
        "audience": addresses.audience(),
        "metadata_url": addresses.metadata(),
        "login_url": addresses.login(),
        "enabled": settings.is_some_and(|known| known.enabled),
        "issuer": settings.map(|known| &known.issuer),
        "certificates": certificates,
        "redirect_url": settings.and_then(|known| known.redirect_url.as_ref()),
        "portal_url": settings.and_then(|known| known.portal_url.as_ref()),
        "logout_url": settings.and_then(|known| known.logout_url.as_ref()),
        "attribute": settings.and_then(|known| known.attribute.as_ref()),
        "match_by": settings.map(|known| known.match_by.key()),
        "idp_initiated": settings.map(|known| known.allow_unsolicited),
    })
}
