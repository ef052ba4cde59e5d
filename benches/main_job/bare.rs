//! The yardstick: plain loops that read CSV, build JSON, POST and write a CSV line. No ledger, no checks.

use std::fs::File;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use csv::StringRecord;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{self, SendRequest};
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HOST};
use hyper_util::rt::TokioIo;
use serde::Serialize;
use tidings::clock::Clock;
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::candidate::{Figures, Order};
use crate::input::{self, LANGUAGE, PHONE_NUMBER_ID, TEMPLATE};
use crate::{Failure, meter};

const TOKEN: &str = "Bearer sandbox";
const CONTENT: &str = "application/json";

/// The files that the tasks of a loop share.
struct Files {
    people: csv::Reader<File>,
    results: csv::Writer<File>,
    row: StringRecord,
    count: u64,
}

type Shared = Arc<Mutex<Files>>;

impl Files {
    fn open(directory: &Path) -> Result<Shared, Failure> {
        let people = csv::Reader::from_path(input::people_file(directory))?;
        let results = csv::Writer::from_path(directory.join("results.csv"))?;
        Ok(Arc::new(Mutex::new(Self { people, results, row: StringRecord::new(), count: 0 })))
    }

    /// The next person's phone and request.
    fn next(&mut self) -> Result<Option<(String, Bytes)>, Failure> {
        if !self.people.read_record(&mut self.row)? {
            return Ok(None);
        }
        self.count += 1;
        let phone = self.row[0].to_owned();
        let body = body(&phone, [&self.row[1], &self.row[2]], &format!("1.{:016x}", self.count))?;
        Ok(Some((phone, body)))
    }

    fn write(&mut self, phone: &str, status: u16, answer: &[u8]) -> Result<(), Failure> {
        Ok(self.results.write_record([phone.as_bytes(), status.to_string().as_bytes(), answer])?)
    }
}

fn with<T>(files: &Shared, act: impl FnOnce(&mut Files) -> T) -> T {
    act(&mut files.lock().unwrap_or_else(PoisonError::into_inner))
}

pub fn on_reqwest(order: &Order, start: Instant) -> Result<Figures, Failure> {
    // Fails only when a provider is installed already, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .no_proxy()
        .tcp_nodelay(true)
        .connect_timeout(Duration::from_secs(5))
        .timeout(Duration::from_secs(30))
        .pool_idle_timeout(Duration::from_secs(15))
        .build()?;
    let url = reqwest::Url::parse(&format!("{}{}", order.url, path()))?;
    measure(order, start, |files| reqwest_task(client.clone(), url.clone(), files))
}

pub fn on_hyper(order: &Order, start: Instant) -> Result<Figures, Failure> {
    let address = order.url.trim_start_matches("http://").to_owned();
    measure(order, start, |files| hyper_task(address.clone(), files))
}

/// Runs as many tasks as requests may be under way, on one thread.
fn measure<T>(order: &Order, start: Instant, task: impl Fn(Shared) -> T) -> Result<Figures, Failure>
where
    T: Future<Output = Result<(), Failure>> + Send + 'static,
{
    let files = Files::open(&order.directory)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (began, cpu) = (Clock::System.instant(), meter::cpu_s());
    runtime.block_on(async {
        let mut tasks = JoinSet::new();
        for _ in 0..order.slots.unwrap_or(1) {
            tasks.spawn(task(Arc::clone(&files)));
        }
        while let Some(ended) = tasks.join_next().await {
            ended??;
        }
        Ok::<_, Failure>(())
    })?;
    let sending_s = (Clock::System.instant() - began).as_secs_f64();
    let messages = with(&files, |files| files.results.flush().map(|()| files.count))?;
    Ok(Figures {
        messages,
        first_request_s: (began - start).as_secs_f64(),
        sending_s,
        sending_cpu_s: meter::cpu_s() - cpu,
        ..Figures::default()
    })
}

async fn reqwest_task(client: reqwest::Client, url: reqwest::Url, files: Shared) -> Result<(), Failure> {
    while let Some((phone, body)) = with(&files, Files::next)? {
        let post = client.post(url.clone()).header(AUTHORIZATION, TOKEN).header(CONTENT_TYPE, CONTENT).body(body);
        let answer = post.send().await?;
        let status = answer.status().as_u16();
        let answer = answer.bytes().await?;
        with(&files, |files| files.write(&phone, status, &answer))?;
    }
    Ok(())
}

async fn hyper_task(address: String, files: Shared) -> Result<(), Failure> {
    let mut connection = connect(&address).await?;
    while let Some((phone, body)) = with(&files, Files::next)? {
        let post = hyper::Request::post(path())
            .header(HOST, &address)
            .header(AUTHORIZATION, TOKEN)
            .header(CONTENT_TYPE, CONTENT)
            .body(Full::new(body))?;
        connection.ready().await?;
        let answer = connection.send_request(post).await?;
        let status = answer.status().as_u16();
        let answer = answer.into_body().collect().await?.to_bytes();
        with(&files, |files| files.write(&phone, status, &answer))?;
    }
    Ok(())
}

async fn connect(address: &str) -> Result<SendRequest<Full<Bytes>>, Failure> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    Ok(sender)
}

fn path() -> String {
    format!("/v25.0/{PHONE_NUMBER_ID}/messages")
}

#[derive(Serialize)]
struct Body<'a> {
    messaging_product: &'a str,
    recipient_type: &'a str,
    to: &'a str,
    #[serde(rename = "type")]
    kind: &'a str,
    template: Template<'a>,
    biz_opaque_callback_data: &'a str,
}

#[derive(Serialize)]
struct Template<'a> {
    name: &'a str,
    language: Language<'a>,
    components: [Component<'a>; 1],
}

#[derive(Serialize)]
struct Language<'a> {
    policy: &'a str,
    code: &'a str,
}

#[derive(Serialize)]
struct Component<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
    parameters: [Parameter<'a>; 2],
}

#[derive(Serialize)]
struct Parameter<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
    text: &'a str,
}

fn body(to: &str, texts: [&str; 2], callback: &str) -> Result<Bytes, Failure> {
    let parameters = texts.map(|text| Parameter { kind: "text", text });
    let template = Template {
        name: TEMPLATE,
        language: Language { policy: "deterministic", code: LANGUAGE },
        components: [Component { kind: "body", parameters }],
    };
    let body = Body {
        messaging_product: "whatsapp",
        recipient_type: "individual",
        to,
        kind: "template",
        template,
        biz_opaque_callback_data: callback,
    };
    Ok(serde_json::to_vec(&body)?.into())
}
