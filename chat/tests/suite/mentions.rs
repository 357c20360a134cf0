use crate::support::{Engine, House, code, on_both_engines};
use chat::{Announcement, Identity};
use protocol::event::{Dismiss, ListNotifications, Notification, NotificationKind};
use protocol::{ErrorCode, NotificationId, RoomId};
use uuid::Uuid;

on_both_engines! {
    a_name_after_an_at_calls_its_bearer
    someone_who_is_no_member_is_not_called
    an_edit_calls_whom_it_names_now
    an_edit_calls_no_one_a_second_time
    a_deleted_message_calls_no_one
    a_message_in_a_direct_room_is_told_to_the_other_one
    an_invitation_is_told
    a_notification_is_dismissed_by_whoever_has_it
    what_is_read_needs_no_notification
    what_is_read_in_a_direct_room_needs_no_notification
    whoever_comes_in_needs_no_invitation_any_more
    notifications_come_from_new_to_old
    whoever_leaves_a_room_is_not_told_of_it_any_more
}

async fn notifications(house: &House, who: &Identity) -> Vec<Notification> {
    let ask = ListNotifications::default();
    house.chat.notifications(who, &ask).await.unwrap().notifications
}

async fn mentions(house: &House, who: &Identity, room: RoomId) -> u64 {
    house.listed(who, room).await.unwrap().mentions
}

fn told_to(who: &Identity) -> impl Fn(&Announcement) -> Option<Notification> {
    let user = who.user.id;
    move |announcement| match announcement {
        Announcement::Notification(other, notification) if *other == user => {
            Some(notification.clone())
        }
        _ => None,
    }
}

async fn a_name_after_an_at_calls_its_bearer(engine: Engine) {
    let house = House::new(engine).await;
    let speaker = house.guest("Speaker").await;
    let room = house.general(&speaker).await;
    let mut people = Vec::new();
    for called in ["Anna", "Anna 2", "Борис", "李雷", "Zoë"] {
        people.push(house.guest(called).await);
    }
    for (text, called) in [
        ("hello @Anna", "Anna"),
        ("@anna!", "Anna"),
        ("(@ANNA)", "Anna"),
        ("hello @Anna 2, look", "Anna 2"),
        ("@Anna 3", "Anna"),
        ("привет, @борис.", "Борис"),
        ("@李雷你好", "李雷"),
        ("你好@李雷", ""),
        ("你好 @李雷", "李雷"),
        ("@Zoe\u{308}", "Zoë"),
        ("@Anna @Anna @anna", "Anna"),
        ("@Annabel", ""),
        ("anna@anna.example", ""),
        ("@Nobody @ @@", ""),
        ("@Speaker", ""),
    ] {
        let said = house.say(&speaker, room, text).await;
        for who in &people {
            let expected = usize::from(who.user.name == called);
            let told = notifications(&house, who).await;
            assert_eq!(told.len(), expected, "{text} tells {}", who.user.name);
            assert_eq!(mentions(&house, who, room).await, expected as u64, "{text}");
            if let Some(told) = told.first() {
                assert_eq!((told.kind, told.room), (NotificationKind::Mention, Some(room)));
                assert_eq!(told.message, Some(said.id));
                assert_eq!(told.text, format!("Speaker: {text}"));
            }
            house.read(who, room, said.seq).await;
        }
        assert!(notifications(&house, &speaker).await.is_empty());
    }
}

async fn someone_who_is_no_member_is_not_called(engine: Engine) {
    let house = House::new(engine).await;
    let (anna, boris) = (house.member("Anna").await, house.member("Boris").await);
    let chen = house.member("Chen").await;
    let room = house.private_room(&anna, "Secret").await;
    house.invite(&anna, room, &chen).await.unwrap();
    let before = notifications(&house, &chen).await;
    house.say(&anna, room, "@Boris and @Chen mustn't know").await;
    assert!(notifications(&house, &boris).await.is_empty());
    assert_eq!(notifications(&house, &chen).await, before);
}

