//! Finding an executable, as a shell does.

#[cfg_attr(unix, path = "unix.rs")]
#[cfg_attr(not(unix), path = "windows.rs")]
mod platform;

use std::path::Path;

/// The path of the executable that `command` names: itself when it has a slash (against
/// `directory`), else the first match along `path`.
///
/// Source: <https://bun.com/docs/runtime/utils#bun-which>.
#[must_use]
pub fn which(command: &str, path: &str, directory: &str) -> Option<String> {
    if command.is_empty() || command.contains('\0') {
        return None;
    }
    let command_path = Path::new(command);
    if command_path.is_absolute() {
        return platform::is_executable(command_path).then(|| command.to_owned());
    }
    if command.contains('/') {
        let inside = command.strip_prefix("./").unwrap_or(command);
        return found(join(directory, inside));
    }
    path.split(':').filter(|entry| !entry.is_empty()).find_map(|entry| {
        let entry = if entry.starts_with('/') { entry.to_owned() } else { join(directory, entry) };
        found(join(&entry, command))
    })
}

fn join(directory: &str, name: &str) -> String {
    format!("{}/{name}", directory.trim_end_matches('/'))
}

fn found(path: String) -> Option<String> {
    platform::is_executable(Path::new(&path)).then_some(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_searched_and_a_path_is_not() {
        assert!(which("sh", "/no/such:/bin:/usr/bin", "/").is_some());
        assert_eq!(which("/bin/sh", "", "/").as_deref(), Some("/bin/sh"));
        assert_eq!(which("./sh", "", "/bin").as_deref(), Some("/bin/sh"));
        assert_eq!(which("bin/sh", "", "/").as_deref(), Some("/bin/sh"));
        assert_eq!(which("sh", "", "/bin"), None);
        assert_eq!(which("", "/bin", "/"), None);
        assert_eq!(which("bin", "/", "/"), None);
    }
}
