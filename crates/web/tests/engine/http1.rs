//! HTTP/1 over sockets whose peer does not read: what waits in hyper meets what is read after it.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use bytes::Bytes;
use dx_web::{Route, RouteBody};
use socket2::{Domain, Socket, Type};

use crate::world::{GET, INLINE, STREAM, World};

/// The codes of a POST and a HEAD.
const POST: i32 = 1;
const HEAD: i32 = 5;
/// `GATHER` of link.rs: what does not fit waits in hyper while the socket is full.
const GATHERED: usize = 16 * 1024;
/// `methods` of a route: all.
const EVERY_METHOD: u32 = u32::MAX;
const KNOWN: &str = "GET /known HTTP/1.1\r\nHost: x\r\n\r\n";

struct Client {
    socket: TcpStream,
    received: Vec<u8>,
}

impl Client {
    fn new(world: &World) -> Self {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        socket.set_recv_buffer_size(GATHERED).unwrap();
        socket.connect(&SocketAddr::from(([127, 0, 0, 1], world.port)).into()).unwrap();
        let socket = TcpStream::from(socket);
        socket.set_nonblocking(true).unwrap();
        Self { socket, received: Vec::new() }
    }

    fn send(&mut self, text: &str) {
        self.socket.write_all(text.as_bytes()).unwrap();
    }

    /// Takes what has come; gives whether that was something.
    fn receive(&mut self) -> bool {
        let mut chunk = [0; GATHERED];
        match self.socket.read(&mut chunk) {
            Ok(length) => {
                self.received.extend_from_slice(&chunk[..length]);
                length > 0
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => false,
            Err(error) => panic!("{error}"),
        }
    }

    /// Turns until what has come ends so.
    fn await_end(&mut self, world: &mut World, end: &[u8]) {
        let late = Instant::now() + Duration::from_secs(10);
        while !self.received.ends_with(end) {
            let tail = &self.received[self.received.len().saturating_sub(100)..];
            assert!(Instant::now() < late, "{}", String::from_utf8_lossy(tail));
            world.turn();
            self.receive();
        }
    }

    /// Takes all that is under way.
    fn drain(&mut self) {
        let mut quiet = 0;
        while quiet < 20 {
            if self.receive() {
                quiet = 0;
            } else {
                quiet += 1;
                thread::sleep(Duration::from_millis(1));
            }
        }
    }

    /// Fills the socket, so that the next answer of more than some bytes does not fit in what the engine gathers.
    fn clog(&mut self, world: &mut World) {
        world.full = true;
        let mut sent = 0;
        while !world.is_stuck() {
            sent += self.fill(world, GATHERED - 1024);
        }
        self.drain();
        let waiting = sent - self.received.len();
        if waiting < GATHERED - 4096 {
            self.fill(world, GATHERED - 1024 - waiting);
        }
    }

    /// Asks for an answer of about so many bytes, of which nothing is read; gives how many there are.
    fn fill(&mut self, world: &mut World, length: usize) -> usize {
        self.send("GET /fill HTTP/1.1\r\nHost: x\r\n\r\n");
        let request = world.wait(GET);
        let body = vec![b'.'; length.saturating_sub(EMPTY.len())];
        world.respond(&request, INLINE, &body);
        world.turn();
        EMPTY.len() - "0".len() + body.len().to_string().len() + body.len()
    }
}

/// What hyper writes of an answer without a body of its own.
const EMPTY: &str = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\ndate: Thu, 01 Jan 1970 00:00:00 GMT\r\n\r\n";

/// A request that is answered before its body is there: the answer waits in hyper, which goes on to the next request when
/// the body has come.
fn early(client: &mut Client, world: &mut World, body: &[u8]) {
    client.send("POST /early HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n");
    let request = world.wait(POST);
    let pad = format!("x-pad:{}\n", "p".repeat(6000));
    world.respond_with(&request, &pad, body);
    world.turn();
    client.send(&"b".repeat(1000));
    for _ in 0..10 {
        world.turn();
    }
}

#[test]
fn an_answer_that_waits_is_not_learned_for_a_known_request() {
    let mut world = World::http1();
    let body = RouteBody::Bytes(Bytes::from_static(b"right"));
    let route = Route { methods: EVERY_METHOD, status: 200, lines: Bytes::new(), body };
    world.engine.add_route(world.server, b"/known", route);
    // Twice: once is not enough to be remembered.
    for _ in 0..2 {
        let mut client = Client::new(&world);
        client.clog(&mut world);
        early(&mut client, &mut world, b"wrong");
        // Room for the answer comes in the turn in which this is read, before anything else is.
        client.send(KNOWN);
        world.full = false;
        client.await_end(&mut world, b"\r\n\r\nright");
    }
    for _ in 0..3 {
        let mut client = Client::new(&world);
        client.send(KNOWN);
        client.await_end(&mut world, b"\r\n\r\nright");
    }
    world.engine.close();
}

#[test]
fn chunks_are_announced_in_the_answer_to_a_head_and_in_no_other() {
    let mut world = World::http1();
    let mut client = Client::new(&world);
    client.clog(&mut world);
    early(&mut client, &mut world, b"early");
    client.send("HEAD /stream HTTP/1.1\r\nHost: x\r\n\r\n");
    let head = world.wait(HEAD);
    world.respond(&head, STREAM, b"");
    world.engine.end(head.0[0], head.0[1], false);
    world.turn();
    world.full = false;
    client.await_end(&mut world, b"\r\n\r\n");
    client.send("GET /last HTTP/1.1\r\nHost: x\r\n\r\n");
    let last = world.wait(GET);
    world.respond(&last, INLINE, b"last");
    client.await_end(&mut world, b"\r\n\r\nlast");
    let text = String::from_utf8_lossy(&client.received).into_owned();
    let heads: Vec<&str> = text.split("HTTP/1.1 ").skip(1).collect();
    let [.., early, head, last] = heads[..] else { panic!("{text}") };
    assert!(early.ends_with("\r\n\r\nearly") && !early.contains("chunked"), "{early}");
    assert!(head.ends_with("\r\ntransfer-encoding: chunked\r\n\r\n"), "{head}");
    assert!(!last.contains("chunked"), "{last}");
    world.engine.close();
}
