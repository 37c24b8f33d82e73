//! Reads what a service says about itself: the public status pages of OpenAI and Cloudflare, both in Statuspage's format.
//!
//! Three rules come from other tools' mistakes. Components are found by name, because their IDs changed when the page moved to
//! another provider. The unresolved incidents are always read, because the overall indicator can be "none" while an incident is
//! open. And what cannot be read is [`ServiceStatus::Unknown`], never an outage: after one move, a URL returned 200 with HTML,
//! which was displayed as an outage for nine hours.
//!
//! Source: <https://metastatuspage.com/api>, `summary.json` and `incidents.json`.

use serde::{Deserialize, Serialize};

use super::date;
use crate::base::id::Time;
use crate::base::parsed_text::parsed_text;
use crate::recognize::Colo;

/// More open incidents than this are not shown.
const MOST: usize = 20;
/// In characters. Longer titles are cut.
const LONGEST_TITLE: usize = 140;

/// Whose status page it is, and which part of it matters for the block page.
#[derive(Clone, Copy, Debug)]
pub enum Service<'a> {
    /// OpenAI's. Only ChatGPT's own components count, because the page also covers the API and advertising.
    Openai,
    /// Cloudflare's. Only one data center counts, because an incident is always open somewhere in the world.
    Cloudflare(&'a Colo),
    /// Cloudflare's, for its checks of browsers. They are loaded from everywhere, so what all of Cloudflare says counts.
    CloudflareChecks,
}

/// What a service says about itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ServiceStatus {
    /// The status could not be read, or it does not cover the relevant components.
    Unknown,
    /// The relevant components work, and no incident is open.
    Well,
    /// Other parts of the service have problems.
    Elsewhere {
        /// The open incidents, in the page's order.
        incidents: Vec<Incident>,
    },
    /// A relevant component has problems, or an open incident may affect it.
    Troubled {
        /// The names of the components with problems.
        components: Vec<Title>,
        /// The open incidents that may affect them, in the page's order.
        incidents: Vec<Incident>,
    },
}

/// An open incident.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Incident {
    /// The title in the service's own words.
    pub title: Title,
    /// When it started.
    pub since: Option<Time>,
    /// How severe it is, according to the service.
    pub impact: Impact,
    /// The page with the details.
    pub link: Option<Link>,
}

/// How severe an incident is, in Statuspage's terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Impact {
    /// `none`, or an unknown term.
    Unknown,
    /// `minor`.
    Minor,
    /// `major`.
    Major,
    /// `critical`.
    Critical,
}

/// A text from a status page: one printable line of at most 140 characters. It is untrusted: it is displayed and never
/// interpreted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct Title(String);

