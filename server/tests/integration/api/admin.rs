use super::Program;
use crate::house::{House, PATIENCE, next};
use protocol::event::{AllPeople, AllRooms, Announce, AuditPage, SessionsOf};
use protocol::{ErrorCode, Reason, Role};
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use uuid::Uuid;

#[tokio::test]
async fn only_moderators_moderate() {
    let house = House::open().await;
    let anna = Program::guest(&house, "Anna").await;
    let user = Program::guest(&house, "Boris").await.my_id().await;
    for (command, ask) in [
        ("kick", json!({ "user": user })),
        ("ban", json!({ "user": user, "minutes": 1 })),
        ("unban", json!({ "user": user })),
        ("mute", json!({ "user": user, "minutes": 1 })),
        ("set-role", json!({ "user": user, "role": "guest" })),
        ("announce", json!({ "text": "hear me" })),
        ("revoke", json!({ "user": user })),
    ] {
        anna.post(&format!("/admin/{command}"), &ask).await.refused(ErrorCode::Forbidden);
    }
    for list in ["audit", "people", "rooms", &format!("people/{user}/sessions")] {
        anna.get(&format!("/admin/{list}")).await.refused(ErrorCode::Forbidden);
    }
    house.close().await;
}

#[tokio::test]
async fn the_commands_do_what_they_say_and_are_written_down() {
    let house = House::open().await;
    let olga = Program::account(&house, "Olga", Role::Owner).await;
    let boris = Program::guest(&house, "Boris").await;
    let user = boris.my_id().await;
    let command = async |name: &str, ask: Value| olga.post(&format!("/admin/{name}"), &ask).await;

    let _: Value = command("mute", json!({ "user": user, "minutes": 5 })).await.granted();
    let said = json!({ "id": Uuid::now_v7(), "text": "mmm" });
    let answer = boris.post("/rooms/general/messages", &said).await;
    assert_eq!(answer.refused(ErrorCode::Forbidden).reason(), Some(Reason::Muted));
    assert!(answer.headers.contains_key("retry-after"));
    let _: Value = command("mute", json!({ "user": user, "minutes": 0 })).await.granted();
    let _: Value = boris.post("/rooms/general/messages", &said).await.granted();

    let _: Value = command("kick", json!({ "user": user, "reason": "noise" })).await.granted();
    boris.get("/session").await.refused(ErrorCode::Unauthorized);
    let _: Value = command("ban", json!({ "user": user })).await.granted();
    let _: Value = command("unban", json!({ "user": user })).await.granted();
    let audit: AuditPage = olga.get("/admin/audit?limit=4").await.granted();
    let actions: Vec<&str> = audit.entries.iter().map(|entry| entry.action.as_str()).collect();
    assert_eq!((actions, audit.more), (vec!["unban", "ban", "kick", "mute"], true));
    let before = audit.entries[3].id;
    let older: AuditPage = olga.get(&format!("/admin/audit?before={before}")).await.granted();
    assert_eq!(older.entries[0].action, "mute");
    house.close().await;
}

/// Half a command would be one that is in no log.
#[tokio::test]
async fn a_command_is_done_to_the_end_when_its_asker_hangs_up() {
    const COMMANDS: usize = 30;
    let house = House::open().await;
    let olga = Program::account(&house, "Olga", Role::Moderator).await;
    let anna = house.person("Anna").await;
    let mut heard = anna.chat.stream("announcement");
    anna.join().await;
    let address = house.url.trim_start_matches("http://");
    let body = json!({ "text": "tea is ready" }).to_string();
    let request = format!(
        "POST /api/v1/admin/announce HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {}\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        olga.token,
        body.len(),
    );
    for _ in 0..COMMANDS {
        let mut connection = TcpStream::connect(address).await.unwrap();
        connection.write_all(request.as_bytes()).await.unwrap();
        // It is told before it is noted.
        next::<Announce>(&mut heard).await;
        drop(connection);
    }
    let noted = async {
        loop {
            let audit: AuditPage = olga.get("/admin/audit?limit=100").await.granted();
            let announced = audit.entries.iter().filter(|entry| entry.action == "announce");
            if announced.count() == COMMANDS {
                return;
            }
        }
    };
    tokio::time::timeout(PATIENCE, noted).await.expect("every command in the log");
    house.close().await;
}

#[tokio::test]
async fn an_announcement_is_heard_by_everyone() {
    let house = House::open().await;
    let olga = Program::account(&house, "Olga", Role::Moderator).await;
    let anna = house.person("Anna").await;
    let mut heard = anna.chat.stream("announcement");
    anna.join().await;
    let _: Value = olga.post("/admin/announce", &json!({ "text": "tea is ready" })).await.granted();
    assert_eq!(next::<Announce>(&mut heard).await.text, "tea is ready");
    house.close().await;
}

#[tokio::test]
async fn the_house_is_listed_and_sessions_end() {
    let house = House::open().await;
    let olga = Program::account(&house, "Olga", Role::Moderator).await;
    let boris = Program::guest(&house, "Boris").await;
    let user = boris.my_id().await;
    let people: AllPeople = olga.get("/admin/people?query=B&limit=1").await.granted();
    assert_eq!((people.people[0].user.id.to_string(), people.next), (user.clone(), None));
    let people: AllPeople = olga.get("/admin/people?after=Boris").await.granted();
    assert_eq!(people.people[0].user.name, "Olga");
    let rooms: AllRooms = olga.get("/admin/rooms").await.granted();
    assert_eq!((rooms.rooms.len(), rooms.private, rooms.direct), (1, 0, 0));
    let sessions = format!("/admin/people/{user}/sessions");
    let seen: SessionsOf = olga.get(&sessions).await.granted();
    assert!(!seen.sessions.is_empty());
    for one in &seen.sessions {
        let ask = json!({ "user": user, "session": one.id });
        let _: Value = olga.post("/admin/revoke", &ask).await.granted();
    }
    boris.get("/session").await.refused(ErrorCode::Unauthorized);
    let seen: SessionsOf = olga.get(&sessions).await.granted();
    assert!(seen.sessions.is_empty());
    house.close().await;
}

#[tokio::test]
async fn roles_are_given_to_accounts_by_those_above() {
    let house = House::open().await;
    let olga = Program::account(&house, "Olga", Role::Owner).await;
    let anna = Program::account(&house, "Anna", Role::Member).await;
    let user = anna.my_id().await;
    let give = json!({ "user": user, "role": "moderator" });
    let _: Value = olga.post("/admin/set-role", &give).await.granted();
    let me: Value = anna.get("/session").await.granted();
    assert_eq!(me["user"]["role"], "moderator");
    anna.post("/admin/set-role", &give).await.refused(ErrorCode::Forbidden);
    for wrong in [
        json!({ "user": user, "role": "king" }),
        json!({ "user": "Anna", "role": "admin" }),
        json!({ "user": user }),
    ] {
        olga.post("/admin/set-role", &wrong).await.refused(ErrorCode::Validation);
    }
    let nobody = json!({ "user": Uuid::now_v7(), "minutes": 1 });
    olga.post("/admin/mute", &nobody).await.refused(ErrorCode::NotFound);
    let years = json!({ "user": user, "minutes": 600_000 });
    olga.post("/admin/mute", &years).await.refused(ErrorCode::Validation);
    house.close().await;
}
