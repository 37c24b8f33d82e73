//! The recognizer against the project's own pages in `tests/pages`: every family, every generation of markup, and what
//! only looks like one. Each page is read twice, as a server sends it and as a browser writes its document out again.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::string_slice, reason = "a test's helpers may fail the test")]

use std::path::{Path, PathBuf};

use readmit_core::base::host::Host;
use readmit_core::recognize::{ClientAddress, Code, Colo, Ended, Evidence, Family, Kind, Page, RayId, Verdict, recognize};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/pages")
}

fn text_of(file: &str) -> String {
    std::fs::read_to_string(folder().join(file)).unwrap()
}

struct Fixture {
    file: String,
    family: String,
    code: Option<u16>,
    status: u16,
    generation: String,
}

fn fixtures() -> Vec<Fixture> {
    let index = text_of("index.tsv");
    let read = |line: &str| {
        let columns: Vec<&str> = line.split('\t').collect();
        Fixture {
            file: columns[0].to_owned(),
            family: columns[1].to_owned(),
            code: columns[2].parse().ok(),
            status: columns[3].parse().unwrap(),
            generation: columns[4].to_owned(),
        }
    };
    index.lines().skip(1).map(read).collect()
}

/// The same page as `document.documentElement.outerHTML` gives it after other extensions have been there: no document
/// type, nothing before `html`, void elements bare, entities resolved, strangers in `head`, `body` and behind it.
fn as_document(file: &str, body: &str) -> String {
    if !body.trim_start().starts_with('<') {
        let text = body.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        return format!("<html><head><meta charset=\"utf-8\"></head><body><pre>{text}</pre></body></html>");
    }
    if file.starts_with("malformed") || file.starts_with("truncated") {
        return body.to_owned();
    }
    let start = body.rfind("<html").or_else(|| body.find("<HTML")).unwrap();
    body[start..]
        .replace("<!--<![endif]-->", "<!--<![endif]-->\n")
        .replace(" />", ">")
        .replace("&bull;", "•")
        .replace("<html", "<html data-extension-theme=\"dark\"")
        .replace("</head>", "<style class=\"extension\">.cf-error-code{}</style></head>")
        .replace(
            "</body>",
            "<div id=\"extension-root\" style=\"display: contents;\"></div></body><extension-element></extension-element>",
        )
}

fn seen(status: Option<u16>, url: &str, body: &str) -> Option<Verdict> {
    recognize(&Page { status, headers: &[], url, body })
}

#[track_caller]
fn check(file: &str, url: &str, expected: Option<(Family, Option<u16>)>) {
    let body = text_of(file);
    for body in [as_document(file, &body), body] {
        let verdict = seen(Some(403), url, &body);
        let found = verdict.map(|verdict| (verdict.family, verdict.code.map(Code::number)));
        assert_eq!(found, expected, "{file} at {url}:\n{body}");
    }
}

#[track_caller]
fn check_silent(status: Option<u16>, body: &str) {
    assert_eq!(seen(status, "", body), None, "{body}");
}

#[test]
fn every_page_is_what_the_index_says() {
    for fixture in fixtures() {
        let body = text_of(&fixture.file);
        // Its markup is Cloudflare's own; nothing but the status can tell.
        let needs_status = fixture.file == "fake-1101-status-200.html";
        for body in [as_document(&fixture.file, &body), body] {
            for status in [Some(fixture.status), None] {
                if needs_status && status.is_none() {
                    continue;
                }
                let verdict = seen(status, "", &body);
                let family = verdict.as_ref().map_or("none", |verdict| verdict.family.as_str());
                let code = verdict.as_ref().and_then(|verdict| verdict.code).map(Code::number);
                assert_eq!((family, code), (&*fixture.family, fixture.code), "{} {status:?} {verdict:?}\n{body}", fixture.file);
            }
        }
    }
}

#[test]
fn no_page_with_a_status_below_400_is_a_refusal_or_a_challenge() {
    for fixture in fixtures() {
        for status in [200, 204, 301, 304, 399] {
            check_silent(Some(status), &text_of(&fixture.file));
        }
    }
}

