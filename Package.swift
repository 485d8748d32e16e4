// swift-tools-version: 6.2
import PackageDescription

/// A room: a target, the rooms and C libraries that it may import. `docs/house.md` has the same
/// table with reasons, and a test holds both against the imports.
struct Room {
    let name: String
    let imports: [String]
}

let rooms = [
    Room(name: "Wire", imports: ["CCRC", "CZlib", "CZstd", "CYAML", "CProtos"]),
    Room(name: "Spans", imports: []),
    Room(name: "Sketches", imports: []),
    Room(name: "Charts", imports: ["Sketches"]),
    Room(name: "Lanes", imports: ["CLinux"]),
    Room(name: "Journaling", imports: ["Lanes", "Wire"]),
    Room(name: "Receiving", imports: ["Lanes", "Wire", "CNGHTTP2", "COpenSSL"]),
    Room(name: "Sending", imports: ["CCurl"]),
    Room(name: "Decoding", imports: ["Wire", "Spans"]),
    Room(name: "Assembling", imports: ["Spans"]),
    Room(name: "Aggregating", imports: ["Charts", "Spans", "Wire"]),
    Room(name: "Settings", imports: ["Wire"]),
    Room(name: "Storing", imports: ["CSQLite", "Charts", "Lanes", "Sketches", "Spans", "Wire"]),
    Room(name: "Answering", imports: ["Charts", "Lanes", "Settings", "Spans", "Wire"]),
    Room(
        name: "Collector",
        imports: [
            "Aggregating", "Answering", "Assembling", "Charts", "Decoding", "Journaling", "Lanes",
            "Receiving", "Sending", "Settings", "Spans", "Storing", "Wire",
        ]),
]

/// The version tells which commit it is.
let commit = Context.gitInformation.map { String($0.currentCommit.prefix(12)) } ?? "unknown"

/// The commands; a room like any other, but a program.
let commands = Room(name: "portolan", imports: ["Answering", "Collector", "Lanes", "Settings"])

/// C libraries from Debian: name of the module, pkg-config name, package.
let libraries = [
    ("CZlib", "zlib", "zlib1g-dev"),
    ("CZstd", "libzstd", "libzstd-dev"),
    ("CSQLite", "sqlite3", "libsqlite3-dev"),
    ("CYAML", "yaml-0.1", "libyaml-dev"),
    ("CNGHTTP2", "libnghttp2", "libnghttp2-dev"),
    ("COpenSSL", "openssl", "libssl-dev"),
    ("CCurl", "libcurl", "libcurl4-openssl-dev"),
]

let strict: [SwiftSetting] = [
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

func dependencies(_ names: [String]) -> [Target.Dependency] { names.map { .byName(name: $0) } }

func room(_ room: Room) -> Target {
    .target(name: room.name, dependencies: dependencies(room.imports), swiftSettings: strict)
}

/// Tests of a room see what the room sees, threads and sockets to test it with, and protobuf-c as
/// the oracle of our own readers; those of the store decode what they store.
func tests(of room: Room) -> Target {
    let others = room.name == "Storing" ? ["Decoding"] : []
    let seen = Set([room.name, "Lanes", "MadeCalls", "Oracle"] + room.imports + others).sorted()
    return .testTarget(
        name: "\(room.name)Tests", dependencies: dependencies(seen), swiftSettings: strict)
}

let cTargets: [Target] =
    libraries.map { name, pkgConfig, package in
        .systemLibrary(
            name: name, path: "Sources/\(name)", pkgConfig: pkgConfig, providers: [.apt([package])])
    } + [
        .target(name: "CLinux", cSettings: [.define("PORTOLAN_COMMIT", to: "\"\(commit)\"")]),
        .target(name: "CCRC"),
        .target(name: "CProtos", linkerSettings: [.linkedLibrary("protobuf-c")]),
    ]

let programs: [Target] = [
    .executableTarget(
        name: commands.name, dependencies: dependencies(commands.imports), swiftSettings: strict),
    .executableTarget(
        name: "bench",
        dependencies: dependencies([
            "Aggregating", "Answering", "Assembling", "CMallocCount", "CProtos", "Charts",
            "Decoding", "Journaling", "Lanes", "Spans", "Storing", "Wire",
        ]), path: "Tests/Bench", swiftSettings: strict),
    .executableTarget(
        name: "faults", dependencies: dependencies(["Journaling", "Lanes", "Wire"]),
        path: "Tests/Faults/Program", swiftSettings: strict),
    .target(name: "CMallocCount", path: "Tests/CMallocCount"),
]

let oracle = Target.target(
    name: "Oracle", dependencies: dependencies(["CProtos", "Spans", "Wire"]), path: "Tests/Oracle",
    swiftSettings: strict)

/// Calls of any shape, and all that a ledger answers about them.
let madeCalls = Target.target(
    name: "MadeCalls", dependencies: dependencies(["Charts"]), path: "Tests/MadeCalls",
    swiftSettings: strict)

/// Reads the tree itself: imports, words, sizes.
let house = Target.testTarget(name: "HouseTests", swiftSettings: strict)

/// A libFuzzer program, a folder of Tests/Fuzz; `tools/fuzz` builds and runs it.
struct Fuzzer {
    let name: String
    let sees: [String]
}

let fuzzers = [
    Fuzzer(name: "Content", sees: ["Decoding", "Lanes", "Spans", "Storing", "Wire"]),
    Fuzzer(name: "Deflate", sees: ["Wire"]),
    Fuzzer(name: "GRPC", sees: ["Lanes", "Receiving"]),
    Fuzzer(name: "HTTP1", sees: ["Lanes", "Receiving"]),
    Fuzzer(name: "JSON", sees: ["Wire"]),
    Fuzzer(name: "Journal", sees: ["Journaling", "Lanes"]),
    Fuzzer(name: "OTLP", sees: ["Answering", "Decoding", "Oracle", "Spans", "Wire"]),
    Fuzzer(name: "OTLPJSON", sees: ["Oracle", "Wire"]),
    Fuzzer(name: "Settings", sees: ["Settings"]),
    Fuzzer(name: "Sketches", sees: ["Sketches"]),
    Fuzzer(name: "Summaries", sees: ["Charts", "Lanes", "Spans", "Storing", "Wire"]),
    Fuzzer(name: "Tar", sees: ["Wire"]),
    Fuzzer(name: "Zstd", sees: ["Wire"]),
]

func program(of fuzzer: Fuzzer) -> Target {
    .executableTarget(
        name: "Fuzz\(fuzzer.name)", dependencies: dependencies(["Fuzzing"] + fuzzer.sees),
        path: "Tests/Fuzz/\(fuzzer.name)", swiftSettings: strict)
}

let fuzzing: [Target] =
    [
        .systemLibrary(name: "CFuzzer", path: "Tests/CFuzzer"),
        .target(
            name: "Fuzzing", dependencies: ["CFuzzer"], path: "Tests/Fuzzing",
            swiftSettings: strict),
    ] + fuzzers.map(program)

let package = Package(
    name: "portolan",
    targets: cTargets + rooms.map(room) + programs + [madeCalls, oracle]
        + (rooms + [commands]).map(tests) + [house]
        + (Context.environment["PORTOLAN_FUZZ"] == "1" ? fuzzing : []),
    swiftLanguageModes: [.v6]
)
