use serde::Serialize;

use crate::codec::{Binary, collecting};

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
    json: String,
    attachments: Vec<Binary>,
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
    pub fn with<T: Serialize + ?Sized>(mut self, argument: &T) -> Result<Self, serde_json::Error> {
        let json = collecting(&mut self.attachments, || serde_json::to_string(argument))?;
        self.push(&json);
        Ok(self)
    }

    fn push(&mut self, json: &str) {
        self.json.push(',');
        self.json.push_str(json);
    }

    /// The JSON array with `first` before the arguments, and the attachments.
    pub(crate) fn finish(self, first: Option<&str>) -> (String, Vec<Binary>) {
        let mut json = String::with_capacity(self.json.len() + first.map_or(0, str::len) + 4);
        json.push('[');
        match first {
            Some(name) => {
                crate::codec::json::push_string(name, &mut json);
                json.push_str(&self.json);
            }
            None => json.push_str(self.json.get(1..).unwrap_or_default()),
        }
        json.push(']');
        (json, self.attachments)
    }
}
