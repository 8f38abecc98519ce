-- The yardstick of import: SQLite's shell reads the same two files into typed tables. Fast and
-- fair: 16 KiB pages, a cache that holds everything, one transaction per file, the unique index
-- built once by sorting; written durably, as the program does. Run it where the files are.
.bail on
PRAGMA page_size = 16384;
PRAGMA cache_size = -2000000;
CREATE TABLE member (
    member_id  TEXT NOT NULL,
    sponsor_id TEXT,
    joined_on  TEXT NOT NULL,
    kind       TEXT NOT NULL
);
CREATE TABLE order_line (
    order_id   TEXT NOT NULL,
    member_id  TEXT NOT NULL,
    ordered_on TEXT NOT NULL,
    amount     NUMERIC NOT NULL
);
.import --csv --skip 1 members.csv member
.import --csv --skip 1 orders-01.csv order_line
CREATE UNIQUE INDEX order_line_key ON order_line (order_id);
