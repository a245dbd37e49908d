//! Compiles SQLite: the amalgamation that `libsqlite3-sys` carries, with the parser in `sqlite/parse.c` and with
//! `sqlite/shim.c` behind it.
//!
//! `libsqlite3-sys` compiles nothing: `.cargo/config.toml` defines the macro that guards the whole amalgamation.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::{env, fs};

/// The check-in that `sqlite/parse.c` is of.
const SOURCE_ID: &str = "555e07ef33f69a0957d24d8e555b702464a131d6f1607f4c3c1e4551e8e6ca76";
/// Empties the object of `libsqlite3-sys`.
const GUARD: &str = "-DSQLITE_AMALGAMATION";

/// What Bun's build has; docs/sqlite.md compares `pragma compile_options`.
const OPTIONS: &[(&str, Option<&str>)] = &[
    ("SQLITE_CORE", None),
    ("SQLITE_UDL_CAPABLE_PARSER", None),
    ("SQLITE_DEFAULT_MEMSTATUS", Some("0")),
    ("SQLITE_ENABLE_COLUMN_METADATA", None),
    ("SQLITE_ENABLE_DBSTAT_VTAB", None),
    ("SQLITE_ENABLE_FTS3", None),
    ("SQLITE_ENABLE_FTS3_PARENTHESIS", None),
    ("SQLITE_ENABLE_FTS5", None),
    ("SQLITE_ENABLE_GEOPOLY", None),
    ("SQLITE_ENABLE_MATH_FUNCTIONS", None),
    ("SQLITE_ENABLE_PERCENTILE", None),
    ("SQLITE_ENABLE_PREUPDATE_HOOK", None),
    ("SQLITE_ENABLE_RBU", None),
    ("SQLITE_ENABLE_RTREE", None),
    ("SQLITE_ENABLE_SESSION", None),
    ("SQLITE_ENABLE_UPDATE_DELETE_LIMIT", None),
    ("SQLITE_MAX_VARIABLE_NUMBER", Some("250000")),
    ("SQLITE_THREADSAFE", Some("1")),
    ("HAVE_USLEEP", Some("1")),
    ("_POSIX_THREAD_SAFE_FUNCTIONS", None),
];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=sqlite");
    println!("cargo::rerun-if-env-changed=LIBSQLITE3_FLAGS");
    if !env::var("LIBSQLITE3_FLAGS").unwrap_or_default().split_whitespace().any(|flag| flag == GUARD) {
        return Err(format!("LIBSQLITE3_FLAGS must have {GUARD}, as .cargo/config.toml has it").into());
    }
    let include = PathBuf::from(env::var("DEP_SQLITE3_INCLUDE")?);
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let amalgamation = fs::read_to_string(include.join("sqlite3.c"))?;
    let source = out.join("sqlite3.c");
    let parsed = with_parser(&amalgamation, &fs::read_to_string("sqlite/parse.c")?)?;
    fs::write(&source, parsed + &fs::read_to_string("sqlite/shim.c")?)?;
    compile(&source, &include);
    Ok(())
}

/// Puts a parser in the place of the amalgamation's.
fn with_parser(amalgamation: &str, parser: &str) -> Result<String, Box<dyn Error>> {
    if !amalgamation.contains(SOURCE_ID) {
        return Err("sqlite/parse.c is of another version of SQLite than libsqlite3-sys".into());
    }
    let start = amalgamation.find("/************** Begin file parse.c").ok_or("no parser in the amalgamation")?;
    let length = amalgamation[start..].find("/************** End of parse.c").ok_or("no end of the parser")?;
    let line = amalgamation[start + length..].find('\n').ok_or("no line after the parser")?;
    Ok([&amalgamation[..start], parser, &amalgamation[start + length + line + 1..]].concat())
}

fn compile(source: &Path, include: &Path) {
    let mut build = cc::Build::new();
    // The same in debug builds of the addon, which the tests run with.
    build.file(source).include(include).warnings(false).opt_level(3).debug(false);
    for &(name, value) in OPTIONS {
        build.define(name, value);
    }
    if env::var_os("CARGO_CFG_WINDOWS").is_none() {
        build.define("HAVE_LOCALTIME_R", None);
    }
    // SQLite calls its own functions directly instead of through the dynamic linker's table: 10-20 % of a point query.
    build.flag_if_supported("-fvisibility=hidden").flag_if_supported("-fno-semantic-interposition");
    build.compile("dx_sqlite3");
}
