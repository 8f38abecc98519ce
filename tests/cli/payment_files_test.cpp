// Payment files, read back by readers of their own: by position (NACHA), by element (SEPA).
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <vector>

#include "cli/payment_order.hpp"
#include "engine/errors.hpp"
#include "tests/storage/books.hpp"

using namespace downline;

namespace {

constexpr const char* company_text = R"(
name = "Seven Inc."
[nacha]
routing = "021000021"
bank = "First Bank"
company_id = "123456789"
[sepa]
iban = "DE75 5121 0800 1245 1261 99"
)";

/// `count` members m000, m001, … who are paid 1.00, 1.01, …, and what a payees file says of them.
struct Paid : Books {
    explicit Paid(int count, const std::string& currency = "USD") {
        database.set_setting("currency", currency);
        std::vector<std::pair<std::string, std::int64_t>> amounts;
        payees = "member_id,name,routing,account,account_type,iban,town,country\n";
        for (int i = 0; i < count; ++i) {
            const std::string id = fmt::format("m{:03}", i);
            affiliate(id);
            amounts.emplace_back(id, 100 + i);
            payees += fmt::format("{},Zoë {},{},{},{},NL91ABNA0417164300,{},{}\n", id, i,
                                  i % 2 == 0 ? "011401533" : "091000019", 70000 + i,
                                  i % 3 == 0 ? "savings" : "checking", i % 2 == 0 ? "Ede" : "",
                                  i % 2 == 0 ? "NL" : "");
        }
        closed("small", "2026-01", amounts);
        batch = pay("P1").batch;
    }
    PaymentOrder order() {
        return payment_order(database, batch, day("2026-02-05"), payees, "payees.csv",
                             payee_columns(format));
    }
    std::string payees, format = "csv";
    PayoutBatch batch;
};

std::int64_t number(const std::string& line, std::size_t first, std::size_t last) {
    return std::stoll(line.substr(first - 1, last - first + 1));  // columns from 1, as Nacha does
}

std::vector<std::string> lines_of(const std::string& file) {
    std::vector<std::string> lines;
    for (std::size_t at = 0; at < file.size();) {
        const std::size_t end = file.find('\n', at);
        REQUIRE(end != std::string::npos);
        lines.push_back(file.substr(at, end - at));
        at = end + 1;
    }
    return lines;
}

/// An XML element of the plain kind these files have. No attributes are kept.
struct Element {
    std::string name, text;
    std::vector<Element> children;
    [[nodiscard]] const Element& at(const std::string& child) const {
        const auto found = std::find_if(children.begin(), children.end(),
                                        [&](const Element& e) { return e.name == child; });
        REQUIRE_MESSAGE(found != children.end(), name, " has no ", child);
        return *found;
    }
    [[nodiscard]] std::string order() const {
        std::string names;
        for (const Element& child : children) names += (names.empty() ? "" : " ") + child.name;
        return names;
    }
};

/// Reads the element that begins at `at`; every begin tag needs its end tag.
Element parsed(const std::string& xml, std::size_t& at) {
    REQUIRE(xml.at(at) == '<');
    const std::size_t end = xml.find('>', at);
    Element element;
    element.name = xml.substr(at + 1, std::min(end, xml.find(' ', at)) - at - 1);
    at = end + 1;
    while (true) {
        const std::size_t tag = xml.find('<', at);
        REQUIRE(tag != std::string::npos);
        element.text += xml.substr(at, tag - at);
        at = tag;
        if (xml.compare(tag, 2, "</") != 0) {
            element.children.push_back(parsed(xml, at));
            continue;
        }
        const std::string close = "</" + element.name + ">";
        REQUIRE(xml.compare(tag, close.size(), close) == 0);
        at = tag + close.size();
        return element;
    }
}

}  // namespace

