//! The short way of scripts that end at once and ask for no variable: a hand-registered function for each.

use std::path::PathBuf;
use std::sync::Arc;

use bstr::BString;
use dx_shell::run::{Environment, Script, ScriptOptions, Value};

use super::request::{Standard, standard};
use super::script::{ended, system};
use crate::call;
use crate::raw::{self, Call, Js, Raw};

/// A script with more values goes the long way.
const VALUES: usize = 6;

/// What a function has behind it.
struct Quick {
    script: Script,
    environment: Environment,
}

/// Makes the function of a script, `(scratch, directory, quiet, ...values)`, where each value is a text; `None` when the
/// script has to go the long way. It gives what `ShellScript.run` gives for a script that has ended.
///
/// # Errors
/// Node-API's.
pub(super) fn function(env: Raw, script: &Script, environment: Environment) -> napi::Result<Option<Js>> {
    if !script.is_instant() || !script.is_closed() || script.uses().len() > VALUES {
        return Ok(None);
    }
    raw::function(env, Quick { script: script.clone(), environment }, run).map(Some)
}

fn run(call: &Call<'_, Quick>) -> Option<Js> {
    let arguments: [Js; 3 + VALUES] = call.arguments();
    let [scratch, directory, quiet, values @ ..] = arguments;
    let Quick { script, environment } = call.data;
    let env = call.env;
    let (code, stdout, stderr) = call::sync_raw(env.0, || {
        let text = |value| env.as_utf8(value).unwrap_or_default();
        let Standard { stdout, stderr, descriptors } = standard(env.as_bool(quiet)).map_err(system)?;
        let options = ScriptOptions {
            values: values[..script.uses().len()].iter().map(|&value| Value::Text(text(value).into())).collect(),
            variables: Vec::new(),
            directory: PathBuf::from(String::from_utf8(text(directory)).unwrap_or_default()),
            arguments: Vec::<BString>::new(),
            descriptors,
            sinks: vec![Arc::clone(&stdout), Arc::clone(&stderr)],
            announce: None,
        };
        let code = script.run(environment.clone(), options);
        Ok::<_, dx_fault::Fault>((code, stdout.take(), stderr.take()))
    })?;
    let (memory, length) = env.place_of_bytes(scratch)?;
    // SAFETY: Node-API gave the range in this call; JavaScript waits for it, and nobody else knows the memory.
    let scratch = unsafe { std::slice::from_raw_parts_mut(memory, length) };
    ended(env.0, code, stdout, stderr, scratch).ok()
}
