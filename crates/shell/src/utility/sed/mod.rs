//! `sed`.

use std::{
    fs::{self, File},
    io::{self, Read, Write as _},
};

use bstr::{BStr, BString, ByteSlice as _};

mod script;

use super::{
    Context,
    input::{Lines, Source, bare, open, open_file},
    options::Options,
    output::Out,
    text::{complain, reason, resolve},
};
use crate::cancel::Cancel;
use script::{Address, Command, Do, Script, Target};

/// Edits lines as a script says.
///
/// Source: <https://pubs.opengroup.org/onlinepubs/9799919799/utilities/sed.html>, with `-E`, `-i`, `-s`, `-z` and the
/// one-line forms of `a`, `i`, `c` of GNU's. What is not there, such as `e` or back-references in patterns, is refused.
pub(super) fn sed(context: &mut Context<'_>) -> io::Result<u8> {
    let options = Options {
        short: "Ee:f:nrsuz",
        long: &[
            ("expression", 'e'),
            ("file", 'f'),
            ("quiet", 'n'),
            ("silent", 'n'),
            ("regexp-extended", 'E'),
            ("separate", 's'),
            ("unbuffered", 'u'),
            ("null-data", 'z'),
            ("null-data", 'z'),
            ("posix", '\u{1}'),
        ],
        stops: false,
    };
    // Its value is only ever attached: the end of the name of a copy. BSD's `-i ''` is the same as none.
    let mut in_place: Option<BString> = None;
    let mut args: Vec<BString> = Vec::with_capacity(context.args.len());
    let mut words = context.args.iter().peekable();
    let mut ended = false;
    while let Some(word) = words.next() {
        ended |= word == "--";
        let long = word.strip_prefix(b"--in-place").map(|value| value.strip_prefix(b"=").unwrap_or(value));
        let cluster = word.strip_prefix(b"-").filter(|rest| !rest.starts_with(b"-"));
        match (long, cluster) {
            (Some(value), _) if !ended => in_place = Some(value.into()),
            (_, Some(letters))
                if !ended && letters.iter().take_while(|byte| b"nErsuzi".contains(byte)).any(|byte| *byte == b'i') =>
            {
                let at = letters.iter().position(|byte| *byte == b'i').unwrap_or(0);
                in_place = Some(letters[at + 1..].into());
                if at > 0 {
                    args.push([b"-", &letters[..at]].concat().into());
                }
                if letters.len() == at + 1 && words.peek().is_some_and(|next| next.is_empty()) {
                    words.next();
                }
            }
            _ => args.push(word.clone()),
        }
    }
    let Some(parsed) = options.read(&args, context.stderr)? else { return Ok(1) };
    let mut operands = &parsed.operands[..];
    let mut text = Vec::new();
    for &(letter, value) in &parsed.options {
        match letter {
            'e' => text.extend_from_slice(value),
            'f' => {
                let read = open(context.stdin, context.cwd, value, context.cancel)
                    .and_then(|mut source| source.read_to_end(&mut text));
                if let Err(error) = read {
                    complain(
                        context.stderr,
                        context.args,
                        format_args!("couldn't open file {value}: {}", reason(&error)),
                    )?;
                    return Ok(1);
                }
            }
            _ => continue,
        }
        text.push(b'\n');
    }
    if !parsed.has('e') && !parsed.has('f') {
        let Some((first, rest)) = operands.split_first() else {
            context
                .stderr
                .write_all(b"usage: sed [-Ensz] [-i[suffix]] [-e script] [-f script-file] [script] [file...]\n")?;
            return Ok(1);
        };
        text.extend_from_slice(first);
        operands = rest;
    }
    let silent = parsed.has('n') || text.starts_with(b"#n\n");
    let script = match script::parse(&text, parsed.has('E') || parsed.has('r')) {
        Ok(script) => script,
        Err((at, message)) => {
            let message = format!("-e expression #1, char {at}: {message}");
            complain(context.stderr, context.args, message)?;
            return Ok(1);
        }
    };
    let mut files = Vec::new();
    for name in &script.outputs {
        match &***name {
            b"/dev/stdout" | b"/dev/stderr" => files.push(None),
            _ => match File::create(resolve(context.cwd, name.as_bstr())) {
                Ok(file) => files.push(Some(file)),
                Err(error) => {
                    complain(
                        context.stderr,
                        context.args,
                        format_args!("couldn't open file {name}: {}", reason(&error)),
                    )?;
                    return Ok(4);
                }
            },
        }
    }
    let dash = [b"-".as_bstr()];
    let names = if operands.is_empty() { &dash[..] } else { operands };
    let separate = parsed.has('s') || in_place.is_some();
    let mut run = Run {
        script: &script,
        silent,
        terminator: if parsed.has('z') { 0 } else { b'\n' },
        cwd: context.cwd,
        cancel: context.cancel,
        files,
        active: vec![Active::No; script.commands.len()],
        line: 0,
        pattern: Vec::new(),
        hold: Vec::new(),
        spare: Vec::new(),
        later: Vec::new(),
        unterminated: false,
        missing: false,
        quit: None,
        flushes: parsed.has('u'),
    };
    let mut code = 0;
    let mut index = 0;
    while index < names.len() && run.quit.is_none() {
        // The files of one stream, or one file at a time.
        let group = if separate { &names[index..=index] } else { &names[index..] };
        index += group.len();
        if let Some(suffix) = &in_place {
            let name = group[0];
            if let Err(message) = edit(context.cwd, name, suffix.as_bstr(), &mut run) {
                complain(context.stderr, context.args, message)?;
                code = 4;
            }
            continue;
        }
        let stderr = &mut *context.stderr;
        let args = context.args;
        let mut missing = false;
        let chain = Chain {
            names: group,
            next: 0,
            stdin: context.stdin,
            cwd: context.cwd,
            cancel: context.cancel,
            file: None,
            on_stdin: false,
            last: b'\n',
            between: false,
            failed: &mut |name: &BStr, error: &io::Error| {
                missing = true;
                let message = match error.kind() {
                    io::ErrorKind::IsADirectory => format!("couldn't edit {name}: not a regular file"),
                    _ => format!("can't read {name}: {}", reason(error)),
                };
                complain(stderr, args, message)
            },
        };
        let mut out = Out::new(context.stdout);
        run.all(chain, &mut out)?;
        out.flush()?;
        if missing {
            code = 2;
        }
    }
    Ok(run.quit.unwrap_or(code))
}

