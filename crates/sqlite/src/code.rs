//! Result codes: their names (`SQLiteError.code`) and SQLite's own wording.
#![expect(unsafe_code, reason = "sqlite3_errstr returns a C string")]

use std::ffi::CStr;

use rusqlite::ffi;

/// Names a result code, extended or not; the primary code's name when the extended one is unknown.
pub(crate) fn name(code: i32) -> &'static str {
    exact(code).or_else(|| exact(code & 0xff)).unwrap_or("")
}

/// Gives SQLite's wording for a result code.
pub(crate) fn describe(code: i32) -> String {
    // SAFETY: sqlite3_errstr accepts any number and returns a static, NUL-terminated string.
    let text = unsafe { ffi::sqlite3_errstr(code) };
    // SAFETY: see above; SQLite never returns null here.
    unsafe { CStr::from_ptr(text) }.to_string_lossy().into_owned()
}

/// The codes of sqlite3.h (<https://www.sqlite.org/rescode.html>).
fn exact(code: i32) -> Option<&'static str> {
    Some(match code {
        1 => "SQLITE_ERROR",
        2 => "SQLITE_INTERNAL",
        3 => "SQLITE_PERM",
        4 => "SQLITE_ABORT",
        5 => "SQLITE_BUSY",
        6 => "SQLITE_LOCKED",
        7 => "SQLITE_NOMEM",
        8 => "SQLITE_READONLY",
        9 => "SQLITE_INTERRUPT",
        10 => "SQLITE_IOERR",
        11 => "SQLITE_CORRUPT",
        12 => "SQLITE_NOTFOUND",
        13 => "SQLITE_FULL",
        14 => "SQLITE_CANTOPEN",
        15 => "SQLITE_PROTOCOL",
        16 => "SQLITE_EMPTY",
        17 => "SQLITE_SCHEMA",
        18 => "SQLITE_TOOBIG",
        19 => "SQLITE_CONSTRAINT",
        20 => "SQLITE_MISMATCH",
        21 => "SQLITE_MISUSE",
        22 => "SQLITE_NOLFS",
        23 => "SQLITE_AUTH",
        24 => "SQLITE_FORMAT",
        25 => "SQLITE_RANGE",
        26 => "SQLITE_NOTADB",
        27 => "SQLITE_NOTICE",
        28 => "SQLITE_WARNING",
        100 => "SQLITE_ROW",
        101 => "SQLITE_DONE",
        257 => "SQLITE_ERROR_MISSING_COLLSEQ",
        261 => "SQLITE_BUSY_RECOVERY",
        262 => "SQLITE_LOCKED_SHAREDCACHE",
        264 => "SQLITE_READONLY_RECOVERY",
        266 => "SQLITE_IOERR_READ",
        267 => "SQLITE_CORRUPT_VTAB",
        270 => "SQLITE_CANTOPEN_NOTEMPDIR",
        275 => "SQLITE_CONSTRAINT_CHECK",
        279 => "SQLITE_AUTH_USER",
        283 => "SQLITE_NOTICE_RECOVER_WAL",
        284 => "SQLITE_WARNING_AUTOINDEX",
        513 => "SQLITE_ERROR_RETRY",
        516 => "SQLITE_ABORT_ROLLBACK",
        517 => "SQLITE_BUSY_SNAPSHOT",
        518 => "SQLITE_LOCKED_VTAB",
        520 => "SQLITE_READONLY_CANTLOCK",
        522 => "SQLITE_IOERR_SHORT_READ",
        523 => "SQLITE_CORRUPT_SEQUENCE",
        526 => "SQLITE_CANTOPEN_ISDIR",
        531 => "SQLITE_CONSTRAINT_COMMITHOOK",
        539 => "SQLITE_NOTICE_RECOVER_ROLLBACK",
        769 => "SQLITE_ERROR_SNAPSHOT",
        773 => "SQLITE_BUSY_TIMEOUT",
        776 => "SQLITE_READONLY_ROLLBACK",
        778 => "SQLITE_IOERR_WRITE",
        779 => "SQLITE_CORRUPT_INDEX",
        782 => "SQLITE_CANTOPEN_FULLPATH",
        787 => "SQLITE_CONSTRAINT_FOREIGNKEY",
        795 => "SQLITE_NOTICE_RBU",
        1025 => "SQLITE_ERROR_RESERVESIZE",
        1032 => "SQLITE_READONLY_DBMOVED",
        1034 => "SQLITE_IOERR_FSYNC",
        1038 => "SQLITE_CANTOPEN_CONVPATH",
        1043 => "SQLITE_CONSTRAINT_FUNCTION",
        1281 => "SQLITE_ERROR_KEY",
        1288 => "SQLITE_READONLY_CANTINIT",
        1290 => "SQLITE_IOERR_DIR_FSYNC",
        1294 => "SQLITE_CANTOPEN_DIRTYWAL",
        1299 => "SQLITE_CONSTRAINT_NOTNULL",
        1537 => "SQLITE_ERROR_UNABLE",
        1544 => "SQLITE_READONLY_DIRECTORY",
        1546 => "SQLITE_IOERR_TRUNCATE",
        1550 => "SQLITE_CANTOPEN_SYMLINK",
        1555 => "SQLITE_CONSTRAINT_PRIMARYKEY",
        1802 => "SQLITE_IOERR_FSTAT",
        1811 => "SQLITE_CONSTRAINT_TRIGGER",
        2058 => "SQLITE_IOERR_UNLOCK",
        2067 => "SQLITE_CONSTRAINT_UNIQUE",
        2314 => "SQLITE_IOERR_RDLOCK",
        2323 => "SQLITE_CONSTRAINT_VTAB",
        2570 => "SQLITE_IOERR_DELETE",
        2579 => "SQLITE_CONSTRAINT_ROWID",
        2826 => "SQLITE_IOERR_BLOCKED",
        2835 => "SQLITE_CONSTRAINT_PINNED",
        3082 => "SQLITE_IOERR_NOMEM",
        3091 => "SQLITE_CONSTRAINT_DATATYPE",
        3338 => "SQLITE_IOERR_ACCESS",
        3594 => "SQLITE_IOERR_CHECKRESERVEDLOCK",
        3850 => "SQLITE_IOERR_LOCK",
        4106 => "SQLITE_IOERR_CLOSE",
        4362 => "SQLITE_IOERR_DIR_CLOSE",
        4618 => "SQLITE_IOERR_SHMOPEN",
        4874 => "SQLITE_IOERR_SHMSIZE",
        5130 => "SQLITE_IOERR_SHMLOCK",
        5386 => "SQLITE_IOERR_SHMMAP",
        5642 => "SQLITE_IOERR_SEEK",
        5898 => "SQLITE_IOERR_DELETE_NOENT",
        6154 => "SQLITE_IOERR_MMAP",
        6410 => "SQLITE_IOERR_GETTEMPPATH",
        6666 => "SQLITE_IOERR_CONVPATH",
        6922 => "SQLITE_IOERR_VNODE",
        7178 => "SQLITE_IOERR_AUTH",
        7434 => "SQLITE_IOERR_BEGIN_ATOMIC",
        7690 => "SQLITE_IOERR_COMMIT_ATOMIC",
        7946 => "SQLITE_IOERR_ROLLBACK_ATOMIC",
        8202 => "SQLITE_IOERR_DATA",
        8458 => "SQLITE_IOERR_CORRUPTFS",
        8714 => "SQLITE_IOERR_IN_PAGE",
        8970 => "SQLITE_IOERR_BADKEY",
        9226 => "SQLITE_IOERR_CODEC",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::name;

    #[test]
    fn an_extended_code_has_its_own_name_and_an_unknown_one_its_primary() {
        assert_eq!(name(2067), "SQLITE_CONSTRAINT_UNIQUE");
        assert_eq!(name(5), "SQLITE_BUSY");
        assert_eq!(name(0x13 | (0xC8 << 8)), "SQLITE_CONSTRAINT");
        assert_eq!(name(0), "");
    }
}
