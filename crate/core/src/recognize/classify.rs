//! Decides from the features of a page which family it belongs to. Every family requires certain HTML structure. Words alone
//! never make a page a block page: they only choose between families once the structure matches, or they contain a value to
//! extract.

use super::Page;
use super::catalogue;
use super::ended::{Ended, Ending};
use super::evidence::{Evidence, EvidenceSet};
use super::feature::Features;
use super::field::{ClientAddress, Code, Colo, RayId};
use super::problem::Problem;
use super::verdict::{Family, Verdict};
use crate::base::host::Host;

/// In letters. An ordinary page has more text than this around an error that it quotes. A block page has almost none, but
/// translators and other extensions add a little.
const OUTSIDE_AT_MOST: usize = 1500;
/// In letters. The most text that a customized error page has around its error box, not counting menus and lists. If the HTTP
/// status also says that something went wrong, twice as much is allowed.
const AROUND_BOX_AT_MOST: usize = 3500;
/// In letters. The longest known error page has a quarter of this.
const INSIDE_AT_MOST: usize = 4000;
/// In letters. The most text that translators and other extensions add to a bare page.
const AROUND_BARE_AT_MOST: usize = 200;
/// In bytes. Enough for any error body that is not HTML.
const PLAIN_AT_MOST: usize = 8192;

/// `read_problem` parses a body that is a machine-readable error. `name_reason` names the reason of a challenge that has ended.
pub(super) fn classify(
    page: &Page<'_>,
    read_problem: impl Fn(&str) -> Option<Problem>,
    name_reason: impl Fn(&Ending) -> Ended,
) -> Option<Verdict> {
    if page.status.is_some_and(|status| status < 400) {
        return None;
    }
    let mut notes = Notes::of_headers(page);
    if notes.seen.has(Evidence::MitigatedHeader) {
        return Some(notes.verdict(page, Family::CloudflareChallenge, None));
    }
    let body = page.body.trim_start_matches('\u{feff}').trim_ascii();
    if !body.starts_with('<')
        && let Some(verdict) = notes.read_plain(page, body, &read_problem)
    {
        return Some(verdict);
    }
    let features = Features::of(body);
    if features.in_pre > 0
        && features.in_pre == features.visible
        && let Some(verdict) = notes.read_plain(page, features.pre.as_str().trim_ascii(), &read_problem)
    {
        return Some(verdict);
    }
    notes.read_features(&features);
    let has_ended = features.ending.has_ended() && features.visible <= INSIDE_AT_MOST;
    notes.ended = has_ended.then(|| name_reason(&features.ending));
    if let Some((family, code)) = notes.family(page, &features) {
        return Some(notes.verdict(page, family, code));
    }
    // Cloudflare sets this header only on its own error pages, so it counts no matter what HTML the site's owner supplied.
    let code = notes.header_code?;
    Some(notes.verdict(page, Family::Custom, Some(code)))
}

/// What is known about the page so far.
#[derive(Default)]
struct Notes {
    seen: EvidenceSet,
    ray_id: Option<RayId>,
    header_ray_id: Option<RayId>,
    header_code: Option<Code>,
    client_ip: Option<ClientAddress>,
    host: Option<Host>,
    colo: Option<Colo>,
    ended: Option<Ended>,
    retry_after: Option<u32>,
}

