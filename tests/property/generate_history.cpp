// Random companies over several periods: late joiners, changes of status and kind, returns that
// come periods after their order, plans that change on the way.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <regex>
#include <sstream>

#include "engine/plan/reader.hpp"
#include "tests/property/history.hpp"

namespace downline::property {

namespace {

/// Where in faces the choices of a history begin, after those of one period.
constexpr std::size_t company_face = 48, member_face = 18, order_face = 36;
constexpr std::size_t late_face = 44, adjustment_face = 48;

/// The text without the lines of other periods.
std::string text_for(const std::string& text, bool is_late) {
    std::istringstream lines(text);
    std::string kept, line;
    while (std::getline(lines, line))
        if (!line.ends_with(is_late ? "# early" : "# late")) kept += line + '\n';
    return kept;
}

/// The same plan with another name for its first rank.
std::string renamed(const std::string& text) {
    const std::string other = std::regex_replace(text, std::regex("\\br1\\b"), "apex");
    return std::regex_replace(other, std::regex("\nrounding"),
                              "\nwas = { r1 = \"apex\" }\nrounding");
}

Day day_in(const Period& period, int face) {
    return period.first + face % (period.last - period.first + 1);
}

class HistoryMaker {
public:
    HistoryMaker(const Throws& throws, const Wanted& wanted)
        : throws_(throws), wanted_(wanted), company_(throws.company) {
        company_.skip_to(company_face);
    }

    History make() {
        const PlanText plan = plan_text_of(throws_.plan, wanted_);
        if (!plan.binaries.empty()) wanted_.has_large_orders = false;
        plans(plan);
        history_.comes_at_once = company_.chance(30);
        Throws only_members = throws_;
        only_members.orders.clear();
        history_.facts = facts_of(only_members, plan.rank_count, plan.currency_places,
                                  history_.periods.front(), wanted_);
        if (history_.facts.members.empty()) return std::move(history_);
        const bool is_placing = std::ranges::any_of(
            history_.plans, [](const Plan& each) { return each.placement.has_value(); });
        for (std::size_t row = 0; row < history_.facts.members.size(); ++row) {
            join(row, is_placing);
            change(row);
            adjust(row);
        }
        std::erase_if(history_.facts.creators,
                      [&](const auto& product) { return member(product.second).arrives > 0; });
        add_moves(throws_, is_placing, history_);
        for (std::size_t k = 0; k < history_.periods.size(); ++k) orders_of(k, plan);
        return std::move(history_);
    }

private:
    MemberRow& member(int row) { return history_.facts.members[static_cast<std::size_t>(row)]; }

    void plans(const PlanText& plan) {
        const std::size_t count = 2 + static_cast<std::size_t>(company_.roll(3));
        const std::size_t changed = 1 + static_cast<std::size_t>(company_.roll(3));
        const bool is_renamed = plan.rank_count > 0 && company_.chance(25);
        Period period = plan.period;
        for (std::size_t k = 0; k < count; ++k, period = next_period(period)) {
            history_.periods.push_back(period);
            const std::string text = text_for(plan.text, k >= changed);
            history_.plan_texts.push_back(is_renamed && k >= changed ? renamed(text) : text);
            history_.plans.push_back(read(history_.plan_texts.back()));
        }
    }

    const Period& pick_period(Dice& dice) {
        return history_.periods[static_cast<std::size_t>(
            dice.roll(static_cast<int>(history_.periods.size())))];
    }

    /// `late_by` periods after the one of its day, or as soon as `after` has come in.
    [[nodiscard]] int arrival(Day day, int late_by, int after) const {
        if (history_.comes_at_once) return 0;
        return std::min(std::max(arrival_of(history_, day) + late_by, after),
                        static_cast<int>(history_.periods.size()) - 1);
    }

    /// Some join later, and some come in later than they join. Where the run places members, only
    /// those who are there from the beginning bring a place along: it might be taken later.
    void join(std::size_t row, bool is_placing) {
        MemberRow& joined = history_.facts.members[row];
        Dice dice(throws_.members[row]);
        dice.skip_to(member_face);
        if (dice.chance(20)) joined.joined_on = day_in(pick_period(dice), dice.roll(5040));
        dice.skip_to(late_face);
        if (row > 0 && dice.chance(15))  // somebody is there from the beginning
            joined.arrives = arrival(joined.joined_on, dice.roll(2), 0);
        for (const int parent : {joined.sponsor, joined.enroller, joined.placement})
            if (parent >= 0) joined.arrives = std::max(joined.arrives, member(parent).arrives);
        if (is_placing && (joined.arrives > 0 || joined.joined_on > history_.periods[0].last)) {
            joined.placement = -1;
            joined.leg = 0;
        }
    }

