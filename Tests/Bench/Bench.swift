import Glibc

/// Runs the benchmarks named on the command line, or all of them:
/// `bench BODIES [NAME…]`, where BODIES is a folder of OTLP request bodies (`*.bin`).
@main enum Bench {
    static let all: [(name: String, run: @Sendable (Bodies) -> Void)] = [
        ("decode", benchDecode), ("traces", benchTraces), ("sort", benchSort),
        ("output", benchOutput), ("json", benchJSON), ("protobuf-c", benchProtobufC),
        ("count", benchCount), ("hour", benchHour), ("journal", benchJournal),
        ("windows", benchWindows),
        ("seal", benchSeal), ("lookup", benchLookup), ("search", benchSearch),
    ]

    static func main() {
        let arguments = CommandLine.arguments.dropFirst()
        guard let folder = arguments.first, let bodies = Bodies(folder: folder) else {
            print("usage: bench BODIES [NAME…]; tools/bench makes the bodies")
            exit(2)
        }
        let names = arguments.dropFirst()
        printHeads()
        for bench in all where names.isEmpty || names.contains(bench.name) { bench.run(bodies) }
    }
}
