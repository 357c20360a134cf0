//! The queries, in SQL that both engines read. Each engine compiles them for itself: here `super` is
//! the engine, whose types and few differences these files use by the same names.

mod messages;
mod notifications;
mod people;
mod rooms;
mod row;
mod todos;
mod write;

use super::{
    Connection, Engine, Row, index_new, index_removed, index_text, lock_rooms, parameter, say,
};
use crate::store::{Candidates, Found, StoreError};

pub(super) use messages::SELECT_NUMBERED;
pub(super) use people::HAS_ACCOUNTS;
#[allow(unused_imports, reason = "not every engine needs each")]
pub(super) use row::{counter, integer, message_kind_name, numbered};

/// Lists of parameters come in a few lengths, so that their statements stay prepared; what a list is
/// too short for is filled up.
pub(super) const LENGTHS: [usize; 4] = [64, 16, 4, 1];

/// A statement in each of the [`LENGTHS`], made once: writing hundreds of parameters takes its time.
pub(super) struct Statements([String; LENGTHS.len()]);

impl Statements {
    pub(super) fn new(of_length: impl Fn(usize) -> String) -> Self {
        Self(LENGTHS.map(of_length))
    }

    /// The shortest that takes so many, with its length.
    pub(super) fn for_rows(&'static self, rows: usize) -> (usize, &'static str) {
        let shorter = LENGTHS.iter().rposition(|length| *length >= rows).unwrap_or_default();
        (LENGTHS[shorter], &self.0[shorter])
    }
}

/// `($1, $2), ($3, $4)`
pub(super) fn tuples(rows: usize, columns: usize) -> String {
    let tuple = |row: usize| {
        let columns: Vec<String> =
            (1..=columns).map(|column| parameter(row * columns + column)).collect();
        format!("({})", columns.join(", "))
    };
    (0..rows).map(tuple).collect::<Vec<_>>().join(", ")
}

/// What a step of a search has found, of the rooms that were asked for.
pub(super) fn found(rows: &[Row], search: &Candidates<'_>) -> Result<Found, StoreError> {
    let mut messages = Vec::new();
    let mut next = None;
    for row in rows {
        let (num, message) = row::numbered(row)?;
        next = Some(num);
        if search.rooms.contains(&message.room) {
            messages.push(message);
        }
    }
    Ok(Found { messages, next: next.filter(|_| rows.len() >= search.limit) })
}
