/// The names of attributes that are taken as facts: those of the semantic conventions, old and new,
/// and those that the settings ask for.
package struct FactNames: Sendable {
    package private(set) var all: [(text: String, meaning: FactMeaning)] = Self.known
    private var configured = 0

    /// Names that are known, or that come twice, take no place. Those after the sixteenth have no
    /// key, which `key(of:)` tells.
    package init(configured names: [String] = []) {
        for name in names where key(of: name) == nil {
            guard let key = FactKey.configured(configured) else { return }
            all.append((name, FactMeaning(key: key, rank: 0)))
            configured += 1
        }
    }

    /// The key under which the facts of an attribute are found.
    package func key(of name: String) -> FactKey? {
        all.first { $0.text == name }?.meaning.key
    }

    private static let known = conventions.flatMap { key, names in
        names.enumerated().map { rank, text in
            (text: text, meaning: FactMeaning(key: key, rank: UInt8(truncatingIfNeeded: rank)))
        }
    }

    /// Of each key the names by which it came over the years, the newest first.
    private static let conventions: [(FactKey, [String])] = [
        (.serviceName, ["service.name"]),
        (.serviceNamespace, ["service.namespace"]),
        (.serviceInstance, ["service.instance.id"]),
        (.environment, ["deployment.environment.name", "deployment.environment"]),
        (.hostID, ["host.id"]),
        (.hostName, ["host.name"]),
        (.podName, ["k8s.pod.name"]),
        (.peerName, ["service.peer.name", "peer.service"]),
        (.peerNamespace, ["service.peer.namespace"]),
        (.serverAddress, ["server.address", "net.host.name"]),
        (.serverPort, ["server.port", "net.peer.port"]),
        (.netPeerName, ["net.peer.name"]),
        (.networkPeerAddress, ["network.peer.address", "net.sock.peer.addr"]),
        (.clientAddress, ["client.address", "http.client_ip"]),
        (.urlFull, ["url.full", "http.url"]),
        (.dbSystem, ["db.system.name", "db.system"]),
        (
            .dbNamespace,
            ["db.namespace", "db.name", "db.redis.database_index", "db.mssql.instance_name"]
        ),
        (.messagingSystem, ["messaging.system"]),
        (.messagingDestination, ["messaging.destination.name", "messaging.destination"]),
        (.messagingTemplate, ["messaging.destination.template"]),
        (.messagingBatchCount, ["messaging.batch.message_count"]),
        (.httpStatus, ["http.response.status_code", "http.status_code"]),
        (.rpcStatus, ["rpc.response.status_code", "rpc.grpc.status_code"]),
        (.rpcSystem, ["rpc.system.name", "rpc.system"]),
        (.resendCount, ["http.request.resend_count"]),
        (.awsRetries, ["aws.retries"]),
    ]
}

/// What a name means: the key, and how it stands to other names of that key. Of several the one with
/// the lowest rank wins, in whatever order they come.
@usableFromInline
package struct FactMeaning: Equatable, BitwiseCopyable, Sendable {
    @usableFromInline package let key: FactKey
    @usableFromInline package let rank: UInt8

    @inlinable
    package init(key: FactKey, rank: UInt8) {
        self.key = key
        self.rank = rank
    }
}
