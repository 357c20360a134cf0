//! The data directory and what is in it: the database, the secret, and the lock that keeps a second
//! server out.

use crate::config::{DurabilityChoice, Storage};
use chat::Secret;
use chat::store::bounded::Bounded;
use chat::store::postgres::{Claim, Company, Postgres};
use chat::store::sqlite::{Durability, Sqlite};
use chat::store::{OpenError, Store};
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

const DATABASE: &str = "beseda.sqlite";
const SECRET: &str = "secret";
const LOCK: &str = "lock";

#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    #[error("can't keep data in {}: {}; choose another directory with --data-dir", path.display(), in_words(source))]
    DataDir { path: PathBuf, source: io::Error },
    #[error("a Beseda server is using {} already; stop it first, or choose another directory with --data-dir", path.display())]
    InUse { path: PathBuf },
    #[error("the secret in {} can't be used: {told}", path.display())]
    SecretFile { path: PathBuf, told: String },
    #[error("--secret can't be used: {0}")]
    Secret(String),
    #[error(
        "`{0}` is no database that Beseda knows; write postgres://USER:PASSWORD@HOST/DATABASE, or leave --database-url away"
    )]
    Url(String),
    #[error(transparent)]
    Database(#[from] OpenError),
}

/// Keeps others out for as long as it is held.
pub(crate) struct Lock {
    _file: Option<File>,
    _claim: Option<Claim>,
}

pub(crate) fn check(url: &str) -> Result<(), StorageError> {
    if url.starts_with("postgres://") || url.starts_with("postgresql://") {
        return Ok(());
    }
    // Without what may be a password in it.
    let scheme = url.split_once("://").map_or("…", |(scheme, _)| scheme);
    Err(StorageError::Url(format!("{scheme}://…")))
}

/// With what is missing above it. One that is there stays as it is.
fn make_private(dir: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir)
}

/// The system's words without its error number.
pub(crate) fn in_words(error: &io::Error) -> String {
    let words = error.to_string();
    let end = words.find(" (os error").unwrap_or(words.len());
    words[..end].to_lowercase()
}

impl Storage {
    /// The file of the embedded database; `None` where another one is used.
    pub fn database(&self) -> Option<PathBuf> {
        self.database_url.is_none().then(|| self.data_dir.join(DATABASE))
    }

    /// Makes the data directory, and finds out now rather than at the first message whether one can
    /// write there.
    pub(crate) fn prepare(&self) -> Result<(), StorageError> {
        let probe = self.data_dir.join(".beseda-can-write");
        make_private(&self.data_dir)
            .and_then(|()| fs::write(&probe, b""))
            .and_then(|()| fs::remove_file(&probe))
            .map_err(|source| self.failed(source))
    }

    pub async fn open(&self) -> Result<Arc<dyn Store>, StorageError> {
        let Some(url) = &self.database_url else {
            self.prepare()?;
            let durability = match self.durability {
                DurabilityChoice::Full => Durability::Full,
                DurabilityChoice::Normal => Durability::Normal,
            };
            let database = self.data_dir.join(DATABASE);
            return Ok(Arc::new(Sqlite::open(&database, durability).await?));
        };
        check(url)?;
        Ok(Arc::new(Bounded(Postgres::open(url).await?)))
    }

    /// Whether several nodes may use it.
    pub(crate) fn is_shared(&self) -> bool {
        self.database_url.is_some()
    }

    /// Two servers on one database that don't hear of each other would not know of each other's people.
    pub(crate) async fn lock(&self, joined: bool) -> Result<Lock, StorageError> {
        let Some(url) = &self.database_url else {
            return Ok(Lock { _file: Some(self.lock_directory()?), _claim: None });
        };
        check(url)?;
        let company = if joined { Company::Joined } else { Company::Alone };
        Ok(Lock { _file: None, _claim: Some(Postgres::claim(url, company).await?) })
    }

    pub(crate) fn lock_directory(&self) -> Result<File, StorageError> {
        self.prepare()?;
        let path = self.data_dir.join(LOCK);
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(path);
        let file = file.map_err(|source| self.failed(source))?;
        match file.try_lock() {
            Ok(()) => Ok(file),
            Err(TryLockError::WouldBlock) => {
                Err(StorageError::InUse { path: self.data_dir.clone() })
            }
            Err(TryLockError::Error(source)) => Err(self.failed(source)),
        }
    }

    /// What was given, or what was made at the first start.
    pub fn secret(&self) -> Result<Secret, StorageError> {
        if let Some(secret) = self.known_secret()? {
            return Ok(secret);
        }
        self.prepare()?;
        let path = self.data_dir.join(SECRET);
        let unusable = |told: String| StorageError::SecretFile { path: path.clone(), told };
        let secret = Secret::random().map_err(|error| unusable(error.to_string()))?;
        keep(&path, secret.as_bytes()).map_err(|error| unusable(in_words(&error)))?;
        // Someone else may have been quicker: theirs counts.
        let kept = fs::read(&path).map_err(|error| unusable(in_words(&error)))?;
        Secret::new(kept.trim_ascii()).map_err(unusable)
    }

    /// `None` before the first start.
    pub(crate) fn known_secret(&self) -> Result<Option<Secret>, StorageError> {
        if let Some(secret) = &self.secret {
            return Secret::new(secret.as_bytes()).map(Some).map_err(StorageError::Secret);
        }
        let path = self.data_dir.join(SECRET);
        let unusable = |told: String| StorageError::SecretFile { path: path.clone(), told };
        match fs::read(&path) {
            Ok(bytes) => Secret::new(bytes.trim_ascii()).map(Some).map_err(unusable),
            Err(error) if is_missing(&error) => Ok(None),
            Err(error) => Err(unusable(in_words(&error))),
        }
    }

    /// Whether a server is running here, without keeping one out for longer than a glance.
    pub(crate) fn is_locked(&self) -> bool {
        let file = File::open(self.data_dir.join(LOCK));
        file.is_ok_and(|file| matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)))
    }

    /// The file that the secret is kept in, unless it was given.
    pub(crate) fn secret_file(&self) -> Option<PathBuf> {
        self.secret.is_none().then(|| self.data_dir.join(SECRET))
    }

    fn failed(&self, source: io::Error) -> StorageError {
        StorageError::DataDir { path: self.data_dir.clone(), source }
    }
}

/// Or what should be its directory is a file.
fn is_missing(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

/// For its owner's eyes alone. Whole or not at all: it is written beside, and then given its name
/// unless someone else's has it.
fn keep(path: &Path, secret: &[u8]) -> io::Result<()> {
    let part = path.with_extension(format!("{}.part", std::process::id()));
    let mut options = OpenOptions::new();
    options.create_new(true).write(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let mut file = options.open(&part)?;
    file.write_all(secret)?;
    file.sync_all()?;
    match fs::hard_link(&part, path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
            fs::remove_file(&part)?;
            Err(error)
        }
        _ => fs::remove_file(&part),
    }
}
