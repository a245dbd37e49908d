//! The streams of a connection as h3 wants them.

use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::{Buf as _, Bytes};
use h3::error::Code;
use h3::quic::{self, ConnectionErrorIncoming, StreamErrorIncoming, StreamId as Id, WriteBuf};
use quinn_proto::{ConnectionError, Dir, ReadError, ReadableError, StreamId, WriteError};

use super::code;
use super::connection::{Connection, State};

/// A connection that h3 speaks on.
#[derive(Clone)]
pub(crate) struct Streams(pub(crate) Rc<Connection>);

/// The end of a stream that we write to.
pub(crate) struct Sender {
    connection: Rc<Connection>,
    id: StreamId,
    writing: Option<WriteBuf<Bytes>>,
    /// Nothing more will be written: it was ended, one way or the other.
    ended: bool,
}

/// The end of a stream that we read from.
pub(crate) struct Receiver {
    connection: Rc<Connection>,
    id: StreamId,
    ended: bool,
}

/// A stream of both directions.
pub(crate) struct Bidirectional {
    sender: Sender,
    receiver: Receiver,
}

impl Streams {
    fn poll_open(&self, dir: Dir, context: &mut Context<'_>) -> Poll<Result<StreamId, ConnectionError>> {
        let mut state = self.0.state.borrow_mut();
        if let Some(error) = &state.error {
            return Poll::Ready(Err(error.clone()));
        }
        if let Some(id) = state.proto.streams().open(dir) {
            return Poll::Ready(Ok(id));
        }
        state.opening[State::direction(dir)].push(context.waker().clone());
        Poll::Pending
    }

    fn poll_accept(&self, dir: Dir, context: &mut Context<'_>) -> Poll<Result<StreamId, ConnectionErrorIncoming>> {
        let mut state = self.0.state.borrow_mut();
        if let Some(id) = state.proto.streams().accept(dir) {
            drop(state);
            self.0.wake(); // the peer may be told of room for another
            return Poll::Ready(Ok(id));
        }
        if let Some(error) = &state.error {
            return Poll::Ready(Err(connection_error(error)));
        }
        state.accepting[State::direction(dir)] = Some(context.waker().clone());
        Poll::Pending
    }

    fn sender(&self, id: StreamId) -> Sender {
        Sender { connection: Rc::clone(&self.0), id, writing: None, ended: false }
    }

    fn receiver(&self, id: StreamId) -> Receiver {
        Receiver { connection: Rc::clone(&self.0), id, ended: false }
    }

    fn both(&self, id: StreamId) -> Bidirectional {
        Bidirectional { sender: self.sender(id), receiver: self.receiver(id) }
    }
}

impl quic::OpenStreams<Bytes> for Streams {
    type BidiStream = Bidirectional;
    type SendStream = Sender;

    fn poll_open_bidi(&mut self, context: &mut Context<'_>) -> Poll<Result<Bidirectional, StreamErrorIncoming>> {
        let opened = ready!(self.poll_open(Dir::Bi, context));
        Poll::Ready(opened.map(|id| self.both(id)).map_err(|error| lost(&error)))
    }

    fn poll_open_send(&mut self, context: &mut Context<'_>) -> Poll<Result<Sender, StreamErrorIncoming>> {
        let opened = ready!(self.poll_open(Dir::Uni, context));
        Poll::Ready(opened.map(|id| self.sender(id)).map_err(|error| lost(&error)))
    }

    fn close(&mut self, code: Code, _reason: &[u8]) {
        self.0.close(code.value(), "");
    }
}

impl quic::Connection<Bytes> for Streams {
    type RecvStream = Receiver;
    type OpenStreams = Self;

    fn poll_accept_recv(&mut self, context: &mut Context<'_>) -> Poll<Result<Receiver, ConnectionErrorIncoming>> {
        self.poll_accept(Dir::Uni, context).map_ok(|id| self.receiver(id))
    }