TEST_CASE("a NACHA file read by position adds up to its controls") {
    for (const int count : {1, 5, 6, 7, 23}) {
        CAPTURE(count);
        Paid paid(count);
        const std::string file = nacha_file(paid.order(), Company(company_text, "company.toml"));
        const std::vector<std::string> lines = lines_of(file);
        CHECK(lines.size() % 10 == 0);
        for (const std::string& line : lines) CHECK(line.size() == 94);
        CHECK(lines[0].substr(0, 40) == "101 021000021 123456789260205    A094101");
        CHECK(lines[1].substr(0, 4) == "5220");
        CHECK(lines[1].substr(50, 13) == "PPDPAYROLL   ");
        CHECK(lines[1].substr(69, 6) == "260205");   // effective entry date
        CHECK(lines[1].substr(78, 9) == "102100002");  // originator status, ODFI
        std::int64_t hash = 0, sum = 0, trace = 0;
        std::size_t at = 2;
        for (; lines[at][0] == '6'; ++at) {
            const std::string& line = lines[at];
            const auto place = static_cast<int>(at) - 2;
            CHECK(line.substr(1, 2) == (place % 3 == 0 ? "32" : "22"));
            CHECK(is_routing_number(line.substr(3, 9)));
            hash += number(line, 4, 11);
            CHECK(line.substr(12, 17) == fmt::format("{:<17}", 70000 + place));
            CHECK(number(line, 30, 39) == 100 + place);
            sum += number(line, 30, 39);
            CHECK(line.substr(39, 15) == fmt::format("m{:03}           ", place));
            CHECK(line.substr(54, 5) == "Zoe " + std::to_string(place).substr(0, 1));
            CHECK(line[78] == '0');  // no addenda
            CHECK(number(line, 80, 87) == 2100002);
            CHECK(number(line, 88, 94) > trace);
            trace = number(line, 88, 94);
        }
        CHECK(at == static_cast<std::size_t>(count) + 2);
        const std::string& batch = lines[at];
        CHECK(batch.substr(0, 4) == "8220");
        CHECK(number(batch, 5, 10) == count);
        CHECK(number(batch, 11, 20) == hash);
        CHECK(number(batch, 21, 32) == 0);
        CHECK(number(batch, 33, 44) == sum);
        CHECK(batch.substr(44, 10) == lines[1].substr(40, 10));  // company id
        CHECK(batch.substr(79) == lines[1].substr(79));          // ODFI and batch number
        const std::string& control = lines[at + 1];
        CHECK(control[0] == '9');
        CHECK(number(control, 2, 7) == 1);
        CHECK(number(control, 8, 13) == static_cast<std::int64_t>(lines.size() / 10));
        CHECK(number(control, 14, 21) == count);
        CHECK(number(control, 22, 31) == hash);
        CHECK(number(control, 44, 55) == sum);
        CHECK(sum == paid.batch.payment_minor());
        for (at += 2; at < lines.size(); ++at) CHECK(lines[at] == std::string(94, '9'));
        CHECK(file == nacha_file(paid.order(), Company(company_text, "company.toml")));
    }
}

TEST_CASE("a CCD file says so and describes itself as the company wishes") {
    Paid paid(1);
    const std::string text = std::string(company_text);
    const auto head = [&](const std::string& more) {
        std::string with = text;
        with.replace(with.find("[sepa]"), 0, more);
        return lines_of(nacha_file(paid.order(), Company(with, "company.toml")))[1].substr(50, 13);
    };
    CHECK(head("class = \"CCD\"\n") == "CCDCOMMISSION");
    CHECK(head("class = \"CCD\"\ndescription = \"Bonus\"\n") == "CCDBonus     ");
    const auto refused = [&](const std::string& more) {
        const std::string text_of_all = message_of<Refusal>([&] { return head(more); });
        return text_of_all.substr(text_of_all.find('\n') + 1);
    };
    CHECK(refused("description = \"Bonus\"\n") ==
          "company.toml:7:15: error bad_value: nacha.description is always PAYROLL for PPD");
    CHECK(refused("class = \"CCD\"\ndescription = \"Commissions\"\n") ==
          "company.toml:8:15: error bad_value: nacha.description is longer than 10 letters, more "
          "than the bank shows");
    CHECK(refused("class = \"WEB\"\n") ==
          "company.toml:7:9: error bad_value: nacha.class must be PPD (to persons) or CCD (to "
          "companies)");
    CHECK(refused("origin = \"12345678901\"\n") ==
          "company.toml:7:10: error bad_value: nacha.origin is not 1 to 10 letters and digits");
}

TEST_CASE("files of two batches that are made on one day are not the same file to the bank") {
    Paid paid(1);
    const auto identity = [&](std::int64_t number) {
        PaymentOrder order = paid.order();
        order.batch_number = number;
        const std::vector<std::string> lines =
            lines_of(nacha_file(order, Company(company_text, "company.toml")));
        CHECK(lines[1].substr(87) == lines[3].substr(87));
        return lines[0].substr(33, 1) + " " + lines[1].substr(87);
    };
    CHECK(identity(1) == "A 0000001");
    CHECK(identity(2) == "B 0000002");
    CHECK(identity(26) == "Z 0000026");
    CHECK(identity(27) == "0 0000027");
    CHECK(identity(36) == "9 0000036");
    CHECK(identity(37) == "A 0000037");
    CHECK(identity(10'000'003) == "4 0000003");  // 10,000,002 mod 36 = 30, the digit 4
}

