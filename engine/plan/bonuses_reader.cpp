// `[[bonus]]`: the keys that every kind shares; the kind's own are its file's. See sections.hpp.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "engine/bonuses/bonus.hpp"
#include "engine/limits.hpp"
#include "engine/plan/sections.hpp"

namespace downline {

namespace {

bool is_code(std::string_view code) {
    return !code.empty() && code.size() <= id_bytes_max && std::ranges::all_of(code, [](char c) {
        return static_cast<unsigned char>(c) > 0x20 && c != 0x7f && c != ':' && c != ',';
    });
}

void read_code(TableReader& table, const ReadingContext& context, Bonus& bonus) {
    table.require("code", "write its name on every line, as code = \"override\"");
    const auto code = table.text("code");
    if (!code) return;
    bonus.code = *code;
    if (!is_code(*code))
        table.error("code", "bad_name",
                    fmt::format("code is {}; write 1 to {} bytes without spaces, commas or colons",
                                in_quotes(*code), id_bytes_max));
    else if (*code == "adjustment")
        table.error("code", "bad_name",
                    "code is \"adjustment\", as lines of adjustments are called; choose another");
    else if (std::ranges::find(context.bonus_codes, *code) != context.bonus_codes.end())
        table.error(
            "code", "duplicate_bonus",
            fmt::format("there is a bonus {} already; give each its own code", in_quotes(*code)));
}

void read_base(TableReader& table, Bonus& bonus) {
    bonus.base = table
                     .word<Base>("base", {{"volume", Base::volume},
                                          {"qualifying_volume", Base::qualifying_volume},
                                          {"amount", Base::amount},
                                          {"margin", Base::margin}})
                     .value_or(Base::volume);
    const auto point_ppm = table.decimal("point", 6, false);
    if (!point_ppm) return;
    if (*point_ppm < 1 || *point_ppm > point_ppm_max)
        table.error("point", "out_of_range",
                    fmt::format("point is {}; it must be above 0 and at most {}",
                                shown(*table.value("point")), point_ppm_max / 1'000'000));
    else if (bonus.base == Base::amount || bonus.base == Base::margin)
        table.error("point", "useless_key",
                    "point is what a point of volume is worth, but the base is money; remove it");
    else bonus.point_ppm = *point_ppm;
}

Cap read_cap(TableReader& table, const ReadingContext& context) {
    Cap cap;
    auto inner = table.table("cap");
    if (!inner) return cap;
    cap.per_member_minor = read_amount_by_rank(*inner, "per_member", context);
    cap.per_source_minor = read_amount_by_rank(*inner, "per_source", context);
    cap.of_volume_ppm = inner->percent("of_volume");
    inner->finish();
    return cap;
}

void read_shared(TableReader& table, const ReadingContext& context, Bonus& bonus) {
    bonus.orders = read_order_filter(table, "orders", context);
    read_base(table, bonus);
    bonus.requires_ = read_requirement(table, "requires", context).value_or(Requirement{});
    bonus.needs_active = table.flag("active").value_or(true);
    bonus.tree = table
                     .word<Tree>("tree", {{"sponsor", Tree::sponsor},
                                          {"enroller", Tree::enroller},
                                          {"placement", Tree::placement}})
                     .value_or(Tree::sponsor);
    bonus.rank_by_title =
        table.word<bool>("rank_by", {{"paid-as", false}, {"title", true}}).value_or(false);
    bonus.cap = read_cap(table, context);
    bonus.factor_ppm = read_rate_by_rank(table, "factor", context);
    bonus.stream =
        table.word<StreamKind>("stream", {{"active", StreamKind::active},
                                          {"residual", StreamKind::residual},
                                          {"leveraged", StreamKind::leveraged},
                                          {"leveraged-residual", StreamKind::leveraged_residual},
                                          {"active-leveraged", StreamKind::active_leveraged}});
}

/// Null where the kind is unknown (an error) or not computed yet (an error elsewhere).
const BonusKind* read_kind(TableReader& table, Bonus& bonus) {
    table.require("kind", "write which rule pays, as kind = \"unilevel\"");
    const auto name = table.text("kind");
    if (!name) return nullptr;
    bonus.kind = *name;
    const auto kinds = bonus_kinds();
    const auto kind = std::ranges::find(kinds, *name, &BonusKind::name);
    if (kind != kinds.end()) return &*kind;
    std::vector<std::string_view> known;
    std::string list;
    for (const BonusKind& one : kinds) {
        known.push_back(one.name);
        list += fmt::format("{}\"{}\"", list.empty() ? "" : ", ", one.name);
    }
    table.error("kind", "unknown_kind",
                fmt::format("kind is {}, which is none of {}{}", in_quotes(*name), list,
                            near_name(*name, known, table.problems())));
    return nullptr;
}

/// "; it is a key of match and unilevel" of a key that other kinds have; else nothing. What a kind
/// asks an empty table for are its keys.
std::string belongs_to_kinds(std::string_view key, const ReadingContext& context) {
    std::vector<std::string_view> names;
    for (const BonusKind& kind : bonus_kinds()) {
        const TomlValue empty{.sort = TomlValue::Sort::table};
        Problems aside;
        TableReader table(empty, "", aside);
        Bonus bonus;
        (void)kind.read(table, context, bonus);
        if (table.knows(key)) names.push_back(kind.name);
    }
    if (names.empty()) return context.belongs_in_header(key);
    return fmt::format("; it is a key of {}", fmt::join(names, ", "));
}

}  // namespace

void read_bonuses(TableReader& document, ReadingContext& context, Plan& plan, PlanPlaces& places) {
    for (TableReader& inner : document.tables("bonus")) {
        const std::string* code = nullptr;
        if (const TomlValue* value = inner.value("code"); value && value->is_text())
            code = &value->text;
        TableReader table(inner.whole(), code ? "bonus " + in_quotes(*code) : "[[bonus]]",
                          document.problems());
        Bonus bonus;
        read_code(table, context, bonus);
        const BonusKind* kind = read_kind(table, bonus);
        read_shared(table, context, bonus);
        if (kind) {
            bonus.rule = kind->read(table, context, bonus);
            if (!kind->has_source && bonus.cap.per_source_minor.is_given())
                table.error("cap", "useless_key",
                            fmt::format("cap has per_source, but what a {} pays comes from no "
                                        "member; use per_member or of_volume",
                                        bonus.kind));
            table.finish([&](std::string_view key) { return belongs_to_kinds(key, context); });
        }
        context.bonus_codes.push_back(bonus.code);
        plan.bonuses.push_back(std::move(bonus));
        places.bonuses.push_back(table.place());
    }
}

}  // namespace downline
