//! The loader's engine (`lib/loader/engine.js`).

use std::path::{Path, PathBuf};

use dx_transpiler::{
    DataFormat, EngineOptions, Jsx, JsxRuntime, Kind, ModuleKind, Piece, Place, ResolverOptions, Syntax,
    TranspileOptions, Transpiled, functions, mappings_of, original_place, parse_data, set_source, source_of,
    static_imports,
};
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
    /// The folder of the on-disk cache.
    pub cache: Option<String>,
    /// Pairs of an expression and what stands in for it.
    pub define: Option<Vec<Vec<String>>>,
    /// What holds for JSX where tsconfig.json says nothing.
    pub jsx: Option<LoaderJsxOptions>,
}

/// JSX settings of bunfig.toml and of the command line.
#[napi(object, namespace = "transpiler", object_to_js = false)]
#[derive(Default)]
pub struct LoaderJsxOptions {
    /// `automatic`, `automatic-dev` or `classic`.
    pub runtime: Option<String>,
    /// The package of the automatic runtime.
    pub import_source: Option<String>,
    /// The function of the classic runtime.
    pub factory: Option<String>,
    /// The fragment of the classic runtime.
    pub fragment: Option<String>,
}

impl From<LoaderJsxOptions> for Jsx {
    fn from(options: LoaderJsxOptions) -> Self {
        Self {
            runtime: match options.runtime.as_deref() {
                Some("classic") => JsxRuntime::Classic,
                Some("automatic") => JsxRuntime::Automatic,
                _ => JsxRuntime::AutomaticDev,
            },
            import_source: options.import_source,
            factory: options.factory,
            fragment: options.fragment,
        }
    }
}

/// The names that a module imports from one specifier.
#[napi(object, namespace = "transpiler", object_from_js = false)]
pub struct ModuleRequest {
    /// The specifier as written.
    pub specifier: String,
    /// The imported names; `*` stands for the namespace.
    pub names: Vec<String>,
}

/// JavaScript that Node runs.
#[napi(object, namespace = "transpiler", object_from_js = false)]
pub struct LoadedModule {
    /// The JavaScript.
    pub code: String,
    /// Whether it is an ECMAScript module.
    pub esm: bool,
    /// What it imports; only with `wantRequests`.
    pub requests: Option<Vec<ModuleRequest>>,
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
            cache: options.cache.map(PathBuf::from),
            define: options.define.unwrap_or_default().into_iter().filter_map(pair).collect(),
            jsx: options.jsx.unwrap_or_default().into(),
        });
        Self { engine }
    }

    /// Finds the file that `specifier` means in the file `referrer`; `null` when there is none.
    ///
    /// # Errors
    /// None but a panic's.
    #[napi]
    pub fn resolve(&self, env: &Env, specifier: String, referrer: String, require: bool) -> Result<Option<String>> {
        call::sync(env, || {
            let kind = if require { Kind::Require } else { Kind::Import };
            let found = self.engine.resolve(&specifier, Path::new(&referrer), kind);
            Ok::<_, dx_transpiler::Error>(found.map(|path| path.to_string_lossy().into_owned()))
        })
    }

    /// Tells whether package.json declares the files of a folder ES modules.
    #[napi]
    #[must_use]
    pub fn is_module_scope(&self, file: String) -> bool {
        self.engine.is_module_scope(Path::new(&file))
    }

    /// Turns a file into JavaScript; `source` saves the reading, `loader` is `js`, `jsx`, `ts` or `tsx`.
    ///
    /// # Errors
    /// Throws a `BuildMessage` when the file does not parse, a system error when it cannot be read.
    #[napi]
    pub fn load(
        &self,
        env: &Env,
        path: String,
        loader: String,
        source: Option<String>,
        want_requests: Option<bool>,
    ) -> Result<LoadedModule> {
        call::sync(env, || {
            let module = self.engine.load(&path, source.as_deref(), syntax(&loader))?;
            Ok::<_, dx_transpiler::Error>(loaded(module, want_requests.unwrap_or(false)))
        })
    }
}

