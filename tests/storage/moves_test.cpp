// Moves: what is accepted, what a tree is on a day, and that closed periods never see later ones.
#include <doctest/doctest.h>

#include <map>

#include "engine/errors.hpp"
#include "storage/earnings.hpp"
#include "storage/load_parts.hpp"
#include "storage/runs.hpp"
#include "storage/verify.hpp"
#include "tests/storage/facts.hpp"
#include "tests/storage/importing.hpp"

namespace downline {
namespace {

constexpr const char* members = R"(member_id,sponsor_id,joined_on,kind,placement_id,leg
top,,2025-01-01,affiliate,,
ann,top,2025-01-02,affiliate,top,L
bob,top,2025-01-03,affiliate,top,R
cat,ann,2025-01-04,affiliate,ann,L
dan,cat,2025-01-05,affiliate,cat,L
eve,dan,2026-02-01,customer,,
)";

class Company {
public:
    Company() { import_good(database, ImportKind::members, members); }

    std::string moves(const std::string& rows) {
        return import_text(database, ImportKind::moves,
                           "member_id,tree,new_parent_id,effective_on,leg,reason\n" + rows);
    }
    void good(const std::string& rows) {
        import_good(database, ImportKind::moves,
                    "member_id,tree,new_parent_id,effective_on,leg,reason\n" + rows);
    }
    std::string replace(const std::string& rows) {
        ImportOptions options = options_for(
            ImportKind::moves, "member_id,tree,new_parent_id,effective_on,leg,reason\n" + rows);
        options.replace = true;
        return said(import_files(database, options));
    }

    /// "ann<top bob<top …" on a day; a root is left out.
    std::string tree(Tree tree, const char* on) {
        const LoadedMembers loaded =
            load_members(database, as_of(database, INT64_MAX),
                         Period{PeriodKind::day, day(on), day(on)}, 0);
        const auto& all = loaded.members;
        const auto& parents =
            tree == Tree::sponsor || (tree == Tree::enroller && all.enroller.empty()) ? all.sponsor
            : tree == Tree::enroller                                                  ? all.enroller
                                     : all.placement;
        std::string text;
        for (std::uint32_t i = 0; i < all.count; ++i)
            if (parents[i] != no_member)
                text += (text.empty() ? "" : " ") + std::string(loaded.ids[i]) + "<" +
                        std::string(loaded.ids[parents[i]]);
        return text;
    }

