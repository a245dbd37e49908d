//! Routes that are answered without JavaScript: responses that do not change, and files.

use std::collections::HashMap;
use std::path::PathBuf;

use bytes::Bytes;
use http::header::{ACCEPT_RANGES, CONTENT_LENGTH, CONTENT_RANGE, ETAG, HeaderValue, LAST_MODIFIED};
use http::request::Parts;
use http::{HeaderMap, Method, Response, StatusCode};
use http_body::Body as _;

use super::body::{Body, Kind};
use super::engine::Slice;
use super::file::{Opened, Part, date, precondition, wanted_part};
use super::inbound::method_code;
use super::outbound::write_headers;

/// What a route answers with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RouteBody {
    /// The same bytes each time.
    Bytes(Bytes),
    /// What the file holds then. A file that is not there leaves the request to JavaScript.
    File(PathBuf, Slice),
}

/// An answer that JavaScript has given beforehand.
#[derive(Debug, Clone)]
pub struct Route {
    /// A bit for each method's code.
    pub methods: u32,
    /// The status.
    pub status: u16,
    /// `name:value\n` lines, latin1.
    pub lines: Bytes,
    /// The body.
    pub body: RouteBody,
}

#[derive(Debug)]
struct Prepared {
    methods: u32,
    status: StatusCode,
    headers: HeaderMap,
    body: RouteBody,
}

/// The routes of a server, by path.
#[derive(Debug, Default)]
pub(crate) struct Routes {
    by_path: HashMap<Vec<u8>, Vec<Prepared>>,
    has_constants: bool,
}

impl Routes {
    pub(crate) fn add(&mut self, path: &[u8], route: Route) {
        let Ok(status) = StatusCode::from_u16(route.status) else { return };
        let mut headers = HeaderMap::new();
        write_headers(&mut headers, &route.lines);
        self.has_constants |= matches!(route.body, RouteBody::Bytes(_));
        let prepared = Prepared { methods: route.methods, status, headers, body: route.body };
        self.by_path.entry(path.to_vec()).or_default().push(prepared);
    }

    /// The answer to a request, if it is one of these, and whether it is always the same.
    pub(crate) fn answer(&self, request: &Parts) -> Option<(Response<Body>, bool)> {
        if self.by_path.is_empty() {
            return None;
        }
        let routes = self.by_path.get(request.uri.path().as_bytes())?;
        let bit = 1_u32.checked_shl(method_code(&request.method).unsigned_abs()).unwrap_or(0);
        let route = routes.iter().find(|route| route.methods & bit != 0 || route.methods == u32::MAX)?;
        let mut response = route.answer(request)?;
        // hyper gives an empty answer to HEAD no length by itself.
        let empty = response.body().size_hint().exact() == Some(0);
        if request.method == Method::HEAD
            && empty
            && !matches!(response.status(), StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED)
        {
            response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
        }
        Some((response, matches!(route.body, RouteBody::Bytes(_))))
    }

    /// Whether requests for a path may be answered here.
    pub(crate) fn has(&self, path: &[u8]) -> bool {
        !self.by_path.is_empty() && self.by_path.contains_key(path)
    }

    /// Whether there is an answer that is always the same.
    pub(crate) fn has_constants(&self) -> bool {
        self.has_constants
    }
}

impl Prepared {
    fn answer(&self, request: &Parts) -> Option<Response<Body>> {
        let reads = matches!(request.method, Method::GET | Method::HEAD) && self.status == StatusCode::OK;
        match &self.body {
            RouteBody::Bytes(bytes) => {
                let etag = self.headers.get(ETAG).and_then(|tag| tag.to_str().ok());
                let instead = if reads { precondition(&request.headers, etag, None) } else { None };
                let kind = if instead.is_some() || bytes.is_empty() { Kind::Empty } else { Kind::Full(bytes.clone()) };
                Some(self.response(instead.unwrap_or(self.status), kind))
            }
            RouteBody::File(path, slice) => {
                let file = Opened::open(path).ok()?;
                let given = self.headers.get(LAST_MODIFIED).and_then(|date| date.to_str().ok()).and_then(date);
                let modified = given.or(file.modified);
                let first = slice.start.min(file.size);
                let size = slice.end.unwrap_or(u64::MAX).min(file.size).saturating_sub(first);
                let ranges = !self.headers.contains_key(CONTENT_RANGE);
                let etag = self.headers.get(ETAG).and_then(|tag| tag.to_str().ok());
                let mut response = if !reads {
                    self.response(self.status, Kind::File(file.body(first, size).ok()?))
                } else if let Some(instead) = precondition(&request.headers, etag, modified) {
                    self.response(instead, Kind::Empty)
                } else {
                    let part = if ranges { wanted_part(&request.headers, size, etag, modified) } else { Part::Whole };
                    match part {
                        Part::Whole => self.response(self.status, Kind::File(file.body(first, size).ok()?)),
                        Part::Of(start, length) => {
                            let body = Kind::File(file.body(first + start, length).ok()?);
                            let range = format!("bytes {start}-{}/{size}", start + length - 1);
                            ranged(self.response(StatusCode::PARTIAL_CONTENT, body), &range)
                        }
                        Part::Outside => {
                            let range = format!("bytes */{size}");
                            ranged(self.response(StatusCode::RANGE_NOT_SATISFIABLE, Kind::Empty), &range)
                        }
                    }
                };
                if let Some(modified) = modified
                    && !response.headers().contains_key(LAST_MODIFIED)
                    && let Ok(date) = HeaderValue::from_str(&httpdate::fmt_http_date(modified))
                {
                    response.headers_mut().insert(LAST_MODIFIED, date);
                }
                Some(response)
            }
        }
    }

    fn response(&self, status: StatusCode, kind: Kind) -> Response<Body> {
        let mut response = Response::new(Body::unbound(kind));
        *response.status_mut() = status;
        response.headers_mut().clone_from(&self.headers);
        response
    }
}

fn ranged(mut response: Response<Body>, range: &str) -> Response<Body> {
    if let Ok(range) = HeaderValue::from_str(range) {
        response.headers_mut().insert(CONTENT_RANGE, range);
    }
    response.headers_mut().insert(ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    response
}
