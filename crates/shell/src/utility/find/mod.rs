//! `find`.

use std::{
    fs::{File, Metadata},
    io,
    path::{Path, PathBuf},
    time::SystemTime,
};

use bstr::{BStr, BString, ByteSlice as _, ByteVec as _};

mod expression;

use super::{
    Context, Invocation,
    text::{complain, reason, resolve},
};
use crate::file::{self, Facts as _, Kind};
use expression::{Action, Expression, Plan, Test};

/// Walks trees and does what the expression says with what it finds, in the order of the names.
///
/// Source: <https://pubs.opengroup.org/onlinepubs/9799919799/utilities/find.html>, with the tests and actions of GNU's
/// that scripts use.
pub(super) fn find(context: &mut Context<'_>) -> io::Result<u8> {
    let plan = match expression::parse(context.args, context.cwd, context.environment) {
        Ok(plan) => plan,
        Err(message) => {
            complain(context.stderr, context.args, message)?;
            return Ok(1);
        }
    };
    let mut files = Vec::new();
    for name in &plan.outputs {
        match File::create(resolve(context.cwd, name.as_bstr())) {
            Ok(file) => files.push(file),
            Err(error) => {
                complain(context.stderr, context.args, format_args!("'{name}': {}", reason(&error)))?;
                return Ok(1);
            }
        }
    }
    let mut walk = Walk {
        pending: vec![Vec::new(); plan.batches],
        plan: &plan,
        context,
        out: Vec::new(),
        files,
        code: 0,
        quit: false,
        now: SystemTime::now(),
    };
    let dot = [BString::from(".")];
    let starts = if plan.starts.is_empty() { &dot[..] } else { &plan.starts };
    for start in starts {
        let path = resolve(walk.context.cwd, start.as_bstr());
        match path.symlink_metadata() {
            Ok(metadata) => {
                let mut entry = Entry { path, shown: start.clone(), depth: 0, kind: kind(&metadata), metadata: None };
                if plan.follow_starts
                    && let Ok(followed) = entry.path.metadata()
                {
                    entry.kind = kind(&followed);
                    entry.metadata = Some(followed);
                } else {
                    entry.metadata = Some(metadata);
                }
                let device = entry.metadata.as_ref().map(|metadata| metadata.identity().0);
                walk.visit(&mut entry, device, &mut Vec::new())?;
            }
            Err(error) => walk.failed(start.as_bstr(), &error)?,
        }
        if walk.quit {
            break;
        }
    }
    walk.finish()
}

fn kind(metadata: &Metadata) -> Kind {
    match metadata.letter() {
        'd' => Kind::Directory,
        'l' => Kind::Link,
        '-' => Kind::File,
        _ => Kind::Other,
    }
}

struct Entry {
    path: PathBuf,
    shown: BString,
    depth: usize,
    kind: Kind,
    metadata: Option<Metadata>,
}

impl Entry {
    fn metadata(&mut self, follow: bool) -> io::Result<&Metadata> {
        if self.metadata.is_none() {
            let followed = if follow { self.path.metadata().ok() } else { None };
            let metadata = match followed {
                Some(metadata) => metadata,
                None => self.path.symlink_metadata()?,
            };
            self.kind = kind(&metadata);
            self.metadata = Some(metadata);
        }
        self.metadata.as_ref().ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn name(&self) -> &[u8] {
        super::names::last_part(self.shown.as_bstr())
    }
}

struct Walk<'a, 'b, 'c> {
    plan: &'a Plan,
    context: &'b mut Context<'c>,
    out: Vec<u8>,
    files: Vec<File>,
    /// Words that wait for each `{} +`.
    pending: Vec<Vec<BString>>,
    code: u8,
    quit: bool,
    now: SystemTime,
}

/// Bytes of paths for one command of `-exec … +`.
const LONGEST: usize = 128 * 1024;

