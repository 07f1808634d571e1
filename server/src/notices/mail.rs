//! A notice as an e-mail, and its way to the mail server.

use std::time::{Duration, SystemTime};

use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::Tls;
use lettre::transport::smtp::extension::ClientId;
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use secrecy::ExposeSecret;
use store::notices::Due;
use time::OffsetDateTime;

use super::smtp::{Security, Smtp};
use super::trust;
use super::words::words;

/// How long the mail server may take, from the first byte to the last answer.
const PATIENCE: Duration = Duration::from_mins(1);
/// RFC 4954 §6 and §4.7.x: what a server says that wants another name or password, or first to be told one.
const WRONG_CREDENTIALS: [u16; 4] = [530, 534, 535, 538];

/// What came of sending.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The mail server has it.
    Sent,
    /// Not now; later perhaps.
    Later,
    /// The mail server is not there, or does not take anything from us.
    Unreachable,
    /// Never.
    Refused,
}

/// Writes e-mails and hands them to the mail server.
pub struct Mailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    /// The mail server's name or address.
    host: String,
    /// The console's address.
    console: String,
}

impl Mailer {
    /// Prepares it; nothing is connected yet.
    pub fn new(smtp: &Smtp, console: &str) -> Result<Self, String> {
        let tls = match smtp.security {
            Security::Tls => Tls::Wrapper(trust::parameters(smtp)?),
            Security::StartTls => Tls::Required(trust::parameters(smtp)?),
            Security::Plain => Tls::None,
        };
        let host = console.parse::<http::Uri>().ok().and_then(|url| url.host().map(str::to_owned));
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(smtp.host.as_str())
            .port(smtp.port)
            .tls(tls)
            .hello_name(ClientId::Domain(host.unwrap_or_else(|| "localhost".to_owned())))
            .timeout(Some(PATIENCE));
        if let Some((user, password)) = &smtp.user {
            builder = builder.credentials(Credentials::new(user.clone(), password.expose_secret().to_owned()));
        }
        Ok(Self {
            transport: builder.build(),
            from: smtp.from.clone(),
            host: smtp.host.clone(),
            console: console.to_owned(),
        })
    }

    /// Whether the mail server answers and takes our name and password; if not, why.
    pub async fn greet(&self) -> Result<(), String> {
        match tokio::time::timeout(PATIENCE, self.transport.test_connection()).await {
            Ok(Ok(true)) => Ok(()),
            Ok(Ok(false)) => Err("it hung up".to_owned()),
            Ok(Err(error)) => Err(trust::refusal(&error, &self.host).unwrap_or_else(|| in_a_line(&error))),
            Err(_) => Err("it does not answer".to_owned()),
        }
    }

    /// Sends one notice.
    pub(super) async fn send(&self, due: &Due, now: OffsetDateTime) -> Outcome {
        let Some(message) = self.message(due, now) else { return Outcome::Refused };
        let error = match tokio::time::timeout(PATIENCE, self.transport.send(message)).await {
            Ok(Ok(_)) => return Outcome::Sent,
            Ok(Err(error)) => error,
            Err(_) => return Outcome::Unreachable,
        };
        let code = error.status().map(u16::from);
        match trust::refusal(&error, &self.host) {
            Some(why) => tracing::warn!(why, "the mail server is not trusted, and nothing was said to it"),
            None => tracing::debug!(code, error = in_a_line(&error), "the mail server did not take a notice"),
        }
        match code {
            None => Outcome::Unreachable,
            Some(code) if WRONG_CREDENTIALS.contains(&code) => Outcome::Unreachable,
            Some(_) if error.is_permanent() => Outcome::Refused,
            Some(_) => Outcome::Later,
        }
    }

    /// Everything that others chose is in the text, and in it each piece is on a line of its own. The headers hold our own
    /// words, and the address, which is checked as one. `None` where it is none.
    fn message(&self, due: &Due, now: OffsetDateTime) -> Option<Message> {
        let to = Mailbox::new(None, due.email.parse().ok()?);
        let words = words(&due.act);
        // The same for each try, so that two that arrive are known as one. RFC 5322 §3.6.4.
        let id = format!("<{}.{}@{}>", due.act.seq, due.account, self.from.email.domain());
        Message::builder()
            .from(self.from.clone())
            .to(to)
            .subject(format!("SpaceIQ: {}", words.title))
            .date(SystemTime::from(now))
            .message_id(Some(id))
            // RFC 3834 §5: nobody's answering machine answers it.
            .raw_header(HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".to_owned()))
            .header(ContentType::TEXT_PLAIN)
            .body(words.letter(due, &self.console))
            .ok()
    }
}

/// An error with its causes, in one line: servers may answer in several, with whatever they like in them.
fn in_a_line(error: &lettre::transport::smtp::Error) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).take(300).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use store::audit::Entry;
    use store::{AccountId, TenantId};

    use super::*;

    fn written(email: &str, name: &str) -> Option<String> {
        let smtp = Smtp::new(Some("smtp://127.0.0.1"), Some("SpaceIQ <spaceiq@example.com>"), None).expect("valid");
        let mailer = Mailer::new(&smtp.expect("an address"), "https://console.test").expect("prepared");
        let at = time::macros::datetime!(2026-11-27 09:30:05 UTC);
        let due = Due {
            tenant: TenantId("t".to_owned()),
            company: name.to_owned(),
            account: AccountId("a".to_owned()),
            email: email.to_owned(),
            tries: 0,
            act: Entry {
                seq: 7,
                at,
                actor: name.to_owned(),
                action: "token.issue".to_owned(),
                subject: name.to_owned(),
                detail: json!({ "provider": "azure", "from": name }),
            },
        };
        Some(String::from_utf8(mailer.message(&due, at)?.formatted()).expect("ASCII"))
    }

    #[test]
    fn a_letter_says_what_happened_when_and_what_to_do() {
        let letter = written("ada@acme.test", "Acme").expect("a letter");
        for line in [
            "From: SpaceIQ <spaceiq@example.com>\r\n",
            "To: ada@acme.test\r\n",
            "Subject: SpaceIQ: A SCIM token was issued\r\n",
            "Auto-Submitted: auto-generated\r\n",
            "Message-ID: <7.a@example.com>\r\n",
            "Content-Type: text/plain; charset=utf-8\r\n",
            "27 Nov 2026, 09:30:05 UTC",
            "https://console.test/settings/notices",
        ] {
            assert!(letter.contains(line), "{line:?} in {letter}");
        }
    }

    /// Names come from whoever may write them. None becomes a header, a further recipient, or a line of its own.
    #[test]
    fn no_name_becomes_a_header_or_a_line() {
        for evil in [
            "x\r\nBcc: evil@evil.test",
            "x\nBcc: evil@evil.test",
            "x\rBcc: evil@evil.test",
            "x\r\n\r\nBcc: evil@evil.test",
            "x\u{2028}Bcc: evil@evil.test",
            "x\u{85}Bcc: evil@evil.test",
            "x\r\n.\r\nBcc: evil@evil.test",
        ] {
            let letter = written("ada@acme.test", evil).expect("a letter");
            let body = letter.split_once("\r\n\r\n").expect("a body").1;
            assert_eq!(letter.matches("\r\n\r\n").next(), Some("\r\n\r\n"));
            let head = letter.split_once("\r\n\r\n").expect("a head").0;
            assert!(!head.contains("evil"), "{head}");
            assert!(!body.lines().any(|line| line.starts_with("Bcc") || line == "."), "{body}");
            assert!(written(&format!("ada@acme.test{evil}"), "Acme").is_none(), "{evil:?}");
        }
    }
}
