//! Reading elements exactly: named children, and text that nothing interrupts.

use xml_sec::Node;

pub(in crate::sso) const PROTOCOL: &str = "urn:oasis:names:tc:SAML:2.0:protocol";
pub(in crate::sso) const ASSERTION: &str = "urn:oasis:names:tc:SAML:2.0:assertion";
pub(in crate::sso) const SIGNATURE: &str = "http://www.w3.org/2000/09/xmldsig#";

/// An element of the one parsed document.
pub(in crate::sso) type Element<'a> = Node<'a, 'a>;

/// Whether it is this element of this namespace.
pub(in crate::sso) fn is(element: Element<'_>, namespace: &str, name: &str) -> bool {
    element.is_element() && element.tag_name().name() == name && element.tag_name().namespace() == Some(namespace)
}

/// The children with this name. Never descendants: what lies deeper belongs to someone else.
pub(in crate::sso) fn children<'a>(
    parent: Element<'a>,
    namespace: &'a str,
    name: &'a str,
) -> impl Iterator<Item = Element<'a>> {
    parent.children().filter(move |child| is(*child, namespace, name))
}

/// The child with this name, if there is exactly one.
pub(in crate::sso) fn only_child<'a>(parent: Element<'a>, namespace: &'a str, name: &'a str) -> Option<Element<'a>> {
    let mut found = children(parent, namespace, name);
    let first = found.next()?;
    found.next().is_none().then_some(first)
}

/// The text of an element that has nothing but text.
pub(in crate::sso) fn only_text(element: Element<'_>) -> Option<String> {
    let mut text = String::new();
    for child in element.children() {
        if !child.is_text() {
            return None;
        }
        text.push_str(child.text().unwrap_or_default());
    }
    (!text.is_empty()).then_some(text)
}

/// An attribute without a namespace.
pub(in crate::sso) fn attribute<'a>(element: Element<'a>, name: &str) -> Option<&'a str> {
    element.attribute(name)
}
