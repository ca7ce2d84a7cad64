#include "server/http_server.h"

#include <optional>
#include <stdexcept>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <sys/resource.h>

#include "observe/testing/captured_log.h"
#include "server/testing/raw_client.h"

namespace messina::server {
namespace {

using namespace std::chrono_literals;
using testing::RawClient;

constexpr std::string_view kHello = "GET /hello HTTP/1.1\r\nHost: x\r\n\r\n";

class Server : public ::testing::Test {
  protected:
    Server() {
        router_.add("GET", "/hello", [](const Request&) {
            return Response{.body = "hello", .content_type = "text/plain"};
        });
        router_.add("POST", "/echo", [](const Request& request) {
            return Response{.body = request.body, .content_type = "text/plain"};
        });
        router_.add("GET", "/query", [](const Request& request) {
            return Response{.body = std::string(request.query_value("q").value_or("none"))};
        });
        router_.add("GET", "/throws",
                    [](const Request&) -> Response { throw std::runtime_error("oh"); });
        router_.add("GET", "/huge",
                    [](const Request&) { return Response{.body = std::string(64 << 20, 'x')}; });
    }

    void start() {
        auto started = HttpServer::start(options_, router_, log_.log(), clock_);
        ASSERT_TRUE(started) << started.error().to_text();
        server_ = std::move(*started);
    }
    RawClient connect() { return RawClient(server_->address()); }
    std::string ask(std::string_view request) { return connect().ask(request); }

