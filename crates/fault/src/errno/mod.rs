//! The table of system errors: number, name and wording, as Node (libuv) gives them.

use std::borrow::Cow;

#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

#[cfg(unix)]
use unix as platform;
#[cfg(windows)]
use windows as platform;

/// A system error as Node names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Errno {
    /// The number as libuv gives it, negative.
    pub number: i32,
    /// `ENOENT`, …
    pub code: Cow<'static, str>,
    /// libuv's wording.
    pub message: Cow<'static, str>,
}

/// Describes an OS error number (`io::Error::raw_os_error`): `errno` on Unix, `GetLastError` or
/// `WSAGetLastError` on Windows.
///
/// A number outside the table is named `Unknown system error N`, as libuv does.
#[must_use]
pub fn describe(raw: i32) -> Errno {
    if let Some((number, code)) = platform::find(raw) {
        return Errno { number, code: Cow::Borrowed(code), message: Cow::Borrowed(wording(code).unwrap_or(code)) };
    }
    let number = platform::unknown(raw);
    let name = format!("Unknown system error {number}");
    Errno { number, code: Cow::Owned(name.clone()), message: Cow::Owned(name) }
}

/// Describes the error of a name, of which every platform has a number.
pub(crate) fn named(code: &'static str) -> Errno {
    let number = platform::number(code).unwrap_or_else(|| platform::unknown(0));
    Errno { number, code: Cow::Borrowed(code), message: Cow::Borrowed(wording(code).unwrap_or(code)) }
}

fn wording(code: &str) -> Option<&'static str> {
    WORDINGS.iter().find(|(name, _)| *name == code).map(|(_, message)| *message)
}

/// libuv's `UV_ERRNO_MAP`, the entries that a system call can give.
const WORDINGS: &[(&str, &str)] = &[
    ("E2BIG", "argument list too long"),
    ("EACCES", "permission denied"),
    ("EADDRINUSE", "address already in use"),
    ("EADDRNOTAVAIL", "address not available"),
    ("EAFNOSUPPORT", "address family not supported"),
    ("EAGAIN", "resource temporarily unavailable"),
    ("EALREADY", "connection already in progress"),
    ("EBADF", "bad file descriptor"),
    ("EBUSY", "resource busy or locked"),
    ("ECANCELED", "operation canceled"),
    ("ECONNABORTED", "software caused connection abort"),
    ("ECONNREFUSED", "connection refused"),
    ("ECONNRESET", "connection reset by peer"),
    ("EDESTADDRREQ", "destination address required"),
    ("EEXIST", "file already exists"),
    ("EFAULT", "bad address in system call argument"),
    ("EFBIG", "file too large"),
    ("EHOSTUNREACH", "host is unreachable"),
    ("EILSEQ", "illegal byte sequence"),
    ("EINTR", "interrupted system call"),
    ("EINVAL", "invalid argument"),
    ("EIO", "i/o error"),
    ("EISCONN", "socket is already connected"),
    ("EISDIR", "illegal operation on a directory"),
    ("ELOOP", "too many symbolic links encountered"),
    ("EMFILE", "too many open files"),
    ("EMLINK", "too many links"),
    ("EMSGSIZE", "message too long"),
    ("ENAMETOOLONG", "name too long"),
    ("ENETDOWN", "network is down"),
    ("ENETUNREACH", "network is unreachable"),
    ("ENFILE", "file table overflow"),
    ("ENOBUFS", "no buffer space available"),
    ("ENODATA", "no data available"),
    ("ENODEV", "no such device"),
    ("ENOENT", "no such file or directory"),
    ("ENOEXEC", "exec format error"),
    ("ENOMEM", "not enough memory"),
    ("ENOPROTOOPT", "protocol not available"),
    ("ENOSPC", "no space left on device"),
    ("ENOSYS", "function not implemented"),
    ("ENOTCONN", "socket is not connected"),
    ("ENOTDIR", "not a directory"),
    ("ENOTEMPTY", "directory not empty"),
    ("ENOTSOCK", "socket operation on non-socket"),
    ("ENOTSUP", "operation not supported on socket"),
    ("ENOTTY", "inappropriate ioctl for device"),
    ("ENXIO", "no such device or address"),
    ("EOVERFLOW", "value too large for defined data type"),
    ("EPERM", "operation not permitted"),
    ("EPIPE", "broken pipe"),
    ("EPROTO", "protocol error"),
    ("EPROTONOSUPPORT", "protocol not supported"),
    ("EPROTOTYPE", "protocol wrong type for socket"),
    ("ERANGE", "result too large"),
    ("EROFS", "read-only file system"),
    ("ESPIPE", "invalid seek"),
    ("ESRCH", "no such process"),
    ("ETIMEDOUT", "connection timed out"),
    ("ETXTBSY", "text file is busy"),
    ("EXDEV", "cross-device link not permitted"),
    ("EOF", "end of file"),
];
