//! How steady a connection is, from a few small requests and the time each took. About this connection's manners only:
//! it names no cause. How much it carries is the browser's own estimate: measuring that would need a download that nobody asked for.

use serde::{Deserialize, Serialize};

/// Lost answers, in percent, from which a connection loses too much. TCP sends a lost packet again for many seconds, so a
/// request lost altogether is already a bad sign: one of six is enough, one of ten may be chance.
const LOSSY_PERCENT: u32 = 15;
/// Milliseconds from which a small request is slow. On an open connection it is one round trip: 30 to 150 over cable and
/// mobile, 300 around the earth, about 600 by satellite.
const SLOW: u32 = 600;
/// Milliseconds of change from one request to the next below which nothing is unsteady: a server's own moods.
const JITTER_AT_LEAST: u32 = 80;
/// Beyond that, change of more than this part of the median, in percent, is unsteady. Congested mobile cells swing by the
/// length of a whole round trip, an idle line by a tenth.
const JITTER_PERCENT: u32 = 50;

/// What the requests say of the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Steadiness {
    /// Every answer came, in about the same short time.
    Steady,
    /// Every answer came, late.
    Slow,
    /// The time it takes changes much from one request to the next.
    Unsteady,
    /// Answers are missing.
    Lossy,
    /// No answer at all.
    Dead,
}

/// How much the connection carries, in the three steps that matter to a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Throughput {
    /// Pages come in pieces: less than 0.4 Mbit/s, as on second-generation mobile networks.
    Low,
    /// Pages come, pictures take their time: less than 1.5 Mbit/s.
    Fair,
    /// Enough.
    High,
}

impl Throughput {
    /// Of kilobits a second. The bounds are between [effective connection
    /// types](https://wicg.github.io/netinfo/#effective-connection-types) (0.05, 0.07, 0.7 Mbit/s) widened to what today's
    /// pages weigh.
    pub fn of(kilobits: u32) -> Self {
        match kilobits {
            0..400 => Self::Low,
            400..1500 => Self::Fair,
            _ => Self::High,
        }
    }
}

/// What was measured, and what it amounts to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connection {
    /// The verdict. Of several that fit, the one that hurts most.
    pub steadiness: Steadiness,
    /// The middle time, in milliseconds; none without an answer.
    pub median: Option<u32>,
    /// The mean change from one answer to the next, in milliseconds; none without two answers to compare.
    pub jitter: Option<u32>,
    /// Unanswered requests, in percent.
    pub loss: u32,
    /// By the browser's own estimate, where it makes one.
    pub throughput: Option<Throughput>,
}

impl Connection {
    /// `samples`: milliseconds from request to answer in the order of asking, `None` for an answer that never came. `None`
    /// without a sample. With three answers or more the first is left out of the times: it pays for the name's lookup and
    /// the handshakes of TCP and TLS. `kilobits`: the browser's estimate of what comes in a second.
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

/// The lower middle of an even number: a time that was really measured.
fn median(times: &[u32]) -> Option<u32> {
    let mut sorted = times.to_vec();
    sorted.sort_unstable();
    sorted.get(sorted.len().saturating_sub(1) / 2).copied()
}

/// Like RFC 3550's, without its smoothing: with so few samples every one counts alike.
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
    fn a_line_at_home_is_steady_though_its_first_request_shakes_hands() {
        check(&[210, 31, 35, 30, 33, 32], Steadiness::Steady, Some(32), Some(3), 0);
        check(&[90, 30], Steadiness::Steady, Some(30), Some(60), 0);
    }

    #[test]
    fn a_satellite_is_slow_and_not_unsteady() {
        check(&[1900, 640, 660, 700, 650], Steadiness::Slow, Some(650), Some(36), 0);
    }

    #[test]
    fn a_crowded_cell_is_unsteady() {
        check(&[300, 60, 420, 80, 390, 70], Steadiness::Unsteady, Some(80), Some(332), 0);
    }

    #[test]
    fn small_changes_of_a_fast_line_are_not_unsteady() {
        check(&[20, 5, 60, 5, 70, 5], Steadiness::Steady, Some(5), Some(60), 0);
    }

    #[test]
    fn one_lost_of_six_is_lossy_and_one_of_ten_is_not() {
        check(&[30, 30, -1, 30, 30, 30], Steadiness::Lossy, Some(30), Some(0), 16);
        check(&[30, 30, -1, 30, 30, 30, 30, 30, 30, 30], Steadiness::Steady, Some(30), Some(0), 10);
        check(&[-1, -1, 40], Steadiness::Lossy, Some(40), None, 66);
    }

    #[test]
    fn without_an_answer_it_is_dead_and_without_a_question_nothing() {
        check(&[-1], Steadiness::Dead, None, None, 100);
        check(&[-1, -1, -1], Steadiness::Dead, None, None, 100);
        assert_eq!(Connection::measure(&[], Some(9000)), None);
    }

    #[test]
    fn the_browsers_estimate_is_told_in_three_steps() {
        let throughput = |kilobits| Connection::measure(&[Some(30)], Some(kilobits)).unwrap().throughput;
        assert_eq!([0, 399].map(throughput), [Some(Throughput::Low); 2]);
        assert_eq!([400, 1499].map(throughput), [Some(Throughput::Fair); 2]);
        assert_eq!([1500, u32::MAX].map(throughput), [Some(Throughput::High); 2]);
    }

    #[test]
    fn the_largest_numbers_do_no_harm() {
        check(&[i64::from(u32::MAX), 0, i64::from(u32::MAX)], Steadiness::Unsteady, Some(0), Some(u32::MAX), 0);
    }
}
