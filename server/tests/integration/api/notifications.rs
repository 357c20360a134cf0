use super::Program;
use crate::house::House;
use protocol::ErrorCode;
use protocol::event::{NotificationKind, Notifications};
use serde_json::{Value, json};
use uuid::Uuid;

#[tokio::test]
async fn a_mention_is_kept_until_it_is_dismissed() {
    let house = House::open().await;
    let (anna, boris) =
        (Program::guest(&house, "Anna").await, Program::guest(&house, "Boris").await);
    let ask = json!({ "id": Uuid::now_v7(), "text": "@Boris, tea?" });
    let _: Value = anna.post("/rooms/general/messages", &ask).await.granted();
    let told: Notifications = boris.get("/notifications").await.granted();
    let [notification] = &told.notifications[..] else { panic!("{told:?}") };
    assert_eq!(notification.kind, NotificationKind::Mention);
    assert_eq!(notification.text, "Anna: @Boris, tea?");

    let path = format!("/notifications/{}", notification.id);
    anna.delete(&path).await.refused(ErrorCode::NotFound);
    let _: Value = boris.delete(&path).await.granted();
    boris.delete(&path).await.refused(ErrorCode::NotFound);
    boris.delete("/notifications/7").await.refused(ErrorCode::Validation);
    boris.get("/notifications?limit=0").await.refused(ErrorCode::Validation);
    assert!(boris.get("/notifications").await.granted::<Notifications>().notifications.is_empty());
    house.close().await;
}
