//! Assignments.

use std::sync::Arc;

use bstr::{BStr, BString, ByteSlice as _};

use crate::ast::{Assigned, Assignment, Element, Part, Simple, Word};
use crate::builtin;

use super::array::{Array, Key};
use super::{Run, Shell, Stop};

/// A value on its way into an array.
pub(crate) struct Piece {
    key: Option<Key>,
    append: bool,
    value: BString,
}

impl Shell {
    /// The arguments of `export` and its like: what looks like an assignment is expanded like one.
    pub(super) fn declared(&mut self, words: &[Word]) -> Result<Vec<BString>, Stop> {
        let mut arguments = Vec::new();
        self.declared_arrays.clear();
        for word in words {
            if let [Part::Array(assignment)] = word.parts.as_slice() {
                self.declared_arrays.push((arguments.len(), Arc::clone(assignment)));
                arguments.push(assignment.name.clone());
            } else if builtin::is_assignment(word) {
                arguments.push(self.assigned_text(word)?);
            } else {
                arguments.extend(self.arguments(std::slice::from_ref(word))?);
            }
        }
        Ok(arguments)
    }

    /// A command of assignments and redirections.
    pub(super) fn assign_only(&mut self, simple: &Simple) -> Run {
        self.assign(&simple.assignments, false)?;
        if self.options.xtrace && !simple.assignments.is_empty() {
            let texts: Vec<BString> = simple.assignments.iter().map(|assignment| self.assigned(assignment)).collect();
            self.trace(&texts);
        }
        let status = self.substituted.unwrap_or(0);
        self.status = status;
        self.redirected(&simple.redirects, |_| Ok(()))
    }

    /// An assignment, as it is traced.
    fn assigned(&self, Assignment { name, subscript, value, .. }: &Assignment) -> BString {
        let name = name.as_bstr();
        if let (None, Assigned::Word(_)) = (subscript, value) {
            let value = self.variables.get(name).unwrap_or_default();
            return [name, BStr::new("="), value].map(|part| part.as_bytes()).concat().into();
        }
        let value = self.variables.array(name).map(Array::shown).unwrap_or_default();
        [name.as_bytes(), b"=", &value].concat().into()
    }

    /// Sets variables; as those of one command they are exported.
    pub(super) fn assign(&mut self, assignments: &[Assignment], exported: bool) -> Run {
        for assignment in assignments {
            let name = assignment.name.as_bstr();
            match (&assignment.value, &assignment.subscript) {
                (Assigned::Array(elements), _) => self.assign_array(name, elements, assignment.append)?,
                (Assigned::Word(word), None) => {
                    let value = self.assigned_text(word)?;
                    let value = self.counted(name, value, assignment.append)?;
                    if !self.variables.set(name, value) {
                        return self.fatal(format_args!("{name}: readonly variable"));
                    }
                }
                (Assigned::Word(word), Some(subscript)) => {
                    let key = self.key(name, subscript)?;
                    let value = self.assigned_text(word)?;
                    self.assign_element(name, key, value, assignment.append)?;
                }
            }
            if exported || self.options.allexport {
                self.variables.export(name, true);
            }
        }
        Ok(())
    }

    /// What a variable is set to: a text, at the end of what it has, or a number, in addition to it.
    pub(crate) fn counted(&mut self, name: &BStr, value: BString, append: bool) -> Result<BString, Stop> {
        let before = if append { self.variables.get(name).map(ToOwned::to_owned) } else { None };
        if self.variables.is_integer(name) {
            let more = self.evaluate(&value)?;
            let before = before.map_or(Ok(0), |before| self.evaluate(&before))?;
            return Ok(before.wrapping_add(more).to_string().into());
        }
        let Some(mut whole) = before else { return Ok(value) };
        whole.extend_from_slice(&value);
        Ok(whole)
    }

