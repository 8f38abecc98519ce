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
)sql";

}  // namespace downline
