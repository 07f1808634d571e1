-- Requests a token and hour, for the console's counts and charts.
CREATE TABLE token_usage (
    tenant_id TEXT COLLATE "C" NOT NULL,
    token_id TEXT COLLATE "C" NOT NULL,
    hour BIGINT NOT NULL,
    requests BIGINT NOT NULL,
    failures BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, token_id, hour),
    FOREIGN KEY (tenant_id, token_id) REFERENCES scim_tokens (tenant_id, id)
);
CREATE INDEX token_usage_by_hour ON token_usage (hour);

-- Whose employees are how many: for the tiles, and for what a deleted integration leaves behind.
CREATE INDEX employees_by_integration ON employees (tenant_id, integration_id, active);
CREATE INDEX groups_by_integration ON groups (tenant_id, integration_id);

-- 'test': made by the console to try the connection; never shown, gone within a minute.
ALTER TABLE scim_tokens ADD COLUMN purpose TEXT NOT NULL DEFAULT 'client' CHECK (purpose IN ('client', 'test'));
