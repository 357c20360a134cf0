//! One connection to a server, by WebSocket.

use super::heard::Heard;
use super::tally::Tally;
use crate::failure::Failure;
use crate::peer::dialect::Dialect;
use crate::wire::engine::{Mark, PONG, Packet, field};
use crate::wire::websocket::{self, Frames, Kind};
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::future::poll_fn;
use std::net::{Ipv4Addr, SocketAddr};
use std::pin::Pin;
use std::rc::Rc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt, ReadBuf};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpSocket, TcpStream};
use tokio::sync::oneshot;
use tokio::task::{AbortHandle, spawn_local};
use tokio::time::timeout;

const PATH: &str = "/socket.io/?EIO=4&transport=websocket";
/// What a server may take for an answer before it counts as gone.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);
/// A source address has some 28,000 ports, and a closed connection keeps its one for a while.
const PER_ADDRESS: u32 = 4_000;
const BUFFER: usize = 64 << 10;

thread_local! {
    /// All clients read into the same one, one after the other.
    static READ: RefCell<Vec<u8>> = RefCell::new(vec![0; BUFFER]);
}

pub(crate) struct Client {
    dialect: &'static Dialect,
    tally: Rc<Tally>,
    write: OwnedWriteHalf,
    reading: RefCell<Option<AbortHandle>>,
    /// The answer to CONNECT.
    greeting: RefCell<Option<oneshot::Sender<Result<(), Failure>>>>,
    auth: String,
    next_ack: Cell<u32>,
    gone: Cell<bool>,
    unanswered: RefCell<HashMap<u32, Asked>>,
    /// By sender. A room has few who speak.
    heard: RefCell<Vec<(u32, Heard)>>,
    /// The changes of the room, where they are counted.
    revs: RefCell<Option<Heard>>,
}

enum Asked {
    /// Someone waits for it.
    By(oneshot::Sender<Vec<u8>>),
    /// Only the time is taken.
    At(u64),
}

impl Client {
    /// Comes in, up to the namespace's greeting.
    pub(crate) async fn connect(
        server: SocketAddr,
        number: u32,
        dialect: &'static Dialect,
        token: &str,
        tally: &Rc<Tally>,
    ) -> Result<Rc<Self>, Failure> {
        let late = |_| Failure::Late { what: "coming in", patience: PATIENCE };
        timeout(PATIENCE, Self::come_in(server, number, dialect, token, tally))
            .await
            .map_err(late)?
    }

    async fn come_in(
        server: SocketAddr,
        number: u32,
        dialect: &'static Dialect,
        token: &str,
        tally: &Rc<Tally>,
    ) -> Result<Rc<Self>, Failure> {
        let (stream, early) = upgrade(server, number).await?;
        let (read, write) = stream.into_split();
        let (greeting, greeted) = oneshot::channel();
        let client = Rc::new(Self {
            dialect,
            tally: Rc::clone(tally),
            write,
            reading: RefCell::default(),
            greeting: RefCell::new(Some(greeting)),
            auth: dialect.connect(token),
            next_ack: Cell::new(0),
            gone: Cell::new(false),
            unanswered: RefCell::default(),
            heard: RefCell::default(),
            revs: RefCell::default(),
        });
        let reading = spawn_local(Rc::clone(&client).read(read, early));
        *client.reading.borrow_mut() = Some(reading.abort_handle());
        greeted.await.map_err(|_| Failure::Gone)??;
        Ok(client)
    }

    /// Until the server hangs up or says what can't be understood.
    async fn read(self: Rc<Self>, mut half: OwnedReadHalf, early: Vec<u8>) {
        let mut frames = Frames::default();
        let mut hear = |kind, payload: &[u8]| self.hear(kind, payload);
        let mut ended = frames.read(&early, &mut hear).map_err(Failure::from);
        while ended.is_ok() {
            ended = poll_fn(|context| {
                READ.with_borrow_mut(|buffer| {
                    let mut buffer = ReadBuf::new(buffer);
                    Pin::new(&mut half).poll_read(context, &mut buffer).map(|read| {
                        read.map_err(Failure::io("reading"))?;
                        match buffer.filled() {
                            [] => Err(Failure::Gone),
                            bytes => Ok(frames.read(bytes, &mut hear)?),
                        }
                    })
                })
            })
            .await;
        }
        // Whoever waits learns that there will be no answer.
        self.gone.set(true);
        self.unanswered.borrow_mut().clear();
        if let (Some(greeting), Err(failure)) = (self.greeting.borrow_mut().take(), ended) {
            let _ = greeting.send(Err(failure));
        }
    }

    fn hear(&self, kind: Kind, payload: &[u8]) {
        match kind {
            Kind::Text => self.hear_packet(&Packet::read(payload, self.dialect.namespace)),
            Kind::Ping => self.write(&websocket::pong(payload)),
            Kind::Binary | Kind::Close | Kind::Pong => {}
        }
    }

    fn hear_packet(&self, packet: &Packet<'_>) {
        match *packet {
            Packet::Event(event) => self.hear_event(event),
            Packet::Ack(id, answer) => self.hear_answer(id, answer),
            Packet::Ping => self.write(&PONG),
            Packet::Open => self.write(&websocket::text(&self.auth)),
            Packet::Connected => self.greet(Ok(())),
            Packet::Refused(why) => self.greet(Err(Failure::Refused {
                asked: "CONNECT".into(),
                answer: String::from_utf8_lossy(why).into_owned(),
            })),
            Packet::Disconnected | Packet::Other => {}
        }
    }

