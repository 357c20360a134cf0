//! From polling to a WebSocket, while both carry on. Without the feature `upgrade`, `without/upgrade.rs` stands
//! here.

use super::{
    Action, Core, Input, LinkId, NEVER, Transport,
    engine::{Engine, Event, Phase, Wire},
};
use crate::codec::engine::Frame;

#[derive(Debug)]
pub(super) struct Upgrade {
    allowed: bool,
    stage: Stage,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    None,
    /// The WebSocket is opening. The server may know of it already, and to take it back would cost the
    /// session with some servers, events under way included.
    Opening(LinkId),
    /// It has been asked `2probe`.
    Probing(LinkId),
    /// It answered; the last GET and POST have to end before packets may flow over it.
    Pausing(LinkId),
}

impl Upgrade {
    pub(super) fn new(allowed: bool, cx: &Wire) -> Self {
        let allowed = allowed && cx.transports.contains(&Transport::WebSocket);
        Self { allowed, stage: Stage::None }
    }
}

impl Engine {
    /// The WebSocket that is being tried.
    pub(super) fn probe(&self) -> Option<LinkId> {
        match self.upgrade.stage {
            Stage::None => None,
            Stage::Opening(link) | Stage::Probing(link) | Stage::Pausing(link) => Some(link),
        }
    }

    /// Whether polling may begin nothing any more.
    pub(super) fn pausing(&self) -> bool {
        matches!(self.upgrade.stage, Stage::Pausing(_))
    }

    pub(super) fn begin_upgrade(&mut self, cx: &mut Wire) {
        if self.upgrade.allowed {
            let link = cx.link();
            self.upgrade.stage = Stage::Opening(link);
            self.step = cx.now.saturating_add(cx.timeout);
            let url = self.url(cx, Transport::WebSocket);
            cx.actions.push(Action::Connect(link, url));
        }
    }

    pub(super) fn handle_probe(&mut self, cx: &mut Wire, input: Input) {
        match (self.upgrade.stage, input) {
            (Stage::Opening(link), Input::Opened) => {
                self.upgrade.stage = Stage::Probing(link);
                cx.actions.push(Action::Send(link, vec![Frame::Text("2probe".into())]));
            }
            (Stage::Probing(link), Input::Frame(Frame::Text(text))) if text == "3probe" => {
                self.upgrade.stage = Stage::Pausing(link);
                self.finish_pause(cx);
            }
            (_, Input::Drained) => {}
            _ => self.cancel_upgrade(cx),
        }
    }

    /// Polling stays; it works.
    pub(super) fn cancel_upgrade(&mut self, cx: &mut Wire) {
        self.step = NEVER;
        if self.probe().is_some() {
            self.abort_probe(cx);
            if !self.polling {
                self.poll(cx);
            }
            self.write(cx);
        }
    }

    pub(super) fn finish_pause(&mut self, cx: &mut Wire) {
        let Stage::Pausing(link) = self.upgrade.stage else {
            return;
        };
        if self.polling || self.posting {
            return;
        }
        cx.actions.push(Action::Abort(self.link));
        self.step = NEVER;
        self.upgrade.stage = Stage::None;
        self.wrote(cx.now, &[]);
        self.link = link;
        self.transport = Transport::WebSocket;
        self.pending.insert(0, Frame::Text("5".into()));
        if self.phase == Phase::Open {
            self.events.push(Event::Upgrade);
        }
        self.write(cx);
    }

    pub(super) fn abort_probe(&mut self, cx: &mut Wire) {
        if let Some(link) = self.probe() {
            cx.actions.push(Action::Abort(link));
            self.upgrade.stage = Stage::None;
        }
    }
}

impl Core {
    /// When the WebSocket failed where polling did not, polling goes first from now on.
    pub(super) fn prefer(&mut self, transport: Transport, fell_back: bool) {
        if self.config.transports.first() == Some(&Transport::WebSocket) {
            self.prefer_polling =
                transport == Transport::Polling && (fell_back || self.prefer_polling);
        }
    }

    pub(super) fn set_order(&mut self) {
        let mut order = self.config.transports.clone();
        if self.prefer_polling && order.last() == Some(&Transport::Polling) {
            order.reverse();
        }
        self.wire.transports = order;
    }
}
