//! Engine for the fast paths under node:* modules.

#![forbid(unsafe_code)]
