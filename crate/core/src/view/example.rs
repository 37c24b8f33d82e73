//! What the popup shows on a block page, as an example. It is made up: the popup shows it without asking the background, and ignores
//! clicks on its buttons.

use super::popup::plain;
use super::words::order;
use super::{Card, CauseView, Extensions, Facts, FixOutcome, Phase, Tone, View};
use crate::base::host::Host;
use crate::base::id::Time;
use crate::base::text::keys;
use crate::diagnosis::cause::Cause;
use crate::diagnosis::fix::Fix;
use crate::feature::clear_data::Strength;
use crate::protocol::message::PopupRequest;

/// Error 1020, because of old cookies. `extensions`: the user's own, which the example leaves as they are.
pub fn example(now: Time, extensions: Option<Extensions>) -> View {
    let cause =
        CauseView { cause: Cause::SiteData, probability: 1.0, belief: keys::belief_most(), title: keys::cause_site_data() };
    let card = Card {
        fix: Fix::CloudflareCheck,
        outcome: FixOutcome::Untried,
        title: keys::fix_cloudflare_check(),
        note: keys::note_stays_in(),
        body: vec![keys::cloudflare_check_body()],
        buttons: vec![order(keys::button_reset(), PopupRequest::Clear(Strength::CloudflareCheck))],
        promise: Some(keys::promise_reset()),
        until: None,
        chart: Vec::new(),
        incidents: Vec::new(),
    };
    let headline = keys::headline_refused(Host::chatgpt().name());
    View {
        code: Some(1020),
        facts: Some(Facts { label: keys::fact_code("1020"), ray_id: None, seen: now }),
        why: Some(keys::why_cookies()),
        causes: vec![cause],
        cards: vec![card],
        leads: true,
        extensions,
        ..plain(Phase::Answered, Tone::Alarm, headline, None)
    }
}
