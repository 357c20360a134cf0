//! The real server, in this process on port 0, or as the program `beseda`.

mod house;
mod pages;
mod program;
mod sockets;
