//! The interface of the `sio` command, line by line.

mod hostile;
mod machine;
mod people;
mod support;
