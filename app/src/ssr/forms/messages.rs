use super::super::sheets::outcome::Way;
use super::super::{Asked, refusal};
use super::{back, sender};
use crate::answers::Refusal;
use crate::page::Returned;
use leptos_axum::redirect;
use protocol::{ApiError, ClientId, MessageId, MessageKind, event};

pub(crate) async fn post(
    room: String,
    id: ClientId,
    text: String,
    reply_to: Option<MessageId>,
) -> Result<(), Refusal> {
    let (asked, who) = sender().await?;
    let text = lines(&text);
    let kind = MessageKind::Text;
    let message = event::Send { room: room.clone(), id, text: text.clone(), kind, reply_to };
    let sent = async { asked.chat().send(&who, message).await?.durable().await };
    let mut back = back(&asked, &room);
    if let Err(error) = sent.await {
        let error = ApiError::from(error);
        asked.context().returned.put(who.session, Returned { text, error });
        if let Some(message) = reply_to {
            back = about(&asked, back, "reply", message);
        }
    }
    redirect(&back);
    Ok(())
}

pub(crate) async fn edit(room: String, message: MessageId, text: String) -> Result<(), Refusal> {
    let (asked, who) = sender().await?;
    let ask = event::Edit { room: room.clone(), message, text: lines(&text) };
    let edited = async { asked.chat().edit(&who, &ask).await?.durable().await };
    let mut back = back(&asked, &room);
    if let Err(error) = edited.await {
        let (text, error) = (lines(&text), ApiError::from(error));
        asked.context().returned.put(who.session, Returned { text, error });
        back = about(&asked, back, "edit", message);
    }
    redirect(&back);
    Ok(())
}

pub(crate) async fn delete(room: String, message: MessageId) -> Result<(), Refusal> {
    let (asked, who) = sender().await?;
    let ask = event::OfMessage { room: room.clone(), message };
    redirect(&back(&asked, &room));
    asked.chat().delete(&who, &ask).await.map_err(refusal)?.durable().await.map_err(refusal)?;
    Ok(())
}

/// The page on which something is done with a message; the form says where that stands in the room.
fn about(asked: &Asked, room: String, what: &str, message: MessageId) -> String {
    let at = asked.query("at").unwrap_or_default();
    Way::to(room).with(what, &message.to_string()).with("at", &at).path()
}

/// A form sends CR LF for a line's end (HTML's rule); everywhere else it is LF.
fn lines(text: &str) -> String {
    text.replace("\r\n", "\n")
}
