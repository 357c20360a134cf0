//! Limits that hold for all nodes together, counted in Redis. Whoever asks waits for that, so it is only asked
//! while it answers at once.

use super::connection::Redis;
use async_trait::async_trait;
use chat::limits::{Allowance, Tally};
use redis::Script;
// A std lock: it is held for an assignment and never across an await.
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::{Instant, timeout};

const ANSWER_WITHIN: Duration = Duration::from_millis(50);
/// After an answer that came too late, or none.
const ASK_AGAIN_AFTER: Duration = Duration::from_secs(1);

pub(super) struct Counters {
    redis: Arc<Redis>,
    script: Script,
    quiet_until: Mutex<Instant>,
}

impl Counters {
    pub(super) fn new(redis: Arc<Redis>) -> Self {
        let script = Script::new(include_str!("take.lua"));
        Self { redis, script, quiet_until: Mutex::new(Instant::now()) }
    }

    async fn ask(&self, whose: &str, allowance: Allowance) -> Option<Duration> {
        let mut script = self.script.key(format!("beseda:limit:{whose}"));
        let period = u64::try_from(allowance.period.as_micros()).unwrap_or(u64::MAX);
        script.arg(period).arg(allowance.burst.get());
        let asking = timeout(ANSWER_WITHIN, self.redis.run_script::<u64>(&script));
        asking.await.ok()?.ok().map(Duration::from_millis)
    }
}

#[async_trait]
impl Tally for Counters {
    async fn take(&self, whose: &str, allowance: Allowance) -> Option<Duration> {
        let quiet = || self.quiet_until.lock().unwrap_or_else(PoisonError::into_inner);
        if Instant::now() < *quiet() {
            return None;
        }
        let answer = self.ask(whose, allowance).await;
        if answer.is_none() {
            *quiet() = Instant::now() + ASK_AGAIN_AFTER;
        }
        answer
    }
}
