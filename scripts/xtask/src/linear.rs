//! Is the running time linear? Everything that reads untrusted text is given adversarial texts of 1, 4 and 16 MB. A byte of the
//! largest must not cost more than a byte of the smallest. Next to each result is the time for reading every byte of the same
//! text once.

use std::fmt::Write as _;
use std::hint::black_box;

use anyhow::Result;
use readmit_core::base::host::Host;
use readmit_core::evidence::probe::{Response, TraceAnswer};
use readmit_core::evidence::status::{Service, ServiceStatus};
use readmit_core::recognize::{Page, recognize};

use crate::stopwatch::time;

const MEGABYTES: [usize; 3] = [1, 4, 16];
/// The fastest of a few rounds counts: a disturbance only ever makes a measurement longer.
const ROUNDS: usize = 5;

/// A name, the part that is repeated until the text is long enough, the part before it, and the reader.
type Case = (&'static str, &'static str, &'static str, fn(&str) -> bool);

const CASES: [Case; 10] = [
    ("recognizer: tags never closed", "", "<div class=\"cf-error-details\"><p>", recognized),
    ("recognizer: tags that never end", "", "<a ", recognized),
    ("recognizer: comments never closed", "", "<!-- <", recognized),
    ("recognizer: end tags of nothing", "<div>", "</p>", recognized),
    ("recognizer: raw text full of ends", "<script>", "</scrip", recognized),
    ("recognizer: ampersands", "<div id=cf-error-details class=p-0>", "&&&& ", recognized),
    ("recognizer: plain text", "error code: ", "1020", recognized),
    ("trace: pairs", "", "key=value\n", traced),
    ("status: incidents", "{\"incidents\":[", "{\"name\":\"a\",\"status\":\"open\"},", stated),
    ("status: nesting", "", "[{\"a\":", stated),
];

fn recognized(text: &str) -> bool {
    recognize(&Page { status: Some(403), headers: &[], url: "https://chatgpt.com/", body: text }).is_some()
}

fn traced(text: &str) -> bool {
    let response = Response { status: 200, url: "", headers: &[], body: text };
    TraceAnswer::of_response(&Host::chatgpt(), &response).trace().is_some()
}

fn stated(text: &str) -> bool {
    ServiceStatus::read(Service::Openai, &[text]).incidents().is_empty()
}

/// The table: nanoseconds per byte at each size, and the ratio of the largest size to the smallest.
pub(crate) fn table() -> Result<String> {
    let mut table = String::new();
    write!(table, "{:<36}", "ns a byte, natively compiled")?;
    for megabytes in MEGABYTES {
        write!(table, "{:>9}", format!("{megabytes} MB"))?;
    }
    writeln!(table, "{:>9}{:>14}", "growth", "read once")?;
    for (name, before, repeated, read) in CASES {
        let texts = MEGABYTES.map(|megabytes| [before, &repeated.repeat((megabytes << 20) / repeated.len())].concat());
        let costs = texts.each_ref().map(|text| quickest(text, read));
        let control = quickest(&texts[2], |text| text.bytes().fold(0_u8, u8::wrapping_add) == 0);
        write!(table, "{name:<36}")?;
        for cost in costs {
            write!(table, "{cost:>9.3}")?;
        }
        let growth = format!("{:.2}x", costs[2] / costs[0].max(f64::MIN_POSITIVE));
        writeln!(table, "{growth:>9}{control:>14.3}")?;
    }
    Ok(table)
}

#[expect(clippy::cast_precision_loss, reason = "sixteen million bytes are few")]
fn quickest(text: &str, read: impl Fn(&str) -> bool) -> f64 {
    let times = (0..ROUNDS).map(|_| time(|| black_box(read(black_box(text)))).as_secs_f64());
    times.fold(f64::INFINITY, f64::min) * 1e9 / text.len() as f64
}
