-- The yardstick of a run: the plan of plan.toml as the best SQL we could write, on what
-- shell_import.sql left. Every earning line is kept, in clustered order, with the totals per earner.
--
-- What made it fast, each measured against its alternatives: texts become numbers once; everything
-- is inserted in the order of its key; the compressed upline is found by one walk down the tree,
-- then seven joins by row number; lines are clustered by (earner, seller, order), so that 8 million
-- of them need no sort of their own; temporary tables in memory, two sorting threads, 16 KiB pages.
.bail on
PRAGMA cache_size = -2000000;
PRAGMA temp_store = MEMORY;
PRAGMA threads = 2;
BEGIN;

-- Members by number. An affiliate's `above` is its sponsor, a customer's is its seller as well.
CREATE TEMP TABLE id (member_id TEXT PRIMARY KEY, number INTEGER NOT NULL) WITHOUT ROWID;
INSERT INTO id SELECT member_id, rowid FROM member ORDER BY member_id;
CREATE TEMP TABLE person (number INTEGER PRIMARY KEY, above INTEGER, is_customer INTEGER NOT NULL);
INSERT INTO person
SELECT m.rowid, s.number, m.kind = 'customer'
FROM member m LEFT JOIN id s ON s.member_id = m.sponsor_id;
CREATE INDEX temp.person_above ON person (above) WHERE NOT is_customer;

-- Orders by number, in the order of their ids; the first of every buyer; all of them by seller.
CREATE TEMP TABLE bought (
    number INTEGER PRIMARY KEY, order_row INTEGER, buyer INTEGER, day INTEGER, volume INTEGER
);
INSERT INTO bought (order_row, buyer, day, volume)
SELECT o.rowid, i.number, CAST(replace(ordered_on, '-', '') AS INTEGER),
       CAST(round(amount * 100) AS INTEGER)
FROM order_line o CROSS JOIN id i ON i.member_id = o.member_id
ORDER BY order_id;
CREATE TEMP TABLE first_order (number INTEGER PRIMARY KEY);
INSERT INTO first_order
SELECT min(day << 32 | number) & 0xffffffff FROM bought GROUP BY buyer ORDER BY 1;
CREATE TEMP TABLE sale (
    seller INTEGER, order_row INTEGER, volume INTEGER, is_of_customer INTEGER, is_first INTEGER,
    PRIMARY KEY (seller, order_row)
) WITHOUT ROWID;
INSERT INTO sale
SELECT iif(p.is_customer, p.above, p.number), b.order_row, b.volume, p.is_customer,
       b.number IN (SELECT number FROM first_order)
FROM bought b JOIN person p ON p.number = b.buyer
ORDER BY 1, 2;

-- Who is active, and the nearest active one above every affiliate.
CREATE TEMP TABLE active (member INTEGER PRIMARY KEY);
INSERT INTO active SELECT seller FROM sale GROUP BY seller HAVING sum(volume) >= 10000;
CREATE TEMP TABLE chain (member INTEGER PRIMARY KEY, above INTEGER, depth INTEGER NOT NULL);
INSERT INTO chain
WITH RECURSIVE walk (member, above, depth) AS (
    SELECT number, NULL, 0 FROM person WHERE above IS NULL AND NOT is_customer
    UNION ALL
    SELECT p.number, iif(a.member IS NULL, w.above, w.member), w.depth + 1
    FROM walk w
    LEFT JOIN active a ON a.member = w.member
    JOIN person p ON p.above = w.member AND NOT p.is_customer
)
SELECT * FROM walk ORDER BY member;

-- The compressed upline of every seller: once as seven columns, then by earner.
CREATE TEMP TABLE hop (
    seller INTEGER PRIMARY KEY, depth, a1, d1, a2, d2, a3, d3, a4, d4, a5, d5, a6, d6, a7, d7
);
INSERT INTO hop
SELECT s.member, s.depth, c1.member, c1.depth, c2.member, c2.depth, c3.member, c3.depth,
       c4.member, c4.depth, c5.member, c5.depth, c6.member, c6.depth, c7.member, c7.depth
FROM chain s
LEFT JOIN chain c1 ON c1.member = s.above
LEFT JOIN chain c2 ON c2.member = c1.above
LEFT JOIN chain c3 ON c3.member = c2.above
LEFT JOIN chain c4 ON c4.member = c3.above
LEFT JOIN chain c5 ON c5.member = c4.above
LEFT JOIN chain c6 ON c6.member = c5.above
LEFT JOIN chain c7 ON c7.member = c6.above
WHERE s.member IN (SELECT seller FROM sale);
CREATE TEMP TABLE slot (earner INTEGER, seller INTEGER, paid_level INTEGER, level INTEGER);
INSERT INTO slot
SELECT a1, seller, 1, depth - d1 FROM hop WHERE a1 IS NOT NULL UNION ALL
SELECT a2, seller, 2, depth - d2 FROM hop WHERE a2 IS NOT NULL UNION ALL
SELECT a3, seller, 3, depth - d3 FROM hop WHERE a3 IS NOT NULL UNION ALL
SELECT a4, seller, 4, depth - d4 FROM hop WHERE a4 IS NOT NULL UNION ALL
SELECT a5, seller, 5, depth - d5 FROM hop WHERE a5 IS NOT NULL UNION ALL
SELECT a6, seller, 6, depth - d6 FROM hop WHERE a6 IS NOT NULL UNION ALL
SELECT a7, seller, 7, depth - d7 FROM hop WHERE a7 IS NOT NULL UNION ALL
SELECT member, member, 0, 0 FROM active;
CREATE TEMP TABLE upline (
    earner INTEGER, seller INTEGER, paid_level INTEGER, level INTEGER, PRIMARY KEY (earner, seller)
) WITHOUT ROWID;
INSERT INTO upline SELECT * FROM slot ORDER BY earner, seller;

-- Every earning line. Bonus 1 is first, 2 reorder, 3 override; half a cent and more rounds up.
CREATE TABLE line (
    earner INTEGER, seller INTEGER, order_row INTEGER, bonus INTEGER, paid_level INTEGER,
    level INTEGER, stream INTEGER, amount INTEGER, PRIMARY KEY (earner, seller, order_row)
) WITHOUT ROWID;
INSERT INTO line
SELECT earner, seller, order_row,
       CASE WHEN paid_level > 0 THEN 3 WHEN is_first THEN 1 ELSE 2 END, paid_level, level,
       CASE WHEN is_first THEN 1 ELSE 2 END + 2 * (paid_level > 0),
       (volume * CASE paid_level WHEN 0 THEN iif(is_first, 10, 5) WHEN 1 THEN 5 WHEN 2 THEN 5
                 WHEN 3 THEN 4 WHEN 4 THEN 3 WHEN 5 THEN 2 ELSE 1 END + 50) / 100
FROM upline CROSS JOIN sale USING (seller)
WHERE paid_level > 0 OR is_of_customer;

CREATE TABLE total (earner INTEGER PRIMARY KEY, lines INTEGER NOT NULL, amount INTEGER NOT NULL);
INSERT INTO total SELECT earner, count(*), sum(amount) FROM line GROUP BY earner;
COMMIT;
