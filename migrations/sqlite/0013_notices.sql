-- What an account is to be told of: an act of the audit log, by its number there. Shown in the console and sent by e-mail.
CREATE TABLE notices (
    tenant_id TEXT NOT NULL,
    account_id TEXT NOT NULL,
    seq INTEGER NOT NULL,
    at INTEGER NOT NULL,
    read_at INTEGER,
    -- How often it was tried to send it, and when the next try is due. NULL: none is, since it was sent or given up.
    tries INTEGER NOT NULL DEFAULT 0,
    due_at INTEGER,
    sent_at INTEGER,
    given_up_at INTEGER,
    PRIMARY KEY (tenant_id, account_id, seq),
    FOREIGN KEY (tenant_id, account_id) REFERENCES accounts (tenant_id, id) ON DELETE CASCADE
) STRICT;
CREATE INDEX notices_due ON notices (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX notices_unread ON notices (tenant_id, account_id) WHERE read_at IS NULL;
CREATE INDEX notices_by_age ON notices (at);

-- Where an account has signed in from: a network and a browser.
CREATE TABLE sign_in_places (
    tenant_id TEXT NOT NULL,
    account_id TEXT NOT NULL,
    network TEXT NOT NULL,
    browser TEXT NOT NULL,
    last_at INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, account_id, network, browser),
    FOREIGN KEY (tenant_id, account_id) REFERENCES accounts (tenant_id, id) ON DELETE CASCADE
) STRICT;
CREATE INDEX sign_in_places_by_age ON sign_in_places (last_at);
