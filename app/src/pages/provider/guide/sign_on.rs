//! What to do so that the provider signs people in here.

pub(super) const AZURE: &[&str] = &[
    "Open **Enterprise applications**, your application, **Single sign-on** and choose **SAML**.",
    "In **Basic SAML Configuration** paste the SAML Audience URI as **Identifier** and the SAML CallBack Endpoint URL as **Reply URL**.",
    "In **Attributes & Claims** let **Unique User Identifier** be what employees have here as user name; `user.userprincipalname` is usual.",
    "In **SAML Certificates** download **Certificate (Base64)** and paste it here. Any **Signing Option** will do, with SHA-256.",
    "Below it, **Login URL** is the SAML Redirect URL here and **Azure AD Identifier** the SAML Issuer URL.",
    "Assign one person, press **Activate** here, and let that person try it.",
];

pub(super) const OKTA: &[&str] = &[
    "In the Admin Console open **Applications**, **Create App Integration** and choose **SAML 2.0**.",
    "Paste the SAML Single Sign On URL as **Single sign-on URL** and the SAML Audience URI as **Audience URI (SP Entity ID)**.",
    "Let **Application username** be what employees have here as user name; **Email** or **Okta username** is usual.",
    "Save, open **Sign On** and **View SAML setup instructions**: **Identity Provider Issuer**, **Identity Provider Single Sign-On URL** and **X.509 Certificate** go into the form here.",
    "Under **Assignments** assign one person, press **Save and Activate** here, and let that person try it.",
];

pub(super) const ONELOGIN: &[&str] = &[
    "Open the application that provisions people, or add **SAML Custom Connector (Advanced)**.",
    "Under **Configuration** paste the SAML Audience URI as **Audience (EntityID)**, and the SAML CallBack Endpoint URL as **Recipient** and as **ACS (Consumer) URL**.",
    "**ACS (Consumer) URL Validator** takes a regular expression: the same address, with a backslash before each dot.",
    "Under **SSO** choose `SHA-256` as **SAML Signature Algorithm**; **Issuer URL**, **SAML 2.0 Endpoint (HTTP)** and the **X.509 Certificate** go into the form here.",
    "Assign one person, press **Activate** here, and let that person try it.",
];

pub(super) const GOOGLE: &[&str] = &[
    "In the Admin console open **Apps**, **Web and mobile apps**, **Add app** and **Add custom SAML app**.",
    "Of the identity provider's details, **Entity ID** is the SAML Endpoint URL here, **SSO URL** the SSO Redirect URL; download the **Certificate** and paste it here.",
    "In the next step paste the SAML CallBack Endpoint URL as **ACS URL** and the SAML Audience URI as **Entity ID**.",
    "As **Name ID** choose **Primary email**, when employees have it here as user name.",
    "Turn the application on for a group with one person, press **Activate** here, and let that person try it. Google may take some hours until it lets people through.",
];

pub(super) const PINGONE: &[&str] = &[
    "Open **Applications**, add one of the type **SAML Application** and choose **Manually Enter**.",
    "Paste the SAML CallBack Endpoint URL as **ACS URLs** and the SAML Audience URI as **Entity ID**.",
    "Under **Attribute Mappings** let `saml_subject` be what employees have here as user name.",
    "Under **Configuration** find **Issuer ID** and **Single Signon Service**, and download the **Signing Certificate** as PEM: all three go into the form here.",
    "Turn the application on, press **Activate** here, and let one person try it.",
];

pub(super) const ADFS: &[&str] = &[
    "In AD FS Management open **Relying Party Trusts**, **Add Relying Party Trust**, **Claims aware**, and import the service provider metadata, or enter the data by hand.",
    "By hand: tick **Enable support for the SAML 2.0 WebSSO protocol**, paste the SAML CallBack Endpoint URL there, and the SAML Audience URI as **Relying party trust identifier**.",
    "In **Edit Claim Issuance Policy** send the LDAP attribute **User-Principal-Name** as **Name ID**, when employees have it here as user name.",
    "In the trust's properties, **Advanced** must say `SHA-256`.",
    "Under **Service**, **Certificates** export the token-signing certificate as Base-64. It goes into the form here, with the **Federation Service identifier** as issuer and the address that ends in `/adfs/ls/` as SAML Redirect URL.",
];

pub(super) const ANY: &[&str] = &[
    "Create a SAML 2.0 application.",
    "Its entity ID or audience is the SAML Audience URI, its ACS or single sign-on URL the callback URL.",
    "The **NameID** must be what employees have here as user name; or choose another value in the form.",
    "Let it sign the assertion, the response or both, with SHA-256. Leave encryption off.",
    "Paste its issuer, its login address and its certificate here, and let one person try it.",
];
