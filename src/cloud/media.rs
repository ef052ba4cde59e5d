//! Media of messages: which they name, and whether anybody answers at their links.

use std::time::Duration;

use reqwest::header::RANGE;
use reqwest::{Method, StatusCode, Url};
use serde_json::Value;

use super::client::{self, ClientError, Timeouts};

/// The parameters that are media files.
const KINDS: [&str; 3] = ["image", "video", "document"];

/// A media file of a message.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Media {
    /// A public address.
    Link(String),
    /// Meta's id of an upload.
    Id(String),
}

/// The media that a template message names, header and cards, in their order; none of what is no JSON.
pub fn named(template: &str) -> Vec<Media> {
    let mut found = Vec::new();
    if let Ok(json) = serde_json::from_str(template) {
        collect(&json, &mut found);
    }
    found
}

fn collect(json: &Value, found: &mut Vec<Media>) {
    match json {
        Value::Array(items) => items.iter().for_each(|item| collect(item, found)),
        Value::Object(fields) => {
            for (key, value) in fields {
                let text = |name: &str| value.get(name)?.as_str().map(str::to_owned);
                if KINDS.contains(&key.as_str()) {
                    found.extend(text("link").map(Media::Link).or_else(|| text("id").map(Media::Id)));
                }
                collect(value, found);
            }
        }
        _ => {}
    }
}

/// Whether only this machine or its own network can reach an address: Meta fetches from outside.
pub fn is_private(link: &str) -> bool {
    use std::net::IpAddr::{V4, V6};
    let Ok(url) = Url::parse(link) else { return false };
    let host = url.host_str().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
    client::is_loopback(link)
        || host.parse().is_ok_and(|address| match address {
            V4(address) => address.is_private() || address.is_link_local() || address.is_unspecified(),
            V6(address) => address.is_unique_local() || address.is_unicast_link_local() || address.is_unspecified(),
        })
}

/// What is at a link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// A file, as far as can be told.
    There,
    /// Nothing: WhatsApp would not find it either.
    Missing(String),
    /// Something that says neither; WhatsApp may fare better.
    Unclear(String),
}

/// Looks whether links answer. It carries no token and follows no redirect.
pub struct Prober {
    http: reqwest::Client,
    timeouts: Timeouts,
}

impl Prober {
    /// A prober that waits so long for each answer.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub fn new(patience: Duration) -> Result<Self, ClientError> {
        let timeouts = Timeouts { request: patience, ..Timeouts::default() };
        Ok(Self { http: client::http(&timeouts)?, timeouts })
    }

    /// Looks whether there is something at a link. Nothing of it is read: where a server does not answer without, its
    /// first byte is asked for.
    pub async fn look(&self, link: &str) -> Found {
        let head = self.status(Method::HEAD, link).await;
        let without_head = [StatusCode::METHOD_NOT_ALLOWED, StatusCode::NOT_IMPLEMENTED];
        let status = match head {
            Ok(status) if without_head.contains(&status) => self.status(Method::GET, link).await,
            head => head,
        };
        match status.map(|status| status.as_u16()) {
            Ok(200..=299) => Found::There,
            Ok(status @ (404 | 410)) => Found::Missing(format!("HTTP {status}")),
            Ok(status @ 300..=399) => Found::Unclear(format!("HTTP {status}: it leads elsewhere")),
            Ok(status) => Found::Unclear(format!("HTTP {status}")),
            Err(why) => Found::Unclear(why),
        }
    }

    async fn status(&self, method: Method, link: &str) -> Result<StatusCode, String> {
        let mut request = self.http.request(method.clone(), link);
        if method == Method::GET {
            request = request.header(RANGE, "bytes=0-0");
        }
        let response = request.send().await.map_err(|error| client::describe(&error, &self.timeouts))?;
        Ok(response.status())
    }
}
