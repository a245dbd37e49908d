//! Parameter expansion.

use std::borrow::Cow;

use bstr::{BStr, BString, ByteSlice as _, ByteVec as _};

use crate::ast::{Name, Operation, Parameter, Place, Word};
use crate::run::{Array, Key, Run, Shell, Stop};

use super::fields::Fields;
use super::pattern::{match_end, match_start};

impl Shell {
    pub(super) fn expand_parameter(&mut self, parameter: &Parameter, quoted: bool, fields: &mut Fields) -> Run {
        let Parameter { name, operation } = parameter;
        let value = match name {
            Name::Special(all @ (b'@' | b'*')) => return self.expand_all(*all, operation, quoted, fields),
            Name::All(name, all) => return self.expand_array(name, *all, operation, quoted, fields),
            Name::Element(name, subscript) => {
                let key = self.key(name.as_bstr(), subscript)?;
                self.element(name.as_bstr(), &key)
            }
            name => self.parameter(name),
        };
        let given = |colon: bool| value.as_ref().is_some_and(|value| !colon || !value.is_empty());
        match operation {
            Operation::Default(colon, word) if !given(*colon) => return self.expand_operand(word, quoted, fields),
            Operation::Alternative(colon, word) => {
                return if given(*colon) { self.expand_operand(word, quoted, fields) } else { Ok(()) };
            }
            Operation::Assign(colon, word) if !given(*colon) => {
                let text = self.text(word)?;
                match name {
                    Name::Variable(name) => {
                        if !self.variables.set(name.as_bstr(), text.clone()) {
                            return self.fatal(format_args!("{name}: readonly variable"));
                        }
                    }
                    Name::Element(name, subscript) => {
                        let key = self.key(name.as_bstr(), subscript)?;
                        self.assign_element(name.as_bstr(), key, text.clone(), false)?;
                    }
                    name => return self.fatal(format_args!("{}: cannot assign in this way", spelled(name))),
                }
                self.insert(&text, quoted, fields);
                return Ok(());
            }
            Operation::Error(colon, word) if !given(*colon) => {
                let mut message = self.text(word)?;
                if word.parts.is_empty() {
                    message = if *colon { "parameter null or not set" } else { "parameter not set" }.into();
                }
                return self.fatal(format_args!("{}: {message}", spelled(name)));
            }
            Operation::Default(..) | Operation::Assign(..) | Operation::Error(..) => {
                self.insert(&value.unwrap_or_default(), quoted, fields);
                return Ok(());
            }
            _ => {}
        }
        match operation {
            Operation::Names(all) => {
                let Name::Variable(start) = name else { return Ok(()) };
                let names = self.variables.all().into_iter().map(|known| known.name);
                let names = names.filter(|name| name.starts_with(start)).collect();
                return self.expand_list(names, *all, &Operation::Get, quoted, fields);
            }
            Operation::Indirect if value.is_some() => {
                return self.expand_indirect(&value.unwrap_or_default(), quoted, fields);
            }
            _ => {}
        }
        if value.is_none() && self.options.nounset {
            return self.fatal(format_args!("{}: unbound variable", spelled(name)));
        }
        let result = match operation {
            Operation::Length => {
                let value = value.unwrap_or_default();
                let length = value.chars().count();
                length.to_string().into()
            }
            operation => match value {
                Some(value) => self.changed(value, operation)?,
                None => return Ok(()),
            },
        };
        self.insert(&result, quoted, fields);
        Ok(())
    }

    /// Applies what changes a single value.
    fn changed(&mut self, value: BString, operation: &Operation) -> Result<BString, Stop> {
        Ok(match operation {
            Operation::TrimStart(longest, word) => {
                let pattern = self.pattern(word)?;
                let end = match_start(&pattern, &value, *longest).unwrap_or(0);
                value[end..].into()
            }
            Operation::TrimEnd(longest, word) => {
                let pattern = self.pattern(word)?;
                let start = match_end(&pattern, &value, *longest).unwrap_or(value.len());
                value[..start].into()
            }
            Operation::Replace(place, from, to) => {
                let pattern = self.pattern(from)?;
                let to = self.text(to)?;
                replaced(&value, &pattern, &to, *place)
            }
            Operation::Slice(offset, length) => {
                let (offset, length) = self.slice(offset, length.as_ref())?;
                let characters: Vec<_> = value.char_indices().map(|(start, end, _)| (start, end)).collect();
                let (from, to) = self.bounds(characters.len(), offset, length)?;
                match (characters.get(from), to.checked_sub(1).and_then(|last| characters.get(last))) {
                    (Some(&(start, _)), Some(&(_, end))) if start < end => value[start..end].into(),
                    _ => BString::default(),
                }
            }
            Operation::Case(upper, all, word) => {
                let pattern = if word.parts.is_empty() { b"?".to_vec() } else { self.pattern(word)? };
                let mut result = BString::default();
                for (start, end, character) in value.char_indices() {
                    let changes = (*all || start == 0) && super::matches(&pattern, &value[start..end]);
                    match (changes, upper) {
                        (true, true) => character.to_uppercase().for_each(|character| result.push_char(character)),
                        (true, false) => character.to_lowercase().for_each(|character| result.push_char(character)),
                        (false, _) => result.extend_from_slice(&value[start..end]),
                    }
                }
                result
            }
            Operation::Quote => {
                let mut quoted = BString::from("'");
                quoted.extend_from_slice(&value.replace("'", "'\\''"));
                quoted.push(b'\'');
                quoted
            }
            _ => value,
        })
    }

