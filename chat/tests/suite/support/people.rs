use chat::Address;
use protocol::{Name, Password};

pub(crate) const PASSWORD: &str = "correct horse";

pub(crate) fn name(text: &str) -> Name {
    Name::parse(text).unwrap()
}

pub(crate) fn password(text: &str) -> Password {
    Password::parse(text).unwrap()
}

pub(crate) fn address(text: &str) -> Address {
    Address::new(text.parse().unwrap())
}
