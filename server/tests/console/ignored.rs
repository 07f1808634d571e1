//! Filters in addresses that mean nothing: the page says so, and a file is not made.

use serde_json::json;

use crate::support::on_each_engine;

#[test]
fn a_list_says_which_filters_do_not_hold() {
    on_each_engine(|server| {
        let acme = server.tenant("Acme");
        let admin = acme.admin();
        acme.scim().post("/Users", json!({"userName": "ada"})).expect(201);
        for (address, sentences) in [
            (
                "/provisioning-log?outcome=good&action=eaten&via=fax&from=2026-13-01&to=soon",
                vec![
                    "Outcome “good”",
                    "Action “eaten”",
                    "Through “fax”",
                    "From “2026-13-01” is not a day",
                    "To “soon”",
                ],
            ),
            (
                "/employees?status=asleep&provider=fax&sort=height",
                vec!["Status “asleep”", "Provider “fax”", "Sort by “height”"],
            ),
            ("/groups?provider=fax", vec!["Provider “fax”"]),
            (
                "/audit-log?action=eaten&from=1&to=2026-02-30&before=x",
                vec!["What “eaten”", "From “1”", "To “2026-02-30”"],
            ),
        ] {
            let page = admin.page(address);
            for sentence in &sentences {
                assert!(page.contains(sentence), "{sentence}: {page}");
            }
            assert_eq!(page.matches("so it was left out.").count(), sentences.len(), "{page}");
        }
        for address in [
            "/provisioning-log?outcome=problems&action=created&via=&from=2026-11-24&to=2026-11-24",
            "/employees?status=active&provider=azure&sort=changed",
            "/audit-log?action=token.issue&from=2026-11-24",
        ] {
            assert!(!admin.page(address).contains("left out"), "{address}");
        }
    });
}

#[test]
fn a_file_is_not_made_with_a_filter_that_means_nothing() {
    on_each_engine(|server| {
        let acme = server.tenant("Acme");
        acme.scim().post("/Users", json!({"userName": "ada"})).expect(201);
        let admin = acme.admin();
        let answer = admin.post("/provisioning-log/export", &[("format", "csv"), ("from", "2026-13-01")]);
        assert_eq!(answer.status, 400);
        assert!(answer.text.contains("Nothing was exported"), "{}", answer.text);
        assert_eq!(admin.post("/provisioning-log/export", &[("format", "csv"), ("from", "2026-01-13")]).status, 200);
    });
}
