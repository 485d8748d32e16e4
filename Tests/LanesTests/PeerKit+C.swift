import CLinux

@testable import Lanes

/// The address 127.0.0.`last`.
func peer(_ last: UInt8) -> PeerAddress {
    var storage = sockaddr_storage()
    storage.ss_family = sa_family_t(AF_INET)
    unsafe withUnsafeMutableBytes(of: &storage) { bytes in
        unsafe bytes[4] = 127
        unsafe bytes[7] = last
    }
    return unsafe PeerAddress(storage)
}
