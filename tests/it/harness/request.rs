//! A request as a server gets it, byte by byte.

use std::io::BufRead;

/// One request, whole.
pub struct Request {
    /// The request line and the headers, to the empty line after them.
    pub head: String,
    pub body: Vec<u8>,
}

impl Request {
    /// Reads one; none when the client leaves first.
    pub fn read(stream: &mut impl BufRead) -> Option<Self> {
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            stream.read_line(&mut head).ok().filter(|read| *read > 0)?;
        }
        let mut request = Self { head, body: Vec::new() };
        request.body = vec![0; request.header("content-length").map_or(0, |length| length.parse().expect("a length"))];
        stream.read_exact(&mut request.body).ok()?;
        Some(request)
    }

    /// A header's value; the name in small letters.
    pub fn header(&self, name: &str) -> Option<&str> {
        let headers = self.head.lines().skip(1).filter_map(|line| line.split_once(": "));
        headers.into_iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// Method and target.
    pub fn line(&self) -> (&str, &str) {
        let mut words = self.head.split(' ');
        (words.next().expect("a method"), words.next().expect("a target"))
    }
}
