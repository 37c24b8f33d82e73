//! Values as bytes, for the other parts of the very same build and for the time until the browser ends. Nobody else ever
//! reads them, so nothing is named: much less code and work than any format that describes itself.
//!
//! Reading never stops half-way. What cannot be read is an empty value, the reader notes that it was spoiled, and
//! [`unpack`], which alone begins a reading, then gives nothing. Without a way out after every field, reading is a fraction of
//! the code.

use std::borrow::Cow;

pub use readmit_derive::Packed;

/// A value that can be packed. Derived, except where a type has a strict shape, which is checked again when it is read.
pub trait Packed: Sized {
    /// Appends the value; at least one byte.
    fn pack(&self, bytes: &mut Vec<u8>);

    /// Reads what [`Packed::pack`] wrote. What else was there instead gives any value at all, and a spoiled reader.
    fn unpack(from: &mut Reader<'_>) -> Self;
}

/// The bytes that are yet to be read.
#[derive(Debug)]
pub struct Reader<'a> {
    bytes: &'a [u8],
    spoiled: bool,
}

/// The value as a text, as messages and storage can carry: a byte that is a letter is that letter, every other is one character
/// from U+0100 on. None of these has to be escaped in JSON, which is what browsers make of messages.
pub fn pack(value: &impl Packed) -> String {
    let mut bytes = Vec::new();
    value.pack(&mut bytes);
    let mut text = Vec::with_capacity(bytes.len() + bytes.len() / 2);
    for byte in bytes {
        if is_letter(byte) {
            text.push(byte);
        } else {
            text.extend([FIRST + (byte >> 6), 0x80 | (byte & 0x3f)]);
        }
    }
    String::from_utf8(text).unwrap_or_default()
}

/// Reads what [`pack`] wrote; `None` for everything else.
pub fn unpack<T: Packed>(text: &str) -> Option<T> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(if is_letter(byte) {
            byte
        } else {
            let high = byte.checked_sub(FIRST).filter(|high| *high < 4)?;
            (high << 6) | (rest.next()? & 0x3f)
        });
    }
    let mut reader = Reader { bytes: &bytes, spoiled: false };
    let value = T::unpack(&mut reader);
    (!reader.spoiled && reader.bytes.is_empty()).then_some(value)
}

/// What stands for itself: most of what is said is names.
fn is_letter(byte: u8) -> bool {
    matches!(byte, b' '..=b'~') && !matches!(byte, b'"' | b'\\')
}

/// In UTF-8 the characters from U+0100 to U+01FF begin with this byte or one of the next three, and have one more.
const FIRST: u8 = 0xc4;

impl<'a> Reader<'a> {
    /// Notes that what is read is not what was written. Everything after it is empty.
    pub fn spoil(&mut self) {
        self.spoiled = true;
        self.bytes = &[];
    }

    /// A number below `count`.
    pub fn choice(&mut self, count: u8) -> u8 {
        let choice = self.byte();
        if choice < count {
            return choice;
        }
        self.spoil();
        0
    }

    fn byte(&mut self) -> u8 {
        if let Some((byte, rest)) = self.bytes.split_first() {
            self.bytes = rest;
            return *byte;
        }
        self.spoil();
        0
    }

    fn cut(&mut self, length: usize) -> &'a [u8] {
        if let Some((cut, rest)) = self.bytes.split_at_checked(length) {
            self.bytes = rest;
            return cut;
        }
        self.spoil();
        &[]
    }

    /// Seven bits a byte, the lowest first; the highest bit says that there are more.
    fn number(&mut self) -> u64 {
        let mut number = 0;
        let mut shift = 0;
        loop {
            let byte = self.byte();
            number |= u64::from(byte & 0x7f) << shift;
            shift += 7;
            if byte < 0x80 {
                return number;
            }
            if shift > 63 {
                self.spoil();
                return 0;
            }
        }
    }

    /// How many things follow: never more than there are bytes left.
    fn count(&mut self) -> usize {
        let count = usize::try_from(self.number()).unwrap_or(usize::MAX);
        if count > self.bytes.len() {
            self.spoil();
            return 0;
        }
        count
    }

    fn text(&mut self) -> &'a str {
        let length = self.count();
        let text = str::from_utf8(self.cut(length));
        text.unwrap_or_else(|_| {
            self.spoil();
            ""
        })
    }
}

