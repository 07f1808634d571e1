//! Connections: how many there may be, how long they may keep the server waiting, and how they end.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use axum::response::Response;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio_io_timeout::TimeoutStream;
use tokio_rustls::TlsAcceptor;
use tower_http::timeout::DeadlineBody;
use tower_service::Service;

/// How long a stopping server waits for requests that are under way.
const FAREWELL: Duration = Duration::from_secs(30);
/// Whoever has not greeted by then, over TLS, is hung up on.
const GREETING: Duration = Duration::from_secs(10);
/// How long it rests when the system gives no more connections.
const REST: Duration = Duration::from_millis(100);
/// Files that the server opens beside its connections.
const OTHER_FILES: u64 = 256;

/// What a client may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Connections at a time; whoever comes beyond them is hung up on.
    pub connections: u32,
    /// How long a connection may go without a whole request head, or an answer without anybody who takes more of it.
    pub idle: Duration,
    /// How long a body may take to arrive.
    pub body: Duration,
}

impl Limits {
    /// Lets the process open as many files as it may, and keeps to that.
    #[must_use]
    pub fn within_the_process(self) -> Self {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
        let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
        // Where it may not be raised, it stays what it is.
        let raised = setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum }).is_ok();
        let files = if raised { maximum } else { current };
        let most = files.map_or(u32::MAX, |files| u32::try_from(files.saturating_sub(OTHER_FILES)).unwrap_or(u32::MAX));
        Self { connections: self.connections.min(most).max(1), ..self }
    }
}

/// Answers until it is asked to stop; requests that were read by then are answered.
pub async fn serve(listener: TcpListener, app: Router, limits: Limits, stop: impl Future<Output = ()>) {
    run(listener, (app, None), limits, stop).await;
}

/// The same over TLS.
pub async fn serve_tls(
    listener: TcpListener,
    (app, tls): (Router, TlsAcceptor),
    limits: Limits,
    stop: impl Future<Output = ()>,
) {
    run(listener, (app, Some(tls)), limits, stop).await;
}

async fn run(
    listener: TcpListener,
    (app, tls): (Router, Option<TlsAcceptor>),
    limits: Limits,
    stop: impl Future<Output = ()>,
) {
    let places = Arc::new(Semaphore::new(limits.connections as usize));
    let (stopping, watched) = watch::channel(false);
    tokio::pin!(stop);
    loop {
        let accepted = tokio::select! {
            () = &mut stop => break,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, peer)) => {
                let Ok(place) = places.clone().try_acquire_owned() else { continue };
                // An answer does not wait for more to send with it.
                let _ = stream.set_nodelay(true);
                let app = app.clone();
                let watched = watched.clone();
                match tls.clone() {
                    None => drop(tokio::spawn(talk(stream, peer, app, limits, watched, place))),
                    Some(tls) => drop(tokio::spawn(async move {
                        // Who does not speak TLS, or not with us, is not answered.
                        if let Ok(Ok(stream)) = tokio::time::timeout(GREETING, tls.accept(stream)).await {
                            talk(stream, peer, app, limits, watched, place).await;
                        }
                    })),
                }
            }
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "no connection can be accepted");
                tokio::time::sleep(REST).await;
            }
        }
    }
    // Whoever comes now is refused, and can turn to another server.
    drop(listener);
    let _ = stopping.send(true);
    if tokio::time::timeout(FAREWELL, places.acquire_many(limits.connections)).await.is_err() {
        tracing::warn!("some requests were not answered in time");
    }
}

/// One connection, to its end.
async fn talk(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    peer: SocketAddr,
    app: Router,
    limits: Limits,
    mut stopping: watch::Receiver<bool>,
    place: OwnedSemaphorePermit,
) {
    let service = service_fn(move |request: Request<Incoming>| {
        let mut request = request.map(|body| Body::new(DeadlineBody::new(limits.body, body)));
        request.extensions_mut().insert(ConnectInfo(peer));
        let answer = app.clone().call(request);
        async move { Ok::<Response, Infallible>(answer.await.unwrap_or_else(|never| match never {})) }
    });
    // An answer that nobody takes would keep its place, and itself, for ever.
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(limits.idle));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.idle)
        .serve_connection(TokioIo::new(Box::pin(stream)), service);
    tokio::pin!(connection);
    let asked = async move { drop(stopping.wait_for(|stopping| *stopping).await) };
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = asked => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(error = &error as &dyn std::error::Error, "a connection broke");
    }
    drop(place);
}
