//! How many files may be open: each connection is one here and one in the server, which inherits the limit.

use crate::failure::Failure;
use nix::sys::resource::{Resource, getrlimit, setrlimit};

/// What a program opens besides connections.
const BESIDES: u64 = 200;

pub(crate) fn allow(connections: u64) -> Result<(), Failure> {
    let wanted = connections + BESIDES;
    let (soft, hard) = getrlimit(Resource::RLIMIT_NOFILE)?;
    if hard < wanted {
        return Err(Failure::Files { wanted, allowed: hard });
    }
    if soft < hard {
        setrlimit(Resource::RLIMIT_NOFILE, hard, hard)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_allowed_is_said() {
        allow(10).unwrap();
        let refused = allow(u64::from(u32::MAX) << 20).map_err(|error| error.to_string());
        assert!(refused.unwrap_err().contains("ulimit"));
    }
}
