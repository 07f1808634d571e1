//! This server with one thing spoilt: a layer in front of it changes requests or answers.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use serde_json::{Value, json};
use server::config::{Config, Settings};
use server::router::router;
use server::state::AppState;
use store::SeededRandom;

use crate::support::TestServer;

/// Something that servers get wrong.
pub(super) struct Fault {
    /// What.
    pub(super) name: &'static str,
    /// The checks that must find it, in their order.
    pub(super) found_by: &'static [&'static str],
    /// What becomes of a request before it is answered.
    before: fn(&mut Asked),
    /// What becomes of the answer.
    after: fn(&Asked, &mut Said),
}

pub(super) struct Asked {
    method: Method,
    /// With its query.
    path: String,
    body: Value,
    /// How many requests to this path came before.
    earlier: usize,
}

pub(super) struct Said {
    status: StatusCode,
    headers: HeaderMap,
    body: Value,
}

fn as_it_was(_: &mut Asked) {}

fn as_it_is(_: &Asked, _: &mut Said) {}

impl Asked {
    fn is(&self, method: &Method, path: &str) -> bool {
        self.method == method && self.path.starts_with(path)
    }

    fn operations(&mut self) -> impl Iterator<Item = &mut Value> {
        self.body["Operations"].as_array_mut().into_iter().flatten()
    }
}

impl Said {
    fn resources(&mut self) -> impl Iterator<Item = &mut Value> {
        self.body["Resources"].as_array_mut().into_iter().flatten()
    }
}

pub(super) const FAULTS: &[Fault] = &[
    Fault {
        name: "nobody found is 404",
        found_by: &["connection.test"],
        before: as_it_was,
        after: |asked, said| {
            if asked.path.contains("filter=userName+eq") && said.body["totalResults"] == 0 {
                said.status = StatusCode::NOT_FOUND;
            }
        },
    },
    Fault {
        name: "plain JSON as media type",
        found_by: &["connection.media-type"],
        before: as_it_was,
        after: |_, said| drop(said.headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"))),
    },
    Fault {
        name: "401 without a challenge",
        found_by: &["connection.challenge"],
        before: as_it_was,
        after: |_, said| drop(said.headers.remove(WWW_AUTHENTICATE)),
    },
    Fault {
        name: "null members in the schemas",
        found_by: &["discovery.schema-details"],
        before: as_it_was,
        after: |asked, said| {
            if asked.path.contains("/Schemas") {
                said.body["Resources"][0]["attributes"][0]["canonicalValues"] = Value::Null;
            }
        },
    },
    Fault {
        name: "a new user is answered 200",
        found_by: &["users.create"],
        before: as_it_was,
        after: |asked, said| {
            if asked.is(&Method::POST, "/scim/Users") && said.status == StatusCode::CREATED {
                said.status = StatusCode::OK;
            }
        },
    },
    Fault {
        name: "telephone numbers lose their blanks",
        found_by: &["users.values"],
        before: |asked| {
            if asked.method == Method::POST
                && let Some(number) = asked.body["phoneNumbers"][0]["value"].as_str()
            {
                asked.body["phoneNumbers"][0]["value"] = number.replace(' ', "").into();
            }
        },
        after: as_it_is,
    },
    Fault {
        name: "a duplicate user is answered 400",
        found_by: &["users.duplicate"],
        before: as_it_was,
        after: |asked, said| {
            if asked.is(&Method::POST, "/scim/Users") && said.status == StatusCode::CONFLICT {
                said.status = StatusCode::BAD_REQUEST;
            }
        },
    },
    Fault {
        name: "deleting is only said",
        found_by: &["users.delete", "errors.unknown-delete"],
        before: |asked| {
            if asked.is(&Method::DELETE, "/scim/Users/") {
                "/scim/ServiceProviderConfig".clone_into(&mut asked.path);
                asked.method = Method::GET;
            }
        },
        after: |asked, said| {
            if asked.is(&Method::DELETE, "/scim/ServiceProviderConfig") {
                (said.status, said.body) = (StatusCode::NO_CONTENT, Value::Null);
            }
        },
    },
    Fault {
        name: "the password is echoed",
        found_by: &["users.password"],
        before: as_it_was,
        after: |asked, said| {
            if asked.body.get("password").is_some() {
                said.body["password"] = asked.body["password"].clone();
            }
        },
    },
    Fault {
        name: "operations with a capital letter are refused",
        found_by: &["patch.azure"],
        before: |asked| {
            let capital = |operation: &Value| operation["op"].as_str().is_some_and(|op| op.starts_with(['A', 'R']));
            if asked.operations().any(|operation| capital(operation)) {
                asked.body = json!({ "schemas": ["unknown"] });
            }
        },
        after: as_it_is,
    },
    Fault {
        name: "False as text enables",
        found_by: &["patch.azure-text"],
        before: |asked| {
            asked.operations().filter(|one| one["value"] == "False").for_each(|one| one["value"] = true.into());
        },
        after: as_it_is,
    },
    Fault {
        name: "a path that cannot be read is passed over",
        found_by: &["patch.unknown-path"],
        before: as_it_was,
        after: |asked, said| {
            if asked.method == Method::PATCH && said.body["scimType"] == "invalidPath" {
                (said.status, said.body) = (StatusCode::NO_CONTENT, Value::Null);
            }
        },
    },
    Fault {
        name: "excluded members are an empty list",
        found_by: &["groups.excluded-members"],
        before: as_it_was,
        after: |asked, said| {
            if asked.path.contains("excludedAttributes=members") {
                said.resources().for_each(|group| group["members"] = json!([]));
            }
        },
    },
    Fault {
        name: "removing listed members removes all",
        found_by: &["members.remove-listed"],
        before: |asked| {
            let removes = |one: &&mut Value| one["op"] == "remove" && one["path"] == "members";
            asked.operations().filter(removes).for_each(|one| *one = json!({ "op": "remove", "path": "members" }));
        },
        after: as_it_is,
    },
    Fault {
        name: "names are compared with regard to case",
        found_by: &["filters.user-name"],
        before: as_it_was,
        after: |asked, said| {
            if asked.path.contains("filter=userName%20eq%20%22CHECK") {
                said.body["totalResults"] = 0.into();
            }
        },
    },
    Fault {
        name: "a filter that cannot be evaluated finds nobody",
        found_by: &["filters.malformed", "profile.unknown-filter-attribute"],
        before: as_it_was,
        after: |_, said| {
            if said.body["scimType"] == "invalidFilter" {
                (said.status, said.body) = (StatusCode::OK, json!({ "totalResults": 0, "Resources": [] }));
            }
        },
    },
    Fault {
        name: "every page starts at 1",
        found_by: &["paging.start-index"],
        before: as_it_was,
        after: |_, said| {
            if said.body.get("startIndex").is_some() {
                said.body["startIndex"] = 1.into();
            }
        },
    },
    Fault {
        name: "the status of an error is a number",
        found_by: &["errors.status"],
        before: as_it_was,
        after: |_, said| {
            if said.body.get("detail").is_some() {
                said.body["status"] = said.status.as_u16().into();
            }
        },
    },
    Fault {
        name: "throttled until a date",
        found_by: &["load.rate", "load.throttling"],
        before: as_it_was,
        after: |asked, said| {
            if asked.path.ends_with("/Users?startIndex=1&count=1") && asked.earlier > 20 {
                said.status = StatusCode::TOO_MANY_REQUESTS;
                said.headers.insert(RETRY_AFTER, HeaderValue::from_static("Tue, 24 Nov 2026 12:00:00 GMT"));
            }
        },
    },
];

/// Serves the same store with the fault; gives the SCIM base URL.
pub(super) fn spoilt(server: &TestServer, fault: Option<&'static Fault>) -> String {
    let earlier = Arc::new(AtomicUsize::new(0));
    let spoil = move |request: Request, next: Next| {
        let earlier = earlier.clone();
        async move {
            match fault {
                Some(fault) => change(fault, &earlier, request, next).await,
                None => next.run(request).await,
            }
        }
    };
    let address = server.block_on(async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let config = Config::new(
            Settings { listen: Some(address.to_string()), rate_limit: Some(0), ..Settings::default() },
            &Settings::default(),
        );
        let random = Arc::new(SeededRandom::new(8));
        let state = AppState::new(server.store.clone(), config.expect("a configuration"), random);
        // The layer sees a request before the routes do, since it may change where it goes.
        let outer = axum::Router::new().fallback_service(router(state)).layer(from_fn(spoil));
        let service = outer.into_make_service_with_connect_info::<SocketAddr>();
        tokio::spawn(async move { axum::serve(listener, service).await });
        address
    });
    format!("http://{address}/scim")
}

