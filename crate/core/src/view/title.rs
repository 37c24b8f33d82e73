//! The titles of causes and fixes.

use crate::base::text::{Text, keys};
use crate::diagnosis::cause::Cause;
use crate::diagnosis::fix::Fix;
use crate::extensions::installed::Installed;
use crate::extensions::protection::protects;

/// The title of a cause.
pub(crate) fn cause_title(cause: Cause) -> Text {
    match cause {
        Cause::Extension => keys::cause_extension(),
        Cause::SiteData => keys::cause_site_data(),
        Cause::Address => keys::cause_address(),
        Cause::Vpn => keys::cause_vpn(),
        Cause::RateLimit => keys::cause_rate_limit(),
        Cause::Region => keys::cause_region(),
        Cause::BrowserSignature => keys::cause_browser_signature(),
        Cause::Connection => keys::cause_connection(),
        Cause::ServiceDown => keys::cause_service_down(),
        Cause::Account => keys::cause_account(),
        Cause::OwnerRule => keys::cause_owner_rule(),
        Cause::Clock => keys::cause_clock(),
        Cause::LocalProgram => keys::cause_local_program(),
        Cause::Dns => keys::cause_dns(),
    }
}

/// What an earlier search has found about an extension.
pub(crate) fn was_cause(extension: &Installed) -> Text {
    let name = extension.short_name();
    if protects(extension) { keys::was_protection(name) } else { keys::was_extension(name) }
}

/// The title of a fix.
pub(crate) fn title(fix: Fix) -> Text {
    match fix {
        Fix::Vpn => keys::fix_vpn(),
        Fix::SiteData => keys::fix_site_data(),
        Fix::CloudflareCheck => keys::fix_cloudflare_check(),
        Fix::Extensions => keys::fix_extensions(),
        Fix::Router => keys::fix_router(),
        Fix::Connection => keys::fix_connection(),
        Fix::Browser => keys::fix_browser(),
        Fix::Status => keys::fix_status(),
        Fix::Wait => keys::fix_wait(),
        Fix::PrivateWindow => keys::fix_private_window(),
        Fix::Owner => keys::fix_owner(),
        Fix::Clock => keys::fix_clock(),
        Fix::Reopen => keys::fix_reopen(),
        Fix::LocalProgram => keys::fix_local_program(),
        Fix::Dns => keys::fix_dns(),
        Fix::BrowserSetting => keys::fix_browser_setting(),
    }
}
