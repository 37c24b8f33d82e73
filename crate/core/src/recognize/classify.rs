//! From what a page shows to what it is. Every family asks for structure; words only tell apart what structure has
//! already made a refusal, or read a value out of it.

use super::Page;
use super::catalogue;
use super::evidence::{Evidence, EvidenceSet};
use super::feature::Features;
use super::field::{ClientAddress, Code, Colo, RayId};
use super::problem::Problem;
use super::verdict::{Family, Verdict};
use crate::base::host::Host;

/// An ordinary page has more text than this around whatever it quotes; a refusal has nearly none. In letters. Translators
/// and other extensions add a little.
const OUTSIDE_AT_MOST: usize = 1500;
/// What a customized page explains around its box, menus and lists not counted. Twice that when the status says, too, that
/// something went wrong.
const AROUND_BOX_AT_MOST: usize = 3500;
/// The wordiest error page says a quarter of this.
const INSIDE_AT_MOST: usize = 4000;
/// Enough for any body that is not HTML.
const PLAIN_AT_MOST: usize = 8192;

/// `read_problem` reads a body that is a machine-readable error.
pub(super) fn classify(page: &Page<'_>, read_problem: impl Fn(&str) -> Option<Problem>) -> Option<Verdict> {
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
    if let Some((family, code)) = notes.family(page, &features) {
        return Some(notes.verdict(page, family, code));
    }
    // Set only on pages that Cloudflare made, so what the site's owner put in the body does not matter.
    let code = notes.header_code?;
    Some(notes.verdict(page, Family::Custom, Some(code)))
}

/// What has been found out so far.
#[derive(Default)]
struct Notes {
    seen: EvidenceSet,
    ray_id: Option<RayId>,
    header_ray_id: Option<RayId>,
    header_code: Option<Code>,
    client_ip: Option<ClientAddress>,
    host: Option<Host>,
    colo: Option<Colo>,
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
        // The header's other form, a date, would need a clock.
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
            retry_after: self.retry_after,
            evidence: self.seen.among(grounds(family)).list(),
        }
    }

    /// A body that is no page: Cloudflare's one line, or JSON.
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
        let is_region = problem.openai_code() == Some("unsupported_country_region_territory");
        (is_region && may_be_openai(page)).then(|| {
            self.seen.note(Evidence::UnsupportedRegion);
            core::mem::take(self).verdict(page, Family::OpenaiRegion, None)
        })
    }

    fn note_ray_id(&mut self, found: Option<(RayId, Option<Colo>)>) {
        if let Some((ray_id, colo)) = found {
            self.seen.note(Evidence::RayId);
            self.ray_id = Some(ray_id);
            self.colo = self.colo.take().or(colo);
        }
    }

    /// A challenge shows little, but its script knows.
    fn read_challenge(&mut self, options: &str) {
        let value = |name: &str| {
            let value = behind(options, name)?.trim_ascii_start();
            let quote = value.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
            value.split(quote).nth(1)
        };
        self.ray_id = self.ray_id.take().or_else(|| RayId::parse(value("cRay:")?));
        self.host = self.host.take().or_else(|| named_host(value("cZone:")?));
    }

    /// The values that stand in a page's own text.
    fn read_features(&mut self, features: &Features<'_>) {
        self.seen = self.seen.and(features.seen);
        let text = features.text.as_str();
        self.note_ray_id(words(text).find_map(RayId::parse_with_colo));
        self.colo = self.colo.take().or_else(|| {
            let data_centre = word_behind(text, "Data center: ")?;
            Colo::parse(&data_centre.get(..3)?.to_ascii_uppercase())
        });
        self.client_ip = address(features.address.as_str()).or_else(|| {
            let labelled = ["Your IP", "IP address: ", "IP Address: ", "IP: ", "[IP:"];
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

        let is_laid_out = seen.has_any(&[E::ErrorDetails, E::MainWrapper, E::BareMainWrapper]);
        if is_laid_out && features.roots <= 1 && is_small && features.inside <= INSIDE_AT_MOST {
            let has_ray_id = seen.has(E::RayId) || self.header_ray_id.is_some();
            let has_style = seen.has(E::Stylesheet);
            // Only pages of the 1xxx have these, and one mark is enough beside them. Generators of copies use the layout of the
            // 5xx for every number: there both marks are asked for.
            let is_1xxx_layout = seen.has_any(&[E::ErrorWord, E::MainWrapper, E::BareMainWrapper]);
            let is_1xxx_page = if is_1xxx_layout { has_ray_id || has_style } else { has_ray_id && has_style };
            match features.code {
                Some(code) if code.is_1xxx() && is_1xxx_page => return Some((Family::Cloudflare1xxx, Some(code))),
                // Other networks, and pranks, imitate these with the same numbers: here both marks are asked for.
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
            // A site may answer with a long page of its own and the box in a place apart. The error's own status tells it from an
            // article about the error.
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
        // Not every page of theirs has the shell. A short one with a failing status from one of their hosts is theirs, too.
        let is_failing = seen.has(Evidence::OpenaiHost) && seen.has(Evidence::Status);
        // The login's error page has the same heading for every error, and the reason below it.
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

/// What a verdict of this family can rest on; anything else that was seen on the page is chance.
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
        Family::OpenaiBlock | Family::OpenaiRegion | Family::OpenaiCapacity => &[
            E::Status,
            E::RayId,
            E::OpenaiShell,
            E::BlockedIcon,
            E::Explanation,
            E::Message,
            E::OpenaiHost,
            E::OpenaiAssets,
            E::UnsupportedRegion,
        ],
        Family::Custom => &[E::Status, E::ErrorTypeHeader, E::ErrorBox, E::ErrorBoxList, E::RayId],
        Family::Plain => &[E::Status, E::ErrorTypeHeader, E::PlainBody, E::ProblemJson, E::RayId],
    }
}

/// Does this error come with this status?
fn is_status_of(code: Code, status: u16) -> bool {
    catalogue::entry(code).and_then(|entry| entry.status) == Some(status)
}

/// Not known to be anybody else's page.
fn may_be_openai(page: &Page<'_>) -> bool {
    Host::of_url(page.url).is_none_or(|host| host.is_openai())
}

/// The words of `text` without the punctuation around them.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let separates = |character: char| character.is_ascii_whitespace() || matches!(character, '(' | ')' | '[' | ']' | '|' | ',');
    // A colon ends a label, but an IPv6 address may both hold and end with some: `ID:8f2c…` is cut elsewhere.
    text.split(separates).map(|word| word.strip_prefix("ID:").unwrap_or(word)).filter(|word| !word.is_empty())
}

/// The address among the next few words: the page may have "Click to reveal" before it.
fn address(text: &str) -> Option<ClientAddress> {
    words(text).take(6).find_map(|word| ClientAddress::parse(word.strip_prefix("IP:").unwrap_or(word).trim_end_matches('.')))
}

fn behind<'a>(text: &'a str, label: &str) -> Option<&'a str> {
    text.split_once(label).map(|(_, behind)| behind)
}

fn word_behind<'a>(text: &'a str, label: &str) -> Option<&'a str> {
    behind(text, label)?.split(' ').next()
}

/// "HOST used Cloudflare to restrict access", or the host alone between two bars.
fn host_in_title(part: &str) -> Option<Host> {
    let part = part.trim_ascii();
    named_host(part.split_once(" used ").map_or(part, |(name, _)| name))
}

/// A name with a dot in it, up to the path, if it has one.
fn named_host(text: &str) -> Option<Host> {
    let name = text.split('/').next()?.trim_end_matches('.');
    name.contains('.').then(|| Host::parse(name))?
}
