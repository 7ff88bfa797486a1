//! Clients of the peers with a server that follows a script.

use std::time::Duration;

use anyhow::ensure;
use futures_util::{SinkExt, StreamExt};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;

use super::*;

/// What the server does with the connection, in this order.
enum Step {
    Say(&'static str),
    /// The next message has this in it, or all of these. Keys of an object come in one order or another, as crates beside this one ask
    /// serde_json for.
    Hear(&'static str),
    HearAll(&'static [&'static str]),
}
use Step::{Hear, HearAll, Say};

const NICEGUI: &str = r#"parseElements(String.raw`{"4":{"events":[{"listener_id":"l","type":"click"}]}}`),
    query: {'client_id': 'c', 'next_message_id': 0, 'implicit_handshake': True},"#;

const PHOENIX: &str = r#"<meta name="csrf-token" content="t"><div id="phx-1" data-phx-session="s" data-phx-static=""><button phx-click="inc">"#;

/// Gives the page to who comes first, and follows the script with who comes next.
async fn server(page: &'static str, script: Vec<Step>) -> Result<(Uri, JoinHandle<Result<()>>)> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}/", listener.local_addr()?).parse()?;
    let serving = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await?;
        let mut request = Vec::new();
        while !request.ends_with(b"\r\n\r\n") {
            request.push(stream.read_u8().await?);
        }
        let length = page.len();
        let response = format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n{page}");
        stream.write_all(response.as_bytes()).await?;
        let (stream, _) = listener.accept().await?;
        let mut socket = tokio_tungstenite::accept_async(stream).await?;
        for step in script {
            match step {
                Say(text) => socket.send(Message::text(text)).await?,
                Hear(wanted) => hears(&mut socket, &[wanted]).await?,
                HearAll(wanted) => hears(&mut socket, wanted).await?,
            }
        }
        Ok(())
    });
    Ok((url, serving))
}

async fn hears(socket: &mut WebSocketStream<TcpStream>, wanted: &[&str]) -> Result<()> {
    let heard = socket.next().await.expect("the client has gone")?;
    let text = heard.to_text()?;
    for wanted in wanted {
        ensure!(text.contains(wanted), "{text} has no {wanted}");
    }
    Ok(())
}

/// Nothing here takes long, unless one side waits for what never comes.
async fn soon<T>(what: impl Future<Output = T>) -> T {
    timeout(Duration::from_secs(30), what)
        .await
        .expect("it takes too long")
}

#[tokio::test]
async fn a_click_in_nicegui_is_over_with_its_update_and_pings_are_answered_on_the_way() -> Result<()>
{
    const UPDATE: &str = r#"42["update",{"4":{"props":{"label":"1"}},"_id":0}]"#;
    let (url, serving) = server(
        NICEGUI,
        vec![
            Say(r#"0{"sid":"a"}"#),
            Hear("40"),
            Say(r#"40{"sid":"b"}"#),
            Hear(r#"42["event",{"id":4,"client_id":"c""#),
            Say("2"),
            Hear("3"),
            Say(UPDATE),
        ],
    )
    .await?;
    let mut client = soon(Client::open(Peer::Nicegui, &url, None)).await?;
    let up = soon(client.click()).await?;
    let said = r#"42["event",{"id":4,"client_id":"c","listener_id":"l","args":[]}]"#;
    assert_eq!(up, said.len() as u64);
    let heard = soon(client.changed()).await?;
    assert_eq!(heard.bytes, UPDATE.len() as u64);
    assert_eq!(heard.message, UPDATE);
    soon(serving).await?
}

#[tokio::test]
async fn a_click_in_a_live_view_is_over_with_its_reply_and_others_do_not_count() -> Result<()> {
    const REPLY: &str =
        r#"["4","6","lv:phx-1","phx_reply",{"status":"ok","response":{"diff":{"0":"1"}}}]"#;
    let (url, serving) = server(
        PHOENIX,
        vec![
            HearAll(&[
                r#""phx_join",{"#,
                r#""_csrf_token":"t""#,
                r#""_mounts":0"#,
                r#""session":"s""#,
            ]),
            Say(r#"["4","4","lv:phx-1","phx_reply",{"status":"ok","response":{"rendered":{}}}]"#),
            Hear(r#"[null,"5","phoenix","heartbeat",{}]"#),
            Hear(r#"["4","6","lv:phx-1","event""#),
            Say(r#"[null,"5","phoenix","phx_reply",{"status":"ok","response":{}}]"#),
            Say(REPLY),
        ],
    )
    .await?;
    let mut client = soon(Client::open(Peer::Liveviewjs, &url, None)).await?;
    soon(client.heartbeat()).await?;
    soon(client.click()).await?;
    let heard = soon(client.changed()).await?;
    assert_eq!(heard.bytes, REPLY.len() as u64);
    soon(serving).await?
}

#[tokio::test]
async fn a_live_view_that_may_not_be_joined_is_an_error() -> Result<()> {
    let (url, _serving) = server(
        PHOENIX,
        vec![
            Hear("phx_join"),
            Say(r#"["4","4","lv:phx-1","phx_reply",{"status":"error","response":{}}]"#),
        ],
    )
    .await?;
    let opened = soon(Client::open(Peer::Liveviewjs, &url, None)).await;
    let error = opened.err().expect("it must be refused");
    assert_eq!(error.to_string(), "the page cannot be joined");
    Ok(())
}

#[tokio::test]
async fn who_rests_says_at_once_that_it_is_there() -> Result<()> {
    let (url, serving) = server(
        PHOENIX,
        vec![
            Hear("phx_join"),
            Say(r#"["4","4","lv:phx-1","phx_reply",{"status":"ok","response":{}}]"#),
            Hear("heartbeat"),
        ],
    )
    .await?;
    let mut client = soon(Client::open(Peer::Liveviewjs, &url, None)).await?;
    let long = Instant::now() + Duration::from_secs(3600);
    // The server goes when it has heard, which ends the rest.
    let rested = soon(client.rest(long)).await;
    assert!(rested.is_err());
    soon(serving).await?
}
