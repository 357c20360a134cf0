use std::io::BufRead;

use tokio::sync::mpsc::{Receiver, channel};

/// The lines of standard input, until it ends.
///
/// They are read on a thread of their own, which nobody waits for: a read from a terminal cannot be
/// called off.
pub(crate) fn lines() -> Receiver<Result<String, String>> {
    let (send, receive) = channel(64);
    std::thread::spawn(move || {
        let mut stdin = std::io::stdin().lock();
        loop {
            let mut line = Vec::new();
            match stdin.read_until(b'\n', &mut line) {
                Ok(0) | Err(_) => return,
                Ok(_) => {
                    let line = String::from_utf8(line).map_err(|_| "the line is not UTF-8".into());
                    if send.blocking_send(line).is_err() {
                        return;
                    }
                }
            }
        }
    });
    receive
}
