//! Fields of the history that are read strictly: a value that no version of Readmit writes is rejected.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

use crate::base::id::{ExtensionId, Time};

/// The characters of ids and versions.
pub(crate) fn is_plain(character: char) -> bool {
    character.is_ascii_alphanumeric() || "@._{}+-".contains(character)
}

/// Is this an id? Ids consist of the characters of Chromium's ids and of Firefox's names and UUIDs.
pub(crate) fn is_extension_id(text: &str) -> bool {
    !text.is_empty() && is_short_and_plain(text)
}

fn is_short_and_plain(text: &str) -> bool {
    text.len() <= 80 && text.chars().all(is_plain)
}

pub(crate) fn extension_id<'de, D: Deserializer<'de>>(from: D) -> Result<ExtensionId, D::Error> {
    let id = String::deserialize(from)?;
    if is_extension_id(&id) { Ok(ExtensionId(id)) } else { Err(D::Error::custom("not an id")) }
}

pub(crate) fn version<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    let text = String::deserialize(from)?;
    if is_short_and_plain(&text) { Ok(text) } else { Err(D::Error::custom("not a version")) }
}

/// A time below 2^53, the limit up to which JavaScript numbers are exact.
pub(crate) fn time<'de, D: Deserializer<'de>>(from: D) -> Result<Time, D::Error> {
    let time = u64::deserialize(from)?;
    if time < 1 << 53 { Ok(Time(time)) } else { Err(D::Error::custom("not a time")) }
}
