//! `spaceiq sso set`.

use std::path::{Path, PathBuf};

use clap::Args;
use store::IntegrationId;
use time::OffsetDateTime;

use super::{PROVIDERS, provider_named};
use crate::cli::account::Refused;
use crate::cli::{Failure, Session, tenant_named};
use crate::sso::certificate::Certificate;
use crate::sso::metadata;
use crate::sso::setup::{self, Draft, NO_WAY_IN, Saved, Saver};

#[derive(Args)]
pub(in crate::cli) struct SetArgs {
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

fn read(file: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(file).map_err(|error| Failure(format!("cannot read {}: {error}", file.display())))
}

pub(super) async fn set(session: Session, args: SetArgs) -> Result<(), Failure> {
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
