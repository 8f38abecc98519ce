// Unpacks the places that runs gave: see the header.
#include "storage/automatic_places.hpp"

#include "engine/errors.hpp"
#include "storage/packing.hpp"

namespace downline {

std::vector<AutomaticPlace> automatic_places_of(Database& database, std::int64_t run) {
    std::vector<AutomaticPlace> places;
    Query pieces = database.query(
        "SELECT piece, packed FROM carried WHERE run = ?1 AND item = 'places' ORDER BY piece");
    pieces.bind(1, run);
    while (pieces.step()) {
        Unpacker unpacker(pieces.blob(1));
        std::int64_t number = begin_of_piece(pieces.integer(0));
        while (!unpacker.is_at_end()) {
            number = further(number, unpacker.varint());
            const auto parent = static_cast<std::int64_t>(unpacker.varint());
            const auto leg = static_cast<std::uint32_t>(unpacker.varint());
            ensure_intact(!unpacker.is_broken(), "the places that the last final run left are broken");
            places.push_back({number, parent, leg});
        }
    }
    return places;
}

std::vector<std::int64_t> runs_with_places(Database& database) {
    std::vector<std::int64_t> runs;
    Query query = database.query(
        "SELECT number FROM run r WHERE state = 'final' AND first_day ="
        " (SELECT max(first_day) FROM run WHERE plan = r.plan AND state = 'final')"
        " AND EXISTS (SELECT 1 FROM carried WHERE run = r.number AND item = 'places')"
        " ORDER BY number");
    while (query.step()) runs.push_back(query.integer(0));
    return runs;
}

}  // namespace downline
