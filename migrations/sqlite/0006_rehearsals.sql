-- Runs of Rehearse and Check from the console. The names of the people and groups of one begin with its kind and id;
-- while finished_at is NULL, whatever has such a name is still to be removed.
CREATE TABLE rehearsals (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    integration_id TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('rehearsal', 'check')),
    started_by TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    finished_at INTEGER,
    report TEXT NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, integration_id) REFERENCES integrations (tenant_id, id)
) STRICT;
CREATE INDEX rehearsals_by_kind ON rehearsals (tenant_id, integration_id, kind, id);
CREATE INDEX rehearsals_unfinished ON rehearsals (started_at) WHERE finished_at IS NULL;
