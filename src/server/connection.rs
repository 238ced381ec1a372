//! One connection: HTTP/1.1 with a deadline for every wait on the client.
//!
//! The deadlines stand here and not in the HTTP library because it knows only one, which would also cut idle
//! connections short.

use std::convert::Infallible;
use std::future::poll_fn;
use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use hyper::body::{Frame, Incoming, SizeHint};
use hyper::header::{CONNECTION, HOST, HeaderValue, UPGRADE};
use hyper::{Request, StatusCode, Version};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::time::{sleep_until, timeout};
use tower::ServiceExt;

use super::answer::Refused;
use super::crowd::Place;
use super::life::Life;
use super::pace::Pace;

/// The longest head, in bytes.
const MAX_HEAD_BYTES: usize = 32 * 1024;
/// The most fields of a head.
const MAX_FIELDS: usize = 100;
/// How long, and how much, a closed connection is still read: a socket that is closed over unread bytes is reset, and
/// the client would never see the answer that says why.
const LINGER: Duration = Duration::from_secs(1);
const LINGER_BYTES: usize = 4 << 20;

/// Serves one connection until it closes, waits too long or, once the server stops, has answered what is in flight.
/// Whether its end was a request that cannot be read as HTTP: nobody else sees that one.
pub(crate) async fn serve_connection<T>(
    stream: T,
    pace: Arc<Pace>,
    place: Place,
    router: Router,
    life: Arc<Life>,
) -> bool
where
    T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let _open = life.enter();
    let guarded = TokioIo::new(Guarded { stream: Some((stream, place)), pace: pace.clone(), at_end: false });
    let service = hyper::service::service_fn(|request: Request<Incoming>| {
        pace.request_began();
        let (router, pace) = (router.clone(), pace.clone());
        let mut request = request.map(|body| Body::new(Awaited { body, pace: pace.clone() }));
        if request.headers().contains_key(UPGRADE) {
            // For the WebSocket that it may become.
            request.extensions_mut().insert(pace.clone());
        }
        if let Err(bad) = check_head(&request) {
            request.extensions_mut().insert(bad);
        }
        async move {
            let Ok(mut response) = router.oneshot(request).await;
            pace.response_ready(response.status());
            if closes(response.status()) {
                // The rest of the request is not going to be read.
                response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
            }
            Ok::<_, Infallible>(response)
        }
    });
    let connection = hyper::server::conn::http1::Builder::new()
        .max_buf_size(MAX_HEAD_BYTES)
        // Some more than are allowed, so that most excesses get an answer with a text in it.
        .max_headers(2 * MAX_FIELDS)
        .header_read_timeout(None)
        .half_close(false)
        .serve_connection(guarded, service)
        .with_upgrades();

    let mut connection = pin!(connection);
    let mut timer = pin!(sleep_until(pace.deadline().expect("a new connection owes its first request")));
    let mut stopped = pin!(life.stopped());
    let mut stopping = false;
    poll_fn(|cx| {
        loop {
            if let Poll::Ready(end) = connection.as_mut().poll(cx) {
                let Err(error) = end else { return Poll::Ready(false) };
                tracing::debug!(%error, "connection ended");
                return Poll::Ready(error.is_parse());
            }
            // Only the poll above moves the deadline, so this is the place to follow it.
            if let Some(deadline) = pace.deadline() {
                if timer.deadline() != deadline {
                    timer.as_mut().reset(deadline);
                }
                if timer.as_mut().poll(cx).is_ready() {
                    tracing::debug!("connection timed out");
                    return Poll::Ready(false);
                }
            }
            if stopping || stopped.as_mut().poll(cx).is_pending() {
                return Poll::Pending;
            }
            stopping = true;
            connection.as_mut().graceful_shutdown();
        }
    })
    .await
}

/// Whether nothing can follow an answer of this status on its connection.
fn closes(status: StatusCode) -> bool {
    matches!(
        status,
        StatusCode::PAYLOAD_TOO_LARGE | StatusCode::REQUEST_TIMEOUT | StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE
    )
}

/// What is wrong with a request's head. It goes to the router with the request, so that it is refused as all else is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BadHead {
    /// It is too long, or has too many fields.
    TooLong,
    /// HTTP/1.1 wants a `Host` (RFC 9112 §3.2).
    NoHost,
}

impl From<BadHead> for Refused {
    fn from(bad: BadHead) -> Refused {
        let (status, what) = match bad {
            BadHead::TooLong => (
                StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
                "The request's head is longer than 32 KiB or has more than 100 fields.",
            ),
            BadHead::NoHost => (StatusCode::BAD_REQUEST, "An HTTP/1.1 request needs a Host field."),
        };
        Refused::Other(status, what)
    }
}

