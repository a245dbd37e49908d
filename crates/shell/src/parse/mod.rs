//! The parser: a recursive descent over the units of a [`Source`], that reads text where it knows what it means.
//!
//! Shells have no separate tokens: what `{`, `#`, `(` or `in` is depends on where it stands. So there is no lexer that
//! runs ahead; each rule reads what it needs from the cursor.
//!
//! Source: POSIX.1-2024, Shell Command Language, and the GNU Bash manual for `[[`, `((`, `<<<`, `|&`, `<(`.

mod assignment;
mod brace;
mod compound;
mod condition;
mod cursor;
mod error;
mod parameter;
mod redirect;
mod word;

use std::sync::{Arc, OnceLock};

use bstr::BString;

use crate::ast::{AndOr, Command, List, Pipeline, Redirect, RedirectKind, Simple, Word};
use crate::source::{Source, VALUE};

pub use self::brace::braces;
use self::cursor::{Cursor, Operator, name_length};
use self::error::Problem;
pub use self::error::SyntaxError;

/// Constructs may stand in one another this deep.
const DEPTH: u32 = 128;

/// What a value of the template is used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// Text of a word; the position is where it stands.
    Text {
        /// The line, from 1.
        line: u32,
        /// The column, from 1.
        column: u32,
    },
    /// What a command reads: `< ${value}`
    Read,
    /// What a command writes to: `> ${value}`
    Write,
}

/// Parses a script.
///
/// # Errors
/// What is wrong first, with its line and column.
pub fn parse(source: &Source) -> Result<List, SyntaxError> {
    parse_with_uses(source).map(|(list, _)| list)
}

/// Parses a script, and tells what its values are used for.
pub(crate) fn parse_with_uses(source: &Source) -> Result<(List, Vec<Use>), SyntaxError> {
    let units = source.units();
    let mut parser = Parser::new(units);
    let list = parser.script().map_err(|problem| problem.located(units))?;
    let mut uses = Vec::with_capacity(source.values());
    let mut place = crate::source::Position::default();
    for &unit in units {
        if uses.len() == source.values() {
            break;
        }
        let (line, column) = place.past(unit);
        if unit >= VALUE {
            let redirect = parser.redirected.iter().find(|(value, _)| VALUE as usize + value == unit as usize);
            uses.push(match redirect {
                Some((_, true)) => Use::Read,
                Some((_, false)) => Use::Write,
                None => Use::Text { line, column },
            });
        }
    }
    Ok((list, uses))
}

/// A here-document whose text comes after the next line end.
struct Pending {
    delimiter: Vec<u32>,
    quoted: bool,
    strip: bool,
    /// Where its text is put.
    text: Arc<OnceLock<Word>>,
}

/// The parser.
struct Parser<'s> {
    cursor: Cursor<'s>,
    pending: Vec<Pending>,
    depth: u32,
    /// Values that are all of a redirection's word, each with whether it is read.
    redirected: Vec<(usize, bool)>,
    /// What counts lines before this text: the line that it begins on, less one.
    line: u32,
}

type Parsed<T> = Result<T, Problem>;

impl<'s> Parser<'s> {
    fn new(units: &'s [u32]) -> Self {
        Self { cursor: Cursor::new(units), pending: Vec::new(), redirected: Vec::new(), depth: 0, line: 0 }
    }

    fn script(&mut self) -> Parsed<List> {
        let list = self.list()?;
        if !self.cursor.at_end() {
            return Err(self.unexpected());
        }
        self.take_documents()?;
        Ok(list)
    }

    /// Runs `rule` one level deeper.
    fn nested<T>(&mut self, rule: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        if self.depth >= DEPTH {
            return Err(self.problem("Too many constructs inside one another"));
        }
        self.depth += 1;
        let result = rule(self);
        self.depth -= 1;
        result
    }

    fn problem(&self, message: impl Into<String>) -> Problem {
        Problem { at: self.cursor.at, message: message.into() }
    }

