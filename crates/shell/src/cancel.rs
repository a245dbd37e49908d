//! The wish of a script's owner that it ends.

use std::{
    sync::{
        Condvar, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

/// Tells everything that runs for one script to end; shared by reference or in an `Arc`.
#[derive(Debug, Default)]
pub struct Cancel {
    cancelled: AtomicBool,
    /// Whether who sleeps is to look up: a signal has come.
    nudged: AtomicBool,
    lock: Mutex<()>,
    changed: Condvar,
}

impl Cancel {
    /// Makes one that is not cancelled.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Cancels, for good, and wakes whoever waits.
    pub fn cancel(&self) {
        let _guard = self.lock.lock().unwrap_or_else(PoisonError::into_inner);
        self.cancelled.store(true, Ordering::Release);
        self.changed.notify_all();
    }

    /// Whether it was cancelled; cheap enough for every turn of a loop that does a system call.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Acquire)
    }

    /// Ends sleeps, until [`Self::calm`].
    pub fn nudge(&self) {
        let _guard = self.lock.lock().unwrap_or_else(PoisonError::into_inner);
        self.nudged.store(true, Ordering::Release);
        self.changed.notify_all();
    }

    /// What the nudge was for has been seen to.
    pub fn calm(&self) {
        self.nudged.store(false, Ordering::Release);
    }

    /// Whether it was cancelled, or nudged.
    #[must_use]
    pub fn is_nudged(&self) -> bool {
        self.is_cancelled() || self.nudged.load(Ordering::Acquire)
    }

    /// Waits for `time`, or less when cancelled or nudged; returns whether it was.
    pub fn sleep(&self, time: Duration) -> bool {
        let end = Instant::now().checked_add(time);
        let mut guard = self.lock.lock().unwrap_or_else(PoisonError::into_inner);
        while !self.is_nudged() {
            let left = match end {
                Some(end) => end.saturating_duration_since(Instant::now()),
                None => Duration::from_hours(1),
            };
            if left.is_zero() {
                return false;
            }
            guard = self.changed.wait_timeout(guard, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    #[test]
    fn a_sleep_ends_by_time_or_by_cancelling() {
        let cancel = Arc::new(Cancel::new());
        assert!(!cancel.sleep(Duration::from_millis(5)));
        let other = Arc::clone(&cancel);
        let thread = std::thread::spawn(move || other.sleep(Duration::MAX));
        std::thread::sleep(Duration::from_millis(5));
        cancel.cancel();
        assert!(thread.join().is_ok_and(|cancelled| cancelled));
        assert!(cancel.sleep(Duration::from_secs(100)));
    }
}
