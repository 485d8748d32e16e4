import COpenSSL

/// Certificate, key and trust of a listener. Connections that were made with it keep it alive, so
/// that a reload gives new connections the new one and disturbs nobody.
///
/// Unchecked: OpenSSL counts the references of a context atomically, and nothing changes it after
/// it is made.
@safe
package final class TLSContext: @unchecked Sendable {
    fileprivate let context: OpaquePointer

    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    /// Paths of PEM files; with a client authority, clients must show a certificate of it.
    package init(
        certificate: String, key: String, clientAuthority: String?, offersHTTP2: Bool
    ) throws(Failure) {
        guard let context = unsafe SSL_CTX_new(TLS_server_method()) else {
            throw Failure(description: "OpenSSL: \(Self.lastError())")
        }
        unsafe self.context = context
        _ = unsafe copenssl_min_tls12(context)
        unsafe copenssl_partial_writes(context)
        unsafe SSL_CTX_set_options(context, Self.noRenegotiation)
        guard unsafe SSL_CTX_use_certificate_chain_file(context, certificate) == 1 else {
            throw Failure(description: "certificate \(certificate): \(Self.lastError())")
        }
        guard unsafe SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) == 1,
            unsafe SSL_CTX_check_private_key(context) == 1
        else { throw Failure(description: "key \(key): \(Self.lastError())") }
        if let clientAuthority {
            guard unsafe SSL_CTX_load_verify_locations(context, clientAuthority, nil) == 1 else {
                throw Failure(
                    description: "client authority \(clientAuthority): \(Self.lastError())")
            }
            unsafe SSL_CTX_set_verify(
                context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nil)
            // A context that verifies clients and resumes sessions must say whose sessions.
            let id: [UInt8] = Array("portolan".utf8)
            _ = unsafe SSL_CTX_set_session_id_context(context, id, UInt32(id.count))
        }
        unsafe SSL_CTX_set_alpn_select_cb(
            context,
            { _, out, outLength, offered, offeredLength, argument in
                guard let out = unsafe out, let outLength = unsafe outLength,
                    let offered = unsafe offered
                else { return SSL_TLSEXT_ERR_NOACK }
                let own = unsafe argument == nil ? TLSContext.http1 : TLSContext.both
                var chosen: UnsafeMutablePointer<UInt8>?
                let found = unsafe SSL_select_next_proto(
                    &chosen, outLength, own.utf8Start, UInt32(own.utf8CodeUnitCount), offered,
                    offeredLength)
                unsafe out.pointee = UnsafePointer(chosen)
                return found == OPENSSL_NPN_NEGOTIATED
                    ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL
            }, offersHTTP2 ? UnsafeMutableRawPointer(bitPattern: 1) : nil)
    }

    deinit { unsafe SSL_CTX_free(context) }

    /// SSL_OP_NO_RENEGOTIATION is a macro.
    private static let noRenegotiation: UInt64 = 1 << 30
    // Length-prefixed names; string literals, since what was chosen must outlive the callback.
    private static let http1: StaticString = "\u{8}http/1.1"
    private static let both: StaticString = "\u{2}h2\u{8}http/1.1"

    fileprivate static func lastError() -> String {
        let code = ERR_peek_last_error()
        ERR_clear_error()
        guard code != 0, let reason = unsafe ERR_reason_error_string(code) else { return "unknown" }
        return unsafe String(cString: reason)
    }
}

/// TLS over one socket; one thread's.
@safe
final class TLSSession {
    private let session: OpaquePointer
    private let context: TLSContext
    /// Whether the next step waits until the socket can be written to.
    private(set) var waitsForWriting = false

    init?(_ context: TLSContext, socket: Int32) {
        guard let session = unsafe SSL_new(context.context) else { return nil }
        unsafe self.session = session
        self.context = context
        guard unsafe SSL_set_fd(session, socket) == 1 else { return nil }
        unsafe SSL_set_accept_state(session)
    }

    deinit { unsafe SSL_free(session) }

    /// Reads what the client sent; goes on with the handshake as long as there is one.
    func read(into bytes: inout [UInt8], at offset: Int, most: Int) -> TransportOutcome {
        precondition(offset + most <= bytes.count)
        // The library judges a result by the thread's list of errors, which must be of this call.
        ERR_clear_error()
        let result = unsafe bytes.withUnsafeMutableBufferPointer { buffer -> Int32 in
            guard let start = buffer.baseAddress else { return 0 }
            return unsafe SSL_read(session, start + offset, Int32(clamping: most))
        }
        return outcome(result)
    }

    func write(_ bytes: [UInt8], _ range: Range<Int>) -> TransportOutcome {
        precondition(range.upperBound <= bytes.count)
        ERR_clear_error()
        let result = unsafe bytes.withUnsafeBufferPointer { buffer -> Int32 in
            guard let start = buffer.baseAddress else { return 0 }
            return unsafe SSL_write(session, start + range.lowerBound, Int32(clamping: range.count))
        }
        return outcome(result)
    }

    /// Tells the client that nothing more will come.
    func close() {
        guard unsafe SSL_is_init_finished(session) == 1 else { return }
        ERR_clear_error()
        _ = unsafe SSL_shutdown(session)
    }

    /// Whether bytes that came wait to be read.
    var hasPending: Bool { unsafe SSL_pending(session) > 0 }

    /// Whether the handshake failed: no TLS, no certificate that we trust, or nothing in common.
    private(set) var hasFailed = false

    private func outcome(_ result: Int32) -> TransportOutcome {
        waitsForWriting = false
        guard result <= 0 else { return .bytes(Int(result)) }
        switch unsafe SSL_get_error(session, result) {
        case SSL_ERROR_WANT_READ: return .again
        case SSL_ERROR_WANT_WRITE:
            waitsForWriting = true
            return .again
        case SSL_ERROR_SSL:
            hasFailed = unsafe SSL_is_init_finished(session) == 0
            return .ended
        default: return .ended
        }
    }
}
