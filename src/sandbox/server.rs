//! The sandbox on a listener.
//!
//! HTTP/1.1 with keep-alive. Everything runs on the runtime of the caller; the world is locked for the microseconds that
//! an answer takes, never across a wait.

use std::convert::Infallible;
use std::fmt;
use std::future::{pending, poll_fn};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http_body_util::{BodyExt, Full};
use hyper::body::{Body, Incoming};
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, DATE, HeaderValue, RETRY_AFTER};
use hyper::server::conn::http1;
use hyper::service::Service;
use hyper::{Request, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::world::{Asked, BODY_BYTES_MAX, Reply, Response, World};
use crate::clock::{Clock, http_date, millis};

/// After a failure to accept, such as too many open files, this much time may mend it.
const ACCEPT_PAUSE: Duration = Duration::from_millis(10);

/// A world that several connections share.
#[derive(Clone)]
pub struct Shared(Arc<Mutex<World>>);

impl Shared {
    /// Shares a world.
    pub fn new(world: World) -> Self {
        Self(Arc::new(Mutex::new(world)))
    }

    /// The world, for a moment. A panic elsewhere leaves it as good as it was: it changes in one step.
    pub fn lock(&self) -> MutexGuard<'_, World> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Serves until `shutdown` is ready. Requests that are under way then are cut off.
pub async fn serve(listener: TcpListener, world: Shared, shutdown: impl Future<Output = ()>) {
    world.lock().begins_at(Clock::System.unix_ms());
    let exchange = Exchange { world, origin: Clock::System.instant() };
    let mut connections = JoinSet::new();
    let mut shutdown = std::pin::pin!(shutdown);
    loop {
        tokio::select! {
            () = &mut shutdown => return,
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => drop(connections.spawn(converse(stream, exchange.clone()))),
                Err(_) => tokio::time::sleep(ACCEPT_PAUSE).await,
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

/// Why a connection ends without an answer.
#[derive(Debug)]
enum Hangup {
    Reset,
    Close,
    /// The client did not send what it announced.
    Broken,
}

impl fmt::Display for Hangup {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, out)
    }
}

impl std::error::Error for Hangup {}

/// One connection, from the first request to the last.
async fn converse(stream: TcpStream, exchange: Exchange) {
    // Without it an answer may wait for the acknowledgement of the one before; a socket that refuses is only slower.
    let _ = stream.set_nodelay(true);
    let mut connection = http1::Builder::new().serve_connection(TokioIo::new(stream), exchange);
    let ended = poll_fn(|context| connection.poll_without_shutdown(context)).await;
    let hangup = ended.as_ref().err().and_then(std::error::Error::source).and_then(|source| source.downcast_ref());
    if let Some(Hangup::Reset) = hangup {
        // The kernel resets a connection that is closed with no time to linger.
        let _ = connection.into_parts().io.inner().set_zero_linger();
    }
}

/// Takes the requests of a connection to the world.
#[derive(Clone)]
struct Exchange {
    world: Shared,
    origin: Instant,
}

impl Service<Request<Incoming>> for Exchange {
    type Response = hyper::Response<Full<Bytes>>;
    type Error = Hangup;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Hangup>> + Send>>;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        Box::pin(self.clone().answer(request))
    }
}

impl Exchange {
    async fn answer(self, request: Request<Incoming>) -> Result<hyper::Response<Full<Bytes>>, Hangup> {
        let (head, body) = request.into_parts();
        let body = read(body).await?;
        let asked = Asked {
            method: head.method.as_str(),
            path: head.uri.path(),
            query: head.uri.query(),
            authorization: head.headers.get(AUTHORIZATION).map(HeaderValue::as_bytes),
            content_type: head.headers.get(CONTENT_TYPE).map(HeaderValue::as_bytes),
            body: &body,
        };
        let now = Clock::System.instant() - self.origin;
        let (answer, error) = {
            let mut world = self.world.lock();
            (world.answer(&asked, now), world.clock_error())
        };
        if !answer.after.is_zero() {
            tokio::time::sleep(answer.after).await;
        }
        match answer.reply {
            Reply::Http(response) => Ok(to_wire(response, error)),
            Reply::Reset => Err(Hangup::Reset),
            Reply::Close => Err(Hangup::Close),
            Reply::Silence => pending::<Result<_, Infallible>>().await.map_err(|never| match never {}),
        }
    }
}

/// The body. Of a longer one than the world takes, the rest is read but not kept: an unread rest would make the kernel
/// reset the connection before the client has the answer.
async fn read(mut body: Incoming) -> Result<Bytes, Hangup> {
    let mut kept = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|_| Hangup::Broken)?.into_data() else { continue };
        if kept.is_empty() && body.is_end_stream() {
            return Ok(data);
        }
        if kept.len() <= BODY_BYTES_MAX {
            kept.extend_from_slice(&data);
        }
    }
    Ok(kept.freeze())
}

fn to_wire(response: Response, clock_error: Duration) -> hyper::Response<Full<Bytes>> {
    let mut wire = hyper::Response::new(Full::new(Bytes::from(response.body)));
    *wire.status_mut() = StatusCode::from_u16(response.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    wire.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(response.content_type));
    if let Some(seconds) = response.retry_after_s {
        wire.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    if !clock_error.is_zero()
        && let Ok(date) = HeaderValue::from_str(&http_date(Clock::System.unix_ms() + millis(clock_error)))
    {
        // Otherwise hyper writes the right one.
        wire.headers_mut().insert(DATE, date);
    }
    wire
}
