#include "conformance_case.h"

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string_view>

#include <fmt/core.h>
#include <simdjson.h>

namespace messina::cel {
namespace {

[[noreturn]] void give_up(const std::string& message) {
    fmt::print(stderr, "cel_conformance_test: {}\n", message);
    std::exit(2);
}

std::string text_of(simdjson::dom::element object, const char* key) {
    return std::string(std::string_view(object[key]));
}
std::string json_of(simdjson::dom::element object, const char* key) {
    return simdjson::minify(simdjson::dom::element(object[key]));
}

ConformanceCase to_case(simdjson::dom::element json) {
    ConformanceCase test;
    test.id = text_of(json, "id");
    test.expr = text_of(json, "expr");
    test.container = text_of(json, "container");
    test.type_env = json_of(json, "type_env");
    test.bindings = json_of(json, "bindings");
    test.value = json_of(json, "value");
    test.deduced_type = json_of(json, "deduced_type");
    test.ast = text_of(json, "ast");
    test.type = text_of(json, "type");
    test.error = text_of(json, "error");
    test.is_protobuf = json["is_protobuf"];
    test.disable_check = json["disable_check"];
    test.check_only = json["check_only"];
    test.is_eval_error = json["is_eval_error"];
    return test;
}

}  // namespace

std::vector<ConformanceCase> read_cases(const std::string& set) {
    const std::string file = fmt::format("{}/{}.jsonl", CEL_SPEC_FOLDER, set);
    std::ifstream in(file);
    if (!in) give_up(fmt::format("{} is missing; run tests/cel_conformance/fetch to get it", file));
    std::vector<ConformanceCase> cases;
    simdjson::dom::parser parser;
    std::string line;
    while (std::getline(in, line)) cases.push_back(to_case(parser.parse(line)));
    return cases;
}

std::map<std::string, std::string> read_skipped() {
    std::ifstream in(CEL_SKIPPED_FILE);
    if (!in) give_up(fmt::format("{} is missing", CEL_SKIPPED_FILE));
    std::map<std::string, std::string> skipped;
    std::string line;
    while (std::getline(in, line)) {
        if (line.empty() || line.front() == '#') continue;
        const size_t tab = line.find('\t');
        if (tab == std::string::npos)
            give_up(fmt::format("{}: no reason given in '{}'", CEL_SKIPPED_FILE, line));
        skipped[line.substr(0, tab)] = line.substr(tab + 1);
    }
    return skipped;
}

}  // namespace messina::cel
