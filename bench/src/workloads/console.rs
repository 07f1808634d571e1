//! The console's pages, with a hundred thousand people behind them.

use anyhow::{Context, Result, ensure};

use crate::client::Client;
use crate::database::Engine;
use crate::load::Target;
use crate::people::person;
use crate::race::{Race, Stage};

const EMAIL: &str = "ada@acme.test";
const PASSWORD: &str = "a long and winding sentence";
/// Pages to a measurement.
const PAGES: usize = 400;
/// People who are created through the endpoint, so that the log has something to show.
const LOGGED: usize = 5_000;

pub(crate) async fn run(race: &Race, engine: Engine) -> Result<()> {
    let people = race.size(100_000);
    let stage = race.stage(engine, people).await?;
    race.program.account(&stage.database, "Acme", EMAIL, PASSWORD)?;
    fill_log(race, &stage, people).await?;
    let visitor = sign_in(&stage).await?;
    for (name, path) in [
        ("employees", "/employees"),
        ("employees searched", "/employees?q=grace+hop"),
        ("provisioning log", "/provisioning-log"),
        ("Azure tile", "/settings/integrations/provisioning-sso/azure"),
    ] {
        let read = async |client: &mut Client, _| {
            let page = client.call("GET", path, None).await?;
            ensure!(String::from_utf8_lossy(&page.body).contains("</html>"), "{path} is no whole page");
            Ok(())
        };
        let workload = format!("console: {name}, {people} people");
        stage.measure_at(race, &workload, std::slice::from_ref(&visitor), (2, race.size(PAGES)), read).await?;
    }
    stage.close().await
}

async fn fill_log(race: &Race, stage: &Stage, people: usize) -> Result<()> {
    let create = async |client: &mut Client, number: usize| {
        client.call("POST", "/scim/Users", Some(&person(people + number).to_string())).await.map(drop)
    };
    crate::load::run(&[stage.scim()], crate::race::CONNECTIONS, race.size(LOGGED), create).await.map(drop)
}

/// Signs in as a browser does; returns what carries the session.
pub(crate) async fn sign_in(stage: &Stage) -> Result<Target> {
    let mut client = stage.server.console("").client().await?;
    let form = format!("email={}&password={}", EMAIL.replace('@', "%40"), PASSWORD.replace(' ', "+"));
    let answer = client.ask("POST", "/login", Some(&form)).await?;
    ensure!(answer.status == 303, "signing in was answered {}", answer.status);
    let cookie = answer.header("set-cookie").and_then(|cookie| cookie.split(';').next()).context("no session")?;
    Ok(stage.server.console(cookie))
}
