package import Charts

/// What a lane counts into, and the numbers that it gives to names.
package struct LaneCharts: ~Copyable {
    package var names: ChartNames
    package var delta = ChartDelta()
    package var quality = QualityTally()
    /// Values of the dimensions that resources have, by the number that a skeleton holds.
    private var dimensionSets: [DimensionSet] = [DimensionSet()]
    private var dimensionNumbers: [DimensionSet: UInt32] = [DimensionSet(): 0]

    /// Sets beyond this many count as having no values.
    private static let dimensionSetsMax = 1 << 16

    package init(limits: ChartLimits) { names = ChartNames(limits: limits) }

    /// Whether anything was counted since the last hand-over.
    package var hasNews: Bool { !delta.isEmpty || !quality.isEmpty }

    /// Hands over what was counted since; the parcel must be empty.
    package mutating func handOver(into parcel: inout ChartParcel) {
        parcel.fill(from: &delta, names: &names)
        swap(&parcel.quality, &quality)
    }

    mutating func number(of set: DimensionSet) -> UInt32 {
        if let number = dimensionNumbers[set] { return number }
        guard dimensionSets.count < Self.dimensionSetsMax else { return 0 }
        let number = UInt32(dimensionSets.count)
        dimensionSets.append(set)
        dimensionNumbers[set] = number
        return number
    }

    func values(ofSet number: UInt32) -> InlineArray<4, UInt32> {
        let set = dimensionSets[Int(number)]
        return [set.first, set.second, set.third, set.fourth]
    }
}

/// One value of each dimension, by its number among the values, or none.
struct DimensionSet: Hashable {
    var first = OwnCall.none
    var second = OwnCall.none
    var third = OwnCall.none
    var fourth = OwnCall.none

    init(_ values: [UInt32] = []) {
        for (index, value) in values.enumerated() {
            switch index {
            case 0: first = value
            case 1: second = value
            case 2: third = value
            default: fourth = value
            }
        }
    }
}
