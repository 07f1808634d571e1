//! Second factors and sign-on: whoever comes through the identity provider was asked there.

use store::accounts::Role;

use super::Company;
use crate::support::authenticator::Authenticator;
use crate::support::browser::PASSWORD;
use crate::support::on_each_engine;

const PAGE: &str = "/settings/profile/second-factor";
const EMAIL: &str = "ada@Acme.test";

#[test]
fn sign_on_is_not_asked_for_one() {
    on_each_engine(|server| {
        let acme = Company::new(server, "Acme");
        let ada = acme.tenant.account(EMAIL, Role::Admin);
        let link = ["sso", "link", "--tenant", "Acme", "--email", EMAIL, "--employee", EMAIL];
        crate::cli::spaceiq(server, &link);
        ada.post("/settings/accounts/second-factor", &[("required", "yes")]);
        assert_eq!(ada.get("/employees").header("location"), PAGE, "the password alone is not enough");
        let by_sign_on = |id: &str| {
            let browser = server.browser();
            let answer = acme.post(&browser, &acme.response(id, None));
            assert_eq!((answer.status, answer.header("location")), (303, "/employees"), "{}", answer.text);
            assert_eq!(browser.get("/employees").status, 200, "neither led away nor asked for a code");
        };
        by_sign_on("_1");
        let app = Authenticator::scan(&ada.submit("/settings/profile/second-factor/begin", &[]));
        assert_eq!(ada.post(PAGE, &[("code", &app.code(server.store.now()))]).status, 200);
        by_sign_on("_2");
        let answer = server.browser().post("/login", &[("email", EMAIL), ("password", PASSWORD)]);
        assert_eq!(answer.header("location"), "/login/code");
    });
}
