-- The provisioning log: what was asked and answered, and a chain that shows what was changed or removed. The short
-- columns come first, so that a list need not follow the pages of the long ones. before, after and notes are JSON.
CREATE TABLE provisioning_log (
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    id TEXT NOT NULL,
    at INTEGER NOT NULL,
    action TEXT NOT NULL,
    outcome TEXT NOT NULL DEFAULT 'success' CHECK (outcome IN ('success', 'skipped', 'failure', 'refused')),
    -- NULL: no request was answered; an account did it in the console.
    status INTEGER,
    scim_type TEXT,
    resource_type TEXT,
    resource_id TEXT,
    subject TEXT NOT NULL,
    subject_key TEXT NOT NULL DEFAULT '',
    -- NULL: no token of the company's was presented.
    token_id TEXT,
    integration_id TEXT,
    -- Of the token that was presented, when it was no live one.
    last_four TEXT,
    address TEXT,
    client TEXT,
    correlation_id TEXT,
    method TEXT,
    path TEXT,
    duration_us INTEGER,
    -- Alike refusals within a second or so are one row.
    repeats INTEGER NOT NULL DEFAULT 1,
    members_added INTEGER NOT NULL DEFAULT 0,
    members_removed INTEGER NOT NULL DEFAULT 0,
    detail TEXT,
    -- The place in a chain; NULL in rows from before there were chains.
    chain INTEGER,
    seq INTEGER,
    hash BLOB,
    size INTEGER NOT NULL DEFAULT 0,
    notes TEXT NOT NULL,
    before TEXT,
    after TEXT,
    request TEXT,
    -- How long it was, when what is kept of it is less.
    request_size INTEGER,
    response TEXT,
    response_size INTEGER,
    PRIMARY KEY (tenant_id, id)
) STRICT;
INSERT INTO provisioning_log (tenant_id, id, at, action, outcome, resource_type, resource_id, subject, subject_key,
    token_id, integration_id, client, correlation_id, notes, before, after)
SELECT tenant_id, id, at, action, CASE action WHEN 'unchanged' THEN 'skipped' ELSE 'success' END, resource_type,
    resource_id, subject, lower(substr(subject, 1, 100)), token_id, integration_id, client, correlation_id, notes, before, after
FROM provisioning_events ORDER BY tenant_id, id;
DROP TABLE provisioning_events;
ALTER TABLE provisioning_log RENAME TO provisioning_events;
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
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    chain INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    hash BLOB NOT NULL,
    size INTEGER NOT NULL,
    pruned_seq INTEGER NOT NULL DEFAULT 0,
    pruned_hash BLOB NOT NULL DEFAULT x'',
    PRIMARY KEY (tenant_id, chain)
) STRICT;

CREATE INDEX audit_events_by_action ON audit_events (tenant_id, action, seq);
