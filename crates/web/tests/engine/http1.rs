//! HTTP/1 over sockets whose peer does not read: what waits in hyper meets what is read after it.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use bytes::Bytes;
use dx_web::{Route, RouteBody, event};
use socket2::{Domain, Socket, Type};

use crate::world::{GET, INLINE, STREAM, WRITTEN, World};

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
        Self::of(socket.into())
    }

    /// With the system's buffers.
    fn roomy(world: &World) -> Self {
        Self::of(TcpStream::connect(("127.0.0.1", world.port)).unwrap())
    }

    fn of(socket: TcpStream) -> Self {
        socket.set_nonblocking(true).unwrap();
        socket.set_nodelay(true).unwrap();
        Self { socket, received: Vec::new() }
    }

    fn send(&mut self, text: &str) {
        self.socket.write_all(text.as_bytes()).unwrap();
    }

    /// Sends what the engine reads with two calls: the first goes to a hyper that is made for it, the second to the one
    /// that is there.
    fn send_in_two(&mut self, world: &mut World, text: &str) {
        let (start, rest) = text.split_at(9);
        let reads = world.engine.counts().reads.get();
        self.send(start);
        let late = Instant::now() + Duration::from_secs(10);
        while world.engine.counts().reads.get() == reads {
            assert!(Instant::now() < late);
            world.turn();
        }
        world.turn();
        self.send(rest);
    }

    /// Takes what has come; gives whether that was something.
    fn receive(&mut self) -> bool {
        let mut chunk = vec![0; 4 * GATHERED];
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

/// A connection gives hyper back between requests: not while hyper still has something of an answer.
#[test]
fn a_connection_keeps_hyper_until_an_answer_is_written() {
    let mut world = World::http1();
    let mut client = Client::roomy(&world);
    let body = [vec![b'.'; 16 << 20], b"end".to_vec()].concat();
    // After the first request it would do so at once, later when it has been quiet.
    for _ in 0..2 {
        world.full = true;
        client.send_in_two(&mut world, "GET /long HTTP/1.1\r\nHost: x\r\n\r\n");
        let request = world.wait(GET);
        world.respond(&request, INLINE, &body);
        assert!(world.is_stuck());
        for _ in 0..4 {
            world.engine.tick();
            world.turn();
        }
        world.full = false;
        client.received.clear();
        client.await_end(&mut world, b"end");
        assert!(client.received.len() > body.len());
    }
    world.engine.close();
}

/// Nor while it has something of a body that nobody has read: that would be taken for a request.
#[test]
fn a_connection_keeps_hyper_until_a_body_is_read() {
    const SMUGGLED: &str = "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n";
    let length = SMUGGLED.len();
    let expects = format!("Expect: 100-continue\r\nContent-Length: {length}\r\n\r\n{SMUGGLED}");
    let chunked = format!("Transfer-Encoding: chunked\r\n\r\n{length:x}\r\n{SMUGGLED}\r\n0\r\n\r\n");
    for (rest, stays) in [(expects, false), (chunked, true)] {
        let mut world = World::http1();
        let mut client = Client::roomy(&world);
        client.send_in_two(&mut world, &format!("POST /early HTTP/1.1\r\nHost: x\r\n{rest}"));
        let request = world.wait(POST);
        world.respond(&request, INLINE, b"early");
        client.await_end(&mut world, b"\r\n\r\nearly");
        for _ in 0..4 {
            world.engine.tick();
            world.turn();
        }
        assert!(world.hear().iter().all(|(record, _)| record[2] != GET));
        if stays {
            client.send("GET /next HTTP/1.1\r\nHost: x\r\n\r\n");
            let next = world.wait(GET);
            assert!(next.1.starts_with("/next"), "{}", next.1);
        }
        assert_eq!(client.received.windows(9).filter(|window| window == b"HTTP/1.1 ").count(), 1);
        world.engine.close();
    }
}

/// Ticks, and sends a byte at each, until the server has hung up; gives the number of ticks.
fn trickle(client: &mut Client, world: &mut World, text: &[u8], most: usize) -> Option<usize> {
    client.socket.set_nonblocking(true).unwrap();
    (0..most).find(|tick| {
        let reads = world.engine.counts().reads.get();
        if let Some(byte) = text.get(*tick)
            && client.socket.write_all(&[*byte]).is_ok()
        {
            let late = Instant::now() + Duration::from_secs(1);
            while world.engine.counts().reads.get() == reads && Instant::now() < late {
                world.turn();
            }
        }
        world.turn();
        world.engine.tick();
        world.turn();
        !matches!(client.socket.read(&mut [0; 1000]), Err(error) if error.kind() == ErrorKind::WouldBlock)
    })
}

#[test]
fn a_head_that_trickles_has_a_minute_and_its_connection_no_more() {
    let mut world = World::http1();
    let mut client = Client::roomy(&world);
    let head = format!("GET /{} HTTP/1.1\r\n", "a".repeat(1000));
    let ticks = trickle(&mut client, &mut world, head.as_bytes(), 200).unwrap();
    assert!((59..=80).contains(&ticks), "{ticks}");
    // After a request, too.
    let mut client = Client::roomy(&world);
    client.send("GET /first HTTP/1.1\r\nHost: x\r\n\r\n");
    let first = world.wait(GET);
    world.respond(&first, INLINE, b"first");
    client.await_end(&mut world, b"first");
    let ticks = trickle(&mut client, &mut world, head.as_bytes(), 200).unwrap();
    assert!((59..=80).contains(&ticks), "{ticks}");
    world.engine.close();
}

/// As in Bun, each byte of a body counts as a sign of life.
#[test]
fn a_body_that_trickles_is_waited_for_and_one_that_stops_is_not() {
    let mut world = World::http1();
    let mut client = Client::roomy(&world);
    client.send("POST /slow HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n");
    let request = world.wait(POST);
    assert!(world.engine.demand(request.0[0], request.0[1], true));
    // The world's servers wait for ten ticks.
    let ticks = trickle(&mut client, &mut world, &[b'b'; 40], 200).unwrap();
    assert!((49..=70).contains(&ticks), "{ticks}");
    world.wait(event::ABORT);
    assert!(!world.engine.is_pending(request.0[0], request.0[1]));
    world.engine.close();
}

/// The peer is gone without a word, and the handler never answers.
#[test]
fn a_request_without_an_answer_ends_with_the_patience_of_its_server() {
    let mut world = World::http1();
    let mut client = Client::roomy(&world);
    client.send("GET /never HTTP/1.1\r\nHost: x\r\n\r\n");
    let request = world.wait(GET);
    let ticks = trickle(&mut client, &mut world, b"", 200).unwrap();
    assert!((9..=30).contains(&ticks), "{ticks}");
    world.wait(event::ABORT);
    assert!(!world.engine.is_pending(request.0[0], request.0[1]));
    assert_eq!(world.engine.pending(world.server), 0);
    world.engine.close();
}

#[test]
fn a_large_body_lies_where_it_was_read_to() {
    const LENGTH: usize = 900_000;
    let mut world = World::http1();
    let body: String = (0..LENGTH - 3).map(|at| char::from(b'a' + u8::try_from(at % 23).unwrap())).collect();
    let body = body + "END";
    let request = format!("POST /large HTTP/1.1\r\nHost: x\r\nContent-Length: {LENGTH}\r\n\r\n");
    for pieces in [1, 3, 1000] {
        let mut client = Client::roomy(&world);
        client.send(&request);
        let large = world.wait(POST);
        assert!(world.engine.demand(large.0[0], large.0[1], true));
        client.socket.set_nonblocking(false).unwrap();
        let mut socket = client.socket.try_clone().unwrap();
        // The next request comes with the end of the body.
        let text = format!("{body}GET /next HTTP/1.1\r\nHost: x\r\n\r\n");
        let sender = thread::spawn(move || {
            for piece in text.as_bytes().chunks(text.len().div_ceil(pieces)) {
                socket.write_all(piece).unwrap();
            }
        });
        let (record, _) = world.wait(event::BODY);
        assert_eq!(usize::try_from(record[3]).unwrap(), LENGTH);
        sender.join().unwrap();
        client.socket.set_nonblocking(true).unwrap();
        let text = world.engine.take_ascii(large.0[0], large.0[1]).unwrap();
        assert_eq!(text, body);
        // It goes out as it came, as long as it is remembered.
        assert!(world.engine.write_taken(large.0[0], large.0[1], large.0[1]));
        world.respond(&large, WRITTEN, b"");
        client.await_end(&mut world, b"END");
        assert!(client.received.ends_with(body.as_bytes()));
        let next = world.wait(GET);
        assert!(next.1.starts_with("/next"), "{}", next.1);
        world.engine.forget_taken();
        assert!(!world.engine.write_taken(next.0[0], next.0[1], large.0[1]));
    }
    world.engine.close();
}
