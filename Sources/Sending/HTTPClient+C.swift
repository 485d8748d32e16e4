import CCurl

/// Asks other systems over HTTP, one request after the other; the caller waits for the answer.
///
/// Owns a handle of libcurl, which keeps connections open for the next request to the same place.
/// Bounded by each request's limits; redirects are not followed, and proxies of the environment
/// not used: requests go where the settings say.
@safe
package struct HTTPClient: ~Copyable {
    private let handle: UnsafeMutableRawPointer

    package init() throws(SendingError) {
        guard Self.isLibraryReady, let handle = unsafe curl_easy_init() else {
            throw SendingError(kind: .request, place: "libcurl", reason: "cannot be started")
        }
        unsafe self.handle = handle
    }

    deinit { unsafe curl_easy_cleanup(handle) }

    /// Once for the process.
    private static let isLibraryReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

    /// Sends a request and returns the whole answer.
    package mutating func send(_ request: HTTPRequest) throws(SendingError) -> HTTPResponse {
        guard request.url.hasPrefix("http://") || request.url.hasPrefix("https://") else {
            throw SendingError(
                kind: .request, place: request.place, reason: "is not a URL of http or https")
        }
        let sink = AnswerSink(bodyBytesMax: request.answerBytesMax)
        let lists = try TextLists(request)
        var reason = [CChar](repeating: 0, count: Int(CURL_ERROR_SIZE))
        unsafe curl_easy_reset(handle)
        let code = withExtendedLifetime(lists) {
            set(request, lists) ? perform(request, sink, &reason) : CURLE_BAD_FUNCTION_ARGUMENT
        }
        guard code == CURLE_OK else { throw error(code, reason, sink, request) }
        var status = 0
        _ = unsafe ccurl_status(handle, &status)
        return HTTPResponse(status: status, headers: sink.headers, body: sink.body)
    }

    /// libcurl reads the body where it lies, and writes to the sink and the reason, all before this
    /// returns.
    private func perform(
        _ request: HTTPRequest, _ sink: AnswerSink, _ reason: inout [CChar]
    ) -> CURLcode {
        unsafe reason.withUnsafeMutableBufferPointer { reason in
            unsafe request.body.withUnsafeBytes { body in
                if request.method == .post {
                    _ = unsafe ccurl_set_body(handle, body.baseAddress, body.count)
                }
                _ = unsafe ccurl_set_reason_buffer(handle, reason.baseAddress)
                _ = unsafe ccurl_set_sinks(
                    handle, takeHead, takeBody, Unmanaged.passUnretained(sink).toOpaque())
                return unsafe curl_easy_perform(handle)
            }
        }
    }

    private func set(_ request: HTTPRequest, _ lists: TextLists) -> Bool {
        let version =
            request.speaksHTTP2
            ? CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE : CURL_HTTP_VERSION_1_1
        return set(CURLOPT_URL, request.url)
            && set(CURLOPT_PROXY, "")
            && set(CURLOPT_NOSIGNAL, 1)
            && set(CURLOPT_FOLLOWLOCATION, 0)
            && set(CURLOPT_HTTP_VERSION, version)
            && set(request.method == .post ? CURLOPT_POST : CURLOPT_HTTPGET, 1)
            && set(CURLOPT_CONNECTTIMEOUT_MS, request.connectMilliseconds)
            && set(CURLOPT_TIMEOUT_MS, request.totalMilliseconds)
            && set(CURLOPT_SSL_VERIFYPEER, 1)
            && set(CURLOPT_SSL_VERIFYHOST, 2)
            && (request.authorityFile.map { set(CURLOPT_CAINFO, $0) } ?? true)
            && set(lists)
    }

    private func set(_ option: CURLoption, _ value: Int) -> Bool {
        unsafe ccurl_set_number(handle, option, value) == CURLE_OK
    }

    /// libcurl copies the text.
    private func set(_ option: CURLoption, _ value: String) -> Bool {
        unsafe ccurl_set_text(handle, option, value) == CURLE_OK
    }

    private func set(_ lists: TextLists) -> Bool {
        let headers = unsafe ccurl_set_list(handle, CURLOPT_HTTPHEADER, lists.headers)
        let addresses = unsafe ccurl_set_list(handle, CURLOPT_CONNECT_TO, lists.addresses)
        return headers == CURLE_OK && addresses == CURLE_OK
    }

    private func error(
        _ code: CURLcode, _ reason: [CChar], _ sink: AnswerSink, _ request: HTTPRequest
    ) -> SendingError {
        if let refusal = sink.refusal {
            return SendingError(kind: .tooLarge, place: request.place, reason: refusal)
        }
        let kind: SendingError.Kind =
            switch code {
            case CURLE_COULDNT_CONNECT, CURLE_COULDNT_RESOLVE_HOST: .refused
            case CURLE_OPERATION_TIMEDOUT: .timedOut
            case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE: .untrusted
            case CURLE_URL_MALFORMAT: .request
            default: .broken
            }
        let told = String(
            decoding: reason.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let standard = unsafe String(cString: curl_easy_strerror(code))
        return SendingError(
            kind: kind, place: request.place, reason: told.isEmpty ? standard : told)
    }
}

/// The lists of a request in the form that libcurl reads while it sends.
@safe
private final class TextLists {
    let headers: UnsafeMutablePointer<curl_slist>?
    let addresses: UnsafeMutablePointer<curl_slist>?

    init(_ request: HTTPRequest) throws(SendingError) {
        var lines: [String] = []
        for header in request.headers {
            let line = "\(header.name): \(header.value)"
            // A line end in a value would be a header that nobody asked for.
            guard !line.utf8.contains(where: { $0 < 0x20 || $0 == 0x7f }) else {
                throw SendingError(
                    kind: .request, place: request.place,
                    reason: "header \(header.name) has a control character")
            }
            lines.append(line)
        }
        // libcurl would ask whether a large body is wanted, and wait for a second.
        lines.append("Expect:")
        unsafe headers = Self.list(lines)
        unsafe addresses = Self.list(
            request.address.map { ["::\($0.contains(":") ? "[\($0)]" : $0):"] } ?? [])
    }

    deinit {
        unsafe curl_slist_free_all(headers)
        unsafe curl_slist_free_all(addresses)
    }

    private static func list(_ lines: [String]) -> UnsafeMutablePointer<curl_slist>? {
        var list: UnsafeMutablePointer<curl_slist>?
        for line in lines {
            guard let longer = unsafe curl_slist_append(list, line) else { break }
            unsafe list = longer
        }
        return unsafe list
    }
}

private let takeHead: ccurl_sink = { bytes, size, count, context in
    unsafe take(bytes, size, count, context) { unsafe $0.takeHeadLine($1) }
}

private let takeBody: ccurl_sink = { bytes, size, count, context in
    unsafe take(bytes, size, count, context) { unsafe $0.takeBody($1) }
}

/// Hands bytes to the sink behind the context; taking fewer than there are ends the transfer.
private func take(
    _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int,
    _ context: UnsafeMutableRawPointer?, _ body: (AnswerSink, UnsafeRawBufferPointer) -> Bool
) -> Int {
    guard let bytes = unsafe bytes, let context = unsafe context else { return 0 }
    let sink = unsafe Unmanaged<AnswerSink>.fromOpaque(context).takeUnretainedValue()
    let taken = unsafe body(sink, UnsafeRawBufferPointer(start: bytes, count: size * count))
    return taken ? size * count : 0
}