    /// What stands where a command should.
    fn unexpected(&mut self) -> Problem {
        self.cursor.skip_blanks();
        match self.cursor.operator() {
            Some(Operator::Open) => self.problem("Unexpected token: `(`"),
            Some(Operator::Close) => self.problem("Unexpected ')'"),
            Some(operator) => {
                self.problem(format!("expected a command or assignment but got: \"{}\"", operator.bun_name()))
            }
            None if self.cursor.at_end() => self.problem("expected a command or assignment"),
            None => {
                let word = self.cursor.bare_word();
                self.problem(format!("expected a command or assignment but got: \"{word}\""))
            }
        }
    }

    /// Commands up to what can only end a list: the end, `)`, `;;`, or a reserved word like `then` or `}`.
    fn list(&mut self) -> Parsed<List> {
        let mut list = List::default();
        loop {
            self.newlines()?;
            if self.list_ends() {
                return Ok(list);
            }
            // As in Bun, there may be nothing before a semicolon.
            if self.cursor.operator() == Some(Operator::Semicolon) {
                self.cursor.take_operator(Operator::Semicolon);
                continue;
            }
            let and_or = self.and_or()?;
            self.cursor.skip_blanks();
            let mut background = false;
            let mut separated = true;
            match self.cursor.operator() {
                Some(Operator::Background) => {
                    background = true;
                    self.cursor.take_operator(Operator::Background);
                    // `&;` is not in the grammar, but means one thing only.
                    self.cursor.skip_blanks();
                    if self.cursor.operator() == Some(Operator::Semicolon) {
                        self.cursor.take_operator(Operator::Semicolon);
                    }
                }
                Some(Operator::Semicolon) => self.cursor.take_operator(Operator::Semicolon),
                Some(Operator::Newline) => {}
                _ => separated = false,
            }
            list.items.push((Arc::new(and_or), background));
            if !separated {
                if self.list_ends() {
                    return Ok(list);
                }
                return Err(self.unexpected());
            }
        }
    }

    fn list_ends(&mut self) -> bool {
        self.cursor.skip_blanks();
        if self.cursor.at_end() {
            return true;
        }
        match self.cursor.operator() {
            Some(Operator::Close | Operator::CaseBreak | Operator::CaseFallThrough | Operator::CaseTestNext) => true,
            Some(_) => false,
            None => {
                matches!(self.cursor.reserved(), Some("then" | "else" | "elif" | "fi" | "do" | "done" | "esac" | "}"))
            }
        }
    }

    /// Skips line ends, comments and blanks; after a line end come the texts of its here-documents.
    fn newlines(&mut self) -> Parsed<()> {
        loop {
            self.cursor.skip_blanks();
            if self.cursor.operator() != Some(Operator::Newline) {
                return Ok(());
            }
            self.newline()?;
        }
    }

    fn newline(&mut self) -> Parsed<()> {
        self.cursor.take_operator(Operator::Newline);
        self.take_documents()
    }

    fn and_or(&mut self) -> Parsed<AndOr> {
        let first = self.pipeline()?;
        let mut rest = Vec::new();
        loop {
            self.cursor.skip_blanks();
            let and = match self.cursor.operator() {
                Some(Operator::And) => true,
                Some(Operator::Or) => false,
                _ => return Ok(AndOr { first, rest }),
            };
            self.cursor.take_operator(if and { Operator::And } else { Operator::Or });
            self.newlines()?;
            rest.push((and, self.pipeline()?));
        }
    }

    fn pipeline(&mut self) -> Parsed<Pipeline> {
        let mut negated = false;
        while self.cursor.take_reserved("!") {
            negated = !negated;
        }
        let mut commands = vec![];
        loop {
            let mut command = self.command()?;
            self.cursor.skip_blanks();
            match self.cursor.operator() {
                Some(Operator::Pipe) => self.cursor.take_operator(Operator::Pipe),
                Some(Operator::PipeBoth) => {
                    self.cursor.take_operator(Operator::PipeBoth);
                    send_errors_to_output(&mut command);
                }
                _ => {
                    commands.push(Arc::new(command));
                    return Ok(Pipeline { negated, commands });
                }
            }
            commands.push(Arc::new(command));
            self.newlines()?;
        }
    }