impl Notes {
    fn of_headers(page: &Page<'_>) -> Self {
        let mut notes = Self::default();
        if page.status.is_some() {
            notes.seen.note(Evidence::Status);
        }
        if Host::of_url(page.url).is_some_and(|host| host.is_openai()) {
            notes.seen.note(Evidence::OpenaiHost);
        }
        let header = |wanted: &str| {
            let found = page.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted));
            found.map_or("", |(_, value)| value.trim_ascii())
        };
        if header("cf-mitigated").eq_ignore_ascii_case("challenge") {
            notes.seen.note(Evidence::MitigatedHeader);
        }
        notes.header_code = Code::parse(header("cf-error-type"));
        if notes.header_code.is_some() {
            notes.seen.note(Evidence::ErrorTypeHeader);
        }
        if let Some((ray_id, colo)) = RayId::parse_with_colo(header("cf-ray")) {
            notes.header_ray_id = Some(ray_id);
            notes.colo = colo;
        }
        // The header can also be a date. Reading that form would need a clock.
        notes.retry_after = header("retry-after").parse().ok();
        notes
    }

    fn verdict(self, page: &Page<'_>, family: Family, code: Option<Code>) -> Verdict {
        Verdict {
            family,
            code,
            ray_id: self.ray_id.or(self.header_ray_id),
            client_ip: self.client_ip,
            host: self.host.or_else(|| Host::of_url(page.url)),
            colo: self.colo,
            status: page.status,
            ended: self.ended.filter(|_| family == Family::CloudflareChallenge),
            retry_after: self.retry_after,
            evidence: self.seen.among(grounds(family)).list(),
        }
    }

    /// A body that is not HTML: Cloudflare's one-line text, or JSON.
    fn read_plain(&mut self, page: &Page<'_>, body: &str, read_problem: impl Fn(&str) -> Option<Problem>) -> Option<Verdict> {
        if body.len() > PLAIN_AT_MOST {
            return None;
        }
        if let Some(code) = body.strip_prefix("error code: ").and_then(Code::parse) {
            self.seen.note(Evidence::PlainBody);
            return Some(core::mem::take(self).verdict(page, Family::Plain, Some(code)));
        }
        let problem = read_problem(body)?;
        if let Some(code) = problem.cloudflare_code() {
            self.note_ray_id(problem.text("ray_id").and_then(RayId::parse_with_colo));
            self.seen.note(Evidence::ProblemJson);
            self.host = problem.text("zone").and_then(Host::parse);
            self.retry_after = self.retry_after.or(problem.retry_after());
            return Some(core::mem::take(self).verdict(page, Family::Plain, Some(code)));
        }
        let (family, evidence) = self.openai_problem(page, &problem)?;
        self.seen.note(evidence);
        self.note_ray_id(problem.openai_message().and_then(ray_id_in));
        self.retry_after = self.retry_after.or(problem.clears_in());
        Some(core::mem::take(self).verdict(page, family, None))
    }

    /// OpenAI's own error as JSON. Region errors have a code of their own. The others are told by their words, so they must be
    /// the whole object, or come from OpenAI.
    fn openai_problem(&self, page: &Page<'_>, problem: &Problem) -> Option<(Family, Evidence)> {
        if !may_be_openai(page) {
            return None;
        }
        if problem.openai_code() == Some("unsupported_country_region_territory") {
            return Some((Family::OpenaiRegion, Evidence::UnsupportedRegion));
        }
        let is_openai = self.seen.has(Evidence::OpenaiHost);
        if !is_openai && !problem.is_detail_alone() || page.status.is_some_and(|status| !matches!(status, 403 | 429)) {
            return None;
        }
        let message = problem.openai_message()?.to_ascii_lowercase();
        if message.contains("unusual activity") {
            Some((Family::OpenaiUnusualActivity, Evidence::UnusualActivity))
        } else if message.contains("too many requests") || is_openai && page.status == Some(429) && is_limit(&message, problem) {
            Some((Family::OpenaiRateLimit, Evidence::TooManyRequests))
        } else {
            None
        }
    }

    fn note_ray_id(&mut self, found: Option<(RayId, Option<Colo>)>) {
        if let Some((ray_id, colo)) = found {
            self.seen.note(Evidence::RayId);
            self.ray_id = Some(ray_id);
            self.colo = self.colo.take().or(colo);
        }
    }

    /// A challenge page shows little text, but its script contains the Ray ID and the host.
    fn read_challenge(&mut self, options: &str) {
        let value = |name: &str| {
            let value = behind(options, name)?.trim_ascii_start();
            let quote = value.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
            value.split(quote).nth(1)
        };
        self.ray_id = self.ray_id.take().or_else(|| RayId::parse(value("cRay:")?));
        self.host = self.host.take().or_else(|| named_host(value("cZone:")?));
    }

    /// Extracts the values that appear in the page's text.
    fn read_features(&mut self, features: &Features<'_>) {
        self.seen = self.seen.and(features.seen);
        if bare_code(features).is_some() {
            self.seen.note(Evidence::BarePage);
            if features.bare_code == Code::new(431) {
                self.seen.note(Evidence::TooLarge);
            }
        }
        let text = features.text.as_str();
        self.note_ray_id(ray_id_in(text));
        self.colo = self.colo.take().or_else(|| {
            let data_centre = word_behind(text, "Data center: ")?;
            Colo::parse(&data_centre.get(..3)?.to_ascii_uppercase())
        });
        self.client_ip = address(features.address.as_str()).or_else(|| {
            let labelled = ["Your IP", "IP address: ", "IP Address: ", "IP: ", "[IP:", "[IP："];
            labelled.into_iter().find_map(|label| address(behind(text, label)?))
        });
        let named = ["You do not have access to ", "You are unable to access ", "Requested URL: "];
        let host = features.title.split('|').find_map(host_in_title);
        self.host = host.or_else(|| named.into_iter().find_map(|label| named_host(word_behind(text, label)?)));
        self.read_challenge(features.challenge);
    }

    fn family(&self, page: &Page<'_>, features: &Features<'_>) -> Option<(Family, Option<Code>)> {
        use Evidence as E;
        let seen = self.seen;
        let is_small = features.outside() <= OUTSIDE_AT_MOST;

        let scripted = [E::ChallengeOptions, E::ChallengeScript, E::ChallengeForm, E::ChallengeText];
        if seen.has_any(&scripted) || is_small && seen.has_any(&[E::BrowserVerification, E::ChallengeHeadline]) {
            return Some((Family::CloudflareChallenge, None));
        }
        if let Some(code) = bare_code(features) {
            return Some((Family::Unstyled, Some(code)));
        }

        let is_laid_out = seen.has_any(&[E::ErrorDetails, E::MainWrapper, E::BareMainWrapper]);
        if is_laid_out && features.roots <= 1 && is_small && features.inside <= INSIDE_AT_MOST {
            let has_ray_id = seen.has(E::RayId) || self.header_ray_id.is_some();
            let has_style = seen.has(E::Stylesheet);
            // Only 1xxx pages have these elements, so one of the two signs (Ray ID, style sheet) is enough. Tools that generate
            // fake error pages use the 5xx layout for every number, so that layout requires both signs.
            let is_1xxx_layout = seen.has_any(&[E::ErrorWord, E::MainWrapper, E::BareMainWrapper]);
            let is_1xxx_page = if is_1xxx_layout { has_ray_id || has_style } else { has_ray_id && has_style };
            match features.code {
                Some(code) if code.is_1xxx() && is_1xxx_page => return Some((Family::Cloudflare1xxx, Some(code))),
                // Other networks and joke pages imitate 5xx pages with the same numbers, so both signs are required.
                Some(code) if !code.is_1xxx() && has_ray_id && has_style => return Some((Family::Cloudflare5xx, Some(code))),
                None if seen.has_any(&[E::BlockHeadline, E::PhishingBypass]) && (has_ray_id || has_style) => {
                    return Some((Family::CloudflareBlock, None));
                }
                _ => {}
            }
        }

        if let Some(code) = features.box_code {
            let is_whole = seen.has(E::ErrorBoxList) && seen.has(E::RayId);
            let is_shown = features.box_is_quoted || features.roots > 1;
            let around_at_most = if page.status.is_some() { 2 * AROUND_BOX_AT_MOST } else { AROUND_BOX_AT_MOST };
            // A site may respond with a long page of its own and put the box in a separate part of it. If the HTTP status is the
            // one that belongs to the error, this is the error itself and not an article about it.
            let is_set_apart =
                features.beside_box <= OUTSIDE_AT_MOST && page.status.is_some_and(|status| is_status_of(code, status));
            if is_whole && !is_shown && (is_set_apart || features.prose <= around_at_most) {
                return Some((Family::Custom, Some(code)));
            }
        }

        self.openai_family(page, features).map(|family| (family, None))
    }

    fn openai_family(&self, page: &Page<'_>, features: &Features<'_>) -> Option<Family> {
        if !may_be_openai(page) || features.outside() > OUTSIDE_AT_MOST {
            return None;
        }
        let seen = self.seen;
        let is_shell = seen.has(Evidence::OpenaiShell) && seen.has_any(&[Evidence::Explanation, Evidence::Message]);
        // Not every OpenAI page has the shell. A short page from an OpenAI host with a status of 400 or more is also OpenAI's.
        let is_failing = seen.has(Evidence::OpenaiHost) && seen.has(Evidence::Status);
        // The login's error page has the same heading for every error. The reason is below it.
        let is_error = (is_failing || seen.has(Evidence::OpenaiAssets)) && !features.has_content;
        let says = |words: &str| {
            is_shell && features.text.as_str().contains(words)
                || is_failing && features.headings.as_str().contains(words)
                || is_error && features.words.as_str().contains(words)
        };
        if says("at capacity right now") {
            Some(Family::OpenaiCapacity)
        } else if ["not available in your country", "not available in your region", "unsupported_country"].into_iter().any(says) {
            Some(Family::OpenaiRegion)
        } else {
            let is_refusal = seen.has(Evidence::BlockedIcon) || seen.has(Evidence::Explanation) && seen.has(Evidence::RayId);
            (is_shell && is_refusal).then_some(Family::OpenaiBlock)
        }
    }
}

