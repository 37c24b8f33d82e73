//! Walks through JSON of any shape in one pass, without recursion and without a copy: each value is told together with the
//! names that lead to it. Strict about the structure, for half a document must not be taken for a whole one; incurious
//! about what it is not asked for.

use core::str::Chars;

/// Status pages nest six deep. What is deeper is not meant for us.
const DEEPEST: usize = 32;

/// What stands at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Found<'a> {
    /// An object or an array begins; the path is its own.
    Begun,
    /// A string without its quotes, escapes as they stand ([`unescape`] reads them); the path is its container's.
    Text(&'a str, &'a str),
    /// A number, `true`, `false` or `null`, behind its name; the path is its container's.
    Bare(&'a str, &'a str),
}

/// Tells `visit` everything in the order of the text. The path names the containers from the outermost in; what has no name
/// (the outermost, an array's elements) is an empty text. `None` when `text` is not one whole value nested at most
/// [`DEEPEST`] deep; what was told until then was told.
pub(crate) fn walk<'a>(text: &'a str, visit: &mut dyn FnMut(&[&'a str], Found<'a>)) -> Option<()> {
    let mut reader = Reader { rest: text.trim_start_matches('\u{feff}').trim_ascii_start() };
    let mut path: Vec<&str> = Vec::new();
    // One closing bracket for each name in the path.
    let mut closing: Vec<u8> = Vec::new();
    let mut name = "";
    loop {
        // A value is due, whose name has been read.
        let mut is_empty = false;
        match reader.peek()? {
            opening @ (b'{' | b'[') => {
                reader.cut(1)?;
                (path.len() < DEEPEST).then_some(())?;
                path.push(name);
                closing.push(if opening == b'{' { b'}' } else { b']' });
                visit(&path, Found::Begun);
                is_empty = reader.peek() == closing.last().copied();
                if !is_empty {
                    name = reader.name(&closing)?;
                    continue;
                }
            }
            b'"' => visit(&path, Found::Text(name, reader.quoted()?)),
            _ => visit(&path, Found::Bare(name, reader.bare()?)),
        }
        // Behind a value: the end of any number of containers, then a comma or the end of all.
        while is_empty || reader.peek().is_some_and(|byte| Some(&byte) == closing.last()) {
            is_empty = false;
            reader.cut(1)?;
            closing.pop();
            path.pop();
        }
        if closing.is_empty() {
            return reader.rest.is_empty().then_some(());
        }
        reader.take(b',')?;
        name = reader.name(&closing)?;
    }
}

struct Reader<'a> {
    rest: &'a str,
}

impl<'a> Reader<'a> {
    fn peek(&self) -> Option<u8> {
        self.rest.as_bytes().first().copied()
    }

    /// Cuts `length` bytes off the front, and the white space behind them.
    fn cut(&mut self, length: usize) -> Option<&'a str> {
        let (front, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest.trim_ascii_start();
        Some(front)
    }

    fn take(&mut self, byte: u8) -> Option<()> {
        (self.peek() == Some(byte)).then_some(())?;
        self.cut(1).map(|_| ())
    }

    /// The name of the value that follows, where its container gives names.
    fn name(&mut self, closing: &[u8]) -> Option<&'a str> {
        if closing.last() != Some(&b'}') {
            return Some("");
        }
        let name = self.quoted()?;
        self.take(b':')?;
        Some(name)
    }

    fn quoted(&mut self) -> Option<&'a str> {
        (self.peek() == Some(b'"')).then_some(())?;
        let mut escaped = false;
        let ends = |byte: u8| {
            let ends = byte == b'"' && !escaped;
            escaped = byte == b'\\' && !escaped;
            ends
        };
        let length = self.rest.bytes().skip(1).position(ends)?;
        self.cut(length + 2)?.get(1..=length)
    }

    fn bare(&mut self) -> Option<&'a str> {
        let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte);
        let length = self.rest.bytes().position(|byte| !is_part(byte)).unwrap_or(self.rest.len());
        let text = self.cut(length)?;
        let is_number = text.bytes().next()?.is_ascii_digit() || text.starts_with('-');
        (is_number || matches!(text, "true" | "false" | "null")).then_some(text)
    }
}

