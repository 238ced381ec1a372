#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| support_ops_fuzz::ws_frame(bytes));