/// Edits a file in place.
fn edit(cwd: &std::path::Path, name: &BStr, suffix: &BStr, run: &mut Run<'_>) -> Result<(), String> {
    let path = resolve(cwd, name);
    let metadata = match path.metadata() {
        Ok(metadata) if metadata.is_file() => metadata,
        Ok(_) => return Err(format!("couldn't edit {name}: not a regular file")),
        Err(error) => return Err(format!("can't read {name}: {}", reason(&error))),
    };
    let outcome = (|| -> io::Result<()> {
        let source = File::open(&path)?;
        let mut temporary = path.clone().into_os_string();
        temporary.push(format!(".{}.sed", std::process::id()));
        let temporary = std::path::PathBuf::from(temporary);
        let mut file = fs::OpenOptions::new().write(true).create_new(true).open(&temporary)?;
        let result = (|| {
            fs::set_permissions(&temporary, metadata.permissions())?;
            let mut out = Out::new(&mut file);
            (run.line, run.missing) = (0, false);
            run.all(Source::File(source), &mut out)?;
            run.missing = false;
            out.flush()?;
            if !suffix.is_empty() {
                let mut kept = path.clone().into_os_string();
                match suffix.find_byte(b'*') {
                    Some(at) => {
                        let base = path.file_name().unwrap_or_default();
                        let mut whole = suffix[..at].to_os_str_lossy().into_owned();
                        whole.push(base);
                        whole.push(suffix[at + 1..].to_os_str_lossy());
                        kept = path.with_file_name(whole).into_os_string();
                    }
                    None => kept.push(suffix.to_os_str_lossy()),
                }
                fs::rename(&path, kept)?;
            }
            fs::rename(&temporary, &path)
        })();
        if result.is_err() {
            let _ = fs::remove_file(&temporary);
        }
        result
    })();
    outcome.map_err(|error| format!("couldn't edit {name}: {}", reason(&error)))
}

/// The files of the command line as one stream; a file without a line end at its end gets one if another follows.
struct Chain<'a, 'b> {
    names: &'a [&'a BStr],
    next: usize,
    stdin: &'a mut dyn crate::stream::Input,
    cwd: &'a std::path::Path,
    cancel: &'a Cancel,
    file: Option<Source<'a>>,
    on_stdin: bool,
    last: u8,
    between: bool,
    failed: &'b mut dyn FnMut(&BStr, &io::Error) -> io::Result<()>,
}

