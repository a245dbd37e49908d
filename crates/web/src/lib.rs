//! Engine for the web APIs: HTTP server, headers, bodies.

#![forbid(unsafe_code)]
