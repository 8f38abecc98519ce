// Withdrawing an import: its rows go, what they replaced counts again, its record stays. Drafts
// that saw it are superseded; no run sees goals.
#include <fmt/format.h>

#include <array>

#include "engine/errors.hpp"
#include "storage/import.hpp"
#include "storage/save.hpp"
#include "storage/tree_history.hpp"

namespace downline {
namespace {

[[noreturn]] void refuse(std::int64_t number, const std::string& why) {
    throw Refusal(Refusal::Kind::state,
                  fmt::format("import {} cannot be withdrawn: {}", number, why));
}

void check_known(Database& database, std::int64_t number) {
    Query query = database.query("SELECT undone_by, undone_at FROM import WHERE number = ?1");
    query.bind(1, number);
    if (!query.step())
        throw Refusal(Refusal::Kind::state,
                      fmt::format("there is no import {}; downline imports lists them", number));
    if (!query.is_null(0))
        refuse(number,
               fmt::format("{} has withdrawn it already, {}", query.text(0), query.text(1)));
}

/// A final run saw it if it came before and holds anything of the run's time.
void check_closed(Database& database, std::int64_t number) {
    Query query = database.query(
        "SELECT r.plan, r.period FROM run r, import i WHERE i.number = ?1 AND r.state = 'final'"
        " AND r.last_import >= ?1 AND i.kind <> 'goals' AND"
        " ifnull(i.first_day, r.last_day) <= r.last_day"
        " ORDER BY r.last_day LIMIT 1");
    query.bind(1, number);
    if (query.step())
        refuse(number, fmt::format("plan {} has closed {} with it; correct it by returns or new "
                                   "rows in an open period",
                                   query.text(0), query.text(1)));
}

/// What a payment began with stays.
void check_payouts(Database& database, std::int64_t number) {
    Query query = database.query(
        "SELECT batch_id FROM payout_batch WHERE ?1 IN (SELECT import FROM opening)"
        " ORDER BY number LIMIT 1");
    query.bind(1, number);
    if (query.step())
        refuse(number, fmt::format("payout batch {} has counted its balances; correct them by "
                                   "adjustments",
                                   query.text(0)));
}

/// The later import that something of this one is needed for.
struct Dependence {
    const char* sql;  ///< the number of such an import; ?1 is this one
    const char* what;
};
constexpr std::array dependences{
    Dependence{
        "SELECT r.import FROM replaced r WHERE r.import > ?1 AND"
        " ((r.table_name = 'order_line' AND r.row IN (SELECT row FROM order_line WHERE import = "
        "?1)) OR"
        " (r.table_name = 'return_line' AND r.row IN (SELECT row FROM return_line WHERE import = "
        "?1)) OR"
        " (r.table_name = 'adjustment' AND r.row IN (SELECT row FROM adjustment WHERE import = "
        "?1)) OR"
        " (r.table_name = 'goal' AND r.row IN (SELECT row FROM goal WHERE import = ?1)) OR"
        " (r.table_name = 'opening' AND r.row IN (SELECT row FROM opening WHERE import = ?1)) OR"
        " (r.table_name = 'move' AND r.row IN (SELECT row FROM move WHERE import = ?1)) OR"
        " (r.table_name = 'product' AND r.row IN (SELECT row FROM product WHERE import = ?1)))",
        "replaces rows of it"},
    Dependence{"SELECT i.number FROM import i, import u WHERE u.number = ?1 AND i.number > ?1 AND"
               " i.kind = u.kind AND i.unchanged_rows > 0 AND i.undone_at IS NULL",
               "found rows unchanged that may be of it"},
    Dependence{"SELECT m.import FROM member m WHERE m.import <> ?1 AND (m.sponsor IN (SELECT "
               "number FROM member WHERE import = ?1)"
               " OR m.enroller IN (SELECT number FROM member WHERE import = ?1)"
               " OR m.placement IN (SELECT number FROM member WHERE import = ?1))",
               "has members below members of it"},
    Dependence{"SELECT c.import FROM member_change c JOIN member m ON m.number = c.member"
               " WHERE m.import = ?1 AND c.import <> ?1",
               "changes members of it"},
    Dependence{"SELECT c.import FROM member_change c JOIN member_change o ON o.member = c.member"
               " AND o.item = c.item WHERE o.import = ?1 AND c.import > ?1"
               " AND c.item IN ('joined_on', 'title')",
               "replaces rows of it"},
    Dependence{"SELECT import FROM move WHERE import <> ?1 AND (member IN (SELECT number FROM"
               " member WHERE import = ?1) OR new_parent IN (SELECT number FROM member WHERE"
               " import = ?1))",
               "has moves of members of it"},
    Dependence{"SELECT import FROM adjustment WHERE import <> ?1 AND member IN (SELECT number FROM"
               " member WHERE import = ?1)",
               "has adjustments of members of it"},
    Dependence{"SELECT import FROM goal WHERE import <> ?1 AND member IN (SELECT number FROM"
               " member WHERE import = ?1)",
               "has goals of members of it"},
    Dependence{"SELECT import FROM opening WHERE import <> ?1 AND (member IN (SELECT number FROM"
               " member WHERE import = ?1) OR (order_id, line) IN (SELECT order_id, line FROM"
               " order_line WHERE import = ?1))",
               "has opening rows of members or orders of it"},
    Dependence{"SELECT import FROM order_line WHERE import <> ?1 AND buyer IN"
               " (SELECT number FROM member WHERE import = ?1)",
               "has orders of members of it"},
    Dependence{"SELECT import FROM product WHERE import <> ?1 AND creator IN"
               " (SELECT number FROM member WHERE import = ?1)",
               "has products of members of it"},
    Dependence{"SELECT t.import FROM return_line t JOIN order_line o ON o.order_id = t.order_id"
               " AND o.line = t.line WHERE o.import = ?1 AND t.import <> ?1",
               "has returns of orders of it"},
};

void check_dependences(Database& database, std::int64_t number) {
    for (const Dependence& dependence : dependences) {
        Query query = database.query(fmt::format("{} LIMIT 1", dependence.sql));
        query.bind(1, number);
        if (query.step())
            refuse(number, fmt::format("import {} {}; withdraw that one first", query.integer(0),
                                       dependence.what));
    }
}

/// Without the moves of an import later ones may make no forest, or a place may be taken twice.
void check_trees(Database& database, std::int64_t number) {
    for (const Tree tree : {Tree::sponsor, Tree::enroller, Tree::placement}) {
        std::vector<TreeFault> faults;
        for (const TreeHistory& history : histories_of(database, tree))
            if (faults.empty()) faults = history.faults(history.moves());
        if (faults.empty()) continue;
        Query query = database.query("SELECT member_id FROM member WHERE number = ?1");
        query.bind(1, std::int64_t{faults.front().members.front()});
        ensure(query.step(), "a moved member is not there");
        refuse(number, fmt::format("without it {} would have no place after {}; move {} elsewhere "
                                   "first",
                                   query.text(0), format_day(faults.front().day), query.text(0)));
    }
}

/// Drafts computed with the import keep their totals and digests, as older drafts do.
void supersede_drafts(Database& database, std::int64_t number) {
    Query query = database.query(
        "SELECT number FROM run WHERE last_import >= ?1 AND (state = 'draft' OR kind = 'what-if')"
        " AND (SELECT kind FROM import WHERE number = ?1) <> 'goals'");
    query.bind(1, number);
    std::vector<std::int64_t> runs;
    while (query.step()) runs.push_back(query.integer(0));
    query.reset();
    for (const std::int64_t run : runs) {
        drop_lines(database, run);
        database.query("UPDATE run SET state = 'superseded', kind = 'run' WHERE number = ?1")
            .bind(1, run)
            .run();
    }
}

}  // namespace

void undo_import(Database& database, std::int64_t number, const std::string& by,
                 const std::string& at) {
    Transaction transaction(database);
    check_known(database, number);
    check_closed(database, number);
    check_payouts(database, number);
    check_dependences(database, number);
    supersede_drafts(database, number);
    // What an import corrected in the rows of members: member_change has what stood there.
    for (const char* item : {"joined_on", "title"})
        database
            .query(fmt::format(
                "UPDATE member SET {0} = (SELECT nullif(c.value, '') FROM member_change c WHERE"
                " c.member = member.number AND c.import = ?1 AND c.item = '{0}') WHERE number IN"
                " (SELECT member FROM member_change WHERE import = ?1 AND item = '{0}')",
                item))
            .bind(1, number)
            .run();
    for (const char* table : {"replaced", "return_line", "order_line", "order_extent", "product",
                              "member_change", "move", "adjustment", "goal", "opening",
                              "member"})
        database.query(fmt::format("DELETE FROM {} WHERE import = ?1", table))
            .bind(1, number)
            .run();
    check_trees(database, number);
    database.query("UPDATE import SET undone_by = ?2, undone_at = ?3 WHERE number = ?1")
        .bind(1, number)
        .bind(2, by)
        .bind(3, at)
        .run();
    transaction.commit();
}

}  // namespace downline
