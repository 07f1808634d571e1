//! Speed, throttling, and what else Azure's gallery wants.

use std::time::Duration;

use super::context::{Context, Problem};
use super::{Check, Fault, Level};
use crate::parallel::parallel;
use crate::transport::Request;

/// Requests that are sent at once, and how fast they must be answered.
const REQUESTS: usize = 75;
const PER_SECOND: usize = 25;
const THREADS: usize = 8;

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "load.rate",
        title: "25 requests a second are answered",
        level: Level::Must,
        rule: "Microsoft Entra app gallery: at least 25 requests a second and tenant",
        run: rate,
    },
    Check {
        id: "load.throttling",
        title: "Who is throttled learns for how long, in seconds",
        level: Level::Must,
        rule: "RFC 6585 §4; RFC 9110 §10.2.3; Okta waits whole seconds of Retry-After; Microsoft Entra app gallery checklist",
        run: throttling,
    },
];

pub(super) const READINESS: &[Check] = &[
    Check {
        id: "gallery.bulk",
        title: "Bulk is supported",
        level: Level::Should,
        rule: "Microsoft Entra app gallery listing: recommended",
        run: |context| {
            let found = context.get("/ServiceProviderConfig")?;
            found.expect(found.json()["bulk"]["supported"] == true, "bulk.supported true").map(drop)
        },
    },
    Check {
        id: "gallery.client-credentials",
        title: "OAuth client credentials are offered",
        level: Level::Should,
        rule: "Microsoft Entra app gallery listing: required of new gallery applications; a long-lived token is enough for an application of your own",
        run: |context| {
            let found = context.get("/ServiceProviderConfig")?;
            let body = found.json();
            let oauth = body["authenticationSchemes"]
                .as_array()
                .is_some_and(|schemes| schemes.iter().any(|scheme| scheme["type"] == "oauth2"));
            found.expect(oauth, "an authentication scheme of type oauth2").map(drop)
        },
    },
];

fn burst(context: &Context<'_>) -> (Vec<Option<crate::transport::Answer>>, Duration) {
    let started = context.client.now();
    let numbers: Vec<usize> = (0..REQUESTS).collect();
    let request = Request::get("/Users?startIndex=1&count=1");
    let answers = parallel(THREADS, &numbers, |_| context.client.send(&request).ok());
    (answers, context.client.now().saturating_sub(started))
}

fn rate(context: &Context<'_>) -> Result<(), Problem> {
    let (answers, elapsed) = burst(context);
    let good = answers.iter().flatten().filter(|answer| answer.status == 200).count();
    // Answers that came for less than 25 requests a second have taken longer than this.
    if good == REQUESTS && elapsed <= Duration::from_secs(REQUESTS as u64 / PER_SECOND as u64) {
        return Ok(());
    }
    Err(Problem::Wrong(Fault {
        sent: format!("{REQUESTS} times GET /Users?startIndex=1&count=1, {THREADS} at once"),
        came: format!("{good} answers with status 200 within {:.1} s", elapsed.as_secs_f64()),
        expected: format!("{REQUESTS} answers with status 200, at {PER_SECOND} a second"),
    }))
}

fn throttling(context: &Context<'_>) -> Result<(), Problem> {
    let (answers, _) = burst(context);
    let throttled = answers.iter().flatten().find(|answer| answer.status == 429);
    let Some(answer) = throttled else {
        return Err(Problem::Impossible(format!("{REQUESTS} requests at once were not throttled")));
    };
    let seconds = answer.header("retry-after").is_some_and(|value| value.parse::<u64>().is_ok());
    if seconds {
        return Ok(());
    }
    Err(Problem::Wrong(Fault {
        sent: format!("{REQUESTS} times GET /Users?startIndex=1&count=1"),
        came: format!("429 with Retry-After {:?}", answer.header("retry-after")),
        expected: "Retry-After with whole seconds".to_owned(),
    }))
}
