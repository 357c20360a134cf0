//! Days and times in a time zone, without a library: the browser knows its own zone, everything else
//! is a fixed distance from UTC.

const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Zone {
    /// Minutes east of UTC.
    Fixed(i32),
    /// The browser's own, with its summer times. On the server it is UTC.
    Browser,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Date {
    pub year: i64,
    /// 1 to 12
    pub month: u32,
    /// 1 to 31
    pub day: u32,
    /// 0 is Sunday.
    pub weekday: u32,
}

impl Zone {
    /// Days since 1970 there.
    pub fn day(self, at: i64) -> i64 {
        self.local(at).div_euclid(DAY)
    }

    /// Hour and minute.
    pub fn clock(self, at: i64) -> (u32, u32) {
        let minutes = small(self.local(at).rem_euclid(DAY) / MINUTE);
        (minutes / 60, minutes % 60)
    }

    pub fn date(self, at: i64) -> Date {
        let days = self.day(at);
        let (year, month, day) = civil(days);
        Date { year, month, day, weekday: small((days + 4).rem_euclid(7)) }
    }

    fn local(self, at: i64) -> i64 {
        let east = match self {
            Self::Fixed(east) => east,
            Self::Browser => browser(at),
        };
        at + i64::from(east) * MINUTE
    }
}

#[cfg(feature = "browser")]
fn browser(at: i64) -> i32 {
    #[allow(clippy::cast_precision_loss, reason = "a time fits into 53 bits")]
    let date = js_sys::Date::new(&(at as f64).into());
    #[allow(clippy::cast_possible_truncation, reason = "less than a day's minutes")]
    let west = date.get_timezone_offset() as i32;
    -west
}

#[cfg(not(feature = "browser"))]
fn browser(_at: i64) -> i32 {
    0
}

/// `2026-11-21T14:05:09Z`
pub fn iso(at: i64) -> String {
    let Date { year, month, day, .. } = Zone::Fixed(0).date(at);
    let (hour, minute) = Zone::Fixed(0).clock(at);
    let second = small(at.rem_euclid(MINUTE) / 1_000);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

/// The date of a day counted from 1970 (Howard Hinnant's `civil_from_days`).
fn civil(days: i64) -> (i64, u32, u32) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), small(month), small(day))
}

fn small(number: i64) -> u32 {
    u32::try_from(number).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOMENT: i64 = 1_795_269_909_123;

    #[test]
    fn a_time_is_written_as_iso_8601() {
        assert_eq!(iso(0), "1970-01-01T00:00:00Z");
        assert_eq!(iso(951_782_400_000), "2000-02-29T00:00:00Z");
        assert_eq!(iso(MOMENT), "2026-11-21T14:05:09Z");
        assert_eq!(iso(-1), "1969-12-31T23:59:59Z");
    }

    #[test]
    fn the_same_moment_is_another_day_elsewhere() {
        let date = |zone: Zone| zone.date(MOMENT);
        assert_eq!(
            date(Zone::Fixed(0)),
            Date { year: 2026, month: 11, day: 21, weekday: 6 },
            "a Saturday"
        );
        assert_eq!(date(Zone::Fixed(12 * 60)).day, 22);
        assert_eq!(Zone::Fixed(12 * 60).day(MOMENT), Zone::Fixed(0).day(MOMENT) + 1);
        assert_eq!(Zone::Fixed(-3 * 60 - 30).clock(MOMENT), (10, 35));
        assert_eq!(Zone::Fixed(0).clock(-1), (23, 59));
        assert_eq!(Zone::Fixed(0).date(-1).weekday, 3);
    }
}
