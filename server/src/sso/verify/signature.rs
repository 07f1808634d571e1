//! The signature: which algorithms, which key, and that it covers the very element that is read.

use xml_sec::api::Operation;
use xml_sec::policy::{
    CompiledPolicies, KeySourceKind, KeySourcePolicy, PolicyCompileContext, PolicyCompiler, PolicyProfile,
    PolicyViolation, RsaPssPermission,
};
use xml_sec::provider::RustCryptoProvider;
use xml_sec::xmldsig::{
    DigestAlgorithm, SignatureAlgorithm, SignatureRequirement, VerificationKey, VerificationRequest,
};
use xml_sec::{DocumentView, NodeIdentity, XmlDocument, XmlSecurity};

use super::MAX_SIZE;
use super::structure::{self, Signature};
use crate::sso::Refusal;
use crate::sso::certificate::Certificate;
use crate::sso::xml::{Element, SIGNATURE, attribute, children, only_child};

/// RFC 9231 §2.3: what identity providers sign with. SHA-1 is not among it, since messages that collide can be made.
const ALGORITHMS: [(&str, SignatureAlgorithm); 6] = [
    ("http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", SignatureAlgorithm::RsaSha256),
    ("http://www.w3.org/2001/04/xmldsig-more#rsa-sha384", SignatureAlgorithm::RsaSha384),
    ("http://www.w3.org/2001/04/xmldsig-more#rsa-sha512", SignatureAlgorithm::RsaSha512),
    ("http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256", SignatureAlgorithm::EcdsaSha256),
    ("http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384", SignatureAlgorithm::EcdsaSha384),
    ("http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512", SignatureAlgorithm::EcdsaSha512),
];
const DIGESTS: [(&str, DigestAlgorithm); 3] = [
    ("http://www.w3.org/2001/04/xmlenc#sha256", DigestAlgorithm::Sha256),
    ("http://www.w3.org/2001/04/xmldsig-more#sha384", DigestAlgorithm::Sha384),
    ("http://www.w3.org/2001/04/xmlenc#sha512", DigestAlgorithm::Sha512),
];
/// The names in XML of what uses SHA-1, for a refusal that says so.
const SHA1: &str = "sha1";
const EXCLUSIVE: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
/// A SAML message has about 600 nodes and ten levels.
const MAX_NODES: usize = 10_000;
const MAX_DEPTH: usize = 32;
/// One in the Response and one in the Assertion, each with one reference.
const MAX_SIGNATURES: usize = 2;

/// Parsing and verifying under one policy, made once.
pub(super) struct Signatures(CompiledPolicies);

impl Signatures {
    /// The crate's profile for SAML, restricted further: RSA and ECDSA with SHA-2, keys that we bring, low limits.
    pub(super) fn new() -> Result<Self, PolicyViolation> {
        let compiler = PolicyCompiler::new(PolicyProfile::SecureSaml, &RustCryptoProvider, None)?;
        let mut policies = compiler.policies().clone();
        policies.signing = None;
        if let Some(policy) = &mut policies.verification {
            policy.signature_algorithms = Some(ALGORITHMS.map(|(_, algorithm)| algorithm).into());
            policy.parameterized_rsa_pss = RsaPssPermission::ExactOnly;
            policy.key_trust.parameterized_rsa_pss = RsaPssPermission::ExactOnly;
            policy.digest_algorithms = Some(DIGESTS.map(|(_, digest)| digest).into());
            policy.key_sources = KeySourcePolicy::from([KeySourceKind::PresetKey]);
            policy.transforms.allowed_algorithms = Some([ENVELOPED.to_owned(), EXCLUSIVE.to_owned()].into());
            policy.resources.max_xml_document_bytes = MAX_SIZE;
            policy.resources.max_xml_nodes = MAX_NODES;
            policy.resources.max_xml_depth = MAX_DEPTH;
            policy.resources.max_signatures = MAX_SIGNATURES;
            policy.resources.max_references = MAX_SIGNATURES;
        }
        let context = PolicyCompileContext { external_resources: false, target_evidence: true };
        compiler.restrict(&policies)?.compile(&context).map(Self)
    }

    /// The one parse. What is verified and what is read is this tree.
    pub(super) fn parse(&self, xml: String) -> Result<XmlDocument, Refusal> {
        // The parser refuses document types by itself; this only gives the refusal its name.
        let doctype = xml.contains("<!DOCTYPE");
        let security = XmlSecurity::new(&self.0, &RustCryptoProvider).map_err(|_| Refusal::NotXml)?;
        security
            .parse_document(xml, Operation::Verify)
            .map_err(|_| if doctype { Refusal::Doctype } else { Refusal::NotXml })
    }