impl Walk<'_, '_, '_> {
    fn failed(&mut self, shown: &BStr, error: &io::Error) -> io::Result<()> {
        self.code = 1;
        self.flush()?;
        complain(self.context.stderr, self.context.args, format_args!("'{shown}': {}", reason(error)))
    }

    fn flush(&mut self) -> io::Result<()> {
        if !self.out.is_empty() {
            self.context.stdout.write_all(&self.out)?;
            self.out.clear();
        }
        Ok(())
    }

    fn finish(mut self) -> io::Result<u8> {
        for index in 0..self.plan.batches {
            if !self.pending[index].is_empty() {
                self.run_batch(index)?;
            }
        }
        self.flush()?;
        Ok(self.code)
    }

    fn visit(&mut self, entry: &mut Entry, device: Option<u64>, above: &mut Vec<(u64, u64)>) -> io::Result<()> {
        if self.quit || self.context.cancel.is_cancelled() {
            self.quit = true;
            return Ok(());
        }
        if self.plan.follow || entry.kind == Kind::Unknown {
            // What cannot be read is found by the tests.
            let _ = entry.metadata(self.plan.follow);
        }
        let shown = entry.depth >= self.plan.least;
        let mut pruned = false;
        if shown && !self.plan.depth_first {
            self.evaluate(&self.plan.expression, entry, &mut pruned)?;
        }
        if entry.kind == Kind::Directory && !pruned && entry.depth < self.plan.most && !self.quit {
            self.inside(entry, device, above)?;
        }
        if shown && self.plan.depth_first && !self.quit {
            self.evaluate(&self.plan.expression, entry, &mut pruned)?;
        }
        Ok(())
    }

    fn inside(&mut self, entry: &mut Entry, device: Option<u64>, above: &mut Vec<(u64, u64)>) -> io::Result<()> {
        if self.plan.follow || self.plan.one_file_system {
            let Ok(identity) = entry.metadata(self.plan.follow).map(file::Facts::identity) else { return Ok(()) };
            if self.plan.one_file_system && Some(identity.0) != device {
                return Ok(());
            }
            if self.plan.follow {
                if above.contains(&identity) && identity != (0, 0) {
                    self.code = 1;
                    let message = format!("File system loop detected; '{}' is part of the same loop.", entry.shown);
                    return complain(self.context.stderr, self.context.args, message);
                }
                above.push(identity);
            }
        }
        let mut listing = match file::list(&entry.path) {
            Ok(listing) => listing,
            Err(error) => return self.failed(entry.shown.as_bstr(), &error),
        };
        listing.sort();
        for (name, kind) in listing.iter() {
            let mut shown = BString::from(Vec::with_capacity(entry.shown.len() + name.len() + 1));
            shown.push_str(&entry.shown);
            if !shown.ends_with(b"/") {
                shown.push(b'/');
            }
            shown.push_str(name);
            let path = entry.path.join(BStr::new(name).to_path_lossy());
            let mut below = Entry { path, shown, depth: entry.depth + 1, kind, metadata: None };
            self.visit(&mut below, device, above)?;
            if self.quit {
                break;
            }
        }
        if self.plan.follow {
            above.pop();
        }
        Ok(())
    }

    fn evaluate(&mut self, expression: &Expression, entry: &mut Entry, pruned: &mut bool) -> io::Result<bool> {
        Ok(match expression {
            Expression::And(all) => {
                for one in all {
                    if !self.evaluate(one, entry, pruned)? {
                        return Ok(false);
                    }
                    if self.quit {
                        break;
                    }
                }
                true
            }
            Expression::Or(any) => {
                for one in any {
                    if self.evaluate(one, entry, pruned)? {
                        return Ok(true);
                    }
                }
                false
            }
            Expression::List(each) => {
                let mut last = true;
                for one in each {
                    last = self.evaluate(one, entry, pruned)?;
                }
                last
            }
            Expression::Not(one) => !self.evaluate(one, entry, pruned)?,
            Expression::Test(test) => self.test(test, entry),
            Expression::Action(action) => self.act(action, entry, pruned)?,
        })
    }

    fn test(&self, test: &Test, entry: &mut Entry) -> bool {
        let follow = self.plan.follow;
        let now = self.now;
        let kind = entry.kind;
        let mut of = |holds: &dyn Fn(&Metadata) -> bool| entry.metadata(follow).is_ok_and(holds);
        let age = |time: io::Result<SystemTime>| {
            let time = time.unwrap_or(SystemTime::UNIX_EPOCH);
            match now.duration_since(time) {
                Ok(age) => age.as_secs().cast_signed(),
                Err(ahead) => -(ahead.duration().as_secs().cast_signed()) - 1,
            }
        };
        let changed = |metadata: &Metadata| {
            let (seconds, _) = metadata.changed();
            Ok(SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(seconds.max(0).unsigned_abs()))
        };
        match test {
            Test::True => true,
            Test::False => false,
            Test::Name(glob) => glob.is_match(entry.name()),
            Test::Path(glob) => glob.is_match(&entry.shown),
            Test::Regex(regex) => regex.is_match(&entry.shown),
            Test::LinkName(glob) => {
                entry.path.read_link().is_ok_and(|target| glob.is_match(&Vec::from_path_lossy(&target)))
            }
            Test::Type(letters) => {
                let letter = match entry.kind {
                    Kind::File => 'f',
                    Kind::Directory => 'd',
                    Kind::Link => 'l',
                    Kind::Other | Kind::Unknown => {
                        entry.metadata(follow).map_or('?', |metadata| match metadata.letter() {
                            '-' => 'f',
                            letter => letter,
                        })
                    }
                };
                letters.contains(letter)
            }
            Test::Size(comparison, unit) => {
                of(&|metadata| comparison.holds(metadata.len().div_ceil(*unit).cast_signed()))
            }
            Test::Empty => match kind {
                Kind::Directory => file::list(&entry.path).is_ok_and(|listing| listing.iter().len() == 0),
                Kind::File | Kind::Unknown => of(&|metadata| metadata.is_file() && metadata.len() == 0),
                _ => false,
            },
            Test::Modified(comparison, unit) => {
                of(&|metadata| comparison.holds(age(metadata.modified()).div_euclid(*unit)))
            }
            Test::Accessed(comparison, unit) => {
                of(&|metadata| comparison.holds(age(metadata.accessed()).div_euclid(*unit)))
            }
            Test::Changed(comparison, unit) => {
                of(&|metadata| comparison.holds(age(changed(metadata)).div_euclid(*unit)))
            }
            Test::Newer(time) => of(&|metadata| metadata.modified().is_ok_and(|modified| modified > *time)),
            Test::Permissions(kind, bits) => of(&|metadata| {
                let mode = metadata.bits() & 0o7777;
                match kind {
                    '-' => mode & bits == *bits,
                    '/' => *bits == 0 || mode & bits != 0,
                    _ => mode == *bits,
                }
            }),
            Test::Links(comparison) => of(&|metadata| comparison.holds(metadata.links().cast_signed())),
            Test::Inode(comparison) => of(&|metadata| comparison.holds(metadata.identity().1.cast_signed())),
            Test::Owner(owner) => of(&|metadata| metadata.owner() == *owner),
            Test::Group(group) => of(&|metadata| metadata.group() == *group),
            Test::SameFile(identity) => of(&|metadata| metadata.identity() == *identity),
            Test::Access(access) => file::can(&entry.path, *access),
        }
    }

    fn act(&mut self, action: &Action, entry: &mut Entry, pruned: &mut bool) -> io::Result<bool> {
        match action {
            Action::Print { end, output } => {
                let mut line = std::mem::take(&mut self.out);
                line.extend_from_slice(&entry.shown);
                line.push(*end);
                self.put(line, *output)?;
            }
            Action::Format { format, output } => {
                let mut line = std::mem::take(&mut self.out);
                expression::format(format.as_bstr(), entry, self.plan.follow, &mut line);
                self.put(line, *output)?;
            }
            Action::List => {
                self.flush()?;
                let args = [BString::from("ls"), "-ild".into(), entry.shown.clone()];
                self.context.runner.run(Invocation {
                    args: &args,
                    environment: None,
                    cwd: None,
                    inherits_stdin: false,
                })?;
            }
            Action::Prune => *pruned = true,
            Action::Quit => self.quit = true,
            Action::Delete => {
                // `.` cannot be removed, and nobody means it to be.
                if entry.shown == "." {
                    return Ok(true);
                }
                let removed = match entry.kind {
                    Kind::Directory => std::fs::remove_dir(&entry.path),
                    _ => std::fs::remove_file(&entry.path),
                };
                if let Err(error) = removed {
                    self.code = 1;
                    self.flush()?;
                    let message = format!("cannot delete '{}': {}", entry.shown, reason(&error));
                    complain(self.context.stderr, self.context.args, message)?;
                    return Ok(false);
                }
            }
            Action::Run { words, inside } => {
                self.flush()?;
                let (shown, cwd) = Self::operand(entry, *inside);
                let args: Vec<BString> = words.iter().map(|word| word.replace("{}", &shown).into()).collect();
                let cwd = cwd.as_deref();
                let code = self.context.runner.run(Invocation {
                    args: &args,
                    environment: None,
                    cwd,
                    inherits_stdin: true,
                })?;
                return Ok(code == 0);
            }
            Action::Batch { index, inside, .. } => {
                let (shown, cwd) = Self::operand(entry, *inside);
                let waiting = &mut self.pending[*index];
                waiting.push(shown);
                let long = waiting.iter().map(|word| word.len() + 1).sum::<usize>() > LONGEST || waiting.len() >= 4096;
                if long || cwd.is_some() {
                    self.run_batch_in(*index, cwd.as_deref())?;
                }
            }
        }
        Ok(true)
    }

    fn put(&mut self, line: Vec<u8>, output: Option<usize>) -> io::Result<()> {
        match output.and_then(|index| self.files.get_mut(index)) {
            Some(file) => io::Write::write_all(file, &line),
            None => {
                self.out = line;
                if self.out.len() > 32 * 1024 { self.flush() } else { Ok(()) }
            }
        }
    }

    /// The path as a command gets it, and where the command runs.
    fn operand(entry: &Entry, inside: bool) -> (BString, Option<PathBuf>) {
        if !inside {
            return (entry.shown.clone(), None);
        }
        let mut shown = BString::from("./");
        shown.push_str(entry.name());
        let above = entry.path.parent().unwrap_or(Path::new("/")).to_owned();
        (shown, Some(above))
    }

    fn run_batch(&mut self, index: usize) -> io::Result<()> {
        self.run_batch_in(index, None)
    }

    fn run_batch_in(&mut self, index: usize, cwd: Option<&Path>) -> io::Result<()> {
        self.flush()?;
        let Some(words) = self.plan.expression.batch(index) else { return Ok(()) };
        let mut args = words.to_vec();
        args.append(&mut self.pending[index]);
        let code = self.context.runner.run(Invocation { args: &args, environment: None, cwd, inherits_stdin: true })?;
        if code != 0 {
            self.code = 1;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::run_in;

    #[test]
    fn trees() {
        let directory = std::env::temp_dir().join(format!("dx-shell-find-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&directory);
        std::fs::create_dir_all(directory.join("d/e/f")).unwrap();
        for (name, text) in [("d/a.txt", "12345"), ("d/b.js", ""), ("d/e/c.TXT", "1"), ("d/e/f/x", "")] {
            std::fs::write(directory.join(name), text).unwrap();
        }
        let run = |words: &str| run_in(&directory, &words.split(' ').collect::<Vec<_>>(), "");
        for (words, expected) in [
            ("find d", "d\nd/a.txt\nd/b.js\nd/e\nd/e/c.TXT\nd/e/f\nd/e/f/x\n"),
            ("find d -name *.txt", "d/a.txt\n"),
            ("find d -iname *.txt", "d/a.txt\nd/e/c.TXT\n"),
            ("find d -type d", "d\nd/e\nd/e/f\n"),
            ("find d -type f -not -name *.js", "d/a.txt\nd/e/c.TXT\nd/e/f/x\n"),
            ("find d ! -type d -a ( -name *.js -o -name x )", "d/b.js\nd/e/f/x\n"),
            ("find d -maxdepth 1", "d\nd/a.txt\nd/b.js\nd/e\n"),
            ("find d -mindepth 2 -type f", "d/e/c.TXT\nd/e/f/x\n"),
            ("find d -name e -prune -o -print", "d\nd/a.txt\nd/b.js\n"),
            ("find d -empty", "d/b.js\nd/e/f/x\n"),
            ("find d -size 1c", "d/e/c.TXT\n"),
            ("find d -type f -size +0", "d/a.txt\nd/e/c.TXT\n"),
            ("find d -type f -size -2c", "d/b.js\nd/e/c.TXT\nd/e/f/x\n"),
            ("find d -path */e/*", "d/e/c.TXT\nd/e/f\nd/e/f/x\n"),
            ("find d -regex .*\\.js", "d/b.js\n"),
            ("find d -depth", "d/a.txt\nd/b.js\nd/e/c.TXT\nd/e/f/x\nd/e/f\nd/e\nd\n"),
            ("find d -name x -print0", "d/e/f/x\0"),
            ("find d -type f -name a* -exec echo found {} ;", "found d/a.txt\n"),
            ("find d -type f -exec echo {} +", "d/a.txt d/b.js d/e/c.TXT d/e/f/x\n"),
            ("find d -name x -execdir echo {} ;", "./x\n"),
            ("find d -name a.txt -printf %f:%s:%y:%d:%h\\n", "a.txt:5:f:1:d\n"),
            ("find d -mtime -1 -name b.js", "d/b.js\n"),
            ("find d -mtime +1", ""),
            ("find d -newer d/nosuch", ""),
            ("find d -name b.js -quit", ""),
            ("find d/a.txt d/b.js", "d/a.txt\nd/b.js\n"),
            ("find d -type f,d -name e", "d/e\n"),
            ("find d -false -o -name b.js", "d/b.js\n"),
        ] {
            let (code, out, err) = run(words);
            if words.contains("nosuch") {
                assert_eq!((code, &*err), (1, "find: 'd/nosuch': No such file or directory\n"));
                continue;
            }
            assert_eq!((code, &*out, &*err), (0, expected, ""), "{words}");
        }
        assert_eq!(run("find nosuch").2, "find: 'nosuch': No such file or directory\n");
        assert_eq!(run("find d -nonsense").2, "find: unknown predicate '-nonsense'\n");
        assert_eq!(run("find d -name").2, "find: missing argument to '-name'\n");
        assert_eq!(run("find d ( -name x").0, 1);
        assert_eq!(run("find d/e -delete"), (0, String::new(), String::new()));
        assert!(!directory.join("d/e").exists());
        std::fs::remove_dir_all(&directory).unwrap();
    }
}
