//! Reads the members of one JSON object, which is all that Cloudflare's and OpenAI's machine-readable refusals are.
//! Strict about the outside (one object and nothing behind it), deliberately incurious about the inside: what a nested
//! value holds is read only when asked, and escapes are left as they stand, since nothing we take has any.

/// A member's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Value<'a> {
    /// Without its quotes, escapes untouched.
    Text(&'a str),
    /// A number, `true`, `false` or `null`, as written.
    Bare(&'a str),
    /// An object or an array, brackets included.
    Nested(&'a str),
}

impl<'a> Value<'a> {
    pub(super) const fn text(self) -> Option<&'a str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// A number or a number in quotes.
    pub(super) const fn digits(self) -> Option<&'a str> {
        match self {
            Self::Text(text) | Self::Bare(text) => Some(text),
            Self::Nested(_) => None,
        }
    }
}

/// The object's members in order; `None` when `text` is not one whole object.
pub(super) fn members(text: &str) -> Option<Vec<(&str, Value<'_>)>> {
    let mut reader = Reader { rest: text.trim_ascii() };
    let mut members = Vec::new();
    reader.take(b'{')?;
    if reader.take(b'}').is_none() {
        loop {
            let key = reader.quoted()?;
            reader.take(b':')?;
            members.push((key, reader.value()?));
            if reader.take(b',').is_none() {
                break;
            }
        }
        reader.take(b'}')?;
    }
    reader.rest.is_empty().then_some(members)
}

/// The same out of the lines between two `---`, which is how Cloudflare writes that object when Markdown is asked for.
pub(super) fn front_matter(text: &str) -> Option<Vec<(&str, Value<'_>)>> {
    let mut members = Vec::new();
    for line in text.strip_prefix("---")?.trim_ascii_start().split('\n') {
        let line = line.trim_ascii();
        if line == "---" {
            return Some(members);
        }
        let (key, value) = line.split_once(':')?;
        let value = value.trim_ascii();
        let unquoted = value.strip_prefix('"').and_then(|value| value.strip_suffix('"'));
        let is_bare = value == "true" || value == "false" || value.bytes().all(|byte| byte.is_ascii_digit());
        members.push((key, if is_bare { Value::Bare(value) } else { Value::Text(unquoted.unwrap_or(value)) }));
    }
    None
}

/// The value of `key`; the first of two.
pub(super) fn find<'a>(members: &[(&str, Value<'a>)], key: &str) -> Option<Value<'a>> {
    members.iter().find(|(name, _)| *name == key).map(|(_, value)| *value)
}

struct Reader<'a> {
    rest: &'a str,
}

impl<'a> Reader<'a> {
    /// Cuts `length` bytes off the front, and the white space behind them.
    fn cut(&mut self, length: usize) -> Option<&'a str> {
        let (front, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest.trim_ascii_start();
        Some(front)
    }

    fn take(&mut self, byte: u8) -> Option<()> {
        (self.rest.as_bytes().first() == Some(&byte)).then_some(())?;
        self.cut(1).map(|_| ())
    }

    /// Where the string that opens at the start of `self.rest` ends, its closing quote included.
    fn quoted_length(&self, from: usize) -> Option<usize> {
        let mut escaped = false;
        for (at, byte) in self.rest.bytes().enumerate().skip(from + 1) {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => return Some(at + 1),
                _ => {}
            }
        }
        None
    }

    fn quoted(&mut self) -> Option<&'a str> {
        (self.rest.as_bytes().first() == Some(&b'"')).then_some(())?;
        let length = self.quoted_length(0)?;
        self.cut(length)?.get(1..length - 1)
    }

    fn value(&mut self) -> Option<Value<'a>> {
        match self.rest.as_bytes().first()? {
            b'"' => self.quoted().map(Value::Text),
            b'{' | b'[' => {
                let length = self.nested_length()?;
                self.cut(length).map(Value::Nested)
            }
            _ => {
                let ends = |byte: u8| matches!(byte, b',' | b'}' | b']' | b':' | b'"') || byte.is_ascii_whitespace();
                let length = self.rest.bytes().position(ends)?;
                (length > 0).then_some(())?;
                self.cut(length).map(Value::Bare)
            }
        }
    }

    fn nested_length(&self) -> Option<usize> {
        let bytes = self.rest.as_bytes();
        let mut depth = 0_usize;
        let mut at = 0;
        loop {
            match bytes.get(at)? {
                b'"' => at = self.quoted_length(at)? - 1,
                b'{' | b'[' => depth += 1,
                b'}' | b']' => depth -= 1,
                _ => {}
            }
            at += 1;
            if depth == 0 {
                return Some(at);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Value, find, front_matter, members};

    #[test]
    fn members_come_in_order_with_their_kinds() {
        let text = " {\"a\": \"x \\\" y\", \"b\":1020 ,\n\"c\":{\"d\":[\"}\"]}, \"e\":true}\n";
        let expected = [
            ("a", Value::Text("x \\\" y")),
            ("b", Value::Bare("1020")),
            ("c", Value::Nested("{\"d\":[\"}\"]}")),
            ("e", Value::Bare("true")),
        ];
        assert_eq!(members(text).unwrap(), expected);
        assert_eq!(find(&members(text).unwrap(), "b").and_then(Value::digits), Some("1020"));
    }

    #[test]
    fn front_matter_is_read_alike() {
        let text = "---\nerror_code: 1015\r\nray_id: \"8f2c0123456789ab\"\nzone: blocked.example\ncloudflare_error: true\n---\n\n# Error";
        let expected = [
            ("error_code", Value::Bare("1015")),
            ("ray_id", Value::Text("8f2c0123456789ab")),
            ("zone", Value::Text("blocked.example")),
            ("cloudflare_error", Value::Bare("true")),
        ];
        assert_eq!(front_matter(text).unwrap(), expected);
        assert_eq!(front_matter("---\nno end: true"), None);
        assert_eq!(front_matter("---\nno pair\n---"), None);
    }

    #[test]
    fn an_empty_object_has_no_members() {
        assert_eq!(members("{ }"), Some(Vec::new()));
    }

    #[test]
    fn what_is_not_one_whole_object_is_nothing() {
        for text in [
            "",
            "{",
            "}",
            "[]",
            "1",
            "{\"a\"}",
            "{\"a\":}",
            "{\"a\":1",
            "{\"a\":1,}",
            "{\"a\":1}x",
            "{a:1}",
            "{\"a\":\"x}",
            "{\"a\":[1}",
            "{\"a\":{\"b\":1}",
        ] {
            assert_eq!(members(text), None, "{text}");
        }
    }
}