    void change(std::size_t row) {
        const MemberRow& changed = history_.facts.members[row];
        Dice dice(throws_.members[row]);
        dice.skip_to(member_face + 4);
        if (!dice.chance(20)) return;
        ChangeRow change{.member = static_cast<int>(row),
                         .holds_from = day_in(pick_period(dice), dice.roll(5040)),
                         .is_status = changed.kind == MemberKind::affiliate,
                         .status = static_cast<Status>(dice.roll(3))};
        change.holds_from = std::max(change.holds_from, changed.joined_on);
        if (change.is_status && change.status == changed.status) return;
        dice.skip_to(late_face + 2);
        change.arrives = arrival(change.holds_from, dice.chance(20) ? 1 : 0, changed.arrives);
        history_.changes.push_back(change);
    }

    /// Adjustments of affiliates, in periods that do not end before they join.
    void adjust(std::size_t row) {
        static constexpr std::array<std::int64_t, 6> amounts{100, -100, 0, -5'000, 12'345, 1};
        const MemberRow& earner = history_.facts.members[row];
        Dice dice(throws_.members[row]);
        dice.skip_to(adjustment_face);
        if (earner.kind == MemberKind::customer) return;
        for (int count = dice.chance(25) ? 1 + dice.roll(2) : 0; count > 0; --count) {
            AdjustmentRow adjustment{.id = fmt::format("a{}-{}", dice.roll(10), row * 2 + count),
                                     .member = static_cast<int>(row)};
            adjustment.period = dice.roll(static_cast<int>(history_.periods.size()));
            adjustment.amount_minor = dice.pick(amounts);
            if (dice.chance(50)) adjustment.bonus = dice.chance(50) ? "b1" : "gift";
            const Day last = history_.periods[static_cast<std::size_t>(adjustment.period)].last;
            adjustment.arrives = arrival(last, dice.chance(25) ? 1 : 0, earner.arrives);
            if (earner.joined_on <= last) history_.adjustments.push_back(adjustment);
        }
    }

    /// The orders that the dice put into a period, as a period alone would have them.
    void orders_of(std::size_t k, const PlanText& plan) {
        Throws of_period = throws_;
        of_period.orders.clear();
        for (const Faces& faces : throws_.orders) {
            Dice dice(faces);
            dice.skip_to(order_face);
            if (static_cast<std::size_t>(dice.roll(static_cast<int>(history_.periods.size()))) == k)
                of_period.orders.push_back(faces);
        }
        const Facts facts = facts_of(of_period, plan.rank_count, plan.currency_places,
                                     history_.periods[k], wanted_);
        if (k == 0)
            for (const auto& [key, before] : facts.before)
                if (member(key.first).joined_on <= before.first_on && member(key.first).arrives == 0)
                    history_.facts.before[key] = before;
        for (OrderRow order : facts.orders) {
            if (member(order.buyer).joined_on > history_.periods[k].last) continue;
            Dice dice(of_period.orders[static_cast<std::size_t>(std::stoi(order.order_id.substr(2))) - 1]);
            dice.skip_to(order_face + 1);
            order.arrives = arrival(order.ordered_on, dice.chance(15) ? 1 + dice.roll(2) : 0,
                                    member(order.buyer).arrives);
            order.order_id += static_cast<char>('a' + k);
            date_returns(k, order);
            history_.facts.orders.push_back(std::move(order));
        }
    }

    /// Lines of one order that come back as the n-th come back together.
    void date_returns(std::size_t k, OrderRow& order) {
        int number = 0;
        for (ReturnRow& back : order.returns) {
            ++number;
            const std::size_t seed = static_cast<std::size_t>(order.order_id[1]) * 7 +
                                     static_cast<std::size_t>(order.order_id[2]) * 5 +
                                     static_cast<std::size_t>(order.order_id[3]) * 3 +
                                     static_cast<std::size_t>(number);
            const std::size_t later = k + seed % (history_.periods.size() - k);
            const Period& period = history_.periods[later];
            const bool is_shared = seed % 5 == 0;
            back.returned_on = is_shared ? period.last
                                         : std::max(order.ordered_on,
                                                    day_in(period, static_cast<int>(seed)));
            back.return_id = is_shared ? fmt::format("shared{}", number)
                                       : fmt::format("r{}{}", order.order_id, number);
            back.arrives = arrival(*back.returned_on, seed % 11 == 0 ? 1 : 0, order.arrives);
        }
    }