/// The evidence that counts for this family. Anything else on the page is there by chance.
fn grounds(family: Family) -> &'static [Evidence] {
    use Evidence as E;
    match family {
        Family::Cloudflare1xxx | Family::CloudflareBlock | Family::Cloudflare5xx => &[
            E::Status,
            E::ErrorTypeHeader,
            E::ErrorDetails,
            E::MainWrapper,
            E::BareMainWrapper,
            E::ErrorWord,
            E::CodeLabel,
            E::RayId,
            E::Stylesheet,
            E::BlockHeadline,
            E::PhishingBypass,
        ],
        Family::CloudflareChallenge => &[
            E::Status,
            E::MitigatedHeader,
            E::ChallengeOptions,
            E::ChallengeScript,
            E::ChallengeForm,
            E::ChallengeText,
            E::BrowserVerification,
            E::ChallengeHeadline,
        ],
        Family::OpenaiBlock
        | Family::OpenaiRegion
        | Family::OpenaiCapacity
        | Family::OpenaiUnusualActivity
        | Family::OpenaiRateLimit => &[
            E::Status,
            E::RayId,
            E::OpenaiShell,
            E::BlockedIcon,
            E::Explanation,
            E::Message,
            E::OpenaiHost,
            E::OpenaiAssets,
            E::UnsupportedRegion,
            E::UnusualActivity,
            E::TooManyRequests,
        ],
        Family::Unstyled => &[E::Status, E::BarePage, E::TooLarge],
        Family::Custom => &[E::Status, E::ErrorTypeHeader, E::ErrorBox, E::ErrorBoxList, E::RayId],
        Family::Plain => &[E::Status, E::ErrorTypeHeader, E::PlainBody, E::ProblemJson, E::RayId],
        // Never the result of a scan.
        Family::Unrecognized | Family::Redirect | Family::LoginBlocked | Family::LoginScript | Family::LoginExpired => {
            &[E::Status]
        }
    }
}

