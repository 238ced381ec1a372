//! What is said over a WebSocket: messages answered in order, what others have the socket do, and why it ends.

use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::{Instant, sleep_until, timeout};

use crate::session::Hold;

use super::frames::{Incoming, render_close, render_ping, render_pong, render_text};
use super::held::HeldText;
use super::life::Life;
use super::room::{Room, Rooms};
use super::socket::{GOODBYE, Goodbye, Socket};
use super::turn::{Spent, Turns};
use super::vigil::Vigil;

/// How long a refused client is given to send its first message, so that it reads the refusal as the answer to it.
pub(crate) const REFUSAL_HOLD: Duration = Duration::from_secs(3);

/// What is said to a message.
#[derive(Debug)]
pub(crate) enum Answer {
    /// A text message.
    Text(String),
    /// A text message, once it may be sent.
    Held(HeldText),
    /// Nothing.
    Nothing,
    /// Nothing, and no more messages: the code and the reason to close with.
    Close(Goodbye),
}

impl From<HeldText> for Answer {
    fn from(text: HeldText) -> Answer {
        text.at_once().map_or_else(Answer::Held, Answer::Text)
    }
}

/// What a socket does without being asked by its client.
pub(crate) trait Feed {
    /// What comes next, once it does. May be dropped and asked again at any time.
    fn next(&mut self) -> impl Future<Output = Told> + Send;

    /// The client was heard.
    fn heard(&mut self) {}

    /// What the socket has of a session.
    fn hold(&self) -> Option<&Arc<Hold>> {
        None
    }
}

/// What a socket is told to do.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Told {
    /// To say this.
    Text(String),
    /// To see whether the client is still there.
    Ping,
    /// To close.
    Close(Goodbye),
}

/// What a client sends besides control frames.
#[derive(Debug)]
pub(crate) enum Message {
    /// A text.
    Text(String),
    /// Bytes.
    Binary,
}

/// What the sockets of a server go by.
pub(crate) struct Terms {
    /// How long a client may be silent before it counts as dead.
    pub(crate) dead_after: Duration,
    pub(crate) life: Arc<Life>,
    pub(crate) turns: Arc<Turns>,
    pub(crate) rooms: Rooms,
}

/// Serves a socket until it closes: each message is given to `answer`, one at a time and in order, and in between the
/// socket does what `feed` tells it.
pub(crate) async fn converse<T>(
    socket: Socket<T>,
    terms: Terms,
    mut answer: impl FnMut(Message) -> Answer,
    mut feed: impl Feed,
) where
    T: AsyncRead + AsyncWrite + Unpin,
{
    let (vigil, spent) = (Vigil::begin(terms.dead_after), Spent::default());
    let mut conversation = Conversation { socket, terms: &terms, vigil, room: None, spent };
    let end = conversation.exchange(&mut answer, &mut feed).await;
    let socket = conversation.socket;
    match end {
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
            match socket.next() {
                Ok(Some(Incoming::Text(_) | Incoming::Binary)) => return Ok((1000, "")),
                Ok(Some(Incoming::Close(code))) => return Ok((code.unwrap_or(1000), "")),
                Ok(Some(Incoming::Ping(_) | Incoming::Pong)) => {}
                Ok(None) if socket.is_overlong() => return Ok((1000, "")),
                Ok(None) => socket.fill().await?,
                Err(violation) => return Ok(violation.close()),
            }
        }
    };
    let end: io::Result<Goodbye> = tokio::select! {
        // In this order: whoever is refused because the server stops hears that it is.
        biased;
        end = timeout(REFUSAL_HOLD, exchange) => end.unwrap_or(Ok((1000, ""))),
        () = life.stopped() => Ok(STOPPING),
    };
    if let Ok((code, reason)) = end {
        socket.say_goodbye(code, reason).await;
    }
}

