//! The other commands of `beseda`, beside a server that runs.

use crate::house::{House, Person, sent_away};
use crate::postgres::Database;
use protocol::event::WhoAmI;
use serde_json::Value;
use std::path::Path;
use std::process::{Command, Output, Stdio};

fn beseda(data_dir: &Path, args: &[&str], typed: &str) -> Output {
    use std::io::Write;
    let mut command = Command::new(env!("CARGO_BIN_EXE_beseda"));
    command.args(args).arg("--data-dir").arg(data_dir).env_clear();
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // A command that doesn't ask has ended, perhaps, before this is written.
    let _ = child.stdin.take().unwrap().write_all(typed.as_bytes());
    child.wait_with_output().unwrap()
}

fn told(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn refused(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(1));
    String::from_utf8(output.stderr.clone()).unwrap()
}

const PASSWORD: &str = "correct horse battery\n";

#[tokio::test(flavor = "multi_thread")]
async fn accounts_and_tokens_are_made_and_ended_while_the_server_runs() {
    let house = House::open().await;
    let run = |args: &[&str], typed: &str| beseda(house.data_dir(), args, typed);
    assert_eq!(
        told(&run(&["user", "add", "Olga"], PASSWORD)),
        "Olga has an account now, as owner\n"
    );
    assert_eq!(
        told(&run(&["user", "add", "Boris"], PASSWORD)),
        "Boris has an account now, as member\n"
    );
    assert!(refused(&run(&["user", "add", "BORIS"], PASSWORD)).contains("called BORIS already"));
    assert!(refused(&run(&["user", "add", "Chen"], "short\n")).contains("at least 8 characters"));
    assert_eq!(
        told(&run(&["user", "set-role", "Boris", "moderator"], "")),
        "Boris is moderator now\n"
    );
    let list = told(&run(&["user", "list"], ""));
    assert_eq!(list, "moderator  Boris\nowner      Olga\n");
    let json = told(&run(&["user", "list", "--json"], ""));
    let first: Value = serde_json::from_str(json.lines().next().unwrap()).unwrap();
    assert_eq!((&first["name"], &first["role"]), (&"Boris".into(), &"moderator".into()));

    let token = told(&run(&["token", "create", "Boris", "--label", "bot"], ""));
    let bot = Person::connect(&house.url, token.trim());
    let me: WhoAmI = bot.ask("whoami", &()).await.unwrap();
    assert_eq!(me.user.name, "Boris");
    let changes = bot.client.changes();
    told(&run(&["token", "revoke", token.trim()], ""));
    sent_away(changes).await;

    told(&run(&["user", "disable", "Boris"], ""));
    assert!(!run(&["token", "create", "Boris"], "").status.success());
    told(&run(&["user", "enable", "Boris"], ""));
    told(&run(&["token", "create", "Boris"], ""));
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_made_while_the_server_runs_is_restored_when_it_has_stopped() {
    let house = House::open().await;
    let anna = house.person("Anna").await;
    anna.join().await;
    anna.say("before").await.unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    let file = elsewhere.path().join("backup.sqlite");
    let name = file.to_str().unwrap();
    assert!(told(&beseda(house.data_dir(), &["backup", name], "")).contains("as of now"));
    anna.say("after").await.unwrap();
    assert!(refused(&beseda(house.data_dir(), &["restore", name], "")).contains("stop it first"));
    assert!(refused(&beseda(house.data_dir(), &["backup", name], "")).contains("exists already"));
    let dir = house.close_and_keep().await;
    let texts = |dir: &Path| -> Vec<String> {
        let lines = told(&beseda(dir, &["export", "--room", "general"], ""));
        let lines = lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        lines
            .filter(|line| line["type"] == "message")
            .map(|line| line["text"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(texts(dir.path()), ["before", "after"]);
    let restored = told(&beseda(dir.path(), &["restore", name], ""));
    assert!(restored.contains("what was there before is in"), "{restored}");
    assert_eq!(texts(dir.path()), ["before"]);
    assert!(
        refused(&beseda(dir.path(), &["export", "--room", "nowhere"], ""))
            .contains("no room called `nowhere`")
    );
    std::fs::write(elsewhere.path().join("no.sqlite"), "nothing").unwrap();
    let broken = elsewhere.path().join("no.sqlite");
    let told = refused(&beseda(dir.path(), &["restore", broken.to_str().unwrap()], ""));
    assert!(told.contains("no intact Beseda database"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_server_on_one_data_directory_is_refused() {
    let house = House::open().await;
    let output = beseda(house.data_dir(), &["--address", "127.0.0.1:0"], "");
    assert!(refused(&output).contains("is using"), "{output:?}");
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopped_servers_database_moves_to_postgres() {
    let house = House::open().await;
    let anna = house.person("Anna").await;
    anna.join().await;
    anna.say("переезд").await.unwrap();
    let to = "postgres://nobody:geheim@127.0.0.1:1/nowhere";
    let running = refused(&beseda(house.data_dir(), &["migrate", "--to", to], ""));
    assert!(running.contains("stop it first"), "{running}");
    let dir = house.close_and_keep().await;
    let away = refused(&beseda(dir.path(), &["migrate", "--to", to], ""));
    assert!(away.contains("PostgreSQL") && !away.contains("geheim"), "{away}");
    let other = refused(&beseda(dir.path(), &["migrate", "--to", "mysql://a:geheim@b/c"], ""));
    assert!(other.contains("mysql://…") && !other.contains("geheim"), "{other}");
    let empty = tempfile::tempdir().unwrap();
    let nothing = refused(&beseda(empty.path(), &["migrate", "--to", to], ""));
    assert!(nothing.contains("there is no database at"), "{nothing}");

    let target = Database::new().await;
    let moved = told(&beseda(dir.path(), &["migrate", "--to", &target.url()], ""));
    let row = |table: &str| moved.lines().find(|line| line.starts_with(table)).unwrap();
    assert!(row("messages").contains(" 1 rows  ") && row("users").contains(" 1 rows  "), "{moved}");
    assert!(moved.contains("same checksum") && moved.contains("BESEDA_SECRET"), "{moved}");
    let export = ["export", "--room", "general", "--database-url", &target.url()];
    assert!(told(&beseda(dir.path(), &export, "")).contains("переезд"));
    let again = refused(&beseda(dir.path(), &["migrate", "--to", &target.url()], ""));
    assert!(again.contains("isn't empty"), "{again}");
}

/// As `docs/operating.md` says it.
#[tokio::test(flavor = "multi_thread")]
async fn a_dump_of_postgres_is_a_whole_house() {
    let (first, second) = (Database::new().await, Database::new().await);
    let house = House::with(&["--database-url", &first.url()]).await;
    let anna = house.person("Anna").await;
    anna.join().await;
    anna.say("before").await.unwrap();
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("monday.dump");
    let file = file.to_str().unwrap();
    by_postgres("pg_dump", &["--format=custom", &format!("--file={file}"), &first.url()]);
    anna.say("after").await.unwrap();
    house.close().await;
    let to = format!("--dbname={}", second.url());
    by_postgres("pg_restore", &["--no-owner", "--exit-on-error", &to, file]);
    let house = House::with(&["--database-url", &second.url()]).await;
    let export = ["export", "--room", "general", "--database-url", &second.url()];
    let said = told(&beseda(house.data_dir(), &export, ""));
    assert!(said.contains("before") && !said.contains("after"), "{said}");
    house.person("Boris").await.say("and on").await.unwrap();
    house.close().await;
}

/// One of PostgreSQL's own programs, of the server's version.
fn by_postgres(program: &str, args: &[&str]) {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let programs = versions.map(|version| version.path().join("bin").join(program));
    let installed = programs.filter(|program| program.exists()).max();
    let output = Command::new(installed.unwrap_or_else(|| program.into())).args(args).output();
    let output = output.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
