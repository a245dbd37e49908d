//! What `stat` tells of many files at once.

use std::fs::Metadata;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

/// Numbers of one file: whether it was found, then those that `fs.Stats` is made of, times in seconds and nanoseconds.
pub const FACTS: usize = 19;

/// Looks at every path; of one that cannot be looked at all numbers are 0. Links are followed, or looked at themselves.
#[must_use]
pub fn facts<'path>(paths: impl Iterator<Item = &'path str>, follow: bool) -> Vec<f64> {
    let look = |path: &Path| if follow { path.metadata() } else { path.symlink_metadata() };
    paths.flat_map(|path| look(Path::new(path)).map_or([0.0; FACTS], |metadata| numbers(&metadata))).collect()
}

#[expect(clippy::cast_precision_loss, reason = "JavaScript's numbers; Node has them so as well")]
fn numbers(of: &Metadata) -> [f64; FACTS] {
    // As libuv: where nobody knows when it was made, that was at the beginning.
    let (made, made_nanoseconds) = of.created().map_or((0, 0), since_epoch);
    [
        1.0,
        of.dev() as f64,
        f64::from(of.mode()),
        of.nlink() as f64,
        f64::from(of.uid()),
        f64::from(of.gid()),
        of.rdev() as f64,
        of.blksize() as f64,
        of.ino() as f64,
        of.size() as f64,
        of.blocks() as f64,
        of.atime() as f64,
        of.atime_nsec() as f64,
        of.mtime() as f64,
        of.mtime_nsec() as f64,
        of.ctime() as f64,
        of.ctime_nsec() as f64,
        made as f64,
        f64::from(made_nanoseconds),
    ]
}

fn since_epoch(time: SystemTime) -> (i64, u32) {
    const SECOND: u32 = 1_000_000_000;
    match time.duration_since(UNIX_EPOCH) {
        Ok(after) => (after.as_secs().cast_signed(), after.subsec_nanos()),
        Err(before) => {
            let (seconds, nanoseconds) = (before.duration().as_secs().cast_signed(), before.duration().subsec_nanos());
            (-seconds - i64::from(nanoseconds > 0), (SECOND - nanoseconds) % SECOND)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_looked_at_in_their_order() {
        let folder = std::env::temp_dir().join(format!("dx-stat-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let path = |name: &str| folder.join(name).to_str().unwrap().to_owned();
        std::fs::write(path("file"), "12345").unwrap();
        std::os::unix::fs::symlink("file", path("link")).unwrap();
        let paths = [path("none"), path("file"), path("link")];
        let followed = facts(paths.iter().map(String::as_str), true);
        let themselves = facts(paths.iter().map(String::as_str), false);
        assert_eq!(followed.len(), 3 * FACTS);
        assert_eq!(followed[..FACTS], [0.0; FACTS]);
        assert_eq!((followed[FACTS], followed[FACTS + 9]), (1.0, 5.0));
        assert_eq!(followed[FACTS..2 * FACTS], followed[2 * FACTS..]);
        assert_eq!(themselves[2 * FACTS + 9..][..1], [4.0]);
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
