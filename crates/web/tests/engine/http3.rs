//! HTTP/3 from end to end inside one engine: its client asks its server.

use bytes::Bytes;
use dx_web::{Chunk, Upload, event};

use crate::world::{GET, INLINE, STREAM, World};

impl World {
    fn connect(&self) -> i32 {
        let address = ([127, 0, 0, 1], self.port).into();
        self.engine.fetch_connect(address, "localhost", false, &[]).unwrap()
    }

    fn ask(&self, session: i32, head: &str, upload: Upload) -> (i32, i32) {
        let head = format!("GET\nhttps://localhost/{head}\n");
        self.engine.fetch_send(session, head.as_bytes(), upload).unwrap()
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

#[test]
fn a_request_and_its_answer() {
    let mut world = World::http3();
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
    let mut world = World::http3();
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
    let mut world = World::http3();
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
    let mut world = World::http3();
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
