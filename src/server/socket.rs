//! A WebSocket once its handshake is done: reading, answering in order, pings, silence, and a proper goodbye.

use std::future::poll_fn;
use std::io;
use std::mem::MaybeUninit;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::time::{Instant, sleep_until, timeout, timeout_at};

use super::frames::{FrameReader, Incoming, Violation, render_close, render_ping, render_pong, render_text};
use super::life::Life;

/// The longest message a client may send, in bytes.
pub(crate) const MAX_MESSAGE_BYTES: usize = 1 << 20;
/// How often the server pings: what proxies on the way need to keep a quiet socket open.
pub(crate) const PING_EVERY: Duration = Duration::from_secs(20);
/// How long the other side may take over its half of the goodbye.
const GOODBYE: Duration = Duration::from_secs(1);
/// How long a refused client is given to send its first message, so that it reads the refusal as the answer to it.
pub(crate) const REFUSAL_HOLD: Duration = Duration::from_secs(3);
/// What one read takes in at most. It lies on the stack of the read itself: a waiting socket holds no buffer.
const READ_BYTES: usize = 8 * 1024;

/// What is said to a message.
#[derive(Debug)]
pub(crate) enum Answer {
    /// A text message.
    Text(String),
    /// Nothing, and no more messages: the client wishes to close.
    Close,
}

/// What a client sends besides control frames.
#[derive(Debug)]
pub(crate) enum Message {
    /// A text.
    Text(String),
    /// Bytes.
    Binary,
}

