//! Notices on their way: through a real mail server, and on the console's page.

mod page;
mod postman;
mod tls;

use serde_json::Value;
use server::notices::smtp::{Security, Smtp};
use server::notices::{Mailer, round};
use server::sso::expiry;
use store::accounts::Role;
use time::Duration;

use crate::support::browser::{plain, value_of};
use crate::support::idp::{CERTIFICATE, ISSUER};
use crate::support::{TestServer, on_each_engine};
use postman::{Postman, mailer};

const AZURE: &str = "/settings/integrations/provisioning-sso/azure";

/// An admin, and one thing that the admin is told of: the token that was issued.
fn with_one_notice(server: &TestServer) -> String {
    let admin = server.tenant("Acme").account("ada@acme.test", Role::Admin);
    let key = value_of(&admin.page("/settings/integrations/provisioning-sso"), "request_key");
    let answer = admin.post(AZURE, &[("request_key", &key)]);
    let html = plain(&answer.text);
    let start = html.find("siq_scim_").expect("a token");
    html[start..].split('"').next().expect("a closed value").to_owned()
}

fn sends(server: &TestServer, mailer: &Mailer) -> usize {
    server.block_on(round(&server.store, mailer)).expect("a round")
}

/// How often it was tried, and whether it is due, was sent, was given up.
fn state(server: &TestServer) -> Vec<String> {
    server.rows(
        "SELECT tries || CASE WHEN due_at IS NULL THEN '' ELSE ' due' END || CASE WHEN sent_at IS NULL THEN '' ELSE ' sent' END
             || CASE WHEN given_up_at IS NULL THEN '' ELSE ' given up' END FROM notices",
    )
}

fn text(message: &Value) -> String {
    // Quoted-printable: what was broken into lines is put together again.
    message["text"].as_str().expect("a text").replace("=\r\n", "")
}

#[test]
fn a_notice_is_delivered_once() {
    on_each_engine(|server| {
        let postman = Postman::start(&[]);
        let token = with_one_notice(server);
        let mailer = mailer(&postman.url());
        let sent = server.block_on(async {
            let (one, two) = futures::join!(round(&server.store, &mailer), round(&server.store, &mailer));
            one.expect("a round") + two.expect("a round")
        });
        assert_eq!(sent, 1);
        let messages = postman.finish();
        let [message] = messages.as_slice() else { panic!("{messages:?}") };
        assert_eq!((&message["to"][0], &message["sender"]), (&"ada@acme.test".into(), &"spaceiq@console.test".into()));
        let text = text(message);
        for part in [
            "Subject: SpaceIQ: A SCIM token was issued\r\n",
            "To: ada@acme.test\r\n",
            "23 Nov 2026, 09:00:00 UTC",
            "ada@acme.test",
            "127.0.0.1",
            "https://console.test/settings/notices",
            "revoke the token",
        ] {
            assert!(text.contains(part), "{part} in {text}");
        }
        assert!(!text.contains(&token) && !text.contains("siq_scim_"), "{text}");
        server.clock.advance(Duration::days(1));
        assert_eq!(sends(server, &mailer), 0);
        assert_eq!(state(server), ["1 sent"]);
    });
}

#[test]
fn a_mail_server_that_was_away_gets_it_later() {
    on_each_engine(|server| {
        with_one_notice(server);
        let port = Postman::start(&[]).port;
        let mailer = mailer(&format!("smtp://127.0.0.1:{port}"));
        assert_eq!(sends(server, &mailer), 0);
        assert_eq!(state(server), ["1 due"]);
        let postman = Postman::start(&["--port", &port.to_string()]);
        assert_eq!(sends(server, &mailer), 0, "not before the wait is over");
        server.clock.advance(Duration::minutes(1));
        assert_eq!(sends(server, &mailer), 1);
        assert_eq!(postman.finish().len(), 1);
        assert_eq!(state(server), ["2 sent"]);
    });
}

#[test]
fn what_is_refused_for_now_is_tried_again_and_waits_grow() {
    on_each_engine(|server| {
        with_one_notice(server);
        let postman = Postman::start(&["451 busy", "rcpt 450 greylisted"]);
        let mailer = mailer(&postman.url());
        assert_eq!(sends(server, &mailer), 0);
        server.clock.advance(Duration::minutes(1));
        assert_eq!(sends(server, &mailer), 0);
        server.clock.advance(Duration::minutes(1));
        assert_eq!(sends(server, &mailer), 0, "the second wait is longer");
        server.clock.advance(Duration::minutes(1));
        assert_eq!(sends(server, &mailer), 1);
        assert_eq!(state(server), ["3 sent"]);
        assert_eq!(postman.finish().len(), 3);
    });
}

