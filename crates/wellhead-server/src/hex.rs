//! Numbers as hexadecimal text, without the standard formatter: this is on the way of each request.

/// The digits of a number, with leading zeros.
pub(crate) fn digits(number: u128) -> [u8; 32] {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = [0; 32];
    for (pair, byte) in text.chunks_exact_mut(2).zip(number.to_be_bytes()) {
        pair[0] = DIGITS[usize::from(byte >> 4)];
        pair[1] = DIGITS[usize::from(byte & 15)];
    }
    text
}

/// [`digits`] as a string.
pub(crate) fn text(number: u128) -> String {
    String::from_utf8_lossy(&digits(number)).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_as_the_standard_library_writes_them() {
        for number in [0, 1, 0xfedc_ba98_7654_3210, u128::MAX - 0xabc] {
            assert_eq!(text(number), format!("{number:032x}"));
        }
    }
}
