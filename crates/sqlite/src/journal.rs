//! The journal of files that we create, which is a WAL unless the program says otherwise (`docs/sqlite.md`).

use crate::hold;

/// What a statement, of which the text is not compiled yet, means for the journal that a new file is due to get.
///
/// `None`: nothing, as it writes nothing: a query, or a pragma that configures. Otherwise the file gets it now, but not
/// when the statement itself chooses a journal.
pub(crate) fn wants_wal(sql: &[u8]) -> Option<bool> {
    const PRAGMA: &[u8] = b"pragma";
    const NAME: &[u8] = b"journal_mode";
    let sql = sql.trim_ascii_start();
    if hold::reads(sql) {
        return None;
    }
    if !sql.get(..PRAGMA.len()).is_some_and(|word| word.eq_ignore_ascii_case(PRAGMA)) {
        return Some(true);
    }
    let statement = sql.split(|&byte| byte == b';').next().unwrap_or_default();
    let at = statement.windows(NAME.len()).position(|word| word.eq_ignore_ascii_case(NAME))?;
    Some(!statement[at..].iter().any(|byte| matches!(byte, b'=' | b'(')))
}

/// Has a copy of a database file say that its journal is no WAL: without a file there is none, and SQLite would refuse to
/// read it. It has all that was committed.
///
/// <https://www.sqlite.org/fileformat.html#file_format_version_numbers>
pub(crate) fn forget_wal(database: &mut [u8]) {
    const MAGIC: &[u8] = b"SQLite format 3\0";
    const WAL: u8 = 2;
    if !database.starts_with(MAGIC) {
        return;
    }
    for version in database.iter_mut().skip(18).take(2) {
        if *version == WAL {
            *version = 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_before_the_journal_and_what_does_not() {
        for sql in
            ["select 1", " WITH x AS (SELECT 1) SELECT * FROM x", "PRAGMA page_size = 8192", "pragma foreign_keys"]
        {
            assert_eq!(wants_wal(sql.as_bytes()), None, "{sql}");
        }
        for sql in
            ["create table t(a)", "begin", "vacuum", "/* x */ select 1", "pragma journal_mode", "attach 'x' as y"]
        {
            assert_eq!(wants_wal(sql.as_bytes()), Some(true), "{sql}");
        }
        for sql in ["PRAGMA journal_mode = DELETE", "pragma main.Journal_Mode(off); create table t(a)"] {
            assert_eq!(wants_wal(sql.as_bytes()), Some(false), "{sql}");
        }
    }

    #[test]
    fn only_the_versions_of_a_database_are_changed() {
        let mut database = b"SQLite format 3\0\x10\0\x02\x02\x02".to_vec();
        forget_wal(&mut database);
        assert_eq!(database, b"SQLite format 3\0\x10\0\x01\x01\x02");
        for mut other in
            [b"no database\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02".to_vec(), b"SQLite format 3\0".to_vec()]
        {
            let before = other.clone();
            forget_wal(&mut other);
            assert_eq!(other, before);
        }
    }
}
