//! Owns the progress bar: on standard error, on a terminal, and only of runs that take more than a second. It must never know what is done.

use std::fmt::Write;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use indicatif::{HumanDuration, ProgressBar, ProgressState, ProgressStyle};

/// Until then, a run is too short to be watched.
const PATIENCE: Duration = Duration::from_secs(1);

/// Does some work and shows, where that is wanted, how far it is. The bar is gone when the work is done.
pub fn watch<T>(shown: bool, word: &'static str, work: impl FnOnce(&(dyn Fn(usize, usize) + Sync)) -> T) -> T {
    let (done, total) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let tick = |now: usize, of: usize| {
        done.fetch_max(now, Ordering::Relaxed);
        total.store(of, Ordering::Relaxed);
    };
    if !shown {
        return work(&tick);
    }
    std::thread::scope(|scope| {
        // Dropped when the work is done or has panicked; either ends the watching.
        let (working, over) = mpsc::channel::<()>();
        scope.spawn({
            let (done, total) = (&done, &total);
            move || {
                if over.recv_timeout(PATIENCE) != Err(RecvTimeoutError::Timeout) {
                    return;
                }
                let bar = ProgressBar::no_length().with_message(word).with_style(style("{spinner} {msg} {elapsed}"));
                while over.recv_timeout(Duration::from_millis(100)) == Err(RecvTimeoutError::Timeout) {
                    let of = total.load(Ordering::Relaxed);
                    // One tenant alone has no steps to count: that something is going on is all there is to show.
                    if of > 1 && bar.length().is_none() {
                        bar.set_style(style("{msg} {wide_bar} {pos}/{len} {elapsed}{left}"));
                        bar.set_length(of as u64);
                    }
                    bar.set_position(done.load(Ordering::Relaxed) as u64);
                    bar.tick();
                }
                bar.finish_and_clear();
            }
        });
        let result = work(&tick);
        drop(working);
        result
    })
}

fn style(template: &str) -> ProgressStyle {
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    style.with_key("left", |state: &ProgressState, out: &mut dyn Write| {
        // What cannot be written to a line in memory is not missed there.
        let _ = out.write_str(&left(state.pos(), state.len(), state.eta()));
    })
}

/// How long it may still take, once that means something: not before a step is done, nor while the last one drags on.
fn left(done: u64, of: Option<u64>, guess: Duration) -> String {
    let open = done > 0 && of.is_some_and(|of| done < of) && guess >= Duration::from_secs(1);
    if open { format!(", {} left", HumanDuration(guess)) } else { String::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_is_told_where_it_means_something() {
        let second = Duration::from_secs(1);
        assert_eq!(left(0, Some(401), second * 9), "");
        assert_eq!(left(10, Some(401), second * 9), ", 9 seconds left");
        assert_eq!(left(400, Some(401), second / 5), "");
        assert_eq!(left(401, Some(401), second), "");
    }

    #[test]
    fn the_work_is_done_with_and_without_a_watcher() {
        for shown in [false, true] {
            let result = watch(shown, "checking", |tick| {
                tick(1, 2);
                42
            });
            assert_eq!(result, 42);
        }
    }
}
