//! The chat as one would explain it: who is in which room, what was said there, who has read what.
//! No ids, no clock, no database; people, rooms and messages are numbers.

use protocol::{ErrorCode, Role};
use std::collections::{BTreeMap, BTreeSet};

pub(crate) const PEOPLE: usize = 4;
pub(crate) const NAMES: [&str; PEOPLE] = ["Anna", "Boris", "Chen", "Dora"];
pub(crate) const ROLES: [Role; PEOPLE] = [Role::Admin, Role::Moderator, Role::Member, Role::Guest];
pub(crate) const GENERAL: usize = 0;

/// What may be said, and whom it names.
pub(crate) const TEXTS: [(&str, &[usize]); 6] = [
    ("hello", &[]),
    ("hello again", &[]),
    ("@anna, look", &[0]),
    ("hi @Boris and @CHEN!", &[1, 2]),
    ("@dora @nobody mail@Boris", &[3]),
    ("all: @Anna @Boris @Chen @Dora", &[0, 1, 2, 3]),
];
/// Instead of one of them: nothing but blanks.
pub(crate) const BLANK: usize = TEXTS.len();

pub(crate) fn text(number: usize) -> &'static str {
    TEXTS.get(number).map_or(" \n ", |(text, _)| text)
}

/// Numbers of rooms and messages are taken modulo how many there are.
#[derive(Debug, Clone)]
pub(crate) enum Command {
    /// Comes again with the token of before.
    SignIn {
        who: usize,
    },
    /// Someone new who wants a name that an account has.
    TakeName {
        name: usize,
    },
    Create {
        who: usize,
        private: bool,
        small: bool,
    },
    OpenDm {
        who: usize,
        with: usize,
    },
    Join {
        who: usize,
        room: usize,
    },
    Leave {
        who: usize,
        room: usize,
    },
    Invite {
        who: usize,
        room: usize,
        whom: usize,
    },
    Remove {
        who: usize,
        room: usize,
        whom: usize,
    },
    Archive {
        who: usize,
        room: usize,
    },
    Send(Send),
    Edit {
        who: usize,
        room: usize,
        of: usize,
        message: usize,
        text: usize,
    },
    Delete {
        who: usize,
        room: usize,
        of: usize,
        message: usize,
    },
    Read {
        who: usize,
        room: usize,
        seq: u64,
    },
    Restart,
    /// With messages on the way, which are sent again afterwards, as an outbox does.
    Crash {
        unacked: Vec<Send>,
    },
}

#[derive(Debug, Clone)]
pub(crate) struct Send {
    pub(crate) who: usize,
    pub(crate) room: usize,
    /// One of a few: the same again is a retry, or a conflict.
    pub(crate) id: u64,
    pub(crate) text: usize,
    pub(crate) reply_to: Option<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Public,
    Private,
    Direct,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    Stranger,
    Member,
    Left,
    Removed,
    Invited,
}
use Standing::{Invited, Left, Member, Removed, Stranger};

#[derive(Debug, Clone)]
pub(crate) struct Room {
    pub(crate) kind: Kind,
    pub(crate) maker: Option<usize>,
    pub(crate) max: usize,
    pub(crate) archived: bool,
    pub(crate) standing: [Standing; PEOPLE],
    pub(crate) rev: u64,
    pub(crate) messages: Vec<Message>,
    pub(crate) read: [u64; PEOPLE],
    pub(crate) called: [BTreeSet<u64>; PEOPLE],
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Message {
    pub(crate) author: usize,
    pub(crate) id: u64,
    pub(crate) text: usize,
    pub(crate) seq: u64,
    pub(crate) rev: u64,
    pub(crate) edited: bool,
    pub(crate) deleted: bool,
    pub(crate) reply_to: Option<usize>,
}

/// What a command comes to: a room and a message where it has one.
pub(crate) type Outcome = Result<Done, ErrorCode>;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Done {
    pub(crate) room: Option<usize>,
    pub(crate) message: Option<usize>,
}

#[derive(Debug, Clone)]
pub(crate) struct Model {
    pub(crate) rooms: Vec<Room>,
    /// Where the message is that an author has sent under an id.
    sent: BTreeMap<(usize, u64), (usize, usize)>,
    /// Of the last command; of a crash, each of its messages'.
    pub(crate) outcomes: Vec<Outcome>,
}

impl Default for Model {
    fn default() -> Self {
        let mut general = Room::new(Kind::Public, None, 10_000);
        general.standing = [Member; PEOPLE];
        Self { rooms: vec![general], sent: BTreeMap::new(), outcomes: Vec::new() }
    }
}

impl Model {
    pub(crate) fn room(&self, number: usize) -> usize {
        number % self.rooms.len()
    }