    fn poll_accept_bidi(&mut self, context: &mut Context<'_>) -> Poll<Result<Bidirectional, ConnectionErrorIncoming>> {
        self.poll_accept(Dir::Bi, context).map_ok(|id| self.both(id))
    }

    fn opener(&self) -> Self {
        self.clone()
    }
}

impl quic::SendStream<Bytes> for Sender {
    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), StreamErrorIncoming>> {
        let Some(data) = &mut self.writing else { return Poll::Ready(Ok(())) };
        let mut state = self.connection.state.borrow_mut();
        let mut wrote = false;
        let result = loop {
            if !data.has_remaining() {
                break Poll::Ready(Ok(()));
            }
            if let Some(error) = &state.error {
                break Poll::Ready(Err(lost(error)));
            }
            match state.proto.send_stream(self.id).write(data.chunk()) {
                Ok(length) => {
                    data.advance(length);
                    wrote = true;
                }
                Err(WriteError::Blocked) => {
                    state.writers.insert(self.id, context.waker().clone());
                    break Poll::Pending;
                }
                Err(WriteError::Stopped(code)) => {
                    break Poll::Ready(Err(StreamErrorIncoming::StreamTerminated { error_code: code.into_inner() }));
                }
                Err(error @ WriteError::ClosedStream) => {
                    break Poll::Ready(Err(StreamErrorIncoming::Unknown(Box::new(error))));
                }
            }
        };
        drop(state);
        if wrote {
            self.connection.wake();
        }
        if result.is_ready() {
            self.writing = None;
        }
        result
    }

    fn send_data<T: Into<WriteBuf<Bytes>>>(&mut self, data: T) -> Result<(), StreamErrorIncoming> {
        if self.writing.is_some() {
            let connection_error = ConnectionErrorIncoming::InternalError("a stream is written to twice".to_owned());
            return Err(StreamErrorIncoming::ConnectionErrorIncoming { connection_error });
        }
        self.writing = Some(data.into());
        Ok(())
    }

    fn poll_finish(&mut self, _: &mut Context<'_>) -> Poll<Result<(), StreamErrorIncoming>> {
        if std::mem::replace(&mut self.ended, true) {
            return Poll::Ready(Ok(()));
        }
        let finished = self.connection.state.borrow_mut().proto.send_stream(self.id).finish();
        self.connection.wake();
        Poll::Ready(finished.map_err(|error| StreamErrorIncoming::Unknown(Box::new(error))))
    }

    fn reset(&mut self, reset_code: u64) {
        if std::mem::replace(&mut self.ended, true) {
            return;
        }
        // A stream that is over needs no reset.
        let _ = self.connection.state.borrow_mut().proto.send_stream(self.id).reset(code(reset_code));
        self.connection.wake();
    }

    fn send_id(&self) -> Id {
        id(self.id)
    }
}

impl Drop for Sender {
    /// Whoever lets go of a stream that has not ended breaks it off.
    fn drop(&mut self) {
        let code = if self.connection.is_client() { Code::H3_REQUEST_CANCELLED } else { Code::H3_INTERNAL_ERROR };
        quic::SendStream::reset(self, code.value());
        self.connection.state.borrow_mut().forget_sender(self.id);
    }
}

impl quic::RecvStream for Receiver {
    type Buf = Bytes;

