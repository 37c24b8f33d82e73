//! The few values that are extracted from a page. Each has a strict format, and no other text from a page is passed on.

use core::net::IpAddr;
use serde::{Deserialize, Serialize};

use crate::base::parsed_text::parsed_text;

/// The number of an error: Cloudflare's own, 1000 to 1299, or the HTTP status of a page that has no other number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u16", into = "u16")]
pub struct Code(u16);

impl Code {
    /// `None` for a number that no error has. A 1xxx code that is not in the catalog is accepted, because Cloudflare adds new
    /// ones.
    pub const fn new(number: u16) -> Option<Self> {
        if matches!(number, 400..=599 | 1000..=1299) { Some(Self(number)) } else { None }
    }

    /// Parses a number of Cloudflare's own error pages: a 1xxx code, or one of its 5xx. Exactly three or four digits.
    pub fn parse(text: &str) -> Option<Self> {
        Self::parse_any(text).filter(|code| matches!(code.0, 1000..=1299 | 500 | 502..=504 | 520..=530))
    }

    /// Does the same, but also accepts every other HTTP status of 400 or more.
    pub(super) fn parse_any(text: &str) -> Option<Self> {
        let digits = text.as_bytes();
        if !(3..=4).contains(&digits.len()) {
            return None;
        }
        let mut number = 0;
        for digit in digits {
            if !digit.is_ascii_digit() {
                return None;
            }
            number = number * 10 + u16::from(digit - b'0');
        }
        Self::new(number)
    }

    /// The number itself.
    pub const fn number(self) -> u16 {
        self.0
    }

    /// Is it a 1xxx code, which means that Cloudflare itself made the decision? The others are HTTP statuses.
    pub const fn is_1xxx(self) -> bool {
        self.0 >= 1000
    }

    /// For the catalog only. A test checks that its numbers are valid for [`Code::new`].
    pub(super) const fn known(number: u16) -> Self {
        Self(number)
    }
}

impl TryFrom<u16> for Code {
    type Error = &'static str;

    fn try_from(number: u16) -> Result<Self, Self::Error> {
        Self::new(number).ok_or("not the number of an error")
    }
}

impl From<Code> for u16 {
    fn from(code: Code) -> Self {
        code.0
    }
}

/// Cloudflare's ID of one request: sixteen hexadecimal digits.
///
/// Source: Cloudflare, `fundamentals/reference/cloudflare-ray-id.mdx`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RayId(String);

impl RayId {
    const DIGITS: usize = 16;

    /// Parses exactly sixteen lower-case hexadecimal digits. [`RayId::parse_with_colo`] also accepts the longer form.
    pub fn parse(text: &str) -> Option<Self> {
        let is_hex = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'a'..=b'f');
        (text.len() == Self::DIGITS && text.bytes().all(is_hex)).then(|| Self(text.to_owned()))
    }

    /// Also accepts the form with the data center, `8f2c0123456789ab-FRA`, which the `cf-ray` header and the newest pages use.
    /// Any other text after the sixteen digits makes it invalid.
    pub fn parse_with_colo(text: &str) -> Option<(Self, Option<Colo>)> {
        if text.len() <= Self::DIGITS {
            return Some((Self::parse(text)?, None));
        }
        let (ray_id, colo) = text.split_at_checked(Self::DIGITS)?;
        Some((Self::parse(ray_id)?, Some(Colo::parse(colo.strip_prefix('-')?)?)))
    }

    /// The sixteen digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A visitor's IP address as the page shows it: an IPv4 or IPv6 literal.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ClientAddress(String);

impl ClientAddress {
    /// `None` for anything that is not an IP address.
    pub fn parse(text: &str) -> Option<Self> {
        // Keeps the text instead of the parsed number, so that people see the IP address exactly as the page showed it.
        text.parse::<IpAddr>().is_ok().then(|| Self(text.to_owned()))
    }

    /// The IP address as the page shows it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// One of Cloudflare's data centers, named by its airport code: `FRA`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Colo(String);

impl Colo {
    /// Exactly three upper-case letters.
    pub fn parse(text: &str) -> Option<Self> {
        (text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_uppercase())).then(|| Self(text.to_owned()))
    }

    /// The three letters.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

parsed_text!(RayId, "not a Ray ID");
parsed_text!(ClientAddress, "not an IP address");
parsed_text!(Colo, "not a data centre");

#[cfg(test)]
mod tests {
    use super::{ClientAddress, Code, Colo, RayId};

    #[test]
    fn only_cloudflares_codes_are_accepted() {
        for good in ["1020", "1299", "500", "504", "520", "530"] {
            assert_eq!(Code::parse(good).map(|code| code.number().to_string()).as_deref(), Some(good));
        }
        for bad in ["", "20", "403", "501", "519", "531", "999", "1300", "10200", "+1020", " 1020", "١٠٢٠"] {
            assert_eq!(Code::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_ray_id_is_sixteen_hex_digits() {
        assert!(RayId::parse("8f2c0123456789ab").is_some());
        for bad in ["8f2c0123456789a", "8f2c0123456789abc", "194b0ed29eg30f8d", "8F2C0123456789AB", "8f2c0123456789ab-FRA"] {
            assert_eq!(RayId::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_ray_id_can_be_followed_only_by_its_data_center() {
        let (ray_id, colo) = RayId::parse_with_colo("8f2c0123456789ab-FRA").unwrap();
        assert_eq!((ray_id.as_str(), colo.unwrap().as_str()), ("8f2c0123456789ab", "FRA"));
        assert_eq!(RayId::parse_with_colo("8f2c0123456789ab-ua98"), None);
    }

    #[test]
    fn only_an_ip_address_is_accepted() {
        for good in ["203.0.113.7", "2001:db8::1", "2a06:98c0:3600::103"] {
            assert_eq!(ClientAddress::parse(good).unwrap().as_str(), good);
        }
        for bad in ["", "203.0.113", "203.0.113.256", "<b>", "::CLIENT_IP::", "203.0.113.7:80"] {
            assert_eq!(ClientAddress::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn stored_values_are_validated_when_read() {
        assert!(serde_json::from_str::<Code>("399").is_err());
        assert!(serde_json::from_str::<RayId>("\"<script>\"").is_err());
        assert!(serde_json::from_str::<ClientAddress>("\"me\"").is_err());
        assert!(serde_json::from_str::<Colo>("\"fra\"").is_err());
        assert_eq!(serde_json::to_string(&Colo::parse("FRA").unwrap()).unwrap(), "\"FRA\"");
    }
}
