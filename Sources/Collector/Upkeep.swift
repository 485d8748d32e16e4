/// What a serving thread does beside serving its clients.
protocol Upkeep: AnyObject {
    /// Does what there is to do now.
    func work(nowMilliseconds: Int)
    /// When it must be called again, whatever happens; nil when it can wait for the bell.
    var wakeMilliseconds: Int? { get }
    /// Whether something came for it since it last worked.
    var hasMail: Bool { get }
    /// Called once, when its thread ends.
    func end()
}

extension Upkeep {
    var hasMail: Bool { false }

    func end() {}
}