/// What clients are told when the server stops.
const STOPPING: Goodbye = (1001, "the server is shutting down");
/// What a client is told whose session, or what it watched, is no longer there.
pub(crate) const OVER: Goodbye = (1000, "the session is over");
/// What a client is told that did not answer when another wanted its session. A code of this server's own, so that
/// nobody takes it for a reason to come back at once and take the session over in turn.
pub(crate) const TAKEN_OVER: Goodbye = (4001, "another socket has taken the session over");
/// What a client is told that has begun nothing for so long that others have its place (RFC 6455's registry of codes: try
/// again later).
pub(crate) const GAVE_WAY: Goodbye = (1013, "nothing was begun here, and others need the place");
/// What a client is told whose message is one too many of the long ones.
const NO_ROOM: Goodbye = (1013, "too many long messages at once; try again soon");
/// What a client is told that does nothing but ping.
const TOO_MANY_PINGS: Goodbye = (1008, "too many control frames");
/// A socket and what it has said so far.
struct Conversation<'t, T> {
    socket: Socket<T>,
    terms: &'t Terms,
    vigil: Vigil,
    /// What the message has that comes or is being answered.
    room: Option<Room>,
    /// What was done for it since others had a turn.
    spent: Spent,
}

impl<T: AsyncRead + AsyncWrite + Unpin> Conversation<'_, T> {
    /// Reads and answers until there is a reason to stop; `None` where the client has closed and was answered.
    async fn exchange(
        &mut self,
        answer: &mut impl FnMut(Message) -> Answer,
        feed: &mut impl Feed,
    ) -> io::Result<Option<Goodbye>> {
        let mut timer = pin!(sleep_until(self.vigil.due()));
        // One future for the whole conversation: a new one per message would queue and unqueue itself every time.
        let mut stopped = pin!(self.terms.life.stopped());
        loop {
            let end = match self.socket.next() {
                Ok(Some(Incoming::Pong)) if self.vigil.allows_pong() => continue,
                Ok(Some(Incoming::Ping(payload))) if self.vigil.allows_ping() => {
                    self.socket.write(&render_pong(&payload), self.vigil.dead_at()).await?;
                    continue;
                }
                Ok(Some(Incoming::Ping(_) | Incoming::Pong)) => Some(TOO_MANY_PINGS),
                Ok(Some(Incoming::Close(code))) => {
                    let echo = render_close(code.unwrap_or(1000), "");
                    self.socket.write(&echo, Instant::now() + GOODBYE).await?;
                    return Ok(None);
                }
                Ok(Some(incoming)) => {
                    let message = match incoming {
                        Incoming::Text(text) => Message::Text(text),
                        _ => Message::Binary,
                    };
                    match self.reply(message, answer, feed).await? {
                        None => continue,
                        end => end,
                    }
                }
                Ok(None) => self.await_more(),
                Err(violation) => {
                    tracing::debug!(?violation, "socket closed");
                    Some(violation.close())
                }
            };
            if end.is_some() {
                return Ok(end);
            }
            if self.vigil.due() < timer.deadline() {
                timer.as_mut().reset(self.vigil.due());
            }
            let told = tokio::select! {
                // In this order: what has come is heard before silence is judged.
                biased;
                filled = self.socket.fill() => {
                    filled?;
                    self.vigil.heard();
                    feed.heard();
                    None
                }
                () = &mut timer => {
                    let told = self.vigil.look();
                    timer.as_mut().reset(self.vigil.due());
                    told
                }
                () = &mut stopped => Some(Told::Close(STOPPING)),
                told = feed.next() => Some(told),
            };
            if let Some(goodbye) = self.obey(told).await? {
                return Ok(Some(goodbye));
            }
        }
    }

    /// Nothing whole has come: whether what has may go on.
    fn await_more(&mut self) -> Option<Goodbye> {
        let under_way = self.socket.under_way();
        let has_room = self.terms.rooms.has_for(under_way.unwrap_or(0), &mut self.room);
        self.vigil.waits(under_way.is_some()).or((!has_room).then_some(NO_ROOM))
    }

    /// Answers a message, and does what the socket was told meanwhile.
    async fn reply(
        &mut self,
        message: Message,
        answer: &mut impl FnMut(Message) -> Answer,
        feed: &mut impl Feed,
    ) -> io::Result<Option<Goodbye>> {
        let bytes = match &message {
            Message::Text(text) => text.len(),
            Message::Binary => 0,
        };
        let work = async {
            match self.terms.turns.take(bytes, || answer(message)).await {
                Answer::Text(text) => Ok(Some(text)),
                Answer::Held(text) => Ok(Some(text.release().await)),
                Answer::Nothing => Ok(None),
                Answer::Close(goodbye) => Err(goodbye),
            }
        };
        let (said, told) = at_work(work, feed).await;
        self.room = None;
        self.spent.spend(bytes).await;
        match said {
            Ok(Some(text)) => self.socket.write(&render_text(&text), Instant::now() + self.terms.dead_after).await?,
            Ok(None) => {}
            Err(goodbye) => return Ok(Some(goodbye)),
        }
        self.vigil.answered();
        let end = self.obey(told).await?;
        Ok(end.or(self.terms.life.is_stopping().then_some(STOPPING)))
    }

    /// Does what the socket is told, but for closing.
    async fn obey(&mut self, told: Option<Told>) -> io::Result<Option<Goodbye>> {
        match told {
            Some(Told::Text(text)) => self.socket.write(&render_text(&text), self.vigil.dead_at()).await?,
            Some(Told::Ping) => {
                self.vigil.pinged();
                self.socket.write(&render_ping(), self.vigil.dead_at()).await?;
            }
            Some(Told::Close(goodbye)) => return Ok(Some(goodbye)),
            None => {}
        }
        Ok(None)
    }
}

