import CLinux

@testable import Lanes

/// A peer of this numeric address.
func peer(_ address: String) -> PeerNetwork {
    var storage = sockaddr_storage()
    let (family, offset) = address.contains(":") ? (AF_INET6, 8) : (AF_INET, 4)
    storage.ss_family = sa_family_t(family)
    let isRead = unsafe withUnsafeMutableBytes(of: &storage) { bytes in
        unsafe inet_pton(family, address, bytes.baseAddress.map { unsafe $0 + offset })
    }
    precondition(isRead == 1, "\(address) is no address")
    return unsafe PeerNetwork(storage)
}
