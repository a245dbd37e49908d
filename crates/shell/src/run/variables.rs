//! Variables.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use bstr::{BStr, BString, ByteSlice as _};

use super::array::{Array, Key};

/// What a variable holds.
#[derive(Debug, Clone)]
pub(crate) enum Content {
    Text(BString),
    Array(Array),
}

/// One variable.
#[derive(Debug, Clone, Default)]
struct Variable {
    value: Option<Content>,
    exported: bool,
    readonly: bool,
    /// Whether what it is set to is arithmetic.
    integer: bool,
}

impl Variable {
    /// Its text; that of an array is its first element's.
    fn text(&self) -> Option<&BString> {
        match self.value.as_ref()? {
            Content::Text(text) => Some(text),
            Content::Array(array) => array.text(),
        }
    }

    /// Changes its array; a text becomes the first element of one.
    fn change<T>(&mut self, change: impl FnOnce(&mut Array) -> T) -> T {
        let mut array = match self.value.take() {
            Some(Content::Array(array)) => array,
            Some(Content::Text(text)) => Array::list([text]),
            None => Array::default(),
        };
        let result = change(&mut array);
        self.value = Some(Content::Array(array));
        result
    }
}

/// What is known of a variable.
pub(crate) struct Known {
    pub(crate) name: BString,
    pub(crate) value: Option<Content>,
    pub(crate) exported: bool,
    pub(crate) readonly: bool,
    pub(crate) integer: bool,
}

/// The variables of a shell. A clone costs nothing until one of the two changes.
#[derive(Debug, Clone, Default)]
pub(crate) struct Variables {
    map: Arc<HashMap<BString, Variable>>,
    /// What functions that run made local, with what was there before.
    scopes: Vec<Vec<(BString, Option<Variable>)>>,
}

/// What variables were.
pub(crate) struct Remembered(Vec<(BString, Option<Variable>)>);

impl Variables {
    /// The variables of an environment, exported.
    pub(crate) fn new(environment: impl IntoIterator<Item = (BString, BString)>) -> Self {
        let variable = |value| Variable { value: Some(Content::Text(value)), exported: true, ..Variable::default() };
        let map = environment.into_iter().map(|(name, value)| (name, variable(value))).collect();
        Self { map: Arc::new(map), scopes: Vec::new() }
    }

    pub(crate) fn get(&self, name: &BStr) -> Option<&BStr> {
        self.map.get(name).and_then(Variable::text).map(|value| value.as_bstr())
    }

    /// The array of that name; `None` also for a text.
    pub(crate) fn array(&self, name: &BStr) -> Option<&Array> {
        match self.map.get(name)?.value.as_ref()? {
            Content::Array(array) => Some(array),
            Content::Text(_) => None,
        }
    }

    /// An element; that of a text is its element 0.
    pub(crate) fn element(&self, name: &BStr, key: &Key) -> Option<&BString> {
        match self.map.get(name)?.value.as_ref()? {
            Content::Array(array) => array.get(key),
            Content::Text(text) => matches!(key, Key::Index(0 | -1)).then_some(text),
        }
    }

    pub(crate) fn is_set(&self, name: &BStr) -> bool {
        self.map.get(name).is_some_and(|variable| variable.value.is_some())
    }

    /// Sets it; `false` when it is read-only.
    pub(crate) fn set(&mut self, name: &BStr, value: BString) -> bool {
        if self.is_readonly(name) {
            return false;
        }
        let map = Arc::make_mut(&mut self.map);
        match map.get_mut(name) {
            // As in bash, the text of an array is its element 0.
            Some(Variable { value: Some(Content::Array(array)), .. }) => {
                array.set(Key::Index(0), value);
            }
            Some(variable) => variable.value = Some(Content::Text(value)),
            None => {
                let value = Some(Content::Text(value));
                map.insert(name.to_owned(), Variable { value, ..Variable::default() });
            }
        }
        true
    }

    /// Sets it to an array.
    pub(crate) fn set_array(&mut self, name: &BStr, array: Array) {
        self.entry(name).value = Some(Content::Array(array));
    }

    /// Changes it as an array, which it becomes if it is none.
    pub(crate) fn change_array<T>(&mut self, name: &BStr, change: impl FnOnce(&mut Array) -> T) -> T {
        self.entry(name).change(change)
    }

    /// Makes it an array, if it is none.
    pub(crate) fn make_array(&mut self, name: &BStr, named: bool) {
        match self.array(name) {
            Some(_) => {}
            None if named => self.set_array(name, Array::empty(true)),
            None => self.change_array(name, |_| {}),
        }
    }