    fn slice(&mut self, offset: &Word, length: Option<&Word>) -> Result<(i64, Option<i64>), Stop> {
        let offset = self.number(offset)?;
        let length = length.map(|length| self.number(length)).transpose()?;
        Ok((offset, length))
    }

    /// Which of `count` things are meant.
    fn bounds(&mut self, count: usize, offset: i64, length: Option<i64>) -> Result<(usize, usize), Stop> {
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        let from = if offset < 0 { count.saturating_add(offset) } else { offset };
        if from < 0 || from > count {
            return Ok((0, 0));
        }
        let to = match length {
            None => count,
            Some(length) if length < 0 => count.saturating_add(length),
            Some(length) => from.saturating_add(length).min(count),
        };
        if to < from {
            self.complain(format_args!("{}: substring expression < 0", length.unwrap_or_default()));
            return Err(Stop::Failed(1));
        }
        let index = |number: i64| usize::try_from(number).unwrap_or(0);
        Ok((index(from), index(to)))
    }

    /// `${!x}`: the parameter whose name is the value of another.
    fn expand_indirect(&mut self, target: &BString, quoted: bool, fields: &mut Fields) -> Run {
        for all in [b'@', b'*'] {
            if let Some(name) = target.strip_suffix(&[b'[', all, b']']) {
                return self.expand_array(&name.into(), all, &Operation::Get, quoted, fields);
            }
        }
        let value = match target.to_str().ok().and_then(|digits| digits.parse().ok()) {
            Some(number) => self.parameter(&Name::Positional(number)),
            None => match self.reference(target.as_bstr())? {
                Some((name, key)) => self.element(name, &key),
                None => self.parameter(&Name::Variable(target.clone())),
            },
        };
        self.insert(&value.unwrap_or_default(), quoted, fields);
        Ok(())
    }

    /// `$@` and `$*`.
    fn expand_all(&mut self, which: u8, operation: &Operation, quoted: bool, fields: &mut Fields) -> Run {
        let mut all: Vec<BString> = self.arguments[1.min(self.arguments.len())..].to_vec();
        if let Operation::Slice(offset, length) = operation {
            let (offset, length) = self.slice(offset, length.as_ref())?;
            // `${@:0}` begins with `$0`.
            if let Some(first) = self.arguments.first() {
                all.insert(0, first.clone());
            }
            let (from, to) = self.bounds(all.len(), offset, length)?;
            return self.expand_list(all[from..to].to_vec(), which, &Operation::Get, quoted, fields);
        }
        self.expand_list(all, which, operation, quoted, fields)
    }

    /// `${x[@]}` and `${x[*]}`.
    fn expand_array(
        &mut self,
        name: &BString,
        which: u8,
        operation: &Operation,
        quoted: bool,
        fields: &mut Fields,
    ) -> Run {
        let get = &Operation::Get;
        match operation {
            Operation::Length => {
                let count = self.array(name).map_or(0, |array| array.len());
                self.insert(count.to_string().as_bytes(), quoted, fields);
                Ok(())
            }
            Operation::Keys => {
                let keys = self.array(name).map(|array| array.keys()).unwrap_or_default();
                self.expand_list(keys, which, get, quoted, fields)
            }
            Operation::Slice(offset, length) => {
                let (offset, length) = self.slice(offset, length.as_ref())?;
                let mut values = self.array(name).and_then(|array| array.values_from(offset)).unwrap_or_default();
                if let Some(length) = length {
                    let Ok(length) = usize::try_from(length) else {
                        self.complain(format_args!("{length}: substring expression < 0"));
                        return Err(Stop::Failed(1));
                    };
                    values.truncate(length);
                }
                self.expand_list(values, which, get, quoted, fields)
            }
            operation => {
                let values = self.array(name).map(|array| array.values()).unwrap_or_default();
                self.expand_list(values, which, operation, quoted, fields)
            }
        }
    }