    Database database = Database::in_memory();
};

std::string refusal(const std::function<void()>& work) {
    try {
        work();
    } catch (const Refusal& error) {
        return error.what();
    }
    return "";
}

TEST_CASE("a move holds from its day on, with whoever stands below") {
    Company company;
    CHECK(company.moves("cat,sponsor,bob,2026-01-10,,asked for it\n") ==
          "1 new, 0 changed, 0 unchanged, 0 rejected");
    CHECK(company.tree(Tree::sponsor, "2026-01-09") == "ann<top bob<top cat<ann dan<cat");
    CHECK(company.tree(Tree::sponsor, "2026-01-10") == "ann<top bob<top cat<bob dan<cat");
    CHECK(company.tree(Tree::sponsor, "2026-02-01") == "ann<top bob<top cat<bob dan<cat eve<dan");
}

TEST_CASE("the enroller does not follow a move of the sponsor, and moves in a tree of its own") {
    Company company;
    company.good("cat,sponsor,bob,2026-01-10,,asked\n");
    CHECK(company.tree(Tree::enroller, "2026-01-10") == "ann<top bob<top cat<ann dan<cat");
    company.good("cat,enroller,top,2026-01-11,,asked\n");
    CHECK(company.tree(Tree::enroller, "2026-01-11") == "ann<top bob<top cat<top dan<cat");
    CHECK(company.tree(Tree::sponsor, "2026-01-11") == "ann<top bob<top cat<bob dan<cat");
}

TEST_CASE("an empty new parent makes a root") {
    Company company;
    company.good("cat,sponsor,,2026-01-10,,a line of its own\n");
    CHECK(company.tree(Tree::sponsor, "2026-01-10") == "ann<top bob<top dan<cat");
    CHECK(company.tree(Tree::enroller, "2026-01-10") == "ann<top bob<top cat<ann dan<cat");
}

TEST_CASE("moves of one day apply together: two members may change places") {
    Company company;
    company.good(
        "cat,sponsor,top,2026-01-10,,swap\n"
        "ann,sponsor,cat,2026-01-10,,swap\n");
    CHECK(company.tree(Tree::sponsor, "2026-01-10") == "ann<cat bob<top cat<top dan<cat");
    Company placed;
    placed.good(
        "ann,placement,top,2026-01-10,R,swap\n"
        "bob,placement,top,2026-01-10,L,swap\n");
    CHECK(placed.tree(Tree::placement, "2026-01-10") == "ann<top bob<top cat<ann dan<cat");
}

TEST_CASE("a cycle after a day is printed, from its first row on") {
    Company company;
    CHECK(company.moves("ann,sponsor,dan,2026-01-10,,mistake\n") ==
          "0 new, 0 changed, 0 unchanged, 1 rejected\n"
          "moves:2:13: error sponsor_cycle: after 2026-01-10 sponsor links form a cycle of 3: "
          "ann -> dan -> cat -> ann; correct one of the moves");
    CHECK(company.moves("ann,enroller,dan,2026-01-10,,mistake\n") ==
          "0 new, 0 changed, 0 unchanged, 1 rejected\n"
          "moves:2:14: error enroller_cycle: after 2026-01-10 enroller links form a cycle of 3: "
          "ann -> dan -> cat -> ann; correct one of the moves");
    CHECK(company.moves("ann,placement,dan,2026-01-10,L,mistake\n") ==
          "0 new, 0 changed, 0 unchanged, 1 rejected\n"
          "moves:2:15: error placement_cycle: after 2026-01-10 placement links form a cycle of 3: "
          "ann -> dan -> cat -> ann; correct one of the moves");
}

TEST_CASE("two swaps that each alone would do make a cycle together") {
    Company company;  // dan below bob is right, bob below dan too; both are not
    CHECK(company.moves("dan,sponsor,bob,2026-01-10,,a\nbob,sponsor,dan,2026-01-10,,b\n") ==
          "0 new, 0 changed, 0 unchanged, 1 rejected\n"
          "moves:2:13: error sponsor_cycle: after 2026-01-10 sponsor links form a cycle of 2: "
          "dan -> bob -> dan; correct one of the moves");
}

TEST_CASE("a move dated before one that is known is tried against it") {
    Company company;
    company.good("ann,sponsor,bob,2026-01-20,,later\n");
    // From the 10th bob stands below cat, which is below ann; on the 20th ann comes below bob.
    CHECK(company.moves("bob,sponsor,cat,2026-01-10,,earlier\n") ==
          "0 new, 0 changed, 0 unchanged, 1 rejected\n"
          "moves:2:13: error sponsor_cycle: after 2026-01-20 sponsor links form a cycle of 3: "
          "bob -> cat -> ann -> bob; correct one of the moves");
    CHECK(
        company.moves("bob,sponsor,cat,2026-01-10,,earlier\nbob,sponsor,top,2026-01-15,,back\n") ==
        "2 new, 0 changed, 0 unchanged, 0 rejected");
}

TEST_CASE("a leg that is taken is refused, also on a later day and by one who joins later") {
    Company company;
    CHECK(company.moves("dan,placement,top,2026-01-10,L,x\n") ==
          "0 new, 0 changed, 0 unchanged, 1 rejected\n"
          "moves:2:30: error leg_taken: leg L below \"top\" is taken by \"ann\" on 2026-01-10; "
          "choose another");
    company.good("ann,placement,bob,2026-01-20,L,makes room\n");
    CHECK(company.moves("dan,placement,top,2026-01-19,L,x\n") ==
          "0 new, 0 changed, 0 unchanged, 1 rejected\n"
          "moves:2:30: error leg_taken: leg L below \"top\" is taken by \"ann\" on 2026-01-19; "
          "choose another");
    const std::string header = "member_id,sponsor_id,joined_on,placement_id,leg\n";
    CHECK(
        import_text(company.database, ImportKind::members, header + "fay,top,2026-01-19,top,L\n") ==
        "0 new, 0 changed, 0 unchanged, 1 rejected\n"
        "members:2:24: error leg_taken: leg L below \"top\" is taken by \"ann\"; choose another");
    CHECK(
        import_text(company.database, ImportKind::members, header + "fay,top,2026-01-20,top,L\n") ==
        "1 new, 0 changed, 0 unchanged, 0 rejected");
    CHECK(company.moves("dan,placement,top,2026-01-25,L,x\n") ==
          "0 new, 0 changed, 0 unchanged, 1 rejected\n"
          "moves:2:30: error leg_taken: leg L below \"top\" is taken by \"fay\" on 2026-01-25; "
          "choose another");
}

TEST_CASE("rows of moves that cannot be") {
    Company company;
    CHECK(
        company.moves("zed,sponsor,top,2026-01-10,,unknown member\n"
                      "cat,sponsor,zed,2026-01-10,,unknown parent\n"
                      "cat,sponsor,cat,2026-01-10,,oneself\n"
                      "cat,sponsor,eve,2026-01-10,,a customer above\n"
                      "cat,upline,top,2026-01-10,,no such tree\n"
                      "cat,,top,2026-01-10,,no tree\n"
                      "cat,sponsor,top,2024-12-31,,before joining\n"
                      "cat,sponsor,top,2026-01-10,L,a leg\n"
                      "cat,placement,top,2026-01-10,,no leg\n"
                      "cat,placement,,2026-01-10,L,no parent\n"
                      "eve,placement,top,2026-02-10,L,a customer placed\n"
                      "cat,sponsor,top,2026-01-10,,\n"
                      "cat,placement,top,2026-01-10,X,a bad leg\n") ==
        "0 new, 0 changed, 0 unchanged, 13 rejected\n"
        "moves:2:1: error unknown_member: member_id \"zed\" is nobody's; import the members first\n"
        "moves:3:13: error unknown_sponsor: new_parent_id \"zed\" is nobody's; import the members "
        "first\n"
        "moves:4:13: error self_sponsor: new_parent_id \"cat\" is the member itself; name another\n"
        "moves:5:13: error customer_sponsor: new_parent_id \"eve\" is a customer, and a customer "
        "has no downline; name an affiliate\n"
        "moves:6:5: error bad_tree: tree \"upline\" is unknown; write one of sponsor, enroller, "
        "placement\n"
        "moves:7:5: error missing_value: tree is empty; write sponsor, enroller or placement\n"
        "moves:8:17: error move_before_joining: effective_on 2024-12-31 is before the member "
        "joined, 2025-01-04; correct it\n"
        "moves:9:28: error leg_alone: a leg belongs to a move in the placement tree; leave it "
        "empty\n"
        "moves:10:15: error leg_missing: new_parent_id \"top\" needs a leg: L, R or a number\n"
        "moves:11:15: error missing_value: new_parent_id is empty; a place is a parent and a leg\n"
        "moves:12:1: error customer_placed: member_id \"eve\" is a customer, and customers have no "
        "place; take the row out\n"
        "moves:13:29: error missing_value: reason is empty; every move needs one\n"
        "moves:14:30: error bad_leg: leg \"X\" is unknown; write L, R or a number from 1 to 1000");
}

TEST_CASE("the same move again is a no-op; another of the day is an error, unless it replaces it") {
    Company company;
    const std::string row = "cat,sponsor,bob,2026-01-10,,asked\n";
    CHECK(company.moves(row + row) == "1 new, 0 changed, 1 unchanged, 0 rejected");
    CHECK(company.moves(row) == "0 new, 0 changed, 1 unchanged, 0 rejected");
    CHECK(company.moves("cat,sponsor,top,2026-01-10,,asked\n") ==
          "0 new, 0 changed, 0 unchanged, 1 rejected\n"
          "moves:2:1: error two_moves: \"cat\" moves in the sponsor tree on 2026-01-10 already: "
          "new_parent_id is \"bob\", here \"top\"; one day takes one move; --replace lets the new "
          "content count");
    CHECK(company.moves("dan,sponsor,bob,2026-01-10,,a\ndan,sponsor,top,2026-01-10,,a\n") ==
          "0 new, 0 changed, 0 unchanged, 1 rejected\n"
          "moves:3:1: error two_moves: \"dan\" moves in the sponsor tree on 2026-01-10 already: "
          "new_parent_id is \"bob\", here \"top\"; one day takes one move, take one out");
    CHECK(company.replace(row + "cat,sponsor,top,2026-01-10,,asked\n") ==
          "0 new, 0 changed, 1 unchanged, 1 rejected\n"
          "moves:3:1: error two_moves: \"cat\" moves in the sponsor tree on 2026-01-10 already: "
          "new_parent_id is \"bob\", here \"top\"; the files have it twice, take one out");
    CHECK(company.replace("cat,sponsor,top,2026-01-10,,asked\n") ==
          "0 new, 1 changed, 0 unchanged, 0 rejected");
    CHECK(company.tree(Tree::sponsor, "2026-01-10") == "ann<top bob<top cat<top dan<cat");
    CHECK(refusal([&] { undo_import(company.database, 2, "ann", "2026-03-01T00:00:00Z"); }) ==
          "import 2 cannot be withdrawn: import 3 replaces rows of it; withdraw that one first");
    undo_import(company.database, 3, "ann", "2026-03-01T00:00:00Z");
    CHECK(company.tree(Tree::sponsor, "2026-01-10") == "ann<top bob<top cat<bob dan<cat");
}

TEST_CASE("a members file may say the place before a move or the one after it, and no other") {
    Company company;
    company.good("cat,sponsor,bob,2026-01-10,,asked\n");
    const std::string header = "member_id,sponsor_id,joined_on\n";
    for (const char* sponsor : {"ann", "bob"})
        CHECK(import_text(company.database, ImportKind::members,
                          header + "cat," + sponsor + ",2025-01-04\n") ==
              "0 new, 0 changed, 1 unchanged, 0 rejected");
    CHECK(
        import_text(company.database, ImportKind::members, header + "cat,top,2025-01-04\n") ==
        "0 new, 0 changed, 0 unchanged, 1 rejected\n"
        "members:2:5: error sponsor_changed: sponsor_id is \"bob\", here \"top\"; a member changes "
        "its place by a row of a moves file only");
}

TEST_CASE("with --skip-bad the moves that make no cycle go in") {
    Company company;
    ImportOptions options = options_for(ImportKind::moves,
                                        "member_id,tree,new_parent_id,effective_on,reason\n"
                                        "ann,sponsor,dan,2026-01-10,a cycle\n"
                                        "bob,sponsor,ann,2026-01-10,good\n");
    options.dry_run = true;
    options.skip_bad = "/dev/null";
    options.force = true;
    const ImportReport report = import_files(company.database, options);
    CHECK(report.new_rows == 1);
    CHECK(report.rejected_rows == 1);
}

TEST_CASE("an import of moves is withdrawn where the trees stay forests without it") {
    Company company;
    company.good("dan,sponsor,top,2026-01-10,,first\n");
    company.good("ann,sponsor,dan,2026-01-20,,second\n");  // a cycle but for the first
    CHECK(refusal([&] { undo_import(company.database, 2, "ann", "2026-03-01T00:00:00Z"); }) ==
          "import 2 cannot be withdrawn: without it ann would have no place after 2026-01-20; move "
          "ann elsewhere first");
    undo_import(company.database, 3, "ann", "2026-03-01T00:00:00Z");
    undo_import(company.database, 2, "ann", "2026-03-01T00:00:00Z");
    CHECK(company.tree(Tree::sponsor, "2026-02-01") == "ann<top bob<top cat<ann dan<cat eve<dan");
    company.good("cat,sponsor,bob,2026-01-10,,asked\n");
    CHECK(refusal([&] { undo_import(company.database, 1, "ann", "2026-03-01T00:00:00Z"); }) ==
          "import 1 cannot be withdrawn: import 4 has moves of members of it; withdraw that one "
          "first");
}

TEST_CASE("of late moves of a member the later day counts, whatever the order of rows") {
    Company company;
    import_good(company.database, ImportKind::orders,
                "order_id,member_id,ordered_on,amount\n1,dan,2026-01-15,100.00\n");
    (void)make_draft(company.database, plan_from(small_plan), period("2026-01"), "ann",
                     "2026-03-02T10:00:00Z", 1);
    (void)close_period(company.database, "small", "2026-01", {}, "bob", "2026-03-03T10:00:00Z");
    // ann goes below dan, who stands below her until he moves, too; in the end he stands below bob,
    // so there is no cycle. Both rows of dan hold from the first of February.
    ImportOptions options = options_for(ImportKind::moves,
                                        "member_id,tree,new_parent_id,effective_on,leg,reason\n"
                                        "dan,sponsor,bob,2026-01-20,,late\n"
                                        "dan,sponsor,ann,2026-01-10,,late\n"
                                        "ann,sponsor,dan,2026-02-01,,asked\n");
    options.late = true;
    CHECK(said(import_files(company.database, options)) == "3 new, 0 changed, 0 unchanged, 0 rejected");
    CHECK(company.tree(Tree::sponsor, "2026-02-01") == "ann<dan bob<top cat<ann dan<bob eve<dan");
}

TEST_CASE("a closed period refuses a move and is computed again as it was") {
    Company company;
    import_good(company.database, ImportKind::orders,
                "order_id,member_id,ordered_on,amount\n"
                "1,dan,2026-01-15,100.00\n2,dan,2026-02-15,100.00\n"
                "3,cat,2026-01-15,100.00\n4,cat,2026-02-15,100.00\n"
                "5,ann,2026-02-15,100.00\n6,bob,2026-02-15,100.00\n");
    const Plan plan = plan_from(small_plan);
    const auto run_month = [&](const char* month) {
        return make_draft(company.database, plan, period(month), "ann", "2026-03-02T10:00:00Z", 1);
    };
    run_month("2026-01");
    (void)close_period(company.database, "small", "2026-01", {}, "bob", "2026-03-03T10:00:00Z");
    CHECK(company.moves("cat,sponsor,bob,2026-01-31,,late\n") ==
          "0 new, 0 changed, 0 unchanged, 1 rejected\n"
          "moves:2:17: error closed_period: effective_on 2026-01-31 lies in a closed period: plan "
          "small has closed 2026-01, and 2026-02 takes what comes now; add --late and it takes this "
          "too");
    const auto override_of = [&](const char* month) {
        std::map<std::string, std::int64_t> found;
        each_earnings(company.database, find_run(company.database, {}, month), true, false,
                      [&](const Earnings& earnings) {
                          for (const NamedAmount& bonus : earnings.by_bonus)
                              if (bonus.name == "override")
                                  found[earnings.member_id] = bonus.amount_minor;
                      });
        return found;
    };
    run_month("2026-02");
    // 5 % of dan's and 5 % of cat's orders go to the active above, 2 % of dan's to the next:
    // ann has 5 % of cat's 100.00 and 2 % of dan's.
    CHECK(override_of("2026-02") ==
          std::map<std::string, std::int64_t>{{"ann", 700}, {"cat", 500}});
    company.good("cat,sponsor,bob,2026-02-01,,asked\n");
    run_month("2026-02");
    CHECK(override_of("2026-02") ==
          std::map<std::string, std::int64_t>{{"bob", 700}, {"cat", 500}});
    CHECK(verify(company.database, {}, 1, [](const Check& check) {
        CAPTURE(check.finding);
        CHECK(check.holds);
    }));
}

}  // namespace
}  // namespace downline
