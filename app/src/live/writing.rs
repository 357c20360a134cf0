//! What the composer is doing in one room: saying something, replying, or changing what was said.

use protocol::limits::MESSAGE_CHARS;
use protocol::{ApiError, Message, MessageId, MessageText};
use std::sync::Arc;

/// How many characters are left is told when they are fewer than this.
const COUNTED_FROM: isize = 500;

#[derive(Debug, Clone, Default, PartialEq)]
pub struct Writing {
    task: Task,
    text: String,
    /// What was being written when an edit began.
    stash: String,
    problem: Option<ApiError>,
}

#[derive(Debug, Clone, Default, PartialEq)]
pub enum Task {
    #[default]
    Say,
    Reply(Arc<Message>),
    Edit(Arc<Message>),
}

/// What sending the text means.
#[derive(Debug, Clone, PartialEq)]
pub enum Submitted {
    Send {
        text: String,
        reply: Option<Arc<Message>>,
    },
    Edit {
        message: MessageId,
        text: String,
    },
    Nothing,
    /// [`Writing::problem`] says why.
    Refused,
}

impl Writing {
    pub fn task(&self) -> &Task {
        &self.task
    }

    /// What the field holds.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What is to be kept over a reload: not an edit, but what an edit interrupted.
    pub fn draft(&self) -> &str {
        if matches!(self.task, Task::Edit(_)) { &self.stash } else { &self.text }
    }

    pub fn problem(&self) -> Option<&ApiError> {
        self.problem.as_ref()
    }

    /// How many characters are left, near the end; below zero there are too many.
    pub fn counter(&self) -> Option<isize> {
        let text = self.text.trim();
        // No text has more characters than bytes: most needn't be counted at every key.
        if text.len() + COUNTED_FROM.unsigned_abs() <= MESSAGE_CHARS {
            return None;
        }
        let left = MESSAGE_CHARS.cast_signed() - text.chars().count().cast_signed();
        (left < COUNTED_FROM).then_some(left)
    }

    /// What an earlier page kept, unless something has been written since.
    pub fn restore(&mut self, draft: String) {
        match self.task {
            Task::Edit(_) if self.stash.is_empty() => self.stash = draft,
            Task::Say | Task::Reply(_) if self.text.is_empty() => self.text = draft,
            _ => {}
        }
    }

    /// What a plain form sent and was refused is shown again.
    pub fn begin(&mut self, text: String, problem: ApiError) {
        self.wrote(text);
        self.refused(problem);
    }

    pub fn wrote(&mut self, text: String) {
        self.text = text;
        self.problem = None;
    }

    pub fn reply(&mut self, message: Arc<Message>) {
        self.leave();
        self.task = Task::Reply(message);
    }

    pub fn edit(&mut self, message: Arc<Message>) {
        self.leave();
        self.stash = std::mem::take(&mut self.text);
        self.wrote(message.text.clone());
        self.task = Task::Edit(message);
    }

    /// Out of a reply, whose text stays, or an edit, which gives back what it interrupted.
    pub fn leave(&mut self) {
        match std::mem::take(&mut self.task) {
            Task::Say => return,
            Task::Reply(_) => {}
            Task::Edit(_) => self.text = std::mem::take(&mut self.stash),
        }
        self.problem = None;
    }

    pub fn submit(&mut self, text: &str) -> Submitted {
        self.wrote(text.to_owned());
        let said = match MessageText::parse(text) {
            Ok(said) => said.as_str().to_owned(),
            // An Enter too many.
            Err(_) if !matches!(self.task, Task::Edit(_)) && text.trim().is_empty() => {
                return Submitted::Nothing;
            }
            Err(error) => {
                self.refused(error);
                return Submitted::Refused;
            }
        };
        match &self.task {
            Task::Edit(message) if message.text == said => {
                self.leave();
                Submitted::Nothing
            }
            Task::Edit(message) => Submitted::Edit { message: message.id, text: said },
            _ => {
                self.text.clear();
                let reply = match std::mem::take(&mut self.task) {
                    Task::Reply(message) => Some(message),
                    _ => None,
                };
                Submitted::Send { text: said, reply }
            }
        }
    }

    /// The server took the edit.
    pub fn edited(&mut self, message: MessageId) {
        if matches!(&self.task, Task::Edit(edited) if edited.id == message) {
            self.leave();
        }
    }

