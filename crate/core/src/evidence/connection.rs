//! How steady a connection is, measured by a few small requests and the time each took. It describes only this connection and
//! names no cause. The throughput is the browser's own estimate: measuring it would need a download that no one asked for.

use serde::{Deserialize, Serialize};

/// In percent. At this share of missing answers, a connection loses too many. TCP retransmits a lost packet for many seconds, so
/// even one lost request is a bad sign: one of six is enough, but one of ten can be chance.
const LOSSY_PERCENT: u32 = 15;
/// In milliseconds. At this time, a small request is slow. On an open connection it takes one round trip: 30 to 150 over cable
/// and mobile, 300 around the world, about 600 by satellite.
const SLOW: u32 = 600;
/// In milliseconds. Smaller changes between two requests never count as unsteady, because servers vary this much.
const JITTER_AT_LEAST: u32 = 80;
/// In percent of the median. Larger changes than this count as unsteady. A congested mobile cell varies by a whole round trip, an
/// idle line by a tenth of one.
const JITTER_PERCENT: u32 = 50;

/// What the timed requests say about the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Steadiness {
    /// Every answer arrived, each after about the same short time.
    Steady,
    /// Every answer arrived, but late.
    Slow,
    /// The time varies a lot between requests.
    Unsteady,
    /// Some answers are missing.
    Lossy,
    /// No answer arrived.
    Dead,
}

/// How much data the connection carries, in the three levels that matter to a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Throughput {
    /// Pages load in pieces: less than 0.4 Mbit/s, as on second-generation mobile networks.
    Low,
    /// Pages load, but pictures are slow: less than 1.5 Mbit/s.
    Fair,
    /// Fast enough for any page.
    High,
}

impl Throughput {
    /// From kilobits per second. The limits are based on the [effective connection
    /// types](https://wicg.github.io/netinfo/#effective-connection-types) (0.05, 0.07, 0.7 Mbit/s), raised for the size of
    /// today's pages.
    pub fn of(kilobits: u32) -> Self {
        match kilobits {
            0..400 => Self::Low,
            400..1500 => Self::Fair,
            _ => Self::High,
        }
    }
}

/// The measurements and the conclusion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connection {
    /// The conclusion. If several fit, the worst one.
    pub steadiness: Steadiness,
    /// The median time, in milliseconds. `None` without an answer.
    pub median: Option<u32>,
    /// The mean change between consecutive answers, in milliseconds. `None` with fewer than two answers to compare.
    pub jitter: Option<u32>,
    /// Requests without an answer, in percent.
    pub loss: u32,
    /// The browser's own estimate, if it makes one.
    pub throughput: Option<Throughput>,
}

impl Connection {
    /// `samples`: milliseconds from request to answer, in the order of the requests; `None` for an answer that never arrived.
    /// Returns `None` without a sample. With three or more answers, the time of the first is ignored, because it includes the DNS
    /// lookup and the TCP and TLS handshakes. `kilobits`: the browser's estimate per second.
    pub fn measure(samples: &[Option<u32>], kilobits: Option<u32>) -> Option<Self> {
        let answered: Vec<u32> = samples.iter().copied().flatten().collect();
        let asked = u32::try_from(samples.len()).ok().filter(|count| *count > 0)?;
        let missing = asked.saturating_sub(u32::try_from(answered.len()).unwrap_or(asked));
        let loss = u32::try_from(u64::from(missing) * 100 / u64::from(asked)).unwrap_or(100);
        let times = match answered.as_slice() {
            [_, rest @ ..] if rest.len() >= 2 => rest,
            all => all,
        };
        let (median, jitter) = (median(times), jitter(times));
        let is_unsteady = jitter.zip(median).is_some_and(|(jitter, median)| {
            jitter > JITTER_AT_LEAST && u64::from(jitter) * 100 > u64::from(median) * u64::from(JITTER_PERCENT)
        });
        let steadiness = if missing == asked {
            Steadiness::Dead
        } else if loss >= LOSSY_PERCENT {
            Steadiness::Lossy
        } else if is_unsteady {
            Steadiness::Unsteady
        } else if median.is_some_and(|median| median >= SLOW) {
            Steadiness::Slow
        } else {
            Steadiness::Steady
        };
        Some(Self { steadiness, median, jitter, loss, throughput: kilobits.map(Throughput::of) })
    }
}

