//! Source text in, JavaScript and a source map out.

use std::path::{Path, PathBuf};

use oxc::allocator::Allocator;
use oxc::ast::ast::{Program, Statement};
use oxc::ast_visit::Visit;
use oxc::codegen::{Codegen, CodegenOptions, CommentOptions, IndentChar};
use oxc::diagnostics::Diagnostics;
use oxc::parser::{ParseOptions, Parser, ParserReturn};
use oxc::semantic::{Scoping, SemanticBuilder};
use oxc::span::SourceType;
use oxc::transformer::{
    CompilerAssumptions, DecoratorOptions, HelperLoaderMode, HelperLoaderOptions, JsxOptions,
    JsxRuntime as OxcJsxRuntime, TransformOptions, Transformer, TypeScriptOptions,
};

use oxc::transformer_plugins::{ReplaceGlobalDefines, ReplaceGlobalDefinesConfig};

use crate::copies;
use crate::decorators;
use crate::diagnostics::place;
use crate::early_errors;
use crate::hoist::take_builtin_imports;
use crate::jsx_extensions;
use crate::jsx_pragmas;
use crate::jsx_source::drop_sources;
use crate::legacy_decorators;
use crate::lenient::reject;
use crate::main_check;
use crate::mockable::open_exports;
use crate::module_kind::{decide, is_free, is_import_require};
use crate::namespaces;
use crate::nesting::with_room_for;
use crate::prologue::{self, Needs};
use crate::requests::{self, Request};
use crate::{Error, JsxRuntime, ModuleKind, Syntax, TranspileOptions};

/// What became of a source file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transpiled {
    /// The JavaScript.
    pub code: String,
    /// The source map's `mappings` (one source, no names).
    pub mappings: String,
    /// What the file is.
    pub kind: ModuleKind,
    /// What it imports.
    pub requests: Vec<Request>,
}

/// Turns a source file into JavaScript that Node runs.
///
/// # Errors
/// `Error::Syntax` when the source does not parse (`BuildMessage` in JavaScript).
pub fn transpile(source: &str, path: &str, options: &TranspileOptions) -> Result<Transpiled, Error> {
    with_room_for(source, || run(source, path, options))
}

fn run(source: &str, path: &str, options: &TranspileOptions) -> Result<Transpiled, Error> {
    let allocator = Allocator::default();
    let parsed = parse(&allocator, source, path, options)?;
    let ParserReturn { mut program, module_record, .. } = parsed;
    // Not what was given, where JSX was spelled out.
    let source = program.source_text;
    prepare(&allocator, &mut program, options);

    let semantic = SemanticBuilder::new()
        .with_check_syntax_error(true)
        .with_enum_eval(true)
        .with_excess_capacity(2.0)
        .build(&program);
    reject(&semantic.diagnostics).map_err(|errors| syntax(&errors, source, path))?;
    let scoping = semantic.semantic.into_scoping();
    let fallback = if options.commonjs_by_default { ModuleKind::CommonJs } else { ModuleKind::Esm };
    let mut meta = !module_record.import_metas.is_empty();
    let kind = decide(&program, &scoping, meta || has_top_level_await(&program), fallback);
    program.source_type = program.source_type.with_module(kind == ModuleKind::Esm);
    meta |= kind == ModuleKind::Esm && main_check::rewrite(&mut program, &scoping, &allocator);
    let mut needs = needs(&scoping, kind, meta);
    needs.require |= kind == ModuleKind::Esm && program.body.iter().any(is_import_require);
    copies::replace(&mut program, &scoping);

    let scoping = define(&allocator, &mut program, scoping, options).map_err(|errors| syntax(&errors, source, path))?;
    transform(&allocator, &mut program, scoping, path, options).map_err(|errors| syntax(&errors, source, path))?;
    if kind == ModuleKind::Esm {
        if let Some(error) = early_errors::find(&program, source, path) {
            return Err(Error::Syntax(vec![error]));
        }
        needs.builtins = take_builtin_imports(&mut program);
    } else {
        // The transformer leaves `export {}` where it dropped all imports and exports.
        program.body.retain(|statement| !matches!(statement, Statement::ExportNamedDeclaration(_)));
    }
    let requests = requests::list(&program);
    let epilogue = if options.mockable && kind == ModuleKind::Esm {
        open_exports(&mut program, &allocator)
    } else {
        String::new()
    };
    let decorated = decorators::are_in(&program);
    let mut module = emit(&mut program, source, path, kind, needs);
    module.requests = requests;
    module.code.push_str(&epilogue);
    if decorated {
        module.code = decorators::lower(module.code, kind == ModuleKind::Esm);
    }
    Ok(module)
}

