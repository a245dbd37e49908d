//! The utilities that work on files, against a real file system.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::{
    borrow::Cow,
    fs,
    os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink},
    path::{Path, PathBuf},
    sync::atomic::{AtomicUsize, Ordering},
};

use bstr::{BStr, BString};
use dx_shell::{
    cancel::Cancel,
    utility::{Context, Environment, Invocation, Runner, find, run},
};

struct Variables;

impl Environment for Variables {
    fn get(&self, name: &BStr) -> Option<Cow<'_, BStr>> {
        match &**name {
            b"PATH" => Some(Cow::Owned("/usr/bin:/bin".into())),
            b"TZ" => Some(Cow::Owned("UTC".into())),
            _ => None,
        }
    }

    fn exported(&self) -> Vec<(BString, BString)> {
        Vec::new()
    }
}

struct Nothing;

impl Runner for Nothing {
    fn run(&self, _: Invocation<'_>) -> std::io::Result<u8> {
        Ok(127)
    }
}

/// A folder that goes with the test.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("dx-shell-files-{}-{number}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path.canonicalize().unwrap())
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.0.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.0.join(name)).unwrap_or_else(|error| format!("<{:?}>", error.kind()))
    }

    fn has(&self, name: &str) -> bool {
        self.0.join(name).symlink_metadata().is_ok()
    }

    fn mode(&self, name: &str) -> u32 {
        self.0.join(name).symlink_metadata().unwrap().mode() & 0o7777
    }

    fn run(&self, words: &str) -> (u8, String, String) {
        self.answer(words, "")
    }

    fn answer(&self, words: &str, input: &str) -> (u8, String, String) {
        let args: Vec<BString> =
            words.split(' ').map(|word| if word == "''" { "".into() } else { word.into() }).collect();
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let code = run(
            find(&args[0]).unwrap(),
            &mut Context {
                args: &args,
                stdin: &mut input.as_bytes(),
                stdout: &mut out,
                stderr: &mut err,
                cwd: &self.0,
                environment: &Variables,
                cancel: &Cancel::new(),
                runner: &Nothing,
            },
        );
        let here = self.0.display().to_string();
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).replace(&here, "HERE");
        (code, text(out), text(err))
    }

    /// Runs what must work and say nothing.
    fn quietly(&self, words: &str) {
        assert_eq!(self.run(words), (0, String::new(), String::new()), "{words}");
    }

    fn fails(&self, words: &str, code: u8, message: &str) {
        assert_eq!(self.run(words), (code, String::new(), message.to_owned()), "{words}");
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn files(root: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut waiting = vec![root.to_owned()];
    while let Some(folder) = waiting.pop() {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            found.push(entry.path().strip_prefix(root).unwrap().display().to_string());
            if entry.file_type().unwrap().is_dir() {
                waiting.push(entry.path());
            }
        }
    }
    found.sort();
    found
}

#[test]
fn rm_removes_what_it_may() {
    let folder = Folder::new();
    folder.write("f", "");
    folder.quietly("rm f");
    assert!(!folder.has("f"));
    folder.fails("rm f", 1, "rm: f: No such file or directory\n");
    folder.quietly("rm -f f");
    folder.write("d/e/f", "");
    folder.fails("rm d", 1, "rm: d: Is a directory\n");
    folder.fails("rm -d d", 1, "rm: d: Directory not empty\n");
    assert_eq!(folder.run("rm -rv d").1, "d/e/f\nd/e\nd\n");
    folder.write("d/e", "");
    folder.fails("rm d/e/x", 1, "rm: d/e/x: Not a directory\n");
    folder.quietly("rm -rf d nosuch ''");
    // A link to a directory goes, what it points to stays.
    folder.write("real/f", "");
    symlink("real", folder.0.join("link")).unwrap();
    folder.fails("rm -rf link/", 1, "rm: link/: Not a directory\n");
    folder.quietly("rm -r link");
    assert!(folder.has("real/f") && !folder.has("link"));
    folder.write("-x", "");
    folder.quietly("rm -- -x");
    assert_eq!(folder.answer("rm -i real/f", "n\n").2, "rm: remove 'real/f'? ");
    assert!(folder.has("real/f"));
    assert_eq!(folder.answer("rm -i real/f", "y\n").0, 0);
    assert!(!folder.has("real/f"));
}