/// Why a conversation ends: the close frame's code and reason.
type Goodbye = (u16, &'static str);

/// Serves a socket until it closes: each message is given to `answer`, one at a time and in order.
pub(crate) async fn converse<T>(
    mut socket: Socket<T>,
    dead_after: Duration,
    life: Arc<Life>,
    mut answer: impl FnMut(Message) -> Answer,
) where
    T: AsyncRead + AsyncWrite + Unpin,
{
    match socket.exchange(dead_after, &life, &mut answer).await {
        Ok(Some((code, reason))) => socket.say_goodbye(code, reason).await,
        Ok(None) => socket.hang_up().await,
        // Clients come and go; a dropped connection is no event.
        Err(error) => tracing::debug!(%error, "socket dropped"),
    }
}

/// Tells a client why it is not served, and closes once it has sent its first message or waited long enough: many
/// clients would otherwise see the close and never the reason.
pub(crate) async fn refuse<T>(mut socket: Socket<T>, text: &str, life: Arc<Life>)
where
    T: AsyncRead + AsyncWrite + Unpin,
{
    let exchange = async {
        socket.write(&render_text(text), Instant::now() + REFUSAL_HOLD).await?;
        loop {
            match socket.reader.next() {
                Ok(Some(Incoming::Text(_) | Incoming::Binary)) => return Ok((1000, "")),
                Ok(Some(Incoming::Close(code))) => return Ok((code.unwrap_or(1000), "")),
                Ok(Some(Incoming::Ping(_) | Incoming::Pong)) => {}
                Ok(None) => socket.fill().await?,
                Err(violation) => return Ok(violation.close()),
            }
        }
    };
    let end: io::Result<Goodbye> = tokio::select! {
        end = timeout(REFUSAL_HOLD, exchange) => end.unwrap_or(Ok((1000, ""))),
        () = life.stopped() => Ok(STOPPING),
    };
    if let Ok((code, reason)) = end {
        socket.say_goodbye(code, reason).await;
    }
}

/// What clients are told when the server stops.
const STOPPING: Goodbye = (1001, "the server is shutting down");
/// What a client is told that may not be there to hear it.
const SILENT: Goodbye = (1001, "no sign of life for too long");

/// A WebSocket and what it has said so far.
pub(crate) struct Socket<T> {
    stream: T,
    reader: FrameReader,
    /// When the client was last heard.
    heard: Instant,
}

impl<T: AsyncRead + AsyncWrite + Unpin> Socket<T> {
    /// A socket whose handshake is done.
    pub(crate) fn new(stream: T) -> Socket<T> {
        Socket { stream, reader: FrameReader::new(MAX_MESSAGE_BYTES), heard: Instant::now() }
    }

    /// Reads and answers until there is a reason to stop; `None` where the client has closed and was answered.
    async fn exchange(
        &mut self,
        dead_after: Duration,
        life: &Life,
        answer: &mut impl FnMut(Message) -> Answer,
    ) -> io::Result<Option<Goodbye>> {
        let mut ping_at = Instant::now() + PING_EVERY;
        let mut timer = pin!(sleep_until(ping_at.min(self.heard + dead_after)));
        // One future for the whole conversation: a new one per message would queue and unqueue itself every time.
        let mut stopped = pin!(life.stopped());
        loop {
            match self.reader.next() {
                Ok(Some(incoming)) => {
                    let said = match incoming {
                        Incoming::Text(text) => Some(answer(Message::Text(text))),
                        Incoming::Binary => Some(answer(Message::Binary)),
                        Incoming::Ping(payload) => {
                            self.write(&render_pong(&payload), self.heard + dead_after).await?;
                            None
                        }
                        Incoming::Pong => None,
                        Incoming::Close(code) => {
                            let echo = render_close(code.unwrap_or(1000), "");
                            self.write(&echo, Instant::now() + GOODBYE).await?;
                            return Ok(None);
                        }
                    };
                    match said {
                        Some(Answer::Text(text)) => {
                            self.write(&render_text(&text), self.heard + dead_after).await?;
                        }
                        Some(Answer::Close) => return Ok(Some((1000, ""))),
                        None => {}
                    }
                    if life.is_stopping() {
                        return Ok(Some(STOPPING));
                    }
                    continue;
                }
                Ok(None) => {}
                Err(violation) => return Ok(Some(refusal(violation))),
            }
            tokio::select! {
                biased;
                () = &mut timer => {
                    let now = Instant::now();
                    if now >= self.heard + dead_after {
                        return Ok(Some(SILENT));
                    }
                    if now >= ping_at {
                        self.write(&render_ping(), self.heard + dead_after).await?;
                        ping_at = now + PING_EVERY;
                    }
                    timer.as_mut().reset(ping_at.min(self.heard + dead_after));
                }
                filled = self.fill() => filled?,
                () = &mut stopped => return Ok(Some(STOPPING)),
            }
        }
    }

    /// Waits for bytes and takes them in.
    async fn fill(&mut self) -> io::Result<()> {
        poll_fn(|cx| {
            let mut bytes = [const { MaybeUninit::uninit() }; READ_BYTES];
            let mut buffer = ReadBuf::uninit(&mut bytes);
            std::task::ready!(Pin::new(&mut self.stream).poll_read(cx, &mut buffer))?;
            if buffer.filled().is_empty() {
                return Poll::Ready(Err(io::Error::from(io::ErrorKind::UnexpectedEof)));
            }
            self.reader.feed(buffer.filled());
            Poll::Ready(Ok(()))
        })
        .await?;
        self.heard = Instant::now();
        Ok(())
    }

    /// Writes a whole frame. A client that does not read is given until `until`.
    async fn write(&mut self, frame: &[u8], until: Instant) -> io::Result<()> {
        timeout_at(until, self.stream.write_all(frame)).await.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
    }

    /// Closes from this side, and gives the other a moment to agree.
    async fn say_goodbye(mut self, code: u16, reason: &str) {
        let goodbye = async {
            self.stream.write_all(&render_close(code, reason)).await?;
            loop {
                match self.reader.next() {
                    Ok(Some(Incoming::Close(_))) => break,
                    Ok(Some(_)) => {}
                    Ok(None) => self.fill().await?,
                    // After a violation the rest makes no sense, but it has to be read: see `hang_up`.
                    Err(_) => {
                        self.skim().await?;
                        break;
                    }
                }
            }
            io::Result::Ok(())
        };
        // Whatever comes of it, the socket is over.
        let _ = timeout(GOODBYE, goodbye).await;
        self.hang_up().await;
    }

    /// Reads on without understanding, until the client closes: a socket that is closed over unread bytes is reset,
    /// and the client would never see the close frame.
    async fn skim(&mut self) -> io::Result<()> {
        loop {
            self.reader = FrameReader::new(MAX_MESSAGE_BYTES);
            self.fill().await?;
        }
    }

    async fn hang_up(mut self) {
        let _ = timeout(GOODBYE, self.stream.shutdown()).await;
    }
}

fn refusal(violation: Violation) -> Goodbye {
    tracing::debug!(?violation, "socket closed");
    violation.close()
}