fn write_number(mut number: u64, bytes: &mut Vec<u8>) {
    while number >= 0x80 {
        bytes.push(number.to_le_bytes()[0] | 0x80);
        number >>= 7;
    }
    bytes.push(number.to_le_bytes()[0]);
}

fn write_text(text: &str, bytes: &mut Vec<u8>) {
    write_number(text.len() as u64, bytes);
    bytes.extend_from_slice(text.as_bytes());
}

impl Packed for bool {
    fn pack(&self, bytes: &mut Vec<u8>) {
        bytes.push(u8::from(*self));
    }

    fn unpack(from: &mut Reader<'_>) -> Self {
        from.choice(2) == 1
    }
}

impl Packed for u64 {
    fn pack(&self, bytes: &mut Vec<u8>) {
        write_number(*self, bytes);
    }

    fn unpack(from: &mut Reader<'_>) -> Self {
        from.number()
    }
}

/// For whole numbers that fit into 64 bits and come back by `try_from`.
macro_rules! packed_as_number {
    ($($number:ty),*) => {
        $(
            impl Packed for $number {
                fn pack(&self, bytes: &mut Vec<u8>) {
                    write_number(u64::from(*self), bytes);
                }

                fn unpack(from: &mut Reader<'_>) -> Self {
                    let number = Self::try_from(from.number());
                    number.unwrap_or_else(|_| {
                        from.spoil();
                        0
                    })
                }
            }
        )*
    };
}

packed_as_number!(u8, u16, u32);

impl Packed for i32 {
    fn pack(&self, bytes: &mut Vec<u8>) {
        self.cast_unsigned().pack(bytes);
    }

    fn unpack(from: &mut Reader<'_>) -> Self {
        u32::unpack(from).cast_signed()
    }
}

impl Packed for f64 {
    fn pack(&self, bytes: &mut Vec<u8>) {
        bytes.extend_from_slice(&self.to_le_bytes());
    }

    fn unpack(from: &mut Reader<'_>) -> Self {
        from.cut(size_of::<Self>()).try_into().map_or(0.0, Self::from_le_bytes)
    }
}

impl Packed for String {
    fn pack(&self, bytes: &mut Vec<u8>) {
        write_text(self, bytes);
    }

    fn unpack(from: &mut Reader<'_>) -> Self {
        from.text().to_owned()
    }
}

impl Packed for Cow<'static, str> {
    fn pack(&self, bytes: &mut Vec<u8>) {
        write_text(self, bytes);
    }

    fn unpack(from: &mut Reader<'_>) -> Self {
        Self::Owned(String::unpack(from))
    }
}

impl<T: Packed> Packed for Box<T> {
    fn pack(&self, bytes: &mut Vec<u8>) {
        T::pack(self, bytes);
    }

    fn unpack(from: &mut Reader<'_>) -> Self {
        Self::new(T::unpack(from))
    }
}

impl<T: Packed> Packed for Option<T> {
    fn pack(&self, bytes: &mut Vec<u8>) {
        self.is_some().pack(bytes);
        if let Some(value) = self {
            value.pack(bytes);
        }
    }

    fn unpack(from: &mut Reader<'_>) -> Self {
        bool::unpack(from).then(|| T::unpack(from))
    }
}

impl<T: Packed> Packed for Vec<T> {
    fn pack(&self, bytes: &mut Vec<u8>) {
        write_number(self.len() as u64, bytes);
        for item in self {
            item.pack(bytes);
        }
    }

    fn unpack(from: &mut Reader<'_>) -> Self {
        let count = from.count();
        let mut items = Self::new();
        while items.len() < count && !from.spoiled {
            items.push(T::unpack(from));
        }
        items
    }
}

