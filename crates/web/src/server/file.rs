//! Files as bodies, and the requests that want a part of one or only what has changed.

use std::cell::Cell;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::rc::Rc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::header::{HeaderName, IF_MATCH, IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_RANGE, IF_UNMODIFIED_SINCE, RANGE};
use http::{HeaderMap, StatusCode};

use super::connection::MAX_BUFFER;
use super::link::Link;
use super::piece::{Piece, STRETCH};

/// So much of a file is read at a time, when the socket has taken what came before.
const CHUNK: u64 = 128 * 1024;
/// Shorter files are read: they leave in one system call with their head.
const SHORT: u64 = 16 * 1024;

/// A file that is being sent.
#[derive(Debug)]
pub(crate) struct Outgoing {
    pub(crate) file: File,
    /// Bytes that were lent to the connection and that the socket has not taken.
    unsent: Cell<u64>,
}

impl Outgoing {
    /// The socket has taken so many bytes.
    pub(crate) fn sent(&self, length: usize) {
        self.unsent.set(self.unsent.get().saturating_sub(length as u64));
    }
}

/// A stretch of an open file.
#[derive(Debug)]
pub(crate) struct FileBody {
    file: Rc<Outgoing>,
    left: u64,
}

impl FileBody {
    /// What is still to be sent.
    pub(crate) fn left(&self) -> u64 {
        self.left + self.file.unsent.get()
    }

    /// Whether all was handed on, and but for a rest that hyper does not wait for is sent.
    pub(crate) fn is_whole(&self) -> bool {
        self.left == 0 && self.file.unsent.get() < MAX_BUFFER as u64
    }

    /// Lets the connection send what comes next by itself; `None` for what is too short for that.
    pub(crate) fn lend(&mut self, link: &Link) -> Option<Piece> {
        if self.left == 0 || (self.left <= SHORT && !link.is_sending(&self.file)) {
            return None;
        }
        let length = usize::try_from(self.left).unwrap_or(usize::MAX).min(STRETCH);
        link.send_file(&self.file);
        self.left -= length as u64;
        self.file.unsent.set(self.file.unsent.get() + length as u64);
        Some(Piece::File(length, link.core.nowhere()))
    }

    /// Reads on. The file may have been cut meanwhile, which is an error: its length was promised.
    pub(crate) fn next(&mut self) -> io::Result<Option<Bytes>> {
        if self.left == 0 {
            return Ok(None);
        }
        let wanted = self.left.min(CHUNK);
        let mut chunk = Vec::with_capacity(usize::try_from(wanted).unwrap_or(0));
        (&self.file.file).take(wanted).read_to_end(&mut chunk)?;
        if chunk.is_empty() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.left -= chunk.len() as u64;
        Ok(Some(Bytes::from(chunk)))
    }
}

/// An open file and what is known of it.
#[derive(Debug)]
pub(crate) struct Opened {
    file: File,
    pub(crate) size: u64,
    pub(crate) modified: Option<SystemTime>,
}

impl Opened {
    /// Opens a regular file; what is none gives [`io::ErrorKind::InvalidInput`].
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        // Looked at first: opening a pipe would wait for its writer.
        if !std::fs::metadata(path)?.is_file() {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        let file = File::open(path)?;
        let metadata = file.metadata()?;
        Ok(Self { file, size: metadata.len(), modified: metadata.modified().ok() })
    }

    /// The bytes from `start` on.
    pub(crate) fn body(mut self, start: u64, length: u64) -> io::Result<FileBody> {
        if start > 0 {
            self.file.seek(SeekFrom::Start(start))?;
        }
        let file = Outgoing { file: self.file, unsent: Cell::new(0) };
        Ok(FileBody { file: Rc::new(file), left: length })
    }
}

/// What a `Range` asks for (RFC 9110 section 14).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// Everything: no range, more than one, or one that cannot be read.
    Whole,
    /// First byte and length.
    Of(u64, u64),
    /// Nothing of the file.
    Outside,
}

