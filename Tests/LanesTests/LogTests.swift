import Testing

@testable import Lanes

@Suite struct `A line of the log` {
    @Test func `is text for people, with quotes where they are needed`() {
        #expect(
            Log.text("T", .warning, "taken", ["a": "b", "c": "d e", "f": "", "g": "say \"h\""])
                == "T warning taken a=b c=\"d e\" f=\"\" g=\"say \\\"h\\\"\"\n")
    }

    @Test func `is one object of JSON`() {
        #expect(
            Log.json("T", .error, "taken", ["a": "b\\\"\n"])
                == #"{"time":"T","level":"error","message":"taken","a":"b\\\"\u000a"}"# + "\n")
    }

    @Test(arguments: [
        "\n", "\r", "\u{1b}[2J", "\u{0}", "\u{7f}", "\u{85}", "\u{9b}", "\u{2028}", "\u{2029}",
        "\u{202e}", "\u{2066}", "\u{200f}",
    ])
    func `cannot be ended or turned by what a client sends`(odd: String) {
        let values: KeyValuePairs = ["a": odd, "b": "x\(odd)y"]
        for line in [Log.text("T", .info, odd, values), Log.json("T", .info, odd, values)] {
            let kept = line.dropLast().unicodeScalars.contains { odd.unicodeScalars.first == $0 }
            #expect(line.last == "\n" && !kept, "\(line.debugDescription)")
        }
    }

    @Test func `keeps letters of all languages`() {
        #expect(Log.text("T", .info, "Zürich 日本 🚢", [:]) == "T info Zürich 日本 🚢\n")
    }
}
