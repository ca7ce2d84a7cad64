#include "cli/templates.h"

#include <array>

namespace messina::cli {
namespace {

constexpr std::string_view kMatch =
    R"yaml(# match: builds a table that says which user a cookie belongs to, from the events that know both.
#
#   messina check match.yaml
#   messina run match.yaml

stores:
  tracking:
    embedded:
      path: ./state/tables
      tables:
        id_match:
          key: [id_type, id]           # partition key; clustering columns would go under `clustering:`
          columns: { user_id: text }   # CQL types; key columns that are not named here are text

state: ./state/positions               # where reading goes on after a restart

pipeline: match-ids
source: { file: { path: ./identities.jsonl } }     # { "cookie": "c1", "user_id": "u1" }, one a line
steps:
  - filter: has(event.cookie) && has(event.user_id)
sinks:
  - table:
      table: tracking.id_match
      key: { id_type: '"cookie"', id: event.cookie }   # every key column, each an expression
      set: { user_id: event.user_id }
      ttl: duration("720h")                            # forgotten 30 days after it was last seen
dead_letter: { file: { path: ./dead_letters.jsonl } }  # without it a record that cannot be written stops the pipeline
)yaml";

constexpr std::string_view kEnrich =
    R"yaml(# enrich: looks rows up for each event and adds what they say.
#
#   messina check enrich.yaml
#   messina run enrich.yaml

stores:
  tracking:
    embedded:
      path: ./state/tables
      tables:
        id_match: { key: [id_type, id], columns: { user_id: text } }
        profile:  { key: [user_id], columns: { country: text, segments: list<text> } }

state: ./state/positions               # where reading goes on after a restart

pipeline: enrich-clicks
source: { file: { path: ./clicks.jsonl } }         # { "kind": "click", "cookie": "c1" }, one a line
steps:
  - filter: event.kind == "click"
  - lookup:
      into: match                                  # the row is this variable from here on
      table: tracking.id_match
      key: { id_type: '"cookie"', id: event.cookie }
      on_miss: pass                                # or drop, default (with `default:`), dead_letter
      cache: { ttl: 5ms, max: 64MiB }              # a longer time is faster and shows older rows
  - lookup: { into: profile, table: tracking.profile, key: { user_id: match.user_id } }
  - set:
      user_id: match.user_id                       # absent when the look-up found nothing
      country: profile.?country.orValue("unknown")
sinks:
  - name: known
    when: has(match.user_id)
    file: { path: ./enriched.jsonl }
  - name: unknown
    when: "!has(match.user_id)"
    file: { path: ./unknown.jsonl }
dead_letter: { file: { path: ./dead_letters.jsonl } }
)yaml";

constexpr std::string_view kFilter =
    R"yaml(# filter: keeps the records that matter, and of each only the fields that matter. Reads standard input, writes standard output.
#
#   messina run filter.yaml < events.jsonl

pipeline: filter-clicks
source: { stdin: { format: json } }    # or: file: { path: "./events/*.jsonl" }
steps:
  - filter: event.kind == "click" && event.price >= 10.0   # a missing field counts as false
  # - sample: { share: 0.01, key: event.user_id }          # keeps one user in a hundred
  - unset: [user.email, user.ip]
  - set: { total: event.price * double(event.count) }
sinks:
  - stdout: { format: json }
dead_letter: { file: { path: ./dead_letters.jsonl } }
)yaml";

constexpr std::string_view kRoute =
    R"yaml(# route: sends each record to the outputs whose condition it meets.
#
#   messina run route.yaml

pipeline: route-orders
source: { file: { path: ./orders.jsonl } }
sinks:
  - name: large                        # a record goes to every sink whose `when` is true
    when: event.total >= 1000.0
    file: { path: ./large.jsonl }
  - name: failed
    when: event.status == "failed"
    file: { path: ./failed.jsonl }
  - name: all                          # no condition: every record
    file: { path: ./all.csv, format: { csv: { columns: [id, status, total] } } }
dead_letter: { file: { path: ./dead_letters.jsonl } }
)yaml";

constexpr std::string_view kDedupe =
    R"yaml(# dedupe: lets the first record of an id pass and drops its repetitions within an hour.
#
#   messina run dedupe.yaml

