//! Metadata is shown beside what is set up, and changes nothing until it is confirmed.

use super::{Company, FORM, TAB};
use crate::support::browser::{Browser, plain, value_of};
use crate::support::{Answer, on_each_engine};

const METADATA: &str = include_str!("../../src/sso/metadata/idp.xml");

/// Sends the form as browsers do that have a file to send.
fn send(browser: &Browser, fields: &[(&str, &str)]) -> Answer {
    let mut body = String::new();
    for (name, value) in fields {
        let file = if *name == "metadata_file" { "; filename=\"idp.xml\"" } else { "" };
        let head = format!("Content-Disposition: form-data; name=\"{name}\"{file}");
        body.extend(["--x\r\n", &head, "\r\n\r\n", value, "\r\n"]);
    }
    body += "--x--\r\n";
    let headers = [("content-type", "multipart/form-data; boundary=x"), ("sec-fetch-site", "same-origin")];
    browser.send("POST", &format!("{FORM}/metadata"), &headers, Some(body.as_bytes()))
}

#[test]
fn the_difference_is_shown_and_nothing_changes_before_it_is_confirmed() {
    on_each_engine(|server| {
        let acme = Company::new(server, "Acme");
        let before = acme.admin.page(TAB);
        for field in ["metadata", "metadata_file"] {
            let answer = send(&acme.admin, &[("metadata_url", ""), (field, METADATA)]);
            let page = plain(&answer.text);
            assert_eq!(answer.status, 200, "{page}");
            for shown in [
                "https://idp.test/metadata",
                "https://idp.test/redirect",
                "https://idp.test/sso?tenant=1",
                "94:DB:AB:6A",
            ] {
                assert!(page.contains(shown), "{shown} in {page}");
            }
            assert_eq!(page.matches("Changes").count(), 2, "the certificate is the same: {page}");
        }
        assert_eq!(value_of(&acme.admin.page(TAB), "issuer"), value_of(&before, "issuer"), "nothing has changed");
        acme.signed_in("_1");
        let page = send(&acme.admin, &[("metadata", METADATA)]).text;
        let names = [
            "issuer",
            "certificate",
            "next_certificate",
            "redirect_url",
            "portal_url",
            "match_by",
            "allow_unsolicited",
        ];
        let values = names.map(|name| (name, value_of(&page, name)));
        let fields: Vec<_> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
        acme.admin.submit(FORM, &fields);
        assert_eq!(value_of(&acme.admin.page(TAB), "issuer"), "https://idp.test/metadata");
        let same = send(&acme.admin, &[("metadata", METADATA)]);
        assert!(same.text.contains("Nothing would change"), "{}", same.text);
    });
}

#[test]
fn what_is_no_metadata_is_said_beside_what_was_entered() {
    on_each_engine(|server| {
        let admin = server.tenant("Acme").admin();
        for (field, value, words) in [
            ("metadata", "", "Paste the metadata"),
            ("metadata", "<x", "This is no metadata"),
            ("metadata", "<!DOCTYPE x><x/>", "document type"),
            ("metadata_url", "https://127.0.0.1/metadata", "private network"),
            ("metadata_url", "https://[::ffff:169.254.169.254]/", "private network"),
            ("metadata_url", "http://idp.test/metadata", "begins with https://"),
            ("metadata_url", "file:///etc/passwd", "begins with https://"),
        ] {
            let answer = send(&admin, &[(field, value)]);
            let page = plain(&answer.text);
            assert_eq!(answer.status, 422, "{field}={value}");
            assert!(page.contains(&format!("id=\"{field}-error\"")) && page.contains(words), "{field}={value}: {page}");
            assert!(page.contains(value.split('/').next_back().expect("text")), "what was entered is kept");
        }
        assert_eq!(send(&admin, &[("metadata", &"x".repeat(200_000))]).status, 400, "not even read");
        assert!(admin.page(TAB).contains("Sign-on is off"));
    });
}
