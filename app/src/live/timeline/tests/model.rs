//! A room, a network that loses, delays and overtakes, and a reader who goes everywhere: at rest, the
//! window is the room's own.

use super::*;
use protocol::event::Changes;
use protocol::limits::SYNC_CHANGES;
use std::collections::{BTreeMap, HashSet};

const RUNS: u64 = 30;
const STEPS: u64 = 400;

#[test]
fn whatever_happens_the_window_is_a_slice_of_the_room() {
    for seed in 0..RUNS {
        let mut world = World::new(seed);
        for step in 0..STEPS {
            world.step();
            if step % 8 == 0 {
                world.look();
            }
            if step % 40 == 39 {
                world.rest();
            }
        }
    }
}

/// Enough chance for a test.
struct Dice(u64);

impl Dice {
    fn place(&mut self, len: usize) -> usize {
        usize::try_from(self.below(len as u64)).unwrap()
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

#[derive(Default)]
struct Server {
    messages: BTreeMap<u64, Message>,
    rev: u64,
}

impl Server {
    fn say(&mut self, author: u128, client_id: Option<ClientId>) -> Message {
        self.rev += 1;
        let client_id = client_id.unwrap_or(client(self.rev));
        let message = Message { client_id, ..by(author, self.rev) };
        self.messages.insert(self.rev, message.clone());
        message
    }

    fn edit(&mut self, from: u64) -> Option<Message> {
        let (_, message) = self.messages.range_mut(from..).next()?;
        self.rev += 1;
        message.rev = self.rev;
        message.text = format!("edit {}", self.rev);
        Some(message.clone())
    }

    fn before(&self, seq: u64, limit: usize) -> (Vec<Message>, bool) {
        let all = self.messages.range(..seq);
        let mut page: Vec<Message> =
            all.rev().take(limit + 1).map(|(_, one)| one.clone()).collect();
        let more = page.len() > limit;
        page.truncate(limit);
        page.reverse();
        (page, more)
    }

    fn after(&self, seq: u64, limit: usize) -> (Vec<Message>, bool) {
        let all = self.messages.range(seq + 1..);
        let mut page: Vec<Message> = all.take(limit + 1).map(|(_, one)| one.clone()).collect();
        let more = page.len() > limit;
        page.truncate(limit);
        (page, more)
    }

    fn changes(&self, since: u64) -> Changes {
        let mut messages: Vec<Message> =
            self.messages.values().filter(|message| message.rev > since).cloned().collect();
        messages.sort_by_key(|message| message.rev);
        let complete = messages.len() <= SYNC_CHANGES;
        messages.truncate(SYNC_CHANGES);
        let last = messages.last().map_or(since, |message| message.rev);
        Changes { messages, rev: if complete { self.rev } else { last }, complete }
    }
}

/// What is asked of the server, and what it said, once it has.
enum Request {
    Open,
    Sync(u64),
    Page(Asked),
    Around(u64, u64),
    Latest(u64),
    Say(ClientId),
}

struct World {
    dice: Dice,
    server: Server,
    timeline: Timeline,
    fanout: Vec<Message>,
    asked: Vec<Request>,
    answered: Vec<Event>,
    syncing: bool,
    said: u64,
    /// No one says anything of themselves.
    calm: bool,
}

impl World {
    fn new(seed: u64) -> Self {
        let mut world = Self {
            dice: Dice(seed),
            server: Server::default(),
            timeline: Timeline::new(user(ME).id),
            fanout: Vec::new(),
            asked: vec![Request::Open],
            answered: Vec::new(),
            syncing: false,
            said: 0,
            calm: false,
        };
        for _ in 0..world.dice.below(800) {
            world.server.say(ANNA, None);
        }
        world
    }

    fn step(&mut self) {
        match self.dice.below(24) {
            0..=3 => self.others_say(),
            4..=7 => self.hear(),
            8..=10 => self.serve(),
            11..=13 => self.answer(),
            14 => self.say(),
            15..=17 => {
                let older = self.dice.below(2) == 0;
                self.asked.extend(self.timeline.ask(older).map(Request::Page));
            }
            18 => {
                let (to, rev) = (self.dice.below(self.server.rev + 1), self.timeline.rev());
                let jump = self.dice.below(2) == 0;
                self.asked.push(if jump { Request::Around(to, rev) } else { Request::Latest(rev) });
            }
            19 => {
                let following = self.dice.below(2) == 0;
                self.apply(Event::Following(following));
            }
            20 => match self.dice.below(12) {
                0..=2 => self.reconnect(),
                3 => {
                    self.apply(Event::Left);
                    self.asked.push(Request::Open);
                }
                _ => {}
            },
            _ => self.someone_edits(),
        }
    }

    fn others_say(&mut self) {
        let many = [1, 1, 1, 2, 5, 60, 250][self.dice.place(7)];
        for _ in 0..many {
            let message = self.server.say(ANNA, None);
            self.tell(message);
        }
    }

    fn someone_may_say(&mut self) {
        if !self.calm && self.dice.below(2) == 0 {
            self.others_say();
        }
    }

    fn someone_edits(&mut self) {
        // Most often something that the reader may see.
        let near = self.timeline.first_seq().unwrap_or_default() + self.dice.below(320);
        let anywhere = self.dice.below(self.server.rev + 1);
        let from = if self.dice.below(3) == 0 { anywhere } else { near };
        if let Some(message) = self.server.edit(from) {
            self.tell(message);
        }
    }

    fn say(&mut self) {
        self.said += 1;
        let id = client(1_000_000 + self.said);
        self.apply(Event::Written { id, text: "mine".into(), reply: None, quote: None });
        self.asked.push(Request::Say(id));
    }

    /// It may get lost.
    fn tell(&mut self, message: Message) {
        if self.dice.below(12) > 0 {
            self.fanout.push(message);
        }
    }

    /// Most of what was told arrives in its order.
    fn hear(&mut self) {
        for _ in 0..self.dice.below(100) {
            let place = if self.dice.below(10) == 0 { self.dice.place(3) } else { 0 };
            if place < self.fanout.len() {
                let message = self.fanout.remove(place);
                self.apply(change(message));
            }
        }
    }

    fn reconnect(&mut self) {
        self.fanout.clear();
        // What wasn't confirmed is said again.
        self.asked.retain(|request| matches!(request, Request::Say(_)));
        for event in self.answered.drain(..) {
            if let Event::Acked(message) = event {
                self.asked.push(Request::Say(message.client_id));
            }
        }
        self.syncing = false;
        self.asked.push(Request::Open);
    }

    fn serve(&mut self) {
        if self.asked.is_empty() {
            return;
        }
        let place = self.dice.place(self.asked.len());
        let limit = if self.dice.below(2) == 0 { 50 } else { 100 };
        let answer = match self.asked.remove(place) {
            Request::Open => {
                // The room's own `rev` is read first.
                let rev = self.server.rev;
                self.someone_may_say();
                let (messages, _) = self.server.before(u64::MAX, PAGE);
                Event::Opened(Box::new(joined(messages, rev)))
            }
            Request::Sync(since) => Event::Synced { since, changes: self.server.changes(since) },
            Request::Page(asked) => {
                let page = if asked.older { Server::before } else { Server::after };
                let (messages, more) = page(&self.server, asked.seq, limit);
                Event::Paged { asked, messages, more }
            }
            Request::Around(at, since) => {
                let (mut messages, older) = self.server.before(at + 1, 25);
                self.someone_may_say();
                let (below, newer) = self.server.after(at, 25);
                messages.extend(below);
                Event::Shown { messages, older, newer, since }
            }
            Request::Latest(since) => {
                let (messages, older) = self.server.before(u64::MAX, PAGE);
                Event::Shown { messages, older, newer: false, since }
            }
            Request::Say(id) => {
                let mut messages = self.server.messages.values();
                let first = messages.find(|message| message.client_id == id).cloned();
                Event::Acked(first.unwrap_or_else(|| {
                    let message = self.server.say(ME, Some(id));
                    self.tell(message.clone());
                    message
                }))
            }
        };
        self.answered.push(answer);
    }

    fn answer(&mut self) {
        if !self.answered.is_empty() {
            let place = self.dice.place(self.answered.len());
            let event = self.answered.remove(place);
            self.apply(event);
        }
    }

    fn apply(&mut self, event: Event) {
        if matches!(event, Event::Synced { .. }) {
            self.syncing = false;
        }
        if let Wish::Sync { since } = self.timeline.apply(event)
            && !std::mem::replace(&mut self.syncing, true)
        {
            self.asked.push(Request::Sync(since));
        }
    }

    /// What holds at any moment.
    fn look(&self) {
        let seqs = seqs(&self.timeline);
        assert!(seqs.len() <= ROWS && seqs.is_sorted(), "{seqs:?}");
        let keys = self.timeline.keys();
        let different: HashSet<&Key> = keys.iter().collect();
        assert_eq!(different.len(), keys.len());
        assert!(keys.iter().all(|key| self.timeline.row(*key).is_some()));
    }

    /// Everything is answered; what was lost shows at the next change or connection.
    fn rest(&mut self) {
        self.settle();
        self.calm = true;
        if self.dice.below(2) == 0 {
            self.reconnect();
        } else {
            let message = self.server.say(ANNA, None);
            self.apply(change(message));
        }
        self.settle();
        self.calm = false;
        let timeline = &self.timeline;
        let from = if timeline.older() { timeline.first_seq().unwrap() } else { 0 };
        let to = if timeline.newer() { timeline.last_seq().unwrap() } else { u64::MAX };
        let truth = self.server.messages.range(from..=to).map(|(_, message)| message);
        let held = timeline.window.held.iter().map(|held| &*held.message);
        assert!(held.eq(truth), "{:?} of {from}..={to}", seqs(timeline));
        assert_eq!(timeline.rev(), self.server.rev);
        assert!(timeline.drafts.is_empty());
    }

    fn settle(&mut self) {
        while !(self.fanout.is_empty() && self.asked.is_empty() && self.answered.is_empty()) {
            self.hear();
            self.serve();
            self.answer();
        }
    }
}
