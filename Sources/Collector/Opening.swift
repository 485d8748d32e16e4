import Lanes
import Receiving
import Settings

/// Opens the listeners that the settings name.
enum Opening {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    static func listeners(_ listen: ListenSettings, log: Log) throws(Failure) -> [OpenListener] {
        var open: [OpenListener] = []
        for door in Door.allCases where listen[door.listener].isEnabled {
            open += try listeners(of: door, listen, log)
        }
        return open
    }

    /// An address that this machine does not have is skipped while another one serves: many
    /// machines have no IPv6.
    private static func listeners(
        of door: Door, _ listen: ListenSettings, _ log: Log
    ) throws(Failure) -> [OpenListener] {
        var open: [OpenListener] = []
        var lastFailure = ""
        for address in listen[door.listener].addresses {
            do throws(Listener.Failure) {
                open.append(
                    OpenListener(
                        door,
                        try Listener(address: address, port: listen.port(of: door.listener))))
            } catch {
                lastFailure = "\(place(error.address, error.port)): \(error.why)"
                if error.code == .addressInUse {
                    throw Failure(
                        description: "\(place(error.address, error.port)) is taken by another "
                            + "program; stop it, or set listen.\(door.name).port, or start with "
                            + "--port-offset")
                }
                log.warning("address skipped", ["listener": door.name, "reason": lastFailure])
            }
        }
        guard !open.isEmpty else {
            throw Failure(
                description: "listen.\(door.name).address: none can be listened on (\(lastFailure))"
            )
        }
        return open
    }

    static func place(_ address: String, _ port: Int) -> String {
        address.contains(":") ? "[\(address)]:\(port)" : "\(address):\(port)"
    }
}