    /// Verifies every signature of the document, all with the same one of the pinned certificates.
    pub(super) fn verify(&self, document: &XmlDocument, certificates: &[Certificate]) -> Result<(), Refusal> {
        let (targets, algorithm) = document.with_view(|view| {
            let parts = structure::parts(view.document())?;
            let algorithm = algorithm(&parts.signatures)?;
            // The assertion is read, so it must be covered whatever is signed; a Response that is signed must be, too.
            let signed = parts.signatures.iter().map(|signature| signature.signed);
            let mut elements: Vec<_> = signed.filter(|signed| signed.id() != parts.assertion.id()).collect();
            elements.push(parts.assertion);
            let targets: Result<Vec<_>, _> = elements.into_iter().map(|element| target(view, element)).collect();
            Ok((targets?, algorithm))
        })?;
        let fits = certificates.iter().any(|certificate| self.covers(document, &targets, (certificate, algorithm)));
        if fits { Ok(()) } else { Err(Refusal::BadSignature) }
    }

    /// `Ok(evidence)` alone is no acceptance: the evidence must say so of this document and of these elements.
    fn covers(
        &self,
        document: &XmlDocument,
        targets: &[NodeIdentity],
        (certificate, algorithm): (&Certificate, SignatureAlgorithm),
    ) -> bool {
        let key = VerificationKey {
            algorithm,
            public_key_bytes: certificate.public_key().to_vec(),
            certificate_der: None,
            name: None,
        };
        let request = VerificationRequest {
            expected_targets: targets,
            signatures: SignatureRequirement::All,
            ..VerificationRequest::default()
        };
        let Ok(security) = XmlSecurity::new(&self.0, &RustCryptoProvider) else { return false };
        let Ok(verifier) = security.verifier() else { return false };
        let Ok(evidence) = verifier.key(&key).verify(document, &request) else { return false };
        matches!(evidence.accepted(document), Ok(true))
            && targets.iter().all(|target| matches!(evidence.covers_element(document, *target), Ok(true)))
    }
}

/// The element as the signature crate knows it. The one that it finds by the ID must be the one that will be read.
fn target(view: DocumentView<'_>, element: Element<'_>) -> Result<NodeIdentity, Refusal> {
    let id = attribute(element, "ID").unwrap_or_default();
    let target = view.node_for_id(id, &[]).ok_or(Refusal::DuplicateId)?;
    let place = view.document_order(target).map_err(|_| Refusal::DuplicateId)?;
    let found = view.document().descendants().nth(place);
    if found.is_some_and(|found| found.id() == element.id()) { Ok(target) } else { Err(Refusal::DuplicateId) }
}

/// The one algorithm of all signatures. The policy refuses others as well; here each gets its name before any of it is
/// computed.
fn algorithm(signatures: &[Signature<'_>]) -> Result<SignatureAlgorithm, Refusal> {
    let mut algorithms = signatures.iter().map(allowed).collect::<Result<Vec<_>, _>>()?.into_iter();
    let first = algorithms.next().ok_or(Refusal::Unsigned)?;
    if algorithms.all(|other| other == first) { Ok(first) } else { Err(Refusal::MixedAlgorithms) }
}

fn allowed(signature: &Signature<'_>) -> Result<SignatureAlgorithm, Refusal> {
    let named = |parent: Element<'_>, name| {
        only_child(parent, SIGNATURE, name).and_then(|element| attribute(element, "Algorithm")).map(str::to_owned)
    };
    if named(signature.signed_info, "CanonicalizationMethod").as_deref() != Some(EXCLUSIVE) {
        return Err(Refusal::Canonicalization);
    }
    let method = named(signature.signed_info, "SignatureMethod").unwrap_or_default();
    let digest = named(signature.reference, "DigestMethod").unwrap_or_default();
    if method.ends_with(SHA1) || digest.ends_with(SHA1) {
        return Err(Refusal::Sha1);
    }
    let algorithm = ALGORITHMS.into_iter().find(|(uri, _)| *uri == method).ok_or(Refusal::SignatureAlgorithm)?.1;
    if !DIGESTS.into_iter().any(|(uri, _)| uri == digest) {
        return Err(Refusal::DigestAlgorithm);
    }
    // saml-core §5.4.4: the enveloped signature transform and exclusive canonicalization, and no other.
    let transforms = only_child(signature.reference, SIGNATURE, "Transforms").ok_or(Refusal::Transform)?;
    let used: Vec<_> =
        children(transforms, SIGNATURE, "Transform").map(|transform| attribute(transform, "Algorithm")).collect();
    if used == [Some(ENVELOPED), Some(EXCLUSIVE)] { Ok(algorithm) } else { Err(Refusal::Transform) }
}
