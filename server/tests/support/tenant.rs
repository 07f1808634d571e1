//! A company.

use store::integrations::Provider;
use store::tokens::{self, NewToken, TokenSecret};
use store::{IntegrationId, StoreError, TenantId, TokenId, custom_attributes, tenants};
use time::Duration;

use ::scim::schema::CustomAttribute;

use super::client::Client;
use super::server::TestServer;

/// A company with an active Azure integration.
pub(crate) struct Tenant<'s> {
    server: &'s TestServer,
    /// Its id.
    pub(crate) id: TenantId,
    /// A live token.
    pub(crate) token: String,
    /// That token's id.
    pub(crate) token_id: TokenId,
}

impl TestServer {
    /// Creates a company whose Azure integration has a live token.
    pub(crate) fn tenant(&self, name: &str) -> Tenant<'_> {
        let (id, name, now) = (TenantId(self.store.new_id()), name.to_owned(), self.store.now());
        let created: Result<_, StoreError> = self.block_on(
            self.store.write(move |conn| Box::pin(async move { tenants::create(conn, id, &name, now).await })),
        );
        let id = created.expect("a new company").id;
        let (token, token_id) = self.issue(&id, Provider::Azure, None, true);
        Tenant { server: self, id, token, token_id }
    }

    fn issue(&self, tenant: &TenantId, provider: Provider, lasts: Option<Duration>, live: bool) -> (String, TokenId) {
        let (tenant, now) = (tenant.clone(), self.store.now());
        let id = TokenId(self.store.new_id());
        let integration_id = IntegrationId(self.store.new_id());
        let request_key = self.store.new_id();
        let secret = TokenSecret::generate(self.store.random());
        let issued: Result<_, StoreError> = self.block_on(self.store.write(move |conn| {
            Box::pin(async move {
                let new = NewToken {
                    tenant: &tenant,
                    provider,
                    id,
                    integration_id,
                    label: "Test",
                    request_key: &request_key,
                    secret,
                    by: "test",
                    expires_in: lasts,
                    allowed_networks: None,
                };
                let issued = tokens::issue(conn, new, now).await?;
                if live {
                    tokens::activate(conn, &tenant, &issued.token.id, "test", now).await?;
                }
                Ok(issued)
            })
        }));
        let issued = issued.expect("a token");
        (issued.secret.expose().to_owned(), issued.token.id)
    }
}

impl Tenant<'_> {
    /// The server it lives on.
    pub(crate) fn server(&self) -> &TestServer {
        self.server
    }

    /// A provider that holds the company's token, at `/scim`.
    pub(crate) fn scim(&self) -> Client {
        self.scim_with(&self.token)
    }

    /// A provider that presents some other token.
    pub(crate) fn scim_with(&self, token: &str) -> Client {
        Client::new(self.server.url("/scim"), Some(token))
    }

    /// A token of another provider, live at once, for as long as said.
    pub(crate) fn token_for(&self, provider: Provider, lasts: Option<Duration>) -> (String, TokenId) {
        self.server.issue(&self.id, provider, lasts, true)
    }

    /// A token that was shown and never activated.
    pub(crate) fn pending_token(&self, provider: Provider) -> String {
        self.server.issue(&self.id, provider, None, false).0
    }

    /// Ends a token.
    pub(crate) fn revoke(&self, token: &TokenId) {
        let (tenant, token, now) = (self.id.clone(), token.clone(), self.server.store.now());
        let revoked: Result<_, StoreError> = self.server.block_on(self.server.store.write(move |conn| {
            Box::pin(async move { tokens::revoke(conn, &tenant, &token, "test", "test", now).await })
        }));
        assert!(revoked.expect("stored"), "the token was live");
    }

    /// Defines the company's own attributes.
    pub(crate) fn define(&self, attributes: &[CustomAttribute]) {
        let (tenant, attributes) = (self.id.clone(), attributes.to_vec());
        let defined: Result<_, StoreError> =
            self.server.block_on(self.server.store.write(move |conn| {
                Box::pin(async move { custom_attributes::replace(conn, &tenant, &attributes).await })
            }));
        defined.expect("stored");
    }

    /// The notes that were written down with the last write to a resource.
    pub(crate) fn last_notes(&self, resource: &str) -> Vec<::scim::Note> {
        let events = self.server.read(async |conn| store::events::of_resource(conn, &self.id, resource, 1).await);
        events.into_iter().next().map(|event| event.notes.0).unwrap_or_default()
    }
}
