import Receiving
import Settings
import Testing
import Wire

@testable import Collector

@Suite struct `The resources of a collector` {
    private func resources(_ values: KeyValuePairs<String, String>) throws -> Resources {
        Resources(try Settings.load(sources(values)))
    }

    @Test func `are as set`() throws {
        let resources = try resources(["lanes": "3", "memory": "256MiB"])
        #expect(resources.lanes == 3 && resources.memoryBytes == 256 << 20)
        #expect(resources.memorySource == "as set")
        #expect(resources.bodyBytesMax < resources.requestBytes)
        #expect(resources.requestBytes < resources.memoryBytes)
    }

    @Test func `are found out when nothing is set`() throws {
        let resources = try resources([:])
        #expect(resources.lanes >= 1 && resources.memoryBytes >= 64 << 20)
        #expect(resources.memorySource.hasPrefix("half of the "))
    }

    @Test func `bound the connections by the descriptors that there are`() throws {
        let resources = try resources([:])
        var limits = try Settings.load(sources()).limits
        limits.connections = Int.max
        limits.connectionsPerAddress = 7
        let bounded = resources.bounded(limits)
        #expect(bounded.connections == max(16, resources.descriptors - 512))
        #expect(bounded.connectionsPerAddress == 7)
        limits.connectionsPerAddress = Int.max
        #expect(resources.bounded(limits).connectionsPerAddress == bounded.connections)
    }

    @Test func `bound what a request may have`() throws {
        let settings = try Settings.load(
            sources(["limits.request_body": "1GiB", "limits.decoded_body": "1KiB"]))
        let serving = ServingSettings(settings, bodyBytesMax: 4_096)
        #expect(serving.receiving.requestBodyBytes == 4_096)
        #expect(serving.inflation.bytesMax == 1_024)
    }
}
