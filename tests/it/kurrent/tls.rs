//! A server that speaks TLS and asks who comes: what the program says when something about that is wrong.
use super::double::database::{Proposed, Want};
use super::double::{Double, Settings};
use crate::program::{pactline, serve};
use bytes::Bytes;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use std::path::Path;
use std::sync::Arc;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;
use uuid::Uuid;

/// `pactline:word`, as a client shows it.
const LOGIN: &str = "Basic cGFjdGxpbmU6d29yZA==";

/// An authority that signs for servers.
struct Authority(Issuer<'static, KeyPair>, String);

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let pem = params.self_signed(&key).unwrap().pem();
        Self(Issuer::new(params, key), pem)
    }

    /// How a server of this machine speaks TLS.
    fn server(&self) -> TlsAcceptor {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec!["127.0.0.1".into()]).unwrap();
        let certificate = params.signed_by(&key, &self.0).unwrap();
        let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        let config = ServerConfig::builder_with_provider(Arc::new(default_provider()));
        let config = config.with_safe_default_protocol_versions().unwrap().with_no_client_auth();
        let mut config = config.with_single_cert(vec![certificate.der().clone()], key).unwrap();
        config.alpn_protocols = vec![b"h2".to_vec()];
        TlsAcceptor::from(Arc::new(config))
    }
}

/// A door with TLS in front of a double; where it is.
async fn guard(double: &Double, acceptor: TlsAcceptor) -> String {
    let behind = double.url();
    let behind = behind.strip_prefix("esdb://").unwrap().split('?').next().unwrap().to_owned();
    let door = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = door.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((caller, _)) = door.accept().await {
            let (acceptor, behind) = (acceptor.clone(), behind.clone());
            tokio::spawn(async move {
                // A caller who does not trust the certificate goes away.
                let Ok(mut caller) = acceptor.accept(caller).await else { return };
                let mut server = TcpStream::connect(behind).await.unwrap();
                tokio::io::copy_bidirectional(&mut caller, &mut server).await.ok();
            });
        }
    });
    format!("esdb://{address}")
}

fn file(dir: &Path, name: &str, text: &str) -> String {
    let path = dir.join(name);
    std::fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

/// What the program says, with this much to go by, and that it is one line and what to do.
fn refusal(dir: &Path, arguments: &[&str]) -> String {
    let refused = pactline(&dir.join("data"), &[arguments, &["status"]].concat());
    assert_ne!(refused.code, 0, "{arguments:?}: {}", refused.out);
    let lines: Vec<_> = refused.err.lines().collect();
    let [error, hint] = lines.as_slice() else { panic!("{arguments:?}: {lines:?}") };
    assert!(error.starts_with("error: ") && hint.starts_with("hint: "), "{lines:?}");
    refused.err
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_with_tls_is_trusted_by_its_ca_and_trusts_who_shows_the_password() {
    let dir = tempfile::tempdir().unwrap();
    let (ours, other) = (Authority::new(), Authority::new());
    let double = Double::of(1, Settings { authorization: Some(LOGIN), ..Settings::default() });
    let url = guard(&double, ours.server()).await;
    let ca = file(dir.path(), "ca.pem", &ours.1);
    let wrong_ca = file(dir.path(), "other.pem", &other.1);
    let login = file(dir.path(), "credentials", "pactline:word\n");
    let wrong_login = file(dir.path(), "wrong", "pactline:other\n");
    let asked = |url: &str, ca: &str, login: &str| {
        let arguments = ["--log", url, "--log-ca", ca, "--log-credentials", login];
        refusal(dir.path(), &arguments)
    };
    let said = asked(&url, &wrong_ca, &login);
    assert!(said.contains("a certificate that is not of this CA"), "{said}");
    let said = refusal(dir.path(), &["--log", &url, "--log-credentials", &login]);
    assert!(said.contains("certificate"), "{said}");
    let said = asked(&url, &ca, &wrong_login);
    assert!(said.contains("check user and password") && !said.contains("other"), "{said}");
    let said = refusal(dir.path(), &["--log", &url, "--log-ca", &ca]);
    assert!(said.contains("check user and password"), "{said}");
    let said = asked(&format!("{url}?tls=false"), &ca, &login);
    assert!(said.contains("tls=true"), "{said}");
    assert!(double.database().written().is_empty());
    let arguments = ["--log", &url, "--log-ca", &ca, "--log-credentials", &login, "log", "conformance"];
    let checked = pactline(&dir.path().join("data"), &arguments);
    assert_eq!(checked.code, 0, "{}{}", checked.out, checked.err);
    assert!(!double.database().written().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_a_log_of_ours_is_said_to_be_so_and_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let old = Double::of(1, Settings { version: "22.10.5", ..Settings::default() });
    let foreign = Double::start();
    let theirs = Proposed {
        id: Uuid::from_u128(1),
        kind: "OrderPlaced".into(),
        content_type: "application/json".into(),
        data: Bytes::from_static(b"{}"),
        meta: Bytes::from_static(b"{}"),
    };
    foreign.database().append("order-1", Want::Any, vec![theirs]).unwrap();
    let another = serve(&dir.path().join("another"), &[]);
    let another_url = format!("{}?tls=false", another.url.replace("http://", "esdb://"));
    let told = [
        (old.url(), "the oldest that is supported is 23.10"),
        (foreign.url(), "order-1@0 (OrderPlaced) was not written by pactline"),
        (another_url, "another product"),
    ];
    for (url, what) in told {
        let said = refusal(dir.path(), &["--log", &url]);
        assert!(said.contains(what), "{said}");
    }
    assert!(old.database().written().is_empty());
    assert_eq!(foreign.database().written().len(), 1);
}