    /// A message of that room, if it has any.
    pub(crate) fn message(&self, room: usize, number: usize) -> Option<usize> {
        number.checked_rem(self.rooms[self.room(room)].messages.len())
    }

    pub(crate) fn apply(mut self, command: &Command) -> Self {
        self.outcomes = match command {
            Command::Crash { unacked } => unacked.iter().map(|send| self.send(send)).collect(),
            one => vec![self.one(one)],
        };
        self
    }

    fn one(&mut self, command: &Command) -> Outcome {
        match *command {
            Command::SignIn { .. } | Command::Restart | Command::Crash { .. } => {
                Ok(Done::default())
            }
            Command::TakeName { .. } => Err(ErrorCode::Conflict),
            Command::Create { who, private, small } => self.create(who, private, small),
            Command::OpenDm { who, with } => self.open_dm(who, with),
            Command::Join { who, room } => self.join(who, self.room(room)),
            Command::Leave { who, room } => self.leave(who, self.room(room)),
            Command::Invite { who, room, whom } => self.invite(who, self.room(room), whom),
            Command::Remove { who, room, whom } => self.remove(who, self.room(room), whom),
            Command::Archive { who, room } => self.archive(who, self.room(room)),
            Command::Send(ref send) => self.send(send),
            Command::Edit { who, room, of, message, text } => {
                let message =
                    self.message(of, message).filter(|_| self.room(of) == self.room(room));
                self.edit(who, self.room(room), message, text)
            }
            Command::Delete { who, room, of, message } => {
                let message =
                    self.message(of, message).filter(|_| self.room(of) == self.room(room));
                self.delete(who, self.room(room), message)
            }
            Command::Read { who, room, seq } => self.read(who, self.room(room), seq),
        }
    }

    fn create(&mut self, who: usize, private: bool, small: bool) -> Outcome {
        if private && ROLES[who] == Role::Guest {
            return Err(ErrorCode::Forbidden);
        }
        let kind = if private { Kind::Private } else { Kind::Public };
        let mut room = Room::new(kind, Some(who), if small { 2 } else { 100 });
        room.standing[who] = Member;
        Ok(self.add(room))
    }

    fn open_dm(&mut self, who: usize, with: usize) -> Outcome {
        if who == with {
            return Err(ErrorCode::Validation);
        }
        let theirs = |room: &Room| {
            room.kind == Kind::Direct
                && room.standing[who] == Member
                && room.standing[with] == Member
        };
        if let Some(room) = self.rooms.iter().position(theirs) {
            return Ok(Done { room: Some(room), message: None });
        }
        let mut room = Room::new(Kind::Direct, Some(who), 2);
        room.standing[who] = Member;
        room.standing[with] = Member;
        Ok(self.add(room))
    }

    fn add(&mut self, room: Room) -> Done {
        self.rooms.push(room);
        Done { room: Some(self.rooms.len() - 1), message: None }
    }

    fn join(&mut self, who: usize, number: usize) -> Outcome {
        let room = &mut self.rooms[number];
        room.seen_by(who)?;
        match room.standing[who] {
            Member => return Ok(Done::default()),
            Removed => return Err(ErrorCode::Forbidden),
            _ if room.archived => return Err(ErrorCode::Forbidden),
            _ if room.members().count() >= room.max => return Err(ErrorCode::RoomFull),
            _ => {}
        }
        room.standing[who] = Member;
        room.read[who] = room.last_seq();
        Ok(Done::default())
    }

