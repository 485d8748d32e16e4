/// Counts what a peer makes us do for nothing: resets in both directions, pings, settings, data a
/// few bytes at a time. A leaky bucket: honest peers stay far below it, floods pass it in less than
/// a second, and every request that is answered pays for some.
struct NuisanceMeter {
    /// Data frames below this count, unless they end a request.
    static let tinyDataBytes = 64
    private static let most = 2_000
    private static let forgivenASecond = 200
    private static let paidByRequest = 20

    private var level = 0
    private var lastMilliseconds: Int

    init(nowMilliseconds: Int) { lastMilliseconds = nowMilliseconds }

    mutating func count() { level += 1 }

    mutating func relieve() { level = max(0, level - Self.paidByRequest) }

    mutating func isTooMuch(nowMilliseconds: Int) -> Bool {
        let forgiven = (nowMilliseconds - lastMilliseconds) * Self.forgivenASecond / 1_000
        if forgiven > 0 {
            level = max(0, level - forgiven)
            lastMilliseconds = nowMilliseconds
        }
        return level > Self.most
    }
}
