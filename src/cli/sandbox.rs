//! `tidings sandbox`: the simulator as a server of its own.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

use super::failure::Failure;
use super::printer::Printer;
use super::rehearsal::ScriptArgs;
use super::{Exit, help};
use crate::catalogue::Lock;
use crate::sandbox::faults::TokenDigest;
use crate::sandbox::illness::Illness;
use crate::sandbox::server::{Shared, serve};
use crate::sandbox::world::World;
use crate::secret::{APP_SECRET_VARIABLE, AppSecret};

const EXAMPLES: &str = "\
Examples:
  tidings sandbox --port 8099
  tidings sandbox --port 8099 --fault 130429=1% --latency 200ms
  tidings run spring.yaml --yes --api-url http://127.0.0.1:8099 \\
    --ledger rehearsal.sqlite            # sends to it
  curl http://127.0.0.1:8099/_sandbox/messages   # what it took";

#[derive(Debug, clap::Args)]
#[command(after_help = help::text(EXAMPLES, &[Exit::Complete, Exit::Problems, Exit::Disk]))]
pub struct Args {
    /// The port on 127.0.0.1; 0 takes a free one.
    #[arg(long, value_name = "N")]
    port: u16,
    /// Take this token only; without it, any. Where the variable WHATSAPP_APP_SECRET is set, requests have to prove it too.
    #[arg(long, value_name = "TEXT")]
    token: Option<String>,
    /// Serve the templates of this lock file; without it, some of every kind.
    #[arg(long, value_name = "FILE")]
    templates: Option<PathBuf>,
    /// Let the token, the number, the account or the service be ill, such as `quality-red`, for `tidings doctor` to find.
    /// May be repeated.
    #[arg(long, value_name = "WHAT")]
    sick: Vec<Illness>,
    #[command(flatten)]
    script: ScriptArgs,
}

/// Serves until it is asked to stop.
pub fn run(args: &Args, printer: Printer) -> Exit {
    serve_until_stopped(args, printer).map_or_else(|failure| failure.report(printer), |()| Exit::Complete)
}

fn serve_until_stopped(args: &Args, printer: Printer) -> Result<(), Failure> {
    let mut script = args.script.script()?;
    script.sick.clone_from(&args.sick);
    script.token = args.token.as_deref().map(TokenDigest::of);
    script.app_secret = AppSecret::from_environment();
    if script.app_secret.is_some() {
        printer
            .talk(&format!("{APP_SECRET_VARIABLE} is set: every request has to prove it, as apps can demand of Meta"));
    }
    let mut world = World::new(script);
    if let Some(path) = &args.templates {
        world = world.with_templates(Lock::read(path).map_err(|problem| vec![problem])?.templates());
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, args.port))).await?;
        printer.data(&format!("http://{}", listener.local_addr()?));
        printer.talk("a simulator of WhatsApp's Cloud API; what it accepted: GET /_sandbox/messages; Ctrl-C ends it");
        let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
        let stop = async move {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
        };
        serve(listener, Shared::new(world), stop).await;
        Ok(())
    })
}