impl Title {
    /// Keeps printable characters and reduces white space to single spaces.
    pub fn new(text: &str) -> Self {
        let mut title = String::new();
        let mut length = 0;
        let mut space_due = false;
        for character in text.chars() {
            if character.is_whitespace() {
                space_due = length > 0;
                continue;
            }
            if !is_printable(character) {
                continue;
            }
            if length + 2 > LONGEST_TITLE {
                title.push('…');
                break;
            }
            if space_due {
                title.push(' ');
                length += 1;
                space_due = false;
            }
            title.push(character);
            length += 1;
        }
        Self(title)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// `false` for control characters and for characters that reverse, join or hide others.
fn is_printable(character: char) -> bool {
    let is_hidden = matches!(
        character,
        '\u{ad}'
            | '\u{61c}'
            | '\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e0fff}'
    );
    !character.is_control() && !is_hidden
}

impl From<String> for Title {
    fn from(text: String) -> Self {
        Self::new(&text)
    }
}

impl From<Title> for String {
    fn from(title: Title) -> Self {
        title.0
    }
}

/// A URL on one of the two status hosts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Link(String);

impl Link {
    /// Accepts only `https`, a status host, and a plain path.
    pub fn parse(url: &str) -> Option<Self> {
        let path = HOSTS.iter().find_map(|host| url.strip_prefix("https://")?.strip_prefix(host)?.strip_prefix('/'))?;
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-_.".contains(&byte);
        (path.len() <= 200 && path.bytes().all(is_plain)).then(|| Self(url.to_owned()))
    }

    /// The complete URL.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

parsed_text!(Link, "not a page of a status host");

const OPENAI_HOST: &str = "status.openai.com";
const CLOUDFLARE_HOST: &str = "www.cloudflarestatus.com";
const HOSTS: [&str; 2] = [OPENAI_HOST, CLOUDFLARE_HOST];

impl Service<'_> {
    const fn host(self) -> &'static str {
        match self {
            Self::Openai => OPENAI_HOST,
            Self::Cloudflare(_) | Self::CloudflareChecks => CLOUDFLARE_HOST,
        }
    }

    /// Does the component with this name matter here?
    fn needs(self, name: &str) -> bool {
        let name = name.trim_ascii();
        match self {
            Self::Openai => {
                let is_chatgpt = name.get(..7).is_some_and(|start| start.eq_ignore_ascii_case("chatgpt"));
                is_chatgpt || ["conversations", "login", "web"].iter().any(|needed| name.eq_ignore_ascii_case(needed))
            }
            Self::CloudflareChecks => ["challenges", "turnstile"].iter().any(|needed| name.eq_ignore_ascii_case(needed)),
            // "Frankfurt, Germany - (FRA)"
            Self::Cloudflare(colo) => {
                let bare = name.strip_suffix(')').and_then(|name| name.strip_suffix(colo.as_str()));
                bare.is_some_and(|name| name.ends_with('('))
            }
        }
    }
}

impl ServiceStatus {
    /// Reads the documents of a service: `summary.json`, and also `incidents.json` or `incidents/unresolved.json` if the summary
    /// lacks incidents. If a document cannot be parsed, its content is unknown: the others can show that there are problems, but
    /// not that there are none.
    pub fn read(service: Service<'_>, documents: &[&str]) -> Self {
        let mut page = StatusPage::default();
        for document in documents {
            page.add(document);
        }
        page.classify(service)
    }

    /// The open incidents, whatever they affect.
    pub fn incidents(&self) -> &[Incident] {
        match self {
            Self::Elsewhere { incidents } | Self::Troubled { incidents, .. } => incidents,
            Self::Unknown | Self::Well => &[],
        }
    }
}

/// The content of all documents together.
#[derive(Default)]
struct StatusPage {
    indicator: Option<String>,
    components: Vec<Component>,
    incidents: Vec<RawIncident>,
    lists_incidents: bool,
    is_partial: bool,
}

/// One document as it is on the page. A member that is missing or `null` is `None`.
#[derive(Deserialize)]
struct Document {
    status: Option<Overall>,
    components: Option<Vec<Component>>,
    incidents: Option<Vec<RawIncident>>,
}

#[derive(Deserialize)]
struct Overall {
    indicator: Option<String>,
}

#[derive(Deserialize)]
struct Component {
    name: Member,
    status: Member,
}

impl Component {
    /// Statuspage's terms, and the one that incident.io adds. Maintenance is not a problem, and an unknown term is not assumed to
    /// be one.
    fn is_troubled(&self) -> bool {
        matches!(self.status.as_str(), "degraded_performance" | "partial_outage" | "major_outage" | "full_outage")
    }
}

#[derive(Deserialize)]
struct RawIncident {
    id: Member,
    name: Member,
    status: Member,
    impact: Member,
    started_at: Member,
    created_at: Member,
    resolved_at: Option<String>,
    shortlink: Member,
    components: Option<Vec<Component>>,
}

/// A string. Empty if the member is missing or `null`.
#[derive(PartialEq, Eq, Deserialize)]
#[serde(transparent)]
struct Member(Option<String>);

impl Member {
    fn as_str(&self) -> &str {
        self.0.as_deref().unwrap_or_default()
    }
}

impl StatusPage {
    fn add(&mut self, document: &str) {
        // An incomplete document could lack the relevant incident.
        let Ok(document) = serde_json::from_str::<Document>(document.trim_start_matches('\u{feff}')) else {
            self.is_partial = true;
            return;
        };
        self.indicator = document.status.and_then(|status| status.indicator).or(self.indicator.take());
        self.components.extend(document.components.unwrap_or_default());
        self.lists_incidents |= document.incidents.is_some();
        for incident in document.incidents.unwrap_or_default() {
            if !self.incidents.iter().any(|known| known.id == incident.id && known.name == incident.name) {
                self.incidents.push(incident);
            }
        }
    }

