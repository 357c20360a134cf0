//! What is counted: by the kernel for a process, by the clients for themselves.

pub(crate) mod cpu;
pub(crate) mod files;
pub(crate) mod latency;
pub(crate) mod memory;
