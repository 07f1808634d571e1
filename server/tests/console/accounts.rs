//! `/settings/accounts` and `/invitation`.

use store::accounts::Role;
use time::Duration;

use crate::support::browser::{Browser, PASSWORD, plain, value_of};
use crate::support::{Tenant, on_each_engine};

const ACCOUNTS: &str = "/settings/accounts";
const NEW: &str = "new@acme.test";
const OWN_WORDS: &str = "purple tin over hills";

/// Invites someone: the link's path.
#[track_caller]
fn invite(admin: &Browser, email: &str, role: &str) -> String {
    let key = value_of(&admin.page(ACCOUNTS), "request_key");
    let answer = admin.post(ACCOUNTS, &[("request_key", &key), ("email", email), ("role", role)]);
    assert_eq!(answer.status, 200, "{}", answer.text);
    link(&plain(&answer.text))
}

fn link(html: &str) -> String {
    let start = html.find("https://console.test/invitation?code=").expect("a link");
    html[start + "https://console.test".len()..].split('"').next().expect("a closed value").to_owned()
}

fn code(link: &str) -> &str {
    link.split_once("code=").expect("a code").1
}

/// The address of an account's forms.
fn of(acme: &Tenant, email: &str) -> String {
    let all = acme.server().read(async |conn| store::accounts::list(conn, &acme.id).await);
    let account = all.into_iter().find(|account| account.email == email).expect("the account");
    format!("{ACCOUNTS}/{}", account.id)
}

#[test]
fn an_invitation_becomes_an_account_once() {
    on_each_engine(|server| {
        let acme = server.tenant("Acme");
        let admin = acme.admin();
        let link = invite(&admin, NEW, "it");
        let list = admin.page(ACCOUNTS);
        assert!(list.contains(NEW) && list.contains("Pending") && !list.contains(code(&link)), "shown once: {list}");
        let guest = server.browser();
        let page = guest.page(&link);
        assert!(page.contains("Acme") && page.contains(NEW) && page.contains("IT"), "{page}");
        for (weak, why) in [("short", "8 characters"), ("Password123!", "tried first"), ("new@acme.test", "e-mail")] {
            let refused = guest.post("/invitation", &[("code", code(&link)), ("password", weak)]);
            let page = plain(&refused.text);
            assert!(refused.status == 422 && page.contains(why) && page.contains("password-error"), "{weak}: {page}");
        }
        let fields = [("code", code(&link)), ("password", OWN_WORDS)];
        let page = guest.submit("/invitation", &fields);
        assert!(page.contains(NEW) && page.contains("Your account is ready"), "signed in: {page}");
        assert_eq!(guest.get("/settings/integrations/provisioning-sso").status, 200, "with the role");
        assert_eq!(server.browser().get(&link).status, 410);
        assert_eq!(server.browser().post("/invitation", &fields).status, 410, "a link works once");
        assert!(!admin.page(ACCOUNTS).contains("Pending"));
    });
}

#[test]
fn a_form_sent_twice_makes_one_link() {
    on_each_engine(|server| {
        let admin = server.tenant("Acme").admin();
        let key = value_of(&admin.page(ACCOUNTS), "request_key");
        let fields = [("request_key", key.as_str()), ("email", NEW), ("role", "viewer")];
        let first = link(&plain(&admin.post(ACCOUNTS, &fields).text));
        let second = admin.post(ACCOUNTS, &fields);
        assert!(second.status == 409 && !second.text.contains("invitation?code="), "{}", second.text);
        assert_eq!(server.browser().get(&first).status, 200, "the first link still works");
    });
}

