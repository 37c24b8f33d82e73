//! A scanner for HTML. It makes one pass, takes linear time for any input, and does not copy the text.
//!
//! It follows the tokenizer of the HTML standard closely enough to distinguish real markup from text that looks like markup. It
//! handles comments, CDATA, raw text (`script`, `style`, `title`, `textarea`, `noscript`), quoted and unquoted attributes, and
//! unclosed tags. It builds no tree, decodes no entities and reports no errors, on purpose.

use memchr::memchr;

/// A start tag, with the attributes that the recognizer needs. Missing attributes are empty.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tag<'a> {
    pub(super) name: Name,
    pub(super) id: &'a str,
    pub(super) class: &'a str,
    /// `data-translate`, Cloudflare's key for a sentence.
    pub(super) translate: &'a str,
    /// `style`: says whether an element is hidden.
    pub(super) style: &'a str,
    /// `href`, `src` or `action`, whichever comes first.
    pub(super) link: &'a str,
    /// Has a `/` before the `>`. This ends an element only in SVG and `MathML`.
    pub(super) self_closing: bool,
}

/// What the scanner finds, in the order of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token<'a> {
    Start(Tag<'a>),
    End(Name),
    /// Text between tags. Entities are not decoded.
    Text(&'a str),
    /// The content of a raw-text element. Its end tag follows as [`Token::End`], unless the input ends first.
    Raw(Name, &'a str),
}

/// An element's name in lower case, packed into a number to make comparisons fast. All names longer than eight letters are
/// [`Name::OTHER`], because none of them matters here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Name(u64);

impl Name {
    pub(super) const OTHER: Self = Self(0);

    pub(super) const fn of(name: &str) -> Self {
        Self::pack(name.as_bytes())
    }

    const fn pack(name: &[u8]) -> Self {
        if name.len() > 8 {
            return Self::OTHER;
        }
        let mut packed = 0;
        let mut rest = name;
        while let Some((byte, tail)) = rest.split_first() {
            packed = packed << 8 | byte.to_ascii_lowercase() as u64;
            rest = tail;
        }
        Self(packed)
    }

    /// Elements whose content is raw text. `noscript` is included because a browser with scripts enabled parses and serializes it
    /// this way.
    const fn holds_raw_text(self) -> bool {
        const SCRIPT: Name = Name::of("script");
        const STYLE: Name = Name::of("style");
        const TITLE: Name = Name::of("title");
        const TEXTAREA: Name = Name::of("textarea");
        const NOSCRIPT: Name = Name::of("noscript");
        const IFRAME: Name = Name::of("iframe");
        const NOEMBED: Name = Name::of("noembed");
        const NOFRAMES: Name = Name::of("noframes");
        const XMP: Name = Name::of("xmp");
        matches!(self, SCRIPT | STYLE | TITLE | TEXTAREA | NOSCRIPT | IFRAME | NOEMBED | NOFRAMES | XMP)
    }
}

/// See the module documentation. [`Iterator::next`] is the entry point.
pub(super) struct Scanner<'a> {
    text: &'a str,
    at: usize,
    /// The raw-text element that was just opened.
    raw: Option<Name>,
    /// The number of bytes examined, to test that the time is linear.
    #[cfg(test)]
    steps: usize,
}

const fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | b'\x0c')
}

impl<'a> Scanner<'a> {
    pub(super) const fn new(text: &'a str) -> Self {
        Self {
            text,
            at: 0,
            raw: None,
            #[cfg(test)]
            steps: 0,
        }
    }

    /// Call this if the element just returned closed itself: then its content is markup, whatever its name.
    pub(super) fn expect_no_raw_text(&mut self) {
        self.raw = None;
    }

    fn byte(&self, at: usize) -> Option<u8> {
        self.text.as_bytes().get(at).copied()
    }

