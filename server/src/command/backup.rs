use super::CommandError;
use crate::config::{Backup, Restore};
use crate::terminal::say;
use chat::store::sqlite;

pub(super) async fn backup(backup: &Backup) -> Result<(), CommandError> {
    let database = backup.storage.database().ok_or(CommandError::NotEmbedded("backup"))?;
    sqlite::backup(&database, &backup.file).await?;
    say(&format!("{} holds everything as of now", backup.file.display()));
    Ok(())
}

pub(super) async fn restore(restore: &Restore) -> Result<(), CommandError> {
    let database = restore.storage.database().ok_or(CommandError::NotEmbedded("restore"))?;
    let _lock = restore.storage.lock_directory()?;
    let kept = sqlite::restore(&restore.file, &database).await?;
    say(&format!("{} is the database now", restore.file.display()));
    if let Some(kept) = kept {
        say(&format!("what was there before is in {}", kept.display()));
    }
    Ok(())
}
