//! The value of a program: what `--print` prints.

use oxc::allocator::Allocator;
use oxc::ast::ast::Statement;
use oxc::parser::Parser;
use oxc::span::{GetSpan, SourceType};

/// Wraps the expression that a module ends with in `wrapper(…)`; gives `None` when it ends with
/// anything else or does not parse.
///
/// # Examples
/// ```
/// assert_eq!(dx_transpiler::wrap_completion("import a from 'a'; a + 1;", "f").as_deref(), Some("import a from 'a'; f(a + 1);"));
/// ```
#[must_use]
pub fn wrap_completion(code: &str, wrapper: &str) -> Option<String> {
    let allocator = Allocator::default();
    let parsed = Parser::new(&allocator, code, SourceType::mjs()).parse();
    let last = parsed.program.body.iter().rev().find(|statement| !matches!(statement, Statement::EmptyStatement(_)))?;
    let Statement::ExpressionStatement(statement) = last else { return None };
    let span = statement.expression.span();
    let (start, end) = (span.start as usize, span.end as usize);
    let (before, expression, after) = (code.get(..start)?, code.get(start..end)?, code.get(end..)?);
    Some(format!("{before}{wrapper}({expression}){after}"))
}

#[cfg(test)]
mod tests {
    use super::wrap_completion;

    #[test]
    fn wraps_the_last_expression_only() {
        assert_eq!(wrap_completion("1;\nawait é;;", "p").as_deref(), Some("1;\np(await é);;"));
        assert_eq!(wrap_completion("(1, 2)", "p").as_deref(), Some("p((1, 2))"));
        assert_eq!(wrap_completion("let x = 1;", "p"), None);
        assert_eq!(wrap_completion("", "p"), None);
        assert_eq!(wrap_completion("let x = ;", "p"), None);
    }
}
