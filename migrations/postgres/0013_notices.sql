-- What an account is to be told of: an act of the audit log, by its number there. Shown in the console and sent by e-mail.
CREATE TABLE notices (
    tenant_id TEXT COLLATE "C" NOT NULL,
    account_id TEXT COLLATE "C" NOT NULL,
    seq BIGINT NOT NULL,
    at BIGINT NOT NULL,
    read_at BIGINT,
    -- How often it was tried to send it, and when the next try is due. NULL: none is, since it was sent or given up.
    tries BIGINT NOT NULL DEFAULT 0,
    due_at BIGINT,
    sent_at BIGINT,
    given_up_at BIGINT,
    PRIMARY KEY (tenant_id, account_id, seq),
    FOREIGN KEY (tenant_id, account_id) REFERENCES accounts (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX notices_due ON notices (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX notices_unread ON notices (tenant_id, account_id) WHERE read_at IS NULL;
CREATE INDEX notices_by_age ON notices (at);

-- Where an account has signed in from: a network and a browser.
CREATE TABLE sign_in_places (
    tenant_id TEXT COLLATE "C" NOT NULL,
    account_id TEXT COLLATE "C" NOT NULL,
    network TEXT COLLATE "C" NOT NULL,
    browser TEXT COLLATE "C" NOT NULL,
    last_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, account_id, network, browser),
    FOREIGN KEY (tenant_id, account_id) REFERENCES accounts (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX sign_in_places_by_age ON sign_in_places (last_at);