    fn leave(&mut self, who: usize, number: usize) -> Outcome {
        let room = &mut self.rooms[number];
        room.heard_by(who)?;
        room.not_direct()?;
        room.out(who, Left);
        Ok(Done::default())
    }

    fn invite(&mut self, who: usize, number: usize, whom: usize) -> Outcome {
        let room = &mut self.rooms[number];
        room.seen_by(who)?;
        room.not_direct()?;
        let member = room.standing[who] == Member;
        let host =
            room.kind == Kind::Public || room.maker == Some(who) || ROLES[who] >= Role::Moderator;
        if !member || !host || room.archived {
            return Err(ErrorCode::Forbidden);
        }
        match room.standing[whom] {
            Removed if !room.run_by(who) => return Err(ErrorCode::Forbidden),
            Member => return Err(ErrorCode::Conflict),
            _ => room.standing[whom] = Invited,
        }
        Ok(Done::default())
    }

    fn remove(&mut self, who: usize, number: usize, whom: usize) -> Outcome {
        let room = &mut self.rooms[number];
        room.seen_by(who)?;
        room.not_direct()?;
        let made = room.maker == Some(who) && room.standing[who] == Member;
        let outranks = ROLES[who] > ROLES[whom] || (made && ROLES[who] >= ROLES[whom]);
        if !room.run_by(who) || who == whom || !outranks {
            return Err(ErrorCode::Forbidden);
        }
        if !matches!(room.standing[whom], Member | Invited) {
            return Err(ErrorCode::NotFound);
        }
        room.out(whom, Removed);
        Ok(Done::default())
    }

    fn archive(&mut self, who: usize, number: usize) -> Outcome {
        let room = &mut self.rooms[number];
        room.seen_by(who)?;
        room.not_direct()?;
        if number == GENERAL || !room.run_by(who) {
            return Err(ErrorCode::Forbidden);
        }
        room.archived = true;
        Ok(Done::default())
    }

    fn send(&mut self, send: &Send) -> Outcome {
        let number = self.room(send.room);
        let reply_to = send.reply_to.and_then(|message| self.message(number, message));
        let room = &mut self.rooms[number];
        room.said_by(send.who, send.text)?;
        if send.reply_to.is_some() && reply_to.is_none() {
            return Err(ErrorCode::NotFound);
        }
        let key = (send.who, send.id);
        if let Some((earlier_room, earlier)) = self.sent.get(&key).copied() {
            let message = &self.rooms[earlier_room].messages[earlier];
            let changed = message.edited || message.deleted;
            let same = earlier_room == number
                && message.reply_to == reply_to
                && (changed || message.text == send.text);
            let done = Done { room: Some(number), message: Some(earlier) };
            return if same { Ok(done) } else { Err(ErrorCode::Conflict) };
        }
        room.rev += 1;
        room.messages.push(Message {
            author: send.who,
            id: send.id,
            text: send.text,
            seq: room.rev,
            rev: room.rev,
            edited: false,
            deleted: false,
            reply_to,
        });
        room.call(send.who, send.text, room.rev);
        let message = room.messages.len() - 1;
        self.sent.insert(key, (number, message));
        Ok(Done { room: Some(number), message: Some(message) })
    }

    fn edit(&mut self, who: usize, number: usize, message: Option<usize>, text: usize) -> Outcome {
        let room = &mut self.rooms[number];
        room.said_by(who, text)?;
        let index = message.ok_or(ErrorCode::NotFound)?;
        let message = &mut room.messages[index];
        if message.deleted {
            return Err(ErrorCode::NotFound);
        }
        if message.author != who {
            return Err(ErrorCode::Forbidden);
        }
        let done = Done { room: Some(number), message: Some(index) };
        if message.text == text {
            return Ok(done);
        }
        room.rev += 1;
        let before = message.text;
        (message.rev, message.text, message.edited) = (room.rev, text, true);
        let seq = message.seq;
        let named = |text: usize, person: usize| TEXTS[text].1.contains(&person);
        for person in (0..PEOPLE).filter(|person| *person != who) {
            match (named(before, person), named(text, person)) {
                (false, true) if room.standing[person] == Member => {
                    room.called_in(person, seq);
                }
                (true, false) => {
                    room.called[person].remove(&seq);
                }
                _ => {}
            }
        }
        Ok(done)
    }

