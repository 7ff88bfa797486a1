//! Random bytes and digests, for `crypto` and `node:crypto`.

use deno_core::op2;
use deno_error::JsErrorBox;
use sha1::Digest as _;

/// Fills a buffer from the system's generator.
#[op2(fast)]
pub(super) fn op_wellhead_random(#[buffer] bytes: &mut [u8]) -> Result<(), JsErrorBox> {
    getrandom::fill(bytes)
        .map_err(|error| JsErrorBox::generic(format!("the system has no random bytes: {error}")))
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