#[test]
fn rm_refuses_the_root_and_what_is_above() {
    let folder = Folder::new();
    folder.write("d/f", "");
    let inside = Folder(folder.0.join("d"));
    for (words, message) in [
        ("rm -rf /", "rm: \"/\" may not be removed\n"),
        ("rm -rf //", "rm: \"//\" may not be removed\n"),
        ("rm -rf /.", "rm: \"/.\" may not be removed\n"),
        ("rm -rf --no-preserve-root /", "rm: \"/\" may not be removed\n"),
        ("rm -rf .", "rm: .: Invalid argument\n"),
        ("rm -rf ./", "rm: ./: Invalid argument\n"),
        ("rm -rf f /", "rm: \"/\" may not be removed\n"),
    ] {
        inside.fails(words, 1, message);
    }
    assert_eq!(inside.run("rm -rf ..").0, 1);
    assert_eq!(inside.run("rm -rf ../../..").0, 1);
    let above = folder.0.display().to_string();
    assert_eq!(inside.run(&format!("rm -rf {above}")).0, 1);
    assert!(folder.has("d/f"));
    std::mem::forget(inside);
}

#[test]
fn rm_of_a_large_and_of_a_deep_tree() {
    let folder = Folder::new();
    for number in 0..2000 {
        folder.write(&format!("t/{}/{}/f{number}", number % 7, number % 13), "");
    }
    folder.quietly("rm -rf t");
    assert!(!folder.has("t"));
    let mut deep = folder.0.join("deep");
    for _ in 0..300 {
        deep.push("d");
    }
    fs::create_dir_all(&deep).unwrap();
    folder.quietly("rm -rf deep");
    assert!(!folder.has("deep"));
}

#[test]
fn cp_copies_files() {
    let folder = Folder::new();
    folder.write("a", "one");
    folder.write("b", "two and more");
    folder.quietly("cp a c");
    assert_eq!(folder.read("c"), "one");
    folder.quietly("cp a b");
    assert_eq!(folder.read("b"), "one");
    fs::create_dir(folder.0.join("d")).unwrap();
    folder.quietly("cp a b d");
    assert_eq!(folder.read("d/a") + &folder.read("d/b"), "oneone");
    folder.write("e", "stays");
    folder.quietly("cp -n a e");
    assert_eq!(folder.read("e"), "stays");
    assert_eq!(folder.run("cp -v a e").1, "'a' -> 'e'\n");
    folder.quietly("cp -t d c");
    assert!(folder.has("d/c"));
    fs::set_permissions(folder.0.join("a"), fs::Permissions::from_mode(0o750)).unwrap();
    folder.quietly("cp a m");
    assert_eq!(folder.mode("m") & 0o700, 0o700);
    folder.quietly("touch -d 2020-01-01T00:00:00 a");
    folder.quietly("cp -p a p");
    assert_eq!(folder.0.join("p").metadata().unwrap().mtime(), 1_577_836_800);
    assert_eq!(folder.mode("p"), 0o750);
    folder.quietly("cp -l a hard");
    assert_eq!(folder.0.join("hard").metadata().unwrap().nlink(), 2);
    folder.quietly("cp -s a soft");
    assert_eq!(folder.0.join("soft").read_link().unwrap(), Path::new("a"));
    folder.quietly("cp -P soft soft2");
    assert!(folder.0.join("soft2").is_symlink());
    folder.quietly("cp soft plain");
    assert!(!folder.0.join("plain").is_symlink());
    for (words, message) in [
        ("cp nosuch x", "cp: cannot stat 'nosuch': No such file or directory\n"),
        ("cp a a", "cp: 'a' and 'a' are the same file\n"),
        ("cp d x", "cp: -r not specified; omitting directory 'd'\n"),
        ("cp a b nosuch", "cp: target 'nosuch': No such file or directory\n"),
        ("cp a b c", "cp: target 'c': Not a directory\n"),
        ("cp a nosuch/", "cp: cannot create regular file 'nosuch/': Not a directory\n"),
        ("cp a nosuch/x", "cp: cannot create regular file 'nosuch/x': No such file or directory\n"),
        ("cp", "cp: missing file operand\n"),
        ("cp a", "cp: missing destination file operand after 'a'\n"),
        ("cp -z a b", "cp: invalid option -- 'z'\n"),
    ] {
        folder.fails(words, 1, message);
    }
    assert_eq!(folder.read("a"), "one");
}