    /// Values that are several in quotes, too, unless `which` is `*`.
    fn expand_list(
        &mut self,
        mut all: Vec<BString>,
        which: u8,
        operation: &Operation,
        quoted: bool,
        fields: &mut Fields,
    ) -> Run {
        match operation {
            Operation::Get => {}
            Operation::Length => {
                self.insert(all.len().to_string().as_bytes(), quoted, fields);
                return Ok(());
            }
            Operation::Default(colon, word) | Operation::Assign(colon, word) | Operation::Error(colon, word)
                if all.is_empty() || (*colon && all.iter().all(|value| value.is_empty())) =>
            {
                return match operation {
                    Operation::Default(..) => self.expand_operand(word, quoted, fields),
                    Operation::Assign(..) => {
                        self.fatal(format_args!("${}: cannot assign in this way", char::from(which)))
                    }
                    _ => self.fatal(format_args!("{}: parameter null or not set", char::from(which))),
                };
            }
            Operation::Alternative(colon, word) => {
                let given = if *colon { all.iter().any(|value| !value.is_empty()) } else { !all.is_empty() };
                return if given { self.expand_operand(word, quoted, fields) } else { Ok(()) };
            }
            operation => {
                for value in &mut all {
                    *value = self.changed(std::mem::take(value), operation)?;
                }
            }
        }
        if which == b'*' && quoted {
            let joint: BString = match self.variables.get(BStr::new("IFS")) {
                Some(ifs) => ifs.chars().next().map_or_else(BString::default, |first| first.to_string().into()),
                None => " ".into(),
            };
            let joined: BString = bstr::join(&joint, &all).into();
            fields.quoted(&joined);
            return Ok(());
        }
        for (at, value) in all.iter().enumerate() {
            if at > 0 {
                if quoted { fields.next() } else { fields.separate(false, b" ") }
            }
            if quoted { fields.quoted(value) } else { self.insert(value, false, fields) }
        }
        Ok(())
    }

    /// The word of `${x:-word}`.
    fn expand_operand(&mut self, word: &Word, quoted: bool, fields: &mut Fields) -> Run {
        if quoted { self.expand(&word.parts, true, fields) } else { self.expand_start(&word.parts, fields) }
    }

    /// The value of a parameter, if it is set.
    pub(crate) fn parameter(&self, name: &Name) -> Option<BString> {
        match name {
            Name::Variable(name) => self.variable(name),
            Name::Positional(number) => self.arguments.get(*number).cloned(),
            Name::Special(special) => Some(match special {
                b'#' => self.arguments.len().saturating_sub(1).to_string().into(),
                b'?' => self.status.to_string().into(),
                b'$' => self.session.process.to_string().into(),
                b'!' => return self.last_job.map(|job| job.to_string().into()),
                b'-' => self.options.letters().into(),
                _ => return None,
            }),
            Name::Element(..) | Name::All(..) => None,
        }
    }

    /// A variable as an array, also the one that is made when it is asked for.
    fn array(&self, name: &BString) -> Option<Cow<'_, Array>> {
        if let Some(array) = self.variables.array(name.as_bstr()) {
            return Some(Cow::Borrowed(array));
        }
        if let Some(text) = self.variable(name) {
            return Some(Cow::Owned(Array::list([text])));
        }
        let text = |status: &u8| status.to_string().into();
        (name == "PIPESTATUS").then(|| Cow::Owned(Array::list(self.statuses.iter().map(text))))
    }

    /// An element of a variable.
    pub(crate) fn element(&self, name: &BStr, key: &Key) -> Option<BString> {
        match self.variables.element(name, key) {
            Some(value) => Some(value.clone()),
            None if self.variables.is_set(name) => None,
            None => self.array(&name.to_owned())?.get(key).cloned(),
        }
    }
}

fn spelled(name: &Name) -> BString {
    match name {
        Name::Variable(name) | Name::Element(name, _) | Name::All(name, _) => name.clone(),
        Name::Positional(number) => number.to_string().into(),
        Name::Special(special) => char::from(*special).to_string().into(),
    }
}

fn replaced(value: &[u8], pattern: &[u8], to: &[u8], place: Place) -> BString {
    let mut result = BString::default();
    match place {
        Place::Start => match match_start(pattern, value, true) {
            Some(end) => [to, &value[end..]].concat().into(),
            None => value.into(),
        },
        Place::End => match match_end(pattern, value, true) {
            Some(start) => [&value[..start], to].concat().into(),
            None => value.into(),
        },
        Place::First | Place::All => {
            if pattern.is_empty() {
                return value.into();
            }
            let mut rest = value;
            while !rest.is_empty() {
                match match_start(pattern, rest, true) {
                    Some(end) if end > 0 => {
                        result.extend_from_slice(to);
                        rest = &rest[end..];
                        if place == Place::First {
                            break;
                        }
                    }
                    _ => {
                        let length = bstr::decode_utf8(rest).1.max(1);
                        result.extend_from_slice(&rest[..length]);
                        rest = &rest[length..];
                    }
                }
            }
            result.extend_from_slice(rest);
            result
        }
    }
}
