// SHA-256 by OpenSSL: see the header.
#include "storage/digest.hpp"

#include <openssl/evp.h>

#include <array>
#include <new>

#include "engine/errors.hpp"

namespace downline {

struct Digest::State {
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    State() {
        // SHA-256 is in every OpenSSL: only memory can be missing.
        if (context == nullptr || EVP_DigestInit_ex(context, EVP_sha256(), nullptr) != 1) {
            EVP_MD_CTX_free(context);
            throw std::bad_alloc();
        }
    }
    ~State() { EVP_MD_CTX_free(context); }
    State(const State&) = delete;
    State& operator=(const State&) = delete;
};

Digest::Digest() : state_(std::make_unique<State>()) {}
Digest::~Digest() = default;
Digest::Digest(Digest&&) noexcept = default;
Digest& Digest::operator=(Digest&&) noexcept = default;

Digest& Digest::add(std::string_view bytes) {
    ensure(EVP_DigestUpdate(state_->context, bytes.data(), bytes.size()) == 1, "SHA-256 failed");
    return *this;
}

Digest& Digest::add(std::int64_t number) {
    std::array<char, 8> bytes{};
    for (std::size_t i = 0; i < bytes.size(); ++i)
        bytes[i] = static_cast<char>(static_cast<std::uint64_t>(number) >> (8 * i));
    return add(std::string_view{bytes.data(), bytes.size()});
}

Digest& Digest::add_text(std::string_view text) {
    return add(static_cast<std::int64_t>(text.size())).add(text);
}

std::string Digest::hex() {
    std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
    unsigned size = 0;
    ensure(EVP_DigestFinal_ex(state_->context, bytes.data(), &size) == 1, "SHA-256 failed");
    static constexpr char digits[] = "0123456789abcdef";
    std::string text;
    for (unsigned i = 0; i < size; ++i) {
        text.push_back(digits[bytes[i] >> 4]);
        text.push_back(digits[bytes[i] & 15]);
    }
    return text;
}

std::string sha256_hex(std::string_view text) { return Digest().add(text).hex(); }

}  // namespace downline
