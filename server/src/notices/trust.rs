//! Whom a mail server's certificate may come from, and what to do about one that is not trusted.

use std::error::Error as StdError;
use std::fs;
use std::io;

use lettre::transport::smtp::client::{Certificate, CertificateStore, TlsParameters};
use rustls::CertificateError;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use super::smtp::Smtp;

/// How the server's certificate is checked.
pub(super) fn parameters(smtp: &Smtp) -> Result<TlsParameters, String> {
    let mut builder = TlsParameters::builder(smtp.host.clone());
    if let Some(file) = &smtp.authorities {
        let shown = file.display();
        let pem =
            fs::read(file).map_err(|error| format!("cannot read the mail server's authorities {shown}: {error}"))?;
        let authorities: Vec<_> = CertificateDer::pem_slice_iter(&pem)
            .collect::<Result<_, _>>()
            .map_err(|error| format!("the mail server's authorities {shown} are no PEM file: {error}"))?;
        if authorities.is_empty() {
            return Err(format!("there is no certificate in {shown}"));
        }
        builder = builder.certificate_store(CertificateStore::None);
        for authority in authorities {
            let authority = Certificate::from_der(authority.to_vec());
            builder = builder.add_root_certificate(
                authority.map_err(|_| format!("a certificate in {shown} cannot be an authority's"))?,
            );
        }
    }
    builder.build_rustls().map_err(|error| match &smtp.authorities {
        Some(file) => format!("a certificate in {} cannot be an authority's: {error}", file.display()),
        None => format!("cannot set up TLS: {error}"),
    })
}

/// Why the server's certificate was not trusted, when that is what went wrong, and what to do.
pub(super) fn refusal(error: &lettre::transport::smtp::Error, host: &str) -> Option<String> {
    let rustls::Error::InvalidCertificate(why) = tls_error(error)? else { return None };
    Some(match why {
        CertificateError::UnknownIssuer => format!(
            "the certificate of {host} is from none of the authorities that are trusted; name its authority's with --smtp-ca or SPACEIQ_SMTP_CA"
        ),
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => format!(
            "the certificate is for other names than {host}; write one of its names in the mail server's address, or get it another certificate"
        ),
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            format!("the certificate of {host} has expired; renew it there, or set this machine's clock")
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            format!("the certificate of {host} is not valid yet; set this machine's clock")
        }
        why => format!("the certificate of {host} was refused: {why}"),
    })
}

/// What TLS said, which comes wrapped as an error of the connection.
fn tls_error<'e>(error: &'e (dyn StdError + 'static)) -> Option<&'e rustls::Error> {
    let within = |error: &'e (dyn StdError + 'static)| {
        let wrapped = error.downcast_ref::<io::Error>().and_then(|error| error.get_ref()?.downcast_ref());
        error.downcast_ref().or(wrapped)
    };
    let mut error = Some(error);
    while let Some(current) = error {
        if let Some(found) = within(current) {
            return Some(found);
        }
        error = current.source();
    }
    None
}
