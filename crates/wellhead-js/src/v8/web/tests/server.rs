//! A server for the tests of `fetch`: raw HTTP/1.1, so that it can misbehave.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use deno_core::serde_json::json;
use deno_core::url::Url;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Bytes of `/endless` that clients took so far.
static SENT: AtomicUsize = AtomicUsize::new(0);

/// Starts it on a thread of its own, which lives as long as the process.
pub(super) fn start() -> SocketAddr {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap()
            .block_on(async {
                let listener = TcpListener::from_std(listener).unwrap();
                while let Ok((stream, _)) = listener.accept().await {
                    tokio::spawn(async move {
                        // A client that goes away is part of the tests.
                        let _ = serve(stream).await;
                    });
                }
            });
    });
    address
}

struct Request {
    method: String,
    url: Url,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Request {
    fn query(&self, name: &str) -> String {
        let mut pairs = self.url.query_pairs();
        pairs
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.into_owned())
            .unwrap_or_default()
    }

    fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        headers
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }
}

async fn serve(mut stream: TcpStream) -> std::io::Result<()> {
    let mut buffer = Vec::new();
    while let Some(request) = read(&mut stream, &mut buffer).await? {
        respond(&mut stream, request).await?;
    }
    Ok(())
}

async fn read(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> std::io::Result<Option<Request>> {
    let head = loop {
        if let Some(end) = buffer.windows(4).position(|four| four == b"\r\n\r\n") {
            let head: Vec<u8> = buffer.drain(..end + 4).collect();
            break head.iter().map(|&byte| byte as char).collect::<String>();
        }
        if stream.read_buf(buffer).await? == 0 {
            return Ok(None);
        }
    };
    let mut lines = head.split("\r\n");
    let mut first = lines.next().unwrap().split(' ');
    let method = first.next().unwrap().to_owned();
    let url = Url::parse(&format!("http://server{}", first.next().unwrap())).unwrap();
    let headers = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
        .collect();
    let mut request = Request {
        method,
        url,
        headers,
        body: Vec::new(),
    };
    if request.url.path() == "/deaf" {
        // The body stays in the socket.
    } else if let Some(length) = request.header("content-length") {
        let length: usize = length.parse().unwrap();
        while buffer.len() < length {
            stream.read_buf(buffer).await?;
        }
        request.body = buffer.drain(..length).collect();
    } else if request.header("transfer-encoding").is_some() {
        loop {
            let end = loop {
                match buffer.windows(2).position(|two| two == b"\r\n") {
                    Some(end) => break end,
                    None if stream.read_buf(buffer).await? == 0 => return Ok(None),
                    None => {}
                }
            };
            let size = String::from_utf8_lossy(&buffer[..end]).into_owned();
            let size = usize::from_str_radix(&size, 16).unwrap();
            while buffer.len() < end + 2 + size + 2 {
                if stream.read_buf(buffer).await? == 0 {
                    return Ok(None);
                }
            }
            request.body.extend(&buffer[end + 2..end + 2 + size]);
            buffer.drain(..end + 2 + size + 2);
            if size == 0 {
                break;
            }
        }
    }
    Ok(Some(request))
}

async fn respond(stream: &mut TcpStream, request: Request) -> std::io::Result<()> {
    match request.url.path() {
        "/echo" => {
            let body = json!({
                "method": request.method,
                "path": request.url[deno_core::url::Position::BeforePath..].to_owned(),
                "headers": request.headers,
                "body": request.body.iter().map(|&byte| byte as char).collect::<String>(),
            });
            send(
                stream,
                "200 OK",
                "content-type: application/json\r\n",
                body.to_string().as_bytes(),
            )
            .await
        }
        "/redirect" => {
            let status = format!("{} Elsewhere", request.query("status"));
            let location = format!("location: {}\r\n", request.query("to"));
            send(stream, &status, &location, b"moved").await
        }
        "/loop" => send(stream, "302 Found", "location: /loop\r\n", b"").await,
        "/status" => {
            let status = format!("{} Status", request.query("code"));
            send(
                stream,
                &status,
                "x-a: 1\r\nx-a: 2\r\nset-cookie: a=1\r\nset-cookie: b=2\r\n",
                b"",
            )
            .await
        }
        "/encoded" => {
            let hex = request.query("hex");
            let bytes: Vec<u8> = (0..hex.len())
                .step_by(2)
                .map(|i| u8::from_str_radix(&hex[i..i + 2], 16).unwrap())
                .collect();
            let encoding = format!("content-encoding: {}\r\n", request.query("encoding"));
            send(stream, "200 OK", &encoding, &bytes).await
        }
        "/drip" => {
            stream
                .write_all(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
                .await?;
            for part in ["one", "two", "three"] {
                stream
                    .write_all(format!("{:x}\r\n{part}\r\n", part.len()).as_bytes())
                    .await?;
                stream.flush().await?;
                tokio::task::yield_now().await;
            }
            stream.write_all(b"0\r\n\r\n").await
        }
        "/endless" => {
            SENT.store(0, Ordering::SeqCst);
            stream
                .write_all(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
                .await?;
            let chunk = [b"2000\r\n".as_slice(), &[b'x'; 0x2000], b"\r\n"].concat();
            loop {
                stream.write_all(&chunk).await?;
                SENT.fetch_add(0x2000, Ordering::SeqCst);
            }
        }
        "/sent" => {
            let sent = SENT.load(Ordering::SeqCst).to_string();
            send(stream, "200 OK", "", sent.as_bytes()).await
        }
        "/cut" => {
            stream
                .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf")
                .await?;
            stream.shutdown().await
        }
        // Never answers; the client must give up.
        "/silent" | "/deaf" => std::future::pending().await,
        "/stall" => {
            stream
                .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf")
                .await?;
            std::future::pending().await
        }
        // Goes on for ever, and never for long without a part.
        "/trickle" => {
            stream
                .write_all(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
                .await?;
            loop {
                stream.write_all(b"1\r\nx\r\n").await?;
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        }
        _ => send(stream, "404 Not Found", "", b"not found").await,
    }
}

async fn send(
    stream: &mut TcpStream,
    status: &str,
    headers: &str,
    body: &[u8],
) -> std::io::Result<()> {
    let head = format!(
        "HTTP/1.1 {status}\r\n{headers}content-length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(body).await
}
