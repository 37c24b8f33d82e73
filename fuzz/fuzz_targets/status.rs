//! Fuzzes [`readmit_fuzz::status`].
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| readmit_fuzz::status(bytes));
