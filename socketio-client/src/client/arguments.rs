use serde::Serialize;

use crate::codec::{Attachments, collecting};

/// What an event can carry: a reference to anything that serialises is one argument, [`List`] is several,
/// `()` is none.
pub trait Arguments {
    /// The arguments, written.
    ///
    /// # Errors
    /// When a value cannot be written as JSON.
    fn into_list(self) -> Result<List, serde_json::Error>;
}

impl<T: Serialize + ?Sized> Arguments for &T {
    fn into_list(self) -> Result<List, serde_json::Error> {
        List::new().with(self)
    }
}

impl Arguments for List {
    fn into_list(self) -> Result<List, serde_json::Error> {
        Ok(self)
    }
}

impl Arguments for Result<List, serde_json::Error> {
    fn into_list(self) -> Result<List, serde_json::Error> {
        self
    }
}

impl Arguments for () {
    fn into_list(self) -> Result<List, serde_json::Error> {
        Ok(List::new())
    }
}

/// Several arguments.
///
/// ```
/// # use socketio_client::{Binary, List};
/// # fn main() -> Result<(), serde_json::Error> {
/// let arguments = List::new().with("cat.png")?.with(&Binary::from(vec![1, 2, 3]))?;
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, Default)]
pub struct List {
    /// Each with a comma before it.
    pub(super) json: String,
    pub(super) attachments: Attachments,
}

impl List {
    /// No arguments yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// One more.
    ///
    /// # Errors
    /// When it cannot be written as JSON.
    #[allow(clippy::inline_always, reason = "a page pays for what is not inlined")]
    #[inline(always)]
    pub fn with<T: Serialize + ?Sized>(mut self, argument: &T) -> Result<Self, serde_json::Error> {
        let json = collecting(&mut self.attachments, || serde_json::to_string(argument));
        self.and(json)
    }

    /// Apart from [`with`](Self::with), which is made anew for each type.
    fn and(mut self, json: Result<String, serde_json::Error>) -> Result<Self, serde_json::Error> {
        self.json.push(',');
        self.json.push_str(&json?);
        Ok(self)
    }

    /// The JSON array of an event of this name, and the attachments.
    pub(crate) fn into_event(self, name: &str) -> (String, Attachments) {
        let mut json = String::from("[");
        crate::codec::json::push_string(name, &mut json);
        json.push_str(&self.json);
        json.push(']');
        (json, self.attachments)
    }
}
