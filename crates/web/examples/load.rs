//! A load generator for HTTP/1.1 over loopback: `load PORT CONNECTIONS SECONDS PIPELINE [header lines…]`.
//!
//! Prints `requests/s` and nothing else of its own making: the caller reads the server's CPU time.

use std::io::{ErrorKind, Read, Write};
use std::time::{Duration, Instant};

use mio::net::TcpStream;
use mio::{Events, Interest, Poll, Token};

struct Client {
    stream: TcpStream,
    /// Bytes of the response under way that are still missing, once its head was seen.
    missing: usize,
    head: Vec<u8>,
    waiting: usize,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().collect();
    let number = |index: usize, default: u64| arguments.get(index).map_or(Ok(default), |text| text.parse());
    let (port, connections, seconds, pipeline) = (number(1, 3000)?, number(2, 64)?, number(3, 2)?, number(4, 1)?);
    let pipeline = usize::try_from(pipeline)?;
    let mut request = String::from("GET /hello?name=world HTTP/1.1\r\nHost: localhost\r\n");
    for line in arguments.iter().skip(5) {
        request.push_str(line);
        request.push_str("\r\n");
    }
    request.push_str("\r\n");
    let burst = request.repeat(pipeline).into_bytes();

    let mut poll = Poll::new()?;
    let mut clients = Vec::new();
    for index in 0..usize::try_from(connections)? {
        let mut stream = TcpStream::connect(format!("127.0.0.1:{port}").parse()?)?;
        poll.registry().register(&mut stream, Token(index), Interest::READABLE | Interest::WRITABLE)?;
        clients.push(Client { stream, missing: 0, head: Vec::new(), waiting: 0 });
    }
    let mut events = Events::with_capacity(1024);
    let mut buffer = vec![0; 256 * 1024];
    let mut answers = 0_u64;
    let begin = Instant::now();
    let end = begin + Duration::from_secs(seconds);
    while Instant::now() < end {
        poll.poll(&mut events, Some(Duration::from_millis(100)))?;
        for event in &events {
            let client = &mut clients[event.token().0];
            if client.waiting == 0 && event.is_writable() {
                client.stream.write_all(&burst)?;
                client.waiting = pipeline;
            }
            loop {
                match client.stream.read(&mut buffer) {
                    Ok(0) => return Err("the server closed a connection".into()),
                    Ok(length) => {
                        answers += take(client, &buffer[..length])?;
                        if client.waiting == 0 {
                            client.stream.write_all(&burst)?;
                            client.waiting = pipeline;
                        }
                        if length < buffer.len() {
                            break;
                        }
                    }
                    Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                    Err(error) => return Err(error.into()),
                }
            }
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "a count")]
    let rate = answers as f64 / begin.elapsed().as_secs_f64();
    writeln!(std::io::stdout(), "{{\"requests\":{answers},\"rate\":{rate:.0}}}")?;
    Ok(())
}

/// Takes bytes of responses in; gives how many ended.
fn take(client: &mut Client, mut bytes: &[u8]) -> Result<u64, Box<dyn std::error::Error>> {
    let mut ended = 0;
    while !bytes.is_empty() {
        if client.missing > 0 {
            let length = client.missing.min(bytes.len());
            client.missing -= length;
            bytes = &bytes[length..];
        } else {
            client.head.extend_from_slice(bytes);
            let Some(head_end) = find(&client.head, b"\r\n\r\n") else { return Ok(ended) };
            let before = client.head.len() - bytes.len();
            bytes = &bytes[head_end + 4 - before..];
            client.head.truncate(head_end);
            client.missing = content_length(&client.head)?;
            client.head.clear();
            if client.missing > 0 {
                continue;
            }
        }
        if client.missing == 0 {
            ended += 1;
            client.waiting = client.waiting.saturating_sub(1);
        }
    }
    Ok(ended)
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}

fn content_length(head: &[u8]) -> Result<usize, Box<dyn std::error::Error>> {
    let text = std::str::from_utf8(head)?.to_ascii_lowercase();
    let line = text.lines().find_map(|line| line.strip_prefix("content-length:")).ok_or("no Content-Length")?;
    Ok(line.trim().parse()?)
}
