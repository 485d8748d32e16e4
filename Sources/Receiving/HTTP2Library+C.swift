import CNGHTTP2

/// The library that reads HTTP/2, as it is loaded now: whoever updates it need not build us anew.
package enum HTTP2Library {
    package static var version: String {
        guard let info = unsafe nghttp2_version(0), let text = unsafe info.pointee.version_str
        else { return "unknown" }
        return unsafe String(cString: text)
    }
}