#[test]
fn every_family_and_every_generation_has_a_page() {
    let fixtures = fixtures();
    for family in [
        Family::Cloudflare1xxx,
        Family::CloudflareBlock,
        Family::Cloudflare5xx,
        Family::CloudflareChallenge,
        Family::OpenaiBlock,
        Family::OpenaiRegion,
        Family::OpenaiCapacity,
        Family::Custom,
        Family::Unstyled,
        Family::OpenaiUnusualActivity,
        Family::OpenaiRateLimit,
        Family::Plain,
    ] {
        assert!(fixtures.iter().any(|fixture| fixture.family == family.as_str()), "{family:?}");
    }
    for generation in ["A", "B", "B'", "C", "D", "E", "F", "G", "OpenAI"] {
        assert!(fixtures.iter().any(|fixture| fixture.generation == generation && fixture.family != "none"), "{generation}");
    }
}

/// Families whose every page shows the value, and the few pages that do not.
#[test]
fn what_a_refusal_shows_of_the_request_is_read() {
    for fixture in fixtures() {
        if matches!(
            &*fixture.family,
            "none" | "plain" | "cloudflare-challenge" | "unstyled" | "openai-unusual-activity" | "openai-rate-limit"
        ) {
            continue;
        }
        let is_bare = matches!(
            &*fixture.file,
            "openai-block-2023.html" | "openai-region.json" | "openai-region-login.html" | "openai-capacity.html"
        );
        // A translation has it in another sentence; the tab's URL always has it.
        let is_translated = fixture.file.contains("translated");
        let names_host = !fixture.file.starts_with("openai")
            && !is_translated
            && !matches!(&*fixture.file, "522-custom.html" | "block-phishing.html");
        let body = text_of(&fixture.file);
        for body in [as_document(&fixture.file, &body), body] {
            let verdict = seen(Some(fixture.status), "", &body).unwrap();
            let ray_id = verdict.ray_id.as_ref().map(RayId::as_str);
            let client_ip = verdict.client_ip.as_ref().map(ClientAddress::as_str);
            let host = verdict.host.as_ref().map(Host::as_str);
            assert_eq!(ray_id, (!is_bare).then_some("8f2c0123456789ab"), "{}", fixture.file);
            assert_eq!(client_ip, (!is_bare).then_some("203.0.113.7"), "{}", fixture.file);
            assert_eq!(host, names_host.then_some("blocked.example"), "{}", fixture.file);
        }
    }
}

#[test]
fn the_data_centre_behind_a_ray_id_is_read() {
    for file in ["1020-generation-b-2026.html", "1020-generation-c.html", "1020-generation-d.html"] {
        assert_eq!(seen(Some(403), "", &text_of(file)).unwrap().colo, Colo::parse("FRA"), "{file}");
    }
}

#[test]
fn a_page_that_names_no_host_gets_the_address_bars() {
    let verdict = seen(Some(403), "https://chatgpt.com/c/1", &text_of("openai-block-2026.html")).unwrap();
    assert_eq!(verdict.host.unwrap().as_str(), "chatgpt.com");
    let verdict = seen(Some(403), "https://elsewhere.example/", &text_of("1020-generation-d.html")).unwrap();
    assert_eq!(verdict.host.unwrap().as_str(), "blocked.example");
}

#[test]
fn an_address_of_the_sixth_version_is_read_too() {
    for file in ["1020-generation-a-2019.html", "1020-generation-b-2026.html", "1020-generation-d.html", "openai-block-2026.html"]
    {
        let body = text_of(file).replace("203.0.113.7", "2001:db8:1::");
        assert_eq!(seen(Some(403), "", &body).unwrap().client_ip.unwrap().as_str(), "2001:db8:1::", "{file}");
    }
}

#[test]
fn a_chat_about_error_1020_is_left_alone() {
    check("chat-about-1020.html", "https://chatgpt.com/c/1", None);
}

#[test]
fn an_article_may_quote_the_page_in_every_way_there_is() {
    check("article-quoting-escaped.html", "", None);
    check("article-live-fragment.html", "", None);
    check("article-live-fragment-in-body.html", "", None);
    check("article-live-box.html", "", None);
    check("article-live-in-frames.html", "", None);
    check("gallery-of-errors.html", "", None);
}

/// What stands between `<body>` and `</body>` of one of our pages.
fn content(file: &str) -> String {
    let body = text_of(file);
    let start = body.find("<body>").unwrap() + "<body>".len();
    body[start..body.find("</body>").unwrap()].to_owned()
}

