//! One row of the list: a message, one on its way, or what stands between messages.

use crate::live::letters::initial;
use crate::live::pieces::{Piece, pieces};
use crate::live::timeline::{Draft, Key, Row};
use crate::live::{Link, Live, RoomState};
use crate::time::{Clock, Time};
use crate::words::words;
use leptos::either::{Either, EitherOf3};
use leptos::prelude::*;
use protocol::{Message, MessageId, Quote, User};

#[component]
pub(crate) fn RowItem(room: RoomState, key_: Key) -> impl IntoView {
    let live = expect_context::<Live>();
    let clock = expect_context::<Clock>();
    let row = room.row(key_);
    let name = match key_ {
        Key::Message(id) => Some(id.to_string()),
        _ => None,
    };
    move || {
        clock.track();
        let marked = live.at.get();
        row.get().map(|row| {
            let class = class(&row, marked, live);
            let content = match row {
                Row::Day(day) => Either::Left(between(clock.day(day))),
                Row::New => Either::Left(between(words().new.to_owned())),
                Row::Note { came, went } => Either::Left(between(note(&came, &went))),
                Row::Said { message, first } => {
                    Either::Right(parts_view(said(&message, first, live, room), live, room))
                }
                Row::Draft { draft, first } => {
                    Either::Right(parts_view(unsaid(&draft, first, live), live, room))
                }
            };
            view! { <li class=class data-key=name.clone() tabindex="-1">{content}</li> }
        })
    }
}

fn class(row: &Row, marked: Option<u64>, live: Live) -> &'static str {
    match row {
        Row::Day(_) => "day",
        Row::New => "new",
        Row::Note { .. } => "note",
        Row::Said { message, first, .. } => {
            let marked = marked == Some(message.seq);
            match (first, message.user.id == live.me().id, marked) {
                (_, _, true) => "message first marked",
                (true, true, _) => "message first mine",
                (true, false, _) => "message first",
                (false, true, _) => "message mine",
                (false, false, _) => "message",
            }
        }
        Row::Draft { draft, first } => match (first, draft.refused.is_some()) {
            (true, false) => "message first mine pending",
            (false, false) => "message mine pending",
            (true, true) => "message first mine failed",
            (false, true) => "message mine failed",
        },
    }
}

fn between(told: String) -> impl IntoView {
    view! { <span>{told}</span> }
}

fn note(came: &[User], went: &[User]) -> String {
    let words = words();
    let names = |users: &[User]| users.iter().map(|user| user.name.clone()).collect::<Vec<_>>();
    let mut told = Vec::new();
    if !came.is_empty() {
        told.push((words.joined)(&names(came)));
    }
    if !went.is_empty() {
        told.push((words.left)(&names(went)));
    }
    told.join(" · ")
}

/// What a message is made of, however far on its way it is.
struct Parts {
    user: User,
    at: i64,
    /// Where it stands in the room, once it does.
    seq: Option<u64>,
    first: bool,
    quote: Option<Quote>,
    text: String,
    gone: bool,
    edited: bool,
    state: Option<State>,
    acts: Option<Acts>,
}

/// What became of a message on its way, and what can be done about it.
struct State {
    told: String,
    buttons: Vec<(&'static str, &'static str)>,
}

/// What can be done with a message: without wasm each is an address.
#[derive(Clone, Copy)]
struct Acts {
    id: MessageId,
    seq: u64,
    reply: bool,
    edit: bool,
    delete: bool,
}

fn said(message: &Message, first: bool, live: Live, room: RoomState) -> Parts {
    let gone = message.deleted_at.is_some();
    let mine = message.user.id == live.me().id;
    let may = room.may.get();
    let acts = Acts {
        id: message.id,
        seq: message.seq,
        reply: may.say,
        edit: mine && may.say,
        delete: mine || may.censor,
    };
    Parts {
        user: message.user.clone(),
        at: message.at,
        seq: Some(message.seq),
        first,
        quote: message.quote.clone(),
        text: message.text.clone(),
        gone,
        edited: message.edited_at.is_some(),
        state: None,
        acts: (!gone).then_some(acts),
    }
}