    /// Tries until there is a place: the server hears of an ended connection in its own time.
    bool is_served_in_the_end() {
        const Instant began = system_clock().instant();
        while (system_clock().instant() - began < 10s) {
            RawClient client = connect();
            client.send("GET /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
            if (client.receive_to_end().ends_with("hello")) return true;
        }
        return false;
    }

    HttpServerOptions options_;
    Router router_;
    VirtualClock clock_{WallTime(784'111'777s)};
    observe::testing::CapturedLog log_;
    std::unique_ptr<HttpServer> server_;
};

bool has_status(const std::string& response, unsigned status) {
    return response.starts_with("HTTP/1.1 " + std::to_string(status) + " ");
}

TEST_F(Server, AnswersARequest) {
    start();
    EXPECT_NE(server_->address().port, 0) << "the real port";
    const std::string response = ask(kHello);
    EXPECT_TRUE(has_status(response, 200)) << response;
    EXPECT_TRUE(response.ends_with("\r\n\r\nhello")) << response;
    for (const char* header :
         {"\r\nContent-Type: text/plain\r\n", "\r\nContent-Length: 5\r\n",
          "\r\nCache-Control: no-store\r\n", "\r\nX-Content-Type-Options: nosniff\r\n",
          "\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"})
        EXPECT_NE(response.find(header), std::string::npos) << header << response;
    EXPECT_EQ(log_.events(observe::kServerListening).at(0).fields.at("address"),
              "\"" + server_->address().to_text() + "\"");
}

TEST_F(Server, ListensOnIPv6) {
    options_.address = parse_listen_address("[::1]:0").value();
    start();
    EXPECT_TRUE(has_status(ask(kHello), 200));
}

TEST_F(Server, KeepsTheConnectionForMoreRequests) {
    start();
    RawClient client = connect();
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(client.ask(kHello).ends_with("hello"));
    EXPECT_TRUE(has_status(client.ask("GET /x HTTP/1.1\r\nHost: x\r\n\r\n"), 404));
    EXPECT_TRUE(client.ask(kHello).ends_with("hello")) << "a 404 is no reason to hang up";
}

TEST_F(Server, HangsUpWhenTheClientAsksForIt) {
    start();
    RawClient client = connect();
    client.send("GET /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    const std::string all = client.receive_to_end();
    EXPECT_NE(all.find("\r\nConnection: close\r\n"), std::string::npos);
    EXPECT_TRUE(all.ends_with("hello"));
    RawClient old = connect();
    old.send("GET /hello HTTP/1.0\r\n\r\n");
    const std::string old_all = old.receive_to_end();
    EXPECT_TRUE(old_all.starts_with("HTTP/1.0 200 ")) << old_all;
    EXPECT_TRUE(old_all.ends_with("hello"));
}

TEST_F(Server, AnswersPipelinedRequestsInOrder) {
    start();
    RawClient client = connect();
    std::string requests;
    for (int i = 0; i < 50; ++i)
        requests += "GET /query?q=" + std::to_string(i) + " HTTP/1.1\r\nHost: x\r\n\r\n";
    client.send(requests);
    for (int i = 0; i < 50; ++i)
        EXPECT_TRUE(client.receive().ends_with("\r\n\r\n" + std::to_string(i)));
}

TEST_F(Server, AnswersHeadWithTheLengthButWithoutTheBody) {
    start();
    RawClient client = connect();
    client.send("HEAD /hello HTTP/1.1\r\nHost: x\r\n\r\n");
    const std::string response = client.receive(false);
    EXPECT_TRUE(has_status(response, 200));
    EXPECT_NE(response.find("\r\nContent-Length: 5\r\n"), std::string::npos);
    EXPECT_TRUE(client.ask(kHello).ends_with("hello")) << "nothing was left in between";
}

TEST_F(Server, TellsWhatItDoesNotKnow) {
    start();
    const std::string unknown = ask("GET /helo HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_TRUE(has_status(unknown, 404));
    EXPECT_NE(unknown.find("{\"error_code\":404,\"message\":\"no such path: /helo\""),
              std::string::npos);
    const std::string refused = ask("DELETE /hello HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_TRUE(has_status(refused, 405));
    EXPECT_NE(refused.find("\r\nAllow: GET, HEAD\r\n"), std::string::npos);
}

TEST_F(Server, TakesBodiesByLengthAndInChunks) {
    start();
    RawClient client = connect();
    EXPECT_TRUE(client.ask("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc")
                    .ends_with("\r\n\r\nabc"));
    EXPECT_TRUE(client
                    .ask("POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                         "2\r\nab\r\n1\r\nc\r\n0\r\n\r\n")
                    .ends_with("\r\n\r\nabc"));
}

TEST_F(Server, InvitesABodyThatWaitsForIt) {
    start();
    RawClient client = connect();
    client.send(
        "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");
    EXPECT_TRUE(client.receive().starts_with("HTTP/1.1 100 Continue\r\n"));
    EXPECT_TRUE(client.ask("abc").ends_with("\r\n\r\nabc"));
}

TEST_F(Server, RefusesAnOversizedHeader) {
    options_.header_bytes_max = 1024;
    start();
    RawClient client = connect();
    client.send("GET /hello HTTP/1.1\r\nHost: x\r\nX: " + std::string(2000, 'x') + "\r\n\r\n");
    const std::string all = client.receive();
    EXPECT_TRUE(has_status(all, 431)) << all;
    EXPECT_NE(all.find("\"message\":\"the request's header is larger than 1024 bytes\""),
              std::string::npos)
        << all;
    client.shut_down_sending();
    EXPECT_EQ(client.receive_to_end(), "");
}

TEST_F(Server, StopsReadingAnEndlessHeader) {
    start();
    RawClient client = connect();
    client.send("GET /hello HTTP/1.1\r\nHost: x\r\n");
    const std::string line = "X-Filler: " + std::string(1000, 'x') + "\r\n";
    for (int i = 0; i < 20 && client.send(line); ++i) continue;
    EXPECT_TRUE(has_status(client.receive(), 431));
}

TEST_F(Server, RefusesAnOversizedBody) {
    options_.body_bytes_max = 100;
    start();
    const std::string announced =
        ask("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 101\r\n\r\n");
    EXPECT_TRUE(has_status(announced, 413)) << announced;
    const std::string chunked =
        ask("POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n65\r\n" +
            std::string(101, 'x') + "\r\n0\r\n\r\n");
    EXPECT_TRUE(has_status(chunked, 413)) << chunked;
    EXPECT_TRUE(has_status(ask("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n" +
                               std::string(100, 'x')),
                           200));
}

TEST_F(Server, RefusesMalformedRequestsAndHangsUp) {
    start();
    constexpr const char* two_lengths =
        "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n"
        "0\r\n\r\n";
    for (const std::string_view bad :
         {"nonsense\r\n\r\n", "GET\r\n\r\n", "GET /hello HTTP/1.1\r\nno colon\r\n\r\n",
          "GET /hello HTTP/1.1\r\n\r\n", "GET hello HTTP/1.1\r\nHost: x\r\n\r\n",
          "GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n", "GET /%0d%0a HTTP/1.1\r\nHost: x\r\n\r\n",
          "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n\r\n",
          "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", two_lengths,
          "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd"}) {
        RawClient client = connect();
        client.send(bad);
        client.shut_down_sending();
        const std::string all = client.receive_to_end();
        EXPECT_TRUE(has_status(all, 400)) << bad << all;
        EXPECT_NE(all.find("{\"error_code\":400,"), std::string::npos) << all;
    }
    EXPECT_TRUE(has_status(ask("GET /hello HTTP/3.7\r\nHost: x\r\n\r\n"), 505));
    EXPECT_TRUE(has_status(ask(kHello), 200)) << "the next client is served";
}

TEST_F(Server, SurvivesClientsThatVanish) {
    start();
    {
        RawClient client = connect();
    }
    {
        connect().send("GET /hel");
    }
    {
        connect().send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\na");
    }
    {
        connect().send("GET /huge HTTP/1.1\r\nHost: x\r\n\r\n");
    }
    {
        RawClient client = connect();
        client.send("GET /hel");
        client.shut_down_sending();
        EXPECT_EQ(client.receive_to_end(), "") << "half a request has no answer";
    }
    EXPECT_TRUE(has_status(ask(kHello), 200));
}

TEST_F(Server, AnswersForAHandlerThatThrows) {
    start();
    RawClient client = connect();
    const std::string response = client.ask("GET /throws HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_TRUE(has_status(response, 500));
    EXPECT_EQ(response.find("oh"), std::string::npos) << "the cause is for the log";
    EXPECT_EQ(log_.events(observe::kServerHandlerFailed).at(0).fields.at("path"), "\"/throws\"");
    EXPECT_TRUE(client.ask(kHello).ends_with("hello"));
}

TEST_F(Server, CutsOffAClientThatNeverFinishesItsHeader) {
    options_.read_timeout = 100ms;
    start();
    RawClient client = connect();
    client.send("GET /hello HTTP/1.1\r\nHo");
    EXPECT_EQ(client.receive_to_end(), "");
}

TEST_F(Server, CutsOffAClientThatSendsAByteNowAndThen) {
    options_.read_timeout = 200ms;
    start();
    RawClient client = connect();
    client.send("GET /hello HTTP/1.1\r\nX: ");
    const Instant began = system_clock().instant();
    // Each byte comes well within the time-out; together they must not.
    while (!client.is_readable_within(20) && system_clock().instant() - began < 10s)
        client.send("x");
    EXPECT_LT(system_clock().instant() - began, 10s);
    EXPECT_EQ(client.receive_to_end(), "");
}

TEST_F(Server, CutsOffAClientThatNeverFinishesItsBody) {
    options_.read_timeout = 100ms;
    start();
    RawClient client = connect();
    client.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\na");
    EXPECT_EQ(client.receive_to_end(), "");
}

TEST_F(Server, CutsOffAClientThatDoesNotReadItsResponse) {
    options_.write_timeout = 100ms;
    options_.connections_max = 1;
    start();
    RawClient client = connect();
    client.send("GET /huge HTTP/1.1\r\nHost: x\r\n\r\n");
    ASSERT_TRUE(client.is_readable_within(10'000));
    EXPECT_TRUE(is_served_in_the_end()) << "the only place is free again";
    EXPECT_LT(client.receive_to_end().size(), size_t{64} << 20);
}

TEST_F(Server, ClosesIdleConnections) {
    options_.idle_timeout = 50ms;
    start();
    RawClient silent = connect();
    RawClient served = connect();
    EXPECT_TRUE(served.ask(kHello).ends_with("hello"));
    EXPECT_EQ(silent.receive_to_end(), "");
    EXPECT_EQ(served.receive_to_end(), "");
}

TEST_F(Server, TurnsAwayWhatIsAboveItsConnections) {
    options_.connections_max = 2;
    start();
    std::vector<RawClient> served;
    for (int i = 0; i < 2; ++i) {
        served.push_back(connect());
        EXPECT_TRUE(served.back().ask(kHello).ends_with("hello"));
    }
    const std::string refused = connect().receive_to_end();
    EXPECT_TRUE(has_status(refused, 503)) << refused;
    EXPECT_TRUE(
        refused.ends_with("{\"error_code\":503,\"message\":\"too many connections are open\"}\n"));
    EXPECT_EQ(log_.count(observe::kServerFull), 1u);
    served.pop_back();
    EXPECT_TRUE(is_served_in_the_end());
}

/// Leaves the process this many more descriptors until the end of the scope.
class ScopedDescriptorLimit {
  public:
    explicit ScopedDescriptorLimit(rlim_t spare) {
        ::getrlimit(RLIMIT_NOFILE, &before_);
        const int lowest_free = ::dup(STDERR_FILENO);
        ::close(lowest_free);
        const rlimit tight{static_cast<rlim_t>(lowest_free) + spare, before_.rlim_max};
        ::setrlimit(RLIMIT_NOFILE, &tight);
    }
    ~ScopedDescriptorLimit() { ::setrlimit(RLIMIT_NOFILE, &before_); }

  private:
    rlimit before_{};
};

TEST_F(Server, GoesOnAfterItRanOutOfDescriptors) {
    start();
    std::optional<RawClient> client;
    {
        const ScopedDescriptorLimit limit(1);
        client.emplace(server_->address());
        EXPECT_TRUE(log_.wait_for(observe::kServerAcceptFailed));
    }
    EXPECT_TRUE(client->ask(kHello).ends_with("hello"));
}

TEST_F(Server, ServesManyClientsAtOnce) {
    start();
    std::vector<std::thread> threads;
    threads.reserve(8);
    for (int t = 0; t < 8; ++t)
        threads.emplace_back([this] {
            RawClient client = connect();
            for (int i = 0; i < 50; ++i) EXPECT_TRUE(client.ask(kHello).ends_with("hello"));
        });
    for (std::thread& thread : threads) thread.join();
}

TEST_F(Server, FinishesTheResponseUnderWayWhenItStops) {
    options_.stop_timeout = 20s;
    start();
    RawClient idle = connect();
    EXPECT_TRUE(idle.ask(kHello).ends_with("hello"));
    RawClient client = connect();
    client.send("GET /huge HTTP/1.1\r\nHost: x\r\n\r\n" + std::string(kHello));
    ASSERT_TRUE(client.is_readable_within(10'000));
    std::thread stopper([this] { server_->stop(); });
    EXPECT_EQ(idle.receive_to_end(), "") << "an idle connection ends at once";
    const std::string response = client.receive();
    EXPECT_TRUE(has_status(response, 200));
    EXPECT_GT(response.size(), size_t{64} << 20) << "cut off";
    EXPECT_EQ(client.receive_to_end(), "") << "the request after it came too late";
    stopper.join();
    EXPECT_EQ(log_.count(observe::kServerStopped), 1u);
    EXPECT_THROW(connect(), std::runtime_error) << "nobody listens any more";
}

TEST_F(Server, DoesNotWaitForEverWhenItStops) {
    options_.stop_timeout = 50ms;
    start();
    RawClient client = connect();
    client.send("GET /huge HTTP/1.1\r\nHost: x\r\n\r\n");
    ASSERT_TRUE(client.is_readable_within(10'000));
    server_->stop();
    EXPECT_LT(client.receive_to_end().size(), size_t{64} << 20);
}

TEST_F(Server, RefusesToListenWhereOthersCouldReachIt) {
    options_.address = parse_listen_address("0.0.0.0:0").value();
    const auto refused = HttpServer::start(options_, router_, log_.log(), clock_);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, "server.listen_not_loopback");
    options_.exposure = Exposure::Insecure;
    start();
    EXPECT_TRUE(has_status(RawClient({"127.0.0.1", server_->address().port}).ask(kHello), 200));
}

TEST_F(Server, SaysWhyItCannotListen) {
    start();
    options_.address = server_->address();
    const auto taken = HttpServer::start(options_, router_, log_.log(), clock_);
    ASSERT_FALSE(taken);
    EXPECT_EQ(taken.error().code, "server.listen_failed");
    EXPECT_EQ(taken.error().hint, "another process has this port; choose another one");
    options_.address = {"192.0.2.1", 0};
    options_.exposure = Exposure::Insecure;
    const auto foreign = HttpServer::start(options_, router_, log_.log(), clock_);
    ASSERT_FALSE(foreign);
    EXPECT_NE(foreign.error().hint.find("an address of this machine"), std::string::npos);
    options_.address = {"nonsense", 0};
    EXPECT_FALSE(HttpServer::start(options_, router_, log_.log(), clock_));
}

TEST(HttpDate, IsWrittenAsTheProtocolWantsIt) {
    EXPECT_EQ(http_date(WallTime(0s)), "Thu, 01 Jan 1970 00:00:00 GMT");
    EXPECT_EQ(http_date(WallTime(1'709'210'096s)), "Thu, 29 Feb 2024 12:34:56 GMT");
}

}  // namespace
}  // namespace messina::server
