//! What is said to people: message keys with their arguments. The words are in `_locales`; nobody here knows a language.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::packed::Packed;

/// One message. Its words are looked up by whoever shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Packed)]
pub struct Text {
    /// The key in `_locales`. With a `count`, the key's stem: `__` and the language's plural category follow.
    pub key: Cow<'static, str>,
    /// `$1`, `$2`, ... With a `count`, that is `$1` and these begin at `$2`.
    pub args: Vec<String>,
    /// The number that chooses the plural form.
    pub count: Option<u32>,
}

/// The parts one after the other, with `between` between them. The standard library's `join` is ten times as much code.
pub fn joined<T: AsRef<str>>(parts: &[T], between: &str) -> String {
    let mut whole = String::new();
    for (place, part) in parts.iter().enumerate() {
        if place > 0 {
            whole.push_str(between);
        }
        whole.push_str(part.as_ref());
    }
    whole
}

/// A function for each message, generated from the English messages.
pub mod keys {
    use super::{Cow, Text};

    include!(concat!(env!("OUT_DIR"), "/keys.rs"));
}
