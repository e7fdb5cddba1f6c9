import LiveViewWire
import TestSupport
import Testing

@Suite struct JSONReaderTests {
    @Test func tellsWhereTheValuesOfAnObjectAre() throws {
        let text = #" {"a": [1, {"b": null}], "c\n" : "x\"y" ,"d":-1.5e+3} "#
        let bytes = Array(text.utf8)
        var reader = JSONReader(0..<bytes.count)
        var values: [String] = []
        try reader.beginObject(bytes.span)
        while let key = try reader.nextKey(bytes.span) {
            let range = try reader.skip(bytes.span)
            values.append(key.string(bytes.span) + "=" + String(decoding: bytes[range], as: UTF8.self))
        }
        try reader.finish(bytes.span)
        #expect(values == ["a=[1, {\"b\": null}]", "c\n=\"x\\\"y\"", "d=-1.5e+3"])
    }

    @Test func stepsIntoWhatItWants() throws {
        let bytes = Array(#"["4",null,12,[],{},true,["deep",[7]]]"#.utf8)
        var reader = JSONReader(0..<bytes.count)
        try reader.beginArray(bytes.span)
        #expect(try reader.nextElement(bytes.span))
        #expect(try reader.stringOrNull(bytes.span)?.string(bytes.span) == "4")
        #expect(try reader.nextElement(bytes.span))
        #expect(try reader.stringOrNull(bytes.span) == nil)
        #expect(try reader.nextElement(bytes.span))
        #expect(try reader.integer(bytes.span) == 12)
        for _ in 0..<2 {
            #expect(try reader.nextElement(bytes.span))
            try reader.skip(bytes.span)
        }
        #expect(try reader.nextElement(bytes.span))
        #expect(try reader.boolean(bytes.span))
        #expect(try reader.nextElement(bytes.span))
        try reader.beginArray(bytes.span)
        #expect(try reader.nextElement(bytes.span))
        #expect(try reader.kind(bytes.span) == .string)
        try reader.skip(bytes.span)
        try reader.skipRestOfArray(bytes.span)
        #expect(try !reader.nextElement(bytes.span))
        try reader.finish(bytes.span)
    }

    @Test(arguments: [
        ("", "byte 0: expected a value, found the end"),
        ("[1,]", "byte 3: expected a value, found \"]\""),
        ("[1 2]", "byte 3: expected \",\" or \"]\", found \"2\""),
        ("{\"a\" 1}", "byte 5: expected \":\", found \"1\""),
        ("{\"a\":1,}", "byte 7: expected a key, found \"}\""),
        ("{1:2}", "byte 1: expected a key, found \"1\""),
        ("[1}", "byte 2: expected \",\" or \"]\", found \"}\""),
        ("\"abc", "byte 4: expected the end of a string, found the end"),
        ("\"a\u{1}\"", "byte 2: expected no control character in a string, found byte 1"),
        ("\"a\\x\"", "byte 3: expected one of \"\\/bfnrtu after a backslash, found \"x\""),
        ("\"\\u12g4\"", "byte 5: expected a hexadecimal digit, found \"g\""),
        ("01", "byte 1: expected the end, found \"1\""),
        ("-", "byte 1: expected a digit, found the end"),
        ("1.e3", "byte 2: expected a digit, found \"e\""),
        ("1e", "byte 2: expected a digit, found the end"),
        ("nul", "byte 0: expected null, found \"n\""),
        ("tru e", "byte 0: expected true, found \"t\""),
        ("[1] x", "byte 4: expected the end, found \"x\""),
        ("+1", "byte 0: expected a value, found \"+\""),
    ])
    func errorsSayWhatWasExpectedWhere(text: String, message: String) {
        let bytes = Array(text.utf8)
        var reader = JSONReader(0..<bytes.count)
        #expect(throws: JSONError.self) {
            do {
                try reader.skip(bytes.span)
                try reader.finish(bytes.span)
            } catch {
                #expect("\(error)" == message)
                throw error
            }
        }
    }