    fn hear_event(&self, event: &[u8]) {
        if !event.starts_with(self.dialect.delivery.as_bytes()) {
            return;
        }
        if let (Some(revs), Some(rev)) = (&mut *self.revs.borrow_mut(), rev(event)) {
            revs.hear(rev);
        }
        if let Some(mark) = Mark::find(event) {
            let mut heard = self.heard.borrow_mut();
            let known = heard.iter().position(|(sender, _)| *sender == mark.sender);
            let known = known.unwrap_or_else(|| {
                heard.push((mark.sender, Heard::default()));
                heard.len() - 1
            });
            let came = heard[known].1.hear(mark.number.into());
            self.tally.delivered(mark.at, came);
        }
    }

    fn hear_answer(&self, id: u32, answer: &[u8]) {
        let asked = self.unanswered.borrow_mut().remove(&id);
        match asked {
            Some(Asked::By(waiting)) => {
                let _ = waiting.send(answer.to_vec());
            }
            Some(Asked::At(_)) if !is_ok(answer) => self.tally.refused(answer),
            Some(Asked::At(time)) => self.tally.answered(time),
            None => {}
        }
    }

    fn greet(&self, greeting: Result<(), Failure>) {
        if let Some(waiting) = self.greeting.borrow_mut().take() {
            let _ = waiting.send(greeting);
        }
    }

    /// What doesn't go into the socket's buffer at once is not sent: then the server has stopped reading, and nothing
    /// more can be sent, for what follows would be read as the rest.
    fn write(&self, frame: &[u8]) {
        if !matches!(self.write.try_write(frame), Ok(written) if written == frame.len()) {
            self.gone.set(true);
        }
    }

    pub(crate) fn is_gone(&self) -> bool {
        self.gone.get()
    }

    /// The answer, an object with `ok`.
    pub(crate) async fn ask(&self, event: &str) -> Result<Vec<u8>, Failure> {
        if self.gone.get() {
            return Err(Failure::Gone);
        }
        let (waiting, answered) = oneshot::channel();
        let frame = self.frame(event, Asked::By(waiting));
        self.write(&frame);
        let late = |_| Failure::Late { what: "an answer", patience: PATIENCE };
        let answer = timeout(PATIENCE, answered).await.map_err(late)?.map_err(|_| Failure::Gone)?;
        if is_ok(&answer) {
            return Ok(answer);
        }
        let answer = String::from_utf8_lossy(&answer).into_owned();
        Err(Failure::Refused { asked: event.to_owned(), answer })
    }

    /// A frame whose answer is only timed, for [`Self::send`].
    pub(crate) fn timed(&self, event: &str) -> Vec<u8> {
        self.frame(event, Asked::At(self.tally.now()))
    }

    /// One frame or several at once.
    pub(crate) fn send(&self, frames: &[u8]) {
        self.write(frames);
    }

    fn frame(&self, event: &str, asked: Asked) -> Vec<u8> {
        let id = self.next_ack.get();
        self.next_ack.set(id.wrapping_add(1));
        self.unanswered.borrow_mut().insert(id, asked);
        websocket::text(&self.dialect.event(id, event))
    }

    /// From now on, up to here nothing is missing.
    pub(crate) fn count_revs(&self, rev: u64) {
        *self.revs.borrow_mut() = Some(Heard::from(rev + 1));
    }

    /// A change that was asked for.
    pub(crate) fn learn(&self, rev: u64) {
        if let Some(revs) = &mut *self.revs.borrow_mut() {
            revs.hear(rev);
        }
    }

    /// Up to this change, itself included, nothing is missing.
    pub(crate) fn rev(&self) -> u64 {
        let revs = self.revs.borrow();
        revs.as_ref().map_or(0, |revs| revs.complete_to().saturating_sub(1))
    }

    /// Hangs up.
    pub(crate) fn close(&self) {
        if let Some(reading) = self.reading.borrow_mut().take() {
            reading.abort();
        }
    }
}

fn is_ok(answer: &[u8]) -> bool {
    answer.starts_with(b"[{\"ok\":true")
}

/// The first one in the event is the room's.
fn rev(event: &[u8]) -> Option<u64> {
    field(event, b"\"rev\":")
}

/// A WebSocket, and what came with the answer.
pub(crate) async fn upgrade(
    server: SocketAddr,
    number: u32,
) -> Result<(TcpStream, Vec<u8>), Failure> {
    let failed = Failure::io("connecting");
    let socket = TcpSocket::new_v4().map_err(&failed)?;
    let [.., last] = (number / PER_ADDRESS).to_be_bytes();
    socket.bind((Ipv4Addr::new(127, 0, 1, 1 + last), 0).into()).map_err(&failed)?;
    socket.set_nodelay(true).map_err(&failed)?;
    let mut stream = socket.connect(server).await.map_err(&failed)?;
    stream
        .write_all(websocket::handshake(&server.to_string(), PATH).as_bytes())
        .await
        .map_err(&failed)?;
    let mut answer = Vec::with_capacity(1_024);
    loop {
        if stream.read_buf(&mut answer).await.map_err(&failed)? == 0 {
            return Err(Failure::Gone);
        }
        if let Some(begin) = websocket::upgraded(&answer)? {
            answer.drain(..begin);
            return Ok((stream, answer));
        }
    }
}
