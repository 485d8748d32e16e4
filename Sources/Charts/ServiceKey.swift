/// Who a node of the map is. Two nodes with one key are one node.
package struct ServiceKey: Hashable, Sendable {
    package var environment: String
    package var namespace: String
    package var name: String
    package var type: ServiceType

    package init(
        environment: String = "", namespace: String = "", name: String,
        type: ServiceType = .service
    ) {
        self.environment = environment
        self.namespace = namespace
        self.name = name
        self.type = type
    }

    /// What comes when a budget of names is used up: its figures are those of all further ones.
    package static var other: ServiceKey { ServiceKey(name: otherName) }

    /// Also the name of the operations that have no name of their own left.
    package static var otherName: String { "(other)" }
}

extension ServiceKey: Comparable {
    package static func < (left: ServiceKey, right: ServiceKey) -> Bool {
        let mine = (left.name, left.namespace, left.environment, left.type.rawValue)
        return mine < (right.name, right.namespace, right.environment, right.type.rawValue)
    }
}

package enum ServiceType: UInt8, CaseIterable, Sendable {
    /// Sends spans of its own, or is named as one.
    case service
    case database
    case cache
    case queue
    /// Called, known by an address or a name only.
    case external
    /// Calls, and is not known any better.
    case client

    /// As users write and read it.
    package var word: String {
        switch self {
        case .service: "service"
        case .database: "database"
        case .cache: "cache"
        case .queue: "queue"
        case .external: "external"
        case .client: "client"
        }
    }
}
