//! How often something may be done: by one person, and from one address.

use crate::error::Error;
use crate::people::{Address, Identity};
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use protocol::ApiError;
use protocol::limits::{ADDRESS_SHARE, Limit, RATES, Rate};
use std::collections::HashMap;
use std::hash::Hash;
use std::num::NonZeroU32;
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

pub(crate) struct Limits {
    buckets: HashMap<Limit, Bucket>,
    clock: DefaultClock,
}

struct Bucket {
    by_one: DefaultKeyedRateLimiter<Key>,
    by_address: DefaultKeyedRateLimiter<Key>,
}

/// Who is counted.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Key {
    Person(protocol::UserId),
    Name(String),
    Address(String),
}

impl Limits {
    pub(crate) fn new(rates: &Rates) -> Self {
        let buckets = rates.0.iter().filter_map(|(limit, rate)| {
            let rate = (*rate)?;
            let share = if *limit == Limit::Login { 1 } else { ADDRESS_SHARE };
            let by_one = RateLimiter::keyed(quota(rate, 1)?);
            let by_address = RateLimiter::keyed(quota(rate, share)?);
            Some((*limit, Bucket { by_one, by_address }))
        });
        Self { buckets: buckets.collect(), clock: DefaultClock::default() }
    }

    pub(crate) fn check(&self, limit: Limit, who: &Identity) -> Result<(), Error> {
        self.check_both(limit, &Key::Person(who.user.id), who.address)
    }

    /// Someone who says that they bear this name.
    pub(crate) fn check_name(&self, name: &str, address: Address) -> Result<(), Error> {
        self.check_both(Limit::Login, &Key::Name(name.to_owned()), address)
    }

    pub(crate) fn check_address(&self, limit: Limit, address: Address) -> Result<(), Error> {
        let Some(bucket) = self.buckets.get(&limit) else { return Ok(()) };
        self.take(&bucket.by_address, &Key::Address(address.to_string()))
    }

    fn check_both(&self, limit: Limit, key: &Key, address: Address) -> Result<(), Error> {
        let Some(bucket) = self.buckets.get(&limit) else { return Ok(()) };
        self.take(&bucket.by_one, key)?;
        self.take(&bucket.by_address, &Key::Address(address.to_string()))
    }

    fn take(&self, limiter: &DefaultKeyedRateLimiter<Key>, key: &Key) -> Result<(), Error> {
        limiter.check_key(key).map_err(|refused| {
            let wait = refused.wait_time_from(self.clock.now());
            let wait = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
            ApiError::rate_limited(wait.max(1)).into()
        })
    }

    /// Forgets whoever has been quiet for long enough.
    pub(crate) fn tidy(&self) {
        for bucket in self.buckets.values() {
            for limiter in [&bucket.by_one, &bucket.by_address] {
                limiter.retain_recent();
                limiter.shrink_to_fit();
            }
        }
    }

    #[cfg(test)]
    fn remembered(&self) -> usize {
        self.buckets.values().map(|bucket| bucket.by_one.len() + bucket.by_address.len()).sum()
    }
}

fn quota(rate: Rate, share: u32) -> Option<Quota> {
    let burst = NonZeroU32::new(rate.count.saturating_mul(share))?;
    Some(
        Quota::with_period(Duration::from_secs(rate.seconds.into()) / burst.get())?
            .allow_burst(burst),
    )
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

    #[test]
    fn a_name_is_asked_for_so_often_and_no_more() {
        let limits = Limits::new(&Rates::default());
        let address = Address::LOCAL;
        for _ in 0..5 {
            limits.check_name("anna", address).unwrap();
        }
        let error = ApiError::from(limits.check_name("anna", address).unwrap_err());
        assert_eq!(error.code, protocol::ErrorCode::RateLimited);
        assert!((1..=12_000).contains(&error.retry_after.unwrap()));
    }

    #[test]
    fn the_quiet_are_forgotten() {
        let mut rates = Rates::none();
        rates.set("login=1000/1").unwrap();
        let limits = Limits::new(&rates);
        for number in 0..500 {
            limits.check_name(&number.to_string(), Address::LOCAL).unwrap();
        }
        assert!(limits.remembered() > 0);
        while limits.remembered() > 0 {
            limits.tidy();
            std::thread::yield_now();
        }
    }
}
