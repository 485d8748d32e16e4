import CNGHTTP2
import Lanes

/// What the library tells while it takes and sends bytes.
extension HTTP2Session {
    /// The callbacks are the same for all connections.
    @safe
    struct Callbacks: @unchecked Sendable {
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

    static let callbacks = Callbacks()

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
            if let fault = stream.frame.fault(stream.head, bodyBytesMax: stream.bodyBytesMax) {
                return refuse(stream, fault)
            }
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
                if let refusal = refusalOfHead(stream) { refuse(stream, refusal) }
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

    private func refusalOfHead(_ stream: HTTP2Stream) -> Refusal? {
        let head = stream.head
        if let refusal = admit(head) { return refusal }
        stream.bodyBytesMax = min(limits.requestBodyBytes, bodyBytesMax(head))
        guard let length = head.contentLength, length > stream.bodyBytesMax else { return nil }
        return .tooLarge(stream.bodyBytesMax)
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
    static let readAnswer: nghttp2_data_source_read_callback = {
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
