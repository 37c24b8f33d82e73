//! Which extensions protect the user: VPNs, blockers, antivirus programs, password managers. A site that dislikes such an extension
//! can block the page as long as it is on, and the search finds it guilty. So its row is marked, and the result names the site as
//! the one that blocks. It changes nothing about who is suspected, and a wrong mark only makes a sentence milder.

use super::installed::Installed;
use super::suspect::{self, Reason};

/// Permissions that hardly any other kind of extension asks for.
const PERMISSIONS: &[&str] = &["vpnProvider"];

/// Beginnings of words in the names of such extensions.
const WORDS: &[&str] = &[
    // Connections
    "vpn",
    // Blockers
    "adblock",
    "adguard",
    "badger",
    "blocker",
    "ghostery",
    "noscript",
    "ublock",
    // Privacy
    "antitrack",
    "fingerprint",
    "privacy",
    "tracker",
    "tracking",
    // Antivirus and protection against fraud
    "antivirus",
    "avast",
    "avg",
    "bitdefender",
    "eset",
    "kaspersky",
    "malware",
    "mcafee",
    "norton",
    "phishing",
    "protection",
    "safe",
    "security",
    "sophos",
    // Passwords
    "1password",
    "authenticator",
    "bitwarden",
    "dashlane",
    "keepass",
    "keeper",
    "lastpass",
    "nordpass",
    "password",
];

/// Is it the purpose of this extension to protect the user?
pub fn protects(extension: &Installed) -> bool {
    let is_known = matches!(
        suspect::reported(&extension.id),
        Some(Reason::Blocks | Reason::ChangesAddress | Reason::Disguises | Reason::DeletesCookies)
    );
    let holds = || extension.permissions.iter().any(|held| PERMISSIONS.contains(&held.as_str()));
    is_known || holds() || is_named(&extension.name.to_lowercase())
}

/// "Tiny VPN" and "Password Safe" are such names, "Unsafe colors" is not.
fn is_named(name: &str) -> bool {
    let is_in = |word: &str| WORDS.iter().any(|start| word.starts_with(start)) || word.ends_with("vpn");
    name.split(|c: char| !c.is_alphanumeric()).any(is_in)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::id::ExtensionId;
    use crate::extensions::installed::tests::innocent;

    #[track_caller]
    fn check(name: &str, expected: bool) {
        assert_eq!(protects(&Installed { name: name.into(), ..innocent("a") }), expected, "{name}");
    }

    #[test]
    fn extensions_that_protect_are_known_by_their_names() {
        for name in [
            "uBlock Origin",
            "NordVPN - VPN for Chrome",
            "Privacy Badger",
            "Bitwarden Password Manager",
            "Malwarebytes Browser Guard",
            "AdBlock — block ads across the web",
            "1Password – Password Manager",
            "Norton Safe Web",
            "Kaspersky Protection",
        ] {
            check(name, true);
        }
    }

    #[test]
    fn other_extensions_are_not() {
        for name in
            ["Header Tweaker", "ModHeader", "User-Agent Switcher", "Dark Reader", "Unsafe colors", "Notes", "Building blocks", ""]
        {
            check(name, false);
        }
    }

    #[test]
    fn reports_and_permissions_count_whatever_the_name() {
        let named_by_id = Installed { id: ExtensionId("pkehgijcmpdhfbdbbnkijodmdjhbjlgp".into()), ..innocent("a") };
        let by_permission = Installed { permissions: vec!["vpnProvider".into()], ..innocent("a") };
        assert!(protects(&named_by_id) && protects(&by_permission));
        let rewriter = Installed { id: ExtensionId("idgpnmonknjnojddfkpgkljpfnnfcklj".into()), ..innocent("a") };
        assert!(!protects(&rewriter));
    }
}
