use super::Sheet;
use super::new_room::SIZES;
use super::outcome::{Outcome, Way};
use super::parts::{
    Check, Field, Form, back, button, danger, face, hidden, person_path, problem, reader, role,
    sheet,
};
use crate::forms;
use crate::room;
use crate::ssr::forms::room_path;
use crate::ssr::pages::{Body, Detour, Shown};
use crate::ssr::{Asked, refusal};
use crate::words::sheets::sheet_words;
use crate::words::words;
use chat::{Details, Duties};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use protocol::event::Members;
use protocol::{Member, Role, Room, RoomKind, UserId};

#[derive(Debug, Clone)]
pub(crate) struct View {
    back: String,
    outcome: Outcome,
    details: Details,
    duties: Duties,
    me: UserId,
}

pub(crate) fn path(slug: &str) -> String {
    room_path(slug) + "/details"
}

pub(crate) async fn load(asked: Asked) -> Result<Shown, Detour> {
    let who = reader(&asked).await?;
    let details = asked.chat().details(&who, &asked.segment(1)).await.map_err(refusal)?;
    if details.room.kind == RoomKind::Direct {
        return Err(Detour::To(person_path(&details.room.name)));
    }
    let view = View {
        // Coming back to a room is entering it.
        back: if details.room.joined { room::path(&details.room) } else { back(&asked) },
        outcome: Outcome::of(&asked),
        duties: asked.chat().duties(&who).await.map_err(refusal)?,
        details,
        me: who.user.id,
    };
    let title = room::title(&view.details.room);
    Ok(Shown::new(&asked, &title, Body::Sheet(Sheet::Details(Box::new(view)))))
}

pub(super) fn view(view: &View) -> AnyView {
    let room = &view.details.room;
    let may = view.details.may;
    let sections = [
        Some(about(view)),
        view.details.members.as_ref().map(|members| list(members, view)),
        may.invite.then(|| invite(view)),
        may.run.then(|| edit(view)),
        may.leave.then(|| leave(view)),
        (may.archive && !room.archived).then(|| archive(view)),
        may.delete.then(|| delete(view)),
    ];
    let section = |section: AnyView| view! { <section>{section}</section> };
    let body = sections.into_iter().flatten().map(section).collect_view();
    let title = view! { <bdi>{format!("#{}", room.name)}</bdi> };
    sheet(title, &view.back, &view.outcome, body)
}

fn about(view: &View) -> AnyView {
    let (words, sheet) = (words(), sheet_words());
    let room = &view.details.room;
    let private = (room.kind == RoomKind::Private)
        .then(|| view! { <p class="hint">{sheet.private}": "{sheet.private_hint}</p> });
    let archived = room.archived.then(|| view! { <p>{words.archived}</p> });
    let outside = (!room.joined).then(|| {
        view! {
            <p>{sheet.not_a_member}</p>
            <p class="actions"><a class="primary" href=room::path(room)>{sheet.enter}</a></p>
        }
    });
    let count = (sheet.members)(room.members as u64);
    view! {
        <h2>{words.details}</h2>
        {(!room.topic.is_empty()).then(|| view! { <p dir="auto">{room.topic.clone()}</p> })}
        {private}
        {archived}
        <p class="hint">{count}</p>
        {outside}
    }
    .into_any()
}

fn list(Members { members, .. }: &Members, view: &View) -> AnyView {
    let sheet = sheet_words();
    let left = view.details.room.members.saturating_sub(members.len()) as u64;
    let more = (left > 0).then(|| view! { <p class="hint">{(sheet.and_more)(left)}</p> });
    let list = members.iter().map(|member| entry(member, view)).collect_view();
    view! {
        <h2>{sheet.members_here}</h2>
        {problem(&view.outcome, "members")}
        <ul class="list">{list}</ul>
        {more}
    }
    .into_any()
}