pub(crate) fn parse<'a>(
    allocator: &'a Allocator,
    source: &'a str,
    path: &str,
    options: &TranspileOptions,
) -> Result<ParserReturn<'a>, Error> {
    let base = match options.syntax {
        Syntax::Js | Syntax::Jsx => SourceType::jsx(),
        Syntax::Ts => SourceType::ts(),
        Syntax::Tsx => SourceType::tsx(),
    };
    let parse_options =
        ParseOptions { allow_return_outside_function: true, preserve_parens: false, ..ParseOptions::default() };
    let mut source = source;
    loop {
        let parse_as = |source_type| Parser::new(allocator, source, source_type).with_options(parse_options).parse();
        let first = parse_as(base.with_unambiguous(true));
        if !first.panicked && reject(&first.diagnostics).is_ok() {
            return Ok(first);
        }
        // `await` at the top level makes a module of a file without import or export.
        let module = parse_as(base.with_module(true));
        if !module.panicked && reject(&module.diagnostics).is_ok() {
            return Ok(module);
        }
        match jsx_extensions::spell_out(source, &module.diagnostics) {
            Some(spelled) => source = allocator.alloc_str(&spelled),
            None => return Err(syntax(&module.diagnostics, source, path)),
        }
    }
}

/// What has to be done before the scopes are known.
pub(crate) fn prepare<'a>(allocator: &'a Allocator, program: &mut Program<'a>, options: &TranspileOptions) {
    if !program.source_text.contains('@') {
        return;
    }
    if !options.legacy_decorators {
        legacy_decorators::drop_from_parameters(program);
    } else if options.define_fields {
        // Else the transformer assigns all fields.
        legacy_decorators::assign(program, allocator);
    }
}

pub(crate) fn define<'a>(
    allocator: &'a Allocator,
    program: &mut Program<'a>,
    scoping: Scoping,
    options: &TranspileOptions,
) -> Result<Scoping, Diagnostics> {
    if options.define.is_empty() {
        return Ok(scoping);
    }
    let config = ReplaceGlobalDefinesConfig::new(&options.define)?;
    Ok(ReplaceGlobalDefines::new(allocator, config).build(scoping, program).scoping)
}

pub(crate) fn transform<'a>(
    allocator: &'a Allocator,
    program: &mut Program<'a>,
    scoping: Scoping,
    path: &str,
    options: &TranspileOptions,
) -> Result<(), Diagnostics> {
    let mut transform_options = transform_options(options);
    jsx_pragmas::apply(program, &mut transform_options);
    let (scoping, parts) = namespaces::qualify(program, scoping, allocator);
    let done = Transformer::new(allocator, Path::new(path), &transform_options).build_with_scoping(scoping, program);
    if done.diagnostics.has_errors() {
        return Err(done.diagnostics);
    }
    namespaces::finish(program, &parts, allocator);
    if options.jsx.runtime == JsxRuntime::AutomaticDev {
        drop_sources(program, allocator);
    }
    Ok(())
}