#[test]
fn links_are_renewed_withdrawn_and_expire() {
    on_each_engine(|server| {
        let acme = server.tenant("Acme");
        let admin = acme.admin();
        let first = invite(&admin, NEW, "viewer");
        let invitation = server.read(async |conn| store::invitations::list(conn, &acme.id).await).remove(0);
        let one = |verb: &str| format!("{ACCOUNTS}/invitations/{}/{verb}", invitation.id);
        let fields = |seen: &str, key: &str| [("seen", seen.to_owned()), ("request_key", key.to_owned())];
        let post = |verb: &str, seen: &str, key: &str| {
            let fields = fields(seen, key);
            let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
            admin.post(&one(verb), &[&fields[..], &[("email", NEW)]].concat())
        };
        let renewed = post("renew", &invitation.request_key, "second");
        let second = link(&plain(&renewed.text));
        assert_eq!((server.browser().get(&first).status, server.browser().get(&second).status), (410, 200));
        for verb in ["renew", "withdraw"] {
            let stale = post(verb, &invitation.request_key, "third");
            let page = plain(&stale.text);
            assert!(stale.status == 409 && page.contains("made a new link on 23 Nov 2026"), "{verb}: {page}");
        }
        assert_eq!(server.browser().get(&second).status, 200, "a stale page changes nothing");
        server.clock.advance(Duration::hours(72));
        assert_eq!(server.browser().get(&second).status, 410);
        let admin = server.signed_in(&format!("admin@{}.test", acme.id));
        assert!(admin.page(ACCOUNTS).contains("Expired"));
        let page = admin.submit(&one("withdraw"), &[("seen", "second")]);
        assert!(page.contains("withdrawn") && !page.contains("Expired"), "{page}");
    });
}

#[test]
fn the_form_says_what_is_wrong_and_keeps_what_was_typed() {
    on_each_engine(|server| {
        let acme = server.tenant("Acme");
        let admin = acme.admin();
        acme.account("taken@acme.test", Role::Viewer);
        invite(&admin, NEW, "viewer");
        for (email, role, why) in [
            ("nonsense <b>", "it", "Enter an e-mail address"),
            ("x@y.test", "root", "Choose one of the roles"),
            ("TAKEN@acme.test", "it", "There is an account with this address"),
            (NEW, "it", "invited already"),
        ] {
            let key = value_of(&admin.page(ACCOUNTS), "request_key");
            let answer = admin.post(ACCOUNTS, &[("request_key", &key), ("email", email), ("role", role)]);
            let page = plain(&answer.text);
            assert!(answer.status == 422 && page.contains(why), "{email}: {page}");
            let typed = email.replace('<', "&lt;").replace('>', "&gt;");
            assert!(page.contains(&format!("value=\"{typed}\"")), "{email}: {page}");
        }
    });
}

#[test]
fn roles_change_and_accounts_are_disabled_and_enabled() {
    on_each_engine(|server| {
        let acme = server.tenant("Acme");
        let admin = acme.admin();
        let bo = acme.account("bo@acme.test", Role::Viewer);
        let one = of(&acme, "bo@acme.test");
        let change = |verb: &str, seen: &str, role: &str| {
            admin.submit(&format!("{one}/{verb}"), &[("seen", seen), ("role", role)])
        };
        assert_eq!(bo.get("/settings/integrations/provisioning-sso").status, 403);
        assert!(change("role", "viewer enabled", "it").contains("bo@acme.test has the role IT now."));
        assert_eq!(bo.get("/settings/integrations/provisioning-sso").status, 200, "from the next click on");
        assert!(
            change("role", "viewer enabled", "it").contains("has the role IT now"),
            "a second click is no conflict"
        );
        change("disable", "it enabled", "");
        assert_eq!(bo.get("/employees").status, 303, "out at once");
        assert_eq!(bo.post("/login", &[("email", "bo@acme.test"), ("password", PASSWORD)]).status, 422);
        assert!(change("enable", "it disabled", "").contains("can sign in again"));
        server.signed_in("bo@acme.test");
    });
}

#[test]
fn an_old_page_changes_nothing_and_says_who_was_faster() {
    on_each_engine(|server| {
        let acme = server.tenant("Acme");
        let admin = acme.admin();
        let faster = acme.account("faster@acme.test", Role::Admin);
        acme.account("bo@acme.test", Role::Viewer);
        let one = of(&acme, "bo@acme.test");
        faster.submit(&format!("{one}/role"), &[("seen", "viewer enabled"), ("role", "power")]);
        for verb in ["role", "disable"] {
            let stale = admin.post(&format!("{one}/{verb}"), &[("seen", "viewer enabled"), ("role", "it")]);
            let page = plain(&stale.text);
            assert_eq!(stale.status, 409, "{page}");
            assert!(
                page.contains("faster@acme.test gave the account the role Power on 23 Nov 2026, 09:00 UTC."),
                "{page}"
            );
            assert!(page.contains("value=\"power enabled\""), "the form knows how it stands now: {page}");
        }
        faster.submit(&format!("{one}/disable"), &[("seen", "power enabled")]);
        let stale = admin.post(&format!("{one}/role"), &[("seen", "power enabled"), ("role", "it")]);
        assert!(plain(&stale.text).contains("faster@acme.test disabled the account on"), "{}", stale.text);
    });
}