#[test]
fn cp_copies_trees() {
    let folder = Folder::new();
    folder.write("s/a", "1");
    folder.write("s/t/b", &"x".repeat(200_000));
    folder.write("s/t/empty", "");
    symlink("a", folder.0.join("s/link")).unwrap();
    symlink("nosuch", folder.0.join("s/broken")).unwrap();
    folder.quietly("cp -R s d");
    assert_eq!(files(&folder.0.join("s")), files(&folder.0.join("d")));
    assert_eq!(folder.read("d/t/b"), folder.read("s/t/b"));
    assert_eq!(folder.0.join("d/link").read_link().unwrap(), Path::new("a"));
    // Into what is there.
    folder.quietly("cp -r s d");
    assert!(folder.has("d/s/t/b"));
    folder.quietly("cp -rT s d");
    folder.quietly("cp -rL s/t l");
    assert_eq!(folder.run("cp -rv s/t v").1.lines().next(), Some("'s/t' -> 'v'"));
    folder.fails("cp -R s s/in", 1, "cp: cannot copy a directory, 's', into itself, 's/in'\n");
    folder.fails("cp -R s s", 1, "cp: cannot copy a directory, 's', into itself, 's/s'\n");
    folder.fails("cp -R s s/a", 1, "cp: cannot overwrite non-directory 's/a' with directory 's'\n");
    // A folder that nobody may write to arrives as such.
    fs::create_dir(folder.0.join("ro")).unwrap();
    folder.write("ro/f", "x");
    fs::set_permissions(folder.0.join("ro"), fs::Permissions::from_mode(0o555)).unwrap();
    folder.quietly("cp -R ro ro2");
    assert_eq!((folder.mode("ro2"), folder.read("ro2/f")), (0o555, "x".to_owned()));
    for name in ["ro", "ro2"] {
        fs::set_permissions(folder.0.join(name), fs::Permissions::from_mode(0o755)).unwrap();
    }
    for number in 0..1500 {
        folder.write(&format!("big/{}/f{number}", number % 31), &number.to_string());
    }
    folder.quietly("cp -a big copy");
    assert_eq!(files(&folder.0.join("big")), files(&folder.0.join("copy")));
    assert_eq!(folder.read("copy/0/f31"), "31");
}

#[test]
fn mv_moves() {
    let folder = Folder::new();
    folder.write("a", "1");
    folder.quietly("mv a b");
    assert!(!folder.has("a") && folder.read("b") == "1");
    fs::create_dir(folder.0.join("d")).unwrap();
    folder.write("c", "2");
    folder.quietly("mv b c d");
    assert_eq!(folder.read("d/b") + &folder.read("d/c"), "12");
    folder.quietly("mv d e");
    assert!(folder.has("e/b"));
    folder.write("x", "x");
    folder.quietly("mv -n x e/b");
    assert_eq!(folder.read("e/b"), "1");
    assert_eq!(folder.run("mv -v x y").1, "renamed 'x' -> 'y'\n");
    for (words, code, message) in [
        ("mv nosuch b", 2, "mv: nosuch: No such file or directory\n"),
        ("mv nosuch e", 2, "mv: e/nosuch: No such file or directory\n"),
        ("mv y nosuch/x", 2, "mv: y: No such file or directory\n"),
        ("mv e y", 20, "mv: y: Not a directory\n"),
        ("mv y nosuch nope", 1, "mv: nope: No such file or directory\n"),
        ("mv e/b e/c y", 1, "mv: y is not a directory\n"),
    ] {
        folder.fails(words, code, message);
    }
    assert_eq!(folder.run("mv").2.lines().count(), 2);
}

#[test]
fn ls_lists() {
    let folder = Folder::new();
    folder.write("d/b", "12345");
    folder.write("d/a", "");
    folder.write("d/.h", "");
    folder.write("d/e/f", "");
    symlink("a", folder.0.join("d/l")).unwrap();
    symlink("nosuch", folder.0.join("d/x")).unwrap();
    for (words, expected) in [
        ("ls d", "a\nb\ne\nl\nx\n"),
        ("ls -r d", "x\nl\ne\nb\na\n"),
        ("ls -a d", ".\n..\n.h\na\nb\ne\nl\nx\n"),
        ("ls -A d", ".h\na\nb\ne\nl\nx\n"),
        ("ls -d d", "d\n"),
        ("ls d/b d/a", "d/b\nd/a\n"),
        ("ls d/e d/a", "d/e:\nf\nd/a\n"),
        ("ls -R d", "a\nb\ne\nl\nx\nd/e:\nf\n"),
        ("ls -F d", "a\nb\ne/\nl@\nx@\n"),
        ("ls -p d", "a\nb\ne/\nl\nx\n"),
        ("ls -S d/a d/b", "d/a\nd/b\n"),
        ("ls -m d", "a, b, e, l, x\n"),
        ("ls d/x", "d/x\n"),
    ] {
        assert_eq!(folder.run(words), (0, expected.to_owned(), String::new()), "{words}");
    }
    let long = folder.run("ls -l d/b").1;
    assert!(long.starts_with("-rw") && long.contains(" 5 ") && long.ends_with(" d/b\n"), "{long}");
    assert!(folder.run("ls -l d/l").1.ends_with(" d/l -> a\n"));
    assert!(folder.run("ls -lh d/b").1.contains("       5 "));
    folder.fails("ls nosuch", 1, "ls: nosuch: No such file or directory\n");
    folder.fails("ls -z", 1, "ls: illegal option -- z\n");
    folder.fails("ls ''", 1, "ls: No such file or directory\n");
    let (code, out, err) = folder.run("ls nosuch d/a");
    assert_eq!((code, &*out, &*err), (1, "d/a\n", "ls: nosuch: No such file or directory\n"));
}

