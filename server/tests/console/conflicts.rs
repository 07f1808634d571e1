//! Stale tabs, double clicks and two admins at once: no second token, no change that is lost, and a word about who was
//! faster.

use regex::Regex;
use store::accounts::Role;
use time::Duration;

use super::{AZURE, activate, generate};
use crate::support::browser::{Browser, plain, value_of};
use crate::support::{Tenant, TestServer, on_each_engine};

const WHEN: &str = "on 23 Nov 2026, 09:00 UTC.";

fn two_admins(server: &TestServer) -> (Tenant<'_>, Browser, Browser) {
    let acme = server.tenant("Acme");
    let (ada, bo) = (acme.account("ada@acme.test", Role::Admin), acme.account("bo@acme.test", Role::It));
    (acme, ada, bo)
}

#[track_caller]
fn refused(browser: &Browser, path: &str, fields: &[(&str, &str)], words: &str) {
    let answer = browser.post(path, fields);
    let page = plain(&answer.text);
    assert_eq!(answer.status, 409, "{path}: {page}");
    assert!(page.contains(words), "{path}: {page}");
    let token = Regex::new("siq_scim_[0-9A-Za-z]{43}_").expect("an expression");
    assert!(!token.is_match(&page), "no token: {page}");
}

#[test]
fn of_two_rotations_the_second_hears_of_the_first() {
    on_each_engine(|server| {
        let (acme, ada, bo) = two_admins(server);
        let rotate = format!("{AZURE}/tokens/{}/rotate", acme.token_id);
        let keys = [value_of(&ada.page(&rotate), "request_key"), value_of(&bo.page(&rotate), "request_key")];
        assert_eq!(ada.post(&rotate, &[("request_key", &keys[0]), ("overlap", "24h")]).status, 200);
        refused(
            &bo,
            &rotate,
            &[("request_key", &keys[1]), ("overlap", "0")],
            &format!("ada@acme.test rotated it {WHEN}"),
        );
        refused(&ada, &rotate, &[("request_key", &keys[0]), ("overlap", "24h")], "ada@acme.test rotated it");
        assert_eq!(acme.scim().get("/Users").status, 200, "the overlap that was chosen first holds");
    });
}

#[test]
fn a_form_from_before_two_tokens_worked_makes_no_third() {
    on_each_engine(|server| {
        let (_, ada, bo) = two_admins(server);
        let key = value_of(&bo.page(AZURE), "request_key");
        activate(&ada);
        refused(&bo, AZURE, &[("request_key", &key)], "Two tokens work already");
    });
}

#[test]
fn a_form_sent_again_does_not_bring_a_withdrawn_invitation_back() {
    on_each_engine(|server| {
        let (acme, ada, bo) = two_admins(server);
        let admin = acme.admin();
        let key = value_of(&ada.page("/settings/accounts"), "request_key");
        let fields = [("request_key", key.as_str()), ("email", "new@acme.test"), ("role", "viewer")];
        assert_eq!(ada.post("/settings/accounts", &fields).status, 200);
        let invitation = server.read(async |conn| store::invitations::list(conn, &acme.id).await).remove(0);
        let withdraw = format!("/settings/accounts/invitations/{}/withdraw", invitation.id);
        assert_eq!(bo.post(&withdraw, &[("seen", &invitation.request_key)]).status, 403, "IT manages no accounts");
        admin.submit(&withdraw, &[("seen", &invitation.request_key)]);
        let again = ada.post("/settings/accounts", &fields);
        assert_eq!(again.status, 409, "{}", plain(&again.text));
        assert!(server.read(async |conn| store::invitations::list(conn, &acme.id).await).is_empty());
    });
}