/// What comes of the work on a message, and what the socket is told meanwhile, to be done after it. Whoever only wants to
/// know whether the client is there is answered for it: it waits for this side, which does not hear it meanwhile.
async fn at_work<R>(work: impl Future<Output = R>, feed: &mut impl Feed) -> (R, Option<Told>) {
    let (mut work, mut told) = (pin!(work), None);
    loop {
        tokio::select! {
            biased;
            done = &mut work => return (done, told),
            next = feed.next(), if told.is_none() => match next {
                Told::Ping => feed.heard(),
                next => told = Some(next),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use std::pin::Pin;
    use std::task::Poll;

    use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, ReadBuf, duplex};

    use super::super::room::SHORT_BYTES;
    use super::super::vigil::{LEAST_DEAD_AFTER, MAX_CONTROL_A_SECOND, MESSAGE_DEADLINE};
    use super::*;

    const DEAD_AFTER: Duration = Duration::from_secs(300);
    /// A client's pong.
    const PONG: [u8; 6] = [0x8A, 0x80, 0, 0, 0, 0];

    /// A client's text frame, masked with zeros.
    fn text_frame(text: &str) -> Vec<u8> {
        let mut frame = render_text(text);
        frame[1] |= 0x80;
        let at = frame.len() - text.len();
        frame.splice(at..at, [0; 4]);
        frame
    }

    fn terms(dead_after: Duration) -> Terms {
        Terms { dead_after, life: Life::new(), turns: Arc::new(Turns::new()), rooms: Rooms::new(1) }
    }

    /// The other end of a socket that answers every text with itself.
    fn echo(dead_after: Duration) -> DuplexStream {
        let (ours, theirs) = duplex(1 << 16);
        tokio::spawn(converse(Socket::new(ours), terms(dead_after), say_again, Silence));
        theirs
    }

    fn say_again(message: Message) -> Answer {
        match message {
            Message::Text(text) => Answer::Text(text),
            Message::Binary => Answer::Nothing,
        }
    }

    /// Tells nothing.
    struct Silence;

    impl Feed for Silence {
        async fn next(&mut self) -> Told {
            std::future::pending().await
        }
    }

    /// Asks for a ping again and again.
    struct Doubt;

    impl Feed for Doubt {
        async fn next(&mut self) -> Told {
            tokio::time::sleep(Duration::from_millis(1)).await;
            Told::Ping
        }
    }

    async fn read_frame(stream: &mut DuplexStream) -> Option<(u8, Vec<u8>)> {
        let mut head = [0; 2];
        stream.read_exact(&mut head).await.ok()?;
        let mut payload = vec![0; usize::from(head[1])];
        stream.read_exact(&mut payload).await.ok()?;
        Some((head[0], payload))
    }

    /// The code of the close frame that comes next.
    async fn read_close(stream: &mut DuplexStream) -> u16 {
        let (first, payload) = read_frame(stream).await.expect("a frame");
        assert_eq!(first, 0x88);
        u16::from_be_bytes([payload[0], payload[1]])
    }

    #[tokio::test(start_paused = true)]
    async fn a_silent_client_is_pinged_and_then_given_up() {
        let began = Instant::now();
        let mut client = echo(DEAD_AFTER);
        let mut pings = 0;
        loop {
            match read_frame(&mut client).await.expect("a frame") {
                (0x89, _) => pings += 1,
                (0x88, payload) => break assert_eq!(payload[..2], 1001_u16.to_be_bytes()),
                other => panic!("{other:?}"),
            }
        }
        assert_eq!((pings, began.elapsed().as_secs()), (14, 300));
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_answers_pings_is_never_idle() {
        for dead_after in [LEAST_DEAD_AFTER, Duration::from_secs(5), Duration::from_secs(20), DEAD_AFTER] {
            let mut client = echo(dead_after);
            for ping in 0..50 {
                assert_eq!(read_frame(&mut client).await, Some((0x89, Vec::new())), "ping {ping} of {dead_after:?}");
                // As late as an answer may be.
                tokio::time::sleep(Duration::from_millis(900)).await;
                client.write_all(&PONG).await.expect("a pong is taken");
            }
            client.write_all(&text_frame("hello")).await.expect("a text is taken");
            assert_eq!(read_frame(&mut client).await, Some((0x81, b"hello".to_vec())));
        }
    }

    const WORK: Duration = Duration::from_secs(60);

    /// A text that waits for its turn.
    fn long_text() -> Vec<u8> {
        let mut frame = vec![0x81, 0xFE, 0x18, 0, 0, 0, 0, 0];
        frame.resize(8 + 0x1800, b'x');
        frame
    }

    /// The other end of a socket whose long texts wait for others', the first of them as long as [`WORK`].
    fn behind_others(feed: impl Feed + Send + 'static, dead_after: Duration) -> DuplexStream {
        let (ours, theirs) = duplex(1 << 16);
        let terms = Terms { turns: Turns::after(WORK), ..terms(dead_after) };
        tokio::spawn(converse(Socket::new(ours), terms, |_| Answer::Text("done".to_owned()), feed));
        theirs
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_waits_for_the_server_is_not_silent() {
        let began = Instant::now();
        let mut client = behind_others(Silence, LEAST_DEAD_AFTER);
        client.write_all(&long_text()).await.expect("a text is taken");
        assert_eq!(read_frame(&mut client).await, Some((0x81, b"done".to_vec())));
        assert_eq!(began.elapsed(), WORK);
        for _ in 0..5 {
            assert_eq!(read_frame(&mut client).await, Some((0x89, Vec::new())));
            client.write_all(&PONG).await.expect("a pong is taken");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_waits_to_be_served_is_not_silent() {
        let (ours, mut client) = duplex(1 << 16);
        let socket = Socket::new(ours);
        tokio::time::sleep(WORK).await;
        tokio::spawn(converse(socket, terms(LEAST_DEAD_AFTER), say_again, Silence));
        assert_eq!(read_frame(&mut client).await, Some((0x89, Vec::new())));
    }

    #[tokio::test(start_paused = true)]
    async fn a_message_that_came_while_the_server_worked_is_not_slow() {
        let mut client = behind_others(Silence, DEAD_AFTER);
        // The first read takes the first text and a part of the second.
        client.write_all(&long_text().repeat(2)).await.expect("the texts are taken");
        for _ in 0..2 {
            assert_eq!(read_frame(&mut client).await, Some((0x81, b"done".to_vec())));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_has_come_is_heard_before_silence_is_judged() {
        let (ours, mut client) = duplex(1 << 16);
        let mut talk = pin!(converse(Socket::new(ours), terms(DEAD_AFTER), say_again, Silence));
        assert!(timeout(Duration::from_millis(1), talk.as_mut()).await.is_err());
        // Nobody looks at the socket until its time is over, and what it has said by then.
        client.write_all(&text_frame("hello")).await.expect("a text is taken");
        tokio::time::sleep(DEAD_AFTER).await;
        tokio::select! {
            () = talk => panic!("the socket is over"),
            frame = read_frame(&mut client) => assert_eq!(frame, Some((0x81, b"hello".to_vec()))),
        }
    }

    /// Empty fragments, as many as anybody reads.
    struct Fragments(tokio::io::Repeat);

    impl AsyncRead for Fragments {
        fn poll_read(
            mut self: Pin<&mut Self>,
            cx: &mut std::task::Context<'_>,
            buffer: &mut ReadBuf<'_>,
        ) -> Poll<io::Result<()>> {
            // Has the reader give others a turn now and then, as the system's sockets do.
            let mut scratch = [0; 1];
            std::task::ready!(Pin::new(&mut self.0).poll_read(cx, &mut ReadBuf::new(&mut scratch)))?;
            buffer.put_slice(&[0, 0x80, 0, 0, 0, 0]);
            Poll::Ready(Ok(()))
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_message_without_end_is_cut_off_however_fast_it_comes() {
        let (ours, mut client) = duplex(1 << 16);
        let began = Instant::now();
        let beginning: &[u8] = &[0x01, 0x80, 0, 0, 0, 0];
        let endless = beginning.chain(Fragments(tokio::io::repeat(0)));
        let socket = Socket::new(tokio::io::join(endless, ours));
        tokio::spawn(converse(socket, terms(DEAD_AFTER), say_again, Silence));
        let clock = async {
            while began.elapsed() < 2 * MESSAGE_DEADLINE {
                tokio::time::advance(Duration::from_millis(100)).await;
            }
        };
        tokio::select! {
            biased;
            code = read_close(&mut client) => assert_eq!((code, began.elapsed().as_secs()), (1008, 9)),
            () = clock => panic!("the message goes on"),
        }
    }

    /// Doubts the client after a second, ends its hold after another, and notes when the client was heard.
    struct Rival {
        since: Instant,
        words: Vec<Told>,
        heard: tokio::sync::mpsc::UnboundedSender<Duration>,
    }

    impl Feed for Rival {
        async fn next(&mut self) -> Told {
            let seconds = 3 - self.words.len() as u64;
            tokio::time::sleep_until(self.since + Duration::from_secs(seconds)).await;
            match self.words.pop() {
                Some(told) => told,
                None => std::future::pending().await,
            }
        }

        fn heard(&mut self) {
            let _ = self.heard.send(self.since.elapsed());
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_whose_message_is_at_work_is_alive() {
        let (heard, mut hears) = tokio::sync::mpsc::unbounded_channel();
        let words = vec![Told::Close(OVER), Told::Ping];
        let mut client = behind_others(Rival { since: Instant::now(), words, heard }, DEAD_AFTER);
        client.write_all(&long_text()).await.expect("a text is taken");
        assert_eq!(hears.recv().await, Some(Duration::ZERO), "the text");
        assert_eq!(hears.recv().await, Some(Duration::from_secs(1)));
        assert_eq!(read_frame(&mut client).await, Some((0x81, b"done".to_vec())), "what was done is told first");
        assert_eq!(read_close(&mut client).await, 1000);
    }

    #[tokio::test(start_paused = true)]
    async fn a_message_that_comes_by_the_byte_is_cut_off() {
        // Half a frame, and half a message with pings in between; each time after a message that was whole.
        for part in [&text_frame("hello")[..4], &[0x01, 0x81, 0, 0, 0, 0, b'x']] {
            let began = Instant::now();
            let mut client = echo(DEAD_AFTER);
            client.write_all(&[&text_frame("whole"), part].concat()).await.expect("the bytes are taken");
            assert_eq!(read_frame(&mut client).await, Some((0x81, b"whole".to_vec())));
            for _ in 0..4 {
                tokio::time::sleep(Duration::from_secs(2)).await;
                let more = if part.len() == 4 { vec![0] } else { PONG.to_vec() };
                client.write_all(&more).await.expect("the bytes are taken");
            }
            assert_eq!(read_close(&mut client).await, 1008);
            assert_eq!(began.elapsed(), MESSAGE_DEADLINE);
        }
    }

    /// So many bytes of a text that does not end.
    fn part_of_a_text(bytes: usize) -> Vec<u8> {
        let mut frame = vec![0x01, 0xFF, 0, 0, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0];
        frame.resize(frame.len() + bytes, b'x');
        frame
    }

    #[tokio::test(start_paused = true)]
    async fn long_messages_share_their_room_and_short_ones_need_none() {
        let terms = terms(DEAD_AFTER);
        let rooms = terms.rooms.clone();
        let open = || {
            let (ours, theirs) = duplex(1 << 20);
            let terms = Terms { life: terms.life.clone(), turns: terms.turns.clone(), rooms: rooms.clone(), ..terms };
            tokio::spawn(converse(Socket::new(ours), terms, say_again, Silence));
            theirs
        };
        let (mut first, mut second, mut third) = (open(), open(), open());
        for (client, bytes) in [(&mut first, SHORT_BYTES), (&mut second, SHORT_BYTES + 1), (&mut third, SHORT_BYTES)] {
            client.write_all(&part_of_a_text(bytes)).await.expect("a part is taken");
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        assert_eq!(rooms.free(), 0, "the second has it");
        first.write_all(b"x").await.expect("a byte is taken");
        assert_eq!(read_close(&mut first).await, 1013);
        // The end of the message; the answer has a longer head.
        second
            .write_all(&[&vec![b'x'; (8 << 16) - SHORT_BYTES - 1][..], &[0x80, 0x80, 0, 0, 0, 0]].concat())
            .await
            .expect("the rest is taken");
        let mut answer = vec![0; 10 + (8 << 16)];
        second.read_exact(&mut answer).await.expect("an answer");
        assert_eq!((&answer[..2], rooms.free()), (&[0x81, 127][..], 1));
        third.write_all(b"x").await.expect("a byte is taken");
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert_eq!(rooms.free(), 0, "it is the third's");
    }

    #[tokio::test(start_paused = true)]
    async fn floods_of_pings_are_closed_with_1008() {
        let mut client = echo(DEAD_AFTER);
        let pings = [0x89, 0x80, 0, 0, 0, 0].repeat(MAX_CONTROL_A_SECOND as usize);
        for _ in 0..3 {
            client.write_all(&pings).await.expect("the pings are taken");
            for _ in 0..MAX_CONTROL_A_SECOND {
                assert_eq!(read_frame(&mut client).await, Some((0x8A, Vec::new())));
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        client.write_all(&[&pings[..], &PONG].concat()).await.expect("the frames are taken");
        for _ in 0..MAX_CONTROL_A_SECOND {
            assert_eq!(read_frame(&mut client).await, Some((0x8A, Vec::new())));
        }
        assert_eq!(read_close(&mut client).await, 1008);
    }

    #[tokio::test(start_paused = true)]
    async fn answers_to_pings_are_no_flood() {
        let (ours, mut client) = duplex(1 << 16);
        tokio::spawn(converse(Socket::new(ours), terms(DEAD_AFTER), say_again, Doubt));
        for _ in 0..MAX_CONTROL_A_SECOND * 4 {
            assert_eq!(read_frame(&mut client).await, Some((0x89, Vec::new())));
            client.write_all(&PONG).await.expect("a pong is taken");
        }
        client.write_all(&PONG.repeat(1_000)).await.expect("the pongs are taken");
        while let Some((first, payload)) = read_frame(&mut client).await {
            if first == 0x88 {
                return assert_eq!(payload[..2], 1008_u16.to_be_bytes(), "nobody asked for these");
            }
        }
        panic!("the socket goes on");
    }

    #[tokio::test(start_paused = true)]
    async fn a_refused_client_hears_why_and_is_closed_at_its_first_message() {
        for says in [Some(text_frame("hello")), Some(part_of_a_text(SHORT_BYTES + 1)), None] {
            let (ours, mut client) = duplex(1 << 16);
            let began = Instant::now();
            let refusal = tokio::spawn(refuse(Socket::new(ours), "full", Life::new()));
            assert_eq!(read_frame(&mut client).await, Some((0x81, b"full".to_vec())));
            if let Some(says) = &says {
                client.write_all(says).await.expect("a text is taken");
            }
            assert_eq!(read_close(&mut client).await, 1000);
            assert_eq!(began.elapsed(), if says.is_some() { Duration::ZERO } else { REFUSAL_HOLD });
            drop(client);
            refusal.await.expect("no panic");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_refused_client_hears_why_from_a_server_that_stops() {
        // More than once: chance must not decide it.
        for _ in 0..64 {
            let (life, (ours, mut client)) = (Life::new(), duplex(1 << 16));
            life.stop();
            tokio::spawn(refuse(Socket::new(ours), "full", life));
            assert_eq!(read_frame(&mut client).await, Some((0x81, b"full".to_vec())));
            assert_eq!(read_close(&mut client).await, 1001);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_never_reads_is_given_up() {
        let (ours, mut client) = duplex(64);
        let answer = |_| Answer::Text("x".repeat(500));
        let talk = tokio::spawn(converse(Socket::new(ours), terms(DEAD_AFTER), answer, Silence));
        client.write_all(&text_frame("hello")).await.expect("a text is taken");
        talk.await.expect("it ends, and without a panic");
    }
}
