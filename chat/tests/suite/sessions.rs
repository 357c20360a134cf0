use crate::support::tokens::{HS256, claims, forge};
use crate::support::{
    Engine, House, PASSWORD, SECRET, address, code, name, on_both_engines, settings,
};
use chat::store::people::SessionKind;
use chat::{Address, Announcement, Secret, Token};
use protocol::{ErrorCode, SessionId};
use serde_json::json;

on_both_engines! {
    one_sees_ones_sessions_and_ends_them
    no_one_ends_anothers_session
    all_other_sessions_end_at_once
    a_session_has_the_name_that_its_holder_gives_it
    the_end_of_a_session_is_told_once
    the_end_of_a_session_is_told_by_every_node
    a_programs_token_is_good_until_it_is_revoked
    a_token_that_was_forged_or_has_expired_is_refused
    a_token_of_another_house_is_refused
    nonsense_is_no_token
}

async fn one_sees_ones_sessions_and_ends_them(engine: Engine) {
    let house = House::new(engine).await;
    let phone = house.account("Anna").await;
    let laptop = house.sign_in("Anna", PASSWORD).await.unwrap();
    house.chat.program_token(&phone, "weather bot").await.unwrap();
    let sessions = house.chat.sessions(&phone).await.unwrap();
    assert_eq!(sessions.len(), 3);
    let bot = sessions.iter().find(|session| session.label == "weather bot").unwrap();
    assert_eq!(bot.kind, SessionKind::Program);
    assert!(bot.expires_at - bot.created_at <= 24 * 60 * 60 * 1_000);

    house.chat.revoke(&phone, laptop.session).await.unwrap();
    assert_eq!(code(&house.chat.rooms(&laptop).await), Some(ErrorCode::Unauthorized));
    assert_eq!(house.chat.sessions(&phone).await.unwrap().len(), 2);
    let twice = house.chat.revoke(&phone, laptop.session).await;
    assert_eq!(code(&twice), Some(ErrorCode::NotFound));
}

async fn no_one_ends_anothers_session(engine: Engine) {
    let house = House::new(engine).await;
    let (anna, boris) = (house.guest("Anna").await, house.guest("Boris").await);
    assert_eq!(code(&house.chat.revoke(&boris, anna.session).await), Some(ErrorCode::NotFound));
    house.chat.rooms(&anna).await.unwrap();
}

async fn all_other_sessions_end_at_once(engine: Engine) {
    let house = House::new(engine).await;
    let phone = house.account("Anna").await;
    let laptop = house.sign_in("Anna", PASSWORD).await.unwrap();
    let boris = house.guest("Boris").await;
    house.chat.program_token(&phone, "bot").await.unwrap();
    house.chat.revoke_others(&laptop).await.unwrap();
    let left = house.chat.sessions(&laptop).await.unwrap();
    assert_eq!(left.iter().map(|session| session.id).collect::<Vec<_>>(), [laptop.session]);
    assert_eq!(code(&house.chat.rooms(&phone).await), Some(ErrorCode::Unauthorized));
    house.chat.rooms(&boris).await.unwrap();
}

async fn a_session_has_the_name_that_its_holder_gives_it(engine: Engine) {
    let house = House::new(engine).await;
    let anna = house.guest_from("Anna", address("192.0.2.1")).await;
    house.chat.label_session(&anna, "Firefox,\u{7} Linux").await.unwrap();
    let session = &house.chat.sessions(&anna).await.unwrap()[0];
    assert_eq!((session.label.as_str(), session.address.as_str()), ("Firefox, Linux", "192.0.2.1"));
}

fn ended(announcement: &Announcement) -> Option<SessionId> {
    match announcement {
        Announcement::SessionEnded(session) => Some(*session),
        _ => None,
    }
}

async fn the_end_of_a_session_is_told_once(engine: Engine) {
    let house = House::new(engine).await;
    let (anna, boris) = (house.guest("Anna").await, house.guest("Boris").await);
    house.chat.sign_out(&anna).await.unwrap();
    house.chat.sign_out(&boris).await.unwrap();
    assert_eq!(house.heard.several(2, ended).await, [anna.session, boris.session]);
}

