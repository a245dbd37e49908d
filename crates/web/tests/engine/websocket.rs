//! WebSockets whose peers are hostile, and the end of a server that has some.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

use dx_web::{SocketOptions, event};

use crate::world::{GET, World};

const UPGRADE: &[u8] = b"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";
const OPTIONS: SocketOptions = SocketOptions {
    max_payload: 1 << 20,
    backpressure_limit: 0,
    close_on_limit: false,
    idle_timeout: 0,
    send_pings: false,
    deflate: None,
};
/// What one turn may read and bring: far less than a peer sends that does not stop.
const MOST_READS: u64 = 50;
const MOST_NEWS: usize = 200_000;
/// No server takes so many ticks to stop by force, nor a connection to end.
const MOST_TICKS: usize = 20;

/// A peer whose upgrade was answered, and the id and number of its socket.
fn connect(world: &mut World, options: SocketOptions) -> (TcpStream, (i32, i32)) {
    let mut peer = TcpStream::connect(("127.0.0.1", world.port)).unwrap();
    peer.set_nodelay(true).unwrap();
    peer.write_all(UPGRADE).unwrap();
    let request = world.wait(GET).0;
    let socket = world.engine.upgrade((request[0], request[1]), b"dGhlIHNhbXBsZSBub25jZQ==", b"", options).unwrap();
    peer.set_nonblocking(true).unwrap();
    let (mut head, late) = (Vec::new(), Instant::now() + Duration::from_secs(10));
    while !head.ends_with(b"\r\n\r\n") {
        assert!(Instant::now() < late, "{}", String::from_utf8_lossy(&head));
        world.turn();
        let mut bytes = [0; 1000];
        if let Ok(length) = peer.read(&mut bytes) {
            head.extend_from_slice(&bytes[..length]);
        }
    }
    peer.set_nonblocking(false).unwrap();
    (peer, socket)
}

/// Ticks and turns until the server tells that its last connection has ended; `meanwhile` at each tick.
fn stops(world: &mut World, mut meanwhile: impl FnMut()) -> bool {
    (0..MOST_TICKS).any(|_| {
        meanwhile();
        for _ in 0..5 {
            world.turn();
        }
        world.engine.tick();
        world.turn();
        world.hear().iter().any(|(record, _)| record[2] == event::STOPPED)
    })
}

/// A peer that sends as fast as it can what makes no text, or nothing at all.
#[test]
fn empty_frames_without_end_are_read_in_turns() {
    const PONG: [u8; 6] = [0x8a, 0x80, 1, 2, 3, 4];
    const TEXT: [u8; 6] = [0x01, 0x80, 1, 2, 3, 4];
    const PART: [u8; 6] = [0x00, 0x80, 1, 2, 3, 4];
    for (first, frame) in [(PONG, PONG), (TEXT, PART)] {
        let mut world = World::http1();
        let (mut peer, _) = connect(&mut world, OPTIONS);
        let flood = thread::spawn(move || {
            peer.write_all(&first).unwrap();
            let frames = frame.repeat(64 * 1024);
            for _ in 0..50 {
                peer.write_all(&frames).unwrap();
            }
            peer
        });
        let mut before = world.engine.counts().reads.get();
        while !flood.is_finished() {
            world.turn();
            let (reads, news) = (world.engine.counts().reads.get() - before, world.hear().len());
            assert!(reads <= MOST_READS && news <= MOST_NEWS, "{reads} reads, {news} records");
            before += reads;
        }
        drop(flood.join().unwrap());
    }
}

#[test]
fn a_paused_socket_does_not_keep_a_server_from_being_stopped_by_force() {
    let mut world = World::http1();
    let (_peer, (id, seq)) = connect(&mut world, OPTIONS);
    world.engine.socket_pause(id, seq, true);
    world.engine.stop(world.server, true);
    assert!(stops(&mut world, || {}));
}

#[test]
fn a_paused_socket_that_was_closed_ends_without_its_peer() {
    let mut world = World::http1();
    let (_peer, (id, seq)) = connect(&mut world, OPTIONS);
    world.engine.socket_pause(id, seq, true);
    world.engine.socket_close(id, seq, 1000, "");
    world.turn();
    world.engine.stop(world.server, false);
    assert!(stops(&mut world, || {}));
}

#[test]
fn a_peer_that_trickles_does_not_keep_a_connection_for_ever() {
    for force in [false, true] {
        let mut world = World::http1();
        let (mut peer, (id, seq)) = connect(&mut world, OPTIONS);
        if !force {
            world.engine.socket_close(id, seq, 1000, "");
            world.turn();
        }
        world.engine.stop(world.server, force);
        assert!(stops(&mut world, || {
            let _ = peer.write_all(b"x");
        }));
    }
}

#[test]
fn a_ping_that_was_dropped_is_sent_later() {
    const LENGTH: usize = 32 << 20;
    let mut world = World::http1();
    let options = SocketOptions { backpressure_limit: 1, idle_timeout: 10, send_pings: true, ..OPTIONS };
    let (mut peer, (id, seq)) = connect(&mut world, options);
    assert_eq!(world.engine.socket_send(id, seq, 2, &vec![0; LENGTH]), -1);
    let tick = |world: &mut World| {
        world.engine.tick();
        world.turn();
    };
    // A ping is due after five, and there is no room for it.
    for _ in 0..7 {
        tick(&mut world);
    }
    peer.set_nonblocking(true).unwrap();
    let (mut chunk, mut received, mut last) = (vec![0; 1 << 20], 0, [0; 2]);
    let late = Instant::now() + Duration::from_secs(20);
    let (all, ping) = (LENGTH + 10, 2);
    while received < all + ping {
        assert!(Instant::now() < late, "{received}");
        world.turn();
        if received == all {
            tick(&mut world);
        }
        while let Ok(length @ 1..) = peer.read(&mut chunk) {
            received += length;
            if let Some(end) = chunk[..length].last_chunk() {
                last = *end;
            }
        }
    }
    assert_eq!(last, [0x89, 0]);
}
