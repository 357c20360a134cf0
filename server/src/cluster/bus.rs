//! What one node tells all others at once. It is told once, whoever hears it there and in however many dialects;
//! and nothing here waits for it: what can't be sent is lost, and the others find it in the database.

use super::State;
use super::board::{Board, Delta};
use super::connection::Redis;
use async_trait::async_trait;
use chat::nodes::{Attendance, NodeId, Others};
use chat::{Announcement, Chat};
use futures_util::StreamExt;
use protocol::UserId;
use redis::{Pipeline, RedisResult};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::{broadcast, mpsc};
use tokio::time::{MissedTickBehavior, interval, sleep, timeout};

/// Letters that wait for Redis. When there are more, they are lost.
const LETTERS: usize = 4_096;
/// Of them, those that go at once.
const PILE: usize = 256;
/// A subscription that is silent is asked this often whether it is still there.
const PING_EVERY: Duration = Duration::from_secs(3);
const PING_WITHIN: Duration = Duration::from_secs(2);
/// Boards change within a moment; nodes' clocks may differ by more.
const LAG: Duration = Duration::from_secs(5);
/// Who has just said something, for whoever waits for it.
const SIGNS: usize = 64;
/// A node that lives says so by then.
const ANSWER_WITHIN: Duration = Duration::from_millis(300);
/// What a stop waits for the last letters.
const SEND_WITHIN: Duration = Duration::from_secs(1);
const AGAIN_AFTER: Duration = Duration::from_millis(250);

#[derive(Serialize, Deserialize)]
struct Letter<'a> {
    from: NodeId,
    word: Word<'a>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(clippy::large_enum_variant, reason = "it is written or read, and never kept")]
