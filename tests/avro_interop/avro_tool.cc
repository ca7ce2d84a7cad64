// Messina's Avro on the command line, for interop.py: container files to tagged JSON lines and
// back.
//   avro_tool read FILE [READER.avsc]            lines to standard output
//   avro_tool write SCHEMA.avsc CODEC OUT.avro   lines from standard input
//   avro_tool schema SCHEMA.avsc                 canonical form and fingerprint
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>

#include <fmt/format.h>

#include "codec/avro/container_reader.h"
#include "codec/avro/container_writer.h"
#include "codec/avro/datum_writer.h"
#include "codec/avro/decoder.h"
#include "tagged_json.h"

namespace {

using namespace messina;
using namespace messina::codec::avro;

Result<SchemaRef> load_schema(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return Schema::parse(std::string{std::istreambuf_iterator<char>(in), {}});
}

Result<void> read_file(const std::string& path, const std::string& reader_path) {
    MESSINA_TRY(auto file, open_file(path));
    MESSINA_TRY(auto container, ContainerReader::open(std::move(file)));
    AvroInput input;
    input.schema = container->schema();
    if (!reader_path.empty()) {
        MESSINA_TRY(input.reader, load_schema(reader_path));
    }
    Projection projection;
    projection.fields.push_back({{}, 0});
    MESSINA_TRY(const auto decoder, codec::avro::make_avro_decoder(input, projection));
    Batch batch;
    while (true) {
        batch.reset();
        MESSINA_TRY(const size_t count, container->read(batch, 100));
        if (count == 0) return {};
        batch.make_rows(1, 0);
        decoder->decode(batch);
        if (!batch.failures.empty()) return fail(batch.failures[0].error);
        for (const RowIndex row : batch.live()) {
            std::string line;
            interop::append_tagged(line, batch.slots(row)[0]);
            std::cout << line << '\n';
        }
    }
}

Result<void> write_file(const std::string& schema_path, const std::string& codec,
                        const std::string& path) {
    MESSINA_TRY(const SchemaRef schema, load_schema(schema_path));
    ContainerWriterOptions options;
    MESSINA_TRY(options.codec, block_codec(codec));
    options.block_records_max = 7;
    Random random(1);
    Buffer out;
    ContainerWriter container(*schema, options, random, out);
    DatumWriter writer(WriteOptions{});
    Arena arena;
    std::string line;
    while (std::getline(std::cin, line)) {
        MESSINA_TRY(const Value value, interop::parse_tagged(line, arena));
        Buffer datum;
        if (!writer.write(*schema, schema->root(), value, datum)) return fail(writer.take_error());
        MESSINA_TRY_VOID(container.append(datum.view(), out));
    }
    MESSINA_TRY_VOID(container.flush(out));
    std::ofstream(path, std::ios::binary).write(out.data(), std::ssize(out.view()));
    return {};
}

Result<void> print_schema(const std::string& path) {
    MESSINA_TRY(const SchemaRef schema, load_schema(path));
    std::cout << schema->canonical() << '\n'
              << fmt::format("{:016x}", schema->fingerprint()) << '\n';
    return {};
}

}  // namespace

int main(int count, char** arguments) {
    const std::vector<std::string> words(arguments + 1, arguments + count);
    Result<void> done = fail(ErrorClass::Misconfigured, "usage", "see the head of avro_tool.cc");
    if (words.size() >= 2 && words[0] == "read") {
        done = read_file(words[1], words.size() > 2 ? words[2] : "");
    } else if (words.size() == 4 && words[0] == "write") {
        done = write_file(words[1], words[2], words[3]);
    } else if (words.size() == 2 && words[0] == "schema") {
        done = print_schema(words[1]);
    }
    if (done) return 0;
    std::cerr << done.error().code << ": " << done.error().to_text() << '\n';
    return 1;
}
