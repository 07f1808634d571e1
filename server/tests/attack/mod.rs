//! Requests that no honest client sends, against a running server: bytes that two readers could read differently, floods,
//! forms from other sites, made-up hosts, and every route with every token that is none.

mod cross_site;
mod framing;
mod payloads;
mod tokens;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use store::testing::{Engine, TestDatabase};

use crate::servers::furnish;
use crate::support::Process;

/// The program as it is shipped, with a token for it.
struct Target {
    server: Process,
    token: String,
    _database: TestDatabase,
}

impl Target {
    fn start() -> Self {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        let database = runtime.block_on(TestDatabase::create(Engine::Sqlite));
        let server = Process::start(&database.url, &[]);
        let token = furnish(&database.url);
        Self { server, token, _database: database }
    }

    /// Everything that comes back to these bytes until the server hangs up or has been silent for a moment.
    fn send(&self, bytes: impl AsRef<[u8]>) -> String {
        let mut stream = TcpStream::connect(self.server.address()).expect("the server listens");
        stream.set_read_timeout(Some(Duration::from_millis(500))).expect("a timeout");
        // It may hang up before it has read all of it.
        let _ = stream.write_all(bytes.as_ref());
        let mut answer = Vec::new();
        let mut piece = [0; 4096];
        while let Ok(length @ 1..) = stream.read(&mut piece) {
            answer.extend_from_slice(&piece[..length]);
        }
        String::from_utf8_lossy(&answer).into_owned()
    }

    /// The statuses of the answers.
    fn statuses(&self, bytes: impl AsRef<[u8]>) -> Vec<u16> {
        let answer = self.send(bytes);
        let parts = answer.split("HTTP/1.1 ").skip(1);
        parts.map(|part| part.get(..3).and_then(|status| status.parse().ok()).unwrap_or(0)).collect()
    }

    /// How many employees there are.
    fn employees(&self) -> u64 {
        let list = self.server.scim(&self.token).get("/Users?count=0").expect(200);
        list["totalResults"].as_u64().expect("a number")
    }
}
