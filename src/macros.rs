//! Macros of `Bun.build`.

use dx_transpiler::{MacroCall, MacroImport, Refusal, TranspileOptions};
use napi::Result;
use napi::bindgen_prelude::Env;
use napi_derive::napi;

use crate::call;
use crate::transpiler::syntax;

/// A call of a macro. Places are bytes of the UTF-8 text.
#[napi(object, namespace = "transpiler", object_from_js = false)]
pub struct MacroCallPlace {
    /// The first byte of the call.
    pub start: u32,
    /// Behind the call.
    pub end: u32,
    /// The first byte of the arguments.
    pub arguments_start: u32,
    /// Behind the arguments.
    pub arguments_end: u32,
    /// The module's specifier.
    pub specifier: String,
    /// The name of the export.
    pub name: String,
    /// What an argument is that is not known yet; `template` for a tagged template.
    pub refusal: Option<String>,
}

/// A statement that imports macros.
#[napi(object, namespace = "transpiler", object_from_js = false)]
pub struct MacroImportPlace {
    /// The first byte of the statement.
    pub start: u32,
    /// Behind the statement.
    pub end: u32,
    /// The first byte of the specifier, the quote.
    pub source_start: u32,
    /// Behind the specifier.
    pub source_end: u32,
    /// The module's specifier.
    pub specifier: String,
}

/// What a text has of macros.
#[napi(object, namespace = "transpiler", object_from_js = false)]
pub struct FoundMacros {
    /// The imports, in order.
    pub imports: Vec<MacroImportPlace>,
    /// The calls, inner ones first.
    pub calls: Vec<MacroCallPlace>,
}

impl From<MacroCall> for MacroCallPlace {
    fn from(MacroCall { call, arguments, specifier, name, refusal }: MacroCall) -> Self {
        let refusal = refusal.map(|refusal| match refusal {
            Refusal::Argument(what) => what.to_owned(),
            Refusal::Template => "template".to_owned(),
        });
        Self {
            start: call.start,
            end: call.end,
            arguments_start: arguments.start,
            arguments_end: arguments.end,
            specifier,
            name,
            refusal,
        }
    }
}

impl From<MacroImport> for MacroImportPlace {
    fn from(MacroImport { statement, source, specifier }: MacroImport) -> Self {
        Self {
            start: statement.start,
            end: statement.end,
            source_start: source.start,
            source_end: source.end,
            specifier,
        }
    }
}

/// Finds the imports and the calls of macros in a source.
///
/// # Errors
/// Throws a `BuildMessage` when the text does not parse.
#[napi(namespace = "transpiler")]
pub fn find_macros(env: &Env, source: String, filename: String, loader: String) -> Result<FoundMacros> {
    call::sync(env, || {
        let options = TranspileOptions { syntax: syntax(&loader), ..TranspileOptions::default() };
        let found = dx_transpiler::macros(&source, &filename, &options)?;
        Ok::<_, dx_transpiler::Error>(FoundMacros {
            imports: found.imports.into_iter().map(Into::into).collect(),
            calls: found.calls.into_iter().map(Into::into).collect(),
        })
    })
}