/// Is this the HTTP status that belongs to the error?
fn is_status_of(code: Code, status: u16) -> bool {
    catalogue::entry(code).and_then(|entry| entry.status) == Some(status)
}

/// `false` if the page is known to come from another site.
fn may_be_openai(page: &Page<'_>) -> bool {
    Host::of_url(page.url).is_none_or(|host| host.is_openai())
}

/// The HTTP status of one of the edge's bare pages. A web server's own bare page is the same, but names the server.
fn bare_code(features: &Features<'_>) -> Option<Code> {
    let is_whole = features.visible - features.in_bare <= AROUND_BARE_AT_MOST && features.prose == 0;
    features.bare_code.filter(|_| is_whole && features.bare.as_str() == "cloudflare")
}

/// The first Ray ID among the words. Its label may be written together with it: `ID:8f2c…`.
fn ray_id_in(text: &str) -> Option<(RayId, Option<Colo>)> {
    words(text).find_map(|word| RayId::parse_with_colo(word.rsplit(':').next()?))
}

/// The words of `text` without the punctuation around them.
fn words(text: &str) -> impl Iterator<Item = &str> {
    // Translators into Chinese and Japanese replace the colon.
    let separates =
        |character: char| character.is_ascii_whitespace() || matches!(character, '(' | ')' | '[' | ']' | '|' | ',' | '：');
    text.split(separates).filter(|word| !word.is_empty())
}

/// The IP address among the next few words. The page may have "Click to reveal" before it.
fn address(text: &str) -> Option<ClientAddress> {
    words(text).take(6).find_map(|word| ClientAddress::parse(word.strip_prefix("IP:").unwrap_or(word).trim_end_matches('.')))
}

fn behind<'a>(text: &'a str, label: &str) -> Option<&'a str> {
    text.split_once(label).map(|(_, behind)| behind)
}

fn word_behind<'a>(text: &'a str, label: &str) -> Option<&'a str> {
    behind(text, label)?.split(' ').next()
}

/// Matches "HOST used Cloudflare to restrict access", or a host alone between two bars.
fn host_in_title(part: &str) -> Option<Host> {
    let part = part.trim_ascii();
    named_host(part.split_once(" used ").map_or(part, |(name, _)| name))
}

/// A host name that contains a dot. A path after it is ignored.
fn named_host(text: &str) -> Option<Host> {
    let name = text.split('/').next()?.trim_end_matches('.');
    name.contains('.').then(|| Host::parse(name))?
}
/// Does OpenAI say how much is allowed, or when more is?
fn is_limit(message: &str, problem: &Problem) -> bool {
    message.contains("limit") || problem.clears_in().is_some()
}
