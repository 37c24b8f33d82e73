//! Which part of a URL may be requested again.
//!
//! Some URLs work once: the last step of a login carries a code in its query, and the server accepts it a single time. To request
//! such a URL again would use up the user's own code, or show an error that is not the block.

/// Query parameters whose values are valid once.
const ONE_TIME: &[&str] = &["code", "state", "token", "ticket", "id_token"];
/// The ends of the names of others.
const ONE_TIME_ENDS: &[&str] = &["_challenge", "_verifier"];

/// The URL to request in place of `url`: without a fragment, which is never sent, and without its query if that is valid once.
pub fn repeatable(url: &str) -> String {
    let url = url.split('#').next().unwrap_or_default();
    match url.split_once('?') {
        Some((path, query)) if is_one_time(path, query) => path.to_owned(),
        _ => url.to_owned(),
    }
}

fn is_one_time(path: &str, query: &str) -> bool {
    let (path, query) = (path.to_ascii_lowercase(), query.to_ascii_lowercase());
    let mut names = query.split('&').map(|pair| pair.split('=').next().unwrap_or_default());
    path.contains("callback") || names.any(|name| ONE_TIME.contains(&name) || ONE_TIME_ENDS.iter().any(|end| name.ends_with(end)))
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
}
