-- Passkeys (WebAuthn) beside the password. Whoever has one has a row in second_factors, too, to which recovery codes
-- belong: without an app it is not confirmed and its secret is empty.
CREATE TABLE passkeys (
    tenant_id TEXT COLLATE "C" NOT NULL,
    account_id TEXT COLLATE "C" NOT NULL,
    -- The authenticator's own name for it, in base64url.
    credential_id TEXT COLLATE "C" NOT NULL,
    name TEXT NOT NULL,
    -- The host that it was made for: browsers offer it nowhere else.
    host TEXT NOT NULL,
    -- Public key, counter and what else an answer is checked with.
    credential TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    last_used_at BIGINT,
    PRIMARY KEY (tenant_id, credential_id),
    FOREIGN KEY (tenant_id, account_id) REFERENCES second_factors (tenant_id, account_id) ON DELETE CASCADE
);
CREATE INDEX passkeys_by_account ON passkeys (tenant_id, account_id, created_at);

-- Questions that wait for an authenticator's answer. Each is answered once, within minutes, in the session it was asked in.
CREATE TABLE passkey_ceremonies (
    tenant_id TEXT COLLATE "C" NOT NULL,
    account_id TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    state TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, account_id, id),
    FOREIGN KEY (tenant_id, account_id) REFERENCES accounts (tenant_id, id) ON DELETE CASCADE
);
