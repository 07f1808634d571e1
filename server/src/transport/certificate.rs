//! The certificate and its key: read from files, and again whenever they change.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, SystemTime};

use rustls::ServerConfig;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use tokio_rustls::TlsAcceptor;

/// How often the files are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// Where certificate and key are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateFiles {
    /// PEM: the server's certificate first, then those that lead to a root.
    pub certificate: PathBuf,
    /// PEM.
    pub key: PathBuf,
}

/// A certificate in use, which can be replaced while connections come in.
#[derive(Debug)]
pub struct Certificate {
    files: CertificateFiles,
    provider: Arc<CryptoProvider>,
    current: RwLock<Arc<CertifiedKey>>,
}

impl Certificate {
    /// Reads the files.
    pub fn open(files: CertificateFiles) -> Result<Arc<Self>, String> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let current = RwLock::new(read(&files, &provider)?);
        Ok(Arc::new(Self { files, provider, current }))
    }

    /// Reads the files again. When they are not right, the certificate in use stays.
    pub fn reload(&self) -> Result<(), String> {
        let fresh = read(&self.files, &self.provider)?;
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = fresh;
        Ok(())
    }

    /// TLS 1.2 and 1.3 with the suites that Azure offers, and none without forward secrecy.
    pub fn acceptor(self: &Arc<Self>) -> Result<TlsAcceptor, String> {
        let mut config = ServerConfig::builder_with_provider(self.provider.clone())
            .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])
            .map_err(|error| format!("cannot set up TLS: {error}"))?
            .with_no_client_auth()
            .with_cert_resolver(self.clone());
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Arc::new(config).into())
    }

    /// Reads the files again whenever they have changed, and on SIGHUP.
    pub fn follow(self: Arc<Self>) -> impl Future<Output = ()> + Send {
        let mut seen = self.changed_at();
        // From now on the signal does not end the program.
        let mut hangups = Hangups::new();
        async move {
            loop {
                let asked = tokio::select! {
                    () = hangups.next() => true,
                    () = tokio::time::sleep(LOOK_EVERY) => false,
                };
                let now = self.changed_at();
                if !asked && now == seen {
                    continue;
                }
                match self.reload() {
                    Ok(()) => tracing::info!("the certificate was read again"),
                    // Perhaps only one of the two files is new yet: they are looked at again.
                    Err(error) => tracing::warn!(error, "the certificate in use stays"),
                }
                seen = now;
            }
        }
    }

    fn changed_at(&self) -> [Option<SystemTime>; 2] {
        [&self.files.certificate, &self.files.key].map(|file| fs::metadata(file).and_then(|data| data.modified()).ok())
    }
}

impl ResolvesServerCert for Certificate {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.current.read().unwrap_or_else(PoisonError::into_inner).clone())
    }
}

fn read(files: &CertificateFiles, provider: &CryptoProvider) -> Result<Arc<CertifiedKey>, String> {
    let pem = contents(&files.certificate, "certificate")?;
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(&pem)
        .collect::<Result<_, _>>()
        .map_err(|error| format!("the certificate {} is no PEM file: {error}", files.certificate.display()))?;
    if chain.is_empty() {
        return Err(format!("there is no certificate in {}", files.certificate.display()));
    }
    let key = PrivateKeyDer::from_pem_slice(&contents(&files.key, "key")?)
        .map_err(|_| format!("there is no private key in {}", files.key.display()))?;
    let key = CertifiedKey::from_der(chain, key, provider).map_err(|error| match error {
        rustls::Error::InconsistentKeys(_) => {
            format!(
                "the key {} does not belong to the certificate {}",
                files.key.display(),
                files.certificate.display()
            )
        }
        error => format!("certificate {} or key {}: {error}", files.certificate.display(), files.key.display()),
    })?;
    Ok(Arc::new(key))
}

fn contents(file: &Path, what: &str) -> Result<Vec<u8>, String> {
    fs::read(file).map_err(|error| format!("cannot read the {what} {}: {error}", file.display()))
}

/// SIGHUP, by which operators ask programs to read their files again.
struct Hangups {
    #[cfg(unix)]
    signal: Option<tokio::signal::unix::Signal>,
}

impl Hangups {
    fn new() -> Self {
        Self {
            #[cfg(unix)]
            signal: tokio::signal::unix::signal(tokio::signal::unix::SignalKind::hangup()).ok(),
        }
    }

    async fn next(&mut self) {
        #[cfg(unix)]
        if let Some(signal) = &mut self.signal
            && signal.recv().await.is_some()
        {
            return;
        }
        std::future::pending::<()>().await;
    }
}
