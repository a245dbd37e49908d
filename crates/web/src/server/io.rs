//! The socket of a connection as hyper sees it.

use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

use hyper::rt::{Read, ReadBufCursor, Write};

use super::link::Link;
use super::scanner::Scanner;

/// A link with the scanner that stands between it and hyper.
pub(super) struct Io {
    link: Rc<Link>,
    scanner: Scanner,
}

impl Io {
    /// `early` is what was read already.
    pub(super) fn new(link: &Rc<Link>, early: Vec<u8>) -> Self {
        Self {
            link: Rc::clone(link),
            scanner: Scanner::new(early, link.requests.get().wrapping_sub(u32::from(link.has_direct()))),
        }
    }

    /// hyper has room for all lines of a head now; `unread` is what it has got of it.
    pub(super) fn widen(&mut self, unread: &[u8]) {
        self.scanner.widen(unread);
    }

    /// What came after the request that ended HTTP.
    pub(super) fn take_held(&mut self) -> Vec<u8> {
        self.scanner.take_held()
    }
}

impl Read for Io {
    fn poll_read(self: Pin<&mut Self>, _: &mut Context<'_>, mut buffer: ReadBufCursor<'_>) -> Poll<io::Result<()>> {
        let Self { link, scanner } = self.get_mut();
        scanned(link, scanner, &mut buffer)
    }
}

/// Reads until something has passed the scanner.
fn scanned(link: &Rc<Link>, scanner: &mut Scanner, buffer: &mut ReadBufCursor<'_>) -> Poll<io::Result<()>> {
    if let Some(request) = link.replay() {
        scanner.replay(&request);
    } else if link.has_direct() && scanner.is_empty() {
        return Poll::Pending; // its answer goes first
    }
    scanner.resume();
    link.note_scan(scanner);
    link.note_asked(None);
    if scanner.fetch(buffer.remaining(), |bytes| buffer.put_slice(bytes)) > 0 {
        return Poll::Ready(Ok(()));
    }
    if let Some(left) = scanner.body_left() {
        let room = buffer.remaining();
        let seen = |bytes: &[u8]| {
            scanner.scan(bytes);
            buffer.put_slice(bytes);
        };
        if let Some(read) = link.read_body(left, room, seen) {
            if ready!(read)? == 0 {
                link.ended.set(true);
            }
            link.note_scan(scanner);
            return Poll::Ready(Ok(()));
        }
    }
    let mut scratch = link.core.scratch.borrow_mut();
    loop {
        if scanner.wants_width() {
            link.cramped.set(true);
            return Poll::Pending;
        }
        let room = buffer.remaining().min(scratch.len());
        let length = ready!(link.read(&mut scratch[..room]))?;
        if length == 0 {
            link.ended.set(room > 0);
            return Poll::Ready(Ok(()));
        }
        let begins = scanner.is_between_requests() && link.server.routes().has_constants();
        let (known, requests) = if begins { link.answer_known(&scratch[..length]) } else { (0, 0) };
        scanner.pass_over(requests);
        let input = &scratch[known..length];
        if input.is_empty() {
            continue;
        }
        if scanner.is_between_requests() && link.is_between_requests() && link.take_directly(input) {
            scanner.pass_over(1);
            return Poll::Pending;
        }
        let direct = scanner.scan(input);
        buffer.put_slice(&input[..direct]);
        // With nothing of another answer in hyper: only then is what it writes next the answer to this head alone.
        let alone = scanner.is_between_requests() && link.is_between_requests();
        if begins && known == 0 && direct == length && alone {
            link.note_asked(Some(input));
        }
        let fetched = scanner.fetch(buffer.remaining(), |bytes| buffer.put_slice(bytes));
        link.note_scan(scanner);
        if direct + fetched > 0 {
            return Poll::Ready(Ok(()));
        }
        if scanner.has_refused() && !scanner.wants_width() {
            return Poll::Ready(Err(io::ErrorKind::InvalidData.into()));
        }
    }
}

impl Write for Io {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.link.gather(&[io::IoSlice::new(bytes)])
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.link.gather(slices)
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    /// Gathered bytes leave at the end of the turn: [`super::engine::Core::send`]. hyper has nothing left to write.
    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.link.flushed();
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.link.shutdown()
    }
}