fn transform_options(options: &TranspileOptions) -> TransformOptions {
    let jsx = &options.jsx;
    let classic = jsx.runtime == JsxRuntime::Classic;
    let mut transform = TransformOptions {
        assumptions: CompilerAssumptions {
            set_public_class_fields: !options.define_fields,
            ..CompilerAssumptions::default()
        },
        typescript: TypeScriptOptions {
            only_remove_type_imports: options.keep_imports || matches!(options.syntax, Syntax::Js | Syntax::Jsx),
            remove_class_fields_without_initializer: !options.define_fields,
            optimize_const_enums: false,
            ..TypeScriptOptions::default()
        },
        decorator: DecoratorOptions {
            legacy: options.legacy_decorators,
            emit_decorator_metadata: options.decorator_metadata,
            ..DecoratorOptions::default()
        },
        jsx: JsxOptions {
            runtime: if classic { OxcJsxRuntime::Classic } else { OxcJsxRuntime::Automatic },
            development: jsx.runtime == JsxRuntime::AutomaticDev,
            throw_if_namespace: false,
            pure: false,
            display_name_plugin: false,
            import_source: if classic { None } else { jsx.import_source.clone() },
            pragma: if classic { jsx.factory.clone() } else { None },
            pragma_frag: if classic { jsx.fragment.clone() } else { None },
            ..JsxOptions::enable()
        },
        helper_loader: HelperLoaderOptions { mode: HelperLoaderMode::External, ..HelperLoaderOptions::default() },
        ..TransformOptions::default()
    };
    if let Some(factory) = &jsx.factory {
        transform.typescript.jsx_pragma = factory.clone().into();
    }
    if let Some(fragment) = &jsx.fragment {
        transform.typescript.jsx_pragma_frag = fragment.clone().into();
    }
    transform.env.es2026.explicit_resource_management = options.lower_using;
    transform
}

fn needs(scoping: &Scoping, kind: ModuleKind, meta: bool) -> Needs {
    let esm = kind == ModuleKind::Esm;
    Needs {
        meta: esm && meta,
        require: esm && is_free(scoping, "require"),
        filename: esm && is_free(scoping, "__filename"),
        dirname: esm && is_free(scoping, "__dirname"),
        syntax_helpers: false,
        builtins: Vec::new(),
    }
}

fn emit(program: &mut Program<'_>, source: &str, path: &str, kind: ModuleKind, mut needs: Needs) -> Transpiled {
    program.hashbang = None;
    let printed = Codegen::new()
        .with_options(CodegenOptions {
            comments: CommentOptions { normal: false, jsdoc: false, ..CommentOptions::default() },
            source_map_path: Some(PathBuf::from(path)),
            // As Bun prints it: libraries read the text of functions.
            indent_char: IndentChar::Space,
            indent_width: 2,
            ..CodegenOptions::default()
        })
        .with_source_text(source)
        .build(program);
    let mappings = printed.map.map(|map| map.to_json().mappings).unwrap_or_default();
    needs.syntax_helpers = printed.code.contains("babelHelpers.");
    let prologue = prologue::write(&needs);
    if prologue.is_empty() {
        return Transpiled { code: printed.code, mappings, kind, requests: Vec::new() };
    }
    let strict = if program.directives.iter().any(|directive| directive.directive == "use strict") {
        "\"use strict\";"
    } else {
        ""
    };
    let code = format!("{strict}{prologue}\n{}", printed.code);
    Transpiled { code, mappings: format!(";{mappings}"), kind, requests: Vec::new() }
}

pub(crate) fn syntax(errors: &Diagnostics, source: &str, path: &str) -> Error {
    Error::Syntax(place(errors.iter(), source, path))
}

fn has_top_level_await(program: &Program<'_>) -> bool {
    let mut finder = TopLevelAwait::default();
    finder.visit_program(program);
    finder.found
}

/// Looks for `await` outside of functions.
#[derive(Default)]
struct TopLevelAwait {
    found: bool,
}

impl<'a> Visit<'a> for TopLevelAwait {
    fn visit_await_expression(&mut self, _: &oxc::ast::ast::AwaitExpression<'a>) {
        self.found = true;
    }

    fn visit_for_of_statement(&mut self, statement: &oxc::ast::ast::ForOfStatement<'a>) {
        self.found |= statement.r#await;
        oxc::ast_visit::walk::walk_for_of_statement(self, statement);
    }

    fn visit_variable_declaration(&mut self, declaration: &oxc::ast::ast::VariableDeclaration<'a>) {
        self.found |= declaration.kind.is_await();
        oxc::ast_visit::walk::walk_variable_declaration(self, declaration);
    }

    fn visit_function(&mut self, _: &oxc::ast::ast::Function<'a>, _: oxc::syntax::scope::ScopeFlags) {}
    fn visit_arrow_function_expression(&mut self, _: &oxc::ast::ast::ArrowFunctionExpression<'a>) {}
}
