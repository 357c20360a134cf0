//! Whether clocks agree. Beseda goes on when they don't, but times on messages, sessions and tokens are theirs.

use super::finding::{About, Finding};
use jiff::{Timestamp, Zoned};
use std::time::{Duration, SystemTime};

const ABOUT: About = About::Clock;
const REMEDY: &str = "have both set by NTP (timedatectl set-ntp true)";
/// Times that the eye sees.
const NOTICEABLE: Duration = Duration::from_secs(5);
/// Tokens and sessions end early or late.
const WRONG: Duration = Duration::from_mins(5);

/// Neither before this program was written nor in a time that no one alive today sees.
const YEARS: std::ops::Range<i16> = 2026..2100;

pub(super) fn look() -> Finding {
    let now = Zoned::now();
    let told = format!("it is {}", Timestamp::now().strftime("%Y-%m-%d %H:%M:%S UTC"));
    if YEARS.contains(&now.year()) {
        ABOUT.ok(told)
    } else {
        ABOUT.problem(format!("{told}, says this machine"), "set its clock")
    }
}

pub(super) fn compare(whose: &str, theirs: SystemTime, ours: SystemTime) -> Finding {
    let (apart, word) = match theirs.duration_since(ours) {
        Ok(ahead) => (ahead, "ahead of"),
        Err(behind) => (behind.duration(), "behind"),
    };
    let told = format!("the clock of {whose} is {apart:.1?} {word} this machine's");
    match apart {
        apart if apart >= WRONG => ABOUT.problem(told, REMEDY),
        apart if apart >= NOTICEABLE => ABOUT.note(told, REMEDY),
        _ => ABOUT.ok(format!("the clock of {whose} agrees with this machine's")),
    }
}

#[cfg(test)]
mod tests {
    use super::super::finding::Verdict;
    use super::*;

    #[test]
    fn what_is_far_apart_is_told() {
        let ours = SystemTime::now();
        let off = |seconds| Duration::from_secs(seconds);
        let verdict = |theirs| compare("Redis", theirs, ours).verdict;
        assert_eq!(verdict(ours + off(1)), Verdict::Ok);
        assert_eq!(verdict(ours - off(1)), Verdict::Ok);
        assert_eq!(verdict(ours - off(40)), Verdict::Note);
        assert_eq!(verdict(ours + off(3_600)), Verdict::Problem);
        assert_eq!(look().verdict, Verdict::Ok);
        let told = compare("Redis", ours - off(40), ours).to_string();
        assert!(told.contains("the clock of Redis is 40.0s behind this machine's"), "{told}");
    }
}
