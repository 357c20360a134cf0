use super::CommandError;
use crate::config::Migrate;
use crate::storage;
use crate::terminal::say;
use chat::store::sqlite::BackupError;
use chat::store::transfer::transfer;

pub(super) async fn run(migrate: &Migrate) -> Result<(), CommandError> {
    let storage = &migrate.storage;
    let database = storage.database().ok_or(CommandError::NotEmbedded("migrate"))?;
    if !database.exists() {
        return Err(BackupError::Missing { path: database }.into());
    }
    storage::check(&migrate.to)?;
    let _lock = storage.lock_directory()?;
    transfer(&database, &migrate.to, |table, sum| say(&format!("{table:<16} {sum}"))).await?;
    say("PostgreSQL has everything, and each table has the same checksum there as here");
    say(&format!("{} is as it was; keep it until you are content", database.display()));
    if storage.secret.is_none() {
        let secret = storage.data_dir.join("secret");
        let secret = secret.display();
        say(&format!(
            "give each node what is in {secret} as BESEDA_SECRET, so that tokens stay good"
        ));
    }
    Ok(())
}
