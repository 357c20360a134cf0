//! Processor time of a process, user and system, of all its threads: also of those that have ended.

use crate::failure::Failure;
use nix::time::ClockId;
use nix::unistd::Pid;
use std::time::Duration;

/// The kernel's clock of one process, in nanoseconds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clock(ClockId);

impl Clock {
    pub(crate) fn of(process: u32) -> Result<Self, Failure> {
        let process = i32::try_from(process).map_err(|_| nix::Error::ESRCH)?;
        Ok(Self(ClockId::pid_cpu_clock_id(Pid::from_raw(process))?))
    }

    pub(crate) fn own() -> Self {
        Self(ClockId::CLOCK_PROCESS_CPUTIME_ID)
    }

    /// Counts from here on.
    pub(crate) fn begin(self) -> Result<Spent, Failure> {
        Ok(Spent { clock: self, before: self.now()? })
    }

    pub(crate) fn now(self) -> Result<Duration, Failure> {
        Ok(self.0.now()?.into())
    }
}

pub(crate) struct Spent {
    clock: Clock,
    before: Duration,
}

impl Spent {
    pub(crate) fn so_far(&self) -> Result<Duration, Failure> {
        Ok(self.clock.now()?.saturating_sub(self.before))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;
    use std::time::Instant;

    #[test]
    fn the_time_of_another_process_is_counted() {
        let mut busy = Command::new("sh").args(["-c", "while :; do :; done"]).spawn().unwrap();
        let clock = Clock::of(busy.id()).unwrap();
        let began = Instant::now();
        while clock.now().unwrap() < Duration::from_millis(50) {
            assert!(began.elapsed() < Duration::from_secs(20), "it counts nothing");
            std::thread::yield_now();
        }
        assert!(clock.now().unwrap() <= began.elapsed() + Duration::from_millis(50));
        busy.kill().unwrap();
        busy.wait().unwrap();
    }
}
