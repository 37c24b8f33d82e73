//! Fuzzes [`readmit_fuzz::message`].
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| readmit_fuzz::message(bytes));
