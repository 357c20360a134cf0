//! A network can die without a word, and the heartbeat takes most of a minute to notice. While someone looks, they
//! learn it sooner: where it is quiet, the server is asked something, and is doubted when no answer comes. It is given
//! up only when as much time has passed as for any other answer.

use super::Inner;
use crate::live::Link;
use leptos::prelude::document;
use leptos::task::spawn_local;
use protocol::event;
use serde_json::value::RawValue;
use std::cell::Cell;
use std::rc::Rc;

const QUIET_MS: i64 = 1_600;
const DOUBT_AFTER_MS: i64 = 2_000;

#[derive(Default)]
pub(super) struct Pulse {
    /// When the server was heard last.
    heard: Cell<i64>,
    /// Since when an answer is waited for.
    asked: Cell<Option<i64>>,
    doubted: Cell<bool>,
}

impl Inner {
    pub(super) fn feel_pulse(self: &Rc<Self>, now: i64) {
        if !self.chat.is_connected() {
            self.pulse.doubted.set(false);
        }
        if !self.chat.is_connected() || document().hidden() {
            return self.pulse.asked.set(None);
        }
        match self.pulse.asked.get() {
            Some(asked) if now - asked >= DOUBT_AFTER_MS && !self.pulse.doubted.replace(true) => {
                self.show(Link::Connecting);
            }
            None if now - self.pulse.heard.get() >= QUIET_MS => self.ask_for_pulse(now),
            _ => {}
        }
    }

    pub(super) fn heard_pulse(&self) {
        self.pulse.heard.set(super::now());
        if self.pulse.doubted.replace(false) && self.chat.is_connected() {
            self.show(Link::Connected);
        }
    }

    fn ask_for_pulse(self: &Rc<Self>, now: i64) {
        self.pulse.asked.set(Some(now));
        let this = Rc::clone(self);
        spawn_local(async move {
            let answer = this.question(event::WHOAMI, RawValue::NULL).await;
            // It was another connection that was asked.
            if this.pulse.asked.get() != Some(now) {
                return;
            }
            this.pulse.asked.set(None);
            if answer.is_ok() {
                this.heard_pulse();
            } else {
                this.client.drop_connection();
            }
        });
    }
}
