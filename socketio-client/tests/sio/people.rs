use serde_json::json;

use crate::support::{Sio, node};

#[test]
fn what_is_typed_is_sent_and_what_comes_is_shown() {
    let server = node(&json!({}));
    let mut sio = Sio::start(&[&server.url()]);
    let until = |sio: &mut Sio, words: &str| loop {
        let line = sio.line().expect("it goes on");
        if line.contains(words) {
            assert!(!line.contains('\x1b'), "no colours where there is no terminal");
            assert_eq!(line.as_bytes()[2], b':', "the time first: {line}");
            return line;
        }
    };
    until(&mut sio, "/ connected");
    sio.say(r#"echo {"a": [1, 2]}"#);
    until(&mut sio, r#"/ echo {"a":[1,2]}"#);
    sio.say(r#"+"give back" hello"#);
    until(&mut sio, r#"+give back "hello""#);
    sio.say("disconnect");
    until(&mut sio, "reserved event name");
}

#[test]
fn wrong_flags_are_told() {
    for arguments in [
        vec!["http://localhost", "--auth", "[1]"],
        vec!["http://localhost", "--transports", "pigeon"],
        vec!["http://localhost/chat"],
        vec!["localhost:3000"],
        vec!["http://localhost", "--ns", "chat"],
        vec!["http://localhost", "--header", "nonsense"],
    ] {
        let status = std::process::Command::new(env!("CARGO_BIN_EXE_sio"))
            .args(&arguments)
            .stdin(std::process::Stdio::null())
            .output()
            .unwrap();
        assert_eq!(status.status.code(), Some(2), "{arguments:?}");
        assert!(!status.stderr.is_empty(), "{arguments:?}");
    }
}
