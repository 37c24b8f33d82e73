//! Fuzzes [`readmit_fuzz::recogniser`].
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| readmit_fuzz::recogniser(bytes));