    fn classify(&self, service: Service<'_>) -> ServiceStatus {
        let needed = || self.components.iter().filter(|component| service.needs(component.name.as_str()));
        let knows_needed = needed().next().is_some();
        let mut components: Vec<Title> = Vec::new();
        for component in needed().filter(|component| component.is_troubled()) {
            let title = Title::new(component.name.as_str());
            if !components.contains(&title) {
                components.push(title);
            }
        }
        let open = || self.incidents.iter().filter(|incident| incident.is_open());
        let concerns = |incident: &RawIncident| {
            let named = incident.components().any(|component| service.needs(component.name.as_str()));
            // OpenAI's incidents often name no component. And if all components were renamed, none of the known names would
            // match.
            let unsaid = matches!(service, Service::Openai) && (incident.components().next().is_none() || !knows_needed);
            // In a large outage the components follow the incident late.
            let is_grave = matches!(service, Service::CloudflareChecks) && incident.impact.as_str() == "critical";
            named || unsaid || is_grave
        };
        let told = |ours: bool| {
            let chosen = open().filter(|incident| concerns(incident) == ours);
            chosen.take(MOST).map(|incident| incident.tell(service)).collect::<Vec<Incident>>()
        };
        let (incidents, others) = (told(true), told(false));
        let all_well = self.indicator.as_deref() == Some("none") && !self.components.iter().any(Component::is_troubled);
        let is_critical = matches!(service, Service::CloudflareChecks) && self.indicator.as_deref() == Some("critical");
        if !components.is_empty() || !incidents.is_empty() || is_critical {
            ServiceStatus::Troubled { components, incidents }
        } else if matches!(service, Service::Cloudflare(_)) && !knows_needed {
            ServiceStatus::Unknown
        } else if !others.is_empty() {
            ServiceStatus::Elsewhere { incidents: others }
        } else if self.lists_incidents && !self.is_partial && (knows_needed || all_well) {
            ServiceStatus::Well
        } else {
            ServiceStatus::Unknown
        }
    }
}

impl RawIncident {
    fn components(&self) -> impl Iterator<Item = &Component> {
        self.components.iter().flatten()
    }

    fn is_open(&self) -> bool {
        let is_over = self.resolved_at.is_some() || matches!(self.status.as_str(), "resolved" | "postmortem" | "completed");
        !is_over && self.impact.as_str() != "maintenance" && !self.name.as_str().is_empty()
    }

