//! Of the embedded engine: PostgreSQL has its own.

use crate::support::{Engine, House, settings, texts, to};
use chat::store::Upkeep;
use chat::store::messages::Messages;
use chat::store::rooms::{RoomRef, Rooms};
use chat::store::sqlite::{BackupError, Durability, Sqlite, backup, restore};
use std::fs;
use std::path::Path;
use uuid::Uuid;

mod sqlite {
    #[tokio::test]
    async fn a_backup_made_while_everyone_writes_is_whole_and_can_be_restored() {
        super::a_backup_made_while_everyone_writes_is_whole_and_can_be_restored().await;
    }

    #[tokio::test]
    async fn what_a_restore_replaces_is_kept() {
        super::what_a_restore_replaces_is_kept().await;
    }

    #[tokio::test]
    async fn the_log_of_a_crashed_database_does_not_get_into_the_one_restored() {
        super::the_log_of_a_crashed_database_does_not_get_into_the_one_restored().await;
    }

    #[tokio::test]
    async fn what_was_put_back_can_be_backed_up_at_once() {
        super::what_was_put_back_can_be_backed_up_at_once().await;
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn no_one_else_reads_what_was_said() {
        super::no_one_else_reads_what_was_said().await;
    }

    #[tokio::test]
    async fn what_is_no_backup_is_not_restored() {
        super::what_is_no_backup_is_not_restored().await;
    }
}

async fn a_backup_made_while_everyone_writes_is_whole_and_can_be_restored() {
    let house = House::new(Engine::Sqlite).await;
    let anna = house.guest("Anna").await;
    let copy = house.place.file().with_file_name("copy.sqlite");
    let (chat, who) = (house.chat.clone(), anna.clone());
    let writing = tokio::spawn(async move {
        let mut acked = Vec::new();
        for number in 0..2_000 {
            let message = to("general", Uuid::now_v7(), &format!("tea {number}"));
            let sent = chat.send(&who, message).await.unwrap().durable().await.unwrap();
            acked.push(sent.message);
        }
        acked
    });
    while house.history(&anna, "general").await.len() < 50 {}
    let before = house.history(&anna, "general").await.len();
    backup(&house.place.file(), &copy).await.unwrap();
    let acked = writing.await.unwrap();
    assert!(matches!(backup(&house.place.file(), &copy).await, Err(BackupError::Exists { .. })));

    house.chat.close().await;
    restore(&copy, &house.place.file()).await.unwrap();
    let house = House::at(house.place, settings()).await;
    let room = house.general(&anna).await;
    let rev = house.chat.view(&anna, room).await.unwrap().rev;
    assert!(usize::try_from(rev).unwrap() >= before, "what was acked before the backup is in it");
    let kept = house.store.history(room, chat::store::messages::Range::After(0), 5_000).await;
    assert_eq!(kept.unwrap(), acked[..usize::try_from(rev).unwrap()]);
    house.index().await;
    assert_eq!(texts(&house.search(&anna, "tea 7").await.messages).last(), Some(&"tea 7"));
    assert_eq!(house.say(&anna, "general", "on it goes").await.rev, rev + 1);
}

async fn what_a_restore_replaces_is_kept() {
    let house = House::new(Engine::Sqlite).await;
    let anna = house.guest("Anna").await;
    let file = house.place.file();
    let copy = file.with_file_name("copy.sqlite");
    house.say(&anna, "general", "before").await;
    backup(&file, &copy).await.unwrap();
    house.say(&anna, "general", "after").await;
    house.chat.close().await;
    let kept = restore(&copy, &file).await.unwrap().unwrap();
    assert_eq!(kept.file_name().unwrap(), "test.sqlite.before-restore");
    let house = House::at(house.place, settings()).await;
    assert_eq!(texts(&house.history(&anna, "general").await), ["before"]);
    house.chat.close().await;
    let again = restore(&kept, &file).await.unwrap().unwrap();
    assert_eq!(again.file_name().unwrap(), "test.sqlite.before-restore-2");
    let house = House::at(house.place, settings()).await;
    assert_eq!(texts(&house.history(&anna, "general").await), ["before", "after"]);
}

async fn the_log_of_a_crashed_database_does_not_get_into_the_one_restored() {
    let house = House::new(Engine::Sqlite).await;
    let anna = house.guest("Anna").await;
    let file = house.place.file();
    let (copy, crashed) =
        (file.with_file_name("copy.sqlite"), file.with_file_name("crashed.sqlite"));
    house.say(&anna, "general", "before").await;
    backup(&file, &copy).await.unwrap();
    house.say(&anna, "general", "after").await;
    // What a crash leaves: the log holds what was said last.
    fs::copy(&file, &crashed).unwrap();
    fs::copy(file.with_file_name("test.sqlite-wal"), crashed.with_file_name("crashed.sqlite-wal"))
        .unwrap();
    let kept = restore(&copy, &crashed).await.unwrap().unwrap();
    assert_eq!(said_in(&crashed).await, ["before"]);
    assert_eq!(said_in(&kept).await, ["before", "after"]);
}

async fn said_in(file: &Path) -> Vec<String> {
    let store = Sqlite::open(file, Durability::Normal).await.unwrap();
    let general = store.room(&RoomRef::Slug("general")).await.unwrap().unwrap();
    let said = store.latest(general.id, 10).await.unwrap();
    store.close().await;
    said.into_iter().map(|message| message.text).collect()
}

async fn what_is_no_backup_is_not_restored() {
    let house = House::new(Engine::Sqlite).await;
    let anna = house.guest("Anna").await;
    house.say(&anna, "general", "still here").await;
    let file = house.place.file();
    let copy = file.with_file_name("copy.sqlite");
    backup(&file, &copy).await.unwrap();
    house.chat.close().await;
    let broken = file.with_file_name("broken.sqlite");
    let whole = fs::read(&copy).unwrap();
    // An empty file is a database without tables.
    for bytes in [&b"no database at all"[..], &whole[..whole.len() / 2], &[]] {
        fs::write(&broken, bytes).unwrap();
        let asked = restore(&broken, &file).await;
        assert!(matches!(asked, Err(BackupError::Broken { .. })), "{asked:?}");
    }
    let nothing = restore(&file.with_file_name("nothing"), &file).await;
    assert!(matches!(nothing, Err(BackupError::Missing { .. })));
    let house = House::at(house.place, settings()).await;
    assert_eq!(texts(&house.history(&anna, "general").await), ["still here"]);
}

async fn what_was_put_back_can_be_backed_up_at_once() {
    let house = House::new(Engine::Sqlite).await;
    house.chat.close().await;
    let file = house.place.file();
    let [first, second] = ["first", "second"].map(|name| file.with_file_name(name));
    backup(&file, &first).await.unwrap();
    restore(&first, &file).await.unwrap();
    backup(&file, &second).await.unwrap();
    let nowhere = file.with_file_name("missing").join("third");
    assert!(matches!(backup(&file, &nowhere).await, Err(BackupError::Copy { .. })));
}

#[cfg(unix)]
async fn no_one_else_reads_what_was_said() {
    use std::os::unix::fs::PermissionsExt;
    let house = House::new(Engine::Sqlite).await;
    let file = house.place.file();
    let copy = file.with_file_name("copy");
    backup(&file, &copy).await.unwrap();
    let mut log = file.clone().into_os_string();
    log.push("-wal");
    for file in [file, copy, log.into()] {
        let mode = fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{}", file.display());
    }
    house.chat.close().await;
}
