//! How often something may be done: by one person, and from one address. Each node counts for itself; where
//! there are several, what a node has let pass is counted for all of them together, too, if that can be
//! had at once.

use crate::error::Error;
use crate::meters::Meters;
use crate::people::{Address, Identity};
use async_trait::async_trait;
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use prometheus_client::metrics::counter::Counter as Refusals;
use protocol::ApiError;
use protocol::limits::{ADDRESS_SHARE, Limit, RATES, Rate};
use std::collections::HashMap;
use std::fmt;
use std::hash::Hash;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

/// The table in [`protocol::limits`], with what the house's owner has changed; `None` is no limit.
#[derive(Debug, Clone)]
pub struct Rates(HashMap<Limit, Option<Rate>>);

impl Default for Rates {
    fn default() -> Self {
        Self(RATES.into_iter().map(|(limit, _, rate)| (limit, Some(rate))).collect())
    }
}

impl Rates {
    /// Reads `NAME=COUNT/SECONDS` or `NAME=off`.
    pub fn set(&mut self, text: &str) -> Result<(), String> {
        let told = || format!("`{text}` is no limit; write it as message=50/60 or message=off");
        let (name, rate) = text.split_once('=').ok_or_else(told)?;
        let names = || RATES.map(|(_, name, _)| name).join(", ");
        let limit = RATES
            .into_iter()
            .find(|(_, known, _)| *known == name.trim())
            .ok_or_else(|| format!("there is no limit called `{name}`; there are {}", names()))?
            .0;
        let rate = match rate.trim().split_once('/') {
            None if rate.trim() == "off" => None,
            Some((count, seconds)) => Some(Rate {
                count: count.parse().ok().filter(|count| *count > 0).ok_or_else(told)?,
                seconds: seconds.parse().ok().filter(|seconds| *seconds > 0).ok_or_else(told)?,
            }),
            None => return Err(told()),
        };
        self.0.insert(limit, rate);
        Ok(())
    }

    /// No limit at all, for measuring and for tests of other things.
    pub fn none() -> Self {
        Self(RATES.into_iter().map(|(limit, _, _)| (limit, None)).collect())
    }
}

/// Counts for all nodes together.
#[async_trait]
pub trait Tally: Send + Sync {
    /// Counts one more of these; how long to wait first, which is nothing when there is one left. `None` when
    /// that can't be said soon.
    async fn take(&self, whose: &str, allowance: Allowance) -> Option<Duration>;
}

/// So many at once, and one more after each period.
#[derive(Debug, Clone, Copy)]
pub struct Allowance {
    pub burst: NonZeroU32,
    pub period: Duration,
}

pub(crate) struct Limits {
    buckets: HashMap<Limit, Bucket>,
    clock: DefaultClock,
    tally: Option<Arc<dyn Tally>>,
}

struct Bucket {
    name: &'static str,
    by_one: Counter,
    by_address: Counter,
    refusals: Refusals,
}

struct Counter {
    allowance: Allowance,
    here: DefaultKeyedRateLimiter<Key>,
}

/// Who is counted.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Key {
    Person(protocol::UserId),
    Name(String),
    Address(String),
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Person(user) => write!(f, "person:{user}"),
            Self::Name(name) => write!(f, "name:{name}"),
            Self::Address(address) => write!(f, "address:{address}"),
        }
    }
}

impl Limits {
    pub(crate) fn new(rates: &Rates, tally: Option<Arc<dyn Tally>>, meters: &Meters) -> Self {
        let buckets = RATES.into_iter().filter_map(|(limit, name, _)| {
            let rate = rates.0.get(&limit).copied().flatten()?;
            let share = if limit == Limit::Login { 1 } else { ADDRESS_SHARE };
            let (by_one, by_address) = (Counter::new(rate, 1)?, Counter::new(rate, share)?);
            let refusals = meters.limited(name);
            Some((limit, Bucket { name, by_one, by_address, refusals }))
        });
        Self { buckets: buckets.collect(), clock: DefaultClock::default(), tally }
    }

    pub(crate) async fn check(&self, limit: Limit, who: &Identity) -> Result<(), Error> {
        self.check_both(limit, &Key::Person(who.user.id), who.address).await
    }

    /// Someone who says that they bear this name.
    pub(crate) async fn check_name(&self, name: &str, address: Address) -> Result<(), Error> {
        self.check_both(Limit::Login, &Key::Name(name.to_owned()), address).await
    }

    pub(crate) async fn check_address(&self, limit: Limit, address: Address) -> Result<(), Error> {
        self.check_address_here(limit, address)?;
        let Some(bucket) = self.buckets.get(&limit) else { return Ok(()) };
        let key = Key::Address(address.to_string());
        bucket.count(self.take(bucket.name, &bucket.by_address, &key).await)
    }

