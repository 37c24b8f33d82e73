//! The cards for what neither the page nor an extension causes: programs on the computer, its DNS, and the browser's own
//! protection. They say where to look, and a reload shows whether it helped.

use crate::base::text::{Text, keys};
use crate::case::Case;
use crate::diagnosis::fix::Fix;
use crate::diagnosis::observation::Observation;
use crate::protocol::effect::Brand;
use crate::view::words::{Words, check};

pub(crate) fn local_program(case: Option<&Case>) -> Words {
    let sees = |observation| case.filter(|case| case.sees(observation));
    let body = if let Some(case) = sees(Observation::FilterAnswers) {
        vec![keys::local_program_filter(case.host.as_str()), keys::local_program_body()]
    } else if sees(Observation::GatewayOn).is_some() {
        vec![keys::local_program_gateway()]
    } else {
        vec![keys::local_program_body(), keys::local_program_elsewhere()]
    };
    let buttons = vec![check(Fix::LocalProgram)];
    Words { body, buttons, ..Words::new(keys::fix_local_program(), keys::note_local_program()) }
}

pub(crate) fn dns(case: Option<&Case>) -> Words {
    let needed = case.and_then(|case| case.findings.needed_host.as_ref()).filter(|needed| !needed.is_reached);
    let host = needed.map(|needed| &needed.host).or(case.map(|case| &case.host));
    let hosts_file = host.map(|host| keys::dns_body_hosts(host.as_str()));
    let body = hosts_file.into_iter().chain([keys::dns_body_servers(), keys::dns_body_browser()]).collect();
    Words { body, buttons: vec![check(Fix::Dns)], ..Words::new(keys::fix_dns(), keys::note_dns()) }
}

/// For a version that is really old, how to update it. Otherwise what this browser, by its name, has built in.
pub(crate) fn browser_setting(brand: Option<Brand>, case: Option<&Case>) -> Words {
    let buttons = vec![check(Fix::BrowserSetting)];
    if case.is_some_and(|case| case.sees(Observation::BrowserOld)) {
        let body = vec![keys::browser_update_body()];
        return Words { body, buttons, ..Words::new(keys::fix_browser_update(), keys::note_browser_update()) };
    }
    let body: Vec<Text> = match brand {
        Some(Brand::Brave) => vec![keys::protection_brave()],
        Some(Brand::Edge) => vec![keys::protection_edge()],
        Some(Brand::Opera) => vec![keys::protection_shield("Opera")],
        Some(Brand::Vivaldi) => vec![keys::protection_shield("Vivaldi")],
        Some(Brand::Firefox) if case.is_some_and(|case| case.sees(Observation::ZoneHidden)) => {
            vec![keys::protection_firefox_config()]
        }
        Some(Brand::Firefox) => vec![keys::protection_firefox(), keys::protection_firefox_config()],
        None => Vec::new(),
    };
    Words { body, buttons, ..Words::new(keys::fix_browser_setting(), keys::note_browser_setting()) }
}
