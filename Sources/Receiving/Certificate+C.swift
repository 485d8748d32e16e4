import COpenSSL

/// What is told about the first certificate of a PEM file.
package struct Certificate: Equatable, Sendable {
    /// The first name that it is for; nil when it is for addresses alone.
    package let name: String?
    /// Seconds since 1970.
    package let startSeconds: Int
    package let endSeconds: Int

    package init(name: String? = nil, startSeconds: Int, endSeconds: Int) {
        self.name = name
        self.startSeconds = startSeconds
        self.endSeconds = endSeconds
    }

    /// Nil when the file has none that can be read.
    package init?(path: String) {
        guard let file = unsafe BIO_new_file(path, "r") else {
            ERR_clear_error()
            return nil
        }
        defer { unsafe BIO_free(file) }
        guard let certificate = unsafe PEM_read_bio_X509(file, nil, nil, nil) else {
            ERR_clear_error()
            return nil
        }
        defer { unsafe X509_free(certificate) }
        guard let start = unsafe Self.seconds(X509_get0_notBefore(certificate)),
            let end = unsafe Self.seconds(X509_get0_notAfter(certificate))
        else { return nil }
        let name = unsafe Self.name(of: certificate)
        self.init(name: name, startSeconds: start, endSeconds: end)
    }

    @unsafe
    private static func name(of certificate: OpaquePointer) -> String? {
        var name = [CChar](repeating: 0, count: 256)
        guard unsafe copenssl_dns_name(certificate, &name, name.count) == 1 else { return nil }
        return String(
            decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    @unsafe
    private static func seconds(_ time: UnsafePointer<ASN1_TIME>?) -> Int? {
        guard let epoch = unsafe ASN1_TIME_set(nil, 0) else { return nil }
        defer { unsafe ASN1_TIME_free(epoch) }
        var days: Int32 = 0
        var seconds: Int32 = 0
        guard unsafe ASN1_TIME_diff(&days, &seconds, epoch, time) == 1 else { return nil }
        return Int(days) * 86_400 + Int(seconds)
    }
}
