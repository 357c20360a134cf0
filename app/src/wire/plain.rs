//! What the types are made of.

use super::{Json, Read, uuid};
use protocol::{ClientId, MessageId, NotificationId, RoomId, TodoId, UserId};
use uuid::Uuid;

impl Read for bool {
    fn read(json: &Json, bad: &mut bool) -> Self {
        if let Json::Bool(value) = json {
            return *value;
        }
        *bad = true;
        false
    }
}

impl Read for i64 {
    fn read(json: &Json, bad: &mut bool) -> Self {
        if let Json::Number(value) = json {
            return *value;
        }
        *bad = true;
        0
    }
}

macro_rules! numbers {
    ($($name:ident)*) => {$(
        impl Read for $name {
            fn read(json: &Json, bad: &mut bool) -> Self {
                let value = Self::try_from(i64::read(json, bad));
                *bad |= value.is_err();
                value.unwrap_or_default()
            }
        }
    )*};
}

numbers! { u8 u32 u64 usize i32 }

fn text<'a>(json: &'a Json, bad: &mut bool) -> &'a str {
    if let Json::Text(text) = json {
        return text;
    }
    *bad = true;
    ""
}

impl Read for String {
    fn read(json: &Json, bad: &mut bool) -> Self {
        text(json, bad).to_owned()
    }
}

/// An enum that is a word.
pub(super) trait Word: Copy + 'static {
    const FIRST: Self;
    const ALL: &[(&str, Self)];
}

pub(super) fn word<T: Word>(json: &Json, bad: &mut bool) -> T {
    let word = text(json, bad);
    let found = T::ALL.iter().find(|(known, _)| *known == word);
    *bad |= found.is_none();
    found.map_or(T::FIRST, |(_, value)| *value)
}

impl<T: Read> Read for Option<T> {
    fn read(json: &Json, bad: &mut bool) -> Self {
        if let Json::Null = json { None } else { Some(T::read(json, bad)) }
    }
}

impl<T: Read> Read for Box<T> {
    fn read(json: &Json, bad: &mut bool) -> Self {
        Self::new(T::read(json, bad))
    }
}

impl<T: Read> Read for Vec<T> {
    fn read(json: &Json, bad: &mut bool) -> Self {
        let items = json.items();
        *bad |= items.is_none();
        items.unwrap_or_default().iter().map(|item| T::read(item, bad)).collect()
    }
}

pub(super) fn id(text: &str, bad: &mut bool) -> Uuid {
    let id = uuid(text);
    *bad |= id.is_none();
    id.unwrap_or_default()
}

macro_rules! ids {
    ($($name:ident)*) => {$(
        impl Read for $name {
            fn read(json: &Json, bad: &mut bool) -> Self {
                Self(id(text(json, bad), bad))
            }
        }
    )*};
}

ids! { ClientId MessageId NotificationId RoomId TodoId UserId }
