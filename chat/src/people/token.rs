//! What proves a session. A browser holds a secret of which the database keeps only the hash: who
//! reads the database can't sign in with what is there. A program holds a signed token (a JWT) that
//! names its session.

use super::signer::Claims;
use sha2::{Digest, Sha256};
use std::fmt::{self, Write as _};

#[derive(Clone)]
pub struct Token(String);

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct TokenHash(pub(crate) [u8; 32]);

impl Token {
    pub(crate) fn random() -> Result<Self, getrandom::Error> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes)?;
        let hex = bytes.iter().fold(String::with_capacity(64), |mut hex, byte| {
            // Writing to a String can't fail.
            let _ = write!(hex, "{byte:02x}");
            hex
        });
        Ok(Self(hex))
    }

    pub fn from_text(text: &str) -> Self {
        Self(text.to_owned())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn is_signed(&self) -> bool {
        self.0.contains(Claims::SEPARATOR)
    }

    pub(crate) fn hash(&self) -> TokenHash {
        TokenHash(Sha256::digest(self.0.as_bytes()).into())
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}
