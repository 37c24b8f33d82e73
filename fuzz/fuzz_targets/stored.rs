//! Fuzzes [`readmit_fuzz::stored`].
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| readmit_fuzz::stored(bytes));
