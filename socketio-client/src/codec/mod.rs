//! Packets as bytes: Engine.IO v4 and Socket.IO v5, without I/O.
//!
//! Nothing in here panics or allocates more than a small multiple of its input, whatever the input is.

mod base64;
#[cfg_attr(not(feature = "binary"), path = "../without/binary.rs")]
mod binary;
#[cfg_attr(not(feature = "strict"), path = "../without/strict.rs")]
mod check;
pub mod engine;
pub(crate) mod json;
mod packet;
mod reader;

pub use base64::{decode as decode_base64, encode as encode_base64};
pub use binary::{Attachments, Binary, Decoder};
#[cfg(any(feature = "page", feature = "native"))]
pub(crate) use binary::{collecting, providing};
pub(crate) use check::OTHER_VERSION;
#[cfg(any(feature = "page", feature = "native"))]
pub(crate) use check::{is_namespace, is_reserved};
#[cfg(feature = "page")]
pub(crate) use packet::push_number;
pub use packet::{Kind, Packet, encode};
pub use reader::replace_attachments;

/// How deep a packet's JSON may nest, its argument list included. What passes here, `serde_json` reads too.
pub const MAX_DEPTH: u32 = 128;
/// How many binary attachments one received packet may announce.
pub const MAX_ATTACHMENTS: usize = 256;
/// How large one received packet may be, its attachments included.
pub const MAX_PACKET: usize = 64 << 20;

/// Why bytes from the server could not be read. The connection ends with `parse error`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ParseError {
    /// An Engine.IO packet of a type that the protocol does not have, or an empty one.
    #[error("unknown engine packet")]
    EnginePacket,
    /// The opening handshake is not what Engine.IO v4 sends.
    #[error("invalid handshake")]
    Handshake,
    /// A Socket.IO packet of a type that the protocol does not have.
    #[error("unknown packet type")]
    PacketType,
    /// The number of attachments is missing, zero or more than [`MAX_ATTACHMENTS`].
    #[error("illegal attachments")]
    Attachments,
    /// The ack id is not a number that fits.
    #[error("illegal id")]
    Id,
    /// The payload is not JSON of the shape that this packet type has, or nests too deep.
    #[error("invalid payload")]
    Payload,
    /// Text came where an attachment was due, or an attachment where none was.
    #[error("attachment out of order")]
    Order,
    /// Base64 that is not.
    #[error("invalid base64")]
    Base64,
    /// More than [`MAX_PACKET`] bytes in one packet.
    #[error("packet too large")]
    TooLarge,
}
