//! Strict texts that travel as plain strings: read again by the same rules at the other end, refused there if they do not fit.

/// For a newtype around a `String` with `parse(&str) -> Option<Self>`, marked `#[serde(try_from = "String", into = "String")]`.
macro_rules! travels_as_text {
    ($name:ident, $complaint:literal) => {
        impl TryFrom<String> for $name {
            type Error = &'static str;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                Self::parse(&text).ok_or($complaint)
            }
        }

        impl crate::packed::Packed for $name {
            fn pack(&self, bytes: &mut Vec<u8>) {
                self.0.pack(bytes);
            }

            fn unpack(from: &mut crate::packed::Reader<'_>) -> Self {
                let text = String::unpack(from);
                Self::parse(&text).unwrap_or_else(|| {
                    from.spoil();
                    Self(text)
                })
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.0
            }
        }
    };
}

pub(crate) use travels_as_text;