impl<A: Packed, B: Packed> Packed for (A, B) {
    fn pack(&self, bytes: &mut Vec<u8>) {
        self.0.pack(bytes);
        self.1.pack(bytes);
    }

    fn unpack(from: &mut Reader<'_>) -> Self {
        (A::unpack(from), B::unpack(from))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Packed, pack, unpack};
    use crate::message::PopupRequest;

    #[track_caller]
    fn returns<T: Packed + PartialEq + std::fmt::Debug>(value: &T) {
        let packed = pack(value);
        assert_eq!(unpack::<T>(&packed).as_ref(), Some(value));
        assert!(unpack::<T>(&(packed.clone() + "\u{100}")).is_none(), "{value:?} with something behind it");
        let shorter: String = packed.chars().take(packed.chars().count() - 1).collect();
        assert!(unpack::<T>(&shorter).is_none(), "{value:?} cut short");
    }

    #[test]
    fn every_kind_of_value_comes_back() {
        returns(&true);
        for number in [0, 127, 128, u64::MAX] {
            returns(&number);
        }
        returns(&(u8::MAX, (u16::MAX, u32::MAX)));
        returns(&vec![i32::MIN, -1, 0, i32::MAX]);
        returns(&vec![f64::MAX, -0.0, 1.5]);
        returns(&(Some("\u{0}\u{ff}\u{1f600}".to_owned()), None::<String>));
        returns(&vec![Box::new(PopupRequest::Switch { id: crate::id::ExtensionId("a".into()), on: true })]);
        returns(&PopupRequest::CheckAgain { after: None });
    }

    #[test]
    fn what_was_not_packed_is_refused() {
        assert_eq!(unpack::<u16>(&pack(&0x1_0000_u32)), None);
        assert_eq!(unpack::<bool>(&pack(&2_u8)), None);
        assert_eq!(unpack::<PopupRequest>(&pack(&200_u8)), None);
        assert_eq!(unpack::<String>(&pack(&vec![0xff_u8])), None, "no UTF-8");
        assert_eq!(unpack::<u8>("\u{ff}"), None);
        assert_eq!(unpack::<u8>("\u{200}"), None);
        // Ten bytes that all say there are more.
        assert_eq!(unpack::<u64>(&"\u{1ff}".repeat(11)), None);
    }

    #[test]
    fn names_stay_readable_and_nothing_has_to_be_escaped() {
        let all: String = (0..=0x2ff).filter_map(char::from_u32).collect();
        let packed = pack(&(all, "uBlock \"Origin\" \\o/".to_owned()));
        assert!(packed.contains("uBlock ") && packed.contains("ABCDEFGHIJKLMNOPQRSTUVWXYZ"));
        assert_eq!(serde_json::to_string(&packed).unwrap(), ["\"", &packed, "\""].concat());
    }

    /// An update may find what the version before it wrote for itself, when no letter stood for itself yet.
    #[test]
    fn letters_that_do_not_stand_for_themselves_are_read_too() {
        let written: String = pack(&"plain".to_owned())
            .chars()
            .filter_map(|character| char::from_u32(u32::from(character) % 0x100 + 0x100))
            .collect();
        assert_eq!(unpack::<String>(&written).as_deref(), Some("plain"));
    }

    #[test]
    fn a_count_beyond_the_end_costs_nothing() {
        assert_eq!(unpack::<Vec<Vec<u8>>>(&pack(&u64::MAX)), None);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes: Vec<u8>) {
            let text: String = bytes.iter().filter_map(|byte| char::from_u32(0x100 + u32::from(*byte))).collect();
            if let Some(request) = unpack::<PopupRequest>(&text) {
                prop_assert_eq!(unpack::<PopupRequest>(&pack(&request)), Some(request));
            }
            let _ = unpack::<crate::view::View>(&text);
            let _ = unpack::<crate::delivery::Inbox>(&text);
            let _ = unpack::<crate::page::Verdict>(&text);
        }
    }
}
