//! TLS of the server's own.

use super::Settings;
use crate::transport::certificate::CertificateFiles;

/// Certificate and key, when the server is to speak TLS itself.
pub(super) fn certificate_files(settings: &Settings) -> Result<Option<CertificateFiles>, String> {
    match (settings.tls_certificate.clone(), settings.tls_key.clone()) {
        (None, None) => Ok(None),
        (Some(certificate), Some(key)) => Ok(Some(CertificateFiles { certificate, key })),
        _ => Err("TLS wants both: --tls-certificate and --tls-key".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_alone_is_refused() {
        let half = Settings { tls_key: Some("key.pem".into()), ..Settings::default() };
        assert!(certificate_files(&half).expect_err("a key alone").contains("--tls-certificate"));
    }
}