/// The limits of a head, to the byte: the HTTP library's own only keep it from growing without end.
fn check_head(request: &Request<Body>) -> Result<(), BadHead> {
    let uri = request.uri();
    let target = uri.path_and_query().map_or(0, |target| target.as_str().len())
        + uri.authority().map_or(0, |authority| authority.as_str().len());
    // `: ` and the line's end stand with every field; the first line has two blanks, the version and its end.
    let fields: usize = request.headers().iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum();
    if request.method().as_str().len() + target + 12 + fields + 2 > MAX_HEAD_BYTES
        || request.headers().len() > MAX_FIELDS
    {
        return Err(BadHead::TooLong);
    }
    if request.version() == Version::HTTP_11 && !request.headers().contains_key(HOST) {
        return Err(BadHead::NoHost);
    }
    Ok(())
}

/// A request's body that tells the pace when it does not come.
struct Awaited {
    body: Incoming,
    pace: Arc<Pace>,
}

impl hyper::body::Body for Awaited {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(cx);
        self.pace.body_is_awaited(polled.is_pending());
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Awaited {
    fn drop(&mut self) {
        self.pace.body_is_awaited(false);
    }
}

/// A stream that tells the pace what happens on it, and that lingers when it is dropped over unread bytes.
struct Guarded<T: AsyncRead + AsyncWrite + Unpin + Send + 'static> {
    /// Taken only by `drop`.
    stream: Option<(T, Place)>,
    pace: Arc<Pace>,
    /// The client has closed its side.
    at_end: bool,
}

impl<T: AsyncRead + AsyncWrite + Unpin + Send + 'static> Guarded<T> {
    fn stream(&mut self) -> Pin<&mut T> {
        Pin::new(&mut self.stream.as_mut().expect("only drop takes the stream").0)
    }
}

impl<T: AsyncRead + AsyncWrite + Unpin + Send + 'static> AsyncRead for Guarded<T> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let (before, room) = (buffer.filled().len(), buffer.remaining());
        let read = ready!(self.stream().poll_read(cx, buffer));
        if buffer.filled().len() > before {
            self.pace.bytes_came();
        } else if room > 0 {
            self.at_end = true;
        }
        Poll::Ready(read)
    }
}

impl<T: AsyncRead + AsyncWrite + Unpin + Send + 'static> AsyncWrite for Guarded<T> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let wrote = ready!(self.stream().poll_write(cx, bytes));
        self.pace.bytes_left();
        Poll::Ready(wrote)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let wrote = ready!(self.stream().poll_write_vectored(cx, bytes));
        self.pace.bytes_left();
        Poll::Ready(wrote)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.as_ref().is_some_and(|(stream, _)| stream.is_write_vectored())
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stream().poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stream().poll_shutdown(cx)
    }
}

impl<T: AsyncRead + AsyncWrite + Unpin + Send + 'static> Drop for Guarded<T> {
    fn drop(&mut self) {
        let lingers = !self.at_end && !self.pace.is_given_up();
        let Some((stream, place)) = self.stream.take().filter(|_| lingers) else { return };
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move {
                linger(stream).await;
                drop(place);
            });
        }
    }
}

/// Says goodbye and reads what still comes, for a moment.
async fn linger<T: AsyncRead + AsyncWrite + Unpin>(mut stream: T) {
    let drain = async {
        stream.shutdown().await?;
        let mut left = LINGER_BYTES;
        let mut scratch = vec![0; 8192];
        while left > 0 {
            match stream.read(&mut scratch).await? {
                0 => break,
                read => left = left.saturating_sub(read),
            }
        }
        io::Result::Ok(())
    };
    // Whatever comes of it, the connection is over.
    let _ = timeout(LINGER, drain).await;
}

#[cfg(test)]
mod tests {
    use axum::middleware::{Next, from_fn};
    use axum::response::IntoResponse;
    use axum::routing::{get, post};
    use tokio::io::{DuplexStream, duplex};
    use tokio::time::Instant;

    use super::*;
    use crate::server::crowd::Crowd;

    /// The other end of a connection.
    fn connect(life: &Arc<Life>) -> DuplexStream {
        connect_to(life, &Crowd::new(1))
    }

    fn connect_to(life: &Arc<Life>, crowd: &Arc<Crowd>) -> DuplexStream {
        let router = Router::new()
            .route("/", get(|| async { "fine" }))
            .route("/slow", get(|| async { tokio::time::sleep(Duration::from_secs(600)).await }))
            .route("/full", post(|| async { StatusCode::PAYLOAD_TOO_LARGE }))
            .route("/read", post(|_: Bytes| async { "read" }))
            .layer(from_fn(async |request: Request<Body>, next: Next| match request.extensions().get::<BadHead>() {
                Some(&bad) => Refused::from(bad).into_response(),
                None => next.run(request).await,
            }));
        let (ours, theirs) = duplex(1 << 20);
        let pace = Arc::new(Pace::new());
        let place = crowd.admit(&pace).expect("there is room");
        tokio::spawn(serve_connection(ours, pace, place, router, life.clone()));
        theirs
    }

