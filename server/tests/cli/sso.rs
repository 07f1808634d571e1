use serde_json::Value;

use super::{failure, spaceiq};
use crate::support::on_each_engine;

#[test]
fn sign_on_is_set_shown_and_turned_off() {
    on_each_engine(|server| {
        spaceiq(server, &["tenant", "create", "--name", "Acme"]);
        let place = ["--tenant", "Acme", "--provider", "azure"];
        let run = |command: &str, more: &[&str]| spaceiq(server, &[&["sso", command][..], &place, more].concat());
        let show = || -> Value {
            serde_json::from_str(&run("show", &["--json", "--public-url", "https://x.test"])).expect("JSON")
        };
        let before = show();
        assert!(before["callback_url"].as_str().expect("text").starts_with("https://x.test/saml/"), "{before}");
        assert_eq!((&before["enabled"], &before["issuer"]), (&Value::Bool(false), &Value::Null));
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/src/sso/verify/tests/idp.crt");
        run("set", &["--issuer", "https://idp.test/", "--certificate", file, "--redirect-url", "https://idp.test/sso"]);
        let after = show();
        assert_eq!(after["audience"], before["audience"]);
        assert_eq!((&after["enabled"], &after["issuer"]), (&Value::Bool(true), &"https://idp.test/".into()));
        assert_eq!(after["certificates"][0]["sha256"].as_str().expect("text").len(), 95, "{after}");
        let metadata = concat!(env!("CARGO_MANIFEST_DIR"), "/src/sso/metadata/idp.xml");
        run("set", &["--metadata", metadata]);
        let from_metadata = show();
        assert_eq!(from_metadata["issuer"], "https://idp.test/metadata");
        assert_eq!(from_metadata["redirect_url"], "https://idp.test/redirect");
        assert_eq!(from_metadata["certificates"][0], after["certificates"][0], "{from_metadata}");
        let other = [&["sso", "set"][..], &place, &["--metadata", file]].concat();
        assert!(failure(server, &other).contains("This is no metadata"));
        assert_eq!(run("disable", &[]), "Sign-on is off.\n");
        assert_eq!(run("disable", &[]), "Sign-on was off already.\n");
        assert_eq!(show()["enabled"], false);
        let wrong = [&["sso", "set"][..], &place, &["--issuer", "a b", "--certificate", file]].concat();
        assert!(failure(server, &wrong).contains("--issuer"));
        let missing = [&["sso", "set"][..], &place, &["--issuer", "a", "--certificate", "/nothing"]].concat();
        assert!(failure(server, &missing).contains("cannot read /nothing"));
    });
}
