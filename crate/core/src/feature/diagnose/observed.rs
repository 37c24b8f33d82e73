//! Everything that is observed about a blocked page: what the answers say, what the list of extensions says, and what the browser
//! is.

use crate::case::Case;
use crate::diagnosis::observation::Observation;
use crate::extensions::listing::Listed;
use crate::feature::toggle_extensions::view as extension_view;
use crate::protocol::effect::Capabilities;

/// `rows`: the other extensions; `None` until the browser has answered. `is_recurring`: is a proven culprit back on?
pub(crate) fn of(case: &Case, rows: Option<&[Listed<'_>]>, is_recurring: bool, browser: &Capabilities) -> Vec<Observation> {
    let mut seen = case.observations();
    seen.extend(rows.into_iter().flat_map(extension_view::observations));
    seen.extend(is_recurring.then_some(Observation::CulpritBack));
    seen.extend(browser.brand.map(|_| Observation::OwnProtection));
    seen
}