    const Throws& throws_;
    Wanted wanted_;
    Dice company_;
    History history_;
};

}  // namespace

History history_of(const Throws& throws, const Wanted& wanted) {
    return HistoryMaker(throws, wanted).make();
}

std::optional<std::size_t> counted_in(const History& history, Day day, int arrives) {
    if (arrives == 0 && day < history.periods.front().first) return std::nullopt;
    std::size_t holds = 0;
    while (holds < history.periods.size() && history.periods[holds].last < day) ++holds;
    return std::max(holds, static_cast<std::size_t>(arrives));
}

int arrival_of(const History& history, Day day) {
    return static_cast<int>(counted_in(history, day, 0).value_or(0));
}

namespace {

/// The dated versions of members, moves and adjustments that come in before a run.
class LaterFiles {
public:
    LaterFiles(const History& history, int arriving) : history_(history), arriving_(arriving) {}

    [[nodiscard]] File changes(bool is_status) const {
        static constexpr std::array<const char*, 3> names{"active", "suspended", "terminated"};
        File file{ImportKind::members,
                  is_status ? "member_id,sponsor_id,joined_on,status,status_on"
                            : "member_id,sponsor_id,joined_on,kind,kind_on",
                  {}};
        for (const ChangeRow& change : history_.changes) {
            if (change.arrives != arriving_ || change.is_status != is_status) continue;
            const MemberRow& member = history_.facts.members[static_cast<std::size_t>(change.member)];
            file.rows.push_back(fmt::format(
                "{},{},{},{},{}", member.id, id_of(member.sponsor), format_day(member.joined_on),
                is_status ? names[static_cast<std::size_t>(change.status)] : "affiliate",
                format_day(change.holds_from)));
        }
        return file;
    }

    [[nodiscard]] File moves() const {
        static constexpr std::array<const char*, 3> trees{"sponsor", "enroller", "placement"};
        File file{ImportKind::moves, "member_id,tree,new_parent_id,leg,effective_on,reason", {}};
        for (const MoveRow& move : history_.moves)
            if (move.arrives == arriving_)
                file.rows.push_back(fmt::format(
                    "{},{},{},{},{},drawn", id_of(move.member),
                    trees[static_cast<std::size_t>(move.tree)], id_of(move.parent),
                    move.leg == 0 ? "" : std::to_string(move.leg), format_day(move.effective_on)));
        std::ranges::reverse(file.rows);  // in any order
        return file;
    }

    [[nodiscard]] File adjustments() const {
        File file{ImportKind::adjustments, "adjustment_id,member_id,period,amount,bonus,reason", {}};
        for (const AdjustmentRow& row : history_.adjustments)
            if (row.arrives == arriving_)
                file.rows.push_back(fmt::format(
                    "{},{},{},{},{},drawn", row.id, id_of(row.member),
                    period_name(history_.periods[static_cast<std::size_t>(row.period)]),
                    format_decimal(row.amount_minor, history_.facts.currency_places), row.bonus));
        return file;
    }

private:
    [[nodiscard]] std::string id_of(int row) const {
        return row < 0 ? "" : history_.facts.members[static_cast<std::size_t>(row)].id;
    }

    const History& history_;
    int arriving_;
};

}  // namespace

std::vector<File> files_before(const History& history, std::size_t k) {
    const int arriving = static_cast<int>(k);
    std::vector<File> files = files_of(history.facts, history.plans[k], arriving);
    const LaterFiles later(history, arriving);
    files.insert(files.end(), {later.changes(true), later.changes(false), later.moves(),
                               later.adjustments()});
    for (File& file : files) file.may_be_late = k > 0;
    return files;
}

std::string describe(const History& history) {
    std::string text = history.comes_at_once ? "all files at once\n" : "";
    text += history.plan_texts.front();
    for (std::size_t k = 1; k < history.periods.size(); ++k) {
        text += "then " + period_name(history.periods[k]);
        text += history.plan_texts[k] == history.plan_texts[k - 1]
                    ? ", same plan\n"
                    : ", another plan:\n" + history.plan_texts[k];
    }
    for (const ChangeRow& change : history.changes)
        text += fmt::format("{} from {}: {}\n",
                            history.facts.members[static_cast<std::size_t>(change.member)].id,
                            format_day(change.holds_from),
                            change.is_status ? static_cast<int>(change.status) : -1);
    for (std::size_t k = 0; k < history.periods.size(); ++k)
        for (const File& file : files_before(history, k))
            if (!file.rows.empty())
                text += fmt::format("before the run of {}, {}:\n{}", period_name(history.periods[k]),
                                    import_kind_name(file.kind), file.text());
    return text + describe(history.facts);
}

}  // namespace downline::property
