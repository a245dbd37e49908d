//! An engine on a loop of the test's own.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io;
#[cfg(unix)]
use std::os::fd::BorrowedFd as BorrowedSocket;
#[cfg(windows)]
use std::os::windows::io::BorrowedSocket;
use std::rc::Rc;
use std::thread;
use std::time::{Duration, Instant};

use dx_web::{
    Alarm, Allocator, Engine, Identity, Interest, Listen, RECORD, RawSocket, Ready, ServerOptions, TlsOptions,
    TlsServer, Versions, Watcher,
};
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::pki_types::pem::PemObject as _;
use socket2::SockRef;

const CERTIFICATE: &[u8] = include_bytes!("../../../../__test__/bun/fixtures/tls/localhost.pem");
const KEY: &[u8] = include_bytes!("../../../../__test__/bun/fixtures/tls/localhost.key");
/// `payload` of outbound records.
pub(crate) const INLINE: i32 = 0;
pub(crate) const WRITTEN: i32 = 1;
pub(crate) const STREAM: i32 = 2;
pub(crate) const LENT: i32 = 4;
/// The code of a GET.
pub(crate) const GET: i32 = 0;
const MAX_BODY: u64 = 1 << 20;

/// What the engine has told, in order: `slot seq code first second third` and the text between first and second.
pub(crate) type News = (Vec<i32>, String);

/// A loop that says of every socket that it is ready.
#[derive(Clone, Default)]
pub(crate) struct Eager(Rc<RefCell<BTreeMap<usize, Interest>>>);

impl Watcher for Eager {
    fn add(&self, token: usize, socket: RawSocket, interest: Interest) -> io::Result<()> {
        // SAFETY: the engine keeps the socket open until it has called `remove`.
        let socket = unsafe { BorrowedSocket::borrow_raw(socket) };
        SockRef::from(&socket).set_nonblocking(true)?;
        self.change(token, interest);
        Ok(())
    }

    fn change(&self, token: usize, interest: Interest) {
        self.0.borrow_mut().insert(token, interest);
    }

    fn remove(&self, token: usize) {
        self.0.borrow_mut().remove(&token);
    }
}

/// The loop never sleeps.
struct Silent;

impl Alarm for Silent {
    fn ring(&self) {}
}

pub(crate) struct World {
    watched: Eager,
    /// Sockets are not said to have room.
    pub(crate) full: bool,
    pub(crate) engine: Engine,
    pub(crate) server: i32,
    pub(crate) port: u16,
    news: Vec<News>,
}

impl World {
    /// A server of HTTP/3, with TLS.
    pub(crate) fn http3() -> Self {
        let key = PrivatePkcs8KeyDer::from_pem_slice(KEY).unwrap().secret_pkcs8_der().to_vec();
        let identity = Identity { name: String::new(), certificates: CERTIFICATE.to_vec(), key };
        let tls = TlsServer::new(&TlsOptions { identities: vec![identity], ..TlsOptions::default() }).unwrap();
        Self::new(Versions { http1: false, http2: false, http3: true }, Some(tls))
    }

    /// A server of plain HTTP/1.
    pub(crate) fn http1() -> Self {
        Self::new(Versions { http1: true, http2: false, http3: false }, None)
    }

    fn new(versions: Versions, tls: Option<TlsServer>) -> Self {
        let watched = Eager::default();
        let engine = Engine::new(Box::new(watched.clone()), Box::new(Silent), Box::new(Allocator));
        let listen = Listen::Tcp { hostname: "127.0.0.1".to_owned(), port: 0, reuse_port: false, ipv6_only: false };
        let options = ServerOptions { idle_timeout: 10, max_body: MAX_BODY, versions, tls };
        let (server, address) = engine.listen(&listen, options).unwrap();
        Self { watched, full: false, engine, server, port: address.unwrap().port(), news: Vec::new() }
    }

    /// Turns until there is news of a kind, and takes it.
    pub(crate) fn wait(&mut self, code: i32) -> News {
        let end = Instant::now() + Duration::from_secs(10);
        loop {
            if let Some(at) = self.news.iter().position(|(record, _)| record[2] == code) {
                return self.news.remove(at);
            }
            assert!(Instant::now() < end, "no news of kind {code}: {:?}", self.news);
            self.turn();
        }
    }

    /// Says of all connections that their peers are gone.
    pub(crate) fn hang_up_all(&mut self) {
        let watched: Vec<usize> = self.watched.0.borrow().keys().copied().collect();
        for token in watched {
            self.engine.on_event(token, Ready { hangup: true, ..Ready::default() });
        }
    }

    /// Takes all news.
    pub(crate) fn hear(&mut self) -> Vec<News> {
        std::mem::take(&mut self.news)
    }

    pub(crate) fn turn(&mut self) {
        let watched: Vec<_> = self.watched.0.borrow().iter().map(|(token, interest)| (*token, *interest)).collect();
        for (token, Interest { read, write, .. }) in watched {
            self.engine.on_event(token, Ready { read, write: write && !self.full, ..Ready::default() });
        }
        self.engine.turn();
        self.engine.on_time();
        self.engine.work();
        self.engine.send(true);
        let mut inbound = self.engine.inbound();
        if inbound.is_empty() {
            drop(inbound);
            thread::sleep(Duration::from_millis(1));
            return;
        }
        for record in inbound.records.chunks(RECORD) {
            let range = usize::try_from(record[3]).unwrap_or(0)..usize::try_from(record[4]).unwrap_or(0);
            let text = inbound.text.get(range).map(|text| String::from_utf8_lossy(text).into_owned());
            self.news.push((record.to_vec(), text.unwrap_or_default()));
        }
        inbound.clear();
    }

    pub(crate) fn respond(&self, request: &News, payload: i32, body: &[u8]) {
        let length = if payload == STREAM { -1 } else { i32::try_from(body.len()).unwrap() };
        let record = [request.0[0], request.0[1], 200, payload, 0, 0, length, 0];
        self.engine.respond(&record, body, &[]).unwrap();
        self.engine.work();
    }

    /// Answers with a status, `name:value\n` lines, the number of a content type, and a body that is lent or not.
    pub(crate) fn answer(&self, request: &News, status: i32, lines: &str, content_type: i32, body: &[u8], lent: bool) {
        let [header, length] = [lines.len(), body.len()].map(|length| i32::try_from(length).unwrap());
        let payload = if lent { LENT } else { INLINE };
        let record = [request.0[0], request.0[1], status, payload, header, 0, length, content_type];
        let (inline, lent) = if lent { (&[][..], body) } else { (body, &[][..]) };
        self.engine.respond(&record, &[lines.as_bytes(), inline].concat(), lent).unwrap();
        self.engine.work();
    }

    /// Answers with `name:value\n` lines and a body.
    pub(crate) fn respond_with(&self, request: &News, lines: &str, body: &[u8]) {
        let [header, length] = [lines.len(), body.len()].map(|length| i32::try_from(length).unwrap());
        let record = [request.0[0], request.0[1], 200, INLINE, header, 0, length, 0];
        self.engine.respond(&record, &[lines.as_bytes(), body].concat(), &[]).unwrap();
        self.engine.work();
    }

    /// Whether a socket has taken no more.
    pub(crate) fn is_stuck(&self) -> bool {
        self.engine.watch();
        self.watched.0.borrow().values().any(|interest| interest.write)
    }
}