async fn an_edit_calls_whom_it_names_now(engine: Engine) {
    let house = House::new(engine).await;
    let speaker = house.guest("Speaker").await;
    let (anna, boris) = (house.guest("Anna").await, house.guest("Boris").await);
    let room = house.general(&speaker).await;
    let said = house.say(&speaker, room, "@Anna, look").await;
    assert_eq!((mentions(&house, &anna, room).await, mentions(&house, &boris, room).await), (1, 0));
    house.edit(&speaker, &said, "@Boris, look").await.unwrap();
    assert_eq!((mentions(&house, &anna, room).await, mentions(&house, &boris, room).await), (0, 1));
    assert!(notifications(&house, &anna).await.is_empty());
    let told = house.heard.first(told_to(&boris)).await;
    assert_eq!(told.text, "Speaker: @Boris, look");
}

async fn an_edit_calls_no_one_a_second_time(engine: Engine) {
    let house = House::new(engine).await;
    let (speaker, anna) = (house.guest("Speaker").await, house.guest("Anna").await);
    let room = house.general(&speaker).await;
    let direct = house.direct_room(&speaker, &anna).await;
    for (room, text) in [(room, "@Anna, lok"), (direct, "lok")] {
        let said = house.say(&speaker, room, text).await;
        house.edit(&speaker, &said, &text.replace("lok", "look")).await.unwrap();
    }
    assert_eq!(notifications(&house, &anna).await.len(), 2);
    house.say(&speaker, room, "@Anna: the last").await;
    let told = house.heard.several(3, told_to(&anna)).await;
    let texts: Vec<&str> = told.iter().map(|told| told.text.as_str()).collect();
    assert_eq!(texts, ["Speaker: @Anna, lok", "Speaker: lok", "Speaker: @Anna: the last"]);
}

async fn a_deleted_message_calls_no_one(engine: Engine) {
    let house = House::new(engine).await;
    let (speaker, anna) = (house.guest("Speaker").await, house.guest("Anna").await);
    let room = house.general(&speaker).await;
    let said = house.say(&speaker, room, "@Anna, look").await;
    house.delete(&speaker, &said).await.unwrap();
    assert!(notifications(&house, &anna).await.is_empty());
    let seen = house.listed(&anna, room).await.unwrap();
    assert_eq!((seen.unread, seen.mentions), (0, 0));
}

async fn a_message_in_a_direct_room_is_told_to_the_other_one(engine: Engine) {
    let house = House::new(engine).await;
    let (anna, boris) = (house.member("Anna").await, house.member("Boris").await);
    let room = house.direct_room(&anna, &boris).await;
    house.say(&anna, room, &"long ".repeat(100)).await;
    let told = house.heard.first(told_to(&boris)).await;
    assert_eq!((told.kind, told.room), (NotificationKind::Direct, Some(room)));
    assert!(told.text.starts_with("Anna: long") && told.text.chars().count() < 200);
    assert_eq!(notifications(&house, &boris).await, [told]);
    assert!(notifications(&house, &anna).await.is_empty());
}

async fn an_invitation_is_told(engine: Engine) {
    let house = House::new(engine).await;
    let (anna, boris) = (house.member("Anna").await, house.member("Boris").await);
    let room = house.private_room(&anna, "Secret").await;
    house.invite(&anna, room, &boris).await.unwrap();
    let told = house.heard.first(told_to(&boris)).await;
    assert_eq!((told.kind, told.room), (NotificationKind::Invite, Some(room)));
    assert_eq!(told.text, "Anna: Secret");
    assert_eq!(notifications(&house, &boris).await, [told]);
}

async fn a_notification_is_dismissed_by_whoever_has_it(engine: Engine) {
    let house = House::new(engine).await;
    let (anna, boris) = (house.member("Anna").await, house.member("Boris").await);
    house.say(&anna, "general", "@Boris").await;
    let id = notifications(&house, &boris).await[0].id;
    assert_eq!(code(&house.chat.dismiss(&anna, &Dismiss { id }).await), Some(ErrorCode::NotFound));
    house.chat.dismiss(&boris, &Dismiss { id }).await.unwrap();
    assert!(notifications(&house, &boris).await.is_empty());
    let unknown = Dismiss { id: NotificationId(Uuid::now_v7()) };
    assert_eq!(code(&house.chat.dismiss(&boris, &unknown).await), Some(ErrorCode::NotFound));
}

