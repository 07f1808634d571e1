//! Traces, as a collector receives them from the real program.

use std::collections::BTreeMap;
use std::net::TcpListener as Listener;
use std::sync::mpsc::{Receiver, channel};

use axum::Router;
use axum::body::Bytes;
use axum::http::StatusCode;
use axum::routing::post;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::KeyValue;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;
use serde_json::json;
use store::testing::TestDatabase;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

use crate::servers::furnish;
use crate::support::{Engine, Process};

/// More than the queue holds.
const MANY: usize = 5_000;

/// A collector that keeps what it is sent.
pub(crate) struct Collector {
    /// Where it is.
    pub(crate) url: String,
    sent: Receiver<Bytes>,
    runtime: Runtime,
}

impl Collector {
    /// Starts one.
    pub(crate) fn start() -> Self {
        let runtime = Runtime::new().expect("a runtime");
        let (sender, sent) = channel();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let take = move |body: Bytes| async move { sender.send(body).map_err(|_| StatusCode::GONE) };
        let router = Router::new().route("/v1/traces", post(take));
        runtime.spawn(async move { axum::serve(listener, router).await });
        Self { url, sent, runtime }
    }

    fn database(&self) -> TestDatabase {
        self.runtime.block_on(TestDatabase::create(Engine::Sqlite))
    }

    /// Everything that came. Whoever sends has ended, so nothing is under way.
    pub(crate) fn bodies(&self) -> Vec<Bytes> {
        self.sent.try_iter().collect()
    }

    fn spans(&self) -> Vec<Span> {
        let requests = self.bodies().into_iter().map(|body| ExportTraceServiceRequest::decode(body).expect("OTLP"));
        let resources = requests.flat_map(|request| request.resource_spans);
        resources.flat_map(|resource| resource.scope_spans).flat_map(|scope| scope.spans).collect()
    }
}

fn shown(attributes: &[KeyValue]) -> BTreeMap<&str, String> {
    let value = |pair: &KeyValue| match pair.value.as_ref().and_then(|value| value.value.as_ref()) {
        Some(Value::StringValue(text)) => text.clone(),
        Some(Value::IntValue(number)) => number.to_string(),
        other => format!("{other:?}"),
    };
    attributes.iter().map(|pair| (pair.key.as_str(), value(pair))).collect()
}

#[test]
fn a_request_is_a_span_with_its_id_and_nothing_of_anybody() {
    let collector = Collector::start();
    let database = collector.database();
    let server = Process::start(&database.url, &["--otlp-url", &collector.url]);
    let token = furnish(&database.url);
    let scim = server.scim(&token);
    let json = [("content-type", "application/scim+json"), ("x-request-id", "asked-7")];
    let ada = json!({"userName": "ada@acme.test", "displayName": "Ada"}).to_string();
    assert_eq!(scim.send("POST", "/Users?secret=hush", &json, Some(ada.as_bytes())).status, 201);
    assert_eq!(scim.send("BREW", "/Users", &[], None).status, 405);
    server.ask_to_stop();
    assert!(server.stopped().success());
    let spans = collector.spans();
    let span = spans.iter().find(|span| span.name == "POST /scim/Users").unwrap_or_else(|| panic!("{spans:?}"));
    let said = [
        ("http.request.method", "POST"),
        ("http.response.status_code", "201"),
        ("http.route", "/scim/Users"),
        ("request_id", "asked-7"),
    ];
    assert_eq!(shown(&span.attributes), said.map(|(name, value)| (name, value.to_owned())).into());
    assert!(span.end_time_unix_nano > span.start_time_unix_nano && span.parent_span_id.is_empty(), "{span:?}");
    assert!(span.events.is_empty() && span.links.is_empty(), "{span:?}");
    assert!(spans.iter().any(|span| span.name == "other /scim/Users"), "{spans:?}");
    let all = format!("{spans:?}");
    for private in ["ada", "Ada", "hush", "BREW", token.as_str()] {
        assert!(!all.contains(private), "{private} in {all}");
    }
}

#[test]
fn nothing_is_sent_unless_somebody_asked_for_it() {
    let collector = Collector::start();
    let database = collector.database();
    let server = Process::start_with(&database.url, &[("OTEL_EXPORTER_OTLP_ENDPOINT", &collector.url)]);
    assert_eq!(server.browser().get("/healthz").status, 200);
    server.ask_to_stop();
    assert!(server.stopped().success());
    assert_eq!(collector.spans(), []);
}

#[test]
fn nobody_waits_for_a_collector_that_is_away_or_silent() {
    let collector = Collector::start();
    let database = collector.database();
    // It is connected to, and takes nothing.
    let silent = Listener::bind("127.0.0.1:0").expect("a free port");
    let silent_url = format!("http://{}", silent.local_addr().expect("an address"));
    let nobody = Listener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("an address");
    for url in [format!("http://{nobody}"), silent_url] {
        let server = Process::start(&database.url, &["--otlp-url", &url]);
        let browser = server.browser();
        let refused = (0..MANY).filter(|_| browser.get("/healthz").status != 200).count();
        assert_eq!(refused, 0, "{url}");
        server.ask_to_stop();
        assert!(server.stopped().success(), "{url}");
    }
}
