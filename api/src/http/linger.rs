//! Closing without cutting off: a refusal that leaves while its caller still sends would be lost, because a socket that is
//! closed with unread bytes resets the connection, and with it the reply on its way.

use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use axum::http::{HeaderValue, header};
use axum::response::Response;
use hyper::body::{Frame, Incoming, SizeHint};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::Sleep;

/// How long what a caller still sends is taken and thrown away after the last byte of its reply.
const LINGER: Duration = Duration::from_secs(5);
/// Bytes thrown away at once.
const PIECE_BYTES: usize = 16 * 1_024;
/// What may be left of a body that nobody wanted, so that it is read to its end and the connection is kept.
const REST_BYTES: u64 = 64 * 1_024;
/// How long that may take.
const REST: Duration = Duration::from_secs(1);

/// Whether a caller may still be sending: it has begun a request that was not read to its end.
#[derive(Clone, Default)]
pub(super) struct Unread(Arc<Request>);

#[derive(Default)]
struct Request {
    is_unread: AtomicBool,
    /// A body that was dropped before its end.
    rest: Mutex<Option<Incoming>>,
}

impl Unread {
    fn set(&self, is_unread: bool) {
        self.0.is_unread.store(is_unread, Ordering::Relaxed);
    }

    /// The body of a request, which tells when it was read to its end.
    pub(super) fn watch(&self, body: Incoming) -> Body {
        if body.is_end_stream() {
            self.set(false);
            return Body::empty();
        }
        Body::new(Watched { body: Some(body), unread: self.clone() })
    }

    /// Makes an answer say that the connection ends with it, where the body that it answers is not soon at its end: a caller
    /// that kept the connection would send its next request into one that is closing.
    pub(super) async fn answer(&self, mut response: Response) -> Response {
        let rest = self.0.rest.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(mut rest) = rest else { return response };
        let is_short = rest.size_hint().upper().is_some_and(|bytes| bytes <= REST_BYTES);
        let read = async {
            while poll_fn(|cx| Pin::new(&mut rest).poll_frame(cx)).await.is_some_and(|frame| frame.is_ok()) {}
        };
        if is_short && tokio::time::timeout(REST, read).await.is_ok() {
            self.set(false);
        } else {
            response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        response
    }
}

struct Watched {
    /// There until it is dropped.
    body: Option<Incoming>,
    unread: Unread,
}

impl Drop for Watched {
    fn drop(&mut self) {
        if let Some(rest) = self.body.take().filter(|body| !body.is_end_stream()) {
            *self.unread.0.rest.lock().unwrap_or_else(PoisonError::into_inner) = Some(rest);
        }
    }
}

impl HttpBody for Watched {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let Some(body) = &mut self.body else { return Poll::Ready(None) };
        let frame = ready!(Pin::new(body).poll_frame(cx));
        if frame.is_none() || self.is_end_stream() {
            self.unread.set(false);
            self.body = None;
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(HttpBody::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.body.as_ref().map_or(SizeHint::with_exact(0), HttpBody::size_hint)
    }
}

/// A connection that lingers when it is closed in the middle of a request.
pub(super) struct Lingering {
    stream: TcpStream,
    unread: Unread,
    /// Set once the last byte was sent.
    until: Option<Pin<Box<Sleep>>>,
}

impl Lingering {
    pub(super) fn new(stream: TcpStream, unread: Unread) -> Self {
        Self { stream, unread, until: None }
    }

    /// Reads what still comes, until the caller closes too or the time is over.
    fn drain(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let until = self.until.get_or_insert_with(|| Box::pin(tokio::time::sleep(LINGER)));
        let mut piece = [0; PIECE_BYTES];
        loop {
            if until.as_mut().poll(cx).is_ready() {
                return Poll::Ready(());
            }
            let mut piece = ReadBuf::new(&mut piece);
            match ready!(Pin::new(&mut self.stream).poll_read(cx, &mut piece)) {
                Ok(()) if !piece.filled().is_empty() => {}
                _ => return Poll::Ready(()),
            }
        }
    }
}

impl AsyncRead for Lingering {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, piece: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = piece.filled().len();
        let read = ready!(Pin::new(&mut self.stream).poll_read(cx, piece));
        if piece.filled().len() > before {
            self.unread.set(true);
        }
        Poll::Ready(read)
    }
}

impl AsyncWrite for Lingering {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, pieces)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.until.is_none() {
            ready!(Pin::new(&mut self.stream).poll_shutdown(cx))?;
            if !self.unread.0.is_unread.load(Ordering::Relaxed) {
                return Poll::Ready(Ok(()));
            }
        }
        self.drain(cx).map(Ok)
    }
}
