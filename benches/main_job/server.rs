//! The sandbox as a process of its own.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use crate::Failure;
use crate::meter::cpu_s_of;

pub struct Server {
    child: Child,
    address: String,
}

/// What the sandbox's own book says.
#[derive(Debug, serde::Deserialize)]
pub struct Book {
    pub accepted: u64,
    pub recipients_twice: u64,
}

impl Server {
    /// Starts one; `latency` as its command line takes it.
    pub fn start(latency: &str) -> Result<Self, Failure> {
        let mut child = Command::new(env!("CARGO_BIN_EXE_tidings"))
            .args(["sandbox", "--quiet", "--port", "0", "--latency", latency])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut line = String::new();
        let stdout = child.stdout.take().ok_or("the sandbox has no output")?;
        BufReader::new(stdout).read_line(&mut line)?;
        let address = line.trim().strip_prefix("http://").ok_or("the sandbox tells no address")?.to_owned();
        Ok(Self { child, address })
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// CPU time it used so far.
    pub fn cpu_s(&self) -> f64 {
        cpu_s_of(self.child.id())
    }

    pub fn book(&self) -> Result<Book, Failure> {
        let mut stream = TcpStream::connect(&self.address)?;
        let host = &self.address;
        write!(stream, "GET /_sandbox/messages?limit=0 HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        let (_, body) = answer.split_once("\r\n\r\n").ok_or("the sandbox shows no book")?;
        Ok(serde_json::from_str(body)?)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may be gone already; then there is nothing to end.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