fn around(before: &str, file: &str, after: &str) -> String {
    let head = "<head><title>T</title><link rel=stylesheet href=/cdn-cgi/styles/errors.css></head>";
    format!("<!DOCTYPE html><html>{head}<body>{before}{}{after}</body></html>", content(file))
}

#[test]
fn what_is_shown_is_not_meant_however_short_the_page() {
    for (before, after) in [
        ("<figure>", "</figure>"),
        ("<details>", "</details>"),
        ("<code>", "</code>"),
        ("<template>", "</template>"),
        ("<textarea>", "</textarea>"),
        ("<!-- ", " -->"),
    ] {
        let file = "1020-custom-openai-2023.html";
        check_silent(Some(403), &around(before, file, after).replace("<!-- /.", "<i "));
    }
}

#[test]
fn a_layout_that_an_app_built_into_itself_is_not_the_page() {
    for file in [
        "1020-generation-b.html",
        "1020-generation-c.html",
        "1020-generation-d.html",
        "block-2026.html",
        "openai-block-2026.html",
    ] {
        check_silent(Some(403), &around("<div id=\"root\">", file, "</div>"));
        assert!(seen(Some(403), "", &around("", file, "")).is_some(), "{file}");
    }
}

#[test]
fn a_long_text_around_it_makes_a_quotation_of_it() {
    let article = format!("<p>{}</p>", "Flour, water, salt and time. ".repeat(100));
    for file in [
        "1020-generation-b.html",
        "1020-generation-a-2019.html",
        "521-generation-b.html",
        "block-2026.html",
        "openai-block-2026.html",
    ] {
        check_silent(Some(403), &around(&article, file, ""));
    }
    let verification = "<div class=\"cf-browser-verification\"><h1>Checking your browser</h1></div>";
    assert!(seen(Some(503), "", verification).is_some());
    check_silent(Some(503), &format!("{article}{verification}"));
}

#[test]
fn elements_nested_beyond_measure_do_not_hide_what_follows_them() {
    let deep = format!("{}{}", "<div>".repeat(300), "</div>".repeat(300));
    assert!(seen(Some(403), "", &around(&deep, "1020-generation-b.html", "")).is_some());
    check_silent(Some(403), &around(&"<div>".repeat(300), "1020-generation-b.html", ""));
}

#[test]
fn a_gallery_of_any_size_is_no_refusal() {
    let one = content("1020-custom-small.html");
    for number in [2, 65_536, 65_537] {
        check_silent(Some(403), &format!("{one}{}", "<p class=\"cf-error-details cf-error-1020\"></p>".repeat(number - 1)));
    }
}

#[test]
fn a_second_document_behind_the_first_is_not_this_page() {
    for file in ["1020-generation-b.html", "challenge-2026.html", "1020-custom-small.html"] {
        check_silent(Some(403), &format!("{}\n=====\n{}", text_of("other-firewall-nginx.html"), text_of(file)));
    }
}

#[test]
fn the_sites_own_text_does_not_crowd_out_the_boxes() {
    let before = format!("<div class=\"container\"><p class=\"message\">{}</p></div>", "Sorry for this. ".repeat(400));
    let verdict = seen(Some(403), "", &around(&before, "1020-custom-small.html", "")).unwrap();
    assert_eq!(verdict.ray_id.unwrap().as_str(), "8f2c0123456789ab");
}

#[test]
fn tags_that_html_lets_one_leave_out_do_not_hide_the_page() {
    for before in ["<p>", "<p><br>", "<img src=x>", "<svg><path d=x /><title/></svg>", "<script/></script>"] {
        assert!(seen(Some(403), "", &around(before, "1020-generation-b.html", "")).is_some(), "{before}");
    }
    let bare = content("1020-generation-b.html");
    assert!(seen(Some(403), "", &format!("<title>T</title>{bare}")).is_some());
}

#[test]
fn a_title_alone_is_no_refusal() {
    check("forum-title-trap.html", "", None);
    check("title-trap-attention.html", "", None);
}

#[test]
fn another_networks_copy_of_the_layout_is_not_cloudflares() {
    check("other-network-layout-b.html", "", None);
    check("other-network-own-id.html", "", None);
    check("fake-521-no-ray-id.html", "", None);
}

