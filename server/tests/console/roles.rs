//! Who may do what: every route and method of the router, as everybody. The routes come from the router itself, so that
//! a new one has no way past this table.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use regex::Regex;
use serde_json::json;
use store::accounts::Role;
use store::{audit, invitations};

use super::{generate, value_of};
use crate::support::browser::Browser;
use crate::support::{Answer, Tenant, TestServer, id, on_each_engine};

/// Whom a route lets in.
#[derive(Clone, Copy, PartialEq)]
enum Access {
    /// Everybody; a stranger may see something else than those who are signed in.
    Everybody {
        stranger: u16,
    },
    SignedIn,
    Integrations,
    Accounts,
    Admins,
    Audit,
}

use Access::{Accounts, Admins, Audit, Everybody, Integrations, SignedIn};

impl Access {
    fn lets_in(self, role: Role) -> bool {
        match self {
            Everybody { .. } | SignedIn => true,
            Integrations => matches!(role, Role::Admin | Role::It),
            Accounts => matches!(role, Role::Admin | Role::Power),
            Admins => role == Role::Admin,
            Audit => role != Role::Viewer,
        }
    }
}

/// A route: its path, who is let in, the status of its page, and its form.
type Route = (&'static str, Access, Option<u16>, Option<Form>);

/// What someone sends who must not, and the status of an empty form for those who may: it is read, and nothing is done.
/// The last one is what an admin of another company meets, if the form or the path names something of this company.
type Form = (&'static [(&'static str, &'static str)], u16, Option<u16>);

const P: &str = "/settings/integrations/provisioning-sso/{provider}";

/// Names in braces stand for what the test has at hand. A path with `P` at its start begins with that.
#[rustfmt::skip]
const ROUTES: &[Route] = &[
    ("/healthz", Everybody { stranger: 200 }, Some(200), None),
    ("/token-report", Everybody { stranger: 202 }, None, Some((&[], 202, None))),
    ("/readyz", Everybody { stranger: 200 }, Some(200), None),
    ("/favicon.ico", Everybody { stranger: 200 }, Some(200), None),
    ("/assets/{name}", Everybody { stranger: 404 }, Some(404), None),
    ("/login", Everybody { stranger: 200 }, Some(303), Some((&[], 422, None))),
    ("/login/code/passkey", Everybody { stranger: 303 }, Some(303), Some((&[], 303, None))),
    ("/login/code", Everybody { stranger: 303 }, Some(303), Some((&[], 303, None))),
    ("/setup", Everybody { stranger: 410 }, Some(410), Some((&[], 410, None))),
    ("/invitation", Everybody { stranger: 410 }, Some(410), Some((&[], 410, None))),
    ("/saml/{instance}/login", Everybody { stranger: 404 }, Some(404), None),
    ("/saml/{instance}/metadata", Everybody { stranger: 404 }, Some(404), None),
    ("/saml/{instance}/callback", Everybody { stranger: 404 }, None, Some((&[], 404, None))),
    ("/my-record", Everybody { stranger: 401 }, Some(401), None),
    ("/my-record/sign-out", Everybody { stranger: 200 }, None, Some((&[], 200, None))),
    ("/theme", Everybody { stranger: 400 }, None, Some((&[], 400, None))),
    ("/", SignedIn, Some(303), None),
    ("/employees", SignedIn, Some(200), None),
    ("/employees/{employee}", SignedIn, Some(200), None),
    ("/employees/{employee}/scim.json", SignedIn, Some(200), None),
    ("/employees/deleted", Integrations, Some(200), None),
    ("/employees/deleted/{gone}", Integrations, Some(200), None),
    ("/employees/deleted/{gone}/restore", Integrations, Some(303), Some((&[("seen", "1")], 400, Some(404)))),
    ("/groups", SignedIn, Some(200), None),
    ("/groups/{group}", SignedIn, Some(200), None),
    ("/groups/{group}/scim.json", SignedIn, Some(200), None),
    ("/provisioning-log", SignedIn, Some(200), None),
    ("/provisioning-log/new", SignedIn, Some(200), None),
    ("/provisioning-log/{event}", SignedIn, Some(200), None),
    ("/provisioning-log/{event}/reveal", Integrations, Some(303), Some((&[], 200, Some(404)))),
    ("/provisioning-log/{event}/undo", Integrations, Some(200), Some((&[("seen", "delete")], 400, Some(404)))),
    ("/provisioning-log/export", Audit, Some(303), Some((&[("format", "csv")], 400, None))),
    ("/audit-log", Audit, Some(200), None),
    ("/settings", SignedIn, Some(200), None),
    ("/settings/integrations", SignedIn, Some(200), None),
    ("/settings/profile", SignedIn, Some(200), None),
    ("/settings/notices", SignedIn, Some(200), Some((&[], 400, None))),
    ("/settings/profile/password", SignedIn, Some(303), Some((&[], 422, None))),
    ("/settings/profile/sessions/end", SignedIn, Some(303), Some((&[], 400, None))),
    ("/settings/profile/sessions/end-others", SignedIn, Some(303), Some((&[], 303, None))),
    ("/settings/profile/second-factor", SignedIn, Some(200), Some((&[], 409, None))),
    ("/settings/profile/second-factor/begin", SignedIn, Some(303), Some((&[], 303, None))),
    ("/settings/profile/second-factor/passkeys", SignedIn, Some(303), Some((&[], 422, None))),
    ("/settings/profile/second-factor/passkeys/add", SignedIn, Some(303), Some((&[], 422, None))),
    ("/settings/profile/second-factor/passkeys/remove", SignedIn, Some(303), Some((&[], 303, None))),
    ("/settings/profile/second-factor/codes", SignedIn, Some(303), Some((&[], 400, None))),
    ("/settings/profile/second-factor/off", SignedIn, Some(303), Some((&[], 303, None))),
    ("/settings/integrations/{category}", Integrations, Some(200), None),
    ("P", Integrations, Some(200), Some((&[("request_key", "by hand")], 400, None))),
    // No brake was pulled.
    ("P/brake", Integrations, Some(404), Some((&[("decision", "restore")], 400, Some(404)))),
    ("P/delete", Integrations, Some(200), Some((&[("employees", "deactivate")], 400, None))),
    ("P/test", Integrations, Some(303), Some((&[], 200, None))),
    // Nothing has run yet.
    ("P/rehearsal/report", Integrations, Some(404), None),
    ("P/rehearsal", Integrations, Some(200), Some((&[], 303, None))),
    ("P/check/report", Integrations, Some(404), None),
    ("P/check", Integrations, Some(200), Some((&[], 303, None))),
    ("P/activate", Integrations, Some(303), Some((&[("token_id", "{pending}")], 404, Some(404)))),
    ("P/discard", Integrations, Some(303), Some((&[("token_id", "{pending}")], 404, Some(404)))),
    ("P/attributes", Integrations, Some(303),
        Some((&[("attribute_name", "badge"), ("attribute_label", "x"), ("attribute_type", "string")], 422, None))),
    ("P/attributes/remove", Integrations, Some(303), Some((&[("name", "kept")], 409, None))),
    ("P/sso", Integrations, Some(303), Some((&[("issuer", "https://evil.test"), ("match_by", "email")], 422, None))),
    ("P/sso/metadata", Integrations, Some(303), Some((&[("metadata", "<x/>")], 400, None))),
    ("P/sso/people", Integrations, Some(200), None),
    ("P/sso/test", Integrations, Some(303), None),
    ("P/sso/required", Integrations, Some(303), Some((&[("break_glass", "x")], 422, None))),
    ("P/sso/optional", Integrations, Some(303), Some((&[], 303, None))),
    ("P/sso/disable", Integrations, Some(303), Some((&[], 303, None))),
    ("P/tokens", Integrations, Some(200), None),
    ("P/health", Integrations, Some(200), None),
    ("P/tokens/{token}/rotate", Integrations, Some(200),
        Some((&[("request_key", "by hand"), ("overlap", "0")], 400, Some(404)))),
    ("P/tokens/{token}/revoke", Integrations, Some(200), Some((&[("confirmation", "{last four}")], 422, Some(404)))),
    ("/settings/accounts", Accounts, Some(200),
        Some((&[("request_key", "by hand"), ("email", "x@y.test"), ("role", "admin")], 400, None))),
    ("/settings/accounts/{account}/role", Accounts, Some(200),
        Some((&[("seen", "viewer enabled"), ("role", "admin")], 400, Some(404)))),
    ("/settings/accounts/{account}/link", Accounts, Some(200), Some((&[("employee", "nobody")], 422, Some(404)))),
    ("/settings/accounts/{account}/unlink", Accounts, Some(303), Some((&[], 303, Some(404)))),
    ("/settings/accounts/{account}/disable", Accounts, Some(200), Some((&[("seen", "viewer enabled")], 400, Some(404)))),
    ("/settings/accounts/{account}/enable", Accounts, Some(200), Some((&[("seen", "viewer disabled")], 400, Some(404)))),
    ("/settings/accounts/{account}/second-factor", Accounts, Some(200), Some((&[], 303, Some(404)))),
    ("/settings/accounts/second-factor", Admins, Some(303), Some((&[("required", "yes")], 400, None))),
    ("/settings/accounts/invitations/{invitation}/renew", Accounts, Some(303),
        Some((&[("request_key", "by hand"), ("seen", "{seen}")], 400, Some(409)))),
    ("/settings/accounts/invitations/{invitation}/withdraw", Accounts, Some(303),
        Some((&[("seen", "{seen}")], 409, Some(409)))),
    // The last one: it ends the session.
    ("/logout", Everybody { stranger: 303 }, None, Some((&[], 303, None))),
];

/// What axum calls the route of what has none.
const FALLBACK: &str = "axum_fallback";

/// Pages that belong to one company.
const OWN_PAGES: [&str; 12] = [
    "/employees/deleted/{",
    "/undo",
    "/employees/{",
    "/groups/{",
    "/{event}",
    "/rotate",
    "/revoke",
    "/role",
    "}/disable",
    "}/second-factor",
    "/enable",
    "/link",
];

#[test]
fn everybody_at_every_route() {
    on_each_engine(|server| {
        let world = World::new(server);
        assert_eq!(
            console_routes(),
            router_routes(server, |path| !path.starts_with("/scim") && !path.contains(FALLBACK))
        );
        for route in ROUTES {
            world.check(route);
        }
        assert_eq!(world.wrong.take(), Vec::<String>::new());
    });
}

#[test]
fn no_session_opens_the_endpoint() {
    on_each_engine(|server| {
        let admin = server.tenant("Acme").admin();
        let routes = router_routes(server, |path| path.starts_with("/scim"));
        assert!(routes.len() > 30, "{routes:?}");
        for path in routes.keys() {
            for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
                let status = admin.send(method, path, &[("sec-fetch-site", "same-origin")], Some(b"")).status;
                assert_eq!(status, 401, "{method} {path}");
            }
        }
    });
}

/// The table's paths with their methods.
fn console_routes() -> BTreeMap<String, BTreeSet<String>> {
    let route = |(path, _, page, form): &Route| {
        let methods = [page.map(|_| "GET"), page.map(|_| "HEAD"), form.map(|_| "POST")];
        (generic(path), methods.into_iter().flatten().map(str::to_owned).collect())
    };
    ROUTES.iter().map(route).collect()
}

/// A path without the names of what stands in it.
fn generic(path: &str) -> String {
    let path = path.strip_prefix('P').map_or_else(|| path.to_owned(), |rest| format!("{P}{rest}"));
    Regex::new(r"\{\w+\}").expect("an expression").replace_all(&path, "{}").into_owned()
}

/// The router's paths with their methods, as it prints them.
pub(crate) fn router_routes(server: &TestServer, wanted: impl Fn(&str) -> bool) -> BTreeMap<String, BTreeSet<String>> {
    let find = |expression: &str| -> BTreeMap<String, String> {
        let expression = Regex::new(expression).expect("an expression");
        let found = expression.captures_iter(&server.routes);
        found.map(|found| (found[1].to_owned(), found.get(2).map_or("", |found| found.as_str()).to_owned())).collect()
    };
    let paths = find(r#"RouteId\((\d+)\): "([^"]*)""#);
    let allowed = find(r#"RouteId\((\d+)\): MethodRouter\(.*?allow_header: (?:Bytes\(b"([A-Z,]*)"\)|(?:Skip|None))"#);
    assert!(paths.len() > 50 && paths.keys().eq(allowed.keys()), "the router prints itself in another way");
    let methods = |id: &String| allowed[id].split(',').filter(|method| !method.is_empty()).map(str::to_owned).collect();
    paths.iter().filter(|(_, path)| wanted(path)).map(|(id, path)| (generic(path), methods(id))).collect()
}

/// A company in which there is something of everything, everybody in it, and an admin of another company.
struct World<'s> {
    server: &'s TestServer,
    acme: Tenant<'s>,
    members: Vec<(Role, Browser)>,
    elsewhere: Browser,
    names: Vec<(&'static str, String)>,
    /// What was otherwise than the table has it.
    wrong: RefCell<Vec<String>>,
}

impl<'s> World<'s> {
    fn new(server: &'s TestServer) -> Self {
        let acme = server.tenant("Acme");
        let user = acme.scim().post("/Users", json!({"userName": "ada"})).expect(201);
        let gone = acme.scim().post("/Users", json!({"userName": "gone"})).expect(201);
        acme.scim().delete(&format!("/Users/{}", id(&gone))).expect(204);
        let group = acme.scim().post("/Groups", json!({"displayName": "Staff"})).expect(201);
        let members: Vec<_> = Role::ALL
            .into_iter()
            .map(|role| (role, acme.account(&format!("{}@acme.test", role.name()), role)))
            .collect();
        let admin = &members[0].1;
        let (_, pending) = generate(admin);
        admin.submit(
            "/settings/integrations/provisioning-sso/azure/attributes",
            &[("attribute_name", "kept"), ("attribute_label", "x"), ("attribute_type", "string")],
        );
        let key = value_of(&admin.page("/settings/accounts"), "request_key");
        let fields = [("request_key", key.as_str()), ("email", "new@acme.test"), ("role", "viewer")];
        assert_eq!(admin.post("/settings/accounts", &fields).status, 200);
        let invitation = server.read(async |conn| invitations::list(conn, &acme.id).await).remove(0);
        let accounts = server.read(async |conn| store::accounts::list(conn, &acme.id).await);
        let viewer = accounts.into_iter().find(|account| account.role == Role::Viewer).expect("the viewer");
        let event =
            server.read(async |conn| store::events::of_resource(conn, &acme.id, id(&user), 1).await).remove(0).id;
        let names = vec![
            ("{provider}", "azure".to_owned()),
            ("{category}", "provisioning-sso".to_owned()),
            ("{name}", "none.css".to_owned()),
            ("{employee}", id(&user).to_owned()),
            ("{gone}", id(&gone).to_owned()),
            ("{group}", id(&group).to_owned()),
            ("{event}", event),
            ("{token}", acme.token_id.to_string()),
            ("{last four}", acme.token[acme.token.len() - 4..].to_owned()),
            ("{pending}", pending),
            ("{account}", viewer.id.to_string()),
            ("{invitation}", invitation.id.to_string()),
            ("{seen}", invitation.request_key),
        ];
        let elsewhere = server.tenant("Elsewhere");
        elsewhere.scim().post("/Users", json!({"userName": "theirs"})).expect(201);
        let elsewhere = elsewhere.admin();
        Self { server, acme, members, elsewhere, names, wrong: RefCell::default() }
    }

    fn filled(&self, text: &str) -> String {
        let text = text.strip_prefix('P').map_or_else(|| text.to_owned(), |rest| format!("{P}{rest}"));
        self.names.iter().fold(text, |text, (name, value)| text.replace(name, value))
    }

    /// How much was done in the company: every change leaves a record.
    fn acts(&self) -> usize {
        self.server.read(async |conn| audit::latest(conn, &self.acme.id, 1000).await).len()
    }

    fn expect(&self, answer: &Answer, status: u16, what: &str) {
        if answer.status != status {
            self.wrong.borrow_mut().push(format!("{what}: {} instead of {status}", answer.status));
        }
    }

    fn expect_sign_in(&self, answer: &Answer, path: &str) {
        if answer.status != 303 || !answer.header("location").starts_with("/login") {
            self.wrong.borrow_mut().push(format!("{path}: a stranger is not led to sign in"));
        }
    }

    fn check(&self, (path, access, page, form): &Route) {
        let shown = self.filled(path);
        for method in ["PUT", "PATCH", "DELETE", "GET", "POST"] {
            let known = (method == "GET" && page.is_some()) || (method == "POST" && form.is_some());
            if !known {
                let answer = self.members[0].1.send(method, &shown, &[("sec-fetch-site", "same-origin")], Some(b""));
                self.expect(&answer, 405, &format!("{method} {path}"));
            }
        }
        if let Some(status) = page {
            self.check_page(path, *access, *status);
        }
        if let Some(form) = form {
            self.check_form(path, *access, form);
        }
    }

    fn check_page(&self, path: &str, access: Access, status: u16) {
        let shown = self.filled(path);
        let answer = self.server.browser().get(&shown);
        match access {
            Everybody { stranger } => self.expect(&answer, stranger, &format!("GET {path} as a stranger")),
            _ => self.expect_sign_in(&answer, path),
        }
        for (role, browser) in &self.members {
            let expected = if access.lets_in(*role) { status } else { 403 };
            self.expect(&browser.get(&shown), expected, &format!("GET {path} as {role:?}"));
        }
        let own = status == 200 && OWN_PAGES.iter().any(|own| path.contains(own));
        let expected = if own { 404 } else { status };
        self.expect(&self.elsewhere.get(&shown), expected, &format!("GET {path} from another company"));
    }

    fn check_form(&self, path: &str, access: Access, (fields, status, elsewhere): &Form) {
        let shown = self.filled(path);
        let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, self.filled(value))).collect();
        let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let acts = self.acts();
        let answer = self.server.browser().post(&shown, &fields);
        match access {
            Everybody { .. } => self.expect(&answer, *status, &format!("POST {path} as a stranger")),
            _ => self.expect_sign_in(&answer, path),
        }
        for (role, browser) in self.members.iter().filter(|(role, _)| !access.lets_in(*role)) {
            self.expect(&browser.post(&shown, &fields), 403, &format!("POST {path} as {role:?}"));
        }
        if let Some(expected) = elsewhere {
            self.expect(&self.elsewhere.post(&shown, &fields), *expected, &format!("POST {path} from another company"));
        }
        assert_eq!(self.acts(), acts, "{path}: whoever may not has changed nothing");
        for (role, browser) in self.members.iter().filter(|(role, _)| access.lets_in(*role)) {
            self.expect(&browser.post(&shown, &[]), *status, &format!("POST {path} as {role:?}"));
        }
    }
}
