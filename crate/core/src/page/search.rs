//! Searching in a page's text. The standard library's search is built for long patterns and is larger than all of this; what is
//! looked for here is a byte or a few words.

/// Where `wanted` first stands: eight bytes at a time, for this is most of what the time goes into.
pub(super) fn first(text: &[u8], wanted: u8) -> Option<usize> {
    const ONES: u64 = u64::MAX / 0xff;
    let (words, rest) = text.as_chunks::<8>();
    for (number, word) in words.iter().enumerate() {
        // A byte that is wanted becomes zero, and of those below the first zero none borrows.
        let differences = u64::from_le_bytes(*word) ^ (ONES * u64::from(wanted));
        let zeros = differences.wrapping_sub(ONES) & !differences & (ONES << 7);
        if zeros != 0 {
            return Some(number * 8 + zeros.trailing_zeros() as usize / 8);
        }
    }
    let passed = rest.iter().position(|&byte| byte == wanted)?;
    Some(text.len() - rest.len() + passed)
}

/// Where `wanted` first stands. Nothing that is looked for is longer than a line, so this is linear.
pub(super) fn position(text: &[u8], wanted: &[u8]) -> Option<usize> {
    let initial = *wanted.first()?;
    let mut at = 0;
    loop {
        let rest = text.get(at..)?;
        at += first(rest, initial)?;
        if text.get(at..)?.starts_with(wanted) {
            return Some(at);
        }
        at += 1;
    }
}

pub(super) fn contains(text: &str, wanted: &str) -> bool {
    position(text.as_bytes(), wanted.as_bytes()).is_some()
}

/// At most `count` of them.
pub(super) fn first_bytes(text: &str, count: usize) -> &[u8] {
    text.as_bytes().get(..count).unwrap_or(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{first, position};

    /// Bytes that differ in one bit, or by one, from what is wanted are what a search by words could take for it.
    fn near_misses() -> impl Strategy<Value = Vec<u8>> {
        let byte = prop_oneof![Just(0x3b_u8), Just(0x3c), Just(0x3d), Just(0xbc), any::<u8>()];
        proptest::collection::vec(byte, 0..40)
    }

    fn wanted() -> impl Strategy<Value = u8> {
        prop_oneof![Just(0x3c_u8), Just(0), Just(0x80), any::<u8>()]
    }

    proptest! {
        #[test]
        fn a_byte_is_found_where_it_stands(text in near_misses(), wanted in wanted()) {
            prop_assert_eq!(first(&text, wanted), text.iter().position(|&byte| byte == wanted));
        }

        #[test]
        fn words_are_found_where_they_stand(text in "[ab]{0,40}", wanted in "[ab]{1,4}") {
            prop_assert_eq!(position(text.as_bytes(), wanted.as_bytes()), text.find(&wanted));
        }
    }
}