pub(super) enum Word<'a> {
    Announced(Cow<'a, Announcement>),
    Forgotten(UserId),
    Board(Cow<'a, Delta>),
    /// The node that says it stops.
    Leaves,
    /// A node is asked whether it lives.
    Asked(NodeId),
    /// It does.
    Lives,
}

/// Where this node puts what the others should know.
pub(crate) struct Bus {
    me: NodeId,
    letters: mpsc::Sender<Vec<u8>>,
    lost: Arc<AtomicU64>,
    board: Arc<Board>,
    state: State,
    /// Who has said anything just now.
    signs: broadcast::Sender<NodeId>,
}

impl Bus {
    pub(super) fn new(me: NodeId, board: Arc<Board>, state: State) -> (Self, Outbox) {
        let (letters, waiting) = mpsc::channel(LETTERS);
        let lost = Arc::<AtomicU64>::default();
        let outbox = Outbox { waiting, lost: Arc::clone(&lost) };
        let signs = broadcast::Sender::new(SIGNS);
        (Self { me, letters, lost, board, state, signs }, outbox)
    }

    pub(super) fn say(&self, word: Word<'_>) {
        let sent = write(self.me, word).is_some_and(|letter| self.letters.try_send(letter).is_ok());
        if !sent {
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Waits until all letters are on their way.
    pub(super) async fn is_sent(&self) {
        let _ = timeout(SEND_WITHIN, self.letters.reserve_many(LETTERS)).await;
    }
}

/// What is on its way to Redis.
pub(super) struct Outbox {
    waiting: mpsc::Receiver<Vec<u8>>,
    /// Letters that found no place in it, or no Redis.
    lost: Arc<AtomicU64>,
}

#[async_trait]
impl Others for Bus {
    fn tell(&self, announcement: &Announcement) {
        self.say(Word::Announced(Cow::Borrowed(announcement)));
    }

    fn forget(&self, user: UserId) {
        self.say(Word::Forgotten(user));
    }

    fn post(&self, user: UserId, attendance: Option<Attendance>) {
        self.board.post_person(user, attendance.as_ref());
    }

    fn lag(&self) -> Option<Duration> {
        self.state.is_up().then_some(LAG)
    }

    async fn answers(&self, node: NodeId) -> bool {
        if !self.state.is_up() {
            return true;
        }
        let mut signs = self.signs.subscribe();
        self.say(Word::Asked(node));
        // Whoever says so much that some of it is missed lives.
        let sign = async { while signs.recv().await.is_ok_and(|from| from != node) {} };
        timeout(ANSWER_WITHIN, sign).await.is_ok()
    }
}

fn write(from: NodeId, word: Word<'_>) -> Option<Vec<u8>> {
    serde_json::to_vec(&Letter { from, word }).ok()
}

/// Takes the letters to Redis, all that wait in one go.
pub(super) async fn send(redis: Arc<Redis>, mut outbox: Outbox) {
    let mut pile = Vec::with_capacity(PILE);
    while outbox.waiting.recv_many(&mut pile, PILE).await > 0 {
        let mut pipeline = Pipeline::new();
        let count = pile.len() as u64;
        for letter in pile.drain(..) {
            pipeline.cmd("PUBLISH").arg(redis.channel()).arg(letter).ignore();
        }
        if redis.run_all::<()>(&pipeline).await.is_err() {
            outbox.lost.fetch_add(count, Ordering::Relaxed);
            continue;
        }
        match outbox.lost.swap(0, Ordering::Relaxed) {
            0 => {}
            lost => tracing::warn!(lost, "the other nodes were not told everything"),
        }
    }
}

/// The last word of this node.
pub(super) async fn send_leave(redis: &Redis, me: NodeId) -> RedisResult<()> {
    let letter = write(me, Word::Leaves).unwrap_or_default();
    redis.run(redis::cmd("PUBLISH").arg(redis.channel()).arg(letter)).await
}

/// What is to be done with a neighbour's board.
pub(super) enum Change {
    Board(Delta),
    Leaves,
}

/// For ever: listens to the other nodes, and again when the connection breaks.
pub(super) async fn listen(
    redis: Arc<Redis>,
    bus: Arc<Bus>,
    chat: Chat,
    changes: mpsc::Sender<(NodeId, Change)>,
) {
    let listening = &bus.state.listening;
    loop {
        match redis.subscribe().await {
            Ok(subscription) => {
                super::set(listening, true);
                let (mut sink, mut stream) = subscription.split();
                let mut pings = interval(PING_EVERY);
                pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
                loop {
                    tokio::select! {
                        message = stream.next() => match message {
                            Some(message) => {
                                bus.hear(&chat, &changes, message.get_payload_bytes()).await;
                            }
                            None => break,
                        },
                        _ = pings.tick() => {
                            let answer = timeout(PING_WITHIN, sink.ping::<redis::Value>()).await;
                            if !matches!(answer, Ok(Ok(_))) {
                                break;
                            }
                        }
                    }
                }
            }
            Err(error) => tracing::debug!(%error, "can't listen to the other nodes"),
        }
        super::set(listening, false);
        sleep(AGAIN_AFTER).await;
    }
}

impl Bus {
    async fn hear(&self, chat: &Chat, changes: &mpsc::Sender<(NodeId, Change)>, letter: &[u8]) {
        let Letter { from, word } = match serde_json::from_slice(letter) {
            Ok(letter) => letter,
            Err(error) => {
                // A node of another version may say what this one doesn't know. The error itself quotes it.
                tracing::debug!(at = error.column(), "a node said something that isn't understood");
                return;
            }
        };
        if from == self.me {
            return;
        }
        // Mostly no one waits for one.
        let _ = self.signs.send(from);
        match word {
            Word::Announced(announcement) => chat.hear(announcement.into_owned()).await,
            Word::Forgotten(user) => chat.hear_forgotten(user).await,
            // When too many wait, the gap in the board's versions is seen.
            Word::Board(delta) => {
                let _ = changes.try_send((from, Change::Board(delta.into_owned())));
            }
            Word::Leaves => {
                let _ = changes.try_send((from, Change::Leaves));
            }
            Word::Asked(node) if node == self.me => self.say(Word::Lives),
            Word::Asked(_) | Word::Lives => {}
        }
    }
}
