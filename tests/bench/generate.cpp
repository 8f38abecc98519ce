// Writes a made-up company for the benchmark: members.csv and one orders file per month.
// The same options give the same bytes on every machine.
//
//   bench_generate FOLDER MEMBERS ORDERS [SHAPE] [MONTHS] [SEED]
//
// SHAPE is the sponsor tree:
//   grown   half affiliates, half customers; sponsors are found half by chance and half by how many
//           they already have (preferential attachment), so that a few have thousands (default)
//   chain   affiliates only, each below the one before
//   star    affiliates only, all directly below one
//   bushy   affiliates only, each below a chance one before
// In the last three, seven affiliates with large orders stand above all others in a line, and
// everybody else orders so little that none of them is active: every order pays seven levels, past
// as many inactive members as the shape has.
#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace {

constexpr std::uint32_t no_sponsor = 0xffff'ffff;
constexpr std::uint32_t crown_size = 7;   ///< the active ones on top of chain, star and bushy
__extension__ using Wide = unsigned __int128;  // a product of two 64-bit numbers
constexpr int first_year = 2026;

/// Whole numbers below a limit; the standard's distributions differ from library to library.
class Chance {
public:
    explicit Chance(std::uint64_t seed) : engine_(seed) {}
    std::uint64_t below(std::uint64_t limit) {
        return static_cast<std::uint64_t>((static_cast<Wide>(engine_()) * limit) >> 64);
    }
    bool one_in(std::uint64_t count) { return below(count) == 0; }

private:
    std::mt19937_64 engine_;
};

/// A text file with a large buffer; ends the program where the disk refuses it.
class File {
public:
    explicit File(const std::filesystem::path& path)
        : path_(path.string()), file_(std::fopen(path_.c_str(), "wb")) {
        if (!file_) fail();
        buffer_.reserve(buffer_size + 256);
    }
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    ~File() {
        flush();
        if (std::fclose(file_) != 0) fail();
    }
    void text(std::string_view text) { buffer_ += text; }
    void digits(std::uint64_t value, int width) {
        std::array<char, 20> digits{};
        for (int place = width - 1; place >= 0; --place, value /= 10)
            digits[static_cast<std::size_t>(place)] = static_cast<char>('0' + value % 10);
        buffer_.append(digits.data(), static_cast<std::size_t>(width));
    }
    void number(std::uint64_t value) { buffer_ += std::to_string(value); }
    void end_row() {
        buffer_ += '\n';
        if (buffer_.size() >= buffer_size) flush();
    }

private:
    static constexpr std::size_t buffer_size = 1 << 20;
    void flush() {
        if (std::fwrite(buffer_.data(), 1, buffer_.size(), file_) != buffer_.size()) fail();
        buffer_.clear();
    }
    [[noreturn]] void fail() const {
        std::fprintf(stderr, "bench_generate: cannot write %s: %s\n", path_.c_str(),
                     std::strerror(errno));
        std::exit(1);
    }
    std::string path_;
    std::FILE* file_;
    std::string buffer_;
};

struct Company {
    std::vector<std::uint32_t> sponsor;
    std::vector<std::uint8_t> is_customer;
};

/// Half of the new members choose among all affiliates, half among all sponsor links: whoever has
/// many gets more.
Company grown(std::uint32_t member_count, Chance& chance) {
    Company company{std::vector<std::uint32_t>(member_count), std::vector<std::uint8_t>(member_count)};
    std::vector<std::uint32_t> affiliates{0}, links{0};
    company.sponsor[0] = no_sponsor;
    for (std::uint32_t member = 1; member < member_count; ++member) {
        const std::vector<std::uint32_t>& among = chance.one_in(2) ? affiliates : links;
        const std::uint32_t sponsor = among[chance.below(among.size())];
        company.sponsor[member] = sponsor;
        company.is_customer[member] = chance.one_in(2);
        if (company.is_customer[member]) continue;
        links.push_back(sponsor);
        affiliates.push_back(member);
    }
    return company;
}

Company below_crown(std::uint32_t member_count, std::string_view shape, Chance& chance) {
    Company company{std::vector<std::uint32_t>(member_count), std::vector<std::uint8_t>(member_count)};
    for (std::uint32_t member = 0; member < member_count; ++member) {
        const std::uint32_t before = member == 0 ? no_sponsor : member - 1;
        if (member <= crown_size || shape == "chain")
            company.sponsor[member] = before;
        else if (shape == "star")
            company.sponsor[member] = crown_size;
        else
            company.sponsor[member] =
                crown_size + static_cast<std::uint32_t>(chance.below(member - crown_size));
    }
    return company;
}

