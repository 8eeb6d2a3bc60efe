//! Callers that wait for each answer before they ask again, and how long they waited.
use crate::history::Fallible;
use futures::future::try_join_all;
use hdrhistogram::Histogram;
use std::future::Future;
use std::time::{Duration, Instant};

/// What a span of calls came to.
#[derive(Debug, Clone, serde::Serialize)]
pub(crate) struct Measured {
    /// What was called.
    pub(crate) what: String,
    /// By how many at the same time.
    pub(crate) callers: usize,
    /// Answers in a second.
    pub(crate) per_second: f64,
    /// Half of the answers took no longer, in microseconds.
    pub p50_us: f64,
    /// 99 of 100 took no longer, in microseconds.
    pub p99_us: f64,
}

/// Nanoseconds, up to a minute, to three digits.
pub(crate) fn waits() -> Fallible<Histogram<u64>> {
    Ok(Histogram::new_with_max(60_000_000_000, 3)?)
}

/// `count` waits within `span` as what they came to.
pub(crate) fn measured(what: &str, callers: usize, waits: &Histogram<u64>, span: Duration) -> Measured {
    let us = |quantile| waits.value_at_quantile(quantile) as f64 / 1e3;
    let per_second = waits.len() as f64 / span.as_secs_f64();
    Measured { what: what.into(), callers, per_second, p50_us: us(0.5), p99_us: us(0.99) }
}

/// `callers` call at the same time for `span`, after a fifth of it that does not count. `call` gets which
/// caller calls, and for which time.
pub(crate) async fn drive<C, F>(what: &str, callers: usize, span: Duration, call: C) -> Fallible<Measured>
where
    C: Fn(usize, u64) -> F + Clone + Send + 'static,
    F: Future<Output = Fallible<()>> + Send,
{
    let begin = Instant::now() + span / 5;
    let one = |caller: usize| {
        let call = call.clone();
        tokio::spawn(async move {
            let (mut waits, mut n) = (waits()?, 0);
            loop {
                let start = Instant::now();
                call(caller, n).await?;
                let end = Instant::now();
                n += 1;
                if end >= begin + span {
                    return Fallible::Ok(waits);
                }
                if start >= begin {
                    waits.record((end - start).as_nanos() as u64)?;
                }
            }
        })
    };
    let mut all = waits()?;
    for waited in try_join_all((0..callers).map(one)).await? {
        all.add(waited?)?;
    }
    Ok(measured(what, callers, &all, span))
}

/// `callers` share `per_second` calls for `span`. A wait begins when the call was due, not when it was sent.
pub(crate) async fn pace<C, F>(
    what: &str,
    callers: usize,
    per_second: u64,
    span: Duration,
    call: C,
) -> Fallible<Measured>
where
    C: Fn(usize, u64) -> F + Clone + Send + 'static,
    F: Future<Output = Fallible<()>> + Send,
{
    let begin = Instant::now();
    let gap = Duration::from_secs_f64(1.0 / per_second as f64);
    let one = |caller: usize| {
        let call = call.clone();
        tokio::spawn(async move {
            let mut waits = waits()?;
            for n in 0.. {
                let due = begin + gap * (n as u32 * callers as u32 + caller as u32);
                if due >= begin + span {
                    break;
                }
                tokio::time::sleep_until(due.into()).await;
                call(caller, n).await?;
                waits.record(due.elapsed().as_nanos() as u64)?;
            }
            Fallible::Ok(waits)
        })
    };
    let mut all = waits()?;
    for waited in try_join_all((0..callers).map(one)).await? {
        all.add(waited?)?;
    }
    Ok(measured(what, callers, &all, begin.elapsed()))
}