#[test]
fn a_generators_copy_is_not_cloudflares() {
    let copy = text_of("generated-1020.html");
    for code in ["1020", "1015", "1101", "520", "403", "200"] {
        check_silent(Some(403), &copy.replace("1020", code));
    }
    // What a copy takes from elsewhere is no mark of the page's own host.
    for host in ["https://cloudflare.com", "https://www.cloudflare.com", "//cloudflare.com"] {
        let style = format!("<link rel=stylesheet href={host}/cdn-cgi/styles/main.css></head>");
        for code in ["1020", "520"] {
            check_silent(Some(403), &copy.replace("1020", code).replace("</head>", &style));
        }
    }
    let headers = [("cf-ray", "8f2c0123456789ab-FRA")];
    assert_eq!(with_headers(403, &headers, &copy), None);
}

#[test]
fn another_firewalls_refusal_is_not_cloudflares() {
    check("other-firewall-akamai.html", "", None);
    check("other-firewall-cloudfront.html", "", None);
    check("other-firewall-nginx.html", "", None);
}

#[test]
fn a_code_of_1xxx_needs_one_of_cloudflares_marks_and_a_5xx_both() {
    let page = |file: &str, ray_id: bool, style: bool| {
        let body = text_of(file);
        let body = if ray_id { body } else { body.replace("8f2c0123456789ab", "redacted") };
        let body = if style { body } else { body.replace("/cdn-cgi/styles/", "/styles/") };
        seen(Some(403), "", &body).is_some()
    };
    for file in ["1020-generation-b.html", "1020-generation-a-2019.html", "1020-generation-d.html", "block-2026.html"] {
        assert!(page(file, true, false) && page(file, false, true) && !page(file, false, false), "{file}");
    }
    for file in ["521-generation-b.html", "520-generation-b.html"] {
        assert!(page(file, true, true) && !page(file, true, false) && !page(file, false, true), "{file}");
    }
}

#[test]
fn the_script_that_a_block_page_shares_with_challenges_does_not_make_it_one() {
    check("block-2026.html", "", Some((Family::CloudflareBlock, None)));
    check("openai-block-2026.html", "https://chatgpt.com/", Some((Family::OpenaiBlock, None)));
}

#[test]
fn a_captcha_in_the_layout_of_the_error_pages_is_a_challenge() {
    check("challenge-captcha-2021.html", "", Some((Family::CloudflareChallenge, None)));
}

#[test]
fn a_challenge_is_no_refusal_and_knows_its_ray_id() {
    let verdict = seen(Some(403), "", &text_of("challenge-2026.html")).unwrap();
    assert!(!verdict.is_refusal());
    assert_eq!(verdict.ray_id.unwrap().as_str(), "8f2c0123456789ab");
    assert_eq!(verdict.host.unwrap().as_str(), "blocked.example");
}

#[test]
fn openais_page_on_anybody_elses_host_is_a_copy() {
    check("openai-block-2026.html", "https://copy.example/", None);
    check("openai-block-2026.html", "https://chatgpt.com.copy.example/", None);
    check("openai-region.json", "https://copy.example/", None);
    check("openai-region.json", "https://api.openai.com/v1", Some((Family::OpenaiRegion, None)));
}

#[test]
fn openais_capacity_page_needs_no_shell_on_its_own_host_and_with_a_failing_status() {
    let body = "<html><head><title>ChatGPT</title></head><body><div id=\"__next\"><h1>ChatGPT is at capacity right now</h1></div></body></html>";
    let family = |status, url| seen(status, url, body).map(|verdict| verdict.family);
    assert_eq!(family(Some(503), "https://chat.openai.com/"), Some(Family::OpenaiCapacity));
    assert_eq!(family(Some(503), "https://blog.example/"), None);
    assert_eq!(family(Some(503), ""), None);
    assert_eq!(family(None, "https://chat.openai.com/"), None);
    check_silent(None, "<body><div class=container><p class=message>ChatGPT is at capacity right now</p></div></body>");
}

