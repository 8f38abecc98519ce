// JSON that goes out: read back by another parser.
#include "cli/json_writer.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "tests/cli/written.hpp"

using namespace downline;

TEST_CASE("keys stay in their order and commas are right") {
    const std::string text = written([](Output& output) {
        JsonWriter json(output);
        json.begin_object();
        json.text("b", "x");
        json.number("a", -5);
        json.boolean("yes", true);
        json.key("nothing").null();
        json.key("list").begin_array();
        json.number(1);
        json.begin_object();
        json.end_object();
        json.text("end");
        json.end_array();
        json.end_object();
        json.end();
    });
    CHECK(text == "{\"b\":\"x\",\"a\":-5,\"yes\":true,\"nothing\":null,\"list\":[1,{},\"end\"]}\n");
}

TEST_CASE("a list of lines has an entry on each") {
    const auto lines = [](int count) {
        return written([count](Output& output) {
            JsonWriter json(output);
            json.begin_lines();
            for (int i = 0; i < count; ++i) {
                json.begin_object();
                json.number("n", i);
                json.key("in").begin_array();
                json.number(1);
                json.number(2);
                json.end_array();
                json.end_object();
            }
            json.end_lines();
            json.end();
        });
    };
    CHECK(lines(0) == "[]\n");
    CHECK(lines(2) == "[\n{\"n\":0,\"in\":[1,2]},\n{\"n\":1,\"in\":[1,2]}\n]\n");
}

TEST_CASE("every text comes back as it was, and bytes that are no UTF-8 as U+FFFD") {
    const std::string nasty = "q\" b\\ n\n t\t r\r e\x1b d\x7f z\xc3\xab \xf0\x9f\x98\x80";
    const std::string text = written([&](Output& output) {
        JsonWriter json(output);
        json.begin_array();
        json.text(nasty);
        json.text(std::string_view("a\0b", 3));
        json.text("x\xffy");
        json.text(std::optional<std::string>{});
        json.end_array();
    });
    const auto parsed = nlohmann::json::parse(text);
    CHECK(parsed[0] == nasty);
    CHECK(parsed[1] == std::string("a\0b", 3));
    CHECK(parsed[2] == "x\xef\xbf\xbdy");
    CHECK(parsed[3].is_null());
}
