use super::session::{self, value};
use super::{PageContext, refusal};
use crate::answers::Refusal;
use crate::page::Frame;
use crate::words::Lang;
use chat::{Address, Chat, Identity};
use http::header::ACCEPT_LANGUAGE;
use http::request::Parts;
use http::{HeaderMap, Uri};
use leptos::prelude::use_context;
use protocol::ApiError;
use std::borrow::Cow;
use std::time::{SystemTime, UNIX_EPOCH};

/// A request, as a page or a form sees it.
#[derive(Clone)]
pub struct Asked {
    context: PageContext,
    headers: HeaderMap,
    address: Address,
    uri: Uri,
}

impl Asked {
    pub fn new(context: &PageContext, parts: &Parts) -> Self {
        Self {
            context: context.clone(),
            headers: parts.headers.clone(),
            // Where the request came from, as the server found out.
            address: parts.extensions.get().copied().unwrap_or(Address::LOCAL),
            uri: parts.uri.clone(),
        }
    }

    /// In a server function.
    pub(crate) fn here() -> Result<Self, Refusal> {
        let context = use_context::<PageContext>().zip(use_context::<Parts>());
        let (context, parts) = context.ok_or_else(|| Refusal(ApiError::internal()))?;
        Ok(Self::new(&context, &parts))
    }

    pub(crate) fn chat(&self) -> &Chat {
        &self.context.chat
    }

    pub(crate) fn context(&self) -> &PageContext {
        &self.context
    }

    pub(crate) fn address(&self) -> Address {
        self.address
    }

    pub(crate) fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    pub(crate) async fn who(&self) -> Result<Identity, Refusal> {
        let token = session::cookie(&self.headers);
        let token = token.ok_or_else(|| Refusal(ApiError::unauthorized()))?;
        self.chat().authenticate(&token, self.address).await.map_err(refusal)
    }

    /// The path and the query, to come back to.
    pub(crate) fn place(&self) -> &str {
        self.uri.path_and_query().map_or("/", |place| place.as_str())
    }

    /// A part of the path, decoded: of `/room/general` the first is `general`.
    pub(crate) fn segment(&self, index: usize) -> String {
        decoded(self.uri.path().split('/').nth(index + 1).unwrap_or_default())
    }

    /// Names and values of the query.
    pub(crate) fn pairs(&self) -> Vec<(String, String)> {
        parse(self.uri.query().unwrap_or_default())
    }

    pub(crate) fn query(&self, name: &str) -> Option<String> {
        self.pairs().into_iter().find(|(key, _)| key == name).map(|(_, value)| value)
    }

    /// The reader's choice if they made one, else what their browser asks for.
    pub(crate) fn lang(&self) -> Lang {
        let chosen = self.cookie(session::LANGUAGE).and_then(|tag| Lang::from_tag(&tag));
        let asked = self.headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        chosen.or_else(|| asked.and_then(Lang::from_header)).unwrap_or_default()
    }

    pub(crate) fn cookie(&self, name: &str) -> Option<String> {
        value(&self.headers, name)
    }

    /// The name of whoever was here last.
    pub(crate) fn known_name(&self) -> Option<String> {
        self.cookie(session::NAME).map(|name| decoded(&name))
    }

    pub(crate) fn frame(&self) -> Frame {
        let zone = self.cookie(session::ZONE).and_then(|zone| zone.parse().ok());
        let on = |name| self.cookie(name).as_deref() == Some("on");
        Frame {
            lang: self.lang(),
            zone: zone.filter(|zone| (-840..=840).contains(zone)).unwrap_or_default(),
            now: now(),
            sounds: on(session::SOUNDS),
            notify: on(session::NOTIFY),
        }
    }
}

fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or_default()
}

/// As in a query, but a plus is a plus.
fn decoded(text: &str) -> String {
    let decoded = parse(&text.replace('+', "%2B"));
    decoded.into_iter().next().map(|(name, _)| name).unwrap_or_default()
}

fn parse(query: &str) -> Vec<(String, String)> {
    let pairs = url::form_urlencoded::parse(query.as_bytes());
    pairs.map(|(key, value): (Cow<'_, str>, Cow<'_, str>)| (key.into(), value.into())).collect()
}
