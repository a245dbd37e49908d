//! Win32 and Winsock error numbers, translated as libuv's `uv_translate_sys_error` does.

/// Finds the libuv number and name of a Win32 or Winsock error.
pub(super) fn find(raw: i32) -> Option<(i32, &'static str)> {
    Some(match raw {
        2 | 3 | 15 | 53 | 67 | 123 | 126 | 161 | 1463 => (-4058, "ENOENT"),
        5 | 1314 | 8235 => (-4048, "EPERM"),
        6 => (-4083, "EBADF"),
        8 | 14 => (-4057, "ENOMEM"),
        32 | 33 | 231 | 1247 => (-4082, "EBUSY"),
        38 | 109 => (-4095, "EOF"),
        50 | 10045 => (-4049, "ENOTSUP"),
        80 | 183 => (-4075, "EEXIST"),
        87 | 122 | 10022 | 13 => (-4071, "EINVAL"),
        112 | 39 | 82 | 277 | 1129 => (-4055, "ENOSPC"),
        145 => (-4051, "ENOTEMPTY"),
        206 => (-4064, "ENAMETOOLONG"),
        232 | 233 => (-4047, "EPIPE"),
        267 => (-4052, "ENOTDIR"),
        17 => (-4037, "EXDEV"),
        19 => (-4043, "EROFS"),
        4 | 10024 => (-4066, "EMFILE"),
        995 | 10004 => (-4081, "ECANCELED"),
        998 => (-4074, "EFAULT"),
        1117 | 1110 | 1104 | 1105 | 1106 | 205 | 110 => (-4070, "EIO"),
        1 => (-4068, "EISDIR"),
        1921 | 10062 => (-4067, "ELOOP"),
        740 | 10013 => (-4092, "EACCES"),
        10035 => (-4088, "EAGAIN"),
        10037 => (-4084, "EALREADY"),
        10038 => (-4050, "ENOTSOCK"),
        10040 => (-4065, "EMSGSIZE"),
        10047 => (-4089, "EAFNOSUPPORT"),
        10048 => (-4091, "EADDRINUSE"),
        10049 => (-4090, "EADDRNOTAVAIL"),
        10051 | 1231 => (-4062, "ENETUNREACH"),
        10053 | 1236 => (-4079, "ECONNABORTED"),
        10054 | 64 => (-4077, "ECONNRESET"),
        10055 => (-4060, "ENOBUFS"),
        10056 => (-4069, "EISCONN"),
        10057 => (-4053, "ENOTCONN"),
        10060 | 121 => (-4039, "ETIMEDOUT"),
        10061 | 1225 => (-4078, "ECONNREFUSED"),
        10065 | 1232 => (-4073, "EHOSTUNREACH"),
        _ => return None,
    })
}

/// The libuv number of a name that is given to what no call has failed with.
pub(super) fn number(code: &str) -> Option<i32> {
    Some(match code {
        "EISDIR" => -4068,
        "ENODEV" => -4059,
        _ => return None,
    })
}

/// libuv's `UV_UNKNOWN`: what it answers for an error outside the table.
pub(super) fn unknown(_raw: i32) -> i32 {
    -4094
}
