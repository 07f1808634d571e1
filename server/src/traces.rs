//! Traces for a collector that speaks OTLP over HTTP: a span a request, when somebody has asked for them.
//!
//! A span says what the log's line of the request says, and is made of these few words alone: whatever else is logged
//! meanwhile stays here. Nobody waits for the collector. Spans go into a bounded queue, which a thread of its own empties;
//! what does not fit is lost.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use axum::http::Method;
use opentelemetry::trace::{Span, SpanKind, Status, Tracer, TracerProvider};
use opentelemetry::{Context, KeyValue};
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{BatchConfigBuilder, BatchSpanProcessor, SdkTracer, SdkTracerProvider};

use crate::{metrics, outbound};

/// How long spans wait for others to be sent along with.
const EVERY: Duration = Duration::from_secs(2);
/// Spans that wait at most.
const QUEUE: usize = 4096;
/// How long the collector may take over one batch.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long the server's end waits for the last ones.
const LAST_PATIENCE: Duration = Duration::from_secs(3);
/// Of the collector's answer, so much is read.
const MAX_ANSWER: u64 = 64 * 1024;

/// What is said of a request.
pub(crate) struct Answered<'a> {
    /// How.
    pub(crate) method: &'a Method,
    /// What for: the route's pattern, since its path may hold names.
    pub(crate) route: &'a str,
    /// What came of it.
    pub(crate) status: u16,
    /// Its id, as in the log.
    pub(crate) id: &'a str,
    /// When it began.
    pub(crate) started: SystemTime,
    /// How long it took.
    pub(crate) took: Duration,
}

/// Makes spans and has them sent.
#[derive(Debug)]
pub struct Traces {
    provider: SdkTracerProvider,
    tracer: SdkTracer,
}

impl Traces {
    /// Starts the thread that sends. Nothing is sent before there is a span.
    pub fn start(collector: &str) -> Result<Self, String> {
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(Collector::new())
            .with_protocol(Protocol::HttpBinary)
            .with_endpoint(format!("{collector}/v1/traces"))
            .with_timeout(PATIENCE)
            .build()
            .map_err(|error| format!("cannot send traces to {collector}: {error}"))?;
        let batches = BatchConfigBuilder::default().with_scheduled_delay(EVERY).with_max_queue_size(QUEUE).build();
        let resource = Resource::builder()
            .with_service_name("spaceiq")
            .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
            .build();
        let provider = SdkTracerProvider::builder()
            .with_span_processor(BatchSpanProcessor::builder(exporter).with_batch_config(batches).build())
            .with_resource(resource)
            .build();
        Ok(Self { tracer: provider.tracer("spaceiq"), provider })
    }

    /// Hands on what is said of a request.
    pub(crate) fn answered(&self, request: &Answered<'_>) {
        let method = metrics::method_class(request.method);
        let attributes = vec![
            KeyValue::new("http.request.method", method),
            KeyValue::new("http.route", request.route.to_owned()),
            KeyValue::new("http.response.status_code", i64::from(request.status)),
            KeyValue::new("request_id", request.id.to_owned()),
        ];
        let builder = self
            .tracer
            .span_builder(format!("{method} {}", request.route))
            .with_kind(SpanKind::Server)
            .with_start_time(request.started)
            .with_attributes(attributes);
        let mut span = self.tracer.build_with_context(builder, &Context::new());
        if request.status >= 500 {
            span.set_status(Status::error(""));
        }
        span.end_with_timestamp(request.started + request.took);
    }

    /// Sends what waits. It blocks, but not for long.
    pub(crate) fn finish(&self) {
        if let Err(error) = self.provider.shutdown_with_timeout(LAST_PATIENCE) {
            tracing::warn!(error = &error as &dyn std::error::Error, "the last traces were not sent");
        }
    }
}

/// The collector, which is asked from the thread that sends, so that it may block.
#[derive(Debug)]
struct Collector {
    agent: ureq::Agent,
    /// Whether it failed last time: only changes are logged.
    fails: AtomicBool,
}

impl Collector {
    fn new() -> Self {
        Self { agent: outbound::settings(PATIENCE).new_agent(), fails: AtomicBool::new(false) }
    }

    fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, ureq::Error> {
        let (parts, body) = request.into_parts();
        let mut answer = self.agent.run(Request::from_parts(parts, body.as_ref()))?;
        let said = answer.body_mut().with_config().limit(MAX_ANSWER).read_to_vec()?;
        Ok(answer.map(|_| said.into()))
    }
}

#[async_trait]
impl HttpClient for Collector {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let answer = self.send(request);
        let trouble = match &answer {
            Ok(answer) if answer.status().is_success() => None,
            Ok(answer) => Some(format!("it answered {}", answer.status().as_u16())),
            Err(error) => Some(error.to_string()),
        };
        let failed_before = self.fails.swap(trouble.is_some(), Ordering::Relaxed);
        match trouble {
            Some(trouble) if !failed_before => tracing::warn!(trouble, "the collector takes no traces"),
            None if failed_before => tracing::info!("the collector takes traces again"),
            _ => {}
        }
        Ok(answer?)
    }
}
