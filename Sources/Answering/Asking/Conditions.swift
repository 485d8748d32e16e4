import Charts
import Settings

extension Parameters {
    /// What `where=KEY=VALUE` asks for, each time that it is given. Keys are the parts of a service
    /// key and the dimensions of the settings.
    func conditions(dimensions: [String]) throws(Problem) -> [ChartCondition] {
        var conditions: [ChartCondition] = []
        for text in values(of: "where") {
            conditions.append(try Self.condition(text, dimensions))
        }
        return conditions
    }

    private static let parts = ["service", "environment", "namespace", "type"]

    private static func condition(
        _ text: String, _ dimensions: [String]
    ) throws(Problem) -> ChartCondition {
        let ends = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            .map(String.init)
        guard ends.count == 2 else {
            throw .parameter("where", "\(text) has no value", advice: "write where=KEY=VALUE")
        }
        let (key, value) = (ends[0], ends[1])
        switch key {
        case "service": return .service(value)
        case "environment": return .environment(value)
        case "namespace": return .namespace(value)
        case "type": return .type(try type(value))
        default:
            guard let dimension = dimensions.firstIndex(of: key) else {
                throw unknown(key, dimensions)
            }
            return .dimension(dimension, value: value)
        }
    }

    private static func type(_ word: String) throws(Problem) -> ServiceType {
        guard let type = ServiceType.allCases.first(where: { $0.word == word }) else {
            let words = ServiceType.allCases.map(\.word).joined(separator: ", ")
            throw .parameter("where", "there is no type \(word)", advice: "there are \(words)")
        }
        return type
    }

    private static func unknown(_ key: String, _ dimensions: [String]) -> Problem {
        let known = parts + dimensions
        let meant = nearestName(to: key, among: known)
        return .parameter(
            "where", "\(key) is not kept",
            advice: meant.map { "did you mean \($0)?" }
                ?? "\(known.joined(separator: ", ")) are; more with the setting dimensions")
    }
}
