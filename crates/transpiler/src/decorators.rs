//! Standard decorators and `accessor` fields, which no engine has yet, in terms of what all have.
//!
//! Works on emitted JavaScript, by edits that keep every line where it is, so that the source map
//! holds. A decorated class becomes
//!
//! ```js
//! let A; { const $dx1 = decorators([c]); (class extends B { static { A = $dx1.apply(this, "A") } … }) }
//! ```
//!
//! and the key of a decorated element becomes a computed key, whose evaluation hands over the
//! element's decorators: so all is evaluated in the order of the text. The rest is done at run time
//! (`lib/loader/decorators.js`). See <https://github.com/tc39/proposal-decorators>.

use oxc::allocator::Allocator;
use oxc::ast::ast::{
    AccessorProperty, AssignmentExpression, AssignmentTarget, BindingPattern, Class, ClassElement, Decorator,
    ExportDefaultDeclarationKind, Expression, MethodDefinition, MethodDefinitionKind, ObjectProperty, Program,
    PropertyDefinition, PropertyKey, Statement, VariableDeclarator,
};
use oxc::ast_visit::{Visit, walk};
use oxc::parser::{ParseOptions, Parser};
use oxc::span::{GetSpan, SourceType, Span};

use crate::prologue::{RUNTIME, quote};

/// Tells whether a program has what this module lowers.
pub(crate) fn are_in(program: &Program<'_>) -> bool {
    let mut finder = Finder { found: false };
    finder.visit_program(program);
    finder.found
}

struct Finder {
    found: bool,
}

impl<'a> Visit<'a> for Finder {
    fn visit_decorator(&mut self, _: &Decorator<'a>) {
        self.found = true;
    }

    fn visit_accessor_property(&mut self, _: &AccessorProperty<'a>) {
        self.found = true;
    }
}

/// Lowers decorators and `accessor` fields of emitted JavaScript; the code as it is when it does
/// not parse (then the engine's error tells why).
pub(crate) fn lower(mut code: String, is_module: bool) -> String {
    // Classes within classes: each round lowers those with none inside.
    while let Some(next) = round(&code, is_module) {
        code = next;
    }
    code
}

fn round(code: &str, is_module: bool) -> Option<String> {
    let allocator = Allocator::default();
    let source_type = SourceType::mjs().with_module(is_module);
    let options =
        ParseOptions { allow_return_outside_function: true, preserve_parens: true, ..ParseOptions::default() };
    let parsed = Parser::new(&allocator, code, source_type).with_options(options).parse();
    if parsed.panicked {
        return None;
    }
    let mut lowering = Lowering { code, edits: Vec::new(), serial: code.matches("$dx").count(), named: None };
    for statement in &parsed.program.body {
        lowering.visit_top_level(statement);
    }
    lowering.finish()
}

struct Lowering<'c> {
    code: &'c str,
    edits: Vec<(u32, u32, String)>,
    serial: usize,
    /// What an anonymous class at this place of the text is called after.
    named: Option<(u32, String)>,
}

