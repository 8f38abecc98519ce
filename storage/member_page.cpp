// Levels of a downline are ranges of the forest: sums before each position answer them at once.
#include "storage/member_page.hpp"

#include <algorithm>
#include <unordered_map>

#include "engine/errors.hpp"
#include "storage/explain_words.hpp"
#include "storage/members.hpp"
#include "storage/reload.hpp"

namespace downline {
namespace {

/// The newest runs of the plan up to this one that count: final ones, and it.
std::vector<std::pair<std::int64_t, std::string>> runs_shown(Database& database,
                                                             const RunRecord& run) {
    std::vector<std::pair<std::int64_t, std::string>> runs;
    Query query = database.query(
        "SELECT number, period FROM run WHERE plan = ?1 AND last_day <= ?2"
        " AND (state = 'final' OR number = ?3) ORDER BY last_day DESC LIMIT ?4");
    query.bind(1, run.plan).bind(2, std::int64_t{run.last_day}).bind(3, run.number);
    query.bind(4, static_cast<std::int64_t>(periods_shown));
    while (query.step()) runs.emplace_back(query.integer(0), query.text(1));
    std::ranges::reverse(runs);
    return runs;
}

/// What members were paid in each of some runs, by storage's number; nobody who was paid nothing.
using PayByMember = std::unordered_map<std::int64_t, std::vector<std::int64_t>>;

/// Of one member, or of all.
PayByMember pay_in(Database& database, const std::vector<std::int64_t>& runs,
                   std::optional<std::int64_t> member) {
    PayByMember pay;
    Query query = database.query(
        std::string("SELECT member, amount FROM statement WHERE run = ?1 AND amount <> 0") +
        (member ? " AND member = ?2" : ""));
    for (std::size_t i = 0; i < runs.size(); ++i) {
        query.reset();
        query.bind(1, runs[i]);
        if (member) query.bind(2, *member);
        while (query.step()) {
            std::vector<std::int64_t>& amounts = pay[query.integer(0)];
            amounts.resize(runs.size());
            amounts[i] = query.integer(1);
        }
    }
    return pay;
}

/// The current runs of other plans in the period.
std::vector<RunRecord> runs_beside(Database& database, const RunRecord& run) {
    std::vector<RunRecord> runs = find_runs(database, std::nullopt, run.period);
    std::erase_if(runs, [&](const RunRecord& other) { return other.plan == run.plan; });
    return runs;
}

}  // namespace

struct PageMaker::State {
    RunRecord run;
    Reloaded again;
    RunResult result;
    ActivityAsked asked;
    Trees trees;
    std::vector<std::pair<std::int64_t, std::string>> runs;
    std::vector<RunRecord> beside;
    PayByMember history, pay_beside;                                      ///< per run of these
    std::unordered_map<std::string, MemberIndex> index;                   ///< by id
    std::vector<std::int64_t> number;                                     ///< by MemberIndex
    std::vector<std::int64_t> active_before, pv_before;  ///< sums over the positions before each
    std::vector<std::int64_t> below;                     ///< affiliates below, by position

