//! What a script is once it is parsed.
//!
//! Values of the template (`${…}` in JavaScript) are numbers here: [`Part::Value`]. No text of theirs is part of the
//! tree, so that no text of theirs can be taken for syntax.

use std::sync::{Arc, OnceLock};

use bstr::BString;

/// Commands in order.
#[derive(Debug, Default)]
pub struct List {
    /// Each with whether it runs in the background (`&`).
    pub items: Vec<(Arc<AndOr>, bool)>,
}

/// Pipelines joined by `&&` and `||`.
#[derive(Debug)]
pub struct AndOr {
    /// The first pipeline.
    pub first: Pipeline,
    /// The others, each with whether it runs when what came before succeeded (`&&`) or failed (`||`).
    pub rest: Vec<(bool, Pipeline)>,
}

/// Commands joined by pipes.
#[derive(Debug)]
pub struct Pipeline {
    /// Whether the exit code is turned round (`!`).
    pub negated: bool,
    /// The commands.
    pub commands: Vec<Arc<Command>>,
}

/// One command.
#[derive(Debug)]
pub enum Command {
    /// Assignments, words, redirections.
    Simple(Simple),
    /// What begins with a reserved word or a parenthesis.
    Compound(Compound, Vec<Redirect>),
    /// The definition of a function.
    Function(BString, Arc<Self>),
}

/// A command of words.
#[derive(Debug, Default)]
pub struct Simple {
    /// The variables that are set for it, or for the shell when there are no words.
    pub assignments: Vec<Assignment>,
    /// The command's name and arguments.
    pub words: Vec<Word>,
    /// The redirections.
    pub redirects: Vec<Redirect>,
    /// The line that it begins on, from 1.
    pub line: u32,
}

/// `name=word`, `name+=word`, `name[subscript]=word`, `name=(words)`.
#[derive(Debug)]
pub struct Assignment {
    /// The variable.
    pub name: BString,
    /// Which element of it.
    pub subscript: Option<Word>,
    /// Whether the value is appended.
    pub append: bool,
    /// The value.
    pub value: Assigned,
}

/// What is assigned.
#[derive(Debug)]
pub enum Assigned {
    /// A text.
    Word(Word),
    /// `( … )`: an array.
    Array(Vec<Element>),
}

/// Of the parentheses of an array.
#[derive(Debug)]
pub struct Element {
    /// `[subscript]=`, and whether it is `+=`.
    pub subscript: Option<(Word, bool)>,
    /// The value, or the words that become values.
    pub value: Word,
}

/// A command that holds others.
#[derive(Debug)]
pub enum Compound {
    /// `{ … }`
    Group(List),
    /// `( … )`
    Subshell(Arc<List>),
    /// `if`: conditions with what they guard, and the last `else`.
    If(Vec<(List, List)>, Option<List>),
    /// `for name in words`; without `in` over the positional parameters.
    For(BString, Option<Vec<Word>>, List),
    /// `for ((…; …; …))`
    Count([Option<Word>; 3], List),
    /// `while`, or `until` when the first field is true.
    While(bool, List, List),
    /// `case word in … esac`
    Case(Word, Vec<Arm>),
    /// `[[ … ]]`
    Condition(Condition),
    /// `(( … ))`
    Arithmetic(Word),
}

/// One branch of a `case`.
#[derive(Debug)]
pub struct Arm {
    /// The patterns.
    pub patterns: Vec<Word>,
    /// What runs.
    pub body: List,
    /// How it ends.
    pub end: ArmEnd,
}

/// What follows a branch that ran.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ArmEnd {
    /// `;;`: nothing.
    Break,
    /// `;&`: the next branch, whatever its patterns.
    FallThrough,
    /// `;;&`: the next branch that matches.
    TestNext,
}

/// What stands between `[[` and `]]`.
#[derive(Debug)]
pub enum Condition {
    /// `! x`
    Not(Box<Self>),
    /// `x && y`
    And(Box<Self>, Box<Self>),
    /// `x || y`
    Or(Box<Self>, Box<Self>),
    /// `-f x` and the like, by the letter.
    Unary(u8, Word),
    /// `x == y` and the like.
    Binary(Comparison, Word, Word),
    /// A word alone: true when it is not empty.
    Word(Word),
}

