//! `docs/errors.md` has every sentence with which the program complains. They are taken from the source, so that a new
//! one can't be forgotten.

use serde_json::Value;
use server::config::Action;
use std::fs;
use std::path::{Path, PathBuf};

const TOP: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
/// What stands before the text of an error, and of a log line that someone must heed.
const MARKS: [&str; 3] = ["#[error(", "tracing::warn!(", "tracing::error!("];
/// Shorter ones stand everywhere.
const PIECE: usize = 8;

fn handbook() -> String {
    in_one_line(&fs::read_to_string(format!("{TOP}/docs/errors.md")).unwrap())
}

/// Without the marks that make some of it look like code.
fn in_one_line(text: &str) -> String {
    text.replace('`', "").split_whitespace().collect::<Vec<_>>().join(" ")
}

fn sources(dir: &Path) -> Vec<PathBuf> {
    let paths = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
    let below = |path: PathBuf| if path.is_dir() { sources(&path) } else { vec![path] };
    paths.flat_map(below).filter(|path| path.extension().is_some_and(|end| end == "rs")).collect()
}

/// The text that follows each mark.
fn complaints(source: &str) -> Vec<String> {
    let follows = MARKS.iter().flat_map(|mark| {
        source.match_indices(mark).map(|(at, _)| (*mark, &source[at + mark.len()..]))
    });
    let literal = |(mark, rest): (&str, &str)| {
        let begins = rest.find('"')?;
        // `transparent`: another error has the text.
        let before = rest[..begins].trim();
        if mark == MARKS[0] && !before.is_empty() || before.contains(");") {
            return None;
        }
        let rest = &rest[begins + 1..];
        Some(rest[..rest.find('"')?].replace("\\\n", ""))
    };
    follows.filter_map(literal).collect()
}

/// What is the same each time it is said.
fn fixed(text: &str) -> Vec<String> {
    let pieces = text.split('{').map(|piece| piece.split_once('}').map_or(piece, |(_, rest)| rest));
    let pieces =
        pieces.map(|piece| in_one_line(piece).trim_matches([':', ';', ',', '.', ' ']).to_owned());
    pieces.filter(|piece| piece.len() >= PIECE).collect()
}

#[test]
fn every_complaint_stands_in_the_handbook() {
    let handbook = handbook();
    let mut found = 0;
    for path in ["server/src", "chat/src"].iter().flat_map(|dir| sources(&Path::new(TOP).join(dir)))
    {
        for text in complaints(&fs::read_to_string(&path).unwrap()) {
            found += 1;
            for piece in fixed(&text) {
                assert!(handbook.contains(&piece), "{}: `{piece}`", path.display());
            }
        }
    }
    assert!(found > 50, "only {found} were found in the source");
}

#[test]
fn every_mistake_in_the_settings_stands_in_the_handbook() {
    let handbook = handbook();
    let mistakes: [(&[&str], &str); 9] = [
        (&["--address", "nowhere"], "invalid value"),
        (&["--ping-interval", "soon"], "is no time; write it as 500ms, 25s, 2m, 24h or 30d"),
        (&["--max-payload", "much"], "is no size; write it as 64KB or 1MB"),
        (
            &["--trusted-proxies", "x"],
            "is no address or network; write it as 10.0.0.7 or 10.0.0.0/8",
        ),
        (&["--limit", "x"], "is no limit; write it as message=50/60 or message=off"),
        (&["--limit", "x=1/2"], "there is no limit called"),
        (&["user", "set-role", "Anna", "king"], "there is no role called"),
        (&["--config", "/nowhere/at/all"], "can't read"),
        (
            &["doctor", "--url", "x"],
            "is no address of a server; write it as https://chat.example.com",
        ),
    ];
    for (args, words) in mistakes {
        let told = Action::from_args([&["beseda"], args].concat()).unwrap_err().to_string();
        assert!(in_one_line(&told).contains(words), "{told}");
        assert!(handbook.contains(words), "{words}");
    }
}

#[test]
fn every_code_of_a_refusal_stands_in_the_handbook() {
    let handbook = fs::read_to_string(format!("{TOP}/docs/errors.md")).unwrap();
    // Another test makes this document of the code.
    let document = fs::read_to_string(format!("{TOP}/docs/openapi.yaml")).unwrap();
    let document: Value = yaml_serde::from_str(&document).unwrap();
    let codes = document["components"]["schemas"]["ErrorCode"]["enum"].as_array().unwrap();
    for code in codes.iter().map(|code| code.as_str().unwrap()) {
        assert!(handbook.contains(&format!("| `{code}` |")), "{code}");
    }
}
