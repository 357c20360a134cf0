use crate::support::{Engine, House, on_both_engines, reply, to};
use chat::export::{ExportError, export};
use protocol::Message;
use serde_json::Value;
use uuid::Uuid;

on_both_engines! {
    an_export_holds_everything_that_was_said
    one_room_is_exported_by_its_address
    an_unknown_room_is_not_exported
}

async fn exported(house: &House, room: Option<&str>) -> (u64, Vec<Value>) {
    let mut out = Vec::new();
    let count = export(&*house.store, room, &mut out).await.unwrap();
    let lines = String::from_utf8(out).unwrap();
    (count, lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
}

async fn an_export_holds_everything_that_was_said(engine: Engine) {
    let house = House::new(engine).await;
    let (anna, boris) = (house.member("Anna").await, house.member("Boris").await);
    let private = house.private_room(&anna, "Secret").await;
    let direct = house.direct_room(&anna, &boris).await;
    let gone = house.public_room(&anna, "Gone").await;
    house.say(&anna, gone, "gone with it").await;
    house.chat.delete_room(&anna, &gone.to_string()).await.unwrap();
    let mut last = None;
    for number in 0..1_200 {
        let message = to("general", Uuid::now_v7(), &format!("{number}\n\"quoted\""));
        last = Some(house.chat.send(&anna, message).await.unwrap());
    }
    let last = last.unwrap().durable().await.unwrap().message;
    house.edit(&anna, &last, "edited").await.unwrap();
    let secret = house.say(&anna, private, "secret").await;
    let between_us = house.say(&boris, direct, "between us").await;
    let answer = house.send(&anna, reply(direct, between_us.id, "of course")).await.unwrap();

    let (count, lines) = exported(&house, None).await;
    assert_eq!(count, 1_203);
    let of_type = |wanted: &'static str| lines.iter().filter(move |line| line["type"] == wanted);
    let slugs: Vec<&str> = of_type("room").filter_map(|line| line["slug"].as_str()).collect();
    assert_eq!(slugs.len(), 3);
    assert!(slugs.contains(&"general"));
    let messages: Vec<Message> =
        of_type("message").map(|line| serde_json::from_value(line.clone()).unwrap()).collect();
    assert_eq!(messages.len(), 1_203);
    assert!([secret, between_us, answer].iter().all(|said| messages.contains(said)));
    // Each below its room, in the order of seq.
    let mut room = Value::Null;
    let mut seq = 0;
    for line in &lines {
        if line["type"] == "room" {
            (room, seq) = (line["id"].clone(), 0);
        } else {
            assert_eq!(line["room"], room);
            assert_eq!(line["seq"].as_u64().unwrap(), seq + 1);
            seq += 1;
        }
    }
    assert_eq!(messages.iter().filter(|message| message.text == "edited").count(), 1);
}

async fn one_room_is_exported_by_its_address(engine: Engine) {
    let house = House::new(engine).await;
    let anna = house.member("Anna").await;
    let tea = house.public_room(&anna, "Tea").await;
    house.say(&anna, tea, "tea").await;
    house.say(&anna, "general", "elsewhere").await;
    for room in ["tea", &tea.to_string()] {
        let (count, lines) = exported(&house, Some(room)).await;
        assert_eq!((count, lines.len()), (1, 2));
        assert_eq!(lines[1]["text"], "tea");
    }
}

async fn an_unknown_room_is_not_exported(engine: Engine) {
    let house = House::new(engine).await;
    let asked = export(&*house.store, Some("nowhere"), &mut Vec::new()).await;
    assert!(matches!(asked, Err(ExportError::NoRoom(room)) if room == "nowhere"));
}
