//! A copy of the database while it is in use, and the way back.

use super::{OpenError, known_version, make_private, reading};
use sqlx::Connection as _;
use sqlx::sqlite::SqliteConnection;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    #[error("there is no database at {}", path.display())]
    Missing { path: PathBuf },
    #[error("{} exists already; choose another name, or move it away", path.display())]
    Exists { path: PathBuf },
    #[error("{} is no intact Beseda database: {told}", path.display())]
    Broken { path: PathBuf, told: String },
    #[error("can't copy {}: {source}", path.display())]
    Copy { path: PathBuf, source: io::Error },
    #[error(transparent)]
    Open(#[from] OpenError),
}

/// Copies the database into a new file. The copy is as of one moment, whoever writes meanwhile, and is
/// on the disk when this returns.
pub async fn backup(database: &Path, to: &Path) -> Result<(), BackupError> {
    if !database.exists() {
        return Err(BackupError::Missing { path: database.to_owned() });
    }
    if to.exists() {
        return Err(BackupError::Exists { path: to.to_owned() });
    }
    let part = beside(to, "part");
    let copied = |source| BackupError::Copy { path: to.to_owned(), source };
    remove(&part).map_err(copied)?;
    // SQLite copies into an empty file as into none.
    make_private(&part).map_err(copied)?;
    let failed = |source| OpenError::Database { path: database.to_owned(), source };
    let mut connection =
        SqliteConnection::connect_with(&reading(database)).await.map_err(failed)?;
    let copy = sqlx::query("VACUUM INTO $1").bind(part.to_string_lossy().into_owned());
    copy.execute(&mut connection).await.map_err(failed)?;
    connection.close().await.map_err(failed)?;
    File::open(&part).and_then(|file| file.sync_all()).map_err(copied)?;
    fs::rename(&part, to).and_then(|()| sync_directory(to)).map_err(copied)
}

/// Puts a backup where the database is. What was there is kept beside it, under the name that is
/// returned. No server may be running.
pub async fn restore(from: &Path, database: &Path) -> Result<Option<PathBuf>, BackupError> {
    check(from).await?;
    let copied = |source| BackupError::Copy { path: from.to_owned(), source };
    let part = beside(database, "part");
    fs::copy(from, &part).map_err(copied)?;
    give_to_owner_of_directory(&part).map_err(copied)?;
    File::open(&part).and_then(|file| file.sync_all()).map_err(copied)?;
    let kept = if database.exists() { Some(free_name(database)) } else { None };
    if let Some(kept) = &kept {
        // Its log goes with it: it holds what was written last.
        for log in ["-wal", "-shm"] {
            let (from, to) = (with_suffix(database, log), with_suffix(kept, log));
            if from.exists() {
                fs::rename(from, to).map_err(copied)?;
            }
        }
        fs::rename(database, kept).map_err(copied)?;
    }
    fs::rename(&part, database).and_then(|()| sync_directory(database)).map_err(copied)?;
    Ok(kept)
}

async fn check(path: &Path) -> Result<(), BackupError> {
    if !path.exists() {
        return Err(BackupError::Missing { path: path.to_owned() });
    }
    let broken = |told: String| BackupError::Broken { path: path.to_owned(), told };
    // A backup has no log, and reading it must not make one.
    let options = reading(path).immutable(true);
    let mut connection = SqliteConnection::connect_with(&options)
        .await
        .map_err(|error| broken(error.to_string()))?;
    let told: String = sqlx::query_scalar("PRAGMA integrity_check(1)")
        .fetch_one(&mut connection)
        .await
        .map_err(|error| broken(error.to_string()))?;
    if told != "ok" {
        return Err(broken(told));
    }
    let found: i64 = sqlx::query_scalar("PRAGMA user_version")
        .fetch_one(&mut connection)
        .await
        .map_err(|error| broken(error.to_string()))?;
    let known = known_version();
    match found {
        1.. if found <= known => Ok(()),
        1.. => Err(OpenError::Newer { place: path.display().to_string(), found, known }.into()),
        _ => Err(broken("it holds no tables of Beseda".to_owned())),
    }
}

/// Whoever restores as root would leave a file that the server can't write.
fn give_to_owner_of_directory(file: &Path) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::{MetadataExt, chown};
        let (directory, ours) = (fs::metadata(directory_of(file))?, fs::metadata(file)?);
        if directory.uid() != ours.uid() {
            chown(file, Some(directory.uid()), Some(directory.gid()))?;
        }
    }
    Ok(())
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.to_owned().into_os_string();
    name.push(suffix);
    name.into()
}

fn beside(path: &Path, word: &str) -> PathBuf {
    with_suffix(path, &format!(".{word}"))
}

/// `beseda.sqlite.before-restore`, `….before-restore-2`, …
fn free_name(database: &Path) -> PathBuf {
    let first = beside(database, "before-restore");
    let more = (2..).map(|number: u32| beside(database, &format!("before-restore-{number}")));
    std::iter::once(first.clone()).chain(more).find(|path| !path.exists()).unwrap_or(first)
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// A rename is on the disk when its directory is.
fn sync_directory(of: &Path) -> io::Result<()> {
    File::open(directory_of(of))?.sync_all()
}

fn directory_of(file: &Path) -> &Path {
    file.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}
