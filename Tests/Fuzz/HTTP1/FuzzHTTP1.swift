import Fuzzing
import Lanes
import Receiving

/// However the bytes of a connection are cut, the same requests come out, and the same refusal.
/// The first byte of the input says how they are cut.
@main enum FuzzHTTP1 {
    static func main() { fuzz(check) }

    @Sendable private static func check(_ input: [UInt8]) {
        guard let step = input.first else { return }
        let bytes = Array(input.dropFirst())
        let whole = read(bytes, step: bytes.count + 1)
        let cut = read(bytes, step: Int(step) + 1)
        precondition(whole == cut, "cut after \(Int(step) + 1) bytes: \(whole) is \(cut)")
    }

    /// What comes out, as text.
    private static func read(_ bytes: [UInt8], step: Int) -> [String] {
        var limits = ReceivingLimits()
        limits.headerBytes = 512
        limits.requestBodyBytes = 2_048
        let memory = BodyMemory(
            pool: BufferPool(keepBytesMax: 1 << 16), budget: MemoryBudget(limitBytes: 1 << 20))
        var machine = HTTP1Machine(limits: limits)
        var seen: [String] = []
        var from = 0
        var to = 0
        while to < bytes.count {
            to = min(bytes.count, to + step)
            do throws(Refusal) {
                while true {
                    let before = machine.state
                    let taken = try machine.take(bytes, from..<to, memory)
                    from += taken
                    precondition(from <= to)
                    if machine.state == .done {
                        var body = machine.takeBody()
                        precondition(body.count <= limits.requestBodyBytes)
                        let content = body.take()
                        seen.append("\(machine.head.method) \(machine.head.path) \(content.count)")
                        seen.append("\(content.bytes[..<content.count])")
                        machine.nextRequest()
                    } else if taken == 0 && machine.state == before {
                        break
                    }
                }
            } catch {
                return seen + ["\(error.kind) \(error.message)"]
            }
        }
        return seen
    }
}
