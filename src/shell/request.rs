//! What JavaScript asks of a shell, in the engine's terms.

use std::path::PathBuf;
use std::sync::Arc;

use bstr::{BString, ByteSlice as _};
use dx_shell::descriptor::{Descriptor, Feed, Sink, Table, host};
use dx_shell::run::{ScriptOptions, Value};
use napi::bindgen_prelude::{Either3, Uint8Array};
use napi_derive::napi;

use super::post::{Event, Mailbox};

/// A value of the template that is no text.
#[napi(object, namespace = "shell")]
pub struct ShellMemory {
    /// What `<` reads, when it is memory.
    pub content: Option<Uint8Array>,
    /// How many bytes `>` may write.
    pub limit: Option<f64>,
}

/// How a script is run.
#[napi(object, namespace = "shell")]
pub struct ShellRequest {
    /// The values of the template: text, texts, or memory; memory without content is a stream.
    pub values: Vec<Either3<String, Vec<String>, ShellMemory>>,
    /// `NAME=value`, joined by NUL; absent for the host's environment.
    pub environment: Option<String>,
    /// Whether the script asks for no variable, so that there need be none.
    pub closed: bool,
    /// The working directory.
    pub directory: String,
    /// `$0`, `$1`, …
    pub arguments: Option<Vec<String>>,
    /// Whether what is written is gathered only, and not also written to the host's standard output and error.
    pub quiet: bool,
    /// Whether it writes to the host's standard output and error themselves, and nothing is gathered.
    pub inherits: Option<bool>,
}

/// A request in the engine's terms.
pub(super) struct Prepared {
    pub(super) options: ScriptOptions,
    pub(super) stdout: Arc<Sink>,
    pub(super) stderr: Arc<Sink>,
    /// What is written to values, by number.
    pub(super) sinks: Vec<(u32, Arc<Sink>)>,
    /// What values are fed through, by number.
    pub(super) feeds: Vec<(u32, Arc<Feed>)>,
}

/// Puts a request into the engine's terms. A stream that is read asks `mailbox` for its pieces in the name of `id`.
pub(super) fn prepare(request: ShellRequest, id: u32, mailbox: &Arc<Mailbox>) -> std::io::Result<Prepared> {
    let mut sinks = Vec::new();
    let mut feeds = Vec::new();
    let mut values = Vec::with_capacity(request.values.len());
    for (number, value) in (0..).zip(request.values) {
        values.push(match value {
            Either3::A(text) => Value::Text(text.into()),
            Either3::B(texts) => Value::List(texts.into_iter().map(BString::from).collect()),
            Either3::C(ShellMemory { content: None, limit: None }) => {
                let mailbox = Arc::clone(mailbox);
                let feed = Feed::new(Box::new(move || mailbox.post(Event::Hungry(id, number))));
                feeds.push((number, Arc::clone(&feed)));
                Value::Feed(feed)
            }
            Either3::C(ShellMemory { content, limit }) => {
                #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the length of a buffer")]
                let sink = limit.map(|limit| Sink::limited(limit as usize));
                if let Some(sink) = &sink {
                    sinks.push((number, Arc::clone(sink)));
                }
                Value::Memory { content: content.map_or_else(|| [].into(), |content| content.as_ref().into()), sink }
            }
        });
    }
    let Standard { stdout, stderr, mut descriptors } = standard(request.quiet)?;
    if request.inherits == Some(true) {
        descriptors.set(1, Some(Descriptor::File(host(1)?)));
        descriptors.set(2, Some(Descriptor::File(host(2)?)));
    }
    let variables = match request.environment {
        _ if request.closed => Vec::new(),
        Some(joined) => joined.split('\0').filter(|pair| !pair.is_empty()).map(|pair| split(pair.as_bytes())).collect(),
        // JavaScript changes the environment on this thread only.
        None => std::env::vars_os()
            .map(|(name, value)| {
                (
                    <[u8]>::from_os_str(&name).unwrap_or_default().into(),
                    <[u8]>::from_os_str(&value).unwrap_or_default().into(),
                )
            })
            .collect(),
    };
    let announcer = Arc::clone(mailbox);
    let options = ScriptOptions {
        values,
        variables,
        directory: PathBuf::from(request.directory),
        arguments: request.arguments.unwrap_or_default().into_iter().map(BString::from).collect(),
        descriptors,
        sinks: vec![Arc::clone(&stdout), Arc::clone(&stderr)],
        announce: Some(Box::new(move |names| announcer.post(Event::Traps(id, names)))),
    };
    Ok(Prepared { options, stdout, stderr, sinks, feeds })
}

/// Standard input, output and error of a script.
pub(super) struct Standard {
    pub(super) stdout: Arc<Sink>,
    pub(super) stderr: Arc<Sink>,
    pub(super) descriptors: Table,
}

/// What is written is gathered, and, unless it is `quiet`, also goes to the host's.
pub(super) fn standard(quiet: bool) -> std::io::Result<Standard> {
    let (stdout, stderr) =
        if quiet { (Sink::new(), Sink::new()) } else { (Sink::also(host(1)?), Sink::also(host(2)?)) };
    let input = host(0).map_or(Descriptor::Null, Descriptor::File);
    let descriptors = Table::new(input, Descriptor::Sink(stdout.hold()), Descriptor::Sink(stderr.hold()));
    Ok(Standard { stdout, stderr, descriptors })
}

fn split(pair: &[u8]) -> (BString, BString) {
    let (name, value) = pair.split_once_str("=").unwrap_or((pair, b""));
    (name.into(), value.into())
}
