//! TypeScript and JSX to JavaScript, module resolution, data-file loaders.

#![forbid(unsafe_code)]
