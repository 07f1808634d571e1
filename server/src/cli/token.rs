//! `spaceiq token`.

use std::io::Write;

use clap::Subcommand;
use scim::render::date_time;
use serde_json::json;
use store::audit::{self, Act};
use store::integrations::Provider;
use store::tokens::{self, NewToken, Rotation, Token, TokenSecret};
use store::{Conn, IntegrationId, StoreError, TenantId, TokenId};
use time::{Duration, OffsetDateTime};

use super::account::Refused;
use super::duration::{Lifetime, duration, lifetime};
use super::{Failure, Session, print_json, tenant_named};

#[derive(Subcommand)]
pub(super) enum TokenCommand {
    /// Issue a token that works at once; prints it, and nothing else, on standard output
    Issue {
        /// The company's name
        #[arg(long)]
        tenant: String,
        /// The identity provider
        #[arg(long, value_parser = ["azure", "okta", "onelogin", "google", "pingone", "custom"])]
        provider: String,
        /// What people call the token
        #[arg(long)]
        name: String,
        /// How long it works: a number with s, m, h or d, or never
        #[arg(long, default_value = "365d", value_parser = lifetime)]
        expires_in: Lifetime,
    },
    /// List a company's tokens
    List {
        /// The company's name
        #[arg(long)]
        tenant: String,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Replace a token; prints the new one, and nothing else, on standard output
    Rotate {
        /// The company's name
        #[arg(long)]
        tenant: String,
        /// The token's id, from token list
        #[arg(long)]
        id: String,
        /// How long the old one works beside the new one
        #[arg(long, default_value = "24h", value_parser = duration)]
        overlap: Duration,
    },
    /// End a token, from the next request on
    Revoke {
        /// The company's name
        #[arg(long)]
        tenant: String,
        /// The token's id, from token list
        #[arg(long)]
        id: String,
    },
}

pub(super) async fn run(session: Session, command: TokenCommand) -> Result<(), Failure> {
    match command {
        TokenCommand::Issue { tenant, provider, name, expires_in } => {
            issue(session, tenant, &provider, name, expires_in).await
        }
        TokenCommand::List { tenant, json } => list(session, &tenant, json).await,
        TokenCommand::Rotate { tenant, id, overlap } => rotate(session, tenant, TokenId(id), overlap).await,
        TokenCommand::Revoke { tenant, id } => revoke(session, tenant, TokenId(id)).await,
    }
}

/// What is drawn before a transaction begins.
struct Fresh {
    id: TokenId,
    integration_id: IntegrationId,
    request_key: String,
    secret: TokenSecret,
    now: OffsetDateTime,
}

impl Fresh {
    fn draw(session: &Session) -> Self {
        let store = &session.store;
        Self {
            id: TokenId(store.new_id()),
            integration_id: IntegrationId(store.new_id()),
            request_key: store.new_id(),
            secret: TokenSecret::generate(store.random()),
            now: store.now(),
        }
    }

