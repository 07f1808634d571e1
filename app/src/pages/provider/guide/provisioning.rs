//! What to do so that the provider sends people here.

pub(super) const AZURE: &[&str] = &[
    "Open **Enterprise applications**, **New application**, **Create your own application** and choose the non-gallery kind.",
    "Open **Provisioning** and set **Provisioning Mode** to **Automatic**.",
    "Paste `{url}` as **Tenant URL**, and the SCIM Bearer Token as **Secret Token**.",
    "Press **Activate** here, then **Test Connection** there, and save.",
    "Under **Users and groups** assign one person first. People who hold only **Default Access** are skipped.",
    "Set **Provisioning Status** to **On**. The first cycle takes longest; later ones run about every 40 minutes.",
];

pub(super) const OKTA: &[&str] = &[
    "In the application's **General** tab turn on SCIM provisioning, then open **Provisioning** and **Integration**.",
    "Enter `{url}` as **SCIM connector base URL** and `userName` as the unique identifier field.",
    "Tick pushing new users, profile updates and groups; choose **HTTP Header** and paste the SCIM Bearer Token.",
    "Press **Activate** here, then **Test Connector Configuration** there, and save.",
    "Under **To App** enable creating, updating and deactivating users, and assign one person first.",
];

pub(super) const ONELOGIN: &[&str] = &[
    "Add the application **SCIM Provisioner with SAML (SCIM v2 Enterprise)**.",
    "Under **Configuration** enter `{url}` as **SCIM Base URL** and paste the SCIM Bearer Token.",
    "Press **Activate** here, then **Enable** beside API Connection there.",
    "Under **Provisioning** turn on the workflow. For people who leave, choose **Suspend** to keep their records or **Delete** to remove them.",
    "Assign one person first and watch them arrive under Employees.",
];

pub(super) const GOOGLE: &[&str] = &[
    "In the Admin console open **Apps**, **Web and mobile apps**, and the application.",
    "Under **Autoprovisioning** paste the SCIM Bearer Token as access token, and `{url}` as endpoint URL.",
    "Press **Activate** here before you continue there.",
    "Map the attributes, choose whom to provision, and turn autoprovisioning on.",
];

pub(super) const PINGONE: &[&str] = &[
    "Open **Integrations**, **Provisioning**, and add a connection of the type **SCIM Outbound**.",
    "Enter `{url}` as **SCIM Base URL**, choose **OAuth 2 Bearer Token** and paste the SCIM Bearer Token.",
    "Press **Activate** here, then **Test Connection** there, and save.",
    "Keep `userName eq \"%s\"` as user filter, add a rule, and start with one person.",
];

pub(super) const CUSTOM: &[&str] = &[
    "Add a SCIM 2.0 application, or turn on provisioning for the one you have.",
    "Enter `{url}` as its SCIM base URL.",
    "Choose the bearer token (HTTP header) as its way to authenticate, and paste the SCIM Bearer Token.",
    "Match people by `userName`.",
    "Press **Activate** here, test the connection there, and assign one person first.",
];
