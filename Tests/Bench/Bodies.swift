import Glibc

/// The request bodies that every benchmark reads.
struct Bodies {
    let folder: String
    var agent: [[UInt8]] = []

    init?(folder: String) {
        self.folder = folder
        for number in 0..<1_000 {
            let digits = String(number)
            let name = String(repeating: "0", count: 3 - digits.count) + digits
            guard let bytes = Self.read("\(folder)/agent-\(name).bin") else { break }
            agent.append(bytes)
        }
        if agent.isEmpty { return nil }
    }

    private static func read(_ path: String) -> [UInt8]? {
        guard let file = unsafe fopen(path, "rb") else { return nil }
        defer { unsafe fclose(file) }
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = unsafe fread(&block, 1, block.count, file)
            if count == 0 { return bytes }
            bytes.append(contentsOf: block[..<count])
        }
    }
}
