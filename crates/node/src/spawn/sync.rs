//! `spawnSync`: a child that the caller waits for.

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::child::{Exit, reap, signal};
use super::start::start;
use super::transfer::{FULL, read_some};
use super::{Command, Error, Pipes, Slot, platform};

/// How long a child may run and how much it may say.
#[derive(Debug, Clone, Copy, Default)]
pub struct SyncOptions {
    /// Killed after this.
    pub timeout: Option<Duration>,
    /// Killed when one of its outputs is longer than this, in bytes.
    pub limit: Option<usize>,
    /// The signal that kills it.
    pub kill: i32,
}

/// What a finished child left.
#[derive(Debug, Default)]
pub struct Output {
    /// Its number.
    pub pid: i32,
    /// How it ended.
    pub exit: Exit,
    /// What it wrote, by slot; `None` where it had no pipe.
    pub outputs: Vec<Option<Vec<u8>>>,
    /// Whether the time ran out.
    pub timed_out: bool,
    /// Whether it said too much.
    pub overflowed: bool,
}

/// Runs a child to its end, feeding `input` to its input pipe and gathering its output pipes.
///
/// # Errors
/// As `spawn`.
pub fn run(mut command: Command, slots: &[Slot], input: &[u8], options: SyncOptions) -> Result<Output, Error> {
    let mut pipes = Pipes::open(slots)?;
    command.stdio = std::mem::take(&mut pipes.child);
    let pid = start(&command)?;
    drop(command);
    let mut talk = Talk::new(pipes, slots, input);
    if input.is_empty() && options.timeout.is_none() && options.limit.is_none() {
        // Its end changes nothing before its outputs have ended.
        while talk.is_open() {
            talk.step(None, false, None, true).map_err(fail)?;
        }
        let exit = reap(pid, true).map_err(|error| Error::System { error, syscall: "wait4", path: None })?;
        return Ok(Output { pid, exit: exit.unwrap_or_default(), outputs: talk.outputs, ..Output::default() });
    }
    let watch = platform::watch(pid);
    let deadline = options.timeout.map(|timeout| Instant::now() + timeout);
    let mut output = Output { pid, ..Output::default() };
    let mut exit = None;
    // A child's own children may hold its outputs longer than it lives; they are read until they end.
    while exit.is_none() || (talk.is_open() && !output.timed_out && !output.overflowed) {
        if exit.is_none() {
            exit = end_of(pid)?;
            if exit.is_some() {
                continue;
            }
        }
        let over = deadline.is_some_and(|deadline| Instant::now() >= deadline) && !output.timed_out;
        let flooded = options.limit.is_some_and(|limit| talk.longest() > limit) && !output.overflowed;
        output.timed_out |= over;
        output.overflowed |= flooded;
        if exit.is_some() {
            if !talk.is_open() || over || flooded {
                break;
            }
        } else if over || flooded {
            let _ = signal(pid, options.kill); // it may just have ended
        }
        let watch = if exit.is_none() { watch.as_ref() } else { None };
        let glance = exit.is_none() && watch.is_none();
        let deadline = deadline.filter(|_| !output.timed_out);
        talk.step(watch, glance, deadline, !output.overflowed).map_err(fail)?;
    }
    output.exit = exit.unwrap_or_default();
    talk.drain(options.limit).map_err(fail)?;
    output.overflowed |= options.limit.is_some_and(|limit| talk.longest() > limit);
    output.outputs = talk.outputs;
    Ok(output)
}

fn end_of(pid: i32) -> Result<Option<Exit>, Error> {
    reap(pid, false).map_err(|error| Error::System { error, syscall: "wait4", path: None })
}

fn fail(error: io::Error) -> Error {
    Error::System { error, syscall: "poll", path: None }
}

struct Talk<'input> {
    host: Vec<Option<OwnedFd>>,
    outputs: Vec<Option<Vec<u8>>>,
    input: &'input [u8],
    input_slot: Option<usize>,
}