#[test]
fn a_token_that_was_ended_is_not_rotated_nor_ended_again() {
    on_each_engine(|server| {
        let (acme, ada, bo) = two_admins(server);
        let token = format!("{AZURE}/tokens/{}", acme.token_id);
        let key = value_of(&bo.page(&format!("{token}/rotate")), "request_key");
        let letters = [("confirmation", &acme.token[acme.token.len() - 4..])];
        ada.submit(&format!("{token}/revoke"), &letters);
        let fields = [("request_key", key.as_str()), ("overlap", "24h")];
        refused(&bo, &format!("{token}/rotate"), &fields, &format!("ada@acme.test ended it {WHEN}"));
        server.clock.advance(Duration::minutes(1));
        let page = bo.submit(&format!("{token}/revoke"), &letters);
        assert!(page.contains(&format!("It was ended before: ada@acme.test ended it {WHEN}")), "{page}");
    });
}

#[test]
fn an_old_discard_does_not_end_a_token_that_works() {
    on_each_engine(|server| {
        let (acme, ada, bo) = two_admins(server);
        acme.revoke(&acme.token_id);
        let (token, id) = generate(&ada);
        bo.submit(&format!("{AZURE}/activate"), &[("token_id", &id)]);
        let words = format!("bo@acme.test activated it {WHEN}");
        refused(&ada, &format!("{AZURE}/discard"), &[("token_id", &id)], &words);
        assert_eq!(acme.scim_with(&token).get("/Users").status, 200);
    });
}

#[test]
fn a_discarded_token_says_who_discarded_it() {
    on_each_engine(|server| {
        let (acme, ada, bo) = two_admins(server);
        acme.revoke(&acme.token_id);
        let (_, id) = generate(&ada);
        bo.submit(&format!("{AZURE}/discard"), &[("token_id", &id)]);
        refused(&ada, &format!("{AZURE}/activate"), &[("token_id", &id)], &format!("bo@acme.test discarded it {WHEN}"));
    });
}

#[test]
fn an_integration_is_deleted_once_and_only_the_one_that_was_meant() {
    on_each_engine(|server| {
        let (acme, ada, bo) = two_admins(server);
        let delete = format!("{AZURE}/delete");
        let seen = value_of(&bo.page(&delete), "seen");
        let fields = [("employees", "keep"), ("seen", seen.as_str())];
        ada.submit(&delete, &fields);
        refused(&bo, &delete, &fields, &format!("ada@acme.test deleted it {WHEN}"));
        server.clock.advance(Duration::minutes(1));
        let token = activate(&ada);
        refused(&bo, &delete, &fields, "ada@acme.test deleted it");
        assert_eq!(
            acme.scim_with(&token).get("/Users").status,
            200,
            "the new integration is not the one that was meant"
        );
        let acts = server.read(async |conn| store::audit::latest(conn, &acme.id, 50).await);
        assert_eq!(acts.iter().filter(|act| act.1 == "integration.delete").count(), 1, "{acts:?}");
    });
}

#[test]
fn attributes_say_who_added_and_removed_them() {
    on_each_engine(|server| {
        let (acme, ada, bo) = two_admins(server);
        let fields = |name| [("attribute_name", name), ("attribute_label", "Badge"), ("attribute_type", "string")];
        ada.submit(&format!("{AZURE}/attributes"), &fields("Badge"));
        let late = bo.post(&format!("{AZURE}/attributes"), &fields("badge"));
        let page = plain(&late.text);
        assert!(late.status == 422 && page.contains(&format!("ada@acme.test added it {WHEN}")), "{page}");
        ada.submit(&format!("{AZURE}/attributes/remove"), &[("name", "Badge")]);
        let words = format!("there is no attribute Badge any more. ada@acme.test removed it {WHEN}");
        refused(&bo, &format!("{AZURE}/attributes/remove"), &[("name", "Badge")], &words);
        let acts = server.read(async |conn| store::audit::latest(conn, &acme.id, 50).await);
        assert_eq!(acts.iter().filter(|act| act.1 == "attribute.remove").count(), 1, "{acts:?}");
    });
}