/// Reads the value of a `Range`.
pub(crate) fn part(range: &str, size: u64) -> Part {
    let Some((unit, spec)) = range.split_once('=') else { return Part::Whole };
    let Some((first, last)) = spec.trim().split_once('-') else { return Part::Whole };
    if !unit.trim().eq_ignore_ascii_case("bytes") || spec.contains(',') {
        return Part::Whole;
    }
    let number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().unwrap_or(u64::MAX));
    match (first.trim(), last.trim()) {
        ("", "") => Part::Whole,
        ("", last) => match number(last) {
            None => Part::Whole,
            Some(_) if size == 0 => Part::Outside,
            Some(0) => Part::Outside,
            Some(length) => Part::Of(size.saturating_sub(length), length.min(size)),
        },
        (first, last) => {
            let last = if last.is_empty() { Some(u64::MAX) } else { number(last) };
            match (number(first), last) {
                (Some(first), Some(last)) if first > last => Part::Whole,
                (Some(first), Some(_)) if first >= size => Part::Outside,
                (Some(first), Some(last)) => Part::Of(first, last.min(size - 1) - first + 1),
                _ => Part::Whole,
            }
        }
    }
}

/// The range that a request may have: `If-Range` must name what is there (section 13.1.5).
pub(crate) fn wanted_part(headers: &HeaderMap, size: u64, etag: Option<&str>, modified: Option<SystemTime>) -> Part {
    let Some(range) = text(headers, &RANGE) else { return Part::Whole };
    let fresh = match text(headers, &IF_RANGE) {
        None => true,
        Some(given) if given.starts_with('"') => etag == Some(given),
        Some(given) => date(given).is_some_and(|date| modified.map(seconds) == Some(date)),
    };
    if fresh { part(range, size) } else { Part::Whole }
}

/// What the preconditions of a request come to (section 13.2.2): a status in place of the answer.
pub(crate) fn precondition(
    headers: &HeaderMap,
    etag: Option<&str>,
    modified: Option<SystemTime>,
) -> Option<StatusCode> {
    let modified = modified.map(seconds);
    let since = |name: &HeaderName| text(headers, name).and_then(date).zip(modified);
    if let Some(tags) = text(headers, &IF_MATCH) {
        if !is_listed(tags, etag) {
            return Some(StatusCode::PRECONDITION_FAILED);
        }
    } else if since(&IF_UNMODIFIED_SINCE).is_some_and(|(date, modified)| modified > date) {
        return Some(StatusCode::PRECONDITION_FAILED);
    }
    let unchanged = match text(headers, &IF_NONE_MATCH) {
        Some(tags) => is_listed(tags, etag),
        None => since(&IF_MODIFIED_SINCE).is_some_and(|(date, modified)| modified <= date),
    };
    unchanged.then_some(StatusCode::NOT_MODIFIED)
}

/// Whether a list of entity tags names one, weakly; as in Bun, with or without quotes.
fn is_listed(tags: &str, etag: Option<&str>) -> bool {
    let bare = |tag: &str| tag.trim().trim_start_matches("W/").trim_matches('"').to_owned();
    tags.trim() == "*" || etag.is_some_and(|etag| tags.split(',').any(|tag| bare(tag) == bare(etag)))
}

fn text<'headers>(headers: &'headers HeaderMap, name: &HeaderName) -> Option<&'headers str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// A date of HTTP. As in Bun the day of the week may be wrong, and ISO 8601 in UTC is understood.
pub(crate) fn date(text: &str) -> Option<SystemTime> {
    if let Ok(date) = httpdate::parse_http_date(text) {
        return Some(date);
    }
    if let Some((_, rest)) = text.split_once(", ") {
        return ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
            .iter()
            .find_map(|day| httpdate::parse_http_date(&format!("{day}, {rest}")).ok());
    }
    let (day, time) = text.strip_suffix('Z')?.split_once('T')?;
    let [year, month, day] = numbers(day, '-')?;
    let [hour, minute, second] = numbers(time.split('.').next()?, ':')?;
    let month = MONTHS.get(usize::try_from(month).ok()?.checked_sub(1)?)?;
    date(&format!("Mon, {day:02} {month} {year:04} {hour:02}:{minute:02}:{second:02} GMT"))
}

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

