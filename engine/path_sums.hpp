// How many stand in the subtree of each node while leaves are added: a link-cut tree that adds along
// the way to the root. Each step costs the logarithm of the depth, amortized.
// Source: Sleator and Tarjan, A data structure for dynamic trees, 1983.
#pragma once

#include <cstdint>
#include <vector>

namespace downline {

class PathSums {
public:
    static constexpr std::uint32_t none = 0xffff'ffff;
    explicit PathSums(std::uint32_t count)
        : parent_(count, none), left_(count, none), right_(count, none), value_(count, 0),
          pending_(count, 0) {}
    /// Hangs a root, with all below it, below a node of another tree.
    void link(std::uint32_t node, std::uint32_t parent) {
        access(node);
        parent_[node] = parent;
    }
    /// Adds to a node and to all above it.
    void add_upward(std::uint32_t node, std::int64_t amount) {
        access(node);
        value_[node] += amount;
        if (left_[node] != none) add(left_[node], amount);
    }
    [[nodiscard]] std::int64_t value(std::uint32_t node) {
        if (!is_splay_root(node)) splay(node);
        return value_[node];
    }

private:
    [[nodiscard]] bool is_splay_root(std::uint32_t node) const {
        const std::uint32_t above = parent_[node];
        return above == none || (left_[above] != node && right_[above] != node);
    }
    void add(std::uint32_t node, std::int64_t amount) {
        value_[node] += amount;
        pending_[node] += amount;
    }
    void push_down(std::uint32_t node) {
        if (pending_[node] == 0) return;
        if (left_[node] != none) add(left_[node], pending_[node]);
        if (right_[node] != none) add(right_[node], pending_[node]);
        pending_[node] = 0;
    }
    void rotate(std::uint32_t node) {
        const std::uint32_t above = parent_[node], top = parent_[above];
        const bool is_left = left_[above] == node;
        std::uint32_t& inner = is_left ? right_[node] : left_[node];
        if (!is_splay_root(above)) (left_[top] == above ? left_[top] : right_[top]) = node;
        (is_left ? left_[above] : right_[above]) = inner;
        if (inner != none) parent_[inner] = above;
        inner = above;
        parent_[above] = node;
        parent_[node] = top;
    }
    void splay(std::uint32_t node) {
        way_.clear();
        for (std::uint32_t at = node;; at = parent_[at]) {
            way_.push_back(at);
            if (is_splay_root(at)) break;
        }
        for (auto at = way_.rbegin(); at != way_.rend(); ++at) push_down(*at);
        while (!is_splay_root(node)) {
            const std::uint32_t above = parent_[node];
            if (!is_splay_root(above)) {
                const bool is_straight =
                    (left_[above] == node) == (left_[parent_[above]] == above);
                rotate(is_straight ? above : node);
            }
            rotate(node);
        }
    }
    /// The way from the root to the node becomes one splay tree, the node its root.
    void access(std::uint32_t node) {
        std::uint32_t below = none;
        for (std::uint32_t at = node; at != none; at = parent_[at]) {
            splay(at);
            right_[at] = below;
            below = at;
        }
        splay(node);
    }

    std::vector<std::uint32_t> parent_, left_, right_;
    std::vector<std::int64_t> value_, pending_;
    std::vector<std::uint32_t> way_;
};

}  // namespace downline