pub(crate) fn syntax(loader: &str) -> Syntax {
    match loader {
        "js" => Syntax::Js,
        "jsx" => Syntax::Jsx,
        "ts" => Syntax::Ts,
        _ => Syntax::Tsx,
    }
}

fn pair(pair: Vec<String>) -> Option<(String, String)> {
    let [name, value]: [String; 2] = pair.try_into().ok()?;
    Some((name, value))
}

fn loaded(module: Transpiled, want_requests: bool) -> LoadedModule {
    let requests = want_requests.then(|| {
        let requests = module.requests.into_iter();
        requests.map(|request| ModuleRequest { specifier: request.specifier, names: request.names }).collect()
    });
    LoadedModule { code: module.code, esm: module.kind == ModuleKind::Esm, requests }
}

/// A data file as a JavaScript expression.
#[napi(object, namespace = "transpiler", object_from_js = false)]
pub struct DataExpression {
    /// The expression; dates of TOML are calls of `$datetime`.
    pub text: String,
    /// Whether the expression is JSON.
    pub is_json: bool,
}

/// Parses a data file; `format` is `jsonc`, `json5`, `toml` or `yaml`.
///
/// # Errors
/// Throws a `BuildMessage` when the text does not parse.
#[napi(namespace = "transpiler")]
pub fn data_expression(env: &Env, source: String, path: String, format: String) -> Result<DataExpression> {
    call::sync(env, || {
        let format = match format.as_str() {
            "jsonc" => DataFormat::Jsonc,
            "json5" => DataFormat::Json5,
            "toml" => DataFormat::Toml,
            _ => DataFormat::Yaml,
        };
        parse_data(&source, &path, format).map(|data| DataExpression { text: data.text, is_json: data.is_json })
    })
}

/// Makes a path answer with a text instead of a file, in every environment of the process.
#[napi(namespace = "transpiler")]
pub fn set_module_source(path: String, source: String) {
    set_source(&path, &source);
}

/// What `setModuleSource` keeps for a path; `null` for none.
#[napi(namespace = "transpiler")]
#[must_use]
pub fn module_source(path: String) -> Option<String> {
    source_of(&path)
}

/// Finds the place in the source of a place in emitted code: `[line, column]`, counted from 0.
#[napi(namespace = "transpiler")]
#[must_use]
pub fn original_position(path: String, line: u32, column: u32) -> Option<Vec<u32>> {
    original_place(&path, Place { line, column }).map(|place| vec![place.line, place.column])
}

/// The `mappings` of an emitted file's source map.
#[napi(namespace = "transpiler")]
#[must_use]
pub fn source_map_mappings(path: String) -> Option<String> {
    mappings_of(&path)
}

/// An import declaration or a re-export of an emitted module.
#[napi(object, namespace = "transpiler", object_from_js = false)]
pub struct ModuleImport {
    /// The specifier as written.
    pub specifier: String,
    /// The imported names; `*` stands for the namespace.
    pub names: Vec<String>,
    /// `with { type: … }`
    pub loader: Option<String>,
    /// Where the specifier starts.
    pub start: u32,
    /// Where the specifier and its attributes end.
    pub end: u32,
}

/// Lists the import declarations and re-exports of the emitted module `code`.
///
/// # Errors
/// None but a panic's.
#[napi(namespace = "transpiler")]
pub fn module_imports(env: &Env, code: String) -> Result<Vec<ModuleImport>> {
    call::sync(env, || {
        let found = static_imports(&code).into_iter();
        Ok::<_, dx_transpiler::Error>(
            found
                .map(|import| ModuleImport {
                    specifier: import.specifier,
                    names: import.names,
                    loader: import.loader,
                    start: import.start,
                    end: import.end,
                })
                .collect(),
        )
    })
}