    State(Database& database, const RunRecord& of, unsigned thread_count)
        : run(of),
          again(reload(database, of)),
          result(downline::run(again.plan, again.loaded.snapshot, thread_count)),
          asked(again.plan, again.loaded.snapshot, result.standing),
          trees(make_trees(again.plan, again.loaded.snapshot)),
          runs(runs_shown(database, of)),
          beside(runs_beside(database, of)) {
        ensure(result.paid_minor == of.paid_minor,
               "a run, computed again for its pages, does not pay what is stored; `verify` says "
               "what differs");
    }
    void add_up();
    void read_history(Database& database, std::optional<std::int64_t> member);
    [[nodiscard]] DownlineLevel level(std::uint32_t level, Position from, Position to) const;
    void describe_downline(MemberIndex member, MemberPage& page) const;
};

void PageMaker::State::add_up() {
    const Forest& forest = trees.sponsor;
    active_before.assign(forest.count() + 1, 0);
    pv_before.assign(forest.count() + 1, 0);
    const auto pv = std::ranges::find(again.plan.measures, "pv", &Measure::name);
    ensure(pv != again.plan.measures.end(), "a plan without pv");
    const auto& volumes =
        result.standing.measures[static_cast<std::size_t>(pv - again.plan.measures.begin())];
    for (Position p = 0; p < forest.count(); ++p) {
        const MemberIndex member = forest.member()[p];
        active_before[p + 1] = active_before[p] + result.standing.is_active[member];
        pv_before[p + 1] = add_checked(pv_before[p], volumes[member]);
    }
    below = roll_up(forest, std::vector<std::int64_t>(forest.count(), 1));
    for (std::int64_t& count : below) --count;
}

/// What members earned in the runs that are shown; of one member, or of all.
void PageMaker::State::read_history(Database& database, std::optional<std::int64_t> member) {
    std::vector<std::int64_t> numbers, others;
    for (const auto& [run_number, period] : runs) numbers.push_back(run_number);
    for (const RunRecord& other : beside) others.push_back(other.number);
    history = pay_in(database, numbers, member);
    pay_beside = pay_in(database, others, member);
}

DownlineLevel PageMaker::State::level(std::uint32_t level, Position from, Position to) const {
    return {level, std::int64_t{to} - from, active_before[to] - active_before[from],
            pv_before[to] - pv_before[from]};
}

void PageMaker::State::describe_downline(MemberIndex member, MemberPage& page) const {
    const Forest& forest = trees.sponsor;
    const Position at = forest.position()[member];
    if (at == no_position) return;
    std::pair<Position, Position> range = forest.children({at, at + 1});
    std::int64_t rest = below[at];
    for (std::uint32_t depth = 1; depth <= downline_levels_shown && range.first < range.second;
         ++depth, range = forest.children(range)) {
        page.downline.push_back(level(depth, range.first, range.second));
        rest -= page.downline.back().affiliates;
    }
    page.deeper.level = downline_levels_shown + 1;
    page.deeper.affiliates = rest;
}

PageMaker::PageMaker(Database& database, const RunRecord& run,
                     const std::optional<std::string>& member_id, unsigned thread_count)
    : state_(new State(database, run, thread_count)) {
    State& state = *state_;
    state.add_up();
    state.number = state.again.loaded.snapshot.members.number;
    std::unordered_map<std::int64_t, MemberIndex> index_of;
    if (member_id) {
        const std::int64_t number = find_member(database, *member_id, run.last_day).number;
        state.read_history(database, number);
        const auto found = std::ranges::find(state.number, number);
        ensure(found != state.number.end(), "a member of the period is not in its network");
        state.index[*member_id] = static_cast<MemberIndex>(found - state.number.begin());
        return;
    }
    state.read_history(database, std::nullopt);
    for (MemberIndex member = 0; member < state.number.size(); ++member)
        index_of[state.number[member]] = member;
    Query ids = database.query("SELECT number, member_id FROM member");
    while (ids.step()) {
        const auto found = index_of.find(ids.integer(0));
        if (found != index_of.end()) state.index[std::string(ids.text(1))] = found->second;
    }
}

PageMaker::~PageMaker() = default;

MemberPage PageMaker::page(Earnings earnings) const {
    const State& state = *state_;
    const Plan& plan = state.again.plan;
    const MemberIndex member = state.index.at(earnings.member_id);
    MemberPage page;
    page.run = state.run;
    static constexpr const char* statuses[] = {"active", "suspended", "terminated"};
    const Status status = state.again.loaded.snapshot.members.status[member];
    page.status = statuses[static_cast<std::size_t>(status)];
    page.active = shown_tests(plan, state.asked.active(member));
    const RankPlace rank = state.result.standing.rank.empty() ? RankPlace{0}
                                                              : state.result.standing.rank[member];
    if (rank < plan.ranks.size() && status != Status::terminated)
        page.next = ShownRank{plan.rank_name(static_cast<RankPlace>(rank + 1)), false, false,
                              shown_tests(plan, state.asked.next_rank(plan.ranks[rank], member)),
                              {}};
    state.describe_downline(member, page);
    const auto amounts = state.history.find(state.number[member]);
    for (std::size_t i = 0; i < state.runs.size(); ++i)
        page.history.push_back({state.runs[i].second,
                                amounts == state.history.end() ? 0 : amounts->second[i]});
    if (const auto beside = state.pay_beside.find(state.number[member]);
        beside != state.pay_beside.end())
        for (std::size_t i = 0; i < state.beside.size(); ++i)
            if (const std::int64_t amount_minor = beside->second[i]; amount_minor != 0)
                page.other_plans.push_back({state.beside[i].plan, state.beside[i].state == "final",
                                            amount_minor});
    page.earnings = std::move(earnings);
    return page;
}

}  // namespace downline
