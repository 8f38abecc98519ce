// Prints the cycle that the engine finds: see the header.
#include "storage/rank_cycle.hpp"

#include <fmt/format.h>

#include "engine/errors.hpp"
#include "engine/rank_order.hpp"
#include "storage/messages.hpp"

namespace downline {

void refuse_rank_cycle(Database& database, const Plan& plan, const Loaded& loaded) {
    const std::vector<CycleStep> cycle = find_rank_cycle(plan, loaded.snapshot);
    if (cycle.empty()) return;
    static constexpr const char* trees[] = {"sponsor", "enroller", "placement"};
    Query id = database.query("SELECT member_id FROM member WHERE number = ?1");
    const auto name = [&](MemberIndex member) {
        id.reset();
        id.bind(1, loaded.snapshot.members.number[member]);
        ensure(id.step(), "a member of a cycle is gone");
        return shown_value(id.text(0));
    };
    constexpr std::size_t steps_shown_max = 20;
    std::string way;
    for (std::size_t i = 0; i < cycle.size() && i < steps_shown_max; ++i)
        way += fmt::format("{} stands below {} in the {} tree; ", name(cycle[i].member),
                           name(cycle[(i + 1) % cycle.size()].member),
                           trees[static_cast<std::size_t>(cycle[i].tree)]);
    if (cycle.size() > steps_shown_max)
        way += fmt::format("and {} more; ", cycle.size() - steps_shown_max);
    throw Refusal(Refusal::Kind::input,
                  fmt::format("the rank rules of plan {} ask for the ranks of others in trees that "
                              "form a cycle together, so no rank could be found first: {}move one "
                              "of them, or ask in one tree only",
                              plan.name, way));
}

}  // namespace downline
