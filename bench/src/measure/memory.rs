//! Memory of a process that is in RAM. The kernel's buffers of its sockets are not in it.

use crate::failure::Failure;
use std::fs;

/// In bytes.
pub(crate) fn resident(process: u32) -> Result<u64, Failure> {
    let status = fs::read_to_string(format!("/proc/{process}/status"))
        .map_err(Failure::io("reading a process' memory"))?;
    read(&status).ok_or(Failure::Gone)
}

/// A process that has ended has a status, and no memory.
fn read(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kilobytes * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resident_memory_is_read() {
        assert!(resident(std::process::id()).unwrap() > 1 << 20);
        assert_eq!(read("Name:\tx\nVmRSS:\t    2048 kB\n"), Some(2 << 20));
        assert_eq!(read("Name:\tx\nState:\tZ (zombie)\n"), None);
        assert_eq!(read("VmRSS:\tmuch\n"), None);
    }
}
