//! The loader's engine (`lib/loader/engine.js`).

use std::path::{Path, PathBuf};

use dx_transpiler::{EngineOptions, Kind, ModuleKind, ResolverOptions, Syntax};
use napi::Result;
use napi::bindgen_prelude::Env;
use napi_derive::napi;

use crate::call;

/// Options of `Engine`.
#[napi(object, namespace = "transpiler", object_to_js = false)]
#[derive(Default)]
pub struct LoaderEngineOptions {
    /// Further conditions of package `exports`.
    pub conditions: Option<Vec<String>>,
    /// The tsconfig.json that holds instead of the nearest one.
    pub tsconfig: Option<String>,
    /// `NODE_ENV` is `production`.
    pub production: Option<bool>,
    /// Lower `using`.
    pub lower_using: Option<bool>,
    /// Give modules setters for their exports.
    pub mockable: Option<bool>,
}

/// JavaScript that Node runs.
#[napi(object, namespace = "transpiler", object_from_js = false)]
pub struct LoadedModule {
    /// The JavaScript.
    pub code: String,
    /// The source map's `mappings`.
    pub mappings: String,
    /// Whether it is an ECMAScript module.
    pub esm: bool,
}

/// Resolver and transpiler with their caches.
#[napi(namespace = "transpiler")]
pub struct Engine {
    engine: dx_transpiler::Engine,
}

#[napi(namespace = "transpiler")]
impl Engine {
    /// Makes an engine with empty caches.
    #[napi(constructor)]
    #[must_use]
    pub fn new(options: Option<LoaderEngineOptions>) -> Self {
        let options = options.unwrap_or_default();
        let engine = dx_transpiler::Engine::new(EngineOptions {
            resolver: ResolverOptions {
                conditions: options.conditions.unwrap_or_default(),
                tsconfig: options.tsconfig.map(PathBuf::from),
            },
            production: options.production.unwrap_or(false),
            lower_using: options.lower_using.unwrap_or(false),
            mockable: options.mockable.unwrap_or(false),
        });
        Self { engine }
    }

    /// Finds the file that `specifier` means in the file `referrer`.
    ///
    /// # Errors
    /// Throws a `ResolveMessage` when there is none.
    #[napi]
    pub fn resolve(&self, env: &Env, specifier: String, referrer: String, require: bool) -> Result<String> {
        call::sync(env, || {
            let kind = if require { Kind::Require } else { Kind::Import };
            self.engine.resolve(&specifier, Path::new(&referrer), kind).map(|path| path.to_string_lossy().into_owned())
        })
    }

    /// Turns a file into JavaScript; `source` saves the reading, `loader` is `js`, `jsx`, `ts` or `tsx`.
    ///
    /// # Errors
    /// Throws a `BuildMessage` when the file does not parse, a system error when it cannot be read.
    #[napi]
    pub fn load(&self, env: &Env, path: String, loader: String, source: Option<String>) -> Result<LoadedModule> {
        call::sync(env, || {
            let syntax = match loader.as_str() {
                "js" => Syntax::Js,
                "jsx" => Syntax::Jsx,
                "ts" => Syntax::Ts,
                _ => Syntax::Tsx,
            };
            self.engine.load(&path, source.as_deref(), syntax).map(|module| LoadedModule {
                code: module.code,
                mappings: module.mappings,
                esm: module.kind == ModuleKind::Esm,
            })
        })
    }
}

/// Wraps the expression that the emitted module `code` ends with in `wrapper(…)`, for `--print`.
#[napi(namespace = "transpiler")]
#[must_use]
pub fn wrap_completion(code: String, wrapper: String) -> Option<String> {
    dx_transpiler::wrap_completion(&code, &wrapper)
}
