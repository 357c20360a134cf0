//! The document of the sockets' events, made of the table in [`crate::namespaces`].

use crate::namespaces::NAMESPACES;
use crate::schemas::{Schemas, reference};
use crate::socket::Namespace;
use crate::socket::event::{Entry, Told};
use serde_json::{Map, Value, json};

const ABOUT: &str = "\
Socket.IO v5 over Engine.IO v4, at `/socket.io/`. An event carries one JSON object. Sent with an \
acknowledgement it is answered `{\"ok\": true, …}` or `{\"ok\": false, \"error\": {…}}`; sent without one, \
a refusal comes as an `error` event. Ids are UUIDs, times are Unix milliseconds.";

const CONNECT: &str = "\
CONNECT takes `auth: {\"token\": …}`, an `Authorization: Bearer` header or the session cookie. \
CONNECT_ERROR says `unauthorized`, `banned`, `forbidden`, `server-full`, `rate-limited` or `unavailable`.";

#[derive(Default)]
struct Document {
    schemas: Schemas,
    channels: Map<String, Value>,
    messages: Map<String, Value>,
    operations: Map<String, Value>,
}

pub(super) fn document() -> Value {
    let mut document = Document::default();
    for namespace in &NAMESPACES {
        document.add(namespace);
    }
    json!({
        "asyncapi": "3.0.0",
        "info": {
            "title": "Beseda",
            "version": env!("CARGO_PKG_VERSION"),
            "description": ABOUT,
            "license": { "name": "MIT OR Apache-2.0" },
        },
        "defaultContentType": "application/json",
        "servers": {
            "beseda": {
                "host": "localhost:3000",
                "pathname": "/socket.io/",
                "protocol": "socketio",
                "description": CONNECT,
            },
        },
        "channels": document.channels,
        "operations": document.operations,
        "components": {
            "messages": document.messages,
            "schemas": document.schemas.finish(),
        },
    })
}

impl Document {
    fn add(&mut self, namespace: &Namespace) {
        let channel = namespace.path.trim_start_matches('/');
        let mut spoken = Map::new();
        for event in namespace.events {
            self.asked(channel, event, &mut spoken);
        }
        for event in namespace.tells {
            self.told(channel, event, &mut spoken);
        }
        let description = format!("The namespace `{}`. {}", namespace.path, namespace.says);
        let fields =
            json!({ "address": namespace.path, "description": description, "messages": spoken });
        self.channels.insert(channel.to_owned(), fields);
    }

    fn asked(&mut self, channel: &str, event: &Entry, spoken: &mut Map<String, Value>) {
        let payload = (event.payload)(&mut self.schemas);
        let answer = (event.answer)(&mut self.schemas);
        let answer = json!({ "oneOf": [answer, reference("Refused")] });
        let question = self.message(channel, event.name, event.name, &payload, spoken);
        let title = format!("{}.answer", event.name);
        let answer = self.message(channel, &title, event.name, &answer, spoken);
        let operation = json!({
            "action": "receive",
            "summary": event.says,
            "channel": in_channel(channel),
            "messages": [question],
            "reply": { "channel": in_channel(channel), "messages": [answer] },
        });
        self.operations.insert(format!("{channel}.{}", event.name), operation);
    }

    fn told(&mut self, channel: &str, event: &Told, spoken: &mut Map<String, Value>) {
        let payload = (event.payload)(&mut self.schemas);
        let title = format!("{}.told", event.name);
        let message = self.message(channel, &title, event.name, &payload, spoken);
        let operation = json!({
            "action": "send",
            "summary": event.says,
            "channel": in_channel(channel),
            "messages": [message],
        });
        self.operations.insert(format!("{channel}.{title}"), operation);
    }

    /// Keeps the message and returns the way to it.
    fn message(
        &mut self,
        channel: &str,
        title: &str,
        name: &str,
        payload: &Value,
        spoken: &mut Map<String, Value>,
    ) -> Value {
        let key = format!("{channel}.{title}");
        let there = json!({ "$ref": format!("#/components/messages/{key}") });
        self.messages.insert(key, json!({ "name": name, "payload": payload }));
        spoken.insert(title.to_owned(), there);
        json!({ "$ref": format!("#/channels/{channel}/messages/{title}") })
    }
}

fn in_channel(channel: &str) -> Value {
    json!({ "$ref": format!("#/channels/{channel}") })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    const VOCABULARY: &str = include_str!("../../../protocol/src/event/mod.rs");

    #[test]
    fn every_event_of_the_vocabulary_is_in_a_table() {
        let named = VOCABULARY.lines().filter_map(|line| {
            let (_, value) = line.strip_prefix("pub const ")?.split_once(" = \"")?;
            value.strip_suffix("\";")
        });
        let asked =
            NAMESPACES.iter().flat_map(|namespace| namespace.events).map(|event| event.name);
        let told = NAMESPACES.iter().flat_map(|namespace| namespace.tells).map(|event| event.name);
        assert_eq!(named.collect::<BTreeSet<_>>(), asked.chain(told).collect());
    }
}
