-- Codes from an app beside the password (RFC 6238). The secret is stored as it is: codes are computed from it.
CREATE TABLE second_factors (
    tenant_id TEXT NOT NULL,
    account_id TEXT NOT NULL,
    secret BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    -- NULL until a code has shown that an app has the secret: before that it is not asked for.
    confirmed_at INTEGER,
    -- The 30 seconds of the last code that was taken. Theirs and earlier ones are taken no more.
    last_step INTEGER NOT NULL DEFAULT 0,
    -- When the recovery codes were made, by which a stale form is known.
    codes_at INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant_id, account_id),
    FOREIGN KEY (tenant_id, account_id) REFERENCES accounts (tenant_id, id) ON DELETE CASCADE
) STRICT;

-- Codes for those who lost their app. Only hashes are kept, and a code that was used has no row any more.
CREATE TABLE recovery_codes (
    tenant_id TEXT NOT NULL,
    account_id TEXT NOT NULL,
    code_hash BLOB NOT NULL,
    PRIMARY KEY (tenant_id, account_id, code_hash),
    FOREIGN KEY (tenant_id, account_id) REFERENCES second_factors (tenant_id, account_id) ON DELETE CASCADE
) STRICT;

-- Companies whose accounts must have one.
CREATE TABLE second_factor_requirements (
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    since INTEGER NOT NULL,
    required_by TEXT NOT NULL,
    PRIMARY KEY (tenant_id)
) STRICT;
