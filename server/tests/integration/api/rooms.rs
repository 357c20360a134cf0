use super::Program;
use crate::house::{House, next};
use protocol::event::{Joined, Members, Membership, OneRoom, People, Rooms};
use protocol::{ErrorCode, Reason, Role, RoomKind};
use serde_json::{Value, json};
use uuid::Uuid;

#[tokio::test]
async fn a_room_is_made_changed_archived_and_deleted() {
    let house = House::open().await;
    let anna = Program::guest(&house, "Anna").await;
    let made: OneRoom =
        anna.post("/rooms", &json!({ "name": "Чай", "topic": "зелёный" })).await.granted();
    assert_eq!((made.room.slug.as_str(), made.room.joined), ("чай", true));
    let listed: Rooms = anna.get("/rooms").await.granted();
    assert_eq!(listed.rooms.len(), 2);

    // By id and by slug, and a slug in any script.
    let by_id = format!("/rooms/{}", made.room.id);
    let changed: OneRoom = anna.patch(&by_id, &json!({ "maxUsers": 5 })).await.granted();
    assert_eq!((changed.room.max_users, changed.room.topic.as_str()), (5, "зелёный"));
    let changed: OneRoom = anna.patch("/rooms/чай", &json!({ "topic": "чёрный" })).await.granted();
    assert_eq!(changed.room.topic, "чёрный");

    let _: Value = anna.post("/rooms/чай/archive", &json!({})).await.granted();
    let said = json!({ "id": Uuid::now_v7(), "text": "too late" });
    let error = anna.post("/rooms/чай/messages", &said).await.refused(ErrorCode::Forbidden);
    assert_eq!(error.reason(), Some(Reason::Archived));
    let _: Value = anna.delete("/rooms/чай").await.granted();
    anna.patch(&by_id, &json!({ "topic": "gone" })).await.refused(ErrorCode::NotFound);
    house.close().await;
}

#[tokio::test]
async fn what_no_room_can_be_is_refused() {
    let house = House::open().await;
    let anna = Program::guest(&house, "Anna").await;
    for (ask, field) in [
        (json!({}), "payload"),
        (json!({ "name": ["Tea"] }), "payload"),
        (json!({ "name": " " }), "name"),
        (json!({ "name": "x".repeat(61) }), "name"),
        (json!({ "name": "Tea", "topic": "x".repeat(251) }), "topic"),
        (json!({ "name": "Tea", "maxUsers": 1 }), "maxUsers"),
        (json!({ "name": "Tea", "maxUsers": -1 }), "payload"),
    ] {
        let error = anna.post("/rooms", &ask).await.refused(ErrorCode::Validation);
        assert_eq!(error.details.unwrap().field, field, "{ask}");
    }
    let private = json!({ "name": "Secret", "private": true });
    anna.post("/rooms", &private).await.refused(ErrorCode::Forbidden);
    let listed: Rooms = anna.get("/rooms").await.granted();
    assert_eq!(listed.rooms.len(), 1, "nothing was made");
    house.close().await;
}

#[tokio::test]
async fn whoever_joins_by_http_is_a_member_for_the_sockets_too() {
    let house = House::open().await;
    let boris = house.person("Boris").await;
    let _: OneRoom = boris.ask("create-room", &json!({ "name": "Tea" })).await.unwrap();
    let mut joined = boris.chat.stream("user-joined");
    let mut left = boris.chat.stream("user-left");

    let anna = Program::guest(&house, "Anna").await;
    anna.get("/rooms/tea/members").await.refused(ErrorCode::Forbidden);
    let view: Joined = anna.post("/rooms/tea/join", &json!({})).await.granted();
    assert_eq!((view.room.members, view.members.len(), view.more), (2, 2, false));
    while next::<Membership>(&mut joined).await.user.name != "Anna" {}
    let members: Members = anna.get("/rooms/tea/members").await.granted();
    assert_eq!((members.members.len(), members.more), (2, false));
    let online: People = anna.get("/rooms/tea/presence").await.granted();
    assert!(online.users.iter().any(|user| user.name == "Boris"));

    let _: Value = anna.post("/rooms/tea/leave", &json!({})).await.granted();
    let gone: Membership = next(&mut left).await;
    assert_eq!((gone.user.name.as_str(), gone.count), ("Anna", 1));
    anna.post("/rooms/tea/leave", &json!({})).await.refused(ErrorCode::Forbidden);
    anna.post("/rooms/nowhere/join", &json!({})).await.refused(ErrorCode::NotFound);
    house.close().await;
}

#[tokio::test]
async fn a_private_room_is_not_there_until_one_is_invited() {
    let house = House::open().await;
    let olga = Program::account(&house, "Olga", Role::Member).await;
    let anna = Program::guest(&house, "Anna").await;
    let made: OneRoom =
        olga.post("/rooms", &json!({ "name": "Secret", "private": true })).await.granted();
    assert_eq!(made.room.kind, RoomKind::Private);
    let room = format!("/rooms/{}", made.room.id);
    let hidden = anna.post(&format!("{room}/join"), &json!({})).await;
    let nothing = anna.post(&format!("/rooms/{}/join", Uuid::now_v7()), &json!({})).await;
    assert_eq!(hidden.text, nothing.text);
    hidden.refused(ErrorCode::NotFound);

    let invite = format!("{room}/invite");
    olga.post(&invite, &json!({ "user": "Nobody" })).await.refused(ErrorCode::NotFound);
    olga.post(&invite, &json!({})).await.refused(ErrorCode::Validation);
    let _: Value = olga.post(&invite, &json!({ "user": "Anna" })).await.granted();
    let _: Joined = anna.post(&format!("{room}/join"), &json!({})).await.granted();
    anna.delete(&format!("{room}/members/Olga")).await.refused(ErrorCode::Forbidden);
    let _: Value = olga.delete(&format!("{room}/members/Anna")).await.granted();
    anna.get(&format!("{room}/members")).await.refused(ErrorCode::NotFound);
    house.close().await;
}

#[tokio::test]
async fn two_people_have_one_direct_room() {
    let house = House::open().await;
    let (anna, boris) =
        (Program::guest(&house, "Anna").await, Program::guest(&house, "Boris").await);
    let hers: OneRoom = anna.post("/dms", &json!({ "user": "boris" })).await.granted();
    let his: OneRoom = boris.post("/dms", &json!({ "user": anna.my_id().await })).await.granted();
    assert_eq!((hers.room.id, hers.room.name.as_str()), (his.room.id, "Boris"));
    anna.post("/dms", &json!({ "user": "Anna" })).await.refused(ErrorCode::Validation);
    anna.post("/dms", &json!({ "user": "Nobody" })).await.refused(ErrorCode::NotFound);
    house.close().await;
}
