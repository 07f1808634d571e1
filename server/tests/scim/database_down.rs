//! A database that does not answer: 503 and when to try again, never a wrong 404, 401 or 500, and none of its words.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::json;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;

use crate::support::{Answer, Client, Engine, TestServer, id};

fn is_503(answer: &Answer) {
    answer.refused(503, "", "Try again");
    let _: u64 = answer.header("retry-after").parse().expect("whole seconds");
    for word in ["sqlx", "pool", "SQL", "database", "postgres", "timed out", "connection"] {
        assert!(!answer.text.contains(word), "{}", answer.text);
    }
}

fn everything_is_503(scim: &Client, path: &str) {
    is_503(&scim.get(path));
    is_503(&scim.get("/Users"));
    is_503(&scim.post("/Users", json!({"userName": "lost"})));
    is_503(&scim.delete(path));
    is_503(&scim.get("/Schemas"));
}

/// Stands between the server and PostgreSQL until it is told to hang up.
fn proxy(runtime: &Runtime, url: &str, up: Arc<AtomicBool>) -> String {
    let (before, rest) = url.rsplit_once('@').expect("a user");
    let (target, name) = rest.split_once('/').expect("a database");
    let target = target.to_owned();
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).expect("a free port");
    let address = listener.local_addr().expect("an address");
    runtime.spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            let (target, up) = (target.clone(), up.clone());
            tokio::spawn(async move {
                if !up.load(Ordering::SeqCst) {
                    return;
                }
                let Ok(mut database) = TcpStream::connect(target).await else { return };
                let down = async {
                    while up.load(Ordering::SeqCst) {
                        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
                    }
                };
                tokio::select! { _ = copy_bidirectional(&mut client, &mut database) => {} () = down => {} }
            });
        }
    });
    format!("{before}@{address}/{name}")
}

#[test]
fn postgresql_hangs_up_and_comes_back() {
    let up = Arc::new(AtomicBool::new(true));
    let server = TestServer::start_through(Engine::Postgres, |runtime, url| proxy(runtime, url, up.clone()));
    let scim = server.tenant("Acme").scim();
    let user = scim.post("/Users", json!({"userName": "u"})).expect(201);
    let path = format!("/Users/{}", id(&user));
    up.store(false, Ordering::SeqCst);
    everything_is_503(&scim, &path);
    up.store(true, Ordering::SeqCst);
    assert_eq!(scim.get(&path).expect(200), user);
    assert_eq!(scim.get("/Users").expect(200)["totalResults"], 1, "nothing that was refused was stored");
}

/// Another program holds SQLite's one writer's place: writes are answered 503, reads go on.
#[test]
fn sqlite_is_held_by_someone_else() {
    let server = TestServer::start(Engine::Sqlite);
    let scim = server.tenant("Acme").scim();
    let url: store::DatabaseUrl = server.database_url().parse().expect("a valid address");
    let clock = server.clock.clone();
    let other = server
        .block_on(store::Store::open(&url, clock, Arc::new(store::SystemRandom)))
        .expect("a second program opens the database");
    let (holds, held) = tokio::sync::oneshot::channel();
    let (release, released) = tokio::sync::oneshot::channel::<()>();
    #[expect(clippy::async_yields_async, reason = "the task is waited for after the request")]
    let holding = server.block_on(async {
        let holding = tokio::spawn(async move {
            other
                .write(move |_| {
                    Box::pin(async move {
                        holds.send(()).expect("someone waits");
                        released.await.expect("told to let go");
                        Ok::<_, store::StoreError>(())
                    })
                })
                .await
        });
        held.await.expect("held");
        holding
    });
    is_503(&scim.post("/Users", json!({"userName": "u"})));
    assert_eq!(scim.get("/Users").expect(200)["totalResults"], 0);
    release.send(()).expect("it waits");
    server.block_on(holding).expect("no panic").expect("stored");
    scim.post("/Users", json!({"userName": "u"})).expect(201);
}
