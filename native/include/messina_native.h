/* The client libraries of native/ for C++. ScyllaDB's driver is behind the mn_ functions below; librdkafka is in the same library
 * with its own header, librdkafka/rdkafka.h.
 *
 * Shape: everything that takes time is asked for with a tag and answered by a completion. There are no callbacks: a thread owns a
 * runtime, lets it work with mn_runtime_turn, and takes completions in vectors. Requests are submitted in vectors, rows come out as
 * whole pages in the protocol's own bytes.
 *
 * Threads: a runtime and everything made from it belong to one thread at a time. Only mn_runtime_wake may be called from any thread.
 *
 * Ownership: texts and values given to a function are copied before it returns. Texts and rows given back live as long as the
 * object they come from.
 */
#ifndef MESSINA_NATIVE_H
#define MESSINA_NATIVE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct mn_runtime mn_runtime;     /* event loop and completion queue of one thread */
typedef struct mn_session mn_session;     /* connections to one cluster */
typedef struct mn_statement mn_statement; /* a prepared statement */
typedef struct mn_page mn_page;           /* memory behind a completion */

/* Not terminated by a zero byte. */
typedef struct {
    const char* data;
    size_t size;
} mn_text;

/* What became of a request. */
typedef enum {
    MN_OK = 0,
    MN_DATABASE = 1,        /* the server refused it: `code` is the protocol's error code */
    MN_NOT_SENT = 2,        /* no connection took it: certainly not applied */
    MN_CONNECTION_LOST = 3, /* it was sent, and no answer came: may be applied */
    MN_INVALID = 4,         /* refused before it was sent: values that do not fit the statement, options that make no sense */
    MN_PROTOCOL = 5,        /* an answer came that cannot be understood: may be applied */
    MN_TIMED_OUT = 6,       /* of open, prepare and query: their own time is over */
    MN_AUTHENTICATION = 7,  /* of open: no name and password, or wrong ones */
    MN_TLS = 8              /* of open: certificates that cannot be read or are not trusted */
} mn_outcome;

typedef struct {
    uint64_t owner; /* of the session that was asked */
    uint64_t tag;   /* of the request */
    uint32_t outcome;
    uint32_t code;       /* of MN_DATABASE */
    const uint8_t* rows; /* for each cell its size (big-endian int32, -1 for null), then its bytes */
    size_t rows_bytes;
    uint32_t row_count;
    uint32_t column_count;
    mn_page* page; /* owns rows, paging state and message; free it; null when there is nothing to own */
    void* object;  /* of open: mn_session; of prepare: mn_statement; the caller's to close or free */
} mn_completion;

/* ---- runtime ---- */

mn_runtime* mn_runtime_new(void);
/* Sessions are closed and statements freed before. Completions not taken are dropped. */
void mn_runtime_free(mn_runtime* runtime);
/* Does what is ready to be done. When that gives no completion, waits for one, for mn_runtime_wake, or for the time to pass. */
void mn_runtime_turn(mn_runtime* runtime, uint64_t wait_max_us);
/* Ends the wait of mn_runtime_turn, now or the next time. */
void mn_runtime_wake(mn_runtime* runtime);
/* Moves up to `max` completions to `out`, oldest first; returns how many. */
size_t mn_runtime_take(mn_runtime* runtime, mn_completion* out, size_t max);

/* ---- session ---- */

typedef struct {
    const mn_text* contact_points; /* "host:port" */
    size_t contact_point_count;
    mn_text keyspace; /* whose replication is learned; empty: all keyspaces */
    mn_text local_dc; /* empty: none is preferred */
    mn_text local_rack;
    mn_text user; /* empty: without authentication */
    mn_text password;
    mn_text ca_file; /* PEM; empty: the system's authorities */
    mn_text certificate_file;
    mn_text key_file;
    const mn_text* host_names; /* the server's certificate must be for one of them */
    size_t host_name_count;    /* 0: for any */
    uint64_t open_timeout_us;
    uint64_t connect_timeout_us;
    uint64_t keepalive_us; /* between two of them, and for their answer */
    uint32_t connections_per_host;
    uint16_t consistency;        /* the protocol's number */
    uint16_t serial_consistency; /* likewise; 0: none */
    uint8_t uses_tls;
    uint8_t permits_dc_failover;
    uint8_t compression; /* 0: none, 1: LZ4, 2: Snappy */
} mn_session_options;

/* Completion: the session. `owner` comes with every completion of the session. */
void mn_session_open(mn_runtime* runtime, const mn_session_options* options, uint64_t owner, uint64_t tag);
/* Requests under way still complete. */
void mn_session_close(mn_session* session);

typedef struct {
    mn_text address; /* of all texts: live until mn_nodes_free */
    mn_text datacenter;
    mn_text rack;
    uint32_t shard_count; /* 0: not known */
    uint8_t is_connected;
} mn_node;
/* The nodes known now. Returns their number; *nodes is freed with mn_nodes_free. */
size_t mn_session_nodes(const mn_session* session, mn_node** nodes);
void mn_nodes_free(mn_node* nodes, size_t count);

/* A statement that is not prepared, without values; waits for the schema to be agreed upon. Completion: a page when there are rows. */
void mn_session_query(mn_session* session, mn_text text, uint64_t timeout_us, uint64_t tag);

/* ---- statements ---- */

typedef struct {
    uint64_t timeout_us; /* for preparing it */
    uint32_t page_rows;
    uint16_t consistency;  /* 0xffff: the session's */
    uint8_t is_idempotent; /* a read: may be sent to another node when one fails */
} mn_statement_options;

/* Completion: the statement. */
void mn_statement_prepare(mn_session* session, mn_text text, const mn_statement_options* options, uint64_t tag);
void mn_statement_free(mn_statement* statement);

typedef struct {
    mn_text name;
    mn_text type;             /* in CQL's words, user defined types by name */
    uint8_t is_partition_key; /* of a bind marker: it names the partition, and must have a value */
} mn_column;
/* Live as long as the statement. */
size_t mn_statement_bind_markers(const mn_statement* statement, const mn_column** columns);
size_t mn_statement_result_columns(const mn_statement* statement, const mn_column** columns);
/* Whether the values name the partition, so that the request goes straight to a replica. */
uint8_t mn_statement_is_token_aware(const mn_statement* statement);

/* ---- requests ---- */

typedef struct {
    const mn_statement* statement;
    const uint8_t* values; /* one after the other: size (big-endian int32; -1: null, -2: leave as it is), then bytes */
    size_t values_bytes;
    uint32_t value_count;
    uint32_t paging_bytes;
    const uint8_t* paging; /* of mn_page_paging of the page before; null: the first page */
    int64_t timestamp_us;  /* of a write whose text has none; MN_NO_TIMESTAMP: the server gives it one */
    uint64_t tag;
} mn_request;
#define MN_NO_TIMESTAMP INT64_MIN

/* Completion for each. There is no time-out and no cancellation: whoever gives a request up ignores its completion. */
void mn_session_submit(mn_session* session, const mn_request* requests, size_t count);

/* Murmur3 token of the partition that the values name. Returns 0 when they name none. */
uint8_t mn_statement_token(const mn_statement* statement, const uint8_t* values, size_t values_bytes, uint32_t value_count,
                           int64_t* token);

/* ---- pages ---- */

/* Of a page with more after it; empty when it is the last. */
mn_text mn_page_paging(const mn_page* page);
/* Of a request that failed. */
mn_text mn_page_message(const mn_page* page);
void mn_page_free(mn_page* page);

#ifdef __cplusplus
}
#endif
#endif
