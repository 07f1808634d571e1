-- Times are milliseconds since 1970. Every row belongs to a tenant, and every primary key and unique index starts with
-- the tenant, so that on a distributed PostgreSQL the rows of one company stay together. What has to be found before
-- the tenant is known (a token's digest, a session's hash, an account's e-mail) has a plain index beside it.

CREATE TABLE tenants (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL UNIQUE,
    created_at INTEGER NOT NULL,
    -- Where the chain of audit_events ends: without it, nobody would miss the last rows.
    audit_seq INTEGER NOT NULL DEFAULT 0,
    audit_hash BLOB NOT NULL DEFAULT x''
) STRICT;

-- The one-time codes of the first start. Only a hash is kept: a stolen backup must not open the door.
CREATE TABLE setup_codes (
    hash BLOB NOT NULL PRIMARY KEY,
    expires_at INTEGER NOT NULL
) STRICT;

CREATE TABLE accounts (
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    id TEXT NOT NULL,
    email TEXT NOT NULL,
    email_key TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('admin', 'it', 'power', 'viewer')),
    password_hash TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    last_sign_in_at INTEGER,
    disabled_at INTEGER,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT accounts_email_key UNIQUE (tenant_id, email_key)
) STRICT;
CREATE INDEX accounts_by_email ON accounts (email_key);

-- Only the hash of a session's id is kept, so that reading this table signs nobody in.
CREATE TABLE sessions (
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    id_hash BLOB NOT NULL,
    account_id TEXT NOT NULL,
    data TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, id_hash),
    FOREIGN KEY (tenant_id, account_id) REFERENCES accounts (tenant_id, id) ON DELETE CASCADE
) STRICT;
CREATE INDEX sessions_by_hash ON sessions (id_hash);
CREATE INDEX sessions_by_account ON sessions (tenant_id, account_id);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

CREATE TABLE integrations (
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    id TEXT NOT NULL,
    provider TEXT NOT NULL CHECK (provider IN ('azure', 'okta', 'onelogin', 'google', 'pingone', 'adfs', 'custom')),
    created_at INTEGER NOT NULL,
    activated_at INTEGER,
    activated_by TEXT,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT integrations_provider UNIQUE (tenant_id, provider)
) STRICT;

-- SHA-256 of the secret, never the secret: a backup or a read-only leak must not become access. A fast hash is right
-- for 256 random bits. request_key is what the form that asked for the token carried: asking twice issues once.
CREATE TABLE scim_tokens (
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    id TEXT NOT NULL,
    integration_id TEXT NOT NULL,
    label TEXT NOT NULL,
    digest BLOB NOT NULL,
    prefix TEXT NOT NULL,
    last_four TEXT NOT NULL,
    request_key TEXT NOT NULL,
    created_by TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    activated_at INTEGER,
    expires_at INTEGER,
    replaced_by TEXT,
    overlap_until INTEGER,
    revoked_at INTEGER,
    revoked_by TEXT,
    revoked_reason TEXT,
    last_used_at INTEGER,
    last_used_address TEXT,
    last_used_agent TEXT,
    allowed_networks TEXT,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT scim_tokens_digest UNIQUE (tenant_id, digest),
    CONSTRAINT scim_tokens_request_key UNIQUE (tenant_id, request_key),
    FOREIGN KEY (tenant_id, integration_id) REFERENCES integrations (tenant_id, id)
) STRICT;
CREATE INDEX scim_tokens_by_digest ON scim_tokens (digest);

-- A tenant's own attributes ("SCIM schema custom attributes").
CREATE TABLE custom_attributes (
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    name_key TEXT NOT NULL,
    position INTEGER NOT NULL,
    definition TEXT NOT NULL,
    PRIMARY KEY (tenant_id, name_key)
) STRICT;

-- data holds the attributes as they are answered, folded the same made comparable (see scim::Document::folded); the
-- columns beside them are those that identity providers match by, or that the console sorts and searches by.
CREATE TABLE employees (
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    id TEXT NOT NULL,
    integration_id TEXT NOT NULL,
    user_name_key TEXT NOT NULL,
    external_id TEXT,
    display_name_key TEXT,
    name_key TEXT NOT NULL,
    search_key TEXT NOT NULL,
    active INTEGER NOT NULL CHECK (active IN (0, 1)),
    data TEXT NOT NULL,
    folded TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT employees_user_name_key UNIQUE (tenant_id, user_name_key),
    FOREIGN KEY (tenant_id, integration_id) REFERENCES integrations (tenant_id, id)
) STRICT;
CREATE INDEX employees_by_external_id ON employees (tenant_id, external_id);
CREATE INDEX employees_by_display_name ON employees (tenant_id, display_name_key);
CREATE INDEX employees_by_name ON employees (tenant_id, name_key, id);

CREATE TABLE employee_emails (
    tenant_id TEXT NOT NULL,
    email_key TEXT NOT NULL,
    employee_id TEXT NOT NULL,
    PRIMARY KEY (tenant_id, email_key, employee_id),
    FOREIGN KEY (tenant_id, employee_id) REFERENCES employees (tenant_id, id) ON DELETE CASCADE
) STRICT;
CREATE INDEX employee_emails_by_employee ON employee_emails (tenant_id, employee_id);

CREATE TABLE groups (
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    id TEXT NOT NULL,
    integration_id TEXT NOT NULL,
    display_name TEXT NOT NULL,
    display_name_key TEXT NOT NULL,
    external_id TEXT,
    data TEXT NOT NULL,
    folded TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT groups_display_name_key UNIQUE (tenant_id, display_name_key),
    FOREIGN KEY (tenant_id, integration_id) REFERENCES integrations (tenant_id, id)
) STRICT;
CREATE INDEX groups_by_external_id ON groups (tenant_id, external_id);

-- A member is an employee or a group, so no foreign key can name its table; deletions remove its rows.
CREATE TABLE group_members (
    tenant_id TEXT NOT NULL,
    group_id TEXT NOT NULL,
    member_id TEXT NOT NULL,
    member_kind TEXT NOT NULL CHECK (member_kind IN ('User', 'Group')),
    added_at INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, group_id, member_id),
    FOREIGN KEY (tenant_id, group_id) REFERENCES groups (tenant_id, id) ON DELETE CASCADE
) STRICT;
CREATE INDEX group_members_by_member ON group_members (tenant_id, member_id, group_id);

-- One row a SCIM write, in the write's own transaction: what is not logged did not happen.
CREATE TABLE provisioning_events (
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    id TEXT NOT NULL,
    at INTEGER NOT NULL,
    -- NULL: an account did it in the console.
    token_id TEXT,
    integration_id TEXT NOT NULL,
    action TEXT NOT NULL,
    resource_type TEXT NOT NULL,
    resource_id TEXT NOT NULL,
    subject TEXT NOT NULL,
    before TEXT,
    after TEXT,
    notes TEXT NOT NULL,
    correlation_id TEXT,
    client TEXT,
    PRIMARY KEY (tenant_id, id)
) STRICT;
CREATE INDEX provisioning_events_by_resource ON provisioning_events (tenant_id, resource_id, id);

-- Acts of accounts, the CLI and the system. Each row's hash covers the one before it: a changed or missing row shows.
CREATE TABLE audit_events (
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    seq INTEGER NOT NULL,
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail TEXT NOT NULL,
    hash BLOB NOT NULL,
    PRIMARY KEY (tenant_id, seq)
) STRICT;
