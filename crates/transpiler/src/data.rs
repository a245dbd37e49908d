//! Data files: JSON with comments, JSON5, TOML and YAML become a JavaScript expression.

use std::fmt::{self, Write as _};

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

use crate::Error;
use crate::diagnostics::Diagnostic;
use crate::prologue::quote;

/// The languages of data files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DataFormat {
    /// JSON with comments and trailing commas.
    Jsonc,
    /// <https://spec.json5.org>
    Json5,
    /// <https://toml.io/en/v1.0.0>
    Toml,
    /// <https://yaml.org/spec/1.2.2>
    Yaml,
}

/// A parsed data file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataText {
    /// A JavaScript expression.
    pub text: String,
    /// Whether the expression is JSON.
    pub is_json: bool,
}

/// Parses a data file.
///
/// # Errors
/// `Error::Syntax` (`BuildMessage` in JavaScript).
pub fn parse_data(source: &str, path: &str, format: DataFormat) -> Result<DataText, Error> {
    let source = source.strip_prefix('\u{feff}').unwrap_or(source);
    let fail = |message: String, offset: usize| {
        Error::Syntax(vec![Diagnostic::at(message, source, path, u32::try_from(offset).unwrap_or(u32::MAX))])
    };
    let value = match format {
        DataFormat::Jsonc => {
            let options = jsonc_parser::ParseOptions::default();
            let value: Option<serde_json::Value> = jsonc_parser::parse_to_serde_value(source, &options)
                .map_err(|error| fail(error.kind().to_string(), error.range().start))?;
            let text = value.unwrap_or(serde_json::Value::Null).to_string();
            return Ok(DataText { text, is_json: true });
        }
        DataFormat::Json5 => json5::from_str::<Data>(source).map_err(|error| {
            let message = error.code().map_or_else(|| error.to_string(), |code| code.to_string());
            if message.starts_with("EOF") {
                return fail("Unexpected end of input".to_owned(), source.len());
            }
            let offset =
                error.position().map_or(0, |position| offset_of(source, position.line + 1, position.column + 1));
            fail(message, offset)
        })?,
        DataFormat::Toml => toml::from_str::<Data>(source)
            .map_err(|error| fail(error.message().to_owned(), error.span().map_or(0, |span| span.start)))?,
        DataFormat::Yaml => {
            if source.trim().is_empty() {
                Data::Null
            } else {
                serde_saphyr::from_str_with_options::<Data>(source, yaml_options()).map_err(|error| {
                    let offset = error.location().map_or(0, |location| {
                        offset_of(
                            source,
                            usize::try_from(location.line()).unwrap_or(1),
                            usize::try_from(location.column()).unwrap_or(1),
                        )
                    });
                    fail(without_place(&error.to_string()), offset)
                })?
            }
        }
    };
    let mut out = DataText { text: String::new(), is_json: true };
    value.write(&mut out);
    Ok(out)
}

/// YAML 1.2: `yes`, `n` and the like are strings.
fn yaml_options() -> serde_saphyr::Options {
    serde_saphyr::options! { strict_booleans: true }
}

/// The message of the YAML parser begins with the place and ends with the source; a `BuildMessage` has both.
fn without_place(message: &str) -> String {
    let line = message.lines().next().unwrap_or(message);
    let line = line.strip_prefix("error: ").unwrap_or(line);
    match line.split_once(": ") {
        Some((place, rest)) if place.starts_with("line ") => rest.to_owned(),
        _ => line.to_owned(),
    }
}

fn offset_of(source: &str, line: usize, column: usize) -> usize {
    let start: usize = source.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    let rest = source.get(start..).unwrap_or("");
    start + rest.char_indices().nth(column.saturating_sub(1)).map_or(rest.len(), |(at, _)| at)
}

/// A value of a data file.
#[derive(Debug, Clone, PartialEq)]
enum Data {
    Null,
    Bool(bool),
    Number(f64),
    Text(String),
    List(Vec<Data>),
    Map(Vec<(String, Data)>),
}

/// The key under which the `toml` crate hands out dates and times.
const TOML_DATETIME: &str = "$__toml_private_datetime";

impl Data {
    fn write(&self, out: &mut DataText) {
        match self {
            Self::Null => out.text.push_str("null"),
            Self::Bool(truth) => out.text.push_str(if *truth { "true" } else { "false" }),
            Self::Number(number) => write_number(*number, out),
            Self::Text(text) => out.text.push_str(&quote(text)),
            Self::List(items) => {
                out.text.push('[');
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        out.text.push(',');
                    }
                    item.write(out);
                }
                out.text.push(']');
            }
            Self::Map(entries) => match entries.as_slice() {
                [(key, Self::Text(text))] if key == TOML_DATETIME => {
                    out.is_json = false;
                    let _ = write!(out.text, "$datetime({})", quote(text));
                }
                _ => write_map(entries, out),
            },
        }
    }
}

