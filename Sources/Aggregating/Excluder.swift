import Charts
import Spans

/// Says which spans the exclude rules keep out.
struct Excluder {
    private let rules: [Rule]

    private struct Rule {
        let rule: ExcludeRule
        let attribute: FactKey?
    }

    init(_ rules: [ExcludeRule], names: FactNames) {
        self.rules = rules.map { rule in
            Rule(rule: rule, attribute: rule.attribute.flatMap { names.key(of: $0.name) })
        }
    }

    func excludes(
        _ record: SpanRecord, _ span: SpanSkeleton, _ batch: borrowing SpanBatch,
        _ names: borrowing ChartNames
    ) -> Bool {
        for rule in rules where matches(rule, record, span, batch, names) { return true }
        return false
    }

    private func matches(
        _ rule: Rule, _ record: SpanRecord, _ span: SpanSkeleton, _ batch: borrowing SpanBatch,
        _ names: borrowing ChartNames
    ) -> Bool {
        if let kind = rule.rule.kind, kind != record.kind { return false }
        if let operation = rule.rule.operation,
            !operation.matches(batch.body[Int(record.name.start)..<Int(record.name.end)])
        {
            return false
        }
        if let service = rule.rule.service,
            !service.matches(Array(names.services[Int(span.service)].name.utf8)[...])
        {
            return false
        }
        guard let wanted = rule.rule.attribute else { return true }
        guard let key = rule.attribute,
            let value = batch.table.fact(key, of: record)
                ?? batch.table.fact(key, of: batch.table.groups[Int(record.group)])
        else { return false }
        switch value {
        case .text(let range):
            return wanted.value.matches(batch.body[Int(range.start)..<Int(range.end)])
        case .integer(let number): return wanted.value.matches(Array("\(number)".utf8)[...])
        case .boolean(let flag): return wanted.value.matches(Array("\(flag)".utf8)[...])
        case .double(let number): return wanted.value.matches(Array("\(number)".utf8)[...])
        }
    }
}
