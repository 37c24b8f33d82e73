//! The report for the site's owner: what was seen, requested and tried. IP addresses and the names of extensions are included
//! only if the user ticks them. Names and values are the same in every language, so that every reader recognizes them.

use serde::{Deserialize, Serialize};

use crate::base::text::{Text, keys};
use crate::case::Case;
use crate::diagnosis::finding::{NeededHost, OtherHost};
use crate::evidence::connection::Steadiness;
use crate::evidence::probe::{Answer, ExperimentOutcome, FetchError, TraceAnswer};
use crate::evidence::status::ServiceStatus;
use crate::evidence::trace::is_same_network;
use crate::store::{FaultKind, StorageFault};
use crate::view::input::PopupInput;

/// One line of the report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportLine {
    /// Its name in the JSON form.
    pub name: String,
    /// Its value in the JSON form.
    pub value: String,
    /// The same as a line of text.
    pub text: Text,
    /// What it could reveal.
    pub privacy: Privacy,
}

/// What has to be ticked before a line is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Privacy {
    /// Nothing.
    Open,
    /// The user's IP address.
    Address,
    /// The names of extensions.
    Extensions,
}

/// All lines, including those that have to be ticked.
pub(crate) fn of(input: &PopupInput<'_>, case: &Case) -> Vec<ReportLine> {
    let mut lines = Vec::new();
    let mut line = |name: &str, value: &str, text: fn(&str) -> Text, privacy| {
        lines.push(ReportLine { name: name.into(), value: value.into(), text: text(value), privacy });
    };
    let mut open = |name: &str, value: &str, text: fn(&str) -> Text| line(name, value, text, Privacy::Open);
    let (verdict, findings) = (&case.verdict, &case.findings);
    let trace = findings.seen_trace();
    open("site", case.host.as_str(), keys::report_site);
    if let Some(number) = verdict.number() {
        open("error", &number.to_string(), keys::report_code);
    }
    open("page", verdict.family.as_str(), keys::report_family);
    if let Some(ray) = &verdict.ray_id {
        open("ray_id", ray.as_str(), keys::report_ray);
    }
    if let Some(colo) = trace.and_then(|trace| trace.colo.as_ref()).or(verdict.colo.as_ref()) {
        open("data_center", colo.as_str(), keys::report_colo);
    }
    if let Some(country) = findings.country() {
        open("country", country.as_str(), keys::report_country);
    }
    if let Some(agent) = &findings.agent {
        open("browser", agent.as_str(), keys::report_browser);
    }
    let answers = [
        ("with_cookies", &findings.with_cookies),
        ("without_cookies", &findings.without_cookies),
        ("page_without_cookies", &findings.page_without_cookies),
    ];
    for (name, answer) in answers {
        if let Some(answer) = answer {
            lines.push(experiment(name, answered(answer, case)));
        }
    }
    for (name, answer) in [("trace", &findings.trace), ("page_trace", &findings.page_trace)] {
        if let Some(answer) = answer {
            lines.push(experiment(name, traced(answer)));
        }
    }
    if let Some(OtherHost { address, compared_with }) = &findings.other_host {
        let said = match is_same_network(address, compared_with) {
            Some(true) => "same IP address",
            Some(false) => "different IP address",
            None => "unclear",
        };
        lines.push(experiment("other_host", said));
    }
    if let Some(NeededHost { host, is_reached }) = &findings.needed_host {
        lines.push(experiment(host.as_str(), if *is_reached { "reached" } else { "not reached" }));
    }
    for (name, status) in [("service", &findings.service), ("cloudflare", &findings.cloudflare)] {
        if let Some(status) = status {
            lines.push(experiment(name, stated(status)));
        }
    }
    if let Some(connection) = findings.connection {
        lines.push(experiment("connection", steadiness(connection.steadiness)));
    }
    for (name, opened) in [("private_window", findings.private_opened), ("other_browser", findings.other_browser_opened)] {
        if let Some(opened) = opened {
            lines.push(experiment(name, if opened { "opened" } else { "blocked" }));
        }
    }
    if findings.extensions_cleared {
        lines.push(experiment("all_extensions_off", "blocked"));
    }
    for trial in &case.trials {
        let (fix, outcome) = (trial.fix.name(), if trial.helped { "helped" } else { "did not help" });
        let text = keys::report_fix(fix, outcome);
        lines.push(ReportLine { name: format!("tried_{fix}"), value: outcome.into(), text, privacy: Privacy::Open });
    }
    if let Some(contact) = input.policy.contact {
        let (value, text) = (contact.as_str().into(), keys::report_contact(contact.as_str()));
        lines.push(ReportLine { name: "send_to".into(), value, text, privacy: Privacy::Open });
    }
    for StorageFault { key, kind } in input.storage_faults {
        let what = match kind {
            FaultKind::Newer => "written by a newer version, kept aside",
            FaultKind::Unreadable => "unreadable, kept aside",
        };
        lines.push(experiment(&format!("saved_{key}"), what));
    }
    let mut private = |name: &str, value: &str, text: fn(&str) -> Text, privacy| {
        lines.push(ReportLine { name: name.into(), value: value.into(), text: text(value), privacy });
    };
    if let Some(address) = findings.address().or(verdict.client_ip.as_ref()) {
        private("address", address.as_str(), keys::report_address, Privacy::Address);
    }
    let on: Vec<&str> =
        input.extensions.rows.iter().filter(|row| row.extension.enabled).map(|row| row.extension.short_name()).collect();
    if !on.is_empty() {
        private("extensions", &on.join(", "), keys::report_extensions, Privacy::Extensions);
    }
    lines
}

fn experiment(name: &str, outcome: &str) -> ReportLine {
    let text = keys::report_experiment(&name.replace('_', " "), outcome);
    ReportLine { name: name.into(), value: outcome.into(), text, privacy: Privacy::Open }
}

fn answered(answer: &Answer, case: &Case) -> &'static str {
    match answer {
        Answer::Page(_) => match answer.outcome(&case.verdict) {
            ExperimentOutcome::Served => "opened",
            ExperimentOutcome::Refused => "blocked",
            ExperimentOutcome::Unclear => "unclear",
        },
        Answer::Redirected(_) => "redirected",
        Answer::CaptivePortal => "captive portal",
        Answer::Silent(error) => silent(*error),
    }
}

fn steadiness(steadiness: Steadiness) -> &'static str {
    match steadiness {
        Steadiness::Steady => "steady",
        Steadiness::Slow => "slow",
        Steadiness::Unsteady => "unstable",
        Steadiness::Lossy => "loses requests",
        Steadiness::Dead => "no answer",
    }
}

fn traced(answer: &TraceAnswer) -> &'static str {
    match answer {
        TraceAnswer::Trace(_) => "answered",
        TraceAnswer::Withheld { .. } => "error response",
        TraceAnswer::CaptivePortal => "captive portal",
        TraceAnswer::Replaced { .. } => "answered by something else",
        TraceAnswer::LedAway => "redirected",
        TraceAnswer::Silent(error) => silent(*error),
    }
}

fn silent(error: FetchError) -> &'static str {
    match error {
        FetchError::Timeout => "timed out",
        FetchError::Offline => "offline",
        FetchError::LedAway => "redirected",
        FetchError::Unreachable => "no answer",
    }
}

fn stated(status: &ServiceStatus) -> &'static str {
    match status {
        ServiceStatus::Unknown => "unknown",
        ServiceStatus::Well => "no problems reported",
        ServiceStatus::Elsewhere { .. } => "problems elsewhere",
        ServiceStatus::Troubled { .. } => "problems reported",
    }
}
