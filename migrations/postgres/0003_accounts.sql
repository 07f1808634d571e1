-- One-time links to an account of one's own. Only a hash of the link's code is kept: a stolen backup lets nobody in.
-- request_key is what the form that made the link carried: sent twice it makes one link, and a stale form is known by it.
CREATE TABLE invitations (
    tenant_id TEXT COLLATE "C" NOT NULL REFERENCES tenants (id),
    id TEXT COLLATE "C" NOT NULL,
    email TEXT NOT NULL,
    email_key TEXT COLLATE "C" NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('admin', 'it', 'power', 'viewer')),
    code_hash BYTEA NOT NULL,
    request_key TEXT COLLATE "C" NOT NULL,
    invited_by TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT invitations_email_key UNIQUE (tenant_id, email_key),
    CONSTRAINT invitations_code_hash UNIQUE (tenant_id, code_hash),
    CONSTRAINT invitations_request_key UNIQUE (tenant_id, request_key)
);
CREATE INDEX invitations_by_code ON invitations (code_hash);
CREATE INDEX invitations_by_expiry ON invitations (expires_at);

-- Who changed an account last: for the other admin who has an older page before them.
ALTER TABLE audit_events ALTER COLUMN subject TYPE TEXT COLLATE "C";
CREATE INDEX audit_events_by_subject ON audit_events (tenant_id, subject, seq);

-- Wrong passwords, by a digest of the e-mail address or the network they came from: known to all servers.
CREATE TABLE password_attempts (
    who BYTEA NOT NULL PRIMARY KEY,
    failures BIGINT NOT NULL,
    last_at BIGINT NOT NULL
);
CREATE INDEX password_attempts_by_time ON password_attempts (last_at);