#[test]
fn the_logins_region_error_needs_no_heading() {
    let region = Some((Family::OpenaiRegion, None));
    check("openai-region-login.html", "https://auth.openai.com/log-in", region);
    check("openai-region-login.html", "https://copy.example/", None);
    check("openai-login-error.html", "https://auth.openai.com/log-in", None);
    let body = text_of("openai-region-login.html").replace("auth-cdn.oaistatic.com", "cdn.example");
    check_silent(None, &body);
    check_silent(Some(403), &body);
    let family = |status| seen(status, "https://auth.openai.com/log-in", &body).map(|verdict| verdict.family);
    assert_eq!((family(Some(403)), family(None)), (Some(Family::OpenaiRegion), None));
}

#[test]
fn a_page_that_talks_or_asks_is_no_region_error() {
    let body = text_of("openai-region-login.html");
    let long = format!("<p>{}</p>", "Flour, water, salt and time. ".repeat(100));
    for content in ["<article>A question</article>", "<form></form>", "<textarea></textarea>", &long] {
        let body = body.replace("<section", &format!("{content}<section"));
        assert_eq!(seen(Some(403), "https://auth.openai.com/log-in", &body), None, "{content}");
    }
    check_silent(None, &body.replace("auth-cdn.oaistatic.com", "oaistatic.com.copy.example"));
}

/// A customized page with its box in the element of this class, and `text` in `main`.
fn custom_around(text: &str, before_box: &str, code: &str) -> String {
    let boxed = content("1020-custom-small.html").replace("cf-error-1020", &format!("cf-error-{code}"));
    format!("<html><body><main>{text}</main><div class=\"why\">{before_box}{boxed}</div><p>The end</p></body></html>")
}

#[test]
fn a_long_menu_around_the_box_is_no_explanation() {
    let menu = "<li><a href=/x>Windows, doors and whatever else a house may need</a></li>".repeat(900);
    let words = "<li>Windows</li>".repeat(900);
    for status in [None, Some(403), Some(500)] {
        let verdict = seen(status, "", &custom_around(&format!("<ul>{menu}{words}</ul>"), "", "1020")).unwrap();
        assert_eq!((verdict.family, verdict.code), (Family::Custom, Code::new(1020)), "{status:?}");
    }
}

#[test]
fn long_texts_around_the_box_need_the_errors_own_status() {
    let texts = format!("<p>{}</p>", "Flour, water, salt and time. ".repeat(50)).repeat(10);
    let code = |status, code| seen(status, "", &custom_around(&texts, "", code)).map(|verdict| verdict.code.unwrap().number());
    assert_eq!(code(Some(403), "1020"), Some(1020));
    assert_eq!(code(Some(522), "522"), Some(522));
    for status in [None, Some(404), Some(500), Some(522)] {
        assert_eq!(code(status, "1020"), None, "{status:?}");
    }
}

#[test]
fn a_box_among_long_texts_is_a_quotation() {
    let texts = format!("<p>{}</p>", "Flour, water, salt and time. ".repeat(50)).repeat(10);
    check_silent(Some(403), &custom_around("", &texts, "1020"));
    check_silent(Some(403), &custom_around("", "", "1020").replace("</div><p>The end", &format!("{texts}</div><p>The end")));
}

#[test]
fn a_translated_page_is_still_recognized() {
    let translated = |file: &str| {
        text_of(file)
            .replace(">Error<", "><font style=\"vertical-align: inherit;\"><font>Fehler</font></font><")
            .replace("<span>1020</span>", "<span><font><font>1020</font></font></span>")
            .replace("Access denied", "Zugriff verweigert")
            .replace("Sorry, you have been blocked", "Sie wurden blockiert")
            .replace("Ray ID", "Strahlen-ID")
            .replace("Performance &amp; security by", "Leistung und Sicherheit von")
    };
    for file in ["1020-generation-b.html", "1020-generation-d.html", "block-2026.html"] {
        let verdict = seen(Some(403), "", &translated(file)).unwrap();
        assert_eq!(verdict.ray_id.unwrap().as_str(), "8f2c0123456789ab", "{file}");
    }
}

