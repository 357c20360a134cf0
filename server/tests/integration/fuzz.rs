//! Random and mutated frames against a live server, for a bounded time; `FUZZ_SECONDS` makes it longer.

use crate::dice::Dice;
use crate::house::{House, Person, sign_in};
use futures_util::{SinkExt, StreamExt};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message as Frame;

const SECONDS: u64 = 5;

static PANICS: AtomicUsize = AtomicUsize::new(0);

/// Frames that mean something, to be spoilt.
const WORDS: &[&str] = &[
    "2",
    "3",
    "1",
    "6",
    "40",
    "41",
    "40/chat,",
    "40/admin,{}",
    "40/nowhere,",
    "41/chat,",
    "42/chat,[\"whoami\"]",
    "42/chat,1[\"join-room\",{\"room\":\"general\"}]",
    "42/chat,2[\"message\",{\"room\":\"general\",\"id\":\"x\",\"text\":\"hi\"}]",
    "42/chat,3[\"history\",{\"room\":\"general\",\"before\":-1,\"limit\":99999999999}]",
    "42/chat,4[\"sync\",{\"rooms\":{}}]",
    "42/chat,5[\"search\",{\"query\":\"\\\" OR *\"}]",
    "451-/chat,6[\"upload\",{\"_placeholder\":true,\"num\":0}]",
    "4599999-/chat,[]",
    "43/chat,1[]",
    "42[]",
    "42{}",
    "42",
    "4",
    "",
    "42/chat,[\"typing\",{\"room\":\"general\",\"on\":true}]",
    "42/chat,99999999999999999999[\"whoami\"]",
    "42/chat,[\"\\u0000\"]",
    "42/chat,[[[[[[[[[[[[",
];

fn frame(dice: &mut Dice) -> Frame {
    let mut bytes = WORDS[dice.roll(WORDS.len())].as_bytes().to_vec();
    for _ in 0..dice.roll(4) {
        let place = dice.roll(bytes.len() + 1);
        match dice.roll(4) {
            0 if place < bytes.len() => bytes[place] = u8::try_from(dice.roll(256)).unwrap(),
            1 => bytes.insert(place, u8::try_from(dice.roll(128)).unwrap()),
            2 => bytes.truncate(place),
            _ => {
                let copy = bytes.clone();
                bytes.extend(copy);
            }
        }
    }
    if dice.roll(8) == 0 {
        return Frame::Binary(bytes.into());
    }
    Frame::Text(String::from_utf8_lossy(&bytes).into_owned().into())
}

async fn attack(url: String, token: String, mut dice: Dice, until: Instant) -> usize {
    let mut sent = 0;
    while Instant::now() < until {
        let address = format!("ws{}/socket.io/?EIO=4&transport=websocket", &url["http".len()..]);
        let Ok((socket, _)) = connect_async(address).await else { continue };
        let (mut frames, mut answers) = socket.split();
        if dice.roll(4) > 0 {
            let connect = format!("40/chat,{{\"token\":\"{token}\"}}");
            let _ = frames.send(Frame::Text(connect.into())).await;
        }
        let drain = tokio::spawn(async move { while let Some(Ok(_)) = answers.next().await {} });
        for _ in 0..dice.roll(60) {
            if frames.send(frame(&mut dice)).await.is_err() {
                break;
            }
            sent += 1;
        }
        let _ = frames.close().await;
        drain.abort();
    }
    sent
}

#[tokio::test(flavor = "multi_thread")]
async fn nonsense_brings_nothing_down_and_disturbs_no_one() {
    let seconds = std::env::var("FUZZ_SECONDS").ok().and_then(|text| text.parse().ok());
    let until = Instant::now() + Duration::from_secs(seconds.unwrap_or(SECONDS));
    let seed = Dice::seed();
    // A task that panics is no one's to see, unless the process counts.
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        PANICS.fetch_add(1, Ordering::Relaxed);
        before(panic);
    }));
    // Far fewer places than connections come and go: each must be given back.
    let house = House::with(&["--max-connections-per-address", "60"]).await;
    let anna = house.person("Anna").await;
    anna.join().await;
    let token = sign_in(&house.url, "Mallory").await;
    let attackers: Vec<_> = (0..4)
        .map(|number| {
            tokio::spawn(attack(
                house.url.clone(),
                token.clone(),
                Dice::new(seed + 2 * number),
                until,
            ))
        })
        .collect();
    let mut said = 0;
    while Instant::now() < until {
        anna.say(&said.to_string()).await.unwrap();
        said += 1;
    }
    let mut sent = 0;
    for attacker in attackers {
        sent += attacker.await.unwrap();
    }
    println!("{sent} frames of nonsense, {said} messages meanwhile");
    assert!(sent > 100 && said > 10, "{sent} frames, {said} messages");
    assert_eq!(PANICS.load(Ordering::Relaxed), 0, "something panicked: see above");
    let boris = Person::connect(&house.url, &sign_in(&house.url, "Boris").await);
    let joined = boris.join().await;
    let texts: Vec<String> = joined.messages.iter().map(|message| message.text.clone()).collect();
    assert!(texts.contains(&(said - 1).to_string()), "{texts:?}");
    house.close().await;
}
