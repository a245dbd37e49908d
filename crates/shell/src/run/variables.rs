//! Variables.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use bstr::{BStr, BString, ByteSlice as _};

/// One variable.
#[derive(Debug, Clone, Default)]
struct Variable {
    value: Option<BString>,
    exported: bool,
    readonly: bool,
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
        let variable = |value| Variable { value: Some(value), exported: true, readonly: false };
        let map = environment.into_iter().map(|(name, value)| (name, variable(value))).collect();
        Self { map: Arc::new(map), scopes: Vec::new() }
    }

    pub(crate) fn get(&self, name: &BStr) -> Option<&BStr> {
        self.map.get(name).and_then(|variable| variable.value.as_ref()).map(|value| value.as_bstr())
    }

    /// Sets it; `false` when it is read-only.
    pub(crate) fn set(&mut self, name: &BStr, value: BString) -> bool {
        if self.is_readonly(name) {
            return false;
        }
        let map = Arc::make_mut(&mut self.map);
        match map.get_mut(name) {
            Some(variable) => variable.value = Some(value),
            None => {
                map.insert(name.to_owned(), Variable { value: Some(value), ..Variable::default() });
            }
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

    /// All that are set, sorted, each with whether it is exported and whether it is read-only.
    pub(crate) fn all(&self) -> Vec<(BString, Option<BString>, bool, bool)> {
        let entry = |(name, variable): (&BString, &Variable)| {
            (name.clone(), variable.value.clone(), variable.exported, variable.readonly)
        };
        let mut all: Vec<_> = self.map.iter().map(entry).collect();
        all.sort_unstable();
        all
    }

    /// The environment of a program.
    pub(crate) fn environment(&self) -> Vec<(BString, BString)> {
        let pair = |(name, variable): (&BString, &Variable)| {
            variable.exported.then(|| Some((name.clone(), variable.value.clone()?)))?
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

impl crate::utility::Environment for Variables {
    fn get(&self, name: &BStr) -> Option<Cow<'_, BStr>> {
        let variable = self.map.get(name).filter(|variable| variable.exported)?;
        variable.value.as_ref().map(|value| Cow::Borrowed(value.as_bstr()))
    }

    fn exported(&self) -> Vec<(BString, BString)> {
        let mut environment = self.environment();
        environment.sort_unstable();
        environment
    }
}
