/// The name that somebody meant who wrote another one; nil when none is near.
///
/// A name of which only the last part was written counts as near: `level` for `log.level`.
package func nearestName(to written: String, among names: [String]) -> String? {
    let lengthMax = 80
    guard written.utf8.count <= lengthMax else { return nil }
    if let whole = names.first(where: { $0.hasSuffix("." + written) }) { return whole }
    let allowed = max(1, min(3, written.utf8.count / 3))
    let ranked = names.map { (name: $0, distance: editDistance(written, $0)) }
    guard let best = ranked.min(by: { $0.distance < $1.distance }), best.distance <= allowed else {
        return nil
    }
    return best.name
}

/// How many bytes to insert, delete, replace or swap with their neighbour (optimal string
/// alignment); takes time in the product of both lengths.
func editDistance(_ left: String, _ right: String) -> Int {
    let left = Array(left.utf8)
    let right = Array(right.utf8)
    var beforeLast: [Int] = []
    var last = Array(0...right.count)
    for row in left.indices {
        var current = [row + 1]
        for column in right.indices {
            var cost = min(
                last[column + 1] + 1, current[column] + 1,
                last[column] + (left[row] == right[column] ? 0 : 1))
            if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
                cost = min(cost, beforeLast[column - 1] + 1)
            }
            current.append(cost)
        }
        beforeLast = last
        last = current
    }
    return last[right.count]
}
