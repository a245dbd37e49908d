//! What can fail in the server, and how it reads in JavaScript.

use std::io;

use dx_fault::{Class, Fault, Sys};

/// A failure of the HTTP server's engine.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The port is taken.
    #[error("port {port} is in use")]
    PortInUse {
        /// The port asked for.
        port: u16,
    },
    /// The address could not be listened on.
    #[error("listen failed: {source}")]
    Listen {
        /// What the system said.
        source: io::Error,
    },
    /// The path of a unix socket could not be listened on.
    #[error("listen on {path} failed: {source}")]
    ListenUnix {
        /// The path of the socket.
        path: String,
        /// What the system said.
        source: io::Error,
    },
    /// The platform has no unix sockets in the standard library.
    #[error("unix sockets are not available on this platform")]
    NoUnixSockets,
    /// A key, certificate or list of them cannot be used.
    #[error("{reason}")]
    Tls {
        /// What rustls says.
        reason: String,
    },
    /// The file of a response could not be opened.
    #[error("open {path} failed: {source}")]
    File {
        /// The path of the file.
        path: String,
        /// What the system said.
        source: io::Error,
    },
    /// A record of a response batch does not describe bytes inside its buffer.
    #[error("a response record points outside its buffer")]
    BadRecord,
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        match error {
            Error::PortInUse { port } => {
                let message = format!("Failed to start server. Is port {port} in use?");
                Fault::new(Class::Error, "EADDRINUSE", message)
                    .with("syscall", dx_fault::Prop::Text("listen".to_owned()))
                    .with("errno", dx_fault::Prop::Number(0.0))
            }
            Error::Listen { source } => Fault::system(&source, Sys { syscall: "listen".into(), ..Sys::default() }),
            Error::ListenUnix { path, source } => {
                Fault::system(&source, Sys { syscall: "listen".into(), path: Some(path), ..Sys::default() })
            }
            Error::NoUnixSockets => Fault::new(
                Class::TypeError,
                "ERR_FEATURE_UNAVAILABLE_ON_PLATFORM",
                "unix sockets are not available on this platform",
            ),
            Error::File { path, source } => Fault::file(&source, "open", Some(path.as_ref())),
            Error::Tls { reason } => {
                Fault::new(Class::Error, "ERR_TLS_INVALID_CONTEXT", format!("Failed to create HTTP server: {reason}"))
            }
            Error::BadRecord => {
                Fault::new(Class::RangeError, "ERR_OUT_OF_RANGE", "a response record points outside its buffer")
            }
        }
    }
}
