// One HTTP exchange at a time with a REST service, over libcurl: basic or bearer authentication,
// TLS, time-outs.
//
// Threads: one at a time, but for stop().
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <string>

#include "base/error.h"

namespace messina::codec::registry {

struct HttpOptions {
    std::string user;  // empty: none
    std::string password;
    std::string token;    // of `Authorization: Bearer`
    std::string ca_file;  // PEM; empty: the system's authorities
    std::string certificate_file;
    std::string key_file;
    std::string key_password;
    std::chrono::milliseconds connect_timeout{2'000};
    std::chrono::milliseconds timeout{10'000};
    size_t answer_bytes_max = 16u << 20;
};

struct HttpAnswer {
    long status = 0;
    std::string body;
};

class HttpClient {
  public:
    explicit HttpClient(HttpOptions options);
    ~HttpClient();
    HttpClient(const HttpClient&) = delete;
    HttpClient& operator=(const HttpClient&) = delete;

    /// An answer of any status; an error when none came: Transient, or Misconfigured when TLS, the
    /// URL or the answer's size is at fault. Redirects are answers and not followed.
    Result<HttpAnswer> get(const std::string& url);
    Result<HttpAnswer> post(const std::string& url, const std::string& body);
    Result<HttpAnswer> put(const std::string& url, const std::string& body);
    /// One part of a path, with what may not stand there escaped.
    [[nodiscard]] static std::string escape(const std::string& part);
    [[nodiscard]] static std::string unescape(const std::string& part);
    /// Ends the exchange under way, within a second, and all later ones: Transient. Any thread.
    void stop() { is_stopped_ = true; }

  private:
    Result<HttpAnswer> perform(const char* method, const std::string& url, const std::string* body);

    HttpOptions options_;
    std::atomic<bool> is_stopped_ = false;
    struct Handle;
    std::unique_ptr<Handle> handle_;
};

}  // namespace messina::codec::registry
