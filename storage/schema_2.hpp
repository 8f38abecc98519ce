// The second schema: what it adds to the first.
#pragma once

namespace downline {

inline constexpr const char* schema_2_sql = R"sql(
-- Moves: from a day on a member stands elsewhere in one of the trees.
CREATE TABLE move (
    row          INTEGER PRIMARY KEY,
    import       INTEGER NOT NULL REFERENCES import(number),
    member       INTEGER NOT NULL REFERENCES member(number),
    tree         INTEGER NOT NULL,     -- 0 sponsor, 1 enroller, 2 placement
    new_parent   INTEGER REFERENCES member(number),  -- NULL: a root
    leg          INTEGER,              -- of a placement, 1-based; L is 1, R is 2
    effective_on INTEGER NOT NULL,     -- the day that was stated
    holds_from   INTEGER NOT NULL,     -- the same, or the first open day of a late one
    reason       TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX move_key ON move(member, tree, effective_on, import);
CREATE VIEW moved AS             -- those that no later import gave new content
SELECT * FROM move WHERE row NOT IN (SELECT row FROM replaced WHERE table_name = 'move');

-- Packed lines lie apart from the statements, which stay small and are compared and read without.
CREATE TABLE statement_lines (
    statement INTEGER PRIMARY KEY,     -- run × 2^32 + member
    packed    BLOB NOT NULL            -- packed earning lines; no row where there are none
) STRICT;
INSERT INTO statement_lines
SELECT run << 32 | member, packed FROM statement WHERE packed IS NOT NULL;
ALTER TABLE statement DROP COLUMN packed;
CREATE TRIGGER statement_lines_final_update BEFORE UPDATE ON statement_lines
WHEN (SELECT state FROM run WHERE number = old.statement >> 32) = 'final'
BEGIN SELECT RAISE(ABORT, 'this run is final: nothing of it can be changed'); END;
CREATE TRIGGER statement_lines_final_delete BEFORE DELETE ON statement_lines
WHEN (SELECT state FROM run WHERE number = old.statement >> 32) = 'final'
BEGIN SELECT RAISE(ABORT, 'this run is final: nothing of it can be deleted'); END;

-- Corrections: lines of a run beside its bonuses, in its statements' amounts and line counts.
CREATE TABLE adjustment (        -- an amount put right by hand, in the period that it names
    row           INTEGER PRIMARY KEY,
    import        INTEGER NOT NULL REFERENCES import(number),
    adjustment_id TEXT NOT NULL,
    member        INTEGER NOT NULL REFERENCES member(number),
    period        TEXT NOT NULL,
    first_day     INTEGER NOT NULL,    -- of the period
    last_day      INTEGER NOT NULL,
    amount        INTEGER NOT NULL,    -- minor units, may be negative
    reason        TEXT NOT NULL,
    bonus         TEXT
) STRICT;
CREATE UNIQUE INDEX adjustment_key ON adjustment(adjustment_id, import);
CREATE INDEX adjustment_day ON adjustment(last_day);

CREATE TABLE correction (        -- reversals of lines of earlier runs, and adjustments
    run         INTEGER NOT NULL REFERENCES run(number),
    place       INTEGER NOT NULL,      -- from 1, by member id
    member      INTEGER NOT NULL REFERENCES member(number),
    bonus       TEXT NOT NULL,         -- code
    stream      TEXT NOT NULL,
    level       INTEGER NOT NULL,
    paid_level  INTEGER NOT NULL,
    amount      INTEGER NOT NULL,      -- minor units
    return_id   TEXT,                  -- a reversal: what came back, and the line that it reverses
    returned_on INTEGER,
    of_run      INTEGER REFERENCES run(number),
    of_bonus    INTEGER,               -- its place in run_bonus
    of_order    INTEGER REFERENCES order_line(row),   -- NULL: the line has no order
    of_source   INTEGER REFERENCES member(number),    -- of a match: the member it comes from
    adjustment  INTEGER REFERENCES adjustment(row),
    of_opening  INTEGER REFERENCES opening(row),      -- the line reversed is of no run of ours
    PRIMARY KEY (run, place)
) STRICT, WITHOUT ROWID;
CREATE INDEX correction_member ON correction(run, member);
CREATE INDEX correction_of ON correction(of_run) WHERE of_run IS NOT NULL;
CREATE INDEX correction_adjustment ON correction(adjustment) WHERE adjustment IS NOT NULL;
CREATE INDEX correction_opening ON correction(of_opening) WHERE of_opening IS NOT NULL;
CREATE TABLE opening (           -- what the system before this one left; never after the first close
    row      INTEGER PRIMARY KEY,
    import   INTEGER NOT NULL REFERENCES import(number),
    member   INTEGER NOT NULL REFERENCES member(number),
    item     TEXT NOT NULL,            -- balance, left, right, measure, line
    amount   INTEGER NOT NULL,         -- minor units; of legs hundredths of a point; of measures
    bonus    TEXT,                     -- hundredths (finer where the currency is)
    measure  TEXT,
    order_id TEXT,
    line     INTEGER,
    level    INTEGER
) STRICT;
CREATE INDEX opening_member ON opening(member);
CREATE INDEX opening_order ON opening(order_id, line) WHERE order_id IS NOT NULL;

CREATE VIEW opening_balance AS   -- those that no later import gave new content
SELECT row, import, member, amount FROM opening
WHERE item = 'balance' AND row NOT IN (SELECT row FROM replaced WHERE table_name = 'opening');

DROP VIEW balance;
CREATE VIEW owed AS              -- what balances are made of: what the newest batch left, and what
SELECT member, amount FROM payout_item                                              -- came since
WHERE batch = (SELECT max(number) FROM payout_batch) AND fate <> 'pay'
UNION ALL
SELECT i.member, i.amount FROM payout_answer a JOIN payout_item i USING (batch, member)
WHERE a.state = 'failed' AND a.row > ifnull(
    (SELECT last_answer FROM payout_batch ORDER BY number DESC LIMIT 1), 0)
UNION ALL
SELECT member, amount FROM opening_balance WHERE NOT EXISTS (SELECT 1 FROM payout_batch)
UNION ALL
SELECT s.member, s.amount FROM run r CROSS JOIN statement s ON s.run = r.number
WHERE r.state = 'final' AND s.amount <> 0 AND r.number NOT IN (SELECT run FROM payout_run);
CREATE VIEW balance AS           -- what members are owed now, minor units; no row where it is 0
SELECT member, sum(amount) AS amount FROM owed GROUP BY member HAVING sum(amount) <> 0;
CREATE INDEX statement_negative ON statement(member) WHERE amount < 0;  -- who may owe something

DROP VIEW posting;
-- Double entry: the rows of one cause and reference sum to zero. Credits are positive, so that
-- `member` and `held` are what the company owes. It grows by batches, final runs and opening
-- balances only.
CREATE VIEW posting(account, member, amount, cause, reference) AS
SELECT 'commission', NULL, ifnull(c.amount, 0) - r.paid, 'run', r.number
FROM run r LEFT JOIN (SELECT run, sum(amount) AS amount FROM correction GROUP BY run) c
ON c.run = r.number WHERE r.state = 'final'
UNION ALL
SELECT 'member', s.member, s.amount - ifnull(c.amount, 0), 'run', r.number
FROM run r CROSS JOIN statement s ON s.run = r.number
LEFT JOIN (SELECT run, member, sum(amount) AS amount FROM correction GROUP BY run, member) c
ON c.run = s.run AND c.member = s.member
WHERE r.state = 'final' AND s.amount <> ifnull(c.amount, 0)
UNION ALL                        -- what a run took back, and what was put right by hand
SELECT CASE WHEN c.adjustment IS NULL THEN 'commission' ELSE 'adjustment' END, NULL, -sum(c.amount),
       CASE WHEN c.adjustment IS NULL THEN 'clawback' ELSE 'adjustment' END, c.run
FROM correction c JOIN run r ON r.number = c.run WHERE r.state = 'final'
GROUP BY c.run, c.adjustment IS NULL
UNION ALL
SELECT 'member', c.member, sum(c.amount),
       CASE WHEN c.adjustment IS NULL THEN 'clawback' ELSE 'adjustment' END, c.run
FROM correction c JOIN run r ON r.number = c.run WHERE r.state = 'final'
GROUP BY c.run, c.member, c.adjustment IS NULL
UNION ALL                        -- what the system before this one owed
SELECT 'opening', NULL, -o.amount, 'opening', o.import FROM opening_balance o
UNION ALL
SELECT 'member', o.member, o.amount, 'opening', o.import FROM opening_balance o
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

CREATE TRIGGER correction_final_update BEFORE UPDATE ON correction
WHEN (SELECT state FROM run WHERE number = old.run) = 'final'
BEGIN SELECT RAISE(ABORT, 'this run is final: nothing of it can be changed'); END;
CREATE TRIGGER correction_final_delete BEFORE DELETE ON correction
WHEN (SELECT state FROM run WHERE number = old.run) = 'final'
BEGIN SELECT RAISE(ABORT, 'this run is final: nothing of it can be deleted'); END;

CREATE TRIGGER opening_update BEFORE UPDATE ON opening
BEGIN SELECT RAISE(ABORT, 'opening rows are kept: a new import replaces them'); END;
CREATE TRIGGER opening_final_insert BEFORE INSERT ON opening
WHEN EXISTS (SELECT 1 FROM run WHERE state = 'final') OR EXISTS (SELECT 1 FROM payout_batch)
BEGIN SELECT RAISE(ABORT, 'a period is closed or paid: opening rows came before'); END;
CREATE TRIGGER opening_final_delete BEFORE DELETE ON opening
WHEN EXISTS (SELECT 1 FROM run WHERE state = 'final') OR EXISTS (SELECT 1 FROM payout_batch)
BEGIN SELECT RAISE(ABORT, 'a period is closed or paid: opening rows stand'); END;
CREATE TRIGGER opening_final_replace BEFORE INSERT ON replaced WHEN new.table_name = 'opening'
AND (EXISTS (SELECT 1 FROM run WHERE state = 'final') OR EXISTS (SELECT 1 FROM payout_batch))
BEGIN SELECT RAISE(ABORT, 'a period is closed or paid: opening rows stand'); END;

ALTER TABLE import ADD COLUMN columns TEXT;  -- that its files had, with commas; NULL: not known

-- Lifecycle: what a run is besides its state, what closing looks at, and who changed a setting.
ALTER TABLE run ADD COLUMN kind TEXT NOT NULL DEFAULT 'run'
    CHECK (kind IN ('run', 'estimate', 'what-if'));    -- an estimate continues drafts
ALTER TABLE run ADD COLUMN payees_without_sales INTEGER;  -- paid, and no order in their downline
ALTER TABLE run ADD COLUMN repeated_orders INTEGER;    -- of one buyer, day and amount: beyond one
CREATE TABLE close_check (       -- what was looked at when a run was closed
    run         INTEGER NOT NULL REFERENCES run(number),
    name        TEXT NOT NULL,
    figure      TEXT NOT NULL,
    bound       TEXT,                  -- of the plan's [checks]; NULL: none
    holds       INTEGER NOT NULL,
    is_accepted INTEGER NOT NULL,      -- it failed, and closing was asked for all the same
    PRIMARY KEY (run, name)
) STRICT, WITHOUT ROWID;
CREATE TABLE setting_change (
    row     INTEGER PRIMARY KEY,
    name    TEXT NOT NULL,
    value   TEXT NOT NULL,
    made_by TEXT NOT NULL,
    made_at TEXT NOT NULL
) STRICT;
CREATE TRIGGER close_check_update BEFORE UPDATE ON close_check
BEGIN SELECT RAISE(ABORT, 'this run is final: nothing of it can be changed'); END;
CREATE TRIGGER close_check_delete BEFORE DELETE ON close_check
BEGIN SELECT RAISE(ABORT, 'this run is final: nothing of it can be deleted'); END;

-- Goals: what members want to earn in a month. No run reads them.
CREATE TABLE goal (
    row            INTEGER PRIMARY KEY,
    import         INTEGER NOT NULL REFERENCES import(number),
    member         INTEGER NOT NULL REFERENCES member(number),
    stream         TEXT,               -- NULL: of all streams together
    set_on         INTEGER,            -- the day from which it holds; NULL: always
    monthly_amount INTEGER NOT NULL,   -- minor units; 0: no goal any more
    reach_by       INTEGER             -- the day by which it should be reached
) STRICT;
CREATE INDEX goal_member ON goal(member);

-- A final run gets no rows either. Statements and their lines have no such trigger: a million of them
-- in a draft would cost a third of the run; `verify` finds one that was added.
CREATE TRIGGER run_bonus_final_insert BEFORE INSERT ON run_bonus
WHEN (SELECT state FROM run WHERE number = new.run) = 'final'
BEGIN SELECT RAISE(ABORT, 'this run is final: nothing can be added to it'); END;
CREATE TRIGGER run_rank_final_insert BEFORE INSERT ON run_rank
WHEN (SELECT state FROM run WHERE number = new.run) = 'final'
BEGIN SELECT RAISE(ABORT, 'this run is final: nothing can be added to it'); END;
CREATE TRIGGER run_measure_final_insert BEFORE INSERT ON run_measure
WHEN (SELECT state FROM run WHERE number = new.run) = 'final'
BEGIN SELECT RAISE(ABORT, 'this run is final: nothing can be added to it'); END;
CREATE TRIGGER run_total_final_insert BEFORE INSERT ON run_total
WHEN (SELECT state FROM run WHERE number = new.run) = 'final'
BEGIN SELECT RAISE(ABORT, 'this run is final: nothing can be added to it'); END;
CREATE TRIGGER run_forfeit_final_insert BEFORE INSERT ON run_forfeit
WHEN (SELECT state FROM run WHERE number = new.run) = 'final'
BEGIN SELECT RAISE(ABORT, 'this run is final: nothing can be added to it'); END;
CREATE TRIGGER run_order_final_insert BEFORE INSERT ON run_order
WHEN (SELECT state FROM run WHERE number = new.run) = 'final'
BEGIN SELECT RAISE(ABORT, 'this run is final: nothing can be added to it'); END;
CREATE TRIGGER carried_final_insert BEFORE INSERT ON carried
WHEN (SELECT state FROM run WHERE number = new.run) = 'final'
BEGIN SELECT RAISE(ABORT, 'this run is final: nothing can be added to it'); END;
CREATE TRIGGER correction_final_insert BEFORE INSERT ON correction
WHEN (SELECT state FROM run WHERE number = new.run) = 'final'
BEGIN SELECT RAISE(ABORT, 'this run is final: nothing can be added to it'); END;
CREATE TRIGGER close_check_final_insert BEFORE INSERT ON close_check
WHEN (SELECT state FROM run WHERE number = new.run) = 'final'
BEGIN SELECT RAISE(ABORT, 'this run is final: nothing can be added to it'); END;
)sql";

}  // namespace downline