/// The lower middle value for an even count, so that the result is a time that was really measured.
fn median(times: &[u32]) -> Option<u32> {
    let mut sorted = times.to_vec();
    sorted.sort_unstable();
    sorted.get(sorted.len().saturating_sub(1) / 2).copied()
}

/// Like the jitter in RFC 3550, but without smoothing: with so few samples, all count equally.
fn jitter(times: &[u32]) -> Option<u32> {
    let changes = times.iter().zip(times.iter().skip(1)).map(|(one, next)| u64::from(one.abs_diff(*next)));
    let count = u64::try_from(times.len()).ok()?.checked_sub(1).filter(|count| *count > 0)?;
    u32::try_from(changes.sum::<u64>() / count).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(samples: &[i64], steadiness: Steadiness, median: Option<u32>, jitter: Option<u32>, loss: u32) {
        let samples: Vec<Option<u32>> = samples.iter().map(|&time| u32::try_from(time).ok()).collect();
        let expected = Connection { steadiness, median, jitter, loss, throughput: None };
        assert_eq!(Connection::measure(&samples, None), Some(expected), "{samples:?}");
    }

    #[test]
    fn a_home_line_is_steady_despite_the_first_handshake() {
        check(&[210, 31, 35, 30, 33, 32], Steadiness::Steady, Some(32), Some(3), 0);
        check(&[90, 30], Steadiness::Steady, Some(30), Some(60), 0);
    }

    #[test]
    fn a_satellite_is_slow_but_not_unsteady() {
        check(&[1900, 640, 660, 700, 650], Steadiness::Slow, Some(650), Some(36), 0);
    }

    #[test]
    fn a_congested_mobile_cell_is_unsteady() {
        check(&[300, 60, 420, 80, 390, 70], Steadiness::Unsteady, Some(80), Some(332), 0);
    }

    #[test]
    fn small_changes_on_a_fast_line_are_not_unsteady() {
        check(&[20, 5, 60, 5, 70, 5], Steadiness::Steady, Some(5), Some(60), 0);
    }

    #[test]
    fn one_lost_of_six_is_lossy_and_one_of_ten_is_not() {
        check(&[30, 30, -1, 30, 30, 30], Steadiness::Lossy, Some(30), Some(0), 16);
        check(&[30, 30, -1, 30, 30, 30, 30, 30, 30, 30], Steadiness::Steady, Some(30), Some(0), 10);
        check(&[-1, -1, 40], Steadiness::Lossy, Some(40), None, 66);
    }

    #[test]
    fn no_answer_is_dead_and_no_request_is_none() {
        check(&[-1], Steadiness::Dead, None, None, 100);
        check(&[-1, -1, -1], Steadiness::Dead, None, None, 100);
        assert_eq!(Connection::measure(&[], Some(9000)), None);
    }

    #[test]
    fn the_browsers_estimate_has_three_levels() {
        let throughput = |kilobits| Connection::measure(&[Some(30)], Some(kilobits)).unwrap().throughput;
        assert_eq!([0, 399].map(throughput), [Some(Throughput::Low); 2]);
        assert_eq!([400, 1499].map(throughput), [Some(Throughput::Fair); 2]);
        assert_eq!([1500, u32::MAX].map(throughput), [Some(Throughput::High); 2]);
    }

    #[test]
    fn the_largest_numbers_do_not_overflow() {
        check(&[i64::from(u32::MAX), 0, i64::from(u32::MAX)], Steadiness::Unsteady, Some(0), Some(u32::MAX), 0);
    }
}