    /// Removes an element.
    pub(crate) fn unset_element(&mut self, name: &BStr, key: &Key) -> bool {
        if self.is_readonly(name) {
            return false;
        }
        if self.array(name).is_some() {
            self.change_array(name, |array| array.remove(key));
        } else if self.element(name, key).is_some() {
            self.unset(name);
        }
        true
    }

    pub(crate) fn is_readonly(&self, name: &BStr) -> bool {
        self.map.get(name).is_some_and(|variable| variable.readonly)
    }

    fn entry(&mut self, name: &BStr) -> &mut Variable {
        Arc::make_mut(&mut self.map).entry(name.to_owned()).or_default()
    }

    pub(crate) fn export(&mut self, name: &BStr, exported: bool) {
        self.entry(name).exported = exported;
    }

    pub(crate) fn make_integer(&mut self, name: &BStr) {
        self.entry(name).integer = true;
    }

    pub(crate) fn is_integer(&self, name: &BStr) -> bool {
        self.map.get(name).is_some_and(|variable| variable.integer)
    }

    pub(crate) fn make_readonly(&mut self, name: &BStr) {
        self.entry(name).readonly = true;
    }

    /// Removes it; `false` when it is read-only.
    pub(crate) fn unset(&mut self, name: &BStr) -> bool {
        if self.is_readonly(name) {
            return false;
        }
        if self.map.contains_key(name) {
            Arc::make_mut(&mut self.map).remove(name);
        }
        true
    }

    /// All that are set, sorted.
    pub(crate) fn all(&self) -> Vec<Known> {
        let mut all: Vec<_> = self.map.iter().map(|(name, variable)| known(name, variable)).collect();
        all.sort_unstable_by(|a, b| a.name.cmp(&b.name));
        all
    }

    /// One of them.
    pub(crate) fn known(&self, name: &BString) -> Option<Known> {
        self.map.get(name).map(|variable| known(name, variable))
    }

    /// The environment of a program.
    pub(crate) fn environment(&self) -> Vec<(BString, BString)> {
        let pair = |(name, variable): (&BString, &Variable)| {
            // As in bash, arrays stay in the shell.
            match (&variable.value, variable.exported) {
                (Some(Content::Text(value)), true) => Some((name.clone(), value.clone())),
                _ => None,
            }
        };
        self.map.iter().filter_map(pair).collect()
    }

    /// Variables as they are now, for [`Self::put_back`].
    pub(crate) fn remember<'a>(&self, names: impl Iterator<Item = &'a BString>) -> Remembered {
        Remembered(names.map(|name| (name.clone(), self.map.get(name).cloned())).collect())
    }

    /// Makes variables what they were; what else was set stays.
    pub(crate) fn put_back(&mut self, remembered: Remembered) {
        for (name, before) in remembered.0.into_iter().rev() {
            self.restore(name, before);
        }
    }

    /// A function begins.
    pub(crate) fn enter(&mut self) {
        self.scopes.push(Vec::new());
    }

    /// A function ends: what it made local is as it was.
    pub(crate) fn leave(&mut self) {
        for (name, before) in self.scopes.pop().unwrap_or_default().into_iter().rev() {
            self.restore(name, before);
        }
    }

    fn restore(&mut self, name: BString, before: Option<Variable>) {
        let map = Arc::make_mut(&mut self.map);
        match before {
            Some(variable) => map.insert(name, variable),
            None => map.remove(&name),
        };
    }

    /// Makes it local to the function that runs; `false` outside of functions.
    pub(crate) fn make_local(&mut self, name: &BStr) -> bool {
        let before = self.map.get(name).cloned();
        let Some(scope) = self.scopes.last_mut() else { return false };
        if !scope.iter().any(|(local, _)| local == name) {
            scope.push((name.to_owned(), before.clone()));
            let local = Variable { exported: before.is_some_and(|variable| variable.exported), ..Variable::default() };
            Arc::make_mut(&mut self.map).insert(name.to_owned(), local);
        }
        true
    }

    pub(crate) fn in_function(&self) -> bool {
        !self.scopes.is_empty()
    }
}

fn known(name: &BString, variable: &Variable) -> Known {
    let Variable { value, exported, readonly, integer } = variable.clone();
    Known { name: name.clone(), value, exported, readonly, integer }
}

impl crate::utility::Environment for Variables {
    fn get(&self, name: &BStr) -> Option<Cow<'_, BStr>> {
        let variable = self.map.get(name).filter(|variable| variable.exported)?;
        variable.text().map(|value| Cow::Borrowed(value.as_bstr()))
    }

    fn exported(&self) -> Vec<(BString, BString)> {
        let mut environment = self.environment();
        environment.sort_unstable();
        environment
    }
}
