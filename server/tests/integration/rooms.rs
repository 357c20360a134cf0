//! Rooms, edits, typing, reading and notifications over real sockets. What may be done by whom is
//! `chat`'s to test; here it matters who is told.

use crate::house::{House, Person, next, sign_in, to_general};
use protocol::event::{
    AuditPage, Done, Joined, Kicked, Membership, MessageChanged, Notification, NotificationKind,
    OneRoom, Page, ReadTo, RoomRemoved, RoomUpdated, Rooms, Sent, Stats, Unread, UserTyping,
};
use protocol::{ApiError, ErrorCode, Role, RoomKind};
use serde_json::{Value, json};

#[tokio::test]
async fn a_room_is_made_entered_changed_and_left_and_everyone_concerned_is_told() {
    let house = House::open().await;
    let (anna, boris) = (house.person("Anna").await, house.person("Boris").await);
    anna.join().await;
    boris.join().await;
    let mut updated = boris.chat.stream("room-updated");
    let mut joined = anna.chat.stream("user-joined");
    let mut left = anna.chat.stream("user-left");

    let made: OneRoom =
        anna.ask("create-room", &json!({ "name": "Чай", "topic": "зелёный" })).await.unwrap();
    assert_eq!((made.room.slug.as_str(), made.room.joined), ("чай", true));
    let told: RoomUpdated = next(&mut updated).await;
    assert_eq!((told.room.id, told.room.topic.as_str()), (made.room.id, "зелёный"));
    let listed: Rooms = boris.ask("rooms", &()).await.unwrap();
    assert_eq!(listed.rooms.len(), 2);

    // Anna's own arrival, then Boris'.
    let first: Membership = next(&mut joined).await;
    assert_eq!(first.user.name, "Anna");
    let _: Joined = boris.ask("join-room", &json!({ "room": "чай" })).await.unwrap();
    let second: Membership = next(&mut joined).await;
    assert_eq!((second.user.name.as_str(), second.count), ("Boris", 2));

    let change = json!({ "room": made.room.id, "topic": "чёрный", "maxUsers": 2 });
    let _: OneRoom = anna.ask("update-room", &change).await.unwrap();
    let told: RoomUpdated = next(&mut updated).await;
    assert_eq!((told.room.topic.as_str(), told.room.max_users), ("чёрный", 2));
    let chen = house.person("Chen").await;
    let full: Result<Joined, ApiError> = chen.ask("join-room", &json!({ "room": "чай" })).await;
    assert_eq!(full.unwrap_err().code, ErrorCode::RoomFull);

    let _: Done = boris.ask("leave-room", &json!({ "room": "чай" })).await.unwrap();
    let gone: Membership = next(&mut left).await;
    assert_eq!((gone.user.name.as_str(), gone.count), ("Boris", 1));

    let mut removed = boris.chat.stream("room-removed");
    let _: Done = anna.ask("delete-room", &json!({ "room": "чай" })).await.unwrap();
    let told: RoomRemoved = next(&mut removed).await;
    assert_eq!(told.room, made.room.id);
    house.close().await;
}

#[tokio::test]
async fn edits_and_deletes_are_told_as_changes_of_the_message() {
    let house = House::open().await;
    let (anna, boris) = (house.person("Anna").await, house.person("Boris").await);
    anna.join().await;
    boris.join().await;
    let mut heard = boris.chat.stream("message");
    let said = anna.say("helo").await.unwrap();
    let edit = json!({ "room": "general", "message": said.id, "text": "hello" });
    let edited: Sent = anna.ask("edit-message", &edit).await.unwrap();
    assert_eq!((edited.message.seq, edited.message.rev), (1, 2));
    let theirs: Result<Sent, ApiError> = boris.ask("edit-message", &edit).await;
    assert_eq!(theirs.unwrap_err().code, ErrorCode::Forbidden);
    let delete = json!({ "room": "general", "message": said.id });
    let _: Sent = anna.ask("delete-message", &delete).await.unwrap();
    let texts: Vec<(u64, String, bool)> = vec![
        next::<MessageChanged>(&mut heard).await,
        next::<MessageChanged>(&mut heard).await,
        next::<MessageChanged>(&mut heard).await,
    ]
    .into_iter()
    .map(|changed| (changed.rev, changed.message.text, changed.message.deleted_at.is_some()))
    .collect();
    let expected = [(1, "helo", false), (2, "hello", false), (3, "", true)];
    assert_eq!(texts, expected.map(|(rev, text, gone)| (rev, text.to_owned(), gone)));
    house.close().await;
}

#[tokio::test]
async fn writing_is_told_to_the_others_alone() {
    let house = House::open().await;
    let token = sign_in(&house.url, "Anna").await;
    let (anna, tab) = (Person::connect(&house.url, &token), Person::connect(&house.url, &token));
    let (boris, chen) = (house.person("Boris").await, house.person("Chen").await);
    for person in [&anna, &tab, &boris, &chen] {
        person.join().await;
    }
    let mut mine = tab.chat.stream("user-typing");
    let mut heard = chen.chat.stream("user-typing");
    for person in [&anna, &boris] {
        let typing = json!({ "room": "general", "on": true });
        let _: Done = person.ask("typing", &typing).await.unwrap();
    }
    // Two people at once: neither's sign swallows the other's.
    let names = [next::<UserTyping>(&mut heard).await, next::<UserTyping>(&mut heard).await];
    assert_eq!(names.map(|typing| typing.user.name), ["Anna", "Boris"]);
    // Saying it ends it.
    anna.say("done").await.unwrap();
    let ended: UserTyping = next(&mut heard).await;
    assert_eq!((ended.user.name.as_str(), ended.on), ("Anna", false));
    // Of all that, Anna's other tab has heard Boris.
    let first: UserTyping = next(&mut mine).await;
    assert_eq!(first.user.name, "Boris");
    house.close().await;
}

