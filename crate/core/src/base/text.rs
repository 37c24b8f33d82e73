//! What is said to people: message keys with their arguments. The words are in `_locales`; nobody here knows a language.

use std::borrow::Cow;
use std::ops::Deref;

use serde::{Deserialize, Serialize};

/// One message. Its words are looked up by whoever shows it. A pointer and no more, for views are made of texts, and what is
/// moved about all the time should be small: in place, they are a fifth more code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Text(Box<Message>);

/// What is in a [`Text`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// The key in `_locales`. With a `count`, the key's stem: `__` and the language's plural category follow.
    pub key: Cow<'static, str>,
    /// `$1`, `$2`, ... With a `count`, that is `$1` and these begin at `$2`.
    pub args: Vec<String>,
    /// The number that chooses the plural form.
    pub count: Option<u32>,
}

impl Deref for Text {
    type Target = Message;

    fn deref(&self) -> &Message {
        &self.0
    }
}

impl Text {
    /// The one that all messages come by. In line, it would be there hundreds of times.
    #[inline(never)]
    fn new(key: &'static str, args: &[&str], count: Option<u32>) -> Self {
        let args = args.iter().map(|&arg| arg.to_owned()).collect();
        Self(Box::new(Message { key: Cow::Borrowed(key), args, count }))
    }

    /// A message that is always the same.
    #[inline(never)]
    fn plain(key: &'static str) -> Self {
        Self::new(key, &[], None)
    }
}

/// A function for each message, generated from the English messages.
pub mod keys {
    use super::Text;

    include!(concat!(env!("OUT_DIR"), "/keys.rs"));
}
