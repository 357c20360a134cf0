use super::Sheet;
use super::outcome::{Outcome, Way};
use super::parts::{
    back, button, face, hidden, moment, person_path, problem, reader, select, sheet,
};
use crate::room;
use crate::ssr::pages::{Body, Detour, Shown};
use crate::ssr::{Asked, refusal};
use crate::words::sheets::{Trouble, sheet_words};
use crate::words::words;
use chat::Identity;
use leptos::either::Either;
use leptos::prelude::*;
use protocol::{ApiError, Message, Room, RoomKind, event};
use std::ops::Range;

const PATH: &str = "/search";
const FORM: &str = "search";
/// Of a longer message only what is around the first find is shown.
const SHOWN_CHARS: usize = 400;
const BEFORE_CHARS: usize = 80;

#[derive(Debug, Clone)]
pub(crate) struct View {
    back: String,
    /// The page itself, to come back to.
    here: String,
    outcome: Outcome,
    query: String,
    /// The slug of the room that is searched alone.
    room: String,
    /// Those that one is in.
    rooms: Vec<Room>,
    found: Option<Found>,
}

#[derive(Debug, Clone)]
struct Found {
    messages: Vec<Message>,
    /// Where there is more.
    older: Option<String>,
}

pub(crate) async fn load(asked: Asked) -> Result<Shown, Detour> {
    let who = reader(&asked).await?;
    let back = back(&asked);
    let query = asked.query("q").unwrap_or_default().trim().to_owned();
    let room = asked.query("room").unwrap_or_default();
    let mut rooms = asked.chat().rooms(&who).await.map_err(refusal)?.rooms;
    rooms.retain(|room| room.joined);
    let (found, trouble) = match find(&asked, &who, &query, &room).await {
        Ok(found) => (found, None),
        Err(error) => (None, Some(Trouble::from(&error))),
    };
    let way = Way::to(PATH).with("q", &query).with("room", &room).with("from", &back);
    let here = way.clone().path();
    let found = found.map(|page| {
        let last = page.messages.last().filter(|_| page.more);
        let older = last.map(|last| way.with("before", &last.id.to_string()).path());
        Found { messages: page.messages, older }
    });
    let outcome = Outcome::default().with(FORM, trouble);
    let view = View { back, here, outcome, query, room, rooms, found };
    let title = format!("{} · Beseda", asked.lang().words().search);
    Ok(Shown::new(&asked, &title, Body::Sheet(Sheet::Search(Box::new(view)))))
}

/// Nothing, if nothing is asked for.
async fn find(
    asked: &Asked,
    who: &Identity,
    query: &str,
    room: &str,
) -> Result<Option<event::Page>, ApiError> {
    if query.is_empty() {
        return Ok(None);
    }
    let ask = event::Search {
        query: query.to_owned(),
        room: Some(room.to_owned()).filter(|room| !room.is_empty()),
        before: asked.query("before").and_then(|before| before.parse().ok()),
        limit: None,
    };
    Ok(Some(asked.chat().search(who, &ask).await?))
}

pub(super) fn view(view: &View) -> AnyView {
    let hint = view.found.is_none() && !view.outcome.is_refused();
    let body = view! {
        <search>{form(view)}</search>
        {hint.then(|| view! { <p class="empty">{sheet_words().find_hint}</p> })}
        {view.found.as_ref().map(|found| results(view, found))}
    };
    sheet(words().search, &view.back, &view.outcome, body)
}

fn form(view: &View) -> AnyView {
    let sheet = sheet_words();
    let everywhere = (String::new(), sheet.all_rooms.to_owned());
    let named = view.rooms.iter().map(|room| (room.slug.clone(), name(room)));
    let options = std::iter::once(everywhere).chain(named).collect();
    view! {
        <form method="get" action=PATH>
            <div class="field">
                <label for="search-q">{sheet.find}</label>
                <input
                    type="search" id="search-q" name="q" value=view.query.clone() dir="auto"
                    autofocus autocomplete="off"
                    aria-describedby=view.outcome.is_refused().then_some("search-problem")
                    aria-invalid=view.outcome.is_refused().then_some("true")
                />
                {problem(&view.outcome, FORM)}
            </div>
            {select((FORM, "room"), sheet.find_in, options, &view.room)}
            {hidden("from", &view.back)}
            {button(words().search)}
        </form>
    }
    .into_any()
}

