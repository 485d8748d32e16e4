import Journaling
import Settings

extension JournalSettings {
    init(_ settings: JournalFileSettings) {
        let durability: Durability =
            switch settings.durability {
            case .commit: .commit
            case .write: .write
            case .none: .none
            }
        self.init(durability: durability, budgetBytes: settings.bytes)
    }
}
