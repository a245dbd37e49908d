//! Compression of messages (RFC 7692).

use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress, Status};

use super::frame::Violation;

/// What a flushed block ends with and a message leaves out (section 7.2.1).
const TAIL: [u8; 4] = [0, 0, 0xff, 0xff];
/// Room for output is made in steps of this size.
const STEP: usize = 16 * 1024;

const INVALID: Violation = Violation { code: 1007, reason: "Received invalid compressed data" };
const TOO_BIG: Violation = Violation { code: 1009, reason: "Received too big message" };

/// What was agreed on for a connection.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DeflateOptions {
    /// Messages may be sent compressed.
    pub compresses: bool,
    /// What was sent helps to compress what follows; else the state is shared by all connections.
    pub keeps_sent: bool,
    /// What was received helps to read what follows.
    pub keeps_received: bool,
    /// The window of what is sent, 9 to 15 bits.
    pub window_bits: u8,
}

/// Compresses messages.
pub(crate) struct Deflater {
    state: Compress,
    keeps: bool,
}

impl Deflater {
    pub(crate) fn new(keeps: bool, window_bits: u8) -> Self {
        let state = Compress::new_with_window_bits(Compression::default(), false, window_bits.clamp(9, 15));
        Self { state, keeps }
    }

    /// Appends a message, compressed.
    pub(crate) fn compress(&mut self, message: &[u8], into: &mut Vec<u8>) {
        if !self.keeps {
            self.state.reset();
        }
        let start = self.state.total_in();
        loop {
            into.reserve(STEP.min(message.len() / 2 + 64));
            let taken = usize::try_from(self.state.total_in() - start).unwrap_or(usize::MAX);
            // Raw deflate of bytes in memory does not fail; if it did, there would be no progress to wait for.
            if self.state.compress_vec(&message[taken..], into, FlushCompress::Sync).is_err() {
                break;
            }
            let taken = usize::try_from(self.state.total_in() - start).unwrap_or(usize::MAX);
            if taken == message.len() && into.len() < into.capacity() {
                break;
            }
        }
        if into.ends_with(&TAIL) {
            into.truncate(into.len() - TAIL.len());
        }
    }
}

/// Reads compressed messages.
pub(crate) struct Inflater {
    state: Decompress,
    keeps: bool,
}

impl Inflater {
    pub(crate) fn new(keeps: bool) -> Self {
        Self { state: Decompress::new(false), keeps }
    }

    /// Puts a message in a buffer.
    ///
    /// # Errors
    /// When it is no compressed message, or larger than `limit`: a few bytes can stand for gigabytes.
    pub(crate) fn inflate(&mut self, message: &[u8], limit: usize, into: &mut Vec<u8>) -> Result<(), Violation> {
        if !self.keeps {
            self.state.reset(false);
        }
        into.clear();
        for mut input in [message, &TAIL] {
            loop {
                into.reserve(STEP);
                let before = self.state.total_in();
                let status = self.state.decompress_vec(input, into, FlushDecompress::Sync).map_err(|_| INVALID)?;
                input = &input[usize::try_from(self.state.total_in() - before).unwrap_or(input.len())..];
                if into.len() > limit {
                    return Err(TOO_BIG);
                }
                if status == Status::StreamEnd {
                    // A last block (section 7.2.3.4): what follows in the message is padding, and the sender begins anew.
                    self.state.reset(false);
                    return Ok(());
                }
                if input.is_empty() && into.len() < into.capacity() {
                    break;
                }
                if self.state.total_in() == before && into.len() < into.capacity() {
                    return Err(INVALID);
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_come_back() {
        for keeps in [false, true] {
            let (mut deflater, mut inflater) = (Deflater::new(keeps, 15), Inflater::new(keeps));
            let mut text = Vec::new();
            for size in [1, 5, 100, 70_000, 3_000_000] {
                let message: Vec<u8> = (0..size).map(|at: u32| (at.wrapping_mul(at) >> 7).to_le_bytes()[0]).collect();
                let mut sent = Vec::new();
                deflater.compress(&message, &mut sent);
                assert_eq!(inflater.inflate(&sent, size as usize, &mut text), Ok(()));
                assert!(text == message, "{size}");
            }
        }
    }

    #[test]
    fn what_is_sent_again_is_short_when_it_is_kept() {
        let message = b"a text that does not repeat itself";
        let length = |keeps| {
            let mut deflater = Deflater::new(keeps, 15);
            let (mut first, mut second) = (Vec::new(), Vec::new());
            deflater.compress(message, &mut first);
            deflater.compress(message, &mut second);
            (first.len(), second.len())
        };
        assert_eq!(length(false).0, length(false).1);
        assert!(length(true).1 < length(true).0 / 2);
    }

    #[test]
    fn a_last_block_ends_a_message_and_not_the_connection() {
        for keeps in [false, true] {
            let mut inflater = Inflater::new(keeps);
            let mut text = Vec::new();
            for message in [
                &[0xf3, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00, 0x00][..],
                &[0xf3, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00],
                &[0xf2, 0x48, 0x05, 0x00, 0x00, 0x00, 0xff, 0xff, 0xca, 0xc9, 0xc9, 0x07, 0x00],
            ] {
                assert_eq!(inflater.inflate(message, 100, &mut text), Ok(()));
                assert_eq!(text, b"Hello");
            }
        }
    }

    #[test]
    fn bombs_and_nonsense() {
        let mut bomb = Vec::new();
        Deflater::new(false, 15).compress(&vec![0; 10_000_000], &mut bomb);
        assert!(bomb.len() < 20_000);
        let mut text = Vec::new();
        assert_eq!(Inflater::new(false).inflate(&bomb, 1_000_000, &mut text).map_err(|it| it.code), Err(1009));
        assert!(text.capacity() < 2_200_000);
        assert_eq!(Inflater::new(false).inflate(&[0xff; 20], 1000, &mut text).map_err(|it| it.code), Err(1007));
    }
}