#[test]
fn an_ordinary_page_of_a_megabyte_is_left_alone() {
    let mut body = String::from(
        "<!DOCTYPE html><html><head><title>Chairs</title></head><body><div class=\"container\"><div class=\"logo\"></div>",
    );
    let mut number = 0;
    while body.len() < 1 << 20 {
        number += 1;
        body.push_str("<div class=\"card message\"><h2>Chair ");
        body.push_str(&number.to_string());
        body.push_str("</h2><p>Oak, 1020 mm high <script>if (a < b) { document.write(\"<div>\"); }</script><img src=\"data:image/png;base64,AAAA\">");
        body.push_str("<svg><path d=\"M0 0\"/></svg></p><ul><li>one<li>two</ul></div>");
    }
    for status in [Some(200), Some(403), None] {
        check_silent(status, &body);
    }
}

#[test]
fn a_code_that_cloudflare_added_since_is_recognized() {
    let body = text_of("1020-generation-b-2026.html").replace("1020", "1234");
    assert_eq!(seen(None, "", &body).unwrap().code, Code::new(1234));
}

#[test]
fn an_unlisted_errors_kind_follows_the_status() {
    for code in ["1021", "1022", "1110", "1150"] {
        let kind = |file: &str, status| Kind::of(&seen(status, "", &text_of(file).replace("1020", code)).unwrap());
        for file in ["1020-generation-b-2026.html", "1020-custom-small.html", "1020-plain.txt", "1020-problem.json"] {
            assert_eq!(kind(file, Some(403)), Kind::Rule, "{file} {code}");
            assert_eq!(kind(file, Some(429)), Kind::RateLimit, "{file} {code}");
            assert_eq!(kind(file, Some(530)), Kind::Service, "{file} {code}");
            assert_eq!(kind(file, None), Kind::Rule, "{file} {code}");
        }
    }
}

#[test]
fn a_number_that_is_no_error_of_cloudflares_is_not() {
    for number in ["404", "403", "999", "2020", "10200"] {
        check_silent(Some(403), &text_of("1020-generation-b.html").replace(">1020<", &format!(">{number}<")));
        check_silent(Some(403), &text_of("1020-plain.txt").replace("1020", number));
        check_silent(Some(403), &text_of("1020-problem.json").replace("1020", number));
    }
}

#[test]
fn plain_text_is_the_whole_body_or_nothing() {
    check_silent(Some(403), "error code: 1020 is what I get");
    check_silent(Some(403), "<html><body><p>See:</p><pre>error code: 1020</pre></body></html>");
    check_silent(Some(403), "<html><body><div><pre>error code: 1020</pre></div></body></html>");
    check_silent(Some(403), "");
}

#[test]
fn json_of_anybody_elses_is_not_cloudflares() {
    check_silent(Some(403), "{\"error_code\":1020,\"ray_id\":\"8f2c0123456789ab\"}");
    check_silent(Some(403), "{\"error_code\":1020,\"cloudflare_error\":\"true\"}");
    check_silent(Some(403), "{\"error\":{\"code\":\"rate_limit_exceeded\"}}");
    check_silent(Some(403), "{\"error\":\"unsupported_country_region_territory\"}");
    check_silent(Some(403), "{\"error_code\":1020,\"cloudflare_error\":true");
}

fn with_headers(status: u16, headers: &[(&str, &str)], body: &str) -> Option<Verdict> {
    let headers: Vec<(String, String)> = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    recognize(&Page { status: Some(status), headers: &headers, url: "https://blocked.example/", body })
}

#[test]
fn the_header_of_a_challenge_decides() {
    let verdict =
        with_headers(403, &[("CF-Mitigated", "challenge"), ("CF-Ray", "8f2c0123456789ab-FRA")], "<html></html>").unwrap();
    assert_eq!((verdict.family, verdict.colo), (Family::CloudflareChallenge, Colo::parse("FRA")));
    assert_eq!(verdict.evidence, [Evidence::Status, Evidence::MitigatedHeader]);
    assert_eq!(with_headers(200, &[("cf-mitigated", "challenge")], ""), None);
}

#[test]
fn an_error_that_only_a_header_tells_is_a_customised_page() {
    let body = text_of("custom-unmarked.html");
    let verdict = with_headers(403, &[("cf-error-type", "1009"), ("cf-ray", "8f2c0123456789ab-FRA")], &body).unwrap();
    assert_eq!((verdict.family, verdict.code), (Family::Custom, Code::new(1009)));
    assert_eq!(verdict.ray_id.unwrap().as_str(), "8f2c0123456789ab");
    assert_eq!(with_headers(403, &[("cf-error-type", "52x"), ("cf-ray", "8f2c0123456789ab-FRA")], &body), None);
}

