//! Machine-readable errors: Cloudflare's problem details (RFC 9457), as JSON or as Markdown front matter, and OpenAI's JSON
//! errors. A member of the wrong type counts as missing.

use serde_json::{Map, Value};

use super::field::Code;

/// The members of one error.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Problem(Map<String, Value>);

impl Problem {
    /// `None` unless `body` is exactly one JSON object or starts with front matter.
    pub(super) fn parse(body: &str) -> Option<Self> {
        serde_json::from_str(body).ok().or_else(|| front_matter(body)).map(Self)
    }

    /// The error's number, if the body says that it is Cloudflare's error.
    pub(super) fn cloudflare_code(&self) -> Option<Code> {
        let is_cloudflare = self.0.get("cloudflare_error") == Some(&Value::Bool(true));
        is_cloudflare.then(|| Code::parse(&self.digits("error_code")?)).flatten()
    }

    /// The `code` in OpenAI's `error` or `detail` object.
    pub(super) fn openai_code(&self) -> Option<&str> {
        self.openai_member("code")?.as_str()
    }

    /// OpenAI's message: `detail` itself, or the `message` in the `error` or `detail` object.
    pub(super) fn openai_message(&self) -> Option<&str> {
        let detail = self.0.get("detail").and_then(Value::as_str);
        detail.or_else(|| self.openai_member("message")?.as_str())
    }

    /// Has the object nothing but `detail`? Only then do its words count without knowing where it comes from.
    pub(super) fn is_detail_alone(&self) -> bool {
        self.0.len() == 1 && self.0.contains_key("detail")
    }

    /// In how many seconds OpenAI's limit ends.
    pub(super) fn clears_in(&self) -> Option<u32> {
        self.openai_member("clears_in")?.as_u64()?.try_into().ok()
    }

    fn openai_member(&self, name: &str) -> Option<&Value> {
        ["error", "detail"].into_iter().find_map(|object| self.0.get(object)?.get(name))
    }

    /// How many seconds to wait.
    pub(super) fn retry_after(&self) -> Option<u32> {
        self.digits("retry_after")?.parse().ok()
    }

    /// A member that is a string.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.as_str()
    }

    /// A number, or a number in quotes.
    fn digits(&self, name: &str) -> Option<String> {
        match self.0.get(name)? {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        }
    }
}

/// Parses the lines between two `---`. Cloudflare writes its object this way if the request asks for Markdown.
fn front_matter(text: &str) -> Option<Map<String, Value>> {
    let mut members = Map::new();
    for line in text.strip_prefix("---")?.trim_ascii_start().lines() {
        let line = line.trim_ascii();
        if line == "---" {
            return Some(members);
        }
        let (name, value) = line.split_once(':')?;
        let value = value.trim_ascii();
        let unquoted = value.strip_prefix('"').and_then(|value| value.strip_suffix('"')).unwrap_or(value);
        // A Ray ID can look like a number, `1234567890123e12`. So only a value that consists of digits counts as a number.
        let is_bare = matches!(value, "true" | "false") || value.bytes().all(|byte| byte.is_ascii_digit());
        let bare = serde_json::from_str(value).ok().filter(|_| is_bare);
        members.insert(name.to_owned(), bare.unwrap_or_else(|| Value::from(unquoted)));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{Code, Problem};

    const RAY: &str = "8f2c0123456789ab";

    #[track_caller]
    fn check(body: &str, code: u16, retry_after: Option<u32>) {
        let problem = Problem::parse(body).unwrap();
        assert_eq!(problem.cloudflare_code().map(Code::number), Some(code), "{body}");
        assert_eq!(problem.retry_after(), retry_after, "{body}");
        assert_eq!(problem.text("ray_id"), Some(RAY), "{body}");
        assert_eq!(problem.text("zone"), Some("blocked.example"), "{body}");
    }

    #[test]
    fn cloudflares_json_is_parsed() {
        let body = r#" {"ray_id":"8f2c0123456789ab", "error_code":1020 ,
            "zone":"blocked.example","detail":{"a":["}"]},"cloudflare_error":true}
        "#;
        check(body, 1020, None);
        let body = r#"{"cloudflare_error":true,"error_code":"1015","retry_after":30,"ray_id":"8f2c0123456789ab",
            "zone":"blocked.example"}"#;
        check(body, 1015, Some(30));
    }

    #[test]
    fn front_matter_is_parsed_like_json() {
        let text = "---\nerror_code: 1015\r\nray_id: \"8f2c0123456789ab\"\nzone: blocked.example\ncloudflare_error: true\n---\n\n# Error";
        check(text, 1015, None);
        assert_eq!(Problem::parse("---\nno end: true"), None);
        assert_eq!(Problem::parse("---\nno pair\n---"), None);
    }

    #[test]
    fn openais_error_code_is_parsed() {
        let body = r#"{"error":{"code":"unsupported_country_region_territory","message":"x"}}"#;
        assert_eq!(Problem::parse(body).unwrap().openai_code(), Some("unsupported_country_region_territory"));
        for body in [r#"{"error":"x"}"#, r#"{"error":{"code":null}}"#, "{ }"] {
            assert_eq!(Problem::parse(body).unwrap().openai_code(), None, "{body}");
        }
    }

    #[test]
    fn openais_message_is_read_in_each_of_its_places() {
        let alone = r#"{"detail":"Too many requests in 1 hour."}"#;
        let within = r#"{"detail":{"message":"Too many requests in 1 hour.","clears_in":90}}"#;
        let error = r#"{"error":{"message":"Too many requests in 1 hour."},"status":429}"#;
        for (body, is_alone, clears_in) in [(alone, true, None), (within, true, Some(90)), (error, false, None)] {
            let problem = Problem::parse(body).unwrap();
            assert_eq!(problem.openai_message(), Some("Too many requests in 1 hour."), "{body}");
            assert_eq!((problem.is_detail_alone(), problem.clears_in()), (is_alone, clears_in), "{body}");
        }
        for body in [r#"{"detail":null}"#, r#"{"detail":{"message":1}}"#, r#"{"detail":{"clears_in":-1}}"#] {
            let problem = Problem::parse(body).unwrap();
            assert_eq!((problem.openai_message(), problem.clears_in()), (None, None), "{body}");
        }
    }

    #[test]
    fn a_member_of_the_wrong_type_counts_as_missing() {
        let problem = Problem::parse(r#"{"cloudflare_error":"true","error_code":1020,"ray_id":1,"zone":null}"#).unwrap();
        assert_eq!((problem.cloudflare_code(), problem.text("ray_id"), problem.text("zone")), (None, None, None));
    }

    #[test]
    fn only_one_complete_object_is_parsed() {
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
            assert_eq!(Problem::parse(text), None, "{text}");
        }
    }
}