async fn the_end_of_a_session_is_told_by_every_node(engine: Engine) {
    let house = House::new(engine).await;
    let (_other, heard) = house.beside().await;
    let anna = house.guest("Anna").await;
    house.chat.sign_out(&anna).await.unwrap();
    assert_eq!(heard.first(ended).await, anna.session);
}

async fn a_programs_token_is_good_until_it_is_revoked(engine: Engine) {
    let house = House::new(engine).await;
    let anna = house.guest("Anna").await;
    let token = house.chat.program_token(&anna, "bot").await.unwrap();
    let house = house.again().await;
    let bot = house.chat.authenticate(&token, Address::LOCAL).await.unwrap();
    assert_eq!(bot.user.id, anna.user.id);
    house.say(&bot, "general", "I am a program").await;

    house.chat.revoke(&anna, bot.session).await.unwrap();
    let again = house.chat.authenticate(&token, Address::LOCAL).await;
    assert_eq!(code(&again), Some(ErrorCode::Unauthorized));
    assert_eq!(
        code(&house.try_say(&bot, "general", "still?").await),
        Some(ErrorCode::Unauthorized)
    );
}

async fn a_token_that_was_forged_or_has_expired_is_refused(engine: Engine) {
    let house = House::new(engine).await;
    let anna = house.guest("Anna").await;
    let token = house.chat.program_token(&anna, "bot").await.unwrap();
    let honest = claims(token.as_str());
    let is_good = async |token: &str| {
        house.chat.authenticate(&Token::from_text(token), Address::LOCAL).await.is_ok()
    };
    // The forger knows the trade: with the secret the token is good.
    assert!(is_good(&forge(HS256, &honest, SECRET)).await);

    let mut expired = honest.clone();
    expired["exp"] = json!(honest["iat"].as_i64().unwrap() - 1);
    let mut endless = honest.clone();
    endless.as_object_mut().unwrap().remove("exp");
    let mut unknown = honest.clone();
    unknown["sid"] = json!(uuid::Uuid::now_v7());
    let honest_parts: Vec<&str> = token.as_str().split('.').collect();
    let other_claims = forge(HS256, &unknown, "x");
    let tampered = other_claims.split('.').nth(1).unwrap();
    for forged in [
        forge(HS256, &expired, SECRET),
        forge(HS256, &endless, SECRET),
        forge(HS256, &unknown, SECRET),
        forge(HS256, &honest, "another secret, which is long enough"),
        forge(r#"{"alg":"none","typ":"JWT"}"#, &honest, SECRET),
        forge(r#"{"alg":"HS512","typ":"JWT"}"#, &honest, SECRET),
        forge(r#"{"alg":"RS256","typ":"JWT"}"#, &honest, SECRET),
        format!("{}.{tampered}.{}", honest_parts[0], honest_parts[2]),
        format!("{}.{}.", honest_parts[0], honest_parts[1]),
    ] {
        assert!(!is_good(&forged).await, "{forged}");
    }
}

async fn a_token_of_another_house_is_refused(engine: Engine) {
    let house = House::new(engine).await;
    let anna = house.guest("Anna").await;
    let token = house.chat.program_token(&anna, "bot").await.unwrap();
    let mut settings = settings();
    settings.secret = Secret::random().unwrap();
    let house = house.again_with(settings).await;
    let asked = house.chat.authenticate(&token, Address::LOCAL).await;
    assert_eq!(code(&asked), Some(ErrorCode::Unauthorized));
}

async fn nonsense_is_no_token(engine: Engine) {
    let house = House::new(engine).await;
    let guest = house.chat.sign_in_guest(&name("Anna"), Address::LOCAL).await.unwrap();
    let almost = format!("{}g", &guest.token.as_str()[..63]);
    for nonsense in ["", ".", "..", "a.b.c", "ф\0", &"x".repeat(100_000), &almost] {
        let asked = house.chat.authenticate(&Token::from_text(nonsense), Address::LOCAL).await;
        assert_eq!(code(&asked), Some(ErrorCode::Unauthorized));
    }
}