    fn delete(&mut self, who: usize, number: usize, message: Option<usize>) -> Outcome {
        let room = &mut self.rooms[number];
        room.seen_by(who)?;
        let member = room.standing[who] == Member;
        let censor = room.kind != Kind::Direct && room.run_by(who);
        if !member && !censor {
            return Err(ErrorCode::Forbidden);
        }
        let index = message.ok_or(ErrorCode::NotFound)?;
        let message = &mut room.messages[index];
        if !(censor || member && message.author == who) {
            return Err(ErrorCode::Forbidden);
        }
        if !message.deleted {
            room.rev += 1;
            (message.rev, message.deleted) = (room.rev, true);
            let seq = message.seq;
            for called in &mut room.called {
                called.remove(&seq);
            }
        }
        Ok(Done { room: Some(number), message: Some(index) })
    }

    fn read(&mut self, who: usize, number: usize, seq: u64) -> Outcome {
        let room = &mut self.rooms[number];
        room.heard_by(who)?;
        room.read[who] = room.read[who].max(seq.min(room.last_seq()));
        Ok(Done::default())
    }
}

impl Room {
    fn new(kind: Kind, maker: Option<usize>, max: usize) -> Self {
        Self {
            kind,
            maker,
            max,
            archived: false,
            standing: [Stranger; PEOPLE],
            rev: 0,
            messages: Vec::new(),
            read: [0; PEOPLE],
            called: Default::default(),
        }
    }

    pub(crate) fn members(&self) -> impl Iterator<Item = usize> + '_ {
        (0..PEOPLE).filter(|person| self.standing[*person] == Member)
    }

    pub(crate) fn last_seq(&self) -> u64 {
        self.messages.last().map_or(0, |message| message.seq)
    }

    pub(crate) fn unread(&self, who: usize) -> u64 {
        let unread = |message: &&Message| {
            message.seq > self.read[who] && message.author != who && !message.deleted
        };
        self.messages.iter().filter(unread).count() as u64
    }

    pub(crate) fn mentions(&self, who: usize) -> u64 {
        self.called[who].iter().filter(|seq| **seq > self.read[who]).count() as u64
    }

    /// What one may not see isn't there.
    fn seen_by(&self, who: usize) -> Result<(), ErrorCode> {
        let seen = self.kind == Kind::Public || matches!(self.standing[who], Member | Invited);
        if seen { Ok(()) } else { Err(ErrorCode::NotFound) }
    }

    fn heard_by(&self, who: usize) -> Result<(), ErrorCode> {
        self.seen_by(who)?;
        if self.standing[who] == Member { Ok(()) } else { Err(ErrorCode::Forbidden) }
    }

    fn not_direct(&self) -> Result<(), ErrorCode> {
        if self.kind == Kind::Direct { Err(ErrorCode::Forbidden) } else { Ok(()) }
    }

    fn said_by(&self, who: usize, text: usize) -> Result<(), ErrorCode> {
        if text == BLANK {
            return Err(ErrorCode::Validation);
        }
        self.heard_by(who)?;
        if self.archived { Err(ErrorCode::Forbidden) } else { Ok(()) }
    }

    /// Its maker, or a moderator; of a private room only a member.
    fn run_by(&self, who: usize) -> bool {
        let member = self.standing[who] == Member;
        let made = member && self.maker == Some(who);
        made || (ROLES[who] >= Role::Moderator && (member || self.kind == Kind::Public))
    }

    fn out(&mut self, who: usize, standing: Standing) {
        self.standing[who] = standing;
        self.called[who].clear();
    }

    fn call(&mut self, author: usize, text: usize, seq: u64) {
        for person in TEXTS[text].1.iter().copied().filter(|person| *person != author) {
            if self.standing[person] == Member {
                self.called_in(person, seq);
            }
        }
    }

    /// In a direct room everything is for the other one, and a name is only a word.
    fn called_in(&mut self, person: usize, seq: u64) {
        if self.kind != Kind::Direct {
            self.called[person].insert(seq);
        }
    }
}