    fn command(&mut self) -> Parsed<Command> {
        self.nested(|parser| {
            parser.cursor.skip_blanks();
            if let Some(compound) = parser.compound()? {
                let redirects = parser.redirects()?;
                return Ok(Command::Compound(compound, redirects));
            }
            if let Some(name) = parser.function_name()? {
                parser.newlines()?;
                let Some(body) = parser.compound()? else {
                    return Err(parser.problem(format!("expected the body of the function \"{name}\"")));
                };
                let redirects = parser.redirects()?;
                return Ok(Command::Function(name, Arc::new(Command::Compound(body, redirects))));
            }
            parser.simple()
        })
    }

    /// `name ()` or `function name`, when a definition stands here.
    fn function_name(&mut self) -> Parsed<Option<BString>> {
        let start = self.cursor.at;
        if self.cursor.take_reserved("function") {
            self.cursor.skip_blanks();
            let name = self.cursor.bare_word();
            if name.is_empty() {
                return Err(self.problem("expected the name of a function"));
            }
            self.cursor.at += name.len();
            self.parentheses();
            return Ok(Some(name.into()));
        }
        let rest = self.cursor.rest();
        let length = self.cursor.bare_length();
        self.cursor.at += length;
        let defines = length > 0 && self.parentheses() && {
            // `a=()` is an empty array.
            let after = rest.get(name_length(rest)).copied();
            after != Some(u32::from(b'=')) && after != Some(u32::from(b'+'))
        };
        let after = std::mem::replace(&mut self.cursor.at, start);
        if !defines {
            return Ok(None);
        }
        let name = self.cursor.bytes(length);
        self.cursor.at = after;
        Ok(Some(name.into()))
    }

    /// Takes `()`.
    fn parentheses(&mut self) -> bool {
        let start = self.cursor.at;
        self.cursor.skip_blanks();
        if self.cursor.take(b'(') {
            self.cursor.skip_blanks();
            if self.cursor.take(b')') {
                return true;
            }
        }
        self.cursor.at = start;
        false
    }

    fn simple(&mut self) -> Parsed<Command> {
        let mut simple = Simple { line: self.line + self.cursor.line(), ..Simple::default() };
        loop {
            self.cursor.skip_blanks();
            if let Some(redirect) = self.redirect()? {
                simple.redirects.push(redirect);
                continue;
            }
            if self.cursor.at_word_end() {
                break;
            }
            if simple.words.is_empty() {
                if let Some(assignment) = self.assignment()? {
                    simple.assignments.push(assignment);
                    continue;
                }
                // As in Bun, assignments may stand before a condition.
                if !simple.assignments.is_empty() && self.cursor.reserved() == Some("[[") {
                    return self.assigned_condition(simple);
                }
            }
            if let Some(declared) = self.declared_array(&simple.words)? {
                simple.words.push(declared);
                continue;
            }
            let word = self.word()?;
            brace::expand(word, &mut simple.words).map_err(|message| self.problem(message))?;
        }
        if simple.words.is_empty() && simple.assignments.is_empty() && simple.redirects.is_empty() {
            return Err(self.unexpected());
        }
        if self.cursor.operator() == Some(Operator::Open) {
            return Err(self.unexpected());
        }
        Ok(Command::Simple(simple))
    }

    /// `a=1 [[ … ]]`: a group that assigns, then tests.
    fn assigned_condition(&mut self, simple: Simple) -> Parsed<Command> {
        let Some(compound) = self.compound()? else { return Err(self.unexpected()) };
        let redirects = self.redirects()?;
        let pipeline = |command| Pipeline { negated: false, commands: vec![Arc::new(command)] };
        let item = |command| (Arc::new(AndOr { first: pipeline(command), rest: Vec::new() }), false);
        let list = List { items: vec![item(Command::Simple(simple)), item(Command::Compound(compound, Vec::new()))] };
        Ok(Command::Compound(crate::ast::Compound::Group(list), redirects))
    }
}

/// `|&`: what the command writes to standard error goes where its standard output goes.
fn send_errors_to_output(command: &mut Command) {
    let word = Word { parts: vec![crate::ast::Part::Text("1".into())] };
    let redirect = Redirect { descriptor: Some(2), kind: RedirectKind::Duplicate(word, false) };
    match command {
        Command::Simple(simple) => simple.redirects.push(redirect),
        Command::Compound(_, redirects) => redirects.push(redirect),
        Command::Function(..) => {}
    }
}
