// A SEPA credit transfer: ISO 20022 pain.001.001.09, elements in the order of its schema.
//
// Texts are of the letters that every bank takes (EPC217-08), so that nothing needs an escape. An
// address is structured, with town and country: others are no longer taken.
#include <algorithm>

#include <fmt/format.h>

#include "cli/amounts.hpp"
#include "cli/payment_order.hpp"
#include "cli/text_width.hpp"
#include "engine/errors.hpp"

namespace downline {
namespace {

constexpr std::string_view punctuation = "/-?:().,'+";  // and letters, digits, blanks
constexpr std::size_t name_length = 70;
constexpr std::int64_t amount_minor_limit = 99'999'999'999;  // 999,999,999.99

std::string without_blanks(std::string_view text) {
    std::string out(text);
    std::erase(out, ' ');
    return out;
}

/// ISO 9362: 8 or 11 capital letters and digits, letters in front.
bool is_bic(std::string_view text) {
    if (text.size() != 8 && text.size() != 11) return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool is_capital = text[i] >= 'A' && text[i] <= 'Z';
        const bool is_digit = text[i] >= '0' && text[i] <= '9';
        if (i >= 4 && i < 6 ? !is_capital : !is_capital && !is_digit) return false;
    }
    return true;
}

std::string element(std::string_view name, const std::string& text) {
    return fmt::format("<{}>{}</{}>", name, text, name);
}

std::string optional_element(std::string_view name, const std::string& text) {
    return text.empty() ? "" : element(name, text);
}

struct Address {
    std::string street, building, postcode, town, country;
    [[nodiscard]] bool is_given() const {
        return !(street.empty() && building.empty() && postcode.empty() && town.empty() &&
                 country.empty());
    }
    [[nodiscard]] bool is_whole() const {
        const auto is_capital = [](char letter) { return letter >= 'A' && letter <= 'Z'; };
        return !town.empty() && country.size() == 2 && is_capital(country[0]) &&
               is_capital(country[1]);
    }
    [[nodiscard]] std::string xml() const {
        if (!is_given()) return "";
        const auto part = [](std::string_view name, const std::string& text, std::size_t length) {
            return optional_element(name, bank_text(text, punctuation, length));
        };
        return element("PstlAdr", part("StrtNm", street, 70) + part("BldgNb", building, 16) +
                                      part("PstCd", postcode, 16) + part("TwnNm", town, 35) +
                                      element("Ctry", country));
    }
};

Address address_of(const Company& company) {
    return {company.value_or("sepa.street", ""), company.value_or("sepa.building", ""),
            company.value_or("sepa.postcode", ""), company.value_or("sepa.town", ""),
            company.value_or("sepa.country", "")};
}

Address address_of(const PaymentOrder& order, const Payment& payment) {
    const auto detail = [&](std::string_view name) {
        return std::string(order.detail(payment, name));
    };
    return {detail("street"), detail("building"), detail("postcode"), detail("town"),
            detail("country")};
}

void check_payment(const PaymentOrder& order, const Payment& payment, FileProblems& problems) {
    if (payment.payee == nullptr) return;
    const auto problem = [&](const char* column, const char* code, const std::string& text) {
        problems.add(order.where(payment, column), code, text);
    };
    const std::string who = shown(payment.member_id);
    const std::string iban = without_blanks(order.detail(payment, "iban"));
    const std::string bic = without_blanks(order.detail(payment, "bic"));
    const Address address = address_of(order, payment);
    if (!is_iban(iban))
        problem("iban", "bad_iban",
                fmt::format("the IBAN of \"{}\" ({}) is none: its check digits are wrong, or "
                                 "its length",
                                 who, last_four(iban)));
    if (!bic.empty() && !is_bic(bic))
        problem("bic", "bad_bic",
                fmt::format("the BIC of \"{}\" is \"{}\"; it has 8 or 11 capital letters and "
                                 "digits",
                                 who, shown(bic)));
    if (address.is_given() && !address.is_whole())
        problem("town", "bad_address",
                fmt::format("the address of \"{}\" needs a town and a country of two capital "
                                 "letters, or must be left out",
                                 who));
    if (payment.name.empty())
        problem("name", "no_name", fmt::format("\"{}\" has no name", who));
    if (payment.amount_minor > amount_minor_limit)
        problem("member_id", "too_much",
                fmt::format("\"{}\" is paid {}, more than a SEPA transfer can hold", who,
                                 amount_text(payment.amount_minor, order.currency)));
}

void check_company(const Company& company, FileProblems& problems) {
    const std::string iban = without_blanks(company.required("sepa.iban", problems));
    if (!iban.empty() && !is_iban(iban))
        company.refuse("sepa.iban",
                       fmt::format("({}) is no IBAN: its check digits are wrong, or its length",
                                   last_four(iban)),
                       problems);
    const std::string bic = without_blanks(company.value_or("sepa.bic", ""));
    if (!bic.empty() && !is_bic(bic))
        company.refuse("sepa.bic", "has not 8 or 11 capital letters and digits", problems);
    const Address address = address_of(company);
    if (address.is_given() && !address.is_whole())
        company.refuse("sepa.town", "and sepa.country (two capital letters) belong to an address",
                       problems);
}

std::string agent(std::string_view bic) {
    const std::string id = bic.empty() ? element("Othr", element("Id", "NOTPROVIDED"))
                                       : element("BICFI", std::string(bic));
    return element("FinInstnId", id);
}

std::string account(std::string_view iban) {
    return element("Id", element("IBAN", without_blanks(iban)));
}

std::string party(const std::string& name, const Address& address) {
    return element("Nm", bank_text(name, punctuation, name_length)) + address.xml();
}

/// What the header and the payment block both say of the payments.
std::string control_sums(const PaymentOrder& order) {
    return element("NbOfTxs", std::to_string(order.payments.size())) +
           element("CtrlSum", amount_text(order.total_minor, order.currency));
}

std::string transfer(const PaymentOrder& order, const Payment& payment, std::size_t place) {
    const std::string bic = without_blanks(order.detail(payment, "bic"));
    const std::string remittance =
        bank_text(fmt::format("Commission {} {}", order.batch_id, payment.member_id), punctuation,
                  140);
    return element(
        "CdtTrfTxInf",
        element("PmtId", element("EndToEndId", fmt::format("{}-{}", order.batch_id, place))) +
            element("Amt", fmt::format("<InstdAmt Ccy=\"{}\">{}</InstdAmt>", order.currency,
                                       amount_text(payment.amount_minor, order.currency))) +
            (bic.empty() ? "" : element("CdtrAgt", agent(bic))) +
            element("Cdtr", party(payment.name, address_of(order, payment))) +
            element("CdtrAcct", account(order.detail(payment, "iban"))) +
            element("RmtInf", element("Ustrd", remittance)));
}

}  // namespace

