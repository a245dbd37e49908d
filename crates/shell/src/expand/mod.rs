//! Expansion: from words to arguments.
//!
//! The order is that of POSIX: tilde, parameters, substitutions and arithmetic from left to right; then what came from
//! these without quotes is split into fields; then names of files; quotes are gone by then, as they are parts of the
//! tree, not of the text. Braces were expanded by the parser.

mod arithmetic;
mod fields;
mod parameter;
mod pathname;
mod pattern;

use std::sync::Arc;

use bstr::{BStr, BString, ByteSlice as _};

use crate::ast::{Command, List, Part, Redirect, RedirectKind, Word};
use crate::descriptor::{Descriptor, Sink, user_home};
use crate::run::{Array, Key, Run, Shell, Stop, Value};
use crate::utility;

use self::fields::Fields;
pub(crate) use self::pattern::matches;

impl Shell {
    /// The arguments that the words become.
    pub(crate) fn arguments(&mut self, words: &[Word]) -> Result<Vec<BString>, Stop> {
        let mut arguments = Vec::with_capacity(words.len());
        for word in words {
            match word.parts.as_slice() {
                // The usual word, without the machinery.
                [Part::Text(text)] if !text.starts_with(b"~") && !pattern::has_glob(text) => {
                    arguments.push(text.clone());
                }
                [Part::Quoted(text)] => arguments.push(text.clone()),
                parts => {
                    let mut fields = Fields::default();
                    self.expand_start(parts, &mut fields)?;
                    self.named(fields, &mut arguments)?;
                }
            }
        }
        Ok(arguments)
    }

    fn named(&mut self, fields: Fields, arguments: &mut Vec<BString>) -> Run {
        for field in fields.done() {
            let pattern = field.pattern.filter(|_| !self.options.noglob);
            let Some(pattern) = pattern else {
                arguments.push(field.text);
                continue;
            };
            let names = pathname::names(&pattern, &self.directory, &self.cancel);
            if names.is_empty() {
                if self.options.nullglob {
                    continue;
                }
                // A pattern that the script itself has is an error, as in Bun; one from a variable means itself.
                if field.bare_glob {
                    self.complain(format_args!("no matches found: {}", field.text));
                    return Err(Stop::Failed(1));
                }
                arguments.push(field.text);
            } else {
                arguments.extend(names);
            }
        }
        Ok(())
    }

    /// The text of a word where nothing is split and no file is looked for.
    pub(crate) fn text(&mut self, word: &Word) -> Result<BString, Stop> {
        match word.parts.as_slice() {
            [] => Ok(BString::default()),
            [Part::Text(text)] if !text.starts_with(b"~") => Ok(text.clone()),
            parts => {
                let mut fields = Fields::whole();
                self.expand_start(parts, &mut fields)?;
                Ok(fields.joined())
            }
        }
    }

    /// The same for the value of an assignment: a tilde also stands after a colon.
    pub(crate) fn assigned_text(&mut self, word: &Word) -> Result<BString, Stop> {
        let [Part::Text(text)] = word.parts.as_slice() else { return self.text(word) };
        if !text.contains_str(":~") {
            return self.text(word);
        }
        let pieces: Vec<_> = text.split(|&byte| byte == b':').map(|piece| self.with_home(piece)).collect();
        Ok(bstr::join(":", pieces).into())
    }

    /// The pattern that a word is.
    pub(crate) fn pattern(&mut self, word: &Word) -> Result<Vec<u8>, Stop> {
        let mut fields = Fields::pattern();
        self.expand_start(&word.parts, &mut fields)?;
        Ok(fields.joined_pattern())
    }

    /// The text of a here-document.
    pub(crate) fn document(&mut self, word: &Word) -> Result<BString, Stop> {
        self.text(word)
    }

    /// The value of an arithmetic expression.
    pub(crate) fn number(&mut self, word: &Word) -> Result<i64, Stop> {
        let text = self.text(word)?;
        self.evaluate(&text)
    }

    /// `$(< file)`: what the file holds.
    fn write_out(&mut self, redirects: &[Redirect]) -> u8 {
        let written = self.redirected(redirects, |shell| {
            if let Some(cat) = utility::find(b"cat") {
                shell.status = shell.launcher().utility(cat, &["cat".into()]);
            }
            Ok(())
        });
        match written {
            Ok(()) => self.status,
            Err(Stop::Failed(status)) => status,
            Err(_) => 1,
        }
    }

    pub(crate) fn evaluate(&mut self, text: &[u8]) -> Result<i64, Stop> {
        arithmetic::evaluate(text, self).map_err(|message| {
            self.complain(format_args!("{message}"));
            Stop::Failed(1)
        })
    }

    fn expand_start(&mut self, parts: &[Part], fields: &mut Fields) -> Run {
        let Some((Part::Text(text), rest)) = parts.split_first() else { return self.expand(parts, false, fields) };
        if text.first() != Some(&b'~') {
            return self.expand(parts, false, fields);
        }
        let slash = text.find_byte(b'/');
        // As in Bun, `~$(…)` is the home directory and what the command says; anything else that is not plain text
        // takes the meaning from the tilde.
        let plain = slash.is_some()
            || rest.is_empty()
            || (text.as_slice() == b"~" && matches!(rest.first(), Some(Part::Substitution(_))));
        let end = slash.unwrap_or(text.len());
        match self.home(&text[1..end]).filter(|_| plain) {
            Some(home) => {
                fields.quoted(&home);
                fields.bare(&text[end..], true);
                self.expand(rest, false, fields)
            }
            None => self.expand(parts, false, fields),
        }
    }

