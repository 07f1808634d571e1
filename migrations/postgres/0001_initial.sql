-- Keys compare by code point whatever the locale of the database: COLLATE "C".
-- Times are milliseconds since 1970. Every row belongs to a tenant, and every primary key and unique index starts with
-- the tenant, so that on a distributed PostgreSQL the rows of one company stay together. What has to be found before
-- the tenant is known (a token's digest, a session's hash, an account's e-mail) has a plain index beside it.

CREATE TABLE tenants (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    name_key TEXT COLLATE "C" NOT NULL UNIQUE,
    created_at BIGINT NOT NULL,
    -- Where the chain of audit_events ends: without it, nobody would miss the last rows.
    audit_seq BIGINT NOT NULL DEFAULT 0,
    audit_hash BYTEA NOT NULL DEFAULT ''
);

-- The one-time codes of the first start. Only a hash is kept: a stolen backup must not open the door.
CREATE TABLE setup_codes (
    hash BYTEA NOT NULL PRIMARY KEY,
    expires_at BIGINT NOT NULL
);

CREATE TABLE accounts (
    tenant_id TEXT COLLATE "C" NOT NULL REFERENCES tenants (id),
    id TEXT COLLATE "C" NOT NULL,
    email TEXT NOT NULL,
    email_key TEXT COLLATE "C" NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('admin', 'it', 'power', 'viewer')),
    password_hash TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    last_sign_in_at BIGINT,
    disabled_at BIGINT,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT accounts_email_key UNIQUE (tenant_id, email_key)
);
CREATE INDEX accounts_by_email ON accounts (email_key);