    /// Issues and activates; the secret to be printed.
    async fn issue(
        self,
        conn: &mut Conn<'_>,
        tenant: &TenantId,
        provider: Provider,
        label: &str,
        expires_in: Option<Duration>,
    ) -> Result<TokenSecret, StoreError> {
        let now = self.now;
        let new = NewToken {
            tenant,
            provider,
            id: self.id,
            integration_id: self.integration_id,
            label,
            request_key: &self.request_key,
            secret: self.secret,
            by: "cli",
            expires_in,
            allowed_networks: None,
        };
        let issued = tokens::issue(conn, new, now).await?;
        tokens::activate(conn, tenant, &issued.token.id, "cli", now).await?;
        Ok(issued.secret)
    }
}

/// The token alone, so that a script can take it as it is.
fn print_secret(secret: &TokenSecret) -> Result<(), Failure> {
    writeln!(std::io::stdout(), "{}", secret.expose())
        .map_err(|error| Failure(format!("cannot print the token: {error}")))
}

async fn issue(
    session: Session,
    tenant: String,
    provider: &str,
    label: String,
    expires_in: Lifetime,
) -> Result<(), Failure> {
    let provider = Provider::parse(provider).ok_or_else(|| Failure(format!("there is no provider {provider}")))?;
    if label.trim().is_empty() || label.chars().count() > 100 {
        return Err(Failure::new("the token's name must have 1 to 100 letters"));
    }
    let fresh = Fresh::draw(&session);
    let now = fresh.now;
    let secret = session
        .store
        .write(move |conn| {
            Box::pin(async move {
                let tenant = tenant_named(conn, &tenant).await.map_err(Refused::Say)?;
                let secret =
                    fresh.issue(conn, &tenant.id, provider, label.trim(), expires_in.0).await.map_err(too_many)?;
                let detail = json!({ "provider": provider.key() });
                let act = Act { actor: "cli", action: "token.issue", subject: label.trim(), detail };
                audit::record(conn, &tenant.id, &act, now).await?;
                Ok::<_, Refused>(secret)
            })
        })
        .await?;
    print_secret(&secret)
}

fn too_many(error: StoreError) -> Refused {
    match error {
        StoreError::TooManyTokens => Refused::Say(Failure::new(
            "this provider has two tokens that work; revoke one first (spaceiq token list shows them)",
        )),
        error => Refused::Store(error),
    }
}

async fn list(session: Session, tenant: &str, as_json: bool) -> Result<(), Failure> {
    let mut reader = session.store.read().await?;
    let mut conn = reader.conn();
    let tenant = tenant_named(&mut conn, tenant).await?;
    let all = tokens::list(&mut conn, &tenant.id).await?;
    let now = session.store.now();
    if as_json {
        print_json(&all.iter().map(|token| token_json(token, now)).collect());
    } else {
        for token in all {
            println!(
                "{}\t{}…{}\t{}\t{}",
                token.id,
                token.prefix,
                token.last_four,
                token.status(now).name(),
                token.label
            );
        }
    }
    Ok(())
}

fn token_json(token: &Token, now: OffsetDateTime) -> serde_json::Value {
    json!({
        "id": token.id.as_str(),
        "label": token.label,
        "prefix": token.prefix,
        "last_four": token.last_four,
        "status": token.status(now).name(),
        "created_at": date_time(token.created_at),
        "created_by": token.created_by,
        "expires_at": token.expires_at.map(date_time),
        "overlap_until": token.overlap_until.map(date_time),
        "last_used_at": token.last_used_at.map(date_time),
        "last_used_address": token.last_used_address,
        "last_used_agent": token.last_used_agent,
    })
}

async fn rotate(session: Session, tenant: String, id: TokenId, overlap: Duration) -> Result<(), Failure> {
    let fresh = Fresh::draw(&session);
    let now = fresh.now;
    let secret = session
        .store
        .write(move |conn| {
            Box::pin(async move {
                let tenant = tenant_named(conn, &tenant).await.map_err(Refused::Say)?;
                let old = tokens::get(conn, &tenant.id, &id).await?.ok_or_else(|| no_token(&id))?;
                let rotation = Rotation {
                    tenant: &tenant.id,
                    old: &id,
                    id: fresh.id,
                    request_key: &fresh.request_key,
                    secret: fresh.secret,
                    by: "cli",
                    from: "",
                    overlap,
                };
                let issued = tokens::rotate(conn, rotation, now).await.map_err(too_many)?;
                let secret = issued.map(|issued| issued.secret).ok_or_else(|| {
                    let status = old.status(now).name();
                    Refused::Say(Failure(format!("this token is {status}; only an active one can be rotated")))
                })?;
                Ok::<_, Refused>(secret)
            })
        })
        .await?;
    print_secret(&secret)
}

async fn revoke(session: Session, tenant: String, id: TokenId) -> Result<(), Failure> {
    let now = session.store.now();
    let changed = session
        .store
        .write(move |conn| {
            Box::pin(async move {
                let tenant = tenant_named(conn, &tenant).await.map_err(Refused::Say)?;
                let token = tokens::get(conn, &tenant.id, &id).await?.ok_or_else(|| no_token(&id))?;
                let changed = tokens::revoke(conn, &tenant.id, &id, "cli", "revoked", now).await?;
                if changed {
                    let act = Act { actor: "cli", action: "token.revoke", subject: &token.label, detail: json!({}) };
                    audit::record(conn, &tenant.id, &act, now).await?;
                }
                Ok::<_, Refused>(changed)
            })
        })
        .await?;
    println!("{}", if changed { "Revoked: the next request with it is refused." } else { "It was revoked already." });
    Ok(())
}

fn no_token(id: &TokenId) -> Refused {
    Refused::Say(Failure(format!("there is no token {id}; spaceiq token list shows them")))
}
