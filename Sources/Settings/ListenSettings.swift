/// Where Portolan listens, and what it asks of those who connect.
package struct ListenSettings: Equatable, Sendable {
    package var otlpGRPC = ListenerSettings()
    package var otlpHTTP = ListenerSettings()
    package var web = ListenerSettings()
    package var otherSignals = OtherSignals.refuse
    package var portOffset = 0
    /// Listeners that may be reached from elsewhere without TLS and a token.
    package var insecure: [ListenerGroup] = []

    package subscript(name: ListenerName) -> ListenerSettings {
        get {
            switch name {
            case .otlpGRPC: otlpGRPC
            case .otlpHTTP: otlpHTTP
            case .web: web
            }
        }
        set {
            switch name {
            case .otlpGRPC: otlpGRPC = newValue
            case .otlpHTTP: otlpHTTP = newValue
            case .web: web = newValue
            }
        }
    }

    /// The port to bind; `load` has seen to it that the sum is a port.
    package func port(of name: ListenerName) -> Int { self[name].basePort &+ portOffset }
}

/// The listeners; the raw value is the name in settings.
package enum ListenerName: String, CaseIterable, Sendable {
    case otlpGRPC = "otlp_grpc"
    case otlpHTTP = "otlp_http"
    case web
}

/// A listener, or several under one name.
package enum ListenerGroup: String, CaseIterable, Sendable {
    case otlp
    case otlpGRPC = "otlp_grpc"
    case otlpHTTP = "otlp_http"
    case web

    func contains(_ name: ListenerName) -> Bool {
        switch self {
        case .otlp: name == .otlpGRPC || name == .otlpHTTP
        default: rawValue == name.rawValue
        }
    }
}

package struct ListenerSettings: Equatable, Sendable {
    package var isEnabled = false
    /// Numeric addresses, at least one when the listener is enabled.
    package var addresses: [String] = []
    /// Without the offset; `ListenSettings.port(of:)` is the port to bind.
    package var basePort = 0
    package var tls = TLSSettings()
    package var token: Secret?
    package var corsOrigins: [String] = []
}

/// Paths of PEM files. Certificate and key are both set or both not.
package struct TLSSettings: Equatable, Sendable {
    package var certificate: String?
    package var key: String?
    package var clientCA: String?

    package var isEnabled: Bool { certificate != nil && key != nil }
}

/// What becomes of OTLP metrics and logs, which Portolan does not keep.
package enum OtherSignals: String, CaseIterable, Sendable {
    case refuse, discard
}

/// A text that no log, dump or error may show.
package struct Secret: Equatable, Sendable, CustomStringConvertible, CustomReflectable {
    package let text: String

    package init(text: String) { self.text = text }

    /// What stands in its place. No secret can look like this: it has blanks.
    package static let mask = "(set, not shown)"

    package var description: String { Self.mask }

    package var customMirror: Mirror { Mirror(self, children: [:]) }
}