impl Lowering<'_> {
    fn visit_top_level(&mut self, statement: &Statement<'_>) {
        match statement {
            Statement::ExportDefaultDeclaration(export) => {
                if let ExportDefaultDeclarationKind::ClassDeclaration(class) = &export.declaration
                    && is_decorated(class)
                    && !holds_decorated(class)
                {
                    let name = class.id.as_ref().map_or("$dxDefault", |id| id.name.as_str());
                    let start = class.decorators.first().map_or(export.span.start, |first| first.span.start);
                    self.remove(start.min(export.span.start), start_of_class(class, self.code));
                    self.class(class, Place::Statement { name, export: false });
                    self.insert(export.span.end, format!(" export {{ {name} as default }};"));
                    return;
                }
                self.visit_export_default_declaration(export);
            }
            Statement::ExportDeclaration(export) => {
                if let oxc::ast::ast::Declaration::ClassDeclaration(class) = &export.declaration
                    && is_decorated(class)
                    && !holds_decorated(class)
                {
                    let first = class.decorators.first().map_or(export.span.start, |first| first.span.start);
                    self.remove(first.min(export.span.start), start_of_class(class, self.code));
                    let name = class.id.as_ref().map_or("$dxDefault", |id| id.name.as_str());
                    self.class(class, Place::Statement { name, export: true });
                    return;
                }
                self.visit_export_declaration(export);
            }
            _ => self.visit_statement(statement),
        }
    }

    fn class(&mut self, class: &Class<'_>, place: Place<'_>) {
        let decorated = !class.decorators.is_empty() || class.body.body.iter().any(element_is_decorated);
        if !decorated {
            for element in &class.body.body {
                if let ClassElement::AccessorProperty(accessor) = element {
                    self.plain_accessor(accessor);
                }
            }
            return;
        }
        self.serial += 1;
        let state = format!("$dx{}", self.serial);
        let decorators: Vec<_> =
            class.decorators.iter().map(|decorator| self.text(decorator.expression.span())).collect();
        let list = decorators.join(",");
        let start = start_of_class(class, self.code);
        let name = match (place, &class.id) {
            (Place::Statement { name, .. }, _) => name.to_owned(),
            (Place::Expression, Some(id)) => id.name.to_string(),
            (Place::Expression, None) => format!("{state}c"),
        };
        let given = self.named.take_if(|(at, _)| *at == class.span.start).map_or(String::new(), |(_, name)| name);
        let shown = quote(class.id.as_ref().map_or(given.as_str(), |id| id.name.as_str()));
        let open = match place {
            Place::Statement { export, .. } => {
                let export = if export { "export " } else { "" };
                format!("{export}let {name}; {{ const {state} = {RUNTIME}.decorators([{list}]); (")
            }
            Place::Expression => format!("(() => {{ const {state} = {RUNTIME}.decorators([{list}]); let {name}; ("),
        };
        self.insert(start, open);
        if let Some(id) = &class.id {
            self.remove(id.span.start, id.span.end);
        }
        let body = class.body.span;
        self.insert(
            body.start + 1,
            format!(" static {{ {name} = {state}.apply(this, {shown}) }} #{state} = {state}.construct(this);"),
        );
        for (index, element) in class.body.body.iter().enumerate() {
            match element {
                ClassElement::MethodDefinition(method) if !method.decorators.is_empty() => {
                    self.method(method, &state, index);
                }
                ClassElement::PropertyDefinition(field) if !field.decorators.is_empty() => {
                    self.field(field, &state, index);
                }
                ClassElement::AccessorProperty(accessor) if !accessor.decorators.is_empty() => {
                    self.accessor(accessor, &state, index);
                }
                ClassElement::AccessorProperty(accessor) => self.plain_accessor(accessor),
                _ => {}
            }
        }
        self.insert(body.end - 1, format!(" static {{ {state}.end({name}) }} "));
        self.insert(
            body.end,
            match place {
                Place::Statement { .. } => "); }".to_owned(),
                Place::Expression => format!("); return {name}; }})()"),
            },
        );
    }

    fn method(&mut self, method: &MethodDefinition<'_>, state: &str, index: usize) {
        let kind = match method.kind {
            MethodDefinitionKind::Get => "getter",
            MethodDefinitionKind::Set => "setter",
            _ => "method",
        };
        let Element { key, decorators } = self.take(&method.decorators, &method.key);
        let call = format!("{state}.element({index},\"{kind}\",{},{decorators},{key}", method.r#static);
        let PropertyKey::PrivateIdentifier(private) = &method.key else {
            self.replace_key(&method.key, method.computed, &format!("{call})"));
            return;
        };
        // A private method is no property that could be replaced: it becomes one, which is taken away again, and the
        // private name gives what the decorators made of it.
        let name = private.name.as_str();
        let fixed = if method.r#static { "static " } else { "" };
        let (access, own) = match method.kind {
            MethodDefinitionKind::Set => (
                format!("set:(o,v)=>{{o.#{name}=v}}"),
                format!("set #{name}(v) {{ {state}.held({index}).call(this, v); }}"),
            ),
            MethodDefinitionKind::Get => {
                (format!("get:o=>o.#{name}"), format!("get #{name}() {{ return {state}.held({index}).call(this); }}"))
            }
            _ => (format!("get:o=>o.#{name}"), format!("get #{name}() {{ return {state}.held({index}); }}")),
        };
        self.replace_key(&method.key, false, &format!("{call},{{has:o=>#{name} in o,{access}}})"));
        self.insert(method.span.end, format!(" {fixed}{own}"));
    }

    fn field(&mut self, field: &PropertyDefinition<'_>, state: &str, index: usize) {
        let Element { key, decorators } = self.take(&field.decorators, &field.key);
        let call = format!("{state}.element({index},\"field\",{},{decorators},{key}", field.r#static);
        let fixed = if field.r#static { "static " } else { "" };
        if let PropertyKey::PrivateIdentifier(private) = &field.key {
            let name = private.name.as_str();
            let access = format!("{{has:o=>#{name} in o,get:o=>o.#{name},set:(o,v)=>{{o.#{name}=v}}}}");
            // A private name has no key to evaluate: a method that does not stay carries it.
            self.insert(field.span.start, format!("static [{call},{access})]() {{}} "));
        } else {
            self.replace_key(&field.key, field.computed, &format!("{call})"));
        }
        if let Some(value) = &field.value {
            self.insert(value.span().start, format!("{state}.init({index},this,"));
            self.insert(value.span().end, ")".to_owned());
        } else {
            let end = self.key_end(&field.key, field.computed);
            self.insert(end, format!(" = {state}.init({index},this,undefined)"));
        }
        self.insert(field.span.end, format!("; {fixed}#{state}_{index} = {state}.after({index},this);"));
    }

    fn accessor(&mut self, accessor: &AccessorProperty<'_>, state: &str, index: usize) {
        let Element { key, decorators } = self.element(&accessor.decorators, &accessor.key);
        let fixed = if accessor.r#static { "static " } else { "" };
        let hidden = format!("#{state}_v{index}");
        if let PropertyKey::PrivateIdentifier(private) = &accessor.key {
            let name = private.name.as_str();
            let access = format!("{{has:o=>#{name} in o,get:o=>o.#{name},set:(o,v)=>{{o.#{name}=v}}}}");
            let pair = format!("{{get(){{return this.{hidden}}},set(v){{this.{hidden}=v}}}}");
            let call = format!("{state}.element({index},\"accessor\",{},{decorators},{key}", accessor.r#static);
            self.accessor_text(
                accessor,
                &format!("static [{call},{access},{pair})]() {{}} {fixed}{hidden} = {state}.init({index},this,"),
                &format!(
                    "); {fixed}#{state}_{index} = {state}.after({index},this); \
                     {fixed}get #{name}() {{ return {state}.pair({index}).get.call(this); }} \
                     {fixed}set #{name}(v) {{ {state}.pair({index}).set.call(this, v); }}"
                ),
            );
            return;
        }
        let call = format!("{state}.element({index},\"accessor\",{},{decorators},{key})", accessor.r#static);
        self.accessor_text(
            accessor,
            &format!("{fixed}{hidden} = {state}.init({index},this,"),
            &format!(
                "); {fixed}#{state}_{index} = {state}.after({index},this); \
                 {fixed}get [{call}]() {{ return this.{hidden}; }} \
                 {fixed}set [{state}.key({index})](v) {{ this.{hidden} = v; }}"
            ),
        );
    }

    fn plain_accessor(&mut self, accessor: &AccessorProperty<'_>) {
        self.serial += 1;
        let fixed = if accessor.r#static { "static " } else { "" };
        let hidden = format!("#$dx{}", self.serial);
        let key = self.text(accessor.key.span());
        let (get, set) = if accessor.computed {
            let saved = format!("{RUNTIME}.keyOf");
            (format!("[{saved}({key})]"), format!("[{saved}()]"))
        } else {
            (key.clone(), key)
        };
        self.accessor_text(
            accessor,
            &format!("{fixed}{hidden} = ("),
            &format!("); {fixed}get {get}() {{ return this.{hidden}; }} {fixed}set {set}(v) {{ this.{hidden} = v; }}"),
        );
    }

    /// Puts text around the value of an accessor field, in place of all else.
    fn accessor_text(&mut self, accessor: &AccessorProperty<'_>, before: &str, after: &str) {
        let first =
            accessor.decorators.first().map_or(accessor.span.start, |first| first.span.start.min(accessor.span.start));
        match &accessor.value {
            Some(value) => {
                self.edits.push((first, value.span().start, before.to_owned()));
                self.edits.push((value.span().end, accessor.span.end, after.to_owned()));
            }
            None => self.edits.push((first, accessor.span.end, format!("{before}undefined{after}"))),
        }
    }

    /// An anonymous class is called after what it is given to (ECMA-262, `NamedEvaluation`).
    fn name(&mut self, value: Option<&Expression<'_>>, name: &str) {
        if let Some(Expression::ClassExpression(class)) = value.map(Expression::without_parentheses) {
            self.named = Some((class.span.start, name.to_owned()));
        }
    }

    /// Takes the decorators of an element out of the text.
    fn take(&mut self, decorators: &[Decorator<'_>], key: &PropertyKey<'_>) -> Element {
        for decorator in decorators {
            self.remove(decorator.span.start, decorator.span.end);
        }
        self.element(decorators, key)
    }

    fn element(&self, decorators: &[Decorator<'_>], key: &PropertyKey<'_>) -> Element {
        let list: Vec<_> = decorators.iter().map(|decorator| self.text(decorator.expression.span())).collect();
        let text = self.text(key.span());
        let key = match key {
            PropertyKey::StaticIdentifier(name) => quote(&name.name),
            PropertyKey::PrivateIdentifier(name) => quote(&format!("#{}", name.name)),
            _ => text,
        };
        Element { key, decorators: format!("[{}]", list.join(",")) }
    }

    fn replace_key(&mut self, key: &PropertyKey<'_>, computed: bool, call: &str) {
        let span = key.span();
        let text = if computed { call.to_owned() } else { format!("[{call}]") };
        self.edits.push((span.start, span.end, text));
    }

    fn key_end(&self, key: &PropertyKey<'_>, computed: bool) -> u32 {
        let end = key.span().end;
        if !computed {
            return end;
        }
        let rest = self.code.get(end as usize..).unwrap_or("");
        end + u32::try_from(rest.find(']').map_or(0, |at| at + 1)).unwrap_or(0)
    }

    fn text(&self, span: Span) -> String {
        self.code.get(span.start as usize..span.end as usize).unwrap_or("").to_owned()
    }

    fn insert(&mut self, at: u32, text: String) {
        self.edits.push((at, at, text));
    }

    fn remove(&mut self, start: u32, end: u32) {
        self.edits.push((start, end, String::new()));
    }

    fn finish(mut self) -> Option<String> {
        if self.edits.is_empty() {
            return None;
        }
        self.edits.sort_by_key(|(start, end, _)| (*start, *end));
        let mut out = String::with_capacity(self.code.len() + 256);
        let mut at = 0;
        for (start, end, text) in &self.edits {
            if (*start as usize) < at {
                continue; // inside of a text that was taken as a whole
            }
            out.push_str(self.code.get(at..*start as usize)?);
            out.push_str(text);
            let removed = self.code.get(*start as usize..*end as usize)?;
            let missing = removed.matches('\n').count().saturating_sub(text.matches('\n').count());
            out.extend(std::iter::repeat_n('\n', missing));
            at = *end as usize;
        }
        out.push_str(self.code.get(at..)?);
        Some(out)
    }
}

struct Element {
    key: String,
    decorators: String,
}

#[derive(Clone, Copy)]
enum Place<'n> {
    Statement { name: &'n str, export: bool },
    Expression,
}

impl<'a> Visit<'a> for Lowering<'_> {
    fn visit_statement(&mut self, statement: &Statement<'a>) {
        if let Statement::ClassDeclaration(class) = statement
            && is_decorated(class)
            && !holds_decorated(class)
        {
            let start = start_of_class(class, self.code);
            if let Some(first) = class.decorators.first() {
                self.remove(first.span.start, start);
            }
            let name = class.id.as_ref().map_or("$dxDefault", |id| id.name.as_str());
            self.class(class, Place::Statement { name, export: false });
            return;
        }
        walk::walk_statement(self, statement);
    }

    fn visit_variable_declarator(&mut self, declarator: &VariableDeclarator<'a>) {
        if let BindingPattern::BindingIdentifier(id) = &declarator.id {
            self.name(declarator.init.as_ref(), &id.name);
        }
        walk::walk_variable_declarator(self, declarator);
    }

    fn visit_assignment_expression(&mut self, assignment: &AssignmentExpression<'a>) {
        if let AssignmentTarget::AssignmentTargetIdentifier(id) = &assignment.left {
            self.name(Some(&assignment.right), &id.name);
        }
        walk::walk_assignment_expression(self, assignment);
    }

    fn visit_object_property(&mut self, property: &ObjectProperty<'a>) {
        if let PropertyKey::StaticIdentifier(key) = &property.key {
            self.name(Some(&property.value), &key.name);
        }
        walk::walk_object_property(self, property);
    }

    fn visit_class(&mut self, class: &Class<'a>) {
        if is_decorated(class) && !holds_decorated(class) {
            if let Some(first) = class.decorators.first() {
                self.remove(first.span.start, start_of_class(class, self.code));
            }
            self.class(class, Place::Expression);
            return;
        }
        walk::walk_class(self, class);
    }
}

/// Where the word `class` stands.
fn start_of_class(class: &Class<'_>, code: &str) -> u32 {
    let from = class.decorators.last().map_or(class.span.start, |last| last.span.end.max(class.span.start));
    let rest = code.get(from as usize..).unwrap_or("");
    from + u32::try_from(rest.find("class").unwrap_or(0)).unwrap_or(0)
}

fn is_decorated(class: &Class<'_>) -> bool {
    !class.decorators.is_empty()
        || class
            .body
            .body
            .iter()
            .any(|element| element_is_decorated(element) || matches!(element, ClassElement::AccessorProperty(_)))
}

fn element_is_decorated(element: &ClassElement<'_>) -> bool {
    match element {
        ClassElement::MethodDefinition(method) => !method.decorators.is_empty(),
        ClassElement::PropertyDefinition(field) => !field.decorators.is_empty(),
        ClassElement::AccessorProperty(accessor) => !accessor.decorators.is_empty(),
        _ => false,
    }
}

/// Tells whether a class to be lowered stands inside of this one.
fn holds_decorated(class: &Class<'_>) -> bool {
    struct Inner {
        found: bool,
    }
    impl<'a> Visit<'a> for Inner {
        fn visit_class(&mut self, class: &Class<'a>) {
            self.found |= is_decorated(class);
            walk::walk_class(self, class);
        }
    }
    let mut inner = Inner { found: false };
    walk::walk_class(&mut inner, class);
    inner.found
}

#[cfg(test)]
mod tests {
    use super::lower;

    #[test]
    fn lines_stay_where_they_are() {
        let code = "@a\n@b class A {\n\t@c\n\tm() {}\n\taccessor x = 1;\n}\nafter;".to_owned();
        let out = lower(code.clone(), true);
        assert_eq!(out.lines().count(), code.lines().count());
        assert!(!out.contains('@'));
        assert_eq!(out.lines().last(), Some("after;"));
    }

    #[test]
    fn code_without_decorators_is_untouched() {
        assert_eq!(lower("class A { x = 1 }".to_owned(), true), "class A { x = 1 }");
    }
}
