//! The page that lists notices.

use store::accounts::Role;

use crate::support::authenticator::Authenticator;
use crate::support::browser::{Browser, PASSWORD, plain, value_of};
use crate::support::on_each_engine;

const PAGE: &str = "/settings/notices";
const FACTOR: &str = "/settings/profile/second-factor";

/// Signs in with a browser of this name, from an address.
fn signs_in(browser: &Browser, email: &str, (agent, address): (&str, &str)) {
    let body = serde_urlencoded::to_string([("email", email), ("password", PASSWORD)]).expect("encodable");
    let headers = [
        ("content-type", "application/x-www-form-urlencoded"),
        ("sec-fetch-site", "same-origin"),
        ("user-agent", agent),
        ("x-forwarded-for", address),
    ];
    assert_eq!(browser.send("POST", "/login", &headers, Some(body.as_bytes())).status, 303);
}

#[test]
fn a_sign_in_from_a_new_place_is_shown_until_it_is_read() {
    on_each_engine(|server| {
        let acme = server.tenant("Acme");
        let ada = acme.account("ada@acme.test", Role::Viewer);
        let ben = acme.account("ben@acme.test", Role::Admin);
        assert!(ada.page(PAGE).contains("Nothing so far"), "the first sign-in is no news");
        let firefox = ("Mozilla/5.0 (Windows NT 10.0; rv:150.0) Gecko/20100101 Firefox/150.0", "203.0.113.7");
        signs_in(&server.browser(), "ada@acme.test", firefox);
        signs_in(&server.browser(), "ada@acme.test", firefox);
        let page = ada.page(PAGE);
        assert_eq!(page.matches("signed in to from a new place").count(), 1, "{page}");
        assert!(page.contains("203.0.113.7, Firefox on Windows") && page.contains("Notices (1 new)"), "{page}");
        assert!(page.contains("change your password"), "{page}");
        let newest = value_of(&page, "newest");
        signs_in(&server.browser(), "ada@acme.test", ("curl/8.5.0", "203.0.113.8"));
        let page = ada.submit(PAGE, &[("newest", &newest)]);
        assert!(
            page.contains("Notices (1 new)") && page.matches(">New<").count() == 1,
            "what came since is new: {page}"
        );
        assert!(ben.page(PAGE).contains("Nothing so far"), "others are not told");
        assert_eq!(ada.post(PAGE, &[("newest", "all")]).status, 400);
    });
}

#[test]
fn changes_of_a_second_factor_are_told() {
    on_each_engine(|server| {
        let acme = server.tenant("Acme");
        let (ada, ben) = (acme.account("ada@acme.test", Role::Viewer), acme.account("ben@acme.test", Role::Admin));
        let app = Authenticator::scan(&ada.submit(&format!("{FACTOR}/begin"), &[]));
        assert_eq!(ada.post(FACTOR, &[("code", &app.code(server.store.now()))]).status, 200);
        assert!(ada.page(PAGE).contains("An authenticator app was set up for your account"));
        let seen = value_of(&ada.page(FACTOR), "seen");
        let html = plain(&ada.post(&format!("{FACTOR}/codes"), &[("seen", &seen)]).text);
        let codes = html.split_once("id=\"recovery-codes\"").expect("codes").1.split_once('>').expect("a list").1;
        let half = server.signed_in("ada@acme.test");
        half.post("/login/code", &[("code", &codes[..29])]);
        ada.submit(&format!("{FACTOR}/off"), &[]);
        let page = ada.page(PAGE);
        for told in [
            "The recovery codes of your account were renewed",
            "A recovery code of your account was used",
            "<dt>Codes left</dt><dd><bdi>9</bdi></dd>",
            "The authenticator app of your account was turned off",
        ] {
            assert!(page.contains(told), "{told}: {page}");
        }
        assert!(ben.page(PAGE).contains("Nothing so far"), "not an admin's business");
        ben.post("/settings/accounts/second-factor", &[("required", "yes")]);
        ben.submit(&format!("{FACTOR}/begin"), &[]);
        assert_eq!(server.rows("SELECT count(*) || '' FROM notices"), ["5"], "the admin is told that one is required");
    });
}

#[test]
fn hostile_names_are_shown_as_text() {
    on_each_engine(|server| {
        let acme = server.tenant("Acme");
        let ada = acme.account("ada@acme.test", Role::Viewer);
        let hostile = ("<script>alert(1)</script>\u{202e}", "203.0.113.7");
        signs_in(&server.browser(), "ada@acme.test", (&hostile.0.replace('\u{202e}', ""), hostile.1));
        let page = ada.page(PAGE);
        assert!(!page.contains("<script>alert") && page.contains("&lt;script&gt;alert"), "{page}");
    });
}