std::string sepa_file(const PaymentOrder& order, const Company& company) {
    if (order.currency != "EUR")
        throw Refusal(Refusal::Kind::input,
                      fmt::format("a SEPA file pays in EUR, this database is kept in {}",
                                  order.currency));
    FileProblems of_company = company.problems(), of_payees = order.problems;
    const std::string name = company.required("name", of_company);
    check_company(company, of_company);
    for (const Payment& payment : order.payments) check_payment(order, payment, of_payees);
    FileProblems::refuse_if_any({&of_company, &of_payees});
    const std::string day = format_day(order.on);
    std::string file =
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:pain.001.001.09\">\n<CstmrCdtTrfInitn>\n";
    file += element("GrpHdr", element("MsgId", order.batch_id) +
                                  element("CreDtTm", day + "T00:00:00") + control_sums(order) +
                                  element("InitgPty", party(name, {})));
    file += "\n<PmtInf>\n" + element("PmtInfId", order.batch_id) + element("PmtMtd", "TRF") +
            element("BtchBookg", "true") + control_sums(order) +
            element("PmtTpInf", element("SvcLvl", element("Cd", "SEPA"))) +
            element("ReqdExctnDt", element("Dt", day)) +
            element("Dbtr", party(name, address_of(company))) +
            element("DbtrAcct", account(company.value_or("sepa.iban", ""))) +
            element("DbtrAgt", agent(without_blanks(company.value_or("sepa.bic", "")))) +
            element("ChrgBr", "SLEV") + "\n";
    std::size_t place = 0;
    for (const Payment& payment : order.payments)
        file += transfer(order, payment, ++place) + "\n";
    return file + "</PmtInf>\n</CstmrCdtTrfInitn>\n</Document>\n";
}

}  // namespace downline