    fn poll_data(&mut self, context: &mut Context<'_>) -> Poll<Result<Option<Bytes>, StreamErrorIncoming>> {
        if self.ended {
            return Poll::Ready(Ok(None));
        }
        let mut state = self.connection.state.borrow_mut();
        let mut stream = state.proto.recv_stream(self.id);
        let mut chunks = match stream.read(true) {
            Ok(chunks) => chunks,
            Err(error @ (ReadableError::ClosedStream | ReadableError::IllegalOrderedRead)) => {
                self.ended = true;
                return Poll::Ready(Err(StreamErrorIncoming::Unknown(Box::new(error))));
            }
        };
        let read = chunks.next(usize::MAX);
        if chunks.finalize().should_transmit() {
            self.connection.wake();
        }
        match read {
            Ok(Some(chunk)) => Poll::Ready(Ok(Some(chunk.bytes))),
            Ok(None) => {
                self.ended = true;
                Poll::Ready(Ok(None))
            }
            Err(ReadError::Reset(code)) => {
                self.ended = true;
                Poll::Ready(Err(StreamErrorIncoming::StreamTerminated { error_code: code.into_inner() }))
            }
            Err(ReadError::Blocked) => {
                if let Some(error) = &state.error {
                    return Poll::Ready(Err(lost(error)));
                }
                state.readers.insert(self.id, context.waker().clone());
                Poll::Pending
            }
        }
    }

    fn stop_sending(&mut self, error_code: u64) {
        if std::mem::replace(&mut self.ended, true) {
            return;
        }
        // As with a reset.
        let _ = self.connection.state.borrow_mut().proto.recv_stream(self.id).stop(code(error_code));
        self.connection.wake();
    }

    fn recv_id(&self) -> Id {
        id(self.id)
    }
}

impl Drop for Receiver {
    /// What nobody reads need not be sent (RFC 9114 section 4.1: a server says `H3_NO_ERROR` then).
    fn drop(&mut self) {
        let code = if self.connection.is_client() { Code::H3_REQUEST_CANCELLED } else { Code::H3_NO_ERROR };
        quic::RecvStream::stop_sending(self, code.value());
        self.connection.state.borrow_mut().readers.remove(&self.id);
    }
}

impl quic::SendStream<Bytes> for Bidirectional {
    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), StreamErrorIncoming>> {
        self.sender.poll_ready(context)
    }

    fn send_data<T: Into<WriteBuf<Bytes>>>(&mut self, data: T) -> Result<(), StreamErrorIncoming> {
        self.sender.send_data(data)
    }

    fn poll_finish(&mut self, context: &mut Context<'_>) -> Poll<Result<(), StreamErrorIncoming>> {
        self.sender.poll_finish(context)
    }

    fn reset(&mut self, reset_code: u64) {
        self.sender.reset(reset_code);
    }

    fn send_id(&self) -> Id {
        self.sender.send_id()
    }
}

impl quic::RecvStream for Bidirectional {
    type Buf = Bytes;

    fn poll_data(&mut self, context: &mut Context<'_>) -> Poll<Result<Option<Bytes>, StreamErrorIncoming>> {
        self.receiver.poll_data(context)
    }

    fn stop_sending(&mut self, error_code: u64) {
        self.receiver.stop_sending(error_code);
    }

    fn recv_id(&self) -> Id {
        self.receiver.recv_id()
    }
}

impl quic::BidiStream<Bytes> for Bidirectional {
    type SendStream = Sender;
    type RecvStream = Receiver;

    fn split(self) -> (Sender, Receiver) {
        (self.sender, self.receiver)
    }
}

fn id(id: StreamId) -> Id {
    // Both number streams alike, in 62 bits.
    Id::try_from(u64::from(id)).unwrap_or_else(|_| Id::from(h3::proto::varint::VarInt::MAX))
}

fn lost(error: &ConnectionError) -> StreamErrorIncoming {
    StreamErrorIncoming::ConnectionErrorIncoming { connection_error: connection_error(error) }
}

fn connection_error(error: &ConnectionError) -> ConnectionErrorIncoming {
    match error {
        ConnectionError::ApplicationClosed(close) => {
            ConnectionErrorIncoming::ApplicationClose { error_code: close.error_code.into_inner() }
        }
        ConnectionError::TimedOut => ConnectionErrorIncoming::Timeout,
        other => ConnectionErrorIncoming::Undefined(Arc::new(other.clone())),
    }
}
