// Payees joined to payments by member id; the checks that every bank makes first.
#include "cli/payment_order.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>
#include <unordered_map>

#include <fmt/format.h>
#include <utf8proc.h>

#include "cli/amounts.hpp"
#include "cli/text_width.hpp"
#include "engine/errors.hpp"
#include "engine/money.hpp"

namespace downline {
namespace {

bool is_digit(char letter) { return letter >= '0' && letter <= '9'; }
bool is_letter(char letter) {
    return (letter >= 'A' && letter <= 'Z') || (letter >= 'a' && letter <= 'z');
}

using RowById = std::unordered_map<std::string_view, const NamedRows::Row*>;

RowById rows_by_id(const NamedRows& payees, FileProblems& problems) {
    RowById rows;
    for (const NamedRows::Row& row : payees.rows)
        if (!rows.emplace(payees.cell(row, "member_id"), &row).second)
            problems.add(payees.where(row, "member_id"), "same_member",
                         fmt::format("\"{}\" comes twice",
                                     shown(payees.cell(row, "member_id"))));
    return rows;
}

/// Letters that have no accent to take off.
const char* plain_letters(utf8proc_int32_t code) {
    switch (code) {
        case 0xdf: return "ss";
        case 0xc6: return "AE";
        case 0xe6: return "ae";
        case 0xd8: return "O";
        case 0xf8: return "o";
        case 0x152: return "OE";
        case 0x153: return "oe";
        case 0x110: case 0xd0: return "D";
        case 0x111: case 0xf0: return "d";
        case 0x141: return "L";
        case 0x142: return "l";
        case 0xde: return "Th";
        case 0xfe: return "th";
        case 0x131: return "i";
        case 0x2018: case 0x2019: return "'";
        case 0x2010: case 0x2013: case 0x2014: return "-";
        default: return nullptr;
    }
}

/// Letters taken apart into base and accents (NFKD).
std::string decomposed(std::string_view text) {
    utf8proc_uint8_t* out = nullptr;
    const auto options = static_cast<utf8proc_option_t>(UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT |
                                                        UTF8PROC_STRIPMARK);
    const utf8proc_ssize_t size =
        utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                     static_cast<utf8proc_ssize_t>(text.size()), &out, options);
    const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owner(out, std::free);
    if (size < 0) return std::string(text);
    return {reinterpret_cast<const char*>(out), static_cast<std::size_t>(size)};
}

}  // namespace

std::string_view PaymentOrder::detail(const Payment& payment, std::string_view column) const {
    return payment.payee == nullptr ? std::string_view{} : payees.cell(*payment.payee, column);
}

FilePlace PaymentOrder::where(const Payment& payment, std::string_view column) const {
    return payees.where(*payment.payee, column);
}

ColumnNames payee_columns(std::string_view format) {
    static constexpr std::array<std::string_view, 3> nacha{"member_id", "routing", "account"};
    static constexpr std::array<std::string_view, 2> sepa{"member_id", "iban"};
    static constexpr std::array<std::string_view, 1> others{"member_id"};
    if (format == "nacha") return nacha;
    if (format == "sepa") return sepa;
    return others;
}

PaymentOrder payment_order(Database& database, const PayoutBatch& batch, Day on,
                           const std::optional<std::string>& payees_text,
                           const std::string& payees_file, ColumnNames required) {
    PaymentOrder order;
    order.batch_id = batch.batch_id;
    order.currency = database.currency().value_or("USD");
    order.batch_number = batch.number;
    order.on = on;
    FileProblems& problems = order.problems = FileProblems(payees_file);
    if (payees_text)
        order.payees = read_named_rows(*payees_text, payees_file, required, {}, true, problems);
    const bool has_members = order.payees.place("member_id").has_value();
    const RowById rows = has_members ? rows_by_id(order.payees, problems) : RowById{};
    each_payout_item(database, batch, [&](const PayoutItem& item) {
        if (item.state == "held" || item.state == "carried") return;
        Payment payment{item.member_id, item.name.value_or(""), item.amount_minor};
        const auto row = rows.find(payment.member_id);
        if (row != rows.end() && row->second->is_good) payment.payee = row->second;
        if (row == rows.end() && has_members)
            problems.add(1, "no_payee",
                         fmt::format("there is no row for \"{}\", who is paid {}",
                                     shown(item.member_id),
                                     amount_text(item.amount_minor, order.currency)));
        order.total_minor = add_checked(order.total_minor, item.amount_minor);
        order.payments.push_back(std::move(payment));
    });
    for (Payment& payment : order.payments)
        if (const auto name = order.detail(payment, "name"); !name.empty()) payment.name = name;
    return order;
}

std::string bank_text(std::string_view text, std::string_view punctuation,
                      std::size_t length_max) {
    const std::string letters = decomposed(text);
    std::string out;
    std::string_view left = letters;
    while (!left.empty()) {
        utf8proc_int32_t code = -1;
        const utf8proc_ssize_t length =
            utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(left.data()),
                             static_cast<utf8proc_ssize_t>(left.size()), &code);
        const char letter = left.front();
        const bool is_plain = length == 1 && (is_letter(letter) || is_digit(letter) ||
                                              letter == ' ' ||
                                              punctuation.find(letter) != std::string_view::npos);
        const char* plain = plain_letters(code);
        if (is_plain) out += letter;
        else out += plain != nullptr ? plain : ".";
        left.remove_prefix(length > 0 ? static_cast<std::size_t>(length) : 1);
    }
    out.erase(0, std::min(out.find_first_not_of(' '), out.size()));
    out.resize(std::min(out.size(), length_max));
    out.erase(out.find_last_not_of(' ') + 1);
    return out;
}

std::string last_four(std::string_view account) {
    constexpr std::size_t count = 4;
    if (account.size() <= count) return "…";  // four of four would be all of it
    return "…" + shown(account.substr(account.size() - count));
}

bool is_routing_number(std::string_view text) {
    constexpr std::size_t digits = 9;
    if (text.size() != digits || !std::all_of(text.begin(), text.end(), is_digit)) return false;
    int sum = 0;
    for (std::size_t i = 0; i < digits; ++i) {
        const int weight = i % 3 == 0 ? 3 : i % 3 == 1 ? 7 : 1;
        sum += weight * (text[i] - '0');
    }
    return sum % 10 == 0;
}

bool is_iban(std::string_view text) {
    constexpr std::size_t length_min = 15, length_max = 34;
    if (text.size() < length_min || text.size() > length_max) return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool is_capital = text[i] >= 'A' && text[i] <= 'Z';
        if (i < 2 ? !is_capital : i < 4 ? !is_digit(text[i]) : !is_capital && !is_digit(text[i]))
            return false;
    }
    const std::string turned = std::string(text.substr(4)) + std::string(text.substr(0, 4));
    unsigned rest = 0;
    for (const char letter : turned) {
        const unsigned value = is_digit(letter) ? static_cast<unsigned>(letter - '0')
                                                : static_cast<unsigned>(letter - 'A' + 10);
        rest = (rest * (value < 10 ? 10U : 100U) + value) % 97;
    }
    return rest == 1;
}

}  // namespace downline
