use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::{AlgorithmParameters, Jwk};
use jsonwebtoken::{Algorithm, EncodingKey};
use model::Timestamp;
use sha2::{Digest, Sha256};
use store::signing_keys::SigningKey;

use crate::{Error, Result, secret};

/// The PKCS #8 envelope of a bare Ed25519 key (RFC 8410): the 32 random bytes of the key follow.
const ENVELOPE: [u8; 16] =
    [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];

/// A new Ed25519 key. Its id is the start of the public key's hash.
pub(super) fn generate(now: Timestamp, signs_from: Timestamp) -> Result<SigningKey> {
    let private_key = [ENVELOPE.as_slice(), &secret::bytes()].concat();
    let public_key = public_key(&private_key)?;
    let kid = hex::encode(Sha256::digest(&public_key)).chars().take(16).collect();
    Ok(SigningKey { kid, private_key, public_key, created_at: now, signs_from })
}

fn public_key(private_key: &[u8]) -> Result<Vec<u8>> {
    let unusable = |why: String| Error::Internal(format!("a new signing key is unusable: {why}"));
    let jwk = Jwk::from_encoding_key(&EncodingKey::from_ed_der(private_key), Algorithm::EdDSA)
        .map_err(|why| unusable(why.to_string()))?;
    match jwk.algorithm {
        AlgorithmParameters::OctetKeyPair(pair) => {
            URL_SAFE_NO_PAD.decode(pair.x).map_err(|why| unusable(why.to_string()))
        }
        _ => Err(unusable("it is not an Ed25519 key".to_owned())),
    }
}
