//! What only the server does for a page: loading it, the HTML document, cookies, and the bodies of the
//! server functions.
//!
//! | file | holds |
//! |---|---|
//! | [`pages`] | every page's address, and what loads it |
//! | [`document`] | the HTML around a page, and its headers |
//! | `asked` | who asks, from where, in which language |
//! | `desk` | loading the chat |
//! | `sheets/` | the pages that need no script: settings, search, making rooms, errors |
//! | `admin/` | the admin's page |
//! | `forms/` | what the server functions do |
//! | [`session`] | cookies |
//! | `record` | what the last minutes were like |

mod admin;
mod asked;
mod desk;
pub mod document;
pub(crate) mod forms;
pub mod pages;
mod record;
mod returned;
pub mod session;
mod sheets;

pub use asked::Asked;
pub use record::Record;

use crate::answers::Refusal;
use chat::Chat;
use document::PageFiles;
use leptos::prelude::provide_context;
use returned::{ReturnedTexts, Waiting};

/// What pages and server functions need; the router gives it to each request.
#[derive(Clone)]
pub struct PageContext {
    chat: Chat,
    files: PageFiles,
    returned: ReturnedTexts,
    /// Tokens for programs, and links that invite: each is shown once.
    tokens: Waiting<String>,
    links: Waiting<String>,
    record: Record,
}

impl PageContext {
    pub fn new(chat: Chat, files: PageFiles, record: Record) -> Self {
        // Rendering waits with it. That it is set already is no error: tests start many servers.
        let _ = any_spawner::Executor::init_tokio();
        Self {
            chat,
            files,
            returned: ReturnedTexts::default(),
            tokens: Waiting::default(),
            links: Waiting::default(),
            record,
        }
    }

    pub fn provide(&self) {
        provide_context(self.clone());
    }
}

fn refusal(error: chat::Error) -> Refusal {
    Refusal(error.into())
}
