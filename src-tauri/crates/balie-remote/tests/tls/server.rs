//! Servers over TLS on this computer, and who vouches for them.

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};
use std::io::Write;
use std::path::Path;
use std::sync::{Arc, Mutex};
use tempfile::NamedTempFile;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};

/// A certificate with its key.
pub(crate) struct Certificate(CertificateDer<'static>, PrivateKeyDer<'static>);

/// Somebody whose word is taken for the name of a server.
pub(crate) struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    file: NamedTempFile,
}

fn certificate(certificate: &rcgen::Certificate, key: &KeyPair) -> Certificate {
    Certificate(certificate.der().clone(), PrivatePkcs8KeyDer::from(key.serialize_der()).into())
}

impl Authority {
    pub(crate) fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let mut file = NamedTempFile::new().unwrap();
        file.write_all(issuer.pem().as_bytes()).unwrap();
        Self { issuer, file }
    }

    /// Its own certificate, as a computer keeps those that it trusts.
    pub(crate) fn file(&self) -> &Path {
        self.file.path()
    }

    /// A certificate for this name, until this year.
    pub(crate) fn certificate(&self, name: &str, until: i32) -> Certificate {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new([name.to_owned()]).unwrap();
        params.not_before = date_time_ymd(2019, 1, 1);
        params.not_after = date_time_ymd(until, 1, 1);
        certificate(&params.signed_by(&key, &self.issuer).unwrap(), &key)
    }

    /// A certificate for this name that nobody vouches for.
    pub(crate) fn itself(name: &str) -> Certificate {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new([name.to_owned()]).unwrap();
        certificate(&params.self_signed(&key).unwrap(), &key)
    }
}

/// A server that gives a token, and an empty list to whoever asks with it.
pub(crate) struct Server {
    pub(crate) url: String,
    heard: Arc<Mutex<Vec<String>>>,
}

impl Server {
    pub(crate) async fn start(certificate: Certificate) -> Self {
        Self::answering(certificate, "200 OK\r\nContent-Length: 2\r\n\r\n[]".to_owned()).await
    }

    /// One that sends whoever asks to another.
    pub(crate) async fn sends_to(certificate: Certificate, other: &str) -> Self {
        let answer = format!("302 Found\r\nLocation: {other}/permissions\r\nContent-Length: 0\r\n\r\n");
        Self::answering(certificate, answer).await
    }

    /// What was said to it: the first line of every request.
    pub(crate) fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap().clone()
    }

    async fn answering(Certificate(certificate, key): Certificate, answer: String) -> Self {
        balie_remote::client::install_tls();
        let config = ServerConfig::builder().with_no_client_auth().with_single_cert(vec![certificate], key).unwrap();
        let (acceptor, heard) = (TlsAcceptor::from(Arc::new(config)), Arc::<Mutex<Vec<String>>>::default());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("https://localhost:{}", listener.local_addr().unwrap().port());
        let noted = Arc::clone(&heard);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, acceptor.clone(), answer.clone(), Arc::clone(&noted)));
            }
        });
        Self { url, heard }
    }
}

async fn serve(stream: TcpStream, acceptor: TlsAcceptor, answer: String, heard: Arc<Mutex<Vec<String>>>) {
    // Whoever does not like the certificate leaves here.
    let Ok(mut stream) = acceptor.accept(stream).await else { return };
    let mut head = [0; 4096];
    while let Ok(length @ 1..) = stream.read(&mut head).await {
        let text = String::from_utf8_lossy(&head[..length]).into_owned();
        let Some(line) = text.lines().next().filter(|line| line.ends_with("HTTP/1.1")) else { continue };
        heard.lock().unwrap().push(line.to_owned());
        let token = r#"{"access_token":"a","expires_in":600}"#;
        let token = format!("200 OK\r\nContent-Length: {}\r\n\r\n{token}", token.len());
        let answer = if line.starts_with("POST") { &token } else { &answer };
        stream.write_all(format!("HTTP/1.1 {answer}").as_bytes()).await.unwrap();
    }
}
