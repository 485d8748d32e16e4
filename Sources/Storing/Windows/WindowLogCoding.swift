import Sketches

/// The payload of a block of the log: the watermarks of its commit, so that they are not lost with
/// the catalogue, and what the ledger wrote.
enum WindowLogCoding {
    static func payload(_ watermarks: Watermarks, _ ledger: [UInt8]) -> [UInt8] {
        var writer = PackedWriter()
        writer.append(watermarks.low)
        writer.append(watermarks.position)
        writer.append(watermarks.nanoseconds)
        writer.append(bytes: ledger[...])
        return writer.bytes
    }

    static func read(
        _ payload: [UInt8], commit: UInt64
    ) -> (watermarks: Watermarks, ledger: [UInt8])? {
        var reader = PackedReader(payload)
        var watermarks = Watermarks()
        watermarks.low = reader.number()
        watermarks.position = reader.number()
        watermarks.nanoseconds = reader.number()
        watermarks.commit = commit
        guard reader.fault == nil else { return nil }
        return (watermarks, Array(payload[reader.at...]))
    }
}
