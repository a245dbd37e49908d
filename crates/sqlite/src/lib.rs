//! SQLite engine behind bun:sqlite.

#![forbid(unsafe_code)]