TEST_CASE("what is wrong with the company's and the payees' files is said at once") {
    Paid paid(3);
    paid.format = "nacha";
    const auto refused = [&](const std::string& company, const std::string& payees) {
        paid.payees = payees;
        return message_of<Refusal>(
            [&] { return nacha_file(paid.order(), Company(company, "company.toml")); });
    };
    CHECK(refused("nme = \"Seven\"\n[nacha]\nrouting = \"1\"\nbank = \"First\"\n",
                  "member_id,name,routing,account\nm000,A,1,1\nm000,A,1,1\nm001,Bö,2\n") ==
          "company.toml and payees.csv cannot be used, nothing was done (8 things are wrong):\n"
          "company.toml:1:1: error unknown_key: unknown key nme; did you mean \"name\"?\n"
          "company.toml:1:1: error missing_key: name is missing, which this format needs\n"
          "company.toml:1:1: error missing_key: nacha.company_id is missing, which this format "
          "needs\n"
          "company.toml:3:11: error bad_value: nacha.routing is no routing number: nine digits, "
          "the last one checks the others\n"
          "payees.csv:1:1: error no_payee: there is no row for \"m002\", who is paid 1.02\n"
          "payees.csv:2:8: error bad_routing: the routing number of \"m000\" (…) is not nine "
          "digits of which the last one checks the others\n"
          "payees.csv:3:1: error same_member: \"m000\" comes twice\n"
          "payees.csv:4:1: error row_width: the row has 3 fields, the header 4");
    CHECK(refused(company_text, "member_id,name,account\nm000,A,1\nm001,B,2\nm002,C,3\n") ==
          "payees.csv cannot be used, nothing was done (1 thing is wrong):\n"
          "payees.csv:1:1: error missing_column: there is no column routing");
    CHECK(refused(company_text, "\"member_id\";\"routing\";\"account\"\nm000;1;1\n") ==
          "payees.csv cannot be used, nothing was done (1 thing is wrong):\n"
          "payees.csv:1:1: error wrong_delimiter: the columns are separated by ';' and not by ','; "
          "save the file with commas");
}

TEST_CASE("a SEPA file read by element has them in order and adds up") {
    Paid paid(4, "EUR");
    const std::string file = sepa_file(paid.order(), Company(company_text, "company.toml"));
    std::string flat = file.substr(file.find("<Document"));
    flat.erase(std::remove(flat.begin(), flat.end(), '\n'), flat.end());
    std::size_t at = 0;
    const Element document = parsed(flat, at);
    CHECK(at == flat.size());
    const Element& start = document.at("CstmrCdtTrfInitn");
    CHECK(start.order() == "GrpHdr PmtInf");
    CHECK(start.at("GrpHdr").order() == "MsgId CreDtTm NbOfTxs CtrlSum InitgPty");
    const Element& block = start.at("PmtInf");
    CHECK(block.order() == "PmtInfId PmtMtd BtchBookg NbOfTxs CtrlSum PmtTpInf ReqdExctnDt Dbtr "
                           "DbtrAcct DbtrAgt ChrgBr CdtTrfTxInf CdtTrfTxInf CdtTrfTxInf "
                           "CdtTrfTxInf");
    CHECK(block.at("DbtrAgt").at("FinInstnId").at("Othr").at("Id").text == "NOTPROVIDED");
    CHECK(block.at("DbtrAcct").at("Id").at("IBAN").text == "DE75512108001245126199");
    for (const Element* sums : {&start.at("GrpHdr"), &block}) {
        CHECK(sums->at("NbOfTxs").text == "4");
        CHECK(sums->at("CtrlSum").text == "4.06");  // 1.00 + 1.01 + 1.02 + 1.03
    }
    int place = 0;
    for (const Element& transfer : block.children) {
        if (transfer.name != "CdtTrfTxInf") continue;
        CHECK(transfer.order() == "PmtId Amt Cdtr CdtrAcct RmtInf");
        CHECK(transfer.at("PmtId").at("EndToEndId").text == fmt::format("P1-{}", place + 1));
        CHECK(transfer.at("Amt").at("InstdAmt").text == fmt::format("1.0{}", place));
        CHECK(transfer.at("Cdtr").order() == (place % 2 == 0 ? "Nm PstlAdr" : "Nm"));
        if (place % 2 == 0) CHECK(transfer.at("Cdtr").at("PstlAdr").order() == "TwnNm Ctry");
        CHECK(transfer.at("Cdtr").at("Nm").text == fmt::format("Zoe {}", place));
        CHECK(is_iban(transfer.at("CdtrAcct").at("Id").at("IBAN").text));
        ++place;
    }
}

