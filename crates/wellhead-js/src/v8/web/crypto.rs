//! Random bytes and digests, for `crypto` and `node:crypto`.

use deno_core::{OpState, op2};
use deno_error::JsErrorBox;
use sha1::Digest as _;

/// Fills a buffer from the system's generator.
#[op2(fast)]
pub(super) fn op_wellhead_random(#[buffer] bytes: &mut [u8]) -> Result<(), JsErrorBox> {
    fill(bytes)
}

fn fill(bytes: &mut [u8]) -> Result<(), JsErrorBox> {
    getrandom::fill(bytes)
        .map_err(|error| JsErrorBox::generic(format!("the system has no random bytes: {error}")))
}

/// Random bytes for UUIDs. To ask the system costs more than all the rest, so it is asked for many at once.
pub(super) struct Pool {
    bytes: [u8; 2048],
    at: usize,
}

impl Pool {
    pub(super) fn new() -> Self {
        let bytes = [0; 2048];
        Self {
            at: bytes.len(),
            bytes,
        }
    }

    fn take(&mut self) -> Result<[u8; 16], JsErrorBox> {
        if self.at == self.bytes.len() {
            fill(&mut self.bytes)?;
            self.at = 0;
        }
        let mut taken = [0; 16];
        // What was given out is nowhere else.
        taken.swap_with_slice(&mut self.bytes[self.at..self.at + 16]);
        self.at += 16;
        Ok(taken)
    }
}

/// A random UUID, version 4. One that a script puts together of two digits at a time is a tree of twenty strings in the heap.
#[op2]
#[string]
pub(super) fn op_wellhead_random_uuid(state: &mut OpState) -> Result<String, JsErrorBox> {
    let mut bytes = state.borrow_mut::<Pool>().take()?;
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let mut text = String::with_capacity(36);
    for (at, byte) in bytes.into_iter().enumerate() {
        if matches!(at, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        for digit in [byte >> 4, byte & 0x0f] {
            text.push(char::from(b"0123456789abcdef"[usize::from(digit)]));
        }
    }
    Ok(text)
}

/// The digest of `bytes`; `algorithm` is a name as `node:crypto` has it, in lower case.
#[op2]
#[buffer]
pub(super) fn op_wellhead_digest(
    #[string] algorithm: &str,
    #[buffer] bytes: &[u8],
) -> Result<Vec<u8>, JsErrorBox> {
    digest(algorithm, bytes)
        .ok_or_else(|| JsErrorBox::type_error(format!("there is no digest `{algorithm}`")))
}

fn digest(algorithm: &str, bytes: &[u8]) -> Option<Vec<u8>> {
    Some(match algorithm {
        "md5" => md5::Md5::digest(bytes).to_vec(),
        "sha1" => sha1::Sha1::digest(bytes).to_vec(),
        "sha224" => sha2::Sha224::digest(bytes).to_vec(),
        "sha256" => sha2::Sha256::digest(bytes).to_vec(),
        "sha384" => sha2::Sha384::digest(bytes).to_vec(),
        "sha512" => sha2::Sha512::digest(bytes).to_vec(),
        _ => return None,
    })
}
