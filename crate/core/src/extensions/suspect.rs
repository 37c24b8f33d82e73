//! Which extensions are suspects, and why: one table of rules about what the browser says about each extension. A rule is a
//! reason to check, not a verdict. Only turning the extension off and reloading proves anything.

use serde::{Deserialize, Serialize};

use super::installed::Installed;
use super::pattern;
use crate::base::host::Host;
use crate::base::id::ExtensionId;
use crate::base::text::{Text, keys};
use crate::diagnosis::fix::Fix;

/// How suspicious an extension is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Suspicion {
    /// It cannot affect this site.
    #[default]
    None,
    /// It has access to this site, as most extensions do.
    Weak,
    /// It can change what a site sees, or it blocks parts of pages.
    Medium,
    /// Its purpose is to change what a site sees, or it is known to cause block pages.
    Strong,
}

/// Why an extension is a suspect. One reason per rule, in the order of the table. The first rule that applies gives the reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// It sends traffic through another IP address.
    ChangesAddress,
    /// It changes the user agent.
    ChangesAgent,
    /// It fakes what pages can measure (canvas, WebGL, audio, fonts).
    Disguises,
    /// It adds, removes or changes request headers.
    ChangesHeaders,
    /// It deletes cookies, including the clearance cookie of a passed check.
    DeletesCookies,
    /// It may rewrite requests to this site.
    RewritesRequests,
    /// It blocks parts of pages.
    Blocks,
    /// It uses the browser's debugger.
    Debugs,
    /// It runs user scripts in pages.
    RunsScripts,
    /// It can change the browser's privacy or content settings.
    ChangesSettings,
    /// It can read and change this site.
    ReachesSite,
}

impl Reason {
    /// The text in the extension's row.
    pub fn text(self) -> Text {
        match self {
            Self::ChangesAddress => keys::reason_address(),
            Self::ChangesAgent => keys::reason_agent(),
            Self::Disguises => keys::reason_disguise(),
            Self::ChangesHeaders => keys::reason_headers(),
            Self::DeletesCookies => keys::reason_cookies(),
            Self::RewritesRequests => keys::reason_rewrites(),
            Self::Blocks => keys::reason_blocks(),
            Self::Debugs => keys::reason_debugger(),
            Self::RunsScripts => keys::reason_scripts(),
            Self::ChangesSettings => keys::reason_settings(),
            Self::ReachesSite => keys::reason_reaches(),
        }
    }
}

/// A suspicion and the reason for it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Assessment {
    /// How strong the suspicion is.
    pub suspicion: Suspicion,
    /// The first rule that applied. `None` if nothing speaks against the extension.
    pub reason: Option<Reason>,
}

impl Assessment {
    /// The fix that turning it off counts as: the VPN fix for a proxy, the extensions fix for all others.
    pub fn fix(&self) -> Fix {
        if self.reason == Some(Reason::ChangesAddress) { Fix::Vpn } else { Fix::Extensions }
    }
}

struct Rule {
    reason: Reason,
    suspicion: Suspicion,
    applies: fn(&Installed, &Host) -> bool,
}

