//! Rows worked on by several threads, and shown in file order.
//!
//! The rows are read and shown in one place. Between, each thread has a lane of its own, and batches go through the lanes
//! in turn: what comes out of them in turn is in order again, and no lane holds more than a few batches.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{self, Scope};

use crate::audience::batch::Batch;
use crate::audience::csv::{BadRow, Row, Rows};
use crate::problem::Problem;

/// A file with fewer rows is done before threads have started.
const ROWS_FOR_THREADS: u64 = 2_000;

/// Beyond this, reading is what takes the time.
const LANES_MAX: usize = 8;

/// So many batches wait for a thread, or for their turn behind it.
const BATCHES_IN_LANE: usize = 2;

/// What `work` makes of each row, shown to `show` in file order, with bad rows between.
///
/// # Errors
/// What `show` fails with; or inside, why nothing more could be read, after all rows before were shown.
pub(super) fn in_order<T: Send, E>(
    rows: Rows,
    row_count: u64,
    work: impl Fn(&Row<'_>) -> T + Sync,
    show: impl FnMut(Result<(&Row<'_>, T), &BadRow>) -> Result<(), E>,
) -> Result<Result<(), Problem>, E> {
    let cores = thread::available_parallelism().map_or(1, usize::from).min(LANES_MAX);
    if cores == 1 || row_count < ROWS_FOR_THREADS {
        return one_by_one(rows, work, show);
    }
    thread::scope(|scope| {
        let lanes: Vec<_> = (0..cores).map(|_| Lane::open(scope, &work)).collect();
        through(&lanes, rows, show)
    })
}

fn one_by_one<T, E>(
    mut rows: Rows,
    work: impl Fn(&Row<'_>) -> T,
    mut show: impl FnMut(Result<(&Row<'_>, T), &BadRow>) -> Result<(), E>,
) -> Result<Result<(), Problem>, E> {
    loop {
        match rows.next() {
            Ok(None) => return Ok(Ok(())),
            Ok(Some(Ok(row))) => show(Ok((&row, work(&row))))?,
            Ok(Some(Err(bad))) => show(Err(&bad))?,
            Err(problem) => return Ok(Err(problem)),
        }
    }
}

/// A thread, with the way to it and the way back.
struct Lane<T> {
    to: SyncSender<Batch>,
    /// The batch, and what was made of each of its good rows.
    from: Receiver<(Batch, Vec<T>)>,
}

impl<T: Send> Lane<T> {
    fn open<'scope, 'env>(scope: &'scope Scope<'scope, 'env>, work: &'env (impl Fn(&Row<'_>) -> T + Sync)) -> Self
    where
        T: 'scope,
    {
        let (to, batches) = sync_channel::<Batch>(BATCHES_IN_LANE);
        let (done, from) = sync_channel(BATCHES_IN_LANE);
        scope.spawn(move || {
            for batch in batches {
                let made = batch.rows().flatten().map(|row| work(&row)).collect();
                if done.send((batch, made)).is_err() {
                    return;
                }
            }
        });
        Self { to, from }
    }
}

fn through<T, E>(
    lanes: &[Lane<T>],
    mut rows: Rows,
    mut show: impl FnMut(Result<(&Row<'_>, T), &BadRow>) -> Result<(), E>,
) -> Result<Result<(), Problem>, E> {
    let (mut entered, mut left) = (0, 0);
    let mut spare: Vec<Batch> = Vec::new();
    let mut end = None;
    loop {
        while end.is_none() && entered - left < lanes.len() * BATCHES_IN_LANE {
            let mut batch = spare.pop().unwrap_or_default();
            end = match batch.fill(&mut rows) {
                Ok(true) => None,
                Ok(false) => Some(Ok(())),
                Err(problem) => Some(Err(problem)),
            };
            // A thread that is gone has panicked, and the scope passes that on.
            let Ok(()) = lanes[entered % lanes.len()].to.send(batch) else { return Ok(Ok(())) };
            entered += 1;
        }
        if entered == left {
            return Ok(end.unwrap_or(Ok(())));
        }
        let Ok((batch, made)) = lanes[left % lanes.len()].from.recv() else { return Ok(Ok(())) };
        left += 1;
        show_batch(&batch, made, &mut show)?;
        spare.push(batch);
    }
}

fn show_batch<T, E>(
    batch: &Batch,
    made: Vec<T>,
    show: &mut impl FnMut(Result<(&Row<'_>, T), &BadRow>) -> Result<(), E>,
) -> Result<(), E> {
    let mut made = made.into_iter();
    for row in batch.rows() {
        match row {
            Ok(row) => made.next().map_or(Ok(()), |made| show(Ok((&row, made))))?,
            Err(bad) => show(Err(bad))?,
        }
    }
    Ok(())
}
