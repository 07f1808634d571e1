-- Who was deleted, as they were: an admin can bring them back for 30 days. member_of is a JSON list of group ids.
CREATE TABLE deleted_employees (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    integration_id TEXT NOT NULL,
    data TEXT NOT NULL,
    member_of TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    deleted_at INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, integration_id) REFERENCES integrations (tenant_id, id)
) STRICT;
CREATE INDEX deleted_employees_by_time ON deleted_employees (tenant_id, deleted_at, id);
CREATE INDEX deleted_employees_by_age ON deleted_employees (deleted_at);

-- An integration that disabled or deleted too many at once. It waits until an admin decides.
CREATE TABLE brakes (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    integration_id TEXT NOT NULL,
    -- Its employees when it was pulled, and how many of them had left within the hour.
    employees INTEGER NOT NULL,
    departed INTEGER NOT NULL,
    pulled_at INTEGER NOT NULL,
    decision TEXT CHECK (decision IN ('restore', 'confirm')),
    decided_at INTEGER,
    decided_by TEXT,
    finished_at INTEGER,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, integration_id) REFERENCES integrations (tenant_id, id)
) STRICT;
CREATE INDEX brakes_unfinished ON brakes (tenant_id, id) WHERE finished_at IS NULL;
CREATE INDEX brakes_by_integration ON brakes (tenant_id, integration_id, id);

-- One row an integration: how many it has disabled or deleted, which numbers its departures.
CREATE TABLE departure_counts (
    tenant_id TEXT NOT NULL,
    integration_id TEXT NOT NULL,
    seq INTEGER NOT NULL,
    -- What lies before was decided upon, and counts no more.
    from_seq INTEGER NOT NULL DEFAULT 0,
    -- How many employees it had when they were last counted.
    employees INTEGER NOT NULL DEFAULT 0,
    counted_at INTEGER NOT NULL DEFAULT 0,
    -- The brake that waits for a decision.
    brake_id TEXT,
    PRIMARY KEY (tenant_id, integration_id),
    FOREIGN KEY (tenant_id, integration_id) REFERENCES integrations (tenant_id, id)
) STRICT;

-- Whom an integration disabled or deleted, for an hour; those of a brake until it is forgotten.
CREATE TABLE departures (
    tenant_id TEXT NOT NULL,
    integration_id TEXT NOT NULL,
    seq INTEGER NOT NULL,
    employee_id TEXT NOT NULL,
    name TEXT NOT NULL,
    disabled INTEGER NOT NULL CHECK (disabled IN (0, 1)),
    deleted INTEGER NOT NULL CHECK (deleted IN (0, 1)),
    at INTEGER NOT NULL,
    brake_id TEXT,
    -- What came of the decision to restore.
    outcome TEXT CHECK (outcome IN ('restored', 'taken', 'gone')),
    PRIMARY KEY (tenant_id, integration_id, seq),
    FOREIGN KEY (tenant_id, integration_id) REFERENCES departure_counts (tenant_id, integration_id)
) STRICT;
CREATE INDEX departures_by_employee ON departures (tenant_id, employee_id, integration_id, seq);
CREATE INDEX departures_by_time ON departures (tenant_id, integration_id, at, seq);
CREATE INDEX departures_by_brake ON departures (tenant_id, brake_id, seq) WHERE brake_id IS NOT NULL;
CREATE INDEX departures_by_age ON departures (at) WHERE brake_id IS NULL;
