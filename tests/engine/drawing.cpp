// Reads drawn companies. The reference engine looks over the shoulder of every drawn test.
#include "tests/engine/drawing.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <ostream>
#include <sstream>
#include <stdexcept>

#include "engine/plan/reader.hpp"
#include "tests/reference/compare.hpp"

namespace downline {

namespace {

constexpr const char* plan_head = R"(
[plan]
name      = "drawn"
currency  = "USD"
period    = "month"
effective = 2020-01-01

[active]
requires = { joined_at_least_days = 1 }
)";

std::int64_t hundredths(const std::string& text) {
    const auto value = parse_decimal(text, 2, 1'000'000'000'000);
    if (!value) throw std::invalid_argument("drawn number " + text);
    return *value;
}

/// What one member's line says beyond its place in the tree.
struct DrawnLine {
    property::MemberRow member;
    property::OrderRow order;  ///< what all of its orders share
    std::vector<std::int64_t> points;
    std::uint32_t orders_before = 0;
};

void read_word(const std::string& word, DrawnTree& drawn, DrawnLine& line) {
    const std::size_t equals = word.find('=');
    const std::string key = word.substr(0, equals);
    const std::string value = equals == std::string::npos ? "" : word.substr(equals + 1);
    if (word == "inactive") line.member.joined_on = drawn.facts.period.last;
    else if (word == "customer") line.member.kind = MemberKind::customer;
    else if (word == "suspended") line.member.status = Status::suspended;
    else if (word == "terminated") line.member.status = Status::terminated;
    else if (key == "title") line.member.title_before = static_cast<RankPlace>(std::stoi(value));
    else if (key == "enroller") line.member.enroller = drawn.row(value);
    else if (key == "place") {
        const std::size_t colon = value.find(':');
        const std::string leg = value.substr(colon + 1);
        line.member.placement = drawn.row(value.substr(0, colon));
        line.member.leg = leg == "L"   ? 1
                          : leg == "R" ? 2
                                       : static_cast<std::uint32_t>(std::stoi(leg));
    } else if (key == "joined") line.member.joined_on = parse_day(value).value();
    else if (key == "on") line.order.ordered_on = parse_day(value).value();
    else if (key == "before") line.orders_before = static_cast<std::uint32_t>(std::stoi(value));
    else if (key == "kind") line.order.kind = value;
    else if (key == "category") line.order.category = value;
    else if (key == "sku") line.order.sku = value;
    else if (key == "quantity") line.order.quantity = static_cast<std::uint32_t>(std::stoi(value));
    else if (key == "cost") line.order.cost_minor = hundredths(value);
    else line.points.push_back(hundredths(word));
}

void add(const DrawnLine& line, DrawnTree& drawn) {
    const int row = static_cast<int>(drawn.facts.members.size());
    drawn.facts.members.push_back(line.member);
    if (line.orders_before > 0)
        drawn.facts.before[{row, ""}] = {line.orders_before, parse_day("2026-01-15").value()};
    for (const std::int64_t points : line.points) {
        if (points == 0) continue;
        property::OrderRow order = line.order;
        order.order_id = fmt::format("o{:04}", drawn.facts.orders.size());
        order.buyer = row;
        order.amount_minor = order.volume_centipoints = order.qualifying_centipoints = points;
        drawn.facts.orders.push_back(order);
    }
}

Paid pay_checked(const DrawnTree& drawn, const std::string& plan_text, bool by_reference) {
    const PlanReading reading = read_plan(plan_text);
    for (const PlanError& error : reading.errors) FAIL(error.line, ": ", error.text, plan_text);
    const Snapshot snapshot = snapshot_of(drawn.facts);
    Paid paid{run(reading.plan, snapshot), {}};
    const reference::Outcome outcome = reference::outcome_of(paid.result, snapshot);
    if (by_reference)
        CHECK(reference::differences(reading.plan, reference::compute(reading.plan, snapshot),
                                     outcome) == "");
    std::vector<std::string> ids(drawn.facts.members.size());
    for (const auto& member : drawn.facts.members) ids[drawn.index(member.id)] = member.id;
    for (const reference::Payment& payment : outcome.payments)
        paid.lines.push_back({ids[payment.earner],
                              payment.from == no_member ? "" : ids[payment.from], payment.level,
                              payment.paid_level, payment.amount_minor, payment.stream});
    return paid;
}

}  // namespace

std::ostream& operator<<(std::ostream& out, const PaidLine& line) {
    return out << line.earner << " from " << line.from << " level " << line.level << " paid level "
               << line.paid_level << " amount " << line.amount_minor << " stream "
               << stream_name(line.stream);
}

int DrawnTree::row(std::string_view id) const {
    for (std::size_t i = 0; i < facts.members.size(); ++i)
        if (facts.members[i].id == id) return static_cast<int>(i);
    throw std::invalid_argument("nobody is drawn as " + std::string(id));
}

MemberIndex DrawnTree::index(std::string_view id) const {
    MemberIndex before = 0;
    for (const auto& member : facts.members) before += member.id < id;
    return before;
}

DrawnTree draw(std::string_view text) {
    DrawnTree drawn;
    drawn.facts.period = parse_period("2026-03").value();
    std::vector<std::pair<std::size_t, int>> above;  // indentation and row, from the root down
    std::istringstream lines{std::string(text)};
    for (std::string written; std::getline(lines, written);) {
        const std::size_t indentation = written.find_first_not_of(' ');
        if (indentation == std::string::npos) continue;
        while (!above.empty() && above.back().first >= indentation) above.pop_back();
        DrawnLine line;
        line.member.sponsor = line.member.enroller = above.empty() ? -1 : above.back().second;
        line.member.joined_on = parse_day("2025-01-01").value();
        line.order.ordered_on = parse_day("2026-03-10").value();
        std::istringstream words(written);
        words >> line.member.id;
        for (std::string word; words >> word;) read_word(word, drawn, line);
        above.emplace_back(indentation, static_cast<int>(drawn.facts.members.size()));
        add(line, drawn);
    }
    return drawn;
}

std::int64_t Paid::to(std::string_view earner) const {
    std::int64_t sum = 0;
    for (const PaidLine& line : lines)
        if (line.earner == earner) sum += line.amount_minor;
    return sum;
}

std::int64_t Paid::forfeited(Reason reason, std::size_t bonus) const {
    return result.accounts.at(bonus).forfeited_minor[static_cast<std::size_t>(reason)];
}

Paid pay(const DrawnTree& drawn, std::string_view rest_of_plan) {
    return pay_by(drawn, std::string(plan_head) + std::string(rest_of_plan));
}

Paid pay_by(const DrawnTree& drawn, const std::string& plan_text) {
    return pay_checked(drawn, plan_text, true);
}

Paid pay_alone(const DrawnTree& drawn, std::string_view rest_of_plan) {
    return pay_checked(drawn, std::string(plan_head) + std::string(rest_of_plan), false);
}

}  // namespace downline
