//! Two kinds of failure: the asker's ([`ApiError`], told to them as it is) and the store's (logged
//! here, told to them as `unavailable` or `internal` without its insides).

use crate::store::StoreError;
use protocol::ApiError;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Refused(#[from] ApiError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

const RETRY_AFTER_MS: u64 = 1_000;

impl From<Error> for ApiError {
    fn from(error: Error) -> Self {
        match error {
            Error::Refused(error) => error,
            Error::Store(error) => {
                if error.is_closed() {
                    tracing::debug!("asked while the store closes");
                } else {
                    tracing::error!(%error, "the store failed");
                }
                Self::unavailable(RETRY_AFTER_MS)
            }
        }
    }
}
