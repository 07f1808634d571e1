-- What an identity provider says about the person whose account it is, as whoever may give the account confirmed it. A
-- link alone opens no console: SCIM can give a linked employee another name, and settings of sign-on can change.
CREATE TABLE linked_identities (
    tenant_id TEXT NOT NULL,
    account_id TEXT NOT NULL,
    integration_id TEXT NOT NULL,
    -- As the employee had it when it was confirmed.
    name TEXT NOT NULL,
    issuer TEXT NOT NULL,
    -- NULL: the NameID.
    attribute TEXT,
    match_by TEXT NOT NULL CHECK (match_by IN ('user_name', 'email', 'external_id')),
    confirmed_at INTEGER NOT NULL,
    confirmed_by TEXT NOT NULL,
    PRIMARY KEY (tenant_id, account_id, integration_id, name),
    FOREIGN KEY (tenant_id, account_id) REFERENCES account_employees (tenant_id, account_id) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, integration_id) REFERENCES sso_settings (tenant_id, integration_id) ON DELETE CASCADE
) STRICT;

-- The provider that signed this browser in; NULL when it was a password. Such a session lasts as long as the link does.
ALTER TABLE sessions ADD COLUMN integration_id TEXT;

-- The person is to sign in at the identity provider anew for this request, and not before this moment.
ALTER TABLE sso_requests ADD COLUMN fresh_from INTEGER;
