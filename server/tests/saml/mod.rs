//! Sign-on over HTTP: an identity provider, browsers, and those who try to get in without being let in.

mod callback;
mod limits;
mod linked;
mod metadata;
mod people;
mod recent;
mod required;
mod second_factor;
mod sessions;
mod settings;
mod trial;

use serde_json::json;
use store::accounts::Role;
use store::integrations::Provider;
use store::sso;

use crate::support::browser::Browser;
use crate::support::idp::{CERTIFICATE, ISSUER, Says};
use crate::support::{Answer, Tenant, TestServer};

const TAB: &str = "/settings/integrations/provisioning-sso/azure?tab=sso";
const FORM: &str = "/settings/integrations/provisioning-sso/azure/sso";
const RECORD: &str = "/my-record";
const REDIRECT: &str = "https://idp.test/sso?tenant=1";

/// The form as most fill it in.
const FIELDS: [(&str, &str); 5] = [
    ("issuer", ISSUER),
    ("certificate", CERTIFICATE),
    ("redirect_url", REDIRECT),
    ("match_by", "user_name"),
    ("allow_unsolicited", "yes"),
];

/// A company whose employee ada can sign in.
struct Company<'s> {
    tenant: Tenant<'s>,
    admin: Browser,
    base: String,
}

impl<'s> Company<'s> {
    fn new(server: &'s TestServer, name: &str) -> Self {
        let tenant = server.tenant(name);
        let admin = tenant.admin();
        let page = admin.submit(FORM, &FIELDS);
        assert!(page.contains("Sign-on with Azure is on"), "{page}");
        tenant.scim().post("/Users", json!({"userName": format!("ada@{name}.test"), "active": true})).expect(201);
        let base = format!("https://console.test/saml/{}", sso::instance_id(&tenant.id, Provider::Azure));
        Self { tenant, admin, base }
    }

    fn path(&self, rest: &str) -> String {
        format!("{}{rest}", self.base.trim_start_matches("https://console.test"))
    }

    fn name(&self) -> String {
        let scim = self.tenant.scim().get("/Users").expect(200);
        scim["Resources"][0]["userName"].as_str().expect("an employee").to_owned()
    }

    /// What the identity provider says of ada.
    fn response(&self, id: &str, request: Option<&str>) -> String {
        let now = self.tenant.server().store.now();
        Says { id, base: &self.base, name: &self.name(), request, now }.response()
    }

    /// What the identity provider says of anybody.
    fn says(&self, name: &str, id: &str) -> String {
        let now = self.tenant.server().store.now();
        Says { id, base: &self.base, name, request: None, now }.response()
    }

    /// An account with this role, linked to an employee; its page among the accounts.
    fn linked_account(&self, email: &str, role: Role, employee: &str) -> String {
        self.tenant.account(email, role);
        let found = self.tenant.server().read(async |conn| store::accounts::find_for_sign_in(conn, email).await);
        let page = format!("/settings/accounts/{}", found[0].id);
        self.admin.submit(&format!("{page}/link"), &[("employee", employee)]);
        page
    }

    /// The company's employee with this user name; its id.
    fn employee_id(&self, user_name: &str) -> String {
        let found = self.tenant.scim().get(&format!("/Users?filter=userName%20eq%20%22{user_name}%22")).expect(200);
        crate::support::id(&found["Resources"][0]).to_owned()
    }

    /// What SCIM does to ada.
    fn change(&self, employee: &str, path: &str, value: impl Into<serde_json::Value>) {
        let change = json!([{"op": "replace", "path": path, "value": value.into()}]);
        self.tenant.scim().patch(&format!("/Users/{employee}"), change).expect(200);
    }

    /// Signs somebody in whom the identity provider names; where it leads.
    #[track_caller]
    fn comes_as(&self, name: &str, id: &str) -> (Browser, String) {
        let browser = self.tenant.server().browser();
        let answer = self.post(&browser, &self.says(name, id));
        assert_eq!(answer.status, 303, "{}", answer.text);
        let place = answer.header("location").to_owned();
        (browser, place)
    }

    /// The newest acts of this kind: subject and detail.
    fn acts_of(&self, action: &str) -> Vec<(String, String)> {
        let sql = format!(
            "SELECT subject || ' ' || detail FROM audit_events WHERE tenant_id = '{}' AND action = '{action}' ORDER BY seq DESC",
            self.tenant.id
        );
        let split = |row: String| row.split_once(' ').map(|(a, b)| (a.to_owned(), b.to_owned())).expect("two");
        self.tenant.server().rows(&sql).into_iter().map(split).collect()
    }

    /// The browser posts it, as the identity provider's page has it do.
    fn post(&self, browser: &Browser, response: &str) -> Answer {
        browser.post_from(
            "cross-site",
            &self.path("/callback"),
            &[("SAMLResponse", response), ("RelayState", "https://evil.test")],
        )
    }

    /// Begins sign-on here; the request's id.
    fn begin(&self, browser: &Browser) -> String {
        let answer = browser.get(&self.path("/login"));
        assert_eq!(answer.status, 303, "{}", answer.text);
        let query = answer.header("location").strip_prefix(REDIRECT).expect("the identity provider's address");
        request_id(query)
    }

    /// Begins a test; the request's id.
    fn begin_test(browser: &Browser) -> String {
        let answer = browser.get(&format!("{FORM}/test"));
        assert_eq!(answer.status, 303, "{}", answer.text);
        request_id(answer.header("location").strip_prefix(REDIRECT).expect("the identity provider's address"))
    }

    /// A test that passes.
    fn test_passes(&self, id: &str) {
        let request = Self::begin_test(&self.admin);
        let answer = self.post(&self.admin, &self.response(id, Some(&request)));
        assert!(answer.status == 200 && answer.text.contains("Every check passed"), "{}", answer.text);
    }

    /// Signs ada in.
    fn signed_in(&self, id: &str) -> Browser {
        let browser = self.tenant.server().browser();
        let answer = self.post(&browser, &self.response(id, None));
        assert_eq!((answer.status, answer.header("location")), (303, RECORD), "{}", answer.text);
        browser
    }

    /// The reasons of the newest refusals, the newest first.
    fn reasons(&self) -> Vec<String> {
        let tenant = self.tenant.id.clone();
        let acts = self.tenant.server().read(async |conn| store::audit::latest(conn, &tenant, 20).await);
        acts.into_iter().filter(|act| act.1 == "sso.refused").map(|act| act.2).collect()
    }

    /// It must be refused for this reason, of which the person learns nothing.
    #[track_caller]
    fn refused(&self, browser: &Browser, response: &str, reason: &str) {
        let before = browser.cookies();
        let answer = self.post(browser, response);
        assert_eq!(answer.status, 403, "{reason}");
        assert!(answer.text.contains("You could not be signed in") && !answer.text.contains(reason), "{}", answer.text);
        assert_eq!(self.reasons().first().map(String::as_str), Some(reason));
        assert_eq!(browser.cookies(), before, "nothing is given");
    }
}

fn request_id(query: &str) -> String {
    use base64::Engine;
    use std::io::Read;

    let pairs: Vec<(String, String)> =
        serde_urlencoded::from_str(query.trim_start_matches(['?', '&'])).expect("a query");
    let deflated = base64::engine::general_purpose::STANDARD.decode(&pairs[0].1).expect("base64");
    let mut xml = String::new();
    flate2::read::DeflateDecoder::new(&deflated[..]).read_to_string(&mut xml).expect("deflated");
    xml.split_once(" ID=\"").expect("an ID").1.split_once('"').expect("closed").0.to_owned()
}
