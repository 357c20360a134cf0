//! Times on the page. The server doesn't know the reader's time zone, so the first paint is in UTC and
//! the browser, once it has taken over, shows its own.

use leptos::prelude::*;

/// Whether times are shown in the browser's zone yet.
#[derive(Clone, Copy)]
pub(crate) struct LocalTime(RwSignal<bool>);

impl LocalTime {
    pub(crate) fn provide() {
        let local = RwSignal::new(false);
        provide_context(Self(local));
        // Effects run only in the browser, and only after it has taken the page over.
        Effect::new(move || local.set(true));
    }
}

#[component]
pub(crate) fn Time(at: i64) -> impl IntoView {
    let local = use_context::<LocalTime>();
    let shown = move || match local {
        Some(LocalTime(local)) if local.get() => local_clock(at),
        _ => utc(at)[11..16].to_owned(),
    };
    let iso = utc(at);
    view! { <time datetime=iso.clone() title=iso>{shown}</time> }
}

#[cfg(feature = "browser")]
fn local_clock(at: i64) -> String {
    #[allow(clippy::cast_precision_loss, reason = "a time fits into 53 bits")]
    let date = js_sys::Date::new(&(at as f64).into());
    format!("{:02}:{:02}", date.get_hours(), date.get_minutes())
}

#[cfg(not(feature = "browser"))]
fn local_clock(at: i64) -> String {
    utc(at)[11..16].to_owned()
}

/// `2026-11-21T14:05:09Z`
fn utc(at: i64) -> String {
    let (days, seconds) = (at.div_euclid(86_400_000), at.rem_euclid(86_400_000) / 1_000);
    let (year, month, day) = civil(days);
    let (hour, minute, second) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

/// The date of a day counted from 1970 (Howard Hinnant's `civil_from_days`).
fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::utc;

    #[test]
    fn a_time_is_written_as_iso_8601() {
        assert_eq!(utc(0), "1970-01-01T00:00:00Z");
        assert_eq!(utc(951_782_400_000), "2000-02-29T00:00:00Z");
        assert_eq!(utc(1_795_269_909_123), "2026-11-21T14:05:09Z");
        assert_eq!(utc(-1), "1969-12-31T23:59:59Z");
    }
}
