//! A short run of the fuzzers' targets over their corpus, the same on every machine: each seed as it is, and some thousands of
//! changes to it, drawn from a fixed sequence.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test's helpers may fail the test")]

#[expect(unreachable_pub, reason = "a crate of its own for the fuzzers")]
#[path = "../../../fuzz/src/lib.rs"]
mod target;

use std::path::Path;

/// Changed inputs a target.
const ROUNDS: usize = 4_000;

/// The same numbers every time (xorshift).
struct Sequence(u64);

impl Sequence {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(limit.max(1)).unwrap()).unwrap()
    }
}

fn corpus(name: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus").join(name);
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.into_iter().map(|file| std::fs::read(file).unwrap()).collect()
}

/// One to four changes: a byte flipped, a piece lost, doubled, or taken from another seed.
fn changed(seeds: &[Vec<u8>], sequence: &mut Sequence) -> Vec<u8> {
    let mut bytes = seeds[sequence.below(seeds.len())].clone();
    for _ in 0..=sequence.below(4) {
        let at = sequence.below(bytes.len());
        let to = (at + 1 + sequence.below(40)).min(bytes.len());
        match sequence.below(5) {
            0 if at < bytes.len() => bytes[at] ^= 1 << sequence.below(8),
            1 if at < bytes.len() => bytes[at] = [0, 0xff, b'<', b'"', b'{', b'}', b'\\', b'=', b'\n'][sequence.below(9)],
            2 => drop(bytes.drain(at.min(to)..to)),
            3 => {
                let piece = bytes[at.min(to)..to].repeat(1 + sequence.below(30));
                bytes.splice(at..at, piece);
            }
            _ => {
                let other = &seeds[sequence.below(seeds.len())];
                let from = sequence.below(other.len());
                let piece = other[from..(from + 60).min(other.len())].to_vec();
                bytes.splice(at..at, piece);
            }
        }
    }
    bytes
}

#[track_caller]
fn check(name: &str, target: fn(&[u8])) {
    let seeds = corpus(name);
    assert!(!seeds.is_empty());
    for seed in &seeds {
        target(seed);
    }
    let mut sequence = Sequence(0x5eed_0123_4567_89ab);
    for _ in 0..ROUNDS {
        target(&changed(&seeds, &mut sequence));
    }
}

#[test]
fn the_recognizer_survives_what_becomes_of_its_corpus() {
    check("recognizer", target::recognizer);
}

#[test]
fn the_trace_survives_what_becomes_of_its_corpus() {
    check("trace", target::trace);
}

#[test]
fn the_status_survives_what_becomes_of_its_corpus() {
    check("status", target::status);
}

#[test]
fn what_is_kept_survives_what_becomes_of_its_corpus() {
    check("stored", target::stored);
}

#[test]
fn messages_survive_what_becomes_of_their_corpus() {
    check("message", target::message);
}
