import Answering
import Assembling
import Spans

extension QualityAnswer.Section {
    /// What became of the spans that came in.
    static func spans(_ lanes: [LaneHandle]) -> QualityAnswer.Section {
        let sum = { (count: IntakeCounters.Count) in
            lanes.reduce(0) { $0 + $1.intake.read(count) }
        }
        var counts = [
            ("received", IntakeCounters.Format.allCases.reduce(0) { $0 + sum(.received($1)) }),
            ("accepted", IntakeCounters.Format.allCases.reduce(0) { $0 + sum(.accepted($1)) }),
            ("refused_overloaded", sum(.refusedByOverload)),
        ]
        counts += SpanRefusal.allCases.map { ("refused_\($0.name)", sum(.refused($0))) }
        return QualityAnswer.Section("spans", counts)
    }

    /// What became of their traces.
    static func traces(_ states: [AssemblyState]) -> QualityAnswer.Section {
        let sum = { (count: KeyPath<AssemblyState, Int>) in
            states.reduce(0) { $0 + $1[keyPath: count] }
        }
        return QualityAnswer.Section(
            "traces",
            [
                ("open", sum(\.traces)), ("open_spans", sum(\.spans)), ("bytes", sum(\.bytes)),
                ("settled", sum(\.tally.settled)), ("amended", sum(\.tally.amended)),
                ("settled_incomplete", sum(\.tally.settledIncomplete)),
                ("settled_early", sum(\.tally.settledEarly)),
                ("forgotten_early", sum(\.tally.forgottenEarly)),
                ("span_copies", sum(\.tally.copies)), ("late_spans", sum(\.tally.late)),
                ("spans_over_trace_limit", sum(\.tally.overTraceLimit)),
            ])
    }
}
