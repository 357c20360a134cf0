//! The codec against its own mirror image, against arbitrary bytes, and against socketioxide's codecs.

mod engine;
mod packets;