fn name(room: &Room) -> String {
    match room.kind {
        RoomKind::Direct => room.name.clone(),
        _ => format!("#{}", room.name),
    }
}

fn results(view: &View, found: &Found) -> AnyView {
    let sheet = sheet_words();
    if found.messages.is_empty() {
        return view! { <p class="empty" role="status">{sheet.found_nothing}</p> }.into_any();
    }
    let results = found.messages.iter().filter_map(|message| {
        let room = view.rooms.iter().find(|room| room.id == message.room)?;
        Some(result(view, message, room))
    });
    view! {
        <ol class="log">
            {results.collect_view()}
            {found.older.clone().map(|older| view! {
                <li class="older"><a href=older>{sheet.older_results}</a></li>
            })}
        </ol>
    }
    .into_any()
}

fn result(view: &View, message: &Message, room: &Room) -> AnyView {
    let to = format!("{}?at={1}#m-{1}", room::path(room), message.seq);
    let user = &message.user;
    let author = Way::to(person_path(&user.name)).with("from", &view.here).path();
    let edited =
        message.edited_at.map(|_| view! { " "<small class="edited">{words().edited}</small> });
    view! {
        <li class="message first">
            {face(user)}
            <span class=format!("who c{}", user.color)>
                <bdi class="name"><a href=author>{user.name.clone()}</a></bdi>
                <a href=to>{moment(message.at)}" · "<bdi>{name(room)}</bdi></a>
            </span>
            <span class="body" dir="auto">{marked(&view.query, &message.text)}{edited}</span>
        </li>
    }
    .into_any()
}

fn marked(query: &str, text: &str) -> AnyView {
    let places = chat::found(query, text);
    let shown = shown(text, places.first());
    let mut at = shown.start;
    let mut pieces = Vec::new();
    // Leptos would write a space for an empty text.
    let plain = |text: &str| (!text.is_empty()).then(|| Either::Left(text.to_owned()));
    for place in places.into_iter().filter(|place| place.end <= shown.end) {
        pieces.extend(plain(&text[at..place.start]));
        pieces.push(Either::Right(view! { <mark>{text[place.clone()].to_owned()}</mark> }));
        at = place.end;
    }
    pieces.extend(plain(&text[at..shown.end]));
    let before = (shown.start > 0).then_some("… ");
    let after = (shown.end < text.len()).then_some(" …");
    view! { {before}{pieces}{after} }.into_any()
}

/// As much of a text as is shown, from shortly before the first find.
fn shown(text: &str, first: Option<&Range<usize>>) -> Range<usize> {
    let starts: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
    if starts.len() <= SHOWN_CHARS {
        return 0..text.len();
    }
    let first = first.map_or(0, |first| starts.partition_point(|at| *at < first.start));
    let from = first.saturating_sub(BEFORE_CHARS).min(starts.len() - SHOWN_CHARS);
    let end = starts.get(from + SHOWN_CHARS).copied().unwrap_or(text.len());
    starts[from]..end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_shown_around_what_was_found() {
        assert_eq!(shown("short", None), 0..5);
        let text = format!("{}tea{}", "я".repeat(1_000), "字".repeat(1_000));
        let found = chat::found("tea", &text);
        let part = &text[shown(&text, found.first())];
        assert_eq!(part.chars().count(), SHOWN_CHARS);
        assert_eq!(part.chars().position(|c| c == 't'), Some(BEFORE_CHARS));
        assert_eq!(shown(&text, None).start, 0);
        let end = format!("{}tea", "я".repeat(1_000));
        let found = chat::found("tea", &end);
        assert!(end[shown(&end, found.first())].ends_with("tea"));
    }
}