void write_member_id(File& file, std::uint32_t member) {
    file.text("M");
    file.digits(std::uint64_t{member} + 1, 8);
}

/// Members joined evenly over the eight years before the first month, in the order of their ids.
void write_members(const std::filesystem::path& folder, const Company& company) {
    File file(folder / "members.csv");
    file.text("member_id,sponsor_id,joined_on,kind\n");
    constexpr std::uint64_t days = 8 * 12 * 28;
    const std::uint64_t count = company.sponsor.size();
    for (std::uint32_t member = 0; member < count; ++member) {
        const std::uint64_t day = member * days / count;
        write_member_id(file, member);
        file.text(",");
        if (company.sponsor[member] != no_sponsor) write_member_id(file, company.sponsor[member]);
        file.text(",");
        file.digits(first_year - 8 + day / (12 * 28), 4);
        file.text("-");
        file.digits(day / 28 % 12 + 1, 2);
        file.text("-");
        file.digits(day % 28 + 1, 2);
        file.text(company.is_customer[member] ? ",customer" : ",affiliate");
        file.end_row();
    }
}

struct Amounts {
    bool has_crown = false;
    /// In cents. Of grown companies 5.00 to 305.00, small ones more often; else under 10.00.
    [[nodiscard]] std::uint64_t of(std::uint32_t buyer, Chance& chance) const {
        if (!has_crown) return 500 + std::min(chance.below(30'000), chance.below(30'000));
        return buyer < crown_size ? 100'000 : 100 + chance.below(900);
    }
};

/// A month's orders in the order of their days and ids, as a shop exports them.
void write_orders(const std::filesystem::path& folder, std::uint32_t month, std::uint32_t order_count,
                  std::uint32_t member_count, const Amounts& amounts, Chance& chance) {
    char name[32];
    std::snprintf(name, sizeof name, "orders-%02u.csv", month + 1);
    File file(folder / name);
    file.text("order_id,member_id,ordered_on,amount\n");
    for (std::uint32_t order = 0; order < order_count; ++order) {
        const bool is_of_crown = amounts.has_crown && order < crown_size;
        const std::uint32_t buyer =
            is_of_crown ? order : static_cast<std::uint32_t>(chance.below(member_count));
        const std::uint64_t amount = amounts.of(buyer, chance);
        file.text("O");
        file.digits(std::uint64_t{month} * order_count + order + 1, 10);
        file.text(",");
        write_member_id(file, buyer);
        file.text(",");
        file.digits(first_year + month / 12, 4);
        file.text("-");
        file.digits(month % 12 + 1, 2);
        file.text("-");
        file.digits(std::uint64_t{order} * 28 / order_count + 1, 2);
        file.text(",");
        file.number(amount / 100);
        file.text(".");
        file.digits(amount % 100, 2);
        file.end_row();
    }
}

std::uint32_t count_of(const char* text) {
    char* end = nullptr;
    const unsigned long long count = std::strtoull(text, &end, 10);
    if (*end != '\0' || count < 10 || count > 99'000'000) {
        std::fprintf(stderr, "bench_generate: \"%s\" is no count from 10 to 99000000\n", text);
        std::exit(2);
    }
    return static_cast<std::uint32_t>(count);
}

}  // namespace

int main(int argument_count, char** arguments) {
    const std::string shape = argument_count > 4 ? arguments[4] : "grown";
    if (argument_count < 4 || (shape != "grown" && shape != "chain" && shape != "star" &&
                               shape != "bushy")) {
        std::fprintf(stderr, "usage: bench_generate FOLDER MEMBERS ORDERS "
                             "[grown|chain|star|bushy] [MONTHS] [SEED]\n");
        return 2;
    }
    const std::filesystem::path folder = arguments[1];
    const std::uint32_t member_count = count_of(arguments[2]);
    const std::uint32_t order_count = count_of(arguments[3]);
    const auto months = argument_count > 5 ? std::strtoul(arguments[5], nullptr, 10) : 1;
    Chance chance(argument_count > 6 ? std::strtoull(arguments[6], nullptr, 10) : 1);

    std::filesystem::create_directories(folder);
    const Company company = shape == "grown" ? grown(member_count, chance)
                                             : below_crown(member_count, shape, chance);
    write_members(folder, company);
    const Amounts amounts{shape != "grown"};
    for (std::uint32_t month = 0; month < months; ++month)
        write_orders(folder, month, order_count, member_count, amounts, chance);
}
