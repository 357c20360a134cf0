//! What is live of the admin's page: how the house is doing. The server renders it with the rest (`ssr/admin/`), and a
//! wasm module of its own (`frontend/admin/`) takes it over; the chat's module has nothing of it.
//!
//! | file | holds |
//! |---|---|
//! | this one | what the page begins with |
//! | [`history`] | the last minutes |
//! | [`figure`] | what is shown of them, and how numbers are written |
//! | [`curve`] | from numbers to a line |
//! | [`overview`] | the charts |

pub mod curve;
pub mod figure;
pub mod history;
pub mod overview;

use crate::words::Lang;
use history::History;
use leptos::prelude::RwSignal;
use protocol::event::Past;
use serde::{Deserialize, Serialize};

/// What the server has rendered the live part from, and the browser begins with.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Board {
    pub lang: Lang,
    pub version: String,
    /// Whether there are charts on this page, or only a line that says how the house is.
    pub charts: bool,
    pub past: Past,
}

/// What changes by itself.
#[derive(Clone, Copy)]
pub struct Watched {
    pub history: RwSignal<History>,
    pub link: RwSignal<Link>,
}

impl Watched {
    pub fn new(past: Past) -> Self {
        Self { history: RwSignal::new(past.into()), link: RwSignal::new(Link::Page) }
    }
}

/// Whether the figures follow the house.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Link {
    /// As the server sent the page.
    Page,
    Connecting,
    Live,
    Lost,
    /// Whoever looks may not, or not any more.
    Refused,
}

impl Link {
    /// For styles and tests.
    pub fn name(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::Connecting => "connecting",
            Self::Live => "live",
            Self::Lost => "lost",
            Self::Refused => "refused",
        }
    }
}
