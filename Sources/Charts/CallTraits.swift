/// How a call ended: the worse of its halves.
@usableFromInline
package enum CallClass: UInt8, CaseIterable, Sendable {
    case ok
    /// The server's fault.
    case fault
    /// Turned away for lack of room.
    case throttle
    /// The client's fault.
    case clientError
    /// Given up by the client; never failed.
    case cancelled
}

/// What an edge carries.
@usableFromInline
package enum CallKind: UInt8, CaseIterable, Sendable {
    case request
    case messaging
    case database
    case cache

    package var word: String {
        switch self {
        case .request: "request"
        case .messaging: "messaging"
        case .database: "database"
        case .cache: "cache"
        }
    }
}

/// What an edge is drawn from.
@usableFromInline
package enum Evidence: UInt8, CaseIterable, Sendable {
    /// Both halves came.
    case paired
    case serverOnly
    case clientOnly
    /// A span link joins the halves.
    case link
    /// A change of service between parent and child, without client and server spans.
    case inferred

    package var word: String {
        switch self {
        case .paired: "paired"
        case .serverOnly: "server_only"
        case .clientOnly: "client_only"
        case .link: "link"
        case .inferred: "inferred"
        }
    }
}

/// Whether an edge is drawn when brokers are nodes, when they are drawn through, or in both cases.
@usableFromInline
package enum Hop: UInt8, CaseIterable, Sendable {
    case direct
    /// Producer to broker, broker to consumer: when brokers are nodes.
    case node
    /// Producer to consumer: when brokers are drawn through.
    case through
}

/// Which span an operation's own figures come from.
@usableFromInline
package enum OwnSide: UInt8, CaseIterable, Sendable {
    case server
    case consumer
    /// Of a trace, and neither of these.
    case root
}

/// By which rule a node has its name.
@usableFromInline
package enum NamingRung: UInt8, CaseIterable, Sendable {
    case serviceName
    case servicePeerName
    case dbNamespace
    case serverAddress
    case networkPeerAddress
    case dbSystem
    case messagingDestination
    case urlHost
    case unnamedService
    case client

    /// The attribute that gave the name, or what was done without one.
    package var word: String {
        switch self {
        case .serviceName: "service.name"
        case .servicePeerName: "service.peer.name"
        case .dbNamespace: "db.namespace"
        case .serverAddress: "server.address"
        case .networkPeerAddress: "network.peer.address"
        case .dbSystem: "db.system.name"
        case .messagingDestination: "messaging.destination.name"
        case .urlHost: "url.full"
        case .unnamedService: "unnamed service"
        case .client: "unknown client"
        }
    }
}
