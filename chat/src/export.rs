//! Everything that was said, a JSON object a line: a room, then its messages in the order of `seq`.

use crate::standing::parse;
use crate::store::messages::Range;
use crate::store::rooms::RoomRow;
use crate::store::{Store, StoreError};
use protocol::{Message, RoomId, RoomKind};
use serde::Serialize;
use std::io::{self, Write};

const PAGE: usize = 500;

#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    #[error("there is no room called `{0}`")]
    NoRoom(String),
    #[error("the database can't be read: {0}")]
    Store(#[from] StoreError),
    #[error("the export can't be written: {0}")]
    Write(#[from] io::Error),
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
enum Line<'a> {
    Room { id: RoomId, slug: &'a str, name: &'a str, topic: &'a str, kind: RoomKind },
    Message(&'a Message),
}

/// Writes one room, named by id or slug, or all of them. Returns how many messages there were.
pub async fn export(
    store: &dyn Store,
    room: Option<&str>,
    out: &mut (dyn Write + Send),
) -> Result<u64, ExportError> {
    let mut written = 0;
    if let Some(room) = room {
        let found = store.room(&parse(room)).await?;
        let row = found.ok_or_else(|| ExportError::NoRoom(room.to_owned()))?;
        written += export_room(store, &row, out).await?;
    } else {
        let mut after = None;
        loop {
            let rooms = store.rooms(after, PAGE).await?;
            let Some(last) = rooms.last() else { break };
            after = Some(last.id);
            for row in &rooms {
                written += export_room(store, row, out).await?;
            }
        }
    }
    out.flush()?;
    Ok(written)
}

async fn export_room(
    store: &dyn Store,
    room: &RoomRow,
    out: &mut (dyn Write + Send),
) -> Result<u64, ExportError> {
    let RoomRow { id, slug, name, topic, kind, .. } = room;
    write(out, &Line::Room { id: *id, slug, name, topic, kind: *kind })?;
    let (mut written, mut seq) = (0, 0);
    loop {
        let messages = store.history(*id, Range::After(seq), PAGE).await?;
        let Some(last) = messages.last() else { return Ok(written) };
        seq = last.seq;
        for message in &messages {
            write(out, &Line::Message(message))?;
            written += 1;
        }
    }
}

fn write(out: &mut (dyn Write + Send), line: &Line<'_>) -> io::Result<()> {
    serde_json::to_writer(&mut *out, line)?;
    out.write_all(b"\n")
}