    pub fn refused(&mut self, error: ApiError) {
        self.problem = Some(error);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::{ClientId, MessageKind, Reason, Role, RoomId, User, UserId};
    use uuid::Uuid;

    fn message(number: u128, text: &str) -> Arc<Message> {
        Arc::new(Message {
            id: MessageId(Uuid::from_u128(number)),
            room: RoomId(Uuid::nil()),
            seq: 1,
            rev: 1,
            client_id: ClientId(Uuid::from_u128(number)),
            user: User::new(UserId(Uuid::nil()), "Anna".into(), Role::Guest),
            kind: MessageKind::Text,
            text: text.into(),
            at: 0,
            edited_at: None,
            deleted_at: None,
            reply_to: None,
            quote: None,
        })
    }

    #[test]
    fn what_is_sent_is_trimmed_and_ends_the_task() {
        let mut writing = Writing::default();
        writing.reply(message(1, "question"));
        let reply = Some(message(1, "question"));
        assert_eq!(writing.submit(" answer\n"), Submitted::Send { text: "answer".into(), reply });
        assert_eq!((writing.task(), writing.text()), (&Task::Say, ""));
        assert_eq!(writing.submit("more"), Submitted::Send { text: "more".into(), reply: None });
    }

    #[test]
    fn an_edit_gives_back_what_it_interrupted() {
        let mut writing = Writing::default();
        writing.wrote("half a sen".into());
        writing.edit(message(1, "one"));
        writing.wrote("one!".into());
        writing.edit(message(2, "two"));
        assert_eq!((writing.text(), writing.draft()), ("two", "half a sen"));
        writing.leave();
        assert_eq!((writing.task(), writing.text()), (&Task::Say, "half a sen"));
    }

    #[test]
    fn the_text_of_a_reply_stays_when_it_becomes_none() {
        let mut writing = Writing::default();
        writing.reply(message(1, "question"));
        writing.wrote("answer".into());
        writing.leave();
        assert_eq!((writing.task(), writing.text()), (&Task::Say, "answer"));
    }

    #[test]
    fn an_edit_lasts_until_the_server_took_it() {
        let mut writing = Writing::default();
        writing.wrote("draft".into());
        writing.edit(message(1, "one"));
        let edit = Submitted::Edit { message: message(1, "").id, text: "uno".into() };
        assert_eq!(writing.submit("uno"), edit);
        writing.refused(ApiError::internal());
        assert_eq!((writing.text(), writing.problem()), ("uno", Some(&ApiError::internal())));
        assert_eq!(writing.submit("uno"), edit);
        writing.edited(message(2, "").id);
        assert_eq!(writing.text(), "uno", "that was another one");
        writing.edited(message(1, "").id);
        assert_eq!((writing.task(), writing.text()), (&Task::Say, "draft"));
    }

    #[test]
    fn an_edit_that_changes_nothing_is_nothing_and_one_to_nothing_is_refused() {
        let mut writing = Writing::default();
        writing.edit(message(1, "one"));
        assert_eq!(writing.submit("  "), Submitted::Refused);
        let reason = writing.problem().and_then(ApiError::reason);
        assert_eq!(reason, Some(Reason::Empty));
        assert_eq!(writing.submit("one "), Submitted::Nothing);
        assert_eq!(writing.task(), &Task::Say);
    }

    #[test]
    fn an_enter_too_many_is_nothing_and_too_much_is_refused() {
        let mut writing = Writing::default();
        assert_eq!(writing.submit(" \n"), Submitted::Nothing);
        assert_eq!(writing.problem(), None);
        let long = "字".repeat(5_001);
        assert_eq!(writing.submit(&long), Submitted::Refused);
        assert_eq!((writing.text(), writing.counter()), (long.as_str(), Some(-1)));
        writing.wrote("字".repeat(4_500));
        assert_eq!((writing.problem(), writing.counter()), (None, None));
        writing.wrote("字".repeat(4_501));
        assert_eq!(writing.counter(), Some(499));
    }

    #[test]
    fn what_a_form_was_refused_stays_with_its_problem() {
        let mut writing = Writing::default();
        writing.begin("text".into(), ApiError::internal());
        writing.leave();
        assert_eq!((writing.text(), writing.problem()), ("text", Some(&ApiError::internal())));
        writing.edit(message(1, "one"));
        assert_eq!(writing.problem(), None);
        writing.begin("uno".into(), ApiError::internal());
        assert_eq!((writing.text(), writing.draft()), ("uno", "text"));
        writing.leave();
        assert_eq!((writing.text(), writing.problem()), ("text", None));
    }

    #[test]
    fn what_was_kept_does_not_overwrite_what_was_written_since() {
        let mut writing = Writing::default();
        writing.restore("kept".into());
        writing.restore("older".into());
        assert_eq!(writing.text(), "kept");
        let mut writing = Writing::default();
        writing.edit(message(1, "one"));
        writing.restore("kept".into());
        assert_eq!((writing.text(), writing.draft()), ("one", "kept"));
    }
}
