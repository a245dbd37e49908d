//! `errno` numbers of this Unix.

macro_rules! table {
    ($($name:ident)*) => {
        /// Finds the libuv number (`-errno`) and the name of an `errno`.
        pub(super) fn find(raw: i32) -> Option<(i32, &'static str)> {
            $(if raw == libc::$name { return Some((-raw, stringify!($name))); })*
            None
        }

        /// The libuv number of a name.
        pub(super) fn number(code: &str) -> Option<i32> {
            $(if code == stringify!($name) { return Some(-libc::$name); })*
            None
        }
    };
}

/// The libuv number of an `errno` outside the table.
pub(super) fn unknown(raw: i32) -> i32 {
    -raw
}

table! {
    E2BIG
    EACCES
    EADDRINUSE
    EADDRNOTAVAIL
    EAFNOSUPPORT
    EAGAIN
    EALREADY
    EBADF
    EBUSY
    ECANCELED
    ECONNABORTED
    ECONNREFUSED
    ECONNRESET
    EDESTADDRREQ
    EEXIST
    EFAULT
    EFBIG
    EHOSTUNREACH
    EILSEQ
    EINTR
    EINVAL
    EIO
    EISCONN
    EISDIR
    ELOOP
    EMFILE
    EMLINK
    EMSGSIZE
    ENAMETOOLONG
    ENETDOWN
    ENETUNREACH
    ENFILE
    ENOBUFS
    ENODATA
    ENODEV
    ENOENT
    ENOEXEC
    ENOMEM
    ENOPROTOOPT
    ENOSPC
    ENOSYS
    ENOTCONN
    ENOTDIR
    ENOTEMPTY
    ENOTSOCK
    ENOTSUP
    ENOTTY
    ENXIO
    EOVERFLOW
    EPERM
    EPIPE
    EPROTO
    EPROTONOSUPPORT
    EPROTOTYPE
    ERANGE
    EROFS
    ESPIPE
    ESRCH
    ETIMEDOUT
    ETXTBSY
    EXDEV
}