#[test]
fn what_is_refused_for_good_is_given_up() {
    for answer in ["550 no such person", "rcpt 550 no such person"] {
        on_each_engine(|server| {
            with_one_notice(server);
            let postman = Postman::start(&[answer]);
            let mailer = mailer(&postman.url());
            assert_eq!(sends(server, &mailer), 0);
            assert_eq!(state(server), ["1 given up"]);
            server.clock.advance(Duration::days(1));
            assert_eq!(sends(server, &mailer), 0);
            assert_eq!(postman.finish().len(), 1, "{answer}");
        });
    }
}

#[test]
fn after_the_last_try_it_is_given_up() {
    on_each_engine(|server| {
        with_one_notice(server);
        let port = Postman::start(&[]).port;
        let mailer = mailer(&format!("smtp://127.0.0.1:{port}"));
        for tried in 1..14 {
            assert_eq!(sends(server, &mailer), 0);
            assert_eq!(state(server), [format!("{tried} due")]);
            server.clock.advance(Duration::minutes(1 << (tried - 1)).min(Duration::hours(6)));
        }
        assert_eq!(sends(server, &mailer), 0);
        assert_eq!(state(server), ["14 given up"]);
    });
}

#[test]
fn a_wrong_password_loses_no_notice() {
    on_each_engine(|server| {
        with_one_notice(server);
        let postman = Postman::start(&["--user", "spaceiq:right"]);
        let with = |password: &str| mailer(&format!("smtp://spaceiq:{password}@127.0.0.1:{}", postman.port));
        let greeted = server.block_on(with("wrong").greet()).expect_err("refused");
        assert!(!greeted.contains("wrong") && !greeted.contains("d3Jvbmc"), "{greeted}");
        assert_eq!(server.block_on(with("right").greet()), Ok(()));
        assert_eq!(sends(server, &with("wrong")), 0);
        assert_eq!(sends(server, &mailer(&postman.url())), 0, "without any it is not due yet");
        server.clock.advance(Duration::minutes(1));
        assert_eq!(sends(server, &mailer(&postman.url())), 0);
        assert_eq!(state(server), ["2 due"]);
        server.clock.advance(Duration::minutes(2));
        assert_eq!(sends(server, &with("right")), 1);
    });
}

#[test]
fn nothing_is_said_where_tls_is_wanted_and_not_offered() {
    on_each_engine(|server| {
        with_one_notice(server);
        let postman = Postman::start(&[]);
        for security in [Security::StartTls, Security::Tls] {
            let smtp = Smtp::new(Some(&postman.url()), Some("spaceiq@console.test"), None)
                .expect("valid")
                .expect("an address");
            let mailer = Mailer::new(&Smtp { security, ..smtp }, "https://console.test").expect("prepared");
            assert_eq!(sends(server, &mailer), 0);
            server.clock.advance(Duration::minutes(5));
        }
        assert_eq!(postman.finish().len(), 0);
        assert_eq!(state(server), ["2 due"]);
    });
}

#[test]
fn admins_are_told_of_a_certificate_that_ends_once_for_each_of_the_days() {
    on_each_engine(|server| {
        let admin = server.tenant("Acme").account("ada@acme.test", Role::Admin);
        let fields =
            [("issuer", ISSUER), ("certificate", CERTIFICATE), ("match_by", "user_name"), ("allow_unsolicited", "yes")];
        admin.submit(&format!("{AZURE}/sso"), &fields);
        let told = || {
            server.block_on(expiry::tell(&server.store)).expect("told");
            let sql = "SELECT e.actor || ' ' || e.subject FROM notices n JOIN audit_events e
                ON e.tenant_id = n.tenant_id AND e.seq = n.seq WHERE e.action = 'sso.certificate_ends'";
            server.rows(sql).len()
        };
        assert_eq!(told(), 0);
        // It ends on 21 November 2036.
        server.clock.advance(time::macros::datetime!(2036-10-01 09:00 UTC) - server.store.now());
        assert_eq!((told(), told()), (1, 1), "within 60 days");
        server.clock.advance(Duration::days(25));
        assert_eq!((told(), told()), (2, 2), "within 30 days");
        server.clock.advance(Duration::days(23));
        assert_eq!((told(), told()), (3, 3), "within 7 days");
    });
}