    /// `~`, `~+`, `~-` or `~user`, without the tilde.
    fn home(&self, user: &[u8]) -> Option<BString> {
        match user {
            b"" => {
                let home = self.variables.get(BStr::new("HOME"));
                Some(home.map_or_else(|| BString::from("/"), ToOwned::to_owned))
            }
            b"+" => self.variables.get(BStr::new("PWD")).map(ToOwned::to_owned),
            b"-" => self.variables.get(BStr::new("OLDPWD")).map(ToOwned::to_owned),
            user => {
                let home = user_home(user)?;
                Some(<[u8]>::from_path(&home)?.into())
            }
        }
    }

    fn with_home(&self, text: &[u8]) -> BString {
        let Some(rest) = text.strip_prefix(b"~") else { return text.into() };
        let end = rest.find_byte(b'/').unwrap_or(rest.len());
        match self.home(&rest[..end]) {
            Some(mut home) => {
                home.extend_from_slice(&rest[end..]);
                home
            }
            None => text.into(),
        }
    }

    /// Expands parts; in double quotes nothing is split and nothing is a pattern.
    fn expand(&mut self, parts: &[Part], quoted: bool, fields: &mut Fields) -> Run {
        for part in parts {
            match part {
                Part::Text(text) if quoted => fields.quoted(text),
                Part::Text(text) => fields.bare(text, true),
                Part::Quoted(text) => fields.quoted(text),
                Part::Double(parts) => {
                    fields.open_quotes(parts);
                    self.expand(parts, true, fields)?;
                }
                Part::Value(number) => self.expand_value(*number, quoted, fields),
                Part::Parameter(parameter) => self.expand_parameter(parameter, quoted, fields)?,
                Part::Substitution(list) => {
                    let text = self.substitute(list)?;
                    self.insert(&text, quoted, fields);
                }
                Part::Arithmetic(word) => {
                    // As an error of expansion it ends the script, as POSIX has it.
                    let number = self.number(word).map_err(|_| {
                        self.status = 1;
                        Stop::Exit
                    })?;
                    self.insert(number.to_string().as_bytes(), quoted, fields);
                }
                Part::Process(writes, list) => {
                    let path = self.process(*writes, list)?;
                    fields.quoted(&path);
                }
                // The commands that declare take these themselves.
                Part::Array(_) => {}
            }
        }
        Ok(())
    }

    /// A value of the template is text, never syntax: it is not split and is no pattern.
    fn expand_value(&self, number: usize, quoted: bool, fields: &mut Fields) {
        match self.session.values.get(number) {
            Some(Value::Text(text)) => fields.quoted(text),
            Some(Value::List(texts)) => {
                for (at, text) in texts.iter().enumerate() {
                    if at > 0 {
                        fields.separate(quoted, b" ");
                    }
                    fields.quoted(text);
                }
            }
            Some(Value::Memory { .. } | Value::Feed(_)) | None => {}
        }
    }

    /// Inserts what an expansion gave.
    fn insert(&self, text: &[u8], quoted: bool, fields: &mut Fields) {
        if quoted {
            fields.quoted(text);
        } else {
            match self.variables.get(BStr::new("IFS")) {
                Some(ifs) => fields.split(text, ifs),
                None => fields.split(text, b" \t\n"),
            }
        }
    }

    /// What commands write, without the line ends at its end.
    pub(crate) fn substitute(&mut self, list: &Arc<List>) -> Result<BString, Stop> {
        let sink = Sink::new();
        let mut inner = self.subshell();
        inner.descriptors.set(1, Some(Descriptor::Sink(sink.hold())));
        let status = match only_input(list) {
            Some(redirects) => inner.write_out(redirects),
            None => inner.complete(list),
        };
        self.status = status;
        self.substituted = Some(status);
        drop(inner);
        sink.wait(&self.cancel);
        if self.cancel.is_cancelled() {
            return Err(Stop::Exit);
        }
        let mut text = sink.take();
        let end = text.trim_end_with(|character| character == '\n').len();
        text.truncate(end);
        text.retain(|&byte| byte != 0); // no argument can have it
        Ok(text.into())
    }
}

/// The redirection of a command that is nothing else, `< file`.
fn only_input(list: &List) -> Option<&[Redirect]> {
    let [(one, false)] = &list.items[..] else { return None };
    let ([command], true) = (&one.first.commands[..], one.rest.is_empty() && !one.first.negated) else { return None };
    let Command::Simple(simple) = &**command else { return None };
    let bare = simple.words.is_empty() && simple.assignments.is_empty();
    let reads =
        matches!(&simple.redirects[..], [Redirect { kind: RedirectKind::Read(_), descriptor: None | Some(0), .. }]);
    (bare && reads).then_some(&simple.redirects[..])
}

impl arithmetic::Numbers for Shell {
    fn text(&self, name: &BStr, key: Option<&Key>) -> Option<BString> {
        match key {
            None => self.variables.get(name).map(ToOwned::to_owned),
            Some(key) => self.element(name, key),
        }
    }

    fn assign(&mut self, name: &BStr, key: Option<Key>, value: i64) -> bool {
        let value = value.to_string().into();
        match key {
            None => self.variables.set(name, value),
            Some(_) if self.variables.is_readonly(name) => false,
            Some(key) => self.variables.change_array(name, |array| array.set(key, value)),
        }
    }

    fn is_named(&self, name: &BStr) -> bool {
        self.variables.array(name).is_some_and(Array::is_named)
    }
}