impl Read for Chain<'_, '_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            if self.file.is_none() && !self.on_stdin {
                let Some(name) = self.names.get(self.next) else { return Ok(0) };
                self.next += 1;
                if *name == "-" {
                    self.on_stdin = true;
                } else {
                    match open_file(&resolve(self.cwd, name), self.cancel) {
                        Ok(file) => self.file = Some(file),
                        Err(error) => (self.failed)(name, &error)?,
                    }
                }
                continue;
            }
            // The line end that the file before did not have is wanted once more text comes.
            let owed = usize::from(self.last != b'\n' && buffer.len() > 1 && self.between);
            let read = self.source(&mut buffer[owed..])?;
            if read == 0 {
                self.between = true;
                continue;
            }
            if owed == 1 {
                buffer[0] = b'\n';
            }
            self.between = false;
            self.last = buffer[owed + read - 1];
            return Ok(owed + read);
        }
    }
}

impl Chain<'_, '_> {
    /// Reads from the file at hand; nothing means that it is done.
    fn source(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let result = match &mut self.file {
            Some(file) => file.read(buffer),
            None => self.stdin.read(buffer),
        };
        match result {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => self.source(buffer),
            Ok(0) => {
                (self.file, self.on_stdin) = (None, false);
                Ok(0)
            }
            Err(error) => {
                (self.file, self.on_stdin) = (None, false);
                let name = self.names[self.next - 1];
                (self.failed)(name, &error)?;
                Ok(0)
            }
            result => result,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Active {
    No,
    /// A range that ends with a line that is still to come.
    Until,
    /// A range that ends at that line.
    Line(u64),
}

enum After {
    Text(BString),
    File(BString),
}

struct Run<'a> {
    script: &'a Script,
    silent: bool,
    terminator: u8,
    cwd: &'a std::path::Path,
    cancel: &'a Cancel,
    files: Vec<Option<File>>,
    active: Vec<Active>,
    line: u64,
    pattern: Vec<u8>,
    hold: Vec<u8>,
    spare: Vec<u8>,
    /// What comes after the line.
    later: Vec<After>,
    /// Whether the last line of the input has no end.
    unterminated: bool,
    /// Whether what was written last is such a line.
    missing: bool,
    quit: Option<u8>,
    flushes: bool,
}

enum Next {
    /// The script is done with this line.
    End,
    /// Again without a new line.
    Restart,
}

/// Lines with a look at whether another follows.
struct Ahead<R> {
    lines: Lines<R>,
    held: Vec<u8>,
    any: bool,
}

impl<R: Read> Ahead<R> {
    fn new(source: R, terminator: u8) -> io::Result<Self> {
        let mut ahead = Self { lines: Lines::terminated_by(source, terminator), held: Vec::new(), any: false };
        ahead.load()?;
        Ok(ahead)
    }

    fn load(&mut self) -> io::Result<()> {
        self.held.clear();
        self.any = match self.lines.line()? {
            Some(line) => {
                self.held.extend_from_slice(line);
                true
            }
            None => false,
        };
        Ok(())
    }

    fn is_last(&self) -> bool {
        !self.any
    }
}

impl Run<'_> {
    fn all(&mut self, source: impl Read, out: &mut Out<'_>) -> io::Result<()> {
        let mut ahead = Ahead::new(source, self.terminator)?;
        while self.quit.is_none() && ahead.any {
            self.take(&mut ahead, false)?;
            while matches!(self.cycle(&mut ahead, out)?, Next::Restart) {
                if self.quit.is_some() || self.cancel.is_cancelled() {
                    break;
                }
            }
            if self.flushes {
                out.flush()?;
            }
            if self.line.is_multiple_of(256) && self.cancel.is_cancelled() {
                break;
            }
        }
        Ok(())
    }

    /// Moves the next line into the pattern space.
    fn take<R: Read>(&mut self, ahead: &mut Ahead<R>, append: bool) -> io::Result<()> {
        let line = bare(&ahead.held, self.terminator);
        self.unterminated = line.len() == ahead.held.len();
        if append {
            self.pattern.push(b'\n');
        } else {
            self.pattern.clear();
        }
        self.pattern.extend_from_slice(line);
        self.line += 1;
        ahead.load()
    }

    /// The line end that the last line did not have, before anything follows it.
    fn start(&mut self, out: &mut Out<'_>) -> io::Result<()> {
        if std::mem::take(&mut self.missing) { out.put(&[self.terminator]) } else { Ok(()) }
    }

    fn print(&mut self, out: &mut Out<'_>) -> io::Result<()> {
        self.start(out)?;
        out.put(&self.pattern)?;
        self.missing = self.unterminated;
        if self.unterminated { Ok(()) } else { out.put(&[self.terminator]) }
    }

    fn put(&mut self, out: &mut Out<'_>, text: &[u8]) -> io::Result<()> {
        self.start(out)?;
        out.put(text)
    }

    /// Ends a cycle: the pattern space, unless silent, and what was to come after it.
    fn finish(&mut self, out: &mut Out<'_>, shown: bool) -> io::Result<()> {
        if shown && !self.silent {
            self.print(out)?;
        }
        for after in std::mem::take(&mut self.later) {
            match after {
                After::Text(text) => self.put(out, &text)?,
                After::File(name) => {
                    // A file that cannot be read is an empty one.
                    if let Ok(text) = fs::read(resolve(self.cwd, name.as_bstr())) {
                        self.put(out, &text)?;
                    }
                }
            }
        }
        Ok(())
    }

    fn selected<R: Read>(&mut self, index: usize, command: &Command, ahead: &Ahead<R>) -> bool {
        let (line, last) = (self.line, ahead.is_last());
        let matches = |address: &Address, pattern: &[u8]| match address {
            Address::Line(wanted) => line == *wanted,
            Address::Step(first, step) => {
                line >= *first && (*step == 0 && line == *first || *step > 0 && (line - first).is_multiple_of(*step))
            }
            Address::Last => last,
            Address::Regex(regex) => regex.is_match(pattern),
            Address::Zero | Address::Plus(_) | Address::Multiple(_) => false,
        };
        let selected = match (&command.from, &command.to) {
            (None, _) => true,
            (Some(from), None) => matches(from, &self.pattern),
            (Some(from), Some(to)) => match self.active[index] {
                Active::No => {
                    let zero = matches!(from, Address::Zero) && line == 1;
                    if zero || matches(from, &self.pattern) {
                        self.active[index] = match to {
                            Address::Line(end) if *end <= line => Active::No,
                            Address::Line(end) => Active::Line(*end),
                            Address::Plus(0) => Active::No,
                            Address::Plus(more) => Active::Line(line + more),
                            Address::Multiple(of) if *of == 0 || line.is_multiple_of(*of) => Active::No,
                            Address::Multiple(of) => Active::Line(line.next_multiple_of(*of)),
                            Address::Last if last => Active::No,
                            Address::Regex(regex) if zero && regex.is_match(&self.pattern) => Active::No,
                            _ => Active::Until,
                        };
                        true
                    } else {
                        false
                    }
                }
                Active::Line(end) => {
                    if line >= end {
                        self.active[index] = Active::No;
                    }
                    // A line beyond the end came by `n` or a loop.
                    line <= end || matches(from, &self.pattern)
                }
                Active::Until => {
                    if matches(to, &self.pattern) {
                        self.active[index] = Active::No;
                    }
                    true
                }
            },
        };
        selected != command.negated
    }

    fn cycle<R: Read>(&mut self, ahead: &mut Ahead<R>, out: &mut Out<'_>) -> io::Result<Next> {
        let script = self.script;
        let (mut at, mut replaced) = (0, false);
        let mut steps = 0_u32;
        while let Some(command) = script.commands.get(at) {
            steps = steps.wrapping_add(1);
            if steps.is_multiple_of(1024) && self.cancel.is_cancelled() {
                self.quit = Some(1);
                return Ok(Next::End);
            }
            let index = at;
            at += 1;
            if !self.selected(index, command, ahead) {
                if let Do::Block(end) = command.action {
                    at = end;
                }
                continue;
            }
            match &command.action {
                Do::Block(_) => {}
                Do::Substitute(substitute) => {
                    let done = substitute.apply(&self.pattern, &mut self.spare);
                    if done {
                        std::mem::swap(&mut self.pattern, &mut self.spare);
                        replaced = true;
                        if substitute.print {
                            self.print(out)?;
                        }
                        if let Some(target) = substitute.write {
                            self.write(target, out, &self.pattern.clone())?;
                        }
                    }
                }
                Do::Translate(map) => {
                    if self.pattern.is_ascii() && map.ascii_only {
                        for byte in &mut self.pattern {
                            *byte = map.bytes[usize::from(*byte)];
                        }
                    } else {
                        self.pattern = map.apply(&self.pattern);
                    }
                }
                Do::Print => self.print(out)?,
                Do::PrintFirst => {
                    let end = memchr::memchr(b'\n', &self.pattern).unwrap_or(self.pattern.len());
                    self.start(out)?;
                    out.line(&self.pattern[..end])?;
                }
                Do::Delete => {
                    self.finish(out, false)?;
                    return Ok(Next::End);
                }
                Do::DeleteFirst => {
                    let Some(end) = memchr::memchr(b'\n', &self.pattern) else {
                        self.finish(out, false)?;
                        return Ok(Next::End);
                    };
                    self.pattern.drain(..=end);
                    self.finish(out, false)?;
                    return Ok(Next::Restart);
                }
                Do::Next => {
                    if ahead.is_last() {
                        // GNU shows the line when there is no next one.
                        self.quit = Some(0);
                        self.finish(out, true)?;
                        return Ok(Next::End);
                    }
                    self.finish(out, true)?;
                    self.take(ahead, false)?;
                }
                Do::NextAppend => {
                    if ahead.is_last() {
                        self.quit = Some(0);
                        self.finish(out, true)?;
                        return Ok(Next::End);
                    }
                    self.take(ahead, true)?;
                }
                Do::Hold(append) => {
                    if *append {
                        self.hold.push(b'\n');
                    } else {
                        self.hold.clear();
                    }
                    self.hold.extend_from_slice(&self.pattern);
                }
                Do::Get(append) => {
                    if *append {
                        self.pattern.push(b'\n');
                    } else {
                        self.pattern.clear();
                    }
                    self.pattern.extend_from_slice(&self.hold);
                }
                Do::Exchange => std::mem::swap(&mut self.pattern, &mut self.hold),
                Do::Append(text) => self.later.push(After::Text(text.clone())),
                Do::Read(name) => self.later.push(After::File(name.clone())),
                Do::Insert(text) => self.put(out, text)?,
                Do::Change(text) => {
                    // Of a range only the end.
                    if command.to.is_none() || command.negated || self.active[index] == Active::No {
                        self.put(out, text)?;
                    }
                    self.finish(out, false)?;
                    return Ok(Next::End);
                }
                Do::Number => self.put(out, format!("{}\n", self.line).as_bytes())?,
                Do::List => {
                    self.start(out)?;
                    list(&self.pattern, out)?;
                }
                Do::Quit(code) => {
                    self.quit = Some(*code);
                    self.finish(out, true)?;
                    return Ok(Next::End);
                }
                Do::QuitSilently(code) => {
                    self.quit = Some(*code);
                    return Ok(Next::End);
                }
                Do::Write(target) => self.write(*target, out, &self.pattern.clone())?,
                Do::Branch(to) => at = *to,
                Do::BranchIf(to) => {
                    if std::mem::take(&mut replaced) {
                        at = *to;
                    }
                }
                Do::BranchUnless(to) => {
                    if !std::mem::take(&mut replaced) {
                        at = *to;
                    }
                }
                Do::Zap => self.pattern.clear(),
            }
        }
        self.finish(out, true)?;
        Ok(Next::End)
    }

    fn write(&mut self, target: Target, out: &mut Out<'_>, text: &[u8]) -> io::Result<()> {
        match self.files.get_mut(target.0) {
            Some(Some(file)) => {
                file.write_all(text)?;
                file.write_all(b"\n")
            }
            _ => {
                self.start(out)?;
                out.line(text)
            }
        }
    }
}

/// `l`: with escapes, folded at 70 columns.
fn list(text: &[u8], out: &mut Out<'_>) -> io::Result<()> {
    let mut column = 0;
    for byte in text {
        let shown: Vec<u8> = match byte {
            b'\\' => b"\\\\".to_vec(),
            7 => b"\\a".to_vec(),
            8 => b"\\b".to_vec(),
            12 => b"\\f".to_vec(),
            b'\n' => b"\\n".to_vec(),
            b'\r' => b"\\r".to_vec(),
            b'\t' => b"\\t".to_vec(),
            11 => b"\\v".to_vec(),
            b' '..=b'~' => vec![*byte],
            byte => format!("\\{byte:03o}").into_bytes(),
        };
        if column + shown.len() > 69 {
            out.put(b"\\\n")?;
            column = 0;
        }
        column += shown.len();
        out.put(&shown)?;
    }
    out.put(b"$\n")
}

#[cfg(test)]
mod tests;
