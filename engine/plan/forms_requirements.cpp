// Requirements: one vocabulary for active, ranks, bonuses, measures and sellers. See forms.hpp.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "engine/limits.hpp"
#include "engine/plan/forms.hpp"

namespace downline {

namespace {

constexpr std::int64_t days_max = 1'000'000;

/// Reads one table of minimums. Every key is a test; what is no word of the vocabulary is a
/// measure.
class RequirementReader {
public:
    RequirementReader(const ReadingContext& context, Problems& problems)
        : context_(context), problems_(problems) {}

    // Recursive through `legs` and `frontline`, as deep as the text nests.
    Requirement read(const TomlValue& value, std::string_view what) {
        Requirement requirement;
        if (value.is_table()) {
            requirement.alternatives.push_back(read_tests(value, ""));
        } else if (value.is_list() && !value.list.empty()) {
            if (is_too_long(value, what)) return requirement;
            for (const TomlValue& entry : value.list) {
                if (entry.is_table()) requirement.alternatives.push_back(read_tests(entry, ""));
                else
                    report_wrong_type(entry, fmt::format("an entry of {}", what),
                                      "a table, as { pv = 100 }", problems_);
            }
        } else {
            report_wrong_type(value, what,
                              "a table of minimums, as { pv = 100 }, or a list of such tables",
                              problems_);
        }
        return requirement;
    }

private:
    bool is_too_long(const TomlValue& list, std::string_view what) {
        if (list.list.size() <= plan_entries_max) return false;
        problems_.error(list.place, "too_many",
                        fmt::format("{} has {} entries; at most {} are read", what,
                                    list.list.size(), plan_entries_max));
        return true;
    }

    /// All keys of the table but `skipped`.
    std::vector<Test> read_tests(const TomlValue& table, std::string_view skipped) {
        std::vector<Test> tests;
        for (const TomlValue::Entry& entry : table.table)
            if (entry.key != skipped) read_test(entry, tests);
        return tests;
    }

    void read_test(const TomlValue::Entry& entry, std::vector<Test>& tests) {
        const auto& [key, place, value] = entry;
        if (key == "legs" || key == "frontline") {
            read_members(entry, tests);
            return;
        }
        Test test;
        if (key == "rank" || key == "title") {
            test.kind = key == "rank" ? Test::Kind::rank : Test::Kind::title;
            if (const auto name = text_of(value, key, problems_))
                test.rank = context_.rank(*name, value.place, problems_);
        } else if (key == "active") {
            test.kind = Test::Kind::active;
            if (value.sort == TomlValue::Sort::flag) test.flag = value.flag;
            else report_wrong_type(value, key, "true or false", problems_);
        } else if (key == "joined_within_days" || key == "joined_at_least_days") {
            test.kind = key == "joined_within_days" ? Test::Kind::joined_within_days
                                                    : Test::Kind::joined_at_least_days;
            test.min = integer_of(value, key, 0, days_max, problems_).value_or(0);
        } else {
            const auto measure = find_measure(entry);
            if (!measure) return;
            test.kind = Test::Kind::measure;
            test.measure = *measure;
            read_range(entry, test);
        }
        tests.push_back(std::move(test));
    }

    std::optional<MeasureIndex> find_measure(const TomlValue::Entry& entry) {
        const auto at =
            std::ranges::find(context_.measures, entry.key, &ReadingContext::MeasureName::name);
        if (at != context_.measures.end())
            return static_cast<MeasureIndex>(at - context_.measures.begin());
        std::vector<std::string_view> known = {"rank",
                                               "title",
                                               "active",
                                               "legs",
                                               "frontline",
                                               "joined_within_days",
                                               "joined_at_least_days"};
        for (const auto& measure : context_.measures) known.push_back(measure.name);
        problems_.error(entry.place, "unknown_requirement",
                        fmt::format("{} is no measure of this plan and no requirement{}",
                                    in_quotes(entry.key), near_name(entry.key, known, problems_)));
        return std::nullopt;
    }

    void read_range(const TomlValue::Entry& entry, Test& test) {
        const ReadingContext::MeasureName& measure = context_.measures[test.measure];
        const auto number = [&](const TomlValue& value, std::string_view what) {
            return number_in_unit(value, what, measure.unit, context_, problems_);
        };
        if (!entry.value.is_table()) {
            test.min = number(entry.value, entry.key).value_or(0);
            return;
        }
        TableReader range(entry.value, entry.key, problems_);
        const TomlValue* min = range.value("min");
        const TomlValue* max = range.value("max");
        if (min) test.min = number(*min, entry.key + ".min").value_or(0);
        if (max) test.max = number(*max, entry.key + ".max").value_or(INT64_MAX);
        else if (!min) range.require("min", "write { min = 100 }, { max = 500 } or both");
        if (test.max < test.min)
            range.error("max", "bad_range",
                        fmt::format("{} asks for at least {} and at most {}, which nothing meets",
                                    entry.key, shown(*min), shown(*max)));
        test.max_per_leg_ppm = range.percent("max_per_leg");
        if (test.max_per_leg_ppm) check_max_per_leg(range, measure, min != nullptr);
        range.finish();
    }

