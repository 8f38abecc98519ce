// The database's tables: facts that only grow, and runs that are final for good.
#pragma once

namespace downline {

inline constexpr int application_id = 0x444c4e45;  // "DLNE"
inline constexpr int schema_version = 1;

/// Creates every table of schema_version in an empty database.
///
/// Days are counts from 1970-01-01; amounts are minor units; volumes are hundredths of a point.
/// NULL is "not stated": a volume that defaults to the amount, a quantity of 1, no category.
inline constexpr const char* schema_sql = R"sql(
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
)sql";

}  // namespace downline
