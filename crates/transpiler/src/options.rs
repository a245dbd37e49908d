//! What decides how a source file becomes JavaScript.

/// The language of a source file (Bun's loaders `js`, `jsx`, `ts`, `tsx`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Syntax {
    /// Plain JavaScript. Bun parses JSX in `.js` too.
    Js,
    /// JavaScript with JSX.
    Jsx,
    /// TypeScript.
    Ts,
    /// TypeScript with JSX.
    Tsx,
}

/// How JSX becomes calls (`compilerOptions.jsx`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum JsxRuntime {
    /// `jsxDEV` of `<source>/jsx-dev-runtime`.
    #[default]
    AutomaticDev,
    /// `jsx` of `<source>/jsx-runtime`.
    Automatic,
    /// `factory(type, props, ...children)`.
    Classic,
}

/// The JSX options of a tsconfig.json.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Jsx {
    /// How JSX becomes calls.
    pub runtime: JsxRuntime,
    /// `jsxImportSource`; `react` when absent.
    pub import_source: Option<String>,
    /// `jsxFactory`; `React.createElement` when absent.
    pub factory: Option<String>,
    /// `jsxFragmentFactory`; `React.Fragment` when absent.
    pub fragment: Option<String>,
}

/// Everything besides source and path that the output depends on.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[expect(clippy::struct_excessive_bools, reason = "each is a compiler option of its own")]
pub struct TranspileOptions {
    /// The language.
    pub syntax: Syntax,
    /// JSX options.
    pub jsx: Jsx,
    /// `experimentalDecorators`
    pub legacy_decorators: bool,
    /// `emitDecoratorMetadata`
    pub decorator_metadata: bool,
    /// Only type imports are dropped, not those that nothing uses.
    pub keep_imports: bool,
    /// `useDefineForClassFields` is not false.
    pub define_fields: bool,
    /// Lower `using` for engines that lack it.
    pub lower_using: bool,
    /// Give every module setters for its exports, for `mock.module`.
    pub mockable: bool,
    /// The format that package.json or the extension declares, when the syntax does not decide.
    pub commonjs_by_default: bool,
    /// Expressions and what stands in for them (`define` of bunfig.toml, `--define`).
    pub define: Vec<(String, String)>,
}

impl Default for TranspileOptions {
    fn default() -> Self {
        Self {
            syntax: Syntax::Ts,
            jsx: Jsx::default(),
            legacy_decorators: false,
            decorator_metadata: false,
            keep_imports: false,
            define_fields: true,
            lower_using: false,
            mockable: false,
            commonjs_by_default: false,
            define: Vec::new(),
        }
    }
}