    /// The same, by this node's own count. Nothing waits for it.
    pub(crate) fn check_here(&self, limit: Limit, who: &Identity) -> Result<(), Error> {
        let Some(bucket) = self.buckets.get(&limit) else { return Ok(()) };
        let key = Key::Person(who.user.id);
        bucket.count(self.take_both_here(bucket, &key, &Key::Address(who.address.to_string())))
    }

    pub(crate) fn check_address_here(&self, limit: Limit, address: Address) -> Result<(), Error> {
        let Some(bucket) = self.buckets.get(&limit) else { return Ok(()) };
        bucket.count(self.take_here(&bucket.by_address, &Key::Address(address.to_string())))
    }

    /// Whoever is refused here is refused without asking further.
    async fn check_both(&self, limit: Limit, key: &Key, address: Address) -> Result<(), Error> {
        let Some(bucket) = self.buckets.get(&limit) else { return Ok(()) };
        let address = Key::Address(address.to_string());
        bucket.count(self.take_both_here(bucket, key, &address))?;
        let Bucket { name, by_one, by_address, .. } = bucket;
        let (one, all) =
            tokio::join!(self.take(name, by_one, key), self.take(name, by_address, &address));
        bucket.count(one.and(all))
    }

    fn take_both_here(&self, bucket: &Bucket, key: &Key, address: &Key) -> Result<(), Error> {
        self.take_here(&bucket.by_one, key)?;
        self.take_here(&bucket.by_address, address)
    }

    /// From what all nodes share.
    async fn take(&self, name: &str, counter: &Counter, key: &Key) -> Result<(), Error> {
        let Some(tally) = &self.tally else { return Ok(()) };
        match tally.take(&format!("{name}:{key}"), counter.allowance).await {
            None | Some(Duration::ZERO) => Ok(()),
            Some(wait) => Err(limited(wait)),
        }
    }

    fn take_here(&self, counter: &Counter, key: &Key) -> Result<(), Error> {
        let taken = counter.here.check_key(key);
        taken.map_err(|refused| limited(refused.wait_time_from(self.clock.now())))
    }

    /// Forgets whoever has been quiet for long enough.
    pub(crate) fn tidy(&self) {
        for bucket in self.buckets.values() {
            for counter in [&bucket.by_one, &bucket.by_address] {
                counter.here.retain_recent();
                counter.here.shrink_to_fit();
            }
        }
    }

    #[cfg(test)]
    fn remembered(&self) -> usize {
        let counters =
            self.buckets.values().flat_map(|bucket| [&bucket.by_one, &bucket.by_address]);
        counters.map(|counter| counter.here.len()).sum()
    }
}

impl Bucket {
    /// A refusal is counted.
    fn count(&self, taken: Result<(), Error>) -> Result<(), Error> {
        if taken.is_err() {
            self.refusals.inc();
        }
        taken
    }
}

impl Counter {
    fn new(rate: Rate, share: u32) -> Option<Self> {
        let burst = NonZeroU32::new(rate.count.saturating_mul(share))?;
        let period = Duration::from_secs(rate.seconds.into()) / burst.get();
        let here = RateLimiter::keyed(Quota::with_period(period)?.allow_burst(burst));
        Some(Self { allowance: Allowance { burst, period }, here })
    }
}

fn limited(wait: Duration) -> Error {
    let wait = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
    ApiError::rate_limited(wait.max(1)).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_is_read_or_refused_in_words() {
        let mut rates = Rates::default();
        rates.set("message=2/60").unwrap();
        rates.set("search=off").unwrap();
        assert_eq!(rates.0[&Limit::Message], Some(Rate { count: 2, seconds: 60 }));
        assert_eq!(rates.0[&Limit::Search], None);
        assert!(rates.set("massage=1/2").unwrap_err().contains("no limit called `massage`"));
        for wrong in ["message", "message=", "message=0/1", "message=1/0", "message=a/b"] {
            assert!(rates.set(wrong).unwrap_err().contains("write it as"), "{wrong}");
        }
    }

    #[tokio::test]
    async fn a_name_is_asked_for_so_often_and_no_more() {
        let limits = Limits::new(&Rates::default(), None, &Meters::default());
        let address = Address::LOCAL;
        for _ in 0..5 {
            limits.check_name("anna", address).await.unwrap();
        }
        let error = ApiError::from(limits.check_name("anna", address).await.unwrap_err());
        assert_eq!(error.code, protocol::ErrorCode::RateLimited);
        assert!((1..=12_000).contains(&error.retry_after.unwrap()));
    }

    #[tokio::test]
    async fn the_quiet_are_forgotten() {
        let mut rates = Rates::none();
        rates.set("login=1000/1").unwrap();
        let limits = Limits::new(&rates, None, &Meters::default());
        for number in 0..500 {
            limits.check_name(&number.to_string(), Address::LOCAL).await.unwrap();
        }
        assert!(limits.remembered() > 0);
        while limits.remembered() > 0 {
            limits.tidy();
            std::thread::yield_now();
        }
    }
}
