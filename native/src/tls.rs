//! TLS by OpenSSL: whom to trust, who we are, and which names a server's certificate may carry.

use crate::abi::Outcome;
use crate::failure::Failure;
use openssl::error::ErrorStack;
use openssl::ssl::{SslContext, SslContextBuilder, SslFiletype, SslMethod, SslVerifyMode, SslVersion};
use openssl::x509::{X509Ref, X509VerifyResult};
use std::net::IpAddr;

/// X509_V_ERR_HOSTNAME_MISMATCH
const HOSTNAME_MISMATCH: i32 = 62;

#[derive(Default)]
pub struct TlsFiles {
    pub ca: Option<String>,
    pub certificate: Option<String>,
    pub key: Option<String>,
    /// The server's certificate must be for one of them; empty: for any.
    pub host_names: Vec<String>,
}

pub fn make_context(files: TlsFiles) -> Result<SslContext, Failure> {
    let mut context = SslContextBuilder::new(SslMethod::tls_client()).map_err(|error| refuse("TLS cannot be set up", &error))?;
    context.set_min_proto_version(Some(SslVersion::TLS1_2)).map_err(|error| refuse("TLS cannot be set up", &error))?;
    match &files.ca {
        Some(file) => {
            context.set_ca_file(file).map_err(|error| refuse(&format!("authorities in {file} cannot be read"), &error))?
        }
        None => context.set_default_verify_paths().map_err(|error| refuse("the system's authorities cannot be read", &error))?,
    }
    if let Some(file) = &files.certificate {
        context.set_certificate_chain_file(file).map_err(|error| refuse(&format!("certificate {file} cannot be read"), &error))?;
    }
    if let Some(file) = &files.key {
        context
            .set_private_key_file(file, SslFiletype::PEM)
            .map_err(|error| refuse(&format!("key {file} cannot be read"), &error))?;
        context.check_private_key().map_err(|error| refuse(&format!("key {file} does not belong to the certificate"), &error))?;
    }
    // The driver makes every connection from this one context and says nothing of the address it is for, so that names are checked
    // here: a certificate must carry one of the names that belong to the cluster.
    let names = files.host_names;
    context.set_verify_callback(SslVerifyMode::PEER, move |is_trusted, store| {
        if !is_trusted || store.error_depth() != 0 || names.is_empty() {
            return is_trusted;
        }
        let is_known = store.current_cert().is_some_and(|certificate| names.iter().any(|name| carries(certificate, name)));
        if !is_known {
            store.set_error(unsafe { X509VerifyResult::from_raw(HOSTNAME_MISMATCH) });
        }
        is_known
    });
    Ok(context.build())
}

fn refuse(what: &str, error: &ErrorStack) -> Failure {
    Failure::new(Outcome::Tls, format!("{what}: {error}"))
}

fn carries(certificate: &X509Ref, name: &str) -> bool {
    let Some(names) = certificate.subject_alt_names() else { return false };
    let address: Option<IpAddr> = name.parse().ok();
    names.iter().any(|carried| match address {
        Some(IpAddr::V4(wanted)) => carried.ipaddress() == Some(&wanted.octets()),
        Some(IpAddr::V6(wanted)) => carried.ipaddress() == Some(&wanted.octets()),
        None => carried.dnsname().is_some_and(|pattern| is_match(pattern, name)),
    })
}

/// A star stands for the first label of a name, whole.
fn is_match(pattern: &str, name: &str) -> bool {
    match pattern.strip_prefix("*.") {
        None => pattern.eq_ignore_ascii_case(name),
        Some(parent) => name.split_once('.').is_some_and(|(label, rest)| !label.is_empty() && parent.eq_ignore_ascii_case(rest)),
    }
}
