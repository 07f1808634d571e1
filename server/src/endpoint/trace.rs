//! What the provisioning log is told about a request, gathered while it is answered.

use std::sync::{Arc, OnceLock};
use std::time::Instant;

use axum::http::header::USER_AGENT;
use axum::http::{HeaderMap, Method, Uri};
use scim::{ResourceKind, ScimError};
use serde_json::Value;
use store::events::{Action, Exchange, Kept};

use crate::log::kept::kept;

/// The longest header that is kept, in letters.
const MAX_HEADER: usize = 200;

/// One request; cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct Trace(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    started: Instant,
    method: String,
    path: String,
    address: Option<String>,
    client: Option<String>,
    correlation_id: Option<String>,
    /// The body, and the name of whom it is about.
    sent: OnceLock<(Kept, String)>,
}

impl Trace {
    pub(super) fn start(method: &Method, uri: &Uri, headers: &HeaderMap, address: Option<String>) -> Self {
        let header = |name: &str| {
            let text = headers.get(name)?.to_str().ok()?;
            Some(text.chars().take(MAX_HEADER).collect())
        };
        Self(Arc::new(Inner {
            started: Instant::now(),
            method: method.to_string(),
            path: uri.path().to_owned(),
            address,
            client: header(USER_AGENT.as_str()),
            // Azure's support asks for it.
            correlation_id: header("client-request-id").or_else(|| header("x-ms-correlation-id")),
            sent: OnceLock::new(),
        }))
    }

    /// One operation of a Bulk request, as if it had come alone.
    pub(super) fn within_bulk(&self, method: &str, path: &str, data: Option<&Value>) -> Self {
        let trace = Self(Arc::new(Inner {
            started: Instant::now(),
            method: method.to_owned(),
            path: format!("{} → {path}", self.0.path),
            address: self.0.address.clone(),
            client: self.0.client.clone(),
            correlation_id: self.0.correlation_id.clone(),
            sent: OnceLock::new(),
        }));
        if let Some(data) = data {
            trace.sent(data);
        }
        trace
    }

    /// Takes note of a body.
    pub(super) fn sent(&self, body: &Value) {
        let named =
            |wanted: &str| body.as_object()?.iter().find(|(key, _)| key.eq_ignore_ascii_case(wanted))?.1.as_str();
        let subject = named("userName").or_else(|| named("displayName")).unwrap_or_default().to_owned();
        let _ = self.0.sent.set((kept(body), subject));
    }

    /// Takes note of a body that is no JSON.
    pub(super) fn sent_unreadable(&self, bytes: usize) {
        let _ = self.0.sent.set((crate::log::kept::unreadable(bytes), String::new()));
    }

    /// The client's name for itself.
    pub(super) fn client(&self) -> &str {
        self.0.client.as_deref().unwrap_or_default()
    }

    /// From where it was asked.
    pub(super) fn address(&self) -> &str {
        self.0.address.as_deref().unwrap_or_default()
    }

    /// Whom the body is about.
    pub(super) fn subject(&self) -> String {
        self.0.sent.get().map(|(_, subject)| subject.clone()).unwrap_or_default()
    }

    /// The exchange, up to now.
    pub(super) fn exchange(&self, status: u16) -> Exchange {
        let inner = &self.0;
        Exchange {
            method: Some(inner.method.clone()),
            path: Some(inner.path.clone()),
            status: Some(status.into()),
            correlation_id: inner.correlation_id.clone(),
            client: inner.client.clone(),
            address: inner.address.clone(),
            duration_us: i64::try_from(inner.started.elapsed().as_micros()).ok(),
            request: inner.sent.get().map(|(kept, _)| kept.clone()),
            ..Exchange::default()
        }
    }

    /// An exchange that ended in an error.
    pub(super) fn failed(&self, status: u16, error: Option<&ScimError>) -> Exchange {
        Exchange {
            scim_type: error.and_then(|error| error.scim_type).map(|scim_type| scim_type.keyword().to_owned()),
            detail: error.map(|error| error.detail.clone()),
            response: error.map(|error| kept(&error.to_json())),
            ..self.exchange(status)
        }
    }

    /// What the request tried, and on what.
    pub(super) fn aim(&self) -> (Action, Option<ResourceKind>, Option<String>) {
        let path = self.0.path.rsplit(' ').next().unwrap_or_default();
        let mut parts = path.split('/').filter(|part| !part.is_empty() && *part != "scim" && *part != "v2");
        let kind = parts.next().and_then(ResourceKind::from_endpoint);
        let id = parts.next().filter(|id| *id != ".search");
        let action = match (self.0.method.as_str(), kind.is_some(), id.is_some()) {
            ("GET" | "HEAD", _, _) => Action::Read,
            _ if path.ends_with(".search") => Action::Read,
            ("POST", true, false) => Action::Created,
            ("PUT" | "PATCH", true, true) => Action::Updated,
            ("DELETE", true, true) => Action::Deleted,
            _ => Action::Other,
        };
        (action, kind, kind.and(id).map(str::to_owned))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_aim_is_read_from_method_and_path() {
        let aim = |method: Method, path: &'static str| {
            let (action, kind, id) = Trace::start(&method, &Uri::from_static(path), &HeaderMap::new(), None).aim();
            (action, kind.map(ResourceKind::name), id)
        };
        assert_eq!(aim(Method::POST, "/scim/v2/Users"), (Action::Created, Some("User"), None));
        assert_eq!(aim(Method::PATCH, "/scim/Groups/7/"), (Action::Updated, Some("Group"), Some("7".to_owned())));
        assert_eq!(aim(Method::DELETE, "/scim/Users/7"), (Action::Deleted, Some("User"), Some("7".to_owned())));
        assert_eq!(aim(Method::GET, "/scim/Users"), (Action::Read, Some("User"), None));
        assert_eq!(aim(Method::POST, "/scim/Users/.search"), (Action::Read, Some("User"), None));
        assert_eq!(aim(Method::POST, "/scim/Bulk"), (Action::Other, None, None));
        let bulk = Trace::start(&Method::POST, &Uri::from_static("/scim/Bulk"), &HeaderMap::new(), None);
        let (action, kind, id) = bulk.within_bulk("PUT", "/Users/7", None).aim();
        assert_eq!((action, kind.map(ResourceKind::name), id.as_deref()), (Action::Updated, Some("User"), Some("7")));
    }
}
