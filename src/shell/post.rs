//! What shells tell their environment: a batch of events a round of its loop.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bstr::BString;
use dx_shell::descriptor::Feed;
use dx_shell::run::{Environment, Outcome};
use napi::bindgen_prelude::{Env, Function, Result};

use super::spawner::NodeSpawner;
use crate::bell::{Bell, at_end};

/// Something that happened to a shell.
pub(super) enum Event {
    /// It has ended: its number, its exit code and what it wrote.
    Done(u32, u8, Vec<u8>, Vec<u8>, Vec<(u32, Vec<u8>)>),
    /// It waits for a piece of a stream: its number, and the value's.
    Hungry(u32, u32),
    /// It has traps for these signals.
    Traps(u32, Vec<BString>),
}

#[derive(Default)]
struct Letters {
    events: Vec<Event>,
    closed: bool,
}

/// Where threads leave events for an environment.
pub(super) struct Mailbox {
    letters: Mutex<Letters>,
    bell: Bell,
}

impl Mailbox {
    fn lock(&self) -> MutexGuard<'_, Letters> {
        self.letters.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Leaves an event; the first of a batch rings the bell.
    pub(super) fn post(&self, event: Event) {
        let mut letters = self.lock();
        if letters.closed {
            return;
        }
        letters.events.push(event);
        if letters.events.len() == 1 {
            // The lock is held, so that `close` comes after.
            self.bell.ring();
        }
    }

    fn close(&self) {
        let mut letters = self.lock();
        letters.closed = true;
        letters.events.clear();
    }
}

/// A shell under way.
pub(super) struct Running {
    pub(super) outcome: Outcome,
    pub(super) feeds: Vec<(u32, Arc<Feed>)>,
}

/// What an environment knows of its shells.
#[derive(Default)]
pub(super) struct Post {
    pub(super) mailbox: Option<Arc<Mailbox>>,
    pub(super) shells: HashMap<u32, Running>,
    pub(super) last: u32,
    /// What its shells run in.
    pub(super) environment: Option<Environment>,
}

thread_local! {
    /// The environment of a thread.
    pub(super) static POST: RefCell<Post> = RefCell::new(Post::default());
}

/// Joins the environment to its shells.
pub(super) fn open(env: Env, listener: &Function<'_, (), ()>, bun: Vec<BString>) -> Result<()> {
    let bell = Bell::new(env, c"dx-shell", listener)?;
    let mailbox = Arc::new(Mailbox { letters: Mutex::default(), bell });
    at_end(env, Arc::clone(&mailbox), close)?;
    POST.with_borrow_mut(|post| {
        post.mailbox = Some(mailbox);
        post.environment = Some(Environment { spawner: Arc::new(NodeSpawner), bun: bun.into() });
    });
    Ok(())
}

/// Ends what runs for the environment of this thread, which ends itself: the programs of its shells are killed.
fn close(mailbox: &Mailbox) {
    mailbox.close();
    let shells = POST.with_borrow_mut(std::mem::take).shells;
    for running in shells.into_values() {
        running.outcome.cancel();
    }
}

/// Says whether shells keep the program alive.
pub(super) fn hold(env: Env, on: bool) -> Result<()> {
    POST.with_borrow(|post| post.mailbox.as_ref().map_or(Ok(()), |mailbox| mailbox.bell.hold(env, on)))
}

/// What shells of this environment run in; `None` before [`open`].
pub(super) fn environment() -> Option<Environment> {
    POST.with_borrow(|post| post.environment.clone())
}

/// Takes what has happened.
pub(super) fn take() -> Vec<Event> {
    POST.with_borrow_mut(|post| {
        let Some(mailbox) = &post.mailbox else { return Vec::new() };
        let events = std::mem::take(&mut mailbox.lock().events);
        for event in &events {
            if let Event::Done(id, ..) = event {
                post.shells.remove(id);
            }
        }
        events
    })
}
