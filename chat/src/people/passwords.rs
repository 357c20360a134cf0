//! Hashing is slow on purpose; it happens on threads of its own, and only on so many at once.

use crate::error::Error;
use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use protocol::{ApiError, Password};
use std::sync::LazyLock;
use tokio::sync::Semaphore;

/// Each takes about 20 MB for as long as it runs.
const AT_ONCE: usize = 2;

pub(crate) struct Passwords {
    turn: Semaphore,
}

impl Default for Passwords {
    fn default() -> Self {
        Self { turn: Semaphore::new(AT_ONCE) }
    }
}

/// What a password is compared with when there is nothing to compare it with.
static NOBODYS: LazyLock<Option<String>> = LazyLock::new(|| hash("nobody's").ok());

impl Passwords {
    pub(crate) async fn hash(&self, password: &Password) -> Result<String, Error> {
        let password = password.as_str().to_owned();
        self.slowly(move || hash(&password)).await?
    }

    /// Takes as long for someone who has no password.
    pub(crate) async fn verify(&self, password: &str, hash: Option<String>) -> Result<bool, Error> {
        let password = password.to_owned();
        self.slowly(move || {
            let nobody = hash.is_none();
            let hash = hash.or_else(|| NOBODYS.clone()).unwrap_or_default();
            let verified = PasswordHash::new(&hash).is_ok_and(|hash| {
                Argon2::default().verify_password(password.as_bytes(), &hash).is_ok()
            });
            verified && !nobody
        })
        .await
    }

    async fn slowly<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Error> {
        let _turn = self.turn.acquire().await.map_err(|_| ApiError::internal())?;
        Ok(tokio::task::spawn_blocking(work).await.map_err(|_| ApiError::internal())?)
    }
}

fn hash(password: &str) -> Result<String, Error> {
    let hash = Argon2::default().hash_password(password.as_bytes());
    Ok(hash.map_err(|_| ApiError::internal())?.to_string())
}