fn write_map(entries: &[(String, Data)], out: &mut DataText) {
    out.text.push('{');
    for (index, (key, value)) in entries.iter().enumerate() {
        if index > 0 {
            out.text.push(',');
        }
        if key == "__proto__" {
            // As an expression, `"__proto__": value` would set the prototype.
            out.text.push_str(if out.is_json { "\"__proto__\"" } else { "[\"__proto__\"]" });
        } else {
            out.text.push_str(&quote(key));
        }
        out.text.push(':');
        value.write(out);
    }
    out.text.push('}');
}

fn write_number(number: f64, out: &mut DataText) {
    if number.is_finite() {
        // Writing to a string does not fail.
        let _ = write!(out.text, "{number}");
    } else {
        out.is_json = false;
        out.text.push_str(if number.is_nan() {
            "NaN"
        } else if number > 0.0 {
            "Infinity"
        } else {
            "-Infinity"
        });
    }
}

impl<'de> Deserialize<'de> for Data {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(DataVisitor)
    }
}

struct DataVisitor;

/// The largest integer that a JavaScript number holds without loss.
const MAX_SAFE_INTEGER: u64 = (1 << 53) - 1;

impl<'de> Visitor<'de> for DataVisitor {
    type Value = Data;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Data, E> {
        Ok(Data::Bool(value))
    }

    fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<Data, E> {
        safe(value.unsigned_abs())?;
        #[expect(clippy::cast_precision_loss, reason = "checked: within +/-(2^53 - 1)")]
        Ok(Data::Number(value as f64))
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<Data, E> {
        safe(value)?;
        #[expect(clippy::cast_precision_loss, reason = "checked: within 2^53 - 1")]
        Ok(Data::Number(value as f64))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Data, E> {
        Ok(Data::Number(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Data, E> {
        Ok(Data::Text(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Data, E> {
        Ok(Data::Text(value))
    }

    fn visit_unit<E>(self) -> Result<Data, E> {
        Ok(Data::Null)
    }

    fn visit_none<E>(self) -> Result<Data, E> {
        Ok(Data::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Data, D::Error> {
        Data::deserialize(deserializer)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Data, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Data::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Data, A::Error> {
        let mut map = Vec::new();
        while let Some((key, value)) = entries.next_entry::<Data, Data>()? {
            map.push((key.into_key(), value));
        }
        Ok(Data::Map(map))
    }
}

impl Data {
    /// The property name of a map's key, as `String(key)` gives it.
    fn into_key(self) -> String {
        match self {
            Self::Null => "null".to_owned(),
            Self::Bool(truth) => truth.to_string(),
            Self::Number(number) => number.to_string(),
            Self::Text(text) => text,
            Self::List(items) => items.into_iter().map(Self::into_key).collect::<Vec<_>>().join(","),
            Self::Map(_) => "[object Object]".to_owned(),
        }
    }
}

fn safe<E: serde::de::Error>(value: u64) -> Result<(), E> {
    if value <= MAX_SAFE_INTEGER {
        return Ok(());
    }
    Err(E::custom("Integer cannot be losslessly represented as a JavaScript number; it must be within +/-(2^53 - 1)"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(source: &str, format: DataFormat) -> String {
        parse_data(source, "f", format).unwrap().text
    }

    #[test]
    fn data_files_become_expressions() {
        assert_eq!(text("// c\n{\"a\":[1,],}", DataFormat::Jsonc), "{\"a\":[1]}");
        assert_eq!(text("{k:'v',i:+1}", DataFormat::Json5), "{\"k\":\"v\",\"i\":1}");
        assert_eq!(text("a = 1\n[o]\nx = inf", DataFormat::Toml), "{\"a\":1,\"o\":{\"x\":Infinity}}");
        assert_eq!(text("a: 1\nn: ~\nl: [1, 2]", DataFormat::Yaml), "{\"a\":1,\"n\":null,\"l\":[1,2]}");
        assert_eq!(text("d = 1979-05-27", DataFormat::Toml), "{\"d\":$datetime(\"1979-05-27\")}");
    }

    #[test]
    fn an_error_says_where() {
        let Err(Error::Syntax(errors)) = parse_data("a = 1\nb =", "f.toml", DataFormat::Toml) else {
            panic!("parsed");
        };
        assert_eq!(errors[0].line, 2);
    }

    #[test]
    fn an_error_is_one_line() {
        for (source, format, message, column) in [
            ("a: [1", DataFormat::Yaml, "unclosed bracket '['", 4),
            ("{a:", DataFormat::Json5, "Unexpected end of input", 3),
            ("{a 1}", DataFormat::Json5, "expected colon", 4),
        ] {
            let Err(Error::Syntax(errors)) = parse_data(source, "f", format) else { panic!("parsed") };
            assert_eq!((errors[0].message.as_str(), errors[0].column), (message, column));
        }
    }
}
