//! Requests that hyper does not see, beside the same ones that it does: clients cannot tell.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use dx_web::event;

use crate::world::{GET, INLINE, News, STREAM, WRITTEN, World};

const POST: i32 = 1;
const ASK: &str = "GET /ask HTTP/1.1\r\nHost: x\r\nA: b\r\n\r\n";
/// A head that comes in two pieces is for hyper.
const START: usize = 9;

struct Client(TcpStream);

impl Client {
    fn new(world: &World) -> Self {
        let socket = TcpStream::connect(("127.0.0.1", world.port)).unwrap();
        socket.set_nodelay(true).unwrap();
        socket.set_nonblocking(true).unwrap();
        Self(socket)
    }

    fn send(&mut self, text: &str) {
        self.0.write_all(text.as_bytes()).unwrap();
    }

    fn send_to_hyper(&mut self, world: &mut World, text: &str) {
        let reads = world.engine.counts().reads.get();
        self.send(&text[..START]);
        let late = Instant::now() + Duration::from_secs(10);
        while world.engine.counts().reads.get() == reads {
            assert!(Instant::now() < late);
            world.turn();
        }
        self.send(&text[START..]);
    }

    /// What has come, and whether that is all there will be.
    fn receive(&mut self, into: &mut Vec<u8>) -> bool {
        let mut chunk = vec![0; 1 << 16];
        match self.0.read(&mut chunk) {
            Ok(length) => {
                into.extend_from_slice(&chunk[..length]);
                length == 0
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => false,
            Err(error) => panic!("{error}"),
        }
    }

    /// Turns until an answer is whole; without its date.
    fn await_answer(&mut self, world: &mut World) -> String {
        let late = Instant::now() + Duration::from_secs(10);
        let mut answer = Vec::new();
        loop {
            world.turn();
            let ended = self.receive(&mut answer);
            let text = String::from_utf8_lossy(&answer).into_owned();
            if let Some((head, body)) = text.split_once("\r\n\r\n") {
                let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
                let whole = match length {
                    Some(length) => body.len() >= length.parse::<usize>().unwrap(),
                    None => ended || body.ends_with("0\r\n\r\n") || head.starts_with("HTTP/1.1 204"),
                };
                if whole {
                    let dated = |line: &&str| !line.starts_with("date: ");
                    assert!(!head.lines().all(|line| dated(&line)), "{head}");
                    return head.lines().filter(dated).chain(["", body]).collect::<Vec<_>>().join("\n");
                }
            }
            assert!(!ended && Instant::now() < late, "{text}");
        }
    }
}

/// The answers to the same request on three connections: one that begins with it, one on which hyper has had another
/// before, and one on which hyper gets it.
fn answers(text: &str, code: i32, answer: impl Fn(&mut World, &News)) -> [String; 3] {
    let mut world = World::http1();
    let mut told = Vec::new();
    let texts = [false, true, true].into_iter().enumerate().map(|(at, has_hyper)| {
        let mut client = Client::new(&world);
        // hyper is given back after the first request.
        for _ in 0..if has_hyper { 3 } else { 0 } {
            client.send_to_hyper(&mut world, ASK);
            let request = world.wait(GET);
            world.respond(&request, INLINE, b"before");
            client.await_answer(&mut world);
        }
        if at == 2 {
            client.send_to_hyper(&mut world, text)
        } else {
            client.send(text)
        }
        let request = world.wait(code);
        answer(&mut world, &request);
        told.push(request.1);
        let first = client.await_answer(&mut world);
        if !first.contains("connection: close") {
            client.send(ASK);
            let next = world.wait(GET);
            world.respond(&next, INLINE, b"next");
            assert!(client.await_answer(&mut world).ends_with("\nnext"));
        }
        first
    });
    let texts: Vec<String> = texts.collect();
    assert!(told.iter().all(|target| *target == told[0]));
    assert_eq!(world.engine.pending(world.server), 0);
    world.engine.close();
    texts.try_into().unwrap()
}

fn are_alike(text: &str, code: i32, answer: impl Fn(&mut World, &News)) -> String {
    let [fresh, used, hypers] = answers(text, code, answer);
    assert_eq!(fresh, hypers);
    assert_eq!(used, hypers);
    fresh
}

#[test]
fn answers_are_those_of_hyper() {
    let large = "x".repeat(100_000);
    let longest = "x".repeat(400_000);
    let cases: [(i32, &str, i32, &str); 13] = [
        (200, "", 0, ""),
        (200, "", 1, "text"),
        (201, "", 2, "{}"),
        (404, "x-a:b\nx-c:d e\n", 1, "none"),
        (200, "content-type:a/b\nset-cookie:a=b\nset-cookie:c=d\n", 0, "typed"),
        (200, "x-a:\u{e9}\nempty:\n", 0, "latin1"),
        (200, "date:now\n", 0, "dated"),
        (200, "connection:close\n", 0, "closed"),
        (204, "x-a:b\n", 0, ""),
        (299, "", 0, "no reason"),
        (500, "x\u{1}:a\nx-b:c\u{1}d\nX-Upper:e\n", 0, "not sent"),
        (200, "x-large:yes\n", 3, &large),
        (200, "", 1, &longest),
    ];
    for (status, lines, content_type, body) in cases {
        for lent in [false, true] {
            let text = are_alike(ASK, GET, |world, request| {
                world.answer(request, status, lines, content_type, body.as_bytes(), lent);
            });
            assert!(text.ends_with(body), "{status} {lines}");
        }
    }
}

#[test]
fn what_is_no_answer_at_hand_goes_by_hyper() {
    for text in [ASK, "POST /ask HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbody"] {
        let code = if text == ASK { GET } else { POST };
        let text = are_alike(text, code, |world, request| {
            let (slot, seq) = (request.0[0], request.0[1]);
            let _ = world.engine.write(slot, seq, b"first ");
            world.respond(request, STREAM, b"");
            world.turn();
            let _ = world.engine.write(slot, seq, b"second");
            world.engine.end(slot, seq, false);
        });
        assert!(text.contains("transfer-encoding: chunked"), "{text}");
        assert!(text.ends_with("\n6\r\nfirst \r\n6\r\nsecond\r\n0\r\n\r\n"), "{text}");
    }
    let written = are_alike(ASK, GET, |world, request| {
        let _ = world.engine.write(request.0[0], request.0[1], b"written");
        world.respond(request, WRITTEN, b"");
    });
    assert!(written.ends_with("\nwritten"), "{written}");
}

#[test]
fn a_server_that_stops_says_so_with_the_answer() {
    let mut world = World::http1();
    let mut client = Client::new(&world);
    client.send(ASK);
    let request = world.wait(GET);
    world.engine.stop(world.server, false);
    world.turn();
    world.respond(&request, INLINE, b"last");
    let text = client.await_answer(&mut world);
    assert!(text.contains("connection: close") && text.ends_with("\nlast"), "{text}");
    drop(client);
    world.wait(event::STOPPED);
}

#[test]
fn a_client_that_goes_away_is_told_of() {
    let mut world = World::http1();
    for _ in 0..2 {
        let mut client = Client::new(&world);
        client.send(ASK);
        let request = world.wait(GET);
        world.hang_up_all();
        let (record, _) = world.wait(event::ABORT);
        assert_eq!(record[..2], request.0[..2]);
        assert!(!world.engine.is_pending(record[0], record[1]));
        world.respond(&request, INLINE, b"late");
    }
    assert_eq!(world.engine.pending(world.server), 0);
    world.engine.close();
}

/// The socket takes some of an answer; the rest goes when there is room, and the next request is heard then, too.
#[test]
fn a_client_that_reads_slowly_gets_all() {
    let body = "x".repeat(200_000);
    for lent in [true, false] {
        let mut world = World::http1();
        let mut client = Client::new(&world);
        let mut sent = 0;
        world.full = true;
        while !world.is_stuck() {
            client.send(ASK);
            let request = world.wait(GET);
            world.answer(&request, 200, "", 0, body.as_bytes(), lent);
            world.turn();
            sent += body.len();
        }
        assert_eq!(world.engine.pending(world.server), 0);
        world.full = false;
        let late = Instant::now() + Duration::from_secs(10);
        let mut received = 0;
        while received < sent {
            assert!(Instant::now() < late, "{received} of {sent}");
            world.turn();
            let mut chunk = Vec::new();
            client.receive(&mut chunk);
            received += String::from_utf8_lossy(&chunk).matches('x').count();
        }
        client.send(ASK);
        let next = world.wait(GET);
        world.respond(&next, INLINE, b"next");
        assert!(client.await_answer(&mut world).ends_with("\nnext"));
        world.engine.close();
    }
}
