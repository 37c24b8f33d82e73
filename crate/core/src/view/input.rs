//! Everything that the popup's view is derived from, feature by feature.

use crate::feature::clear_data::view::ClearInput;
use crate::feature::culprit_search::view::SearchInput;
use crate::feature::diagnose::view::DiagnoseInput;
use crate::feature::recovery_alert::view::RecoveryInput;
use crate::feature::settings::policy::PolicyInput;
use crate::feature::toggle_extensions::view::ExtensionsInput;
use crate::protocol::effect::Capabilities;
use crate::store::StorageFault;

/// What each feature shows its part by.
pub(crate) struct PopupInput<'a> {
    /// What this browser can do.
    pub(crate) browser: &'a Capabilities,
    /// The other extensions.
    pub(crate) extensions: ExtensionsInput<'a>,
    /// The culprit search.
    pub(crate) search: SearchInput,
    /// The site's data.
    pub(crate) data: ClearInput<'a>,
    /// What is known of the cause, and what is being found out.
    pub(crate) diagnosis: DiagnoseInput<'a>,
    /// The sites that are waited for.
    pub(crate) recovery: RecoveryInput<'a>,
    /// What an administrator decided, and which sites may be touched.
    pub(crate) policy: PolicyInput<'a>,
    /// What could not be read.
    pub(crate) storage_faults: &'a [StorageFault],
}
