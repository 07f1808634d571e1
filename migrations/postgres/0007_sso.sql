-- Sign-on with SAML: what an admin set up for a provider. It is independent of provisioning: either may be there alone.
CREATE TABLE sso_settings (
    tenant_id TEXT COLLATE "C" NOT NULL,
    integration_id TEXT COLLATE "C" NOT NULL,
    -- In the addresses that the identity provider knows. Found before the tenant is known, so it has a plain index too.
    instance_id TEXT COLLATE "C" NOT NULL,
    enabled BOOLEAN NOT NULL,
    issuer TEXT NOT NULL,
    -- DER. The second is there while the identity provider changes from one to the other.
    certificate BYTEA NOT NULL,
    next_certificate BYTEA,
    redirect_url TEXT,
    portal_url TEXT,
    logout_url TEXT,
    allow_unsolicited BOOLEAN NOT NULL,
    -- NULL: the NameID names the employee.
    attribute TEXT,
    match_by TEXT COLLATE "C" NOT NULL CHECK (match_by IN ('user_name', 'email', 'external_id')),
    saved_at BIGINT NOT NULL,
    saved_by TEXT NOT NULL,
    PRIMARY KEY (tenant_id, integration_id),
    CONSTRAINT sso_settings_instance_id UNIQUE (tenant_id, instance_id),
    FOREIGN KEY (tenant_id, integration_id) REFERENCES integrations (tenant_id, id)
);
CREATE INDEX sso_settings_by_instance ON sso_settings (instance_id);

-- Requests that wait for their response, each bound to the browser that made it by the hash of a secret in its cookie.
CREATE TABLE sso_requests (
    tenant_id TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    integration_id TEXT COLLATE "C" NOT NULL,
    browser_hash BYTEA NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, integration_id) REFERENCES sso_settings (tenant_id, integration_id) ON DELETE CASCADE
);
CREATE INDEX sso_requests_by_browser ON sso_requests (tenant_id, integration_id, browser_hash);
CREATE INDEX sso_requests_by_expiry ON sso_requests (tenant_id, expires_at);

-- Assertions that were used, for as long as they would be accepted again.
CREATE TABLE sso_assertions (
    tenant_id TEXT COLLATE "C" NOT NULL,
    integration_id TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, integration_id, id),
    FOREIGN KEY (tenant_id, integration_id) REFERENCES sso_settings (tenant_id, integration_id) ON DELETE CASCADE
);
CREATE INDEX sso_assertions_by_expiry ON sso_assertions (tenant_id, expires_at);

-- Employees who signed in. Only the hash of a session's secret is kept, so that reading this table signs nobody in.
CREATE TABLE employee_sessions (
    tenant_id TEXT COLLATE "C" NOT NULL,
    id_hash BYTEA NOT NULL,
    employee_id TEXT COLLATE "C" NOT NULL,
    integration_id TEXT COLLATE "C" NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id_hash),
    FOREIGN KEY (tenant_id, employee_id) REFERENCES employees (tenant_id, id) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, integration_id) REFERENCES sso_settings (tenant_id, integration_id) ON DELETE CASCADE
);
CREATE INDEX employee_sessions_by_hash ON employee_sessions (id_hash);
CREATE INDEX employee_sessions_by_employee ON employee_sessions (tenant_id, employee_id);
CREATE INDEX employee_sessions_by_expiry ON employee_sessions (tenant_id, expires_at);

-- Which employee an account is, as an admin said. SCIM writes no row here: being provisioned gives nobody an account.
CREATE TABLE account_employees (
    tenant_id TEXT COLLATE "C" NOT NULL,
    account_id TEXT COLLATE "C" NOT NULL,
    employee_id TEXT COLLATE "C" NOT NULL,
    linked_at BIGINT NOT NULL,
    linked_by TEXT NOT NULL,
    PRIMARY KEY (tenant_id, account_id),
    CONSTRAINT account_employees_employee UNIQUE (tenant_id, employee_id),
    FOREIGN KEY (tenant_id, account_id) REFERENCES accounts (tenant_id, id) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, employee_id) REFERENCES employees (tenant_id, id) ON DELETE CASCADE
);
