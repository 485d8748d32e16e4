import Testing

@testable import Lanes

@Suite struct `The cgroups of a process` {
    @Test func `are looked for up to the root, in version 2`() {
        let cgroups = Cgroups(own: "0::/system.slice/portolan.service\n")
        #expect(
            cgroups.memoryFiles == [
                "/sys/fs/cgroup/system.slice/portolan.service/memory.max",
                "/sys/fs/cgroup/system.slice/memory.max", "/sys/fs/cgroup/memory.max",
            ])
    }

    @Test func `are looked for by controller, in version 1`() {
        let cgroups = Cgroups(own: "4:memory:/a\n3:cpu,cpuacct:/b\n1:name=systemd:/c\n")
        #expect(
            cgroups.memoryFiles == [
                "/sys/fs/cgroup/memory/a/memory.limit_in_bytes",
                "/sys/fs/cgroup/memory/memory.limit_in_bytes",
            ])
        let files = [
            "/sys/fs/cgroup/cpu/b/cpu.cfs_quota_us": "250000\n",
            "/sys/fs/cgroup/cpu/b/cpu.cfs_period_us": "100000\n",
            "/sys/fs/cgroup/cpu/cpu.cfs_quota_us": "-1\n",
            "/sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n",
        ]
        #expect(cgroups.quotas { files[$0] ?? "" } == [3])
    }

    @Test(arguments: [
        ("100000 100000\n", [1]), ("150000 100000", [2]), ("1 100000", [1]), ("max 100000", []),
        ("", []), ("100000", []), ("100000 0", []), ("-5 100000", []), ("1 2 3", []), ("x y", []),
    ])
    func `allow whole processors, rounded up`(content: String, processors: [Int]) {
        let cgroups = Cgroups(own: "0::/")
        #expect(cgroups.quotas { $0 == "/sys/fs/cgroup/cpu.max" ? content : "" } == processors)
    }

    @Test(arguments: ["", "\n", "0:", "a:b", "::", "0::/a:b", "1:memory:"])
    func `may be written in any way without harm`(own: String) {
        let cgroups = Cgroups(own: own)
        #expect(cgroups.memoryFiles.allSatisfy { $0.hasPrefix("/sys/fs/cgroup") })
        #expect(cgroups.quotas { _ in "9223372036854775807 2" }.allSatisfy { $0 > 0 })
    }
}

@Suite struct `This machine` {
    @Test func `has memory and a processor`() {
        let machine = Machine.look()
        #expect(machine.memoryBytes > 1 << 20 && machine.processors >= 1)
        #expect(Machine.residentBytes() > 1 << 20)
    }
}

@Suite struct `A directory` {
    @Test func `has no fault when files can be made in it`() {
        #expect(directoryFault("/tmp") == nil)
        #expect(directoryFault("/tmp/portolan-nowhere") == .noSuchFile)
        #expect(directoryFault(#filePath)?.description == "Not a directory")
    }

    @Test func `has room`() throws {
        let free = try #require(freeBytes(at: "/"))
        #expect(free >= 0)
        #expect(freeBytes(at: "/tmp/portolan-nowhere") == nil)
    }
}
