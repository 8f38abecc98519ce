// A NACHA file: lines of 94 characters in blocks of ten, credits only, as Nacha's operating rules
// (appendix three) lay them out. File header 1, batch header 5, entries 6, batch control 8, file
// control 9, and lines of nines to fill the last block.
#include <algorithm>
#include <span>

#include <fmt/format.h>

#include "cli/amounts.hpp"
#include "cli/payment_order.hpp"
#include "cli/text_width.hpp"
#include "engine/errors.hpp"

namespace downline {
namespace {

constexpr std::size_t line_length = 94;
constexpr std::size_t block_lines = 10;
constexpr std::size_t description_length = 10;
constexpr std::int64_t batch_number_modulus = 10'000'000;  // seven digits
constexpr std::size_t batch_entries_max = 999'999;                // six digits
constexpr std::int64_t entry_minor_max = 9'999'999'999;           // ten digits
constexpr std::int64_t total_minor_max = 999'999'999'999;         // twelve digits
constexpr std::string_view punctuation = ".,:;-/&'()#*+%$@!?=_";  // and letters, digits, blanks

std::string text_field(std::string_view text, std::size_t length) {
    const std::string plain = bank_text(text, punctuation, length);
    return plain + std::string(length - plain.size(), ' ');
}

/// 2026-02-05 is 260205.
std::string day_field(Day day) {
    const std::string iso = format_day(day);
    return iso.substr(2, 2) + iso.substr(5, 2) + iso.substr(8, 2);
}

bool is_account(std::string_view text) {
    constexpr std::size_t length_max = 17;
    return !text.empty() && text.size() <= length_max &&
           std::all_of(text.begin(), text.end(), [](char letter) {
               return (letter >= '0' && letter <= '9') || (letter >= 'A' && letter <= 'Z') ||
                      (letter >= 'a' && letter <= 'z') || letter == '-';
           });
}

/// What stands in the header lines, checked.
struct Sender {
    std::string routing, bank, name, company_id, origin, entry_class, description;
};

Sender sender_of(const Company& company, FileProblems& problems) {
    const auto required = [&](const char* key) { return company.required(key, problems); };
    const auto refuse = [&](const char* key, const char* why) {
        company.refuse(key, why, problems);
    };
    Sender sender;
    sender.name = required("name");
    sender.routing = required("nacha.routing");
    if (!sender.routing.empty() && !is_routing_number(sender.routing))
        refuse("nacha.routing", "is no routing number: nine digits, the last one checks the others");
    sender.bank = required("nacha.bank");
    sender.company_id = required("nacha.company_id");
    sender.origin = company.value_or("nacha.origin", sender.company_id);
    constexpr std::size_t id_length = 10;
    const auto is_id = [](const std::string& text) {
        return text.size() <= id_length && is_account(text);
    };
    if (!sender.company_id.empty() && !is_id(sender.company_id))
        refuse("nacha.company_id", "is not 1 to 10 letters and digits");
    if (sender.origin != sender.company_id && !is_id(sender.origin))
        refuse("nacha.origin", "is not 1 to 10 letters and digits");
    sender.entry_class = company.value_or("nacha.class", "PPD");
    if (sender.entry_class != "PPD" && sender.entry_class != "CCD")
        refuse("nacha.class", "must be PPD (to persons) or CCD (to companies)");
    sender.description = "PAYROLL";
    if (sender.entry_class == "CCD")
        sender.description = company.value_or("nacha.description", "COMMISSION");
    else if (company.value_or("nacha.description", "PAYROLL") != "PAYROLL")
        refuse("nacha.description", "is always PAYROLL for PPD");
    if (bank_text(sender.description, punctuation, std::string::npos).size() > description_length)
        refuse("nacha.description", "is longer than 10 letters, more than the bank shows");
    return sender;
}

void check_payment(const PaymentOrder& order, const Payment& payment, FileProblems& problems) {
    if (payment.payee == nullptr) return;
    const auto problem = [&](const char* column, const char* code, const std::string& text) {
        problems.add(order.where(payment, column), code, text);
    };
    const std::string who = shown(payment.member_id);
    const std::string_view type = order.detail(payment, "account_type");
    if (!is_routing_number(order.detail(payment, "routing")))
        problem("routing", "bad_routing",
                fmt::format("the routing number of \"{}\" ({}) is not nine digits of which "
                                 "the last one checks the others",
                                 who, last_four(order.detail(payment, "routing"))));
    if (!is_account(order.detail(payment, "account")))
        problem("account", "bad_account",
                fmt::format("the account of \"{}\" ({}) is not 1 to 17 letters, digits and -",
                                 who, last_four(order.detail(payment, "account"))));
    if (!type.empty() && type != "checking" && type != "savings")
        problem("account_type", "bad_account_type",
                fmt::format("the account_type of \"{}\" is \"{}\"; it is checking or savings",
                                 who, shown(type)));
    if (payment.name.empty())
        problem("name", "no_name", fmt::format("\"{}\" has no name", who));
    if (payment.amount_minor > entry_minor_max)
        problem("member_id", "too_much",
                fmt::format("\"{}\" is paid {}, more than a NACHA entry can hold", who,
                                 amount_text(payment.amount_minor, order.currency)));
}

void check(const PaymentOrder& order, FileProblems& problems) {
    if (order.currency != "USD")
        throw Refusal(Refusal::Kind::input,
                      fmt::format("a NACHA file pays in USD, this database is kept in {}",
                                  order.currency));
    for (const Payment& payment : order.payments) check_payment(order, payment, problems);
    if (order.total_minor > total_minor_max)
        throw Refusal(Refusal::Kind::input, "the batch is more than a NACHA file can hold");
}

/// What tells the files of one day apart: A to Z and 0 to 9 in turn, by the payout batch's number.
char file_modifier(std::int64_t batch_number) {
    constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    return letters[static_cast<std::size_t>(batch_number - 1) % letters.size()];
}

/// Lines of the file; what controls say of them is added up on the way.
class NachaWriter {
public:
    NachaWriter(const PaymentOrder& order, const Sender& sender) : order_(order), sender_(sender) {}