#[tokio::test]
async fn what_one_tab_does_the_other_follows() {
    let house = House::open().await;
    let token = sign_in(&house.url, "Anna").await;
    let (anna, tab) = (Person::connect(&house.url, &token), Person::connect(&house.url, &token));
    let boris = house.person("Boris").await;
    for person in [&anna, &tab, &boris] {
        person.join().await;
    }
    boris.say("one").await.unwrap();
    let mut read = tab.chat.stream("read");
    let answer: ReadTo = anna.ask("read", &json!({ "room": "general", "seq": 1 })).await.unwrap();
    assert_eq!((answer.seq, answer.unread), (1, 0));
    assert_eq!(next::<ReadTo>(&mut read).await, answer);

    // A room that one tab enters, the other hears.
    let mut heard = tab.chat.stream("message");
    let made: OneRoom = boris.ask("create-room", &json!({ "name": "Tea" })).await.unwrap();
    let _: Joined = anna.ask("join-room", &json!({ "room": "tea" })).await.unwrap();
    let mut said = to_general("in tea");
    said["room"] = json!(made.room.id);
    boris.send(&said).await.unwrap();
    assert_eq!(next::<MessageChanged>(&mut heard).await.room, made.room.id);
    house.close().await;
}

#[tokio::test]
async fn who_is_called_is_told_now_or_later() {
    let house = House::open().await;
    let token = sign_in(&house.url, "Anna").await;
    let boris = house.person("Boris").await;
    boris.join().await;
    // Anna is away.
    boris.say("@Anna, are you there?").await.unwrap();
    let anna = Person::connect_to(&house.url, "/notifications", &token);
    let mut told = anna.chat.stream("notification");
    let mut unread = anna.chat.stream("unread");
    let mention: Notification = next(&mut told).await;
    assert_eq!(mention.kind, NotificationKind::Mention);
    assert_eq!(mention.text, "Boris: @Anna, are you there?");
    let count: Unread = next(&mut unread).await;
    assert_eq!((count.unread, count.mentions), (1, 1));

    let dm: OneRoom = boris.ask("open-dm", &json!({ "user": "Anna" })).await.unwrap();
    assert_eq!((dm.room.kind, dm.room.name.as_str()), (RoomKind::Direct, "Anna"));
    let mut said = to_general("a word");
    said["room"] = json!(dm.room.id);
    boris.send(&said).await.unwrap();
    let direct: Notification = next(&mut told).await;
    assert_eq!((direct.kind, direct.room), (NotificationKind::Direct, Some(dm.room.id)));
    let count: Unread = next(&mut unread).await;
    assert_eq!((count.room, count.unread), (dm.room.id, 1));

    let _: Done = anna.ask("dismiss", &json!({ "id": mention.id })).await.unwrap();
    let list: protocol::event::Notifications = anna.ask("list", &()).await.unwrap();
    assert_eq!(list.notifications, [direct]);
    house.close().await;
}

#[tokio::test]
async fn search_answers_on_the_socket() {
    let house = House::open().await;
    let anna = house.person("Anna").await;
    anna.join().await;
    anna.say("Побеседуем завтра").await.unwrap();
    anna.say("明天开会讨论").await.unwrap();
    for (query, found) in [("бесед", 1), ("开会", 1), ("NOT", 0)] {
        let page: Page = anna.ask("search", &json!({ "query": query })).await.unwrap();
        assert_eq!(page.messages.len(), found, "{query}");
    }
    house.close().await;
}

#[tokio::test]
async fn moderators_see_the_house_and_send_people_out() {
    let house = House::open().await;
    let (_, token) = house.account("Olga", Role::Owner).await;
    let olga = Person::connect_to(&house.url, "/admin", &token);
    let boris = house.person("Boris").await;
    let me = boris.join().await.members.into_iter().find(|m| m.user.name == "Boris").unwrap();
    let mut stats = olga.chat.stream("stats");
    let seen: Stats = next(&mut stats).await;
    assert!(seen.connections >= 2 && seen.memory > 0, "{seen:?}");

    let mut kicked = boris.chat.stream("kicked");
    let mut announced = boris.chat.stream("announcement");
    let _: Done = olga.ask("announce", &json!({ "text": "tea at five" })).await.unwrap();
    assert_eq!(next::<Value>(&mut announced).await["text"], "tea at five");
    let kick = json!({ "user": me.user.id, "reason": "enough" });
    let changes = boris.client.changes();
    let _: Done = olga.ask("kick", &kick).await.unwrap();
    assert_eq!(next::<Kicked>(&mut kicked).await.reason, "enough");
    crate::house::sent_away(changes).await;
    let audit: AuditPage = olga.ask("audit", &()).await.unwrap();
    let actions: Vec<&str> = audit.entries.iter().map(|entry| entry.action.as_str()).collect();
    assert_eq!(actions[..2], ["kick", "announce"]);
    house.close().await;
}
