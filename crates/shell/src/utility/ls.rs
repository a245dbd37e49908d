//! `ls`.

use std::{
    cmp::Ordering,
    fs::Metadata,
    io::{self, Write as _},
    path::Path,
    time::SystemTime,
};

use bstr::{BStr, BString, ByteSlice as _, ByteVec as _};
use jiff::{Timestamp, tz::TimeZone};

use super::{
    Context, date,
    options::{Options, Wrong},
    output::Out,
    text::{human, reason, resolve},
};
use crate::{
    cancel::Cancel,
    file::{self, Facts as _, Kind},
    stream::Output,
};

/// Lists files and directories, a name a line, in the order of their bytes.
///
/// The form is Bun's: `ls -l` has no total and numbers for owners, directories are headed but not set apart by empty
/// lines, and `ls -R` heads all but the first. Flags that Bun takes and passes over do what POSIX says.
///
/// Source: <https://bun.com/docs/runtime/shell#builtin-commands>.
pub(super) fn ls(context: &mut Context<'_>) -> io::Result<u8> {
    let options = Options {
        short: "1aACcdfFghHiklLmnopqQrRsStuUvwxXZNBbDGIT",
        long: &[
            ("all", 'a'),
            ("almost-all", 'A'),
            ("classify", 'F'),
            ("directory", 'd'),
            ("human-readable", 'h'),
            ("inode", 'i'),
            ("dereference", 'L'),
            ("recursive", 'R'),
            ("reverse", 'r'),
            ("size", 's'),
            ("group-directories-first", '\u{1}'),
            ("color", '\u{2}'),
            ("time-style:", '\u{3}'),
            ("full-time", '\u{4}'),
        ],
        stops: false,
    };
    // A value that is passed over, since standard output is no terminal.
    let args: Vec<BString> = context.args.iter().filter(|word| !word.starts_with(b"--color")).cloned().collect();
    let parsed = match options.parse(&args) {
        Ok(parsed) => parsed,
        Err(wrong) => {
            let what = match &wrong {
                Wrong::Letter(letter, _) => letter.to_string(),
                _ => "-".to_owned(),
            };
            context.stderr.write_all(format!("ls: illegal option -- {what}\n").as_bytes())?;
            return Ok(1);
        }
    };
    let long = parsed.has('l') || parsed.has('n') || parsed.has('g') || parsed.has('o') || parsed.has('\u{4}');
    let unsorted = parsed.has('f') || parsed.has('U');
    let mut list = List {
        cwd: context.cwd,
        cancel: context.cancel,
        out: Out::new(context.stdout),
        err: context.stderr,
        hidden: match () {
            () if parsed.has('a') || parsed.has('f') => Hidden::All,
            () if parsed.has('A') => Hidden::Almost,
            () => Hidden::No,
        },
        long,
        no_owner: parsed.has('g'),
        no_group: parsed.has('o'),
        human: parsed.has('h'),
        inode: parsed.has('i'),
        blocks: parsed.has('s'),
        commas: parsed.last_of(&['m', '1', 'l', 'C', 'x']) == Some('m'),
        classify: parsed.has('F'),
        slash: parsed.has('p'),
        follow: parsed.has('L'),
        recursive: parsed.has('R'),
        reverse: parsed.has('r') && !unsorted,
        directories_first: parsed.has('\u{1}'),
        order: match parsed.last_of(&['S', 't', 'X', 'v']) {
            _ if unsorted => Order::None,
            Some('S') => Order::Size,
            Some('t') => Order::Time,
            Some('X') => Order::Extension,
            Some('v') => Order::Version,
            // Without `-l` and `-t` these two sort, with GNU and BSD alike.
            _ if !long && (parsed.has('c') || parsed.has('u')) => Order::Time,
            _ => Order::Name,
        },
        time: match parsed.last_of(&['c', 'u']) {
            Some('c') => Time::Change,
            Some(_) => Time::Access,
            None => Time::Modification,
        },
        zone: None,
        environment_zone: context.environment.get(b"TZ".as_bstr()).map(|zone| zone.to_string()),
        now: SystemTime::now(),
        code: 0,
    };
    let here = [b".".as_bstr()];
    let operands: &[&BStr] = if parsed.operands.is_empty() { &here } else { &parsed.operands };
    let headed = operands.len() > 1;
    for operand in operands {
        list.operand(operand, headed, parsed.has('d'))?;
    }
    list.out.flush()?;
    Ok(list.code)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hidden {
    No,
    Almost,
    All,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    None,
    Name,
    Size,
    Time,
    Extension,
    Version,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Time {
    Modification,
    Access,
    Change,
}

#[expect(clippy::struct_excessive_bools, reason = "flags of a command line")]
struct List<'a> {
    cwd: &'a Path,
    cancel: &'a Cancel,
    out: Out<'a>,
    err: &'a mut dyn Output,
    hidden: Hidden,
    long: bool,
    no_owner: bool,
    no_group: bool,
    human: bool,
    inode: bool,
    blocks: bool,
    commas: bool,
    classify: bool,
    slash: bool,
    follow: bool,
    recursive: bool,
    reverse: bool,
    directories_first: bool,
    order: Order,
    time: Time,
    zone: Option<TimeZone>,
    environment_zone: Option<String>,
    now: SystemTime,
    code: u8,
}

struct Item<'a> {
    name: &'a [u8],
    kind: Kind,
    /// Seldom there, and large.
    metadata: Option<Box<Metadata>>,
}

