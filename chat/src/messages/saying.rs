use crate::chat::Chat;
use crate::error::Error;
use crate::people::Identity;
use crate::permissions::{self, Action};
use crate::queue::Receipt;
use crate::standing::Place;
use crate::store::messages::{Change, Edited, NewMessage, Written};
use crate::time::{millis, now};
use protocol::error::ErrorCode;
use protocol::event::{self, Sent};
use protocol::limits::Limit;
use protocol::{ApiError, Message, MessageId, MessageKind, MessageText, Reason};
use uuid::Uuid;

/// A change that has its place in line. Waiting for it means waiting until it is durable.
#[must_use = "a message isn't safe before its receipt"]
pub struct Pending(Receipt);

impl Pending {
    pub async fn durable(self) -> Result<Sent, Error> {
        match self.0.wait().await? {
            Written::New(message) | Written::Again(message) => Ok(Sent { message }),
            Written::Conflict => {
                let message = "another message was sent with this id";
                Err(ApiError::new(ErrorCode::Conflict, message).into())
            }
            Written::Gone => Err(ApiError::not_found("message").into()),
        }
    }
}

impl Chat {
    /// Decides whether the message may be said and puts it in line. Messages are written in the
    /// order in which these calls return, so one may begin the next before this one is durable.
    pub async fn send(&self, who: &Identity, message: event::Send) -> Result<Pending, Error> {
        let text = MessageText::parse(&message.text)?;
        if message.kind != MessageKind::Text {
            let told = "only `text` can be sent";
            return Err(ApiError::invalid("kind", Reason::Unknown, told).into());
        }
        let place = self.allowed(who, &message.room, Action::Say).await?;
        self.house.limits.check(Limit::MessageBurst, who).await?;
        self.house.limits.check(Limit::Message, who).await?;
        let room = place.room.id;
        if let Some(reply_to) = message.reply_to
            && self.house.store.message(room, reply_to).await?.is_none()
        {
            return Err(ApiError::not_found("message to reply to").into());
        }
        let (id, at) = (MessageId(Uuid::now_v7()), now());
        let calls = self.calls(&place, id, &text, at).await?;
        let receipt = self.house.queue.push(Change::Send(NewMessage {
            id,
            room,
            client_id: message.id,
            author: place.person.user.clone(),
            kind: message.kind,
            text,
            at,
            reply_to: message.reply_to,
            calls,
        }))?;
        self.house.typing.end(room, &place.person.user);
        Ok(Pending(receipt))
    }

    /// Changes the text of one's own message, while that is still allowed.
    pub async fn edit(&self, who: &Identity, ask: &event::Edit) -> Result<Pending, Error> {
        let text = MessageText::parse(&ask.text)?;
        let place = self.allowed(who, &ask.room, Action::Say).await?;
        let message = self.own(&place, ask.message).await?;
        if now() - message.at > millis(self.house.edit_within) {
            return Err(ApiError::forbidden("this message is too old to be edited").into());
        }
        self.house.limits.check(Limit::Message, who).await?;
        let at = now();
        let (calls, uncalled) = self.new_calls(&place, &message, &text, at).await?;
        let edited = Edited { room: message.room, message: message.id, text, at, calls, uncalled };
        Ok(Pending(self.house.queue.push(Change::Edit(edited))?))
    }

    /// Takes back one's own message, or takes away someone else's where one may.
    pub async fn delete(&self, who: &Identity, ask: &event::OfMessage) -> Result<Pending, Error> {
        let place = self.allowed(who, &ask.room, Action::Look).await;
        let place = match place {
            Ok(place) => place,
            // A moderator needs not be a member to keep a public room clean.
            Err(_) => self.allowed(who, &ask.room, Action::Censor).await?,
        };
        let room = place.room.id;
        let found = self.house.store.message(room, ask.message).await?;
        let message = found.ok_or_else(no_message)?;
        let own = message.user.id == who.user.id;
        let takes_back = own && permissions::may(Action::Unsay, &place).is_ok();
        if !takes_back {
            permissions::may(Action::Censor, &place)?;
        }
        if !own {
            let author = Some(message.user.id);
            self.note(who, "delete-message", author, Some(room), &message.id.to_string()).await?;
        }
        let delete = Change::Delete { room, message: message.id, at: now() };
        Ok(Pending(self.house.queue.push(delete)?))
    }

    async fn own(&self, place: &Place, message: MessageId) -> Result<Message, Error> {
        let found = self.house.store.message(place.room.id, message).await?;
        let message = found.filter(|message| message.deleted_at.is_none());
        let message = message.ok_or_else(no_message)?;
        if message.user.id != place.person.user.id {
            return Err(ApiError::forbidden("only its author may edit a message").into());
        }
        Ok(message)
    }
}

fn no_message() -> ApiError {
    ApiError::not_found("message")
}
