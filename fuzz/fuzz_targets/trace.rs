//! Fuzzes [`readmit_fuzz::trace`].
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| readmit_fuzz::trace(bytes));
