// Random companies over several periods: late joiners, changes of status and kind, returns that
// come periods after their order, plans that change on the way.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <sstream>

#include "engine/plan/reader.hpp"
#include "tests/property/history.hpp"

namespace downline::property {

namespace {

/// Where in faces the choices of a history begin, after those of one period.
constexpr std::size_t company_face = 48, member_face = 18, order_face = 36;

/// The text without the lines of other periods.
std::string text_for(const std::string& text, bool is_late) {
    std::istringstream lines(text);
    std::string kept, line;
    while (std::getline(lines, line))
        if (!line.ends_with(is_late ? "# early" : "# late")) kept += line + '\n';
    return kept;
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
        Throws only_members = throws_;
        only_members.orders.clear();
        history_.facts = facts_of(only_members, plan.rank_count, plan.currency_places,
                                  history_.periods.front(), wanted_);
        if (history_.facts.members.empty()) return std::move(history_);
        for (std::size_t row = 0; row < history_.facts.members.size(); ++row) change(row);
        for (std::size_t k = 0; k < history_.periods.size(); ++k) orders_of(k, plan);
        history_.comes_at_once = company_.chance(30);
        return std::move(history_);
    }

private:
    void plans(const PlanText& plan) {
        const std::size_t count = 2 + static_cast<std::size_t>(company_.roll(3));
        const std::size_t changed = 1 + static_cast<std::size_t>(company_.roll(3));
        Period period = *parse_period(plan.period);
        for (std::size_t k = 0; k < count; ++k, period = next_period(period)) {
            history_.periods.push_back(period);
            history_.plan_texts.push_back(text_for(plan.text, k >= changed));
            history_.plans.push_back(read(history_.plan_texts.back()));
        }
    }

    const Period& pick_period(Dice& dice) {
        return history_.periods[static_cast<std::size_t>(
            dice.roll(static_cast<int>(history_.periods.size())))];
    }

    void change(std::size_t row) {
        MemberRow& member = history_.facts.members[row];
        Dice dice(throws_.members[row]);
        dice.skip_to(member_face);
        if (dice.chance(20)) member.joined_on = day_in(pick_period(dice), dice.roll(5040));
        if (!dice.chance(20)) return;
        ChangeRow change{.member = static_cast<int>(row),
                         .holds_from = day_in(pick_period(dice), dice.roll(5040)),
                         .is_status = member.kind == MemberKind::affiliate,
                         .status = static_cast<Status>(dice.roll(3))};
        change.holds_from = std::max(change.holds_from, member.joined_on);
        if (change.is_status && change.status == member.status) return;
        history_.changes.push_back(change);
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
        history_.facts.creators = facts.creators;
        const auto joined_on = [&](int member) {
            return history_.facts.members[static_cast<std::size_t>(member)].joined_on;
        };
        if (k == 0)
            for (const auto& [key, before] : facts.before)
                if (joined_on(key.first) <= before.first_on) history_.facts.before[key] = before;
        for (OrderRow order : facts.orders) {
            if (joined_on(order.buyer) > history_.periods[k].last) continue;
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

std::vector<File> files_before(const History& history, std::size_t k) {
    if (history.comes_at_once && k > 0) return {};
    const bool is_all = history.comes_at_once;
    const Period& period = history.periods[k];
    const auto is_now = [&](Day day) {
        return is_all || (day <= period.last && (k == 0 || day >= period.first));
    };
    Facts part = history.facts;
    part.orders.clear();
    part.period = period;
    if (k > 0) part.before.clear();
    for (const OrderRow& order : history.facts.orders)
        if (is_now(order.ordered_on)) part.orders.push_back(order);
    std::vector<File> files = files_of(part, history.plans[k]);
    if (k > 0) files.erase(files.begin(), files.begin() + 2);  // members and products are known

    File status{ImportKind::members, "member_id,sponsor_id,joined_on,status,status_on", {}};
    File kind{ImportKind::members, "member_id,sponsor_id,joined_on,kind,kind_on", {}};
    for (const ChangeRow& change : history.changes) {
        if (!is_now(change.holds_from)) continue;
        static constexpr std::array<const char*, 3> names{"active", "suspended", "terminated"};
        const MemberRow& member =
            history.facts.members[static_cast<std::size_t>(change.member)];
        const std::string sponsor =
            member.sponsor < 0
                ? ""
                : history.facts.members[static_cast<std::size_t>(member.sponsor)].id;
        (change.is_status ? status : kind)
            .rows.push_back(fmt::format(
                "{},{},{},{},{}", member.id, sponsor, format_day(member.joined_on),
                change.is_status ? names[static_cast<std::size_t>(change.status)] : "affiliate",
                format_day(change.holds_from)));
    }
    files.push_back(std::move(status));
    files.push_back(std::move(kind));

    File returns{ImportKind::returns, files[k > 0 ? 1 : 3].header, {}};
    Facts returned = history.facts;
    for (OrderRow& order : returned.orders)
        std::erase_if(order.returns, [&](const ReturnRow& back) { return !is_now(*back.returned_on); });
    returned.before.clear();
    files[k > 0 ? 1 : 3].rows = files_of(returned, history.plans[k])[3].rows;
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
    return text + describe(history.facts);
}

}  // namespace downline::property
