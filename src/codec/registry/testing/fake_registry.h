// For tests: answers HTTP requests as it was told to, on loopback, and remembers what it was asked.
#pragma once

#include <condition_variable>
#include <cstdlib>
#include <map>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace messina::codec::registry::testing {

struct FakeAnswer {
    int status = 200;
    std::string body;
    enum class How : uint8_t { Whole, Cut, Never } how = How::Whole;
};

class FakeRegistry {
  public:
    FakeRegistry() {
        socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        auto* generic = reinterpret_cast<sockaddr*>(&address);
        if (::bind(socket_, generic, size) != 0 || ::listen(socket_, 16) != 0 ||
            ::getsockname(socket_, generic, &size) != 0)
            throw std::runtime_error("cannot listen");
        port_ = ntohs(address.sin_port);
        thread_ = std::thread([this] { run(); });
    }
    ~FakeRegistry() {
        ::shutdown(socket_, SHUT_RDWR);
        thread_.join();
        for (const int connection : unanswered_) ::close(connection);
        ::close(socket_);
    }
    FakeRegistry(const FakeRegistry&) = delete;
    FakeRegistry& operator=(const FakeRegistry&) = delete;

    [[nodiscard]] std::string host() const { return "127.0.0.1:" + std::to_string(port_); }
    [[nodiscard]] std::string url() const { return "http://" + host(); }

    /// Answers to `request` ("GET /schemas/ids/7"), in turn; the last one for good. Others get a
    /// page that is no registry's.
    void answer(const std::string& request, std::vector<FakeAnswer> answers) {
        const std::lock_guard lock(mutex_);
        answers_[request] = std::move(answers);
    }
    void answer(const std::string& request, std::string body) {
        answer(request, {{200, std::move(body)}});
    }
    /// How often it was asked.
    [[nodiscard]] size_t count(std::string_view request) {
        const std::lock_guard lock(mutex_);
        size_t count = 0;
        for (const std::string& each : requests_)
            count += each.starts_with(std::string(request) + " HTTP/1.1\r\n") ? 1 : 0;
        return count;
    }
    /// Waits until it was asked anything so often, and gives everything: heads and bodies.
    std::vector<std::string> requests(size_t at_least = 0) {
        std::unique_lock lock(mutex_);
        asked_.wait(lock, [&] { return requests_.size() >= at_least; });
        return requests_;
    }

  private:
    void run() {
        while (true) {
            const int connection = ::accept4(socket_, nullptr, nullptr, SOCK_CLOEXEC);
            if (connection < 0) return;
            const std::string request = receive(connection);
            const FakeAnswer answer = note(request);
            if (answer.how == FakeAnswer::How::Never) {
                unanswered_.push_back(connection);
                continue;
            }
            const size_t missing = answer.how == FakeAnswer::How::Cut ? 10 : 0;
            const std::string text =
                "HTTP/1.1 " + std::to_string(answer.status) + " X\r\nConnection: close\r\n" +
                "Content-Length: " + std::to_string(answer.body.size() + missing) + "\r\n\r\n" +
                answer.body;
            ::send(connection, text.data(), text.size(), MSG_NOSIGNAL);
            ::close(connection);
        }
    }
    static std::string receive(int connection) {
        std::string request;
        char bytes[4096];
        size_t wanted = std::string::npos;
        while (request.size() < wanted) {
            const ssize_t count = ::recv(connection, bytes, sizeof bytes, 0);
            if (count <= 0) break;
            request.append(bytes, static_cast<size_t>(count));
            const size_t end = request.find("\r\n\r\n");
            if (end == std::string::npos) continue;
            const size_t length = request.find("Content-Length: ");
            wanted = end + 4;
            if (length < end) wanted += std::strtoul(request.c_str() + length + 16, nullptr, 10);
        }
        return request;
    }
    FakeAnswer note(const std::string& request) {
        const std::lock_guard lock(mutex_);
        requests_.push_back(request);
        asked_.notify_all();
        const auto found = answers_.find(request.substr(0, request.find(" HTTP/")));
        if (found == answers_.end()) return {404, "<html>Not Found</html>"};
        FakeAnswer answer = found->second.front();
        if (found->second.size() > 1) found->second.erase(found->second.begin());
        return answer;
    }

    int socket_ = -1;
    uint16_t port_ = 0;
    std::mutex mutex_;
    std::condition_variable asked_;
    std::map<std::string, std::vector<FakeAnswer>> answers_;
    std::vector<std::string> requests_;
    std::vector<int> unanswered_;
    std::thread thread_;
};

}  // namespace messina::codec::registry::testing