/// Lists the functions (0), constructors (1) and instance fields (2) of emitted code, outer ones first:
/// three numbers each, kind, start and end.
///
/// # Errors
/// None but a panic's.
#[napi(namespace = "transpiler")]
pub fn function_places(env: &Env, code: String) -> Result<Vec<u32>> {
    call::sync(env, || {
        let found = functions(&code).into_iter().flat_map(|(piece, start, end)| {
            let kind = match piece {
                Piece::Function => 0,
                Piece::Constructor => 1,
                Piece::Field => 2,
            };
            [kind, start, end]
        });
        Ok::<_, dx_transpiler::Error>(found.collect())
    })
}

/// Wraps the expression that the emitted module `code` ends with in `wrapper(…)`, for `--print`.
#[napi(namespace = "transpiler")]
#[must_use]
pub fn wrap_completion(code: String, wrapper: String) -> Option<String> {
    dx_transpiler::wrap_completion(&code, &wrapper)
}

/// Options of `transformText` and `scanText`.
#[napi(object, namespace = "transpiler", object_to_js = false)]
pub struct TextOptions {
    /// `js`, `jsx`, `ts` or `tsx`.
    pub loader: String,
    /// Pairs of an expression and what stands in for it.
    pub define: Vec<Vec<String>>,
    /// Drop imports that nothing uses.
    pub trim_unused_imports: bool,
    /// Print without needless whitespace.
    pub minify_whitespace: bool,
    /// `compilerOptions.jsx` is `react`.
    pub classic_jsx: bool,
    /// `jsxFactory`
    pub jsx_factory: Option<String>,
    /// `jsxFragmentFactory`
    pub jsx_fragment_factory: Option<String>,
    /// `jsxImportSource`
    pub jsx_import_source: Option<String>,
    /// `experimentalDecorators`
    pub experimental_decorators: bool,
    /// `emitDecoratorMetadata`
    pub emit_decorator_metadata: bool,
}

/// A module that a text imports.
#[napi(object, namespace = "transpiler", object_from_js = false)]
pub struct ScannedImport {
    /// `import-statement`, `dynamic-import`, `require-call` or `require-resolve`.
    pub kind: String,
    /// The specifier.
    pub path: String,
}

/// What a text imports and exports.
#[napi(object, namespace = "transpiler", object_from_js = false)]
pub struct ScannedText {
    /// The names it exports, sorted.
    pub exports: Vec<String>,
    /// What it imports, in order.
    pub imports: Vec<ScannedImport>,
}

fn text_options(options: TextOptions) -> TranspileOptions {
    TranspileOptions {
        syntax: syntax(&options.loader),
        jsx: Jsx {
            runtime: if options.classic_jsx { JsxRuntime::Classic } else { JsxRuntime::AutomaticDev },
            import_source: options.jsx_import_source,
            factory: options.jsx_factory,
            fragment: options.jsx_fragment_factory,
        },
        legacy_decorators: options.experimental_decorators,
        decorator_metadata: options.emit_decorator_metadata,
        keep_imports: !options.trim_unused_imports,
        define: options.define.into_iter().filter_map(pair).collect(),
        ..TranspileOptions::default()
    }
}

/// `Bun.Transpiler.transformSync`.
///
/// # Errors
/// Throws a `BuildMessage` when the text does not parse.
#[napi(namespace = "transpiler")]
pub fn transform_text(env: &Env, source: String, options: TextOptions) -> Result<String> {
    call::sync(env, || dx_transpiler::transform_text(&source, options.minify_whitespace, &text_options(options)))
}

/// `Bun.Transpiler.scan`.
///
/// # Errors
/// Throws a `BuildMessage` when the text does not parse.
#[napi(namespace = "transpiler")]
pub fn scan_text(env: &Env, source: String, options: TextOptions) -> Result<ScannedText> {
    call::sync(env, || {
        let scanned = dx_transpiler::scan_text(&source, &text_options(options))?;
        let imports = scanned.imports.into_iter();
        Ok::<_, dx_transpiler::Error>(ScannedText {
            exports: scanned.exports,
            imports: imports.map(|import| ScannedImport { kind: import.kind.to_owned(), path: import.path }).collect(),
        })
    })
}
