//! Connections: how many are held, how long each may take for a head or leave its reply unread, and how they drain.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio_io_timeout::TimeoutStream;
use tower_service::Service;

use super::linger::{Lingering, Unread};
use crate::config::Config;

/// Bytes kept of a head at most, per connection; a larger head hears 431.
const HEAD_BYTES: usize = 80 * 1_024;
/// Rest after an accept that failed: the process has no free descriptor, and asking at once would only burn time.
const REST: Duration = Duration::from_millis(50);

/// Serves `router` until `stop`, then lets every request in flight end.
///
/// # Errors
/// When the listener is gone.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    config: &Config,
    stop: impl Future<Output = ()>,
) -> io::Result<()> {
    let milliseconds = |name| Duration::from_millis(config.number(name));
    let limits = Limits {
        head: milliseconds("LIENTHONG_HTTP_HEAD_TIMEOUT_MS"),
        write: milliseconds("LIENTHONG_HTTP_WRITE_TIMEOUT_MS"),
    };
    let places = Arc::new(Semaphore::new(config.size("LIENTHONG_HTTP_CONNECTIONS").min(Semaphore::MAX_PERMITS)));
    let (stopping, _) = watch::channel(());
    tokio::pin!(stop);
    loop {
        let accepted = async {
            let place = places.clone().acquire_owned().await.map_err(io::Error::other)?;
            listener.accept().await.map(|(stream, from)| (stream, from, place))
        };
        let (stream, from, place) = tokio::select! {
            accepted = accepted => match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be taken");
                    tokio::time::sleep(REST).await;
                    continue;
                }
            },
            () = &mut stop => break,
        };
        let (router, draining) = (router.clone(), stopping.subscribe());
        tokio::spawn(async move {
            connection(stream, from, router, limits, draining).await;
            drop(place);
        });
    }
    drop(listener);
    stopping.send_replace(());
    stopping.closed().await;
    Ok(())
}

#[derive(Clone, Copy)]
struct Limits {
    head: Duration,
    write: Duration,
}

/// One connection to its end; what goes wrong on it is its caller's to see, and requests have lines of their own.
async fn connection(
    stream: TcpStream,
    from: SocketAddr,
    router: Router,
    limits: Limits,
    mut draining: watch::Receiver<()>,
) {
    // Small replies leave at once; where this cannot be set they leave a little later.
    let _ = stream.set_nodelay(true);
    let unread = Unread::default();
    let mut stream = TimeoutStream::new(Lingering::new(stream, unread.clone()));
    stream.set_write_timeout(Some(limits.write));
    let service = service_fn(move |mut request: hyper::Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(from));
        let (mut router, unread) = (router.clone(), unread.clone());
        async move {
            // A router is always ready.
            let Ok(answer) = router.call(request.map(|body| unread.watch(body))).await;
            Ok::<_, Infallible>(unread.answer(answer).await)
        }
    });
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head)
        .max_buf_size(HEAD_BYTES)
        .serve_connection(TokioIo::new(Box::pin(stream)), service)
        .with_upgrades();
    tokio::pin!(served);
    tokio::select! {
        _ = &mut served => return,
        _ = draining.changed() => served.as_mut().graceful_shutdown(),
    }
    let _ = served.await;
}
