//! Standard base64 with padding, as Engine.IO's polling payloads carry binary.

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Appends `bytes` as base64.
pub fn encode(bytes: &[u8], out: &mut String) {
    for chunk in bytes.chunks(3) {
        let mut word = 0_u32;
        for at in 0..3 {
            word = word << 8 | u32::from(chunk.get(at).copied().unwrap_or(0));
        }
        for at in 0..4 {
            let sextet = (word >> (18 - 6 * at)) & 63;
            out.push(if at > chunk.len() { '=' } else { ALPHABET[sextet as usize] as char });
        }
    }
}

/// Reads base64; `None` when it is not. Missing padding is forgiven, as browsers do, wrong padding is not.
pub fn decode(text: &str) -> Option<Vec<u8>> {
    let whole = text.len();
    let text = text.trim_end_matches('=');
    let padding = whole - text.len();
    if text.len() % 4 == 1 || padding > 2 || padding > 0 && !whole.is_multiple_of(4) {
        return None;
    }
    let mut out = Vec::with_capacity(text.len() / 4 * 3 + 2);
    let mut word = 0_u32;
    let mut bits = 0;
    // Only the lowest byte of each shift is wanted.
    #[allow(clippy::cast_possible_truncation)]
    for byte in text.bytes() {
        word = word << 6 | u32::from(sextet(byte)?);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            out.push((word >> bits) as u8);
        }
    }
    Some(out)
}

fn sextet(byte: u8) -> Option<u8> {
    Some(match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_length_comes_back() {
        let bytes: Vec<u8> = (0..=255).collect();
        for end in 0..bytes.len() {
            let mut text = String::new();
            encode(&bytes[..end], &mut text);
            assert_eq!(text.len() % 4, 0);
            assert_eq!(decode(&text).as_deref(), Some(&bytes[..end]));
        }
    }

    #[test]
    fn what_is_not_base64_is_refused() {
        for text in ["A", "A===", "AA=", "AAAA==", "====", "AA*A", "AAAA\n", "АБВГ"] {
            assert_eq!(decode(text), None, "{text}");
        }
    }
}
