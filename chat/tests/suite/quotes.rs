//! A reply shows what it replies to, as that is now.

use crate::support::{Engine, House, on_both_engines, reply};
use chat::store::messages::{Change, NewMessage, Written};
use chat::{Announcement, Identity};
use protocol::{ClientId, Message, MessageId, MessageKind, MessageText, Quote, RoomId};
use std::slice::from_ref;
use uuid::Uuid;

on_both_engines! {
    a_reply_quotes_wherever_it_is_read
    an_edit_of_what_is_quoted_shows_at_the_next_reading
    what_was_deleted_is_quoted_without_its_text
    a_quote_is_as_long_as_a_glance
    what_is_deleted_in_the_same_batch_is_not_quoted_with_its_text
    nothing_is_quoted_from_another_room
    what_is_no_longer_kept_is_not_quoted
}

fn quote(of: &Message) -> Quote {
    Quote { seq: of.seq, user: of.user.clone(), text: of.text.clone() }
}

fn change(announcement: &Announcement) -> Option<Message> {
    match announcement {
        Announcement::Message(changed) => Some(changed.message.clone()),
        _ => None,
    }
}

fn sent(room: RoomId, who: &Identity, reply_to: Option<MessageId>) -> Change {
    Change::Send(NewMessage {
        id: MessageId(Uuid::now_v7()),
        room,
        client_id: ClientId(Uuid::now_v7()),
        author: who.user.clone(),
        kind: MessageKind::Text,
        text: MessageText::parse("indeed").unwrap(),
        at: 1,
        reply_to,
        calls: Vec::new(),
    })
}

async fn written(house: &House, batch: &[Change]) -> Message {
    match house.store.write(batch).await.unwrap().pop() {
        Some(Written::New(message)) => message,
        unwritten => panic!("{unwritten:?}"),
    }
}

async fn a_reply_quotes_wherever_it_is_read(engine: Engine) {
    let house = House::new(engine).await;
    let (anna, boris) = (house.member("Anna").await, house.guest("Boris").await);
    let room = house.general(&anna).await;
    let said = house.say(&anna, room, "green tea").await;
    let ask = reply(room, said.id, "black coffee");
    let answer = house.send(&boris, ask.clone()).await.unwrap();
    assert_eq!((&said.quote, &answer.quote), (&None, &Some(quote(&said))));
    assert_eq!(house.send(&boris, ask).await.unwrap(), answer, "a retry");
    let all = [said.clone(), answer.clone()];
    assert_eq!(house.heard.several(2, change).await, all);
    assert_eq!(house.history(&anna, room).await, all);
    assert_eq!(house.sync(&anna, &[(room, 0)]).await.rooms[&room].messages, all);
    assert_eq!(house.chat.view(&anna, room).await.unwrap().messages, all);
    for _ in ["not indexed yet", "indexed"] {
        assert_eq!(house.search(&anna, "coffee").await.messages, from_ref(&answer));
        assert_eq!(house.search(&anna, "tea").await.messages, from_ref(&said));
        house.index().await;
    }
    let edited = house.edit(&boris, &answer, "white coffee").await.unwrap();
    assert_eq!(edited.quote, Some(quote(&said)));
    assert_eq!(house.heard.several(3, change).await[2], edited);
    assert_eq!(house.delete(&boris, &answer).await.unwrap().quote, Some(quote(&said)));
}

async fn an_edit_of_what_is_quoted_shows_at_the_next_reading(engine: Engine) {
    let house = House::new(engine).await;
    let anna = house.guest("Anna").await;
    let said = house.say(&anna, "general", "gren tea").await;
    let answer = house.send(&anna, reply("general", said.id, "yes")).await.unwrap();
    let edited = house.edit(&anna, &said, "green tea").await.unwrap();
    let read = house.history(&anna, "general").await.remove(1);
    assert_eq!(read, Message { quote: Some(quote(&edited)), ..answer });
}

async fn what_was_deleted_is_quoted_without_its_text(engine: Engine) {
    let house = House::new(engine).await;
    let anna = house.guest("Anna").await;
    let said = house.say(&anna, "general", "secret").await;
    house.send(&anna, reply("general", said.id, "before")).await.unwrap();
    let deleted = house.delete(&anna, &said).await.unwrap();
    let after = house.send(&anna, reply("general", said.id, "after")).await.unwrap();
    assert_eq!((deleted.text.as_str(), &after.quote), ("", &Some(quote(&deleted))));
    let read = house.history(&anna, "general").await;
    assert_eq!((&read[1].quote, &read[2]), (&Some(quote(&deleted)), &after));
}

async fn a_quote_is_as_long_as_a_glance(engine: Engine) {
    let house = House::new(engine).await;
    let anna = house.guest("Anna").await;
    for text in ["я🍵".repeat(70), "я🍵".repeat(70) + "и ещё"] {
        let said = house.say(&anna, "general", &text).await;
        let answer = house.send(&anna, reply("general", said.id, "yes")).await.unwrap();
        assert_eq!(answer.quote.as_ref().unwrap().text, "я🍵".repeat(70));
        assert_eq!(house.history(&anna, "general").await.last(), Some(&answer));
    }
}

async fn what_is_deleted_in_the_same_batch_is_not_quoted_with_its_text(engine: Engine) {
    let house = House::new(engine).await;
    let anna = house.guest("Anna").await;
    let room = house.general(&anna).await;
    let said = house.say(&anna, room, "secret").await;
    let delete = Change::Delete { room, message: said.id, at: 1 };
    let answer = written(&house, &[delete, sent(room, &anna, Some(said.id))]).await;
    assert_eq!(answer.quote.unwrap().text, "");
}

async fn nothing_is_quoted_from_another_room(engine: Engine) {
    let house = House::new(engine).await;
    let anna = house.member("Anna").await;
    let (general, room) = (house.general(&anna).await, house.private_room(&anna, "Secret").await);
    let said = house.say(&anna, room, "secret").await;
    // No one can ask for it; an earlier Beseda, or a program at the database, may have written it.
    let answer = written(&house, &[sent(general, &anna, Some(said.id))]).await;
    assert_eq!((answer.reply_to, &answer.quote), (Some(said.id), &None));
    assert_eq!(house.history(&anna, general).await, [answer]);
}

async fn what_is_no_longer_kept_is_not_quoted(engine: Engine) {
    let house = House::new(engine).await;
    let anna = house.guest("Anna").await;
    let room = house.general(&anna).await;
    let said = written(&house, &[sent(room, &anna, None)]).await;
    let answer = house.send(&anna, reply(room, said.id, "long ago")).await.unwrap();
    assert_eq!(answer.quote, Some(quote(&said)));
    house.store.purge_messages(said.at + 1).await.unwrap();
    assert_eq!(house.history(&anna, room).await, [Message { quote: None, ..answer }]);
}
