import CNGHTTP2
package import Lanes

/// The HTTP/2 side of one connection, around nghttp2: takes the bytes that came, collects requests,
/// and gives the bytes to send. It knows nothing of sockets.
///
/// The library calls back while it takes bytes; the callbacks only fill streams. Requests that are
/// complete, or refused, wait in `ready` until the owner answers them.
@safe
package final class HTTP2Session {
    private var session: OpaquePointer?
    private let limits: ReceivingLimits
    private let memory: BodyMemory
    private(set) var streams: [Int32: HTTP2Stream] = [:]
    private var ready: [HTTP2Stream] = []
    private var nowMilliseconds: Int
    private var nuisance: NuisanceMeter
    private(set) var lastBytesMilliseconds: Int
    private(set) var hasSettings = false
    private var leavingSinceMilliseconds: Int?
    private(set) var lastRequestMilliseconds: Int
    /// Whether the peer was told to calm down; nothing more is read from it.
    private var isThrownOut = false
    private var pingSentMilliseconds: Int?
    /// Asked when a head is complete: nil lets the body come.
    var admit: (RequestHead) -> Refusal? = { _ in nil }

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
    private static let streamWindow: Int32 = 4 << 20
    private static let connectionWindow: Int32 = 16 << 20

    private func submitSettings() {
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
    package func nextReady() -> HTTP2Stream? { ready.popLast() }

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
    func leave() {
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
        for stream in streams.values where !stream.isAnswered && stream.refusal == nil {
            if let lateness = stream.lateness(nowMilliseconds: nowMilliseconds) {
                refuse(stream, lateness)
                continue
            }
            let limit =
                stream.isHeadComplete ? limits.bodyMilliseconds : limits.headerMilliseconds
            guard nowMilliseconds - stream.openedMilliseconds >= limit else { continue }
            let part = stream.isHeadComplete ? "body" : "head"
            refuse(
                stream, Refusal(.timedOut, "the \(part) did not come within limits.\(part)_time"))
        }
    }

    private func refuse(_ stream: HTTP2Stream, _ refusal: Refusal) {
        guard stream.refusal == nil, !stream.isAnswered else { return }
        stream.refusal = refusal
        ready.append(stream)
    }

    private static func withFields(
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

// MARK: - What the library tells

extension HTTP2Session {
    /// The callbacks are the same for all connections.
    @safe
    private struct Callbacks: @unchecked Sendable {
        // Unchecked for the pointer; what it points at is never changed after it is made.
        let pointer: OpaquePointer?

        init() {
            var made: OpaquePointer?
            _ = unsafe nghttp2_session_callbacks_new(&made)
            unsafe nghttp2_session_callbacks_set_on_begin_headers_callback(made) { _, frame, me in
                unsafe HTTP2Session.of(me)?.beginHeaders(frame) ?? 0
            }
            unsafe nghttp2_session_callbacks_set_on_header_callback(made) {
                _, frame, name, nameLength, value, valueLength, _, me in
                unsafe HTTP2Session.of(me)?.header(
                    frame, UnsafeBufferPointer(start: name, count: nameLength),
                    UnsafeBufferPointer(start: value, count: valueLength)) ?? 0
            }
            unsafe nghttp2_session_callbacks_set_on_data_chunk_recv_callback(made) {
                _, _, id, data, count, me in
                if let data = unsafe data { unsafe HTTP2Session.of(me)?.data(id, data, count) }
                return 0
            }
            unsafe nghttp2_session_callbacks_set_on_frame_recv_callback(made) { _, frame, me in
                unsafe HTTP2Session.of(me)?.received(frame)
                return 0
            }
            unsafe nghttp2_session_callbacks_set_on_frame_send_callback(made) { _, frame, me in
                unsafe HTTP2Session.of(me)?.sent(frame)
                return 0
            }
            unsafe nghttp2_session_callbacks_set_on_stream_close_callback(made) { _, id, _, me in
                unsafe HTTP2Session.of(me)?.closed(id)
                return 0
            }
            unsafe pointer = made
        }
    }

    private static let callbacks = Callbacks()

    @unsafe
    private static func of(_ pointer: UnsafeMutableRawPointer?) -> HTTP2Session? {
        unsafe pointer.map {
            unsafe Unmanaged<HTTP2Session>.fromOpaque($0).takeUnretainedValue()
        }
    }

    @unsafe
    private func beginHeaders(_ frame: UnsafePointer<nghttp2_frame>?) -> Int32 {
        guard let frame = unsafe frame,
            unsafe frame.pointee.hd.type == UInt8(NGHTTP2_HEADERS.rawValue),
            unsafe frame.pointee.headers.cat == NGHTTP2_HCAT_REQUEST
        else { return 0 }
        let id = unsafe frame.pointee.hd.stream_id
        lastRequestMilliseconds = nowMilliseconds
        streams[id] = HTTP2Stream(id: id, openedMilliseconds: nowMilliseconds)
        return 0
    }

    /// A head that goes on far beyond its limit ends the connection: it would cost decoding time
    /// for as long as the peer likes.
    private static let headerBytesFactor = 8

    @unsafe
    private func header(
        _ frame: UnsafePointer<nghttp2_frame>?, _ name: UnsafeBufferPointer<UInt8>,
        _ value: UnsafeBufferPointer<UInt8>
    ) -> Int32 {
        guard let frame = unsafe frame, let stream = unsafe streams[frame.pointee.hd.stream_id]
        else { return 0 }
        stream.headerBytes += name.count + value.count + 32
        guard stream.headerBytes <= limits.headerBytes else {
            let far = stream.headerBytes > Self.headerBytesFactor * limits.headerBytes
            if !far {
                refuse(
                    stream,
                    Refusal(
                        .headersTooLarge,
                        "the head is longer than limits.header_bytes (\(limits.headerBytes))"))
            }
            return far ? NGHTTP2_ERR_CALLBACK_FAILURE.rawValue : 0
        }
        // Trailers of a request say nothing that is wanted.
        guard !stream.isHeadComplete else { return 0 }
        do throws(Refusal) {
            try stream.head.take(
                name: unsafe String(decoding: name, as: UTF8.self),
                value: unsafe String(decoding: value, as: UTF8.self))
        } catch {
            refuse(stream, error)
        }
        return 0
    }

    @unsafe
    private func data(_ id: Int32, _ data: UnsafePointer<UInt8>, _ count: Int) {
        guard let stream = streams[id], stream.refusal == nil, !stream.isAnswered else { return }
        var data = unsafe data
        var count = count
        while stream.head.isCall, !stream.frame.isComplete, count > 0 {
            stream.frame.take(unsafe data.pointee)
            unsafe data += 1
            count -= 1
            guard stream.frame.isComplete else { continue }
            if let fault = stream.frame.fault(stream.head, limits) { return refuse(stream, fault) }
        }
        guard count > 0 else { return }
        if let fault = stream.reserve(count, limits, memory) { return refuse(stream, fault) }
        unsafe stream.body.append(data, count: count)
    }

    @unsafe
    private func received(_ frame: UnsafePointer<nghttp2_frame>?) {
        guard let frame = unsafe frame else { return }
        let header = unsafe frame.pointee.hd
        let ends = header.flags & UInt8(NGHTTP2_FLAG_END_STREAM.rawValue) != 0
        switch UInt32(header.type) {
        case NGHTTP2_SETTINGS.rawValue:
            hasSettings = true
            nuisance.count()
        case NGHTTP2_HEADERS.rawValue:
            guard let stream = streams[header.stream_id] else { return }
            if !stream.isHeadComplete {
                stream.isHeadComplete = true
                stream.callerGivesUpMilliseconds =
                    GRPCFrame.timeoutMilliseconds(stream.head.grpcTimeout).map {
                        stream.openedMilliseconds + $0
                    }
                if let refusal = refusalOfHead(stream.head) { refuse(stream, refusal) }
            }
            if ends { complete(stream) }
        case NGHTTP2_DATA.rawValue:
            if ends {
                if let stream = streams[header.stream_id] { complete(stream) }
            } else if header.length < NuisanceMeter.tinyDataBytes {
                nuisance.count()
            }
        default:
            nuisance.count()
        }
    }

    private func refusalOfHead(_ head: RequestHead) -> Refusal? {
        if let length = head.contentLength, length > limits.requestBodyBytes {
            return .tooLarge(limits)
        }
        return admit(head)
    }

    private func complete(_ stream: HTTP2Stream) {
        stream.isComplete = true
        guard stream.refusal == nil else { return }
        if let fault = stream.faultAtEnd() { return refuse(stream, fault) }
        ready.append(stream)
    }

    @unsafe
    private func sent(_ frame: UnsafePointer<nghttp2_frame>?) {
        guard let header = unsafe frame?.pointee.hd else { return }
        if UInt32(header.type) == NGHTTP2_RST_STREAM.rawValue { nuisance.count() }
        // Answered before the whole request came: the client need not send the rest.
        let ends = header.flags & UInt8(NGHTTP2_FLAG_END_STREAM.rawValue) != 0
        if ends, let stream = streams[header.stream_id], !stream.isComplete {
            _ = unsafe nghttp2_submit_rst_stream(
                session, UInt8(NGHTTP2_FLAG_NONE.rawValue), stream.id,
                UInt32(NGHTTP2_NO_ERROR.rawValue))
        }
    }

    private func closed(_ id: Int32) {
        guard let stream = streams.removeValue(forKey: id) else { return }
        stream.body.clear(memory)
        ready.removeAll { $0 === stream }
    }

    /// Hands the library the next part of an answer, and the trailers behind its end.
    private static let readAnswer: nghttp2_data_source_read_callback = {
        session, id, buffer, most, flags, source, _ in
        guard let pointer = unsafe source?.pointee.ptr, let buffer = unsafe buffer,
            let flags = unsafe flags
        else { return -1 }
        let stream = unsafe Unmanaged<HTTP2Stream>.fromOpaque(pointer).takeUnretainedValue()
        if stream.isOutTaken && stream.farewell != nil {
            return Int(NGHTTP2_ERR_DEFERRED.rawValue)
        }
        let part = stream.takeOut(most: most)
        unsafe stream.out.withUnsafeBufferPointer { out in
            if let start = out.baseAddress {
                unsafe buffer.update(from: start + part.lowerBound, count: part.count)
            }
        }
        guard stream.isOutTaken, stream.farewell == nil else { return part.count }
        unsafe flags.pointee |= UInt32(NGHTTP2_DATA_FLAG_EOF.rawValue)
        if let trailers = stream.trailers {
            unsafe flags.pointee |= UInt32(NGHTTP2_DATA_FLAG_NO_END_STREAM.rawValue)
            unsafe withFields(trailers) { fields, count in
                _ = unsafe nghttp2_submit_trailer(session, id, fields, count)
            }
        }
        return part.count
    }
}
