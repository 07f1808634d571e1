//! The standard schemas: RFC 7643 §4 and §3.1.

use super::{Attribute, Kind, Schema};
use crate::urn;

/// `id`, `externalId` and `meta`: part of every resource, of no schema (RFC 7643 §3.1).
pub(super) fn common() -> Vec<Attribute> {
    vec![
        Attribute::text("id", "Identifier given by this server.").exact().unique().read_only().always(),
        Attribute::text("externalId", "Identifier given by the client.").exact(),
        Attribute::complex(
            "meta",
            "Metadata of the resource.",
            vec![
                Attribute::text("resourceType", "Name of the resource type.").exact(),
                Attribute::new("created", Kind::DateTime, "When the resource was added."),
                Attribute::new("lastModified", Kind::DateTime, "When the resource was last changed."),
                Attribute::new("location", Kind::Reference, "The resource's URI.").refers_to(&["uri"]),
                Attribute::text("version", "Entity tag.").exact(),
            ],
        )
        .read_only(),
        Attribute { multi_valued: true, ..Attribute::new("schemas", Kind::Reference, "URNs of the schemas in use.") }
            .refers_to(&["uri"])
            .read_only()
            .always(),
    ]
}

/// RFC 7643 §4.1.
pub(super) fn user() -> Schema {
    let mut attributes = singular();
    attributes.extend(plural());
    Schema { id: urn::USER, name: "User", description: "An employee's account", attributes }
}

fn singular() -> Vec<Attribute> {
    vec![
        Attribute::text("userName", "Name by which the identity provider knows the person; unique in the company.")
            .required()
            .unique(),
        Attribute::complex(
            "name",
            "The parts of the person's name.",
            vec![
                Attribute::text("formatted", "The full name as it is displayed."),
                Attribute::text("familyName", "Last name."),
                Attribute::text("givenName", "First name."),
                Attribute::text("middleName", "Middle names."),
                Attribute::text("honorificPrefix", "Title before the name."),
                Attribute::text("honorificSuffix", "Suffix after the name."),
            ],
        ),
        Attribute::text("displayName", "Name shown to others."),
        Attribute::text("nickName", "Casual name."),
        Attribute::new("profileUrl", Kind::Reference, "Page about the person.").refers_to(&["external"]),
        Attribute::text("title", "Job title."),
        Attribute::text("userType", "Employment type, such as Full time or Contractor."),
        Attribute::text("preferredLanguage", "Preferred language, as in Accept-Language."),
        Attribute::text("locale", "Locale for dates, numbers and currency."),
        Attribute::text("timezone", "Time zone, in the names of the IANA database."),
        Attribute::new("active", Kind::Boolean, "Whether the person may use the product."),
        Attribute::text("password", "Accepted from clients that send it, and never kept.").exact().write_only(),
    ]
}

fn plural() -> Vec<Attribute> {
    let uri = |description| Attribute::new("value", Kind::Reference, description).refers_to(&["external"]);
    vec![
        values("emails", "E-mail addresses.", Attribute::text("value", "E-mail address."), &["work", "home", "other"]),
        values(
            "phoneNumbers",
            "Telephone numbers.",
            Attribute::text("value", "Telephone number."),
            &["work", "home", "mobile", "fax", "pager", "other"],
        ),
        values(
            "ims",
            "Instant messaging addresses.",
            Attribute::text("value", "Messaging address."),
            &["aim", "gtalk", "icq", "xmpp", "msn", "skype", "qq", "yahoo"],
        ),
        values("photos", "Pictures of the person.", uri("URI of a picture."), &["photo", "thumbnail"]),
        addresses(),
        Attribute::list(
            "groups",
            "Groups the person belongs to; changed through the groups.",
            vec![
                Attribute::text("value", "The group's id.").exact(),
                Attribute::new("$ref", Kind::Reference, "The group's URI.").refers_to(&["Group"]),
                Attribute::text("display", "The group's name."),
                Attribute::text("type", "How the membership came about.").canonical(&["direct", "indirect"]),
            ],
        )
        .read_only(),
        values("entitlements", "Entitlements.", Attribute::text("value", "An entitlement."), &[]),
        values("roles", "Roles.", Attribute::text("value", "A role."), &[]),
        values("x509Certificates", "Certificates.", Attribute::new("value", Kind::Binary, "DER, in Base64."), &[]),
    ]
}

/// The shape that RFC 7643 §2.4 gives to multi-valued attributes.
fn values(
    name: &'static str,
    description: &'static str,
    value: Attribute,
    types: &'static [&'static str],
) -> Attribute {
    Attribute::list(
        name,
        description,
        vec![
            value,
            Attribute::text("display", "Name for people."),
            Attribute::text("type", "What the value is used for.").canonical(types),
            Attribute::new("primary", Kind::Boolean, "Whether this is the preferred value; true at most once."),
        ],
    )
}

fn addresses() -> Attribute {
    Attribute::list(
        "addresses",
        "Postal addresses; the work address's locality is the employee's location.",
        vec![
            Attribute::text("formatted", "The full address."),
            Attribute::text("streetAddress", "Street and number."),
            Attribute::text("locality", "City."),
            Attribute::text("region", "State or region."),
            Attribute::text("postalCode", "Postal code."),
            Attribute::text("country", "Country, ISO 3166-1 alpha-2."),
            Attribute::text("type", "What the address is used for.").canonical(&["work", "home", "other"]),
            Attribute::new("primary", Kind::Boolean, "Whether this is the preferred address; true at most once."),
        ],
    )
}

/// RFC 7643 §4.3.
pub(super) fn enterprise() -> Schema {
    let attributes = vec![
        Attribute::text("employeeNumber", "Number or code given by the company."),
        Attribute::text("costCenter", "Cost center."),
        Attribute::text("organization", "Organization."),
        Attribute::text("division", "Division."),
        Attribute::text("department", "Department."),
        Attribute::complex(
            "manager",
            "The person's manager.",
            vec![
                Attribute::text("value", "The manager's id.").exact(),
                Attribute::new("$ref", Kind::Reference, "The manager's URI.").refers_to(&["User"]),
                Attribute::text("displayName", "The manager's name.").read_only(),
            ],
        ),
    ];
    Schema { id: urn::ENTERPRISE, name: "EnterpriseUser", description: "Where the person works", attributes }
}

/// RFC 7643 §4.2.
pub(super) fn group() -> Schema {
    let attributes = vec![
        Attribute::text("displayName", "The group's name; unique in the company.").required().unique(),
        Attribute::list(
            "members",
            "Employees and groups in this group.",
            vec![
                // RFC 7643 §4.2: "the sub-attributes of 'members' are immutable".
                Attribute::text("value", "The member's id.").exact().immutable(),
                Attribute::new("$ref", Kind::Reference, "The member's URI.").refers_to(&["User", "Group"]).immutable(),
                Attribute::text("type", "What the member is.").canonical(&["User", "Group"]).immutable(),
            ],
        ),
    ];
    Schema { id: urn::GROUP, name: "Group", description: "A group of employees", attributes }
}
