import Charts

/// Which partitions of windows are too old, or too many. A partition goes when the coarser grain
/// has what it holds: so counts stay, only finer and finer times go.
struct WindowRetention {
    private let settings: WindowSettings
    private let now: Int64
    /// Hours and days that are not stored themselves.
    private let unfolded: Set<WindowPlace>

    init(_ settings: WindowSettings, now: Int64, unfolded: Set<WindowPlace>) {
        self.settings = settings
        self.now = now
        self.unfolded = unfolded
    }

    /// By age; then, to keep within the bytes, minutes before hours before days, the oldest first.
    func expired(_ files: [WindowFile: Int], bytes: Int) -> [WindowFile] {
        let candidates = files.keys.filter(isKeptCoarser)
            .sorted {
                ($0.grain.rawValue, $0.start, $0.number) < ($1.grain.rawValue, $1.start, $1.number)
            }
        var rest = bytes
        var expired: [WindowFile] = []
        for file in candidates {
            guard file.end + age(file.grain) <= now || rest > settings.bytesMax else { continue }
            expired.append(file)
            rest -= files[file] ?? 0
        }
        return expired
    }

    private func age(_ grain: WindowGrain) -> Int64 {
        switch grain {
        case .block: settings.minutesSeconds
        case .hour: settings.hoursSeconds
        case .day: settings.daysSeconds
        }
    }

    /// Whether what a file holds is over and in the next grain too; there is none behind days.
    private func isKeptCoarser(_ file: WindowFile) -> Bool {
        guard let coarser = file.grain.coarser else { return file.end < now }
        return file.end < now && !unfolded.contains(WindowPlace(coarser, start: file.start))
    }
}
