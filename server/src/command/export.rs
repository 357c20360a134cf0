use super::CommandError;
use crate::config::Export;
use crate::terminal::say_aside;
use std::io::{self, BufWriter};

pub(super) async fn run(export: &Export) -> Result<(), CommandError> {
    let store = export.storage.open().await?;
    let mut out = BufWriter::new(io::stdout());
    let written = chat::export::export(&*store, export.room.as_deref(), &mut out).await?;
    store.close().await;
    say_aside(&format!("{written} messages"));
    Ok(())
}
