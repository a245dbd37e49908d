//! `cat` and `tee`.

use std::{
    fs::{File, OpenOptions},
    io::{self, Read as _, Write as _},
};

use bstr::ByteSlice as _;

use super::{
    Context,
    input::{BLOCK, Lines, Source, bare, open},
    options::Options,
    output::{LONG, Out},
    text::{complain, reason, resolve},
};
use crate::{cancel::Cancel, stream::Output};

/// Writes files one after another. Flags are those of GNU, since Bun runs the system's `cat`.
pub(super) fn cat(context: &mut Context<'_>) -> io::Result<u8> {
    let options = Options {
        short: "AbeEnstTuv",
        long: &[
            ("show-all", 'A'),
            ("number-nonblank", 'b'),
            ("show-ends", 'E'),
            ("number", 'n'),
            ("squeeze-blank", 's'),
            ("show-tabs", 'T'),
            ("show-nonprinting", 'v'),
        ],
        stops: false,
    };
    let Some(parsed) = options.read(context.args, context.stderr)? else { return Ok(1) };
    let has = |letters: &[char]| letters.iter().any(|letter| parsed.has(*letter));
    let mut show = Show {
        ends: has(&['E', 'e', 'A']),
        tabs: has(&['T', 't', 'A']),
        controls: has(&['v', 'e', 't', 'A']),
        number: has(&['n', 'b']),
        nonblank: has(&['b']),
        squeeze: has(&['s']),
        line: 0,
        blank: false,
        at_start: true,
    };
    let plain = !(show.ends || show.tabs || show.controls || show.number || show.squeeze);
    let dash = [b"-".as_bstr()];
    let names = if parsed.operands.is_empty() { &dash[..] } else { &parsed.operands };
    let mut code = 0;
    for name in names {
        let result = match open(context.stdin, context.cwd, name, context.cancel) {
            Err(error) => Err(error),
            Ok(source) if source.left_of_output(context.stdout).is_some_and(|left| left > 0) => {
                Err(io::Error::other("input file is output file"))
            }
            Ok(source) if plain => copy(source, context.stdout, context.cancel)?,
            Ok(source) => show.all(source, context.stdout)?,
        };
        if let Err(error) = result {
            code = 1;
            complain(context.stderr, context.args, format_args!("{name}: {}", reason(&error)))?;
        }
        if context.cancel.is_cancelled() {
            break;
        }
    }
    Ok(code)
}

/// The outer error is that of the output, the inner that of the source.
fn copy(mut source: Source<'_>, stdout: &mut dyn Output, cancel: &Cancel) -> io::Result<io::Result<()>> {
    if let Source::File(file) = &source
        && move_all(file, stdout, cancel)?
    {
        return Ok(Ok(()));
    }
    let mut buffer = vec![0; BLOCK];
    loop {
        match source.read(&mut buffer) {
            Ok(0) => return Ok(Ok(())),
            Ok(length) => stdout.write_all(&buffer[..length])?,
            Err(error) => return Ok(Err(error)),
        }
    }
}

/// Moves a file into a pipe, without reading it; says whether that was all of it.
fn move_all(file: &File, stdout: &mut dyn Output, cancel: &Cancel) -> io::Result<bool> {
    // What is no file may give nothing for a while, at which nobody could end the wait.
    if !file.metadata().is_ok_and(|metadata| metadata.is_file()) {
        return Ok(false);
    }
    let mut moved = 0_u32;
    while let Some(pipe) = stdout.handle().filter(|_| !cancel.is_cancelled()) {
        moved = moved.saturating_add(1);
        if moved == LONG {
            pipe.widen();
        }
        match pipe.move_into(file, BLOCK) {
            Ok(0) => return Ok(true),
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Err(error),
            // It is no pipe, or a full one that does not block, or the file cannot be read: that shows again.
            Err(_) => break,
        }
    }
    Ok(false)
}

#[expect(clippy::struct_excessive_bools, reason = "flags of a command line")]
struct Show {
    ends: bool,
    tabs: bool,
    controls: bool,
    number: bool,
    nonblank: bool,
    squeeze: bool,
    line: u64,
    blank: bool,
    at_start: bool,
}

impl Show {
    fn all(&mut self, source: Source<'_>, stdout: &mut dyn Output) -> io::Result<io::Result<()>> {
        let mut lines = Lines::new(source);
        let mut out = Out::new(stdout);
        loop {
            match lines.line() {
                Ok(Some(line)) => self.one(line, &mut out)?,
                Ok(None) => break,
                Err(error) => {
                    out.flush()?;
                    return Ok(Err(error));
                }
            }
        }
        out.flush()?;
        Ok(Ok(()))
    }

    fn one(&mut self, line: &[u8], out: &mut Out<'_>) -> io::Result<()> {
        let text = bare(line, b'\n');
        let ended = text.len() < line.len();
        let blank = text.is_empty() && self.at_start;
        if blank && self.blank && self.squeeze {
            return Ok(());
        }
        self.blank = blank;
        if self.number && self.at_start && !(self.nonblank && blank) {
            self.line += 1;
            write!(out, "{:>6}\t", self.line)?;
        }
        self.at_start = ended;
        if self.tabs || self.controls {
            for byte in text {
                self.byte(*byte, out)?;
            }
        } else if self.ends && ended && text.ends_with(b"\r") {
            out.put(&text[..text.len() - 1])?;
            out.put(b"^M")?;
        } else {
            out.put(text)?;
        }
        if ended {
            out.put(if self.ends { b"$\n" } else { b"\n" })?;
        }
        Ok(())
    }

    fn byte(&self, byte: u8, out: &mut Out<'_>) -> io::Result<()> {
        match byte {
            b'\t' if self.tabs => out.put(b"^I"),
            b'\t' => out.put(b"\t"),
            _ if !self.controls => out.put(&[byte]),
            0..32 => out.put(&[b'^', byte + 64]),
            127 => out.put(b"^?"),
            128..160 => out.put(&[b'M', b'-', b'^', byte - 64]),
            160..255 => out.put(&[b'M', b'-', byte - 128]),
            255 => out.put(b"M-^?"),
            _ => out.put(&[byte]),
        }
    }
}

/// Copies standard input to standard output and to files; `-a` adds to them.
pub(super) fn tee(context: &mut Context<'_>) -> io::Result<u8> {
    let options = Options { short: "aip", long: &[("append", 'a'), ("ignore-interrupts", 'i')], stops: false };
    let Some(parsed) = options.read(context.args, context.stderr)? else { return Ok(1) };
    let (mut code, mut files) = (0, Vec::new());
    for name in &parsed.operands {
        let append = parsed.has('a');
        let path = resolve(context.cwd, name);
        match OpenOptions::new().create(true).append(append).write(true).truncate(!append).open(path) {
            Ok(file) => files.push((*name, file)),
            Err(error) => {
                code = 1;
                complain(context.stderr, context.args, format_args!("{name}: {}", reason(&error)))?;
            }
        }
    }
    let mut buffer = vec![0; BLOCK];
    while !context.cancel.is_cancelled() {
        let length = match context.stdin.read(&mut buffer) {
            Ok(0) => break,
            Ok(length) => length,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        let block = &buffer[..length];
        let mut failed = Vec::new();
        for (index, (name, file)) in files.iter_mut().enumerate() {
            if let Err(error) = file.write_all(block) {
                failed.push(index);
                code = 1;
                complain(context.stderr, context.args, format_args!("{name}: {}", reason(&error)))?;
            }
        }
        for index in failed.into_iter().rev() {
            files.remove(index);
        }
        context.stdout.write_all(block)?;
    }
    Ok(code)
}
