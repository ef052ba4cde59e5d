#![no_main]
//! Bytes as a campaign file.

#[path = "../../it/hostile_input/doors.rs"]
#[allow(dead_code)]
mod doors;

thread_local! {
    static DOORS: doors::Doors = doors::Doors::new();
}

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    DOORS.with(|doors| {
        let _ = doors.campaign(bytes);
        // All that the command says of it, too; what it prints is thrown away with `-close_fd_mask=3`.
        let arguments = ["tidings".into(), "check".into(), doors.path("hostile.yaml").into_os_string()];
        assert!(matches!(tidings::cli::main(arguments), tidings::cli::Exit::Complete | tidings::cli::Exit::Problems));
    });
});