/// A binary operator of `[[ … ]]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "each is the name of its operator")]
pub enum Comparison {
    Matches,
    MatchesNot,
    Regex,
    Before,
    After,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Newer,
    Older,
    SameFile,
}

/// Where a descriptor is led.
#[derive(Debug)]
pub struct Redirect {
    /// The descriptor; `None` for the operator's own.
    pub descriptor: Option<u32>,
    /// The kind.
    pub kind: RedirectKind,
}

/// The kinds of redirection.
#[derive(Debug)]
pub enum RedirectKind {
    /// `< word`
    Read(Word),
    /// `> word`, `>| word`
    Write(Word),
    /// `>> word`
    Append(Word),
    /// `<> word`
    ReadWrite(Word),
    /// `&> word`, `>& word`; with `true`: `&>> word`
    Both(Word, bool),
    /// `<& word`, `>& word`: a number, or `-` to close. The flag tells input.
    Duplicate(Word, bool),
    /// `<<< word`
    HereString(Word),
    /// `<< word`: the text, expanded like one in double quotes when the word was not quoted.
    HereDocument(Arc<OnceLock<Word>>),
}

/// A word: text that becomes one argument, none, or several.
#[derive(Debug, Clone, Default)]
pub struct Word {
    /// The pieces.
    pub parts: Vec<Part>,
}

/// A piece of a word.
#[derive(Debug, Clone)]
pub enum Part {
    /// Bare text.
    Text(BString),
    /// Text that means itself: quoted or escaped.
    Quoted(BString),
    /// What stands in double quotes. Text in it means itself.
    Double(Vec<Self>),
    /// A value of the template, by its number.
    Value(usize),
    /// `$x`, `${x…}`
    Parameter(Box<Parameter>),
    /// `$(…)`, backquotes
    Substitution(Arc<List>),
    /// `$((…))`
    Arithmetic(Box<Word>),
    /// `<(…)`, and `>(…)` when the flag is true
    Process(bool, Arc<List>),
    /// `name=(…)` as an argument of `declare` and its like
    Array(Arc<Assignment>),
}

/// A parameter expansion.
#[derive(Debug, Clone)]
pub struct Parameter {
    /// What is expanded.
    pub name: Name,
    /// What is done with it.
    pub operation: Operation,
}

/// The name of a parameter.
#[derive(Debug, Clone)]
pub enum Name {
    /// A variable.
    Variable(BString),
    /// `$0`, `$1`, …
    Positional(usize),
    /// `$@ $* $# $? $- $$ $!`
    Special(u8),
    /// `${x[subscript]}`
    Element(BString, Box<Word>),
    /// `${x[@]}`, `${x[*]}`
    All(BString, u8),
}

/// What is done with a parameter.
#[derive(Debug, Clone)]
pub enum Operation {
    /// `$x`
    Get,
    /// `${#x}`
    Length,
    /// `${!x}`
    Indirect,
    /// `${!x[@]}`
    Keys,
    /// `${!x@}`, `${!x*}`: the names of variables that begin so
    Names(u8),
    /// `${x:-word}`; the flag tells the colon: an empty value counts as unset.
    Default(bool, Word),
    /// `${x:=word}`
    Assign(bool, Word),
    /// `${x:?word}`
    Error(bool, Word),
    /// `${x:+word}`
    Alternative(bool, Word),
    /// `${x#word}`, `${x##word}`; the flag tells the longest match.
    TrimStart(bool, Word),
    /// `${x%word}`, `${x%%word}`
    TrimEnd(bool, Word),
    /// `${x/pattern/word}`
    Replace(Place, Word, Word),
    /// `${x:offset:length}`
    Slice(Word, Option<Word>),
    /// `${x^pattern}`, `${x,pattern}`: to upper case?, every character?
    Case(bool, bool, Word),
    /// `${x@Q}`: as a word of a script
    Quote,
}

/// Where `${x/…}` replaces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// `/`
    First,
    /// `//`
    All,
    /// `/#`
    Start,
    /// `/%`
    End,
}
