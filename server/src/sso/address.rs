//! The addresses that an identity provider is given.

use crate::config::Config;

/// The addresses of one provider of one company.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Addresses {
    base: String,
}

impl Addresses {
    /// Those of an instance id.
    pub fn new(config: &Config, instance_id: &str) -> Self {
        Self { base: format!("{}/saml/{instance_id}", config.public_url) }
    }

    /// SAML CallBack Endpoint URL: where responses go.
    pub fn callback(&self) -> String {
        format!("{}/callback", self.base)
    }

    /// SAML Audience URI, which is our entity id. Each company and provider has its own: a response that was made for
    /// another one does not fit here.
    pub fn audience(&self) -> String {
        self.base.clone()
    }

    /// Where sign-on begins on our side.
    pub fn login(&self) -> String {
        format!("{}/login", self.base)
    }

    /// Our metadata.
    pub fn metadata(&self) -> String {
        format!("{}/metadata", self.base)
    }
}
