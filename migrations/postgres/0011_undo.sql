-- Who was deleted, as they were: an admin can bring them back for 30 days. member_of is a JSON list of group ids.
CREATE TABLE deleted_employees (
    tenant_id TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    integration_id TEXT COLLATE "C" NOT NULL,
    data JSONB NOT NULL,
    member_of JSONB NOT NULL,
    created_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    deleted_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, integration_id) REFERENCES integrations (tenant_id, id)
);
CREATE INDEX deleted_employees_by_time ON deleted_employees (tenant_id, deleted_at, id);
CREATE INDEX deleted_employees_by_age ON deleted_employees (deleted_at);

-- An integration that disabled or deleted too many at once. It waits until an admin decides.
CREATE TABLE brakes (
    tenant_id TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    integration_id TEXT COLLATE "C" NOT NULL,
    -- Its employees when it was pulled, and how many of them had left within the hour.
    employees BIGINT NOT NULL,
    departed BIGINT NOT NULL,
    pulled_at BIGINT NOT NULL,
    decision TEXT COLLATE "C" CHECK (decision IN ('restore', 'confirm')),
    decided_at BIGINT,
    decided_by TEXT,
    finished_at BIGINT,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, integration_id) REFERENCES integrations (tenant_id, id)
);
CREATE INDEX brakes_unfinished ON brakes (tenant_id, id) WHERE finished_at IS NULL;
CREATE INDEX brakes_by_integration ON brakes (tenant_id, integration_id, id);

-- One row an integration: how many it has disabled or deleted, which numbers its departures.
CREATE TABLE departure_counts (
    tenant_id TEXT COLLATE "C" NOT NULL,
    integration_id TEXT COLLATE "C" NOT NULL,
    seq BIGINT NOT NULL,
    -- What lies before was decided upon, and counts no more.
    from_seq BIGINT NOT NULL DEFAULT 0,
    -- How many employees it had when they were last counted.
    employees BIGINT NOT NULL DEFAULT 0,
    counted_at BIGINT NOT NULL DEFAULT 0,
    -- The brake that waits for a decision.
    brake_id TEXT COLLATE "C",
    PRIMARY KEY (tenant_id, integration_id),
    FOREIGN KEY (tenant_id, integration_id) REFERENCES integrations (tenant_id, id)
);

-- Whom an integration disabled or deleted, for an hour; those of a brake until it is forgotten.
CREATE TABLE departures (
    tenant_id TEXT COLLATE "C" NOT NULL,
    integration_id TEXT COLLATE "C" NOT NULL,
    seq BIGINT NOT NULL,
    employee_id TEXT COLLATE "C" NOT NULL,
    name TEXT NOT NULL,
    disabled BOOLEAN NOT NULL,
    deleted BOOLEAN NOT NULL,
    at BIGINT NOT NULL,
    brake_id TEXT COLLATE "C",
    -- What came of the decision to restore.
    outcome TEXT COLLATE "C" CHECK (outcome IN ('restored', 'taken', 'gone')),
    PRIMARY KEY (tenant_id, integration_id, seq),
    FOREIGN KEY (tenant_id, integration_id) REFERENCES departure_counts (tenant_id, integration_id)
);
CREATE INDEX departures_by_employee ON departures (tenant_id, employee_id, integration_id, seq);
CREATE INDEX departures_by_time ON departures (tenant_id, integration_id, at, seq);
CREATE INDEX departures_by_brake ON departures (tenant_id, brake_id, seq) WHERE brake_id IS NOT NULL;
CREATE INDEX departures_by_age ON departures (at) WHERE brake_id IS NULL;
