//! A forger of tokens: what a program could send that has the secret, or hasn't.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

pub(crate) const HS256: &str = r#"{"alg":"HS256","typ":"JWT"}"#;

pub(crate) fn forge(header: &str, claims: &serde_json::Value, secret: &str) -> String {
    let signed = format!("{}.{}", encode(header.as_bytes()), encode(claims.to_string().as_bytes()));
    let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    let signature = mac.chain_update(&signed).finalize().into_bytes();
    format!("{signed}.{}", encode(&signature))
}

/// What a token claims.
pub(crate) fn claims(token: &str) -> serde_json::Value {
    serde_json::from_slice(&decode(token.split('.').nth(1).unwrap())).unwrap()
}

const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

fn encode(bytes: &[u8]) -> String {
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let group = (0..3).fold(0_usize, |group, at| {
            group << 8 | usize::from(chunk.get(at).copied().unwrap_or_default())
        });
        for place in 0..=chunk.len() {
            text.push(char::from(DIGITS[group >> (18 - 6 * place) & 63]));
        }
    }
    text
}

fn decode(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let (mut group, mut bits) = (0_usize, 0);
    for digit in text.bytes() {
        group = group << 6 | DIGITS.iter().position(|known| *known == digit).unwrap();
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from(group >> bits & 255).unwrap());
        }
    }
    bytes
}
