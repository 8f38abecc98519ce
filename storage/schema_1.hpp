// The first schema: facts that only grow, and runs that are final for good. It is never edited.
#pragma once

namespace downline {

inline constexpr const char* schema_1_sql = R"sql(
CREATE TABLE setting (           -- currency; later approval
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE import (            -- what came in, numbered; every fact names its import
    number         INTEGER PRIMARY KEY,
    kind           TEXT NOT NULL,      -- members, orders, returns, products
    files          TEXT NOT NULL,      -- JSON: [{"name":…,"sha256":…,"rows":…}]
    made_by        TEXT NOT NULL,
    made_at        TEXT NOT NULL,      -- UTC, ISO 8601
    new_rows       INTEGER NOT NULL,
    changed_rows   INTEGER NOT NULL,
    unchanged_rows INTEGER NOT NULL,
    rejected_rows  INTEGER NOT NULL,
    first_day      INTEGER,            -- of the facts in it
    last_day       INTEGER,
    undone_by      TEXT,
    undone_at      TEXT
) STRICT;

CREATE TABLE member (            -- as first imported; what changes later is in member_change
    number     INTEGER PRIMARY KEY,
    import     INTEGER NOT NULL REFERENCES import(number),
    member_id  TEXT NOT NULL UNIQUE,
    sponsor    INTEGER REFERENCES member(number) DEFERRABLE INITIALLY DEFERRED,
    enroller   INTEGER REFERENCES member(number) DEFERRABLE INITIALLY DEFERRED,  -- NULL: the sponsor
    placement  INTEGER REFERENCES member(number) DEFERRABLE INITIALLY DEFERRED,
    leg        INTEGER,                -- 1-based; L is 1, R is 2
    joined_on  INTEGER NOT NULL,
    kind       INTEGER NOT NULL,       -- 0 affiliate, 1 customer
    status     INTEGER NOT NULL,       -- 0 active, 1 suspended, 2 terminated
    status_on  INTEGER,                -- NULL: from joining
    name       TEXT,
    country    TEXT,
    title      TEXT                    -- rank held before
) STRICT;

CREATE TABLE member_change (     -- dated versions of a member's kind, status, name, country, …
    row        INTEGER PRIMARY KEY,
    import     INTEGER NOT NULL REFERENCES import(number),
    member     INTEGER NOT NULL REFERENCES member(number),
    item       TEXT NOT NULL,          -- the column of member that it gives
    holds_from INTEGER NOT NULL,       -- the day; the joining day where it always held
    value      ANY                     -- as in that column
) STRICT;
CREATE INDEX member_change_member ON member_change(member);

CREATE TABLE order_line (        -- one row of an orders file; the newest import of a key counts
    row               INTEGER PRIMARY KEY,
    import            INTEGER NOT NULL REFERENCES import(number),
    order_id          TEXT NOT NULL,
    line              INTEGER NOT NULL,
    buyer             INTEGER NOT NULL REFERENCES member(number),
    ordered_on        INTEGER NOT NULL,
    amount            INTEGER NOT NULL,
    volume            INTEGER,
    qualifying_volume INTEGER,
    cost              INTEGER,
    quantity          INTEGER,
    sku               TEXT,
    category          TEXT,
    kind              TEXT,
    contract          TEXT
) STRICT;
CREATE UNIQUE INDEX order_line_key ON order_line(order_id, line, import);

CREATE TABLE order_extent (      -- which rows of order_line are dated on a day: rows of a day are together
    ordered_on INTEGER NOT NULL,
    first_row  INTEGER NOT NULL,
    last_row   INTEGER NOT NULL,       -- inclusive
    import     INTEGER NOT NULL,
    PRIMARY KEY (ordered_on, first_row)
) STRICT, WITHOUT ROWID;

CREATE TABLE return_line (
    row         INTEGER PRIMARY KEY,
    import      INTEGER NOT NULL REFERENCES import(number),
    return_id   TEXT NOT NULL,
    order_id    TEXT NOT NULL,
    line        INTEGER NOT NULL,
    order_row   INTEGER NOT NULL REFERENCES order_line(row),
    returned_on INTEGER NOT NULL,
    amount      INTEGER NOT NULL,
    volume      INTEGER                -- NULL: in proportion to the amount
) STRICT;
CREATE UNIQUE INDEX return_line_key ON return_line(return_id, order_id, line, import);
CREATE INDEX return_line_order ON return_line(order_id, line);
CREATE INDEX return_line_day ON return_line(returned_on);

CREATE TABLE product (
    row        INTEGER PRIMARY KEY,
    import     INTEGER NOT NULL REFERENCES import(number),
    sku        TEXT NOT NULL,
    valid_from INTEGER,                -- NULL: always
    name       TEXT,
    category   TEXT,
    price      INTEGER,
    volume     INTEGER,
    creator    INTEGER REFERENCES member(number)
) STRICT;
CREATE UNIQUE INDEX product_key ON product(sku, valid_from, import);

CREATE TABLE replaced (          -- a row whose key a later import gave new content (--replace)
    table_name TEXT NOT NULL,          -- order_line, return_line, product
    row        INTEGER NOT NULL,       -- the old row
    import     INTEGER NOT NULL REFERENCES import(number),  -- from which on it no longer counts
    by_row     INTEGER NOT NULL,
    PRIMARY KEY (table_name, row)
) STRICT, WITHOUT ROWID;

CREATE TABLE run (
    number          INTEGER PRIMARY KEY,
    plan            TEXT NOT NULL,
    period          TEXT NOT NULL,
    first_day       INTEGER NOT NULL,
    last_day        INTEGER NOT NULL,
    state           TEXT NOT NULL CHECK (state IN ('draft', 'final', 'superseded')),
    last_import     INTEGER NOT NULL,  -- the last import that it saw; 0 none
    previous_run    INTEGER REFERENCES run(number),  -- the final run whose state it continues
    currency        TEXT NOT NULL,
    plan_text       TEXT NOT NULL,
    plan_digest     TEXT NOT NULL,     -- SHA-256, hex
    inputs_digest   TEXT NOT NULL,
    result_digest   TEXT NOT NULL,
    chain_digest    TEXT,              -- of the final runs up to this one
    program_version TEXT NOT NULL,
    made_by         TEXT NOT NULL,
    made_at         TEXT NOT NULL,
    closed_by       TEXT,
    closed_at       TEXT,
    order_count     INTEGER NOT NULL,
    volume          INTEGER NOT NULL,  -- the company's, hundredths of a point
    sales           INTEGER NOT NULL,  -- the company's, minor units
    line_count      INTEGER NOT NULL,
    earner_count    INTEGER NOT NULL,
    active_count    INTEGER NOT NULL,
    affiliate_count INTEGER NOT NULL,
    paid            INTEGER NOT NULL   -- minor units
) STRICT;
CREATE INDEX run_period ON run(plan, period);

CREATE TABLE run_bonus (         -- the bonuses of a run's plan by the place that lines name them by
    run      INTEGER NOT NULL REFERENCES run(number),
    place    INTEGER NOT NULL,         -- 0-based, in file order
    code     TEXT NOT NULL,
    kind     TEXT NOT NULL,
    base     TEXT NOT NULL,            -- what a line's base counts: volume, amount, quantity, …
    maximum  INTEGER NOT NULL,
    paid     INTEGER NOT NULL,
    lines    INTEGER NOT NULL,
    PRIMARY KEY (run, place)
) STRICT, WITHOUT ROWID;

CREATE TABLE run_rank (          -- the ladder of a run's plan; place 0 is "none" and has no row
    run   INTEGER NOT NULL REFERENCES run(number),
    place INTEGER NOT NULL,
    name  TEXT NOT NULL,
    PRIMARY KEY (run, place)
) STRICT, WITHOUT ROWID;

CREATE TABLE run_measure (       -- the measures of a run's plan, in the order statements keep them
    run   INTEGER NOT NULL REFERENCES run(number),
    place INTEGER NOT NULL,
    name  TEXT NOT NULL,
    unit  TEXT NOT NULL,               -- points, money, count
    PRIMARY KEY (run, place)
) STRICT, WITHOUT ROWID;

CREATE TABLE run_total (         -- what was paid, by bonus, stream and paid level
    run        INTEGER NOT NULL REFERENCES run(number),
    bonus      INTEGER NOT NULL,
    stream     TEXT NOT NULL,
    paid_level INTEGER NOT NULL,
    lines      INTEGER NOT NULL,
    amount     INTEGER NOT NULL,
    PRIMARY KEY (run, bonus, stream, paid_level)
) STRICT, WITHOUT ROWID;

CREATE TABLE run_forfeit (       -- what was not paid, by bonus and reason
    run    INTEGER NOT NULL REFERENCES run(number),
    bonus  INTEGER NOT NULL,
    reason TEXT NOT NULL,
    amount INTEGER NOT NULL,
    PRIMARY KEY (run, bonus, reason)
) STRICT, WITHOUT ROWID;

CREATE TABLE statement (         -- one affiliate in one run; who has neither lines nor measures,
    run       INTEGER NOT NULL,        -- activity, rank nor title has no row
    member    INTEGER NOT NULL,
    is_active INTEGER NOT NULL,
    rank      INTEGER NOT NULL,        -- place in run_rank, 0 none
    title     INTEGER NOT NULL,
    amount    INTEGER NOT NULL,        -- the pay, minor units
    lines     INTEGER NOT NULL,
    measures  BLOB NOT NULL,           -- packed; docs/formats.md
    totals    BLOB,                    -- packed totals by bonus, level, stream
    packed    BLOB,                    -- packed earning lines
    PRIMARY KEY (run, member)
) STRICT, WITHOUT ROWID;

CREATE TABLE run_order (         -- the order lines that a run saw, in the order (ordered_on, order_id,
    run    INTEGER NOT NULL REFERENCES run(number),  -- line): earning lines name them by their
    piece  INTEGER NOT NULL,           -- place in it, from 1, so that they are the same bytes
    packed BLOB NOT NULL,              -- whatever the order of rows; docs/formats.md
    PRIMARY KEY (run, piece)
) STRICT, WITHOUT ROWID;

CREATE TABLE carried (           -- what a run leaves behind for the next, in packed pieces
    run    INTEGER NOT NULL REFERENCES run(number),
    item   TEXT NOT NULL,              -- sequences, titles
    piece  INTEGER NOT NULL,
    packed BLOB NOT NULL,
    PRIMARY KEY (run, item, piece)
) STRICT, WITHOUT ROWID;

-- Payouts. Nothing of them is updated: what a payment came to is told by the answers after it.
CREATE TABLE payout_batch (      -- what is paid to members at once
    number       INTEGER PRIMARY KEY,
    batch_id     TEXT NOT NULL UNIQUE,
    minimum      INTEGER NOT NULL,     -- minor units; lower balances are carried
    holds_digest TEXT,                 -- SHA-256 of the holds file; NULL: there was none
    last_answer  INTEGER NOT NULL,     -- the last row of payout_answer that it saw; 0 none
    made_by      TEXT NOT NULL,
    made_at      TEXT NOT NULL         -- UTC, ISO 8601
) STRICT;

CREATE TABLE payout_run (        -- the final runs that a batch was the first to see
    run   INTEGER PRIMARY KEY REFERENCES run(number),
    batch INTEGER NOT NULL REFERENCES payout_batch(number)
) STRICT;

CREATE TABLE payout_item (       -- a member's whole balance when a batch was made; none of 0
    batch  INTEGER NOT NULL REFERENCES payout_batch(number),
    member INTEGER NOT NULL REFERENCES member(number),
    amount INTEGER NOT NULL,           -- minor units
    fate   TEXT NOT NULL CHECK (fate IN ('pay', 'held', 'carried')),
    reason TEXT,                       -- why it is held or carried
    PRIMARY KEY (batch, member)
) STRICT, WITHOUT ROWID;

CREATE TABLE payout_answer (     -- what the bank said of payments; the newest counts
    row         INTEGER PRIMARY KEY,
    batch       INTEGER NOT NULL REFERENCES payout_batch(number),
    member      INTEGER NOT NULL REFERENCES member(number),
    state       TEXT NOT NULL CHECK (state IN ('paid', 'failed')),
    was_paid    INTEGER NOT NULL,      -- 1: it had been told as paid before
    reason      TEXT,
    file_digest TEXT NOT NULL,
    made_by     TEXT NOT NULL,
    made_at     TEXT NOT NULL
) STRICT;
CREATE INDEX payout_answer_payment ON payout_answer(batch, member);

CREATE TABLE payout_export (     -- files that were written of a batch
    row            INTEGER PRIMARY KEY,
    batch          INTEGER NOT NULL REFERENCES payout_batch(number),
    format         TEXT NOT NULL,
    dated          TEXT NOT NULL,      -- the day that stands in the file
    payments       INTEGER NOT NULL,
    amount         INTEGER NOT NULL,   -- minor units, of all payments
    digest         TEXT NOT NULL,      -- SHA-256 of the file; of what it was made of below
    payees_digest  TEXT,
    company_digest TEXT,
    made_by        TEXT NOT NULL,
    made_at        TEXT NOT NULL
) STRICT;

CREATE VIEW balance AS           -- what members are owed now, minor units; no row where it is 0:
SELECT member, sum(amount) AS amount FROM (  -- what the newest batch left, and what came since
    SELECT member, amount FROM payout_item
    WHERE batch = (SELECT max(number) FROM payout_batch) AND fate <> 'pay'
    UNION ALL
    SELECT i.member, i.amount FROM payout_answer a JOIN payout_item i USING (batch, member)
    WHERE a.state = 'failed' AND a.row > ifnull(
        (SELECT last_answer FROM payout_batch ORDER BY number DESC LIMIT 1), 0)
    UNION ALL
    SELECT s.member, s.amount FROM run r CROSS JOIN statement s ON s.run = r.number
    WHERE r.state = 'final' AND s.amount <> 0 AND r.number NOT IN (SELECT run FROM payout_run)
) GROUP BY member HAVING sum(amount) <> 0;

CREATE VIEW payment AS           -- the payments of batches and what the bank said last
SELECT i.batch, i.member, i.amount,
       ifnull((SELECT a.state FROM payout_answer a WHERE a.batch = i.batch AND a.member = i.member
               ORDER BY a.row DESC LIMIT 1), 'created') AS state
FROM payout_item i WHERE i.fate = 'pay';

-- Double entry: the rows of one cause and reference sum to zero. Credits are positive, so that
-- `member` and `held` are what the company owes. It grows by batches and final runs only.
CREATE VIEW posting(account, member, amount, cause, reference) AS
SELECT 'commission', NULL, -r.paid, 'run', r.number FROM run r WHERE r.state = 'final'
UNION ALL
SELECT 'member', s.member, s.amount, 'run', r.number
FROM run r CROSS JOIN statement s ON s.run = r.number WHERE r.state = 'final' AND s.amount <> 0
UNION ALL
SELECT 'member', i.member, -i.amount, CASE i.fate WHEN 'pay' THEN 'payout' ELSE 'hold' END, i.batch
FROM payout_item i WHERE i.fate <> 'carried'
UNION ALL
SELECT CASE i.fate WHEN 'pay' THEN 'clearing' ELSE 'held' END, i.member, i.amount,
       CASE i.fate WHEN 'pay' THEN 'payout' ELSE 'hold' END, i.batch
FROM payout_item i WHERE i.fate <> 'carried'
UNION ALL                        -- the next batch decides anew on what this one held
SELECT 'held', i.member, -i.amount, 'release', i.batch + 1 FROM payout_item i
WHERE i.fate = 'held' AND i.batch < (SELECT max(number) FROM payout_batch)
UNION ALL
SELECT 'member', i.member, i.amount, 'release', i.batch + 1 FROM payout_item i
WHERE i.fate = 'held' AND i.batch < (SELECT max(number) FROM payout_batch)
UNION ALL
SELECT CASE a.was_paid WHEN 1 THEN 'bank' ELSE 'clearing' END, a.member, -i.amount, a.state, a.row
FROM payout_answer a JOIN payout_item i USING (batch, member)
UNION ALL
SELECT CASE a.state WHEN 'paid' THEN 'bank' ELSE 'member' END, a.member, i.amount, a.state, a.row
FROM payout_answer a JOIN payout_item i USING (batch, member);

-- Nothing of a final run changes: the database itself refuses it.
CREATE TRIGGER run_final_update BEFORE UPDATE ON run WHEN old.state = 'final'
BEGIN SELECT RAISE(ABORT, 'this run is final: nothing of it can be changed'); END;
CREATE TRIGGER run_final_delete BEFORE DELETE ON run WHEN old.state = 'final'
BEGIN SELECT RAISE(ABORT, 'this run is final: nothing of it can be deleted'); END;
CREATE TRIGGER run_bonus_final_update BEFORE UPDATE ON run_bonus
WHEN (SELECT state FROM run WHERE number = old.run) = 'final'
BEGIN SELECT RAISE(ABORT, 'this run is final: nothing of it can be changed'); END;
CREATE TRIGGER run_bonus_final_delete BEFORE DELETE ON run_bonus
WHEN (SELECT state FROM run WHERE number = old.run) = 'final'
BEGIN SELECT RAISE(ABORT, 'this run is final: nothing of it can be deleted'); END;
CREATE TRIGGER run_rank_final_update BEFORE UPDATE ON run_rank
WHEN (SELECT state FROM run WHERE number = old.run) = 'final'
BEGIN SELECT RAISE(ABORT, 'this run is final: nothing of it can be changed'); END;
CREATE TRIGGER run_rank_final_delete BEFORE DELETE ON run_rank
WHEN (SELECT state FROM run WHERE number = old.run) = 'final'
BEGIN SELECT RAISE(ABORT, 'this run is final: nothing of it can be deleted'); END;
CREATE TRIGGER run_measure_final_update BEFORE UPDATE ON run_measure
WHEN (SELECT state FROM run WHERE number = old.run) = 'final'
BEGIN SELECT RAISE(ABORT, 'this run is final: nothing of it can be changed'); END;
CREATE TRIGGER run_measure_final_delete BEFORE DELETE ON run_measure
WHEN (SELECT state FROM run WHERE number = old.run) = 'final'
BEGIN SELECT RAISE(ABORT, 'this run is final: nothing of it can be deleted'); END;
CREATE TRIGGER run_total_final_update BEFORE UPDATE ON run_total
WHEN (SELECT state FROM run WHERE number = old.run) = 'final'
BEGIN SELECT RAISE(ABORT, 'this run is final: nothing of it can be changed'); END;
CREATE TRIGGER run_total_final_delete BEFORE DELETE ON run_total
WHEN (SELECT state FROM run WHERE number = old.run) = 'final'
BEGIN SELECT RAISE(ABORT, 'this run is final: nothing of it can be deleted'); END;
CREATE TRIGGER run_forfeit_final_update BEFORE UPDATE ON run_forfeit
WHEN (SELECT state FROM run WHERE number = old.run) = 'final'
BEGIN SELECT RAISE(ABORT, 'this run is final: nothing of it can be changed'); END;
CREATE TRIGGER run_forfeit_final_delete BEFORE DELETE ON run_forfeit
WHEN (SELECT state FROM run WHERE number = old.run) = 'final'
BEGIN SELECT RAISE(ABORT, 'this run is final: nothing of it can be deleted'); END;
CREATE TRIGGER statement_final_update BEFORE UPDATE ON statement
WHEN (SELECT state FROM run WHERE number = old.run) = 'final'
BEGIN SELECT RAISE(ABORT, 'this run is final: nothing of it can be changed'); END;
CREATE TRIGGER statement_final_delete BEFORE DELETE ON statement
WHEN (SELECT state FROM run WHERE number = old.run) = 'final'
BEGIN SELECT RAISE(ABORT, 'this run is final: nothing of it can be deleted'); END;
CREATE TRIGGER run_order_final_update BEFORE UPDATE ON run_order
WHEN (SELECT state FROM run WHERE number = old.run) = 'final'
BEGIN SELECT RAISE(ABORT, 'this run is final: nothing of it can be changed'); END;
CREATE TRIGGER run_order_final_delete BEFORE DELETE ON run_order
WHEN (SELECT state FROM run WHERE number = old.run) = 'final'
BEGIN SELECT RAISE(ABORT, 'this run is final: nothing of it can be deleted'); END;
CREATE TRIGGER carried_final_update BEFORE UPDATE ON carried
WHEN (SELECT state FROM run WHERE number = old.run) = 'final'
BEGIN SELECT RAISE(ABORT, 'this run is final: nothing of it can be changed'); END;
CREATE TRIGGER carried_final_delete BEFORE DELETE ON carried
WHEN (SELECT state FROM run WHERE number = old.run) = 'final'
BEGIN SELECT RAISE(ABORT, 'this run is final: nothing of it can be deleted'); END;

-- Nor does anything of a payout, and a batch that was exported gets no more items.
CREATE TRIGGER payout_item_insert BEFORE INSERT ON payout_item
WHEN new.batch IN (SELECT batch FROM payout_export)
BEGIN SELECT RAISE(ABORT, 'this batch was exported: it gets no more items'); END;
CREATE TRIGGER payout_batch_update BEFORE UPDATE ON payout_batch
BEGIN SELECT RAISE(ABORT, 'payouts are kept: nothing of them can be changed'); END;
CREATE TRIGGER payout_batch_delete BEFORE DELETE ON payout_batch
BEGIN SELECT RAISE(ABORT, 'payouts are kept: nothing of them can be deleted'); END;
CREATE TRIGGER payout_run_update BEFORE UPDATE ON payout_run
BEGIN SELECT RAISE(ABORT, 'payouts are kept: nothing of them can be changed'); END;
CREATE TRIGGER payout_run_delete BEFORE DELETE ON payout_run
BEGIN SELECT RAISE(ABORT, 'payouts are kept: nothing of them can be deleted'); END;
CREATE TRIGGER payout_item_update BEFORE UPDATE ON payout_item
BEGIN SELECT RAISE(ABORT, 'payouts are kept: nothing of them can be changed'); END;
CREATE TRIGGER payout_item_delete BEFORE DELETE ON payout_item
BEGIN SELECT RAISE(ABORT, 'payouts are kept: nothing of them can be deleted'); END;
CREATE TRIGGER payout_answer_update BEFORE UPDATE ON payout_answer
BEGIN SELECT RAISE(ABORT, 'payouts are kept: nothing of them can be changed'); END;
CREATE TRIGGER payout_answer_delete BEFORE DELETE ON payout_answer
BEGIN SELECT RAISE(ABORT, 'payouts are kept: nothing of them can be deleted'); END;
CREATE TRIGGER payout_export_update BEFORE UPDATE ON payout_export
BEGIN SELECT RAISE(ABORT, 'payouts are kept: nothing of them can be changed'); END;
CREATE TRIGGER payout_export_delete BEFORE DELETE ON payout_export
BEGIN SELECT RAISE(ABORT, 'payouts are kept: nothing of them can be deleted'); END;
)sql";

}  // namespace downline
