//! Emitted code on disk, keyed by source, options and version.
//!
//! Entries are written beside their place and renamed into it, so that a reader sees a whole entry
//! or none; a checksum guards against what a crash or a full disk left behind.

use std::fmt::Write as _;
use std::fs;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use sha2::{Digest, Sha256};

use crate::requests::Request;
use crate::{ModuleKind, TranspileOptions, Transpiled};

/// Below this many bytes, transpiling is as quick as reading an entry.
const WORTH_KEEPING: usize = 4096;

/// Changes whenever emitted code does.
const VERSION: &str = concat!("dx-transpiler ", env!("CARGO_PKG_VERSION"), " 4");

/// A folder of entries.
pub(crate) struct Cache {
    folder: PathBuf,
}

impl Cache {
    pub(crate) fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Finds where the entry of a source lies; `None` when it is not worth one.
    pub(crate) fn entry(&self, source: &str, path: &str, options: &TranspileOptions) -> Option<PathBuf> {
        if source.len() < WORTH_KEEPING {
            return None;
        }
        let mut digest = Sha256::new();
        let mut options_hash = StableHasher(0xcbf2_9ce4_8422_2325);
        options.hash(&mut options_hash);
        digest.update(VERSION.as_bytes());
        digest.update(options_hash.finish().to_le_bytes());
        // JSX in development names the file in the emitted code.
        digest.update(path.as_bytes());
        digest.update([0]);
        digest.update(source.as_bytes());
        let mut name = String::with_capacity(32);
        for byte in digest.finalize().iter().take(16) {
            // Writing to a string does not fail.
            let _ = write!(name, "{byte:02x}");
        }
        Some(self.folder.join(name))
    }
}

/// Reads an entry; anything that is not whole counts as absent.
pub(crate) fn read(entry: &Path) -> Option<Transpiled> {
    let bytes = fs::read(entry).ok()?;
    let (sum, payload) = bytes.split_at_checked(16)?;
    if checksum(payload)[..] != *sum {
        return None;
    }
    let (kind, mut rest) = payload.split_first()?;
    let kind = if *kind == 1 { ModuleKind::Esm } else { ModuleKind::CommonJs };
    let code = text(&mut rest)?;
    let mappings = text(&mut rest)?;
    let mut requests = Vec::new();
    for _ in 0..count(&mut rest)? {
        let specifier = text(&mut rest)?;
        let names = (0..count(&mut rest)?).map(|_| text(&mut rest)).collect::<Option<_>>()?;
        requests.push(Request { specifier, names });
    }
    Some(Transpiled { code, mappings, kind, requests })
}

/// Writes an entry. A failure costs nothing but the entry: the cache is an aid, not a store.
pub(crate) fn write(entry: &Path, module: &Transpiled) {
    static SERIAL: AtomicU64 = AtomicU64::new(0);
    let mut payload = vec![u8::from(module.kind == ModuleKind::Esm)];
    put(&mut payload, &module.code);
    put(&mut payload, &module.mappings);
    put_count(&mut payload, module.requests.len());
    for request in &module.requests {
        put(&mut payload, &request.specifier);
        put_count(&mut payload, request.names.len());
        request.names.iter().for_each(|name| put(&mut payload, name));
    }
    let mut bytes = checksum(&payload).to_vec();
    bytes.append(&mut payload);
    let serial = SERIAL.fetch_add(1, Ordering::Relaxed);
    let beside = entry.with_extension(format!("{}.{serial}.tmp", std::process::id()));
    if fs::write(&beside, &bytes).is_err() {
        let made = entry.parent().is_some_and(|folder| fs::create_dir_all(folder).is_ok());
        if !made || fs::write(&beside, &bytes).is_err() {
            let _ = fs::remove_file(&beside);
            return;
        }
    }
    if fs::rename(&beside, entry).is_err() {
        let _ = fs::remove_file(&beside);
    }
}

fn checksum(payload: &[u8]) -> [u8; 16] {
    let mut sum = [0; 16];
    sum.copy_from_slice(&Sha256::digest(payload)[..16]);
    sum
}

fn put(out: &mut Vec<u8>, text: &str) {
    put_count(out, text.len());
    out.extend_from_slice(text.as_bytes());
}

fn put_count(out: &mut Vec<u8>, count: usize) {
    out.extend_from_slice(&(count as u64).to_le_bytes());
}

fn count(rest: &mut &[u8]) -> Option<usize> {
    let (head, tail) = rest.split_first_chunk::<8>()?;
    *rest = tail;
    usize::try_from(u64::from_le_bytes(*head)).ok()
}

fn text(rest: &mut &[u8]) -> Option<String> {
    let length = count(rest)?;
    let (head, tail) = rest.split_at_checked(length)?;
    *rest = tail;
    String::from_utf8(head.to_vec()).ok()
}

/// FNV-1a: the same in every process, unlike the standard library's.
struct StableHasher(u64);

impl Hasher for StableHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Transpiled {
        Transpiled {
            code: "export {}".into(),
            mappings: "AAAA".into(),
            kind: ModuleKind::Esm,
            requests: vec![Request { specifier: "./a".into(), names: vec!["x".into(), "*".into()] }],
        }
    }

    #[test]
    fn an_entry_comes_back_whole_or_not_at_all() {
        let folder = std::env::temp_dir().join(format!("dx-cache-{}", std::process::id()));
        let cache = Cache::new(folder.clone());
        let source = "x".repeat(WORTH_KEEPING);
        let entry = cache.entry(&source, "/a.ts", &TranspileOptions::default()).unwrap();
        assert_eq!(read(&entry), None);
        write(&entry, &sample());
        assert_eq!(read(&entry), Some(sample()));
        let mut bytes = fs::read(&entry).unwrap();
        let last = bytes.len() - 1;
        bytes[last] ^= 1;
        fs::write(&entry, &bytes).unwrap();
        assert_eq!(read(&entry), None);
        fs::write(&entry, &bytes[..10]).unwrap();
        assert_eq!(read(&entry), None);
        fs::remove_dir_all(folder).unwrap();
    }
}