async fn change(fault: &Fault, earlier: &AtomicUsize, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let bytes = to_bytes(body, 1 << 20).await.expect("a body");
    let path = parts.uri.path_and_query().map(ToString::to_string).unwrap_or_default();
    let counted = path.ends_with("/Users?startIndex=1&count=1");
    let mut asked = Asked {
        method: parts.method.clone(),
        path,
        body: json(&bytes),
        earlier: if counted { earlier.fetch_add(1, Ordering::Relaxed) } else { 0 },
    };
    let before = asked.body.clone();
    (fault.before)(&mut asked);
    let sent = if asked.body == before { bytes } else { asked.body.to_string().into() };
    parts.headers.remove(CONTENT_LENGTH);
    let original = std::mem::replace(&mut parts.method, asked.method.clone());
    parts.uri = asked.path.parse().expect("a path");
    let response = next.run(Request::from_parts(parts, Body::from(sent))).await;
    let (head, body) = response.into_parts();
    let bytes = to_bytes(body, 64 << 20).await.expect("a body");
    let mut said = Said { status: head.status, headers: head.headers, body: json(&bytes) };
    let answered = said.body.clone();
    asked.method = original;
    (fault.after)(&asked, &mut said);
    said.headers.remove(CONTENT_LENGTH);
    let body = match &said.body {
        same if *same == answered => Body::from(bytes),
        Value::Null => Body::empty(),
        changed => Body::from(changed.to_string()),
    };
    let mut response = Response::new(body);
    (*response.status_mut(), *response.headers_mut()) = (said.status, said.headers);
    response
}

fn json(bytes: &Bytes) -> Value {
    serde_json::from_slice(bytes).unwrap_or(Value::Null)
}