impl<'input> Talk<'input> {
    fn new(pipes: Pipes, slots: &[Slot], input: &'input [u8]) -> Self {
        let outputs = slots.iter().map(|slot| (*slot == Slot::Output).then(Vec::new)).collect();
        let mut talk =
            Self { host: pipes.host, outputs, input, input_slot: slots.iter().position(|slot| *slot == Slot::Input) };
        talk.close_input_at_end();
        talk
    }

    /// Whether an output has not ended yet.
    fn is_open(&self) -> bool {
        self.host.iter().zip(&self.outputs).any(|(host, output)| host.is_some() && output.is_some())
    }

    fn longest(&self) -> usize {
        self.outputs.iter().flatten().map(Vec::len).max().unwrap_or(0)
    }

    /// Waits until something can be done, and does it.
    fn step(&mut self, watch: Option<&OwnedFd>, glance: bool, deadline: Option<Instant>, read: bool) -> io::Result<()> {
        /// Without a watch the child's end is looked for this often.
        const GLANCE: Duration = Duration::from_millis(5);
        let mut ready = Vec::new();
        {
            let mut polled = Vec::new();
            let mut slots = Vec::new();
            for (slot, host) in self.host.iter().enumerate() {
                let Some(host) = host else { continue };
                if Some(slot) == self.input_slot {
                    polled.push(PollFd::new(host, PollFlags::OUT));
                } else if self.outputs[slot].is_some() && read {
                    polled.push(PollFd::new(host, PollFlags::IN));
                } else {
                    continue;
                }
                slots.push(slot);
            }
            if let Some(watch) = watch {
                polled.push(PollFd::new(watch, PollFlags::IN));
            }
            let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
            let wait = if glance { Some(left.map_or(GLANCE, |left| left.min(GLANCE))) } else { left };
            let wait = wait.and_then(|wait| Timespec::try_from(wait).ok());
            match poll(&mut polled, wait.as_ref()) {
                Ok(_) | Err(rustix::io::Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
            ready.extend(
                slots.iter().zip(&polled).filter(|(_, polled)| !polled.revents().is_empty()).map(|(slot, _)| *slot),
            );
        }
        for slot in ready {
            if Some(slot) == self.input_slot { self.feed() } else { self.gather(slot, None)? }
        }
        Ok(())
    }

    fn feed(&mut self) {
        let Some(host) = self.input_slot.and_then(|slot| self.host[slot].as_ref()) else { return };
        match rustix::io::write(host, self.input) {
            Ok(count) => self.input = &self.input[count..],
            Err(rustix::io::Errno::AGAIN | rustix::io::Errno::INTR) => return,
            Err(_) => self.input = &[], // the child does not want it
        }
        self.close_input_at_end();
    }

    fn close_input_at_end(&mut self) {
        if self.input.is_empty()
            && let Some(slot) = self.input_slot
        {
            self.host[slot] = None;
        }
    }

    /// Reads what is there, up to about a megabyte, or up to the limit.
    fn gather(&mut self, slot: usize, limit: Option<usize>) -> io::Result<()> {
        const ROUND: usize = 1024 * 1024;
        let (Some(host), Some(output)) = (self.host[slot].as_ref(), self.outputs[slot].as_mut()) else { return Ok(()) };
        let end = limit.unwrap_or(usize::MAX).min(output.len() + ROUND);
        loop {
            let first = output.is_empty();
            match read_some(host.as_fd(), output) {
                Ok(0) => break,
                Ok(count) if first && count >= FULL => platform::widen(host),
                Ok(_) if output.len() >= end => return Ok(()),
                Ok(_) | Err(rustix::io::Errno::INTR) => {}
                Err(rustix::io::Errno::AGAIN) => return Ok(()),
                Err(error) => return Err(error.into()),
            }
        }
        self.host[slot] = None;
        Ok(())
    }

    /// Takes what the child left in its pipes.
    fn drain(&mut self, limit: Option<usize>) -> io::Result<()> {
        for slot in 0..self.host.len() {
            loop {
                let before = self.outputs[slot].as_ref().map_or(0, Vec::len);
                if limit.is_some_and(|limit| before > limit) {
                    break;
                }
                self.gather(slot, None)?;
                if self.outputs[slot].as_ref().map_or(0, Vec::len) == before {
                    break;
                }
            }
        }
        Ok(())
    }
}
