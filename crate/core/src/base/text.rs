//! Messages for people: keys with arguments. The text is in `_locales`. The core is independent of the language.

use std::borrow::Cow;
use std::ops::Deref;

use serde::{Deserialize, Serialize};

/// One message. The code that displays it looks up its text. It is only a pointer, because views consist of many texts that are
/// moved often. Stored inline, they would need a fifth more code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Text(Box<Message>);

/// The content of a [`Text`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// The key in `_locales`. With a `count`, it is the first part of the key: `__` and the language's plural category follow.
    pub key: Cow<'static, str>,
    /// `$1`, `$2`, ... With a `count`, `$1` is the count, and these start at `$2`.
    pub args: Vec<String>,
    /// The number that chooses the plural form.
    pub count: Option<u32>,
    /// The names that the last argument lists, as the language does. They are not among `args`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub names: Vec<String>,
}

impl Deref for Text {
    type Target = Message;

    fn deref(&self) -> &Message {
        &self.0
    }
}

impl Text {
    /// Creates every message. If it were inlined, the code would be repeated hundreds of times.
    #[inline(never)]
    fn new(key: &'static str, args: &[&str], count: Option<u32>) -> Self {
        let args = args.iter().map(|&arg| arg.to_owned()).collect();
        Self(Box::new(Message { key: Cow::Borrowed(key), args, count, names: Vec::new() }))
    }

    /// A message whose last argument is a list of names.
    fn listing(key: &'static str, args: &[&str], names: &[&str]) -> Self {
        let mut text = Self::new(key, args, None);
        text.0.names = names.iter().map(|&name| name.to_owned()).collect();
        text
    }

    /// A message without arguments.
    #[inline(never)]
    fn plain(key: &'static str) -> Self {
        Self::new(key, &[], None)
    }
}

/// One function per message, generated from the English messages.
pub mod keys {
    use super::Text;

    include!(concat!(env!("OUT_DIR"), "/keys.rs"));
}
