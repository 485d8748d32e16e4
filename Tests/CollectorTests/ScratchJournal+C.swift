import CLinux
import Journaling
import Lanes

/// A journal in a folder of its own, gone with its owner.
final class ScratchJournal {
    let journal: Journal
    private let folder: DataDirectory

    init(bells: [Bell]) throws {
        let name = String(UInt64.random(in: .min ... .max), radix: 36)
        folder = try DataDirectory(making: "/tmp/portolan-intake-\(name)")
        let settings = JournalSettings(
            durability: .write, segmentBytes: 1 << 20, budgetBytes: 8 << 20)
        journal = try Journal(folder.path, settings, bells: bells)
    }

    deinit {
        journal.close()
        for name in (try? folder.names()) ?? [] { try? folder.remove(name) }
        _ = unsafe rmdir(folder.path)
    }
}
