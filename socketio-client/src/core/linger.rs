//! No more is under way than needs to be, and a close loses nothing: what was said before it still arrives. Without the feature `linger`,
//! `without/linger.rs` stands here.

use super::{
    Action, Core, LinkId, Millis, NEVER, Transport,
    connection::Connection,
    engine::{Engine, IN_FLIGHT, Phase, Wire},
};
use crate::codec::engine::Frame;

/// How long a close waits for the server to see to what came before it.
const SETTLE: Millis = 1000;

/// What is under way, and what is said last. A Node server drops events that it has read but not yet handed on when a DISCONNECT comes
/// right behind them, so this waits until they are through.
#[derive(Debug, Default)]
pub(super) struct Farewell {
    frames: Option<Vec<Frame>>,
    last_write: Option<Millis>,
    /// Bytes under way on the WebSocket.
    in_flight: usize,
}

impl Farewell {
    pub(super) fn is_stalled(&self) -> bool {
        self.in_flight >= IN_FLIGHT
    }
}

/// Connections that were closed on purpose, but with something left to say.
#[derive(Debug, Default)]
pub(super) struct Closing(Vec<Engine>);

impl Closing {
    pub(super) fn owner(&mut self, link: LinkId) -> Option<&mut Engine> {
        self.0.iter_mut().find(|engine| engine.owns(link))
    }

    pub(super) fn tick(&mut self, wire: &mut Wire) {
        for engine in &mut self.0 {
            engine.tick(wire);
        }
    }

    pub(super) fn next_wake(&self) -> Millis {
        self.0.iter().fold(NEVER, |first, engine| first.min(engine.next_wake()))
    }

    pub(super) fn sweep(&mut self) {
        self.0.retain(|engine| engine.phase != Phase::Closed);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Core {
    /// Lets go of a connection that has been closed.
    pub(super) fn retire(&mut self) {
        let none = Connection::None { gave_up: false };
        if let Connection::Engine { engine, .. } = std::mem::replace(&mut self.connection, none) {
            self.closing.0.push(engine);
        }
    }
}

impl Engine {
    pub(super) fn wrote(&mut self, now: Millis, batch: &[Frame]) {
        self.farewell.last_write = Some(now);
        if self.transport == Transport::WebSocket {
            self.farewell.in_flight += batch.iter().map(Frame::polling_len).sum::<usize>();
        }
    }

    pub(super) fn drained(&mut self, cx: &mut Wire) {
        self.farewell.in_flight = 0;
        self.write(cx);
    }

    /// How large the next batch may be, in bytes of a polling payload.
    pub(super) fn batch(&self) -> usize {
        match self.transport {
            Transport::WebSocket => IN_FLIGHT,
            // A heartbeat may join them.
            Transport::Polling => self.max_payload.saturating_sub(2),
        }
    }

    pub(super) fn take_batch(&mut self) -> Vec<Frame> {
        if self.transport == Transport::WebSocket {
            return std::mem::take(&mut self.pending);
        }
        let mut size = 0;
        let fits = |frame: &&Frame| {
            // The first goes in any case.
            let first = size == 0;
            size += frame.polling_len() + 1;
            first || size <= self.max_payload
        };
        let count = self.pending.iter().take_while(fits).count();
        self.pending.drain(..count).collect()
    }

    /// Sends what is pending and then says goodbye; the events end at once.
    pub(super) fn close(&mut self, cx: &mut Wire, farewell: Vec<Frame>) {
        if self.phase != Phase::Open {
            return self.cut(cx);
        }
        self.phase = Phase::Closing;
        self.deadline = cx.now.saturating_add(cx.timeout);
        self.step = self.probe().map_or(NEVER, |_| cx.now.saturating_add(SETTLE));
        self.farewell.frames = Some(farewell);
        self.events.clear();
        self.write(cx);
    }

    pub(super) fn finish_close(&mut self, cx: &mut Wire) {
        if self.probe().is_some() || self.posting {
            return;
        }
        if let Some(farewell) = &self.farewell.frames {
            let fresh = !farewell.is_empty()
                && self.farewell.last_write.is_some_and(|at| at.saturating_add(SETTLE) > cx.now);
            return match self.transport {
                Transport::WebSocket if fresh => {
                    if self.step == NEVER {
                        self.step = cx.now.saturating_add(SETTLE);
                        cx.actions.push(Action::Settle(self.link));
                    }
                }
                _ => self.settled(cx),
            };
        }
        cx.actions.push(match self.transport {
            Transport::WebSocket => Action::Close(self.link),
            Transport::Polling => Action::Abort(self.link),
        });
        self.phase = Phase::Closed;
    }

    pub(super) fn settled(&mut self, cx: &mut Wire) {
        let Some(farewell) = self.farewell.frames.take() else {
            return;
        };
        self.step = NEVER;
        for frame in farewell {
            self.pending.push(frame);
        }
        if self.transport == Transport::Polling {
            self.pending.push(Frame::Text("1".into()));
        }
        self.write(cx);
    }
}
