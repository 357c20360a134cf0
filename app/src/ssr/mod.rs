//! What only the server does for a page: the HTML document, cookies, and the bodies of the server
//! functions.

pub mod document;
pub(crate) mod forms;
mod returned;
pub mod session;

use crate::answers::Refusal;
use crate::words::Lang;
use chat::{Chat, Identity};
use document::PageFiles;
use http::HeaderMap;
use http::header::ACCEPT_LANGUAGE;
use http::request::Parts;
use leptos::prelude::*;
use protocol::ApiError;
use returned::ReturnedTexts;

/// What pages and server functions need; the router gives it to each request.
#[derive(Clone)]
pub struct PageContext {
    chat: Chat,
    files: PageFiles,
    returned: ReturnedTexts,
}

impl PageContext {
    pub fn new(chat: Chat, files: PageFiles) -> Self {
        Self { chat, files, returned: ReturnedTexts::default() }
    }

    pub fn provide(&self) {
        provide_context(self.clone());
    }
}

fn context() -> Result<PageContext, Refusal> {
    use_context().ok_or_else(|| Refusal(ApiError::internal()))
}

/// Who is asking for this page.
async fn asker(chat: &Chat) -> Result<Identity, Refusal> {
    let token = headers().as_ref().and_then(session::cookie);
    let token = token.ok_or_else(|| Refusal(ApiError::unauthorized()))?;
    chat.authenticate(&token).await.map_err(refusal)
}

fn refusal(error: chat::Error) -> Refusal {
    Refusal(error.into())
}

fn headers() -> Option<HeaderMap> {
    use_context::<Parts>().map(|parts| parts.headers)
}

/// The reader's choice if they made one, else what their browser asks for.
pub(crate) fn lang() -> Lang {
    let Some(headers) = headers() else {
        return Lang::default();
    };
    let chosen = session::value(&headers, session::LANGUAGE).and_then(|tag| Lang::from_tag(&tag));
    let asked = headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    chosen.or_else(|| asked.and_then(Lang::from_header)).unwrap_or_default()
}
