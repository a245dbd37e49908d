//! From requests to exchanges.

use std::rc::Rc;

use http::header::{CONNECTION, DATE, EXPECT, HOST, HeaderValue};
use http::request::Parts;
use http::{Method, Request, Response, StatusCode, Version};
use http_body::{Body as _, SizeHint};
use hyper::body::Incoming as HyperBody;
use hyper::service::Service;

use super::body::{Body, Kind};
use super::channel::Channel;
use super::engine::Counts;
use super::exchange::{Answer, Exchange, INLINE_BODY, drain, withhold_body};
use super::incoming::Incoming;
use super::link::Link;

/// Turns a request of hyper's into an exchange.
pub(super) struct Exchanges {
    pub(super) link: Rc<Link>,
}

impl Service<Request<HyperBody>> for Exchanges {
    type Response = Response<Body>;
    type Error = std::convert::Infallible;
    type Future = Answer;

    fn call(&self, request: Request<HyperBody>) -> Answer {
        let (parts, incoming) = request.into_parts();
        let incoming = (!incoming.is_end_stream()).then_some(Incoming::Hyper(incoming));
        self.link.bodiless.set(incoming.is_none());
        if let Some(exchange) = self.link.direct.take() {
            if let Some(incoming) = incoming {
                drain(&self.link.channel, incoming); // JavaScript has it
            }
            return Answer::Awaited(exchange);
        }
        take_in(&self.link.channel, Some(&self.link), parts, incoming)
    }
}

/// Makes a request an exchange, or answers it.
pub(super) fn take_in(
    channel: &Rc<Channel>,
    link: Option<&Rc<Link>>,
    parts: Parts,
    incoming: Option<Incoming>,
) -> Answer {
    Counts::add(&channel.core.counts.requests);
    channel.requests.set(channel.requests.get().wrapping_add(1));
    if channel.is_malformed(channel.requests.get()) {
        channel.refused.set(true);
        return refuse(StatusCode::BAD_REQUEST);
    }
    // RFC 9112 section 3.2: exactly one Host, which HTTP/1.0 may leave out. RFC 9113 section 8.3.1: or the authority.
    let hosts = parts.headers.get_all(HOST).iter().count();
    let authority = parts.version >= Version::HTTP_2 && parts.uri.authority().is_some();
    if hosts > 1 || (hosts == 0 && parts.version >= Version::HTTP_11 && !authority) {
        return refuse(StatusCode::BAD_REQUEST);
    }
    let hint = incoming.as_ref().map_or_else(|| SizeHint::with_exact(0), Incoming::size_hint);
    if hint.lower() > channel.server.max_body() {
        return refuse(StatusCode::PAYLOAD_TOO_LARGE);
    }
    let has_body = incoming.is_some();
    let expects = has_body && parts.headers.contains_key(EXPECT);
    let bodiless = channel.is_multiplexed() && parts.method == Method::HEAD;
    if let Some((mut response, constant)) = channel.server.routes().answer(&parts) {
        if let Some(link) = link {
            response.body_mut().send_over(link);
            if constant && incoming.is_none() && goes_on(&parts, &response) && !channel.closing.get() {
                let sent = if parts.method == Method::HEAD { Some(0) } else { response.body().at_hand() };
                link.answers_always(sent);
            }
        }
        if let Some(incoming) = incoming.filter(|_| !expects) {
            drain(channel, incoming);
        }
        if bodiless {
            withhold_body(&mut response);
        }
        channel.advertise(response.headers_mut());
        return Answer::Ready(Some(response));
    }
    let core = &channel.core;
    let exchange = Exchange::add_new(channel, link, incoming);
    let waits_for_body = has_body && !expects && hint.exact().is_some_and(|length| length <= INLINE_BODY);
    if let Some(link) = link.filter(|_| has_body) {
        link.uploads(&exchange);
    }
    exchange.set_expects(expects);
    if bodiless {
        exchange.set_bodiless();
    } else if parts.method == Method::HEAD && parts.version == Version::HTTP_11 {
        exchange.tell_of_chunks();
    }
    if waits_for_body {
        exchange.hold(Box::new(parts));
        core.held.borrow_mut().push(Rc::clone(&exchange));
    } else {
        exchange.tell(parts, None, has_body);
    }
    Answer::Awaited(exchange)
}

/// Whether the connection is as before after an exchange of HTTP/1.1.
fn goes_on(request: &Parts, response: &Response<Body>) -> bool {
    request.version == Version::HTTP_11
        && request.headers.get(CONNECTION).is_none_or(|value| value.as_bytes().eq_ignore_ascii_case(b"keep-alive"))
        && request.headers.get_all(CONNECTION).iter().count() <= 1
        && !response.headers().contains_key(CONNECTION)
        // The memo writes the date of now where hyper's is.
        && !response.headers().contains_key(DATE)
}

fn refuse(status: StatusCode) -> Answer {
    Answer::Ready(Some(refusal(status)))
}

/// An answer of the engine's own, after which the connection is closed.
pub(crate) fn refusal(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(Body::unbound(Kind::Empty));
    *response.status_mut() = status;
    response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    response
}
