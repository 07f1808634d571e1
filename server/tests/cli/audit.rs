//! `spaceiq audit verify` names what was tampered with.

use serde_json::json;

use super::{failure, spaceiq};
use crate::support::{Engine, id, on_each_engine};

#[test]
fn tampering_with_one_row_is_found_and_named() {
    on_each_engine(|server| {
        let acme = server.tenant("Acme");
        let scim = acme.scim();
        let mut ids = Vec::new();
        for name in ["ada", "grace", "alan"] {
            let user = scim.post("/Users", json!({"userName": name})).expect(201);
            let events = server.read(async |conn| store::events::of_resource(conn, &acme.id, id(&user), 1).await);
            ids.push(events[0].id.clone());
            server.clock.advance(time::Duration::seconds(1));
        }
        spaceiq(server, &["token", "issue", "--tenant", "Acme", "--provider", "okta", "--name", "x"]);
        assert!(spaceiq(server, &["audit", "verify"]).contains("whole"));

        server.tamper(&format!("UPDATE provisioning_events SET subject = 'Mallory' WHERE id = '{}'", ids[1]));
        let said = failure(server, &["audit", "verify"]);
        assert!(said.contains("Acme") && said.contains(&ids[1]) && said.contains("Mallory"), "{said}");
        server.tamper(&format!("UPDATE provisioning_events SET subject = 'grace' WHERE id = '{}'", ids[1]));
        spaceiq(server, &["audit", "verify"]);

        server.tamper("UPDATE audit_events SET actor = 'mallory' WHERE seq = 1");
        assert!(failure(server, &["audit", "verify"]).contains("number 1"));
        server.tamper("UPDATE audit_events SET actor = 'cli' WHERE seq = 1");
        spaceiq(server, &["audit", "verify"]);

        // PostgreSQL takes no such text in a column for JSON.
        if server.engine == Engine::Sqlite {
            server.tamper("UPDATE audit_events SET detail = '{' || detail WHERE seq = 1");
            assert!(failure(server, &["audit", "verify"]).contains("number 1"));
            assert!(acme.admin().page("/audit-log").contains("Unreadable"), "the page shows what it found");
            server.tamper("UPDATE audit_events SET detail = substr(detail, 2) WHERE seq = 1");
            spaceiq(server, &["audit", "verify"]);
        }

        server.tamper(&format!("DELETE FROM provisioning_events WHERE id = '{}'", ids[1]));
        let said = failure(server, &["audit", "verify"]);
        assert!(said.contains("1 missing after event") && said.contains(&ids[0]), "{said}");
    });
}
