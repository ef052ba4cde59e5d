#![no_main]
//! Bytes as a text with expressions, and the cells of a row.

#[path = "../../it/hostile_input/doors.rs"]
#[allow(dead_code)]
mod doors;

thread_local! {
    static DOORS: doors::Doors = doors::Doors::new();
}

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    DOORS.with(|doors| {
        let _ = doors.expression(bytes);
    });
});
