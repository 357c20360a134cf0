//! Addresses of rooms: `/room/<slug>`, `/dm/<name>`, and a message in them with `?at=<seq>`.

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Address {
    Room { slug: String, at: Option<u64> },
    Direct { name: String, at: Option<u64> },
}

impl Address {
    /// Nothing, if the address isn't a room's.
    pub(crate) fn of(path: &str) -> Option<Self> {
        let path = path.split('#').next().unwrap_or_default();
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let at = match query.split_once('=') {
            None => None,
            Some(("at", at)) => Some(at.parse().ok()?),
            // Without wasm, more can be asked for.
            Some(_) => return None,
        };
        let (kind, name) = path.strip_prefix('/')?.split_once('/')?;
        let name = unescape(name)?;
        match kind {
            _ if name.is_empty() || name.contains('/') => None,
            "room" => Some(Self::Room { slug: name, at }),
            "dm" => Some(Self::Direct { name, at }),
            _ => None,
        }
    }

    #[cfg(feature = "browser")]
    pub(crate) fn at(&self) -> Option<u64> {
        match self {
            Self::Room { at, .. } | Self::Direct { at, .. } => *at,
        }
    }
}

pub(crate) fn escape(text: &str) -> String {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let mut escaped = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            escaped.push(char::from(byte));
        } else {
            escaped.push('%');
            escaped.push(char::from(HEX[usize::from(byte >> 4)]));
            escaped.push(char::from(HEX[usize::from(byte & 15)]));
        }
    }
    escaped
}

fn unescape(text: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        if byte == b'%' {
            let hex = std::str::from_utf8(after.get(..2)?).ok()?;
            bytes.push(u8::from_str_radix(hex, 16).ok()?);
            rest = &after[2..];
        } else {
            bytes.push(byte);
            rest = after;
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rooms_address_is_read_back() {
        for name in ["general", "по-русски", "a b", "100%", "闲聊", "x&y=z?#"] {
            let path = format!("/room/{}", escape(name));
            assert_eq!(Address::of(&path), Some(Address::Room { slug: name.into(), at: None }));
            let path = format!("/dm/{}?at=17#m-17", escape(name));
            assert_eq!(
                Address::of(&path),
                Some(Address::Direct { name: name.into(), at: Some(17) })
            );
        }
    }

    #[test]
    fn everything_else_is_a_page_of_its_own() {
        for path in [
            "",
            "/",
            "/settings",
            "/room",
            "/room/",
            "/room/a/people",
            "/room/%2",
            "/room/%FF",
            "room/a",
            "/room/a?edit=1",
            "/room/a?at=x",
            "//evil/room/a",
        ] {
            assert_eq!(Address::of(path), None, "{path}");
        }
    }
}