#[test]
fn directories_and_times() {
    let folder = Folder::new();
    folder.quietly("mkdir a");
    assert_eq!(folder.run("mkdir -pv b/c").1, "HERE/b\nHERE/b/c\n");
    folder.quietly("mkdir -p b/c");
    folder.quietly("mkdir -m 700 m");
    assert_eq!(folder.mode("m"), 0o700);
    folder.fails("mkdir a", 1, "mkdir: HERE/a: File exists\n");
    folder.fails("mkdir x/y", 1, "mkdir: HERE/x/y: No such file or directory\n");
    folder.fails("mkdir", 1, "usage: mkdir [-pv] [-m mode] directory_name ...\n");
    folder.quietly("rmdir a");
    folder.quietly("rmdir -p b/c");
    assert!(!folder.has("b"));
    folder.write("n/f", "");
    folder.fails("rmdir n", 1, "rmdir: failed to remove 'n': Directory not empty\n");
    folder.quietly("touch t u");
    assert!(folder.has("t") && folder.has("u"));
    folder.quietly("touch -c none");
    assert!(!folder.has("none"));
    folder.quietly("touch -t 202001020304.05 t");
    assert_eq!(folder.0.join("t").metadata().unwrap().mtime(), 1_577_934_245);
    folder.quietly("touch -r t u");
    assert_eq!(folder.0.join("u").metadata().unwrap().mtime(), 1_577_934_245);
    folder.fails("touch no/such", 1, "touch: HERE/no/such: No such file or directory\n");
    folder.quietly("chmod u+x,go-rwx t");
    assert_eq!(folder.mode("t"), 0o700);
    folder.quietly("chmod -x t");
    folder.quietly("chmod -R 750 n");
    assert_eq!((folder.mode("n"), folder.mode("n/f")), (0o750, 0o750));
    folder.fails("chmod z t", 1, "chmod: invalid mode: 'z'\n");
    folder.quietly("ln -s t link");
    folder.quietly("ln t hard");
    folder.fails("ln -s t link", 1, "ln: failed to create symbolic link 'link': File exists\n");
    folder.quietly("ln -sf u link");
    assert_eq!(folder.run("readlink link").1, "u\n");
}

#[test]
fn cat_tee_and_which() {
    let folder = Folder::new();
    folder.write("a", "1\n");
    folder.write("b", "2");
    assert_eq!(folder.answer("cat a - b", "in\n").1, "1\nin\n2");
    let (code, out, err) = folder.run("cat a nosuch b");
    assert_eq!((code, &*out, &*err), (1, "1\n2", "cat: nosuch: No such file or directory\n"));
    folder.fails("cat .", 1, "cat: .: Is a directory\n");
    folder.write("n", "a\n\n\nb\t\u{1}\n");
    assert_eq!(folder.run("cat -n n").1, "     1\ta\n     2\t\n     3\t\n     4\tb\t\u{1}\n");
    assert_eq!(folder.run("cat -bs n").1, "     1\ta\n\n     2\tb\t\u{1}\n");
    assert_eq!(folder.run("cat -A n").1, "a$\n$\n$\nb^I^A$\n");
    assert_eq!(folder.answer("tee x y", "text").1, "text");
    assert_eq!(folder.read("x") + &folder.read("y"), "texttext");
    assert_eq!(folder.answer("tee -a x", "+").0, 0);
    assert_eq!(folder.read("x"), "text+");
    assert_eq!(folder.answer("tee no/such", "t").1, "t");
    assert!(folder.run("which sh").1.ends_with("/sh\n"));
    assert_eq!(folder.run("which nosuch"), (1, "which: nosuch not found\n".to_owned(), String::new()));
    assert_eq!(folder.run("which"), (1, "\n".to_owned(), String::new()));
}