#[test]
fn the_header_says_how_long_to_wait() {
    let wait = |value| with_headers(429, &[("Retry-After", value)], &text_of("1015-generation-b.html")).unwrap().retry_after;
    assert_eq!(wait("30"), Some(30));
    assert_eq!(wait(" 0 "), Some(0));
    assert_eq!(wait("Wed, 21 Oct 2026 07:28:00 GMT"), None);
    assert_eq!(wait("-1"), None);
}

#[test]
fn the_json_says_how_long_to_wait_where_no_header_does() {
    let body = text_of("1015-problem.json");
    assert_eq!(with_headers(429, &[], &body).unwrap().retry_after, Some(30));
    assert_eq!(with_headers(429, &[("retry-after", "5")], &body).unwrap().retry_after, Some(5));
}

#[test]
fn the_evidence_is_what_the_family_is_told_by() {
    let evidence = seen(Some(403), "", &text_of("1020-generation-d.html")).unwrap().evidence;
    assert_eq!(evidence, [Evidence::Status, Evidence::MainWrapper, Evidence::CodeLabel, Evidence::RayId, Evidence::Stylesheet]);
    let evidence = seen(None, "", &text_of("1020-custom-openai-2023.html")).unwrap().evidence;
    assert_eq!(evidence, [Evidence::RayId, Evidence::ErrorBox, Evidence::ErrorBoxList]);
}

#[test]
fn a_byte_order_mark_changes_nothing() {
    for file in ["1020-generation-d.html", "1020-plain.txt", "1020-problem.json"] {
        assert!(seen(None, "", &format!("\u{feff}{}", text_of(file))).is_some(), "{file}");
    }
}

#[test]
fn a_bare_page_is_the_edges_only_with_its_name() {
    for file in ["unstyled-400.html", "unstyled-403.html", "unstyled-502.html"] {
        let body = text_of(file);
        assert_eq!(seen(None, "", &body).unwrap().family, Family::Unstyled, "{file}");
        for other in ["nginx", "openresty", "nginx/1.27.0", "cloudflare.com", ""] {
            check_silent(Some(403), &body.replace("<center>cloudflare<", &format!("<center>{other}<")));
        }
        check_silent(Some(403), &body.replace("<hr>", &format!("<p>{}</p>", "Flour, water, salt and time. ".repeat(20))));
        check_silent(Some(403), &body.replace("<body>", "<body><main>").replace("</body>", "</main></body>"));
        check_silent(Some(403), &body.replace("<h1>4", "<h1>2").replace("<h1>5", "<h1>2"));
    }
}

#[test]
fn a_bare_page_says_when_the_request_was_too_large() {
    let is_too_large = |body: &str| seen(Some(400), "", body).unwrap().evidence.contains(&Evidence::TooLarge);
    assert!(is_too_large(&text_of("unstyled-400-cookies.html")));
    assert!(is_too_large(&text_of("unstyled-400.html").replace("400 Bad Request", "431 Request Fields")));
    assert!(!is_too_large(&text_of("unstyled-400.html")));
}

