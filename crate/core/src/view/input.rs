//! Everything that the popup's view is derived from, feature by feature.

use crate::feature::clear_data::view::ClearInput;
use crate::feature::culprit_search::view::SearchInput;
use crate::feature::diagnose::view::DiagnoseInput;
use crate::feature::recovery_alert::view::RecoveryInput;
use crate::feature::settings::policy::PolicyInput;
use crate::feature::toggle_extensions::view::ExtensionsInput;
use crate::protocol::effect::Capabilities;
use crate::store::StorageFault;

/// The input of each feature's part of the view.
pub(crate) struct PopupInput<'a> {
    /// What this browser can do.
    pub(crate) browser: &'a Capabilities,
    /// The other extensions.
    pub(crate) extensions: ExtensionsInput<'a>,
    /// The culprit search.
    pub(crate) search: SearchInput,
    /// The site's data.
    pub(crate) data: ClearInput<'a>,
    /// What is known about the cause, and what is being found out.
    pub(crate) diagnosis: DiagnoseInput<'a>,
    /// The recovery alerts.
    pub(crate) recovery: RecoveryInput<'a>,
    /// The administrator's policy, and the sites with a permission.
    pub(crate) policy: PolicyInput<'a>,
    /// Was the last click about something that had changed by then, so that nothing was done?
    pub(crate) has_changed: bool,
    /// What could not be read.
    pub(crate) storage_faults: &'a [StorageFault],
}
