//! The body of a request as it arrives.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf as _, Bytes};
use h2::RecvStream;
use http_body::{Body as _, SizeHint};
use hyper::body::Incoming as HyperBody;

use crate::quic::Receiver;

/// The body broke off, or its bytes do not fit its head.
#[derive(Debug)]
pub(crate) struct Broken;

/// Where the bytes of a body come from.
#[derive(Debug)]
pub(crate) enum Incoming {
    /// HTTP/1.
    Hyper(HyperBody),
    /// HTTP/2, and what the head promised and has not come yet.
    Http2(RecvStream, Option<u64>),
    /// HTTP/3.
    Quic(Box<QuicBody>),
}

impl Incoming {
    /// The next bytes; nothing at the end.
    pub(crate) fn poll_data(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, Broken>>> {
        match self {
            Self::Hyper(body) => loop {
                match ready!(Pin::new(&mut *body).poll_frame(context)) {
                    Some(Ok(frame)) => {
                        if let Ok(data) = frame.into_data() {
                            return Poll::Ready(Some(Ok(data)));
                        } // trailers are read over
                    }
                    Some(Err(_)) => return Poll::Ready(Some(Err(Broken))),
                    None => return Poll::Ready(None),
                }
            },
            Self::Http2(stream, left) => match ready!(stream.poll_data(context)) {
                Some(Ok(data)) => {
                    *left = left.map(|left| left.saturating_sub(data.len() as u64));
                    // A stream that is over has no window to be given back.
                    let _ = stream.flow_control().release_capacity(data.len());
                    Poll::Ready(Some(Ok(data)))
                }
                // Whatever reason a client gives: what came is not all.
                Some(Err(_)) => Poll::Ready(Some(Err(Broken))),
                None => Poll::Ready(None),
            },
            Self::Quic(body) => body.poll_data(context),
        }
    }

    /// What is known of its length.
    pub(crate) fn size_hint(&self) -> SizeHint {
        match self {
            Self::Hyper(body) => body.size_hint(),
            Self::Http2(_, left) => left.map_or_else(SizeHint::new, SizeHint::with_exact),
            Self::Quic(body) => body.left.map_or_else(SizeHint::new, SizeHint::with_exact),
        }
    }
}

/// The body of a request on a stream of its own.
pub(crate) struct QuicBody {
    stream: h3::server::RequestStream<Receiver, Bytes>,
    /// What was read before anybody asked.
    early: Option<Bytes>,
    /// What the head promised and has not come yet.
    left: Option<u64>,
}

impl std::fmt::Debug for QuicBody {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("QuicBody").field("left", &self.left).finish_non_exhaustive()
    }
}

impl QuicBody {
    /// The body behind a head that may have promised a length. Nothing: there is none, and no stream to be read.
    ///
    /// # Errors
    /// [`Broken`] when it does not fit the promise.
    pub(crate) fn begin(
        stream: h3::server::RequestStream<Receiver, Bytes>,
        length: Option<u64>,
        context: &mut Context<'_>,
    ) -> Result<Option<Self>, Broken> {
        let mut body = Self { stream, early: None, left: length };
        match body.poll_data(context) {
            Poll::Ready(None) => return Ok(None),
            Poll::Ready(Some(data)) => {
                let data = data?;
                body.left = body.left.map(|left| left + data.len() as u64);
                body.early = Some(data);
            }
            Poll::Pending => {}
        }
        Ok(Some(body))
    }

    fn poll_data(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, Broken>>> {
        let data = match self.early.take() {
            Some(early) => Some(early),
            None => match ready!(self.stream.poll_recv_data(context)) {
                Ok(data) => data.map(|mut data| data.copy_to_bytes(data.remaining())),
                Err(_) => return Poll::Ready(Some(Err(Broken))),
            },
        };
        // RFC 9114 section 4.1.2: a length that is not kept makes the request malformed.
        let Some(data) = data else {
            return Poll::Ready(self.left.filter(|left| *left > 0).map(|_| Err(Broken)));
        };
        if let Some(left) = self.left {
            let Some(left) = left.checked_sub(data.len() as u64) else { return Poll::Ready(Some(Err(Broken))) };
            self.left = Some(left);
        }
        Poll::Ready(Some(Ok(data)))
    }
}
