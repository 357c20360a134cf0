//! Every page: its address, and what loads it.

use super::sheets::{self, Sheet};
use super::{Asked, admin, desk, forms, refusal};
use crate::answers::Refusal;
use crate::page::{Door, Frame, Lobby, Page, Screen};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use http::StatusCode;
use protocol::event::Read;
use protocol::room::GENERAL;
use protocol::{ApiError, ErrorCode, Reason};

pub type Load = fn(Asked) -> BoxFuture<'static, Result<Shown, Detour>>;

/// In axum's notation.
pub static PAGES: &[(&str, Load)] = &[
    ("/", |asked| lobby(asked).boxed()),
    ("/invite/{code}", |asked| invited(asked).boxed()),
    ("/room/{slug}", |asked| desk::room(asked).boxed()),
    ("/dm/{name}", |asked| desk::direct(asked).boxed()),
    ("/room/{slug}/details", |asked| sheets::details::load(asked).boxed()),
    ("/rooms/new", |asked| sheets::new_room::load(asked).boxed()),
    ("/people", |asked| sheets::people::load(asked).boxed()),
    ("/people/{name}", |asked| sheets::person::load(asked).boxed()),
    ("/search", |asked| sheets::search::load(asked).boxed()),
    ("/settings", |asked| sheets::settings::load(asked).boxed()),
    ("/invites", |asked| sheets::invites::load(asked).boxed()),
    ("/admin", |asked| admin::now::load(asked).boxed()),
    ("/admin/people", |asked| admin::people::load(asked).boxed()),
    ("/admin/rooms", |asked| admin::rooms::load(asked).boxed()),
    ("/admin/log", |asked| admin::log::load(asked).boxed()),
];

/// What a page asks for that shows a room where there are no scripts.
pub const SEEN: &str = "/data/seen";

/// Its reader has read the room as far as the page goes.
pub async fn seen(asked: &Asked) -> Result<(), Refusal> {
    let who = asked.who().await?;
    let seq = asked.query("seq").and_then(|seq| seq.parse().ok()).unwrap_or_default();
    let read = Read { room: asked.query("room").unwrap_or_default(), seq };
    asked.chat().mark_read(&who, &read).await.map(drop).map_err(refusal)
}

/// A page that is ready to be rendered.
#[derive(Debug, Clone)]
pub struct Shown {
    pub(crate) title: String,
    pub(crate) status: StatusCode,
    pub(crate) frame: Frame,
    pub(crate) body: Body,
}

#[derive(Debug, Clone)]
pub(crate) enum Body {
    /// Goes on in the browser.
    Live(Screen),
    Sheet(Sheet),
    /// A sheet, of which a part lives.
    Admin(Box<admin::View>),
}

/// Why there is no page.
#[derive(Debug)]
pub enum Detour {
    To(String),
    Refused(Refusal),
}

impl From<Refusal> for Detour {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl Shown {
    pub(crate) fn new(asked: &Asked, title: &str, body: Body) -> Self {
        Self { title: title.to_owned(), status: StatusCode::OK, frame: asked.frame(), body }
    }

    /// What the browser begins with, if the page goes on there.
    pub fn page(&self) -> Option<Page> {
        match &self.body {
            Body::Live(screen) => Some(Page { frame: self.frame, screen: screen.clone() }),
            Body::Sheet(_) | Body::Admin(_) => None,
        }
    }

    pub fn status(&self) -> StatusCode {
        self.status
    }
}

/// What is shown instead of a page that was refused, or where one has to go first.
pub fn instead(asked: &Asked, Refusal(error): Refusal) -> Result<Shown, String> {
    match error.code {
        ErrorCode::Unauthorized => Err(forms::sign_in_path(asked.place())),
        _ => Ok(refused(asked, error)),
    }
}

pub fn nowhere(asked: &Asked) -> Shown {
    refused(asked, ApiError::not_found("page"))
}

fn refused(asked: &Asked, error: ApiError) -> Shown {
    let status = StatusCode::from_u16(error.code.http_status());
    let title = sheets::refused::title(asked.lang(), &error);
    Shown {
        status: status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
        ..Shown::new(asked, title, Body::Sheet(Sheet::Refused(error)))
    }
}

async fn lobby(asked: Asked) -> Result<Shown, Detour> {
    if asked.who().await.is_ok() {
        let next = asked.query("next").unwrap_or_default();
        let general = forms::room_path(GENERAL);
        return Err(Detour::To(forms::onward(&next).unwrap_or(&general).to_owned()));
    }
    let door = Door::named(&asked.query("with").unwrap_or_default(), String::new());
    Ok(entrance(&asked, door).await)
}

async fn invited(asked: Asked) -> Result<Shown, Detour> {
    let door = Door::Register { invite: asked.segment(1) };
    Ok(entrance(&asked, door).await)
}

async fn entrance(asked: &Asked, door: Door) -> Shown {
    let problem = asked.query("problem").map(|name| {
        let reason = Reason::ALL.into_iter().find(|reason| reason.name() == name);
        let field = asked.query("field").unwrap_or_default();
        match reason {
            Some(reason) => ApiError::invalid(&field, reason, ""),
            None if name == "rate-limited" => ApiError::rate_limited(0),
            None => ApiError::internal(),
        }
    });
    let lobby = Lobby {
        online: asked.chat().online_count().await,
        door,
        name: asked.query("name").or_else(|| asked.known_name()).unwrap_or_default(),
        next: asked.query("next").unwrap_or_default(),
        problem,
    };
    Shown::new(asked, "Beseda", Body::Live(Screen::SignIn(Box::new(lobby))))
}