    fn tell(&self, service: Service<'_>) -> Incident {
        let own = || Link::parse(&format!("https://{}/incidents/{}", service.host(), self.id.as_str()));
        Incident {
            title: Title::new(self.name.as_str()),
            since: date::parse(self.started_at.as_str()).or_else(|| date::parse(self.created_at.as_str())),
            impact: match self.impact.as_str() {
                "minor" => Impact::Minor,
                "major" => Impact::Major,
                "critical" => Impact::Critical,
                _ => Impact::Unknown,
            },
            // Statuspage's short links go through another host, so the incident's own page is used instead.
            link: Link::parse(self.shortlink.as_str()).or_else(|| own().filter(|_| !self.id.as_str().is_empty())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WELL: &str = r#"{"page":{"id":"01","name":"OpenAI","url":"https://status.openai.com"},
        "components":[{"id":"a","name":"Conversations","status":"operational","position":0},
                      {"id":"b","name":"Login","status":"operational"},{"id":"c","name":"Embeddings","status":"operational"}],
        "incidents":[],"scheduled_maintenances":[{"name":"Planned","status":"scheduled","impact":"maintenance"}],
        "status":{"indicator":"none","description":"All Systems Operational"}}"#;
    const OPEN: &str = r#"{"id":"01JX","name":"Access denied for\n some \u003cb\u003eusers\u202e","status":"investigating",
        "impact":"major","created_at":"2026-07-18T09:00:00Z","started_at":"2026-07-18T08:55:00.000Z","resolved_at":null,
        "shortlink":"https://stspg.io/abc","incident_updates":[{"name":"x","status":"resolved","resolved_at":"y"}]"#;

    fn with_incident(rest: &str) -> String {
        WELL.replace("\"incidents\":[]", &["\"incidents\":[", OPEN, rest, "}]"].concat())
    }

    fn kind(status: &ServiceStatus) -> &'static str {
        match status {
            ServiceStatus::Unknown => "unknown",
            ServiceStatus::Well => "well",
            ServiceStatus::Elsewhere { .. } => "elsewhere",
            ServiceStatus::Troubled { .. } => "troubled",
        }
    }

    #[track_caller]
    fn check(documents: &[&str], expected: &str) -> ServiceStatus {
        let status = ServiceStatus::read(Service::Openai, documents);
        assert_eq!(kind(&status), expected, "{documents:?}");
        status
    }

    #[test]
    fn a_page_without_problems_is_well() {
        check(&[WELL], "well");
    }

    #[test]
    fn an_open_incident_counts_despite_indicator_none() {
        let status = check(&[&with_incident("")], "troubled");
        let expected = Incident {
            title: Title::new("Access denied for some <b>users"),
            since: Some(Time(1_784_364_900_000)),
            impact: Impact::Major,
            link: Link::parse("https://status.openai.com/incidents/01JX"),
        };
        assert_eq!(status.incidents(), [expected]);
        check(&[&with_incident(r#","components":[{"id":"b","name":"Login","status":"operational"}]"#)], "troubled");
    }

    #[test]
    fn an_incident_of_other_parts_is_not_an_outage_here() {
        let status = check(&[&with_incident(r#","components":[{"name":"Embeddings"},{"name":"FedRAMP"}]"#)], "elsewhere");
        assert_eq!(status.incidents().len(), 1);
        check(&[&WELL.replace(r#""Embeddings","status":"operational"#, r#""Embeddings","status":"major_outage"#)], "well");
    }

    #[test]
    fn a_component_is_found_by_its_name() {
        let down = WELL.replace(r#""Login","status":"operational"#, r#""Login","status":"full_outage"#);
        assert_eq!(
            check(&[&down], "troubled"),
            ServiceStatus::Troubled { components: vec![Title::new("Login")], incidents: Vec::new() }
        );
        check(&[&down.replace("Login", "ChatGPT Web")], "troubled");
        check(&[&down.replace("full_outage", "under_maintenance")], "well");
        check(&[&down.replace("full_outage", "a_new_word")], "well");
    }

    #[test]
    fn after_all_components_are_renamed_only_indicator_none_is_well() {
        let renamed = WELL.replace("Conversations", "Talks").replace("Login", "Doors");
        check(&[&renamed], "well");
        check(&[&renamed.replacen("operational", "major_outage", 1)], "unknown");
        check(
            &[&with_incident(r#","components":[{"name":"Talks"}]"#).replace("Conversations", "T").replace("Login", "D")],
            "troubled",
        );
    }

    #[test]
    fn a_resolved_incident_is_ignored() {
        for over in [r#""status":"resolved""#, r#""status":"postmortem""#] {
            check(&[&with_incident("").replacen(r#""status":"investigating""#, over, 1)], "well");
        }
        check(&[&with_incident("").replace(r#""resolved_at":null"#, r#""resolved_at":"2026-07-18T10:00:00Z""#)], "well");
        check(&[&with_incident("").replacen("investigating", "monitoring", 1)], "troubled");
    }

    #[test]
    fn an_unreadable_document_is_unknown_and_not_an_outage() {
        check(&[], "unknown");
        check(&["<!doctype html><title>OpenAI status</title><h1>We have moved</h1>"], "unknown");
        check(&["{\"error\":\"not found\"}"], "unknown");
        check(&["{\"incidents\":[]}"], "unknown");
        check(&["Service Unavailable"], "unknown");
        check(&[&with_incident("").replace("}]", "}")], "unknown");
        // Every prefix of a valid document.
        let whole = with_incident("");
        for length in (0..whole.len()).filter(|&length| whole.is_char_boundary(length)) {
            check(&[whole.get(..length).unwrap()], "unknown");
        }
    }

    #[test]
    fn incidents_can_be_in_a_separate_document() {
        let summary = WELL.replace("\"incidents\":[]", "\"nothing\":[]");
        let incidents = ["{\"page\":{},\"incidents\":[", OPEN, "}]}"].concat();
        check(&[&summary], "unknown");
        check(&[&summary, "{\"incidents\":[]}"], "well");
        check(&[&summary, &incidents], "troubled");
        check(&["<html>", &incidents], "troubled");
        assert_eq!(check(&[&with_incident(""), &incidents], "troubled").incidents().len(), 1);
    }

    #[test]
    fn a_damaged_document_never_means_well() {
        for missing in ["", "Service Unavailable", "{\"incidents\":["] {
            check(&[WELL, missing], "unknown");
            check(&[missing, WELL], "unknown");
            check(&[missing, &with_incident("")], "troubled");
        }
    }

    #[track_caller]
    fn check_colo(document: &str, colo: &str, expected: &str) {
        let colo = Colo::parse(colo).unwrap();
        assert_eq!(kind(&ServiceStatus::read(Service::Cloudflare(&colo), &[document])), expected, "{document} {colo:?}");
    }

    #[test]
    fn only_the_users_own_cloudflare_data_center_counts() {
        let page = r#"{"components":[{"name":"CDN/Cache","status":"partial_outage"},
            {"name":"Frankfurt, Germany - (FRA)","status":"operational"},
            {"name":"S\u00e3o Paulo, Brazil - (GRU)","status":"partial_outage"}],
            "incidents":[{"id":"i","name":"Logs delayed","status":"identified","impact":"minor","components":[]}],
            "status":{"indicator":"minor"}}"#;
        check_colo(page, "FRA", "elsewhere");
        check_colo(page, "GRU", "troubled");
        check_colo(page, "ARN", "unknown");
        check_colo(&page.replace("(FRA)", "(XFRA)"), "FRA", "unknown");
        check_colo(
            &page.replace("\"components\":[]", r#""components":[{"name":"Frankfurt, Germany - (FRA)"}]"#),
            "FRA",
            "troubled",
        );
        check_colo(&page.replace("identified", "resolved"), "FRA", "well");
    }

    #[track_caller]
    fn check_title(text: &str, expected: &str) {
        assert_eq!(Title::new(text).as_str(), expected);
    }

    #[test]
    fn a_title_is_one_short_plain_line() {
        check_title("  Elevated\r\n\terrors\u{0} \u{202e}now\u{200b} ", "Elevated errors now");
        check_title("", "");
        let long = Title::new(&"a ".repeat(1_000_000));
        assert!(long.as_str().chars().count() <= LONGEST_TITLE && long.as_str().ends_with('…'));
        check_title(long.as_str(), long.as_str());
    }

    #[track_caller]
    fn check_link(url: &str, expected: bool) {
        assert_eq!(Link::parse(url).is_some(), expected, "{url}");
    }

    #[test]
    fn a_critical_outage_at_cloudflare_concerns_its_checks() {
        let read = |document: &str| ServiceStatus::read(Service::CloudflareChecks, &[document]);
        let critical = r#"{"status":{"indicator":"critical"},"components":[],"incidents":[]}"#;
        assert!(matches!(read(critical), ServiceStatus::Troubled { .. }));
        let incident = |impact: &str| {
            format!(
                r#"{{"status":{{"indicator":"none"}},"components":[{{"name":"Turnstile","status":"operational"}}],
                "incidents":[{{"id":"1","name":"Errors","status":"investigating","impact":"{impact}"}}]}}"#
            )
        };
        assert!(matches!(read(&incident("critical")), ServiceStatus::Troubled { .. }));
        assert!(matches!(read(&incident("minor")), ServiceStatus::Elsewhere { .. }));
        let turnstile = r#"{"components":[{"name":"Turnstile","status":"major_outage"}],"incidents":[]}"#;
        assert!(matches!(read(turnstile), ServiceStatus::Troubled { .. }));
    }

    #[test]
    fn only_links_to_a_status_host_are_accepted() {
        check_link("https://status.openai.com/incidents/01JX", true);
        check_link("https://www.cloudflarestatus.com/incidents/ab-c_d", true);
        for url in [
            "http://status.openai.com/",
            "https://status.openai.com",
            "https://status.openai.com@evil.example/",
            "https://status.openai.com.evil.example/",
            "https://evil.example/https://status.openai.com/",
            "https://status.openai.com/?q=1",
            "https://status.openai.com/a b",
            "https://stspg.io/abc",
            "javascript:alert(1)",
        ] {
            check_link(url, false);
        }
        assert!(serde_json::from_str::<Link>("\"https://evil.example/\"").is_err());
    }
}
