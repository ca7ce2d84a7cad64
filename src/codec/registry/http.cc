#include "codec/registry/http.h"

#include <curl/curl.h>
#include <fmt/format.h>

namespace messina::codec::registry {
namespace {

constexpr const char* kMediaType = "application/vnd.schemaregistry.v1+json";

struct Sink {
    std::string* body;
    size_t bytes_max;
};

size_t append(char* data, size_t size, size_t count, void* to) {
    auto* sink = static_cast<Sink*>(to);
    const size_t bytes = size * count;
    if (sink->body->size() + bytes > sink->bytes_max) return 0;  // ends the exchange
    sink->body->append(data, bytes);
    return bytes;
}

/// Called about once a second while nothing happens; not 0: ends the exchange.
int check_stopped(void* is_stopped, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    return static_cast<std::atomic<bool>*>(is_stopped)->load() ? 1 : 0;
}

bool is_mendable_by_a_person(CURLcode code) {
    switch (code) {
        case CURLE_UNSUPPORTED_PROTOCOL:
        case CURLE_URL_MALFORMAT:
        case CURLE_PEER_FAILED_VERIFICATION:
        case CURLE_SSL_CERTPROBLEM:
        case CURLE_SSL_CACERT_BADFILE:
        case CURLE_SSL_ISSUER_ERROR: return true;
        default: return false;
    }
}

}  // namespace

struct HttpClient::Handle {
    std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> easy{curl_easy_init(), curl_easy_cleanup};
    std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> headers{nullptr,
                                                                        curl_slist_free_all};
};

HttpClient::HttpClient(HttpOptions options)
    : options_(std::move(options)), handle_(std::make_unique<Handle>()) {
    curl_slist* headers = curl_slist_append(nullptr, fmt::format("Accept: {}", kMediaType).c_str());
    headers = curl_slist_append(headers, fmt::format("Content-Type: {}", kMediaType).c_str());
    handle_->headers.reset(headers);
}

HttpClient::~HttpClient() = default;

Result<HttpAnswer> HttpClient::get(const std::string& url) {
    return perform("GET", url, nullptr);
}

Result<HttpAnswer> HttpClient::post(const std::string& url, const std::string& body) {
    return perform("POST", url, &body);
}

Result<HttpAnswer> HttpClient::put(const std::string& url, const std::string& body) {
    return perform("PUT", url, &body);
}

std::string HttpClient::escape(const std::string& part) {
    if (part.empty()) return {};  // of length 0 means: until the zero
    const std::unique_ptr<char, decltype(&curl_free)> escaped{
        curl_easy_escape(nullptr, part.data(), static_cast<int>(part.size())), curl_free};
    return escaped.get();
}

std::string HttpClient::unescape(const std::string& part) {
    if (part.empty()) return {};
    int length = 0;
    const std::unique_ptr<char, decltype(&curl_free)> text{
        curl_easy_unescape(nullptr, part.data(), static_cast<int>(part.size()), &length),
        curl_free};
    return {text.get(), static_cast<size_t>(length)};
}

Result<HttpAnswer> HttpClient::perform(const char* method, const std::string& url,
                                       const std::string* body) {
    CURL* easy = handle_->easy.get();
    curl_easy_reset(easy);  // connections stay open
    HttpAnswer answer;
    Sink sink{&answer.body, options_.answer_bytes_max};
    std::string reason(CURL_ERROR_SIZE, '\0');
    const auto set = [easy](CURLoption option, auto value) {
        curl_easy_setopt(easy, option, value);
    };
    set(CURLOPT_URL, url.c_str());
    set(CURLOPT_PROTOCOLS_STR, "http,https");
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_ERRORBUFFER, reason.data());
    set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options_.connect_timeout.count()));
    set(CURLOPT_TIMEOUT_MS, static_cast<long>(options_.timeout.count()));
    set(CURLOPT_HTTPHEADER, handle_->headers.get());
    set(CURLOPT_WRITEFUNCTION, &append);
    set(CURLOPT_WRITEDATA, &sink);
    set(CURLOPT_ACCEPT_ENCODING, "");
    set(CURLOPT_NOPROGRESS, 0L);
    set(CURLOPT_XFERINFOFUNCTION, &check_stopped);
    set(CURLOPT_XFERINFODATA, &is_stopped_);
    if (!options_.user.empty()) {
        set(CURLOPT_HTTPAUTH, static_cast<long>(CURLAUTH_BASIC));
        set(CURLOPT_USERNAME, options_.user.c_str());
        set(CURLOPT_PASSWORD, options_.password.c_str());
    }
    if (!options_.token.empty()) {
        set(CURLOPT_HTTPAUTH, static_cast<long>(CURLAUTH_BEARER));
        set(CURLOPT_XOAUTH2_BEARER, options_.token.c_str());
    }
    if (!options_.ca_file.empty()) set(CURLOPT_CAINFO, options_.ca_file.c_str());
    if (!options_.certificate_file.empty()) set(CURLOPT_SSLCERT, options_.certificate_file.c_str());
    if (!options_.key_file.empty()) set(CURLOPT_SSLKEY, options_.key_file.c_str());
    if (!options_.key_password.empty()) set(CURLOPT_KEYPASSWD, options_.key_password.c_str());
    if (body != nullptr) {
        set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body->size()));
        set(CURLOPT_POSTFIELDS, body->data());
        set(CURLOPT_CUSTOMREQUEST, method);
    }
    const CURLcode code = curl_easy_perform(easy);
    if (code != CURLE_OK) {
        const std::string why = reason[0] == '\0' ? curl_easy_strerror(code) : reason.c_str();
        if (code == CURLE_WRITE_ERROR)
            return fail(ErrorClass::Misconfigured, "registry.answer_too_large",
                        fmt::format("an answer of more than {} bytes", options_.answer_bytes_max),
                        "check that the URL is a schema registry's, its path included");
        if (is_mendable_by_a_person(code))
            return fail(ErrorClass::Misconfigured, "registry.connection", why,
                        "check the URL, `ca` and the certificates");
        return fail(ErrorClass::Transient, "registry.unreachable", why);
    }
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &answer.status);
    return answer;
}

}  // namespace messina::codec::registry
