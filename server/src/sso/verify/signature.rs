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
use xml_sec::{NodeIdentity, XmlDocument, XmlSecurity};

use super::MAX_SIZE;
use super::structure::{self, Parts};
use super::xml::{Element, SIGNATURE, attribute, children, only_child};
use crate::sso::Refusal;
use crate::sso::certificate::Certificate;

const RSA_SHA256: &str = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
const SHA256: &str = "http://www.w3.org/2001/04/xmlenc#sha256";
const EXCLUSIVE: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
/// A SAML message has about 600 nodes and ten levels.
const MAX_NODES: usize = 10_000;
const MAX_DEPTH: usize = 32;

/// Parsing and verifying under one policy, made once.
pub(super) struct Signatures(CompiledPolicies);

impl Signatures {
    /// The crate's profile for SAML, restricted further: RSA with SHA-256, keys that we bring, low limits.
    pub(super) fn new() -> Result<Self, PolicyViolation> {
        let compiler = PolicyCompiler::new(PolicyProfile::SecureSaml, &RustCryptoProvider, None)?;
        let mut policies = compiler.policies().clone();
        policies.signing = None;
        if let Some(policy) = &mut policies.verification {
            policy.signature_algorithms = Some([SignatureAlgorithm::RsaSha256].into());
            policy.parameterized_rsa_pss = RsaPssPermission::ExactOnly;
            policy.key_trust.parameterized_rsa_pss = RsaPssPermission::ExactOnly;
            policy.digest_algorithms = Some([DigestAlgorithm::Sha256].into());
            policy.key_sources = KeySourcePolicy::from([KeySourceKind::PresetKey]);
            policy.transforms.allowed_algorithms = Some([ENVELOPED.to_owned(), EXCLUSIVE.to_owned()].into());
            policy.resources.max_xml_document_bytes = MAX_SIZE;
            policy.resources.max_xml_nodes = MAX_NODES;
            policy.resources.max_xml_depth = MAX_DEPTH;
            policy.resources.max_signatures = 1;
            policy.resources.max_references = 1;
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

    /// Verifies the document's one signature with one of the pinned certificates.
    pub(super) fn verify(&self, document: &XmlDocument, certificates: &[Certificate]) -> Result<(), Refusal> {
        let target = document.with_view(|view| {
            let parts = structure::parts(view.document())?;
            algorithms(&parts)?;
            let id = attribute(parts.assertion, "ID").unwrap_or_default();
            let target = view.node_for_id(id, &[]).ok_or(Refusal::DuplicateId)?;
            // The element found by its ID must be the element that will be read.
            let place = view.document_order(target).map_err(|_| Refusal::DuplicateId)?;
            let found = view.document().descendants().nth(place);
            if found.is_some_and(|found| found.id() == parts.assertion.id()) {
                Ok(target)
            } else {
                Err(Refusal::DuplicateId)
            }
        })?;
        let fits = certificates.iter().any(|certificate| self.covers(document, target, certificate));
        if fits { Ok(()) } else { Err(Refusal::BadSignature) }
    }

    /// `Ok(evidence)` alone is no acceptance: the evidence must say so of this document and of this element.
    fn covers(&self, document: &XmlDocument, target: NodeIdentity, certificate: &Certificate) -> bool {
        let key = VerificationKey {
            algorithm: SignatureAlgorithm::RsaSha256,
            public_key_bytes: certificate.public_key().to_vec(),
            certificate_der: None,
            name: None,
        };
        let request = VerificationRequest {
            expected_targets: &[target],
            signatures: SignatureRequirement::Exactly(1),
            ..VerificationRequest::default()
        };
        let Ok(security) = XmlSecurity::new(&self.0, &RustCryptoProvider) else { return false };
        let Ok(verifier) = security.verifier() else { return false };
        let Ok(evidence) = verifier.key(&key).verify(document, &request) else { return false };
        matches!(evidence.accepted(document), Ok(true)) && matches!(evidence.covers_element(document, target), Ok(true))
    }
}

/// The policy refuses these as well; here each gets its name before any of it is computed.
fn algorithms(parts: &Parts<'_>) -> Result<(), Refusal> {
    let named = |parent: Element<'_>, name| {
        only_child(parent, SIGNATURE, name).and_then(|element| attribute(element, "Algorithm")).map(str::to_owned)
    };
    if named(parts.signed_info, "CanonicalizationMethod").as_deref() != Some(EXCLUSIVE) {
        return Err(Refusal::Canonicalization);
    }
    if named(parts.signed_info, "SignatureMethod").as_deref() != Some(RSA_SHA256) {
        return Err(Refusal::SignatureAlgorithm);
    }
    if named(parts.reference, "DigestMethod").as_deref() != Some(SHA256) {
        return Err(Refusal::DigestAlgorithm);
    }
    // saml-core §5.4.4: the enveloped signature transform and exclusive canonicalization, and no other.
    let transforms = only_child(parts.reference, SIGNATURE, "Transforms").ok_or(Refusal::Transform)?;
    let used: Vec<_> =
        children(transforms, SIGNATURE, "Transform").map(|transform| attribute(transform, "Algorithm")).collect();
    if used != [Some(ENVELOPED), Some(EXCLUSIVE)] {
        return Err(Refusal::Transform);
    }
    Ok(())
}
