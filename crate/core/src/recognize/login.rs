//! The error that OpenAI's login shows in its own page. Such a page is no block page, and most often it was loaded with status 200.
//! It is only read when someone opens the popup on it.

use super::verdict::Family;
use crate::base::host::Host;

/// Every page of the login says so in these words, in all languages.
const ROUTE_ERROR: &str = "Route Error (";
/// In a route error or in place of one: the login took too long, was opened in two tabs, or its cookie is missing.
const EXPIRED: [&str; 3] = ["invalid_state", "Invalid Session", "session_expired"];
/// What became of a script that was blocked or broken off: the event of its error, written as JSON.
const SCRIPT: &str = "isTrusted";

/// The host of OpenAI's login.
pub const LOGIN_HOST: &str = "auth.openai.com";

/// The error in this markup, which is the whole page's or that of the part with the error. `None` if there is none.
pub fn login_error(host: &Host, html: &str) -> Option<Family> {
    if host.as_str() != LOGIN_HOST || !html.contains("<h1") {
        return None;
    }
    let is_route_error = html.contains(ROUTE_ERROR);
    if EXPIRED.iter().any(|word| html.contains(word)) {
        Some(Family::LoginExpired)
    } else if is_route_error && html.contains(SCRIPT) {
        Some(Family::LoginScript)
    } else {
        is_route_error.then_some(Family::LoginBlocked)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(host: &str, text: &str, expected: Option<Family>) {
        let html = format!("<section><h1>Oops</h1><div>{text}</div></section>");
        assert_eq!(login_error(&Host::parse(host).unwrap(), &html), expected, "{host} {text}");
    }

    #[test]
    fn the_login_says_what_went_wrong() {
        check(LOGIN_HOST, "Route Error (400 Invalid content type: text/html)", Some(Family::LoginBlocked));
        check(LOGIN_HOST, "Route Error (500 ): {&quot;isTrusted&quot;: true}", Some(Family::LoginScript));
        check(
            LOGIN_HOST,
            "Route Error (400 Bad Request): {&quot;error&quot;:&quot;invalid_state&quot;}",
            Some(Family::LoginExpired),
        );
        check(LOGIN_HOST, "Invalid Session", Some(Family::LoginExpired));
        check(LOGIN_HOST, "Wrong password", None);
        check("chatgpt.com", "Route Error (400 Invalid content type: text/html)", None);
        assert_eq!(login_error(&Host::parse(LOGIN_HOST).unwrap(), "Route Error ("), None);
    }
}
