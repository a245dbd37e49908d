//! Backs `Bun.Archive` (`lib/bun/archive.js`), which has checked every argument.

use std::path::PathBuf;

use dx_bun::archive::{self, Error, Filter};
use dx_bun::compression::{self, Encoder, Wrapping};
use napi::bindgen_prelude::{AsyncTask, Buffer, Uint8Array};
use napi_derive::napi;

use crate::call::{self, Blocking};

/// Packs contents that lie one after the other, with their names and lengths.
#[napi(namespace = "bun")]
#[must_use]
pub fn pack_archive(names: Vec<String>, contents: &[u8], lengths: Vec<u32>) -> Buffer {
    let mut at = 0;
    let parts = lengths.iter().map(|&length| {
        let start = at;
        at = contents.len().min(start + length as usize);
        &contents[start..at]
    });
    archive::pack(names.iter().map(String::as_str).zip(parts)).into()
}

/// Compresses with gzip on the thread pool.
#[napi(namespace = "bun", ts_return_type = "Promise<Buffer>")]
#[must_use]
pub fn gzip_archive(bytes: Uint8Array, level: i32) -> AsyncTask<Blocking<Buffer>> {
    let bytes = bytes.to_vec();
    call::blocking(move || {
        compression::made(|lent| compression::deflate(&bytes, level, Encoder::Any, Wrapping::Gzip, lent))
            .map(|packed| Buffer::from(packed.to_vec()))
    })
}

/// The files of an archive: names joined by NUL; for each the length and the time in milliseconds; the contents.
#[napi(object, namespace = "bun")]
pub struct ArchiveFiles {
    /// Names, each followed by NUL.
    pub names: String,
    /// Length and time of each.
    pub facts: Vec<f64>,
    /// The contents, one after the other.
    pub contents: Buffer,
}

/// Reads the files of an archive on the thread pool.
#[napi(namespace = "bun", ts_return_type = "Promise<ArchiveFiles>")]
#[must_use]
#[allow(clippy::cast_precision_loss, reason = "contents in memory are far smaller than 2^53")]
pub fn archive_files(bytes: Uint8Array, patterns: Vec<String>) -> AsyncTask<Blocking<ArchiveFiles>> {
    let bytes = bytes.to_vec();
    call::blocking(move || {
        let (mut names, mut facts, mut contents) = (String::new(), Vec::new(), Vec::new());
        for file in archive::files(&bytes, &Filter::new(&patterns))? {
            names.push_str(&file.path);
            names.push('\0');
            facts.extend([file.bytes.len() as f64, file.modified]);
            contents.extend(file.bytes);
        }
        Ok::<_, Error>(ArchiveFiles { names, facts, contents: contents.into() })
    })
}

/// Unpacks an archive below a directory on the thread pool; gives the number of entries.
#[napi(namespace = "bun", ts_return_type = "Promise<number>")]
#[must_use]
#[allow(clippy::cast_possible_wrap, reason = "an archive has far fewer entries")]
pub fn extract_archive(bytes: Uint8Array, directory: String, patterns: Vec<String>) -> AsyncTask<Blocking<i64>> {
    let bytes = bytes.to_vec();
    call::blocking(move || {
        archive::extract(&bytes, &PathBuf::from(directory), &Filter::new(&patterns)).map(|count| count as i64)
    })
}
