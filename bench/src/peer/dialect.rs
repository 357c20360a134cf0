//! What a server must know of us, and we of it: its events, as they stand on the wire.

use crate::wire::engine::Mark;

/// Words in capitals are put in.
pub(crate) struct Dialect {
    pub(crate) namespace: &'static str,
    /// Where one asks for a token, if one needs one.
    pub(crate) sign_in: Option<&'static str>,
    /// What CONNECT carries: `TOKEN`.
    pub(crate) auth: &'static str,
    /// Makes a `ROOM` for so many `MEMBERS`, if that must be done, and answers its id.
    pub(crate) create: Option<&'static str>,
    /// Enters a `ROOM`.
    pub(crate) join: &'static str,
    /// Says `TEXT` in a `ROOM`, with an `ID` of its own.
    pub(crate) message: &'static str,
    /// Asks what has changed in a `ROOM` since `REV`, where that is kept.
    pub(crate) sync: Option<&'static str>,
    /// How an event begins that brings a message.
    pub(crate) delivery: &'static str,
}

pub(crate) static BESEDA: Dialect = Dialect {
    namespace: "/chat",
    sign_in: Some("/api/v1/session"),
    auth: r#"{"token":"TOKEN"}"#,
    create: Some(r#"["create-room",{"name":"ROOM","maxUsers":MEMBERS}]"#),
    join: r#"["join-room",{"room":"ROOM"}]"#,
    message: r#"["message",{"room":"ROOM","id":"ID","text":"TEXT"}]"#,
    sync: Some(r#"["sync",{"rooms":{"ROOM":REV}}]"#),
    delivery: r#"["message","#,
};

/// The same events of a server that asks for no name and makes rooms by the way.
pub(crate) static BARE: Dialect =
    Dialect { sign_in: None, auth: "", create: None, sync: None, ..BESEDA };

impl Dialect {
    pub(crate) fn connect(&self, token: &str) -> String {
        self.packet("40", "", &self.auth.replace("TOKEN", token))
    }

    /// An event that is to be answered.
    pub(crate) fn event(&self, ack: u32, event: &str) -> String {
        self.packet("42", &ack.to_string(), event)
    }

    fn packet(&self, kind: &str, ack: &str, payload: &str) -> String {
        match self.namespace {
            "/" => format!("{kind}{ack}{payload}"),
            namespace => format!("{kind}{namespace},{ack}{payload}"),
        }
    }

    pub(crate) fn create(&self, room: &str, members: usize) -> Option<String> {
        // A room of one's own is for two, too.
        let members = members.max(2).to_string();
        Some(self.create?.replace("ROOM", room).replace("MEMBERS", &members))
    }

    pub(crate) fn join(&self, room: &str) -> String {
        self.join.replace("ROOM", room)
    }

    /// The same mark is the same message, however often it is sent. Its id grows with time, as clients' do.
    pub(crate) fn message(&self, room: &str, mark: Mark) -> String {
        let (ms, number) = (mark.at / 1_000, mark.number);
        let (early, late) = (ms >> 16, ms & 0xffff);
        let (high, low) = (number >> 12, number & 0xfff);
        let id = format!("{early:08x}-{late:04x}-7{high:03x}-8{low:03x}-{:012x}", mark.sender);
        self.message.replace("ROOM", room).replace("ID", &id).replace("TEXT", &mark.text())
    }

    pub(crate) fn sync(&self, room: &str, rev: u64) -> Option<String> {
        Some(self.sync?.replace("ROOM", room).replace("REV", &rev.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packets_stand_as_on_the_wire() {
        assert_eq!(BESEDA.connect("abc"), r#"40/chat,{"token":"abc"}"#);
        assert_eq!(BARE.connect(""), "40/chat,");
        assert_eq!(BESEDA.event(7, &BESEDA.join("r")), r#"42/chat,7["join-room",{"room":"r"}]"#);
        let main = Dialect { namespace: "/", ..BARE };
        assert_eq!(main.event(7, r#"["x"]"#), r#"427["x"]"#);
    }

    #[test]
    fn a_message_has_an_id_of_its_own() {
        let mark = Mark { sender: 1, number: 0x1010, at: 70_000_000 };
        let message = BESEDA.message("r", mark);
        assert!(message.contains("00000001-1170-7001-8010-000000000001"), "{message}");
        assert_eq!(Mark::find(message.as_bytes()), Some(mark));
    }
}
