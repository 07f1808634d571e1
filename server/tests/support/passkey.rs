//! A security key in software, by its own bytes and not the server's: it makes passkeys and presents them (Web
//! Authentication, level 3), and lies where a test wants it to.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// Flags of authenticator data (§6.1): somebody touched it; it knows who; a new key follows.
pub(crate) const PRESENT: u8 = 1;
pub(crate) const VERIFIED: u8 = 4;
const NEW_KEY: u8 = 64;

/// A key with one passkey on it. A copy of it is what a thief has.
#[derive(Clone)]
pub(crate) struct SecurityKey {
    pub(crate) id: Vec<u8>,
    pkcs8: Vec<u8>,
    /// How often it was used, as it says.
    pub(crate) counter: u32,
    /// The page that the browser says it is on.
    pub(crate) origin: String,
    /// What it was made for.
    pub(crate) host: String,
    pub(crate) flags: u8,
    /// What the browser says it is asked to do.
    pub(crate) kind: &'static str,
}

/// What a page tells the browser.
#[track_caller]
pub(crate) fn options(page: &str) -> Value {
    let rest = page.split_once("data-options=\"").unwrap_or_else(|| panic!("no question in {page}")).1;
    let text = rest.split_once('"').expect("a closed value").0;
    let text = text.replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    serde_json::from_str::<Value>(&text).expect("JSON")["publicKey"].clone()
}

impl SecurityKey {
    /// A key whose passkey has this id.
    pub(crate) fn new(id: &str) -> Self {
        let random = SystemRandom::new();
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &random).expect("a key");
        Self {
            id: id.as_bytes().to_vec(),
            pkcs8: pkcs8.as_ref().to_vec(),
            counter: 0,
            origin: "https://console.test".to_owned(),
            host: "console.test".to_owned(),
            flags: PRESENT | VERIFIED,
            kind: "webauthn.get",
        }
    }

    fn pair(&self) -> EcdsaKeyPair {
        let random = SystemRandom::new();
        EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &self.pkcs8, &random).expect("a key")
    }

    /// Its id, as it is written.
    pub(crate) fn id(&self) -> String {
        URL_SAFE_NO_PAD.encode(&self.id)
    }

    /// Makes a passkey for the question on a page.
    #[track_caller]
    pub(crate) fn make(&self, page: &str) -> String {
        let mut data = self.data(self.flags | NEW_KEY);
        data.extend([0; 16]);
        data.extend(u16::try_from(self.id.len()).expect("short").to_be_bytes());
        data.extend(&self.id);
        data.extend(self.public_key());
        // CBOR: {"fmt": "none", "attStmt": {}, "authData": data}
        let mut object = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58".to_vec();
        object.push(u8::try_from(data.len()).expect("short"));
        object.extend(data);
        let client = self.client_data("webauthn.create", page);
        let response = json!({ "attestationObject": URL_SAFE_NO_PAD.encode(object), "clientDataJSON": URL_SAFE_NO_PAD.encode(client) });
        json!({ "id": self.id(), "rawId": self.id(), "type": "public-key", "response": response }).to_string()
    }

    /// Presents it to the question on a page.
    #[track_caller]
    pub(crate) fn present(&self, page: &str) -> String {
        let (data, client) = (self.data(self.flags), self.client_data(self.kind, page));
        let signed = [data.as_slice(), &Sha256::digest(&client)].concat();
        let signature = self.pair().sign(&SystemRandom::new(), &signed).expect("a signature");
        let response = json!({
            "authenticatorData": URL_SAFE_NO_PAD.encode(data),
            "clientDataJSON": URL_SAFE_NO_PAD.encode(client),
            "signature": URL_SAFE_NO_PAD.encode(signature.as_ref()),
        });
        json!({ "id": self.id(), "rawId": self.id(), "type": "public-key", "response": response }).to_string()
    }

    /// §6.1, without what follows for a new key.
    fn data(&self, flags: u8) -> Vec<u8> {
        let mut data = Sha256::digest(self.host.as_bytes()).to_vec();
        data.push(flags);
        data.extend(self.counter.to_be_bytes());
        data
    }

    /// §5.8.1
    fn client_data(&self, kind: &str, page: &str) -> Vec<u8> {
        let challenge = &options(page)["challenge"];
        let said = json!({ "type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": false });
        said.to_string().into_bytes()
    }

    /// COSE (RFC 9053 §7.1.1): {1: 2, 3: -7, -1: 1, -2: x, -3: y}
    fn public_key(&self) -> Vec<u8> {
        let pair = self.pair();
        let point = pair.public_key().as_ref();
        let (x, y) = (&point[1..33], &point[33..65]);
        [b"\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20".as_slice(), x, b"\x22\x58\x20", y].concat()
    }
}