/// For extensions without a public report. A report is a fact and takes precedence over guesses from permissions. The first match
/// wins, so the most specific reasons come first.
const RULES: &[Rule] = &[
    // By permission. These two route traffic, whatever sites the extension may access.
    Rule { reason: Reason::ChangesAddress, suspicion: Suspicion::Strong, applies: |it, _| holds(it, &["proxy", "vpnProvider"]) },
    // By name, if the extension can also act on this site.
    Rule {
        reason: Reason::ChangesAgent,
        suspicion: Suspicion::Strong,
        applies: |it, host| touches(it, host) && named(it, AGENT_WORDS),
    },
    Rule {
        reason: Reason::Disguises,
        suspicion: Suspicion::Strong,
        applies: |it, host| touches(it, host) && named(it, DISGUISE_WORDS),
    },
    Rule {
        reason: Reason::ChangesHeaders,
        suspicion: Suspicion::Strong,
        applies: |it, host| touches(it, host) && named(it, HEADER_WORDS),
    },
    Rule {
        reason: Reason::ChangesAddress,
        suspicion: Suspicion::Strong,
        applies: |it, host| touches(it, host) && named(it, ADDRESS_WORDS),
    },
    Rule {
        reason: Reason::Blocks,
        suspicion: Suspicion::Medium,
        applies: |it, host| rewrites(it, host) && named(it, BLOCKER_WORDS),
    },
    Rule { reason: Reason::RewritesRequests, suspicion: Suspicion::Strong, applies: rewrites },
    Rule { reason: Reason::Debugs, suspicion: Suspicion::Medium, applies: |it, _| holds(it, &["debugger"]) },
    Rule {
        reason: Reason::DeletesCookies,
        suspicion: Suspicion::Medium,
        applies: |it, host| touches(it, host) && holds(it, &["cookies", "browsingData"]) && named(it, COOKIE_WORDS),
    },
    Rule {
        reason: Reason::RunsScripts,
        suspicion: Suspicion::Medium,
        applies: |it, host| touches(it, host) && holds(it, &["userScripts"]),
    },
    Rule {
        reason: Reason::ChangesSettings,
        suspicion: Suspicion::Medium,
        applies: |it, _| holds(it, &["privacy", "contentSettings"]),
    },
    Rule { reason: Reason::ReachesSite, suspicion: Suspicion::Weak, applies: touches },
];

const AGENT_WORDS: &[&str] = &["user-agent", "user agent", "useragent"];
const DISGUISE_WORDS: &[&str] = &["fingerprint", "spoof", "canvas", "webgl", "audiocontext"];
const HEADER_WORDS: &[&str] = &["header", "referer", "referrer"];
const ADDRESS_WORDS: &[&str] = &["vpn", "proxy"];
const BLOCKER_WORDS: &[&str] = &["block", "adguard", "ghostery", "privacy badger"];
const COOKIE_WORDS: &[&str] = &["cookie"];

/// The evidence against `extension` on a page of `host`.
pub fn assess(extension: &Installed, host: &Host) -> Assessment {
    if let Some(assessment) = known(&extension.id) {
        return assessment;
    }
    let rule = RULES.iter().find(|rule| (rule.applies)(extension, host));
    rule.map_or_else(Assessment::default, |rule| Assessment { suspicion: rule.suspicion, reason: Some(rule.reason) })
}

fn holds(extension: &Installed, permissions: &[&str]) -> bool {
    extension.permissions.iter().any(|held| permissions.contains(&held.as_str()))
}

fn touches(extension: &Installed, host: &Host) -> bool {
    extension.host_permissions.iter().any(|pattern| pattern::reaches(pattern, host))
}

/// Changing headers requires both the permission and access to the host. Blocking requires only the permission.
fn rewrites(extension: &Installed, host: &Host) -> bool {
    touches(extension, host)
        && holds(extension, &["declarativeNetRequest", "declarativeNetRequestWithHostAccess", "webRequestBlocking"])
}

fn named(extension: &Installed, words: &[&str]) -> bool {
    let name = extension.name.to_ascii_lowercase();
    words.iter().any(|word| name.contains(word))
}

/// What public reports say about this extension.
pub(super) fn reported(id: &ExtensionId) -> Option<Reason> {
    KNOWN.iter().find(|(known, _)| *known == id.as_str()).map(|(_, reason)| *reason)
}

fn known(id: &ExtensionId) -> Option<Assessment> {
    let reason = reported(id)?;
    let suspicion = match reason {
        // Blockers can rewrite requests, but they hardly ever do it in a way that makes a site block them. So known blockers rank
        // below unknown extensions that can rewrite requests.
        Reason::Blocks | Reason::DeletesCookies | Reason::RunsScripts => Suspicion::Medium,
        _ => Suspicion::Strong,
    };
    Some(Assessment { suspicion, reason: Some(reason) })
}

