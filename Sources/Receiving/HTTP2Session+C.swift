import CNGHTTP2
package import Lanes

/// The HTTP/2 side of one connection, around nghttp2: takes the bytes that came, collects requests,
/// and gives the bytes to send. It knows nothing of sockets.
///
/// The library calls back while it takes bytes; the callbacks only fill streams. Requests that are
/// complete, or refused, wait in `ready` until the owner answers them.
@safe
package final class HTTP2Session {
    var session: OpaquePointer?
    let limits: ReceivingLimits
    let memory: BodyMemory
    var streams: [Int32: HTTP2Stream] = [:]
    var ready: [HTTP2Stream] = []
    var nowMilliseconds: Int
    var nuisance: NuisanceMeter
    var lastBytesMilliseconds: Int
    var hasSettings = false
    var leavingSinceMilliseconds: Int?
    var lastRequestMilliseconds: Int
    /// Whether the peer was told to calm down: the connection ends when that is sent.
    var isThrownOut = false
    var pingSentMilliseconds: Int?
    /// Asked when a head is complete: nil lets the body come.
    var admit: (RequestHead) -> Refusal? = { _ in nil }
    /// Asked then: what the body may have at the most.
    package var bodyBytesMax: (RequestHead) -> Int = { _ in Int.max }

    package init?(limits: ReceivingLimits, memory: BodyMemory, nowMilliseconds: Int) {
        self.limits = limits
        self.memory = memory
        self.nowMilliseconds = nowMilliseconds
        lastBytesMilliseconds = nowMilliseconds
        lastRequestMilliseconds = nowMilliseconds
        nuisance = NuisanceMeter(nowMilliseconds: nowMilliseconds)
        var session: OpaquePointer?
        let me = unsafe Unmanaged.passUnretained(self).toOpaque()
        guard unsafe nghttp2_session_server_new(&session, Self.callbacks.pointer, me) == 0 else {
            return nil
        }
        unsafe self.session = session
        submitSettings()
    }

    deinit { unsafe nghttp2_session_del(session) }

    /// One body of 4 MiB may come without a pause, and four such on one connection.
    static let streamWindow: Int32 = 4 << 20
    static let connectionWindow: Int32 = 16 << 20

    func submitSettings() {
        let entries = [
            nghttp2_settings_entry(
                settings_id: Int32(NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS.rawValue),
                value: UInt32(clamping: limits.streams)),
            nghttp2_settings_entry(
                settings_id: Int32(NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE.rawValue),
                value: UInt32(Self.streamWindow)),
            nghttp2_settings_entry(
                settings_id: Int32(NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE.rawValue),
                value: UInt32(clamping: limits.headerBytes)),
        ]
        let none = UInt8(NGHTTP2_FLAG_NONE.rawValue)
        _ = unsafe nghttp2_submit_settings(session, none, entries, entries.count)
        _ = unsafe nghttp2_session_set_local_window_size(
            session, none, 0, Self.connectionWindow)
    }

    /// Takes bytes from the peer; false when the connection is beyond repair.
    package func take(_ bytes: [UInt8], _ range: Range<Int>, nowMilliseconds: Int) -> Bool {
        self.nowMilliseconds = nowMilliseconds
        lastBytesMilliseconds = nowMilliseconds
        pingSentMilliseconds = nil
        let count = unsafe bytes.withUnsafeBufferPointer { buffer -> Int in
            guard let start = buffer.baseAddress else { return 0 }
            return unsafe nghttp2_session_mem_recv(session, start + range.lowerBound, range.count)
        }
        if nuisance.isTooMuch(nowMilliseconds: nowMilliseconds) && !isThrownOut {
            isThrownOut = true
            _ = unsafe nghttp2_session_terminate_session(
                session, UInt32(NGHTTP2_ENHANCE_YOUR_CALM.rawValue))
        }
        return count == range.count
    }

    /// The next request to answer, whole or refused.
    package func nextReady() -> HTTP2Stream? { ready.isEmpty ? nil : ready.removeFirst() }

    var wantsMore: Bool {
        unsafe nghttp2_session_want_read(session) != 0
            || nghttp2_session_want_write(session) != 0
    }

    /// Appends what is to be sent, up to about `most` bytes.
    package func drain(into out: inout [UInt8], most: Int) {
        while out.count < most {
            var data: UnsafePointer<UInt8>?
            let count = unsafe nghttp2_session_mem_send(session, &data)
            guard count > 0, let data = unsafe data else { return }
            unsafe out.append(contentsOf: UnsafeBufferPointer(start: data, count: count))
        }
    }

    /// Answers a stream; one that is gone meanwhile is no loss.
    package func answer(_ stream: HTTP2Stream, _ answer: HTTP2Answer) {
        stream.body.clear(memory)
        stream.setAnswer(answer, nowMilliseconds: nowMilliseconds)
        if leavingSinceMilliseconds != nil {
            _ = stream.sayFarewell(nowMilliseconds: nowMilliseconds)
        }
        guard streams[stream.id] === stream else { return }
        nuisance.relieve()
        let endsWithHeaders = answer.body.isEmpty && answer.trailers == nil
        unsafe Self.withFields(answer.headers) { fields, count in
            if endsWithHeaders {
                _ = unsafe nghttp2_submit_response(session, stream.id, fields, count, nil)
            } else {
                var source = unsafe nghttp2_data_provider()
                unsafe source.source.ptr = Unmanaged.passUnretained(stream).toOpaque()
                unsafe source.read_callback = Self.readAnswer
                _ = unsafe nghttp2_submit_response(session, stream.id, fields, count, &source)
            }
        }
    }

    /// Says that no new requests are wanted; the ones under way are finished.
    func leave(nowMilliseconds: Int) {
        self.nowMilliseconds = nowMilliseconds
        leavingSinceMilliseconds = nowMilliseconds
        for stream in streams.values where stream.sayFarewell(nowMilliseconds: nowMilliseconds) {
            _ = unsafe nghttp2_session_resume_data(session, stream.id)
        }
        _ = unsafe nghttp2_submit_shutdown_notice(session)
    }

    /// Whether what was on its way when we announced our leaving must have come by now.
    func hasLeftTimeToHear(nowMilliseconds: Int) -> Bool {
        leavingSinceMilliseconds.map { nowMilliseconds - $0 >= 200 } ?? false
    }

    /// The second half of leaving, when the first had time to arrive: what came until now counts.
    func finishLeaving() {
        let last = unsafe nghttp2_session_get_last_proc_stream_id(session)
        _ = unsafe nghttp2_submit_goaway(
            session, UInt8(NGHTTP2_FLAG_NONE.rawValue), last,
            UInt32(NGHTTP2_NO_ERROR.rawValue), nil, 0)
    }

    /// Asks whether the peer is there; false when it did not answer in time.
    func keepAlive(nowMilliseconds: Int) -> Bool {
        if let sent = pingSentMilliseconds {
            return nowMilliseconds - sent < limits.keepaliveTimeoutMilliseconds
        }
        if nowMilliseconds - lastBytesMilliseconds >= limits.keepaliveMilliseconds {
            pingSentMilliseconds = nowMilliseconds
            _ = unsafe nghttp2_submit_ping(session, UInt8(NGHTTP2_FLAG_NONE.rawValue), nil)
        }
        return true
    }

    /// Refuses the streams whose requests take too long; they are answered like any other.
    func refuseSlowStreams(nowMilliseconds: Int) {
        self.nowMilliseconds = nowMilliseconds
        for stream in streams.values
        where !stream.isAnswered && !stream.isWaiting && stream.refusal == nil {
            if let lateness = stream.lateness(nowMilliseconds: nowMilliseconds) {
                refuse(stream, lateness)
                continue
            }
            let limit =
                stream.isHeadComplete ? limits.bodyMilliseconds : limits.headerMilliseconds
            guard nowMilliseconds - stream.openedMilliseconds >= limit else { continue }
            let part = stream.isHeadComplete ? "body" : "header"
            refuse(
                stream, Refusal(.timedOut, "the \(part) did not come within limits.\(part)_time"))
        }
    }

    func refuse(_ stream: HTTP2Stream, _ refusal: Refusal) {
        guard stream.refusal == nil, !stream.isWaiting, !stream.isAnswered else { return }
        stream.refusal = refusal
        ready.append(stream)
    }

    static func withFields(
        _ block: HeaderBlock, _ body: (UnsafePointer<nghttp2_nv>?, Int) -> Void
    ) {
        unsafe block.bytes.withUnsafeBufferPointer { bytes in
            guard let start = bytes.baseAddress else { return }
            let mutable = unsafe UnsafeMutablePointer(mutating: start)
            let fields = unsafe block.fields.map { field in
                unsafe nghttp2_nv(
                    name: mutable + field.name.lowerBound, value: mutable + field.value.lowerBound,
                    namelen: field.name.count, valuelen: field.value.count,
                    flags: UInt8(NGHTTP2_NV_FLAG_NONE.rawValue))
            }
            unsafe fields.withUnsafeBufferPointer { unsafe body($0.baseAddress, $0.count) }
        }
    }
}