-- Only the hash of a session's id is kept, so that reading this table signs nobody in.
CREATE TABLE sessions (
    tenant_id TEXT COLLATE "C" NOT NULL REFERENCES tenants (id),
    id_hash BYTEA NOT NULL,
    account_id TEXT COLLATE "C" NOT NULL,
    data JSONB NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id_hash),
    FOREIGN KEY (tenant_id, account_id) REFERENCES accounts (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX sessions_by_hash ON sessions (id_hash);
CREATE INDEX sessions_by_account ON sessions (tenant_id, account_id);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

CREATE TABLE integrations (
    tenant_id TEXT COLLATE "C" NOT NULL REFERENCES tenants (id),
    id TEXT COLLATE "C" NOT NULL,
    provider TEXT COLLATE "C" NOT NULL CHECK (provider IN ('azure', 'okta', 'onelogin', 'google', 'pingone', 'adfs', 'custom')),
    created_at BIGINT NOT NULL,
    activated_at BIGINT,
    activated_by TEXT,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT integrations_provider UNIQUE (tenant_id, provider)
);

-- SHA-256 of the secret, never the secret: a backup or a read-only leak must not become access. A fast hash is right
-- for 256 random bits. request_key is what the form that asked for the token carried: asking twice issues once.
CREATE TABLE scim_tokens (
    tenant_id TEXT COLLATE "C" NOT NULL REFERENCES tenants (id),
    id TEXT COLLATE "C" NOT NULL,
    integration_id TEXT COLLATE "C" NOT NULL,
    label TEXT NOT NULL,
    digest BYTEA NOT NULL,
    prefix TEXT NOT NULL,
    last_four TEXT NOT NULL,
    request_key TEXT COLLATE "C" NOT NULL,
    created_by TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    activated_at BIGINT,
    expires_at BIGINT,
    replaced_by TEXT COLLATE "C",
    overlap_until BIGINT,
    revoked_at BIGINT,
    revoked_by TEXT,
    revoked_reason TEXT,
    last_used_at BIGINT,
    last_used_address TEXT,
    last_used_agent TEXT,
    allowed_networks TEXT,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT scim_tokens_digest UNIQUE (tenant_id, digest),
    CONSTRAINT scim_tokens_request_key UNIQUE (tenant_id, request_key),
    FOREIGN KEY (tenant_id, integration_id) REFERENCES integrations (tenant_id, id)
);
CREATE INDEX scim_tokens_by_digest ON scim_tokens (digest);

-- A tenant's own attributes ("SCIM schema custom attributes").
CREATE TABLE custom_attributes (
    tenant_id TEXT COLLATE "C" NOT NULL REFERENCES tenants (id),
    name_key TEXT COLLATE "C" NOT NULL,
    position BIGINT NOT NULL,
    definition JSONB NOT NULL,
    PRIMARY KEY (tenant_id, name_key)
);

-- data holds the attributes as they are answered, folded the same made comparable (see scim::Document::folded); the
-- columns beside them are those that identity providers match by, or that the console sorts and searches by.
CREATE TABLE employees (
    tenant_id TEXT COLLATE "C" NOT NULL REFERENCES tenants (id),
    id TEXT COLLATE "C" NOT NULL,
    integration_id TEXT COLLATE "C" NOT NULL,
    user_name_key TEXT COLLATE "C" NOT NULL,
    external_id TEXT COLLATE "C",
    display_name_key TEXT COLLATE "C",
    name_key TEXT COLLATE "C" NOT NULL,
    search_key TEXT COLLATE "C" NOT NULL,
    active BOOLEAN NOT NULL,
    data JSONB NOT NULL,
    folded JSONB NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT employees_user_name_key UNIQUE (tenant_id, user_name_key),
    FOREIGN KEY (tenant_id, integration_id) REFERENCES integrations (tenant_id, id)
);
CREATE INDEX employees_by_external_id ON employees (tenant_id, external_id);
CREATE INDEX employees_by_display_name ON employees (tenant_id, display_name_key);
CREATE INDEX employees_by_name ON employees (tenant_id, name_key, id);

CREATE TABLE employee_emails (
    tenant_id TEXT COLLATE "C" NOT NULL,
    email_key TEXT COLLATE "C" NOT NULL,
    employee_id TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (tenant_id, email_key, employee_id),
    FOREIGN KEY (tenant_id, employee_id) REFERENCES employees (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX employee_emails_by_employee ON employee_emails (tenant_id, employee_id);

CREATE TABLE groups (
    tenant_id TEXT COLLATE "C" NOT NULL REFERENCES tenants (id),
    id TEXT COLLATE "C" NOT NULL,
    integration_id TEXT COLLATE "C" NOT NULL,
    display_name TEXT NOT NULL,
    display_name_key TEXT COLLATE "C" NOT NULL,
    external_id TEXT COLLATE "C",
    data JSONB NOT NULL,
    folded JSONB NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT groups_display_name_key UNIQUE (tenant_id, display_name_key),
    FOREIGN KEY (tenant_id, integration_id) REFERENCES integrations (tenant_id, id)
);
CREATE INDEX groups_by_external_id ON groups (tenant_id, external_id);

-- A member is an employee or a group, so no foreign key can name its table; deletions remove its rows.
CREATE TABLE group_members (
    tenant_id TEXT COLLATE "C" NOT NULL,
    group_id TEXT COLLATE "C" NOT NULL,
    member_id TEXT COLLATE "C" NOT NULL,
    member_kind TEXT NOT NULL CHECK (member_kind IN ('User', 'Group')),
    added_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, group_id, member_id),
    FOREIGN KEY (tenant_id, group_id) REFERENCES groups (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX group_members_by_member ON group_members (tenant_id, member_id, group_id);

-- One row a SCIM write, in the write's own transaction: what is not logged did not happen.
CREATE TABLE provisioning_events (
    tenant_id TEXT COLLATE "C" NOT NULL REFERENCES tenants (id),
    id TEXT COLLATE "C" NOT NULL,
    at BIGINT NOT NULL,
    -- NULL: an account did it in the console.
    token_id TEXT COLLATE "C",
    integration_id TEXT COLLATE "C" NOT NULL,
    action TEXT NOT NULL,
    resource_type TEXT NOT NULL,
    resource_id TEXT COLLATE "C" NOT NULL,
    subject TEXT NOT NULL,
    before JSONB,
    after JSONB,
    notes JSONB NOT NULL,
    correlation_id TEXT,
    client TEXT,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX provisioning_events_by_resource ON provisioning_events (tenant_id, resource_id, id);

-- Acts of accounts, the CLI and the system. Each row's hash covers the one before it: a changed or missing row shows.
CREATE TABLE audit_events (
    tenant_id TEXT COLLATE "C" NOT NULL REFERENCES tenants (id),
    seq BIGINT NOT NULL,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail JSONB NOT NULL,
    hash BYTEA NOT NULL,
    PRIMARY KEY (tenant_id, seq)
);