/// The characters of a string, its escapes read. A broken escape stands for itself or for U+FFFD.
pub(super) fn unescape(text: &str) -> impl Iterator<Item = char> {
    let mut rest = text.chars();
    core::iter::from_fn(move || {
        let plain = rest.next()?;
        if plain != '\\' {
            return Some(plain);
        }
        Some(match rest.next()? {
            'n' | 'r' | 't' | 'b' | 'f' => ' ',
            'u' => character(&mut rest),
            itself => itself,
        })
    })
}

/// Behind `\u`: four digits, and four more where two halves make one character.
fn character(rest: &mut Chars<'_>) -> char {
    let Some(first) = four_digits(rest) else { return char::REPLACEMENT_CHARACTER };
    let mut ahead = rest.clone();
    if (0xd800..0xdc00).contains(&first)
        && (ahead.next(), ahead.next()) == (Some('\\'), Some('u'))
        && let Some(second) = four_digits(&mut ahead).filter(|second| (0xdc00..0xe000).contains(second))
    {
        *rest = ahead;
        let both = 0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00);
        return char::from_u32(both).unwrap_or(char::REPLACEMENT_CHARACTER);
    }
    char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER)
}

fn four_digits(rest: &mut Chars<'_>) -> Option<u32> {
    (0..4).try_fold(0, |number, _| Some(number << 4 | rest.next()?.to_digit(16)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> (Vec<String>, bool) {
        let mut lines = Vec::new();
        let whole = walk(text, &mut |path, found| {
            let (name, value) = match found {
                Found::Begun => ("", "..."),
                Found::Text(name, text) | Found::Bare(name, text) => (name, text),
            };
            lines.push([&path.join("/"), "|", name, "=", value].concat());
        });
        (lines, whole.is_some())
    }

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let (lines, whole) = told(text);
        assert!(whole, "{text}");
        assert_eq!(lines, expected, "{text}");
    }

    #[test]
    fn every_value_comes_with_the_names_that_lead_to_it() {
        check(
            " {\"a\": \"x \\\" y\", \"b\":[1 ,{\"c\":null,\n\"d\":[ ]}, [true]], \"e\":{}}\n",
            &[
                "|=...",
                "|a=x \\\" y",
                "/b|=...",
                "/b|=1",
                "/b/|=...",
                "/b/|c=null",
                "/b//d|=...",
                "/b/|=...",
                "/b/|=true",
                "/e|=...",
            ],
        );
        check("\u{feff}[]", &["|=..."]);
        check("{\"a\":\"\\\\\"}", &["|=...", "|a=\\\\"]);
    }

    #[test]
    fn what_is_not_one_whole_value_is_not_taken_for_one() {
        for text in [
            "",
            "{",
            "}",
            "<!doctype html>",
            "{\"a\"}",
            "{\"a\":}",
            "{\"a\":1",
            "{\"a\":1,}",
            "{\"a\":1}x",
            "{\"a\":1]",
            "[1 2]",
            "[1,]",
            "[,1]",
            "{a:1}",
            "{\"a\":\"x}",
            "{\"a\":[1}",
            "[x]",
            "[1}",
            "{} {}",
        ] {
            assert!(!told(text).1, "{text}");
        }
    }

    #[test]
    fn depth_is_bounded_and_long_texts_take_no_stack() {
        let nested = |depth: usize| ["[".repeat(depth), "]".repeat(depth)].concat();
        assert!(told(&nested(DEEPEST)).1);
        assert!(!told(&nested(DEEPEST + 1)).1);
        assert!(!told(&"[".repeat(1_000_000)).1);
        assert!(told(&["[0", &",0".repeat(200_000), "]"].concat()).1);
    }

    #[track_caller]
    fn check_text(escaped: &str, expected: &str) {
        assert_eq!(unescape(escaped).collect::<String>(), expected, "{escaped}");
    }

    #[test]
    fn escapes_are_read_and_broken_ones_do_no_harm() {
        check_text("S\\u00e3o \\\"Paulo\\\" \\/ \\ud83d\\ude00", "São \"Paulo\" / 😀");
        check_text("a\\nb\\", "a b");
        check_text("\\ud83dx \\ude00 \\uzz", "\u{fffd}x \u{fffd} \u{fffd}z");
        check_text("\\ud83d\\u0041", "\u{fffd}A");
    }
}
