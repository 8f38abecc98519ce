// Goes over a run's statements in the order of ids: see the header.
#include "storage/result_digest.hpp"

#include "storage/corrections.hpp"
#include "storage/digest.hpp"
#include "storage/packing.hpp"
#include "storage/statements.hpp"

namespace downline {

std::string result_digest_of(const std::string& plan_digest, const Loaded& loaded,
                             const RunResult& result) {
    Digest digest;
    digest.add_text("downline result 1").add_text(plan_digest).add_text(loaded.inputs_digest);
    digest.add(std::int64_t{result.order_count}).add(result.volume_centipoints);
    digest.add(result.amount_minor).add(result.paid_minor);
    for (const Account& account : result.accounts) {
        digest.add(account.maximum_minor).add(account.paid_minor);
        for (const std::int64_t forfeited : account.forfeited_minor) digest.add(forfeited);
    }
    for (const Cut& cut : result.cuts) digest.add_text(cut.code);
    constexpr std::size_t flush_bytes = 1 << 16;
    std::string buffer;
    StatementMaker maker(loaded.snapshot, result);
    Statement statement;
    for (MemberIndex member = 0; member < loaded.snapshot.members.count; ++member) {
        if (!maker.make(member, statement)) continue;
        append_varint(buffer, member);
        append_varint(buffer, statement.is_active ? 1 : 0);
        append_varint(buffer, statement.rank);
        append_varint(buffer, statement.title);
        append_bytes(buffer, statement.measures);
        append_bytes(buffer, statement.totals);
        append_varint(buffer, statement.packed.size());
        const bool is_large = statement.packed.size() >= flush_bytes;
        if (!is_large) buffer += statement.packed;
        if (buffer.size() < flush_bytes && !is_large) continue;
        digest.add(buffer);
        buffer.clear();
        if (is_large) digest.add(statement.packed);  // top earners have megabytes
    }
    const Sequences& after = result.sequences_after;
    for (std::size_t entry = 0; entry < after.orders_before.size(); ++entry) {
        append_varint(buffer, after.orders_before[entry]);
        if (after.orders_before[entry] != 0) append_signed(buffer, after.first_on[entry]);
    }
    for (const auto& [bonus, legs] : result.carry_after) {
        append_bytes(buffer, bonus);
        for (const Carry& leg : legs) {
            append_varint(buffer, leg.member);
            append_signed(buffer, leg.left_centipoints);
            append_signed(buffer, leg.right_centipoints);
        }
    }
    digest.add(buffer);
    digest_corrections(loaded, result, digest);
    return digest.hex();
}

}  // namespace downline
