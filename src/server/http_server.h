// A small HTTP/1.1 server for health, metrics and the like: one thread, keep-alive, pipelining, and
// a limit on everything a client can send or hold.
//
// Handlers run on the server's thread, one at a time: they must be quick and must not wait.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/error.h"
#include "observe/log.h"
#include "server/listen_address.h"
#include "server/router.h"

namespace messina::server {

/// Without encryption and authentication the server is for this machine only, unless told so.
enum class Exposure : uint8_t { Loopback, Insecure };

struct HttpServerOptions {
    ListenAddress address;
    Exposure exposure = Exposure::Loopback;
    uint32_t header_bytes_max = 16u << 10;
    uint64_t body_bytes_max = 1u << 20;
    size_t connections_max = 256;
    Nanos idle_timeout = std::chrono::seconds(30);   // between requests
    Nanos read_timeout = std::chrono::seconds(10);   // for a whole request, from its first byte
    Nanos write_timeout = std::chrono::seconds(30);  // for a whole response
    Nanos stop_timeout = std::chrono::seconds(5);    // for responses under way
};

class HttpServer {
  public:
    /// Listens when it returns. `log` and `clock` must outlive the server, and so must whatever the
    /// handlers refer to.
    static Result<std::unique_ptr<HttpServer>> start(HttpServerOptions options, Router router,
                                                     observe::Log& log, Clock& clock);
    virtual ~HttpServer() = default;

    /// With the port that was really taken.
    [[nodiscard]] virtual const ListenAddress& address() const = 0;
    /// Takes no new request, finishes the responses under way, ends the thread. Not to be called by
    /// a handler. The destructor does it too.
    virtual void stop() = 0;
};

/// "Sun, 06 Nov 1994 08:49:37 GMT".
std::string http_date(WallTime time);

}  // namespace messina::server