impl List<'_> {
    fn operand(&mut self, operand: &BStr, headed: bool, itself: bool) -> io::Result<()> {
        let path = resolve(self.cwd, operand);
        // A link to a directory is the directory, unless it is shown in full.
        let metadata = match path.metadata() {
            Ok(metadata) if metadata.is_dir() && !itself => {
                if headed {
                    self.out.put(operand)?;
                    self.out.put(b":\n")?;
                }
                return self.directory(&path, operand.to_owned());
            }
            Ok(metadata) if self.follow => Ok(metadata),
            _ => path.symlink_metadata(),
        };
        match metadata {
            Err(error) => self.failed(operand, &error),
            Ok(metadata) => {
                let item = Item { name: operand, kind: kind_of(&metadata), metadata: Some(Box::new(metadata)) };
                self.show(&path, &[item], false)
            }
        }
    }

    fn failed(&mut self, path: &BStr, error: &io::Error) -> io::Result<()> {
        self.code = 1;
        self.out.flush()?;
        let message = if path.is_empty() {
            format!("ls: {}\n", reason(error))
        } else {
            format!("ls: {path}: {}\n", reason(error))
        };
        self.err.write_all(message.as_bytes())
    }

    fn directory(&mut self, path: &Path, shown: BString) -> io::Result<()> {
        let mut waiting = vec![(path.to_owned(), shown)];
        let mut first = true;
        while let Some((path, shown)) = waiting.pop() {
            if self.cancel.is_cancelled() {
                break;
            }
            if !std::mem::take(&mut first) {
                self.out.put(&shown)?;
                self.out.put(b":\n")?;
            }
            let mut listing = match file::list(&path) {
                Ok(listing) => listing,
                Err(error) => {
                    self.failed(shown.as_bstr(), &error)?;
                    continue;
                }
            };
            if self.order != Order::None {
                listing.sort();
            }
            if self.is_plain() {
                self.names(&mut listing)?;
                continue;
            }
            let needs_metadata = self.long
                || self.inode
                || self.blocks
                || matches!(self.order, Order::Size | Order::Time)
                || ((self.classify || self.slash || self.recursive || self.directories_first) && self.follow)
                || self.classify;
            let mut items = Vec::with_capacity(listing.iter().len() + 2);
            let mut add = |name, kind| {
                let full = || path.join(BStr::new(name).to_path_lossy());
                let metadata = if needs_metadata || kind == Kind::Unknown {
                    let full = full();
                    let followed = self.follow.then(|| full.metadata().ok()).flatten();
                    followed.or_else(|| full.symlink_metadata().ok())
                } else {
                    None
                };
                items.push(Item {
                    name,
                    kind: metadata.as_ref().map_or(kind, kind_of),
                    metadata: metadata.map(Box::new),
                });
            };
            if self.hidden == Hidden::All {
                add(b".", Kind::Directory);
                add(b"..", Kind::Directory);
            }
            for (name, kind) in listing.iter() {
                if self.hidden != Hidden::No || !name.starts_with(b".") {
                    add(name, kind);
                }
            }
            self.arrange(&mut items);
            self.show(&path, &items, true)?;
            if self.recursive {
                // The pile gives the last first.
                for item in items.iter().rev() {
                    if item.kind == Kind::Directory && item.name != b"." && item.name != b".." {
                        let mut below = shown.clone();
                        if !below.ends_with(b"/") {
                            below.push(b'/');
                        }
                        below.push_str(item.name);
                        waiting.push((path.join(BStr::new(item.name).to_path_lossy()), below));
                    }
                }
            }
        }
        Ok(())
    }

    /// Whether nothing but the names in their order is asked for.
    fn is_plain(&self) -> bool {
        let asks = self.long || self.inode || self.blocks || self.commas || self.classify || self.slash;
        let arranges = self.recursive || self.reverse || self.directories_first;
        !asks && !arranges && matches!(self.order, Order::None | Order::Name)
    }

    fn names(&mut self, listing: &mut file::Listing) -> io::Result<()> {
        if self.hidden == Hidden::All {
            self.out.put(b".\n..\n")?;
        }
        let hidden = (self.hidden == Hidden::No).then_some(b'.');
        self.out.put(listing.joined(hidden, b'\n'))
    }

    fn arrange(&self, items: &mut [Item<'_>]) {
        let time = |item: &Item<'_>| item.metadata.as_ref().map(|metadata| self.time_of(metadata));
        let size = |item: &Item<'_>| item.metadata.as_ref().map(|metadata| metadata.len());
        let order = |a: &Item<'_>, b: &Item<'_>| -> Ordering {
            let ordering = match self.order {
                Order::None => return Ordering::Equal,
                Order::Name => Ordering::Equal,
                Order::Size => size(b).cmp(&size(a)),
                Order::Time => time(b).cmp(&time(a)),
                Order::Extension => extension(a.name).cmp(extension(b.name)),
                Order::Version => super::text::version(a.name, b.name),
            };
            let ordering = ordering.then_with(|| a.name.cmp(b.name));
            if self.reverse { ordering.reverse() } else { ordering }
        };
        let grouped = |item: &Item<'_>| self.directories_first && item.kind != Kind::Directory;
        // By name they come sorted.
        if self.order != Order::Name && self.order != Order::None || self.reverse || self.directories_first {
            items.sort_by(|a, b| grouped(a).cmp(&grouped(b)).then_with(|| order(a, b)));
        }
    }

    fn show(&mut self, directory: &Path, items: &[Item<'_>], inside: bool) -> io::Result<()> {
        for (index, item) in items.iter().enumerate() {
            if let Some(metadata) = &item.metadata {
                if self.inode {
                    write!(self.out, "{} ", metadata.identity().1)?;
                }
                if self.blocks {
                    let size = metadata.blocks_of_512() * 512;
                    let shown = if self.human { human(size) } else { size.div_ceil(1024).to_string() };
                    write!(self.out, "{shown} ")?;
                }
                if self.long {
                    self.facts(metadata)?;
                }
            }
            self.out.put(item.name)?;
            if let Some(mark) = self.mark(item) {
                self.out.put(&[mark])?;
            }
            if self.long && item.kind == Kind::Link {
                let full =
                    if inside { directory.join(BStr::new(item.name).to_path_lossy()) } else { directory.to_owned() };
                if let Ok(target) = full.read_link() {
                    self.out.put(b" -> ")?;
                    self.out.put(&Vec::from_path_lossy(&target))?;
                }
            }
            if self.commas && index + 1 < items.len() {
                self.out.put(b", ")?;
            } else {
                self.out.put(b"\n")?;
            }
        }
        Ok(())
    }

    fn mark(&self, item: &Item<'_>) -> Option<u8> {
        match item.kind {
            Kind::Directory if self.classify || self.slash => Some(b'/'),
            _ if !self.classify => None,
            Kind::Link if !self.long => Some(b'@'),
            _ => item.metadata.as_ref().and_then(|metadata| match metadata.letter() {
                'p' => Some(b'|'),
                's' => Some(b'='),
                '-' if metadata.bits() & 0o111 != 0 => Some(b'*'),
                _ => None,
            }),
        }
    }

    fn time_of(&self, metadata: &Metadata) -> SystemTime {
        let time = match self.time {
            Time::Modification => metadata.modified(),
            Time::Access => metadata.accessed(),
            Time::Change => {
                let (seconds, nanoseconds) = metadata.changed();
                let seconds = std::time::Duration::new(seconds.max(0).unsigned_abs(), 0);
                let rest = std::time::Duration::from_nanos(nanoseconds.max(0).unsigned_abs());
                Ok(SystemTime::UNIX_EPOCH + seconds + rest)
            }
        };
        time.unwrap_or(SystemTime::UNIX_EPOCH)
    }

    fn facts(&mut self, metadata: &Metadata) -> io::Result<()> {
        let size = match file::device_numbers(metadata) {
            Some((major, minor)) => format!("{major}, {minor}"),
            None if self.human => human(metadata.len()),
            None => metadata.len().to_string(),
        };
        let time = self.time_of(metadata);
        let environment_zone = self.environment_zone.as_deref();
        let zone = self.zone.get_or_insert_with(|| date::zone(environment_zone)).clone();
        // As POSIX has it: a year in place of the hour for what is older than six months, or to come.
        let recent = self.now.duration_since(time).is_ok_and(|age| age.as_secs() < 15_778_476);
        let format = if recent { "%b %d %H:%M" } else { "%b %d  %Y" };
        let shown = Timestamp::try_from(time)
            .ok()
            .and_then(|time| jiff::fmt::strtime::format(format, &time.to_zoned_datetime(zone)).ok())
            .unwrap_or_default();
        write!(self.out, "{}{} {:>3}", metadata.letter(), permissions(metadata.bits()), metadata.links())?;
        if !self.no_owner {
            write!(self.out, " {:>5}", metadata.owner())?;
        }
        if !self.no_group {
            write!(self.out, " {:>5}", metadata.group())?;
        }
        write!(self.out, " {size:>8} {shown} ")
    }
}

fn kind_of(metadata: &Metadata) -> Kind {
    match metadata.letter() {
        'd' => Kind::Directory,
        'l' => Kind::Link,
        '-' => Kind::File,
        _ => Kind::Other,
    }
}

fn extension(name: &[u8]) -> &[u8] {
    name.rfind_byte(b'.').filter(|at| *at > 0).map_or(b"", |at| &name[at..])
}

/// The nine letters of the permission bits.
pub(super) fn permissions(bits: u32) -> String {
    let mut text = String::with_capacity(9);
    for (shift, special, letter) in [(6, 0o4000, 's'), (3, 0o2000, 's'), (0, 0o1000, 't')] {
        let three = bits >> shift;
        text.push(if three & 4 != 0 { 'r' } else { '-' });
        text.push(if three & 2 != 0 { 'w' } else { '-' });
        text.push(match (three & 1 != 0, bits & special != 0) {
            (true, true) => letter,
            (false, true) => letter.to_ascii_uppercase(),
            (true, false) => 'x',
            (false, false) => '-',
        });
    }
    text
}
