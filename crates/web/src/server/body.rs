//! The body of a response as hyper pulls it.

use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use bytes::{Buf as _, Bytes};
use http_body::{Frame, SizeHint};

use super::exchange::Exchange;
use super::file::FileBody;
use super::link::Link;
use super::piece::Piece;

/// What the body is made of.
#[derive(Debug)]
pub(crate) enum Kind {
    Empty,
    Full(Bytes),
    /// What was written before the head.
    Written(Piece),
    /// Sent or read as the socket takes it.
    File(FileBody),
    /// Chunks that the exchange queues.
    Stream,
}

/// The stream of a response broke off, or its file did: the connection must not look complete.
#[derive(Debug, thiserror::Error)]
#[error("the body of the response failed")]
pub(crate) struct BrokenOff;

/// The body of one response; dropping it ends the exchange.
#[derive(Debug)]
pub(crate) struct Body {
    kind: Kind,
    exchange: Option<Rc<Exchange>>,
    /// The connection, if it can send a file by itself.
    direct: Option<Rc<Link>>,
}

impl Body {
    pub(crate) fn new(kind: Kind, exchange: Rc<Exchange>) -> Self {
        let link = exchange.link.as_ref().filter(|link| matches!(kind, Kind::File(_)) && link.sends_files());
        let direct = link.map(Rc::clone);
        Self { kind, exchange: Some(exchange), direct }
    }

    /// A body of an answer that the engine gives by itself.
    pub(crate) fn unbound(kind: Kind) -> Self {
        Self { kind, exchange: None, direct: None }
    }

    /// Lets the connection send a file by itself, if it can and there is one.
    pub(crate) fn send_over(&mut self, link: &Rc<Link>) {
        if matches!(self.kind, Kind::File(_)) && link.sends_files() {
            self.direct = Some(Rc::clone(link));
        }
    }

    /// The length of a body that is at hand.
    pub(crate) fn at_hand(&self) -> Option<usize> {
        match &self.kind {
            Kind::Empty => Some(0),
            Kind::Full(bytes) => Some(bytes.len()),
            Kind::Written(_) | Kind::File(_) | Kind::Stream => None,
        }
    }

    /// The whole of a body that is at hand and not longer than this; it is taken for sent.
    pub(crate) fn take_whole(&mut self, longest: usize) -> Option<Bytes> {
        match &mut self.kind {
            Kind::Full(bytes) if bytes.len() <= longest => {
                let bytes = std::mem::take(bytes);
                self.kind = Kind::Empty;
                Some(bytes)
            }
            _ => None,
        }
    }

    /// Goes on with the request's body while its answer waits for the client.
    pub(crate) fn take_part(&self, context: &mut Context<'_>) {
        if let Some(exchange) = &self.exchange {
            exchange.take_part(context);
        }
    }

    /// What a HEAD gets: nothing, and the exchange is over.
    pub(crate) fn withhold(&mut self) {
        self.kind = Kind::Empty;
    }
}

impl http_body::Body for Body {
    type Data = Piece;
    type Error = BrokenOff;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Piece>, BrokenOff>>> {
        let Self { kind, exchange, direct } = &mut *self;
        match kind {
            Kind::Empty => Poll::Ready(None),
            Kind::Full(bytes) => {
                let bytes = std::mem::take(bytes);
                *kind = Kind::Empty;
                Poll::Ready(Some(Ok(Frame::data(bytes.into()))))
            }
            Kind::Written(_) => Poll::Ready(match std::mem::replace(kind, Kind::Empty) {
                Kind::Written(piece) => Some(Ok(Frame::data(piece))),
                _ => None,
            }),
            Kind::File(file) => {
                if let Some(piece) = direct.as_ref().and_then(|link| file.lend(link)) {
                    return Poll::Ready(Some(Ok(Frame::data(piece))));
                }
                Poll::Ready(match file.next() {
                    Ok(chunk) => chunk.map(|chunk| Ok(Frame::data(chunk.into()))),
                    Err(_) => Some(Err(BrokenOff)),
                })
            }
            Kind::Stream => match exchange {
                Some(exchange) => exchange.poll_stream(context),
                None => Poll::Ready(None),
            },
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.kind {
            Kind::Empty => true,
            Kind::Full(bytes) => bytes.is_empty(),
            Kind::Written(piece) => !piece.has_remaining(),
            Kind::File(file) => file.left() == 0,
            Kind::Stream => self.exchange.as_ref().is_none_or(|exchange| exchange.stream_is_done()),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.kind {
            Kind::Empty => SizeHint::with_exact(0),
            Kind::Full(bytes) => SizeHint::with_exact(bytes.len() as u64),
            Kind::Written(piece) => SizeHint::with_exact(piece.remaining() as u64),
            Kind::File(file) => SizeHint::with_exact(file.left()),
            Kind::Stream => self
                .exchange
                .as_ref()
                .and_then(|exchange| exchange.stream_length())
                .map_or_else(SizeHint::new, SizeHint::with_exact),
        }
    }
}

impl Drop for Body {
    fn drop(&mut self) {
        if let Some(exchange) = self.exchange.take() {
            let whole = match &self.kind {
                Kind::Empty | Kind::Full(_) | Kind::Written(_) => true,
                Kind::File(file) => file.is_whole(),
                Kind::Stream => exchange.stream_is_done(),
            };
            exchange.finish(whole);
        }
    }
}
