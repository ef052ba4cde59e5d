//! The forms that a secret may be found in.

/// What is looked for: a secret, and every form that somebody might write it in without meaning harm.
pub struct Needles {
    name: &'static str,
    secret: String,
    forms: Vec<(&'static str, Vec<u8>)>,
}

/// So many characters of either end are enough to be a leak.
const END_CHARS: usize = 12;

const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Base64 without padding; `skip` bytes of something else come first and do not show in what is returned.
fn base64(secret: &str, skip: usize) -> Vec<u8> {
    let bytes = [vec![0; skip], secret.as_bytes().to_vec()].concat();
    // A last group that is not whole depends on what comes after, and a first one on what came before.
    let encoded = bytes.chunks_exact(3).flat_map(|group| {
        let bits = u32::from(group[0]) << 16 | u32::from(group[1]) << 8 | u32::from(group[2]);
        [18, 12, 6, 0].map(|shift| BASE64[(bits >> shift & 63) as usize])
    });
    encoded.skip(if skip == 0 { 0 } else { 4 }).collect()
}

fn each_byte(secret: &str, write: impl Fn(u8) -> String) -> Vec<u8> {
    secret.bytes().map(write).collect::<String>().into_bytes()
}

fn squeezed(text: &[u8]) -> Vec<u8> {
    text.iter().copied().filter(u8::is_ascii_alphanumeric).collect()
}

fn holds(text: &[u8], form: &[u8]) -> bool {
    memchr::memmem::find(text, form).is_some()
}

impl Needles {
    pub fn new(name: &'static str, secret: &str) -> Self {
        let url_safe = |text: Vec<u8>| {
            text.into_iter()
                .map(|byte| {
                    if byte == b'+' {
                        b'-'
                    } else if byte == b'/' {
                        b'_'
                    } else {
                        byte
                    }
                })
                .collect()
        };
        let mut forms = vec![
            ("raw", secret.as_bytes().to_vec()),
            ("reversed", secret.bytes().rev().collect()),
            ("hex", each_byte(secret, |byte| format!("{byte:02x}"))),
            ("hex in capitals", each_byte(secret, |byte| format!("{byte:02X}"))),
            ("percent", each_byte(secret, |byte| format!("%{byte:02X}"))),
            ("percent in small letters", each_byte(secret, |byte| format!("%{byte:02x}"))),
            ("JSON escapes", each_byte(secret, |byte| format!("\\u{byte:04x}"))),
            ("HTML escapes", each_byte(secret, |byte| format!("&#{byte};"))),
            ("a list of bytes", each_byte(secret, |byte| format!("{byte}, "))),
            ("its start", secret.as_bytes()[..END_CHARS].to_vec()),
            ("its end", secret.as_bytes()[secret.len() - END_CHARS..].to_vec()),
        ];
        for skip in 0..3 {
            forms.push(("base64", base64(secret, skip)));
            forms.push(("base64 for URLs", url_safe(base64(secret, skip))));
        }
        Self { name, secret: secret.to_owned(), forms }
    }

    /// Where it stands in a text, if it does.
    pub fn search(&self, place: &str, text: &[u8]) -> Option<String> {
        let form = self.found(text)?;
        Some(format!("{place}: the {} is there, as {form}: {}", self.name, String::from_utf8_lossy(text)))
    }

    fn found(&self, text: &[u8]) -> Option<&'static str> {
        let whole = self.forms.iter().find(|(_, form)| holds(text, form)).map(|(name, _)| *name);
        // In two pieces, with whatever between them that is no letter: a line break, quotes, a comma.
        whole.or_else(|| holds(&squeezed(text), &squeezed(self.secret.as_bytes())).then_some("pieces"))
    }
}

#[test]
fn every_form_is_found_and_nothing_else() {
    let secret = "EAAcanary0123456789abcdefghijKLMNOPqrstuvw";
    let needles = Needles::new("canary", secret);
    for (name, form) in &needles.forms {
        let hidden = [b"some words: ".to_vec(), form.clone(), b"\nmore".to_vec()].concat();
        assert!(needles.found(&hidden).is_some(), "{name}");
    }
    let (head, tail) = secret.split_at(20);
    for between in ["\n", "\", \"", " + ", "\\n", "\r\n  "] {
        let split = format!("{}{between}{}", head.trim_start_matches("EAAcanary0123"), tail);
        assert_eq!(needles.found(split.as_bytes()), Some("its end"));
        let split = format!("{head}{between}{tail}");
        assert!(needles.found(split.as_bytes()).is_some(), "{between:?}");
    }
    // As other programs encode it.
    for encoded in [
        "RUFBY2FuYXJ5MDEyMzQ1Njc4OWFiY2RlZmdoaWpLTE1OT1BxcnN0dXZ3",
        "eEVBQWNhbmFyeTAxMjM0NTY3ODlhYmNkZWZnaGlqS0xNTk9QcXJzdHV2dw==",
        "eHlFQUFjYW5hcnkwMTIzNDU2Nzg5YWJjZGVmZ2hpaktMTU5PUHFyc3R1dnc=",
    ] {
        assert_eq!(needles.found(encoded.as_bytes()), Some("base64"));
    }
    assert_eq!(needles.found(b"EAAcanary and 0123456789 are only words of it"), None);
}
