//! The mail server over TLS: its certificate comes from an authority that was named, or nothing is said to it.

use std::path::Path;
use std::process::Command;

use serde_json::Value;
use server::notices::Mailer;
use server::notices::smtp::Smtp;
use store::testing::{TemporaryFolder, TestDatabase};
use time::Duration;

use super::postman::Postman;
use super::{sends, state, with_one_notice};
use crate::support::{Engine, on_each_engine};
use crate::transport::key_file;

/// The two ways: from the first byte on, and after STARTTLS.
const WAYS: [(&str, &str); 2] = [("first", "smtps"), ("later", "smtp")];
/// A certificate of somebody else.
const ANOTHER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/sso/verify/tests/idp.crt");

fn start(tls: &str, more: &[&str]) -> Postman {
    let (certificate, key) = (key_file("one.crt"), key_file("one.key"));
    Postman::start(&[&["--tls", tls, "--certificate", &certificate, "--key", &key], more].concat())
}

/// A mailer that trusts these authorities, or those that browsers trust.
fn trusting(url: &str, authorities: Option<&str>) -> Mailer {
    let smtp = Smtp::new(Some(url), Some("spaceiq@console.test"), authorities.map(Path::new));
    Mailer::new(&smtp.expect("valid").expect("an address"), "https://console.test").expect("prepared")
}

#[test]
fn a_notice_is_delivered_over_tls_in_both_ways() {
    for (tls, scheme) in WAYS {
        on_each_engine(|server| {
            with_one_notice(server);
            let postman = start(tls, &["--user", "spaceiq:right"]);
            let mailer =
                trusting(&postman.at(&format!("{scheme}://spaceiq:right@localhost")), Some(&key_file("ca.crt")));
            assert_eq!(server.block_on(mailer.greet()), Ok(()), "{tls}");
            assert_eq!(sends(server, &mailer), 1, "{tls}");
            assert_eq!(state(server), ["1 sent"]);
            let said = postman.finish();
            let message = said.iter().find(|line| line["text"].is_string()).expect("a message");
            assert_eq!(message["tls"], "TLSv1.3", "{message}");
        });
    }
}

#[test]
fn a_certificate_of_an_authority_that_nobody_named_is_not_trusted() {
    on_each_engine(|server| {
        with_one_notice(server);
        // Without a file, smtp:// to this machine is not over TLS.
        for (tls, scheme, authorities) in
            [("first", "smtps", None), ("first", "smtps", Some(ANOTHER)), ("later", "smtp", Some(ANOTHER))]
        {
            let postman = start(tls, &["--user", "spaceiq:right"]);
            let stranger = trusting(&postman.at(&format!("{scheme}://spaceiq:right@localhost")), authorities);
            let why = server.block_on(stranger.greet()).expect_err("refused");
            assert!(why.contains("--smtp-ca") && why.contains("localhost") && !why.contains("right"), "{why}");
            assert_eq!(sends(server, &stranger), 0);
            server.clock.advance(Duration::minutes(5));
            assert_eq!(postman.finish(), Vec::<Value>::new(), "neither a name nor a message was said");
        }
        assert_eq!(state(server), ["3 due"]);
    });
}

#[test]
fn a_certificate_for_another_name_is_not_trusted() {
    on_each_engine(|server| {
        with_one_notice(server);
        for (tls, scheme) in WAYS {
            // It is for localhost and 127.0.0.1.
            let postman = start(tls, &["--host", "127.0.0.2"]);
            let mailer = trusting(&postman.at(&format!("{scheme}://127.0.0.2")), Some(&key_file("ca.crt")));
            let why = server.block_on(mailer.greet()).expect_err("refused");
            assert!(why.contains("other names than 127.0.0.2"), "{why}");
            assert_eq!(sends(server, &mailer), 0);
            server.clock.advance(Duration::minutes(5));
            assert_eq!(postman.finish(), Vec::<Value>::new());
        }
        assert_eq!(state(server), ["2 due"]);
    });
}

/// The program itself, by its variables: what `serve` would be told, `doctor` tries.
#[test]
fn doctor_says_whether_the_mail_server_is_trusted() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let database = runtime.block_on(TestDatabase::create(Engine::Sqlite));
    let postman = start("later", &[]);
    let folder = TemporaryFolder::new();
    let empty = folder.path().join("empty.pem").display().to_string();
    std::fs::write(&empty, "no certificate").expect("written");
    let doctor = |authorities: &str| {
        let output = Command::new(env!("CARGO_BIN_EXE_spaceiq"))
            .arg("doctor")
            .env("SPACEIQ_DATABASE_URL", &database.url)
            .env("SPACEIQ_SMTP_URL", format!("smtp://localhost:{}", postman.port))
            .env("SPACEIQ_SMTP_FROM", "spaceiq@console.test")
            .env("SPACEIQ_SMTP_CA", authorities)
            .output()
            .expect("it runs");
        String::from_utf8(output.stdout).expect("text") + &String::from_utf8(output.stderr).expect("text")
    };
    for (authorities, said) in [
        (key_file("ca.crt"), "takes mail from spaceiq@console.test"),
        (ANOTHER.to_owned(), "SPACEIQ_SMTP_CA"),
        (empty, "there is no certificate in"),
        ("/nonexistent.pem".to_owned(), "cannot read the mail server's authorities"),
    ] {
        let output = doctor(&authorities);
        assert!(output.contains(said), "{said} in {output}");
    }
}