#[test]
fn the_last_admin_stays() {
    on_each_engine(|server| {
        let acme = server.tenant("Acme");
        let admin = acme.account("ada@acme.test", Role::Admin);
        acme.account("it@acme.test", Role::It);
        let one = of(&acme, "ada@acme.test");
        for (verb, role) in [("role", "power"), ("disable", "")] {
            let refused = admin.post(&format!("{one}/{verb}"), &[("seen", "admin enabled"), ("role", role)]);
            assert!(refused.status == 409 && refused.text.contains("last admin"), "{}", refused.text);
        }
        acme.account("second@acme.test", Role::Admin);
        let page = admin.submit(&format!("{one}/role"), &[("seen", "admin enabled"), ("role", "viewer")]);
        assert!(page.contains("ada@acme.test has the role Viewer now."), "{page}");
        assert_eq!(admin.get(ACCOUNTS).status, 403);
    });
}

#[test]
fn power_never_reaches_beyond_itself() {
    on_each_engine(|server| {
        let acme = server.tenant("Acme");
        let admin = acme.admin();
        let power = acme.account("power@acme.test", Role::Power);
        acme.account("it@acme.test", Role::It);
        acme.account("viewer@acme.test", Role::Viewer);
        let page = power.page(ACCOUNTS);
        assert!(page.contains("it@acme.test") && page.contains("viewer@acme.test"), "sees everybody: {page}");
        assert!(
            !page.contains("value=\"admin\"") && !page.contains("value=\"it\""),
            "offers no more than it has: {page}"
        );
        let key = value_of(&page, "request_key");
        for role in ["admin", "it"] {
            let invited = power.post(ACCOUNTS, &[("request_key", &key), ("email", NEW), ("role", role)]);
            assert!(invited.status == 422 && !invited.text.contains("invitation?code="), "{}", invited.text);
            for email in ["power@acme.test", "viewer@acme.test"] {
                let seen = if email.starts_with("power") { "power enabled" } else { "viewer enabled" };
                let raised = power.post(&format!("{}/role", of(&acme, email)), &[("seen", seen), ("role", role)]);
                assert_eq!(raised.status, 403, "{email} {role}");
            }
        }
        let admins = format!("admin@{}.test", acme.id);
        for (email, seen) in [("it@acme.test", "it enabled"), (admins.as_str(), "admin enabled")] {
            let one = of(&acme, email);
            for verb in ["role", "disable", "enable"] {
                assert_eq!(power.get(&format!("{one}/{verb}")).status, 403, "{email} {verb}");
                let fields = [("seen", seen), ("role", "viewer")];
                assert_eq!(power.post(&format!("{one}/{verb}"), &fields).status, 403, "{email} {verb}");
            }
            assert!(!page.contains(&format!("{one}/role")), "no button that leads nowhere");
        }
        invite(&admin, "boss@acme.test", "admin");
        let invitation = server.read(async |conn| store::invitations::list(conn, &acme.id).await).remove(0);
        for verb in ["renew", "withdraw"] {
            let fields = [("seen", invitation.request_key.as_str()), ("request_key", "k")];
            let answer = power.post(&format!("{ACCOUNTS}/invitations/{}/{verb}", invitation.id), &fields);
            assert!(answer.status == 403 && !answer.text.contains("invitation?code="), "{verb}: {}", answer.text);
        }
        invite(&power, NEW, "power");
        let one = of(&acme, "viewer@acme.test");
        power.submit(&format!("{one}/role"), &[("seen", "viewer enabled"), ("role", "power")]);
        power.submit(&format!("{one}/disable"), &[("seen", "power enabled")]);
    });
}