    /// What comes after these bytes were sent, until the server closes, and after how many seconds it does.
    async fn exchange(bytes: &[u8]) -> (String, u64) {
        let began = Instant::now();
        let mut client = connect(&Life::new());
        client.write_all(bytes).await.expect("the bytes are taken");
        let mut answer = String::new();
        client.read_to_string(&mut answer).await.expect("a text");
        (answer, began.elapsed().as_secs())
    }

    async fn check(bytes: &[u8], status: &str, seconds: u64) {
        let (answer, took) = exchange(bytes).await;
        let first = answer.lines().next().unwrap_or_default();
        assert!(first.contains(status), "`{first}` is not {status}");
        assert_eq!(took, seconds);
    }

    const GET: &[u8] = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";

    #[tokio::test(start_paused = true)]
    async fn deadlines() {
        check(b"", "", 10).await;
        check(b"GET / HTTP/1.1\r\nHost: loc", "", 10).await;
        check(GET, "200", 60).await;
        check(&[GET, b"GET /"].concat(), "200", 60).await;
        check(b"GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n", "200", 660).await;
        check(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", "200", 0).await;
    }

    #[tokio::test(start_paused = true)]
    async fn a_second_head_has_its_own_deadline() {
        let mut client = connect(&Life::new());
        client.write_all(GET).await.expect("the bytes are taken");
        tokio::time::sleep(Duration::from_secs(50)).await;
        let began = Instant::now();
        client.write_all(b"GET / HT").await.expect("the bytes are taken");
        client.read_to_end(&mut Vec::new()).await.expect("bytes");
        assert_eq!(began.elapsed().as_secs(), 10);
    }

    #[tokio::test(start_paused = true)]
    async fn limits_of_the_head() {
        let long =
            |bytes| format!("GET / HTTP/1.1\r\nHost: localhost\r\nX: {}\r\n\r\n", "x".repeat(bytes)).into_bytes();
        check(&long(32_000), "200", 60).await;
        check(&long(MAX_HEAD_BYTES), "431", 0).await;
        check(&long(200_000), "431", 0).await;
        let many =
            |fields| format!("GET / HTTP/1.1\r\nHost: localhost\r\n{}\r\n", "X: y\r\n".repeat(fields)).into_bytes();
        check(&many(99), "200", 60).await;
        check(&many(100), "431", 0).await;
        check(&many(500), "431", 0).await;
        check(b"GET / HTTP/1.1\r\n\r\n", "400", 60).await;
        check(b"GET / HTTP/1.0\r\n\r\n", "200", 0).await;
        check(b"nonsense\r\n\r\n", "400", 0).await;
    }

    #[tokio::test(start_paused = true)]
    async fn an_unread_body_ends_the_connection_but_not_the_answer() {
        let mut request = b"POST /full HTTP/1.1\r\nHost: localhost\r\nContent-Length: 500000\r\n\r\n".to_vec();
        request.resize(300_000, b' ');
        let (answer, _) = exchange(&request).await;
        assert!(answer.starts_with("HTTP/1.1 413 ") && answer.contains("connection: close"), "{answer}");
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_owes_a_body_keeps_nobody_out() {
        let crowd = Crowd::new(1);
        let mut client = connect_to(&Life::new(), &crowd);
        let head = b"POST /read HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\n";
        client.write_all(&[&head[..], b"so far"].concat()[..head.len() + 2]).await.expect("the bytes are taken");
        tokio::time::sleep(Duration::from_secs(2)).await;
        let mut next = connect_to(&Life::new(), &crowd);
        assert_eq!((crowd.given_up(), crowd.turned_away()), (1, 0));
        next.write_all(&[&head[..], b"body", GET].concat()).await.expect("the bytes are taken");
        let mut answer = String::new();
        next.read_to_string(&mut answer).await.expect("a text");
        assert_eq!(answer.matches("HTTP/1.1 200").count(), 2, "{answer}");
    }

    #[tokio::test(start_paused = true)]
    async fn stopping_ends_idle_connections_and_answers_what_is_in_flight() {
        let life = Life::new();
        let mut idle = connect(&life);
        let mut busy = connect(&life);
        idle.write_all(GET).await.expect("the bytes are taken");
        busy.write_all(b"GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n").await.expect("the bytes are taken");
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert_eq!(life.open(), 2);
        life.stop();
        let mut answer = String::new();
        idle.read_to_string(&mut answer).await.expect("a text");
        assert!(answer.starts_with("HTTP/1.1 200"));
        answer.clear();
        busy.read_to_string(&mut answer).await.expect("a text");
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        life.emptied().await;
    }
}