    /// Every cut is next to an ASCII character, so the fallback is never used.
    fn slice(&self, from: usize, to: usize) -> &'a str {
        self.text.get(from..to).unwrap_or_default()
    }

    /// The first position at or after `from` whose byte matches, or the end.
    fn seek(&mut self, from: usize, is_wanted: impl Fn(u8) -> bool) -> usize {
        self.pass(from, |rest| rest.iter().position(|&byte| is_wanted(byte)))
    }

    /// Does the same for a single byte, with `memchr`, because it can be far away.
    fn seek_byte(&mut self, from: usize, wanted: u8) -> usize {
        self.pass(from, |rest| memchr(wanted, rest))
    }

    /// Every move forward over text goes through here.
    #[cfg_attr(not(test), expect(clippy::needless_pass_by_ref_mut, reason = "tests count"))]
    fn pass(&mut self, from: usize, find: impl Fn(&[u8]) -> Option<usize>) -> usize {
        let rest = self.text.as_bytes().get(from..).unwrap_or_default();
        let passed = find(rest).unwrap_or(rest.len());
        #[cfg(test)]
        {
            self.steps += (passed + 1).min(rest.len());
        }
        from + passed
    }

    fn starts_with(&self, at: usize, prefix: &str) -> bool {
        let bytes = self.text.as_bytes().get(at..at + prefix.len());
        bytes.is_some_and(|bytes| bytes.eq_ignore_ascii_case(prefix.as_bytes()))
    }

    /// The position after the first `end` at or after `from`, or the end of the text.
    fn skip_past(&mut self, from: usize, end: &str) -> usize {
        let rest = self.slice(from, self.text.len());
        let at = self.pass(from, |_| rest.find(end));
        (at + end.len()).min(self.text.len())
    }

    /// Skips a comment, a CDATA section or a bogus comment. `self.at` is at its `<`.
    fn skip_declaration(&mut self) {
        let start = self.at;
        self.at = if self.starts_with(start, "<!--") {
            // `<!-->` is a complete comment: the opening dashes also count as the closing ones.
            self.skip_past(start + 2, "-->")
        } else if self.starts_with(start, "<![CDATA[") {
            self.skip_past(start + 9, "]]>")
        } else {
            self.skip_past(start + 2, ">")
        };
    }

    /// The raw text of `name`, up to its end tag or the end of the input.
    fn raw_text(&mut self, name: Name) -> Token<'a> {
        let start = self.at;
        let mut at = start;
        loop {
            at = self.seek_byte(at, b'<');
            if at >= self.text.len() || self.byte(at + 1) == Some(b'/') && self.name_at(at + 2) == name {
                self.at = at;
                return Token::Raw(name, self.slice(start, at));
            }
            at += 1;
        }
    }

    /// Examines at most nine bytes, so this takes constant time.
    fn name_at(&self, at: usize) -> Name {
        let mut end = at;
        while end < at + 9 && self.byte(end).is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
            end += 1;
        }
        Name::of(self.slice(at, end))
    }

    /// The end tag whose name starts at `at`. It can have attributes, like a start tag. See [`Scanner::tag`].
    fn end_tag(&mut self, at: usize) -> Option<Name> {
        let name_end = self.name_end(at);
        if self.byte(name_end) != Some(b'>') {
            return self.tag(at).map(|tag| tag.name);
        }
        self.at = name_end + 1;
        Some(Name::of(self.slice(at, name_end)))
    }

    fn name_end(&mut self, at: usize) -> usize {
        self.seek(at, |byte| is_space(byte) || matches!(byte, b'/' | b'>'))
    }

    /// The tag whose name starts at `at`. `None` if it never ends: then the HTML standard drops it and everything after it.
    #[expect(
        clippy::inline_always,
        reason = "moving a token out takes as long as finding it, and there is one caller that counts"
    )]
    #[inline(always)]
    fn tag(&mut self, at: usize) -> Option<Tag<'a>> {
        let name_end = self.name_end(at);
        let mut tag = Tag { name: Name::of(self.slice(at, name_end)), ..Tag::default() };
        let mut at = name_end;
        loop {
            at = self.seek(at, |byte| !is_space(byte));
            match self.byte(at)? {
                b'>' => break,
                b'/' => {
                    tag.self_closing = self.byte(at + 1) == Some(b'>');
                    at += 1;
                }
                _ => at = self.attribute(at, &mut tag),
            }
        }
        self.at = at + 1;
        Some(tag)
    }

    /// Reads one attribute into `tag` and returns the position after it.
    fn attribute(&mut self, at: usize, tag: &mut Tag<'a>) -> usize {
        // The HTML standard says that a leading `=` is part of the name.
        let name_end = self.seek(at + 1, |byte| is_space(byte) || matches!(byte, b'/' | b'>' | b'='));
        let equals = self.seek(name_end, |byte| !is_space(byte));
        if self.byte(equals) != Some(b'=') {
            return name_end;
        }
        let value_at = self.seek(equals + 1, |byte| !is_space(byte));
        let (start, end, next) = if let Some(quote @ (b'"' | b'\'')) = self.byte(value_at) {
            let end = self.seek_byte(value_at + 1, quote);
            (value_at + 1, end, end + 1)
        } else {
            let end = self.seek(value_at, |byte| is_space(byte) || byte == b'>');
            (value_at, end, end)
        };
        let name = self.slice(at, name_end);
        let value = self.slice(start, end);
        let slot = if name.eq_ignore_ascii_case("id") {
            &mut tag.id
        } else if name.eq_ignore_ascii_case("class") {
            &mut tag.class
        } else if name.eq_ignore_ascii_case("style") {
            &mut tag.style
        } else if name.eq_ignore_ascii_case("data-translate") {
            &mut tag.translate
        } else if ["href", "src", "action"].into_iter().any(|link| name.eq_ignore_ascii_case(link)) {
            &mut tag.link
        } else {
            return next;
        };
        if slot.is_empty() {
            *slot = value;
        }
        next
    }
}

