// Forests: Boost.Graph numbers them once; after that they are arrays.
#include "engine/forest.hpp"

#include <algorithm>
#include <boost/graph/compressed_sparse_row_graph.hpp>
#include <boost/range/iterator_range.hpp>

#include "engine/errors.hpp"
#include "engine/money.hpp"

namespace downline {

namespace {

using Graph = boost::compressed_sparse_row_graph<boost::directedS, boost::no_property,
                                                 boost::no_property, boost::no_property,
                                                 std::uint32_t, std::uint32_t>;

/// Parent → child links of all nodes and, from one vertex more (index `count`), to every root.
Graph downward_graph(std::span<const MemberIndex> parent, std::span<const std::uint8_t> is_node) {
    const auto count = static_cast<std::uint32_t>(parent.size());
    const auto source_of = [&](MemberIndex child) {
        const MemberIndex above = parent[child];
        return above == no_member || !is_node[above] ? count : above;
    };
    std::vector<std::uint32_t> sources, targets;
    sources.reserve(count);
    targets.reserve(count);
    for (MemberIndex child = 0; child < count; ++child) {
        if (!is_node[child]) continue;
        sources.push_back(source_of(child));
        targets.push_back(child);
    }
    return {boost::construct_inplace_from_sources_and_targets, sources, targets, count + 1};
}

}  // namespace

Forest make_forest(std::span<const MemberIndex> parent, std::span<const std::uint8_t> is_node) {
    const auto count = static_cast<std::uint32_t>(parent.size());
    const auto node_count = static_cast<std::uint32_t>(
        std::count_if(is_node.begin(), is_node.end(), [](std::uint8_t node) { return node != 0; }));
    const Graph graph = downward_graph(parent, is_node);

    // In a forest every node is reached once, from its one parent: the queue of the search is the
    // numbering itself, and no vertex needs a colour.
    Forest forest;
    forest.member_.reserve(node_count);
    forest.parent_.reserve(node_count);
    forest.depth_.reserve(node_count);
    forest.first_child_.reserve(node_count + 1);
    forest.position_.assign(count, no_position);
    const auto add_children = [&](std::uint32_t vertex, Position above, std::uint32_t depth) {
        for (const auto& edge : boost::make_iterator_range(boost::out_edges(vertex, graph))) {
            const MemberIndex child = boost::target(edge, graph);
            forest.position_[child] = static_cast<Position>(forest.member_.size());
            forest.member_.push_back(child);
            forest.parent_.push_back(above);
            forest.depth_.push_back(depth);
        }
    };
    add_children(count, no_position, 0);
    for (Position p = 0; p < forest.member_.size(); ++p) {
        forest.first_child_.push_back(static_cast<Position>(forest.member_.size()));
        add_children(forest.member_[p], p, forest.depth_[p] + 1);
    }
    forest.first_child_.push_back(static_cast<Position>(forest.member_.size()));
    if (forest.member_.size() != node_count)
        throw Refusal(Refusal::Kind::input, "the links of a tree form a cycle");
    return forest;
}

std::vector<MemberIndex> find_cycle(std::span<const MemberIndex> parent) {
    // Each walk marks what it meets with its own number; meeting its own mark is a cycle.
    std::vector<std::uint32_t> mark(parent.size(), 0);
    std::vector<MemberIndex> shortest;
    for (MemberIndex start = 0; start < parent.size(); ++start) {
        const std::uint32_t walk = start + 1;
        MemberIndex at = start;
        while (at != no_member && mark[at] == 0) {
            mark[at] = walk;
            at = parent[at];
        }
        if (at == no_member || mark[at] != walk) continue;
        std::vector<MemberIndex> cycle;
        MemberIndex step = at;
        do {
            cycle.push_back(step);
            step = parent[step];
        } while (step != at);
        if (shortest.empty() || cycle.size() < shortest.size()) shortest = std::move(cycle);
    }
    if (!shortest.empty())
        std::rotate(shortest.begin(), std::ranges::min_element(shortest), shortest.end());
    return shortest;
}

std::vector<Position> nearest_above(const Forest& forest, std::span<const std::uint8_t> is_kept) {
    const auto parent = forest.parent();
    std::vector<Position> nearest(forest.count(), no_position);
    for (Position p = 0; p < forest.count(); ++p) {
        const Position above = parent[p];
        if (above != no_position) nearest[p] = is_kept[above] ? above : nearest[above];
    }
    return nearest;
}

std::vector<Position> ancestor_at(const Forest& forest, std::uint32_t distance) {
    std::vector<Position> result(forest.count());
    for (Position p = 0; p < forest.count(); ++p) result[p] = p;
    std::vector<Position> jump(forest.parent().begin(), forest.parent().end());
    const auto after = [&jump](Position p) { return p == no_position ? p : jump[p]; };
    for (;; distance >>= 1) {
        if (distance & 1)
            for (Position& p : result) p = after(p);
        if (distance <= 1) return result;
        std::vector<Position> doubled(jump.size());
        for (Position p = 0; p < jump.size(); ++p) doubled[p] = after(jump[p]);
        jump = std::move(doubled);
    }
}

Preorder preorder_of(const Forest& forest) {
    const std::uint32_t count = forest.count();
    std::vector<std::uint32_t> size(count, 1);
    for (Position p = count; p-- > 0;)
        if (forest.parent()[p] != no_position) size[forest.parent()[p]] += size[p];
    Preorder order{std::vector<std::uint32_t>(count), std::vector<std::uint32_t>(count)};
    std::vector<std::uint32_t> next(count);  // the first number that is free below a position
    std::uint32_t next_root = 0;
    for (Position p = 0; p < count; ++p) {
        const Position above = forest.parent()[p];
        std::uint32_t& free = above == no_position ? next_root : next[above];
        order.first[p] = free;
        order.last[p] = free + size[p];
        next[p] = free + 1;
        free += size[p];
    }
    return order;
}

std::vector<std::int64_t> roll_up(const Forest& forest, std::span<const std::int64_t> value) {
    std::vector<std::int64_t> sum(value.begin(), value.end());
    for (Position p = forest.count(); p-- > 0;)
        if (forest.parent()[p] != no_position)
            sum[forest.parent()[p]] = add_checked(sum[forest.parent()[p]], sum[p]);
    return sum;
}

}  // namespace downline
