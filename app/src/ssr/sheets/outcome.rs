//! What became of a form, as the address of the page says it that the form leads back to.

use crate::room::address::escape;
use crate::ssr::Asked;
use crate::words::sheets::{Told, Trouble};

const TOLD: &str = "told";
const PROBLEM: &str = "problem";
const FIELD: &str = "field";
/// What was typed is longer only by mistake.
const TYPED_CHARS: usize = 300;

/// A field goes by its id, which is its form's name and its own: `ban-reason`. A form as a whole goes by its
/// name alone.
#[derive(Debug, Clone, Default)]
pub(crate) struct Outcome {
    told: Option<Told>,
    trouble: Option<(String, Trouble)>,
    typed: Vec<(String, String)>,
}

impl Outcome {
    pub(crate) fn of(asked: &Asked) -> Self {
        let trouble = asked.query(PROBLEM).and_then(|name| Trouble::named(&name));
        Self {
            told: asked.query(TOLD).and_then(|name| Told::named(&name)),
            trouble: trouble.map(|trouble| (asked.query(FIELD).unwrap_or_default(), trouble)),
            typed: asked.pairs(),
        }
    }

    /// A problem that the page itself has found.
    pub(super) fn with(self, id: &str, trouble: Option<Trouble>) -> Self {
        Self { trouble: trouble.map(|trouble| (id.to_owned(), trouble)).or(self.trouble), ..self }
    }

    pub(super) fn told(&self) -> Option<Told> {
        self.told
    }

    pub(super) fn trouble(&self, id: &str) -> Option<Trouble> {
        self.trouble.as_ref().filter(|(other, _)| other == id).map(|(_, trouble)| *trouble)
    }

    pub(super) fn is_refused(&self) -> bool {
        self.trouble.is_some()
    }

    /// What was in the field when its form was refused.
    pub(super) fn typed(&self, id: &str) -> Option<&str> {
        self.typed.iter().find(|(other, _)| other == id).map(|(_, value)| value.as_str())
    }
}

/// An address that is put together.
#[derive(Debug, Clone)]
pub(crate) struct Way(String);

impl Way {
    pub(crate) fn to(path: impl Into<String>) -> Self {
        Self(path.into())
    }

    /// What is empty is left out.
    pub(crate) fn with(self, name: &str, value: &str) -> Self {
        if value.is_empty() {
            return self;
        }
        let sign = if self.0.contains('?') { '&' } else { '?' };
        Self(format!("{}{sign}{name}={}", self.0, escape(value)))
    }

    pub(crate) fn typed(self, name: &str, value: &str) -> Self {
        self.with(name, &value.chars().take(TYPED_CHARS).collect::<String>())
    }

    pub(crate) fn told(self, told: Told) -> Self {
        self.with(TOLD, told.name())
    }

    pub(crate) fn trouble(self, id: &str, trouble: Trouble) -> Self {
        self.with(PROBLEM, trouble.name()).with(FIELD, id)
    }

    pub(crate) fn path(self) -> String {
        self.0
    }
}
