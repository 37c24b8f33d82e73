//! Fuzzes [`readmit_fuzz::recognizer`].
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| readmit_fuzz::recognizer(bytes));
