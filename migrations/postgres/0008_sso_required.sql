-- Sign-on that is tried out, and sign-on that is required.

-- The account that tries sign-on out with this request: nobody is signed in by its response.
ALTER TABLE sso_requests ADD COLUMN test_by TEXT COLLATE "C";
-- When a test last passed with these settings. NULL since they were saved.
ALTER TABLE sso_settings ADD COLUMN tested_at BIGINT;

-- Companies whose accounts sign in through this provider only, but for one admin whose password goes on working.
CREATE TABLE sso_requirements (
    tenant_id TEXT COLLATE "C" NOT NULL,
    integration_id TEXT COLLATE "C" NOT NULL,
    break_glass_id TEXT COLLATE "C" NOT NULL,
    since BIGINT NOT NULL,
    required_by TEXT NOT NULL,
    PRIMARY KEY (tenant_id),
    FOREIGN KEY (tenant_id, integration_id) REFERENCES sso_settings (tenant_id, integration_id) ON DELETE CASCADE,
    -- Without that account nobody could get in another way, so nothing is required any more.
    FOREIGN KEY (tenant_id, break_glass_id) REFERENCES accounts (tenant_id, id) ON DELETE CASCADE
);