/// Extensions that public reports connect with block pages or challenge loops, by their ID in Chrome's, Edge's or Mozilla's
/// store. The reports are named above each group.
const KNOWN: &[(&str, Reason)] = &[
    // ray-lothian/UserAgent-Switcher #135 #183 #211 #236; tarampampam/random-user-agent #304 #488
    ("bhchdcejhohfmigjafbampogmaanbfkg", Reason::ChangesAgent), // User-Agent Switcher and Manager
    ("cnjkedgepfdpdbnepgmajmmjdjkjnifa", Reason::ChangesAgent), // the same, Edge
    ("einpaelgookohagofgnnkcfjbkkgepnp", Reason::ChangesAgent), // Random User-Agent
    ("djflhoibgkdhkhhcedjiklpkjnoahfmg", Reason::ChangesAgent), // User-Agent Switcher for Chrome
    // kkapsner/CanvasBlocker #708 #710 #711 #783 #793; polcak/jsrestrictor #215; sereneblue/chameleon #518 #608
    ("lanfdkkpgfjfdikkncbnojekcppdebfp", Reason::Disguises), // Canvas Fingerprint Defender
    ("olnbjpaejebpnokblkepbphhembdicik", Reason::Disguises), // WebGL Fingerprint Defender
    ("pcbjiidheaempljdefbdplebgdgpjcbe", Reason::Disguises), // AudioContext Fingerprint Defender
    ("fhkphphbadjkepgfljndicmgdlndmoke", Reason::Disguises), // Font Fingerprint Defender
    ("nomnklagbmggghhjidfhnoelnjfndfpd", Reason::Disguises), // Canvas Blocker
    ("CanvasBlocker@kkapsner.de", Reason::Disguises),
    ("ammoloihpcbognfddfjcljgembpibcmb", Reason::Disguises), // JShelter
    // An added X-Forwarded-For alone makes Cloudflare answer 1000.
    ("idgpnmonknjnojddfkpgkljpfnnfcklj", Reason::ChangesHeaders), // ModHeader
    // lencx/ChatGPT #991 #1342; Cloudflare's own steps for visitors start with VPN and proxy
    ("fjoaledfpmneenckfbpdfhkmimnjocfa", Reason::ChangesAddress), // NordVPN
    ("ailoabdmgclmfmhdagmlohpjlbpffblp", Reason::ChangesAddress), // Surfshark
    ("omghfjlpggmjjaagoclmmobgdodcjboh", Reason::ChangesAddress), // Browsec
    ("eppiocemhmnlbhjplcgkofciiegomcon", Reason::ChangesAddress), // Urban VPN
    ("hnmpcagpplmpfojmgmnngilcnanddlhb", Reason::ChangesAddress), // Windscribe
    ("bihmplhobchoageeokmgbdihknkjbknd", Reason::ChangesAddress), // Touch VPN
    ("fdcgdnkidjaadafnichfpabhfomcebme", Reason::ChangesAddress), // ZenMate
    ("hhdobjgopfphlmjbmnpglhfcgppchgje", Reason::ChangesAddress), // AdGuard VPN
    ("immngomjofcbflgcckkfddnbpmjokbjh", Reason::ChangesAddress), // ZoogVPN
    ("akcocjjpkmlniicdeemdceeajlmoabhg", Reason::ChangesAddress), // 1VPN
    ("pfnededegaaopdmhkdmcofjmoldfiped", Reason::ChangesAddress), // ZeroOmega
    // Deletes cf_clearance at each visit.
    ("fhcgjolkccmbidfldomjliifgaodjagh", Reason::DeletesCookies), // Cookie AutoDelete
    // EFForg/privacybadger #2964; duckduckgo #1648; easylist #23185; dhowe/AdNauseam #2618
    ("pkehgijcmpdhfbdbbnkijodmdjhbjlgp", Reason::Blocks), // Privacy Badger
    ("bkdgflcldnnnapblkhphbgpggdiikppg", Reason::Blocks), // DuckDuckGo
    ("cjpalhdlnbpafiamejdnhcphjbkeiagm", Reason::Blocks), // uBlock Origin
    ("uBlock0@raymondhill.net", Reason::Blocks),
    ("ddkjiahejlhfcafbddmgiahcphecmpfh", Reason::Blocks), // uBlock Origin Lite
    ("oiigbmnaadbkfbmpbfijlflahbdbdgdf", Reason::Blocks), // ScriptSafe
    ("doojmbjmlfjjnbmnoijecmcbfeoakpjm", Reason::Blocks), // NoScript
    ("bgnkhhnnamicmpeenaelnjfhikgbkllg", Reason::Blocks), // AdGuard
    ("mlomiejdfkolichcflejclcbmpeaniij", Reason::Blocks), // Ghostery
    ("gighmmpiobklfepjocnamgkkbiglidom", Reason::Blocks), // AdBlock
    ("cfhdojbkjhnklbpkdaibdccddilifddb", Reason::Blocks), // Adblock Plus
    ("jeoacafpbcihiomhlakheieifhpjdfeo", Reason::Blocks), // Disconnect
    // ThomazPom/Moz-Ext-UltimaDark #205; xxxily/h5player #663: the user scripts are the cause
    ("dhdgffkkebhmkfjojejmpbldmpobfkfo", Reason::RunsScripts), // Tampermonkey
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extensions::installed::tests::innocent;

    fn extension(name: &str, permissions: &[&str], hosts: &[&str]) -> Installed {
        Installed {
            name: name.into(),
            permissions: permissions.iter().map(|&text| text.into()).collect(),
            host_permissions: hosts.iter().map(|&text| text.into()).collect(),
            ..innocent("a")
        }
    }

    #[track_caller]
    fn check(extension: &Installed, suspicion: Suspicion, reason: Option<Reason>) {
        let host = Host::parse("chatgpt.com").unwrap();
        assert_eq!(assess(extension, &host), Assessment { suspicion, reason }, "{}", extension.name);
    }

    #[test]
    fn a_known_id_is_a_suspect_without_any_permission() {
        check(&innocent("idgpnmonknjnojddfkpgkljpfnnfcklj"), Suspicion::Strong, Some(Reason::ChangesHeaders));
        check(&innocent("cjpalhdlnbpafiamejdnhcphjbkeiagm"), Suspicion::Medium, Some(Reason::Blocks));
    }

    #[test]
    fn a_proxy_is_a_suspect_without_access_to_the_site() {
        check(&extension("Plain", &["proxy"], &[]), Suspicion::Strong, Some(Reason::ChangesAddress));
    }

    #[test]
    fn rewriting_requires_access_to_the_site() {
        let rewriter = ["declarativeNetRequest"];
        check(&extension("Tweaker", &rewriter, &["https://*/*"]), Suspicion::Strong, Some(Reason::RewritesRequests));
        check(&extension("Tweaker", &rewriter, &["https://*.example.com/*"]), Suspicion::None, None);
    }

    #[test]
    fn the_name_distinguishes_a_blocker_from_a_rewriter() {
        check(&extension("Tiny AdBlock", &["declarativeNetRequest"], &["<all_urls>"]), Suspicion::Medium, Some(Reason::Blocks));
    }

    #[test]
    fn a_name_counts_only_with_access_to_the_site() {
        check(&extension("My User-Agent tool", &[], &["<all_urls>"]), Suspicion::Strong, Some(Reason::ChangesAgent));
        check(&extension("My User-Agent tool", &[], &[]), Suspicion::None, None);
        check(&extension("Canvas for artists", &["storage"], &["https://art.example/*"]), Suspicion::None, None);
    }

    #[test]
    fn most_extensions_are_weak_suspects_at_most() {
        check(&extension("Notes", &["storage"], &["<all_urls>"]), Suspicion::Weak, Some(Reason::ReachesSite));
        check(&extension("Clock", &["alarms"], &[]), Suspicion::None, None);
    }

    #[test]
    fn the_list_of_known_ids_has_no_duplicates() {
        for (index, (id, _)) in KNOWN.iter().enumerate() {
            assert!(KNOWN.iter().skip(index + 1).all(|(other, _)| other != id), "{id}");
        }
    }
}
