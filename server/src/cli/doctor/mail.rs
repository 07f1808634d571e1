//! The mail server that notices go through.

use super::Finding;
use crate::config::Config;
use crate::notices::Mailer;

/// Whether it takes mail from us. None is sent.
pub(super) async fn server(config: &Config) -> Finding {
    const WHAT: &str = "e-mail";
    let Some(smtp) = &config.smtp else {
        let found = "no mail server is named: notices are shown in the console only";
        return Finding::note(WHAT, found, "give --smtp-url and --smtp-from, and people are written to");
    };
    let place = format!("{}:{}", smtp.host, smtp.port);
    let greeted = match Mailer::new(smtp, &config.public_url) {
        Ok(mailer) => mailer.greet().await,
        Err(error) => Err(error),
    };
    match greeted {
        Ok(()) => Finding::fine(WHAT, format!("{place} takes mail from {}", smtp.from.email)),
        Err(error) => {
            let advice = "look at its name and port, its certificate, and the user and password in SPACEIQ_SMTP_URL";
            Finding::wrong(WHAT, format!("{place}: {error}"), advice)
        }
    }
}
