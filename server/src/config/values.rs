//! How a setting's value is written.

use std::time::Duration;

pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let told = || format!("`{text}` is no time; write it as 500ms, 25s, 2m, 24h or 30d");
    let split = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(split);
    let number: u64 = number.parse().map_err(|_| told())?;
    let seconds = match unit {
        "ms" => return Ok(Duration::from_millis(number)),
        "s" => 1,
        "m" => 60,
        "h" => 60 * 60,
        "d" => 24 * 60 * 60,
        _ => return Err(told()),
    };
    number.checked_mul(seconds).map(Duration::from_secs).ok_or_else(told)
}

pub(super) fn size(text: &str) -> Result<usize, String> {
    let told = || format!("`{text}` is no size; write it as 64KB or 1MB");
    let split = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(split);
    let number: usize = number.parse().map_err(|_| told())?;
    let factor = match unit {
        "" | "B" => 1,
        "KB" => 1_000,
        "MB" => 1_000_000,
        _ => return Err(told()),
    };
    number.checked_mul(factor).ok_or_else(told)
}

pub(super) fn role(text: &str) -> Result<protocol::Role, String> {
    let known = protocol::Role::ALL.into_iter().rev();
    protocol::Role::from_name(text).ok_or_else(|| {
        let names: Vec<_> = known.map(protocol::Role::name).collect();
        format!("there is no role called `{text}`; there are {}", names.join(", "))
    })
}