async fn what_is_read_needs_no_notification(engine: Engine) {
    let house = House::new(engine).await;
    let (anna, boris) = (house.member("Anna").await, house.member("Boris").await);
    let room = house.general(&anna).await;
    let first = house.say(&anna, room, "@Boris: first").await;
    house.say(&anna, room, "@Boris: second").await;
    assert_eq!(house.read(&boris, room, first.seq).await.mentions, 1);
    let left = notifications(&house, &boris).await;
    assert_eq!(left.len(), 1);
    assert_eq!(left[0].text, "Anna: @Boris: second");
}

async fn what_is_read_in_a_direct_room_needs_no_notification(engine: Engine) {
    let house = House::new(engine).await;
    let (anna, boris) = (house.member("Anna").await, house.member("Boris").await);
    let room = house.direct_room(&anna, &boris).await;
    let first = house.say(&anna, room, "first").await;
    house.say(&anna, room, "second").await;
    let elsewhere = house.say(&anna, "general", "@Boris").await;
    assert_eq!(elsewhere.seq, first.seq);
    house.read(&boris, room, first.seq).await;
    let left: Vec<String> =
        notifications(&house, &boris).await.into_iter().map(|told| told.text).collect();
    assert_eq!(left, ["Anna: @Boris", "Anna: second"]);
}

async fn whoever_comes_in_needs_no_invitation_any_more(engine: Engine) {
    let house = House::new(engine).await;
    let (anna, boris) = (house.member("Anna").await, house.member("Boris").await);
    let (tea, secret) =
        (house.public_room(&anna, "Tea").await, house.private_room(&anna, "Secret").await);
    let chen = house.member("Chen").await;
    for (room, other) in [(tea, &boris), (secret, &boris), (secret, &boris), (secret, &chen)] {
        house.invite(&anna, room, other).await.unwrap();
    }
    house.join(&boris, secret).await.unwrap();
    for (who, left) in [(&boris, Some(tea)), (&chen, Some(secret))] {
        let rooms: Vec<_> = notifications(&house, who).await.iter().map(|told| told.room).collect();
        assert_eq!(rooms, [left]);
    }
    // One that was still under way goes when they read.
    let told = notifications(&house, &boris).await.remove(0);
    let late =
        Notification { id: NotificationId(Uuid::now_v7()), room: Some(secret), ..told.clone() };
    house.store.add_notification(boris.user.id, &late).await.unwrap();
    house.read(&boris, secret, 0).await;
    assert_eq!(notifications(&house, &boris).await, [told]);
}

async fn notifications_come_from_new_to_old(engine: Engine) {
    let house = House::new(engine).await;
    let (anna, boris) = (house.member("Anna").await, house.member("Boris").await);
    for number in 0..20 {
        house.say(&anna, "general", &format!("@Boris {number}")).await;
    }
    let ask = ListNotifications { limit: Some(15) };
    let told = house.chat.notifications(&boris, &ask).await.unwrap().notifications;
    let texts: Vec<String> = told.into_iter().map(|told| told.text).collect();
    let expected: Vec<String> =
        (5..20).rev().map(|number| format!("Anna: @Boris {number}")).collect();
    assert_eq!(texts, expected);
}

async fn whoever_leaves_a_room_is_not_told_of_it_any_more(engine: Engine) {
    let house = House::new(engine).await;
    let (anna, boris) = (house.member("Anna").await, house.member("Boris").await);
    let room = house.public_room(&anna, "Tea").await;
    house.join(&boris, room).await.unwrap();
    house.say(&anna, room, "@Boris").await;
    house.leave(&boris, room).await.unwrap();
    assert!(notifications(&house, &boris).await.is_empty());
    house.say(&anna, room, "@Boris, where are you?").await;
    assert!(notifications(&house, &boris).await.is_empty());
    let seen = house.listed(&boris, room).await.unwrap();
    assert_eq!((seen.joined, seen.unread, seen.mentions), (false, 0, 0));
}
