import Foundation
import TestSupport
import Testing

@testable import Interchange

/// Which JSON stands in a line as it is: what `JSON.stringify(JSON.parse(text))` gives back.
@Suite struct CanonicalJSONTests {
    private func isCanonical(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        return CanonicalJSON.scan(bytes.span, from: 0) == .end(bytes.count)
    }

    @Test(arguments: [
        "[]", "{}", "[[],{}]", #"["a","ü😀",""]"#, #"{"a":1,"b":{"a":2}}"#, "[0,7,-7,10,1.5,-0.5,0.000001,120.25]",
        "[123456789012345,0.123456789012345]", "[true,false,null]", #"["\"\\\b\f\n\r\t\u0000\u001f"]"#, "[\"/\"]",
        #"{"0":"x","s":["<a>","</a>"]}"#,
    ])
    func whatIsWrittenTheOneWayStands(text: String) { #expect(isCanonical(text)) }

    @Test(arguments: [
        "", "1", "null", #""a""#, " []", "[] ", "[1, 2]", #"{"a" :1}"#, #"{"a": 1}"#, "[1,]", "[,1]", "{,}", "[1 2]",
        "[",
        "{", "[1", #"{"a""#, #"{"a":"#, #"{"a":1"#, "[}", "{]", #"{"a"}"#, #"{1:2}"#, #"{"a":1,}"#, "[]]", "[01]",
        "[-0]", "[1.0]", "[1.]", "[.5]", "[+1]", "[1e3]", "[1E3]", "[0.0000001]", "[1234567890123456]",
        "[0.1234567890123456]", "[-]", "[NaN]", "[tru]", #"["\/"]"#, #"["\u0041"]"#, #"["\u001F"]"#, #"["\u000a"]"#,
        #"["\u00"]"#, #"["\x"]"#, #"["\"#, #"["a]"#, "[\"\u{1}\"]", "[\"\n\"]", "[\"\u{7f}\"]", "[\"\u{9b}\"]",
        "[\"\u{2028}\"]", "[\"\u{202e}\"]", #"{"a":1,"a":1}"#, #"[{"a":1,"b":2,"b":3}]"#, #"["\ud83d\ude00"]"#,
    ])
    func anythingElseDoesNot(text: String) { #expect(!isCanonical(text)) }

    @Test func aKeyIsFoundTwiceAmongMany() {
        let keys = (0..<2_000).map { "\"k\($0)\":0" }.joined(separator: ",")
        #expect(isCanonical("{\(keys)}"))
        #expect(!isCanonical("{\(keys),\"k7\":0}"))
    }

    @Test func theDepthIsLimited() {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        #expect(isCanonical(nested(TextTwin.depthLimit)))
        #expect(!isCanonical(nested(TextTwin.depthLimit + 1)))
        #expect(!isCanonical(String(repeating: "[", count: 1_000_000)))
    }

    /// Whatever it accepts is JSON for another parser too.
    @Test func whatStandsIsJSONForAnotherParser() throws {
        var random = SeededGenerator(seed: 5)
        let seeds = [#"{"a":[1,-0.25,"x\n",{"b":null}],"c":true}"#, #"["4","4","lv:phx",{"0":"e","s":[]}]"#]
        var accepted = 0
        for _ in 0..<8_000 {
            var bytes = Array((seeds.randomElement(using: &random) ?? "").utf8)
            for _ in 0..<Int.random(in: 1...2, using: &random) {
                let index = Int.random(in: 0..<bytes.count, using: &random)
                bytes[index] = Array(#"[]{},:"\0123456789.-aentfu /"#.utf8).randomElement(using: &random) ?? 0
            }
            guard CanonicalJSON.scan(bytes.span, from: 0) == .end(bytes.count) else { continue }
            accepted += 1
            #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(bytes)) }
        }
        #expect(accepted > 500)
    }
}
