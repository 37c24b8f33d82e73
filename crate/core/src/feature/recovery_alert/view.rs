//! The sites that are waited for.

use crate::feature::recovery_alert::{RecoveryAlert, RecoveryAlerts, Stage};
use crate::view::RecoveryAlertView;

/// The sites that are waited for, and how it can be said that they are back.
pub(crate) struct RecoveryInput<'a> {
    /// Which.
    pub(crate) alerts: &'a RecoveryAlerts,
    /// May notifications be shown?
    pub(crate) notifies: bool,
}

impl RecoveryAlertView {
    pub(crate) fn of(alert: &RecoveryAlert) -> Self {
        let next = match alert.stage {
            Stage::Waiting { next, .. } => Some(next),
            Stage::Back { .. } => None,
        };
        Self { host: alert.host.clone(), next }
    }
}
