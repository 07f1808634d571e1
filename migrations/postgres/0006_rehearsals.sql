-- Runs of Rehearse and Check from the console. The names of the people and groups of one begin with its kind and id;
-- while finished_at is NULL, whatever has such a name is still to be removed.
CREATE TABLE rehearsals (
    tenant_id TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    integration_id TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL CHECK (kind IN ('rehearsal', 'check')),
    started_by TEXT NOT NULL,
    started_at BIGINT NOT NULL,
    finished_at BIGINT,
    report JSONB NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, integration_id) REFERENCES integrations (tenant_id, id)
);
CREATE INDEX rehearsals_by_kind ON rehearsals (tenant_id, integration_id, kind, id);
CREATE INDEX rehearsals_unfinished ON rehearsals (started_at) WHERE finished_at IS NULL;
