use crate::house::{House, get};
use serde_json::{Value, json};

async fn told(house: &House, path: &str) -> Value {
    let answer = get(&house.url, path).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    serde_json::from_str(&answer.text().await.unwrap()).unwrap()
}

#[tokio::test]
async fn it_says_how_it_is() {
    let house = House::open().await;
    let alive = told(&house, "/health").await;
    assert_eq!(alive, json!({ "alive": true, "version": env!("CARGO_PKG_VERSION") }));
    let ready = told(&house, "/health/ready").await;
    let well = json!({ "ready": true, "reasons": [], "stopping": false, "database": "ok" });
    assert_eq!(ready, well);
    house.chat().close().await;
    let answer = get(&house.url, "/health/ready").send().await.unwrap();
    assert_eq!(answer.status(), 503);
    let ready: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
    assert_eq!(ready["reasons"], json!(["the database doesn't answer"]));
    assert_eq!((&ready["ready"], &ready["database"]), (&json!(false), &json!("unavailable")));
    house.close().await;
}