fn numbers(text: &str, separator: char) -> Option<[u32; 3]> {
    let mut parts = text.split(separator).map(|part| part.parse().ok());
    let numbers = [parts.next()??, parts.next()??, parts.next()??];
    parts.next().is_none().then_some(numbers)
}

/// A time as HTTP has it, in whole seconds.
fn seconds(time: SystemTime) -> SystemTime {
    let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or(Duration::ZERO);
    SystemTime::UNIX_EPOCH + Duration::from_secs(since.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges() {
        let cases = [
            ("bytes=0-3", Part::Of(0, 4)),
            ("bytes=2-", Part::Of(2, 8)),
            ("bytes=-3", Part::Of(7, 3)),
            ("bytes=5-100", Part::Of(5, 5)),
            ("bytes=-100", Part::Of(0, 10)),
            ("BYTES= 0-0 ", Part::Of(0, 1)),
            ("bytes=10-", Part::Outside),
            ("bytes=99999999999999999999-", Part::Outside),
            ("bytes=-0", Part::Outside),
            ("bytes=3-1", Part::Whole),
            ("bytes=0-1,3-4", Part::Whole),
            ("bytes=abc", Part::Whole),
            ("bytes=-", Part::Whole),
            ("items=0-1", Part::Whole),
            ("bytes=+1-2", Part::Whole),
        ];
        for (range, expected) in cases {
            assert_eq!(part(range, 10), expected, "{range}");
        }
        assert_eq!(part("bytes=0-3", 0), Part::Outside);
    }

    #[test]
    fn preconditions() {
        let modified = httpdate::parse_http_date("Tue, 14 Nov 2023 22:13:20 GMT").ok();
        let check = |name: HeaderName, value: &'static str| {
            let headers = HeaderMap::from_iter([(name, http::HeaderValue::from_static(value))]);
            precondition(&headers, Some("\"a\""), modified).map_or(200, |status| status.as_u16())
        };
        assert_eq!(check(IF_NONE_MATCH, "W/\"b\", W/\"a\""), 304);
        assert_eq!(check(IF_NONE_MATCH, "a"), 304);
        assert_eq!(check(IF_NONE_MATCH, "*"), 304);
        assert_eq!(check(IF_NONE_MATCH, "\"b\""), 200);
        assert_eq!(check(IF_MATCH, "\"b\""), 412);
        assert_eq!(check(IF_MATCH, "\"a\""), 200);
        assert_eq!(check(IF_MODIFIED_SINCE, "Tue, 14 Nov 2023 22:13:20 GMT"), 304);
        assert_eq!(check(IF_MODIFIED_SINCE, "Sat, 14 Nov 2020 22:13:20 GMT"), 200);
        assert_eq!(check(IF_MODIFIED_SINCE, "Mon, 14 Nov 2023 22:13:20 GMT"), 304);
        assert_eq!(check(IF_MODIFIED_SINCE, "2023-11-14T22:13:30.000Z"), 304);
        assert_eq!(check(IF_MODIFIED_SINCE, "2023-11-14T22:13:10.000Z"), 200);
        assert_eq!(check(IF_MODIFIED_SINCE, "2023-13-14T22:13:10.000Z"), 200);
        assert_eq!(check(IF_MODIFIED_SINCE, "yesterday"), 200);
        assert_eq!(check(IF_UNMODIFIED_SINCE, "Sat, 14 Nov 2020 22:13:20 GMT"), 412);
    }
}
