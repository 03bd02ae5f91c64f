//! Mutual TLS that ends at a proxy in front: the proxy hands on the client's certificate in `Client-Cert` (RFC 9440). The hub
//! takes that header from its trusted proxies alone, before anything here reads it.

use base64::Engine;
use ring::digest;
use subtle::ConstantTimeEq;

use super::CERTIFICATE;
use crate::{
    fault::{ConfigFault, Refusal},
    inbound::{CLIENT_CERTIFICATE, Inbound},
    proof::BASE64,
};

type Digest = [u8; digest::SHA256_OUTPUT_LEN];

/// Reads the setting: a digest in hex, or `none`.
pub(super) fn read(setting: &str) -> Result<Option<Digest>, ConfigFault> {
    if setting == "none" {
        return Ok(None);
    }
    let mut bytes = [0; digest::SHA256_OUTPUT_LEN];
    let read = hex::decode_to_slice(setting.replace(':', ""), &mut bytes);
    read.map_err(|_| ConfigFault::BadExtra { name: CERTIFICATE, expected: "64 hex digits, or \"none\"" })?;
    Ok(Some(bytes))
}

/// Refuses a call that did not come with the certificate, where there must be one.
pub(super) fn prove(expected: Option<Digest>, inbound: &Inbound<'_>) -> Result<(), Refusal> {
    let Some(expected) = expected else { return Ok(()) };
    let header = inbound.header(CLIENT_CERTIFICATE).ok_or(Refusal::NoProof)?;
    let encoded = header.strip_prefix(':').and_then(|rest| rest.strip_suffix(':')).ok_or(Refusal::Malformed)?;
    let certificate = BASE64.decode(encoded).map_err(|_| Refusal::Malformed)?;
    let known: bool = digest::digest(&digest::SHA256, &certificate).as_ref().ct_eq(&expected).into();
    if known { Ok(()) } else { Err(Refusal::BadProof) }
}
