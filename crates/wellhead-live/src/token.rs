//! What the server signs into a page, so that it can believe what comes back.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use serde::{Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};

/// How long a key has to be, in bytes: as long as what SHA-256 gives.
pub const KEY_LENGTH: usize = 32;

/// Signs, and tells what was signed.
///
/// A token is three parts with dots between: the expiry in seconds since 1970, what was signed as JSON, and an HMAC-SHA256 of both and
/// of what the token is for. The first key signs; older ones are still believed, so keys can be changed while pages are open.
///
/// ```
/// use std::time::Duration;
/// use wellhead_live::{Signer, TokenError};
///
/// let old = Signer::new([1; 32]);
/// let token = old.sign("mount", &"counter", Duration::from_secs(60));
/// let new = Signer::new([2; 32]).with_older([1; 32]);
/// assert_eq!(new.verify::<String>("mount", &token)?, "counter");
/// assert_eq!(new.verify::<String>("session", &token), Err(TokenError::Forged));
/// # Ok::<(), TokenError>(())
/// ```
#[derive(Clone)]
pub struct Signer {
    /// The newest first.
    keys: Vec<Hmac<Sha256>>,
}

/// Why a token is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TokenError {
    /// It was not signed with one of the keys, or for something else, or it was changed.
    #[error("the token is not one of this server")]
    Forged,
    /// Its time is over.
    #[error("the token has expired")]
    Expired,
}

impl Signer {
    /// Signs with this key. Whoever knows it can make tokens.
    #[must_use]
    pub fn new(key: [u8; KEY_LENGTH]) -> Self {
        Self {
            keys: vec![keyed(&key)],
        }
    }

    /// Signs with a key that is made of a text. Whoever knows the text can make tokens.
    #[must_use]
    pub fn of_secret(secret: &str) -> Self {
        Self::new(key_of(secret))
    }

    /// Signs with a key that nobody else knows, so tokens are worth nothing after a restart.
    ///
    /// # Panics
    ///
    /// If the system has no random numbers.
    #[must_use]
    pub fn random() -> Self {
        let mut key = [0; KEY_LENGTH];
        getrandom::fill(&mut key).expect("the system gives random numbers");
        Self::new(key)
    }

    /// Believes tokens that an older key has signed, too.
    #[must_use]
    pub fn with_older(mut self, key: [u8; KEY_LENGTH]) -> Self {
        self.keys.push(keyed(&key));
        self
    }

    /// Believes tokens of an older secret, too.
    #[must_use]
    pub fn with_older_secret(self, secret: &str) -> Self {
        self.with_older(key_of(secret))
    }

    /// A token that says `value`, for one purpose and for some time.
    ///
    /// # Panics
    ///
    /// If `value` cannot be JSON.
    #[must_use]
    pub fn sign(&self, purpose: &str, value: &impl Serialize, lasts: Duration) -> String {
        let expires = now().saturating_add(lasts.as_secs());
        let value = serde_json::to_vec(value).expect("what is signed can be JSON");
        let mut token = format!("{expires}.{}", URL_SAFE_NO_PAD.encode(value));
        let mac = mac(&self.keys[0], purpose, &token).finalize();
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(mac.into_bytes(), &mut token);
        token
    }

    /// What a token says.
    ///
    /// # Errors
    ///
    /// [`TokenError`]
    pub fn verify<T: DeserializeOwned>(&self, purpose: &str, token: &str) -> Result<T, TokenError> {
        let (signed, code) = token.rsplit_once('.').ok_or(TokenError::Forged)?;
        let code = URL_SAFE_NO_PAD
            .decode(code)
            .map_err(|_| TokenError::Forged)?;
        let believed = self
            .keys
            .iter()
            .any(|key| mac(key, purpose, signed).verify_slice(&code).is_ok());
        if !believed {
            return Err(TokenError::Forged);
        }
        let (expires, value) = signed.split_once('.').ok_or(TokenError::Forged)?;
        if expires.parse::<u64>().map_err(|_| TokenError::Forged)? <= now() {
            return Err(TokenError::Expired);
        }
        let value = URL_SAFE_NO_PAD
            .decode(value)
            .map_err(|_| TokenError::Forged)?;
        serde_json::from_slice(&value).map_err(|_| TokenError::Forged)
    }
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Signer({} keys)", self.keys.len())
    }
}

fn key_of(secret: &str) -> [u8; KEY_LENGTH] {
    // The prefix keeps the key apart from what else an app may make of the same text.
    let mut hash = Sha256::new();
    hash.update(b"wellhead live pages\0");
    hash.update(secret.as_bytes());
    hash.finalize().into()
}

fn keyed(key: &[u8]) -> Hmac<Sha256> {
    Hmac::new_from_slice(key).expect("HMAC takes keys of any length")
}

fn mac(key: &Hmac<Sha256>, purpose: &str, signed: &str) -> Hmac<Sha256> {
    let mut mac = key.clone();
    mac.update(purpose.as_bytes());
    // No purpose contains this, so none is the beginning of another.
    mac.update(&[0]);
    mac.update(signed.as_bytes());
    mac
}

fn now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs())
}

/// A name that nobody can guess: 128 random bits.
pub(crate) fn random_name() -> String {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).expect("the system gives random numbers");
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Whether a text is such a name.
pub(crate) fn is_random_name(text: &str) -> bool {
    URL_SAFE_NO_PAD
        .decode(text)
        .is_ok_and(|bytes| bytes.len() == 16)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    #[test]
    fn what_was_changed_is_not_believed() {
        let signer = Signer::new([7; 32]);
        let token = signer.sign("mount", &("counter", 7), MINUTE);
        assert_eq!(
            signer.verify::<(String, u32)>("mount", &token),
            Ok(("counter".into(), 7))
        );
        for at in 0..token.len() {
            let mut changed = token.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            let said = signer.verify::<(String, u32)>("mount", &changed);
            assert_eq!(said, Err(TokenError::Forged), "{changed}");
        }
        for nonsense in ["", ".", "..", "a.b.c", "9.e30.", &token[1..]] {
            assert_eq!(
                signer.verify::<(String, u32)>("mount", nonsense),
                Err(TokenError::Forged)
            );
        }
    }

    #[test]
    fn time_is_limited() {
        let signer = Signer::new([7; 32]);
        let token = signer.sign("mount", &1, Duration::ZERO);
        assert_eq!(
            signer.verify::<u32>("mount", &token),
            Err(TokenError::Expired)
        );
    }

    #[test]
    fn secrets_can_be_changed_while_pages_are_open() {
        let token = Signer::of_secret("before").sign("a", &1, MINUTE);
        let now = Signer::of_secret("now");
        assert_eq!(now.verify::<u32>("a", &token), Err(TokenError::Forged));
        let both = now.with_older_secret("before");
        assert_eq!(both.verify::<u32>("a", &token), Ok(1));
    }

    #[test]
    fn keys_and_purposes_differ() {
        let (one, other) = (Signer::new([1; 32]), Signer::random());
        let token = one.sign("a", &1, MINUTE);
        assert_eq!(other.verify::<u32>("a", &token), Err(TokenError::Forged));
        assert_eq!(one.verify::<u32>("b", &token), Err(TokenError::Forged));
        assert_eq!(one.verify::<String>("a", &token), Err(TokenError::Forged));
        assert_eq!(
            one.clone().with_older([3; 32]).verify::<u32>("a", &token),
            Ok(1)
        );
    }
}
