import Lanes

/// Whether there is room on the disk to take in more. With too little, no more spans are taken, and
/// all else goes on: questions are answered, and what is old goes by its age.
package struct DiskRoom: Equatable, Sendable {
    /// Room that is always left.
    private let leastBytes: Int
    package private(set) var isFull = false
    /// As it was last seen.
    package private(set) var freeBytes = 0

    /// On a small disk it is a twentieth of it that is left.
    package init(leastBytes: Int, diskBytes: Int) {
        self.leastBytes = min(leastBytes, diskBytes / 20)
    }

    package init(leastBytes: Int, at path: String) {
        self.init(leastBytes: leastBytes, diskBytes: diskBytes(at: path) ?? .max)
    }

    /// Room must be a quarter more again before the door opens, so that it does not flutter.
    package mutating func look(freeBytes free: Int) {
        freeBytes = free
        isFull = free < (isFull ? leastBytes + leastBytes / 4 : leastBytes)
    }

    package mutating func look(at path: String) {
        if let free = Lanes.freeBytes(at: path) { look(freeBytes: free) }
    }
}