TEST_CASE("what a SEPA bank would send back is said before, without the account") {
    Paid paid(3, "EUR");
    const auto refused = [&](const std::string& payees) {
        paid.payees = "member_id,name,iban,bic,town\n" + payees;
        return message_of<Refusal>(
            [&] { return sepa_file(paid.order(), Company(company_text, "company.toml")); });
    };
    CHECK(refused("m000,A,NL91ABNA0417164301,,\nm001,B,NL91ABNA0417164300,abc,\n"
                  "m002,,NL91ABNA0417164300,,Ede\n") ==
          "payees.csv cannot be used, nothing was done (4 things are wrong):\n"
          "payees.csv:2:8: error bad_iban: the IBAN of \"m000\" (…4301) is none: its check digits "
          "are wrong, or its length\n"
          "payees.csv:3:27: error bad_bic: the BIC of \"m001\" is \"abc\"; it has 8 or 11 capital "
          "letters and digits\n"
          "payees.csv:4:6: error no_name: \"m002\" has no name\n"
          "payees.csv:4:27: error bad_address: the address of \"m002\" needs a town and a country "
          "of two capital letters, or must be left out");
    const auto company_refused = [&](const std::string& text) {
        const std::string all = message_of<Refusal>([&] {
            return sepa_file(Paid(1, "EUR").order(), Company(text, "company.toml"));
        });
        return all.substr(all.find('\n') + 1);
    };
    CHECK(company_refused("name = \"A\"\n[sepa]\niban = \"DE00512108001245126199\"\n") ==
          "company.toml:3:8: error bad_value: sepa.iban (…6199) is no IBAN: its check digits are "
          "wrong, or its length");
    CHECK(company_refused(
              "name = \"A\"\n[sepa]\niban = \"DE75512108001245126199\"\nbic = \"x\"\n") ==
          "company.toml:4:7: error bad_value: sepa.bic has not 8 or 11 capital letters and digits");
    CHECK(company_refused(
              "name = \"A\"\n[sepa]\niban = \"DE75512108001245126199\"\ntown = \"Ede\"\n") ==
          "company.toml:4:8: error bad_value: sepa.town and sepa.country (two capital letters) "
          "belong to an address");
}

TEST_CASE("the company's file is read strictly") {
    const auto refused = [](const std::string& text) {
        return message_of<Refusal>([&] { Company(text, "company.toml").problems().refuse_if_any(); });
    };
    CHECK(refused("name = 7\nnam = \"\"\n") ==
          "company.toml cannot be used, nothing was done (2 things are wrong):\n"
          "company.toml:1:8: error not_text: name must be a text in quotes\n"
          "company.toml:2:1: error unknown_key: unknown key nam; did you mean \"name\"?");
    CHECK(refused("name = \n") ==
          "company.toml cannot be used, nothing was done (1 thing is wrong):\n"
          "company.toml:1:8: error bad_toml: Error while parsing key-value pair: expected value, "
          "saw '\\n'");
}

TEST_CASE("routing numbers and IBANs with one wrong digit are no such numbers") {
    const auto survives = [](std::string text, const std::function<bool(std::string_view)>& is) {
        int found = 0;
        for (std::size_t i = 0; i < text.size(); ++i)
            for (char digit = '0'; digit <= '9'; ++digit) {
                std::string changed = text;
                changed[i] = digit;
                found += changed != text && is(changed) ? 1 : 0;
            }
        return found;
    };
    for (const char* routing : {"021000021", "011401533", "091000019"}) {
        CHECK(is_routing_number(routing));
        CHECK(survives(routing, is_routing_number) == 0);
    }
    // Examples of the IBAN registry.
    for (const char* iban : {"DE89370400440532013000", "FR1420041010050500013M02606",
                             "NL91ABNA0417164300", "NO9386011117947",
                             "MT84MALT011000012345MTLCAST001S"}) {
        CHECK(is_iban(iban));
        CHECK(survives(iban, is_iban) == 0);
    }
    CHECK_FALSE(is_iban("nl91ABNA0417164300"));
    CHECK_FALSE(is_iban("NL91"));
    CHECK_FALSE(is_routing_number("02100002"));
}

TEST_CASE("bank texts are plain letters, and accounts show their last four") {
    CHECK(bank_text("  Łukasz Straße Ærø 李 \"x\" <y>", "", 70) ==
          "Lukasz Strasse AEro . .x. .y.");
    CHECK(bank_text("O’Neil – Söhne", "'-", 70) == "O'Neil - Sohne");
    CHECK(bank_text("abcdef", "", 3) == "abc");
    CHECK(bank_text("   ", "", 3).empty());
    CHECK(last_four("123456789") == "…6789");
    CHECK(last_four("1234") == "…");
}
