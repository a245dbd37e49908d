//! What the parser refuses and Bun takes.
//!
//! Bun reads types without checking them: the parser's complaints about them do not stop a program.

use oxc::diagnostics::{Diagnostics, OxcDiagnostic};

/// Codes of TypeScript's errors in sources that Bun runs. What the parser found it has read nevertheless.
const UNCHECKED: &[&str] = &[
    "1015", // a parameter with a question mark and an initializer
    "1016", // a required parameter after an optional one
    "1021", "1268", "1337", "1071", // index signatures
    "1024", "1028", "1029", "1030", "1031", "1070", "1243", "1276", "18010", "18019", // modifiers
    "1036", "1038", "1039", "1183", "1221", // what is ambient
    "1047", // an optional rest parameter
    "1051", "1095", // types of setters
    "1092", "1093", "2681", // types of constructors
    "1099", "1477", "1354", "1176", "2499", "1392", // type arguments, types, interfaces, aliases
    "1147", "1235", "2435", // modules and namespaces in blocks and in each other
    "1222", "1249", "2389", "2390", "2391", // overloads
    "1244", "1245", "1253", "1267", "1318", // abstract members
    "1257", "1265", "1266", "5085", // tuples
    "1263", // a definite assignment with an initializer
    "2206", "2207", // `import type { type A }`
    "2309", // `export =` beside other exports
    "2368", "2414", "2427", "2431", "2457", // names of types that TypeScript has itself
    "2369", "2398", // parameter properties
    "17019", "17020", // `string!` and `string?`
    "18007", // a comma operator in JSX
];

/// Gives the errors that Bun has too.
pub(crate) fn reject(found: &Diagnostics) -> Result<(), Diagnostics> {
    let errors: Diagnostics = found.errors().filter(|error| !is_taken(error)).cloned().collect();
    if errors.is_empty() { Ok(()) } else { Err(errors) }
}

fn is_taken(error: &OxcDiagnostic) -> bool {
    let of_types = error.code.scope.as_deref() == Some("TS")
        && error.code.number.as_deref().is_some_and(|number| UNCHECKED.contains(&number));
    // `using` may stand at the top level, as every file is within a function or a module.
    of_types || error.message.starts_with("'using' declarations are not allowed at the top level")
}
