//! TLS of servers, keys, certificates and client verification, and of the client of HTTP/3: rustls on ring.

use std::sync::Arc;

use quinn_proto::crypto::rustls::{QuicClientConfig, QuicServerConfig};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, WebPkiSupportedAlgorithms, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{
    CertificateDer, CertificateRevocationListDer, PrivateKeyDer, PrivatePkcs8KeyDer, ServerName, UnixTime,
};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::server::{ClientHello, NoServerSessionStorage, ResolvesServerCert, WebPkiClientVerifier};
use rustls::sign::CertifiedKey;
use rustls::{
    ClientConfig, DigitallySignedStruct, DistinguishedName, RootCertStore, ServerConfig, ServerConnection,
    SignatureScheme, SupportedCipherSuite, SupportedProtocolVersion,
};

use crate::Error;

/// A key, its certificates, and the server name that they are for.
#[derive(Debug, Clone)]
pub struct Identity {
    /// The name of a client's SNI; one that starts with `*.` stands for all names one level below. Empty: any.
    pub name: String,
    /// The chain, PEM, the own certificate first.
    pub certificates: Vec<u8>,
    /// PKCS #8, DER.
    pub key: Vec<u8>,
}

/// What a server's TLS is set up with.
#[derive(Debug, Clone, Default)]
pub struct TlsOptions {
    /// The first whose name fits and whose key the client can verify is used; the first of all when no name fits.
    pub identities: Vec<Identity>,
    /// Whether clients are asked for a certificate.
    pub request_certificate: bool,
    /// Whether a client without a valid one is refused.
    pub reject_unauthorized: bool,
    /// Who may have signed a client's certificate, PEM.
    pub authorities: Vec<u8>,
    /// Certificates that were withdrawn, PEM.
    pub revoked: Vec<u8>,
    /// What ALPN offers, the best first; nothing: ALPN is not spoken.
    pub protocols: Vec<Vec<u8>>,
    /// The cipher suites of TLS 1.2 that may be used, by the names of IANA, separated by `:`; empty: all that rustls has.
    pub suites: String,
    /// What a server does without.
    pub without: Without,
}

/// What a server of TLS can do without.
#[derive(Debug, Clone, Copy, Default)]
pub struct Without {
    /// TLS 1.2.
    pub tls12: bool,
    /// TLS 1.3.
    pub tls13: bool,
    /// What lets clients resume a session.
    pub tickets: bool,
}

impl TlsOptions {
    fn provider(&self) -> CryptoProvider {
        let mut provider = ring::default_provider();
        if !self.suites.is_empty() {
            provider.cipher_suites.retain(|suite| {
                let name = suite.suite().as_str();
                matches!(suite, SupportedCipherSuite::Tls13(_))
                    || name.is_some_and(|name| self.suites.split(':').any(|wanted| wanted == name))
            });
        }
        provider
    }

    /// Nothing: no handshake can succeed.
    fn versions(&self) -> Vec<&'static SupportedProtocolVersion> {
        let all = [(self.without.tls12, &rustls::version::TLS12), (self.without.tls13, &rustls::version::TLS13)];
        all.into_iter().filter(|(without, _)| !without).map(|(_, version)| version).collect()
    }
}

/// The TLS of a server, ready for connections.
#[derive(Debug, Clone)]
pub struct TlsServer(Arc<ServerConfig>);

impl TlsServer {
    /// Reads keys and certificates.
    ///
    /// # Errors
    /// [`Error::Tls`] when one of them cannot be used.
    pub fn new(options: &TlsOptions) -> Result<Self, Error> {
        let provider = Arc::new(options.provider());
        let versions = options.versions();
        let builder = ServerConfig::builder_with_provider(Arc::clone(&provider));
        let (builder, usable) = if versions.is_empty() {
            (builder.with_safe_default_protocol_versions(), &[][..]) // without an identity no handshake succeeds
        } else {
            (builder.with_protocol_versions(&versions), &options.identities[..])
        };
        let builder = builder.map_err(tls_error)?;
        let identities = usable.iter().map(|identity| Chosen::new(identity, &provider)).collect::<Result<_, _>>()?;
        let mut config = builder
            .with_client_cert_verifier(client_verifier(options, &provider)?)
            .with_cert_resolver(Arc::new(Identities(identities)));
        config.alpn_protocols.clone_from(&options.protocols);
        // Tickets hold the state, so that a server of many clients keeps none; a ticket is enough for a client.
        if options.without.tickets {
            config.session_storage = Arc::new(NoServerSessionStorage {});
            config.send_tls13_tickets = 0;
        } else {
            config.ticketer = ring::Ticketer::new().map_err(tls_error)?;
            config.send_tls13_tickets = 1;
        }
        Ok(Self(Arc::new(config)))
    }

    /// The same keys and certificates for QUIC, which knows HTTP/3 alone.
    ///
    /// # Errors
    /// [`Error::Tls`] when quinn refuses the configuration.
    pub(crate) fn for_quic(&self) -> Result<Arc<quinn_proto::ServerConfig>, Error> {
        let mut config = ServerConfig::clone(&self.0);
        config.alpn_protocols = vec![b"h3".to_vec()];
        let crypto = QuicServerConfig::try_from(config).map_err(tls_error)?;
        let mut server = quinn_proto::ServerConfig::with_crypto(Arc::new(crypto));
        server.transport_config(crate::quic::transport());
        Ok(Arc::new(server))
    }

