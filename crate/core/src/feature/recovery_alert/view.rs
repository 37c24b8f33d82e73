//! The recovery alerts, as the popup shows them.

use crate::feature::recovery_alert::{AlertStage, RecoveryAlert, RecoveryAlerts};
use crate::view::RecoveryAlertView;

/// The recovery alerts, and whether notifications can be shown.
pub(crate) struct RecoveryInput<'a> {
    /// The alerts.
    pub(crate) alerts: &'a RecoveryAlerts,
    /// May notifications be shown?
    pub(crate) notifies: bool,
}

impl RecoveryAlertView {
    pub(crate) fn of(alert: &RecoveryAlert) -> Self {
        let next = match alert.stage {
            AlertStage::Waiting { next, .. } => Some(next),
            AlertStage::Back { .. } => None,
        };
        Self { host: alert.host.clone(), next }
    }
}
