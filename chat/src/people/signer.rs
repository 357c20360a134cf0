//! The tokens of programs: JWTs signed with HMAC-SHA-256, and with nothing else.

use hmac::{Hmac, KeyInit, Mac};
use jsonwebtoken::crypto::{CryptoProvider, JwtSigner, JwtVerifier, KeyUtils};
use jsonwebtoken::errors::{ErrorKind, Result};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use protocol::{SessionId, UserId};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use std::fmt;

/// The key, known to every node of one house and to no one else.
#[derive(Clone)]
pub struct Secret(Vec<u8>);

/// Shorter ones can be guessed.
const SECRET_BYTES: usize = 32;

impl Secret {
    pub fn new(bytes: impl Into<Vec<u8>>) -> std::result::Result<Self, String> {
        let bytes = bytes.into();
        if bytes.len() < SECRET_BYTES {
            return Err(format!("the secret needs at least {SECRET_BYTES} characters"));
        }
        Ok(Self(bytes))
    }

    pub fn random() -> std::result::Result<Self, getrandom::Error> {
        super::Token::random().map(|token| Self(token.as_str().as_bytes().to_vec()))
    }

    /// Tells whether two nodes have the same secret, and nothing else about it.
    pub fn fingerprint(&self) -> String {
        let mac = Hmac::<Sha256>::new_from_slice(&self.0).map(|mac| mac.chain_update("node"));
        let bytes = mac.map(|mac| mac.finalize().into_bytes().to_vec()).unwrap_or_default();
        bytes.iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"))
    }

    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Shows until then (Unix seconds) that whoever wrote it has the secret. It opens nothing of anyone's.
    pub fn pass(&self, until: i64) -> Option<String> {
        Signer::new(self).write(&Pass { pass: Purpose::Doctor, exp: until })
    }

    /// Whether it is a [`Self::pass`] that is good now.
    pub fn admits(&self, pass: &str) -> bool {
        Signer::new(self).parse::<Pass>(pass).is_some()
    }
}

