// What must hold over several periods: everything that is imported, run and closed, one period
// after another, against the reference that computes it from the rows alone.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "engine/errors.hpp"
#include "storage/earnings.hpp"
#include "storage/reload.hpp"
#include "storage/runs.hpp"
#include "storage/verify.hpp"
#include "tests/property/history.hpp"
#include "tests/property/holds.hpp"
#include "tests/reference/chronicle.hpp"
#include "tests/reference/compare.hpp"
#include "tests/storage/copy_pages.hpp"
#include "tests/storage/explained_text.hpp"

namespace downline::property {
namespace {

using reference::Chronicle;
using reference::Closed;
using reference::StatedLine;

/// Every line that a stored run shows.
std::vector<StatedLine> stated_lines(Database& database, const RunRecord& run) {
    std::vector<StatedLine> lines;
    each_earnings(database, run, true, true, [&](const Earnings& earnings) {
        for (const EarningLine& line : earnings.lines) {
            StatedLine stated{.member = earnings.member_id,
                              .bonus = line.bonus,
                              .order_id = line.order_id.value_or(""),
                              .line = static_cast<int>(line.line.value_or(0)),
                              .from = line.from.value_or(""),
                              .level = static_cast<std::uint32_t>(line.level),
                              .paid_level = static_cast<std::uint32_t>(line.paid_level),
                              .amount_minor = line.amount_minor,
                              .return_id = line.return_id.value_or("")};
            for (int stream = 0; stream <= static_cast<int>(StreamKind::adjustment); ++stream)
                if (stream_name(static_cast<StreamKind>(stream)) == line.stream)
                    stated.stream = static_cast<StreamKind>(stream);
            lines.push_back(std::move(stated));
        }
    });
    std::sort(lines.begin(), lines.end());
    return lines;
}

std::string show(const StatedLine& line) {
    return fmt::format("{} from {} order {}/{} of {} level {} paid level {} {} amount {} {}",
                       line.member, line.bonus, line.order_id, line.line, line.from, line.level,
                       line.paid_level, stream_name(line.stream), line.amount_minor,
                       line.return_id);
}

std::string line_differences(const std::vector<StatedLine>& expected,
                             const std::vector<StatedLine>& got) {
    std::string text;
    const auto only_in = [&](const auto& these, const auto& others, const char* what) {
        std::vector<StatedLine> left;
        std::set_difference(these.begin(), these.end(), others.begin(), others.end(),
                            std::back_inserter(left));
        for (const StatedLine& line : left) text += fmt::format("{}: {}\n", what, show(line));
    };
    only_in(expected, got, "missing");
    only_in(got, expected, "superfluous");
    return text;
}

/// Who stands elsewhere than the reference says.
std::string place_differences(const Closed& expected, const Members& got) {
    std::string text;
    const auto show_place = [&](const std::vector<MemberIndex>& parents,
                                const std::vector<std::uint32_t>& legs, MemberIndex member) {
        const MemberIndex parent = parents.empty() ? no_member : parents[member];
        return parent == no_member
                   ? std::string{"nobody"}
                   : fmt::format("{}/{}", expected.member_ids[parent],
                                 legs.empty() ? 0 : legs[member]);
    };
    for (MemberIndex member = 0; member < expected.members.count; ++member) {
        const std::string right =
            show_place(expected.members.placement, expected.members.leg, member);
        const std::string found = show_place(got.placement, got.leg, member);
        if (right != found)
            text += fmt::format("{} stands below {}, not below {}\n", expected.member_ids[member],
                                right, found);
    }
    return text;
}

struct Counts {
    std::size_t networks = 0, periods = 0, lines = 0, reversals = 0, carries = 0, moves = 0,
                placings = 0, adjustments = 0, refused = 0, orders_by_part = 0,
                members_by_part = 0;
};

/// What a part of the run's inputs tells of an order and an affiliate is what all of them tell: of the
/// first, the middle or the last, in turn.
std::string part_differences(Database& database, const RunRecord& run,
                             const std::vector<StatedLine>& lines, Counts& counts) {
    std::string text;
    const auto compare = [&](const std::string& what, const auto& explain) {
        const auto told_from = [&](Reading reading) {
            try {
                return told(explain(reading));
            } catch (const std::exception& error) {
                return std::string{error.what()};
            }
        };
        const std::string part = told_from(Reading::only_part), all = told_from(Reading::all);
        if (all.ends_with("what differs")) text += what + ": " + all + "\n";
        if (part != all)
            text += fmt::format("{} by a part:\n{}by all:\n{}", what, part, all);
    };
    std::vector<std::string> orders, members;
    for (const StatedLine& line : lines)
        if (!line.order_id.empty() && line.return_id.empty()) orders.push_back(line.order_id);
    each_earnings(database, run, false, false, [&](const Earnings& earnings) {
        members.push_back(earnings.member_id);
    });
    const auto number_of = [&](const std::string& sql, const std::string& id) {
        Query query = database.query(sql);
        query.bind(1, id);
        return query.step() ? query.integer(0) : 0;
    };
    const std::size_t third = counts.periods % 3;
    if (!orders.empty()) {
        const std::string& id = orders[third * (orders.size() - 1) / 2];
        const std::int64_t buyer =
            number_of("SELECT buyer FROM order_line WHERE order_id = ?1", id);
        counts.orders_by_part += reload_upline(database, run, buyer).has_value();
        compare("order " + id, [&](Reading reading) {
            return explain_order(database, run.plan, id, 1, reading);
        });
    }
    if (!members.empty()) {
        const std::string& id = members[third * (members.size() - 1) / 2];
        const std::int64_t number =
            number_of("SELECT number FROM member WHERE member_id = ?1", id);
        counts.members_by_part += reload_downline(database, run, number).has_value();
        compare("member " + id, [&](Reading reading) {
            return explain_member(database, run, id, std::nullopt, 1, reading);
        });
    }
    return text;
}

/// Whether a run is refused for ranks that go round in a circle.
bool is_refused(Database& database, const Plan& plan, const Period& period) {
    try {
        (void)make_draft(database, plan, period, "test", "2027-12-31T00:00:00Z", 1);
    } catch (const Refusal& refusal) {
        return std::string(refusal.what()).find("form a cycle together") != std::string::npos;
    }
    return false;
}

/// Whether everything that is stored can be computed again.
std::string verification(Database& database) {
    std::string text;
    (void)verify(database, std::nullopt, 1, [&](const Check& check) {
        if (!check.holds) text += fmt::format("{}: {}\n", check.name, check.finding);
    });
    return text;
}

/// Nothing where ranks go round in a circle.
std::optional<Closed> closed_by(Chronicle& chronicle) {
    try {
        return chronicle.close();
    } catch (const reference::RankCycle&) {
        return std::nullopt;
    }
}

/// Imports, runs and closes period after period beside the reference; what differs, in words. Of
/// more cases than the usual ones as many are explained.
std::string differences_of(const History& history, Counts& counts) {
    if (history.facts.members.empty()) return "";
    ++counts.networks;
    static Database empty = Database::in_memory();
    static Database database = Database::in_memory();  // one for all cases: it takes as long as a case
    copy_pages(empty, database);
    const bool explains = counts.networks % from_environment("DOWNLINE_CASES_FACTOR", 1) == 0;
    Chronicle chronicle(history);
    for (std::size_t k = 0; k < history.periods.size(); ++k) {
        const Plan& plan = history.plans[k];
        const std::string period = period_name(history.periods[k]);
        for (const File& file : files_before(history, k))
            if (!file.rows.empty()) import_file(database, file, plan.currency);
        const std::optional<Closed> closed = closed_by(chronicle);
        if (!closed) {
            ++counts.refused;
            return is_refused(database, plan, history.periods[k])
                       ? ""
                       : "in " + period + ": ranks go round in a circle and the run is not refused";
        }
        const Snapshot loaded = load(database, plan, history.periods[k]).snapshot;
        Closed expected = *closed;
        expected.outcome.orders_after.clear();  // contracts stand in another order
        std::string found = place_differences(expected, loaded.members);
        found += reference::differences(plan, expected.outcome,
                                        reference::outcome_of(run(plan, loaded), loaded));
        const RunSummary draft = make_draft(database, plan, history.periods[k], "test",
                                            "2027-12-31T00:00:00Z", 1);
        const std::vector<StatedLine> lines = stated_lines(database, draft.record);
        found += line_differences(expected.lines, lines);
        if (found.empty() && explains)
            found += part_differences(database, draft.record, lines, counts);
        if (!found.empty()) return "in " + period + ":\n" + found;
        (void)close_period(database, plan.name, period, draft.record.result_digest, "test",
                           "2027-12-31T00:00:00Z");
        ++counts.periods;
        counts.lines += expected.lines.size();
        counts.carries += expected.outcome.carry_after.size();
        counts.reversals += static_cast<std::size_t>(
            std::ranges::count_if(expected.lines, [](const StatedLine& line) {
                return !line.return_id.empty();
            }));
        counts.adjustments += static_cast<std::size_t>(
            std::ranges::count(expected.lines, StreamKind::adjustment, &StatedLine::stream));
        counts.placings += plan.placement.has_value();
    }
    counts.moves += history.moves.size();
    return counts.networks % 10 == 0 ? verification(database) : "";
}

std::string differences_or_error(const History& history, Counts& counts) {
    try {
        return differences_of(history, counts);
    } catch (const std::exception& error) {
        return error.what();
    }
}

/// Leaves a failing case as files in the folder that DOWNLINE_KEEP names: what comes in, in order.
void keep(const History& history, const std::string& differences) {
    const char* folder = std::getenv("DOWNLINE_KEEP");
    if (!folder) return;
    const std::filesystem::path path{folder};
    std::filesystem::create_directories(path);
    const auto write = [&](const std::string& name, const std::string& text) {
        std::ofstream(path / name, std::ios::binary) << text;
    };
    write("case.txt", describe(history) + "\n" + differences);
    for (std::size_t k = 0; k < history.periods.size(); ++k) {
        const std::string period = period_name(history.periods[k]);
        write(period + "-plan.toml", history.plan_texts[k]);
        int number = 0;
        for (const File& file : files_before(history, k))
            if (!file.rows.empty())
                write(fmt::format("{}-{}-{}.csv", period, ++number, import_kind_name(file.kind)),
                      file.text());
    }
}

TEST_CASE("period after period the stored lines are those of the reference") {
    Counts counts;
    ShrinkingTime shrinking;
    std::optional<std::pair<History, std::string>> failure;
    holds("several periods equal to the reference", 2'300, [&] {
        const History history = history_of(*throws(), {.has_windows = true, .has_rank_trees = true});
        if (shrinking.is_over()) return;
        const std::string found = differences_or_error(history, counts);
        if (found.empty()) return;
        shrinking.failed();
        failure = {history, found};  // the last one is the smallest
        RC_FAIL(found);
    });
    if (failure) {
        keep(failure->first, failure->second);
        MESSAGE(describe(failure->first), failure->second);
    }
    MESSAGE(counts.networks, " networks, ", counts.periods, " periods, ", counts.lines,
            " lines, ", counts.reversals, " reversals, ", counts.carries, " carries, ",
            counts.moves, " moves, ", counts.adjustments, " adjustments, ", counts.placings,
            " periods with automatic places, ", counts.refused, " runs refused, ",
            counts.orders_by_part, " orders and ", counts.members_by_part,
            " members explained by a part");
    CHECK(counts.networks >= enough(2'000));
    CHECK(counts.lines >= enough(10'000));
    CHECK(counts.reversals >= enough(1'000));
    CHECK(counts.carries >= enough(1'000));
    CHECK(counts.moves >= enough(1'000));
    CHECK(counts.adjustments >= enough(1'000));
    CHECK(counts.placings >= enough(500));
    CHECK(counts.orders_by_part >= enough(1'000));
    CHECK(counts.members_by_part >= enough(1'000));
}

}  // namespace
}  // namespace downline::property