    /// `name[key]=value`
    pub(crate) fn assign_element(&mut self, name: &BStr, key: Key, value: BString, append: bool) -> Run {
        if self.variables.is_readonly(name) {
            return self.fatal(format_args!("{name}: readonly variable"));
        }
        if self.variables.change_array(name, |array| put(array, key, value, append)) {
            return Ok(());
        }
        self.complain(format_args!("{name}: bad array subscript"));
        Err(Stop::Failed(1))
    }

    /// `name=(…)`
    pub(crate) fn assign_array(&mut self, name: &BStr, elements: &[Element], append: bool) -> Run {
        let named = self.variables.array(name).is_some_and(Array::is_named);
        let pieces = self.pieces(elements, named)?;
        if self.variables.is_readonly(name) {
            return self.fatal(format_args!("{name}: readonly variable"));
        }
        if !append {
            self.variables.set_array(name, Array::empty(named));
        }
        if self.variables.change_array(name, |array| fill(array, pieces)) {
            return Ok(());
        }
        self.complain(format_args!("{name}: bad array subscript"));
        Err(Stop::Failed(1))
    }

    /// What the words in the parentheses of an array become.
    fn pieces(&mut self, elements: &[Element], named: bool) -> Result<Vec<Piece>, Stop> {
        let mut pieces = Vec::with_capacity(elements.len());
        let mut bare = Vec::new();
        for element in elements {
            match &element.subscript {
                Some((subscript, append)) => {
                    let key = Some(self.key_of(named, subscript)?);
                    pieces.push(Piece { key, append: *append, value: self.assigned_text(&element.value)? });
                }
                None => {
                    let values = self.arguments(std::slice::from_ref(&element.value))?;
                    if named {
                        bare.extend(values);
                    } else {
                        pieces.extend(values.into_iter().map(|value| Piece { key: None, append: false, value }));
                    }
                }
            }
        }
        // Names and values in turn.
        let mut bare = bare.into_iter();
        while let Some(name) = bare.next() {
            let value = bare.next().unwrap_or_default();
            pieces.push(Piece { key: Some(Key::Name(name)), append: false, value });
        }
        Ok(pieces)
    }

    /// Which element of a variable a subscript means.
    pub(crate) fn key(&mut self, name: &BStr, subscript: &Word) -> Result<Key, Stop> {
        let named = self.variables.array(name).is_some_and(Array::is_named);
        self.key_of(named, subscript)
    }

    fn key_of(&mut self, named: bool, subscript: &Word) -> Result<Key, Stop> {
        let text = self.text(subscript)?;
        if named { Ok(Key::Name(text)) } else { self.evaluate(&text).map(Key::Index) }
    }

    /// The variable and the element that a text means: `a[1]`.
    pub(crate) fn reference<'a>(&mut self, text: &'a BStr) -> Result<Option<(&'a BStr, Key)>, Stop> {
        let Some((name, subscript)) = text.strip_suffix(b"]").and_then(|text| text.split_once_str("[")) else {
            return Ok(None);
        };
        if !builtin::is_name(name) {
            return Ok(None);
        }
        let name = name.as_bstr();
        let named = self.variables.array(name).is_some_and(Array::is_named);
        let key = if named { Key::Name(subscript.into()) } else { Key::Index(self.evaluate(subscript)?) };
        Ok(Some((name, key)))
    }
}

fn put(array: &mut Array, key: Key, value: BString, append: bool) -> bool {
    let before = if append { array.get(&key).cloned() } else { None };
    let value = match before {
        Some(mut before) => {
            before.extend_from_slice(&value);
            before
        }
        None => value,
    };
    array.set(key, value)
}

fn fill(array: &mut Array, pieces: Vec<Piece>) -> bool {
    let mut next = array.next();
    pieces.into_iter().all(|Piece { key, append, value }| {
        let key = key.unwrap_or(Key::Index(next));
        if let Key::Index(index) = key {
            next = index.saturating_add(1);
        }
        put(array, key, value, append)
    })
}
