//! A Chromium that tests tell what to do, by its own protocol on two pipes: an independent reader of pages.
//!
//! Source: the Chrome DevTools Protocol, `--remote-debugging-pipe`: messages are JSON, each with a zero byte behind it.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;

/// Where it is set, a machine without a browser fails the tests that need one.
const REQUIRED: &str = "TIDINGS_BROWSER_REQUIRED";

/// A browser with one page.
pub struct Browser {
    process: Child,
    to: Option<ChildStdin>,
    from: BufReader<ChildStdout>,
    session: Value,
    asked: u64,
    /// What it told without being asked, as `(method, params)`.
    pub events: Vec<(String, Value)>,
    _profile: TempDir,
}

/// The Chromium of this machine; none where there is none, which is said.
fn program() -> Option<std::ffi::OsString> {
    let program = std::env::var_os("CHROMIUM").unwrap_or_else(|| "chromium".into());
    if Command::new(&program).arg("--version").output().is_ok() {
        return Some(program);
    }
    assert!(std::env::var_os(REQUIRED).is_none(), "there is no Chromium on this machine");
    skipped("there is no Chromium here; name one in the variable CHROMIUM");
    None
}

#[expect(clippy::print_stderr, reason = "a test that is skipped must say so")]
fn skipped(why: &str) {
    eprintln!("skipped: {why}");
}

impl Browser {
    /// A browser with a profile of its own and nothing that goes out by itself; none where there is no Chromium.
    pub fn start() -> Option<Self> {
        let (program, profile) = (program()?, tempfile::tempdir().expect("a directory"));
        // It talks on the descriptors 3 and 4.
        let mut command = Command::new("sh");
        command.args(["-c", "exec \"$0\" \"$@\" 3<&0 4>&1 1>&2"]).arg(program);
        command.args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]);
        command.args(["--disable-background-networking", "--disable-component-update", "--disable-sync"]);
        command.args(["--hide-scrollbars", "--remote-debugging-pipe"]);
        command.arg(format!("--user-data-dir={}", profile.path().display()));
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut process = command.spawn().expect("a browser");
        let (to, from) = (process.stdin.take(), BufReader::new(process.stdout.take().expect("a pipe")));
        let session = Value::Null;
        let mut browser = Self { process, to, from, session, asked: 0, events: Vec::new(), _profile: profile };
        let target = browser.ask("Target.createTarget", json!({ "url": "about:blank" }))["targetId"].take();
        let attached = browser.ask("Target.attachToTarget", json!({ "targetId": target, "flatten": true }));
        browser.session = attached["sessionId"].clone();
        for domain in ["Page", "Runtime", "Log", "Network"] {
            browser.ask(&format!("{domain}.enable"), json!({}));
        }
        Some(browser)
    }

    /// Tells it something and gives what it answers.
    #[track_caller]
    pub fn ask(&mut self, method: &str, params: Value) -> Value {
        self.asked += 1;
        let mut message = json!({ "id": self.asked, "method": method, "params": params });
        if !self.session.is_null() {
            message["sessionId"] = self.session.clone();
        }
        let to = self.to.as_mut().expect("a pipe");
        to.write_all(format!("{message}\0").as_bytes()).expect("a browser that listens");
        loop {
            let mut told = self.next();
            if told["id"] == self.asked {
                assert!(told.get("error").is_none(), "{method}: {told}");
                return told["result"].take();
            }
            self.keep(told);
        }
    }

    fn next(&mut self) -> Value {
        let mut message = Vec::new();
        self.from.read_until(0, &mut message).expect("a browser that talks");
        assert_eq!(message.pop(), Some(0), "the browser ended");
        serde_json::from_slice(&message).expect("JSON")
    }

    fn keep(&mut self, mut told: Value) {
        let method = told["method"].as_str().unwrap_or_default().to_owned();
        self.events.push((method, told["params"].take()));
    }

    /// Opens a page, and waits until it is there.
    pub fn open(&mut self, page: &Path) {
        self.events.clear();
        self.ask("Page.navigate", json!({ "url": format!("file://{}", page.display()) }));
        while !self.events.iter().any(|(method, _)| method == "Page.loadEventFired") {
            let told = self.next();
            self.keep(told);
        }
    }

    /// Looks at pages as through a window of this width, by day or by night.
    pub fn look(&mut self, width: u32, is_light: bool) {
        let size = json!({ "width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600 });
        self.ask("Emulation.setDeviceMetricsOverride", size);
        let value = if is_light { "light" } else { "dark" };
        self.ask(
            "Emulation.setEmulatedMedia",
            json!({ "features": [{ "name": "prefers-color-scheme", "value": value }] }),
        );
    }

    /// What an expression of JavaScript gives, as JSON.
    #[track_caller]
    pub fn evaluate(&mut self, expression: &str) -> Value {
        let asked = json!({ "expression": expression, "returnByValue": true });
        let mut answer = self.ask("Runtime.evaluate", asked);
        assert!(answer.get("exceptionDetails").is_none(), "{answer}");
        answer["result"]["value"].take()
    }

    /// Presses a key, as a person does.
    pub fn press(&mut self, key: &str, code: u32) {
        for kind in ["rawKeyDown", "keyUp"] {
            let pressed = json!({ "type": kind, "key": key, "code": key, "windowsVirtualKeyCode": code });
            self.ask("Input.dispatchKeyEvent", pressed);
        }
    }

    /// Clicks in the middle of what a selector finds.
    pub fn click(&mut self, selector: &str) {
        let middle = self.evaluate(&format!(
            "(() => {{ const e = document.querySelector({selector:?}); e.scrollIntoView({{ block: 'center' }}); const r = \
             e.getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2] }})()"
        ));
        for kind in ["mousePressed", "mouseReleased"] {
            let click = json!({ "type": kind, "x": middle[0], "y": middle[1], "button": "left", "clickCount": 1 });
            self.ask("Input.dispatchMouseEvent", click);
        }
    }

    /// What is seen, from the top of the page, as a PNG of this size.
    pub fn screenshot(&mut self, size: (u32, u32)) -> Vec<u8> {
        self.small_screenshot(size, 1.0)
    }

    /// The same, smaller.
    pub fn small_screenshot(&mut self, (width, height): (u32, u32), scale: f64) -> Vec<u8> {
        let clip = json!({ "x": 0, "y": 0, "width": width, "height": height, "scale": scale });
        let asked = json!({ "format": "png", "clip": clip, "captureBeyondViewport": true });
        from_base64(self.ask("Page.captureScreenshot", asked)["data"].as_str().expect("a picture"))
    }

    /// The page on A4 paper, as a PDF.
    pub fn printed(&mut self) -> Vec<u8> {
        let asked = json!({ "paperWidth": 8.27, "paperHeight": 11.69, "printBackground": true });
        from_base64(self.ask("Page.printToPDF", asked)["data"].as_str().expect("a document"))
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // It ends when nobody can talk to it any more; at the latest now.
        self.to = None;
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn from_base64(text: &str) -> Vec<u8> {
    const SIGNS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut held) = (0_u32, 0);
    for sign in text.bytes().take_while(|sign| *sign != b'=') {
        let value = SIGNS.iter().position(|known| *known == sign).expect("base64");
        (bits, held) = (bits << 6 | u32::try_from(value).expect("six bits"), held + 6);
        if held >= 8 {
            held -= 8;
            bytes.push(u8::try_from(bits >> held & 0xff).expect("eight bits"));
        }
    }
    bytes
}