    std::string write() {
        line(fmt::format("101{:>10}{:>10}{}{:4}{}094101{}{}{:8}", sender_.routing, sender_.origin,
                         day_field(order_.on), "", file_modifier(order_.batch_number),
                         text_field(sender_.bank, 23), text_field(sender_.name, 23), ""));
        const std::span<const Payment> payments = order_.payments;
        for (std::size_t begin = 0; begin < payments.size(); begin += batch_entries_max)
            batch(payments.subspan(begin, std::min(batch_entries_max, payments.size() - begin)));
        const std::size_t blocks = (lines_ + 1 + block_lines - 1) / block_lines;
        line(fmt::format("9{:06}{:06}{:08}{:010}{:012}{:012}{:39}", batches_, blocks,
                         order_.payments.size(), hash_ % hash_modulus, 0, order_.total_minor, ""));
        while (lines_ % block_lines != 0) line(std::string(line_length, '9'));
        return std::move(file_);
    }

private:
    static constexpr std::int64_t hash_modulus = 10'000'000'000;

    /// The payout batch's number; where entries need more batches than one, they count on from it.
    void batch(std::span<const Payment> payments) {
        const std::int64_t number =
            (order_.batch_number + static_cast<std::int64_t>(batches_++)) % batch_number_modulus;
        const std::string odfi = sender_.routing.substr(0, 8);
        line(fmt::format("5220{}{}{:<10}{}{}{}{}   1{}{:07}", text_field(sender_.name, 16),
                         text_field("", 20), sender_.company_id, sender_.entry_class,
                         text_field(sender_.description, description_length), day_field(order_.on),
                         day_field(order_.on), odfi, number));
        std::int64_t hash = 0, sum_minor = 0;
        for (const Payment& payment : payments) {
            entry(payment, odfi);
            hash += std::stoll(std::string(order_.detail(payment, "routing").substr(0, 8)));
            sum_minor += payment.amount_minor;
        }
        line(fmt::format("8220{:06}{:010}{:012}{:012}{:<10}{:25}{}{:07}", payments.size(),
                         hash % hash_modulus, 0, sum_minor, sender_.company_id, "", odfi,
                         number));
        hash_ += hash;
    }

    void entry(const Payment& payment, const std::string& odfi) {
        const bool is_savings = order_.detail(payment, "account_type") == "savings";
        line(fmt::format("6{}{}{:<17}{:010}{}{}  0{}{:07}", is_savings ? "32" : "22",
                         order_.detail(payment, "routing"), order_.detail(payment, "account"),
                         payment.amount_minor, text_field(payment.member_id, 15),
                         text_field(payment.name, 22), odfi, ++trace_));
    }

    void line(const std::string& text) {
        ensure(text.size() == line_length, "a line of a NACHA file has 94 characters");
        file_ += text;
        file_ += '\n';
        ++lines_;
    }

    const PaymentOrder& order_;
    const Sender& sender_;
    std::string file_;
    std::size_t lines_ = 0, batches_ = 0, trace_ = 0;
    std::int64_t hash_ = 0;
};

}  // namespace

std::string nacha_file(const PaymentOrder& order, const Company& company) {
    FileProblems of_company = company.problems(), of_payees = order.problems;
    const Sender sender = sender_of(company, of_company);
    check(order, of_payees);
    FileProblems::refuse_if_any({&of_company, &of_payees});
    return NachaWriter(order, sender).write();
}

}  // namespace downline
