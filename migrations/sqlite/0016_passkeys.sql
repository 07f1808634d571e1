-- Passkeys (WebAuthn) beside the password. Whoever has one has a row in second_factors, too, to which recovery codes
-- belong: without an app it is not confirmed and its secret is empty.
CREATE TABLE passkeys (
    tenant_id TEXT NOT NULL,
    account_id TEXT NOT NULL,
    -- The authenticator's own name for it, in base64url.
    credential_id TEXT NOT NULL,
    name TEXT NOT NULL,
    -- The host that it was made for: browsers offer it nowhere else.
    host TEXT NOT NULL,
    -- Public key, counter and what else an answer is checked with.
    credential TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    last_used_at INTEGER,
    PRIMARY KEY (tenant_id, credential_id),
    FOREIGN KEY (tenant_id, account_id) REFERENCES second_factors (tenant_id, account_id) ON DELETE CASCADE
) STRICT;
CREATE INDEX passkeys_by_account ON passkeys (tenant_id, account_id, created_at);

-- Questions that wait for an authenticator's answer. Each is answered once, within minutes, in the session it was asked in.
CREATE TABLE passkey_ceremonies (
    tenant_id TEXT NOT NULL,
    account_id TEXT NOT NULL,
    id TEXT NOT NULL,
    state TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, account_id, id),
    FOREIGN KEY (tenant_id, account_id) REFERENCES accounts (tenant_id, id) ON DELETE CASCADE
) STRICT;
