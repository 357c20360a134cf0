//! What the program does besides serving: one file for each command or small family.

mod backup;
mod client;
mod doctor;
mod export;
mod health;
mod migrate;
mod token;
mod user;

pub use client::Place;

use crate::config::{Command, Storage};
use crate::storage::StorageError;
use chat::export::ExportError;
use chat::store::sqlite::BackupError;
use chat::store::transfer::TransferError;
use chat::{Chat, Settings};
use protocol::ApiError;
use std::io;

/// Why a command failed, in one sentence for the person who gave it.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    #[error(transparent)]
    Storage(#[from] StorageError),
    #[error(transparent)]
    Refused(#[from] ApiError),
    #[error(transparent)]
    Backup(#[from] BackupError),
    #[error(transparent)]
    Export(#[from] ExportError),
    #[error(transparent)]
    Transfer(#[from] TransferError),
    #[error("{0} is for the embedded database; for PostgreSQL use pg_dump and pg_restore")]
    NotEmbedded(&'static str),
    #[error("the server at {address} isn't well: {told}")]
    Unwell { address: String, told: String },
    #[error("doctor found {0}; do what stands behind each arrow")]
    Problems(String),
    #[error("the password can't be read: {0}")]
    Password(io::Error),
}

impl From<chat::Error> for CommandError {
    fn from(error: chat::Error) -> Self {
        Self::Refused(error.into())
    }
}

pub async fn run(command: Command) -> Result<(), CommandError> {
    match command {
        Command::User(action) => user::run(action).await,
        Command::Token(action) => token::run(action).await,
        Command::Export(export) => export::run(&export).await,
        Command::Backup(backup) => backup::backup(&backup).await,
        Command::Restore(restore) => backup::restore(&restore).await,
        Command::Migrate(migrate) => migrate::run(&migrate).await,
        Command::Health(health) => health::run(&health).await,
        Command::Doctor(doctor) => doctor::run(&doctor).await,
    }
}

/// The chat beside a server that may be running on the same database.
async fn open(storage: &Storage) -> Result<Chat, CommandError> {
    let store = storage.open().await?;
    Ok(Chat::open(store, Settings::new(storage.secret()?)).0)
}
