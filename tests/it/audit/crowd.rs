//! Those who connect and then say nothing cannot keep out all others.
use pactline::audit::http::{Answer, CONNECTIONS_MAX, Patience, Request, Site, post, serve_within};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Answers with how much it was sent.
struct Counter;

impl Site for Counter {
    fn answer(&self, request: Request) -> Answer {
        Answer::text(200, request.body.len().to_string())
    }
}

const NEVER: Duration = Duration::from_secs(600);

/// The address of a site that is served with `patience`.
async fn serve(patience: Patience) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(serve_within(patience, listener, Arc::new(Counter), std::future::pending()));
    address.to_string()
}

/// As many connections as there may be, each of which says this and then nothing.
async fn crowd(address: &str, said: &str) -> Vec<TcpStream> {
    let mut crowd = Vec::new();
    for _ in 0..CONNECTIONS_MAX {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(said.as_bytes()).await.unwrap();
        crowd.push(stream);
    }
    crowd
}

const UNFINISHED: &str = "POST /add-checkpoint HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n";

#[tokio::test(flavor = "multi_thread")]
async fn who_announces_a_body_and_sends_none_is_let_go() {
    let patience = Patience { header: NEVER, body: Duration::from_millis(300), connection: NEVER };
    let address = serve(patience).await;
    let mut crowd = crowd(&address, UNFINISHED).await;
    let asked = post(&format!("http://{address}/"), "four".into(), Duration::from_secs(20)).await.unwrap();
    assert_eq!((asked.status, asked.body.as_ref()), (200, b"4\n".as_ref()));
    let mut told = String::new();
    crowd[0].read_to_string(&mut told).await.unwrap();
    assert!(told.starts_with("HTTP/1.1 408 "), "it is told why, and the connection ends: {told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_never_comes_to_an_end_is_let_go() {
    let patience = Patience { header: NEVER, body: NEVER, connection: Duration::from_millis(300) };
    let address = serve(patience).await;
    let _crowd = crowd(&address, UNFINISHED).await;
    let asked = post(&format!("http://{address}/"), "four".into(), Duration::from_secs(20)).await.unwrap();
    assert_eq!(asked.status, 200);
}

#[test]
fn nobody_is_waited_for_longer_than_a_witness_may_take_to_be_asked() {
    let Patience { header, body, connection } = Patience::default();
    assert!(header <= Duration::from_secs(10) && body <= Duration::from_secs(10), "{header:?} {body:?}");
    assert!(connection <= Duration::from_secs(120), "{connection:?}");
}