impl<'a> Iterator for Scanner<'a> {
    type Item = Token<'a>;

    #[expect(
        clippy::inline_always,
        reason = "moving a token out takes as long as finding it, and there is one caller that counts"
    )]
    #[inline(always)]
    fn next(&mut self) -> Option<Token<'a>> {
        if let Some(name) = self.raw.take() {
            return Some(self.raw_text(name));
        }
        loop {
            let start = self.at;
            if self.byte(start)? != b'<' {
                self.at = self.seek_byte(start, b'<');
                return Some(Token::Text(self.slice(start, self.at)));
            }
            let next = self.byte(start + 1).unwrap_or_default();
            if next.is_ascii_alphabetic() {
                let Some(tag) = self.tag(start + 1) else {
                    self.at = self.text.len();
                    return None;
                };
                self.raw = tag.name.holds_raw_text().then_some(tag.name);
                return Some(Token::Start(tag));
            }
            match next {
                b'/' if self.byte(start + 2).is_some_and(|byte| byte.is_ascii_alphabetic()) => {
                    let Some(name) = self.end_tag(start + 2) else {
                        self.at = self.text.len();
                        return None;
                    };
                    return Some(Token::End(name));
                }
                b'/' | b'!' | b'?' => self.skip_declaration(),
                _ => {
                    self.at = self.seek_byte(start + 1, b'<');
                    return Some(Token::Text(self.slice(start, self.at)));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Name, Scanner, Token};

    /// Formats tokens as one line: `<div#id.class>`, `</div>`, text as it is, raw text in braces.
    #[track_caller]
    fn check(markup: &str, expected: &str) {
        let mut found = String::new();
        for token in Scanner::new(markup) {
            match token {
                Token::Start(tag) => {
                    found.push('<');
                    found.push_str(&shown(tag.name));
                    for (mark, value) in [("#", tag.id), (".", tag.class), ("@", tag.translate), ("~", tag.link)] {
                        if !value.is_empty() {
                            found.push_str(mark);
                            found.push_str(value);
                        }
                    }
                    found.push_str(if tag.self_closing { "/>" } else { ">" });
                }
                Token::End(name) => found.extend(["</", &shown(name), ">"]),
                Token::Text(text) => found.push_str(text),
                Token::Raw(_, text) => found.extend(["{", text, "}"]),
            }
        }
        assert_eq!(found, expected, "{markup}");
    }

    fn shown(name: Name) -> String {
        if name == Name::OTHER {
            return "?".to_owned();
        }
        name.0.to_be_bytes().into_iter().filter(|byte| *byte != 0).map(char::from).collect()
    }

    #[test]
    fn elements_text_and_attributes_are_scanned() {
        check("a<P>b</P >c<br/>d", "a<p>b</p>c<br/>d");
        check("<div id=\"a\" class='b c' hidden>", "<div#a.b c>");
        check("<div\nID = a\tCLASS=b>", "<div#a.b>");
        check("<a href=x/y>", "<a~x/y>");
        check("<form action=\"/a?b>c\">", "<form~/a?b>c>");
        check("<i id=a id=b>", "<i#a>");
        check("<span data-translate=error>", "<span@error>");
        check("<my-own-element id=x>", "<?#x>");
        check("<img/id=x>", "<img#x>");
        check("<a =id=x id=y>", "<a#y>");
    }

    #[test]
    fn text_that_looks_like_a_tag_is_text() {
        check("1 < 2 <= 3 <", "1 < 2 <= 3 <");
        check("<<p>", "<<p>");
        check("<é>", "<é>");
    }

    #[test]
    fn comments_and_declarations_are_left_out() {
        check("a<!-- <p> -- > -->b", "ab");
        check("a<!-->b<!--->c", "abc");
        check("<!DOCTYPE html><?xml ?></>a", "a");
        check("<![CDATA[ <p> ]]>a", "a");
        check("<!--[if gt IE 8]><!--> <html> <!--<![endif]-->", " <html> ");
        check("</ p>a", "a");
    }

    #[test]
    fn raw_text_holds_no_markup() {
        check("<script>a<b></p>'</SCRIPT >c", "<script>{a<b></p>'}</script>c");
        check("<title>a</titles></title>", "<title>{a</titles>}</title>");
        check("<textarea><p></textarea>", "<textarea>{<p>}</textarea>");
        check("<noscript><p>a</noscript>", "<noscript>{<p>a}</noscript>");
        check("<style></style>", "<style>{}</style>");
    }

    #[test]
    fn an_unclosed_construct_ends_with_the_input() {
        check("a<p id=\"x", "a");
        check("a<p id=x", "a");
        check("a<p", "a");
        check("a</p", "a");
        check("a<!-- b", "a");
        check("a<!", "a");
        check("a<![CDATA[ b ]]", "a");
        check("<script>a</scrip", "<script>{a</scrip}");
    }

    #[test]
    fn no_cut_is_made_inside_a_character() {
        check("é<p class=\"ü\">ß</p>", "é<p.ü>ß</p>");
        check("<p id=ä>", "<p#ä>");
    }

    #[test]
    fn the_work_is_linear_in_the_input() {
        const PATTERNS: [&str; 24] = [
            "<",
            ">",
            "</",
            "<a",
            "<a ",
            "<!--",
            "<!-->",
            "-->",
            "<!-- > ",
            "<![CDATA[",
            "]]>",
            "<![CDATA[ > ",
            "<script>",
            "<script></scrip",
            "<title><",
            "</title",
            "<a b=\"",
            "<a b='>",
            "<a b=c d",
            "<a/////",
            "<p><div>",
            "\"",
            "a",
            "<svg><style/>",
        ];
        for pattern in PATTERNS {
            for length in [1000, 20_000] {
                let markup = pattern.repeat(length / pattern.len());
                let mut scanner = Scanner::new(&markup);
                let tokens = scanner.by_ref().count();
                assert!(
                    scanner.steps <= 3 * markup.len() + 3,
                    "{} steps over {} bytes of {pattern}",
                    scanner.steps,
                    markup.len()
                );
                assert!(tokens <= markup.len() + 1, "{pattern}");
            }
        }
    }
}