#[test]
fn openais_json_errors_are_read() {
    let verdict = seen(Some(403), "https://chatgpt.com/backend-api/x", &text_of("openai-unusual-activity.json")).unwrap();
    assert_eq!((verdict.ray_id.unwrap().as_str(), verdict.colo), ("8f2c0123456789ab", Colo::parse("FRA")));
    assert_eq!(verdict.evidence, [Evidence::Status, Evidence::RayId, Evidence::OpenaiHost, Evidence::UnusualActivity]);
    let family = |status, url: &str, body: &str| seen(Some(status), url, body).map(|verdict| verdict.family);
    let limit = r#"{"detail":{"code":"model_cap","message":"You have sent too many messages.","clears_in":900}}"#;
    assert_eq!(family(429, "https://chatgpt.com/", limit), Some(Family::OpenaiRateLimit));
    assert_eq!(seen(Some(429), "https://chatgpt.com/", limit).unwrap().retry_after, Some(900));
    let error = r#"{"error":{"message":"Our systems have detected unusual activity."},"status":403}"#;
    assert_eq!(family(403, "https://chatgpt.com/", error), Some(Family::OpenaiUnusualActivity));
    assert_eq!(family(403, "", error), None, "anyone's");
    for file in ["openai-unusual-activity.json", "openai-rate-limit.json"] {
        assert_eq!(family(403, "https://copy.example/", &text_of(file)), None, "{file}");
        assert_eq!(family(500, "https://chatgpt.com/", &text_of(file)), None, "{file}");
        check_silent(Some(403), &format!("<html><body><p>See:</p><pre>{}</pre></body></html>", text_of(file)));
    }
    assert_eq!(family(403, "https://chatgpt.com/", r#"{"detail":"Not found"}"#), None);
}

#[track_caller]
fn check_ended(body: &str, expected: Option<Ended>) {
    let verdict = seen(Some(403), "https://chatgpt.com/", body).unwrap();
    assert_eq!((verdict.family, verdict.ended), (Family::CloudflareChallenge, expected), "{body}");
}

#[test]
fn a_challenge_that_has_ended_is_told_from_one_that_runs() {
    for (name, expected) in [
        ("ended-extension", Some(Ended::Extension)),
        ("ended-clock", Some(Ended::Clock)),
        ("ended-browser", Some(Ended::UnsupportedBrowser)),
        ("ended-unblock", Some(Ended::Unblock)),
        ("ended-unknown", Some(Ended::Unknown)),
        ("running-2026", None),
        ("2026", None),
        ("openai-2026", None),
        ("2019", None),
        ("captcha-2021", None),
    ] {
        let file = format!("challenge-{name}.html");
        let body = text_of(&file);
        check_ended(&body, expected);
        check_ended(&as_document(&file, &body), expected);
    }
}

#[test]
fn the_reason_is_known_in_any_language() {
    let extension = text_of("challenge-ended-extension.html")
        .replace("Incompatible browser extension or network", "Qapla’ ghobe’")
        .replace("Open the list of your extensions", "Dalo’");
    check_ended(&extension, Some(Ended::Extension));
    let unblock = text_of("challenge-ended-unblock.html").replace("Please let", "Bitte geben Sie");
    check_ended(&unblock, Some(Ended::Unblock));
    for heading in [
        "Falsche Gerätezeit",
        "Heure de l’appareil incorrecte",
        "Hora del dispositivo incorrecta",
        "Ora del dispositivo errata",
        "Hora do dispositivo incorreta",
        "Onjuiste apparaattijd",
        "Nieprawidłowy czas urządzenia",
        "Неверное время устройства",
        "デバイスの時刻が正しくありません",
        "设备时间不正确",
        "裝置時間不正確",
        "기기 시간이 잘못되었습니다",
        "Cihaz saati yanlış",
        "Waktu perangkat salah",
        "وقت الجهاز غير صحيح",
        "زمان دستگاه نادرست است",
    ] {
        check_ended(&text_of("challenge-ended-clock.html").replace("Incorrect device time", heading), Some(Ended::Clock));
    }
    for heading in ["Nicht unterstützter Browser", "Navigateur non pris en charge", "不支持的浏览器", "Браузер не поддерживается"]
    {
        let body = text_of("challenge-ended-clock.html").replace("Incorrect device time", heading);
        check_ended(&body, Some(Ended::UnsupportedBrowser));
    }
}

#[test]
fn only_a_challenge_can_have_ended() {
    let body = text_of("challenge-ended-clock.html").replace("_cf_chl_opt", "_options").replace("challenge-error-text", "text");
    check_silent(Some(403), &body);
    assert_eq!(seen(Some(403), "", &around("", "1020-generation-c.html", "")).unwrap().ended, None);
}

#[test]
fn a_ray_id_is_read_after_a_full_width_colon() {
    for label in ["射线 ID：", "射线ID：", "レイID:", "光线 ID： "] {
        let body = text_of("openai-block-2026.html").replace("Ray ID:", label).replace("[IP:", "[IP：");
        let verdict = seen(Some(403), "", &body).unwrap();
        assert_eq!(verdict.ray_id.unwrap().as_str(), "8f2c0123456789ab", "{label}");
        assert_eq!(verdict.client_ip.unwrap().as_str(), "203.0.113.7", "{label}");
    }
}
