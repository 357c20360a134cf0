use super::{Words, name};
use crate::zone::Date;

pub(super) const WORDS: Words = Words {
    welcome: "Come in and talk.",
    invitation: |count| match count {
        0 => "No one is here yet. A name is all it takes.".into(),
        1 => "1 person is here now. A name is all it takes.".into(),
        _ => format!("{count} people are here now. A name is all it takes."),
    },
    your_name: "Your name",
    join: "Join the conversation",
    language: "Language",
    rooms: "Rooms",
    people: "People",
    online: "Online",
    away: "Away",
    you: "you",
    guest: "guest",
    sign_out: "Sign out",
    messages: "Messages",
    message: "Message",
    write: "Write a message",
    send: "Send",
    nothing_yet: "Nothing has been said here yet. Begin!",
    not_sent: |why| format!("Not sent. {why}"),
    retry: "Retry",
    delete: "Delete",
    sending: "Sending…",
    waiting: "Waiting for the connection",
    connection_lost: |seconds| {
        format!("Connection lost. Trying again in {seconds} s; what you write is kept.")
    },
    connecting: "Connecting…",
    try_now: "Try now",
    signed_out: "You are signed out. Come in again to go on.",
    not_found: "There is nothing here.",
    not_found_hint: "The address may be mistyped, or the room is not open to you.",
    way_back: "Back to the conversation",
    name_empty: "Please give a name.",
    name_too_long: "A name can have at most 20 characters.",
    name_characters: "This name has characters that can't be seen. Please leave them out.",
    name_taken: "Someone with this name is here already. Try another one.",
    text_empty: "There is nothing to send yet.",
    text_too_long: "A message can have at most 5,000 characters. Please make it shorter.",
    unavailable: "The server can't take this just now. Please try again.",
    deleted: "This message was deleted.",
    edited: "(edited)",
    too_often: "That was too much at once. Please wait a little.",
    muted: "You are muted for a while.",
    archived: "This room is archived. Nothing more is said here.",
    banned: "You are banned here.",
    no_guests: "Guests aren't let in here.",
    no_accounts: "No new accounts are made here.",
    password: "Password",
    sign_in: "Sign in",
    make_account: "Make an account",
    invited: "You have been invited. Choose a name and a password.",
    no_password: "Come in without a password",
    have_password: "I have a password",
    new_account: "Make an account",
    today: "Today",
    yesterday: "Yesterday",
    date: |date| {
        let Date { year, month, day, weekday } = date;
        format!("{}, {day} {} {year}", name(&DAYS, weekday), name(&MONTHS, month - 1))
    },
    go_to: "Go to…",
    search: "Search",
    details: "Details",
    close: "Close",
    allow: "Allow",
    ask_notifications: "Your browser has to allow notifications.",
    unreachable: |seconds| {
        format!(
            "The server can't be reached: it may be down, or your network is. Trying again in {seconds} s; what you write is kept."
        )
    },
    new_room: "New room",
    directs: "Direct messages",
    new_direct: "New direct message",
    settings: "Settings",
    unread: |count| format!("{count} unread"),
    moderator: "moderator",
    admin: "admin",
    owner: "owner",
    older: "Older messages",
    typing: |names| match names {
        [one] => format!("{one} is typing…"),
        [one, other] => format!("{one} and {other} are typing…"),
        _ => "Several people are typing…".into(),
    },
    new_below: |count| format!("{count} new"),
    to_the_end: "To the end",
    new: "New",
    joined: |names| format!("{} joined", several(names)),
    left: |names| format!("{} left", several(names)),
    reply: "Reply",
    copy_link: "Copy link",
    edit: "Edit",
    save: "Save",
    cancel: "Cancel",
    replying: |name| format!("Replying to {name}"),
    editing: "Changing your message",
    delete_question: "Delete this message for everyone?",
    room_or_person: "A room or a person",
    nothing_found: "Nothing found.",
    names: "Names",
    room_full: "This room is full.",
    password_short: "A password has at least 8 characters.",
    password_long: "A password can have at most 200 characters.",
    password_wrong: "The name or the password is not right.",
    invite_needed: "An invite is needed here, or this one is used up.",
    failed: "Something went wrong. Please try again.",
};

const DAYS: [&str; 7] =
    ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// "Anna", "Anna and Boris", "Anna, Boris and 3 others".
fn several(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [one, other] => format!("{one} and {other}"),
        [one, other, third] => format!("{one}, {other} and {third}"),
        [one, other, rest @ ..] => format!("{one}, {other} and {} others", rest.len()),
    }
}
