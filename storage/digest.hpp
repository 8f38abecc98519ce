// SHA-256 of whatever is fed to it, in the order in which it is fed.
#pragma once

#include <bit>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace downline {

class Digest {
public:
    Digest();
    ~Digest();
    Digest(Digest&&) noexcept;
    Digest& operator=(Digest&&) noexcept;

    /// The bytes as they are: texts of varying length need add_text.
    Digest& add(std::string_view bytes);
    /// Eight bytes, little-endian.
    Digest& add(std::int64_t number);
    /// Length, then the bytes.
    Digest& add_text(std::string_view text);
    /// Count, then every entry, little-endian.
    template <typename Entry>
    Digest& add_column(const std::vector<Entry>& column) {
        static_assert(std::endian::native == std::endian::little);
        static_assert(std::is_trivially_copyable_v<Entry>);
        add(static_cast<std::int64_t>(column.size()));
        return add({reinterpret_cast<const char*>(column.data()), column.size() * sizeof(Entry)});
    }
    /// 64 hexadecimal digits. Nothing may be added afterwards.
    [[nodiscard]] std::string hex();

private:
    struct State;
    std::unique_ptr<State> state_;
};

/// Of one text alone.
[[nodiscard]] std::string sha256_hex(std::string_view text);

}  // namespace downline
