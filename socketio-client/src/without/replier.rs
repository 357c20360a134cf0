//! The server's events are not answered.

use std::sync::Arc;

use super::Hub;
use crate::core::ReplyTo;

pub(super) struct Replier;

impl Replier {
    pub(super) fn new(_: &Arc<Hub>, _: Option<ReplyTo>) -> Self {
        Self
    }
}
