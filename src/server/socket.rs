//! A WebSocket once its handshake is done: frames in, frames out, and a proper goodbye.

use std::future::poll_fn;
use std::io;
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::time::{Instant, timeout, timeout_at};

use super::frames::{FrameReader, Incoming, Violation, render_close};
use super::room::SHORT_BYTES;

/// The longest message a client may send, in bytes.
pub(crate) const MAX_MESSAGE_BYTES: usize = 1 << 20;
/// How long the other side may take over its half of the goodbye.
pub(super) const GOODBYE: Duration = Duration::from_secs(1);
/// What one read takes in at most. It lies on the stack of the read itself: a waiting socket holds no buffer.
const READ_BYTES: usize = 8 * 1024;

/// Why a conversation ends: the close frame's code and reason.
pub(crate) type Goodbye = (u16, &'static str);

/// A WebSocket.
pub(crate) struct Socket<T> {
    stream: T,
    reader: FrameReader,
}

impl<T: AsyncRead + AsyncWrite + Unpin> Socket<T> {
    /// A socket whose handshake is done.
    pub(crate) fn new(stream: T) -> Socket<T> {
        Socket { stream, reader: FrameReader::new(MAX_MESSAGE_BYTES) }
    }

    /// What has come, without waiting for more.
    pub(super) fn next(&mut self) -> Result<Option<Incoming>, Violation> {
        self.reader.next()
    }

    /// How many bytes have come of a message that has begun and not ended; `None` where none has.
    pub(super) fn under_way(&self) -> Option<usize> {
        self.reader.under_way()
    }

    /// Whether a message is under way that is too long for a socket on which nobody is served.
    pub(super) fn is_overlong(&self) -> bool {
        self.under_way() > Some(SHORT_BYTES)
    }

    /// Waits for bytes and takes them in.
    pub(super) async fn fill(&mut self) -> io::Result<()> {
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
        .await
    }

    /// Writes a whole frame. A client that does not read is given until `until`.
    pub(super) async fn write(&mut self, frame: &[u8], until: Instant) -> io::Result<()> {
        timeout_at(until, self.stream.write_all(frame)).await.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
    }

    /// Closes from this side, and gives the other a moment to agree.
    pub(super) async fn say_goodbye(mut self, code: u16, reason: &str) {
        let goodbye = async {
            self.stream.write_all(&render_close(code, reason)).await?;
            loop {
                match self.next() {
                    Ok(Some(Incoming::Close(_))) => break,
                    Ok(Some(_)) => {}
                    Ok(None) if !self.is_overlong() => self.fill().await?,
                    // After a violation the rest makes no sense, and a long message has no room here; it has to be read.
                    Ok(None) | Err(_) => {
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

    /// Lets go of the stream.
    pub(super) async fn hang_up(mut self) {
        let _ = timeout(GOODBYE, self.stream.shutdown()).await;
    }
}
