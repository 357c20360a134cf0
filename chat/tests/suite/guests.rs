use crate::support::{Engine, House, code, name, on_both_engines, refused, settings};
use chat::Address;
use protocol::{ErrorCode, Reason};

on_both_engines! {
    a_name_belongs_to_one_who_is_here
    a_name_belongs_to_the_account_that_has_it
    a_guest_who_has_gone_gives_the_name_up_but_stays_who_they_were
    of_many_who_ask_for_one_name_at_once_one_gets_it
    a_session_ends_when_one_signs_out
    one_who_signs_out_in_one_browser_stays_here_in_the_other
    a_house_without_guests_lets_no_one_in_by_name_alone
    a_house_that_lets_no_more_guests_in_forgets_those_it_had
}

async fn a_name_belongs_to_one_who_is_here(engine: Engine) {
    let house = House::new(engine).await;
    house.guest("Anna").await;
    for look_alike in ["Anna", "ANNA", "Аnna", "ａｎｎａ", " anna "] {
        let error = refused(house.chat.sign_in_guest(&name(look_alike), Address::LOCAL).await);
        assert_eq!(
            (error.code, error.reason()),
            (ErrorCode::Conflict, Some(Reason::Taken)),
            "{look_alike}"
        );
    }
    house.guest("Anne").await;
}

async fn a_name_belongs_to_the_account_that_has_it(engine: Engine) {
    let house = House::new(engine).await;
    house.account("Anna").await;
    // After a restart no one is here.
    let house = house.again().await;
    let asked = house.chat.sign_in_guest(&name("anna"), Address::LOCAL).await;
    assert_eq!(refused(asked).reason(), Some(Reason::Taken));
}

async fn a_guest_who_has_gone_gives_the_name_up_but_stays_who_they_were(engine: Engine) {
    let house = House::new(engine).await;
    let signed_in = house.chat.sign_in_guest(&name("Anna"), Address::LOCAL).await.unwrap();
    house.say(&signed_in.identity, "general", "I was first").await;

    let house = house.again().await;
    let second = house.guest("Anna").await;
    let first = house.chat.authenticate(&signed_in.token, Address::LOCAL).await.unwrap();
    assert_eq!(first.user.id, signed_in.identity.user.id);
    assert_eq!((first.user.name.as_str(), second.user.name.as_str()), ("Anna 2", "Anna"));
    assert_eq!(house.history(&second, "general").await[0].user.name, "Anna 2");
}

async fn of_many_who_ask_for_one_name_at_once_one_gets_it(engine: Engine) {
    let house = House::new(engine).await;
    let asking = (0..20).map(|_| {
        let chat = house.chat.clone();
        tokio::spawn(async move { chat.sign_in_guest(&name("Anna"), Address::LOCAL).await.is_ok() })
    });
    let mut granted = 0;
    for one in asking.collect::<Vec<_>>() {
        granted += usize::from(one.await.unwrap());
    }
    assert_eq!(granted, 1);
}

async fn a_session_ends_when_one_signs_out(engine: Engine) {
    let house = House::new(engine).await;
    let signed_in = house.chat.sign_in_guest(&name("Anna"), Address::LOCAL).await.unwrap();
    house.chat.sign_out(&signed_in.identity).await.unwrap();
    let again = house.chat.authenticate(&signed_in.token, Address::LOCAL).await;
    assert_eq!(code(&again), Some(ErrorCode::Unauthorized));
    assert_eq!(code(&house.chat.rooms(&signed_in.identity).await), Some(ErrorCode::Unauthorized));
    // The name is free at once.
    house.guest("Anna").await;
}

async fn one_who_signs_out_in_one_browser_stays_here_in_the_other(engine: Engine) {
    let house = House::new(engine).await;
    let phone = house.account("Anna").await;
    let laptop = house.sign_in("Anna", crate::support::PASSWORD).await.unwrap();
    house.chat.connected(&phone).await.unwrap();
    house.chat.connected(&laptop).await.unwrap();
    house.chat.sign_out(&phone).await.unwrap();
    assert_eq!(house.chat.online_count().await, 1);
    house.chat.sign_out(&laptop).await.unwrap();
    assert_eq!(house.chat.online_count().await, 0);
}

async fn a_house_without_guests_lets_no_one_in_by_name_alone(engine: Engine) {
    let mut settings = settings();
    settings.guests = false;
    let house = House::with(engine, settings).await;
    let error = refused(house.chat.sign_in_guest(&name("Anna"), Address::LOCAL).await);
    assert_eq!((error.code, error.reason()), (ErrorCode::Forbidden, Some(Reason::Closed)));
    house.account("Anna").await;
}

async fn a_house_that_lets_no_more_guests_in_forgets_those_it_had(engine: Engine) {
    let house = House::new(engine).await;
    let guest = house.chat.sign_in_guest(&name("Anna"), Address::LOCAL).await.unwrap();
    let mut settings = settings();
    settings.guests = false;
    let house = house.again_with(settings).await;
    let asked = house.chat.authenticate(&guest.token, Address::LOCAL).await;
    assert_eq!(code(&asked), Some(ErrorCode::Unauthorized));
}