    @Test func depthIsLimited() throws {
        func nested(_ depth: Int) -> [UInt8] {
            Array((String(repeating: "[", count: depth) + String(repeating: "]", count: depth)).utf8)
        }
        #expect(throws: Never.self) { try JSONValue(nested(256).span) }
        #expect(throws: JSONError.self) { try JSONValue(nested(257).span) }
        let limits = JSONLimits(maximumDepth: 3)
        for depth in 1...5 {
            let bytes = nested(depth)
            var skipper = JSONReader(0..<bytes.count, limits: limits)
            let isSkipped = (try? skipper.skip(bytes.span)) != nil
            let isBuilt = (try? JSONValue(bytes.span, limits: limits)) != nil
            #expect(isSkipped == (depth <= 3))
            #expect(isBuilt == (depth <= 3))
        }
        #expect(JSONLimits(maximumDepth: 100_000).maximumDepth == 512)
        let deep = Array((String(repeating: #"{"a":["#, count: 5000)).utf8)
        var reader = JSONReader(0..<deep.count)
        #expect(throws: JSONError.self) { try reader.skip(deep.span) }
    }

    @Test(arguments: [
        (#""""#, ""), (#""plain""#, "plain"), (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{c}\n\r\t"),
        (#""\u00e9\u20AC""#, "é€"), (#""\ud83d\ude00!""#, "😀!"), (#""\ud83d""#, "\u{FFFD}"),
        (#""\ud83dx""#, "\u{FFFD}x"), (#""\ude00""#, "\u{FFFD}"), (#""\ud83d\u0041""#, "\u{FFFD}A"),
        (#""longer than a word, with é and \" within""#, "longer than a word, with é and \" within"),
    ])
    func resolvesEscapes(text: String, expected: String) throws {
        #expect(try JSONValue(Array(text.utf8).span) == .string(expected))
    }

    @Test(arguments: [
        ("0", 0), ("-0", 0), ("42", 42), ("-7", -7), ("9223372036854775807", Int.max),
        ("-9223372036854775808", Int.min),
    ])
    func readsIntegers(text: String, expected: Int) throws {
        let bytes = Array(text.utf8)
        var reader = JSONReader(0..<bytes.count)
        #expect(try reader.integer(bytes.span) == expected)
    }

    @Test(arguments: [
        "1.0", "1e2", "9223372036854775808", "-9223372036854775809", "99999999999999999999", "x", "\"1\"",
    ])
    func othersAreNoIntegers(text: String) {
        let bytes = Array(text.utf8)
        var reader = JSONReader(0..<bytes.count)
        #expect(throws: JSONError.self) { try reader.integer(bytes.span) }
    }

    @Test func keysAsIndicesAreCanonical() throws {
        let bytes = Array(#"{"0":0,"12":0,"01":0,"-1":0,"1x":0,"":0,"1234567890":0}"#.utf8)
        var reader = JSONReader(0..<bytes.count)
        var indices: [Int?] = []
        try reader.beginObject(bytes.span)
        while let key = try reader.nextKey(bytes.span) {
            indices.append(key.index(bytes.span))
            try reader.skip(bytes.span)
        }
        #expect(indices == [0, 12, nil, nil, nil, nil, nil])
    }

    /// A quote is found wherever it stands in the eight bytes that are looked at together.
    @Test func stringsEndAtEachPlace() throws {
        for length in 0..<40 {
            for special in ["\\n", "é", "\u{7f}", ""] {
                let content = String(repeating: "x", count: length) + special
                let bytes = Array("\"\(content)\",\"".utf8)
                var reader = JSONReader(0..<bytes.count)
                #expect(try reader.skip(bytes.span) == 0..<(content.utf8.count + 2))
            }
        }
    }
}

@Suite struct JSONWriterTests {
    @Test func writesWhatItReads() throws {
        let text = #"{"a":[1,-2.50,true,false,null,[],{}],"é\"\\\n\u0001":"x","":{"b":[[1],[2]]}}"#
        let value = try JSONValue(Array(text.utf8).span)
        var writer = JSONWriter()
        writer.value(value)
        #expect(String(decoding: writer.bytes, as: UTF8.self) == text)
        #expect(value["a"] != nil && value["b"] == nil)
    }

    @Test func goesOnBehindWhatIsThere() {
        var bytes = Array("data: ".utf8)
        var writer = JSONWriter(taking: &bytes)
        #expect(bytes.isEmpty)
        writer.beginArray()
        writer.integer(10)
        writer.integer(3)
        writer.endArray()
        #expect(String(decoding: writer.bytes, as: UTF8.self) == "data: [10,3]")
    }

    /// Any text comes back.
    @Test func anyTextComesBack() throws {
        var generator = SeededGenerator(seed: 3)
        for _ in 0..<2000 {
            let scalars = (0..<Int.random(in: 0...30, using: &generator)).compactMap { _ in
                Unicode.Scalar(
                    UInt32.random(in: 0...(Bool.random(using: &generator) ? 0x80 : 0x10FFFF), using: &generator))
            }
            let text = String(String.UnicodeScalarView(scalars))
            var writer = JSONWriter()
            writer.string(text)
            #expect(try JSONValue(writer.bytes.span).string?.utf8.elementsEqual(text.utf8) == true)
        }
    }
}
