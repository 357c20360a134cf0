//! What the form of a sheet answers: the way back to the sheet, where it is told what became of it.

use super::or_sign_in;
use crate::answers::Refusal;
use crate::ssr::sheets::outcome::Way;
use crate::words::sheets::{Told, Trouble};
use leptos_axum::redirect;
use protocol::{ApiError, ErrorCode};

/// Why a form was refused, and beside which of its fields that belongs.
#[derive(Debug)]
pub(super) struct Refused {
    code: ErrorCode,
    /// Whether no more than the code says what is wrong.
    plain: bool,
    field: String,
    trouble: Trouble,
}

impl Refused {
    pub(super) fn at(field: &str, trouble: Trouble) -> Self {
        let (code, plain) = (ErrorCode::Validation, false);
        Self { code, plain, field: field.to_owned(), trouble }
    }

    pub(super) fn trouble(&self) -> Trouble {
        self.trouble
    }

    /// What such an error means in this form.
    pub(super) fn when(self, code: ErrorCode, field: &str, trouble: Trouble) -> Self {
        if self.plain && self.code == code {
            Self { field: field.to_owned(), trouble, ..self }
        } else {
            self
        }
    }
}

impl From<ApiError> for Refused {
    fn from(error: ApiError) -> Self {
        let field = match error.details.as_ref().map(|details| details.field.as_str()) {
            Some("maxUsers") => "max_users",
            Some(field) => field,
            None => "",
        };
        let (code, plain) = (error.code, error.details.is_none());
        Self { code, plain, field: field.to_owned(), trouble: Trouble::from(&error) }
    }
}

impl From<chat::Error> for Refused {
    fn from(error: chat::Error) -> Self {
        ApiError::from(error).into()
    }
}

/// A form, as its sheet knows it.
pub(super) struct Form<'a> {
    pub(super) id: &'static str,
    /// Its fields, with what was typed there unless that is a secret.
    pub(super) fields: &'a [(&'static str, &'a str)],
}

impl Form<'_> {
    pub(super) fn answer(&self, page: Way, done: Result<Told, Refused>) -> Result<(), Refusal> {
        match done {
            Ok(told) => redirect(&page.told(told).path()),
            Err(refused) => return self.refuse(page, &refused),
        }
        Ok(())
    }

    pub(super) fn refuse(&self, page: Way, refused: &Refused) -> Result<(), Refusal> {
        if refused.plain && refused.code == ErrorCode::Unauthorized {
            return Err(or_sign_in(Refusal(ApiError::unauthorized())));
        }
        let id = |field: &str| format!("{}-{field}", self.id);
        let known = self.fields.iter().any(|(field, _)| *field == refused.field);
        let at = if known { id(&refused.field) } else { self.id.to_owned() };
        let page = page.trouble(&at, refused.trouble);
        let typed = |page: Way, (field, value): &(&str, &str)| page.typed(&id(field), value);
        redirect(&self.fields.iter().fold(page, typed).path());
        Ok(())
    }
}