/// No token is one, and it is no token: each lacks what the other must have.
#[derive(Debug, Serialize, Deserialize)]
struct Pass {
    pass: Purpose,
    exp: i64,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Purpose {
    Doctor,
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Claims {
    pub(crate) sub: UserId,
    pub(crate) sid: SessionId,
    /// Unix seconds, as the standard has it.
    pub(crate) iat: i64,
    pub(crate) exp: i64,
}

impl Claims {
    pub(crate) const SEPARATOR: char = '.';
}

pub(crate) struct Signer {
    signing: EncodingKey,
    reading: DecodingKey,
    rules: Validation,
}

impl Signer {
    pub(crate) fn new(secret: &Secret) -> Self {
        // An error means that it is installed already.
        let _ = PROVIDER.install_default();
        let mut rules = Validation::new(Algorithm::HS256);
        rules.leeway = 0;
        Self {
            signing: EncodingKey::from_secret(&secret.0),
            reading: DecodingKey::from_secret(&secret.0),
            rules,
        }
    }

    pub(crate) fn sign(&self, claims: &Claims) -> Option<String> {
        self.write(claims)
    }

    /// `None` for whatever isn't ours, or is no longer.
    pub(crate) fn read(&self, token: &str) -> Option<Claims> {
        self.parse(token)
    }

    fn write(&self, claims: &impl Serialize) -> Option<String> {
        encode(&Header::new(Algorithm::HS256), claims, &self.signing).ok()
    }

    fn parse<T: DeserializeOwned>(&self, token: &str) -> Option<T> {
        decode(token, &self.reading, &self.rules).ok().map(|token| token.claims)
    }
}

/// The crate's own providers bring RSA and elliptic curves along.
static PROVIDER: CryptoProvider = CryptoProvider {
    signer_factory: |algorithm, key| Ok(Box::new(Hs256::new(*algorithm, key.as_bytes())?)),
    verifier_factory: |algorithm, key| {
        Ok(Box::new(Hs256::new(*algorithm, key.try_get_as_bytes()?)?))
    },
    key_utils: KeyUtils::new_unimplemented(),
};

struct Hs256(Hmac<Sha256>);

impl Hs256 {
    fn new(algorithm: Algorithm, key: &[u8]) -> Result<Self> {
        match algorithm {
            Algorithm::HS256 => {
                Hmac::new_from_slice(key).map(Self).map_err(|_| ErrorKind::InvalidKeyFormat.into())
            }
            _ => Err(ErrorKind::InvalidAlgorithm.into()),
        }
    }
}

impl signature::Signer<Vec<u8>> for Hs256 {
    fn try_sign(&self, message: &[u8]) -> std::result::Result<Vec<u8>, signature::Error> {
        Ok(self.0.clone().chain_update(message).finalize().into_bytes().to_vec())
    }
}

impl signature::Verifier<Vec<u8>> for Hs256 {
    fn verify(
        &self,
        message: &[u8],
        signature: &Vec<u8>,
    ) -> std::result::Result<(), signature::Error> {
        // In constant time.
        let mac = self.0.clone().chain_update(message);
        mac.verify_slice(signature).map_err(|_| signature::Error::new())
    }
}

impl JwtSigner for Hs256 {
    fn algorithm(&self) -> Algorithm {
        Algorithm::HS256
    }
}

impl JwtVerifier for Hs256 {
    fn algorithm(&self) -> Algorithm {
        Algorithm::HS256
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn signer(secret: &str) -> Signer {
        Signer::new(&Secret::new(secret).unwrap())
    }

    fn claims(exp: i64) -> Claims {
        Claims { sub: UserId(Uuid::nil()), sid: SessionId(Uuid::max()), iat: 0, exp }
    }

    const FAR: i64 = 32_503_680_000;

    #[test]
    fn a_token_is_read_by_whoever_has_the_secret() {
        let signer = signer("0123456789abcdef0123456789abcdef");
        let token = signer.sign(&claims(FAR)).unwrap();
        assert_eq!(signer.read(&token).unwrap().sid, SessionId(Uuid::max()));
        let other = super::tests::signer("another secret, as long as it must be");
        assert!(other.read(&token).is_none());
    }

    #[test]
    fn what_was_tampered_with_or_has_expired_or_is_unsigned_is_no_token() {
        let signer = signer("0123456789abcdef0123456789abcdef");
        let token = signer.sign(&claims(FAR)).unwrap();
        let (body, signature) = token.rsplit_once('.').unwrap();
        let (header, claims_part) = body.split_once('.').unwrap();
        let other = signer.sign(&claims(FAR - 1)).unwrap();
        let others_claims = other.split('.').nth(1).unwrap();
        // {"alg":"none","typ":"JWT"}
        let none = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0";
        for wrong in [
            format!("{header}.{others_claims}.{signature}"),
            format!("{none}.{claims_part}."),
            format!("{none}.{claims_part}.{signature}"),
            format!("{header}.{claims_part}."),
            signer.sign(&claims(1)).unwrap(),
            String::new(),
            "..".to_owned(),
        ] {
            assert!(signer.read(&wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn a_pass_shows_the_secret_for_a_while_and_is_no_token() {
        let secret = Secret::new("0123456789abcdef0123456789abcdef").unwrap();
        let other = Secret::new("another secret, as long as it must be").unwrap();
        let pass = secret.pass(FAR).unwrap();
        assert!(secret.admits(&pass) && !other.admits(&pass));
        assert!(!secret.admits(&secret.pass(1).unwrap()), "its time is over");
        let signer = signer("0123456789abcdef0123456789abcdef");
        assert!(signer.read(&pass).is_none());
        assert!(!secret.admits(&signer.sign(&claims(FAR)).unwrap()));
    }

    #[test]
    fn a_short_secret_is_refused() {
        assert!(Secret::new("short").is_err());
    }
}
