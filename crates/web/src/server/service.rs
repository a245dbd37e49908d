//! From hyper's requests to exchanges.

use std::rc::Rc;

use http::header::{CONNECTION, HOST, HeaderValue};
use http::{Method, Request, Response, StatusCode, Version};
use http_body::Body as _;
use hyper::body::Incoming;
use hyper::service::Service;

use super::body::{Body, Kind};
use super::engine::Counts;
use super::exchange::{Answer, Exchange, INLINE_BODY, drain, withhold_body};
use super::inbound::int;
use super::link::Link;

/// Turns a request of hyper's into an exchange.
pub(super) struct Exchanges {
    pub(super) link: Rc<Link>,
}

impl Service<Request<Incoming>> for Exchanges {
    type Response = Response<Body>;
    type Error = std::convert::Infallible;
    type Future = Answer;

    fn call(&self, request: Request<Incoming>) -> Answer {
        let (parts, incoming) = request.into_parts();
        let link = &self.link;
        link.requests.set(link.requests.get().wrapping_add(1));
        Counts::add(&link.core.counts.requests);
        if link.is_malformed(link.requests.get()) {
            link.refused.set(true);
            return refuse(StatusCode::BAD_REQUEST);
        }
        // RFC 9112 section 3.2: exactly one Host, which HTTP/1.0 may leave out. RFC 9113 section 8.3.1: or the authority.
        let hosts = parts.headers.get_all(HOST).iter().count();
        let authority = parts.version >= Version::HTTP_2 && parts.uri.authority().is_some();
        if hosts > 1 || (hosts == 0 && parts.version >= Version::HTTP_11 && !authority) {
            return refuse(StatusCode::BAD_REQUEST);
        }
        let hint = incoming.size_hint();
        if hint.lower() > link.server.max_body() {
            return refuse(StatusCode::PAYLOAD_TOO_LARGE);
        }
        let has_body = !incoming.is_end_stream();
        link.bodiless.set(!has_body);
        let expects = has_body && parts.headers.contains_key(http::header::EXPECT);
        let bodiless = link.is_multiplexed() && parts.method == Method::HEAD;
        if let Some(mut response) = link.server.routes().answer(&parts) {
            if has_body && !expects {
                drain(link, incoming);
            }
            response.body_mut().send_over(link);
            if bodiless {
                withhold_body(&mut response);
            }
            return Answer::Ready(Some(response));
        }
        let core = &link.core;
        let seq = core.next_seq();
        let mut exchanges = core.exchanges.borrow_mut();
        let slot = exchanges.vacant_key();
        let exchange = Rc::new(Exchange::new(slot, seq, Rc::clone(link), has_body.then_some(incoming)));
        exchanges.insert(Rc::clone(&exchange));
        drop(exchanges);
        link.exchanges.set(link.exchanges.get() + 1);
        link.server.exchange_began();
        let waits_for_body = has_body && !expects && hint.exact().is_some_and(|length| length <= INLINE_BODY);
        exchange.set_expects(expects);
        if bodiless {
            exchange.set_bodiless();
        }
        if waits_for_body {
            exchange.hold(Box::new(parts));
            core.held.borrow_mut().push(Rc::clone(&exchange));
        } else {
            core.inbound.borrow_mut().request(int(slot), seq, link.server.id(), &parts, None, has_body);
        }
        Answer::Awaited(exchange)
    }
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
