import Journaling
import Lanes

/// The program of `tools/faults`: makes load for the journal, loses its power, checks what is left.
@main enum Faults {
    static func main() {
        let arguments = Array(CommandLine.arguments.dropFirst())
        do {
            try run(arguments)
        } catch {
            writeStandardError("faults: \(arguments.joined(separator: " ")): \(error)\n")
            endProcess(1)
        }
    }

    private static func run(_ arguments: [String]) throws {
        switch (arguments.first, arguments.count) {
        case ("load", 4):
            var load = try JournalLoad(
                folder: arguments[1], ledger: arguments[2], seed: UInt64(arguments[3]) ?? 0)
            try load.run()
        case ("check", 3):
            let ledger = try JournalLedger(arguments[2])
            let check = JournalCheck(folder: try DataDirectory(making: arguments[1]))
            if let fault = check.fault(required: ledger.required(at: .max)) {
                throw Wrong(text: fault)
            }
        case ("power", 7):
            let loss = PowerLoss(
                log: try FaultLog(arguments[1]), ledger: try JournalLedger(arguments[2]),
                scratch: try DataDirectory(making: arguments[3]), from: arguments[4])
            let tried = try loss.run(
                states: Int(arguments[5]) ?? 0, seed: UInt64(arguments[6]) ?? 0)
            writeStandardOutput("\(tried) states after \(loss.log.events.count) calls\n")
        default:
            throw Wrong(
                text: "usage: faults load FOLDER LEDGER SEED | check FOLDER LEDGER "
                    + "| power LOG LEDGER SCRATCH FOLDER STATES SEED")
        }
    }
}
