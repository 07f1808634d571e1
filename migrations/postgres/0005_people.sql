-- The words by which people are found: a search reads the rows whose word begins with what was typed, never a table.
CREATE TABLE employee_words (
    tenant_id TEXT COLLATE "C" NOT NULL,
    word TEXT COLLATE "C" NOT NULL,
    employee_id TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (tenant_id, word, employee_id),
    FOREIGN KEY (tenant_id, employee_id) REFERENCES employees (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX employee_words_by_employee ON employee_words (tenant_id, employee_id, word);

CREATE TABLE group_words (
    tenant_id TEXT COLLATE "C" NOT NULL,
    word TEXT COLLATE "C" NOT NULL,
    group_id TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (tenant_id, word, group_id),
    FOREIGN KEY (tenant_id, group_id) REFERENCES groups (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX group_words_by_group ON group_words (tenant_id, group_id, word);

ALTER TABLE employees DROP COLUMN search_key;

-- Whom the enterprise extension names as manager, so that the reports of one can be found.
ALTER TABLE employees ADD COLUMN manager_id TEXT COLLATE "C";
CREATE INDEX employees_by_manager ON employees (tenant_id, manager_id, name_key, id);

-- 0: from before there were words. The program writes them when it opens the database.
ALTER TABLE employees ADD COLUMN words_version BIGINT NOT NULL DEFAULT 0;
CREATE INDEX employees_without_words ON employees (tenant_id, id) WHERE words_version = 0;
ALTER TABLE groups ADD COLUMN words_version BIGINT NOT NULL DEFAULT 0;
CREATE INDEX groups_without_words ON groups (tenant_id, id) WHERE words_version = 0;

-- In the orders that lists have, with what they are filtered by: whoever is filtered out is passed over in the index.
DROP INDEX employees_by_name;
CREATE INDEX employees_by_name ON employees (tenant_id, name_key, id, active, integration_id);
CREATE INDEX employees_by_user_name ON employees (tenant_id, user_name_key, id, active, integration_id);
CREATE INDEX employees_by_change ON employees (tenant_id, updated_at, id, active, integration_id);
CREATE INDEX groups_by_name ON groups (tenant_id, display_name_key, id, integration_id);

-- The groups among the members, which are few.
CREATE INDEX group_members_that_are_groups ON group_members (tenant_id, group_id, member_id) WHERE member_kind = 'Group';
