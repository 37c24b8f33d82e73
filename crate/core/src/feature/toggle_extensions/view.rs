//! The list of the other extensions.

use crate::base::id::ExtensionId;
use crate::base::text::keys;
use crate::diagnosis::cause::Observation;
use crate::extensions::installed::{Installed, Lock};
use crate::extensions::ledger::Ledger;
use crate::extensions::listing::{Listed, Listing};
use crate::extensions::pin::Pins;
use crate::extensions::protection::protects;
use crate::extensions::suspect::{Reason, Suspicion};
use crate::feature::history::view::Recurrence;
use crate::protocol::effect::Capabilities;
use crate::view::{Extensions, NamedExtension, Row};

/// The other extensions, as they are shown.
pub(crate) struct ExtensionsInput<'a> {
    /// The rows in their order.
    pub(crate) rows: Vec<Listed<'a>>,
    /// The list that the rows come from.
    pub(crate) listing: &'a Listing,
    /// What was switched.
    pub(crate) ledger: &'a Ledger,
    /// What is never switched off.
    pub(crate) pins: &'a Pins,
    /// The extension with which the page is blocked again.
    pub(crate) recurrence: Option<Recurrence<'a>>,
    /// What this browser can do.
    pub(crate) browser: &'a Capabilities,
}

impl<'a> ExtensionsInput<'a> {
    /// The row of the extension with which the page is blocked again, if it may be switched off.
    pub(crate) fn recurring(&self) -> Option<&Listed<'a>> {
        self.rows.iter().find(|row| self.recurrence.is_some_and(|recurrence| recurrence.extension.id == row.extension.id))
    }
}

/// What the list of extensions says about the cause.
pub(crate) fn observations(rows: &[Listed<'_>]) -> Vec<Observation> {
    let on = || rows.iter().filter(|row| row.extension.enabled);
    let because = |reasons: &[Reason]| on().any(|row| row.assessment.reason.is_some_and(|reason| reasons.contains(&reason)));
    let strong =
        |row: &Listed| row.assessment.suspicion == Suspicion::Strong && row.assessment.reason != Some(Reason::ChangesAddress);
    let mut seen = Vec::new();
    if on().any(strong) {
        seen.push(Observation::StrongSuspectOn);
    }
    if because(&[Reason::ChangesAgent, Reason::Disguises]) {
        seen.push(Observation::DisguiseOn);
    }
    let has_proxy = because(&[Reason::ChangesAddress]);
    seen.push(if has_proxy { Observation::ProxyExtensionOn } else { Observation::NoProxyExtensionOn });
    if on().all(|row| row.assessment.suspicion == Suspicion::None) {
        seen.push(Observation::NoSuspectOn);
    }
    seen
}

/// The list; `None` until the browser has answered. `locked`: no switch may be used. `searching`: nothing may be pinned.
pub(crate) fn extensions(input: &ExtensionsInput<'_>, locked: bool, searching: bool) -> Option<Extensions> {
    if !input.listing.is_known() {
        return None;
    }
    let problem = match input.listing.failure() {
        Some(failure) => Some(keys::extensions_failed(failure.as_str())),
        None if input.rows.is_empty() => Some(keys::extensions_none()),
        None => None,
    };
    let on = input.rows.iter().filter(|row| row.extension.enabled).count();
    let held = input.ledger.held();
    Some(Extensions {
        rows: input.rows.iter().map(|row| of_row(row, input, held.contains(&row.extension.id), locked, searching)).collect(),
        on: u32::try_from(on).unwrap_or(u32::MAX),
        problem,
        can_switch: input.browser.switches_extensions,
        pinned: input.pins.iter().map(|id| named(id, input)).collect(),
    })
}

/// Those that Readmit can switch on again.
pub(crate) fn to_put_back(input: &ExtensionsInput<'_>) -> Vec<NamedExtension> {
    input.ledger.off().map(|entry| named(&entry.id, input)).collect()
}

fn named(id: &ExtensionId, input: &ExtensionsInput<'_>) -> NamedExtension {
    let name = input.listing.find(id).map_or(id.as_str(), Installed::short_name);
    NamedExtension { id: id.clone(), name: name.to_owned() }
}

fn of_row(row: &Listed<'_>, input: &ExtensionsInput<'_>, held: bool, locked: bool, searching: bool) -> Row {
    let extension = row.extension;
    let lock = extension.lock();
    let failure = row.failure.map(|failure| keys::row_failed(failure.as_str()));
    let kept = lock.map(|lock| match lock {
        Lock::Policy => keys::lock_policy(),
        Lock::MorePermissions => keys::lock_permissions(),
        Lock::Browser => keys::lock_browser(),
    });
    let ours = (!extension.enabled && held).then(keys::row_off_by_us);
    let pinned = row.pinned.then(keys::row_pinned);
    Row {
        id: extension.id.clone(),
        name: extension.short_name().into(),
        icon: extension.icon(32).map(Into::into),
        suspicion: row.assessment.suspicion,
        protects: protects(extension),
        wrong: failure.is_some(),
        remark: failure.or(kept).or(ours).or(pinned).or(row.assessment.reason.map(Reason::text)),
        on: extension.enabled,
        locked: lock.is_some() || !input.browser.switches_extensions || locked,
        busy: row.busy,
        pinned: row.pinned,
        may_pin: lock.is_none() && !searching,
    }
}
