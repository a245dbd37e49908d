//! Compiles SQLite: the amalgamation that `libsqlite3-sys` carries, with `sqlite/shim.c` behind it and with the parser
//! that knows `UPDATE … LIMIT` (`sqlite/README.md`).
//!
//! `libsqlite3-sys` compiles nothing: `.cargo/config.toml` defines the macro that guards the whole amalgamation.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// An amalgamation of the same check-in whose parser has the whole grammar: a devDependency in package.json.
const WHOLE_GRAMMAR: &str = "../../node_modules/better-sqlite3/deps/sqlite3/sqlite3.c";
/// What [`WHOLE_GRAMMAR`] makes possible.
const OPTIONS_OF_GRAMMAR: &[&str] = &["SQLITE_UDL_CAPABLE_PARSER", "SQLITE_ENABLE_UPDATE_DELETE_LIMIT"];
/// Empties the object of `libsqlite3-sys`.
const GUARD: &str = "-DSQLITE_AMALGAMATION";

/// What Bun's build has; docs/sqlite.md compares `pragma compile_options`.
const OPTIONS: &[(&str, Option<&str>)] = &[
    ("SQLITE_CORE", None),
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
    ("SQLITE_MAX_VARIABLE_NUMBER", Some("250000")),
    ("SQLITE_THREADSAFE", Some("1")),
    ("HAVE_USLEEP", Some("1")),
    ("_POSIX_THREAD_SAFE_FUNCTIONS", None),
];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=sqlite");
    println!("cargo::rerun-if-changed={WHOLE_GRAMMAR}");
    println!("cargo::rerun-if-env-changed=LIBSQLITE3_FLAGS");
    if !env::var("LIBSQLITE3_FLAGS").unwrap_or_default().split_whitespace().any(|flag| flag == GUARD) {
        return Err(format!("LIBSQLITE3_FLAGS must have {GUARD}, as .cargo/config.toml has it").into());
    }
    let include = PathBuf::from(env::var("DEP_SQLITE3_INCLUDE")?);
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let amalgamation = fs::read_to_string(include.join("sqlite3.c"))?;
    let source = out.join("sqlite3.c");
    let parsed = fs::read_to_string(WHOLE_GRAMMAR).ok().and_then(|other| with_parser_of(&other, &amalgamation));
    if parsed.is_none() {
        println!(
            "cargo::warning=without `npm ci`, or with another SQLite in better-sqlite3, there is no UPDATE … LIMIT"
        );
    }
    let has_whole_grammar = parsed.is_some();
    fs::write(&source, parsed.unwrap_or(amalgamation) + &fs::read_to_string("sqlite/shim.c")?)?;
    compile(&source, &include, if has_whole_grammar { OPTIONS_OF_GRAMMAR } else { &[] });
    Ok(())
}

/// The amalgamation with the parser of another one of the same check-in.
fn with_parser_of(other: &str, amalgamation: &str) -> Option<String> {
    if source_id(other)? != source_id(amalgamation)? {
        return None;
    }
    let (start, end) = parser_in(amalgamation)?;
    let (from, to) = parser_in(other)?;
    Some([&amalgamation[..start], &other[from..to], &amalgamation[end..]].concat())
}

fn source_id(amalgamation: &str) -> Option<&str> {
    let start = amalgamation.find("#define SQLITE_SOURCE_ID")?;
    amalgamation[start..].lines().next()
}

fn parser_in(amalgamation: &str) -> Option<(usize, usize)> {
    let start = amalgamation.find("/************** Begin file parse.c")?;
    let end = start + amalgamation[start..].find("/************** End of parse.c")?;
    Some((start, end))
}

fn compile(source: &Path, include: &Path, more: &[&str]) {
    let mut build = cc::Build::new();
    // The same in debug builds of the addon, which the tests run with. A point query takes 3 to 6 % less than with -O3, which
    // makes a fifth more of code; gcc's pass for common subexpressions holds too much in registers across the opcodes.
    build.include(include).warnings(false).opt_level(2).debug(false).flag_if_supported("-fno-gcse");
    for &name in more {
        build.define(name, None);
    }
    for &(name, value) in OPTIONS {
        build.define(name, value);
    }
    if env::var_os("CARGO_CFG_WINDOWS").is_none() {
        build.define("HAVE_LOCALTIME_R", None);
    }
    // SQLite calls its own functions directly instead of through the dynamic linker's table: 10-20 % of a point query.
    build.flag_if_supported("-fvisibility=hidden").flag_if_supported("-fno-semantic-interposition");
    match trained(&build, source) {
        Ok(Some(object)) => build.object(object),
        Ok(None) => build.file(source),
        Err(reason) => {
            println!("cargo::warning=SQLite is compiled without a profile: {reason}");
            build.file(source)
        }
    };
    build.compile("dx_sqlite3");
}

/// Compiles a released build for the paths that `sqlite/train.c` takes most: a first compilation counts them. `None` where
/// that is not done: in debug builds, for other machines, and without gcc.
///
/// What the program does not do is compiled as without a profile.
fn trained(build: &cc::Build, source: &Path) -> Result<Option<PathBuf>, Box<dyn Error>> {
    let tool = build.try_get_compiler()?;
    let is_released = env::var("PROFILE")? == "release";
    if !is_released || env::var("HOST")? != env::var("TARGET")? || !tool.is_like_gnu() {
        return Ok(None);
    }
    // gcc writes and looks for the counts beside the object.
    let folder = PathBuf::from(env::var("OUT_DIR")?).join("train");
    fs::create_dir_all(&folder)?;
    let [object, counts, program] = ["sqlite3.o", "sqlite3.gcda", "train"].map(|name| folder.join(name));
    let _ = fs::remove_file(&counts);
    let gcc = |arguments: &[&str], files: &[&Path]| succeed(tool.to_command().args(arguments).args(files));
    gcc(&["-fprofile-generate", "-c", "-o"], &[&object, source])?;
    let linux = env::var("CARGO_CFG_TARGET_OS")? == "linux";
    let libraries = if linux { &["-lm", "-lpthread", "-ldl"][..] } else { &["-lm"] };
    let mut parts = vec![program.as_path(), Path::new("sqlite/train.c"), &object];
    parts.extend(libraries.iter().map(Path::new));
    gcc(&["-fprofile-generate", "-o"], &parts)?;
    succeed(Command::new(&program).arg(&folder))?;
    if !counts.exists() {
        return Err("nothing was counted".into());
    }
    gcc(&["-fprofile-use", "-fprofile-partial-training", "-c", "-o"], &[&object, source])?;
    Ok(Some(object))
}

fn succeed(command: &mut Command) -> Result<(), Box<dyn Error>> {
    let status = command.status()?;
    if status.success() { Ok(()) } else { Err(format!("{}: {status}", command.get_program().display()).into()) }
}