fn unsaid(draft: &Draft, first: bool, live: Live) -> Parts {
    let words = words();
    let state = match &draft.refused {
        None => {
            let connected = matches!(live.link.get(), Link::Connected);
            let told = if connected { words.sending } else { words.waiting };
            State { told: told.to_owned(), buttons: Vec::new() }
        }
        Some(error) => State {
            told: (words.not_sent)(words.problem(error)),
            buttons: vec![("retry", words.retry), ("withdraw", words.delete)],
        },
    };
    Parts {
        user: live.me(),
        at: draft.at,
        seq: None,
        first,
        quote: draft.quote.clone(),
        text: draft.text.clone(),
        gone: false,
        edited: false,
        state: Some(state),
        acts: None,
    }
}

fn parts_view(parts: Parts, live: Live, room: RoomState) -> impl IntoView {
    let words = words();
    let Parts { user, at, seq, first, quote, text, gone, edited, state, acts } = parts;
    let head = if first {
        Either::Left(view! {
            <span class=format!("face c{}", user.color) aria-hidden="true">{initial(&user.name).to_owned()}</span>
            <span class=format!("who c{}", user.color)><bdi class="name">{user.name.clone()}</bdi><Time at/></span>
        })
    } else {
        Either::Right(view! { <span class="gutter"><Time at/></span> })
    };
    let quote = quote.map(|quote| {
        let text =
            if quote.text.is_empty() { words.deleted.to_owned() } else { quote.text.clone() };
        view! {
            <a class="quote" href=format!("?at={0}#m-{0}", quote.seq) data-act="jump">
                <bdi class="name">{quote.user.name.clone()}</bdi>" "<bdi>{text}</bdi>
            </a>
        }
    });
    let body = if gone {
        Vec::new()
    } else {
        let names = if text.contains('@') {
            room.people.with_untracked(crate::live::People::names)
        } else {
            Vec::new()
        };
        pieces(&text, &live.me().name, &names).into_iter().map(piece).collect()
    };
    let class = if gone { "body gone" } else { "body" };
    let note = match (gone, edited) {
        (true, _) => Some(words.deleted),
        (false, true) => Some(words.edited),
        _ => None,
    };
    view! {
        {head}
        {quote}
        <span class=class dir="auto" id=seq.map(|seq| format!("m-{seq}"))>
            {body}
            {note.map(|note| view! { " "<small class="edited">{note}</small> })}
        </span>
        {state.map(state_view)}
        {acts.map(acts_view)}
    }
}

fn piece(piece: Piece<'_>) -> impl IntoView + use<> {
    match piece {
        Piece::Text(text) => EitherOf3::A(text.to_owned()),
        Piece::Link(to) => EitherOf3::B(view! {
            <a href=to.to_owned() target="_blank" rel="noopener nofollow">{to.to_owned()}</a>
        }),
        Piece::Mention { text, me } => {
            let class = if me { "mention me" } else { "mention" };
            EitherOf3::C(view! { <span class=class>{text.to_owned()}</span> })
        }
    }
}

fn state_view(state: State) -> impl IntoView {
    let button = |(act, word)| view! { <button type="button" data-act=act>{word}</button> };
    view! {
        <span class="state" role="status">
            {state.told}
            {state.buttons.into_iter().map(button).collect_view()}
        </span>
    }
}

fn acts_view(acts: Acts) -> impl IntoView {
    let words = words();
    let Acts { id, seq, reply, edit, delete } = acts;
    // The page that is loaded must hold the message, however old it is.
    let at = format!("at={seq}#m-{seq}");
    let ways = [
        (reply, "reply", format!("?reply={id}&{at}"), words.reply),
        (true, "copy", format!("?{at}"), words.copy_link),
        (edit, "edit", format!("?edit={id}&{at}"), words.edit),
        (delete, "delete", format!("?delete={id}&{at}"), words.delete),
    ];
    let way = |(_, act, to, word)| view! { <a href=to data-act=act>{word}</a> };
    let ways = ways.into_iter().filter(|(may, ..)| *may).map(way).collect_view();
    view! { <span class="acts">{ways}</span> }
}
