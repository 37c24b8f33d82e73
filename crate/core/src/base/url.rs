//! Which part of a URL may be requested again.
//!
//! Some URLs work once: the last step of a login carries a code in its query, and the server accepts it a single time. To request
//! such a URL again would use up the user's own code, or show an error that is not the block.

use crate::base::host::Host;
use crate::base::id::Path;

/// Query parameters whose values are valid once.
const ONE_TIME: &[&str] = &["code", "state", "token", "ticket", "id_token"];
/// The ends of the names of others.
const ONE_TIME_ENDS: &[&str] = &["_challenge", "_verifier"];

/// The URL to request in place of `url`: without a fragment, which is never sent, and without its query if that is valid once.
pub fn repeatable(url: &str) -> String {
    let whole = url.split('#').next().unwrap_or_default();
    match whole.split_once('?') {
        Some((path, _)) if is_one_time(url) => path.to_owned(),
        _ => whole.to_owned(),
    }
}

/// The URL that opens the page of `url` anew: that of the site's start, if `url` is valid once.
pub fn reopening(url: &str) -> String {
    match Host::of_url(url).filter(|_| is_one_time(url)) {
        Some(host) => ["https://", host.as_str(), "/"].concat(),
        None => repeatable(url),
    }
}

/// Is this a URL that works once? Then no watch requests it.
pub fn is_one_time(url: &str) -> bool {
    let whole = url.split('#').next().unwrap_or_default().to_ascii_lowercase();
    let (path, query) = whole.split_once('?').unwrap_or((&whole, ""));
    let mut names = query.split('&').map(|pair| pair.split('=').next().unwrap_or_default());
    path.contains("callback") || names.any(|name| ONE_TIME.contains(&name) || ONE_TIME_ENDS.iter().any(|end| name.ends_with(end)))
}

/// The path of a web URL, without query and fragment.
pub fn path_of(url: &str) -> Option<Path> {
    let rest = url.split_once("://")?.1.split(['?', '#']).next().unwrap_or_default();
    Path::parse(rest.find('/').and_then(|at| rest.get(at..)).unwrap_or("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(url: &str, expected: &str) {
        assert_eq!(repeatable(url), expected, "{url}");
    }

    #[test]
    fn a_fragment_and_a_query_that_is_valid_once_are_left_out() {
        check("https://chatgpt.com/", "https://chatgpt.com/");
        check("https://chatgpt.com/c/1?model=gpt-5#end", "https://chatgpt.com/c/1?model=gpt-5");
        check("https://chatgpt.com/#a?code=1", "https://chatgpt.com/");
        check("https://auth.openai.com/log-in?hint=a&CODE=1", "https://auth.openai.com/log-in");
        check("https://auth.openai.com/authorize?code_challenge=x", "https://auth.openai.com/authorize");
        check("https://auth.openai.com/authorize?code_verifier=x&a=b", "https://auth.openai.com/authorize");
        check("https://chatgpt.com/api/auth/Callback/openai?error=x", "https://chatgpt.com/api/auth/Callback/openai");
        check("https://chatgpt.com/?barcode=1&q=state", "https://chatgpt.com/?barcode=1&q=state");
        check("https://chatgpt.com/?ärger=1", "https://chatgpt.com/?ärger=1");
        check("", "");
    }

    #[track_caller]
    fn check_reopening(url: &str, expected: &str) {
        assert_eq!((reopening(url).as_str(), is_one_time(url)), (expected, repeatable(url) != expected), "{url}");
    }

    #[test]
    fn a_page_that_opens_once_is_opened_again_at_the_sites_start() {
        check_reopening("https://chatgpt.com/c/1?model=gpt-5#end", "https://chatgpt.com/c/1?model=gpt-5");
        check_reopening("https://chatgpt.com/api/auth/callback/openai?code=1", "https://chatgpt.com/");
        check_reopening("https://auth.openai.com/callback", "https://auth.openai.com/");
        check_reopening("https://auth.openai.com/authorize?state=1#x", "https://auth.openai.com/");
        check_reopening("about:blank", "about:blank");
    }

    #[test]
    fn a_url_has_a_path() {
        for (url, path) in [
            ("https://chatgpt.com", Some("/")),
            ("https://chatgpt.com/login?next=/a#b", Some("/login")),
            ("https://chatgpt.com?a=/b", Some("/")),
            ("about:blank", None),
            ("https://chatgpt.com/a b", None),
        ] {
            assert_eq!(path_of(url).as_ref().map(Path::as_str), path, "{url}");
        }
    }
}
