-- Which server does what only one of them may do at a time, and until when without a further word from it.
CREATE TABLE leases (
    name TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    holder TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);

-- While a row is here, a copy of another database into this one was begun and not finished: nothing may serve it.
CREATE TABLE unfinished_copies (
    source TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    started_at BIGINT NOT NULL
);