fn entry(member: &Member, view: &View) -> AnyView {
    let (words, sheet) = (words(), sheet_words());
    let user = &member.user;
    let (me, slug) = (user.id == view.me, &view.details.room.slug);
    let here = if member.online { words.online } else { words.away };
    let role = (user.role != Role::Member).then(|| role(words, sheet, user.role));
    let notes = [Some(here), me.then_some(words.you), role];
    let notes = notes.into_iter().flatten().collect::<Vec<_>>().join(sheet.comma);
    let to = Way::to(person_path(&user.name)).with("from", &path(slug)).path();
    let remove = (view.details.may.run && !me).then(|| {
        let label = format!("{}: {}", sheet.remove, user.name);
        view! {
            <form class="actions" method="post" action=forms::RemoveMember::url()>
                {hidden("room", slug)}
                {hidden("user", &user.id)}
                <button aria-label=label>{sheet.remove}</button>
            </form>
        }
    });
    view! {
        <li class="entry">
            {face(user)}
            <span class="what">
                <strong><a href=to><bdi>{user.name.clone()}</bdi></a></strong>
                <small>{notes}</small>
            </span>
            {remove}
        </li>
    }
    .into_any()
}

fn invite(view: &View) -> AnyView {
    let sheet = sheet_words();
    let room = &view.details.room;
    let user = Field::text("invite", "user", sheet.person_name).required();
    let fields = view! {
        {hidden("room", &room.slug)}
        {user.view(&view.outcome, "")}
        {button(sheet.invite)}
    };
    let form = Form { id: "invite", action: forms::InviteMember::url(), whole: false };
    let link = view.duties.invite.then(|| {
        let to = Way::to("/invites").with("room", &room.slug).with("from", &path(&room.slug));
        view! { <p><a href=to.path()>{sheet.make_link}</a></p> }
    });
    view! {
        <h2>{sheet.invite_someone}</h2>
        {form.view(&view.outcome, fields)}
        {link}
    }
    .into_any()
}

fn edit(view: &View) -> AnyView {
    let (words, sheet) = (words(), sheet_words());
    let (room, outcome) = (&view.details.room, &view.outcome);
    let Room { slug, name, topic, max_users, .. } = room;
    let name_field = Field::text("edit", "name", sheet.room_name).required();
    let topic_field = Field::text("edit", "topic", sheet.topic).hint(sheet.topic_hint);
    let size = Field::number("edit", "max_users", sheet.size, SIZES).hint(sheet.size_hint);
    let fields = view! {
        {hidden("room", slug)}
        {name_field.view(outcome, name)}
        {topic_field.view(outcome, topic)}
        {size.view(outcome, &max_users.to_string())}
        {button(words.save)}
    };
    let form = Form { id: "edit", action: forms::UpdateRoom::url(), whole: false };
    view! { <h2>{sheet.change_room}</h2>{form.view(outcome, fields)} }.into_any()
}

fn leave(view: &View) -> AnyView {
    let sheet = sheet_words();
    let fields = view! {
        <p class="hint">{sheet.leave_hint}</p>
        {hidden("room", &view.details.room.slug)}
        <div class="actions"><button>{sheet.leave}</button></div>
    };
    let form = Form { id: "leave", action: forms::LeaveRoom::url(), whole: false };
    view! { <h2>{sheet.leave}</h2>{form.view(&view.outcome, fields)} }.into_any()
}

fn archive(view: &View) -> AnyView {
    let sheet = sheet_words();
    let form = Form { id: "archive", action: forms::ArchiveRoom::url(), whole: false };
    let fields = sure(view, sheet.archive_hint, sheet.archive_sure, sheet.archive);
    view! { <h2>{sheet.archive}</h2>{form.view(&view.outcome, fields)} }.into_any()
}

fn delete(view: &View) -> AnyView {
    let sheet = sheet_words();
    let form = Form { id: "delete", action: forms::DeleteRoom::url(), whole: false };
    let fields = sure(view, sheet.delete_hint, sheet.delete_sure, sheet.delete_room);
    view! { <h2>{sheet.delete_room}</h2>{form.view(&view.outcome, fields)} }.into_any()
}

/// What can't be undone is asked for twice.
fn sure(view: &View, hint: &'static str, label: &'static str, told: &'static str) -> AnyView {
    view! {
        <p class="hint">{hint}</p>
        {hidden("room", &view.details.room.slug)}
        {Check { name: "sure", label, hint: None, on: false, required: true }.view()}
        {danger(told)}
    }
    .into_any()
}