    void check_max_per_leg(TableReader& range, const ReadingContext::MeasureName& measure,
                           bool has_min) {
        if (!measure.is_over_downline)
            range.error(
                "max_per_leg", "max_per_leg",
                fmt::format("max_per_leg limits what each leg adds, but {} is not over a "
                            "downline; remove it, or ask it of such a measure as gv",
                            measure.name));
        else if (!has_min)
            range.error("max_per_leg", "max_per_leg",
                        "max_per_leg is a share of the minimum, and there is none; write min "
                        "beside it");
    }

    /// `legs` and `frontline`: a count, and what each must meet; a list means each of several.
    void read_members(const TomlValue::Entry& entry, std::vector<Test>& tests) {
        std::vector<const TomlValue*> tables;
        if (entry.value.is_table()) tables.push_back(&entry.value);
        if (entry.value.is_list() && is_too_long(entry.value, entry.key)) return;
        if (entry.value.is_list())
            for (const TomlValue& inner : entry.value.list) tables.push_back(&inner);
        if (tables.empty())
            report_wrong_type(entry.value, entry.key, "a table, as { count = 3, active = true }",
                              problems_);
        for (const TomlValue* table : tables) {
            if (!table->is_table()) {
                report_wrong_type(*table, fmt::format("an entry of {}", entry.key),
                                  "a table, as { count = 3, active = true }", problems_);
                continue;
            }
            Test test;
            test.kind = entry.key == "legs" ? Test::Kind::legs : Test::Kind::frontline;
            TableReader reader(*table, entry.key, problems_);
            reader.require("count", "write how many are asked for, as count = 3");
            test.count = reader.integer("count", 1, member_count_max).value_or(1);
            Requirement each;
            each.alternatives.push_back(read_tests(*table, "count"));
            test.each = std::make_shared<const Requirement>(std::move(each));
            tests.push_back(std::move(test));
        }
    }

    const ReadingContext& context_;
    Problems& problems_;
};

}  // namespace

std::optional<Requirement> read_requirement(TableReader& table, std::string_view key,
                                            const ReadingContext& context) {
    const TomlValue* value = table.value(key);
    if (!value) return std::nullopt;
    return RequirementReader(context, table.problems()).read(*value, key);
}

std::optional<RankPlace> read_rank(TableReader& table, std::string_view key,
                                   const ReadingContext& context) {
    const auto name = table.text(key);
    if (!name) return std::nullopt;
    return context.rank(*name, table.place_of(key), table.problems());
}

std::optional<MeasureIndex> read_measure(TableReader& table, std::string_view key,
                                         const ReadingContext& context) {
    const auto name = table.text(key);
    if (!name) return std::nullopt;
    return context.measure(*name, table.place_of(key), table.problems());
}

std::string ReadingContext::belongs_in_header(std::string_view key) const {
    return std::ranges::find(header_keys, key) == header_keys.end() ? "" : "; it belongs in [plan]";
}

RankPlace ReadingContext::rank(std::string_view name, Place place, Problems& problems) const {
    const auto at = std::ranges::find(rank_names, name);
    if (at != rank_names.end()) return static_cast<RankPlace>(at - rank_names.begin() + 1);
    std::vector<std::string_view> known;
    if (problems.wants_suggestions()) known.assign(rank_names.begin(), rank_names.end());
    problems.error(place, "unknown_rank",
                   fmt::format("{} is no rank of this plan{}", in_quotes(name),
                               near_name(name, known, problems)));
    return 0;
}

std::optional<MeasureIndex> ReadingContext::measure(std::string_view name, Place place,
                                                    Problems& problems) const {
    const auto at = std::ranges::find(measures, name, &MeasureName::name);
    if (at != measures.end()) return static_cast<MeasureIndex>(at - measures.begin());
    std::vector<std::string_view> known;
    for (const MeasureName& measure : measures) known.push_back(measure.name);
    problems.error(place, "unknown_measure",
                   fmt::format("{} is no measure of this plan{}", in_quotes(name),
                               near_name(name, known, problems)));
    return std::nullopt;
}

}  // namespace downline
