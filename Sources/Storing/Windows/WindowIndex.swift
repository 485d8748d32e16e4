import Charts
import Lanes

/// Where each piece of windows is, in memory: some hundred bytes a piece, six pieces an hour.
struct WindowIndex {
    struct Entry {
        let file: WindowFile
        let block: LogBlock
        let tag: WindowTag
    }

    private var ids: [WindowPlace: [Int]] = [:]
    private var entries: [Int: Entry] = [:]
    private var nextID = 0
    /// Hours and days of which finer pieces are stored and they themselves are not.
    private(set) var unfolded: Set<WindowPlace> = []
    private(set) var extent: ChartWindow?

    subscript(id: Int) -> Entry? { entries[id] }

    func pieces(_ place: WindowPlace) -> [StoredPiece] {
        (ids[place] ?? []).compactMap { id in
            entries[id].map {
                StoredPiece(
                    id: id, isAmendment: $0.tag.isAmendment, numbering: $0.tag.numbering)
            }
        }
    }

    /// Pieces of a place come in the order of their commits.
    mutating func add(_ entry: Entry) {
        let place = entry.tag.place
        entries[nextID] = entry
        let before = ids[place] ?? []
        let at = before.firstIndex { (entries[$0]?.block.commit ?? 0) > entry.block.commit }
        ids[place, default: []].insert(nextID, at: at ?? before.count)
        nextID += 1
        unfolded.remove(place)
        if let coarser = place.grain.coarser {
            let around = WindowPlace(coarser, start: coarser.start(of: place.start))
            if ids[around] == nil { unfolded.insert(around) }
        }
        extent = ChartWindow(
            from: min(extent?.from ?? .max, place.start), to: max(extent?.to ?? 0, place.end))
    }

    mutating func remove(_ files: Set<WindowFile>) {
        let rest = entries.values.filter { !files.contains($0.file) }
        guard rest.count < entries.count else { return }
        let next = nextID
        self = WindowIndex()
        nextID = next
        for entry in rest.sorted(by: { $0.block.commit < $1.block.commit }) { add(entry) }
    }
}
