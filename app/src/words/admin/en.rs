use super::{AdminWords, lasted};

pub(super) const WORDS: AdminWords = AdminWords {
    title: "Administration",
    parts: "Parts of this page",
    now: "Now",
    people: "People",
    rooms: "Rooms",
    log: "Log",

    connections: "Connections",
    messages: "Messages",
    deliveries: "Deliveries",
    answers: "Answers",
    processor: "Processor",
    memory: "Memory",
    queue: "Queue",
    nodes: "Nodes",

    per_second: "a second",
    milliseconds: "ms",
    megabytes: "MB",
    thousands: ',',
    decimal: '.',

    here: |people, rooms| {
        let who = if people == 1 { "person" } else { "people" };
        let place = if rooms == 1 { "room" } else { "rooms" };
        format!("{people} {who} in {rooms} {place}")
    },
    changes: "new, changed or deleted",
    delivered: "one for each listener",
    half_within: |time| format!("99 of 100; half: {time}"),
    not_asked: "nothing was asked",
    of_one_core: "of one core",
    resident: "of this program",
    waiting: "waiting for the disk",
    connections_here: |count| match count {
        1 => "1 connection to this one".into(),
        _ => format!("{count} connections to this one"),
    },
    only_node: "this one alone",

    chart: |name, now, least, most| {
        format!("{name}: {now} now, between {least} and {most} in the last five minutes")
    },
    five_minutes_ago: "5 min ago",
    at_present: "now",
    in_figures: "The last five minutes in figures",
    figure: "Figure",
    least: "Least",
    average: "Average",
    most: "Most",

    live: "Live",
    connecting: "Connecting…",
    lost: "Connection lost. The figures stand still until it is back.",
    refused: "You are signed out, or no longer a moderator. Load the page again.",
    as_loaded: "As it was when the page was loaded; load it again for what is now.",
    up: |seconds| format!("up for {}", lasted(seconds, [" d", " h", " min"])),
    node_only: "Connections, people, rooms and messages are those of all nodes; the rest is this node's.",

    announce: "Announcement",
    announce_hint: "Everyone who is here reads it at once. It is not kept.",
    announce_text: "What everyone should know",
    tell_everyone: "Tell everyone",

    find_person: "How the name begins",
    find_room: "How the room's name begins",
    find: "Find",
    no_person: "No one has such a name.",
    no_room: "No public room has such a name.",
    next: "Further ones",
    manage: "Manage",
    muted: "muted",
    banned: "banned",
    disabled: "disabled",
    archived: "archived",
    online: |count| format!("{count} here now"),
    unseen_rooms: |private, direct| {
        let rooms = if private == 1 { "room" } else { "rooms" };
        let talks = if direct == 1 { "conversation" } else { "conversations" };
        format!(
            "Beside these: {private} private {rooms} and {direct} direct {talks}, which only their members see."
        )
    },

    recent: "Done lately",
    whole_log: "The whole log",
    log_hint: "Who did what to whom, the latest first.",
    nothing_done: "Nothing has been done to anyone yet.",
    command_line: "command line",
    deed: |action| {
        Some(match action {
            "kick" => "signed out",
            "ban" => "banned",
            "unban" => "ban lifted",
            "mute" => "muted",
            "set-role" => "role changed",
            "revoke" => "session ended",
            "announce" => "announced",
            "delete-message" => "message deleted",
            "remove-member" => "sent out of a room",
            "archive-room" => "room archived",
            "delete-room" => "room deleted",
            "add-user" => "account made",
            "set-password" => "password set",
            "disable" => "account disabled",
            "enable" => "account enabled",
            "create-token" => "token made",
            "revoke-token" => "token revoked",
            _ => return None,
        })
    },
    minutes: |minutes| match minutes {
        "0" => "lifted".into(),
        _ => format!("{minutes} min"),
    },

    sessions: "Where they are signed in",
    no_sessions: "They are signed in nowhere.",
    end_all: "Sign out everywhere",
};
