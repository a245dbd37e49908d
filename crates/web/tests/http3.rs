//! HTTP/3 from end to end inside one engine: its client asks its server.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io;
use std::rc::Rc;
use std::thread;
use std::time::{Duration, Instant};

use bytes::Bytes;
use dx_web::{
    Alarm, Chunk, Engine, Identity, Interest, Listen, RECORD, RawSocket, Ready, ServerOptions, TlsOptions, TlsServer,
    Upload, Versions, Watcher, event,
};
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::pki_types::pem::PemObject as _;

const CERTIFICATE: &[u8] = include_bytes!("../../../__test__/bun/fixtures/tls/localhost.pem");
const KEY: &[u8] = include_bytes!("../../../__test__/bun/fixtures/tls/localhost.key");
/// `payload` of outbound records.
const INLINE: i32 = 0;
const STREAM: i32 = 2;

/// What the engine has told, in order: `slot seq code first second third` and the text between first and second.
type News = (Vec<i32>, String);

/// A loop that says of every socket that it is ready: those of the engine do not block.
#[derive(Clone, Default)]
struct Eager(Rc<RefCell<BTreeMap<usize, Interest>>>);

impl Watcher for Eager {
    fn add(&self, token: usize, _: RawSocket, interest: Interest) -> io::Result<()> {
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

struct World {
    watched: Eager,
    engine: Engine,
    server: i32,
    port: u16,
    news: Vec<News>,
}

impl World {
    fn new() -> Self {
        let key = PrivatePkcs8KeyDer::from_pem_slice(KEY).unwrap().secret_pkcs8_der().to_vec();
        let identity = Identity { name: String::new(), certificates: CERTIFICATE.to_vec(), key };
        let tls = TlsServer::new(&TlsOptions { identities: vec![identity], ..TlsOptions::default() }).unwrap();
        let watched = Eager::default();
        let engine = Engine::new(Box::new(watched.clone()), Box::new(Silent));
        let listen = Listen::Tcp { hostname: "127.0.0.1".to_owned(), port: 0, reuse_port: false, ipv6_only: false };
        let versions = Versions { http1: false, http2: false, http3: true };
        let options = ServerOptions { idle_timeout: 10, max_body: 1 << 20, versions, tls: Some(tls) };
        let (server, address) = engine.listen(&listen, options).unwrap();
        Self { watched, engine, server, port: address.unwrap().port(), news: Vec::new() }
    }

    fn connect(&self) -> i32 {
        let address = ([127, 0, 0, 1], self.port).into();
        self.engine.fetch_connect(address, "localhost", false, &[]).unwrap()
    }

    fn ask(&self, session: i32, head: &str, upload: Upload) -> (i32, i32) {
        let head = format!("GET\nhttps://localhost/{head}\n");
        self.engine.fetch_send(session, head.as_bytes(), upload).unwrap()
    }

    /// Turns until there is news of a kind, and takes it.
    fn wait(&mut self, code: i32) -> News {
        let end = Instant::now() + Duration::from_secs(10);
        loop {
            if let Some(at) = self.news.iter().position(|(record, _)| record[2] == code) {
                return self.news.remove(at);
            }
            assert!(Instant::now() < end, "no news of kind {code}: {:?}", self.news);
            self.turn();
        }
    }

    fn turn(&mut self) {
        let watched: Vec<_> = self.watched.0.borrow().iter().map(|(token, interest)| (*token, *interest)).collect();
        for (token, Interest { read, write, .. }) in watched {
            self.engine.on_event(token, Ready { read, write, ..Ready::default() });
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

    fn respond(&self, request: &News, payload: i32, body: &[u8]) {
        let length = if payload == STREAM { -1 } else { i32::try_from(body.len()).unwrap() };
        let record = [request.0[0], request.0[1], 200, payload, 0, 0, length, 0];
        self.engine.respond(&record, body).unwrap();
        self.engine.work();
    }

    /// The body of an answer to its end: its bytes, and whether it is whole.
    fn body(&mut self, (slot, seq): (i32, i32)) -> (Vec<u8>, bool) {
        let mut bytes = Vec::new();
        loop {
            self.engine.fetch_demand(slot, seq);
            let (record, _) = self.wait(event::FETCH_BODY);
            let mut chunk = vec![0; usize::try_from(record[3]).unwrap()];
            assert_eq!(self.engine.fetch_take(slot, seq, &mut chunk), chunk.len());
            bytes.append(&mut chunk);
            if record[4] != 0 {
                return (bytes, record[4] == 1);
            }
        }
    }
}

const GET: i32 = 0;

#[test]
fn a_request_and_its_answer() {
    let mut world = World::new();
    let session = world.connect();
    let call = world.ask(session, "a?b\nx-own:1", Upload::None);
    let request = world.wait(GET);
    assert_eq!(request.1, "/a?b");
    assert_eq!(world.engine.pending(world.server), 1);
    world.respond(&request, INLINE, b"answer");
    let head = world.wait(event::FETCH_HEAD);
    assert_eq!(head.0[5], 200);
    assert!(head.1.contains("content-length:6\n"), "{}", head.1);
    assert_eq!(world.body(call), (b"answer".to_vec(), true));
    assert_eq!(world.engine.pending(world.server), 0);
    world.engine.close();
}

#[test]
fn a_stream_waits_for_its_reader() {
    let mut world = World::new();
    let session = world.connect();
    let call = world.ask(session, "", Upload::None);
    let request = world.wait(GET);
    world.respond(&request, STREAM, b"");
    world.wait(event::FETCH_HEAD);
    let chunk = Bytes::from(vec![7; 64 * 1024]);
    let mut written = 0;
    // Nobody reads: the client's buffer, both windows and the exchange's queue fill up.
    for _ in 0..1000 {
        world.turn();
        match world.engine.write_shared(request.0[0], request.0[1], chunk.clone()) {
            Chunk::Gone => unreachable!("the client is there"),
            Chunk::Room => written += chunk.len(),
            Chunk::Full => {
                written += chunk.len();
                break;
            }
        }
    }
    assert!(written < 16 << 20, "{written} bytes were taken without a reader");
    world.engine.end(request.0[0], request.0[1], false);
    let (bytes, whole) = world.body(call);
    assert_eq!((bytes.len(), whole), (written, true));
    world.engine.close();
}

#[test]
fn who_goes_away_is_told_of() {
    let mut world = World::new();
    let session = world.connect();
    let call = world.ask(session, "", Upload::None);
    let request = world.wait(GET);
    world.engine.fetch_cancel(call.0, call.1);
    let aborted = world.wait(event::ABORT);
    assert_eq!(aborted.0[..2], request.0[..2]);
    // The session lives on, until the server stops.
    world.ask(session, "again", Upload::None);
    world.wait(GET);
    world.engine.stop(world.server, true);
    assert_eq!(world.wait(event::FETCH_FAILED).0[3], 2);
    assert_eq!(world.wait(event::SESSION_OVER).0[0], session);
    world.wait(event::STOPPED);
    assert!(std::net::UdpSocket::bind(("127.0.0.1", world.port)).is_ok(), "the port is free again");
    world.engine.close();
}

#[test]
fn a_server_that_stops_answers_what_has_begun() {
    let mut world = World::new();
    let session = world.connect();
    let call = world.ask(session, "", Upload::None);
    let request = world.wait(GET);
    world.engine.stop(world.server, false);
    for _ in 0..10 {
        world.turn();
    }
    assert!(world.engine.is_alive());
    world.respond(&request, INLINE, &[1; 10_000]);
    world.wait(event::FETCH_HEAD);
    assert_eq!(world.body(call), (vec![1; 10_000], true));
    world.wait(event::STOPPED);
    world.engine.close();
}
