//! Hashes of content: keys of caches, names of files, ETags.

use std::fmt::Write;

use twox_hash::{XxHash3_64, XxHash3_128};

/// 16 hexadecimal digits.
pub(crate) fn short(bytes: &[u8]) -> String {
    format!("{:016x}", XxHash3_64::oneshot(bytes))
}

/// Eight characters for the name of a file, of letters and digits that no file system confuses.
pub(crate) fn name(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let mut hash = XxHash3_64::oneshot(bytes);
    let mut name = String::with_capacity(8);
    for _ in 0..8 {
        name.push(char::from(ALPHABET[(hash % 32) as usize]));
        hash /= 32;
    }
    name
}

/// A hash over several texts, told apart by their lengths.
#[derive(Default)]
pub(crate) struct Digest(XxHash3_128);

impl Digest {
    pub(crate) fn add(&mut self, part: &[u8]) -> &mut Self {
        self.0.write(&(part.len() as u64).to_le_bytes());
        self.0.write(part);
        self
    }

    /// 32 hexadecimal digits.
    pub(crate) fn long(&self) -> String {
        let mut text = String::with_capacity(32);
        // Writing to a string cannot fail.
        let _ = write!(text, "{:032x}", self.0.finish_128());
        text
    }

    /// 16 hexadecimal digits.
    pub(crate) fn short(&self) -> String {
        format!("{:016x}", self.0.finish_128() as u64)
    }
}
