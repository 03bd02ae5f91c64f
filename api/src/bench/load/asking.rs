//! Requests that were worded beforehand: each sender keeps a connection and sends as soon as it heard, or all of them keep a
//! pace together.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use super::super::wire::Wire;
use super::{Measured, Order, measured, micros};

/// What senders share.
struct Shared {
    address: String,
    requests: Vec<String>,
    next: AtomicUsize,
    end: Instant,
    /// Between two requests of one sender; none sends as soon as it heard.
    pause: Option<Duration>,
}

pub(super) async fn run(
    order: &Order,
    address: String,
    requests: Vec<String>,
    per_second: Option<u64>,
) -> Result<Measured, String> {
    if requests.is_empty() {
        return Err("There is nothing to ask.".to_owned());
    }
    let senders = order.senders.max(1);
    let begun = Instant::now();
    let all = u32::try_from(senders).unwrap_or(u32::MAX);
    let pause = per_second.map(|rate| Duration::from_secs(1) * all / u32::try_from(rate.max(1)).unwrap_or(u32::MAX));
    let end = begun + Duration::from_millis(order.millis);
    let shared = Arc::new(Shared { address, requests, next: AtomicUsize::new(0), end, pause });
    let sending: Vec<_> = (0..senders).map(|_| tokio::spawn(send(shared.clone()))).collect();
    let (mut times, mut failed) = (Vec::new(), 0);
    for sender in sending {
        let (own, lost) = sender.await.map_err(|error| error.to_string())?;
        times.extend(own);
        failed += lost;
    }
    Ok(measured(times, failed, begun))
}

/// The times of the answers in microseconds, and how often there was none.
async fn send(shared: Arc<Shared>) -> (Vec<u64>, u64) {
    let (mut times, mut failed, mut wire) = (Vec::new(), 0, None);
    while Instant::now() < shared.end {
        let at = shared.next.fetch_add(1, Ordering::Relaxed) % shared.requests.len();
        let sent = Instant::now();
        let open = match wire.take() {
            Some(open) => Ok(open),
            None => Wire::connect(&shared.address).await,
        };
        let answer = match open {
            Ok(mut open) => open.ask(&shared.requests[at]).await.map(|heard| (open, heard)),
            Err(error) => Err(error),
        };
        match answer {
            Ok((open, heard)) => {
                if heard.is_good() {
                    times.push(micros(sent));
                } else {
                    failed += 1;
                }
                wire = Some(open);
            }
            Err(_) => failed += 1,
        }
        if let Some(pause) = shared.pause {
            tokio::time::sleep(pause.saturating_sub(sent.elapsed())).await;
        }
    }
    (times, failed)
}