stores:
  state: { embedded: { path: ./state/tables, tables: { seen: { key: [id], columns: { seen_at: text } } } } }

state: ./state/positions

pipeline: dedupe-events
source: { file: { path: ./events.jsonl, follow: true } }   # follow: waits for more at the end of the file
steps:
  - dedupe: { id: event.event_id, window: 1h, table: state.seen }
sinks:
  - file: { path: ./distinct.jsonl }
dead_letter: { file: { path: ./dead_letters.jsonl } }
)yaml";

constexpr std::string_view kExplode =
    R"yaml(# explode: makes one record of each element of a list, an order's items for instance.
#
#   messina run explode.yaml

pipeline: order-items
source: { file: { path: ./orders.jsonl } }         # { "order": 7, "items": [{ "sku": "a", "count": 2 }] }
steps:
  - explode: { field: items, into: item, on_other: drop }   # drop: orders without a list of items
  - unset: items                                            # each record has its own item now
sinks:
  - file: { path: ./items.jsonl }
dead_letter: { file: { path: ./dead_letters.jsonl } }
)yaml";

constexpr std::string_view kCsv = R"yaml(# csv: reads CSV with a header and types, writes JSON.
#
#   messina run csv.yaml

pipeline: read-csv
source:
  file:
    path: ./flights.csv                # compressed files (gzip, zstd) are read as they are
    format: { csv: { types: { year: int, delay: double }, null_texts: ['', NA] } }
steps:
  - filter: event.delay > 0.0          # fields of a known type are checked by `messina check`
sinks:
  - file: { path: ./delayed.jsonl, mode: replace }
dead_letter: { file: { path: ./dead_letters.jsonl } }
)yaml";

constexpr std::string_view kTracking =
    R"yaml(# tracking: two pipelines on made-up events. The first matches cookies to users, the second enriches clicks with what is known of them.
#
#   messina run tracking.yaml

stores:
  tracking:
    embedded: { path: ./state/tables, tables: { id_match: { key: [id_type, id], columns: { user_id: uuid } } } }

pipelines:                             # run in this order
  - pipeline: match-ids
    source:
      generate:
        count: 100000                  # the same records for the same seed
        seed: 1
        draws: { user: { count: 20000, order: sequence } }
        fields:
          cookie: { key: { draw: user, form: hex, prefix: cookie } }
          user_id: { key: { draw: user, form: uuid, prefix: user } }
    sinks:
      - table:
          table: id_match
          key: { id_type: '"cookie"', id: event.cookie }
          set: { user_id: event.user_id }
    dead_letter: { file: { path: ./match_dead_letters.jsonl, mode: replace } }

  - pipeline: enrich-clicks
    source:
      generate:
        count: 1000000
        seed: 2
        draws: { user: { count: 30000, order: zipf, exponent: 1.1 } }   # a third of them was never matched
        fields:
          kind: { choice: { click: 7, view: 3 } }
          cookie: { key: { draw: user, form: hex, prefix: cookie } }
          price: { number: { min: 0, max: 100, decimals: 2 } }
          time: { time: { step: 1ms } }
    steps:
      - filter: event.kind == "click"
      - lookup:
          into: match
          table: id_match
          key: { id_type: '"cookie"', id: event.cookie }
          on_miss: pass
          cache: { ttl: 1s, max: 16MiB }
      - set: { user_id: match.user_id }
    sinks:
      - file: { path: ./enriched.jsonl, mode: replace }
    dead_letter: { file: { path: ./enrich_dead_letters.jsonl, mode: replace } }
)yaml";

constexpr std::array kTemplates = {
    Template{"match", "Builds a table from events: cookie → user", kMatch},
    Template{"enrich", "Looks rows up for each event and adds what they say", kEnrich},
    Template{"tracking", "Both of them on made-up events", kTracking},
    Template{"filter", "Keeps the records and fields that matter", kFilter},
    Template{"route", "Sends records where they belong", kRoute},
    Template{"dedupe", "Drops repetitions", kDedupe},
    Template{"explode", "Makes one record of each element of a list", kExplode},
    Template{"csv", "Reads CSV, writes JSON", kCsv},
};

}  // namespace

std::span<const Template> templates() {
    return kTemplates;
}

}  // namespace messina::cli
