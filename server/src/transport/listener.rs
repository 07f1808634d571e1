//! Connections over TLS, for axum.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::serve::Listener;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::certificate::Certificate;

/// Whoever says nothing for so long is hung up on.
const PATIENCE: Duration = Duration::from_secs(10);
/// So many may be greeting at once; others wait in the system's queue.
const GREETING: usize = 512;

type Greeted = (TlsStream<TcpStream>, SocketAddr);

/// Accepts connections and greets them beside one another: a slow one keeps nobody waiting.
#[derive(Debug)]
pub struct TlsListener {
    greeted: mpsc::Receiver<Greeted>,
    address: SocketAddr,
}

impl TlsListener {
    /// Must be called within the runtime.
    pub fn new(mut listener: TcpListener, certificate: &Arc<Certificate>) -> Result<Self, String> {
        let acceptor = TlsAcceptor::from(certificate.server_config()?);
        let address = listener.local_addr().map_err(|error| format!("cannot listen: {error}"))?;
        let (sender, greeted) = mpsc::channel(1);
        let places = Arc::new(Semaphore::new(GREETING));
        tokio::spawn(async move {
            while let Ok(place) = places.clone().acquire_owned().await {
                // As axum accepts: what is wrong with one connection does not end the server.
                let (stream, peer) = Listener::accept(&mut listener).await;
                let (acceptor, sender) = (acceptor.clone(), sender.clone());
                if sender.is_closed() {
                    return;
                }
                tokio::spawn(async move {
                    let _place = place;
                    // Who does not speak TLS, or not with us, is not answered.
                    if let Ok(Ok(stream)) = tokio::time::timeout(PATIENCE, acceptor.accept(stream)).await {
                        let _ = sender.send((stream, peer)).await;
                    }
                });
            }
        });
        Ok(Self { greeted, address })
    }
}

impl Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> Greeted {
        match self.greeted.recv().await {
            Some(greeted) => greeted,
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.address)
    }
}
