//! The server.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use server::config::{Config, Settings};
use server::router::router;
use server::state::AppState;
use store::testing::{Engine, TestDatabase};
use store::{Conn, DatabaseUrl, FixedClock, SeededRandom, Store, StoreError};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

use super::client::Client;

/// A running server. It stops, and its database goes, with the value.
pub(crate) struct TestServer {
    // Fields are dropped in this order: the server stops before its database goes.
    runtime: Runtime,
    /// What the server stores in; tests may look behind the answers.
    pub(crate) store: Store,
    /// The server's clock.
    pub(crate) clock: Arc<FixedClock>,
    /// The engine in use.
    pub(crate) engine: Engine,
    /// The router's routes, as it prints them.
    pub(crate) routes: String,
    address: SocketAddr,
    database: TestDatabase,
}

/// Runs a test once on each engine, with an empty server each time.
pub(crate) fn on_each_engine(test: impl Fn(&TestServer)) {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let _named = Named(engine);
        test(&TestServer::start(engine));
    }
}

/// Says on which engine a test failed.
struct Named(Engine);

impl Drop for Named {
    #[expect(clippy::print_stderr, reason = "the test harness shows it beside the failure")]
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("this was on {:?}", self.0);
        }
    }
}

impl TestServer {
    /// Starts a server without a rate limit.
    pub(crate) fn start(engine: Engine) -> Self {
        Self::start_with_rate_limit(engine, 0)
    }

    /// Starts a server that lets each company make so many SCIM requests a second.
    pub(crate) fn start_with_rate_limit(engine: Engine, rate_limit: u32) -> Self {
        let runtime = runtime();
        let database = runtime.block_on(TestDatabase::create(engine));
        let url = database.url.clone();
        Self::serve(runtime, database, engine, &url, rate_limit)
    }

    /// Starts a server that reaches its database under another address, such as that of a proxy.
    pub(crate) fn start_through(engine: Engine, address: impl FnOnce(&Runtime, &str) -> String) -> Self {
        let runtime = runtime();
        let database = runtime.block_on(TestDatabase::create(engine));
        let url = address(&runtime, &database.url);
        Self::serve(runtime, database, engine, &url, 0)
    }

    fn serve(runtime: Runtime, database: TestDatabase, engine: Engine, url: &str, rate_limit: u32) -> Self {
        let clock = Arc::new(FixedClock::new(time::macros::datetime!(2026-11-23 09:00 UTC)));
        let random = Arc::new(SeededRandom::new(7));
        let (store, address, routes) = runtime.block_on(async {
            let url = DatabaseUrl::from_str(url).expect("a valid address");
            let store = Store::open(&url, clock.clone(), random.clone()).await.expect("an open database");
            let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
            let address = listener.local_addr().expect("an address");
            let public = Some("https://console.test".to_owned());
            let flags = Settings {
                listen: Some(address.to_string()),
                public_url: public,
                rate_limit: Some(rate_limit),
                // Tests say in X-Forwarded-For where they come from.
                trusted_proxies: Some("127.0.0.1".to_owned()),
                ..Settings::default()
            };
            let config = Config::new(flags, &Settings::default()).expect("a valid configuration");
            let state = AppState::new(store.clone(), config, random);
            let router = router(state);
            let routes = format!("{router:?}");
            let service = router.into_make_service_with_connect_info::<SocketAddr>();
            tokio::spawn(async move { axum::serve(listener, service).await });
            (store, address, routes)
        });
        Self { runtime, store, clock, engine, routes, address, database }
    }

    /// The address of a path, such as `/scim/Users`.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// The database's own address, for programs that open it beside the server.
    pub(crate) fn database_url(&self) -> &str {
        &self.database.url
    }

    /// The database, for what is done to it from outside.
    pub(crate) fn database(&self) -> &TestDatabase {
        &self.database
    }

    /// One text a row, read behind everybody's back.
    pub(crate) fn rows(&self, sql: &str) -> Vec<String> {
        self.read(async |conn| store::testing::rows(conn, sql).await)
    }

    /// Somebody without a token, at `/scim`.
    pub(crate) fn stranger(&self) -> Client {
        Client::new(self.url("/scim"), None)
    }

    /// Runs something of the store's to its end.
    pub(crate) fn block_on<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime.block_on(future)
    }

    /// Reads from the database, behind the server's back.
    pub(crate) fn read<T>(&self, work: impl AsyncFnOnce(&mut Conn<'_>) -> Result<T, StoreError>) -> T {
        self.block_on(async {
            let mut reader = self.store.read().await.expect("a connection");
            work(&mut reader.conn()).await.expect("readable")
        })
    }

    /// Changes rows behind everybody's back.
    pub(crate) fn tamper(&self, sql: &str) {
        let sql = sql.to_owned();
        let done: Result<(), StoreError> = self
            .block_on(self.store.write(move |conn| Box::pin(async move { store::testing::tamper(conn, &sql).await })));
        done.expect("tampered");
    }

    /// Sends bytes as they are and reads until the server hangs up.
    pub(crate) fn raw(&self, request: impl AsRef<[u8]>) -> String {
        let mut stream = TcpStream::connect(self.address).expect("the server listens");
        stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a timeout");
        stream.write_all(request.as_ref()).expect("sent");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).expect("an answer");
        String::from_utf8(answer).expect("text")
    }
}

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime")
}
