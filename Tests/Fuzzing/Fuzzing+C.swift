import CFuzzer
import Synchronization

/// Runs libFuzzer, with its options on the command line, on a check that traps when something is
/// wrong. Returns when the asked number of runs is done.
package func fuzz(_ check: @escaping @Sendable ([UInt8]) -> Void) {
    checkInUse.withLock { $0 = Check(run: check) }
    var count = CommandLine.argc
    var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? =
        unsafe CommandLine.unsafeArgv
    _ = unsafe LLVMFuzzerRunDriver(&count, &arguments) { data, count in
        checkInUse.withLock { $0 }.run(unsafe Array(UnsafeBufferPointer(start: data, count: count)))
        return 0
    }
}

/// The driver calls a C function, which cannot carry a check with it.
private let checkInUse = Mutex(Check(run: { _ in }))

/// A bare function would be wrapped once more by each access of the mutex.
private struct Check {
    let run: @Sendable ([UInt8]) -> Void
}
