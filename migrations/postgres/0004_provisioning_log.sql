-- The provisioning log: what was asked and answered, and a chain that shows what was changed or removed. The short
-- columns come first, so that a list need not follow the pages of the long ones. before, after and notes are JSON.
CREATE TABLE provisioning_log (
    tenant_id TEXT COLLATE "C" NOT NULL REFERENCES tenants (id),
    id TEXT COLLATE "C" NOT NULL,
    at BIGINT NOT NULL,
    action TEXT COLLATE "C" NOT NULL,
    outcome TEXT COLLATE "C" NOT NULL DEFAULT 'success' CHECK (outcome IN ('success', 'skipped', 'failure', 'refused')),
    -- NULL: no request was answered; an account did it in the console.
    status BIGINT,
    scim_type TEXT,
    resource_type TEXT,
    resource_id TEXT COLLATE "C",
    subject TEXT NOT NULL,
    subject_key TEXT COLLATE "C" NOT NULL DEFAULT '',
    -- NULL: no token of the company's was presented.
    token_id TEXT COLLATE "C",
    integration_id TEXT COLLATE "C",
    -- Of the token that was presented, when it was no live one.
    last_four TEXT,
    address TEXT,
    client TEXT,
    correlation_id TEXT COLLATE "C",
    method TEXT,
    path TEXT,
    duration_us BIGINT,
    -- Alike refusals within a second or so are one row.
    repeats BIGINT NOT NULL DEFAULT 1,
    members_added BIGINT NOT NULL DEFAULT 0,
    members_removed BIGINT NOT NULL DEFAULT 0,
    detail TEXT,
    -- The place in a chain; NULL in rows from before there were chains.
    chain BIGINT,
    seq BIGINT,
    hash BYTEA,
    size BIGINT NOT NULL DEFAULT 0,
    notes TEXT NOT NULL,
    before TEXT,
    after TEXT,
    request TEXT,
    -- How long it was, when what is kept of it is less.
    request_size BIGINT,
    response TEXT,
    response_size BIGINT,
    PRIMARY KEY (tenant_id, id)
);
INSERT INTO provisioning_log (tenant_id, id, at, action, outcome, resource_type, resource_id, subject, subject_key,
    token_id, integration_id, client, correlation_id, notes, before, after)
SELECT tenant_id, id, at, action, CASE action WHEN 'unchanged' THEN 'skipped' ELSE 'success' END, resource_type,
    resource_id, subject, lower(substr(subject, 1, 100)), token_id, integration_id, client, correlation_id, notes::text, before::text, after::text
FROM provisioning_events ORDER BY tenant_id, id;
DROP TABLE provisioning_events;
ALTER TABLE provisioning_log RENAME TO provisioning_events;
ALTER INDEX provisioning_log_pkey RENAME TO provisioning_events_pkey;
CREATE INDEX provisioning_events_by_resource ON provisioning_events (tenant_id, resource_id, id);
CREATE INDEX provisioning_events_by_subject ON provisioning_events (tenant_id, subject_key, id);
CREATE INDEX provisioning_events_by_action ON provisioning_events (tenant_id, action, id);
CREATE INDEX provisioning_events_by_token ON provisioning_events (tenant_id, token_id, id);
CREATE INDEX provisioning_events_by_integration ON provisioning_events (tenant_id, integration_id, id);
-- What goes well is the rule and needs no index.
CREATE INDEX provisioning_events_by_outcome ON provisioning_events (tenant_id, outcome, id) WHERE outcome <> 'success';
CREATE INDEX provisioning_events_by_correlation ON provisioning_events (tenant_id, correlation_id, id)
    WHERE correlation_id IS NOT NULL;

-- Where each chain of events ends, and where it begins since the oldest were removed. A company has as many chains as
-- it had writes at the same time: a write takes one that no other write holds, so none waits for another.
CREATE TABLE event_chains (
    tenant_id TEXT COLLATE "C" NOT NULL REFERENCES tenants (id),
    chain BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    hash BYTEA NOT NULL,
    size BIGINT NOT NULL,
    pruned_seq BIGINT NOT NULL DEFAULT 0,
    pruned_hash BYTEA NOT NULL DEFAULT '',
    PRIMARY KEY (tenant_id, chain)
) WITH (fillfactor = 50);

ALTER TABLE audit_events ALTER COLUMN action TYPE TEXT COLLATE "C";
CREATE INDEX audit_events_by_action ON audit_events (tenant_id, action, seq);
