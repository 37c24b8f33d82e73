//! Strings with a strict format. They are serialized as plain strings and parsed by the same rules when deserialized.

/// For a newtype around a `String` with `parse(&str) -> Option<Self>` and `#[serde(try_from = "String", into = "String")]`.
macro_rules! parsed_text {
    ($name:ident, $complaint:literal) => {
        impl TryFrom<String> for $name {
            type Error = &'static str;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                Self::parse(&text).ok_or($complaint)
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.0
            }
        }
    };
}

pub(crate) use parsed_text;
