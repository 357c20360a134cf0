//! "May they do this here?" has one answer, and it is given here. Whoever may not even see a room is
//! told that there is none.

use crate::standing::{Place, no_room};
use crate::store::people::Person;
use crate::store::rooms::Membership;
use crate::time::now;
use protocol::event::May;
use protocol::room::GENERAL;
use protocol::{ApiError, Reason, Role, RoomKind, User};

/// What is done in a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Action {
    Enter,
    Leave,
    /// Read what is said, search it, see who is there.
    Look,
    /// Say something, change it, type.
    Say,
    /// Take back what one has said.
    Unsay,
    /// Take away what someone else has said.
    Censor,
    Invite,
    /// Name, topic, size; sending members out.
    Run,
    Archive,
    Delete,
}

/// What someone must be for it.
enum Need {
    /// Anyone who sees the room, and wasn't sent out of it.
    Welcome,
    Member,
    /// In a public room any member, in a private one its maker or a moderator.
    Host,
    /// The room's maker, or someone of that role or above; of a private room they must be a member.
    Maker(Role),
}

fn need(action: Action) -> Need {
    match action {
        Action::Enter => Need::Welcome,
        Action::Leave | Action::Look | Action::Say | Action::Unsay => Need::Member,
        Action::Invite => Need::Host,
        Action::Censor | Action::Run | Action::Archive => Need::Maker(Role::Moderator),
        Action::Delete => Need::Maker(Role::Admin),
    }
}

pub(crate) fn may(action: Action, place: &Place) -> Result<(), ApiError> {
    let (room, role) = (&place.room, place.person.user.role);
    let member = place.membership == Some(Membership::Member);
    let made = member && room.made_by == Some(place.person.user.id);
    let public = room.kind == RoomKind::Public;
    if !public && !member && place.membership != Some(Membership::Invited) {
        return Err(no_room());
    }
    if !suits(action, room.kind, &room.slug) {
        return Err(ApiError::forbidden("that can't be done with this room"));
    }
    let granted = match need(action) {
        Need::Welcome => place.membership != Some(Membership::Removed),
        Need::Member => member,
        Need::Host => member && (public || made || role >= Role::Moderator),
        Need::Maker(least) => made || (role >= least && (public || member)),
    };
    if !granted {
        return Err(ApiError::forbidden(match (member, place.membership) {
            (true, _) => "only the room's maker or a moderator may do that",
            (false, Some(Membership::Removed)) => "you were sent out of this room",
            (false, _) => "join the room first",
        }));
    }
    if action == Action::Say {
        voice(&place.person)?;
    }
    let adds = match action {
        Action::Say | Action::Invite => true,
        Action::Enter => !member,
        _ => false,
    };
    if room.archived && adds {
        let told = "this room is archived; nothing more is said here";
        return Err(ApiError::forbidden(told).because("room", Reason::Archived));
    }
    Ok(())
}

/// All that they may do here.
pub(crate) fn all(place: &Place) -> May {
    let granted = |action| may(action, place).is_ok();
    May {
        say: granted(Action::Say),
        invite: granted(Action::Invite),
        censor: granted(Action::Censor),
        run: granted(Action::Run),
        leave: granted(Action::Leave),
        archive: granted(Action::Archive),
        delete: granted(Action::Delete),
    }
}

/// Two people's room belongs to both, and `general` to everyone.
fn suits(action: Action, kind: RoomKind, slug: &str) -> bool {
    use Action::{Archive, Censor, Delete, Invite, Leave, Run};
    match kind {
        RoomKind::Direct => !matches!(action, Leave | Censor | Invite | Run | Archive | Delete),
        RoomKind::Public | RoomKind::Private => {
            slug != GENERAL || !matches!(action, Archive | Delete)
        }
    }
}

fn voice(person: &Person) -> Result<(), ApiError> {
    let wait = person.muted_until.and_then(|until| u64::try_from(until - now()).ok());
    match wait.filter(|wait| *wait > 0) {
        Some(wait) => Err(ApiError::forbidden("you are muted for a while")
            .because("user", Reason::Muted)
            .after(wait)),
        None => Ok(()),
    }
}

/// What is done in the house rather than in a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Duty {
    MakeRoom,
    MakePrivateRoom,
    /// Make links that let strangers in.
    Invite,
    /// Kick, ban, mute; announce; read the audit log.
    Moderate,
    SetRole,
}

pub(crate) fn may_serve(duty: Duty, person: &Person) -> Result<(), ApiError> {
    let (least, told) = match duty {
        Duty::MakeRoom => (Role::Guest, ""),
        Duty::MakePrivateRoom => (Role::Member, "guests can't make private rooms"),
        Duty::Invite | Duty::Moderate => (Role::Moderator, "only moderators may do that"),
        Duty::SetRole => (Role::Admin, "only admins may do that"),
    };
    if person.user.role < least {
        return Err(ApiError::forbidden(told));
    }
    if duty == Duty::MakeRoom || duty == Duty::MakePrivateRoom {
        voice(person)?;
    }
    Ok(())
}

/// Kick, ban or mute someone.
pub(crate) fn may_moderate(person: &Person, other: &User) -> Result<(), ApiError> {
    may_serve(Duty::Moderate, person)?;
    if other.id == person.user.id {
        return Err(ApiError::forbidden("that can't be done to oneself"));
    }
    outranks(person, other.role)
}

pub(crate) fn may_set_role(person: &Person, other: &User, role: Role) -> Result<(), ApiError> {
    may_serve(Duty::SetRole, person)?;
    if other.id == person.user.id {
        return Err(ApiError::forbidden("no one sets their own role"));
    }
    outranks(person, other.role)?;
    outranks(person, role)?;
    if (role == Role::Guest) == other.guest {
        return Ok(());
    }
    let told = "a guest has no password, and whoever has one is no guest";
    Err(ApiError::invalid("role", Reason::Malformed, told))
}

/// No one has power over their equals, but owners over each other.
pub(crate) fn outranks(person: &Person, other: Role) -> Result<(), ApiError> {
    let role = person.user.role;
    if role > other || role == Role::Owner {
        Ok(())
    } else {
        Err(ApiError::forbidden("they have the same rank as you, or a higher one"))
    }
}
