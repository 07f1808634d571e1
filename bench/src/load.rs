//! Work from several connections at once, each with one request under way, as provisioning services send it.

use std::cell::Cell;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::Result;
use futures::stream::{FuturesUnordered, TryStreamExt};

use crate::client::Client;

/// To whom requests go.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    pub(crate) address: SocketAddr,
    /// Header lines that every request carries, each with its end.
    pub(crate) headers: String,
}

impl Target {
    pub(crate) async fn client(&self) -> Result<Client> {
        Client::connect(self.address, &self.headers).await
    }
}

/// What a load took.
#[derive(Debug, Clone)]
pub(crate) struct Timing {
    pub(crate) wall: Duration,
    /// Of each answer, in microseconds, sorted.
    pub(crate) latencies: Vec<u32>,
}

impl Timing {
    /// The latency that this share of the answers does not exceed, in milliseconds.
    pub(crate) fn percentile(&self, percent: usize) -> f64 {
        let last = self.latencies.len().saturating_sub(1);
        self.latencies.get(last * percent / 100).map_or(0.0, |latency| f64::from(*latency) / 1000.0)
    }
}

/// Runs pieces of work, numbered from 0, from so many connections; whichever is free takes the next. With several targets
/// the connections go to one after the other, as a balancer deals them out.
pub(crate) async fn run<W>(targets: &[Target], connections: usize, pieces: usize, work: W) -> Result<Timing>
where
    W: AsyncFn(&mut Client, usize) -> Result<()>,
{
    let mut clients = Vec::new();
    for target in targets.iter().cycle().take(connections) {
        clients.push(target.client().await?);
    }
    let (next, work, started) = (Cell::new(0), &work, Instant::now());
    let next = &next;
    let each = clients.into_iter().map(async |mut client| {
        while next.get() < pieces {
            let number = next.replace(next.get() + 1);
            work(&mut client, number).await?;
        }
        anyhow::Ok(client.latencies)
    });
    let latencies: Vec<Vec<u32>> = each.collect::<FuturesUnordered<_>>().try_collect().await?;
    let mut latencies = latencies.concat();
    latencies.sort_unstable();
    Ok(Timing { wall: started.elapsed(), latencies })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_read_from_the_sorted_latencies() {
        let timing = Timing { wall: Duration::ZERO, latencies: (1..=100).map(|number| number * 1000).collect() };
        assert!((timing.percentile(50) - 50.0).abs() < 0.1 && (timing.percentile(99) - 99.0).abs() < 0.1);
        assert!(Timing { latencies: Vec::new(), ..timing }.percentile(99) < 0.1);
    }
}
