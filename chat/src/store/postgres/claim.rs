//! Which nodes may use the database at once: one alone, or several that hear of each other.

use super::Postgres;
use crate::store::OpenError;
use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection as _, PgConnection};
use std::str::FromStr;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::{Instant, interval, sleep, timeout};

/// The number is arbitrary, and Beseda's alone.
pub(super) const USING: i64 = 0x6265_7365_6462;
/// What a node held that was killed is given back a little later.
const PATIENCE: Duration = Duration::from_secs(5);
const AGAIN_AFTER: Duration = Duration::from_millis(250);
/// A connection that broke is noticed after so long, and the claim made again.
const LOOK_EVERY: Duration = Duration::from_secs(5);
const ANSWER_WITHIN: Duration = Duration::from_secs(5);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Company {
    /// No other node.
    Alone,
    /// Other nodes that hear of this one, and it of them.
    Joined,
}

/// Holds as long as this is kept.
pub struct Claim {
    _task: JoinSet<()>,
}

impl Postgres {
    pub async fn claim(url: &str, company: Company) -> Result<Claim, OpenError> {
        let options = PgConnectOptions::from_str(url).map_err(OpenError::Postgres)?;
        let options = options.application_name("beseda");
        let begun = Instant::now();
        loop {
            if let Some(connection) = take(&options, company).await.map_err(OpenError::Postgres)? {
                let mut task = JoinSet::new();
                task.spawn(hold(connection, options, company));
                return Ok(Claim { _task: task });
            }
            if begun.elapsed() >= PATIENCE {
                return Err(match company {
                    Company::Alone => OpenError::InUse,
                    Company::Joined => OpenError::InUseAlone,
                });
            }
            sleep(AGAIN_AFTER).await;
        }
    }
}

async fn take(
    options: &PgConnectOptions,
    company: Company,
) -> Result<Option<PgConnection>, sqlx::Error> {
    let lock = match company {
        Company::Alone => "SELECT pg_try_advisory_lock($1)",
        Company::Joined => "SELECT pg_try_advisory_lock_shared($1)",
    };
    let mut connection = PgConnection::connect_with(options).await?;
    let taken = sqlx::query_scalar(lock).bind(USING).fetch_one(&mut connection).await?;
    Ok(if taken { Some(connection) } else { None })
}

async fn hold(connection: PgConnection, options: PgConnectOptions, company: Company) {
    let mut held = Some(connection);
    let mut looks = interval(LOOK_EVERY);
    loop {
        looks.tick().await;
        held = match held {
            Some(mut connection) => {
                let answer = timeout(ANSWER_WITHIN, connection.ping()).await;
                matches!(answer, Ok(Ok(()))).then_some(connection)
            }
            None => match timeout(ANSWER_WITHIN, take(&options, company)).await {
                Ok(Ok(Some(connection))) => Some(connection),
                Ok(Ok(None)) => {
                    tracing::error!("another node has begun to use the database meanwhile");
                    None
                }
                // It is away for everyone.
                Ok(Err(_)) | Err(_) => None,
            },
        };
    }
}