    /// The state of a new connection.
    ///
    /// # Errors
    /// [`Error::Tls`] when rustls refuses its own configuration.
    pub(crate) fn accept(&self) -> Result<ServerConnection, Error> {
        ServerConnection::new(Arc::clone(&self.0)).map_err(tls_error)
    }
}

/// The TLS of a client of HTTP/3: with `roots`, PEM, servers are verified; without, any is trusted.
///
/// # Errors
/// [`Error::Tls`] when quinn or rustls refuses the configuration.
pub(crate) fn client_config(roots: Option<&[u8]>) -> Result<quinn_proto::ClientConfig, Error> {
    let provider = Arc::new(ring::default_provider());
    let algorithms = provider.signature_verification_algorithms;
    let builder = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])
        .map_err(tls_error)?;
    let mut config = match roots {
        Some(pem) => builder.with_root_certificates(root_store(pem)?).with_no_client_auth(),
        None => {
            let any = Arc::new(AnyServer(algorithms));
            builder.dangerous().with_custom_certificate_verifier(any).with_no_client_auth()
        }
    };
    config.alpn_protocols = vec![b"h3".to_vec()];
    let crypto = QuicClientConfig::try_from(config).map_err(tls_error)?;
    let mut client = quinn_proto::ClientConfig::new(Arc::new(crypto));
    client.transport_config(crate::quic::client_transport());
    Ok(client)
}

fn root_store(pem: &[u8]) -> Result<RootCertStore, Error> {
    let mut roots = RootCertStore::empty();
    for certificate in certificates(pem)? {
        // Old authorities that webpki cannot read are of no use and do no harm.
        let _ = roots.add(certificate);
    }
    Ok(roots)
}

fn tls_error(error: impl std::fmt::Display) -> Error {
    Error::Tls { reason: error.to_string() }
}

fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, Error> {
    CertificateDer::pem_slice_iter(pem).collect::<Result<_, _>>().map_err(tls_error)
}

#[derive(Debug)]
struct Chosen {
    name: String,
    key: Arc<CertifiedKey>,
}

impl Chosen {
    fn new(identity: &Identity, provider: &CryptoProvider) -> Result<Self, Error> {
        let chain = certificates(&identity.certificates)?;
        let der = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(identity.key.clone()));
        let key = provider.key_provider.load_private_key(der).map_err(tls_error)?;
        let key = Arc::new(CertifiedKey::new(chain, key));
        Ok(Self { name: identity.name.to_ascii_lowercase(), key })
    }

    fn fits(&self, name: &str) -> bool {
        match self.name.strip_prefix("*.") {
            Some(parent) => name.split_once('.').is_some_and(|(_, rest)| rest.eq_ignore_ascii_case(parent)),
            None => self.name.eq_ignore_ascii_case(name),
        }
    }

    fn can_sign(&self, schemes: &[SignatureScheme]) -> bool {
        self.key.key.choose_scheme(schemes).is_some()
    }
}

#[derive(Debug)]
struct Identities(Vec<Chosen>);

impl ResolvesServerCert for Identities {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let schemes = hello.signature_schemes();
        let name = hello.server_name().unwrap_or_default();
        let first = self.0.first()?.name.as_str();
        let fitting = self.0.iter().find(|identity| identity.fits(name) && identity.can_sign(schemes));
        let standard = || self.0.iter().find(|identity| identity.name == first && identity.can_sign(schemes));
        fitting.or_else(standard).map(|identity| Arc::clone(&identity.key))
    }
}

fn client_verifier(options: &TlsOptions, provider: &Arc<CryptoProvider>) -> Result<Arc<dyn ClientCertVerifier>, Error> {
    let roots = root_store(&options.authorities)?;
    if !options.request_certificate {
        return Ok(WebPkiClientVerifier::no_client_auth());
    }
    if !options.reject_unauthorized {
        return Ok(Arc::new(AnyClient(provider.signature_verification_algorithms)));
    }
    let revoked: Vec<_> =
        CertificateRevocationListDer::pem_slice_iter(&options.revoked).collect::<Result<_, _>>().map_err(tls_error)?;
    WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(provider))
        .with_crls(revoked)
        .allow_unknown_revocation_status()
        .build()
        .map(|verifier| -> Arc<dyn ClientCertVerifier> { verifier })
        .map_err(tls_error)
}

/// Asks for a certificate and takes any, or none.
#[derive(Debug)]
struct AnyClient(WebPkiSupportedAlgorithms);

impl ClientCertVerifier for AnyClient {
    fn client_auth_mandatory(&self) -> bool {
        false
    }

    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: UnixTime,
    ) -> Result<ClientCertVerified, rustls::Error> {
        Ok(ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signature, &self.0)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signature, &self.0)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.supported_schemes()
    }
}

/// Takes any certificate of a server: `rejectUnauthorized: false`.
#[derive(Debug)]
struct AnyServer(WebPkiSupportedAlgorithms);

impl ServerCertVerifier for AnyServer {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signature, &self.0)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signature, &self.0)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.supported_schemes()
    }
}
