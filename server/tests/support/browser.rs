//! A browser without scripts: it keeps cookies and sends forms.

use std::cell::RefCell;
use std::collections::BTreeMap;

use server::password;
use store::accounts::{self, NewAccount, Role};
use store::{AccountId, StoreError, setup_codes};
use time::Duration;

use super::client::{Answer, Client};
use super::server::TestServer;
use super::tenant::Tenant;

/// Every test account's password.
pub(crate) const PASSWORD: &str = "correct horse battery";

/// Someone in front of the console.
pub(crate) struct Browser {
    client: Client,
    cookies: RefCell<BTreeMap<String, String>>,
}

impl TestServer {
    /// Someone who is not signed in.
    pub(crate) fn browser(&self) -> Browser {
        Browser::at(self.url(""))
    }

    /// A code as the server prints it on its first start, good for a day.
    pub(crate) fn setup_code(&self) -> String {
        let (code, until) = (self.store.new_id(), self.store.now() + Duration::hours(24));
        let added = code.clone();
        let stored: Result<(), StoreError> = self.block_on(
            self.store.write(move |conn| Box::pin(async move { setup_codes::add(conn, &added, until).await })),
        );
        stored.expect("stored");
        code
    }

    /// Someone who signed in.
    pub(crate) fn signed_in(&self, email: &str) -> Browser {
        let browser = self.browser();
        let answer = browser.post("/login", &[("email", email), ("password", PASSWORD)]);
        assert_eq!(answer.status, 303, "{email} signs in");
        browser
    }
}

impl Tenant<'_> {
    /// Creates an account and signs it in.
    pub(crate) fn account(&self, email: &str, role: Role) -> Browser {
        let server = self.server();
        let hash = password::hash_now(PASSWORD.as_bytes(), server.store.random()).expect("a hash");
        let new = NewAccount {
            tenant_id: self.id.clone(),
            id: AccountId(server.store.new_id()),
            email: email.to_owned(),
            role,
            password_hash: hash,
        };
        let now = server.store.now();
        let created: Result<_, StoreError> = server
            .block_on(server.store.write(move |conn| Box::pin(async move { accounts::create(conn, new, now).await })));
        created.expect("a new account");
        server.signed_in(email)
    }

    /// The company's admin.
    pub(crate) fn admin(&self) -> Browser {
        self.account(&format!("admin@{}.test", self.id), Role::Admin)
    }
}

impl Browser {
    /// Someone in front of the console at an address.
    pub(crate) fn at(url: String) -> Self {
        Self { client: Client::new(url, None), cookies: RefCell::default() }
    }

    /// Opens a page.
    pub(crate) fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[], None)
    }

    /// Asks for a part of a page, as the page's own script does.
    pub(crate) fn fetch(&self, path: &str) -> Answer {
        self.send("GET", path, &[("sec-fetch-dest", "empty")], None)
    }

    /// Opens a page that must be there; its HTML without Leptos's marks.
    #[track_caller]
    pub(crate) fn page(&self, path: &str) -> String {
        let answer = self.get(path);
        assert_eq!(answer.status, 200, "{path}: {}", answer.text);
        plain(&answer.text)
    }

    /// Sends a form.
    pub(crate) fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.post_from("same-origin", path, fields)
    }

    /// Sends a form from a page of the given relation to ours, as browsers say it.
    pub(crate) fn post_from(&self, site: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body = serde_urlencoded::to_string(fields).expect("encodable");
        let headers = [("content-type", "application/x-www-form-urlencoded"), ("sec-fetch-site", site)];
        self.send("POST", path, &headers, Some(body.as_bytes()))
    }

    /// Sends a form that must be taken, follows to the next page, and gives its HTML.
    #[track_caller]
    pub(crate) fn submit(&self, path: &str, fields: &[(&str, &str)]) -> String {
        let answer = self.post(path, fields);
        assert_eq!(answer.status, 303, "{path}: {}", plain(&answer.text));
        self.page(answer.header("location"))
    }

    /// The cookies, as a browser sends them.
    pub(crate) fn cookies(&self) -> String {
        self.cookies.borrow().iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }

    /// Puts other cookies in their place.
    pub(crate) fn set_cookies(&self, cookies: &str) {
        let pairs = cookies.split("; ").filter_map(|pair| pair.split_once('='));
        *self.cookies.borrow_mut() = pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    }

    /// Sends any request.
    pub(crate) fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: Option<&[u8]>) -> Answer {
        let cookies = self.cookies();
        let mut all = headers.to_vec();
        if !cookies.is_empty() {
            all.push(("cookie", &cookies));
        }
        let answer = self.client.send(method, path, &all, body);
        let set = answer.headers.get_all("set-cookie").iter().filter_map(|value| value.to_str().ok());
        for (name, value) in set.filter_map(|line| line.split(';').next()?.split_once('=')) {
            if value.is_empty() {
                self.cookies.borrow_mut().remove(name);
            } else {
                self.cookies.borrow_mut().insert(name.to_owned(), value.to_owned());
            }
        }
        answer
    }
}

/// HTML without the marks that Leptos leaves between texts.
pub(crate) fn plain(html: &str) -> String {
    html.replace("<!>", "")
}

/// The value of the first input with this name.
#[track_caller]
pub(crate) fn value_of(html: &str, name: &str) -> String {
    value_after(html, &format!("name=\"{name}\""))
}

/// The value of the input with this id.
#[track_caller]
pub(crate) fn value_by_id(html: &str, id: &str) -> String {
    value_after(html, &format!("id=\"{id}\""))
}

#[track_caller]
fn value_after(html: &str, mark: &str) -> String {
    let rest = html.split_once(mark).unwrap_or_else(|| panic!("no {mark} in {html}")).1;
    let value = rest.split_once("value=\"").unwrap_or_else(|| panic!("{mark} has no value")).1;
    value.split_once('"').expect("a closed value").0.to_owned()
}
