use std::{
    io,
    sync::{Arc, OnceLock},
};

use rustls::{ClientConfig, RootCertStore, crypto::ring};

/// TLS as this machine trusts it, read once and only when it is needed.
pub(super) fn config() -> io::Result<Arc<ClientConfig>> {
    static CONFIG: OnceLock<Arc<ClientConfig>> = OnceLock::new();
    if let Some(config) = CONFIG.get() {
        return Ok(config.clone());
    }
    let mut roots = RootCertStore::empty();
    let found = rustls_native_certs::load_native_certs();
    roots.add_parsable_certificates(found.certs);
    if roots.is_empty() {
        return Err(io::Error::other("this machine has no TLS certificates to trust"));
    }
    let config = Arc::new(trusting(roots)?);
    Ok(CONFIG.get_or_init(|| config).clone())
}

/// For connections without TLS, whose connector wants a configuration all the same.
pub(super) fn unused() -> io::Result<Arc<ClientConfig>> {
    trusting(RootCertStore::empty()).map(Arc::new)
}

fn trusting(roots: RootCertStore) -> io::Result<ClientConfig> {
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(config)
}
